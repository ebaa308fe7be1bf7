// The door in the real window: started on a folder, scanned at by real keys, closed and started again.
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { PNG } from "pngjs";
import { EVERYBODY } from "../lib/people.js";
import { isBlank, packed } from "../lib/picture.js";
import { until } from "../lib/wait.js";
import { windowed } from "../lib/window.js";

/** What the store of a ticket shop prints into its codes, and all the signs a keyboard has. */
const SIGNS = `https://x.y/t?a=B-1_2&c=%C3%A9+~|{}"#<>[]()!@$^*;:',\`\\=`;
const WITH_SIGNS = [...EVERYBODY, { code: SIGNS, first_name: "Ines", last_name: "Duarte", ticket_type: "Regular" }];

/**
 * The share of points of a picture that are green rather than anything else.
 * @param {PNG} png
 */
function greenness(png) {
  let green = 0;
  for (let at = 0; at < png.data.length; at += 4) {
    const [red = 0, of_green = 0, blue = 0] = png.data.subarray(at, at + 3);
    if (of_green > red + 30 && of_green > blue + 15) green += 1;
  }
  return green / (png.width * png.height);
}

windowed("a_window_lands_on_the_saved_gate_and_takes_scans_of_a_wedge", {}, async (place) => {
  const window = await place.open();
  assert.equal(await window.ready(), "door");
  await window.sees("gate", /Main entrance/);
  await window.sees("operator", /Kim/);
  const waiting = PNG.sync.read(await window.driver.screenshot());
  assert.ok(!isBlank(waiting), "nothing is drawn");
  assert.ok(greenness(waiting) < 0.2, "it is green before anybody was admitted");

  const first = await window.scan("YZ01ADMIT0AA");
  assert.deepEqual([first.tone, first.verdict], ["go", "admitted"]);
  assert.match(first.name, /Aylin Öztürk/);
  const seen = PNG.sync.read(await window.driver.screenshot());
  assert.ok(greenness(seen) > 0.5, `${greenness(seen)} of the window is green`);
  keepPicture(seen);

  const second = await window.scan("YZ01ADMIT0AA");
  assert.deepEqual([second.tone, second.verdict], ["stop", "already_in"]);
  assert.match(second.name, /Aylin/);
  assert.ok(greenness(PNG.sync.read(await window.driver.screenshot())) < 0.2, "a refusal is green");
  const scans = await place.station.run(["recent"]);
  assert.deepEqual(scans.map((scan) => scan.verdict), ["already_in", "admitted"]);
  assert.equal(scans[0].operator, "Kim");
});

/** @param {PNG} png */
function keepPicture(png) {
  if (process.env.LANYARD_PICTURES !== "1") return;
  const folder = fileURLToPath(new URL("../../../docs/pictures/", import.meta.url));
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}window.png`, packed(png));
}

windowed("codes_full_of_signs_arrive_whole_however_fast_they_are_typed", { people: WITH_SIGNS }, async (place) => {
  const window = await place.open();
  await window.ready("door");
  const slow = await window.scan(SIGNS, 12);
  assert.deepEqual([slow.verdict, slow.name], ["admitted", "Ines Duarte"]);
  // As fast as keys can be sent, one scan after the other.
  await window.later(SIGNS);
  const before = await window.painted();
  for (const code of ["YZ02ADMIT0BB", SIGNS, "YZ03ADMIT0CC", "unknown~{1}"]) await window.display.wedge(code, 1);
  await until("four verdicts", async () => (await window.painted()) >= before + 4);
  const scans = await place.station.run(["recent"]);
  assert.deepEqual(
    scans.map((scan) => [scan.verdict, scan.attendee?.name ?? null]).reverse(),
    [
      ["admitted", "Ines Duarte"],
      ["admitted", "Thandiwe Nkosi"],
      ["already_in", "Ines Duarte"],
      ["admitted", "Léo Marchand"],
      ["unknown_code", null],
    ],
  );
});

windowed("a_window_started_again_stands_at_its_door_with_its_scans", {}, async (place) => {
  const window = await place.open();
  await window.ready("door");
  await window.scan("YZ02ADMIT0BB");
  await window.scan("YZ03ADMIT0CC");
  // As when the battery is empty.
  await window.kill();
  const again = await place.open({ on: window.display });
  assert.equal(await again.ready(), "door");
  await again.sees("gate", /Main entrance/);
  await until("the scans of before", async () => {
    const [last, first] = await again.recent();
    return /Léo/.test(last ?? "") && /Thandiwe/.test(first ?? "");
  });
  assert.equal((await again.scan("YZ02ADMIT0BB")).verdict, "already_in");
});

windowed("a_window_that_is_asked_to_close_ends_and_leaves_the_folder_to_others", {}, async (place) => {
  const window = await place.open();
  await window.ready("door");
  await window.scan("YZ01ADMIT0AA");
  await window.askToClose();
  await window.over();
  const scan = await place.station.ran(["scan", "--gate", "main", "YZ01ADMIT0AA", "--json"]);
  assert.equal(JSON.parse(scan.stdout).verdict, "already_in");
});
