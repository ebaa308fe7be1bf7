// Several laptops of one event, each with its own folder, its own real `lanyard` and its own page.
import assert from "node:assert/strict";
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

  /**
   * An organizer and two doors that join by their screens.
   * @param {import("./scene.js").Setting} event
   * @param {(office: Laptop, door: Laptop) => Promise<void>} [asking] what is done while the first door asks to be let in
   */
  async three(event, asking) {
    const office = await this.add("Office", event);
    await this.go(office, "invite");
    await office.door.part("invite-more").click();
    await office.door.part("invite-make").click();
    await office.door.part("qr").waitFor();
    const text = office.door.part("ticket-text");
    const ticket = (await text.inputValue().catch(() => text.innerText())).trim();
    const doors = [];
    for (const name of ["Main entrance 1", "Main entrance 2"]) {
      const door = await this.add(name, null);
      const digits = await this.join(door, ticket);
      assert.match(digits, /^\d{6}$/);
      const joiner = office.door.part("joiner").filter({ hasText: name });
      await joiner.waitFor();
      assert.equal((await joiner.innerText()).replaceAll(/\D/g, "").slice(0, 6), digits);
      if (doors.length === 0) await asking?.(office, door);
      await joiner.getByTestId("joiner-approve").click();
      await door.door.part("joined").waitFor();
      doors.push(door);
    }
    await this.level();
    for (const { door, station } of doors) {
      await station.run(["station", "set", "--gate", "main", "--operator", "Noa"]);
      await door.part("joined-door").click();
      await door.ready("door");
    }
    const [one, two] = doors;
    assert.ok(one && two);
    return { office, one, two };
  }

  /**
   * Waits until one laptop takes another for silent.
   * @param {Laptop} laptop
   * @param {Laptop} other
   */
  async silence(laptop, other) {
    await until("the silence is noticed", async () => {
      const [line] = await laptop.station.call("sync_show");
      return line.silent.some((/** @type {any} */ silent) => silent.station === other.name);
    }, 20_000);
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
