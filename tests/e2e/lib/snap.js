// Pictures for the documents: of one laptop, and of several beside each other.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isBlank, packed, picture } from "./picture.js";

const BYTES_MAX = 120 * 1024;
/** Of one with several laptops. */
const SERIES_BYTES_MAX = 400 * 1024;
const kept = fileURLToPath(new URL("../../../docs/pictures/", import.meta.url));
const folder = process.env.LANYARD_PICTURES === "1" ? kept : mkdtempSync(join(tmpdir(), "ly-pictures-"));
mkdirSync(folder, { recursive: true });

/**
 * @param {string} name
 * @param {import("pngjs").PNG} png
 * @param {number} most
 */
function keep(name, png, most) {
  assert.ok(!isBlank(png), `${name}: nothing is drawn`);
  const bytes = packed(png);
  assert.ok(bytes.length <= most, `${name}: ${bytes.length} bytes`);
  writeFileSync(join(folder, `${name}.png`), bytes);
}

/**
 * Waits until nothing moves but what is under way.
 * @param {import("playwright-core").Page} page
 */
async function still(page) {
  await page.mouse.move(0, 0);
  await page.evaluate(() => document.fonts.ready);
}

/**
 * Takes a picture once nothing moves.
 * @param {import("./door.js").Door} door
 * @param {string} name
 */
export async function snap(door, name) {
  await still(door.page);
  keep(name, await picture(door.page), BYTES_MAX);
}

const SHEET = `
  body { margin: 0; padding: 24px; background: #e9e7e2; font: 22px/1.35 "Noto Sans", sans-serif; color: #1d1d1b; }
  main { display: grid; grid-template-columns: 1fr 1fr; gap: 20px 24px; }
  h1 { margin: 0 0 10px; font-size: 34px; line-height: 1.15; }
  section { align-self: center; padding: 0 28px; }
  .pair section { grid-column: 1 / -1; padding: 4px 2px; }
  p { margin: 0; }
  figure { margin: 0; }
  img { display: block; width: 100%; border-radius: 8px; box-shadow: 0 2px 10px #0004; }
  figcaption { padding: 0 2px 6px; font-weight: 600; }
`;

/** @param {string} text */
const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

/**
 * Takes one picture of several laptops, with what happens on them.
 * @param {import("./hall.js").Hall} hall
 * @param {string} name
 * @param {{ title: string, text: string, laptops?: import("./hall.js").Laptop[] }} what
 */
export async function snapAll(hall, name, { title, text, laptops = hall.laptops }) {
  const figures = [];
  for (const laptop of laptops) {
    await still(laptop.page);
    const shot = await laptop.page.screenshot({ animations: "disabled", caret: "hide" });
    const source = `data:image/png;base64,${shot.toString("base64")}`;
    figures.push(`<figure><figcaption>${escaped(laptop.name)}</figcaption><img src="${source}"></figure>`);
  }
  const words = `<section><h1>${escaped(title)}</h1><p>${escaped(text)}</p></section>`;
  const page = await hall.browser.newPage({ viewport: { width: 1440, height: 900 }, deviceScaleFactor: 1.25 });
  await page.setContent(`<style>${SHEET}</style><main class="${figures.length === 2 ? "pair" : ""}">${words}${figures.join("")}</main>`);
  await page.waitForFunction(() => [...document.images].every((image) => image.complete));
  const box = await page.locator("main").boundingBox();
  await page.setViewportSize({ width: 1440, height: Math.ceil(box?.height ?? 852) + 48 });
  keep(name, await picture(page), SERIES_BYTES_MAX);
  await page.close();
}
