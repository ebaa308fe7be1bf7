// How this laptop stands with the others, in one place: what the station tells, and what it was asked.
import { asProblem, call } from "../api/client";
import type { ConflictLine, Happening, Problem, StationRole, SyncLine } from "../api/generated";
import { play } from "../door/sounds";
import { session } from "../session.svelte";
import { concerns, listed, seenName, withLine } from "../stations/twice";

const SEEN = "lanyard-conflicts-seen";
/** Names of conflicts that were looked at: far more than one event has, and small enough to keep. */
const SEEN_MAX = 500;

function seenBefore(): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(SEEN) ?? "[]");
    return Array.isArray(kept) ? kept.filter((one) => typeof one === "string") : [];
  } catch {
    return [];
  }
}

class Sync {
  line = $state.raw<SyncLine | null>(null);
  /** When `line` was heard, to count seconds on. */
  at = $state(0);
  conflicts = $state.raw<ConflictLine[]>([]);
  /** Whether the conflicts are known at all. */
  asked = $state(false);
  /** Why they could not be asked for the last time. */
  trouble = $state.raw<Problem | null>(null);
  #seen = $state.raw<string[]>(seenBefore());
  #alarmed = new Set<string>();
  /** The event that all this is about. */
  #event: string | null = null;
  /** How often `line` was told: an answer to a question may be older. */
  #told = 0;
  /** Of several questions for the conflicts, the last counts. */
  #question = 0;
  /** Conflicts that were told while that question was on its way; for one event they are as few as it has. */
  #since: ConflictLine[] = [];

  /** The role of this laptop; an event of which nothing is known yet was made here. */
  get role(): StationRole {
    return this.line?.role ?? "admin";
  }

  /** Whether this laptop has the list of people. */
  get hasPeople(): boolean {
    return this.role === "admin" || this.role === "door";
  }

  /** Open double admissions that this laptop is to be told of and nobody looked at here. */
  get unseen(): ConflictLine[] {
    return this.conflicts.filter((one) => this.#concerns(one) && !this.#seen.includes(seenName(one)));
  }

  #concerns(conflict: ConflictLine): boolean {
    if (conflict.resolved !== null || !this.hasPeople) return false;
    const station = session.event?.station ?? "";
    return concerns(conflict, { station, gate: session.station?.gate ?? null, admin: this.role === "admin" });
  }

  /** Somebody looks at the conflicts now. */
  look(): void {
    const names = this.unseen.map(seenName);
    if (names.length === 0) return;
    this.#seen = [...this.#seen, ...names].slice(-SEEN_MAX);
    try {
      localStorage.setItem(SEEN, JSON.stringify(this.#seen));
    } catch {
      // Then it is told again after a restart.
    }
  }

  /** Follows the station; the returned function ends it. */
  begin(): () => void {
    return session.hear((happening) => this.#happened(happening));
  }

  /** Asks how it stands, for the event that is open now. */
  async reload(): Promise<void> {
    const event = session.event?.event ?? null;
    if (event !== this.#event) this.#forget(event);
    if (event === null) return;
    const told = this.#told;
    try {
      const { lines } = await call("sync_show", {}, { event });
      if (event !== session.event?.event) return;
      // What was told since is newer than what was asked for.
      if (told === this.#told) this.#take(lines[0] ?? null);
    } catch (thrown) {
      // What is known stays; a station that does not answer says so by itself.
      const problem = asProblem(thrown);
      if (problem.code !== "unreachable" && event === session.event?.event) this.trouble = problem;
      return;
    }
    if (this.hasPeople) await this.#askConflicts(event);
  }

  /** Nothing that was known of one event holds for another. */
  #forget(event: string | null): void {
    this.#event = event;
    [this.line, this.conflicts, this.asked, this.trouble] = [null, [], false, null];
  }

  async #askConflicts(event: string): Promise<void> {
    const question = (this.#question += 1);
    this.#since = [];
    const stale = () => question !== this.#question || event !== session.event?.event;
    try {
      const { lines } = await call("conflicts", {}, { event });
      if (stale()) return;
      this.conflicts = this.#since.reduce(withLine, listed(lines));
      [this.asked, this.trouble] = [true, null];
      this.#alarm();
    } catch (thrown) {
      if (!stale()) this.trouble = asProblem(thrown);
    }
  }

  /** A conflict as it stands after somebody settled it here. */
  settled(line: ConflictLine): void {
    this.conflicts = withLine(this.conflicts, line);
    this.#since.push(line);
  }

  #take(line: SyncLine | null): void {
    [this.line, this.at] = [line, Date.now()];
  }

  #happened(happening: Happening): void {
    if (happening.kind === "missed" || happening.kind === "event") void this.reload();
    if (happening.kind === "link" && happening.up) void this.reload();
    if (!("event" in happening) || happening.event !== session.event?.event) return;
    if (happening.kind === "sync") this.#hear(happening.event, happening.sync);
    if (happening.kind === "conflict") {
      this.settled(happening.conflict);
      this.#alarm();
    }
  }

  #hear(event: string, line: SyncLine): void {
    const [had, before] = [this.hasPeople, this.line?.conflicts];
    this.#told += 1;
    this.#take(line);
    if (!this.hasPeople) return;
    // A laptop that was moved to another role, or a number that the list here does not explain.
    const open = this.conflicts.filter(({ resolved }) => resolved === null).length;
    if (!had || (line.conflicts !== before && line.conflicts !== open)) void this.#askConflicts(event);
  }

  /** Heard once for each. */
  #alarm(): void {
    const fresh = this.unseen.map(seenName).filter((name) => !this.#alarmed.has(name));
    if (fresh.length === 0) return;
    for (const name of fresh) this.#alarmed.add(name);
    if (session.station?.sound ?? true) play("error");
  }
}

export const sync = new Sync();
