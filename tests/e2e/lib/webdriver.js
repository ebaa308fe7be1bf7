// As much of the WebDriver protocol as the tests of the window need. Every step has its time limit:
// a driver that hangs is a failure with a name.

const STEP_MS = 20_000;
const ELEMENT = "element-6066-11e4-a52e-4f735466cecf";

export class WebDriver {
  #session = "";

  /** @param {number} port */
  constructor(port) {
    this.url = `http://127.0.0.1:${port}`;
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {object} [body]
   * @returns {Promise<any>}
   */
  async #step(method, path, body) {
    const response = await fetch(`${this.url}${path}`, {
      method,
      ...(method === "POST" ? { body: JSON.stringify(body ?? {}) } : {}),
      headers: { "Content-Type": "application/json" },
      signal: AbortSignal.timeout(STEP_MS),
    }).catch((thrown) => {
      throw new Error(`${method} ${path}: ${thrown.cause?.message ?? thrown.message}`);
    });
    const { value } = /** @type {any} */ (await response.json());
    if (!response.ok) throw new Error(`${method} ${path}: ${value?.error}: ${value?.message}`);
    return value;
  }

  async isReady() {
    return (await this.#step("GET", "/status")).ready !== false;
  }

  /**
   * Starts the program, which is the browser here.
   * @param {string} binary
   * @param {string[]} args
   */
  async open(binary, args) {
    const alwaysMatch = { "webkitgtk:browserOptions": { binary, args } };
    const made = await this.#step("POST", "/session", { capabilities: { alwaysMatch } });
    this.#session = `/session/${made.sessionId}`;
  }

  /**
   * Runs the body of a function in the page. A promise that it returns is waited for.
   * @param {string} script
   * @param {unknown[]} args
   */
  execute(script, ...args) {
    return this.#step("POST", `${this.#session}/execute/sync`, { script, args });
  }

  /** @param {string} css */
  async find(css) {
    const found = await this.#step("POST", `${this.#session}/element`, { using: "css selector", value: css });
    return found[ELEMENT];
  }

  /** @param {string} css */
  async click(css) {
    await this.#step("POST", `${this.#session}/element/${await this.find(css)}/click`);
  }

  /**
   * Types into a field, or gives a file to a field for files.
   * @param {string} css
   * @param {string} text
   */
  async fill(css, text) {
    await this.#step("POST", `${this.#session}/element/${await this.find(css)}/value`, { text });
  }

  /** The window as PNG. */
  async screenshot() {
    return Buffer.from(await this.#step("GET", `${this.#session}/screenshot`), "base64");
  }

  async close() {
    if (this.#session) await this.#step("DELETE", this.#session);
    this.#session = "";
  }
}
