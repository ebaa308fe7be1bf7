// The screens as a person uses them: small acts by name, waiting for what they show.
import { SUPERVISOR } from "./people.js";
import { until } from "./wait.js";
import { wedge } from "./wedge.js";

export class Door {
  /**
   * @param {import("playwright-core").Page} page
   * @param {import("./station.js").Station} station
   */
  constructor(page, station) {
    this.page = page;
    this.station = station;
  }

  /** @param {string} id */
  part(id) {
    return this.page.getByTestId(id);
  }

  /** Opens the address that the station printed and waits until a screen can be used. */
  async openScreens() {
    await this.page.goto(this.station.url);
    return this.ready();
  }

  /**
   * Waits until a screen can be used, and tells which one it is.
   * @param {string} [which]
   */
  async ready(which) {
    return until(`the screen ${which ?? "is"} ready`, () =>
      this.page.evaluate((wanted) => {
        const now = document.documentElement.dataset.ready;
        return now && (!wanted || now === wanted) ? now : null;
      }, which),
    );
  }

  /** How many verdicts were painted so far. */
  painted() {
    return this.page.evaluate(() => {
      const seen = /** @type {any} */ (window).__verdicts ?? [];
      return { count: seen.length, last: seen.at(-1) ?? null };
    });
  }

  /**
   * Scans a code with the wedge and waits until its verdict is painted. Each is meant as a scan of its own, as after
   * the few seconds in which the same code only repeats; who wants to see what a repetition does, scans by `wedge`.
   * @param {string} code
   * @param {import("./wedge.js").How} [how]
   */
  async scan(code, how) {
    const { count } = await this.painted();
    await this.station.call("input_declined", { text: code });
    await wedge(this.page, code, how);
    return this.verdict(count);
  }

  /**
   * Waits for one verdict more than there were, and reads it.
   * @param {number} before
   */
  async verdict(before) {
    await until("a verdict is painted", async () => (await this.painted()).count > before);
    return this.shown();
  }

  /** The verdict on the screen now, read in one moment: the next one may take its place at any time. */
  shown() {
    return this.part("verdict").evaluate((verdict) => ({
      tone: verdict.getAttribute("data-tone"),
      verdict: verdict.getAttribute("data-verdict"),
      word: verdict.querySelector("[data-testid=verdict-word]")?.textContent?.trim() ?? "",
      text: /** @type {HTMLElement} */ (verdict).innerText.trim(),
    }));
  }

  /** Takes the verdict away. */
  async close() {
    await this.page.keyboard.press("Escape");
    await this.part("verdict").waitFor({ state: "detached" });
  }

  /** Takes the verdict away if one is still there. */
  async leaveVerdict() {
    if (await this.part("verdict").count()) await this.page.keyboard.press("Escape");
    await this.part("verdict").waitFor({ state: "detached" });
  }

  /**
   * Holds a button until it acts.
   * @param {import("playwright-core").Locator} button
   * @param {import("playwright-core").Locator} then what it leads to
   */
  async hold(button, then) {
    await button.hover();
    await this.page.mouse.down();
    await then.waitFor();
    await this.page.mouse.up();
  }

  /**
   * Gives a PIN where one is asked for.
   * @param {string} [digits]
   */
  async pin(digits = SUPERVISOR.pin) {
    await this.part("pin-digits").fill(digits);
    await this.part("pin-ok").click();
  }

  /** The latest scans as a terminal sees them, newest first. */
  async recent(limit = 20) {
    return this.station.run(["recent", "--limit", String(limit)]);
  }
}
