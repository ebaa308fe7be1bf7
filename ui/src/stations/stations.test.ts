// What is said of the other stations: which matters, in which order, and what is counted.
import { describe, expect, it } from "vitest";
import type { ConflictLine, PeerLine, SyncLine } from "../api/generated";
import { arrivalOf } from "./arrival";
import { largest, lastQuarters, topOf } from "./arrivals";
import { grouped } from "./digits";
import { healthOf, mattersOf, silentNow, spanOf } from "./health";
import { clockOff, inOrder } from "./peers";
import { pathOf } from "./qr";
import { apart, concerns, listed, seenName, withLine } from "./twice";

const FINE: SyncLine = {
  on: true,
  role: "door",
  gate: null,
  addresses: [],
  known: 6,
  heard: 6,
  silent: [],
  alone: 0,
  missing: 0,
  conflicts: 0,
  joiners: 0,
  clock_offset_ms: 12,
  battery: 80,
  on_mains: false,
  awake: true,
  revoked: false,
  warnings: [],
};

const kinds = (line: Partial<SyncLine>) => mattersOf({ ...FINE, ...line }).map(({ kind }) => kind);
const health = (line: Partial<SyncLine>) => {
  const whole = { ...FINE, ...line };
  return healthOf(whole, mattersOf(whole));
};

describe("matters", () => {
  it("are none when all is well", () => {
    expect(kinds({})).toEqual([]);
    expect(health({})).toBe("fine");
  });

  it("begin with the gravest", () => {
    const line = {
      heard: 5,
      silent: [{ station: "Gate C", seconds: 40 }],
      alone: 3,
      missing: 9,
      conflicts: 1,
      joiners: 2,
      clock_offset_ms: -31_000,
    };
    expect(kinds(line)).toEqual(["conflicts", "silent", "clock", "joiners", "copies", "missing"]);
    expect(health(line)).toBe("danger");
  });

  it("are of a battery only without mains, and graver when it is nearly empty", () => {
    expect(kinds({ battery: 31 })).toEqual([]);
    expect(kinds({ battery: 10, on_mains: true })).toEqual([]);
    expect(health({ battery: 30, on_mains: null })).toBe("warn");
    expect(health({ battery: 15 })).toBe("danger");
  });

  it("are of a clock only when it is off by more than 30 s", () => {
    expect(kinds({ clock_offset_ms: 30_000 })).toEqual([]);
    expect(kinds({ clock_offset_ms: 30_001 })).toEqual(["clock"]);
  });

  it("are not of copies where there is nobody to copy to", () => {
    expect(kinds({ known: 0, heard: 0, alone: 12 })).toEqual([]);
    expect(health({ known: 0, heard: 0, alone: 12 })).toBe("alone");
    expect(health({ on: false })).toBe("alone");
  });

  it("are not of the others where this laptop does not speak with them, and are neutral", () => {
    const off = { on: false, heard: 0, silent: [{ station: "Gate C", seconds: null }], alone: 12, missing: 3 };
    expect(kinds(off)).toEqual([]);
    expect(health(off)).toBe("alone");
    expect(kinds({ ...off, conflicts: 1 })).toEqual(["conflicts"]);
  });

  it("count the seconds of silence on, the longest first", () => {
    const silent = [
      { station: "A", seconds: 4 },
      { station: "B", seconds: null },
      { station: "C", seconds: 40 },
    ];
    expect(silentNow(silent, 2_900)).toEqual([
      { station: "B", seconds: null },
      { station: "C", seconds: 42 },
      { station: "A", seconds: 6 },
    ]);
  });

  it("are red for a laptop that was shut out", () => {
    expect(health({ revoked: true })).toBe("danger");
  });
});

it("a length of time is said in one unit", () => {
  expect([0, 119.4, 120, 7199, 7200].map(spanOf)).toEqual([
    { unit: "seconds", number: 0 },
    { unit: "seconds", number: 119 },
    { unit: "minutes", number: 2 },
    { unit: "minutes", number: 119 },
    { unit: "hours", number: 2 },
  ]);
});

describe("arrivals", () => {
  it("show quarters of an hour without anybody as noughts", () => {
    const quarters = lastQuarters({ "2027-03-28T23:45": 7, "2027-03-28T20:00": 1 }, "2027-03-29T00:14", 8);
    expect(quarters.map(({ from }) => from.slice(11))).toEqual([
      "22:15", "22:30", "22:45", "23:00", "23:15", "23:30", "23:45", "00:00",
    ]);
    expect(quarters.map(({ number }) => number)).toEqual([0, 0, 0, 0, 0, 0, 7, 0]);
    expect(quarters.filter(({ recent }) => recent)).toHaveLength(5);
  });

  it("are drawn below a round number", () => {
    expect([[], [3], [6], [38], [41], [100], [101]].map(topOf)).toEqual([5, 5, 8, 40, 50, 100, 200]);
  });

  it("name the largest and add up the rest", () => {
    expect(largest({ b: 2, a: 2, c: 9, d: 1 }, 2)).toEqual({ rows: [["c", 9], ["a", 2]], others: 3 });
  });
});

