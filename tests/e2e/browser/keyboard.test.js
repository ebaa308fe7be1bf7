// Everything without a mouse. These tests press keys and nothing else.
import assert from "node:assert/strict";
import { scene } from "../lib/scene.js";
import { until } from "../lib/wait.js";

/**
 * Tabs on until a part has the focus.
 * @param {import("../lib/door.js").Door} door
 * @param {string} id
 * @param {string} [text] what it must say
 */
async function tabTo(door, id, text) {
  const { page } = door;
  const passed = [];
  for (let time = 0; time < 80; time += 1) {
    const now = await page.evaluate(() => {
      const focused = document.activeElement;
      const outline = focused ? getComputedStyle(focused) : null;
      const label = focused?.closest("label");
      return {
        id: focused?.getAttribute("data-testid") ?? focused?.tagName ?? "",
        text: (focused?.textContent || label?.textContent) ?? "",
        seen: outline !== null && (outline.outlineStyle !== "none" || outline.boxShadow !== "none"),
      };
    });
    if (now.id === id && (!text || now.text.includes(text))) return now;
    passed.push(now.id);
    await page.keyboard.press("Tab");
  }
  throw new Error(`no way to ${id} ${text ?? ""} by Tab; passed: ${passed.join(", ")}`);
}

scene("the_door_is_worked_by_keyboard_alone", {}, async ({ door, page }) => {
  const { keyboard } = page;
  await keyboard.press("F3");
  await keyboard.type("oztu", { delay: 150 });
  await door.part("found-row").first().waitFor();
  await keyboard.press("ArrowDown");
  await keyboard.press("Enter");
  await door.part("verdict").waitFor();
  assert.equal((await door.shown()).verdict, "admitted");
  // Taking it back: hold Enter on the button, choose a reason, give the PIN.
  const held = await tabTo(door, "undo");
  assert.ok(held.seen, "the focus cannot be seen");
  await keyboard.down("Enter");
  await door.part("undo-dialog").waitFor();
  await keyboard.up("Enter");
  await tabTo(door, "reason-preset");
  await keyboard.press("Space");
  await tabTo(door, "undo-confirm");
  await keyboard.press("Enter");
  await door.part("pin-digits").waitFor();
  await keyboard.type("4711", { delay: 150 });
  await keyboard.press("Enter");
  await until("it is taken back", async () => (await door.recent())[0].undone);
  await door.part("undo-dialog").waitFor({ state: "detached" });
  await door.leaveVerdict();
  // A dispute.
  await door.scan("YZ02ADMIT0BB");
  await door.scan("YZ02ADMIT0BB");
  await keyboard.press("F2");
  await door.part("dispute").waitFor();
  await tabTo(door, "reason-preset");
  await keyboard.press("Space");
  await tabTo(door, "override-void");
  await keyboard.press("Enter");
  await door.part("pin-digits").waitFor();
  await keyboard.type("4711", { delay: 150 });
  await keyboard.press("Enter");
  await until("the first is taken back", async () => {
    const scans = await door.recent();
    return scans[0].overridden && scans.some(({ verdict, undone }, at) => at > 0 && verdict === "admitted" && undone);
  });
  await door.leaveVerdict();
  // The operator, exit mode and back.
  await tabTo(door, "operator");
  await keyboard.press("Enter");
  await door.part("operator-dialog").waitFor();
  await tabTo(door, "operator-choice", "Ada");
  await keyboard.press("Enter");
  await door.part("operator").filter({ hasText: "Ada" }).waitFor();
  await keyboard.press("F4");
  await door.part("exit-banner").waitFor();
  await keyboard.press("F4");
  await door.part("exit-banner").waitFor({ state: "detached" });
});

scene("the_focus_stays_inside_of_a_dialog_and_comes_back", {}, async ({ door, page }) => {
  await tabTo(door, "gate");
  await page.keyboard.press("Enter");
  await door.part("gate-dialog").waitFor();
  for (let time = 0; time < 12; time += 1) {
    await page.keyboard.press("Tab");
    const inside = await page.evaluate(() => document.activeElement?.closest("dialog") !== null);
    assert.ok(inside, `after ${time + 1} times Tab the focus left the dialog`);
  }
  await page.keyboard.press("Escape");
  await door.part("gate-dialog").waitFor({ state: "detached" });
  const focused = await page.evaluate(() => document.activeElement?.getAttribute("data-testid"));
  assert.equal(focused, "gate");
});

scene("people_are_found_and_corrected_by_keyboard_alone", {}, async ({ door, page }) => {
  const { keyboard } = page;
  await tabTo(door, "go-people");
  await keyboard.press("Enter");
  await door.ready("people");
  await keyboard.type("yardley", { delay: 40 });
  await door.part("people-row").first().waitFor();
  await keyboard.press("Enter");
  await door.part("person").waitFor();
  await tabTo(door, "person-field-company");
  await keyboard.type("Studio Nord");
  await tabTo(door, "person-save");
  await keyboard.press("Enter");
  await until("it is saved", async () => {
    const [who] = await door.station.call("attendee_show", { who: "YZ04NOTED0DD" });
    return who.company === "Studio Nord";
  });
});

scene("setting_up_is_done_by_keyboard_alone", { state: "setup", pin: false }, async ({ door, page }) => {
  const { keyboard } = page;
  assert.equal(await door.ready(), "setup");
  await tabTo(door, "step-gates");
  await keyboard.press("Enter");
  await tabTo(door, "gate-add");
  await keyboard.press("Enter");
  await door.part("gate-dialog").waitFor();
  await tabTo(door, "gate-name");
  await keyboard.type("Back door");
  await tabTo(door, "gate-save");
  await keyboard.press("Enter");
  await door.part("gate-row").filter({ hasText: "Back door" }).waitFor();
  await tabTo(door, "step-open");
  await keyboard.press("Enter");
  await tabTo(door, "state-open");
  await keyboard.press("Enter");
  await tabTo(door, "state-yes");
  await keyboard.press("Enter");
  await until("the doors are open", async () => {
    return (await door.station.call("event_show"))[0].state === "open";
  });
  await tabTo(door, "go-door");
  await keyboard.press("Enter");
  await door.ready("door");
});
