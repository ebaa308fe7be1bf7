// A screen of a test's own, without a window manager, and a keyboard in front of it: keys that reach
// the window as those of a scanner at the laptop do.
import { execFile, spawn } from "node:child_process";
import { closeAtExit, endGroup } from "./group.js";

const STARTS_WITHIN_MS = 15_000;
const TYPES_WITHIN_MS = 30_000;

export class Display {
  #server;

  /**
   * @param {import("node:child_process").ChildProcess} server
   * @param {string} name such as ":7"
   */
  constructor(server, name) {
    this.#server = server;
    this.name = name;
  }

  /** A new screen, of the size that many laptops have. */
  static async start(size = "1366x768x24") {
    const words = ["-displayfd", "3", "-screen", "0", size, "-nolisten", "tcp", "-noreset"];
    const server = spawn("Xvfb", words, { stdio: ["ignore", "ignore", "ignore", "pipe"], detached: true });
    closeAtExit(server);
    const number = await new Promise((done, fail) => {
      const late = setTimeout(() => fail(new Error("Xvfb does not start")), STARTS_WITHIN_MS);
      /** @type {any} */ (server.stdio[3]).once("data", (/** @type {Buffer} */ bytes) => {
        clearTimeout(late);
        done(String(bytes).trim());
      });
      server.once("error", fail);
      server.once("exit", (code) => fail(new Error(`Xvfb ended (${code})`)));
    });
    return new Display(server, `:${number}`);
  }

  /** What a program needs to be shown here. */
  get env() {
    return { DISPLAY: this.name };
  }

  /** @param {string[]} words */
  xdotool(words) {
    return new Promise((done, fail) => {
      const env = { ...process.env, ...this.env };
      execFile("xdotool", words, { env, timeout: TYPES_WITHIN_MS }, (error, stdout, stderr) => {
        if (error) fail(new Error(`xdotool ${words.join(" ")}: ${stderr || error.message}`));
        else done(stdout.trim());
      });
    });
  }

  /**
   * Scans a code: its characters, then Enter. Two calls, since `type` knows no Enter key.
   * @param {string} code
   * @param {number} [delay_ms] from one key to the next
   */
  async wedge(code, delay_ms = 8) {
    await this.xdotool(["type", "--delay", String(delay_ms), "--", code]);
    await this.key("Return");
  }

  /** @param {string} name of an X key */
  async key(name) {
    await this.xdotool(["key", "--clearmodifiers", name]);
  }

  async end() {
    await endGroup(this.#server);
  }
}
