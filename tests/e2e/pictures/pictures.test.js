// Pictures of every state, for the documents and for whoever wants to see what Lanyard looks like.
// With LANYARD_PICTURES=1 they are written into docs/pictures, otherwise into a temporary folder.
import assert from "node:assert/strict";
import { EVERYBODY, GUESTS } from "../lib/people.js";
import { earlier, scene } from "../lib/scene.js";
import { atTime, failingDisk } from "../lib/shim.js";
import { snap } from "../lib/snap.js";
import { wedge } from "../lib/wedge.js";

/** A Saturday morning in Berlin, ten minutes after the doors opened. */
const AT = "2027-05-08T08:10:20Z";
const EVENT = { event: "Lantern Days", days: "2027-05-08,2027-05-09", at: AT, people: GUESTS };

/**
 * Scans of the last minutes: code, how many minutes ago, gate.
 * @param {import("../lib/station.js").Station} station
 */
async function morning(station) {
  const scans = /** @type {const} */ ([
    ["YZ11LONGNAME", 9, "main"],
    ["YZ04NOTED0DD", 8, "main"],
    ["YZ05UNPAID0E", 7, "main"],
    ["YZ12RTLNAME0", 5, "main"],
    ["YZ03ADMIT0CC", 4, "main"],
    ["YZ04NOTED0DD", 3, "lounge"],
    ["YZ99NOTICKET", 2, "main"],
    ["YZ16OTHERDAY", 1, "main"],
  ]);
  for (const [code, minutes, gate] of scans) {
    station.more = atTime(earlier(AT, minutes));
    await station.ran(["scan", "--gate", gate, code, "--by", "Kim"]);
  }
}

scene("pictures_of_verdicts", { ...EVENT, before: morning, within_ms: 120_000 }, async ({ door, station, page }) => {
  await door.part("recent-row").nth(7).waitFor();
  await snap(door, "door-waiting");
  const each = /** @type {const} */ ([
    ["YZ01ADMIT0AA", "admitted"],
    ["YZ02ADMIT0BB", "admitted-order"],
    ["YZ03ADMIT0CC", "already-in"],
    ["YZ05UNPAID0E", "unpaid"],
    ["YZ06CANCEL0F", "cancelled"],
    ["YZ07BLOCKED0", "blocked"],
    ["YZ10TOOSOON0", "too-early"],
    ["YZ16OTHERDAY", "wrong-date"],
    ["YZ99NOBODY99", "unknown-code"],
  ]);
  for (const [code, name] of each) {
    await door.scan(code);
    await page.keyboard.press("Space");
    await snap(door, name);
    await door.close();
  }
  await door.scan("YZ03ADMIT0CC");
  await page.keyboard.press("F2");
  await door.part("dispute").waitFor();
  await snap(door, "dispute");
  await page.keyboard.press("Escape");
  await door.part("dispute").waitFor({ state: "detached" });
  await station.call("station_set", { exit: true });
  await door.part("exit-banner").waitFor();
  await snap(door, "exit-mode");
  await door.scan("YZ01ADMIT0AA");
  await page.keyboard.press("Space");
  await snap(door, "exited");
  await door.close();
  await station.call("station_set", { exit: false });
  await door.part("exit-banner").waitFor({ state: "detached" });
  await door.scan("YZ01ADMIT0AA");
  await page.keyboard.press("Space");
  await snap(door, "readmitted");
  await door.hold(door.part("verdict").getByTestId("undo"), door.part("undo-dialog"));
  await snap(door, "undo");
  await door.part("reason-preset").first().click();
  await door.part("undo-confirm").click();
  await door.part("pin").waitFor();
  await snap(door, "supervisor-pin");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  await door.part("undo-dialog").waitFor({ state: "detached" });
  await door.part("search").fill("an");
  await door.part("found-row").first().waitFor();
  await snap(door, "search");
  await door.part("search").fill("");
  await door.scan("YZ99NOBODY99");
  await page.keyboard.press("F7");
  await door.part("add-dialog").waitFor();
  await door.part("add-name").fill("Mireille Okonkwo");
  await door.part("add-type").first().waitFor();
  await snap(door, "add-person");
});

scene("pictures_of_names", { ...EVENT, people: EVERYBODY }, async ({ door, station, page }) => {
  for (const [code, name] of /** @type {const} */ ([
    ["YZ11LONGNAME", "long-name"],
    ["YZ12RTLNAME0", "rtl-name"],
    ["YZ04NOTED0DD", "note"],
    ["YZ15ENDLESS0", "endless-name"],
  ])) {
    await door.scan(code);
    await page.keyboard.press("Space");
    await snap(door, name);
    await door.close();
  }
  await station.call(
    "station_set",
    { gate: "lounge" },
    { supervisor: { name: "Ada", pin: "4711" } },
  );
  await door.page.getByText("Speakers' lounge").first().waitFor();
  await door.scan("YZ08WORKSHOP");
  await page.keyboard.press("Space");
  await snap(door, "wrong-gate");
});

for (const theme of ["dark", "sun"]) {
  scene(`pictures_of_the_${theme}_look`, { ...EVENT, before: morning, laptop: { theme } }, async ({ door, page }) => {
    await door.part("recent-row").nth(7).waitFor();
    await snap(door, `${theme}-door`);
    await door.scan("YZ06CANCEL0F");
    await page.keyboard.press("Space");
    await snap(door, `${theme}-verdict`);
    await door.close();
    await door.part("go-people").click();
    await door.ready("people");
    await door.part("people-search").fill("zoë");
    await door.part("people-row").first().click();
    await door.part("person").waitFor();
    await snap(door, `${theme}-person`);
    await door.part("go-setup-tab").click();
    await door.ready("setup");
    await snap(door, `${theme}-setup`);
  });
}

