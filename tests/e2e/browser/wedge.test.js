// Scanners that type: into nothing, into fields, too fast, with the wrong layout, at the wrong time.
// Whatever happens, no scan is lost in silence.
import assert from "node:assert/strict";
import { scene } from "../lib/scene.js";
import { until } from "../lib/wait.js";
import { wedge } from "../lib/wedge.js";

/** @param {any[]} scans newest first */
const inOrder = (scans) => scans.map(({ verdict, attendee }) => `${verdict} ${attendee?.name ?? "-"}`).reverse();

scene("a_wedge_that_types_into_the_search_leaves_it_as_it_was", {}, async ({ door, page }) => {
  await door.part("search").click();
  await page.keyboard.type("Thand", { delay: 160 });
  await door.part("found-row").first().waitFor();
  const { count } = await door.painted();
  await wedge(page, "YZ01ADMIT0AA");
  const seen = await door.verdict(count);
  assert.equal(seen.verdict, "admitted");
  assert.match(seen.text, /Aylin/);
  assert.doesNotMatch(await door.part("search").inputValue(), /YZ01/);
});

scene("a_wedge_that_ends_with_tab_is_taken_and_moves_no_focus", {}, async ({ door, page }) => {
  await door.part("search").focus();
  const seen = await door.scan("YZ01ADMIT0AA", { end: "Tab" });
  assert.equal(seen.verdict, "admitted");
  assert.equal(await door.part("search").inputValue(), "");
  assert.equal((await door.recent()).length, 1);
  await page.keyboard.press("Escape");
});

scene("a_wedge_without_an_end_key_is_taken_after_a_silence", {}, async ({ door }) => {
  const seen = await door.scan("YZ02ADMIT0BB", { end: "none" });
  assert.equal(seen.verdict, "admitted");
});

scene("fast_scans_are_all_recorded_in_order", {}, async ({ door, page }) => {
  const codes = ["YZ01ADMIT0AA", "YZ02ADMIT0BB", "YZ06CANCEL0F", "YZ99NOBODY99", "YZ03ADMIT0CC"];
  await wedge(page, codes);
  const scans = await until("five scans", async () => {
    const all = await door.recent();
    return all.length >= codes.length ? all : null;
  });
  assert.deepEqual(inOrder(scans), [
    "admitted Aylin Öztürk",
    "admitted Thandiwe Nkosi",
    "cancelled Noor Haddad",
    "unknown_code -",
    "admitted Léo Marchand",
  ]);
});

scene("a_refusal_that_the_next_scan_overtakes_is_seen_all_the_same", {}, async ({ door, page }) => {
  await page.evaluate(() => {
    const seen = /** @type {{ verdict: string, at: number }[]} */ ([]);
    Object.assign(window, { seen });
    new MutationObserver(() => {
      const shown = document.querySelector("[data-testid=verdict]");
      const verdict = shown?.getAttribute("data-verdict") ?? "";
      if (verdict !== (seen.at(-1)?.verdict ?? "")) seen.push({ verdict, at: performance.now() });
    }).observe(document.body, { subtree: true, childList: true, attributes: true });
  });
  await wedge(page, ["YZ06CANCEL0F", "YZ01ADMIT0AA"]);
  await until("the second verdict", async () => (await door.painted()).count === 2);
  const seen = await page.evaluate(() => /** @type {any} */ (window).seen);
  assert.deepEqual(seen.map((/** @type {any} */ one) => one.verdict), ["cancelled", "admitted"]);
  const long = seen[1].at - seen[0].at;
  assert.ok(long >= 1_000, `the refusal was on the screen for ${long.toFixed(0)} ms only`);
});

scene("two_codes_run_together_admit_nobody_and_are_said", {}, async ({ door }) => {
  const seen = await door.scan("YZ01ADMIT0AAYZ02ADMIT0BB");
  assert.equal(seen.tone, "stop");
  assert.match(seen.text, /YZ01ADMIT0AAYZ02ADMIT0BB/);
  assert.equal((await door.station.run(["stats"]))[0].inside, 0);
});

scene("a_scanner_with_another_keyboard_layout_is_understood_and_told", {}, async ({ door }) => {
  const seen = await door.scan("YZ01ADMIT0AA", { layout: "german" });
  assert.equal(seen.verdict, "admitted");
  assert.match(seen.text, /Aylin/);
  assert.match(seen.text, /keyboard layout/);
});

