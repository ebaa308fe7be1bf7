// Asks for a supervisor where the station wants one. The PIN is never kept longer than the caller
// says, and never outside of memory.
import { asProblem } from "../api/client";
import type { Supervisor } from "../api/generated";
import { session } from "../session.svelte";

export interface Question {
  /** What it is for, in words. */
  what: string;
  /** The name given last, and that its PIN was wrong. */
  name: string | null;
  wrong: boolean;
  answer: (supervisor: Supervisor | null) => void;
}

/** A PIN is remembered at most this long, and only for callers that ask for it. */
const REMEMBER_MS = 5 * 60_000;

class Asking {
  question = $state<Question | null>(null);
}

export const asking = new Asking();

let kept: { supervisor: Supervisor; until: number } | null = null;

export function forgetSupervisor(): void {
  kept = null;
}

function ask(what: string, name: string | null, wrong: boolean): Promise<Supervisor | null> {
  return new Promise((resolve) => {
    asking.question = {
      what,
      name,
      wrong,
      answer: (supervisor) => {
        asking.question = null;
        resolve(supervisor);
      },
    };
  });
}

/**
 * Runs something that may need a supervisor: asks for the PIN when the event is supervised, again
 * when it was wrong, and gives null when the person gave up. `needed: false`: the station mostly wants none, and is
 * asked without one first.
 */
export async function supervised<T>(
  what: string,
  run: (supervisor: Supervisor | null) => Promise<T>,
  options: { remember?: boolean; needed?: boolean } = {},
): Promise<T | null> {
  let needed = options.needed ?? session.event?.supervised ?? false;
  let [name, wrong]: [string | null, boolean] = [null, false];
  for (;;) {
    let supervisor: Supervisor | null = null;
    if (needed) {
      if (options.remember && kept && kept.until > Date.now()) supervisor = kept.supervisor;
      else supervisor = await ask(what, name, wrong);
      if (!supervisor) return null;
    }
    try {
      const done = await run(supervisor);
      if (supervisor && options.remember && supervisor !== kept?.supervisor) {
        kept = { supervisor, until: Date.now() + REMEMBER_MS };
      }
      return done;
    } catch (thrown) {
      const { code } = asProblem(thrown);
      if (code !== "supervisor_needed" && code !== "wrong_pin") throw thrown;
      kept = null;
      needed = true;
      name = supervisor?.name ?? null;
      wrong = code === "wrong_pin";
    }
  }
}
