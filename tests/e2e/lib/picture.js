// Pictures of the screens: made, made small, and compared without colour.
import { deflateSync } from "node:zlib";
import { PNG } from "pngjs";

/**
 * A picture of the page.
 * @param {import("playwright-core").Page} page
 */
export async function picture(page) {
  return PNG.sync.read(await page.screenshot({ animations: "disabled", caret: "hide" }));
}

/**
 * Luminance from 0 to 255, scaled down by averaging, as somebody sees a screen from far away.
 * @param {PNG} png
 * @param {number} by
 */
export function greySmall(png, by = 10) {
  const width = Math.floor(png.width / by);
  const height = Math.floor(png.height / by);
  const grey = new Float64Array(width * height);
  for (let y = 0; y < height * by; y += 1) {
    for (let x = 0; x < width * by; x += 1) {
      const at = (y * png.width + x) * 4;
      const [red, green, blue] = [png.data[at] ?? 0, png.data[at + 1] ?? 0, png.data[at + 2] ?? 0];
      const here = Math.floor(y / by) * width + Math.floor(x / by);
      grey[here] = (grey[here] ?? 0) + (0.2126 * red + 0.7152 * green + 0.0722 * blue) / (by * by);
    }
  }
  return { width, height, grey };
}

/**
 * A part of a small grey picture; the box is in pixels of the large one.
 * @param {{ width: number, grey: Float64Array }} small
 * @param {{ x: number, y: number, width: number, height: number }} box
 */
export function cut(small, box, by = 10) {
  const values = [];
  for (let y = Math.ceil(box.y / by); y < Math.floor((box.y + box.height) / by); y += 1) {
    for (let x = Math.ceil(box.x / by); x < Math.floor((box.x + box.width) / by); x += 1) {
      values.push(small.grey[y * small.width + x] ?? 0);
    }
  }
  return values;
}

/** @param {number[]} values */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/**
 * What is drawn, without how light it is: for each point, whether it is of the background.
 * @param {number[]} values
 */
export function shapeOf(values) {
  const back = median(values);
  const most = Math.max(...values.map((value) => Math.abs(value - back)), 1);
  return values.map((value) => Math.abs(value - back) > most / 3);
}

/**
 * The share of points in which two shapes differ.
 * @param {boolean[]} one
 * @param {boolean[]} other
 */
export function difference(one, other) {
  if (one.length !== other.length) throw new Error("shapes of different sizes");
  return one.filter((point, index) => point !== other[index]).length / one.length;
}

/**
 * Whether nothing is drawn: one colour everywhere.
 * @param {PNG} png
 */
export function isBlank(png) {
  const first = png.data.readUInt32LE(0);
  for (let at = 4; at < png.data.length; at += 4) {
    if (png.data.readUInt32LE(at) !== first) return false;
  }
  return true;
}

/** @type {Uint32Array | undefined} */
let table;

/** @param {Uint8Array} bytes */
function crc32(bytes) {
  table ??= Uint32Array.from({ length: 256 }, (_, index) => {
    let value = index;
    for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
    return value;
  });
  let crc = ~0;
  for (const byte of bytes) crc = (crc >>> 8) ^ (table[(crc ^ byte) & 255] ?? 0);
  return ~crc >>> 0;
}

/**
 * @param {string} kind
 * @param {Uint8Array} content
 */
function chunk(kind, content) {
  const body = Buffer.concat([Buffer.from(kind, "latin1"), content]);
  const made = Buffer.alloc(body.length + 8);
  made.writeUInt32BE(content.length);
  body.copy(made, 4);
  made.writeUInt32BE(crc32(body), body.length + 4);
  return made;
}

/**
 * The 256 colours that are seen most, and the nearest of them for each colour of a picture.
 * @param {PNG} png
 */
function palette(png) {
  const seen = /** @type {Map<number, number>} */ (new Map());
  for (let at = 0; at < png.data.length; at += 4) {
    const colour = png.data.readUIntBE(at, 3);
    seen.set(colour, (seen.get(colour) ?? 0) + 1);
  }
  const byCount = [...seen].sort(([a, many], [b, more]) => more - many || a - b);
  const colours = byCount.slice(0, 256).map(([colour]) => colour);
  const nearest = new Map(colours.map((colour, index) => [colour, index]));
  for (const [colour] of byCount.slice(256)) {
    let [best, least] = [0, Number.POSITIVE_INFINITY];
    for (const [index, other] of colours.entries()) {
      const far = [16, 8, 0]
        .map((shift) => ((colour >> shift) & 255) - ((other >> shift) & 255))
        .reduce((sum, apart) => sum + apart * apart, 0);
      if (far < least) [best, least] = [index, far];
    }
    nearest.set(colour, best);
  }
  return { colours, nearest };
}

/**
 * A picture as a small file with a palette: a screen has few colours.
 * @param {PNG} png
 */
export function packed(png) {
  const { colours, nearest } = palette(png);
  const rows = Buffer.alloc((png.width + 1) * png.height);
  for (let y = 0; y < png.height; y += 1) {
    for (let x = 0; x < png.width; x += 1) {
      const colour = png.data.readUIntBE((y * png.width + x) * 4, 3);
      rows[y * (png.width + 1) + 1 + x] = nearest.get(colour) ?? 0;
    }
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(png.width, 0);
  head.writeUInt32BE(png.height, 4);
  head.set([8, 3, 0, 0, 0], 8);
  const known = Buffer.alloc(colours.length * 3);
  for (const [index, colour] of colours.entries()) known.writeUIntBE(colour, index * 3, 3);
  return Buffer.concat([
    Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]),
    chunk("IHDR", head),
    chunk("PLTE", known),
    chunk("IDAT", deflateSync(rows, { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}
