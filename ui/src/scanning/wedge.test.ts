import { describe, expect, it } from "vitest";
import { physical, Wedge, type How, type Scan, type Stroke } from "./wedge";

function codeOf(char: string): { code: string; shift: boolean } {
  if (/[a-z]/.test(char)) return { code: `Key${char.toUpperCase()}`, shift: false };
  if (/[A-Z]/.test(char)) return { code: `Key${char}`, shift: true };
  if (/[0-9]/.test(char)) return { code: `Digit${char}`, shift: false };
  if (char === "-") return { code: "Minus", shift: false };
  if (char === "~") return { code: "Backquote", shift: true };
  if (char === "]") return { code: "BracketRight", shift: false };
  return { code: "", shift: false };
}

class Keyboard {
  how: How = { prefix: "", suffix: "" };
  wedge = new Wedge(() => this.how);
  now = 1000;
  scans: Scan[] = [];
  typed = "";
  prevented: string[] = [];
  inField = false;

  stroke(stroke: Partial<Stroke> & { key: string }, gap_ms: number) {
    if (gap_ms >= this.wedge.patience_ms) this.quiet();
    this.now += gap_ms;
    const heard = this.wedge.press({ code: "", shift: false, time: this.now, ...stroke }, this.inField);
    this.scans.push(...heard.scans);
    this.typed += heard.typed;
    if (heard.prevent) this.prevented.push(stroke.key);
    return heard;
  }

  type(text: string, gap_ms: number) {
    for (const char of text) this.stroke({ key: char, ...codeOf(char) }, gap_ms);
  }

  enter(gap_ms = 8) {
    return this.stroke({ key: "Enter", code: "Enter" }, gap_ms);
  }

  quiet() {
    const heard = this.wedge.silence(this.inField);
    this.scans.push(...heard.scans);
    this.typed += heard.typed;
  }

  get texts() {
    return this.scans.map((scan) => scan.text);
  }
}

describe("a scanner", () => {
  it("is heard by its pace and its enter", () => {
    const keys = new Keyboard();
    keys.type("TICKET-0001", 8);
    const heard = keys.enter();
    expect(keys.texts).toEqual(["TICKET-0001"]);
    expect(heard.prevent).toBe(true);
    expect(keys.scans[0]?.also).toEqual([]);
    expect(keys.scans[0]?.time).toBe(keys.now);
  });

  it("may end with a tab", () => {
    const keys = new Keyboard();
    keys.type("ABCD", 1);
    keys.stroke({ key: "Tab" }, 1);
    expect(keys.texts).toEqual(["ABCD"]);
  });

  it("may end with nothing, after six characters", () => {
    const keys = new Keyboard();
    keys.type("ABC123", 10);
    keys.quiet();
    expect(keys.texts).toEqual(["ABC123"]);
  });

  it("that runs two scans together with a pause gives two", () => {
    const keys = new Keyboard();
    keys.type("ABC123", 10);
    keys.stroke({ key: "X", ...codeOf("X") }, 500);
    keys.type("YZ987", 10);
    keys.enter();
    expect(keys.texts).toEqual(["ABC123", "XYZ987"]);
  });

  it("on a laptop that stalls in the middle is still one scan", () => {
    const keys = new Keyboard();
    keys.type("S2S9BTKWP5", 8);
    keys.stroke({ key: "S", ...codeOf("S") }, 300);
    keys.type("J5HZL", 8);
    keys.enter(300);
    expect(keys.texts).toEqual(["S2S9BTKWP5SJ5HZL"]);
  });

  it("is heard at the next key when the timer is late", () => {
    const keys = new Keyboard();
    keys.type("ABC123", 10);
    const late: Stroke = { key: "X", code: "KeyX", shift: true, time: keys.now + 500 };
    const heard = keys.wedge.press(late, false);
    expect(heard.scans.map((scan) => scan.text)).toEqual(["ABC123"]);
    expect(heard.begins).toBe(true);
  });

  it("whose first key comes late or early is still one scan", () => {
    const keys = new Keyboard();
    keys.type("T", 8);
    keys.stroke({ key: "-", ...codeOf("-") }, 85);
    keys.type("1003", 8);
    keys.enter(70);
    expect(keys.texts).toEqual(["T-1003"]);
  });

  it("that was torn apart by a busy laptop is asked about in one piece too", () => {
    const keys = new Keyboard();
    keys.type("T", 8);
    keys.stroke({ key: "-", ...codeOf("-") }, 240);
    keys.type("1003", 8);
    keys.enter();
    expect(keys.scans[0]).toMatchObject({ text: "-1003", also: ["T-1003"] });
  });

  it("that is slow but even is still one scan", () => {
    const keys = new Keyboard();
    keys.type("SLOW-SCANNER-42", 40);
    keys.stroke({ key: "9", ...codeOf("9") }, 90);
    keys.enter(40);
    expect(keys.texts).toEqual(["SLOW-SCANNER-429"]);
  });

  it("with caps lock on is read by its physical keys too", () => {
    const keys = new Keyboard();
    for (const char of "abcd") keys.stroke({ key: char.toUpperCase(), code: `Key${char.toUpperCase()}` }, 5);
    keys.enter();
    expect(keys.scans[0]).toMatchObject({ text: "ABCD", also: ["abcd"] });
  });

  it("with another layout is read by its physical keys too", () => {
    const keys = new Keyboard();
    keys.stroke({ key: "Z", code: "KeyY", shift: true }, 5);
    keys.stroke({ key: "ß", code: "Minus" }, 5);
    keys.stroke({ key: "1", code: "Digit1" }, 5);
    keys.stroke({ key: "Dead", code: "Equal" }, 5);
    keys.enter();
    expect(keys.scans[0]).toMatchObject({ text: "Zß1", also: ["Y-1="] });
  });

  it("presses shift between characters, which counts for nothing", () => {
    const keys = new Keyboard();
    for (const char of "ABCD") {
      keys.stroke({ key: "Shift", code: "ShiftLeft", shift: true }, 4);
      keys.stroke({ key: char, ...codeOf(char) }, 4);
    }
    keys.enter();
    expect(keys.texts).toEqual(["ABCD"]);
  });

  it("that types into a field is heard when it sends digits or an end", () => {
    const keys = new Keyboard();
    keys.inField = true;
    keys.type("ABC123", 8);
    keys.quiet();
    keys.type("ABCDEF", 8);
    keys.enter();
    expect(keys.texts).toEqual(["ABC123", "ABCDEF"]);
    expect(keys.prevented).toEqual(["Enter"]);
  });
});