const conflict = (id: string, at: [string, string], more: Partial<ConflictLine> = {}): ConflictLine => ({
  id,
  attendee: "a",
  who: null,
  area: "main",
  scans: at.map((moment, index) => ({
    gate: `g${index}`,
    station: `laptop ${index}`,
    at: moment,
    operator: null,
    record: { station: `s${index}`, epoch: "0", seq: 1 },
  })),
  resolved: null,
  ...more,
});

describe("double admissions", () => {
  const early = conflict("1", ["2027-03-28T09:00:00+02:00", "2027-03-28T09:00:40+02:00"]);
  const late = conflict("2", ["2027-03-28T09:00:00+02:00", "2027-03-28T08:30:00+01:00"]);
  const settled = conflict("3", ["2027-03-28T11:00:00+02:00", "2027-03-28T11:00:00+02:00"], {
    resolved: { by: "Kim", note: "same person" },
  });

  it("are listed with the open ones first, then the latest", () => {
    expect(listed([settled, early, late]).map(({ id }) => id)).toEqual(["2", "1", "3"]);
    const now = { ...early, resolved: { by: "Kim", note: "x" } };
    expect(withLine([late, early, settled], now).map(({ id }) => id)).toEqual(["2", "3", "1"]);
  });

  it("tell how far apart they were", () => {
    expect([early, late, settled].map(apart)).toEqual([40, 1800, 0]);
  });

  it("concern the organizer and the doors that let somebody in", () => {
    const here = { station: "s1", gate: null, admin: false };
    expect(concerns(early, here)).toBe(true);
    expect(concerns(early, { ...here, station: "s9" })).toBe(false);
    expect(concerns(early, { ...here, station: "s9", gate: "g0" })).toBe(true);
    expect(concerns(early, { ...here, station: "s9", admin: true })).toBe(true);
  });

  it("are new again when another scan joins", () => {
    const [first] = early.scans;
    const joined = { ...early, scans: [...early.scans, ...(first ? [first] : [])] };
    expect(seenName(joined)).not.toBe(seenName(early));
  });
});

describe("the list of laptops", () => {
  const peer = (name: string, revoked = false) => ({ name, station: name, revoked }) as PeerLine;

  it("is by name as a person counts, with those shut out at the end", () => {
    const names = inOrder([peer("Door 10"), peer("a lost one", true), peer("Door 9")]).map(({ name }) => name);
    expect(names).toEqual(["Door 9", "Door 10", "a lost one"]);
  });

  it("speaks of a clock from two seconds on", () => {
    expect([null, -1_999, 2_000].map(clockOff)).toEqual([null, 0, 2_000]);
  });
});

describe("a ticket", () => {
  it("is drawn with a quiet zone of four modules on every side", () => {
    const drawn = pathOf("LANYARD1ABC");
    // The first module of a code is always dark.
    expect(drawn?.path.startsWith("M4 4h7v1")).toBe(true);
    // Version 1 has 21 modules.
    expect(drawn?.size).toBe(21 + 8);
  });

  it("that no code can hold is not drawn", () => {
    expect(pathOf("")).toBeNull();
    expect(pathOf("x".repeat(5_000))).toBeNull();
  });

  it("is compared by digits in two groups", () => {
    expect(grouped("009274")).toBe("009 274");
  });
});

describe("a laptop that was let in", () => {
  const line = (heard: number, missing: number) => ({ ...FINE, heard, missing });

  it("never says that all is here before another laptop told what there is", () => {
    expect(arrivalOf("", null)).toBe("looking");
    expect(arrivalOf("", line(0, 0))).toBe("looking");
    expect(arrivalOf("", line(1, 0))).toBe("looking");
    expect(arrivalOf("Lantern Days", line(0, 0))).toBe("looking");
  });

  it("says what is to come, and then that it is here", () => {
    expect(arrivalOf("", line(1, 400))).toBe("coming");
    expect(arrivalOf("Lantern Days", line(1, 1))).toBe("coming");
    expect(arrivalOf("Lantern Days", line(0, 1))).toBe("coming");
    expect(arrivalOf("Lantern Days", line(1, 0))).toBe("here");
  });
});
