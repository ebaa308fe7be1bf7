// An organizer's way from nothing to the first admission, and what stands in it.
import assert from "node:assert/strict";
import { scene } from "../lib/scene.js";
import { SHOP_EXPORT } from "../lib/screens.js";
import { until } from "../lib/wait.js";
import { wedge } from "../lib/wedge.js";

const FEW = `Code,Name,Category
AAAA1111,Wanjiru Kamau,Regular
AAAA2222,Ольга Петрова,Speaker
`;

scene("an_event_is_made_from_nothing_to_its_first_admission_by_the_screens", { event: null }, async (on) => {
  const { door, page, station } = on;
  assert.equal(await door.ready(), "start");
  await door.part("start-name").fill("Harbour Meeting");
  await page.getByText("Every day", { exact: true }).click();
  await door.part("start-zone").fill("Helsinki");
  await page.getByRole("option", { name: /Helsinki/ }).click();
  await door.part("start-make").click();
  await door.ready("setup");
  const [event] = await station.call("event_list");
  assert.equal(event.name, "Harbour Meeting");
  assert.equal(event.timezone, "Europe/Helsinki");
  assert.equal(event.state, "setup");

  await door.part("step-people").click();
  await door.part("import-file").setInputFiles(await station.file("few.csv", FEW));
  await door.part("import-preview").waitFor();
  await door.part("import-run").click();
  await door.part("import-result").filter({ hasText: "2 people added" }).waitFor();

  await door.part("import-next").click();
  await door.part("gate-add").click();
  await door.part("gate-name").fill("Pier 4");
  await door.part("gate-save").click();
  await door.part("gate-row").filter({ hasText: "Pier 4" }).waitFor();

  await door.part("step-staff").click();
  await door.part("staff-add").click();
  await door.part("staff-name").fill("Ada");
  await page.getByTestId("staff-dialog").getByText("Supervisor", { exact: true }).click();
  await door.part("staff-pin").fill("4711");
  await door.part("staff-pin-again").fill("4712");
  await door.part("staff-save").click();
  await page.getByText("The two PINs are not the same").waitFor();
  await door.part("staff-pin-again").fill("4711");
  await door.part("staff-save").click();
  await door.part("staff-row").filter({ hasText: "Ada" }).waitFor();
  assert.doesNotMatch(await page.locator("body").innerHTML(), /4711/);

  await door.part("step-open").click();
  await door.part("state-open").click();
  await door.part("state-yes").click();
  await door.pin();
  await until("the doors are open", async () => {
    return (await station.call("event_show"))[0].state === "open";
  });
  await door.part("go-door").click();
  await door.ready("door");
  if (/Choose a door/.test(await door.part("gate").innerText())) {
    await door.part("gate").click();
    await door.part("gate-choice").filter({ hasText: "Pier 4" }).click();
    await door.part("gate").filter({ hasText: "Pier 4" }).waitFor();
  }
  const seen = await door.scan("AAAA1111");
  assert.equal(seen.verdict, "admitted");
  assert.match(seen.text, /Wanjiru Kamau/);
});

scene("an_import_is_looked_at_mapped_anew_and_then_done", { people: null, state: "setup", pin: false }, async (on) => {
  const { door, page, station } = on;
  await door.part("step-people").click();
  await door.part("import-file").setInputFiles(await station.file("shop.csv", SHOP_EXPORT));
  await door.part("import-preview").waitFor();
  assert.match(await door.part("import-added").innerText(), /3/);
  assert.match(await door.part("import-rejected").innerText(), /2/);
  const rejected = door.part("import-rejected-row");
  assert.equal(await rejected.count(), 2);
  assert.match(await rejected.filter({ hasText: "whenever" }).innerText(), /Line 4/);
  assert.match(await rejected.filter({ hasText: "maybe" }).innerText(), /Status/);
  assert.equal((await station.call("event_show"))[0].attendees, 0, "a preview changed something");

  // The column of the valid date is not used: nothing is wrong with "whenever" any more.
  const column = page.locator('[data-column="Gültig bis"] select');
  await column.selectOption("");
  await until("one row is wrong", async () => (await rejected.count()) === 1);
  await page.locator('[data-column="Schuhgröße"] select').selectOption("notes");
  await until("four rows are taken", async () => /4/.test(await door.part("import-added").innerText()));
  await door.part("import-run").click();
  await door.part("import-result").filter({ hasText: "4 people added" }).waitFor();
  assert.match(await door.part("import-result").innerText(), /1 row was not taken/);
  const [who] = await station.call("attendee_show", { who: "T-1001" });
  assert.equal(who.notes, "38");
  assert.equal(who.valid_until, null);
});

