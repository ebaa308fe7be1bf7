// What must hold on every screen: nothing too small to hit, nothing beside the window, nothing that
// a reader of the screen cannot make out, no word of another language.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { AxeBuilder } from "@axe-core/playwright";
import { tooSmall, tooWide } from "../lib/layout.js";
import { scene } from "../lib/scene.js";
import { everyScreen, SHOP_EXPORT } from "../lib/screens.js";

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"];

/**
 * @param {import("playwright-core").Page} page
 * @returns {Promise<string[]>}
 */
async function inaccessible(page) {
  const { violations } = await new AxeBuilder({ page }).withTags(RULES).setLegacyMode().analyze();
  return violations.flatMap(({ id, nodes }) =>
    nodes.slice(0, 3).map((node) => {
      const said = [...node.any, ...node.all, ...node.none].map(({ message }) => message)[0] ?? "";
      return `${id}: ${node.html.slice(0, 140)} ${said}`;
    }),
  );
}

for (const theme of ["light", "dark", "sun"]) {
  scene(
    `every_screen_is_accessible_in_the_${theme}_look`,
    // Without motion, since colours half way are no colours of a screen.
    { laptop: { theme }, page: { still: true }, within_ms: 120_000 },
    async ({ door, page }) => {
      const wrong = /** @type {string[]} */ ([]);
      await everyScreen(door, async (name) => {
        wrong.push(...(await inaccessible(page)).map((one) => `${name}: ${one}`));
      });
      assert.equal(wrong.length, 0, `\n${wrong.join("\n")}`);
    },
  );
}

for (const [width, height] of [
  [1366, 768],
  [1024, 600],
]) {
  scene(
    `every_button_can_be_hit_and_nothing_is_too_wide_at_${width}_by_${height}`,
    { page: { width, height, still: true }, within_ms: 120_000 },
    async ({ door, page }) => {
      const wrong = /** @type {string[]} */ ([]);
      await everyScreen(door, async (name) => {
        wrong.push(...(await tooSmall(page)).map((one) => `${name}: too small: ${one}`));
        wrong.push(...(await tooWide(page)).map((one) => `${name}: too wide: ${one}`));
      });
      assert.equal(wrong.length, 0, `\n${wrong.join("\n")}`);
    },
  );
}

/**
 * All the words of one language, as they stand in the catalogue.
 * @param {string} language
 */
function catalogue(language) {
  const words = new Set();
  for (const part of ["shared", "door", "setup", "people", "stations", "reports"]) {
    const path = new URL(`../../../ui/src/words/${language}/${part}.ts`, import.meta.url);
    const source = readFileSync(path, "utf8").replaceAll(/^import .*$/gm, "");
    for (const [, text] of source.matchAll(/"((?:[^"\\]|\\.)*)"/g)) words.add(text);
  }
  return words;
}

/**
 * Everything that a page says, shown or to a reader.
 * @param {import("playwright-core").Page} page
 * @returns {Promise<string[]>}
 */
function said(page) {
  return page.evaluate(() => {
    const found = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      if (!walker.currentNode.parentElement?.closest("[lang=en]")) {
        found.push(walker.currentNode.textContent?.trim() ?? "");
      }
    }
    for (const element of document.querySelectorAll("[aria-label], [title], [placeholder]")) {
      for (const name of ["aria-label", "title", "placeholder"]) {
        found.push(element.getAttribute(name)?.trim() ?? "");
      }
    }
    return found.filter((text) => text.length > 1);
  });
}

scene(
  "in_german_every_screen_speaks_german",
  { laptop: { language: "de" }, page: { still: true }, within_ms: 120_000 },
  async ({ door, page }) => {
    const [english, german] = [catalogue("en"), catalogue("de")];
    const onlyEnglish = new Set([...english].filter((text) => !german.has(text)));
    const onlyGerman = new Set([...german].filter((text) => !english.has(text)));
    assert.equal(await page.evaluate(() => document.documentElement.lang), "de");
    const wrong = /** @type {string[]} */ ([]);
    const data = new Set(SHOP_EXPORT.split(/[,\n]/));
    await everyScreen(door, async (name) => {
      const texts = (await said(page)).filter((text) => !data.has(text));
      wrong.push(...texts.filter((text) => onlyEnglish.has(text)).map((text) => `${name}: ${text}`));
      const spoken = texts.filter((text) => onlyGerman.has(text));
      if (spoken.length < 2) wrong.push(`${name}: hardly a German word: ${texts.join(" | ")}`);
    });
    assert.equal(wrong.length, 0, `\n${wrong.join("\n")}`);
  },
);

scene("the_language_is_changed_on_the_set_up_screen", {}, async ({ door, page }) => {
  await door.part("go-setup").click();
  await door.ready("setup");
  await door.part("step-laptop").click();
  await page.getByText("Deutsch").click();
  await page.locator("html[lang=de]").waitFor();
  await door.part("go-door").click();
  await door.ready("door");
  await page.getByRole("heading", { name: "Ticket scannen" }).waitFor();
  const [station] = await door.station.call("station_show");
  assert.equal(station.language, "de");
});
