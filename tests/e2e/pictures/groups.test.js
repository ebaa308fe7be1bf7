// Pictures of people who come together, of questions, guests and gates, in both languages.
import { csv, GUESTS } from "../lib/people.js";
import { scene } from "../lib/scene.js";
import { atTime } from "../lib/shim.js";
import { snap } from "../lib/snap.js";

/** A Saturday morning in Berlin, ten minutes after the doors opened. */
const AT = "2027-05-08T08:10:20Z";
const EVENT = { event: "Lantern Days", days: "2027-05-08,2027-05-09", at: AT, people: GUESTS, within_ms: 120_000 };

const FAMILY = [
  { code: "FAM1AAAA", first_name: "Ida", last_name: "Roth", ticket_type: "Regular", order: "R1", company: "" },
  { code: "FAM2AAAA", first_name: "Jan", last_name: "Roth", ticket_type: "Regular", order: "R1", company: "" },
  { code: "FAM3AAAA", first_name: "Wilhelmina Theodora", last_name: "von Hohenstein-Roth", ticket_type: "Regular", order: "R1" },
  { code: "FAM4AAAA", first_name: "ليلى", last_name: "بنت عبد الرحمن", ticket_type: "Child", order: "R1" },
  { code: "FAM5AAAA", first_name: "Uma", last_name: "Roth", ticket_type: "Regular", order: "R2" },
  { code: "FAM6AAAA", first_name: "Max", last_name: "Roth", ticket_type: "Regular", order: "R2", status: "pending" },
  { code: "FAM7AAAA", first_name: "Pia", last_name: "Roth", ticket_type: "Regular", order: "R2" },
];

const QUESTIONS = [
  { id: "meal", text: "Which meal?", kind: "choice", options: ["Fish", "Vegan", "None"], required: true },
  { id: "guests", text: "How many guests?", kind: "number" },
  { id: "photo", text: "May we take photos?", kind: "yes_no", required: true },
];

/** @param {import("../lib/station.js").Station} station */
async function before(station) {
  station.more = atTime(AT);
  await station.run(["roster", "import", await station.file("family.csv", csv(FAMILY))]);
  await station.run(["attendee", "set", "FAM4AAAA", "guardian=Ida Roth"]);
  await station.run(["attendee", "set", "YZ01ADMIT0AA", "vip=yes"]);
  await station.run(["station", "set", "--host", "true"]);
}

for (const language of ["en", "de"]) {
  const name = (/** @type {string} */ of) => (language === "de" ? `german-${of}` : of);
  scene(`pictures_of_groups_and_questions_${language}`, { ...EVENT, before, laptop: { language } }, async ({ door, page, station }) => {
    await door.scan("FAM1AAAA");
    await page.keyboard.press("Space");
    await snap(door, name("group"));
    const { count } = await door.painted();
    await page.keyboard.press("F9");
    await door.verdict(count);
    await page.keyboard.press("Space");
    await snap(door, name("group-in"));
    await door.leaveVerdict();
    await door.scan("FAM5AAAA");
    const again = await door.painted();
    await page.keyboard.press("F9");
    await door.verdict(again.count);
    await snap(door, name("group-refused"));
    await door.leaveVerdict();
    await door.scan("FAM4AAAA");
    await page.keyboard.press("Space");
    await snap(door, name("child"));
    await door.leaveVerdict();
    await door.scan("YZ01ADMIT0AA");
    await page.keyboard.press("Space");
    await door.part("host-card").waitFor();
    await snap(door, name("vip"));
    await door.leaveVerdict();
    await snap(door, name("guest"));
    await door.part("host-next").click();
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
