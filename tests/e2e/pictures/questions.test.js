// Pictures of questions, of a door that opens later and of a replaced code, in both languages.
import { GUESTS } from "../lib/people.js";
import { scene } from "../lib/scene.js";
import { snap } from "../lib/snap.js";

/** A Saturday morning in Berlin, ten minutes after the doors opened. */
const AT = "2027-05-08T08:10:20Z";
const EVENT = { event: "Lantern Days", days: "2027-05-08,2027-05-09", at: AT, people: GUESTS, within_ms: 120_000 };

const QUESTIONS = [
  { id: "meal", text: "Which meal?", kind: "choice", options: ["Fish", "Vegan", "None"], required: true },
  { id: "guests", text: "How many guests?", kind: "number" },
  { id: "photo", text: "May we take photos?", kind: "yes_no", required: true },
];

for (const language of ["en", "de"]) {
  const name = (/** @type {string} */ of) => (language === "de" ? `german-${of}` : of);
  scene(`pictures_of_questions_${language}`, { ...EVENT, laptop: { language } }, async ({ door, page, station }) => {
    const gate = { id: "main", questions: QUESTIONS };
    await station.run(["gate", "set", await station.file("g.json", JSON.stringify(gate))]);
    await door.scan("YZ02ADMIT0BB");
    await page.keyboard.press("Space");
    await snap(door, name("answers-needed"));
    await page.keyboard.press("F6");
    await door.part("questions").waitFor();
    await door.part("answer-meal").nth(1).check({ force: true });
    await snap(door, name("questions"));
    await page.keyboard.press("Escape");
    await door.leaveVerdict();
    const early = { id: "main", questions: [], opens: "14:00" };
    await station.run(["gate", "set", await station.file("e.json", JSON.stringify(early))]);
    await door.scan("YZ02ADMIT0BB");
    await page.keyboard.press("Space");
    await snap(door, name("opens-later"));
    await door.leaveVerdict();
    await station.run(["attendee", "set", "YZ18PRESS000", "code=YZ18PRESS111"]);
    await door.scan("YZ18PRESS000");
    await page.keyboard.press("Space");
    await snap(door, name("replaced"));
    await door.leaveVerdict();
    await door.scan("LANYARD-TEST");
    await page.keyboard.press("Space");
    await snap(door, name("scanner-test"));
  });
}