scene("a_file_that_is_no_list_is_refused_in_words", { people: null, state: "setup", pin: false }, async (on) => {
  const { door, station } = on;
  await door.part("step-people").click();
  const picture = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0xff, 0xfe]);
  await door.part("import-file").setInputFiles(await station.file("people.csv", picture));
  await door.part("import-problem").waitFor();
  assert.ok((await door.part("import-problem").innerText()).length > 40);
  assert.equal((await station.call("event_show"))[0].attendees, 0);
  await door.part("import-file").setInputFiles(await station.file("few.csv", FEW));
  await door.part("import-preview").waitFor();
});

scene("people_missing_from_a_newer_file_are_cancelled_only_when_asked", { state: "setup", pin: false }, async (on) => {
  const { door, station } = on;
  await door.part("step-people").click();
  await door.part("import-file").setInputFiles(await station.file("few.csv", FEW));
  await door.part("import-missing-list").waitFor();
  // One of the sixteen is cancelled already.
  assert.match(await door.part("import-missing").innerText(), /15/);
  await door.part("import-run").click();
  await door.part("import-result").waitFor();
  assert.equal((await station.call("attendee_show", { who: "YZ01ADMIT0AA" }))[0].status, null);
  await door.part("step-people").click();
  await door.part("import-result").getByRole("button").first().click();
  await door.part("import-file").setInputFiles(await station.file("few.csv", FEW));
  await door.part("import-missing-list").waitFor();
  await door.part("import-missing-list").locator("label").click();
  await door.part("import-run").click();
  await door.part("import-result").filter({ hasText: "15 tickets cancelled" }).waitFor();
  assert.equal((await station.call("attendee_show", { who: "YZ01ADMIT0AA" }))[0].status, "cancelled");
});

/** @param {number} count */
function crowd(count) {
  const rows = Array.from({ length: count }, (_, index) => `CROWD${index},Guest ${index},Regular`);
  return `Code,Name,Category\n${rows.join("\n")}\n`;
}

scene("a_long_import_shows_how_far_it_is", { people: null, state: "setup", pin: false, within_ms: 120_000 }, async (on) => {
  const { door, page, station } = on;
  await page.evaluate(() => {
    const seen = /** @type {string[]} */ ([]);
    Object.assign(window, { seen });
    new MutationObserver(() => {
      const bar = document.querySelector("[data-testid=import-progress]");
      const text = bar && `${bar.getAttribute("aria-valuenow")} %: ${bar.parentElement?.innerText}`;
      if (text && text !== seen.at(-1)) seen.push(text);
    }).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
  });
  await door.part("step-people").click();
  await door.part("import-file").setInputFiles(await station.file("crowd.csv", crowd(10_000)));
  await door.part("import-preview").waitFor({ timeout: 40_000 });
  await door.part("import-run").click();
  await door.part("import-result").filter({ hasText: "10,000 people added" }).waitFor({ timeout: 60_000 });
  const seen = await page.evaluate(() => /** @type {any} */ (window).seen);
  assert.ok(seen.length >= 2, `it was seen ${seen.length} times: ${seen.join(" | ")}`);
  assert.ok(seen.some((/** @type {string} */ text) => /of 10,000/.test(text)), seen.join(" | "));
  assert.ok(seen.some((/** @type {string} */ text) => !/^(0|100) %/.test(text)), seen.join(" | "));
});

