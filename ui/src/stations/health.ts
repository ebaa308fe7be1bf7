// What there is to say about how this laptop stands with the others: which matters, how grave, in which order. No words,
// no clock: the time that went by since the station spoke is given.
import type { SilentLine, StationWarning, SyncLine } from "../api/generated";

/** A clock that is off by less troubles nobody. */
const CLOCK_OFF_MS = 30_000;
const BATTERY_LOW = 30;
const BATTERY_EMPTY = 15;

export type Gravity = "danger" | "warn" | "info";

export type Matter =
  | { kind: "conflicts"; gravity: "danger"; number: number }
  | { kind: "silent"; gravity: "warn"; stations: SilentLine[] }
  | { kind: "warning"; gravity: "danger"; warning: StationWarning }
  | { kind: "battery"; gravity: Gravity; percent: number }
  | { kind: "clock"; gravity: "warn"; off_ms: number }
  | { kind: "joiners"; gravity: "info"; number: number }
  | { kind: "copies"; gravity: "info"; number: number }
  | { kind: "missing"; gravity: "info"; number: number };

export type Health = "fine" | "alone" | "warn" | "danger";

const ORDER: Record<Gravity, number> = { danger: 0, warn: 1, info: 2 };

/** The silent ones, for how long by now, the longest silent first; never heard before all others. */
export function silentNow(silent: readonly SilentLine[], passed_ms: number): SilentLine[] {
  const passed = Math.max(0, Math.floor(passed_ms / 1000));
  const now = silent.map(({ station, seconds }) => ({
    station,
    seconds: seconds === null ? null : seconds + passed,
  }));
  return now.sort((a, b) => (b.seconds ?? Number.MAX_VALUE) - (a.seconds ?? Number.MAX_VALUE));
}

function battery(sync: SyncLine): Matter[] {
  if (sync.battery === null || sync.battery > BATTERY_LOW || sync.on_mains === true) return [];
  const gravity = sync.battery <= BATTERY_EMPTY ? "danger" : "warn";
  return [{ kind: "battery", gravity, percent: sync.battery }];
}

/** Everything that is worth a word, gravest first. */
export function mattersOf(sync: SyncLine, passed_ms = 0): Matter[] {
  const matters: Matter[] = battery(sync);
  const { conflicts, joiners, alone, missing } = sync;
  if (conflicts > 0) matters.push({ kind: "conflicts", gravity: "danger", number: conflicts });
  for (const warning of sync.warnings) {
    // Its own clock and battery are told by numbers of their own.
    if (warning.kind === "clock" || warning.kind === "battery") continue;
    matters.push({ kind: "warning", gravity: "danger", warning });
  }
  // A laptop that speaks with nobody hears nobody: that is no silence of theirs.
  if (sync.on && sync.silent.length > 0) {
    matters.push({ kind: "silent", gravity: "warn", stations: silentNow(sync.silent, passed_ms) });
  }
  const off_ms = sync.clock_offset_ms ?? 0;
  if (Math.abs(off_ms) > CLOCK_OFF_MS) matters.push({ kind: "clock", gravity: "warn", off_ms });
  if (joiners > 0) matters.push({ kind: "joiners", gravity: "info", number: joiners });
  // Alone, there is nobody to copy to.
  if (alone > 0 && sync.on && sync.known > 0) matters.push({ kind: "copies", gravity: "info", number: alone });
  if (missing > 0 && sync.on) matters.push({ kind: "missing", gravity: "info", number: missing });
  return matters.sort((a, b) => ORDER[a.gravity] - ORDER[b.gravity]);
}

/** How it stands in one word. */
export function healthOf(sync: SyncLine, matters: readonly Matter[]): Health {
  if (sync.revoked || matters.some(({ gravity }) => gravity === "danger")) return "danger";
  if (matters.some(({ gravity }) => gravity === "warn")) return "warn";
  if (!sync.on || sync.known === 0) return "alone";
  return sync.heard < sync.known ? "warn" : "fine";
}

export type Span = { unit: "seconds" | "minutes" | "hours"; number: number };

/** A length of time in the one unit that says enough: 40 s, 12 min, 3 h. */
export function spanOf(seconds: number): Span {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 120) return { unit: "seconds", number: whole };
  if (whole < 2 * 3600) return { unit: "minutes", number: Math.floor(whole / 60) };
  return { unit: "hours", number: Math.floor(whole / 3600) };
}
