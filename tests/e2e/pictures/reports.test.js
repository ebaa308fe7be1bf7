// Pictures of the reports of a long day: who came, who is inside, what the gates did, what was decided by hand.
import { GUESTS } from "../lib/people.js";
import { earlier, scene } from "../lib/scene.js";
import { atTime } from "../lib/shim.js";
import { snap } from "../lib/snap.js";

/** A Saturday afternoon in Berlin. */
const AT = "2027-05-08T13:20:20Z";

const FIRST = [
  "Amara", "Bjørn", "Chiara", "Dilan", "Elif", "Farid", "Grażyna", "Hiro", "Inés", "Jonas", "Kavya", "Luca", "Maëlle",
  "Nadia", "Otto", "Priya", "Quang", "Rosa", "Samir", "Tove",
];
const LAST = [
  "Adeyemi", "Baumann", "Castillo", "Demir", "Eriksen", "Fontaine", "Grünwald", "Haddad", "Ivanova", "Jansen",
  "Kowalski", "Lindqvist", "Moreau", "Nakamura", "Okafor", "Petrov", "Quispe", "Rossi", "Schäfer",
];
const COMPANY = ["", "Werkstatt Nord", "Studio Yardley", "", "Hafen & Licht GmbH", "하루신문", "", "Atelier Ost"];
const TYPES = ["Regular", "Regular", "Regular", "Workshop", "Regular", "Press", "Regular", "Speaker"];

/** A few hundred more, always the same. */
const CROWD = Array.from({ length: 380 }, (_, n) => ({
  code: `CROWD${String(n).padStart(4, "0")}`,
  first_name: FIRST[n % FIRST.length] ?? "",
  last_name: LAST[n % LAST.length] ?? "",
  company: COMPANY[n % COMPANY.length] ?? "",
  ticket_type: TYPES[n % TYPES.length] ?? "",
  status: n % 41 === 40 ? "cancelled" : "paid",
  entries: n % 57 === 3 ? "4" : "",
}));

const GATES = [
  { id: "main", name: "Main entrance", area: "house", reentry_after_exit: true },
  { id: "garden", name: "Garden gate", area: "house", reentry_after_exit: true },
  { id: "lounge", name: "Speakers' lounge", area: "lounge", ticket_types: ["Speaker"], entries: "unlimited" },
  { id: "desk", name: "Cash desk", area: "house", include_pending: true },
];

/** How many come in a quarter of an hour: before the talks begin, and once more after lunch. */
const WAVE = [14, 38, 61, 47, 22, 9, 6, 4, 3, 5, 4, 2, 7, 19, 24, 11, 5, 3, 2, 2, 3];

/**
 * A day at three gates. Codes of one quarter of an hour are scanned by one command, at one time.
 * @param {import("../lib/station.js").Station} station
 */
async function day(station) {
  const begin = Date.parse(AT) - (WAVE.length * 15 - 4) * 60_000;
  let next = 0;
  for (const [quarter, many] of WAVE.entries()) {
    const at = new Date(begin + quarter * 15 * 60_000).toISOString();
    const scan = (/** @type {string} */ gate, /** @type {string[]} */ codes, /** @type {string[]} */ ...more) =>
      codes.length > 0 && station.ran(["scan", "--gate", gate, "--at", at, ...more, ...codes]);
    const codes = CROWD.slice(next, next + many).map(({ code }) => code);
    next += many;
    const garden = codes.filter((_, index) => index % 3 === 2);
    await scan("main", codes.filter((code) => !garden.includes(code)));
    await scan("garden", garden);
    // Some are read twice, and whoever is not on the list tries as well.
    await scan("main", codes.slice(0, Math.ceil(many / 12)).concat(quarter % 4 === 1 ? ["STRANGER"] : []));
    const left = CROWD.filter((_, index) => index < next - 90 && index % 5 === quarter % 5 && index % 3 === 0);
    await scan("main", left.slice(0, quarter > 6 ? 9 : 0).map(({ code }) => code), "--exit");
    await scan("lounge", codes.filter((_, index) => TYPES[(next - many + index) % TYPES.length] === "Speaker"));
  }
  for (const [code, minutes] of /** @type {const} */ ([["YZ12RTLNAME0", 61], ["YZ11LONGNAME", 42], ["YZ02ADMIT0BB", 33], ["CROWD0003", 31], ["CROWD0003", 30]])) {
    await station.ran(["scan", "--gate", "main", "--at", earlier(AT, minutes), code]);
  }
  await decide(station);
}

/**
 * What was decided by hand, with the time of the laptop as it was then.
 * @param {import("../lib/station.js").Station} station
 */
async function decide(station) {
  const at = (/** @type {number} */ minutes) => (station.more = atTime(earlier(AT, minutes)));
  const by = (/** @type {string} */ name, /** @type {string} */ reason) => ["--by", name, "--reason", reason];
  at(190);
  await station.run(["override", "YZ05UNPAID0E", "--gate", "main", ...by("Kim", "Paid in cash")]);
  at(121);
  const [wrong] = await station.run(["scan", "--gate", "garden", "YZ03ADMIT0CC"]);
  const record = `${wrong.record.station}/${wrong.record.epoch}/${wrong.record.seq}`;
  at(120);
  await station.run(["undo", record, ...by("Noor", "Wrong person: scanned for the one behind")]);
  at(75);
  const [held] = await station.run(["override", "YZ07BLOCKED0", "--gate", "desk", ...by("Kim", "Says it is settled")]);
  const let_in = `${held.record.station}/${held.record.epoch}/${held.record.seq}`;
  at(73);
  await station.run(["undo", let_in, ...by("Ada", "It is not settled")]);
  await station.run(["override", "YZ16OTHERDAY", "--gate", "main", ...by("Ada", "Ticket changed to today by phone")]);
  at(20);
  await station.run(["override", "CROWD0011", "--gate", "main", "--void-first", ...by("Kim", "ID checked: the first one had a copy")]);
}

const EVENT = {
  event: "Lantern Days",
  days: "2027-05-08,2027-05-09",
  at: AT,
  people: [...GUESTS, ...CROWD],
  gates: GATES,
  before: day,
  within_ms: 180_000,
};

/**
 * @param {import("../lib/door.js").Door} door
 * @param {string} name
 */
async function snapEach(door, name) {
  await door.part("go-setup").click();
  await door.ready("setup");
  await door.part("go-reports-tab").click();
  await door.ready("reports");
  for (const report of ["attendance", "inside", "gates", "acts"]) {
    await door.part(`report-${report}`).click();
    await door.part("report-row").first().waitFor();
    await snap(door, `${name}-${report}`);
  }
}

for (const [name, laptop] of /** @type {const} */ ([
  ["reports", {}],
  ["german-reports", { language: "de" }],
  ["dark-reports", { theme: "dark" }],
])) {
  scene(`pictures_of_${name}`, { ...EVENT, laptop }, async ({ door }) => {
    await snapEach(door, name);
  });
}

scene("pictures_of_reports_in_a_small_window", { ...EVENT, page: { width: 1024, height: 600 } }, async ({ door }) => {
  await snapEach(door, "small-reports");
});
