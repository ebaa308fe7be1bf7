// Pictures of what a laptop reads codes with.
import { film } from "../lib/film.js";
import { GUESTS } from "../lib/people.js";
import { scene } from "../lib/scene.js";
import { snap } from "../lib/snap.js";
import { until } from "../lib/wait.js";
import { wedge } from "../lib/wedge.js";

const EVENT = { event: "Lantern Days", people: GUESTS, within_ms: 60_000 };

/** @param {{ code: string | null, frames: number }[]} shots */
const showing = (shots) => async (/** @type {import("../lib/station.js").Station} */ station) => {
  station.camera = await film(station.folder, shots);
};

/** @param {import("../lib/door.js").Door} door @param {string} part */
async function openScanning(door, part) {
  await door.part("go-setup").click();
  await door.ready("setup");
  await door.part("step-laptop").click();
  await door.part("open-scanning").click();
  await door.part(part).check({ force: true });
}

scene("pictures_of_a_camera_at_the_door", { ...EVENT, before: showing([{ code: null, frames: 900 }]) }, async ({ door, page }) => {
  await until("the camera runs", async () => (await page.getByTestId("eye").getAttribute("data-state")) === "running");
  await snap(door, "door-camera");
});

scene("pictures_of_a_camera_that_is_tried", { ...EVENT, before: showing([{ code: "YZ01ADMIT0AA", frames: 900 }]) }, async ({ door, page }) => {
  await openScanning(door, "part-camera");
  await page.getByTestId("camera-read").getByText("YZ01ADMIT0AA").waitFor();
  await snap(door, "camera");
});

scene("pictures_of_a_camera_that_is_gone", { ...EVENT, before: async (station) => { station.camera = `${station.folder}/none.y4m`; } }, async ({ door, page }) => {
  await until("it is missed", async () => (await page.getByTestId("eye").getAttribute("data-state")) === "lost");
  await page.getByTestId("eye").getByRole("alert").waitFor();
  await snap(door, "door-camera-gone");
});

scene("pictures_of_scanners", EVENT, async ({ door, page }) => {
  await page.evaluate(() => window.dispatchEvent(new Event("blur")));
  await door.part("deaf").waitFor();
  await snap(door, "door-not-heard");
  await openScanning(door, "part-scanners");
  await wedge(page, "~LANYARD-TEST", { pace_ms: 16 });
  await door.part("finding").waitFor();
  await snap(door, "scanners");
  await door.part("use-prefix").click();
  await wedge(page, "LANYARD-TEST");
  await page.locator("[data-finding=good]").waitFor();
  await snap(door, "scanner-works");
});

scene("pictures_of_scanners_in_german", { ...EVENT, laptop: { language: "de", theme: "dark" } }, async ({ door, page }) => {
  await openScanning(door, "part-scanners");
  await wedge(page, "LANYARD-TEST", { layout: "german" });
  await door.part("finding").waitFor();
  await snap(door, "german-scanners");
});
