// Follows the camera of this laptop while a screen shows it. Asking keeps the camera on.
import { carrier } from "../carrier";
import { picture, type Hint, type Picture } from "./picture";

/** A station that shows nothing is asked again after this time. */
const AGAIN_MS = 500;
/** A hint that comes and goes is not read by anybody: it has to last for this long. */
const HINT_MS = 600;
/** Where something covers it, it is asked this often: the camera stays on, and what covers it is drawn first. */
const COVERED_MS = 250;

export class Eye {
  now = $state.raw<Picture | null>(null);
  /** What would help, once it has been so for a while. */
  hint = $state<Hint | null>(null);
  /** Whether something covers the picture. */
  #covered: () => boolean;
  #hint: { is: Hint | null; since: number } = { is: null, since: 0 };

  constructor(covered: () => boolean) {
    this.#covered = covered;
  }

  /** Begins; the returned function ends it. */
  begin(): () => void {
    const stop = { asked: false };
    void this.#follow(stop);
    return () => {
      stop.asked = true;
    };
  }

  async #follow(stop: { asked: boolean }): Promise<void> {
    const way = await carrier();
    let after = 0;
    while (!stop.asked) {
      try {
        if (this.#covered()) await pause(COVERED_MS);
        const seen = picture(await way.preview(after));
        if (stop.asked) return;
        if (!seen || seen.number === 0) await pause(AGAIN_MS);
        // After a restart the station counts anew.
        if (seen && seen.number !== after) this.#show(seen);
        after = seen?.number ?? 0;
      } catch {
        if (stop.asked) return;
        after = 0;
        this.now = null;
        await pause(AGAIN_MS);
      }
    }
  }

  #show(seen: Picture): void {
    this.now = seen;
    const time = performance.now();
    if (seen.hint !== this.#hint.is) this.#hint = { is: seen.hint, since: time };
    if (time - this.#hint.since >= HINT_MS) this.hint = seen.hint;
  }
}

const pause = (ms: number): Promise<void> => new Promise((go) => setTimeout(go, ms));
