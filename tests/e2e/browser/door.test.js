// What a volunteer does at a door beside scanning: search, sort out, take back, add, change the door.
import assert from "node:assert/strict";
import { scene } from "../lib/scene.js";
import { until } from "../lib/wait.js";
import { wedge } from "../lib/wedge.js";

scene("a_dispute_ends_in_an_admission_and_the_first_is_taken_back", {}, async ({ door, page }) => {
  await door.station.run(["scan", "--gate", "desk", "YZ01ADMIT0AA", "--by", "Noa"]);
  const [first] = await door.recent();
  const seen = await door.scan("YZ01ADMIT0AA");
  assert.equal(seen.verdict, "already_in");
  await door.part("override").click();
  await door.part("dispute").waitFor();
  assert.match(await door.part("dispute-name").innerText(), /Aylin Öztürk/);
  assert.match(await door.part("dispute-first").innerText(), /Cash desk/);
  await door.part("override-void").click();
  await door.part("dispute").getByText("Choose a reason or write one").waitFor();
  await door.part("reason-preset").first().click();
  const { count } = await door.painted();
  await door.part("override-void").click();
  await door.pin();
  const done = await door.verdict(count);
  assert.equal(done.verdict, "admitted");
  assert.match(done.text, /Let in by Kim/);
  await door.part("dispute").waitFor({ state: "detached" });
  const scans = await door.recent();
  const same = scans.find((one) => JSON.stringify(one.record) === JSON.stringify(first.record));
  assert.equal(same.undone, true, "the first admission still stands");
  assert.equal(scans[0].verdict, "admitted");
  assert.equal(scans[0].overridden, true);
  assert.equal((await door.station.run(["stats"]))[0].inside, 1);
});

scene("a_dispute_can_let_both_in_or_nobody", {}, async ({ door, page }) => {
  await door.scan("YZ01ADMIT0AA");
  await door.scan("YZ01ADMIT0AA");
  await page.keyboard.press("F2");
  await door.part("override-no").click();
  await door.part("dispute").waitFor({ state: "detached" });
  assert.equal((await door.recent()).filter(({ overridden }) => overridden).length, 0);
  await door.scan("YZ01ADMIT0AA");
  await page.keyboard.press("F2");
  await door.part("reason-text").fill("Two people, one ticket, both paid");
  await door.part("override-also").click();
  await door.pin();
  await until("an override", async () => (await door.recent())[0].overridden);
  assert.equal((await door.recent()).filter(({ undone }) => undone).length, 0);
});

scene("a_refused_person_is_let_in_with_a_reason", {}, async ({ door, page }) => {
  await door.scan("YZ06CANCEL0F");
  await page.keyboard.press("F2");
  await door.part("reason-preset").first().click();
  const { count } = await door.painted();
  await door.part("override-let-in").click();
  await door.pin();
  const seen = await door.verdict(count);
  assert.equal(seen.verdict, "admitted");
});

scene("an_unpaid_ticket_is_taken_where_the_gate_allows_it", { laptop: undefined }, async (on) => {
  const { door, page } = on;
  await door.part("gate").click();
  await door.part("gate-choice").filter({ hasText: "Cash desk" }).click();
  await door.pin();
  await door.part("gate").filter({ hasText: "Cash desk" }).waitFor();
  await door.scan("YZ05UNPAID0E");
  const { count } = await door.painted();
  await door.part("take-unpaid").click();
  const seen = await door.verdict(count);
  assert.equal(seen.verdict, "admitted");
});

scene("a_scan_is_taken_back_by_holding_with_reason_operator_and_pin", {}, async ({ door, page }) => {
  await door.station.call("station_set", { operator: "" });
  await door.part("operator").filter({ hasText: "Who are you?" }).waitFor();
  await door.scan("YZ01ADMIT0AA");
  const undo = door.part("verdict").getByTestId("undo");
  await undo.click();
  assert.equal(await door.part("undo-dialog").count(), 0, "a touch was enough");
  await door.hold(undo, door.part("undo-dialog"));
  await door.part("undo-confirm").click();
  await door.part("undo-dialog").getByText("Choose your name first").waitFor();
  await door.part("undo-dialog").getByText("Choose a reason or write one").waitFor();
  await door.part("reason-by").filter({ hasText: "Kim" }).click();
  await door.part("reason-preset").first().click();
  await door.part("undo-confirm").click();
  await door.pin("0000");
  await door.part("pin").getByText("That PIN is wrong").waitFor();
  assert.equal((await door.recent())[0].undone, false);
  await door.pin();
  await door.part("toast").filter({ hasText: "Taken back: Aylin Öztürk" }).waitFor();
  await page.locator("[data-testid=recent-row][data-undone=true]").waitFor();
  const [scan] = await door.recent();
  assert.equal(scan.undone, true);
  const [{ history }] = await door.station.call("attendee_show", { who: "YZ01ADMIT0AA" });
  assert.equal(history[0].undo.by, "Kim");
  assert.equal(history[0].undo.approved_by, "Ada");
  assert.ok(history[0].undo.reason);
});

