// The words of cameras and scanners.
import type { Hint } from "../../scanning/picture";

const hints: Record<Hint, string> = {
  tooDark: "Too dark. Turn on a light.",
  tooFar: "Hold it closer.",
  blurred: "Hold it still.",
  halfOutside: "Move it into the picture.",
  glare: "Tilt it: the light is mirrored.",
};

/** Why a camera shows nothing, and what to do. */
const problems: Record<string, string> & { gone: string; broken: string } = {
  denied: "Lanyard may not use this camera. Allow it in the settings of this laptop. Scanners go on working.",
  busy: "Another program uses this camera. Close it there. Scanners go on working.",
  gone: "The camera is not there. Plug it in again; it goes on by itself. Scanners go on working.",
  broken: "The camera sends no picture. Unplug it and plug it in again. Scanners go on working.",
  unsupported: "Lanyard cannot read this camera's pictures. Choose another camera.",
};

const kindNames: Record<string, string> = {
  qr: "QR",
  data_matrix: "Data Matrix",
  aztec: "Aztec",
  pdf417: "PDF417",
  code128: "Code 128",
};

/** Why a scanner on a serial line is not heard, and what to do. */
const silent: Record<string, string> & { gone: string } = {
  gone: "not plugged in. Plug it in; it goes on by itself.",
  denied: "this laptop's user may not use it. On Linux: add the user to the group dialout, then log in again.",
  busy: "another program uses it. Close that program.",
  broken: "it cannot be used. Unplug it and plug it in again.",
  noise: "it sends nonsense. Set it to 9600 baud, or to USB serial mode.",
};

export const scanning = {
  title: "Camera and scanners",
  open: "Camera and scanners",
  camera: {
    title: "Camera",
    label: "What the camera sees",
    starting: "The camera starts",
    ended: "The film has ended.",
    hints,
    problems,
    choose: "Camera",
    none: "No camera",
    noneThere: "No camera is plugged in.",
    notThere: (id: string) => `${id} (not there)`,
    lookAgain: "Look again",
    fixed: "The camera was chosen when Lanyard was started",
    mirrored: "Show the picture as in a mirror",
    kinds: "Codes on your tickets",
    kindsHint: "QR codes are always read. Turn on only what you use.",
    kindNames,
    tryIt: "Hold a ticket before the camera.",
    empty: "Choose a camera to try it here.",
  },
  listening: {
    label: "What is listened to",
    typing: "Listening",
    problems: silent,
    lost: "The scanner is not heard",
    lostMore: "Another window is in front. Click here.",
  },
  scanners: {
    title: "Scanners",
    serial: "Scanners on a serial line (USB-COM)",
    states: { starting: "is being looked for", running: "listening", lost: "not plugged in" } as Record<string, string>,
    noneThere: "None is plugged in. Known scanners are listened to as soon as they are.",
    listen: "Listen to it",
    leave: "Leave out",
    byPath: "Another port",
    path: "Path of the port",
    typing: "Scanners that type like a keyboard",
    prefix: "Sent before each code",
    prefixHint: "Empty for most scanners.",
    suffix: "Sent after each code",
    suffixes: [
      { value: "", label: "Find out" },
      { value: "enter", label: "Enter" },
      { value: "tab", label: "Tab" },
      { value: "none", label: "Nothing" },
    ],
    tryIt: "Scan this code, with each scanner:",
    code: "Test code",
    nothing: "Nothing was heard yet.",
    sources: { wedge: "typed by a scanner", serial: "serial scanner", camera: "camera" } as Record<string, string>,
    pace: (keys: number, each_ms: number) => `${keys} keys, ${Math.round(each_ms)} ms each`,
    ends: { enter: "ends with Enter", tab: "ends with Tab", none: "no end key" },
    usePrefix: "Use it",
    findings: {
      good: "This scanner works.",
      layout: "This scanner types for another keyboard. Its codes are read all the same; better set it to this laptop's keyboard.",
      case: "Capital letters come out small. Turn off Caps Lock.",
      prefix: (prefix: string) => `The scanner sends “${prefix}” before each code.`,
      more: (more: string) => `The scanner sends “${more}” after each code. Set it to send only Enter.`,
      together: "Two scans came as one. Set the scanner to send Enter after each code.",
      noEnd: "This scanner works, but sends no Enter. Set it to send Enter: that is faster.",
      other: "That is another code. Scan the one above.",
    },
  },
};
