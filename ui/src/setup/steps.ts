// The steps of setting an event up, in the order in which they are offered.
export type Step = "people" | "gates" | "staff" | "rehearse" | "open" | "laptop";

/** Those that count towards being ready. */
export const NUMBERED: readonly Step[] = ["people", "gates", "staff", "rehearse", "open"];