describe("a hand", () => {
  it("that types slowly is no scanner", () => {
    const keys = new Keyboard();
    keys.type("JANE", 130);
    keys.enter(130);
    expect(keys.texts).toEqual([]);
    expect(keys.typed).toBe("JANE");
  });

  it("that presses enter alone does nothing", () => {
    const keys = new Keyboard();
    const heard = keys.enter(500);
    expect(heard).toEqual({ scans: [], typed: "", prevent: false, begins: false });
  });

  it("that holds a key down is no scanner", () => {
    const keys = new Keyboard();
    keys.type("a", 30);
    for (let n = 0; n < 20; n += 1) keys.stroke({ key: "a", code: "KeyA", repeat: true }, 30);
    keys.enter(30);
    expect(keys.texts).toEqual([]);
  });

  it("that uses a shortcut is no scanner", () => {
    const keys = new Keyboard();
    for (const char of "abcdef") keys.stroke({ key: char, code: "", shortcut: true }, 5);
    keys.enter();
    expect(keys.texts).toEqual([]);
  });

  it("that types three fast letters is no scanner", () => {
    const keys = new Keyboard();
    keys.type("abc", 20);
    keys.enter(20);
    expect(keys.texts).toEqual([]);
    expect(keys.typed).toBe("abc");
  });
});

it("physical keys read as on a US keyboard", () => {
  expect(physical("KeyZ", false)).toBe("z");
  expect(physical("Digit2", true)).toBe("@");
  expect(physical("Numpad7", false)).toBe("7");
  expect(physical("Slash", true)).toBe("?");
  expect(physical("F2", false)).toBe("");
});

