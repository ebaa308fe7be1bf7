// What happened to a person, scans and edits together, newest first.
import type { AttendeeLine, EditLine, HistoryLine } from "../api/generated";

export type Entry =
  | { kind: "scan"; key: string; at: number; scan: HistoryLine }
  | { kind: "edit"; key: string; at: number; edit: EditLine };

export function timeline(person: Pick<AttendeeLine, "history" | "edits">): Entry[] {
  const scans = person.history.map((scan): Entry => {
    const { station, epoch, seq } = scan.record;
    return { kind: "scan", key: `s/${station}/${epoch}/${seq}`, at: Date.parse(scan.at), scan };
  });
  const edits = person.edits.map((edit, index): Entry => ({
    kind: "edit",
    key: `e/${index}`,
    at: Date.parse(edit.at),
    edit,
  }));
  return [...scans, ...edits].sort((a, b) => b.at - a.at);
}

/** The last scan that counts and let the person in or out: neither taken back nor a rehearsal. */
export function lastPassed(history: readonly HistoryLine[]): HistoryLine | null {
  const passed = history.filter(
    (scan) => !scan.undone && scan.mode === "live" && scan.tone !== "stop",
  );
  return passed.sort((a, b) => Date.parse(b.at) - Date.parse(a.at))[0] ?? null;
}
