// A barcode scanner that types like a keyboard: real key events of the browser, as fast as it takes
// them, wherever the focus is.

/** Characters of a US keyboard: key code, whether Shift is held. */
const US = new Map();
for (const letter of "ABCDEFGHIJKLMNOPQRSTUVWXYZ") {
  US.set(letter.toLowerCase(), { code: `Key${letter}`, shift: false, virtual: letter.charCodeAt(0) });
  US.set(letter, { code: `Key${letter}`, shift: true, virtual: letter.charCodeAt(0) });
}
for (const [index, digit] of [..."0123456789"].entries()) {
  US.set(digit, { code: `Digit${digit}`, shift: false, virtual: 48 + index });
  US.set(")!@#$%^&*("[index], { code: `Digit${digit}`, shift: true, virtual: 48 + index });
}
for (const [code, plain, shifted, virtual] of /** @type {const} */ ([
  ["Minus", "-", "_", 189], ["Equal", "=", "+", 187], ["Period", ".", ">", 190],
  ["Comma", ",", "<", 188], ["Slash", "/", "?", 191], ["Semicolon", ";", ":", 186],
  ["Quote", "'", '"', 222], ["Space", " ", " ", 32], ["Backquote", "`", "~", 192],
])) {
  US.set(plain, { code, shift: false, virtual });
  US.set(shifted, { code, shift: true, virtual });
}

/** What a laptop with a German keyboard makes of the keys of a scanner set to a US one. */
const GERMAN = new Map([
  ["y", "z"], ["z", "y"], ["Y", "Z"], ["Z", "Y"], ["-", "ß"], ["_", "?"], ["/", "-"], ["=", "´"],
]);

/** @typedef {{ end?: "Enter" | "Tab" | "none", layout?: "us" | "german", pace_ms?: number }} How */

/**
 * The key events of a scan, in order.
 * @param {string} text
 * @param {How} [how]
 */
export function strokes(text, { end = "Enter", layout = "us" } = {}) {
  const events = /** @type {any[]} */ ([]);
  const shift = { key: "Shift", code: "ShiftLeft", windowsVirtualKeyCode: 16 };
  for (const char of text) {
    const on = US.get(char);
    if (!on) throw new Error(`no key for ${JSON.stringify(char)}`);
    const key = layout === "german" ? (GERMAN.get(char) ?? char) : char;
    const stroke = { key, code: on.code, windowsVirtualKeyCode: on.virtual, modifiers: on.shift ? 8 : 0 };
    if (on.shift) events.push({ type: "rawKeyDown", ...shift, modifiers: 8 });
    events.push({ type: "keyDown", text: key, unmodifiedText: key, ...stroke });
    events.push({ type: "keyUp", ...stroke });
    if (on.shift) events.push({ type: "keyUp", ...shift, modifiers: 0 });
  }
  if (end !== "none") {
    const last = { key: end, code: end, windowsVirtualKeyCode: end === "Enter" ? 13 : 9 };
    events.push(end === "Enter" ? { type: "keyDown", text: "\r", ...last } : { type: "rawKeyDown", ...last });
    events.push({ type: "keyUp", ...last });
  }
  return events;
}

/** Between two keys of a scanner. */
const PACE_MS = 4;

const sessions = new WeakMap();

/**
 * Types codes as a scanner does, one after another without a pause.
 * @param {import("playwright-core").Page} page
 * @param {string | string[]} codes
 * @param {How} [how]
 */
export async function wedge(page, codes, how) {
  let session = sessions.get(page);
  if (!session) sessions.set(page, (session = await page.context().newCDPSession(page)));
  const events = [codes].flat().flatMap((code) => strokes(code, how));
  // A key goes down and up; only the first matters.
  const each_s = (how?.pace_ms ?? PACE_MS) / 2 / 1000;
  // All at once, each with the moment at which a scanner would have sent it: waiting for each would
  // be as slow as a hand on a busy machine.
  const begin = Date.now() / 1000 - events.length * each_s;
  const sent = events.map((event, index) => {
    const timestamp = begin + index * each_s;
    return session.send("Input.dispatchKeyEvent", { ...event, timestamp });
  });
  await Promise.all(sent);
}
