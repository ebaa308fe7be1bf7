// What a scanner made of the test code, and so what should be set otherwise. Pure: the page shows it.
import type { Scan } from "./wedge";

export const TEST_CODE = "LANYARD-TEST";

/** What was heard, from whichever source. */
export interface Heard {
  text: string;
  also: readonly string[];
  /** How it was typed; null where it came another way. */
  typed: Scan["typed"] | null;
}

export type Finding =
  /** As it should be. */
  | { kind: "good" }
  /** Read all the same, but by the places of the keys. */
  | { kind: "layout" }
  /** Capitals are small, or the other way round. */
  | { kind: "case" }
  /** Something is sent before each code. */
  | { kind: "prefix"; prefix: string }
  /** Something is sent after each code. */
  | { kind: "more"; more: string }
  /** Nothing ends a code: two in a hurry run together. */
  | { kind: "together" }
  | { kind: "noEnd" }
  /** Another code: nothing can be told by it. */
  | { kind: "other" };

export function find({ text, also, typed }: Heard): Finding {
  if (text === TEST_CODE) return typed?.end === "none" ? { kind: "noEnd" } : { kind: "good" };
  if (text.toUpperCase() === TEST_CODE) return { kind: "case" };
  const at = text.indexOf(TEST_CODE);
  if (at < 0) return also.some((one) => one.includes(TEST_CODE)) ? { kind: "layout" } : { kind: "other" };
  const rest = text.slice(at + TEST_CODE.length);
  if (rest.includes(TEST_CODE)) return { kind: "together" };
  return at > 0 ? { kind: "prefix", prefix: text.slice(0, at) } : { kind: "more", more: rest };
}
