// Times as people read them: in the event's zone and the language of the screens, never the
// laptop's. An instant is RFC 3339; a civil time ("2027-03-28T09:15") is already the event's.
import { language } from "./words/language.svelte";

const LOCALES = { en: "en-GB", de: "de-DE" } as const;

/** Making a format costs a hundred times as much as using it; there are few. */
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(locale: string, zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale} ${zone} ${Object.entries(options).join()}`;
  let known = formats.get(key);
  if (!known) {
    try {
      known = new Intl.DateTimeFormat(locale, { ...options, timeZone: zone });
    } catch {
      known = new Intl.DateTimeFormat(locale, { ...options, timeZone: "UTC" });
    }
    formats.set(key, known);
  }
  return known;
}

function format(moment: Date, zone: string, options: Intl.DateTimeFormatOptions): string {
  return formatOf(LOCALES[language.now], zone, options).format(moment);
}

const CLOCK: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
const DAY: Intl.DateTimeFormatOptions = { weekday: "short", day: "numeric", month: "short" };
const DATE: Intl.DateTimeFormatOptions = { ...DAY, year: "numeric" };

function valid(text: string | number | Date): Date | null {
  const moment = new Date(text);
  return Number.isNaN(moment.getTime()) ? null : moment;
}

/** "09:15" of an instant. */
export function clock(at: string | number | Date, zone: string): string {
  const moment = valid(at);
  return moment ? format(moment, zone, CLOCK) : String(at);
}

/** "09:15:07" of an instant. */
export function clockSeconds(at: string | number | Date, zone: string): string {
  const moment = valid(at);
  return moment ? format(moment, zone, { ...CLOCK, second: "2-digit" }) : String(at);
}

/** "Sun 28 Mar" of an instant. */
export function day(at: string | number | Date, zone: string): string {
  const moment = valid(at);
  return moment ? format(moment, zone, DAY) : String(at);
}

/** "Sun 28 Mar, 09:15" of an instant, or the clock alone when it is the day of `now`. */
export function moment(at: string, zone: string, now: string | number | Date = Date.now()): string {
  const said = clock(at, zone);
  return day(at, zone) === day(now, zone) ? said : `${day(at, zone)}, ${said}`;
}

/** The day of a civil date or time: "Sun 28 Mar", with its year where that is not the year of `now`. */
export function civilDay(civil: string, now?: string): string {
  if (now && now.slice(0, 4) !== civil.slice(0, 4)) return civilDate(civil);
  return day(`${civil.slice(0, 10)}T00:00:00Z`, "UTC");
}

/** The day of a civil date, with its year: "Sun 28 Mar 2027". */
export function civilDate(civil: string): string {
  const date = valid(`${civil.slice(0, 10)}T00:00:00Z`);
  return date ? format(date, "UTC", DATE) : civil;
}

/** A civil time as a clock when it is on the day of `now`, else with its day. */
export function civilMoment(civil: string, now?: string): string {
  const said = civil.slice(11, 16);
  if (said === "") return civilDay(civil, now);
  return now && now.slice(0, 10) === civil.slice(0, 10) ? said : `${civilDay(civil, now)}, ${said}`;
}

/** An instant as a civil time of a zone: "2027-03-28T09:15". Put together from its parts: how a locale writes it differs. */
export function civilNow(now: number, zone: string): string {
  const parts = formatOf("en-GB", zone, {
    calendar: "gregory",
    numberingSystem: "latn",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).formatToParts(now);
  const found = Object.fromEntries(parts.map(({ type, value }) => [type, value]));
  return `${found.year}-${found.month}-${found.day}T${found.hour}:${found.minute}`;
}

/** Whole minutes between two civil times. */
export function civilMinutes(from: string, to: string): number {
  return Math.round((Date.parse(`${to.slice(0, 16)}Z`) - Date.parse(`${from.slice(0, 16)}Z`)) / 60_000);
}

/** Two clocks differ by so much, and a person by more. */
const JUST_NOW_S = 5;

/** "4 minutes ago", or "now". */
export function ago(at: string | number | Date, now: number): string {
  const then = valid(at);
  if (!then) return String(at);
  const seconds = Math.min(0, Math.round((then.getTime() - now) / 1000));
  if (seconds > -JUST_NOW_S) {
    return new Intl.RelativeTimeFormat(LOCALES[language.now], { numeric: "auto" }).format(0, "second");
  }
  const said = new Intl.RelativeTimeFormat(LOCALES[language.now], { numeric: "always" });
  if (seconds > -60) return said.format(seconds, "second");
  if (seconds > -3600) return said.format(Math.trunc(seconds / 60), "minute");
  if (seconds > -86_400) return said.format(Math.trunc(seconds / 3600), "hour");
  return said.format(Math.trunc(seconds / 86_400), "day");
}

/** A number as the language writes it: "1,204". */
export function count(number: number): string {
  return new Intl.NumberFormat(LOCALES[language.now]).format(number);
}

/** "A, B and C". */
export function listed(items: readonly string[], type: "conjunction" | "disjunction" = "conjunction"): string {
  return new Intl.ListFormat(LOCALES[language.now], { type }).format(items);
}
