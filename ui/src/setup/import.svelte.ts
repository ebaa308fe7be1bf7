// One list on its way in: the file, its preview, and the import itself. It lives beside the screens,
// so that an import goes on, and its result is there, whatever screen is looked at meanwhile.
import { asProblem, call, upload } from "../api/client";
import type { Answer, ImportLine, ImportOptions, Problem } from "../api/generated";
import { session } from "../session.svelte";
import { supervised } from "../shared/supervisor.svelte";
import { t } from "../words";
import { asOptions, assigned, whole, type ByHand } from "./mapping";

export type Phase = "choose" | "sending" | "checking" | "unusable" | "preview" | "running" | "done";

/** The station reads no larger file, so none is sent. */
export const FILE_BYTES_MAX = 256 * 1024 * 1024;
/** How long the mapping must rest before the file is checked again. */
const REST_MS = 300;
/** While another import is under way, checking is tried again so often, and so far apart. */
const BUSY_TRIES = 20;
const BUSY_MS = 500;

class Importing {
  phase = $state<Phase>("choose");
  fileName = $state("");
  byHand = $state.raw<ByHand>({});
  profile = $state<string | null>(null);
  saveAs = $state("");
  cancelMissing = $state(false);
  /** What would happen. */
  preview = $state.raw<ImportLine | null>(null);
  /** What happened. */
  result = $state.raw<ImportLine | null>(null);
  /** Why the file, its mapping or the import cannot be used. */
  problem = $state.raw<Problem | null>(null);
  /** The problem is the import's, not the mapping's. */
  failed = $state(false);
  /** The preview is older than the mapping. */
  stale = $state(false);
  done = $state(0);
  total = $state(0);

  #upload = "";
  #event: string | null = null;
  #turn = 0;
  #file: File | null = null;
  /** The check before: the station takes one at a time. */
  #before: Promise<unknown> = Promise.resolve();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Looked at for this event: what was begun for another one is let go, unless it is under way. */
  forEvent(event: string | null): void {
    if (event !== this.#event && this.phase !== "running") this.reset();
    this.#event = event;
  }

  /** Begins with another file. */
  reset(): void {
    clearTimeout(this.#timer);
    this.#turn += 1;
    this.phase = "choose";
    [this.byHand, this.profile, this.saveAs] = [{}, null, ""];
    [this.preview, this.result, this.problem] = [null, null, null];
    [this.cancelMissing, this.stale, this.failed] = [false, false, false];
  }

  async take(file: File): Promise<void> {
    if (this.phase === "running") return;
    this.reset();
    const turn = this.#turn;
    this.#file = file;
    this.fileName = file.name;
    if (file.size === 0 || file.size > FILE_BYTES_MAX) {
      const message = file.size === 0 ? t.setup.file.empty : t.setup.file.tooLarge;
      this.#refuse({ code: "bad_file", message, hint: "" });
      return;
    }
    this.phase = "sending";
    try {
      const taken = await upload(file.name, file);
      if (turn !== this.#turn) return;
      this.#upload = taken;
      this.phase = "checking";
      await this.#check();
    } catch (thrown) {
      if (turn === this.#turn) this.#refuse(asProblem(thrown));
    }
  }

  /** Tries the same file once more, for a refusal that was not the file's. */
  async again(): Promise<void> {
    if (this.#file) await this.take(this.#file);
  }

  /** Gives a column a meaning; the preview follows. */
  assign(column: string, field: string): void {
    this.byHand = assigned(this.byHand, column, field);
    this.#checkSoon();
  }

  use(profile: string | null): void {
    this.profile = profile;
    this.byHand = {};
    this.#checkSoon();
  }

  async run(): Promise<void> {
    if (this.phase !== "preview" || this.stale) return;
    [this.problem, this.failed] = [null, false];
    const preview = this.preview;
    const saveAs = this.saveAs.trim();
    const map = saveAs === "" || !preview ? asOptions(this.byHand) : this.#saved(preview);
    const options = {
      dry_run: false,
      cancel_missing: this.cancelMissing,
      map,
      ...this.#profile(),
      ...(saveAs === "" ? {} : { save_profile: saveAs }),
    };
    [this.done, this.total] = [0, preview?.rows ?? 0];
    const deaf = session.hear((told) => {
      if (told.kind === "import") [this.done, this.total] = [told.done, told.total];
    });
    try {
      const answer = await supervised(
        t.setup.run.title,
        (supervisor) => {
          this.phase = "running";
          return call("roster_import", { upload: this.#upload, options }, { supervisor });
        },
        { remember: true },
      );
      this.result = answer?.lines[0] ?? null;
      this.phase = this.result ? "done" : "preview";
    } catch (thrown) {
      this.problem = asProblem(thrown);
      this.failed = true;
      this.phase = "preview";
    } finally {
      deaf();
    }
  }

  /** What is saved under a name: the whole table, and what was left out by hand. */
  #saved(preview: ImportLine): string[] {
    const left = Object.entries(this.byHand).filter(([, field]) => field === "");
    return [...whole(preview.columns), ...asOptions(Object.fromEntries(left))];
  }

  #profile(): { profile?: string } {
    return this.profile === null ? {} : { profile: this.profile };
  }

  #checkSoon(): void {
    this.stale = true;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#check(), REST_MS);
  }

  async #check(): Promise<void> {
    const turn = (this.#turn += 1);
    const options = {
      dry_run: true,
      cancel_missing: false,
      map: asOptions(this.byHand),
      ...this.#profile(),
    };
    try {
      await this.#before;
      if (turn !== this.#turn) return;
      const asked = this.#ask(options, turn);
      this.#before = asked.catch(() => undefined);
      const { lines } = await asked;
      if (turn !== this.#turn) return;
      this.preview = lines[0] ?? null;
      [this.problem, this.stale, this.failed] = [null, false, false];
      this.phase = "preview";
    } catch (thrown) {
      if (turn !== this.#turn) return;
      // A mapping that cannot be used is put right in the table; only a first look refuses the file.
      if (this.preview) this.problem = asProblem(thrown);
      else this.#refuse(asProblem(thrown));
    }
  }

  /** Asks for a preview, with patience for an import that somebody else began. */
  async #ask(options: ImportOptions, turn: number): Promise<Answer<ImportLine>> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await call("roster_import", { upload: this.#upload, options });
      } catch (thrown) {
        const busy = asProblem(thrown).code === "busy" && tries < BUSY_TRIES && turn === this.#turn;
        if (!busy) throw thrown;
        await new Promise((over) => setTimeout(over, BUSY_MS));
      }
    }
  }

  #refuse(problem: Problem): void {
    this.problem = problem;
    this.phase = "unusable";
  }
}

export const importing = new Importing();
