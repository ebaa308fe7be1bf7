// Every screen and dialog there is, one after another, for checks that must hold on all of them.
import { SUPERVISOR } from "./people.js";
import { wedge } from "./wedge.js";

/** A list with every kind of row: taken, refused, and columns that nobody knows. */
export const SHOP_EXPORT = `Ticket ID,Vorname,Nachname,Category,Status,Gültig bis,Schuhgröße
T-1001,Amara,Diallo,Regular,paid,2030-05-09 18:00,38
T-1002,Björn,Ísleifsson,Regular,paid,2030-05-09 18:00,44
T-1003,Χρήστος,Παπαδόπουλος,Speaker,paid,whenever,42
T-1004,Devi,Raman,Regular,maybe,2030-05-09 18:00,39
T-1006,שירה,לוי,Press,paid,2030-05-09 18:00,40
`;

/**
 * Goes to every screen and calls back on each. Changes nothing that lasts, but the scans it makes.
 * @param {import("./door.js").Door} door
 * @param {(name: string) => Promise<void>} visit
 */
export async function everyScreen(door, visit) {
  await atTheDoor(door, visit);
  await withPeople(door, visit);
  await reporting(door, visit);
  await settingUp(door, visit);
}

/**
 * Opens something, looks at it, and closes it by Esc.
 * @param {import("./door.js").Door} door
 * @param {string} id of what opens
 * @param {() => Promise<unknown>} open
 * @param {() => Promise<unknown>} look
 */
async function dialog(door, id, open, look) {
  await open();
  await door.part(id).waitFor();
  await look();
  await door.page.keyboard.press("Escape");
  await door.part(id).waitFor({ state: "detached" });
}

/**
 * @param {import("./door.js").Door} door
 * @param {(name: string) => Promise<void>} visit
 */
async function atTheDoor(door, visit) {
  const { page } = door;
  await door.ready("door");
  await visit("door");
  await page.evaluate(() => window.dispatchEvent(new Event("blur")));
  await door.part("deaf").waitFor();
  await visit("door without the focus");
  await page.evaluate(() => window.dispatchEvent(new Event("focus")));
  await door.part("deaf").waitFor({ state: "detached" });
  for (const [code, name] of [
    ["YZ01ADMIT0AA", "admitted"],
    ["YZ04NOTED0DD", "note"],
    ["YZ07BLOCKED0", "blocked"],
    ["YZ99NOBODY99", "unknown"],
    ["YZ01ADMIT0AA", "already in"],
  ]) {
    await door.scan(code);
    await page.keyboard.press("Space");
    await visit(`verdict ${name}`);
  }
  await dialog(door, "dispute", () => page.keyboard.press("F2"), () => visit("dispute"));
  await door.leaveVerdict();
  const row = door.part("recent").getByTestId("undo").first();
  await dialog(door, "undo-dialog", () => door.hold(row, door.part("undo-dialog")), async () => {
    await visit("undo");
    await door.part("reason-preset").first().click();
    const confirm = door.part("undo-confirm");
    await dialog(door, "pin", () => confirm.click(), () => visit("pin"));
  });
  await dialog(door, "gate-dialog", () => door.part("gate").click(), () => visit("which gate"));
  const operator = door.part("operator");
  await dialog(door, "operator-dialog", () => operator.click(), () => visit("which operator"));
  await door.scan("YZ99NOBODY99");
  await dialog(door, "add-dialog", () => page.keyboard.press("F7"), async () => {
    await door.part("add-type").first().waitFor();
    await visit("add at the door");
  });
  await door.leaveVerdict();
  await door.part("search").fill("an");
  await door.part("found-row").first().waitFor();
  await visit("search");
  await door.part("search").fill("");
  await page.keyboard.press("F4");
  await door.part("exit-banner").waitFor();
  await visit("exit");
  await door.scan("YZ01ADMIT0AA");
  await page.keyboard.press("Space");
  await visit("verdict exited");
  await page.keyboard.press("F4");
  await door.part("exit-banner").waitFor({ state: "detached" });
}

/**
 * @param {import("./door.js").Door} door
 * @param {(name: string) => Promise<void>} visit
 */
async function withPeople(door, visit) {
  await door.part("go-people").click();
  await door.ready("people");
  await visit("people");
  await dialog(door, "add-dialog", () => door.part("people-add").click(), () => visit("add"));
  await door.part("people-search").fill("yardley");
  await door.part("people-row").first().waitFor();
  await visit("people search");
  await door.part("people-row").first().click();
  await door.part("person").waitFor();
  await door.part("person-history-row").first().waitFor();
  await visit("person");
  const cancel = door.part("person-cancel");
  await dialog(door, "cancel-dialog", () => cancel.click(), () => visit("cancel a ticket"));
}

/**
 * @param {import("./door.js").Door} door
 * @param {(name: string) => Promise<void>} visit
 */
async function reporting(door, visit) {
  await door.station.run(["override", "YZ05UNPAID0E", "--gate", "main", "--by", "Kim", "--reason", "Paid in cash"]);
  await door.part("go-reports-tab").click();
  await door.ready("reports");
  for (const report of ["attendance", "inside", "gates", "acts"]) {
    await door.part(`report-${report}`).click();
    await door.part("report-row").first().waitFor();
    await visit(`report ${report}`);
  }
  await door.part("report-attendance").click();
  await door.part("attendance-find").fill("nobody at all");
  await door.part("report-row").first().waitFor({ state: "detached" });
  await visit("report of nobody");
}

/**
 * @param {import("./door.js").Door} door
 * @param {(name: string) => Promise<void>} visit
 */
async function settingUp(door, visit) {
  await door.part("go-setup-tab").click();
  await door.ready("setup");
  for (const step of ["people", "gates", "staff", "rehearse", "open", "laptop"]) {
    await door.part(`step-${step}`).click();
    await visit(`set-up ${step}`);
  }
  await dialog(door, "scanning", () => door.part("open-scanning").click(), async () => {
    await door.part("part-camera").check({ force: true });
    await visit("camera");
    await door.part("part-scanners").check({ force: true });
    await door.part("scanner-settings").waitFor();
    await visit("scanners");
    await wedge(door.page, "LANYARD-TEST", { layout: "german" });
    await door.part("finding").waitFor();
    await visit("scanner of another layout");
  });
  await door.part("step-gates").click();
  await dialog(door, "gate-dialog", () => door.part("gate-add").click(), () => visit("new gate"));
  await door.part("step-staff").click();
  await dialog(door, "staff-dialog", () => door.part("staff-add").click(), () => visit("new staff"));
  await door.part("step-people").click();
  const file = await door.station.file("shop.csv", SHOP_EXPORT);
  await door.part("import-file").setInputFiles(file);
  await door.part("import-preview").waitFor();
  await visit("import preview");
  await door.part("go-start-tab").click();
  await door.ready("start");
  await door.part("event-row").first().waitFor();
  await visit("events");
  await door.part("start-new").click();
  await door.part("start-name").waitFor();
  await visit("new event");
}

/** Gives back to a supervisor what he is asked for. */
export const agreed = { by: "Kim", supervisor: SUPERVISOR };
