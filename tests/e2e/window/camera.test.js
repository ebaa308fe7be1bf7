// The real window with a camera: a film stands in for it.
import assert from "node:assert/strict";
import { film } from "../lib/film.js";
import { until } from "../lib/wait.js";
import { windowed } from "../lib/window.js";

windowed("a_badge_that_is_raised_before_the_camera_is_let_in", {}, async (place) => {
  const { station } = place;
  station.camera = await film(station.folder, [
    { code: null, frames: 30 },
    { code: "YZ01ADMIT0AA", frames: 45 },
    { code: "YZ07BLOCKED0", frames: 45 },
  ]);
  const window = await place.open();
  await until("two verdicts", async () => (await window.painted()) === 2, 40_000);
  const scans = await station.run(["recent"]);
  assert.deepEqual(scans.map(({ verdict }) => verdict), ["blocked", "admitted"]);
});