scene("a_page_closed_in_the_middle_of_an_import_leaves_nothing_half", { people: null, state: "setup", pin: false, within_ms: 120_000 }, async (on) => {
  const { door, page, station, context } = on;
  await door.part("step-people").click();
  await door.part("import-file").setInputFiles(await station.file("crowd.csv", crowd(10_000)));
  await door.part("import-preview").waitFor({ timeout: 40_000 });
  await door.part("import-run").click();
  await door.part("import-progress").waitFor();
  await page.close();
  // The station does it to its end, all at once, or not at all.
  const seen = new Set();
  await until("all are there", async () => {
    const now = (await station.call("event_show"))[0].attendees;
    seen.add(now);
    return now === 10_000;
  }, 60_000);
  for (const now of seen) assert.ok([0, 10_000].includes(Number(now)), `${now} people were seen`);
  const again = await context.newPage();
  await again.goto(station.url);
  await again.getByTestId("setup").waitFor();
});

scene("a_station_that_dies_in_the_middle_of_an_import_has_taken_nothing_of_it", { people: null, state: "setup", pin: false, within_ms: 120_000 }, async (on) => {
  const { door, station } = on;
  await door.part("step-people").click();
  await door.part("import-file").setInputFiles(await station.file("crowd.csv", crowd(10_000)));
  await door.part("import-preview").waitFor({ timeout: 40_000 });
  await door.part("import-run").click();
  await door.part("import-progress").waitFor();
  await station.kill("SIGKILL");
  await door.part("link-down").waitFor();
  await station.serve();
  await door.part("link-down").waitFor({ state: "detached" });
  const [event] = await station.call("event_show");
  assert.ok([0, 10_000].includes(event.attendees), `${event.attendees} people are there`);
  // The page says what it knows, and the same file can be brought in again.
  await door.part("import-progress").waitFor({ state: "detached" });
  assert.equal((await station.run(["verify"])).length > 0, true);
});

scene("leaving_a_running_import_asks_first", { people: null, state: "setup", pin: false, within_ms: 120_000 }, async (on) => {
  const { door, page, station } = on;
  await door.part("step-people").click();
  await door.part("import-file").setInputFiles(await station.file("crowd.csv", crowd(10_000)));
  await door.part("import-preview").waitFor({ timeout: 40_000 });
  await door.part("import-run").click();
  await door.part("import-progress").waitFor();
  const asked = page.waitForEvent("dialog", { timeout: 5_000 });
  void page.close({ runBeforeUnload: true });
  const question = await asked;
  assert.equal(question.type(), "beforeunload");
  await question.dismiss();
  await door.part("import-result").waitFor({ timeout: 60_000 });
});

scene("the_state_of_the_event_is_changed_with_the_pin_and_a_question", {}, async ({ door, page, station }) => {
  await door.part("go-setup").click();
  await door.ready("setup");
  await door.part("step-open").click();
  await door.part("state-closed").click();
  await door.part("state-ask").waitFor();
  await door.part("state-yes").click();
  await door.pin("9999");
  await door.part("pin").getByText("That PIN is wrong").waitFor();
  assert.equal((await station.call("event_show"))[0].state, "open");
  await door.pin();
  await until("it is closed", async () => (await station.call("event_show"))[0].state === "closed");
  await door.part("go-door").click();
  await door.ready("door");
  await page.getByText("The doors are not open").waitFor();
});

scene(
  "a_gate_is_set_day_by_day_by_the_keyboard_alone",
  { pin: false, days: "2027-05-08,2027-05-09", state: "setup" },
  async ({ door, page, station }) => {
    const { keyboard } = page;
    await door.part("step-gates").click();
    await door.part("gate-add").focus();
    await keyboard.press("Enter");
    await door.part("gate-dialog").waitFor();
    await keyboard.type("Workshop room", { delay: 20 });
    await door.part("gate-days").focus();
    await keyboard.press("Space");
    await door.part("agenda-row").nth(1).waitFor();
    const rows = door.part("agenda-row");
    assert.equal(await rows.count(), 2);
    await rows.nth(0).getByTestId("agenda-opens").fill("10:00");
    await rows.nth(0).getByTestId("agenda-closes").fill("12:00");
    await rows.nth(0).getByTestId("agenda-title").fill("Soldering");
    await door.part("agenda-add").focus();
    await keyboard.press("Enter");
    assert.equal(await rows.count(), 3);
    const third = rows.nth(2);
    assert.equal(await third.getByTestId("agenda-day").inputValue(), "2027-05-09");
    await third.getByTestId("agenda-who").selectOption("some");
    await door.part("gate-save").click();
    await door.part("gate-dialog").getByText("Choose at least one ticket type").waitFor();
    await third.getByTestId("agenda-type").first().focus();
    await keyboard.press("Space");
    await third.getByTestId("agenda-opens").fill("14:00");
    await keyboard.press("Enter");
    await door.part("gate-row").filter({ hasText: "Workshop room" }).waitFor();
    assert.match(await door.part("gate-row").filter({ hasText: "Workshop room" }).innerText(), /day by day/);
    const gate = (await station.call("gate_list")).find(({ name }) => name === "Workshop room");
    assert.deepEqual(gate.agenda.map(({ day, opens }) => [day, opens]), [
      ["2027-05-08", "10:00"],
      ["2027-05-09", undefined],
      ["2027-05-09", "14:00"],
    ]);
    assert.equal(gate.agenda[0].title, "Soldering");
    assert.equal(gate.agenda[2].ticket_types.length, 1);
  },
);