scene("after_many_wrong_pins_there_is_a_pause_in_words", {}, async ({ door }) => {
  await door.part("gate").click();
  await door.part("gate-choice").filter({ hasText: "Cash desk" }).click();
  for (let time = 0; time < 5; time += 1) {
    const asked = door.page.waitForResponse("**/api/station_set");
    await door.pin(`100${time}`);
    await asked;
  }
  await door.pin();
  await door.page.getByText(/wait|not allowed/i).first().waitFor();
  assert.equal((await door.station.call("station_show"))[0].gate, "main");
});

scene("changing_the_door_asks_for_a_pin", {}, async ({ door }) => {
  await door.part("gate").click();
  await door.part("gate-choice").filter({ hasText: "lounge" }).click();
  await door.part("pin").waitFor();
  await door.page.keyboard.press("Escape");
  await door.part("pin").waitFor({ state: "detached" });
  assert.equal((await door.station.call("station_show"))[0].gate, "main");
  await door.part("gate-choice").filter({ hasText: "lounge" }).click();
  await door.pin();
  await door.part("gate").filter({ hasText: "Speakers' lounge" }).waitFor();
  assert.equal((await door.station.call("station_show"))[0].gate, "lounge");
});

scene("the_operator_is_chosen_in_two_taps", {}, async ({ door }) => {
  await door.station.run(["operator", "set", "--name", "Noa"]);
  await door.part("operator").click();
  await door.part("operator-choice").filter({ hasText: "Noa" }).click();
  await door.part("operator").filter({ hasText: "Noa" }).waitFor();
  await door.scan("YZ01ADMIT0AA");
  assert.equal((await door.recent())[0].operator, "Noa");
});

scene("a_walk_in_is_added_and_checked_in_within_one_flow", {}, async ({ door, page }) => {
  await door.scan("YZ99NOBODY99");
  await door.part("add-walk-in").click();
  await door.part("add-name").fill("Mireille Okonkwo");
  await page.getByTestId("add-dialog").getByText("Speaker", { exact: true }).click();
  await page.getByText("Walk-in, paid at the desk").click();
  const { count } = await door.painted();
  await door.part("add-save").click();
  await door.pin();
  const seen = await door.verdict(count);
  assert.equal(seen.verdict, "admitted");
  assert.match(seen.text, /Mireille Okonkwo/);
  const [found] = await door.station.call("search", { text: "mireille" });
  assert.equal(found.inside, true);
  const [{ edits }] = await door.station.call("attendee_show", { who: found.id });
  assert.match(edits[0].reason, /Walk-in/);
  assert.equal(edits[0].by, "Kim");
});

scene("a_search_result_leads_to_a_verdict", {}, async ({ door }) => {
  await door.part("search").fill("oztu");
  const { count } = await door.painted();
  await door.part("found-row").filter({ hasText: "Aylin" }).click();
  const seen = await door.verdict(count);
  assert.equal(seen.verdict, "admitted");
  assert.equal(await door.part("search").inputValue(), "");
});

scene("a_scan_in_a_terminal_is_seen_at_once_and_counted", {}, async ({ door, page }) => {
  await until("nobody is inside", async () => /^0/.test(await door.part("inside").innerText()));
  await door.station.run(["scan", "--gate", "desk", "YZ02ADMIT0BB"]);
  const row = door.part("recent-row").filter({ hasText: "Thandiwe Nkosi" });
  await row.waitFor({ timeout: 2_000 });
  // A row that was not drawn yet has no inner text.
  assert.match((await row.textContent()) ?? "", /Cash desk/);
  await until("one is inside", async () => /^1/.test(await door.part("inside").innerText()));
  const [{ record }] = await door.recent();
  const name = `${record.station}/${record.epoch}/${record.seq}`;
  await door.station.run(["undo", name, "--reason", "wrong person", "--by", "Kim"]);
  await page.locator("[data-testid=recent-row][data-undone=true]").waitFor({ timeout: 2_000 });
  await until("nobody is inside again", async () => /^0/.test(await door.part("inside").innerText()));
});

