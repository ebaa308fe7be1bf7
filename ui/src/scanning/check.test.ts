import { describe, expect, it } from "vitest";
import { find, TEST_CODE, type Heard } from "./check";

const typed = (text: string, also: string[] = [], end: "enter" | "none" = "enter"): Heard => ({
  text,
  also,
  typed: { keys: text.length, pace_ms: 8, end },
});

describe("what a scanner makes of the test code", () => {
  const cases: [string, Heard, string][] = [
    ["as it is", typed(TEST_CODE), "good"],
    ["on a serial line", { text: TEST_CODE, also: [], typed: null }, "good"],
    ["without an end", typed(TEST_CODE, [], "none"), "noEnd"],
    ["on a German keyboard", typed("LANZARDßTEST", [TEST_CODE]), "layout"],
    ["on a French keyboard", typed("LQNYQRD)TEST", [TEST_CODE]), "layout"],
    ["with capitals locked", typed("lanyard-test", [TEST_CODE]), "case"],
    ["with something before it", typed(`~${TEST_CODE}`), "prefix"],
    ["with something after it", typed(`${TEST_CODE};`), "more"],
    ["twice in one", typed(TEST_CODE + TEST_CODE), "together"],
    ["another code", typed("TICKET-0001"), "other"],
  ];
  for (const [name, heard, kind] of cases) {
    it(`${name}: ${kind}`, () => {
      expect(find(heard).kind).toBe(kind);
    });
  }

  it("names the prefix", () => {
    expect(find(typed(`]Q${TEST_CODE}`))).toEqual({ kind: "prefix", prefix: "]Q" });
  });
});
