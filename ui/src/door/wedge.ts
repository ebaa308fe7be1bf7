// Tells a scanner that types like a keyboard from a person who types. A scanner's keys come in a
// burst that no hand can do. Time is passed in; nothing here touches the page.

export interface Stroke {
  /** The character as this laptop's layout reads it, or a key's name such as "Enter". */
  key: string;
  /** The physical key. */
  code: string;
  shift: boolean;
  /** Held down long enough to repeat: never a scanner. */
  repeat?: boolean;
  /** Together with Ctrl, Alt or Meta: a shortcut. */
  shortcut?: boolean;
  time: number;
}

export interface Scan {
  text: string;
  /** The same keys read as a US keyboard would, where that differs. */
  also: string[];
  /** When its last key was pressed. */
  time: number;
}

export interface Heard {
  scans: Scan[];
  /** What a hand typed since the last time. */
  typed: string;
  /** The page must not act on this key. */
  prevent: boolean;
  /** This key may be the first of a burst: remember what it would change. */
  begins: boolean;
}

interface Key {
  char: string;
  physical: string;
  time: number;
}

/** The longest pause inside a burst while little is known of the scanner's pace. */
const PAUSE_MS = 50;
/** A slow but even scanner earns longer pauses: so many times its own pace. */
const PACES = 4;
/** What a laptop that is busy may hold back of a burst that was clearly a scanner's. */
const STALL_MS = 400;
/** So many keys at a scanner's pace are no hand's. */
const CLEARLY = 4;
/** A silence that ends a few keys of themselves: they may be a hand's first letters. */
const SILENCE_MS = 100;
/** A key that came so long before a burst may be its beginning, held up by a busy laptop. */
const TORN_MS = 400;
const CHARS_MIN = 4;
const CHARS_WITHOUT_END_MIN = 6;
/** Longer ones are cut: the station refuses them in words all the same. */
const CHARS_MAX = 4096;

const ENDS = new Set(["Enter", "Tab"]);

const US: Record<string, readonly [string, string]> = {
  Minus: ["-", "_"],
  Equal: ["=", "+"],
  BracketLeft: ["[", "{"],
  BracketRight: ["]", "}"],
  Backslash: ["\\", "|"],
  Semicolon: [";", ":"],
  Quote: ["'", '"'],
  Backquote: ["`", "~"],
  Comma: [",", "<"],
  Period: [".", ">"],
  Slash: ["/", "?"],
  Space: [" ", " "],
  NumpadSubtract: ["-", "-"],
  NumpadAdd: ["+", "+"],
  NumpadDivide: ["/", "/"],
  NumpadMultiply: ["*", "*"],
  NumpadDecimal: [".", "."],
};
const US_DIGITS_SHIFTED = ")!@#$%^&*(";

/** What a US keyboard gives for a physical key; empty for a key without a character. */
export function physical(code: string, shift: boolean): string {
  const letter = /^Key([A-Z])$/.exec(code)?.[1];
  if (letter) return shift ? letter : letter.toLowerCase();
  const digit = /^Digit([0-9])$/.exec(code)?.[1];
  if (digit) return shift ? US_DIGITS_SHIFTED.charAt(Number(digit)) : digit;
  const pad = /^Numpad([0-9])$/.exec(code)?.[1];
  if (pad) return pad;
  return US[code]?.[shift ? 1 : 0] ?? "";
}

export class Wedge {
  #keys: Key[] = [];
  /** What was last taken for a hand's, and when. */
  #before = { text: "", time: Number.NEGATIVE_INFINITY };

  /** Whether a burst may be under way. */
  get busy(): boolean {
    return this.#keys.length > 0;
  }

  /** The silence after which what was heard is taken as it is. */
  get patience_ms(): number {
    return this.#isClear() ? STALL_MS : SILENCE_MS;
  }

