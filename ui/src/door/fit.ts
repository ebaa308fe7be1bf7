// Makes words as large as their box allows. Measuring is the only way that is right in any script.
import type { Attachment } from "svelte/attachments";

export interface Fit {
  min_px: number;
  max_px: number;
  /** Squeeze a single line sideways down to this share before its height gives way. */
  squeeze?: number;
  /** The height that a squeezed line must keep. */
  keep_px?: number;
  /** Cut what does not fit even at its smallest, with dots. */
  clamp?: boolean;
}

/** From one size to the next smaller one. They are few: a system makes the letters of each size anew. */
const STEP = 0.94;

/** Sizes from the largest down to the smallest. */
export function sizes(min_px: number, max_px: number): number[] {
  const all = [];
  for (let size = Math.max(min_px, Math.floor(max_px)); size > min_px; size *= STEP) all.push(size);
  return [...all, min_px];
}

/**
 * The first of so many that fits, or the last; whatever fits, all after it do. Looked for from a guess on, as each look
 * makes the page lay itself out.
 */
export function firstFit(count: number, guess: number, fits: (at: number) => boolean): number {
  let at = Math.min(count - 1, Math.max(0, guess));
  if (!fits(at)) {
    do at += 1;
    while (at < count - 1 && !fits(at));
    return Math.min(at, count - 1);
  }
  while (at > 0 && fits(at - 1)) at -= 1;
  return at;
}

/** How many times too wide and too high it is for its box. */
function excess(box: HTMLElement, inner: HTMLElement): [number, number] {
  const { width } = inner.getBoundingClientRect();
  const wide = Math.max(width, inner.scrollWidth);
  // Widths of boxes are rounded, that of the words is not.
  return [wide / (box.clientWidth + 1), inner.offsetHeight / (box.clientHeight + 1)];
}

function fits(box: HTMLElement, inner: HTMLElement): boolean {
  return excess(box, inner).every((times) => times <= 1);
}

function largest(box: HTMLElement, inner: HTMLElement, { min_px, max_px }: Fit): number {
  const all = sizes(min_px, max_px);
  const sizeAt = (at: number) => all[at] ?? min_px;
  const look = (at: number) => {
    inner.style.fontSize = `${sizeAt(at)}px`;
    return fits(box, inner);
  };
  // Most words fit as large as they may be.
  if (look(0)) return sizeAt(0);
  const [wide, high] = excess(box, inner);
  // What is too high has lines that become fewer as they become lower.
  const times = Math.max(wide, Math.sqrt(high));
  const at = firstFit(all.length, Math.floor(Math.log(times) / -Math.log(STEP)), look);
  inner.style.fontSize = `${sizeAt(at)}px`;
  return sizeAt(at);
}

/** Fits the first child of a box into the box, again whenever the box changes its size. */
export function fit(options: () => Fit): Attachment<HTMLElement> {
  return (box) => {
    const inner = box.firstElementChild;
    if (!(inner instanceof HTMLElement)) return;
    const measure = () => {
      const wanted = options();
      inner.style.transform = "";
      inner.classList.remove("cut");
      const size = largest(box, inner, wanted);
      if (wanted.clamp && !fits(box, inner)) {
        const line = Number.parseFloat(getComputedStyle(inner).lineHeight) || size;
        inner.style.setProperty("--lines", String(Math.max(1, Math.floor(box.clientHeight / line))));
        inner.classList.add("cut");
      }
      if (!wanted.squeeze || !wanted.keep_px || size >= wanted.keep_px) return;
      inner.style.fontSize = `${wanted.keep_px}px`;
      const share = Math.max(wanted.squeeze, Math.min(1, box.clientWidth / inner.scrollWidth));
      inner.style.transform = `scaleX(${share})`;
    };
    measure();
    // It calls once at the start, for the size that was measured just now.
    let calls = 0;
    const watch = new ResizeObserver(() => {
      if ((calls += 1) > 1) measure();
    });
    watch.observe(box);
    return () => watch.disconnect();
  };
}
