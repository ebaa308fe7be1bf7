// How far a laptop that has just been let in has come.
import type { SyncLine } from "../api/generated";

/**
 * `looking`: nothing is known of what there is, so that nothing can be said to be complete.
 * `coming`: records are on their way. `here`: this laptop has what the others have.
 */
export type Arrival = "looking" | "coming" | "here";

/** What `missing` counts is known only once another station has told what it has; the event's name is among the first. */
export function arrivalOf(event_name: string, line: Pick<SyncLine, "heard" | "missing"> | null): Arrival {
  if (line !== null && line.missing > 0) return "coming";
  if (event_name === "" || line === null || line.heard === 0) return "looking";
  return "here";
}
