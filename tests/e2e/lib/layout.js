// Sizes and places on a screen.

/** A finger in a glove: 12 mm at 96 pixels to the inch, and what rounding takes. */
export const TARGET_PX = 45;

/**
 * Buttons and fields that are too small to hit, in words.
 * @param {import("playwright-core").Page} page
 * @returns {Promise<string[]>}
 */
export function tooSmall(page) {
  return page.evaluate((least) => {
    const all = document.querySelectorAll(
      "button, input, select, textarea, a[href], summary, [role=button], [role=option], [role=tab]",
    );
    const found = [];
    for (const one of all) {
      const element = /** @type {HTMLElement} */ (one);
      if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
      if (element.closest("[inert]") || element.closest(".visually-hidden")) continue;
      // What a label makes clickable is the label.
      const input = element instanceof HTMLInputElement ? element : null;
      const ticked = input && ["checkbox", "radio", "file"].includes(input.type);
      const target = (ticked && element.closest("label")) || element;
      const box = target.getBoundingClientRect();
      if (box.width === 0 || box.height === 0) continue;
      if (box.width >= least && box.height >= least) continue;
      const name = element.getAttribute("data-testid") ?? element.getAttribute("aria-label");
      const said = name ?? element.textContent?.trim().slice(0, 40) ?? "";
      found.push(`${element.tagName} "${said}": ${box.width.toFixed(0)}x${box.height.toFixed(0)}`);
    }
    return found;
  }, TARGET_PX);
}

/**
 * What is wider than the window or than the box that it scrolls in, in words.
 * @param {import("playwright-core").Page} page
 * @returns {Promise<string[]>}
 */
export function tooWide(page) {
  return page.evaluate(() => {
    const found = [];
    const root = document.scrollingElement ?? document.documentElement;
    if (root.scrollWidth > innerWidth) found.push(`page: ${root.scrollWidth} > ${innerWidth}`);
    for (const element of document.querySelectorAll("body *")) {
      if (!element.checkVisibility() || element.closest(".visually-hidden, svg")) continue;
      const box = element.getBoundingClientRect();
      if (box.width === 0 || box.height === 0) continue;
      const name = `${element.tagName}.${element.className} "${element.textContent?.trim().slice(0, 30)}"`;
      const scrolls = /auto|scroll/.test(getComputedStyle(element).overflowX);
      if (scrolls && element.scrollWidth > element.clientWidth + 1 && element.tagName !== "INPUT") {
        found.push(`${name} scrolls sideways: ${element.scrollWidth} > ${element.clientWidth}`);
      }
      // A long text that ends in dots is as wide as it is; what shows it is not.
      const parent = element.parentElement;
      const dots = parent && getComputedStyle(parent).textOverflow === "ellipsis";
      if (dots && getComputedStyle(element).display === "inline") continue;
      if (box.right > innerWidth + 1 || box.left < -1) {
        found.push(`${name} from ${box.left.toFixed(0)} to ${box.right.toFixed(0)}`);
      }
    }
    return found.slice(0, 8);
  });
}

/**
 * Begins to note every shift of the layout; the returned function tells what shifted.
 * @param {import("playwright-core").Page} page
 * @param {string} may what may move, as a selector
 */
export async function watchShifts(page, may) {
  await page.evaluate((may) => {
    const shifts = /** @type {string[]} */ ([]);
    new PerformanceObserver((list) => {
      for (const entry of /** @type {any[]} */ (list.getEntries())) {
        const moved = [];
        for (const { node } of entry.sources) {
          const element = node instanceof Element ? node : node?.parentElement;
          if (!element?.closest(may)) moved.push(`${element?.tagName}.${element?.className}`);
        }
        if (moved.length > 0) shifts.push(`${entry.value.toFixed(4)}: ${moved.join(", ")}`);
      }
    }).observe({ type: "layout-shift" });
    Object.assign(window, { layoutShifts: shifts });
  }, may);
  return async () => {
    // Shifts are told after a frame was painted.
    await page.evaluate(() => new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(go))));
    return page.evaluate(() => /** @type {any} */ (window).layoutShifts);
  };
}
