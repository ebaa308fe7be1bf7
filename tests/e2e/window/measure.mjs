// How fast the window is and what it needs: one JSON object a line, medians of several runs. No test:
// a time is a number to look at, and another machine has others.
//
//   LANYARD_BIN=... LANYARD_DESKTOP_BIN=... node window/measure.mjs
//
// Best on a calm machine and with release builds. MEASURE_PEOPLE, MEASURE_STARTS, MEASURE_SCANS and
// MEASURE_IDLE_S change the size.
import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { loadavg } from "node:os";
import { film } from "../lib/film.js";
import { lanyard, Station } from "../lib/station.js";
import { until } from "../lib/wait.js";
import { desktop, Place } from "../lib/window.js";

const number = (/** @type {string} */ name, /** @type {number} */ usual) => Number(process.env[name] ?? usual);
const PEOPLE = number("MEASURE_PEOPLE", 100_000);
const STARTS = number("MEASURE_STARTS", 7);
const SCANS = number("MEASURE_SCANS", 60);
const BADGES = number("MEASURE_BADGES", 40);
const IDLE_S = number("MEASURE_IDLE_S", 30);
const LOOKING_S = 8;
const TICKS_PER_S = Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));

const FIRST = ["Aylin", "Thandiwe", "Léo", "Zoë", "Marek", "Noor", "Ivo", "Sólveig", "Kenji", "Nia", "Дмитро", "ليلى"];
const LAST = ["Öztürk", "Nkosi", "Marchand", "Yardley", "Haddad", "Brandt", "山田", "Achieng", "Okafor", "Silva", "Novák"];
const code = (/** @type {number} */ index) => `M${String(index).padStart(7, "0")}QX`;

/** @param {number} count */
function crowd(count) {
  const rows = Array.from({ length: count }, (_, index) => {
    const [first, last] = [FIRST[index % FIRST.length], LAST[index % LAST.length]];
    return `${code(index)},${first},${last} ${index},${index % 9 ? "Regular" : "Speaker"},guest${index}@example.org`;
  });
  return `Code,First name,Last name,Category,Email\n${rows.join("\n")}\n`;
}

/**
 * The value below which that share of all lies.
 * @param {number[]} values
 * @param {number} share
 */
function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

const round = (/** @type {number} */ value, digits = 1) => Number(value.toFixed(digits));

/**
 * @param {string} what
 * @param {object} figures
 */
function tell(what, figures) {
  console.log(JSON.stringify({ what, ...figures, load: round(loadavg()[0] ?? 0, 2) }));
}

/** @param {number} pid */
async function stat(pid) {
  const text = await readFile(`/proc/${pid}/stat`, "utf8");
  return text.slice(text.lastIndexOf(")") + 2).split(" ").map(Number);
}

/**
 * When a process began, in milliseconds of the wall clock.
 * @param {number} pid
 */
async function beganAt(pid) {
  const ticks = (await stat(pid))[19] ?? 0;
  const uptime = Number((await readFile("/proc/uptime", "utf8")).split(" ")[0]);
  return Date.now() - (uptime - ticks / TICKS_PER_S) * 1000;
}

/**
 * Seconds of processor time that it took.
 * @param {number} pid
 */
async function cpuOf(pid) {
  const fields = await stat(pid);
  return ((fields[11] ?? 0) + (fields[12] ?? 0)) / TICKS_PER_S;
}

/** @param {number} pid */
async function pssOf(pid) {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, "utf8");
  return Number(/^Pss:\s+(\d+)/m.exec(text)?.[1] ?? 0) / 1024;
}

/**
 * Ends the window and starts it again, several times.
 * @param {Place} place
 */
async function starts(place) {
  const times = [];
  let window = await place.open();
  await window.ready("door", 60_000);
  for (let run = 0; run < STARTS; run += 1) {
    await window.kill();
    window = await place.open({ on: window.display });
    const at = await window.driver.execute(`
      return new Promise((done) => {
        const look = () => document.documentElement.dataset.ready === "door" ? done(Date.now()) : setTimeout(look, 2);
        look();
      });`);
    times.push(at - (await beganAt(window.pid)));
  }
  // Seen by the driver, which itself takes a moment to be there: the start is no later than this.
  tell("start to usable door", {
    people: PEOPLE, runs: STARTS, p50_ms: round(quantile(times, 0.5), 0), worst_ms: round(Math.max(...times), 0), goal_ms: 1500,
  });
  return window;
}

/**
 * @param {Place} place
 * @param {import("../lib/window.js").Window} window
 */
