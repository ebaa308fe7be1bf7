// Libraries that are loaded below the real command, to make its disk fail or its clock wrong.
import { execFileSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));

/**
 * Compiles a shim with this machine's C compiler, which Rust needs anyway.
 * @param {string} source
 */
function compiled(source) {
  const made = join(mkdtempSync(join(tmpdir(), "ly-shim-")), `${basename(source, ".c")}.so`);
  execFileSync("cc", ["-shared", "-fPIC", "-O1", "-Wall", "-o", made, source]);
  return made;
}

/** @type {string | undefined} */
let clock;

/**
 * The environment of a command that believes it is another time. Its clock goes on from there.
 * @param {string} time such as 2027-05-08T08:00:00Z
 */
export function atTime(time) {
  clock ??= compiled(join(here, "../../it/shim/clock.c"));
  const shift = Math.round((Date.parse(time) - Date.now()) / 1000);
  return { LD_PRELOAD: clock, CLOCK_SHIFT: String(shift) };
}

/**
 * The environment of a command whose disk fails from the moment on at which a file is there.
 * @param {string} sign path of that file
 */
export function failingDisk(sign) {
  return { LD_PRELOAD: compiled(join(here, "failing.c")), FAIL_WHEN: sign };
}
