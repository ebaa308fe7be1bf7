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

function fits(box: HTMLElement, inner: HTMLElement): boolean {
  const { width } = inner.getBoundingClientRect();
  const wide = Math.max(width, inner.scrollWidth);
  // Widths of boxes are rounded, that of the words is not.
  return wide <= box.clientWidth + 1 && inner.offsetHeight <= box.clientHeight + 1;
}

function largest(box: HTMLElement, inner: HTMLElement, { min_px, max_px }: Fit): number {
  let [low, high] = [min_px, Math.max(min_px, Math.floor(max_px))];
  // Most words fit as large as they may be, and every measure makes the page lay itself out.
  inner.style.fontSize = `${high}px`;
  if (fits(box, inner)) return high;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    inner.style.fontSize = `${middle}px`;
    if (fits(box, inner)) low = middle;
    else high = middle - 1;
  }
  inner.style.fontSize = `${low}px`;
  return low;
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