scene("two_windows_of_one_folder_see_each_other", {}, async ({ door, context }) => {
  const other = await context.newPage();
  await other.goto(door.station.url);
  await other.getByTestId("waiting").waitFor();
  await wedge(other, "YZ01ADMIT0AA");
  await door.part("recent-row").filter({ hasText: "Aylin" }).waitFor({ timeout: 2_000 });
  await other.close();
});

scene("a_reload_lands_on_the_same_gate_with_the_recent_scans", {}, async ({ door, page }) => {
  await door.station.call("station_set", { gate: "desk" }, agreedByAda);
  await door.part("gate").filter({ hasText: "Cash desk" }).waitFor();
  await door.scan("YZ01ADMIT0AA");
  await page.reload();
  assert.equal(await door.ready(), "door");
  assert.match(await door.part("gate").innerText(), /Cash desk/);
  await door.part("recent-row").filter({ hasText: "Aylin" }).waitFor();
  assert.match(await door.part("operator").innerText(), /Kim/);
  assert.doesNotMatch(page.url(), /token/, "the token stays in the address");
});

const agreedByAda = { supervisor: { name: "Ada", pin: "4711" } };

scene("times_are_those_of_the_event_and_not_of_the_laptop", { zone: "Asia/Kathmandu" }, async (on) => {
  const { door, page } = on;
  await door.scan("YZ01ADMIT0AA");
  const shown = await door.part("clock").innerText();
  const here = new Intl.DateTimeFormat("en-GB", { timeStyle: "short", timeZone: "Asia/Kathmandu" });
  const minute = 60_000;
  const now = [Date.now() - minute, Date.now()].map((time) => here.format(time));
  assert.ok(now.some((time) => shown.includes(time)), `${shown} is not ${now}`);
  await page.keyboard.press("Escape");
  const row = await door.part("recent-row").first().innerText();
  assert.ok(now.some((time) => row.includes(time)), `${row} is not at ${now}`);
});

const CROWD = Array.from({ length: 2_000 }, (_, index) => ({
  code: `CROWD${String(index).padStart(6, "0")}`,
  first_name: "Guest",
  last_name: String(index),
  ticket_type: "Regular",
}));

scene(
  "ten_thousand_recent_scans_leave_the_page_quick",
  {
    people: CROWD,
    within_ms: 150_000,
    before: async (station) => {
      const codes = CROWD.map(({ code }) => code).join("\n");
      for (let time = 0; time < 5; time += 1) {
        await station.ran(["scan", "--gate", "main", "-"], `${codes}\n`);
      }
    },
  },
  async ({ door, page }) => {
    const rows = () => door.part("recent-row").count();
    await until("recent scans are shown", async () => (await rows()) > 0);
    await door.part("recent-more").waitFor();
    // Page by page.
    const region = door.part("recent").getByRole("region");
    for (let time = 0; time < 12; time += 1) {
      const asked = page.waitForResponse("**/api/recent");
      await door.part("recent-more").click();
      await asked;
    }
    await until("the list can be scrolled", () =>
      region.evaluate((element) => {
        element.scrollTop = element.scrollHeight;
        return element.scrollTop > 1_000;
      }),
    );
    // A busy door elsewhere goes on: what it scans comes in, and the page does not grow for ever.
    const codes = CROWD.map(({ code }) => code).join("\n");
    await door.station.ran(["scan", "--gate", "desk", "-"], `${codes}\n`);
    await door.station.ran(["scan", "--gate", "desk", "YZ01LASTONE0"]);
    const first = door.part("recent-row").first();
    await until("the last one is there", async () => /Unknown/.test((await first.textContent()) ?? ""), 30_000);
    assert.ok((await rows()) <= 250, `${await rows()} rows`);
    const elements = await page.evaluate(() => document.querySelectorAll("*").length);
    assert.ok(elements <= 6_000, `${elements} elements`);
    for (const { code } of CROWD.slice(0, 3)) {
      const { count } = await door.painted();
      await wedge(page, code);
      await door.verdict(count);
    }
  },
);
