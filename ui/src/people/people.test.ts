import { describe, expect, it } from "vitest";
import type { AttendeeLine, HistoryLine } from "../api/generated";
import { asFields, changes, kept, valueOf } from "./fields";
import { lastPassed, timeline } from "./timeline";

const person = {
  id: "p1",
  display_name: "Ada Kim",
  disputed: {},
  file: {},
  history: [],
  edits: [],
  name: "Ada Kim",
  company: null,
  status: null,
} as unknown as AttendeeLine;

function scan(at: string, tone: HistoryLine["tone"], more: Partial<HistoryLine> = {}): HistoryLine {
  const record = { station: "a", epoch: "1", seq: Date.parse(at) };
  const verdict = tone === "out" ? "exited" : tone === "stop" ? "already_in" : "admitted";
  return {
    record,
    at,
    gate: "main",
    verdict,
    tone,
    mode: "live",
    operator: null,
    station: "a",
    undone: false,
    undo: null,
    override: null,
    ...more,
  };
}

describe("fields", () => {
  it("only what differs is sent", () => {
    const draft = { name: "Ada Kim ", company: "ACME = Söhne", status: "paid" };
    expect(changes(person, draft)).toEqual([["company", "ACME = Söhne"]]);
    expect(asFields(changes(person, draft))).toEqual(["company=ACME = Söhne"]);
    expect(kept(person, draft)).toEqual({ company: "ACME = Söhne" });
  });

  it("an empty status is a paid one", () => {
    expect(valueOf(person, "status")).toBe("paid");
    expect(valueOf(person, "company")).toBe("");
  });
});

describe("history", () => {
  it("is one line of time, newest first", () => {
    const edit = {
      at: "2027-03-28T09:30:00+02:00",
      station: "a",
      by: null,
      approved_by: null,
      reason: null,
      from_file: false,
      fields: {},
    };
    const history = [
      scan("2027-03-28T09:00:00+02:00", "go"),
      scan("2027-03-28T10:00:00+02:00", "out"),
    ];
    const kinds = timeline({ history, edits: [edit] }).map((entry) => entry.kind);
    expect(kinds).toEqual(["scan", "edit", "scan"]);
  });

  it("the last scan that counts is neither refused, taken back nor of a rehearsal", () => {
    const came = scan("2027-03-28T09:00:00+02:00", "go");
    const left = scan("2027-03-28T10:00:00+02:00", "out");
    expect(lastPassed([left, came])).toBe(left);
    expect(lastPassed([came, { ...left, undone: true }])).toEqual(came);
    expect(lastPassed([{ ...came, mode: "rehearsal" }])).toBeNull();
    expect(lastPassed([scan("2027-03-28T09:00:00+02:00", "stop")])).toBeNull();
  });
});