scene("a_scan_while_a_dialog_is_open_closes_nothing_and_is_said", {}, async ({ door, page }) => {
  await door.part("operator").click();
  await door.part("operator-dialog").waitFor();
  await wedge(page, "YZ01ADMIT0AA");
  await door.part("toast").filter({ hasText: "finish or close this first" }).waitFor();
  assert.ok(await door.part("operator-dialog").isVisible(), "the dialog went away");
  assert.equal((await door.recent()).length, 0);
  await page.keyboard.press("Escape");
  await door.part("missed-row").filter({ hasText: "YZ01ADMIT0AA" }).waitFor();
});

scene("a_scan_into_a_field_of_a_dialog_leaves_the_field_as_it_was", {}, async ({ door, page }) => {
  await door.scan("YZ99NOBODY99");
  await page.keyboard.press("F7");
  await door.part("add-name").fill("Mireille");
  await wedge(page, "YZ01ADMIT0AA");
  await door.part("toast").filter({ hasText: "finish or close this first" }).waitFor();
  assert.equal(await door.part("add-name").inputValue(), "Mireille");
  assert.ok(await door.part("add-dialog").isVisible());
});

scene("a_hand_that_types_into_nothing_searches", {}, async ({ door, page }) => {
  await page.keyboard.type("ayl", { delay: 180 });
  await door.part("found-row").filter({ hasText: "Aylin" }).waitFor();
  assert.equal(await door.part("search").inputValue(), "ayl");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await door.part("verdict").waitFor();
  assert.equal((await door.shown()).verdict, "admitted");
});

scene("a_code_typed_by_hand_is_scanned_by_enter", {}, async ({ door, page }) => {
  await page.keyboard.type("YZ02ADMIT0BB", { delay: 130 });
  await page.keyboard.press("Enter");
  await door.part("verdict").waitFor();
  assert.match((await door.shown()).text, /Thandiwe/);
});

scene("enter_alone_and_keys_held_down_are_no_scans", {}, async ({ door, page }) => {
  const session = await page.context().newCDPSession(page);
  for (let time = 0; time < 3; time += 1) await page.keyboard.press("Enter");
  const key = { key: "a", code: "KeyA", text: "a", windowsVirtualKeyCode: 65 };
  for (let time = 0; time < 12; time += 1) {
    await session.send("Input.dispatchKeyEvent", { type: "keyDown", autoRepeat: time > 0, ...key });
  }
  await session.send("Input.dispatchKeyEvent", { type: "keyUp", ...key });
  const seen = await door.scan("YZ01ADMIT0AA");
  assert.equal(seen.verdict, "admitted");
  assert.equal((await door.recent()).length, 1);
});

scene("signs_that_no_ticket_has_are_answered_in_words", {}, async ({ door }) => {
  const seen = await door.scan(`https://example.org/?q=${"x".repeat(600)}`);
  assert.equal(seen.tone, "stop");
  assert.match(seen.text, /characters|not on the list/);
});

/** More people than scans can wait. */
const PILE = Array.from({ length: 40 }, (_, index) => ({
  code: `PILE${String(index).padStart(4, "0")}`,
  first_name: "Guest",
  last_name: String(index),
  ticket_type: "Regular",
}));

scene("more_scans_than_can_wait_are_said_to_be_too_many", { people: PILE }, async ({ door, page }) => {
  // The station hesitates, so that scans pile up.
  const held = /** @type {(() => void)[]} */ ([]);
  await page.route("**/api/scan", async (route) => {
    await new Promise((go) => held.push(() => go(undefined)));
    await route.continue();
  });
  const codes = PILE.map(({ code }) => code);
  await wedge(page, codes);
  await door.part("toast").filter({ hasText: "Too fast" }).first().waitFor();
  await until("five are not taken", async () => (await door.part("missed-row").count()) >= 5);
  await page.unroute("**/api/scan");
  await until("the first of them is asked about", () => held.length > 0);
  for (const go of held) go();
  const missed = await until("all others are recorded", async () => {
    const rows = await door.part("missed-row").allInnerTexts();
    const known = await door.recent(60);
    return known.length + rows.length === codes.length ? rows : null;
  }, 60_000);
  assert.ok(missed.length >= 5, `${missed.length} were not taken`);
});
