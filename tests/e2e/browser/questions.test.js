// What people are asked at a door, and how a scanner is tried.
import assert from "node:assert/strict";
import { scene } from "../lib/scene.js";
import { until } from "../lib/wait.js";

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

scene("the_code_that_tests_a_scanner_says_so_and_leaves_no_trace", {}, async ({ door }) => {
  const test = await door.scan("LANYARD-TEST");
  assert.deepEqual([test.tone, test.word], ["go", "Scanner works"]);
  assert.deepEqual(await door.recent(), []);
});
