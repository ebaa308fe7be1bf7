// The reports on the screen: the same numbers as the station's, found, saved and printed.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { tooWide } from "../lib/layout.js";
import { MARKUP, RTL } from "../lib/people.js";
import { scene } from "../lib/scene.js";
import { until } from "../lib/wait.js";

/** Seven on the list of sixteen come, one of them leaves, one is let in by somebody's word and one is taken back. */
const MORNING = /** @type {const} */ ([
  "YZ01ADMIT0AA", "YZ02ADMIT0BB", "YZ03ADMIT0CC", "YZ11LONGNAME", "YZ12RTLNAME0", "YZ13MARKUP00", "YZ15ENDLESS0",
]);

/** @param {import("../lib/station.js").Station} station */
async function morning(station) {
  await station.ran(["scan", "--gate", "main", ...MORNING]);
  await station.ran(["scan", "--gate", "main", "YZ05UNPAID0E", "YZ99NOBODY99"]);
  await station.run(["scan", "--gate", "main", "--exit", "YZ01ADMIT0AA"]);
  await station.run(["override", "YZ05UNPAID0E", "--gate", "main", "--by", "Kim", "--reason", "Paid in cash"]);
  const [wrong] = await station.run(["scan", "--gate", "desk", "YZ08WORKSHOP"]);
  const { station: key, epoch, seq } = wrong.record;
  await station.run(["undo", `${key}/${epoch}/${seq}`, "--by", "Kim", "--reason", "Wrong person"]);
}

/**
 * @param {import("../lib/door.js").Door} door
 * @param {string} report
 */
async function open(door, report) {
  await door.part("go-people").or(door.part("go-people-tab")).click();
  await door.ready("people");
  await door.part("go-reports-tab").click();
  await door.part(`report-${report}`).click();
  await door.ready("reports");
}

/** @param {import("../lib/door.js").Door} door */
const names = (door) => door.part("report-row").locator("th").allInnerTexts();

scene("the_report_of_attendance_counts_and_finds", { before: morning }, async ({ door, page }) => {
  await open(door, "attendance");
  assert.match(await door.part("attendance-came").innerText(), /^8\s+came/);
  assert.match(await door.part("attendance-no-shows").innerText(), /^8\s+no-shows\s+1 of them cancelled/);
  assert.equal(await door.part("report-row").count(), 16);
  await page.getByText("No-shows", { exact: true }).first().click();
  await until("the no-shows", async () => (await door.part("report-row").count()) === 8);
  await door.part("attendance-types").getByRole("button", { name: /Speaker/ }).click();
  await until("one speaker", async () => (await door.part("report-row").count()) === 1);
  assert.match((await names(door))[0] ?? "", /Zoë Yardley/);
  await door.part("attendance-types").getByRole("button", { name: /Speaker/ }).click();
  await page.getByText("All", { exact: true }).click();
  await until("everybody", async () => (await door.part("report-row").count()) === 16);
  await door.part("attendance-find").fill("zolkiewski");
  await until("one name", async () => /Żółkiewski/.test((await names(door)).join()));
  await door.part("attendance-find").fill("zzzz");
  await page.getByText("Nobody fits that").waitFor();
});

scene("who_is_inside_is_on_the_list_at_once", { before: morning }, async ({ door, station }) => {
  await open(door, "inside");
  const counted = (/** @type {number} */ many) =>
    until(`${many} inside`, async () => (await door.part("inside-count").innerText()).startsWith(`${many}\n`));
  await counted(7);
  const lines = await station.run(["report", "inside"]);
  assert.equal(lines.length, 7);
  assert.equal(await door.part("report-row").count(), 7);
  assert.equal((await names(door)).some((name) => /Aylin/.test(name)), false, "she left");
  await station.run(["scan", "--gate", "main", "YZ04NOTED0DD"]);
  await counted(8);
  const [stats] = await station.call("stats");
  assert.equal(stats.inside, 8);
});

scene("the_list_is_printed_with_its_event_and_everybody_on_it", { before: morning, laptop: { theme: "dark" } }, async ({ door, page }) => {
  await open(door, "inside");
  await door.part("inside-rows").waitFor();
  await page.evaluate(() => {
    window.print = () => Object.assign(window, { printed: true });
  });
  await door.part("inside-print").click();
  await until("the dialog of the browser", () => page.evaluate(() => "printed" in window));
  await page.emulateMedia({ media: "print" });
  const sheet = door.part("sheet");
  const text = await sheet.innerText();
  for (const words of ["Lantern Days", "Evacuation list", "7 people inside", RTL[0], MARKUP[0]]) {
    assert.ok(text.includes(words), `${words}: ${text}`);
  }
  assert.equal(await page.locator("#app").isVisible(), false, "nothing else is on the paper");
  const [ink, paper] = await sheet.evaluate((element) => [
    getComputedStyle(element).color,
    getComputedStyle(document.body).backgroundColor,
  ]);
  assert.deepEqual([ink, paper], ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]);
  assert.ok((await page.pdf({ format: "A4" })).length > 5_000);
  await page.emulateMedia({ media: "screen" });
  assert.equal(await sheet.isVisible(), false);
});

