// A terminal that keeps a folder for itself: `lanyard scan -`, waiting for codes.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { closeAtExit, endGroup } from "./group.js";
import { lanyard } from "./station.js";

export class Keeper {
  #child;
  #lines;

  /** @param {import("./station.js").Station} station */
  constructor(station) {
    const words = ["scan", "--gate", "main", "-", "--json"];
    const stdio = /** @type {const} */ (["pipe", "pipe", "ignore"]);
    this.#child = spawn(lanyard(), words, { env: station.env, stdio, detached: true });
    closeAtExit(this.#child);
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /**
   * Its verdict on a code. Whoever gives one has the folder, or reached who has it.
   * @param {string} code
   */
  async scan(code) {
    this.#child.stdin.write(`${code}\n`);
    const { done, value } = await this.#lines.next();
    if (done) throw new Error("lanyard scan - ended");
    return JSON.parse(value);
  }

  /** @param {NodeJS.Signals} signal */
  signal(signal) {
    this.#child.kill(signal);
  }

  end() {
    return endGroup(this.#child);
  }
}
