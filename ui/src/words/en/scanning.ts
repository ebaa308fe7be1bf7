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
};