  /** Takes one key press. `inField`: it goes into a field, so letters alone are a person's. */
  press(stroke: Stroke, inField: boolean): Heard {
    const heard: Heard = { scans: [], typed: "", prevent: false, begins: false };
    if (stroke.shortcut) return heard;
    if (stroke.repeat) {
      heard.typed = this.#drop();
      return heard;
    }
    if (ENDS.has(stroke.key)) return this.#end(stroke, inField);
    const char = [...stroke.key].length === 1 ? stroke.key : "";
    const plain = physical(stroke.code, stroke.shift);
    if (char === "" && (stroke.key !== "Dead" || plain === "")) return heard;
    if (this.#isOver(stroke.time)) this.#finish(heard, inField);
    heard.begins = this.#keys.length === 0;
    heard.prevent = this.#keys.length > 0 && !inField;
    if (this.#keys.length < CHARS_MAX) this.#keys.push({ char, physical: plain, time: stroke.time });
    return heard;
  }

  /** To be called when `patience_ms` passed without a key. */
  silence(inField: boolean): Heard {
    const heard: Heard = { scans: [], typed: "", prevent: false, begins: false };
    this.#finish(heard, inField);
    return heard;
  }

  #end(stroke: Stroke, inField: boolean): Heard {
    const heard: Heard = { scans: [], typed: "", prevent: false, begins: false };
    const last = this.#keys.at(-1);
    if (last && this.#isBurst(CHARS_MIN) && stroke.time - last.time <= this.patience_ms) {
      heard.scans.push(this.#take(stroke.time));
      heard.prevent = true;
    } else {
      this.#finish(heard, inField);
    }
    return heard;
  }

  #isOver(time: number): boolean {
    const last = this.#keys.at(-1);
    if (!last) return false;
    if (this.#isClear()) return time - last.time > STALL_MS;
    // Two keys tell no pace yet; whether it was a burst is seen at its end.
    if (this.#keys.length < 3) return time - last.time > SILENCE_MS;
    return time - last.time > Math.min(SILENCE_MS, Math.max(PAUSE_MS, PACES * this.#pace()));
  }

  /** Milliseconds a key, the longest pause left out: that one may be the laptop's. */
  #pace(): number {
    const gaps = this.#keys.slice(1).map((key, index) => key.time - (this.#keys[index]?.time ?? 0));
    if (gaps.length < 2) return 0;
    const sum = gaps.reduce((all, gap) => all + gap, 0);
    return (sum - Math.max(...gaps)) / (gaps.length - 1);
  }

  #isBurst(chars_min: number): boolean {
    return this.#keys.length >= chars_min && this.#pace() <= PAUSE_MS;
  }

  #isClear(): boolean {
    return this.#keys.length >= CLEARLY && this.#pace() <= PAUSE_MS / 2;
  }

  #finish(heard: Heard, inField: boolean): void {
    const long = this.#isBurst(CHARS_WITHOUT_END_MIN);
    const likely = !inField || this.#keys.some((key) => /\d/.test(key.physical + key.char));
    const last = this.#keys.at(-1);
    if (long && likely && last) heard.scans.push(this.#take(last.time));
    else heard.typed += this.#drop();
  }

  #take(time: number): Scan {
    const plain = this.#keys.map((key) => key.physical).join("");
    const known = this.#keys.every((key) => key.physical !== "");
    const first = this.#keys[0]?.time ?? time;
    const torn = first - this.#before.time <= TORN_MS ? this.#before.text : "";
    const text = this.#drop();
    this.#before = { text: "", time: Number.NEGATIVE_INFINITY };
    const also = known && plain !== text ? [plain] : [];
    return { text, also: torn === "" ? also : [...also, torn + text], time };
  }

  #drop(): string {
    const text = this.#keys.map((key) => key.char).join("");
    const last = this.#keys.at(-1);
    if (last) this.#before = { text, time: last.time };
    this.#keys = [];
    return text;
  }
}
