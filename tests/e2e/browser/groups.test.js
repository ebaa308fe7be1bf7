// Several people on one order: who is here is let in by one act, and whoever is refused is named.
import assert from "node:assert/strict";
import { test } from "node:test";
import { startChromium } from "../lib/chromium.js";
import { Hall } from "../lib/hall.js";
import { CLASS, EVERYBODY, FAMILY, VIPS } from "../lib/people.js";
import { scene } from "../lib/scene.js";
import { until } from "../lib/wait.js";
import { wedge } from "../lib/wedge.js";

const [MOTHER, FATHER, ADA, EMEKA] = /** @type {[string, string, string, string]} */ (FAMILY.map(({ code }) => code));

/** @param {import("../lib/door.js").Door} door */
const inside = async (door) => (await door.station.run(["stats"]))[0].inside;

/**
 * Does something and waits for the verdict that comes of it.
 * @param {import("../lib/door.js").Door} door
 * @param {() => Promise<unknown>} act
 */
async function then(door, act) {
  const { count } = await door.painted();
  await act();
  return door.verdict(count);
}

scene("a_family_of_four_goes_in_by_one_act", { people: [...EVERYBODY, ...FAMILY] }, async ({ door }) => {
  const first = await door.scan(MOTHER);
  assert.equal(first.tone, "go");
  assert.match(first.text, /3 more on this order still to come/);
  for (const name of ["Tor Lindqvist", "Ada Lindqvist", "Emeka Lindqvist"]) assert.match(first.text, new RegExp(name));
  assert.equal(await door.part("party-mate").count(), 3);
  const all = await then(door, () => door.part("party-go").click());
  assert.equal(all.word, "All 3 in");
  assert.equal(await door.part("party-row").count(), 3);
  assert.equal(await door.part("party").count(), 0, "nobody is left");
  assert.equal(await inside(door), 4);
  const scans = await door.recent();
  assert.deepEqual(scans.map(({ verdict }) => verdict), Array(4).fill("admitted"));
  assert.ok(scans.every(({ operator }) => operator === "Kim"));
});

scene("only_those_who_are_here_are_let_in", { people: FAMILY }, async ({ door }) => {
  await door.scan(MOTHER);
  // The father parks the car.
  await door.part("party").getByText("Tor Lindqvist").click();
  await door.part("party-go").filter({ hasText: "Let 2 of 3 in" }).waitFor();
  const two = await then(door, () => door.part("party-go").click());
  assert.equal(two.word, "Both in");
  assert.equal(await inside(door), 3);
  // Who is not here yet can still come by the same screen.
  assert.match(await door.part("party").innerText(), /Tor Lindqvist/);
  await then(door, () => door.part("party-go").click());
  assert.equal(await inside(door), 4);
});

scene("a_group_is_let_in_by_the_keyboard_alone", { people: FAMILY }, async ({ door, page }) => {
  const { keyboard } = page;
  await door.scan(MOTHER);
  // As slow as a hand: what is faster is a scanner.
  for (const key of ["ArrowDown", "Space", "ArrowDown", "ArrowDown", "Space"]) {
    await page.waitForTimeout(150);
    await keyboard.press(key);
  }
  await door.part("party-go").filter({ hasText: "Let 1 of 3 in" }).waitFor();
  assert.equal(await door.part("timer").locator("span").count(), 0, "it would go away while somebody chooses");
  const one = await then(door, () => keyboard.press("F9"));
  assert.equal(one.verdict, "admitted");
  assert.equal(await inside(door), 2);
  // And all of them, without choosing. The key pressed twice asks once.
  await door.close();
  await door.scan(MOTHER);
  const rest = await then(door, async () => {
    await keyboard.press("F9");
    await keyboard.press("F9");
  });
  assert.equal(rest.word, "Both in");
  assert.equal(await inside(door), 4);
  assert.equal((await door.recent()).length, 5);
});

const MIXED = [
  ...FAMILY.slice(0, 2),
  { ...FAMILY[2], status: "pending" },
  { ...FAMILY[3], blocked: "Banned after last year" },
];

