// One person: found, corrected, cancelled, added, and what happened to them.
import assert from "node:assert/strict";
import { scene } from "../lib/scene.js";
import { until } from "../lib/wait.js";

/**
 * @param {import("../lib/door.js").Door} door
 * @param {string} name the last one
 */
async function openPerson(door, name) {
  await door.part("go-people").click();
  await door.ready("people");
  await find(door, name);
  await door.part("person").filter({ hasText: name }).waitFor();
}

/**
 * @param {import("../lib/door.js").Door} door
 * @param {string} name
 */
async function find(door, name) {
  await door.part("people-search").fill(name.toLowerCase());
  await door.part("people-row").filter({ hasText: name }).first().click();
}

scene("a_person_is_corrected_and_the_history_says_by_whom", {}, async ({ door, station }) => {
  await door.scan("YZ04NOTED0DD");
  await door.leaveVerdict();
  await openPerson(door, "Yardley");
  await door.part("person-field-company").fill("Studio Nord");
  await door.part("person-save").click();
  await door.part("person-history-row").filter({ hasText: "Studio Nord" }).filter({ hasText: "Kim" }).waitFor();
  const [who] = await station.call("attendee_show", { who: "YZ04NOTED0DD" });
  assert.equal(who.company, "Studio Nord");
  const scan = door.part("person-history-row").filter({ hasText: "Main entrance" });
  assert.match(await scan.innerText(), /Kim/);
});

scene("what_a_door_may_not_change_alone_asks_for_a_supervisor", {}, async ({ door, station }) => {
  await openPerson(door, "Öztürk");
  const type = door.part("person-field-ticket_type");
  await type.fill("Speaker").catch(() => type.selectOption("Speaker"));
  await door.part("person-save").click();
  await door.pin();
  await until("it is saved", async () => {
    return (await station.call("attendee_show", { who: "YZ01ADMIT0AA" }))[0].ticket_type === "Speaker";
  });
});

scene("a_ticket_is_cancelled_with_a_reason_and_refused_afterwards", {}, async ({ door }) => {
  await openPerson(door, "Öztürk");
  await door.part("person-cancel").click();
  await door.part("cancel-dialog").getByText("Asked for a refund").click();
  await door.part("cancel-yes").click();
  await door.pin();
  await door.part("person-restore").waitFor();
  await door.part("go-door-tab").click();
  await door.ready("door");
  assert.equal((await door.scan("YZ01ADMIT0AA")).verdict, "cancelled");
});

scene("a_person_is_added_among_the_people_and_checked_in_from_there", {}, async ({ door, page }) => {
  await door.part("go-people").click();
  await door.ready("people");
  await door.part("people-add").click();
  await door.part("add-name").fill("Tūī Parata");
  await page.getByTestId("add-dialog").getByText("Speaker", { exact: true }).click();
  await page.getByText("Press", { exact: true }).click();
  await door.part("add-save").click();
  await door.pin();
  await door.part("person").filter({ hasText: "Tūī Parata" }).waitFor();
  const { count } = await door.painted();
  await door.part("person-checkin").click();
  const seen = await door.verdict(count);
  assert.equal(seen.verdict, "admitted");
  assert.match(seen.text, /Tūī Parata/);
});

scene("an_undone_scan_and_an_override_are_told_in_the_history", {}, async ({ door, station }) => {
  const by = { by: "Kim", supervisor: { name: "Ada", pin: "4711" } };
  const [{ record }] = await station.call("scan", { gate: "main", code: "YZ01ADMIT0AA" }, by);
  const name = `${record.station}/${record.epoch}/${record.seq}`;
  await station.call("undo", { record: name, reason: "stood at the wrong door" }, by);
  await station.call("override", { gate: "main", code: "YZ06CANCEL0F", reason: "paid at the desk" }, by);
  await openPerson(door, "Öztürk");
  const undone = await door.part("person-history-row").first().innerText();
  assert.match(undone, /Kim/);
  assert.match(undone, /stood at the wrong door/);
  assert.match(undone, /Ada/);
  await find(door, "Haddad");
  await door.part("person-history-row").filter({ hasText: "paid at the desk" }).waitFor();
});

scene("changes_that_are_not_saved_are_not_lost_in_silence", {}, async ({ door }) => {
  await openPerson(door, "Öztürk");
  await door.part("person-field-company").fill("Half typed");
  await find(door, "Yardley");
  await door.part("person-leave").waitFor();
  await door.page.keyboard.press("Escape");
  assert.equal(await door.part("person-field-company").inputValue(), "Half typed");
});

scene("what_happens_at_a_door_is_seen_on_the_open_person", {}, async ({ door, station }) => {
  await openPerson(door, "Öztürk");
  await station.run(["scan", "--gate", "desk", "YZ01ADMIT0AA"]);
  await door.part("person-history-row").filter({ hasText: "Cash desk" }).waitFor({ timeout: 3_000 });
});
