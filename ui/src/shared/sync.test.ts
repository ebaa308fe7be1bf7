// What is shown of the others, whatever order answers and happenings come in.
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { ConflictLine, Happening, SyncLine } from "../api/generated";

const asked = vi.hoisted(() => [] as { command: string; answer: (lines: unknown[]) => void; fail: (problem: unknown) => void }[]);
const heard = vi.hoisted(() => ({ by: null as ((happening: unknown) => void) | null, event: { event: "e1", station: "s1" } as { event: string; station: string } | null }));
const played = vi.hoisted(() => [] as string[]);

vi.mock("../api/client", () => ({
  asProblem: (thrown: unknown) => thrown,
  call: (command: string) =>
    new Promise((resolve, reject) =>
      asked.push({ command, answer: (lines) => resolve({ lines }), fail: reject }),
    ),
}));
vi.mock("../door/sounds", () => ({ play: (sound: string) => played.push(sound) }));
vi.mock("../session.svelte", () => ({
  session: {
    get event() {
      return heard.event;
    },
    station: { gate: "main", sound: true },
    hear: (by: (happening: unknown) => void) => {
      heard.by = by;
      return () => undefined;
    },
  },
}));

const line = (more: Partial<SyncLine> = {}) => ({ role: "admin", known: 2, heard: 2, silent: [], conflicts: 0, revoked: false, ...more }) as SyncLine;
const twice = (id: string, resolved: ConflictLine["resolved"] = null) =>
  ({ id, attendee: id, who: null, area: "hall", scans: [{ gate: "main", at: "2027-03-01T10:00:00Z", record: { station: "s2", epoch: "1", seq: 1 } }], resolved }) as unknown as ConflictLine;

const tell = (happening: Partial<Happening> & { kind: string }) => heard.by?.(happening);
const answer = async (command: string, lines: unknown[]) => {
  const index = asked.findIndex((one) => one.command === command);
  asked.splice(index, 1)[0]?.answer(lines);
  await new Promise((done) => setTimeout(done));
};
const fail = async (command: string, code: string) => {
  const index = asked.findIndex((one) => one.command === command);
  asked.splice(index, 1)[0]?.fail({ code, message: code, hint: "" });
  await new Promise((done) => setTimeout(done));
};

async function fresh() {
  vi.resetModules();
  const { sync } = await import("./sync.svelte");
  sync.begin();
  return sync;
}

beforeEach(() => {
  asked.length = 0;
  played.length = 0;
  heard.event = { event: "e1", station: "s1" };
});

describe("what is told while a question is on its way", () => {
  it("is not undone by the older answer: how this laptop stands", async () => {
    const sync = await fresh();
    void sync.reload();
    tell({ kind: "sync", event: "e1", sync: line({ revoked: true }) } as never);
    await answer("sync_show", [line()]);
    expect(sync.line?.revoked).toBe(true);
  });

  it("is not undone by the older answer: a double admission", async () => {
    const sync = await fresh();
    void sync.reload();
    await answer("sync_show", [line()]);
    tell({ kind: "conflict", event: "e1", conflict: twice("a") } as never);
    await answer("conflicts", [twice("b")]);
    expect(sync.conflicts.map(({ id }) => id)).toEqual(["a", "b"]);
    expect(sync.unseen).toHaveLength(2);
  });

  it("is not undone by the older answer: one that was settled", async () => {
    const sync = await fresh();
    void sync.reload();
    await answer("sync_show", [line()]);
    sync.settled(twice("a", { by: "Anna", note: "Same person" }));
    await answer("conflicts", [twice("a")]);
    expect(sync.unseen).toEqual([]);
  });
});

describe("a question that fails", () => {
  it("about double admissions leaves how this laptop stands", async () => {
    const sync = await fresh();
    void sync.reload();
    await answer("sync_show", [line()]);
    await fail("conflicts", "disk");
    expect(sync.line?.heard).toBe(2);
    expect(sync.trouble?.code).toBe("disk");
    void sync.reload();
    await answer("sync_show", [line()]);
    await answer("conflicts", []);
    expect(sync.trouble).toBeNull();
    expect(sync.asked).toBe(true);
  });

  it("leaves it said that this laptop was shut out", async () => {
    const sync = await fresh();
    void sync.reload();
    await answer("sync_show", [line({ revoked: true })]);
    void sync.reload();
    await fail("sync_show", "disk");
    expect(sync.line?.revoked).toBe(true);
    expect(sync.trouble?.code).toBe("disk");
  });

  it("leaves nothing of the event that was open before", async () => {
    const sync = await fresh();
    void sync.reload();
    await answer("sync_show", [line({ revoked: true })]);
    await answer("conflicts", [twice("a")]);
    expect(played).toEqual(["error"]);
    heard.event = { event: "e2", station: "s1" };
    void sync.reload();
    expect([sync.line, sync.conflicts, sync.asked]).toEqual([null, [], false]);
    await fail("sync_show", "unreachable");
    expect(sync.line).toBeNull();
  });
});

describe("the number of open double admissions", () => {
  it("that the list does not explain asks for the list, once", async () => {
    const sync = await fresh();
    void sync.reload();
    await answer("sync_show", [line()]);
    await answer("conflicts", []);
    tell({ kind: "sync", event: "e1", sync: line({ conflicts: 1 }) } as never);
    tell({ kind: "sync", event: "e1", sync: line({ conflicts: 1 }) } as never);
    expect(asked.map(({ command }) => command)).toEqual(["conflicts"]);
    await answer("conflicts", [twice("a")]);
    expect(sync.unseen.map(({ id }) => id)).toEqual(["a"]);
    expect(played).toEqual(["error"]);
  });

  it("asks for nothing when it was told", async () => {
    const sync = await fresh();
    void sync.reload();
    await answer("sync_show", [line()]);
    await answer("conflicts", []);
    tell({ kind: "conflict", event: "e1", conflict: twice("a") } as never);
    tell({ kind: "sync", event: "e1", sync: line({ conflicts: 1 }) } as never);
    expect(asked).toEqual([]);
    expect(sync.unseen).toHaveLength(1);
  });
});

describe("a laptop that is made a door", () => {
  it("asks who was let in twice", async () => {
    const sync = await fresh();
    void sync.reload();
    await answer("sync_show", [line({ role: "booth" })]);
    expect(asked).toEqual([]);
    tell({ kind: "sync", event: "e1", sync: line({ role: "door" }) } as never);
    await answer("conflicts", [twice("a")]);
    expect(sync.unseen).toHaveLength(1);
  });
});
