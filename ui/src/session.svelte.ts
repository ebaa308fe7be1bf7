// What every screen knows: this laptop, the event, its gates and people at the doors, the link.
import { aboutEvent, asProblem, call, type Args, type Extra } from "./api/client";
import type { EventLine, GateLine, Happening, OperatorLine, Problem, StationLine } from "./api/generated";
import { carrier } from "./carrier";
import { speak } from "./words/language.svelte";

export type View = "start" | "setup" | "door" | "people" | "stations" | "reports";
export type Theme = "light" | "dark" | "sun";

/** A station that does not answer yet is asked again. */
const RETRY_MS = 1_000;

class Session {
  station = $state<StationLine | null>(null);
  event = $state<EventLine | null>(null);
  gates = $state<GateLine[]>([]);
  operators = $state<OperatorLine[]>([]);
  /** Null until the station answered for the first time. */
  view = $state<View | null>(null);
  /** Whether the station behind the screens answers. */
  up = $state(true);
  /** Why nothing can be shown at all. */
  trouble = $state<Problem | null>(null);
  /** Scans that wait for the station to come back. */
  kept = $state(0);
  /** Somebody to check in at the door, chosen on another screen: an attendee's id. */
  checkin = $state<string | null>(null);

  #hears = new Set<(happening: Happening) => void>();

  get zone(): string {
    return this.event?.timezone ?? "UTC";
  }

  /** Calls back on everything that happens, until the returned function is called. */
  hear(heard: (happening: Happening) => void): () => void {
    this.#hears.add(heard);
    return () => this.#hears.delete(heard);
  }

  /** Opens a screen. */
  go(view: View): void {
    this.view = view;
  }

  /** Begins: follows the station and shows what it shows after a restart. */
  async begin(): Promise<() => void> {
    speak(navigator.language);
    showTheme(null);
    const stop = (await carrier()).listen((happening) => this.#happened(happening));
    await this.reload();
    return stop;
  }

  /** Asks for everything again: station, event, gates, operators. */
  async reload(): Promise<void> {
    try {
      const { lines } = await call("station_show", {}, { event: null });
      this.#take(lines[0] ?? null);
      await this.reloadEvent();
      this.trouble = null;
      this.view ??= this.#firstView();
    } catch (thrown) {
      const problem = asProblem(thrown);
      if (problem.code !== "unreachable") this.trouble = problem;
      // Another process may hold the folder for a while; nobody should have to start this one again.
      const passes = problem.code === "unreachable" || problem.code === "busy";
      if (passes && this.view === null) setTimeout(() => void this.reload(), RETRY_MS);
    }
  }

  /** Asks for the event again: name, state, gates, operators. */
  async reloadEvent(): Promise<void> {
    const id = this.station?.event ?? null;
    aboutEvent(id);
    if (id === null) {
      [this.event, this.gates, this.operators] = [null, [], []];
      return;
    }
    const [events, gates, operators] = await Promise.all([
      call("event_show", {}),
      call("gate_list", {}),
      call("operator_list", {}),
    ]);
    this.event = events.lines[0] ?? null;
    this.gates = gates.lines;
    this.operators = operators.lines;
  }

  /** Changes what this laptop remembers: gate, operator, language and so on. */
  async set(args: Args<"station_set">, extra: Extra = {}): Promise<void> {
    const { lines } = await call("station_set", args, extra);
    const before = this.station?.event ?? null;
    this.#take(lines[0] ?? this.station);
    if ((this.station?.event ?? null) !== before) await this.reloadEvent();
  }

  /** Opens an event of this laptop, by its id. */
  async openEvent(id: string, extra: Extra = {}): Promise<void> {
    await this.set({ event: id }, extra);
    await this.reloadEvent();
  }

  #firstView(): View {
    if (!this.event) return "start";
    return this.event.state === "open" || this.event.state === "rehearsal" ? "door" : "setup";
  }

  #take(station: StationLine | null): void {
    this.station = station;
    if (station?.language) speak(station.language);
    showTheme(station?.theme ?? null);
  }

  #happened(happening: Happening): void {
    if (happening.kind === "link") {
      const back = happening.up && !this.up;
      this.up = happening.up;
      if (back) void this.reload();
    }
    if (happening.kind === "missed" || happening.kind === "station") void this.reload();
    if (happening.kind === "event" && happening.event === this.event?.event) {
      void this.reloadEvent().catch(() => undefined);
    }
    for (const heard of this.#hears) heard(happening);
  }
}

const prefersDark = typeof matchMedia === "function" ? matchMedia("(prefers-color-scheme: dark)") : null;
let wanted: string | null = null;

function showTheme(theme: string | null): void {
  wanted = theme === "light" || theme === "dark" || theme === "sun" ? theme : null;
  document.documentElement.dataset.theme = wanted ?? (prefersDark?.matches ? "dark" : "light");
}

prefersDark?.addEventListener("change", () => showTheme(wanted));

export const session = new Session();
