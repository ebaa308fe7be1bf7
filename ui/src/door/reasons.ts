// Why somebody does not go in, in words. The station decides; this only says it.
import type { VerdictLine, Why } from "../api/generated";
import { isolated } from "../shared/isolated";
import { civilDay, civilMinutes, civilMoment, count, listed } from "../time";
import { t } from "../words";
import { door } from "./door.svelte";

/** Days that a line has room for. */
const DAYS_NAMED = 4;

/** A limit in time, and what time it is now: nobody at a door should have to look for a clock. */
function beside(said: string, limit: string, now: string): string {
  return `${said} ${t.door.why.now(civilMoment(now, limit))}`;
}

/** Days on which one may come, and which day it is. Of many the next ones are named. */
function onDays(days: readonly string[], today: string, say: (days: string) => string): string {
  const ahead = days.length > DAYS_NAMED ? days.filter((day) => day > today) : [];
  const meant = ahead.length > 0 ? ahead : days;
  const named = listed(meant.slice(0, DAYS_NAMED).map((day) => civilDay(day, today)));
  const said = meant.length > DAYS_NAMED ? t.door.why.daysMore(named) : named;
  return `${say(said)} ${t.door.why.today(civilDay(today, days[0]))}`;
}

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
      return beside(words.valid_from(civilMoment(why.from, why.now)), why.from, why.now);
    case "valid_until":
      return beside(words.valid_until(civilMoment(why.until, why.now)), why.until, why.now);
    case "wrong_ticket_type":
      return words.wrong_ticket_type(why.ticket_type, listed(why.accepted, "disjunction"));
    case "not_a_day_of_the_ticket":
      return onDays(why.days, why.day, words.not_a_day_of_the_ticket);
    case "not_a_day_of_the_event":
      return onDays(why.days, why.day, words.not_a_day_of_the_event);
    case "not_a_day_of_the_gate": {
      const gate = isolated(door.gateName(why.gate));
      if (why.days.length === 0) return words.never_open(gate);
      return onDays(why.days, why.day, (days) => words.not_a_day_of_the_gate(gate, days));
    }
    case "opens_at":
      return beside(words.opens_at(civilMoment(why.opens, why.now)), why.opens, why.now);
    case "closed_at":
      return beside(words.closed_at(civilMoment(why.closed, why.now)), why.closed, why.now);
    case "other_event":
      return words.other_event(why.name);
    case "held":
      return words.held(listed(why.silent.map((one) => one.station)));
    case "too_long":
      return words.too_long(count(why.chars));
    case "answers_needed":
      return words.answers_needed(why.questions.join(" "));
    case "test":
      return t.door.testMore;
    case "several_tickets":
      return words.several_tickets(isolated(why.order));
    case "revoked":
    case "cancelled":
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

/** The big word of a verdict. */
export function headline(line: VerdictLine): string {
  if (line.flags.includes("test")) return t.door.testWorks;
  if (line.why?.kind === "held") return t.door.held;
  if (line.tone === "look") return t.door.goesIn;
  return t.door.headline[line.verdict] ?? line.verdict;
}
