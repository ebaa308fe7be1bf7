// Three laptops of one event, side by side: they join, agree, are cut apart, and all are told of who came in twice.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startChromium } from "../lib/chromium.js";
import { Hall } from "../lib/hall.js";
import { GUESTS } from "../lib/people.js";
import { snapAll } from "../lib/snap.js";
import { until } from "../lib/wait.js";

/** @type {import("playwright-core").Browser} */
let browser;
before(async () => {
  browser = await startChromium();
});
after(() => browser?.close());

test("pictures_of_three_laptops", { timeout: 240_000 }, async () => {
  const hall = new Hall(browser);
  try {
    await story(hall);
    assert.deepEqual(hall.troubles, []);
  } finally {
    await hall.end();
  }
});

/**
 * Waits until each door shows how many are inside.
 * @param {import("../lib/hall.js").Laptop[]} doors
 * @param {number} many
 */
async function counted(doors, many) {
  for (const { door } of doors) {
    await until(`${many} inside`, async () => (await door.part("inside").innerText()).startsWith(`${many}`));
  }
}

/** @param {Hall} hall */
async function story(hall) {
  const { office, one, two } = await hall.three({ people: GUESTS, pin: false }, (office, door) =>
    snapAll(hall, "stations-1-joining", {
      title: "1. A laptop joins",
      text: "It was given a ticket, as a QR code or as text. Both screens show the same six digits: then it is let in, and fetches what a door needs.",
      laptops: [office, door],
    }),
  );
  await one.door.scan("YZ01ADMIT0AA");
  await until("the scan is known at the other door", async () => (await two.door.recent()).length > 0);
  await two.door.scan("YZ01ADMIT0AA");
  await hall.go(office, "live");
  await until("the organizer has heard of both", async () => {
    const [stats] = await office.station.call("stats");
    return stats.refused === 1;
  });
  await counted([one, two], 1);
  await snapAll(hall, "stations-2-already-in", {
    title: "2. One door knows what the other did",
    text: "The ticket went in at the first door. The second one knows at once, without a server and without the internet.",
  });
  await one.door.close();
  await two.door.close();

  await two.station.kill();
  await hall.silence(one, two);
  await one.door.scan("YZ02ADMIT0BB");
  await until("the organizer sees it too", () => office.door.part("peer").filter({ hasText: two.name }).getByText(/silent/i).first().isVisible());
  await snapAll(hall, "stations-3-cut-off", {
    title: "3. A laptop drops out of the network",
    text: "The door goes on letting people in, and says with each of them how sure it is: whether they went in at the silent laptop, it cannot know.",
    laptops: [office, one],
  });
  await one.door.close();
  const [there] = await two.station.run(["scan", "--gate", "main", "YZ02ADMIT0BB"]);
  assert.equal(there.verdict, "admitted");
  await two.station.serve();
  for (const { door, name } of hall.laptops) {
    await until(`${name} is told`, () => door.part("twice-alert").isVisible(), 20_000);
  }
  await hall.level();
  await counted([one, two], 2);
  await hall.go(office, "twice");
  await office.door.part("conflict").waitFor();
  await snapAll(hall, "stations-4-let-in-twice", {
    title: "4. It is back, and all are told",
    text: "The same ticket was let in at both doors while they were apart. Both hear of it, and the organizer, with both scans.",
  });
  await office.door.part("conflict").getByTestId("conflict-settle").click();
  await office.door.part("settle-dialog").locator("button").filter({ hasText: "Copied ticket" }).click();
  await office.door.part("settle-save").click();
  for (const { page } of [one, two]) await page.getByText(/let in twice/).first().waitFor({ state: "detached" });
  await hall.go(office, "live");
  await snapAll(hall, "stations-5-settled", {
    title: "5. One word settles it everywhere",
    text: "What became of it is recorded for all. The organizer sees every laptop: where it stands, how far behind it is, its clock and its battery.",
  });
}
