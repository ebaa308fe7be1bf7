// A gate while it is being edited, and as the station takes it. What a rule means is the station's.
import { asProblem } from "../api/client";
import type { GateLine, SlotLine } from "../api/generated";

/** What a gate is on one day; an empty text, and no types, are as the gate has it. */
export interface SlotDraft {
  day: string;
  opens: string;
  closes: string;
  title: string;
  ticketTypes: string[] | null;
}

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
  /** Each day is set by itself. */
  byDay: boolean;
  slots: SlotDraft[];
  /** Hours are fixed moments of a gate file, which this screen leaves alone. */
  fixed: boolean;
  pending: boolean;
  dayTurns: string;
  whenSilent: GateLine["when_silent"];
  addonMatch: boolean;
  /** Ids of other gates that are asked at this door. */
  also: string[];
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
      byDay: false,
      slots: [],
      fixed: false,
      pending: false,
      dayTurns: "00:00",
      whenSilent: "flag",
      addonMatch: false,
      also: [],
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
    byDay: gate.agenda.length > 0,
    slots: gate.agenda.map(slotDraft),
    fixed: bounds.some((bound) => !CLOCK.test(bound)),
    pending: gate.include_pending,
    dayTurns: gate.day_turns.slice(0, 5),
    whenSilent: gate.when_silent,
    addonMatch: gate.addon_match,
    also: [...gate.also],
  };
}

function slotDraft(slot: SlotLine): SlotDraft {
  return {
    day: slot.day,
    opens: slot.opens ?? "",
    closes: slot.closes ?? "",
    title: slot.title ?? "",
    ticketTypes: slot.ticket_types ? [...slot.ticket_types] : null,
  };
}

/** One more day: the next one of the event that has none yet, else the last one once more. */
export function oneMoreDay(slots: readonly SlotDraft[], days: readonly string[]): SlotDraft[] {
  const free = days.find((day) => !slots.some((slot) => slot.day === day));
  const day = free ?? slots.at(-1)?.day ?? "";
  return [...slots, { day, opens: "", closes: "", title: "", ticketTypes: null }];
}

/** Every day of the event; one that is still to be chosen where it has none. */
export function everyDay(days: readonly string[]): SlotDraft[] {
  return days.reduce<SlotDraft[]>((slots) => oneMoreDay(slots, days), []).concat(days.length === 0 ? oneMoreDay([], []) : []);
}

function slotOf({ day, opens, closes, title, ticketTypes }: SlotDraft): SlotLine {
  return {
    day,
    ...(opens ? { opens: opens.slice(0, 5) } : {}),
    ...(closes ? { closes: closes.slice(0, 5) } : {}),
    ...(ticketTypes ? { ticket_types: ticketTypes } : {}),
    ...(title.trim() ? { title: title.trim() } : {}),
  };
}

/** The rule that the station complains about, so that it is said where the rule is set. */
export function ruleOf(problem: unknown): string | null {
  return /^Gate ".*": ([a-z_]+) (?:is|cannot be) /s.exec(asProblem(problem).message)?.[1] ?? null;
}

/** What `gate_set` takes for a draft. */
export function gateOf(id: string, draft: Draft): Record<string, unknown> {
  const hours = draft.fixed
    ? {}
    : {
        opens: (draft.between || draft.byDay) && draft.opens ? draft.opens : null,
        closes: (draft.between || draft.byDay) && draft.closes ? draft.closes : null,
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
    addon_match: draft.addonMatch,
    also: draft.also,
    agenda: draft.byDay ? draft.slots.map(slotOf) : [],
    ...hours,
  };
}
