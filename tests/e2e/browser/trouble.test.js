// What breaks: the token, the station behind the page, the disk below it.
import assert from "node:assert/strict";
import { scene } from "../lib/scene.js";
import { failingDisk } from "../lib/shim.js";
import { until } from "../lib/wait.js";
import { wedge } from "../lib/wedge.js";

scene("a_wrong_token_is_answered_in_words", { opened: false }, async ({ door, page }) => {
  await page.goto(`http://${door.station.http}/#token=${"0".repeat(door.station.token.length)}`);
  await page.getByText(/whole address/).waitFor();
  assert.doesNotMatch(await page.locator("body").innerText(), /Aylin|Lantern/);
  // The station answers well: nobody shall wait for it.
  assert.equal(await door.part("link-down").count(), 0);
});

scene("without_a_token_the_page_says_how_to_open_it", { opened: false }, async ({ door, page }) => {
  await page.goto(`http://${door.station.http}/`);
  await page.getByText(/whole address/).waitFor();
  assert.equal(await door.part("link-down").count(), 0);
});

scene("a_page_of_elsewhere_gets_nothing_from_the_station", { opened: false }, async ({ station }) => {
  const ask = (/** @type {Record<string, string>} */ headers) =>
    fetch(`http://${station.http}/api/event_list`, { method: "POST", body: "{}", headers });
  const token = { Authorization: `Bearer ${station.token}` };
  assert.equal((await ask(token)).status, 200);
  assert.equal((await ask({})).status, 401);
  assert.equal((await ask({ ...token, Origin: "http://example.org" })).status, 403);
});

scene("a_station_that_is_killed_is_told_and_found_again", {}, async ({ door, page }) => {
  await door.scan("YZ01ADMIT0AA");
  await door.leaveVerdict();
  const { token } = door.station;
  await door.station.kill("SIGKILL");
  await door.part("link-down").waitFor();
  await page.getByText("The station does not answer").waitFor();
  // A scan meanwhile is kept, and asked when the station is back.
  await wedge(page, "YZ02ADMIT0BB");
  await door.part("kept-scans").waitFor();
  const { count } = await door.painted();
  await door.station.serve();
  assert.equal(door.station.token, token, "the token of a folder stays the same");
  await door.part("link-down").waitFor({ state: "detached" });
  const seen = await door.verdict(count);
  assert.match(seen.text, /Thandiwe/);
  const scans = await door.recent();
  assert.deepEqual(scans.map(({ verdict }) => verdict), ["admitted", "admitted"]);
  await door.part("recent-row").nth(1).waitFor();
});

scene("a_scan_whose_answer_was_lost_is_asked_again_and_counts_once", {}, async ({ door, page }) => {
  // The station takes the scan, and dies before it can answer.
  await page.route("**/api/scan", async (route) => {
    await route.fetch();
    await door.station.kill("SIGKILL");
    await route.abort("connectionreset");
  });
  const { count } = await door.painted();
  await wedge(page, "YZ01ADMIT0AA");
  await until("the station is gone", () => !door.station.serving);
  // Nobody knows how it went: nothing is shown but that it is still to be asked.
  await door.part("kept-scans").waitFor();
  assert.equal(await door.part("verdict").count(), 0);
  await page.unroute("**/api/scan");
  await door.station.serve();
  await door.part("link-down").waitFor({ state: "detached" });
  const seen = await door.verdict(count);
  assert.equal(seen.verdict, "admitted");
  assert.match(seen.text, /Aylin/);
  assert.equal((await door.recent()).length, 1, "it counted twice");
  assert.equal(await door.part("alarm").count(), 0);
});

scene("a_scan_that_is_never_answered_is_given_back_in_words", {}, async ({ door, page }) => {
  let asked = 0;
  await page.route("**/api/scan", async (route) => {
    asked += 1;
    await route.abort("connectionreset");
  });
  await wedge(page, "YZ01ADMIT0AA");
  const alarm = door.part("alarm");
  await alarm.waitFor({ timeout: 15_000 });
  assert.equal(await alarm.getAttribute("data-kind"), "again");
  assert.match(await alarm.innerText(), /YZ01ADMIT0AA/);
  assert.ok(asked > 1, "it was asked once only");
  await page.unroute("**/api/scan");
  await page.keyboard.press("Escape");
  await alarm.waitFor({ state: "detached" });
  assert.equal((await door.scan("YZ01ADMIT0AA")).verdict, "admitted");
});

scene("a_disk_that_fails_stops_this_door_and_nothing_is_green_after_it", {}, async ({ door, page }) => {
  await door.station.kill("SIGTERM");
  const sign = `${door.station.folder}/fail`;
  await door.station.serve({ env: failingDisk(sign) });
  await door.part("link-down").waitFor({ state: "detached", timeout: 15_000 });
  assert.equal((await door.scan("YZ01ADMIT0AA")).tone, "go");
  await door.leaveVerdict();
  await door.station.file("fail", "");
  await wedge(page, "YZ02ADMIT0BB");
  const alarm = door.part("alarm");
  await alarm.waitFor();
  assert.equal(await alarm.getAttribute("data-kind"), "broken");
  assert.equal(await alarm.getAttribute("data-code"), "disk");
  const said = await alarm.innerText();
  assert.match(said, /disk failed/i);
  assert.match(said, /nothing of this was recorded/i);
  assert.match(said, /another door/i);
  const { count } = await door.painted();
  await wedge(page, ["YZ03ADMIT0CC", "YZ04NOTED0DD"]);
  await door.part("toast").filter({ hasText: "cannot record" }).first().waitFor();
  await page.keyboard.press("Escape");
  assert.ok(await alarm.isVisible(), "the alarm went away by a key");
  assert.equal(await door.part("verdict").count(), 0);
  assert.equal((await door.painted()).count, count);
  // Trying again while the disk still fails leads back here.
  await door.part("alarm-close").click();
  await wedge(page, "YZ03ADMIT0CC");
  await alarm.waitFor();
  assert.equal((await door.painted()).count, count);
});

scene("an_event_that_is_not_open_says_so_and_shows_the_way", { state: "setup", pin: false }, async (on) => {
  const { door, page } = on;
  await door.part("go-door").click();
  await door.ready("door");
  await door.part("waiting").getByText("The doors are not open").waitFor();
  await wedge(page, "YZ01ADMIT0AA");
  await door.part("alarm").waitFor();
  assert.match(await door.part("alarm").innerText(), /doors are not open/i);
  assert.equal((await door.recent()).length, 0);
  await door.part("alarm").getByRole("button", { name: "Go to set-up" }).click();
  await door.ready("setup");
});

scene("doors_that_a_terminal_closes_are_closed_on_the_page_at_once", {}, async ({ door }) => {
  await door.station.run(["event", "close"]);
  await door.part("waiting").getByText("The doors are not open").waitFor({ timeout: 2_000 });
});
