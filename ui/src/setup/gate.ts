// A gate while it is being edited, and as the station takes it. What a rule means is the station's.
import type { GateLine } from "../api/generated";

export interface Draft {
  name: string;
  area: string;
  everybody: boolean;
  ticketTypes: string[];
  entries: GateLine["entries"];
  reentry: boolean;
  /** "09:00", or empty. */
  opens: string;
  closes: string;
  between: boolean;
  /** Hours are fixed moments of a gate file, which this screen leaves alone. */
  fixed: boolean;
  pending: boolean;
  dayTurns: string;
  whenSilent: GateLine["when_silent"];
}

const CLOCK = /^\d\d:\d\d/;

const clockOf = (bound: string | null) => (bound && CLOCK.test(bound) ? bound.slice(0, 5) : "");

/** A short name made of a name: letters and digits of the Latin alphabet, the rest is dashes. */
export function slug(name: string): string {
  return name
    .replaceAll("ß", "ss")
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 40)
    .replace(/-+$/, "");
}

/** A short name that no other gate has; a name in another script becomes "gate". */
export function freeId(name: string, taken: readonly string[]): string {
  const base = slug(name) || "gate";
  if (!taken.includes(base)) return base;
  let number = 2;
  while (taken.includes(`${base}-${number}`)) number += 1;
  return `${base}-${number}`;
}

export function draftOf(gate: GateLine | null, severalDays: boolean, area: string): Draft {
  if (!gate) {
    return {
      name: "",
      area,
      everybody: true,
      ticketTypes: [],
      entries: severalDays ? "once_per_day" : "once",
      reentry: true,
      opens: "",
      closes: "",
      between: false,
      fixed: false,
      pending: false,
      dayTurns: "00:00",
      whenSilent: "flag",
    };
  }
  const bounds = [gate.opens, gate.closes].filter((bound) => bound !== null);
  return {
    name: gate.name,
    area: gate.area,
    everybody: gate.ticket_types === "all",
    ticketTypes: gate.ticket_types === "all" ? [] : [...gate.ticket_types],
    entries: gate.entries,
    reentry: gate.reentry_after_exit,
    opens: clockOf(gate.opens),
    closes: clockOf(gate.closes),
    between: bounds.length > 0,
    fixed: bounds.some((bound) => !CLOCK.test(bound)),
    pending: gate.include_pending,
    dayTurns: gate.day_turns.slice(0, 5),
    whenSilent: gate.when_silent,
  };
}

/** What `gate_set` takes for a draft. */
export function gateOf(id: string, draft: Draft): Record<string, unknown> {
  const hours = draft.fixed
    ? {}
    : {
        opens: draft.between && draft.opens ? draft.opens : null,
        closes: draft.between && draft.closes ? draft.closes : null,
      };
  return {
    id,
    name: draft.name.trim(),
    area: draft.area.trim(),
    ticket_types: draft.everybody ? "all" : draft.ticketTypes,
    entries: draft.entries,
    reentry_after_exit: draft.reentry,
    include_pending: draft.pending,
    day_turns: draft.dayTurns || "00:00",
    when_silent: draft.whenSilent,
    ...hours,
  };
}