scene("whoever_of_a_group_is_refused_is_named_first_and_can_be_sorted_out", { people: MIXED }, async ({ door, page }) => {
  await door.scan(MOTHER);
  assert.match(await door.part("party").innerText(), /Not paid/);
  const all = await then(door, () => page.keyboard.press("F9"));
  assert.deepEqual([all.tone, all.word], ["stop", "1 of 3 in"]);
  assert.match(all.text, /2 people stay here/);
  const rows = await door.part("party-row").evaluateAll((rows) => rows.map((row) => row.dataset.verdict));
  assert.deepEqual(rows, ["blocked", "unpaid", "admitted"].sort((a, b) => rows.indexOf(a) - rows.indexOf(b)));
  assert.equal(rows[2], "admitted");
  assert.match(all.text, /Banned after last year/);
  assert.equal(await inside(door), 2);
  // It stays until somebody is done with it.
  assert.equal(await door.part("timer").locator("span").count(), 0);
  const unpaid = door.part("party-row").filter({ hasText: "Ada Lindqvist" });
  await unpaid.getByTestId("override").click();
  await door.part("dispute").waitFor();
  assert.match(await door.part("dispute-name").innerText(), /Ada Lindqvist/);
  await door.part("reason-preset").first().click();
  await door.part("override-let-in").click();
  await door.pin();
  await door.part("dispute").waitFor({ state: "detached" });
  await until("she is among those who went in", async () => (await unpaid.getAttribute("data-tone")) !== "stop");
  assert.equal(await door.part("verdict-word").innerText(), "2 of 3 in");
  assert.equal(await inside(door), 3);
  // The other one stays outside, and that is not the end of the others.
  await page.keyboard.press("F2");
  await door.part("dispute-name").filter({ hasText: "Emeka" }).waitFor();
  await door.part("override-no").click();
  await door.part("dispute").waitFor({ state: "detached" });
  assert.equal(await door.part("party-row").count(), 3);
});

scene("a_parent_who_is_in_already_does_not_keep_the_others_out", { people: FAMILY }, async ({ door, page }) => {
  await door.scan(MOTHER);
  await door.close();
  const again = await door.scan(MOTHER);
  assert.equal(again.verdict, "already_in");
  const all = await then(door, () => page.keyboard.press("F9"));
  assert.equal(all.word, "All 3 in");
  assert.equal(await inside(door), 4);
});

scene("a_group_goes_out_together", { people: FAMILY }, async ({ door, page }) => {
  await door.scan(MOTHER);
  await then(door, () => page.keyboard.press("F9"));
  await page.keyboard.press("Escape");
  await page.keyboard.press("F4");
  await door.part("exit-banner").waitFor();
  const out = await door.scan(FATHER);
  assert.equal(out.tone, "out");
  assert.match(out.text, /3 more of this order are inside/);
  const all = await then(door, () => page.keyboard.press("F9"));
  assert.deepEqual([all.tone, all.word], ["out", "All 3 out"]);
  assert.equal(await inside(door), 0);
});

scene("one_of_a_group_is_taken_back_from_the_same_screen", { people: FAMILY }, async ({ door, page }) => {
  await door.scan(MOTHER);
  await then(door, () => page.keyboard.press("F9"));
  const row = door.part("party-row").filter({ hasText: "Tor" });
  await door.hold(row.getByTestId("undo"), door.part("undo-dialog"));
  await door.part("reason-preset").first().click();
  await door.part("undo-confirm").click();
  await door.pin();
  await row.getByText("taken back").waitFor();
  assert.equal(await inside(door), 3);
  assert.equal(await door.part("party-row").count(), 3);
});

scene("a_class_of_thirty_with_long_names_fits_and_goes_in_at_once", { people: CLASS }, async ({ door, page }) => {
  await door.scan("YZ40CLASS000");
  assert.equal(await door.part("party-mate").count(), 29);
  const fits = () =>
    door.part("verdict").evaluate((verdict) => {
      const wide = [...verdict.querySelectorAll("section, header, h2, li, label, button, .text")].filter((one) => {
        const box = one.getBoundingClientRect();
        return box.width > 0 && (box.right > innerWidth + 1 || box.left < -1);
      });
      return { wide: wide.map((one) => one.className), down: document.documentElement.scrollHeight <= innerHeight };
    });
  assert.deepEqual(await fits(), { wide: [], down: true });
  const act = await door.part("party-go").boundingBox();
  assert.ok(act && act.y + act.height < 768 && act.height >= 48, JSON.stringify(act));
  // Nobody, then two of them, by touch.
  await door.part("party-all").click();
  assert.ok(await door.part("party-go").isDisabled());
  await door.part("party-all").click();
  const all = await then(door, () => page.keyboard.press("F9"));
  assert.equal(all.word, "All 29 in");
  assert.deepEqual(await fits(), { wide: [], down: true });
  assert.equal(await inside(door), 30);
});

