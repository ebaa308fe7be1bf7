// The time on the screens. It moves at the turn of a second or a minute, and only while somebody reads it: what shows
// no seconds must not be drawn every second.
import { createSubscriber } from "svelte/reactivity";

function every(period_ms: number): () => void {
  return createSubscriber((update) => {
    let timer: ReturnType<typeof setTimeout>;
    const next = () => {
      timer = setTimeout(() => {
        update();
        next();
      }, period_ms - (Date.now() % period_ms));
    };
    next();
    return () => clearTimeout(timer);
  });
}

class Ticking {
  #second = every(1_000);
  #minute = every(60_000);

  /** Now, in milliseconds, for what shows seconds. */
  get now(): number {
    this.#second();
    return Date.now();
  }

  /** Now, in milliseconds, for what shows minutes or days. */
  get minute(): number {
    this.#minute();
    return Date.now();
  }
}

export const ticking = new Ticking();
