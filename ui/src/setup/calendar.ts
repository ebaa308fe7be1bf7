// Days of a month as a calendar shows them. Days are civil dates ("2027-03-28") throughout: no
// zone and no clock has a say here.

export interface Month {
  year: number;
  /** 1 to 12. */
  month: number;
}

function civil(year: number, month: number, day: number): string {
  return new Date(Date.UTC(year, month - 1, day)).toISOString().slice(0, 10);
}

/** The month a civil date lies in. */
export function monthOf(date: string): Month {
  return { year: Number(date.slice(0, 4)), month: Number(date.slice(5, 7)) };
}

/** The month so many months away. */
export function monthAway(from: Month, months: number): Month {
  const date = new Date(Date.UTC(from.year, from.month - 1 + months, 1));
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1 };
}

/** The civil date so many days away. */
export function dayAway(date: string, days: number): string {
  const at = new Date(`${date}T00:00:00Z`);
  at.setUTCDate(at.getUTCDate() + days);
  return at.toISOString().slice(0, 10);
}

/** Weeks of a month, Monday first; null where a day is of another month. */
export function weeks({ year, month }: Month): (string | null)[][] {
  const before = (new Date(Date.UTC(year, month - 1, 1)).getUTCDay() + 6) % 7;
  const length = new Date(Date.UTC(year, month, 0)).getUTCDate();
  const cells: (string | null)[] = Array.from({ length: before }, () => null);
  for (let day = 1; day <= length; day += 1) cells.push(civil(year, month, day));
  while (cells.length % 7 !== 0) cells.push(null);
  return Array.from({ length: cells.length / 7 }, (_, week) => cells.slice(week * 7, week * 7 + 7));
}

/** Days with one of them put in or taken out, in order. */
export function toggled(days: readonly string[], day: string): string[] {
  return days.includes(day) ? days.filter((other) => other !== day) : [...days, day].sort();
}

/** Today's civil date in a zone. Put together from its parts: how a locale writes a date differs from laptop to laptop. */
export function today(zone: string, now: number): string {
  const parts = (timeZone: string) =>
    new Intl.DateTimeFormat("en", {
      timeZone,
      calendar: "gregory",
      numberingSystem: "latn",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
    }).formatToParts(now);
  const written = (timeZone: string) => {
    const found = Object.fromEntries(parts(timeZone).map(({ type, value }) => [type, value]));
    return `${found.year}-${found.month}-${found.day}`;
  };
  try {
    return written(zone);
  } catch {
    return written("UTC");
  }
}
