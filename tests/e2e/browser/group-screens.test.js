// The screens of groups, children, guests and a gate's days: every word can be read, every button can be hit.
import assert from "node:assert/strict";
import { AxeBuilder } from "@axe-core/playwright";
import { contrasts } from "../lib/contrast.js";
import { tooSmall, tooWide } from "../lib/layout.js";
import { CLASS, FAMILY, VIPS } from "../lib/people.js";
import { scene } from "../lib/scene.js";

const MIXED = FAMILY.map((one) => (one.code === "YZ22FAMILY0C" ? { ...one, status: "pending" } : one));
const PEOPLE = [...MIXED, ...CLASS, ...VIPS, { code: "YZ50PLUSONE0", email: "guest@example.org", ticket_type: "Guest" }];
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"];

/**
 * @param {import("../lib/door.js").Door} door
 * @param {(name: string) => Promise<void>} visit
 */
async function everyOne(door, visit) {
  const { page } = door;
  const { keyboard } = page;
  /** @param {() => Promise<unknown>} act */
  const then = async (act) => {
    const { count } = await door.painted();
    await act();
    await door.verdict(count);
    await keyboard.press("Space");
  };
  await door.scan("YZ20FAMILY0A");
  await keyboard.press("Space");
  await visit("verdict group");
  await door.part("party-mate").first().focus();
  await visit("verdict group, choosing");
  await then(() => keyboard.press("F9"));
  await visit("verdict group refused");
  await door.close();
  await door.scan("YZ23FAMILY0D");
  await keyboard.press("Space");
  await visit("verdict child refused");
  await door.close();
  await keyboard.press("F4");
  await door.part("exit-banner").waitFor();
  await door.scan("YZ20FAMILY0A");
  await keyboard.press("Space");
  await visit("verdict group going out");
  await then(() => keyboard.press("F9"));
  await visit("verdict group out");
  await keyboard.press("Escape");
  await keyboard.press("F4");
  await door.part("exit-banner").waitFor({ state: "detached" });
  await door.scan("YZ23FAMILY0D");
  await keyboard.press("Space");
  await visit("verdict child");
  await door.close();
  await door.scan("YZ40CLASS000");
  await then(() => keyboard.press("F9"));
  await visit("verdict class");
  await door.close();
  await door.scan("YZ50PLUSONE0");
  await keyboard.press("F7");
  await door.part("name-dialog").waitFor();
  await visit("name of a guest");
  await keyboard.press("Escape");
  await door.part("name-dialog").waitFor({ state: "detached" });
  await door.close();
  await door.station.call("station_set", { host: true });
  for (const code of ["YZ30GUEST00A", "YZ31GUEST00B"]) {
    await door.scan(code);
    await keyboard.press("Space");
    await visit(`verdict vip ${code}`);
    await door.close();
  }
  await door.part("host-card").waitFor();
  await visit("host");
  await door.part("go-setup").click();
  await door.ready("setup");
  await door.part("step-gates").click();
  await door.part("gate-row").first().getByRole("button").click();
  await door.part("gate-days").focus();
  await keyboard.press("Space");
  await door.part("agenda-who").first().selectOption("some");
  await visit("gate day by day");
  await page.locator("summary").click();
  await visit("gate, more rules");
}

for (const theme of ["light", "dark", "sun"]) {
  scene(
    `screens_of_groups_are_accessible_in_the_${theme}_look`,
    { people: PEOPLE, laptop: { theme }, page: { still: true }, within_ms: 120_000 },
    async ({ door, page }) => {
      const wrong = /** @type {string[]} */ ([]);
      await everyOne(door, async (name) => {
        const { violations } = await new AxeBuilder({ page }).withTags(RULES).setLegacyMode().analyze();
        for (const { id, nodes } of violations) wrong.push(`${name}: ${id}: ${nodes[0]?.html.slice(0, 160)}`);
        if (!name.startsWith("verdict")) return;
        const poor = (await contrasts(door.part("verdict"))).filter(({ ratio }) => ratio < 7);
        wrong.push(...poor.map((one) => `${name}: ${JSON.stringify(one)}`));
      });
      assert.deepEqual(wrong, []);
    },
  );
}

for (const [width, height] of /** @type {const} */ ([
  [1366, 768],
  [1024, 600],
])) {
  scene(
    `every_button_of_a_group_can_be_hit_at_${width}_by_${height}`,
    { people: PEOPLE, page: { width, height, still: true }, within_ms: 120_000 },
    async ({ door, page }) => {
      const wrong = /** @type {string[]} */ ([]);
      await everyOne(door, async (name) => {
        wrong.push(...(await tooSmall(page)).map((one) => `${name}: too small: ${one}`));
        wrong.push(...(await tooWide(page)).map((one) => `${name}: too wide: ${one}`));
      });
      assert.deepEqual(wrong, []);
    },
  );
}
