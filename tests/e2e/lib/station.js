// A station of a test's own: a temporary data folder, the real `lanyard` in it, the screens served
// on a free port of this machine. Ends only what it started.
import { execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** Path of the command under test. */
export function lanyard() {
  const path = process.env.LANYARD_BIN;
  if (!path) throw new Error("LANYARD_BIN is not set: the path of the lanyard command");
  if (!existsSync(path)) throw new Error(`LANYARD_BIN: there is no ${path}`);
  return path;
}

/** @typedef {{ code: number, stdout: string, stderr: string }} Ran */

export class Station {
  /** @type {import("node:child_process").ChildProcess | null} */
  #serving = null;
  #stderr = "";

  /** @param {string} folder */
  constructor(folder) {
    this.folder = folder;
    this.data = join(folder, "data");
    /** Host and port of the screens, once served. */
    this.http = "";
    this.token = "";
    /** A film or a folder of pictures in place of a camera. @type {string | null} */
    this.camera = null;
    /** More of the environment of what runs here. @type {Record<string, string>} */
    this.more = {};
  }

  /** A new place; its path is short, since sockets lie in it. */
  static async make() {
    const station = new Station(await mkdtemp(join(tmpdir(), "ly-")));
    await mkdir(join(station.folder, "run"), { mode: 0o700 });
    await mkdir(station.data);
    return station;
  }

  /** The environment of everything that runs here: nothing of the person who runs the tests. */
  get env() {
    const env = { ...process.env };
    for (const name of Object.keys(env)) if (name.startsWith("LANYARD_")) delete env[name];
    return {
      ...env,
      HOME: this.folder,
      XDG_RUNTIME_DIR: join(this.folder, "run"),
      XDG_DATA_HOME: join(this.folder, "share"),
      LANYARD_DATA: this.data,
      ...this.more,
    };
  }

  /**
   * Runs one command to its end.
   * @param {string[]} words
   * @param {string} [stdin]
   * @returns {Promise<Ran>}
   */
  ran(words, stdin = "") {
    return new Promise((done, fail) => {
      const options = { env: this.env, maxBuffer: 64 << 20, timeout: 60_000 };
      const child = execFile(lanyard(), words, options, (error, stdout, stderr) => {
        if (error && typeof error.code !== "number") return fail(error);
        done({ code: error ? Number(error.code) : 0, stdout, stderr });
      });
      child.stdin?.on("error", () => undefined);
      child.stdin?.end(stdin);
    });
  }

  /**
   * Runs a command that must go well, and returns its JSON lines.
   * @param {string[]} words
   * @param {string} [stdin]
   * @returns {Promise<any[]>}
   */
  async run(words, stdin) {
    const ran = await this.ran([...words, "--json"], stdin);
    if (ran.code !== 0) {
      throw new Error(`lanyard ${words.join(" ")}: ${ran.code}\n${ran.stdout}${ran.stderr}`);
    }
    return ran.stdout.split("\n").filter(Boolean).map((line) => JSON.parse(line));
  }

  /**
   * Writes a file beside the data folder and returns its path.
   * @param {string} name
   * @param {string | Uint8Array} content
   */
  async file(name, content) {
    const path = join(this.folder, name);
    await writeFile(path, content);
    return path;
  }

  /**
   * Serves the screens, on the port of the last time if there was one.
   * @param {{ wrap?: string[], env?: Record<string, string> }} [how] wrap: a command that runs it
   */
  async serve(how = {}) {
    // Of other stations only those of this machine are spoken with.
    const sync = ["--sync", "127.0.0.1:0", "--no-discovery"];
    const words = [lanyard(), "serve", "--http", this.http || "127.0.0.1:0", ...sync, "--json"];
    if (this.camera !== null) words.push("--camera", this.camera);
    const [command, ...rest] = [...(how.wrap ?? []), ...words];
    // A group of its own, so that what a wrapper started ends with it.
    const child = spawn(command, rest, {
      env: { ...this.env, ...how.env },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    this.#serving = child;
    this.#stderr = "";
    child.stderr?.on("data", (bytes) => (this.#stderr += bytes));
    const lines = createInterface({ input: /** @type {any} */ (child.stdout) });
    const first = await new Promise((done, fail) => {
      lines.once("line", done);
      child.once("error", fail);
      child.once("exit", (code) => fail(new Error(`serve ended (${code}): ${this.#stderr}`)));
    });
    const said = JSON.parse(first);
    this.http = String(said.http).replace(/^https?:\/\//, "").replace(/\/.*$/, "");
    this.token = said.token;
    return this;
  }

  get url() {
    return `http://${this.http}/#token=${this.token}`;
  }

  /** What the served process wrote as errors. */
  get errors() {
    return this.#stderr;
  }

  /** Whether the screens are served now. */
  get serving() {
    return this.#serving !== null && this.#serving.exitCode === null && this.#serving.signalCode === null;
  }

  /**
   * Ends the served process, by default without asking it.
   * @param {NodeJS.Signals} [signal]
   */
  async kill(signal = "SIGKILL") {
    const child = this.#serving;
    if (!child || !this.serving) return;
    const gone = new Promise((done) => child.once("exit", done));
    process.kill(-Number(child.pid), signal);
    await gone;
  }

  /**
   * Asks the served station, as the screens do.
   * @param {string} command
   * @param {object} [args]
   * @param {object} [extra] `by`, `supervisor`, `event`
   * @returns {Promise<any[]>} its lines
   */
  async call(command, args = {}, extra = {}) {
    const response = await fetch(`http://${this.http}/api/${command}`, {
      method: "POST",
      headers: { Authorization: `Bearer ${this.token}`, "Content-Type": "application/json" },
      body: JSON.stringify({ ...extra, args }),
    });
    const body = await response.json();
    if (!response.ok) throw new Error(`${command}: ${JSON.stringify(body.error)}`);
    return body.lines;
  }

  /** Ends everything and leaves nothing behind. */
  async end() {
    await this.kill();
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
