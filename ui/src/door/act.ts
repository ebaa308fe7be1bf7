// What several people of one act come to together, as colour and sound.
import type { Tone, VerdictLine } from "../api/generated";
import type { Sound } from "./sounds";

/** What a person at the door does about a verdict. */
export type Act = "sort" | "search" | "add" | "unpaid" | "questions" | "name";

const ADDRESS = /^[^\s@]+@[^\s@]+$/;

/** Nobody's name is known: the ticket came without one, or with the address of who bought it. */
export function isUnnamed(line: VerdictLine): boolean {
  const { name } = line.attendee ?? {};
  return name !== undefined && (name === "" || ADDRESS.test(name) || name === line.order?.id);
}

/** The gravest first: whoever is refused among many must not be overlooked, nor what is to be read. */
const GRAVEST: readonly Tone[] = ["stop", "look", "out", "go"];

export function toneOf(lines: readonly VerdictLine[]): Tone {
  return GRAVEST.find((tone) => lines.some((line) => line.tone === tone)) ?? "stop";
}

export function passes(line: VerdictLine): boolean {
  return line.tone !== "stop";
}

export function soundOf(lines: readonly VerdictLine[]): Sound {
  const tone = toneOf(lines);
  const guest = lines.some((line) => line.flags.includes("vip"));
  return guest && (tone === "go" || tone === "look") ? "vip" : tone;
}

/** Those who were refused first: they stand there and wait. Each by name, as they stood on the order. */
export function refusedFirst(lines: readonly VerdictLine[]): VerdictLine[] {
  const name = (line: VerdictLine) => line.attendee?.name ?? "";
  return [...lines].sort((a, b) => Number(passes(a)) - Number(passes(b)) || name(a).localeCompare(name(b)));
}
