// What the window itself has to do for a report: a file that the page made is saved, as in a browser.
import assert from "node:assert/strict";
import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { until } from "../lib/wait.js";
import { windowed } from "../lib/window.js";

windowed("a_report_is_saved_among_the_downloads", {}, async (place) => {
  const { station } = place;
  // Where the desktop of a person says that downloads go.
  const [downloads, config] = [join(station.folder, "Downloads"), join(station.folder, ".config")];
  await Promise.all([mkdir(downloads), mkdir(config)]);
  await station.file(".config/user-dirs.dirs", 'XDG_DOWNLOAD_DIR="$HOME/Downloads"\n');
  station.more = { XDG_CONFIG_HOME: config };
  await station.run(["scan", "--gate", "main", "YZ01ADMIT0AA", "YZ12RTLNAME0"]);
  const window = await place.open();
  await window.ready("door");
  await window.click("go-people");
  await window.ready("people");
  await window.click("go-reports-tab");
  await window.ready("reports");
  await window.click("report-inside");
  await window.sees("inside-count", /^2\s/);
  await window.click("report-csv");
  const name = await until("the file is there", async () => (await readdir(downloads)).find((one) => /\.csv$/.test(one)));
  assert.match(name, /^Lantern Days, Inside now, /);
  const { stdout } = await station.ran(["report", "inside", "--format", "csv"]);
  await until("all of it is there", async () => {
    const saved = (await readFile(join(downloads, name), "utf8")).replaceAll("\r\n", "\n");
    return saved === `\uFEFF${stdout}`;
  });
});
