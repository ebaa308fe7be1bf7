// The one way from the screens to the station: a command, its arguments, an answer or a problem.
import { carrier } from "../carrier";
import type { Answer, Ask, Commands, Problem, Supervisor } from "./generated";

export type Command = keyof Commands;
export type Args<C extends Command> = Commands[C][0];
export type Line<C extends Command> = Commands[C][1];

/** What a command may need besides its arguments. */
export interface Extra {
  event?: string | null;
  by?: string | null;
  supervisor?: Supervisor | null;
}

let event: string | null = null;

/** The event that commands are about from now on. */
export function aboutEvent(id: string | null): void {
  event = id;
}

/** Asks the station. Throws a `Problem` when it cannot answer. */
export async function call<C extends Command>(
  command: C,
  args: Args<C>,
  extra: Extra = {},
): Promise<Answer<Line<C>>> {
  const ask: Ask<Args<C>> = { event, ...extra, args };
  try {
    return (await (await carrier()).dispatch(command, ask)) as Answer<Line<C>>;
  } catch (trouble) {
    throw asProblem(trouble);
  }
}

/** Hands a file to the station; the answer is its name for `roster_import`. */
export async function upload(name: string, bytes: Blob): Promise<string> {
  try {
    return await (await carrier()).upload(name, bytes);
  } catch (trouble) {
    throw asProblem(trouble);
  }
}

export function isProblem(value: unknown): value is Problem {
  return typeof value === "object" && value !== null && "code" in value && "message" in value;
}

/** Whatever was thrown, as a problem that can be shown. */
export function asProblem(thrown: unknown): Problem {
  if (isProblem(thrown)) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return { code: "unreachable", message, hint: "" };
}
