// Several processes on one folder: windows, terminals, one that hangs. They see each other's scans at
// once, and whoever loses the one that had the folder says so and goes on.
import assert from "node:assert/strict";
import { Keeper } from "../lib/keeper.js";
import { until } from "../lib/wait.js";
import { windowed } from "../lib/window.js";

/** What somebody at a door still takes for "at once", driver and all, on a busy machine. */
const AT_ONCE_MS = 2_000;

/**
 * @param {import("../lib/window.js").Window} window
 * @param {RegExp} words
 */
const newest = (window, words) =>
  until(`${words} is the newest scan`, async () => words.test((await window.recent())[0] ?? ""), AT_ONCE_MS);

/**
 * Notes from now on what is shown, however briefly.
 * @param {import("../lib/window.js").Window} window
 * @param {string} id
 */
async function watch(window, id) {
  await window.driver.execute(`
    const [id] = arguments;
    window.__watched = "";
    new MutationObserver(() => {
      const part = document.querySelector('[data-testid="' + id + '"]');
      if (part) window.__watched ||= part.innerText;
    }).observe(document.body, { subtree: true, childList: true });`, id);
  return () => window.driver.execute("return window.__watched");
}

windowed("a_window_and_a_terminal_see_each_others_scans_at_once", {}, async (place) => {
  const window = await place.open();
  await window.ready("door");
  const [scan] = await place.station.run(["scan", "--gate", "main", "YZ01ADMIT0AA"]);
  assert.equal(scan.verdict, "admitted");
  await newest(window, /Aylin/);
  await window.sees("inside", /1/);
  assert.equal((await window.scan("YZ01ADMIT0AA")).verdict, "already_in");
  assert.equal((await window.scan("YZ02ADMIT0BB")).verdict, "admitted");
  const [last] = await place.station.run(["recent", "--limit", "1"]);
  assert.equal(last.attendee.name, "Thandiwe Nkosi");
});

windowed("two_windows_of_one_folder_are_one_door_also_after_the_first_is_killed", {}, async (place) => {
  const first = await place.open();
  await first.ready("door");
  const second = await place.open();
  await second.ready("door");
  await first.scan("YZ01ADMIT0AA");
  await newest(second, /Aylin/);
  assert.equal((await second.scan("YZ01ADMIT0AA")).verdict, "already_in");
  await newest(first, /Aylin/);
  await second.scan("YZ02ADMIT0BB");
  await newest(first, /Thandiwe/);

  const watched = await watch(second, "link-down");
  await first.kill();
  await until("the second window says that the station is gone", watched, 5_000);
  await second.gone("link-down", 5_000);
  assert.match(await watched(), /does not answer/);
  assert.equal((await second.scan("YZ02ADMIT0BB")).verdict, "already_in");
  assert.equal((await second.scan("YZ03ADMIT0CC")).verdict, "admitted");

  const third = await place.open();
  await third.ready("door");
  await newest(third, /Léo/);
  await third.scan("YZ04NOTED0DD");
  await newest(second, /Zoë/);
});

windowed("a_folder_that_a_terminal_keeps_is_shared_with_the_window", {}, async (place) => {
  const keeper = new Keeper(place.station);
  try {
    assert.equal((await keeper.scan("YZ01ADMIT0AA")).verdict, "admitted");
    const window = await place.open();
    assert.equal(await window.ready(), "door");
    await newest(window, /Aylin/);
    assert.equal((await window.scan("YZ02ADMIT0BB")).verdict, "admitted");
    assert.equal((await keeper.scan("YZ02ADMIT0BB")).verdict, "already_in");
    await newest(window, /Thandiwe/);
    // It ends: the window takes the folder over.
    await keeper.end();
    await window.gone("link-down");
    assert.equal((await window.scan("YZ03ADMIT0CC")).verdict, "admitted");
  } finally {
    await keeper.end();
  }
});

windowed("an_owner_that_hangs_is_said_in_words_and_found_again", {}, async (place) => {
  const keeper = new Keeper(place.station);
  try {
    assert.equal((await keeper.scan("YZ01ADMIT0AA")).verdict, "admitted");
    const window = await place.open();
    await window.ready("door");
    assert.equal((await window.scan("YZ11LONGNAME")).verdict, "admitted");
    await until("the verdict is gone", async () => (await window.text("verdict")) === null);
    keeper.signal("SIGSTOP");
    const before = await window.painted();
    await window.display.wedge("YZ03ADMIT0CC");
    await window.sees("link-down", /does not answer/, 15_000);
    assert.equal(await window.painted(), before, "a verdict was shown that nobody recorded");
    keeper.signal("SIGCONT");
    await window.gone("link-down", 15_000);
    // What became of the scan was told in words, or it was made once the station was back.
    const scan = (await window.text("alarm")) === null ? null : await window.scan("YZ03ADMIT0CC");
    if (scan) assert.equal(scan.verdict, "admitted");
    const scans = await until("the scan of the one who waited", async () => {
      const all = await place.station.run(["recent"]);
      return all.length === 3 ? all : null;
    });
    assert.deepEqual(scans.map((one) => one.verdict), ["admitted", "admitted", "admitted"]);
    assert.match(scans[0].attendee.name, /Léo/);
    await newest(window, /Léo/);
  } finally {
    await keeper.end();
  }
});

windowed("a_window_opened_on_a_folder_that_hangs_says_so_and_opens_later", {}, async (place) => {
  const keeper = new Keeper(place.station);
  try {
    assert.equal((await keeper.scan("YZ01ADMIT0AA")).verdict, "admitted");
    keeper.signal("SIGSTOP");
    const window = await place.open();
    await until("words about it", async () => /busy|another|does not answer/i.test(await window.words()), 15_000);
    keeper.signal("SIGCONT");
    await window.ready("door", 15_000);
    await newest(window, /Aylin/);
    assert.equal((await window.scan("YZ02ADMIT0BB")).verdict, "admitted");
  } finally {
    await keeper.end();
  }
});
