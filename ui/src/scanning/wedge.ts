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

/** How this laptop's scanners were set, where they were. */
export interface How {
  /** What they send before each code; empty: nothing that is known of. */
  prefix: string;
  /** What they send after each code: `enter`, `tab` or `none`; empty: any of them. */
  suffix: string;
}

export type End = "enter" | "tab" | "none";

export interface Scan {
  text: string;
  /** The same keys read as a US keyboard would, where that differs. */
  also: string[];
  /** When its last key was pressed. */
  time: number;
  /** How it was typed: for whoever sets a scanner up. */
  typed: { keys: number; pace_ms: number; end: End };
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
/** After a prefix that no hand types, this is a pause inside a code all the same. */
const PREFIX_PAUSE_MS = 150;
const CHARS_MIN = 4;
const CHARS_WITHOUT_END_MIN = 6;
/** What some scanners put before a code to name its kind: ISO/IEC 15424. */
const AIM = /^\][A-Za-z][0-9A-Za-z](?=.)/;
/** Longer ones are cut: the station refuses them in words all the same. */
const CHARS_MAX = 4096;

const ENDS = new Map<string, End>([
  ["Enter", "enter"],
  ["Tab", "tab"],
]);

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
  #how: () => How;
  #keys: Key[] = [];
  /** What was last taken for a hand's, and when. */
  #before = { text: "", time: Number.NEGATIVE_INFINITY };

  /** `how` is asked with each key: it may be set while scanners are used. */
  constructor(how: () => How = () => ({ prefix: "", suffix: "" })) {
    this.#how = how;
  }

  /** Whether a burst may be under way. */
  get busy(): boolean {
    return this.#keys.length > 0;
  }

  /** The silence after which what was heard is taken as it is. */
  get patience_ms(): number {
    if (this.#isClear()) return STALL_MS;
    return this.#isNamed() ? PREFIX_PAUSE_MS : SILENCE_MS;
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
    const read = this.#isBurst(CHARS_MIN) || this.#isNamed();
    if (last && read && stroke.time - last.time <= this.#patienceForEnd()) {
      heard.scans.push(...this.#take(stroke.time, ENDS.get(stroke.key) ?? "none"));
      heard.prevent = true;
    } else {
      this.#finish(heard, inField);
    }
    return heard;
  }

  /** A scanner's end key comes at its own pace; a hand looks at what it typed first. */
  #patienceForEnd(): number {
    return this.#isClear() || this.#isNamed() ? this.patience_ms : Math.max(PAUSE_MS, 1.5 * this.#pace());
  }

  #isOver(time: number): boolean {
    const last = this.#keys.at(-1);
    if (!last) return false;
    if (this.#isClear()) return time - last.time > STALL_MS;
    if (this.#isNamed()) return time - last.time > PREFIX_PAUSE_MS;
    // Two keys tell no pace yet; whether it was a burst is seen at its end.
    if (this.#keys.length < 3) return time - last.time > SILENCE_MS;
    return time - last.time > Math.min(SILENCE_MS, Math.max(PAUSE_MS, PACES * this.#pace()));
  }

  #gaps(): number[] {
    return this.#keys.slice(1).map((key, index) => key.time - (this.#keys[index]?.time ?? 0));
  }

  /** Milliseconds a key, the longest pause left out: that one may be the laptop's. */
  #pace(): number {
    const gaps = this.#gaps();
    if (gaps.length < 2) return 0;
    return (sumOf(gaps) - Math.max(...gaps)) / (gaps.length - 1);
  }

  #isBurst(chars_min: number): boolean {
    const gaps = this.#gaps();
    if (this.#keys.length < chars_min || this.#pace() > PAUSE_MS) return false;
    // A hand that rolls its keys is as fast, but for its longest pause.
    return this.#isClear() || sumOf(gaps) <= PAUSE_MS * gaps.length;
  }

  #isClear(): boolean {
    return this.#keys.length >= CLEARLY && this.#pace() <= PAUSE_MS / 2;
  }

  /** Whether what came so far begins with the prefix of this laptop's scanners, and goes on. */
  #isNamed(): boolean {
    const { prefix } = this.#how();
    if (prefix === "" || this.#keys.length <= prefix.length) return false;
    return this.#typed().startsWith(prefix) || this.#plain().startsWith(prefix);
  }

  #typed(): string {
    return this.#keys.map((key) => key.char).join("");
  }

  #plain(): string {
    return this.#keys.map((key) => key.physical).join("");
  }

  #finish(heard: Heard, inField: boolean): void {
    const { suffix } = this.#how();
    const chars_min = suffix === "none" ? CHARS_MIN : CHARS_WITHOUT_END_MIN;
    // A hand types letters, into a field at any pace; a code without an end is known by its digits.
    const fast = this.#isClear() && (!inField || suffix === "none");
    const likely = fast || this.#keys.some((key) => /\d/.test(key.physical + key.char));
    const read = this.#isNamed() || (this.#isBurst(chars_min) && likely);
    // Where scanners end with a key, half a code that a busy laptop tore off is no code.
    const whole = suffix !== "enter" && suffix !== "tab";
    const last = this.#keys.at(-1);
    if (read && whole && last) heard.scans.push(...this.#take(last.time, "none"));
    else heard.typed += this.#drop();
  }

  /** The codes of a burst: one, or as many as the prefix begins. */
  #take(time: number, end: End): Scan[] {
    const typed = { keys: this.#keys.length, pace_ms: this.#pace(), end };
    const { text, also } = this.#read(time);
    const { prefix } = this.#how();
    const parts = partsOf(text, prefix);
    // Each part has its own reading as a US keyboard, where they were cut alike.
    const others = also.map((one) => partsOf(one, prefix)).filter((one) => one.length === parts.length);
    return parts.map((part, index) => ({
      text: part,
      also: others.map((one) => one[index] ?? "").filter((one) => one !== "" && one !== part),
      time,
      typed,
    }));
  }

  #read(time: number): { text: string; also: string[] } {
    const plain = this.#plain();
    const known = this.#keys.every((key) => key.physical !== "");
    const first = this.#keys[0]?.time ?? time;
    const torn = first - this.#before.time <= TORN_MS ? this.#before.text : "";
    const text = this.#drop();
    this.#before = { text: "", time: Number.NEGATIVE_INFINITY };
    const also = known && plain !== text ? [plain] : [];
    return { text, also: torn === "" ? also : [...also, torn + text] };
  }

  #drop(): string {
    const text = this.#typed();
    const last = this.#keys.at(-1);
    if (last) this.#before = { text, time: last.time };
    this.#keys = [];
    return text;
  }
}

const sumOf = (gaps: number[]) => gaps.reduce((all, gap) => all + gap, 0);

/** The codes in what was typed, without what is put before them. Two that ran together are told by their prefix. */
function partsOf(text: string, prefix: string): string[] {
  const named = prefix !== "" && text.startsWith(prefix);
  const parts = named ? text.split(prefix).filter((part) => part !== "") : [text];
  return parts.length === 0 ? [text] : parts.map((part) => part.replace(AIM, ""));
}
