// Why somebody does not go in, as it is read at a door.
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Why } from "../api/generated";
import { language } from "../words/language.svelte";
import { whyInWords } from "./reasons";

vi.mock("./door.svelte", () => ({ door: { gateName: (gate: string) => (gate === "hall" ? "Hall 2" : gate) } }));

const plain = (why: Why) => whyInWords(why).replaceAll(/[\u2068\u2069]/g, "");
const NOW = "2027-05-08T13:42";

afterEach(() => {
  language.now = "en";
});

describe("a limit in time", () => {
  it.each<[Why, string]>([
    [{ kind: "opens_at", opens: "2027-05-08T14:00", now: NOW }, "This door opens at 14:00. It is 13:42."],
    [{ kind: "closed_at", closed: "2027-05-08T13:30", now: NOW }, "This door closed at 13:30. It is 13:42."],
    [{ kind: "valid_from", from: "2027-05-09T09:00", now: NOW }, "Valid from Sun 9 May, 09:00. It is Sat 8 May, 13:42."],
    [{ kind: "valid_until", until: "2027-05-08T12:00", now: NOW }, "Was valid until 12:00. It is 13:42."],
  ])("says what time it is", (why, said) => {
    expect(plain(why)).toBe(said);
  });

  it("says so in German", () => {
    language.now = "de";
    expect(plain({ kind: "opens_at", opens: "2027-05-08T14:00", now: NOW })).toBe(
      "Dieser Eingang öffnet um 14:00. Jetzt ist es 13:42.",
    );
  });
});

describe("a wrong day", () => {
  const days = ["01", "02", "03", "04", "09", "10"].map((day) => `2027-05-${day}`);

  it("says which day it is", () => {
    const why: Why = { kind: "not_a_day_of_the_ticket", day: "2027-05-08", days: ["2027-05-07", "2027-05-09"] };
    expect(plain(why)).toBe("This ticket is for Fri 7 May and Sun 9 May. Today is Sat 8 May.");
  });

  it("names the next of many days", () => {
    const why: Why = { kind: "not_a_day_of_the_gate", gate: "hall", day: "2027-05-08", days };
    expect(plain(why)).toBe("Hall 2 is open on Sun 9 May and Mon 10 May. Today is Sat 8 May.");
  });

  it("is every day for a gate with no day", () => {
    const why: Why = { kind: "not_a_day_of_the_gate", gate: "hall", day: "2027-05-08", days: [] };
    expect(plain(why)).toBe("Hall 2 is open on no day.");
  });
});

describe("a ticket that does not count", () => {
  it("is told", () => {
    expect(plain({ kind: "revoked" })).toMatch(/newer one/);
    expect(plain({ kind: "several_tickets", order: "Q7" })).toBe("Several tickets of order Q7 go in here.");
  });
});
