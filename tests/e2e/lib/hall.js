// Several laptops of one event, each with its own folder, its own real `lanyard` and its own page.
import { openPage } from "./chromium.js";
import { Door } from "./door.js";
import { makeEvent } from "./scene.js";
import { Station } from "./station.js";
import { until } from "./wait.js";

/** @typedef {{ name: string, station: Station, door: Door, page: import("playwright-core").Page, context: import("playwright-core").BrowserContext, troubles: string[] }} Laptop */

export class Hall {
  /** @param {import("playwright-core").Browser} browser */
  constructor(browser) {
    this.browser = browser;
    /** The organizer's first. @type {Laptop[]} */
    this.laptops = [];
  }

  /**
   * One more laptop, served and with its page open.
   * @param {string} name
   * @param {import("./scene.js").Setting | null} event what it makes; null: its folder is empty
   */
  async add(name, event) {
    const station = await Station.make();
    if (event) await makeEvent(station, event);
    await station.serve();
    const opened = await openPage(this.browser);
    const laptop = { name, station, door: new Door(opened.page, station), ...opened };
    this.laptops.push(laptop);
    await laptop.door.openScreens();
    return laptop;
  }

  /**
   * Opens one of the organizer's places that are about laptops.
   * @param {Laptop} office
   * @param {"live" | "twice" | "invite"} place
   */
  async go(office, place) {
    if ((await office.door.part("stations").count()) === 0) {
      await office.door.part("go-stations").or(office.door.part("go-stations-tab")).click();
    }
    await office.door.part(`place-${place}`).click();
  }

  /**
   * Types a ticket on an empty laptop, and returns the six digits that it shows.
   * @param {Laptop} laptop
   * @param {string} ticket
   */
  async join(laptop, ticket) {
    await laptop.page.getByText("Join an event", { exact: true }).click();
    await laptop.door.part("join-ticket").fill(ticket);
    await laptop.door.part("join-name").fill(laptop.name);
    await laptop.door.part("join-go").click();
    const shown = await laptop.door.part("join-digits").innerText();
    return shown.replaceAll(/\D/g, "");
  }

  /** Waits until every laptop holds the same records. */
  async level() {
    await until("all laptops hold the same", async () => {
      const all = await Promise.all(this.laptops.map(({ station }) => station.run(["digest"])));
      return all.every((one) => JSON.stringify(one) === JSON.stringify(all[0]));
    });
  }

  /** What went wrong inside of the pages. */
  get troubles() {
    return this.laptops.flatMap(({ name, troubles }) => troubles.map((words) => `${name}: ${words}`));
  }

  async end() {
    for (const { context, station } of this.laptops) {
      await context.close();
      await station.end();
    }
  }
}