scene("pictures_in_german", { ...EVENT, before: morning, laptop: { language: "de" } }, async ({ door, page }) => {
  await snap(door, "german-door");
  await door.scan("YZ03ADMIT0CC");
  await page.keyboard.press("Space");
  await snap(door, "german-verdict");
  await page.keyboard.press("F2");
  await door.part("dispute").waitFor();
  await snap(door, "german-dispute");
  await page.keyboard.press("Escape");
  await door.part("dispute").waitFor({ state: "detached" });
  await door.part("go-setup").click();
  await door.ready("setup");
  await snap(door, "german-setup");
});

scene(
  "pictures_of_a_small_window",
  { ...EVENT, before: morning, page: { width: 1024, height: 600 } },
  async ({ door, page }) => {
    await door.part("recent-row").nth(7).waitFor();
    await snap(door, "small-door");
    await door.scan("YZ03ADMIT0CC");
    await page.keyboard.press("Space");
    await snap(door, "small-verdict");
    await page.keyboard.press("F2");
    await door.part("dispute").waitFor();
    await snap(door, "small-dispute");
    await page.keyboard.press("Escape");
    await door.part("dispute").waitFor({ state: "detached" });
    await door.part("go-people").click();
    await door.ready("people");
    await door.part("people-search").fill("zoë");
    await door.part("people-row").first().click();
    await door.part("person").waitFor();
    await snap(door, "small-person");
    await door.part("go-setup-tab").click();
    await door.ready("setup");
    await snap(door, "small-setup");
  },
);

scene("pictures_of_the_rehearsal", { ...EVENT, state: "rehearsal" }, async ({ door, page }) => {
  await snap(door, "rehearsal-waiting");
  await door.scan("YZ01ADMIT0AA");
  await page.keyboard.press("Space");
  await snap(door, "rehearsal");
});

scene("pictures_of_people", { ...EVENT, before: morning }, async ({ door, station, page }) => {
  const who = await station.call("search", { text: "zoë" });
  const by = { by: "Kim", supervisor: { name: "Ada", pin: "4711" } };
  await station.call("attendee_set", { who: who[0].id, fields: ["company=Studio Yardley"], reason: "asked for" }, by);
  await door.part("go-people").click();
  await door.ready("people");
  await snap(door, "people");
  await door.part("people-search").fill("mar");
  await door.part("people-row").first().waitFor();
  await snap(door, "people-search");
  await door.part("people-search").fill("zoë");
  await page.getByRole("option", { name: /Yardley/ }).first().click();
  await door.part("person").waitFor();
  await door.part("person-history-row").first().waitFor();
  await snap(door, "person");
});

const BROKEN = `Ticket ID,Vorname,Nachname,Category,Status,Gültig bis,Bestellung
T-1001,Amara,Diallo,Regular,bezahlt,2027-05-09 18:00,B-1
T-1002,Björn,Ísleifsson,Regular,bezahlt,2027-05-09 18:00,B-1
T-1003,Χρήστος,Παπαδόπουλος,Speaker,paid,whenever,B-2
T-1004,Devi,Raman,Regular,maybe,2027-05-09 18:00,B-3
T-1002,Somebody,Else,Regular,paid,2027-05-09 18:00,B-4
T-1006,שירה,לוי,Press,paid,2027-05-09 18:00,B-5
`;

scene("pictures_of_setting_up", { ...EVENT, state: "setup" }, async ({ door, station }) => {
  await snap(door, "setup");
  await door.part("step-people").click();
  await door.part("import-file").setInputFiles(await station.file("shop-export.csv", BROKEN));
  await door.part("import-preview").waitFor();
  await snap(door, "import-preview");
  await door.part("import-map").scrollIntoViewIfNeeded();
  await snap(door, "import-columns");
  await door.part("import-run").click();
  await door.pin();
  await door.part("import-result").waitFor();
  await snap(door, "import-result");
  await door.part("step-gates").click();
  await door.part("gate-row").first().waitFor();
  await snap(door, "gates");
  await door.part("gate-add").click();
  await door.part("gate-dialog").waitFor();
  await snap(door, "gate");
  await door.page.keyboard.press("Escape");
  await door.part("step-staff").click();
  await door.part("staff-row").first().waitFor();
  await snap(door, "staff");
  await door.part("step-rehearse").click();
  await snap(door, "try-it-out");
  await door.part("step-open").click();
  await snap(door, "open-the-doors");
  await door.part("step-laptop").click();
  await door.part("theme-auto").waitFor();
});

scene("pictures_of_the_start", { event: null, at: AT }, async ({ door, station, page }) => {
  await snap(door, "start-empty");
  await station.run(["event", "new", "--name", "Lantern Days", "--timezone", "Europe/Berlin", "--station-name", "laptop 1", "--days", "2027-05-08,2027-05-09"]);
  await station.run(["event", "new", "--name", "夜市 2027", "--timezone", "Asia/Taipei", "--setup", "--station-name", "laptop 1"]);
  await page.reload();
  await door.ready("start");
  await door.part("event-row").nth(1).waitFor();
  await snap(door, "start-events");
});

scene("pictures_of_a_failing_disk_and_a_station_that_is_gone", { ...EVENT }, async ({ door, station }) => {
  await station.kill();
  await door.part("link-down").waitFor();
  await snap(door, "station-gone");
  const sign = `${station.folder}/fail`;
  await station.serve({ env: { ...failingDisk(sign) } });
  await door.part("link-down").waitFor({ state: "detached" });
  await station.file("fail", "");
  await wedge(door.page, "YZ01ADMIT0AA");
  await door.part("alarm").waitFor();
  await snap(door, "disk-failing");
});
