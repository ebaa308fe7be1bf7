// What a report shows: asked for, and asked for again as things happen at the doors.
import type { Happening } from "../api/generated";
import { session } from "../session.svelte";

/** A hall full of doors scans many times a second; a report is not counted again for each. */
const REST_MS = 2_000;
/** Of a large event counting takes long; the station is to do other things too. */
const REST_FACTOR = 5;

const CHANGES: readonly Happening["kind"][] = ["scan", "undo", "attendance", "people", "event", "missed", "link"];

export class Loaded<T> {
  value = $state.raw<T | null>(null);
  problem = $state.raw<unknown>(null);
  /** When it was counted. */
  at = $state(0);
  #ask: () => Promise<T>;
  #turn = 0;
  #took_ms = 0;

  constructor(ask: () => Promise<T>) {
    this.#ask = ask;
  }

  /** Asks now. Of several questions the last counts. */
  async load(): Promise<void> {
    const turn = (this.#turn += 1);
    const begun = Date.now();
    try {
      const value = await this.#ask();
      if (turn !== this.#turn) return;
      [this.value, this.problem, this.at] = [value, null, Date.now()];
      this.#took_ms = Date.now() - begun;
    } catch (thrown) {
      if (turn === this.#turn) this.problem = thrown;
    }
    document.documentElement.dataset.ready = "reports";
  }

  /** Asks now, and again whenever something has happened; the returned function ends it. */
  follow(): () => void {
    let timer: ReturnType<typeof setTimeout> | undefined;
    void this.load();
    const deaf = session.hear(({ kind }) => {
      if (!CHANGES.includes(kind)) return;
      timer ??= setTimeout(
        () => {
          timer = undefined;
          void this.load();
        },
        Math.max(REST_MS, REST_FACTOR * this.#took_ms),
      );
    });
    return () => {
      clearTimeout(timer);
      deaf();
    };
  }
}