scene("the_next_scan_takes_the_place_of_a_group_that_nobody_asked_for", { people: [...EVERYBODY, ...FAMILY] }, async ({ door }) => {
  await door.scan(MOTHER);
  const next = await door.scan("YZ01ADMIT0AA");
  assert.match(next.text, /Aylin/);
  assert.equal(await door.part("party").count(), 0);
  assert.equal(await inside(door), 2);
});

scene("a_group_whose_answer_was_lost_is_asked_again_and_counts_once", { people: FAMILY }, async ({ door, page }) => {
  await door.scan(MOTHER);
  let lost = 0;
  await page.route("**/api/scan", async (route) => {
    await route.fetch();
    lost += 1;
    if (lost > 1) return route.fallback();
    await route.abort("connectionreset");
  });
  const all = await then(door, () => page.keyboard.press("F9"));
  assert.equal(all.word, "All 3 in");
  assert.equal((await door.recent()).length, 4, "somebody was counted twice");
});

const WORKSHOPS = [
  { code: "YZ70ORDER00A", first_name: "Leila", last_name: "Haddad", ticket_type: "Regular", order: "WORK9" },
  { code: "YZ71ORDER00B", first_name: "Leila", last_name: "Haddad", ticket_type: "Soldering", order: "WORK9" },
  { code: "YZ72ORDER00C", first_name: "Omar", last_name: "Haddad", ticket_type: "Soldering", order: "WORK9" },
];
const ROOM = [{ id: "main", name: "Workshop room", ticket_types: ["Soldering"], addon_match: true }];

scene("an_order_with_several_fitting_tickets_asks_who_is_here", { people: WORKSHOPS, gates: ROOM }, async ({ door, page }) => {
  const seen = await door.scan("YZ70ORDER00A");
  assert.equal(seen.verdict, "ambiguous");
  assert.match(seen.text, /Several tickets of order .*WORK9.* go in here/);
  // Nobody is chosen before somebody has said who it is.
  assert.ok(await door.part("party-go").isDisabled());
  await page.keyboard.press("F9");
  await door.part("party").getByText("Omar Haddad").click();
  const one = await then(door, () => page.keyboard.press("F9"));
  assert.equal(one.verdict, "admitted");
  assert.match(one.text, /Omar Haddad/);
  assert.equal(await inside(door), 1);
});

scene(
  "a_door_that_is_not_open_yet_says_what_time_it_is",
  { at: "2027-05-08T11:42:10Z", gates: [{ id: "main", name: "Main entrance", opens: "14:00" }] },
  async ({ door }) => {
    const seen = await door.scan("YZ01ADMIT0AA");
    assert.match(seen.text, /This door opens at 14:00\. It is 13:42\./);
  },
);

scene("a_child_is_told_with_who_accompanies_it", { people: FAMILY }, async ({ door }) => {
  const seen = await door.scan(ADA);
  assert.equal(seen.tone, "look");
  assert.match(await door.part("child").innerText(), /Child\.\s+Accompanied by .*Ngozi Eze-Lindqvist/);
});

scene("a_vip_has_a_mark_of_its_own", { people: [...EVERYBODY, ...VIPS] }, async ({ door }) => {
  const plain = await door.scan("YZ30GUEST00A");
  assert.equal(plain.tone, "go");
  assert.match(await door.part("vip").innerText(), /VIP/);
  const noted = await door.scan("YZ31GUEST00B");
  assert.equal(noted.tone, "look");
  assert.match(await door.part("vip").innerText(), /VIP/);
  assert.match(await door.part("note").innerText(), /to the stage/);
  await door.scan("YZ01ADMIT0AA");
  assert.equal(await door.part("vip").count(), 0);
});

const UNNAMED = [
  { code: "YZ50PLUSONE0", email: "ngozi@example.org", ticket_type: "Guest", order: "PLUS1" },
  { code: "YZ51PLUSONE1", ticket_type: "Guest", order: "PLUS1" },
];

