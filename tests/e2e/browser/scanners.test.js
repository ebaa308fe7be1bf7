// Scanners that type: how they are set up, and what is said when they cannot be heard.
import assert from "node:assert/strict";
import { scene } from "../lib/scene.js";
import { until } from "../lib/wait.js";
import { wedge } from "../lib/wedge.js";

/** @param {{ door: import("../lib/door.js").Door, page: import("playwright-core").Page }} on */
async function openScanners({ door, page }) {
  await page.getByTestId("go-setup").click();
  await door.ready("setup");
  await page.getByTestId("step-laptop").click();
  await page.getByTestId("open-scanning").click();
  await page.getByTestId("part-scanners").check({ force: true });
  await page.getByTestId("scanner-settings").waitFor();
}

/** @param {import("playwright-core").Page} page @param {string} kind */
const found = (page, kind) =>
  until(`it is found: ${kind}`, async () => (await page.getByTestId("scanner-read").getAttribute("data-finding")) === kind);

scene("a_scanners_prefix_is_found_and_then_codes_are_read_slowly_in_a_field", {}, async ({ door, page }) => {
  await openScanners({ door, page });
  await wedge(page, "~LANYARD-TEST", { pace_ms: 16 });
  await found(page, "prefix");
  await page.getByTestId("use-prefix").click();
  await until("it is kept", async () => (await door.station.call("input_show"))[0].prefix === "~");
  await wedge(page, "~LANYARD-TEST", { pace_ms: 40 });
  await found(page, "good");
  await page.keyboard.press("Escape");
  await page.getByTestId("go-door").click();
  await door.ready("door");
  await door.part("search").click();
  await page.keyboard.type("Thand", { delay: 160 });
  await door.part("found-row").first().waitFor();
  const seen = await door.scan("~YZ01ADMIT0AA", { pace_ms: 40 });
  assert.equal(seen.verdict, "admitted");
  assert.equal(await door.part("search").inputValue(), "");
  assert.equal((await door.recent()).length, 1);
});

scene("what_a_scanner_makes_of_the_test_code_is_said", {}, async (on) => {
  const { page } = on;
  await openScanners(on);
  await wedge(page, "LANYARD-TEST", { layout: "german" });
  await found(page, "layout");
  await wedge(page, "lanyard-test");
  await found(page, "case");
  await wedge(page, "LANYARD-TESTLANYARD-TEST");
  await found(page, "together");
  await wedge(page, "LANYARD-TEST", { end: "none" });
  await found(page, "noEnd");
  await wedge(page, "LANYARD-TEST");
  await found(page, "good");
  assert.deepEqual(await on.door.recent(), []);
});

scene("a_window_without_the_focus_says_that_scanners_are_not_heard", {}, async ({ door, page }) => {
  await door.part("listening").waitFor();
  assert.equal(await door.part("deaf").count(), 0);
  await page.evaluate(() => window.dispatchEvent(new Event("blur")));
  await door.part("deaf").waitFor();
  await page.getByTestId("waiting").click();
  await door.part("deaf").waitFor({ state: "detached" });
});

scene("a_scanner_that_is_not_there_is_named_at_the_door", {}, async ({ door, page }) => {
  await openScanners({ door, page });
  await page.getByText("Another port").click();
  await page.getByTestId("scanner-path").fill("/dev/no-such-scanner");
  await page.getByTestId("scanner-add").click();
  await page.getByTestId("scanner-list").getByText("not plugged in").waitFor();
  await page.keyboard.press("Escape");
  await page.getByTestId("go-door").click();
  await door.ready("door");
  await door.part("listening-silent").getByText("/dev/no-such-scanner").waitFor();
});

scene("the_same_code_again_in_a_moment_is_the_same_scan", {}, async ({ door, page }) => {
  const first = await door.scan("YZ01ADMIT0AA");
  assert.equal(first.verdict, "admitted");
  await page.keyboard.press("Escape");
  await door.part("verdict").waitFor({ state: "detached" });
  // What came of it is shown once more, for whoever has not seen it.
  await wedge(page, "YZ01ADMIT0AA");
  await door.part("verdict").waitFor();
  assert.equal((await door.shown()).verdict, "admitted");
  assert.equal((await door.recent()).length, 1);
});
