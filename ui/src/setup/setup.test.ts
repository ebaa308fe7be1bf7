import { describe, expect, it } from "vitest";
import { dayAway, monthAway, toggled, weeks } from "./calendar";
import { draftOf, everyDay, freeId, gateOf, oneMoreDay, ruleOf, slug } from "./gate";
import { asOptions, assigned, canAssign, whole } from "./mapping";
import { allZones, zonesLike } from "./zones";

describe("calendar", () => {
  it("begins a week on Monday and holds every day once", () => {
    const march = weeks({ year: 2027, month: 3 });
    expect(march[0]).toEqual([
      "2027-03-01",
      "2027-03-02",
      "2027-03-03",
      "2027-03-04",
      "2027-03-05",
      "2027-03-06",
      "2027-03-07",
    ]);
    expect(march.flat().filter(Boolean)).toHaveLength(31);
    const february = weeks({ year: 2028, month: 2 });
    expect(february.flat().filter(Boolean)).toHaveLength(29);
    expect(february[0]?.[0]).toBeNull();
  });

  it("goes over the ends of months, years and summer time", () => {
    expect(monthAway({ year: 2027, month: 12 }, 1)).toEqual({ year: 2028, month: 1 });
    expect(monthAway({ year: 2027, month: 1 }, -1)).toEqual({ year: 2026, month: 12 });
    expect(dayAway("2027-03-27", 2)).toBe("2027-03-29");
    expect(dayAway("2027-12-31", 1)).toBe("2028-01-01");
  });

  it("keeps chosen days in order", () => {
    expect(toggled(["2027-03-29"], "2027-03-28")).toEqual(["2027-03-28", "2027-03-29"]);
    expect(toggled(["2027-03-28", "2027-03-29"], "2027-03-28")).toEqual(["2027-03-29"]);
  });
});

describe("zones", () => {
  it("are found by city, in any spelling", () => {
    const zones = allZones();
    expect(zones).toContain("UTC");
    expect(zonesLike("berlin", zones, 5)[0]).toBe("Europe/Berlin");
    expect(zonesLike("new york", zones, 5)[0]).toBe("America/New_York");
    expect(zonesLike("São Paulo", zones, 5)[0]).toBe("America/Sao_Paulo");
    expect(zonesLike("eur ber", zones, 5)[0]).toBe("Europe/Berlin");
    expect(zonesLike("atlantis", zones, 5)).toEqual([]);
  });
});

describe("gates", () => {
  it("get a short name of their name that nobody else has", () => {
    expect(slug("Main entrance (north)")).toBe("main-entrance-north");
    expect(slug("Große Halle – Süd")).toBe("grosse-halle-sud");
    expect(freeId("Main", ["main", "main-2"])).toBe("main-3");
    expect(freeId("入口", [])).toBe("gate");
    expect(slug("x".repeat(300))).toHaveLength(40);
  });

  it("come back as they were", () => {
    const gate = {
      id: "vip",
      name: "VIP",
      area: "lounge",
      ticket_types: ["VIP"],
      entries: "unlimited" as const,
      day_turns: "05:00",
      reentry_after_exit: false,
      opens: "09:00",
      closes: null,
      when_silent: "hold" as const,
      include_pending: true,
      addon_match: true,
      also: ["main"],
      agenda: [{ day: "2027-03-28", opens: "10:00", ticket_types: ["Day 1"], title: "Keynote" }, { day: "2027-03-29" }],
      added_max: null,
      questions: [],
    };
    // What this screen does not show stays as it is.
    const { questions: _q, added_max: _x, ...rules } = gate;
    expect(gateOf("vip", draftOf(gate, true, "main"))).toEqual(rules);
  });

  it("have a row for every day of the event, and one more for the next", () => {
    const days = ["2027-03-28", "2027-03-29"];
    expect(everyDay(days).map(({ day }) => day)).toEqual(days);
    expect(everyDay([]).map(({ day }) => day)).toEqual([""]);
    expect(oneMoreDay(everyDay(days).slice(1), days).map(({ day }) => day)).toEqual(["2027-03-29", "2027-03-28"]);
    expect(oneMoreDay(everyDay(days), days).at(-1)?.day).toBe("2027-03-29");
  });

  it("lose their days when every day is the same again", () => {
    const draft = { ...draftOf(null, true, "main"), slots: everyDay(["2027-03-28"]), byDay: false };
    expect(gateOf("a", draft)).toMatchObject({ agenda: [] });
  });

  it("are told which rule the station does not take", () => {
    const message = 'Gate "a "b": c": closes is "02:00"; it must be after it opens.';
    expect(ruleOf({ code: "bad_rule", message, hint: "" })).toBe("closes");
    expect(ruleOf({ code: "disk", message: "The disk failed.", hint: "" })).toBeNull();
  });

  it("leave moments of a gate file alone", () => {
    const gate = gateOf("a", { ...draftOf(null, false, "main"), fixed: true, between: true });
    expect(gate).not.toHaveProperty("opens");
  });

  it("have no hours when they let in at any time", () => {
    const draft = { ...draftOf(null, false, "main"), opens: "09:00", between: false };
    expect(gateOf("a", draft)).toMatchObject({ opens: null, closes: null });
  });
});

describe("mapping", () => {
  it("gives a field to one column only", () => {
    const first = assigned({}, "Mail", "email");
    expect(assigned(first, "Mail 2", "email")).toEqual({ "Mail 2": "email" });
  });

  it("may leave several columns out", () => {
    const none = assigned(assigned({}, "A", ""), "B", "");
    expect(asOptions(none)).toEqual(["A=", "B="]);
  });

  it("is saved without columns that mean nothing", () => {
    expect(
      whole([
        ["Name", "name"],
        ["Shoe size", null],
        ["", "email"],
      ]),
    ).toEqual(["Name=name"]);
  });

  it("cannot tell columns of one name apart", () => {
    const columns = [
      ["Name", "name"],
      ["Name", null],
      ["", null],
    ] as [string, string | null][];
    expect(columns.map((_, index) => canAssign(columns, index))).toEqual([true, false, false]);
  });
});
