// A camera at the door: a film stands in for it, the page shows it, and the verdict comes of it.
import assert from "node:assert/strict";
import { film } from "../lib/film.js";
import { scene } from "../lib/scene.js";
import { until } from "../lib/wait.js";

/** @param {{ code: string | null, frames: number }[]} shots */
const showing = (shots) => ({
  before: async (/** @type {import("../lib/station.js").Station} */ station) => {
    station.camera = await film(station.folder, shots);
  },
});

const raised = showing([
  { code: null, frames: 10 },
  { code: "YZ01ADMIT0AA", frames: 100 },
  { code: null, frames: 20 },
]);

scene("a_badge_before_the_camera_goes_in_once_however_long_it_is_held", raised, async ({ door, page, station }) => {
  const shown = await until("she goes in", async () => {
    const { count } = await door.painted();
    return count > 0 ? door.shown() : null;
  });
  assert.deepEqual([shown.verdict, shown.tone], ["admitted", "go"]);
  const eye = page.getByTestId("eye");
  await until("the film is over", async () => (await eye.getAttribute("data-state")) === "ended", 20_000);
  const scans = await station.run(["recent"]);
  assert.equal(scans.length, 1);
  assert.equal(scans[0].verdict, "admitted");
});

const two = showing([
  { code: "YZ01ADMIT0AA", frames: 15 },
  { code: "YZ05UNPAID0E", frames: 15 },
]);

scene("another_badge_is_never_kept_back", two, async ({ door, station }) => {
  await until("two verdicts", async () => (await door.painted()).count === 2);
  const scans = await station.run(["recent"]);
  assert.equal(scans.length, 2);
});

scene("the_camera_is_tried_where_it_is_chosen", raised, async ({ door, page }) => {
  await page.getByTestId("go-setup").click();
  await door.ready("setup");
  await page.getByTestId("step-laptop").click();
  await page.getByTestId("open-scanning").click();
  await page.getByTestId("camera-read").getByText("YZ01ADMIT0AA").waitFor();
});
