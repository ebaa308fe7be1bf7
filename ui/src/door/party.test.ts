// Who of an order may be let through together, and what an act of several comes to.
import { describe, expect, it } from "vitest";
import type { OrderMate, VerdictLine } from "../api/generated";
import { refusedFirst, soundOf, toneOf } from "./act";
import { nonce } from "./nonce";
import { Party } from "./party.svelte";

const mate = (id: string, more: Partial<OrderMate> = {}): OrderMate => ({
  id,
  name: id,
  ticket_type: "Regular",
  status: "paid",
  inside: false,
  waits: true,
  ...more,
});

const line = (id: string, tone: VerdictLine["tone"], more: Partial<VerdictLine> = {}) =>
  ({
    attendee: { id, name: id, ticket_type: "Regular" },
    tone,
    flags: [],
    why: null,
    order: { id: "Q7", others_waiting: 0 },
    others: [],
    ...more,
  }) as unknown as VerdictLine;

describe("the others on an order", () => {
  const inside = mate("in", { inside: true, waits: false });
  const cancelled = mate("cancelled", { status: "cancelled", waits: false });
  const scanned = line("a", "go", { others: [mate("b"), mate("c"), inside, cancelled], order: { id: "Q7", others_waiting: 2 } });

  it("are chosen where they could come in, and asked about once", () => {
    const party = Party.of([scanned], false);
    expect(party?.free.map(({ id }) => id)).toEqual(["b", "c"]);
    expect(party?.rest.map(({ id }) => id)).toEqual(["in", "cancelled"]);
    party?.toggle("b");
    expect(party?.take()).toEqual(["c"]);
    expect(party?.take()).toEqual([]);
  });

  it("are those inside where people go out", () => {
    expect(Party.of([scanned], true)?.free.map(({ id }) => id)).toEqual(["in"]);
  });

  it("are nobody for who is alone, for nobody's code, and where a supervisor decides", () => {
    expect(Party.of([line("a", "go")], false)).toBeNull();
    expect(Party.of([{ ...scanned, attendee: null }], false)).toBeNull();
    expect(Party.of([{ ...scanned, why: { kind: "held", silent: [] } }], false)).toBeNull();
    expect(Party.of([{ ...scanned, why: { kind: "opens_at", opens: "2027-05-08T14:00", now: "2027-05-08T13:42" } }], false)).toBeNull();
  });

  it("are not chosen where it is not clear whose ticket is meant", () => {
    const party = Party.of([{ ...scanned, why: { kind: "several_tickets", order: "Q7" } }], false);
    expect([party?.chosen.size, party?.all]).toEqual([0, false]);
  });

  it("who passed by the same act are not asked about again", () => {
    expect(Party.of([scanned, line("b", "go")], false)?.free.map(({ id }) => id)).toEqual(["c"]);
  });

  it("may be more than one act takes", () => {
    const others = Array.from({ length: 100 }, (_, at) => mate(`m${at}`));
    const party = Party.of([line("a", "go", { others, order: { id: "Q7", others_waiting: 130 } })], false);
    expect([party?.chosen.size, party?.all, party?.unlisted]).toEqual([100, true, 30]);
  });
});

describe("an act of several", () => {
  const [go, look, stop] = [line("a", "go"), line("b", "look"), line("c", "stop")];

  it("is as grave as its gravest", () => {
    expect(toneOf([go, look, stop])).toBe("stop");
    expect(toneOf([go, look])).toBe("look");
    expect(refusedFirst([go, look, stop]).map(({ attendee }) => attendee?.id)).toEqual(["c", "a", "b"]);
  });

  it("is heard as a guest's where one goes in", () => {
    const guest = line("v", "go", { flags: ["vip"] });
    expect(soundOf([guest, look])).toBe("vip");
    expect(soundOf([guest, stop])).toBe("stop");
    expect(soundOf([{ ...guest, tone: "out" }])).toBe("out");
    expect(soundOf([look])).toBe("look");
  });
});

it("a scan is called by a new name each time", () => {
  const names = Array.from({ length: 50 }, nonce);
  expect(new Set(names).size).toBe(50);
  expect(names[0]).toMatch(/^[0-9a-f]{32}$/);
});
