// A problem in the words of the screens first; what the station said stays as the detail.
import { asProblem } from "../api/client";
import { t } from "../words";
import { toasts } from "./toasts.svelte";

export function inWords(thrown: unknown): string {
  const problem = asProblem(thrown);
  return t.shared.problems[problem.code] ?? problem.message;
}

/** The station's own sentences, in English. */
export function detailOf(thrown: unknown): string {
  const problem = asProblem(thrown);
  return [problem.message, problem.hint].filter((said) => said !== "").join(" ");
}

/** Says a problem in a corner; for places that have no room of their own for it. */
export function sayProblem(thrown: unknown): void {
  const detail = detailOf(thrown);
  toasts.say(detail === "" ? inWords(thrown) : `${inWords(thrown)} (${detail})`, "danger");
}