scene("a_guest_without_a_name_gets_one_at_the_door", { people: [...EVERYBODY, ...UNNAMED] }, async ({ door, page }) => {
  const { keyboard } = page;
  await door.scan("YZ01ADMIT0AA");
  assert.equal(await door.part("name-guest").count(), 0, "this one has a name");
  await door.scan("YZ50PLUSONE0");
  await keyboard.press("F7");
  await door.part("name-dialog").waitFor();
  await keyboard.press("Enter");
  await door.part("name-dialog").getByText("A first or a last name is needed").waitFor();
  await keyboard.type("Wilhelmina Theodora", { delay: 120 });
  await keyboard.press("Tab");
  await keyboard.type("von Hohenstein", { delay: 120 });
  await keyboard.press("Enter");
  await door.part("name-dialog").waitFor({ state: "detached" });
  assert.equal((await door.part("verdict").getByTestId("name").innerText()).trim(), "Wilhelmina Theodora von Hohenstein");
  assert.equal(await door.part("name-guest").count(), 0);
  const [found] = await door.station.call("search", { text: "hohenstein" });
  assert.equal(found.inside, true);
  // The other ticket of the order has neither name nor address.
  const all = await then(door, () => keyboard.press("F9"));
  assert.equal(all.verdict, "admitted");
  assert.match(all.text, /without a name/i);
  assert.equal(await door.part("name-guest").count(), 1);
});

scene(
  "a_host_is_told_of_guests_on_any_screen_and_one_after_the_other",
  { people: [...EVERYBODY, ...VIPS], laptop: { host: true } },
  async ({ door, page, context, station }) => {
    const other = await context.newPage();
    await other.goto(station.url);
    await other.getByTestId("waiting").waitFor();
    await door.part("go-people").click();
    await door.ready("people");
    await wedge(other, "YZ30GUEST00A");
    const card = door.part("host-card");
    await card.waitFor({ timeout: 3_000 });
    const said = await card.innerText();
    for (const words of [/VIP/, /Ingrid Sørensen/, /Nordlys Foundation/, /Main entrance/, /laptop 1/]) assert.match(said, words);
    // At the door itself the verdict is not covered.
    await other.getByTestId("verdict").waitFor();
    const top = await other.evaluate(() => {
      const box = document.querySelector("[data-testid=host-card]")?.getBoundingClientRect();
      if (!box) return "no card";
      return document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2)?.closest("[data-testid=verdict]") ? "verdict" : "card";
    });
    assert.equal(top, "verdict");
    await wedge(other, "YZ31GUEST00B");
    await door.part("host-more").filter({ hasText: "Haruto" }).waitFor();
    // Somebody who is no guest is not told.
    await wedge(other, "YZ01ADMIT0AA");
    await until("three came", async () => (await door.recent()).length === 3);
    await door.part("host-next").click();
    await door.part("host-name").filter({ hasText: "Haruto Nakamura" }).waitFor();
    assert.match(await card.innerText(), /to the stage at once/);
    assert.equal(await door.part("host-more").count(), 0);
    await door.part("host-next").click();
    await card.waitFor({ state: "detached" });
    await other.close();
  },
);

scene("a_host_is_switched_on_where_the_laptop_is_set", { people: VIPS }, async ({ door, page, station }) => {
  await station.run(["scan", "--gate", "main", "YZ30GUEST00A"]);
  await door.part("recent-row").waitFor();
  assert.equal(await door.part("host-card").count(), 0, "nobody asked to be told");
  await door.part("go-setup").click();
  await door.ready("setup");
  await door.part("step-laptop").click();
  await page.getByText("Tell of guests").click();
  await until("a host stands here", async () => (await station.call("station_show"))[0].host);
  await station.run(["scan", "--gate", "main", "YZ31GUEST00B"]);
  await door.part("host-card").filter({ hasText: "Haruto" }).waitFor({ timeout: 3_000 });
});

test("a_host_at_another_laptop_is_told_where_the_guest_came_in", { timeout: 180_000 }, async () => {
  const browser = await startChromium();
  const hall = new Hall(browser);
  try {
    const { one, two } = await hall.three({ pin: false, people: [...EVERYBODY, ...VIPS] });
    await two.station.call("station_set", { host: true });
    assert.equal((await one.door.scan("YZ30GUEST00A")).tone, "go");
    const card = two.door.part("host-card");
    await card.waitFor();
    assert.match(await card.innerText(), /Ingrid Sørensen[\s\S]*Main entrance 1/);
    assert.equal(await one.door.part("host-card").count(), 0, "no host stands there");
    assert.deepEqual(hall.troubles, []);
  } finally {
    await hall.end();
    await browser.close();
  }
});
