// What this laptop reads codes with, as the station knows it.
import { call, type Args } from "../api/client";
import type { Happening, InputLine, ReadingLine } from "../api/generated";
import { session } from "../session.svelte";
import { t } from "../words";
import type { How } from "./wedge";

class Inputs {
  line = $state.raw<InputLine | null>(null);

  /** How this laptop's scanners that type were set. */
  get how(): How {
    return { prefix: this.line?.prefix ?? "", suffix: this.line?.suffix ?? "" };
  }

  /** What a serial scanner is called. */
  nameOf(id: string): string {
    const port = this.line?.ports.find((one) => one.id === id);
    return port?.name ?? (id.startsWith("usb:") ? t.scanning.scanners.title : id);
  }

  /** Follows the station; the returned function ends it. */
  begin(): () => void {
    void this.reload();
    return session.hear((happening) => this.#happened(happening));
  }

  async reload(): Promise<void> {
    try {
      const { lines } = await call("input_show", {});
      this.line = lines[0] ?? null;
    } catch {
      // Without a station there is nothing to choose; the screens say so by themselves.
    }
  }

  /** Chooses. */
  async set(change: Args<"input_set">): Promise<void> {
    const { lines } = await call("input_set", change);
    this.line = lines[0] ?? this.line;
  }

  /** A reading of this page's own; what only repeats another is told so. Null: the station does not answer. */
  async heard(source: "wedge", text: string): Promise<ReadingLine | null> {
    try {
      const { lines } = await call("input_heard", { source, text });
      return lines[0] ?? null;
    } catch {
      return null;
    }
  }

  /** No screen could take it: whoever shows it again means it. */
  declined(text: string): void {
    void call("input_declined", { text }).catch(() => undefined);
  }

  #happened(happening: Happening): void {
    const back = happening.kind === "link" && happening.up;
    if (happening.kind === "input" || happening.kind === "missed" || back) void this.reload();
  }
}

export const inputs = new Inputs();
