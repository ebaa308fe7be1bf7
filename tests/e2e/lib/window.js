// The desktop app as it is shipped, on a screen of its own: the real window, real keys, and a driver
// that reads what is shown.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Display } from "./display.js";
import { closeAtExit, endGroup } from "./group.js";
import { csv, EVERYBODY, GATES } from "./people.js";
import { Station } from "./station.js";
import { until } from "./wait.js";
import { WebDriver } from "./webdriver.js";
import { closeWindow } from "./x11.js";

/** Path of the desktop app under test. */
export function desktop() {
  const path = process.env.LANYARD_DESKTOP_BIN;
  if (!path) throw new Error("LANYARD_DESKTOP_BIN is not set: the path of the desktop app");
  if (!existsSync(path)) throw new Error(`LANYARD_DESKTOP_BIN: there is no ${path}`);
  return path;
}

/** A port that nobody listens on. @returns {Promise<number>} */
function freePort() {
  return new Promise((done, fail) => {
    const server = createServer();
    server.once("error", fail);
    server.listen(0, "127.0.0.1", () => {
      const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
      server.close(() => done(port));
    });
  });
}

/**
 * The processes that a process started.
 * @param {number} pid
 */
async function childrenOf(pid) {
  const list = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8").catch(() => "");
  return list.split(" ").filter(Boolean).map(Number);
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** @param {string} id */
const part = (id) => `[data-testid="${id}"]`;

/** The same code again counts as another scan after 2.5 s; the keys take their time, too. */
const AGAIN_MS = 2_700;

/** One run of the desktop app. */
export class Window {
  /** @type {import("node:child_process").ChildProcess} */
  #driving;
  /** When codes were scanned here. @type {Map<string, number>} */
  #scanned = new Map();
  /** Of the app's own process. */
  pid = 0;
  /** What the app and its driver wrote. */
  wrote = "";

  /**
   * @param {Display} display
   * @param {import("node:child_process").ChildProcess} driving
   * @param {WebDriver} driver
   */
  constructor(display, driving, driver) {
    this.display = display;
    this.#driving = driving;
    this.driver = driver;
    for (const out of [driving.stdout, driving.stderr]) {
      out?.on("data", (bytes) => (this.wrote = (this.wrote + bytes).slice(-20_000)));
    }
  }

  /**
   * Starts the app on a folder. The driver starts it, so it is the driver's child.
   * @param {Station} station
   * @param {Display} display
   */
  static async start(station, display) {
    const port = await freePort();
    const env = { ...station.env, ...display.env, TAURI_WEBVIEW_AUTOMATION: "true" };
    const driving = spawn("WebKitWebDriver", [`--port=${port}`, "--host=127.0.0.1"], {
      env,
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    closeAtExit(driving);
    const window = new Window(display, driving, new WebDriver(port));
    try {
      await new Promise((done, fail) => driving.once("spawn", done).once("error", fail));
      await until("the driver answers", () => window.driver.isReady(), 15_000);
      const camera = station.camera === null ? [] : ["--camera", station.camera];
      await window.driver.open(desktop(), ["--data", station.data, "--sync", "127.0.0.1:0", "--no-discovery", ...camera]);
      const [pid] = await childrenOf(Number(driving.pid));
      if (!pid) throw new Error("the app is not there");
      window.pid = pid;
      return window;
    } catch (thrown) {
      await window.end();
      throw new Error(`the window does not open: ${thrown}\n${window.wrote}`);
    }
  }

  /** The app's process and all that it started. @returns {Promise<number[]>} */
  async processes() {
    const all = [this.pid];
    for (const pid of all) all.push(...(await childrenOf(pid)));
    return all;
  }

  get alive() {
    return isAlive(this.pid);
  }

  /** @param {NodeJS.Signals} signal */
  signal(signal) {
    process.kill(this.pid, signal);
  }

  /**
   * Waits until a screen can be used, and tells which one it is.
   * @param {string} [wanted]
   */
  ready(wanted, within_ms = 15_000) {
    return until(`the screen ${wanted ?? "is"} ready`, async () => {
      const now = await this.driver.execute("return document.documentElement.dataset.ready ?? null");
      return now && (!wanted || now === wanted) ? now : null;
    }, within_ms);
  }

  /**
   * The words of a part of the screen, null where there is none.
   * @param {string} id
   * @returns {Promise<string | null>}
   */
  text(id) {
    const script = "return document.querySelector(arguments[0])?.innerText.trim() ?? null";
    return this.driver.execute(script, part(id));
  }

  /** All words on the screen. @returns {Promise<string>} */
  words() {
    return this.driver.execute("return document.body.innerText");
  }

  /**
   * The words of every part of that kind, in order.
   * @param {string} id
   * @returns {Promise<string[]>}
   */
  texts(id) {
    const script = "return [...document.querySelectorAll(arguments[0])].map((one) => one.innerText.trim())";
    return this.driver.execute(script, part(id));
  }

  /**
   * Waits for a part of the screen, and for words in it.
   * @param {string} id
   * @param {RegExp} [words]
   */
  sees(id, words = /(?:)/, within_ms = 10_000) {
    return until(`${id} shows ${words}`, async () => {
      const text = await this.text(id);
      return text !== null && words.test(text) ? { text } : Promise.reject(new Error(`it shows ${text}`));
    }, within_ms);
  }

  /** @param {string} id */
  gone(id, within_ms = 10_000) {
    return until(`${id} is gone`, async () => (await this.text(id)) === null, within_ms);
  }

  /** @param {string} id */
  click(id) {
    return this.driver.click(part(id));
  }

  /**
   * @param {string} id
   * @param {string} text
   */
  fill(id, text) {
    return this.driver.fill(part(id), text);
  }

  /** How many verdicts were painted so far. @returns {Promise<number>} */
  painted() {
    return this.driver.execute("return window.__verdicts?.length ?? 0");
  }

  /** Times of the verdicts painted so far. @returns {Promise<{ enter: number, painted: number }[]>} */
  verdictTimes() {
    return this.driver.execute("return window.__verdicts ?? []");
  }

  /**
   * Waits until a code that was scanned here a moment ago counts as another scan.
   * @param {string} code
   */
  async later(code) {
    const rest = (this.#scanned.get(code) ?? 0) + AGAIN_MS - Date.now();
    if (rest > 0) await new Promise((go) => setTimeout(go, rest));
    this.#scanned.set(code, Date.now());
  }

  /**
   * Scans a code with the wedge, waits until its verdict is painted, and reads it. It is a scan of its own.
   * @param {string} code
   * @param {number} [delay_ms]
   */
  async scan(code, delay_ms) {
    await this.later(code);
    const before = await this.painted();
    await this.display.wedge(code, delay_ms);
    return this.verdict(before);
  }

  /**
   * Waits for one verdict more than there were, and reads it.
   * @param {number} before
   */
  async verdict(before) {
    await until("a verdict is painted", async () => (await this.painted()) > before);
    return this.driver.execute(`
      const verdict = document.querySelector('[data-testid="verdict"]');
      const text = (id) => verdict?.querySelector('[data-testid="' + id + '"]')?.innerText.trim() ?? null;
      return {
        tone: verdict?.dataset.tone ?? null,
        verdict: verdict?.dataset.verdict ?? null,
        word: text("verdict-word"),
        name: text("name"),
        code: text("code"),
        colour: verdict ? getComputedStyle(verdict).backgroundColor : null,
      }`);
  }

  /** Names in the list of recent scans, newest first. */
  recent() {
    return this.texts("recent-row");
  }

  /** Asks the window to close, as the cross in its corner does. */
  async askToClose() {
    const id = await this.display.xdotool(["search", "--onlyvisible", "--pid", String(this.pid)]);
    await closeWindow(this.display.name, Number(id.split("\n").at(-1)));
  }

  /** Waits until the app has ended by itself. */
  async over(within_ms = 10_000) {
    // The driver may not have waited for its child yet: what is left then answers to no name.
    await until("the app has ended", async () => {
      const state = await readFile(`/proc/${this.pid}/stat`, "utf8").catch(() => "");
      return state === "" || /\) [ZX] /.test(state);
    }, within_ms);
  }

  /** Ends the app by its process, without asking it, and its driver. */
  async kill() {
    if (this.alive) this.signal("SIGKILL");
    await this.end();
  }

  /** Ends everything that was started for it. */
  async end() {
    await endGroup(this.#driving);
  }
}

/**
 * @typedef {object} Setting
 * @property {string | null} [event] name of the event; null: there is none
 * @property {import("./people.js").Person[]} [people]
 * @property {"open" | "setup"} [state]
 * @property {number} [within_ms]
 */

/**
 * Makes an event by the command line, as an organizer could.
 * @param {Station} station
 * @param {Setting} setting
 */
async function makeEvent(station, setting) {
  if (setting.event === null) return;
  const words = ["--name", setting.event ?? "Lantern Days", "--timezone", "Europe/Berlin"];
  if (setting.state === "setup") words.push("--setup");
  await station.run(["event", "new", "--station-name", "laptop 1", ...words]);
  const people = setting.people ?? EVERYBODY;
  if (people.length > 0) await station.run(["roster", "import", await station.file("people.csv", csv(people))]);
  await station.run(["gate", "set", await station.file("gates.json", JSON.stringify(GATES))]);
  await station.run(["operator", "set", "--name", "Kim"]);
  await station.run(["station", "set", "--gate", "main", "--operator", "Kim"]);
}

/** What happens around one folder: windows on it, each with a screen of its own. */
export class Place {
  /** @type {Window[]} */
  windows = [];
  /** @type {Display[]} */
  #displays = [];

  /** @param {Station} station */
  constructor(station) {
    this.station = station;
  }

  /**
   * Opens the app, on a new screen or on that of a window before.
   * @param {{ on?: Display }} [how]
   */
  async open({ on } = {}) {
    const display = on ?? (await Display.start());
    if (!on) this.#displays.push(display);
    const window = await Window.start(this.station, display);
    this.windows.push(window);
    return window;
  }

  async end() {
    await Promise.all(this.windows.map((window) => window.end()));
    await Promise.all(this.#displays.map((display) => display.end()));
    await this.station.end();
  }
}

/**
 * A test with real windows. Its name is a sentence.
 * @param {string} name
 * @param {Setting} setting
 * @param {(place: Place) => Promise<void>} body
 */
export function windowed(name, setting, body) {
  test(name, { timeout: setting.within_ms ?? 60_000 }, async () => {
    const place = new Place(await Station.make());
    try {
      await makeEvent(place.station, setting);
      await body(place);
    } catch (thrown) {
      throw await withPictures(thrown, name, place);
    } finally {
      await place.end();
    }
  });
}

/**
 * @param {unknown} thrown
 * @param {string} name
 * @param {Place} place
 */
async function withPictures(thrown, name, place) {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const folder = join(tmpdir(), "lanyard-e2e-failed");
  mkdirSync(folder, { recursive: true });
  for (const [index, window] of place.windows.entries()) {
    if (!window.alive) continue;
    const path = join(folder, `${name.slice(0, 80)}-${index + 1}.png`);
    const taken = await window.driver.screenshot().then(
      (png) => (writeFileSync(path, png), path),
      (why) => `none could be taken (${why.message})`,
    );
    error.message += `\n  window ${index + 1}: ${taken}`;
    if (window.wrote) error.message += `\n  it wrote: ${window.wrote.slice(-1_000)}`;
  }
  return error;
}
