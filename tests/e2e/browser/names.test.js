// Names as people have them, and as people who mean harm write them: shown as text, never run, never
// wider than the screen.
import assert from "node:assert/strict";
import { tooWide } from "../lib/layout.js";
import { BIDI, ENDLESS, LONG, MARKUP, RTL } from "../lib/people.js";
import { scene } from "../lib/scene.js";

const NAMES = /** @type {const} */ ([
  ["YZ11LONGNAME", LONG],
  ["YZ12RTLNAME0", RTL],
  ["YZ13MARKUP00", MARKUP],
  ["YZ14BIDI0000", BIDI],
  ["YZ15ENDLESS0", ENDLESS],
]);

for (const [width, height] of [
  [1366, 768],
  [1024, 600],
]) {
  scene(`any_name_is_text_and_fits_at_${width}_by_${height}`, { page: { width, height } }, async (on) => {
    const { door, page } = on;
    const wrong = /** @type {string[]} */ ([]);
    const look = async (/** @type {string} */ where) => {
      wrong.push(...(await tooWide(page)).map((one) => `${where}: ${one}`));
      assert.equal(await page.evaluate(() => "hurt" in window), false, `${where}: markup was run`);
      assert.equal(await page.locator("bdi *, img, script:not([src])").count(), 0, where);
    };
    for (const [code, parts] of NAMES) {
      await door.scan(code);
      await page.keyboard.press("Space");
      const name = door.part("verdict").getByTestId("name");
      const shown = (await name.textContent())?.trim() ?? "";
      assert.ok(shown.includes(parts[0].trim().slice(0, 20)), `${code}: ${shown}`);
      // Isolated, so that a name cannot turn around what stands beside it.
      assert.equal(await name.locator("bdi").count(), 1, code);
      const size = await name.evaluate((element) => {
        const box = element.getBoundingClientRect();
        const outer = /** @type {Element} */ (element.parentElement).getBoundingClientRect();
        const font = Number.parseFloat(getComputedStyle(element).fontSize);
        return { font, below: box.bottom - outer.bottom, right: box.right - outer.right };
      });
      assert.ok(size.font >= 20, `${code}: ${JSON.stringify(size)}`);
      if (code !== "YZ15ENDLESS0") assert.ok(size.below <= 1, `${code}: ${JSON.stringify(size)}`);
      await look(`verdict ${code}`);
      await door.close();
      await door.scan(code);
      await page.keyboard.press("F2");
      await door.part("dispute").waitFor();
      await look(`dispute ${code}`);
      await page.keyboard.press("Escape");
      await door.part("dispute").waitFor({ state: "detached" });
      await door.leaveVerdict();
    }
    await look("recent scans");
    await door.part("go-people").click();
    await door.ready("people");
    for (const [code, parts] of NAMES) {
      const [found] = await door.station.call("attendee_show", { who: code });
      await door.part("people-search").fill(parts[0].replaceAll(/[^\p{L} ]/gu, " ").trim().slice(0, 20));
      const row = door.part("people-row").filter({ hasText: found.display_name.trim().slice(0, 18) });
      await row.first().click();
      await door.part("person").waitFor();
      await look(`person ${code}`);
    }
    assert.equal(wrong.length, 0, `\n${wrong.join("\n")}`);
  });
}

scene("a_name_from_right_to_left_is_read_from_right_to_left", {}, async ({ door }) => {
  await door.scan("YZ12RTLNAME0");
  const name = door.part("verdict").getByTestId("name").locator("bdi");
  assert.equal(await name.evaluate((element) => getComputedStyle(element).direction), "rtl");
});

scene("a_name_cannot_turn_the_rest_of_its_line_around", {}, async ({ door, page }) => {
  await door.scan("YZ14BIDI0000");
  await page.keyboard.press("Escape");
  const row = door.part("recent-row").first();
  const first = await row.locator("time").evaluate((element) => {
    const range = document.createRange();
    range.selectNodeContents(element);
    const text = /** @type {Text} */ (element.firstChild);
    const at = (/** @type {number} */ index) => {
      range.setStart(text, index);
      range.setEnd(text, index + 1);
      return range.getBoundingClientRect().left;
    };
    return at(0) < at(text.length - 1);
  });
  assert.ok(first, "the time runs backwards");
});
