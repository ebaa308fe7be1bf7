// Contrast of text as it is painted, by the formula of WCAG 2.

/**
 * Runs in the page: every piece of text in an element, with its colour and what lies behind it.
 * @param {Element} root
 */
function textsIn(root) {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  if (!canvas) throw new Error("no canvas");
  /** @param {string} colour */
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [r = 0, g = 0, b = 0, a = 0] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  /** @param {number[]} colour */
  const luminance = (colour) => {
    const [r = 0, g = 0, b = 0] = colour.slice(0, 3).map((value) => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  /** Every colour that may lie behind: those of a striped picture count, each of them. */
  /** @param {Element | null} from */
  const behind = (from) => {
    for (let element = from; element; element = element.parentElement) {
      const style = getComputedStyle(element);
      const stripes = style.backgroundImage.match(/rgba?\([^)]*\)|color\([^)]*\)|#[0-9a-f]{3,8}/gi);
      if (stripes) return stripes.map(rgba);
      const colour = rgba(style.backgroundColor);
      if ((colour[3] ?? 0) > 0.99) return [colour];
      if ((colour[3] ?? 0) > 0.01) throw new Error(`half transparent: ${element.className}`);
    }
    return [[255, 255, 255, 1]];
  };
  const found = [];
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent?.trim() ?? "";
    const parent = walker.currentNode.parentElement;
    if (text === "" || !parent) continue;
    const shown = parent.checkVisibility({ opacityProperty: true, visibilityProperty: true });
    if (!shown || parent.closest(".visually-hidden")) continue;
    let opacity = 1;
    for (let up = /** @type {Element | null} */ (parent); up; up = up.parentElement) {
      opacity *= Number(getComputedStyle(up).opacity);
    }
    const ink = rgba(getComputedStyle(parent).color);
    for (const back of behind(parent)) {
      const mixed = ink.map((part, index) => {
        const share = (ink[3] ?? 1) * opacity;
        return part * share + (back[index] ?? 0) * (1 - share);
      });
      const [light = 0, dark = 0] = [luminance(mixed), luminance(back)].sort((a, b) => b - a);
      found.push({ text: text.slice(0, 60), ratio: (light + 0.05) / (dark + 0.05) });
    }
  }
  return found;
}

/**
 * Every text in an element and its contrast.
 * @param {import("playwright-core").Locator} locator
 * @returns {Promise<{ text: string, ratio: number }[]>}
 */
export function contrasts(locator) {
  return locator.evaluate(textsIn);
}
