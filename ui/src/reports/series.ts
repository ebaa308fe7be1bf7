// What the gates did, put in order for the plots: every quarter of an hour of a day, with noughts where nothing was.
import type { PassingLine } from "../api/generated";

export interface Slot {
  /** Its local start, "2027-03-28T09:15". */
  from: string;
  admitted: number;
  exited: number;
  refused: number;
}

export interface Series {
  gate: string;
  slots: Slot[];
  admitted: number;
  exited: number;
  refused: number;
}

const QUARTER_MS = 15 * 60_000;
/** A plot of two bars says nothing about time. */
const SLOTS_MIN = 8;

const dayOf = (civil: string): string => civil.slice(0, 10);

/** A civil time as a moment of a clock that knows no zone: only for counting quarters. */
const asMs = (civil: string): number => Date.parse(`${civil}:00Z`);

/** The days on which anything happened, the latest first. */
export function daysOf(lines: readonly PassingLine[]): string[] {
  return [...new Set(lines.map(({ quarter_hour }) => dayOf(quarter_hour)))].sort().reverse();
}

/** A line of a day, and whether the one above it is of the same quarter of an hour. */
export interface Row extends PassingLine {
  again: boolean;
}

/** The lines of one day, by time, then by gate in that order. */
export function rowsOf(lines: readonly PassingLine[], day: string, gates: readonly string[]): Row[] {
  const place = new Map(gates.map((gate, index) => [gate, index]));
  const found = lines
    .filter(({ quarter_hour }) => dayOf(quarter_hour) === day)
    .sort(
      (a, b) =>
        a.quarter_hour.localeCompare(b.quarter_hour) || (place.get(a.gate) ?? 0) - (place.get(b.gate) ?? 0),
    );
  return found.map((line, index) => ({ ...line, again: found[index - 1]?.quarter_hour === line.quarter_hour }));
}

/**
 * One series a gate, the busiest first, all of the same quarters: from the first of the day in which anything happened
 * to the last.
 */
export function seriesOf(lines: readonly PassingLine[], day: string): Series[] {
  const of_day = rowsOf(lines, day, []);
  const [first, last] = [of_day[0], of_day.at(-1)];
  if (!first || !last) return [];
  const begin = asMs(first.quarter_hour);
  const number = Math.max(SLOTS_MIN, (asMs(last.quarter_hour) - begin) / QUARTER_MS + 1);
  const gates = [...new Set(of_day.map(({ gate }) => gate))].sort();
  const busy = ({ admitted, exited, refused }: Series) => admitted + exited + refused;
  const all = gates.map((gate): Series => {
    const known = new Map(of_day.filter((line) => line.gate === gate).map((line) => [line.quarter_hour, line]));
    const slots = Array.from({ length: number }, (_, index): Slot => {
      const from = new Date(begin + index * QUARTER_MS).toISOString().slice(0, 16);
      const { admitted = 0, exited = 0, refused = 0 } = known.get(from) ?? {};
      return { from, admitted, exited, refused };
    });
    const sum = (of: (slot: Slot) => number) => slots.reduce((sum, slot) => sum + of(slot), 0);
    return {
      gate,
      slots,
      admitted: sum(({ admitted }) => admitted),
      exited: sum(({ exited }) => exited),
      refused: sum(({ refused }) => refused),
    };
  });
  return all.sort((a, b) => busy(b) - busy(a));
}

/** Every which slot has its time written below, so that the times do not run into each other. */
export function labelled(slots: readonly Slot[], most: number): (slot: Slot) => boolean {
  const steps = [15, 30, 60, 120, 180, 240, 360];
  const minutes = ({ from }: Slot) => Number(from.slice(11, 13)) * 60 + Number(from.slice(14, 16));
  const fits = (step: number) => slots.filter((slot) => minutes(slot) % step === 0).length <= most;
  const step = steps.find(fits) ?? 720;
  return (slot) => minutes(slot) % step === 0;
}
