// Lengths of time and names of matters in words.
import type { StationWarning } from "../api/generated";
import { isolated } from "../shared/isolated";
import { count } from "../time";
import { t } from "../words";
import { spanOf, type Matter } from "./health";

/** "40 s", "12 min", "3 h". */
export function span(seconds: number): string {
  const { unit, number } = spanOf(seconds);
  return t.stations[unit](number);
}

export function spanMs(ms: number): string {
  return span(Math.abs(ms) / 1000);
}

/** A matter in the two or three words that a bar has room for. */
export function inShort(matter: Matter): string {
  const words = t.stations.strip;
  switch (matter.kind) {
    case "conflicts":
      return words.conflicts(matter.number);
    case "silent": {
      const [first] = matter.stations;
      if (!first || matter.stations.length > 1) return words.severalSilent(matter.stations.length);
      return first.seconds === null ? words.never(isolated(first.station)) : words.silent(isolated(first.station), span(first.seconds));
    }
    case "warning":
      return words.warning;
    case "battery":
      return words.battery(matter.percent);
    case "clock":
      return words.clock(spanMs(matter.off_ms));
    case "joiners":
      return words.joiners(matter.number);
    case "copies":
      return words.copies(count(matter.number));
    case "missing":
      return words.missing(count(matter.number));
  }
}

export interface Said {
  what: string;
  /** What to do about it. */
  todo: string;
  detail?: string;
}

/** A warning about a station, and what to do. */
export function warningInWords(warning: StationWarning): Said {
  const words = t.stations.panel;
  switch (warning.kind) {
    case "clock":
      return { what: words.peerClock(spanMs(warning.offset_ms)), todo: words.clockDo };
    case "battery":
      return { what: words.peerBattery(warning.percent), todo: words.batteryDo };
    case "misbehaved":
      return { what: words.misbehaved, todo: words.misbehavedDo, detail: words.what(warning.what) };
    case "runs_twice":
      return { what: words.runs_twice, todo: words.runs_twiceDo };
    case "forked":
      return { what: words.forked, todo: words.forkedDo };
  }
}

/** A matter in whole sentences, one for each station where it is about several. */
export function inFull(matter: Matter): Said[] {
  const words = t.stations.panel;
  switch (matter.kind) {
    case "conflicts":
      return [{ what: words.conflicts(matter.number), todo: words.conflictsDo }];
    case "silent":
      return matter.stations.map(({ station, seconds }) => ({
        what: seconds === null ? words.silentNever(isolated(station)) : words.silent(isolated(station), span(seconds)),
        todo: words.silentDo,
      }));
    case "warning":
      return [warningInWords(matter.warning)];
    case "battery":
      return [{ what: words.battery(matter.percent), todo: words.batteryDo }];
    case "clock":
      return [{ what: words.clock(spanMs(matter.off_ms)), todo: words.clockDo }];
    case "joiners":
      return [{ what: words.joiners(matter.number), todo: words.joinersDo }];
    case "copies":
      return [{ what: words.copies(count(matter.number)), todo: words.copiesDo }];
    case "missing":
      return [{ what: words.missing(count(matter.number)), todo: words.missingDo }];
  }
}