describe("a scanner with a prefix", () => {
  const named = (prefix: string, suffix = "") => {
    const keys = new Keyboard();
    keys.how = { prefix, suffix };
    return keys;
  };

  it("is heard at 40 ms a key and slower, letters alone, in a field too", () => {
    for (const gap_ms of [5, 16, 40, 90]) {
      const keys = named("~");
      keys.inField = true;
      keys.type("~TICKET", gap_ms);
      expect(keys.enter(gap_ms).prevent).toBe(true);
      expect(keys.texts).toEqual(["TICKET"]);
      expect(keys.typed).toBe("");
    }
  });

  it("gives two codes where two ran together", () => {
    const keys = named("~");
    keys.type("~A-1~B-22", 12);
    keys.enter(12);
    expect(keys.texts).toEqual(["A-1", "B-22"]);
  });

  it("leaves other scanners and hands as they are", () => {
    const keys = named("~");
    keys.type("TICKET-0001", 8);
    keys.enter();
    expect(keys.texts).toEqual(["TICKET-0001"]);
    keys.now += 1000;
    keys.inField = true;
    keys.type("marta", 90);
    keys.quiet();
    expect(keys.texts).toHaveLength(1);
  });

  it("is read on a keyboard of another layout too", () => {
    const keys = named("~");
    keys.stroke({ key: "°", code: "Backquote", shift: true }, 12);
    keys.type("A-17", 12);
    keys.enter(12);
    expect(keys.scans[0]?.also).toContain("A-17");
  });

  it("without an end is taken after a silence, unless it is known to have one", () => {
    const open = named("~", "none");
    open.type("~AB12", 30);
    open.quiet();
    expect(open.texts).toEqual(["AB12"]);
    const closed = named("~", "enter");
    closed.type("~AB12", 30);
    closed.quiet();
    expect(closed.texts).toEqual([]);
  });

  it("tells how it typed", () => {
    const keys = named("");
    keys.type("TICKET-0001", 8);
    keys.stroke({ key: "Tab", code: "Tab" }, 8);
    expect(keys.scans[0]?.typed).toEqual({ keys: 11, pace_ms: 8, end: "tab" });
  });

  it("may name the kind of a code before it", () => {
    const keys = named("");
    keys.type("]Q1TICKET-0001", 8);
    keys.enter();
    expect(keys.texts).toEqual(["TICKET-0001"]);
  });
});

/** Numbers from a seed, so that what fails can be run again. */
function dice(seed: number): (from: number, to: number) => number {
  let state = seed >>> 0;
  return (from, to) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return from + (state / 2 ** 32) * (to - from);
  };
}

const pick = (roll: (from: number, to: number) => number, from: string, count: number) =>
  Array.from({ length: count }, () => from.charAt(Math.floor(roll(0, from.length)))).join("");

describe("of many scanners, hands and accidents", () => {
  it("every scanner from 5 to 16 ms a key is heard", () => {
    for (let seed = 1; seed <= 300; seed += 1) {
      const roll = dice(seed);
      const keys = new Keyboard();
      keys.inField = seed % 2 === 0;
      const pace_ms = roll(5, 16);
      const code = pick(roll, "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789-", Math.floor(roll(6, 24)));
      for (const char of code) keys.type(char, pace_ms * roll(0.6, 1.4));
      keys.enter(pace_ms);
      expect(keys.texts, `seed ${seed}`).toEqual([code]);
    }
  });

  it("no hand is taken for a scanner, however fast", () => {
    for (let seed = 1; seed <= 2000; seed += 1) {
      const roll = dice(seed);
      const keys = new Keyboard();
      keys.inField = seed % 2 === 0;
      const name = pick(roll, "abcdefghijklmnopqrstuvwxyz", Math.floor(roll(4, 14)));
      // 60 to 120 ms a key is 100 to 200 words a minute; now and then two keys are rolled.
      let rolled = false;
      for (const char of name) {
        rolled = !rolled && roll(0, 1) < 0.25;
        keys.type(char, rolled ? roll(20, 40) : roll(60, 120));
      }
      keys.enter(roll(60, 160));
      expect(keys.texts, `seed ${seed}`).toEqual([]);
    }
  });

  it("no strokes do harm", () => {
    const names = ["Enter", "Tab", "Dead", "Shift", "Escape", "Process", "é", "🎫", "~", "", "A", "7"];
    for (let seed = 1; seed <= 300; seed += 1) {
      const roll = dice(seed);
      const keys = new Keyboard();
      keys.how = { prefix: pick(roll, "~]Q1é", Math.floor(roll(0, 4))), suffix: ["", "enter", "tab", "none"][seed % 4] ?? "" };
      for (let stroke = 0; stroke < 200; stroke += 1) {
        keys.inField = roll(0, 1) < 0.5;
        const key = names[Math.floor(roll(0, names.length))] ?? "A";
        const code = ["", "KeyA", "Digit7", "Backquote", "Nonsense"][Math.floor(roll(0, 5))] ?? "";
        keys.stroke({ key, code, shift: roll(0, 1) < 0.3, repeat: roll(0, 1) < 0.1, shortcut: roll(0, 1) < 0.1 }, roll(-5, 200));
      }
      keys.quiet();
      expect(keys.wedge.busy, `seed ${seed}`).toBe(false);
    }
  });
});
