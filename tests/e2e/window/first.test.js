// The first start, and an import that nobody lets finish.
import assert from "node:assert/strict";
import { until } from "../lib/wait.js";
import { windowed } from "../lib/window.js";

/** So many that an import of them can be interrupted. */
const MANY = 60_000;

windowed("an_empty_folder_shows_the_first_start", { event: null }, async (place) => {
  const window = await place.open();
  assert.equal(await window.ready(), "start");
  await window.sees("start-name");
  assert.equal((await window.words()).includes("Lantern"), false);
  // An event made meanwhile by a terminal is there to choose.
  await place.station.run(["event", "new", "--name", "Pier Market", "--timezone", "Europe/Helsinki"]);
  await until("the event", async () => (await window.words()).includes("Pier Market"));
});

/** @param {import("../lib/window.js").Place} place */
async function importBegun(place) {
  const rows = Array.from({ length: MANY }, (_, index) => `CROWD${index},Guest,No ${index},Regular`);
  const list = await place.station.file("many.csv", `Code,First name,Last name,Category\n${rows.join("\n")}\n`);
  const window = await place.open();
  await window.ready("setup");
  await window.click("step-people");
  await until("the field for files", async () => (await window.text("import-file")) !== null);
  await window.fill("import-file", list);
  await window.sees("import-added", /60/, 30_000);
  await window.click("import-run");
  await until("the import is under way", () =>
    window.driver.execute(`
      const bar = document.querySelector('[data-testid="import-progress"]');
      return Number(bar?.getAttribute("aria-valuenow") ?? 0) > 0;`), 15_000);
  return window;
}

/** @param {import("../lib/window.js").Place} place */
async function nothingHalf({ station }) {
  const [event] = await station.run(["event", "show"]);
  assert.ok([0, MANY].includes(event.attendees), `${event.attendees} people are there`);
  await station.run(["verify"]);
  return event.attendees;
}

for (const [name, end] of /** @type {[string, (window: import("../lib/window.js").Window) => Promise<void>][]} */ ([
  ["closed", async (window) => {
    await window.askToClose();
    await until("it ends, at once or when asked again", async () => {
      if (await window.over(500).then(() => true, () => false)) return true;
      await window.askToClose().catch(() => undefined);
      return false;
    }, 30_000);
    await window.end();
  }],
  ["killed", (window) => window.kill()],
])) {
  windowed(`a_window_${name}_in_the_middle_of_an_import_leaves_nothing_half`, { people: [], state: "setup" }, async (place) => {
    const window = await importBegun(place);
    await end(window);
    const people = await nothingHalf(place);
    const again = await place.open({ on: window.display });
    assert.equal(await again.ready(), "setup");
    await again.click("step-people");
    await again.sees("import-choose");
    if (name === "killed") assert.equal(people, 0, "it was over before it was killed: take more people");
    assert.equal(await nothingHalf(place), people);
  });
}
