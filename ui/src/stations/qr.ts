// A text as the outline of a QR code.
import { correction, generate } from "lean-qr";

/** The quiet zone that the standard asks for, in modules. */
const QUIET = 4;

export interface Drawn {
  /** Modules on a side, quiet zone included. */
  size: number;
  /** One rectangle a run of dark modules. */
  path: string;
}

/** Error correction M: a screen is neither torn nor stained, and fewer modules are read from farther away. */
export function pathOf(text: string): Drawn | null {
  if (text === "") return null;
  try {
    const code = generate(text, { minCorrectionLevel: correction.M, maxCorrectionLevel: correction.M });
    const runs: string[] = [];
    for (let y = 0; y < code.size; y += 1) {
      for (let x = 0; x < code.size; x += 1) {
        if (!code.get(x, y)) continue;
        const from = x;
        while (code.get(x + 1, y)) x += 1;
        runs.push(`M${from + QUIET} ${y + QUIET}h${x + 1 - from}v1h${from - x - 1}z`);
      }
    }
    return { size: code.size + 2 * QUIET, path: runs.join("") };
  } catch {
    // Longer than any code holds: the text below it is there all the same.
    return null;
  }
}
