// People who come together, what they are asked, and whom a host wants to greet.
import assert from "node:assert/strict";
import { csv, LONG, RTL } from "../lib/people.js";
import { scene } from "../lib/scene.js";
import { until } from "../lib/wait.js";

const FAMILY = [
  { code: "FAM1AAAA", first_name: "Ida", last_name: "Roth", ticket_type: "Regular", order: "R1" },
  { code: "FAM2AAAA", first_name: "Jan", last_name: "Roth", ticket_type: "Regular", order: "R1" },
  { code: "FAM3AAAA", first_name: LONG[0], last_name: LONG[1], ticket_type: "Regular", order: "R1" },
  { code: "FAM4AAAA", first_name: RTL[0], last_name: RTL[1], ticket_type: "Regular", order: "R1" },
  { code: "FAM5AAAA", first_name: "Uma", last_name: "Roth", ticket_type: "Regular", order: "R2" },
  { code: "FAM6AAAA", first_name: "Max", last_name: "Roth", ticket_type: "Regular", status: "pending", order: "R2" },
];

/** @param {import("../lib/station.js").Station} station */
async function bringIn(station) {
  await station.run(["roster", "import", await station.file("family.csv", csv(FAMILY))]);
}

scene("a_family_of_four_goes_in_by_one_act", {}, async ({ door, page, station }) => {
  await bringIn(station);
  const first = await door.scan("FAM1AAAA");
  assert.equal(first.word, "Go in");
  assert.match(first.text, /Jan Roth/);
  const { count } = await door.painted();
  await page.keyboard.press("F9");
  const all = await door.verdict(count);
  assert.equal(all.tone, "go");
  assert.match(await door.part("together").innerText(), /3 people/);
  const recent = await door.recent();
  assert.equal(recent.filter((one) => one.verdict === "admitted").length, 4, "one fact each");
});

scene("some_of_an_order_are_let_in", {}, async ({ door, station }) => {
  await bringIn(station);
  await door.scan("FAM1AAAA");
  await door.part("group-pick").click();
  const mates = door.part("group-mate");
  assert.equal(await mates.count(), 3);
  await mates.filter({ hasText: "Jan" }).click();
  const { count } = await door.painted();
  await door.part("group-done").click();
  await door.verdict(count);
  const names = (await door.recent()).map((one) => one.attendee?.name);
  assert.equal(names.length, 3);
  assert.ok(!names.includes("Jan Roth"), String(names));
});

scene("of_a_group_the_one_who_is_refused_is_shown", {}, async ({ door, page, station }) => {
  await bringIn(station);
  await door.scan("FAM5AAAA");
  const { count } = await door.painted();
  await page.keyboard.press("F9");
  const seen = await door.verdict(count);
  assert.deepEqual([seen.tone, seen.verdict], ["stop", "unpaid"]);
  assert.match(seen.text, /Max Roth/);
});

scene("questions_are_asked_and_then_the_person_goes_in", {}, async ({ door, page, station }) => {
  const gate = {
    id: "main",
    questions: [
      { id: "meal", text: "Which meal?", kind: "choice", options: ["Fish", "Vegan"], required: true },
      { id: "guests", text: "How many guests?", kind: "number" },
      { id: "photo", text: "Photo allowed?", kind: "yes_no", required: true },
    ],
  };
  await station.run(["gate", "set", await station.file("g.json", JSON.stringify(gate))]);
  const asked = await door.scan("YZ01ADMIT0AA");
  assert.deepEqual([asked.verdict, asked.word], ["answers_needed", "Questions"]);
  await page.keyboard.press("F6");
  await door.part("questions").waitFor();
  await door.part("questions-done").click();
  await page.getByText("This has to be answered.").first().waitFor();
  await door.part("answer-meal").nth(1).check({ force: true });
  await door.part("answer-guests").fill("many");
  await door.part("answer-photo").nth(0).check({ force: true });
  const { count } = await door.painted();
  await door.part("questions-done").click();
  const again = await door.verdict(count);
  assert.equal(again.verdict, "answers_needed", "many is no number");
  await door.part("answer").click();
  assert.equal(await door.part("answer-guests").inputValue(), "many");
  assert.equal(await door.part("question-meal").count(), 0, "what was well answered is asked no more");
  await door.part("answer-guests").fill("2");
  await door.part("questions-done").click();
  const last = await until("she goes in", async () => {
    const seen = await door.shown();
    return seen.verdict === "admitted" ? seen : null;
  });
  assert.equal(last.tone, "go");
  const [person] = await station.run(["attendee", "show", "YZ01ADMIT0AA"]);
  assert.deepEqual(person.answers, { meal: "Vegan", guests: "2", photo: "yes" });
});

scene("a_guest_is_announced_to_the_host_and_marked_at_the_door", {}, async ({ door, page, station }) => {
  await station.run(["attendee", "set", "YZ01ADMIT0AA", "vip=yes"]);
  await station.run(["attendee", "set", "YZ02ADMIT0BB", "guardian=Mrs Nkosi"]);
  await station.run(["station", "set", "--host", "true"]);
  const seen = await door.scan("YZ01ADMIT0AA");
  assert.equal(seen.tone, "go");
  await door.part("vip").waitFor();
  const card = door.part("guest");
  await card.waitFor();
  assert.match(await card.innerText(), /Aylin Öztürk/);
  await door.part("guest-seen").click();
  await card.waitFor({ state: "detached" });
  const child = await door.scan("YZ02ADMIT0BB");
  assert.equal(child.tone, "look");
  assert.match(await door.part("guardian").innerText(), /Mrs Nkosi/);
  await page.keyboard.press("Escape");
  const test = await door.scan("LANYARD-TEST");
  assert.equal(test.word, "Scanner works");
  assert.equal((await door.recent()).length, 2, "a test leaves no trace");
});
