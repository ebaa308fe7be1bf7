// Counts as the plot and the lists of the organizer show them.

export interface Quarter {
  /** Its local start, "2027-03-28T09:15". */
  from: string;
  number: number;
  /** Whether it belongs to the last 60 minutes. */
  recent: boolean;
}

const QUARTER_MS = 15 * 60_000;
/** An hour touches five quarters, unless it begins with one. */
const RECENT = 5;

/** A civil time as a moment of a clock that knows no zone: only for counting quarters. */
function asMs(civil: string): number {
  return Date.parse(`${civil.slice(0, 16)}:00Z`);
}

/** The last quarters of an hour up to the one that `now` (civil) lies in, oldest first, with noughts where nobody came. */
export function lastQuarters(
  by_quarter_hour: Readonly<Record<string, number>>,
  now: string,
  number: number,
): Quarter[] {
  const last = Math.floor(asMs(now) / QUARTER_MS) * QUARTER_MS;
  return Array.from({ length: number }, (_, index) => {
    const back = number - 1 - index;
    const from = new Date(last - back * QUARTER_MS).toISOString().slice(0, 16);
    return { from, number: by_quarter_hour[from] ?? 0, recent: back < RECENT };
  });
}

/** A round number at or above the largest: what the top line of a plot stands for. */
export function topOf(numbers: readonly number[]): number {
  const most = Math.max(...numbers, 0);
  if (most <= 5) return 5;
  const power = 10 ** Math.floor(Math.log10(most));
  const step = [1, 2, 4, 5, 8, 10].find((one) => one * power >= most) ?? 10;
  return step * power;
}

/** The largest counts first, equal ones by name; what does not fit is one number. */
export function largest(
  counts: Readonly<Record<string, number>>,
  most: number,
): { rows: [string, number][]; others: number } {
  const rows = Object.entries(counts).sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  const others = rows.slice(most).reduce((sum, [, number]) => sum + number, 0);
  return { rows: rows.slice(0, most), others };
}
