// Chromium as it is installed on this machine, and pages in it that are a laptop at a door.
import { existsSync } from "node:fs";
import { chromium } from "playwright-core";

const USUAL = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
];

/** The first Chromium there is. */
export function chromiumPath() {
  const given = process.env.LANYARD_CHROMIUM;
  const path = given || USUAL.find((usual) => existsSync(usual));
  if (!path) throw new Error("no Chromium found: install chromium, or set LANYARD_CHROMIUM");
  return path;
}

/** Starts a browser; close it with `close()`. */
export function startChromium() {
  return chromium.launch({
    executablePath: chromiumPath(),
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--autoplay-policy=no-user-gesture-required",
      "--mute-audio",
    ],
  });
}

/**
 * A page in a session of its own. It stands in another time zone than any event of the tests.
 * @param {import("playwright-core").Browser} browser
 * @param {{ width?: number, height?: number, locale?: string, dark?: boolean, still?: boolean }} [how]
 */
export async function openPage(browser, how = {}) {
  const context = await browser.newContext({
    viewport: { width: how.width ?? 1366, height: how.height ?? 768 },
    locale: how.locale ?? "en-GB",
    timezoneId: "Pacific/Auckland",
    colorScheme: how.dark ? "dark" : "light",
    reducedMotion: how.still ? "reduce" : "no-preference",
  });
  context.setDefaultTimeout(10_000);
  const page = await context.newPage();
  /** What went wrong inside of the page. */
  const troubles = /** @type {string[]} */ ([]);
  page.on("pageerror", (error) => troubles.push(String(error.stack ?? error)));
  page.on("crash", () => troubles.push("the page crashed"));
  page.on("console", (message) => {
    if (/Content Security Policy|Unhandled/i.test(message.text())) troubles.push(message.text());
  });
  await page.route(
    (url) => url.hostname !== "127.0.0.1" && url.protocol !== "data:" && url.protocol !== "blob:",
    (route) => {
      troubles.push(`asked for ${route.request().url()}`);
      return route.abort();
    },
  );
  return { page, context, troubles };
}
