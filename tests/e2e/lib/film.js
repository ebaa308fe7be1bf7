// Films of badges that are raised before a camera and lowered again, as a camera would see them.
import { createWriteStream } from "node:fs";
import { once } from "node:events";
import { join } from "node:path";
import { correction, generate } from "lean-qr";

const WIDTH = 1280;
const HEIGHT = 720;
/** Pixels a module, and light modules around a code. */
const MODULE = 9;
const QUIET = 4;
/** Frames in which a badge comes up or goes down. */
const MOVING = 12;

/** A room: something that is not flat, and no code. */
function room() {
  const grey = Buffer.alloc(WIDTH * HEIGHT);
  for (let y = 0; y < HEIGHT; y += 1) {
    // Panels on a wall, lit from one side.
    for (let x = 0; x < WIDTH; x += 1) {
      const panel = ((x >> 7) * 5 + (y >> 7) * 3) % 4;
      grey[y * WIDTH + x] = 88 + panel * 11 + (x >> 5) + (x % 128 < 3 || y % 128 < 3 ? 24 : 0);
    }
  }
  return grey;
}

/**
 * @param {Buffer} behind
 * @param {string} code
 * @param {number} top where its upper edge is
 */
function withBadge(behind, code, top) {
  const grey = Buffer.from(behind);
  const qr = generate(code, { minCorrectionLevel: correction.M, maxCorrectionLevel: correction.M });
  const side = (qr.size + 2 * QUIET) * MODULE;
  const left = Math.floor((WIDTH - side) / 2);
  for (let y = Math.max(0, -top); y < side && top + y < HEIGHT; y += 1) {
    for (let x = 0; x < side; x += 1) {
      const dark = qr.get(Math.floor(x / MODULE) - QUIET, Math.floor(y / MODULE) - QUIET);
      grey[(top + y) * WIDTH + left + x] = dark ? 38 : 214;
    }
  }
  return grey;
}

/**
 * Makes a film; its path.
 * @param {string} folder
 * @param {{ code: string | null, frames: number }[]} shots what is held before the camera, one after the other
 * @param {{ rate?: number, moving?: number }} [how] frames a second, frames in which a badge comes up
 */
export async function film(folder, shots, { rate = 30, moving = MOVING } = {}) {
  const path = join(folder, "film.y4m");
  const file = createWriteStream(path);
  const put = async (/** @type {Buffer | string} */ bytes) => {
    if (!file.write(bytes)) await once(file, "drain");
  };
  const empty = room();
  const frame = async (/** @type {Buffer} */ grey) => {
    await put("FRAME\n");
    await put(grey);
  };
  await put(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F${rate}:1 Ip A1:1 Cmono\n`);
  for (const { code, frames } of shots) {
    const height = Math.floor(HEIGHT / 4);
    const at = (/** @type {number} */ step) => HEIGHT - Math.floor(((HEIGHT - height) * step) / moving);
    for (let step = 0; code !== null && step < moving; step += 1) await frame(withBadge(empty, code, at(step)));
    const held = code === null ? empty : withBadge(empty, code, height);
    for (let step = 0; step < frames; step += 1) await frame(held);
    for (let step = moving; code !== null && step > 0; step -= 1) await frame(withBadge(empty, code, at(step)));
  }
  file.end();
  await once(file, "close");
  return path;
}