async function scans({ station }, window) {
  for (let index = 0; index < 5; index += 1) await window.scan(code(index));
  const skip = (await window.verdictTimes()).length;
  for (let index = 0; index < SCANS; index += 1) {
    const before = await window.painted();
    await window.display.wedge(code(1_000 + index), 4);
    await until("the verdict", async () => (await window.painted()) > before);
  }
  const times = (await window.verdictTimes()).slice(skip).map(({ enter, painted }) => painted - enter);
  const median = quantile(times, 0.5);
  const taken = await station.run(["recent", "--limit", String(SCANS + 5)]);
  const unread = taken.filter(({ verdict }) => verdict !== "admitted").length;
  tell("Enter to verdict painted", {
    scans: SCANS, verdicts: times.length, not_admitted: unread, median_ms: round(median), p95_ms: round(quantile(times, 0.95)), worst_ms: round(Math.max(...times)), goal_ms: 60,
  });
  return median;
}

/**
 * Badges before the camera, one after the other: from when a picture was taken to when its verdict was painted.
 * @param {Place} place
 */
async function pictures(place) {
  const shots = Array.from({ length: BADGES }, (_, index) => ({ code: code(2_000 + index), frames: 12 }));
  place.station.camera = await film(place.station.folder, [{ code: null, frames: 60 }, ...shots], { moving: 0 });
  const window = await place.open();
  await until("all badges are read", async () => (await window.painted()) >= BADGES, 60_000);
  const times = (await window.verdictTimes()).map(({ enter, painted }) => painted - enter);
  tell("picture taken to verdict painted", {
    badges: BADGES, median_ms: round(quantile(times, 0.5)), p95_ms: round(quantile(times, 0.95)), worst_ms: round(Math.max(...times)), goal_ms: 60 + 33,
  });
  await window.end();
}

/** The median of a durable verdict without a window, as `lanyard bench verdict` measures it here. */
function bare() {
  const words = ["bench", "verdict", "--json", "--verdicts", "1000", "--attendees", String(PEOPLE), "--earlier", "10000"];
  const lines = execFileSync(lanyard(), words, { encoding: "utf8" }).split("\n").filter(Boolean);
  const figures = lines.map((line) => JSON.parse(line));
  return Number(figures.find(({ name }) => name === "verdict p50").value);
}

/**
 * What its processes are called.
 * @param {number[]} pids
 */
function namesOf(pids) {
  return Promise.all(pids.map(async (pid) => (await readFile(`/proc/${pid}/comm`, "utf8")).trim()));
}

/**
 * What part of a core a window needs.
 * @param {import("../lib/window.js").Window} window
 * @param {number} seconds
 */
async function shares(window, seconds) {
  const pids = await window.processes();
  const names = await namesOf(pids);
  const before = await Promise.all(pids.map(cpuOf));
  const began = Date.now();
  await new Promise((over) => setTimeout(over, seconds * 1000));
  const after = await Promise.all(pids.map(cpuOf));
  const each = after.map((used, index) => ((used - (before[index] ?? 0)) * 100_000) / (Date.now() - began));
  return {
    seconds,
    cpu_percent: round(each.reduce((sum, one) => sum + one, 0), 2),
    of: names.map((name, index) => ({ name, cpu_percent: round(each[index] ?? 0, 2) })),
  };
}

/**
 * A camera that shows an empty room.
 * @param {Place} place
 */
async function looking(place) {
  place.station.camera = await film(place.station.folder, [{ code: null, frames: 30 * (LOOKING_S + 5) }], { moving: 0 });
  const window = await place.open();
  await window.ready("door", 60_000);
  tell("camera on the screen", await shares(window, LOOKING_S));
  await window.end();
}

/** @param {import("../lib/window.js").Window} window */
async function idle(window) {
  await until("the last verdict is gone", async () => (await window.text("verdict")) === null, 20_000);
  tell("idle", { ...(await shares(window, IDLE_S)), goal_percent: 1 });
  const pids = await window.processes();
  const names = await namesOf(pids);
  const each = await Promise.all(pids.map(pssOf));
  tell("memory", {
    pss_mb: round(each.reduce((sum, one) => sum + one, 0), 0),
    of: names.map((name, index) => ({ name, pss_mb: round(each[index] ?? 0, 0) })),
  });
}

const place = new Place(await Station.make());
try {
  const { station } = place;
  tell("built", { release: [lanyard(), desktop()].every((path) => path.includes("/release/")) });
  await station.run(["event", "new", "--name", "Measure", "--timezone", "Europe/Berlin"]);
  await station.run(["roster", "import", await station.file("people.csv", crowd(PEOPLE))]);
  await station.run(["operator", "set", "--name", "Kim"]);
  await station.run(["station", "set", "--gate", "main", "--operator", "Kim"]);
  const window = await starts(place);
  const median = await scans(place, window);
  await idle(window);
  await window.end();
  await looking(place);
  await pictures(place);
  const verdict = bare();
  tell("lanyard bench verdict", { p50_ms: round(verdict, 3), window_to_bare_verdict: round(median / verdict, 0) });
} finally {
  await place.end();
}
