// Why somebody does not go in, in words. The station decides; this only says it.
import type { VerdictLine, Why } from "../api/generated";
import { civilDay, civilMinutes, civilMoment, count, listed } from "../time";
import { t } from "../words";
import { door } from "./door.svelte";

/** `dated`: how long ago it was is said elsewhere. */
export function whyInWords(why: Why | null, dated = false): string {
  if (!why) return "";
  const words = t.door.why;
  switch (why.kind) {
    case "already_in": {
      const minutes = civilMinutes(why.since, why.now);
      const since = !dated && minutes < 90 ? ` ${words.already_in_since(Math.max(0, minutes))}` : "";
      return words.already_in(civilMoment(why.since, why.now), door.gateName(why.gate)) + since;
    }
    case "left_for_good":
      return words.left_for_good(civilMoment(why.left, why.now));
    case "entries_used":
      return words.entries_used(why.entries);
    case "blocked":
      return why.why === "" ? words.blockedPlain : words.blocked(why.why);
    case "valid_from":
      return `${words.valid_from(civilMoment(why.from, why.now))} ${now(why.now)}`;
    case "valid_until":
      return `${words.valid_until(civilMoment(why.until, why.now))} ${now(why.now)}`;
    case "wrong_ticket_type":
      return words.wrong_ticket_type(why.ticket_type, listed(why.accepted, "disjunction"));
    case "not_a_day_of_the_ticket":
      return words.not_a_day_of_the_ticket(listed(why.days.map((day) => civilDay(day, why.day))));
    case "not_a_day_of_the_event":
      return words.not_a_day_of_the_event(listed(why.days.map((day) => civilDay(day, why.day))));
    case "opens_at":
      return `${words.opens_at(civilMoment(why.opens, why.now))} ${now(why.now)}`;
    case "closed_at":
      return `${words.closed_at(civilMoment(why.closed, why.now))} ${now(why.now)}`;
    case "not_a_day_of_the_gate":
      return words.not_a_day_of_the_gate(why.gate, listed(why.days.map((day) => civilDay(day, why.day))));
    case "several_tickets":
      return words.several_tickets(why.order);
    case "answers_needed":
      return words.answers_needed(why.questions.join(" "));
    case "test":
      return t.door.testMore;
    case "other_event":
      return words.other_event(why.name);
    case "held":
      return words.held(listed(why.silent.map((one) => one.station)));
    case "too_long":
      return words.too_long(count(why.chars));
    case "cancelled":
    case "revoked":
    case "unapproved":
    case "unpaid":
    case "unpaid_may_be_taken":
    case "no_such_code":
    case "nothing_read":
    case "control_characters":
      return words[why.kind];
    default:
      // A newer station may know more reasons; its own words are shown instead.
      return "";
  }
}

/** A threshold alone does not tell whether it is near. */
function now(moment: string): string {
  return t.door.why.now(civilMoment(moment, moment));
}

/** The big word of a verdict. */
export function headline(line: VerdictLine): string {
  if (line.flags.includes("test")) return t.door.testWorks;
  if (line.why?.kind === "held") return t.door.held;
  if (line.tone === "look") return t.door.goesIn;
  return t.door.headline[line.verdict] ?? line.verdict;
}
