// Double admissions: which laptop is to be told of which, and in which order they are listed.
import type { ConflictLine } from "../api/generated";

/** Where this laptop stands. */
export interface Here {
  station: string;
  gate: string | null;
  admin: boolean;
}

/** The organizer is told of all, a door of those in which it let somebody in. */
export function concerns(conflict: ConflictLine, here: Here): boolean {
  const ours = ({ record, gate }: ConflictLine["scans"][number]) =>
    record.station === here.station || gate === here.gate;
  return here.admin || conflict.scans.some(ours);
}

/** What has been looked at: a scan that joins later makes it new again. */
export function seenName(conflict: ConflictLine): string {
  return `${conflict.id}/${conflict.scans.length}`;
}

function latest(conflict: ConflictLine): string {
  return conflict.scans.reduce((last, { at }) => (Date.parse(at) > Date.parse(last) ? at : last), "1970-01-01T00:00:00Z");
}

/** Open ones before settled ones, the latest first. */
export function listed(conflicts: readonly ConflictLine[]): ConflictLine[] {
  return [...conflicts].sort(
    (a, b) =>
      Number(a.resolved !== null) - Number(b.resolved !== null) ||
      Date.parse(latest(b)) - Date.parse(latest(a)) ||
      (a.id < b.id ? -1 : 1),
  );
}

/** Seconds between the first and the last admission. */
export function apart(conflict: ConflictLine): number {
  const times = conflict.scans.map(({ at }) => Date.parse(at)).filter((ms) => !Number.isNaN(ms));
  return times.length === 0 ? 0 : Math.round((Math.max(...times) - Math.min(...times)) / 1000);
}

/** A list with one line put in or replaced. */
export function withLine(conflicts: readonly ConflictLine[], line: ConflictLine): ConflictLine[] {
  return listed([...conflicts.filter(({ id }) => id !== line.id), line]);
}
