// The time on the screens. It moves at the turn of a second, and only while somebody reads it.
import { createSubscriber } from "svelte/reactivity";

class Ticking {
  #subscribe = createSubscriber((update) => {
    let timer: ReturnType<typeof setTimeout>;
    const next = () => {
      timer = setTimeout(() => {
        update();
        next();
      }, 1000 - (Date.now() % 1000));
    };
    next();
    return () => clearTimeout(timer);
  });

  /** Now, in milliseconds. */
  get now(): number {
    this.#subscribe();
    return Date.now();
  }
}

export const ticking = new Ticking();
