// Three laptops of one event, each with a page of its own: they join, agree, are cut apart and find out about it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startChromium } from "../lib/chromium.js";
import { Hall } from "../lib/hall.js";
import { until } from "../lib/wait.js";

/** @type {import("playwright-core").Browser} */
let browser;
before(async () => {
  browser = await startChromium();
});
after(() => browser?.close());

/**
 * @param {string} name
 * @param {(hall: Hall) => Promise<void>} body
 */
function hall(name, body) {
  test(name, { timeout: 180_000 }, async () => {
    const hall = new Hall(browser);
    try {
      await body(hall);
      assert.deepEqual(hall.troubles, []);
    } finally {
      await hall.end();
    }
  });
}

hall("laptops_join_with_six_digits_and_know_of_each_scan_at_once", async (hall) => {
  const { one, two } = await hall.three({ pin: false });
  assert.equal((await one.door.scan("YZ01ADMIT0AA")).verdict, "admitted");
  await until("the scan is known at the other door", async () => (await two.door.recent()).length > 0);
  const seen = await two.door.scan("YZ01ADMIT0AA");
  assert.equal(seen.verdict, "already_in");
  assert.match(seen.text, /Main entrance 1|main/i);
});

hall("doors_that_were_cut_apart_say_so_and_both_are_told_who_was_let_in_twice", async (hall) => {
  const { office, one, two } = await hall.three({ pin: false });
  await two.station.kill();
  await hall.silence(one, two);
  const unsure = await one.door.scan("YZ02ADMIT0BB");
  assert.equal(unsure.verdict, "admitted");
  assert.match(unsure.text, /Main entrance 2/);
  await one.door.close();
  const [there] = await two.station.run(["scan", "--gate", "main", "YZ02ADMIT0BB"]);
  assert.equal(there.verdict, "admitted");
  await two.station.serve();
  for (const { door, name } of [office, one, two]) {
    await until(`${name} is told`, () => door.part("twice-alert").isVisible(), 20_000);
  }
  await hall.level();
  await hall.go(office, "twice");
  const conflict = office.door.part("conflict");
  await conflict.waitFor();
  assert.equal(await conflict.getByTestId("conflict-scan").count(), 2);
  await conflict.getByTestId("conflict-settle").click();
  await office.door.part("settle-dialog").locator("button").filter({ hasText: "Copied ticket" }).click();
  await office.door.part("settle-save").click();
  await until("it is settled everywhere", async () => {
    const all = await Promise.all(hall.laptops.map(({ station }) => station.run(["conflicts"])));
    return all.every(([line]) => line?.resolved);
  });
  for (const { door } of [one, two]) await door.part("twice-alert").waitFor({ state: "detached" });
});

hall("an_organizer_moves_a_laptop_and_shuts_one_out", async (hall) => {
  const { office, one, two } = await hall.three({ pin: false });
  await hall.go(office, "live");
  await office.door.part("peer").filter({ hasText: one.name }).getByTestId("peer-move").click();
  await office.door.part("move-gate").selectOption("lounge");
  await office.door.part("move-save").click();
  await until("the door stands at the other gate", async () => {
    const [line] = await one.station.run(["station", "show"]);
    return line.gate === "lounge";
  });
  await office.door.part("peer").filter({ hasText: two.name }).getByTestId("peer-revoke").click();
  await office.door.hold(office.door.part("revoke-hold"), two.door.part("revoked"));
  const ran = await two.station.ran(["scan", "--gate", "main", "YZ01ADMIT0AA", "--json"]);
  assert.equal(ran.code, 1);
  assert.equal(JSON.parse(ran.stdout).error.code, "not_allowed");
});