scene("gates_and_decisions_are_told_as_the_station_tells_them", { before: morning }, async ({ door, station }) => {
  await open(door, "gates");
  await door.part("gate-plot").first().waitFor();
  const gates = await station.run(["report", "gates"]);
  const sum = (/** @type {string} */ key) => gates.reduce((all, line) => all + (line.gate === "main" ? line[key] : 0), 0);
  const said = await door.part("gate-plot").first().locator("figcaption").innerText();
  assert.match(said, new RegExp(`Main entrance\\s+${sum("admitted")} in · ${sum("exited")} out · ${sum("refused")} refused`));
  assert.equal(await door.part("report-row").count(), gates.length);
  await door.part("report-acts").click();
  const rows = door.part("act-rows").getByTestId("report-row");
  await rows.first().waitFor();
  const told = await rows.allInnerTexts();
  assert.match(told[0] ?? "", /Taken back[^]*Sólveig[^]*Wrong person/);
  assert.match(told[1] ?? "", /Let in all the same[^]*Żółkiewski[^]*Not paid[^]*Paid in cash/);
});

scene("a_report_is_saved_as_the_station_writes_it", { before: morning }, async ({ door, page, station, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await open(door, "inside");
  await door.part("inside-rows").waitFor();
  const saved = page.waitForEvent("download");
  await door.part("report-csv").click();
  const file = await saved;
  assert.match(file.suggestedFilename(), /^Lantern Days, Inside now, \d{4}-\d\d-\d\d \d{4}\.csv$/);
  const csv = (await readFile(await file.path(), "utf8")).replaceAll("\r\n", "\n");
  const { stdout } = await station.ran(["report", "inside", "--format", "csv"]);
  assert.equal(csv, `\uFEFF${stdout}`);
  await door.part("report-copy").click();
  await page.getByText("Paste it into a spreadsheet").waitFor();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  assert.ok(copied.replaceAll("\r", "").startsWith("id\tname\tticket_type\t"), copied);
  // Everybody's data in one file is a supervisor's.
  await door.part("report-attendance").click();
  const everybody = page.waitForEvent("download");
  await door.part("report-csv").click();
  await door.pin();
  const rows = (await readFile(await (await everybody).path(), "utf8")).trim().split("\r\n");
  assert.equal(rows.length, 17);
});

scene("reports_of_an_event_in_which_nothing_happened_say_so", { people: null }, async ({ door }) => {
  await open(door, "attendance");
  for (const [report, words] of /** @type {const} */ ([
    ["attendance", /nobody on the list/],
    ["inside", /Nobody is inside/],
    ["gates", /No gate has scanned/],
    ["acts", /Nothing was decided/],
  ])) {
    await door.part(`report-${report}`).click();
    await until(report, async () => words.test(await door.part("report-empty").innerText()));
  }
});

scene("a_report_that_cannot_be_made_says_so_and_comes_back", { before: morning }, async ({ door, page }) => {
  await open(door, "gates");
  await door.part("gate-plot").first().waitFor();
  const error = { code: "damaged", message: "The store cannot be read.", hint: "Run `lanyard verify`." };
  await page.route("**/api/report_inside", (route) => route.fulfill({ status: 422, json: { error } }));
  await door.part("report-inside").click();
  const problem = door.part("report-problem");
  await problem.waitFor();
  assert.match(await problem.innerText(), /damaged[^]*The store cannot be read/);
  await page.unroute("**/api/report_inside");
  await problem.getByRole("button").click();
  await door.part("inside-rows").waitFor();
  await problem.waitFor({ state: "detached" });
});

for (const [width, height] of [
  [1366, 768],
  [1024, 600],
]) {
  scene(`reports_fit_any_name_at_${width}_by_${height}`, { before: morning, page: { width, height } }, async ({ door, page }) => {
    await open(door, "attendance");
    for (const report of ["attendance", "inside", "gates", "acts"]) {
      await door.part(`report-${report}`).click();
      await door.part("report-row").first().waitFor();
      assert.deepEqual(await tooWide(page), [], report);
      assert.equal(await page.evaluate(() => "hurt" in window), false, "markup was run");
    }
  });
}