scene("a_gate_that_is_open_over_midnight_is_explained", { pin: false, state: "setup" }, async ({ door, page, station }) => {
  await door.part("step-gates").click();
  await door.part("gate-row").filter({ hasText: "Main entrance" }).getByRole("button").click();
  await page.getByTestId("gate-dialog").getByText("Between certain times").click();
  await door.part("gate-opens").fill("18:00");
  await door.part("gate-closes").fill("02:00");
  await door.part("gate-save").click();
  // The station's reason stands where the time is set, with the way out of it.
  const wrong = door.part("gate-wrong");
  await wrong.filter({ hasText: "open over midnight" }).waitFor();
  await door.part("gate-overnight").click();
  const turns = door.part("gate-day-turns");
  await until("it is there", () => turns.evaluate((field) => field === document.activeElement));
  await turns.fill("05:00");
  await door.part("gate-also").first().check();
  await door.part("gate-addon").check();
  await door.part("gate-save").click();
  await door.part("gate-dialog").waitFor({ state: "detached" });
  const gate = (await station.call("gate_list")).find(({ id }) => id === "main");
  assert.deepEqual([gate.opens, gate.closes, gate.day_turns], ["18:00", "02:00", "05:00"]);
  assert.equal(gate.addon_match, true);
  assert.equal(gate.also.length, 1);
  const row = door.part("gate-row").filter({ hasText: "Main entrance" });
  assert.match(await row.innerText(), /also asks/);
});

scene("a_gate_and_its_rules_are_changed", { pin: false }, async ({ door, page, station }) => {
  await door.part("go-setup").click();
  await door.ready("setup");
  await door.part("step-gates").click();
  await door.part("gate-add").click();
  await door.part("gate-name").fill("Workshop room");
  await page.getByTestId("gate-dialog").getByText("Only some ticket types").click();
  await door.part("gate-save").click();
  await page.getByText("Choose at least one ticket type").waitFor();
  await page.getByTestId("gate-dialog").getByText("Workshop", { exact: true }).click();
  await door.part("gate-save").click();
  await door.part("gate-row").filter({ hasText: "Workshop room" }).waitFor();
  const gate = (await station.call("gate_list")).find(({ name }) => name === "Workshop room");
  assert.deepEqual(gate.ticket_types, ["Workshop"]);
  const [refused] = await station.call("scan", { gate: gate.id, code: "YZ01ADMIT0AA" });
  assert.equal(refused.verdict, "wrong_gate");
});

scene("another_event_of_the_folder_is_opened", {}, async ({ door, station }) => {
  await station.run(["event", "new", "--name", "夜市 2027", "--timezone", "Asia/Taipei", "--station-name", "laptop 1"]);
  await door.part("go-setup").click();
  await door.ready("setup");
  await door.part("go-start-tab").click();
  await door.part("event-row").filter({ hasText: "夜市 2027" }).click();
  // The supervisors of the event that is left decide.
  await door.pin();
  await door.part("gate").filter({ hasText: "夜市 2027" }).waitFor();
  const seen = await scanned(door, "YZ01ADMIT0AA");
  assert.equal(seen.verdict, "unknown_code");
});

/**
 * @param {import("../lib/door.js").Door} door
 * @param {string} code
 */
async function scanned(door, code) {
  await door.ready("door");
  const { count } = await door.painted();
  await wedge(door.page, code);
  return door.verdict(count);
}
