// One test: a station, a browser with its screens, and what is left to look at when it fails.
import { mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { openPage, startChromium } from "./chromium.js";
import { Door } from "./door.js";
import { csv, EVERYBODY, GATES, SUPERVISOR } from "./people.js";
import { atTime } from "./shim.js";
import { Station } from "./station.js";

/** @type {import("playwright-core").Browser | undefined} */
let browser;
before(async () => {
  browser = await startChromium();
});
after(async () => {
  await browser?.close();
});

/**
 * @typedef {object} Setting
 * @property {string | null} [event] name of the event; null: there is none
 * @property {string} [zone]
 * @property {string} [days]
 * @property {"open" | "setup" | "rehearsal"} [state]
 * @property {import("./people.js").Person[] | null} [people] null: nobody
 * @property {object[]} [gates]
 * @property {boolean} [pin] whether there is a supervisor with a PIN
 * @property {object} [laptop] what `station_set` is told at the end
 * @property {Parameters<typeof openPage>[1]} [page]
 * @property {Parameters<Station["serve"]>[0]} [serve]
 * @property {string} [at] what time it is for the station and, standing still, for the page
 * @property {(station: Station) => Promise<void>} [before] what happens before the screens are served
 * @property {boolean} [opened] false: the page is not opened yet
 * @property {number} [within_ms]
 */

/** @typedef {{ station: Station, door: Door, page: import("playwright-core").Page, context: import("playwright-core").BrowserContext }} Scene */

/**
 * @param {string} time
 * @param {number} minutes
 */
export function earlier(time, minutes) {
  return new Date(Date.parse(time) - minutes * 60_000).toISOString();
}

/**
 * Makes an event by the command line, as an organizer could.
 * @param {Station} station
 * @param {Setting} setting
 */
export async function makeEvent(station, setting) {
  if (setting.event === null) return;
  const words = ["--name", setting.event ?? "Lantern Days", "--timezone", setting.zone ?? "Europe/Berlin"];
  if (setting.days) words.push("--days", setting.days);
  if (setting.state === "setup") words.push("--setup");
  await station.run(["event", "new", "--station-name", "laptop 1", ...words]);
  const people = setting.people === undefined ? EVERYBODY : setting.people;
  if (people) await station.run(["roster", "import", await station.file("people.csv", csv(people))]);
  const gates = JSON.stringify(setting.gates ?? GATES);
  await station.run(["gate", "set", await station.file("gates.json", gates)]);
  await station.run(["operator", "set", "--name", "Kim"]);
  if (setting.pin !== false) {
    const who = ["--name", SUPERVISOR.name, "--role", "supervisor", "--pin", SUPERVISOR.pin];
    await station.run(["operator", "set", ...who]);
  }
  if (setting.state === "rehearsal") await station.run(["event", "rehearse"]);
  // Last, since a supervisor is asked for when a door is changed, not when one is set first.
  await station.run(["station", "set", "--gate", "main", "--operator", "Kim"]);
}

/**
 * A test in a browser. Its name is a sentence.
 * @param {string} name
 * @param {Setting} setting
 * @param {(scene: Scene) => Promise<void>} body
 */
export function scene(name, setting, body) {
  test(name, { timeout: setting.within_ms ?? 60_000 }, async () => {
    const station = await Station.make();
    let opened;
    // The event was made before, so that what happened before this moment comes after that.
    if (setting.at) station.more = atTime(earlier(setting.at, 30));
    try {
      await makeEvent(station, setting);
      await setting.before?.(station);
      if (setting.at) station.more = atTime(setting.at);
      await station.serve(setting.serve);
      if (setting.laptop) await station.call("station_set", setting.laptop);
      if (!browser) throw new Error("no browser");
      opened = await openPage(browser, setting.page);
      const door = new Door(opened.page, station);
      if (setting.at) await opened.page.clock.setFixedTime(setting.at);
      if (setting.opened !== false) await door.openScreens();
      await body({ station, door, page: opened.page, context: opened.context });
      if (opened.troubles.length > 0) throw new Error(`in the page: ${opened.troubles.join("\n")}`);
    } catch (thrown) {
      throw await withPicture(thrown, name, opened, station);
    } finally {
      await opened?.context.close();
      await station.end();
    }
  });
}

/**
 * @param {unknown} thrown
 * @param {string} name
 * @param {Awaited<ReturnType<typeof openPage>> | undefined} opened
 * @param {Station} station
 */
async function withPicture(thrown, name, opened, station) {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  if (!opened) return error;
  const folder = join(tmpdir(), "lanyard-e2e-failed");
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${name.replaceAll(/[^a-z0-9]+/gi, "-").slice(0, 80)}.png`);
  const taken = await opened.page.screenshot({ path }).then(() => path, () => "none could be taken");
  error.message += `\n  picture: ${taken}`;
  if (opened.troubles.length > 0) error.message += `\n  in the page: ${opened.troubles.join("\n  ")}`;
  if (station.errors) error.message += `\n  the station wrote: ${station.errors}`;
  return error;
}
