// What the camera sees, out of the bytes in which the station hands it over: a small grey picture and where codes are.

export type CameraState = "off" | "starting" | "running" | "lost" | "ended";
export type Hint = "tooDark" | "tooFar" | "blurred" | "halfOutside" | "glare";

export interface Point {
  x: number;
  y: number;
}

export interface Picture {
  number: number;
  state: CameraState;
  hint: Hint | null;
  width: number;
  height: number;
  /** The corners of each code; the first code is the one that is meant. */
  codes: readonly (readonly Point[])[];
  /** One byte a pixel, rows from the top. */
  grey: Uint8Array;
  /** The code that is meant: its kind and what it says. */
  read: { symbology: string; text: string } | null;
}

const STATES: readonly CameraState[] = ["off", "starting", "running", "lost", "ended"];
const HINTS: readonly (Hint | null)[] = [null, "tooDark", "tooFar", "blurred", "halfOutside", "glare"];
const HEAD_BYTES = 12;
const CORNERS = 4;
const CODE_BYTES = CORNERS * 4;

/** Reads a picture; null where the bytes are none. */
export function picture(bytes: ArrayBuffer): Picture | null {
  if (bytes.byteLength < HEAD_BYTES) return null;
  const view = new DataView(bytes);
  const [width, height] = [view.getUint16(4, true), view.getUint16(6, true)];
  const count = view.getUint8(10);
  const pixels = HEAD_BYTES + count * CODE_BYTES;
  const end = pixels + width * height;
  if (bytes.byteLength < end) return null;
  const [symbology = "", ...lines] = new TextDecoder().decode(bytes.slice(end)).split("\n");
  const corner = (code: number, place: number): Point => {
    const at = HEAD_BYTES + code * CODE_BYTES + place * 4;
    return { x: view.getInt16(at, true), y: view.getInt16(at + 2, true) };
  };
  return {
    number: view.getUint32(0, true),
    state: STATES[view.getUint8(8)] ?? "off",
    hint: HINTS[view.getUint8(9)] ?? null,
    width,
    height,
    codes: Array.from({ length: count }, (_, code) => Array.from({ length: CORNERS }, (_, place) => corner(code, place))),
    grey: new Uint8Array(bytes, pixels, width * height),
    read: symbology === "" ? null : { symbology, text: lines.join("\n") },
  };
}

/** Draws the grey pixels into those of a canvas, as wide and as high. */
export function paint(grey: Uint8Array, into: Uint32Array): void {
  for (let at = 0; at < grey.length; at += 1) {
    // 0xAABBGGRR: every machine that runs this is little-endian.
    into[at] = 0xff000000 | ((grey[at] ?? 0) * 0x010101);
  }
}
