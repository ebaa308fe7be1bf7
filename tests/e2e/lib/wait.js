// Waiting for conditions. Nothing in these tests sleeps to let something else catch up.

const BETWEEN_MS = 25;

/**
 * Asks again until the answer is truthy, and returns it.
 * @template T
 * @param {string} what told when it does not come true
 * @param {() => T | Promise<T>} ask
 * @param {number} [within_ms]
 * @returns {Promise<NonNullable<T>>}
 */
export async function until(what, ask, within_ms = 10_000) {
  const end = Date.now() + within_ms;
  let last;
  for (;;) {
    try {
      last = await ask();
      if (last) return last;
    } catch (thrown) {
      last = thrown;
    }
    if (Date.now() > end) {
      const said = last instanceof Error ? last.message : JSON.stringify(last);
      throw new Error(`waited ${within_ms} ms in vain: ${what}; at last: ${said}`);
    }
    await new Promise((go) => setTimeout(go, BETWEEN_MS));
  }
}
