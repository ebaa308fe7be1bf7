import { describe, expect, it } from "vitest";
import { physical, Wedge, type Scan, type Stroke } from "./wedge";

function codeOf(char: string): { code: string; shift: boolean } {
  if (/[a-z]/.test(char)) return { code: `Key${char.toUpperCase()}`, shift: false };
  if (/[A-Z]/.test(char)) return { code: `Key${char}`, shift: true };
  if (/[0-9]/.test(char)) return { code: `Digit${char}`, shift: false };
  if (char === "-") return { code: "Minus", shift: false };
  return { code: "", shift: false };
}

class Keyboard {
  wedge = new Wedge();
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
