// Pictures of several people on one order, of children and guests, and of a gate's rules, in both languages.
import { CLASS, FAMILY, GUESTS, VIPS } from "../lib/people.js";
import { scene } from "../lib/scene.js";
import { snap } from "../lib/snap.js";

const AT = "2027-05-08T08:10:20Z";
const MIXED = FAMILY.map((one) => {
  if (one.code === "YZ22FAMILY0C") return { ...one, status: "pending" };
  return one.code === "YZ21FAMILY0B" ? { ...one, blocked: "Banned after last year" } : one;
});
/** Renamed, so that a second family has codes and an order of its own. */
const OTHERS = MIXED.map((one) => ({ ...one, code: one.code.replace("YZ2", "YZ6"), order: "FAM43", last_name: "Okonkwo-Berg" }));
const UNNAMED = [{ code: "YZ50PLUSONE0", email: "guest.of.ngozi@example.org", ticket_type: "Guest" }];
const EVENT = {
  event: "Lantern Days",
  days: "2027-05-08,2027-05-09",
  at: AT,
  people: [...GUESTS, ...FAMILY, ...OTHERS, ...CLASS, ...VIPS, ...UNNAMED],
};

for (const [name, laptop] of /** @type {const} */ ([
  ["", {}],
  ["german-", { language: "de" }],
  ["dark-", { theme: "dark" }],
  ["sun-", { theme: "sun" }],
])) {
  scene(`pictures_of_groups_${name || "english"}`, { ...EVENT, laptop: { ...laptop, host: true }, within_ms: 120_000 }, async ({ door, page }) => {
    /** @param {() => Promise<unknown>} act */
    const then = async (act) => {
      const { count } = await door.painted();
      await act();
      await door.verdict(count);
      await page.keyboard.press("Space");
    };
    await door.scan("YZ20FAMILY0A");
    await page.keyboard.press("Space");
    await snap(door, `${name}group`);
    await then(() => page.keyboard.press("F9"));
    await snap(door, `${name}group-in`);
    await door.close();
    await door.scan("YZ60FAMILY0A");
    await then(() => page.keyboard.press("F9"));
    await snap(door, `${name}group-refused`);
    await door.close();
    await door.scan("YZ40CLASS000");
    await page.keyboard.press("Space");
    await snap(door, `${name}group-class`);
    await then(() => page.keyboard.press("F9"));
    await snap(door, `${name}group-class-in`);
    await door.close();
    await door.scan("YZ22FAMILY0C");
    await page.keyboard.press("Space");
    await snap(door, `${name}group-already-in`);
    await door.close();
    await door.scan("YZ63FAMILY0D");
    await page.keyboard.press("Space");
    await snap(door, `${name}child`);
    await door.close();
    await door.scan("YZ50PLUSONE0");
    await page.keyboard.press("F7");
    await door.part("name-dialog").waitFor();
    await snap(door, `${name}name-guest`);
    await page.keyboard.press("Escape");
    await door.close();
    await door.scan("YZ30GUEST00A");
    await page.keyboard.press("Space");
    await snap(door, `${name}vip`);
    await door.close();
    await door.scan("YZ31GUEST00B");
    await page.keyboard.press("Space");
    await snap(door, `${name}vip-note`);
    await door.close();
    await door.part("host-card").waitFor();
    await snap(door, `${name}host`);
  });
}

for (const [name, laptop] of /** @type {const} */ ([
  ["", {}],
  ["german-", { language: "de" }],
  ["dark-", { theme: "dark" }],
])) {
  scene(`pictures_of_a_gate_${name || "english"}`, { ...EVENT, pin: false, state: "setup", laptop }, async ({ door }) => {
    await door.part("step-gates").click();
    await door.part("gate-row").first().getByRole("button").click();
    await door.part("gate-dialog").waitFor();
    await door.part("gate-days").focus();
    await door.page.keyboard.press("Space");
    const rows = door.part("agenda-row");
    await rows.nth(0).getByTestId("agenda-opens").fill("18:00");
    await rows.nth(0).getByTestId("agenda-closes").fill("02:00");
    await rows.nth(1).getByTestId("agenda-title").fill("Lantern parade");
    await rows.nth(1).getByTestId("agenda-who").selectOption("some");
    await door.part("agenda").scrollIntoViewIfNeeded();
    await snap(door, `${name}gate-days`);
    await door.part("gate-save").click();
    await rows.nth(1).getByTestId("agenda-type").first().check();
    await door.part("gate-save").click();
    await door.part("gate-wrong").waitFor();
    await snap(door, `${name}gate-overnight`);
    await door.part("gate-overnight").click();
    await door.part("gate-day-turns").fill("05:00");
    await door.part("gate-also").first().scrollIntoViewIfNeeded();
    await snap(door, `${name}gate-more`);
  });
}

const ROOM = [{ id: "main", name: "Workshop room", ticket_types: ["Soldering"], addon_match: true, opens: "09:00" }];
const WORKSHOPS = [
  { code: "YZ70ORDER00A", first_name: "Leila", last_name: "Haddad", ticket_type: "Regular", order: "WORK9" },
  { code: "YZ71ORDER00B", first_name: "Leila", last_name: "Haddad", ticket_type: "Soldering", order: "WORK9" },
  { code: "YZ72ORDER00C", first_name: "Omar", last_name: "Haddad", ticket_type: "Soldering", order: "WORK9" },
];

for (const language of ["en", "de"]) {
  scene(`pictures_of_a_workshop_${language}`, { ...EVENT, people: WORKSHOPS, gates: ROOM, laptop: { language } }, async ({ door, page, station }) => {
    const name = language === "de" ? "german-" : "";
    await door.scan("YZ70ORDER00A");
    await page.keyboard.press("Space");
    await snap(door, `${name}several-tickets`);
    await door.close();
    await station.run(["gate", "set", await station.file("g.json", '{"id":"main","opens":"14:00","addon_match":false}')]);
    await door.scan("YZ72ORDER00C");
    await page.keyboard.press("Space");
    await snap(door, `${name}not-open-yet`);
  });
}

scene(
  "pictures_of_a_group_in_a_small_window",
  { ...EVENT, page: { width: 1024, height: 600 } },
  async ({ door, page }) => {
    await door.scan("YZ20FAMILY0A");
    await page.keyboard.press("Space");
    await snap(door, "small-group");
    await door.close();
    await door.scan("YZ60FAMILY0A");
    await page.keyboard.press("F9");
    await door.part("party-row").first().waitFor();
    await snap(door, "small-group-refused");
  },
);
