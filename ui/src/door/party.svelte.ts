// The others on an order, and who of them is here: chosen by touch or key, let through by one act.
import type { OrderMate, VerdictLine, Why } from "../api/generated";

/** One act takes so many people, the first of them included. */
const TOGETHER_MAX = 100;

/** What keeps one out keeps them all out: a supervisor has to decide, or the door is not open. */
const SAME_FOR_ALL: ReadonlySet<Why["kind"]> = new Set([
  "held",
  "opens_at",
  "closed_at",
  "not_a_day_of_the_event",
  "not_a_day_of_the_gate",
]);

export class Party {
  /** Ids of those who are to pass. */
  chosen = $state.raw<ReadonlySet<string>>(new Set());
  /** It was asked about them: another press must not ask twice. */
  asked = $state(false);

  private constructor(
    readonly exit: boolean,
    /** Those who could pass: outside when people come in, inside when people go out. */
    readonly free: readonly OrderMate[],
    /** The rest, so that nobody looks for them. */
    readonly rest: readonly OrderMate[],
    /** More who wait than the list holds. */
    readonly unlisted: number,
  ) {}

  /** The others on the order of an act; null where nobody could pass. */
  static of(lines: readonly VerdictLine[], exit: boolean): Party | null {
    const [first] = lines;
    if (!first?.attendee || (first.why && SAME_FOR_ALL.has(first.why.kind))) return null;
    const passed = new Set(lines.map((line) => line.attendee?.id));
    const others = first.others.filter((mate) => !passed.has(mate.id));
    const isFree = (mate: OrderMate) => (exit ? mate.inside : mate.waits);
    const free = others.filter(isFree);
    if (free.length === 0) return null;
    const waiting = first.others.filter(isFree).length;
    const unlisted = exit ? 0 : Math.max(0, (first.order?.others_waiting ?? 0) - waiting);
    const party = new Party(exit, free, others.filter((mate) => !isFree(mate)), unlisted);
    // Which of several tickets is meant is what is asked here: none is, until somebody says so.
    if (first.why?.kind !== "several_tickets") party.choose(true);
    return party;
  }

  get all(): boolean {
    return this.chosen.size === Math.min(this.free.length, TOGETHER_MAX);
  }

  choose(all: boolean): void {
    this.chosen = new Set(all ? this.free.slice(0, TOGETHER_MAX).map((mate) => mate.id) : []);
  }

  toggle(id: string): void {
    const chosen = new Set(this.chosen);
    if (!chosen.delete(id) && chosen.size < TOGETHER_MAX) chosen.add(id);
    this.chosen = chosen;
  }

  /** Who is to be asked about, once. */
  take(): string[] {
    if (this.asked || this.chosen.size === 0) return [];
    this.asked = true;
    return this.free.map((mate) => mate.id).filter((id) => this.chosen.has(id));
  }
}
