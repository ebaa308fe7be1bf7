// Short messages that leave by themselves. The bound keeps a stuck machine from filling the screen.
export type ToastTone = "info" | "ok" | "warn" | "danger";

export interface Toast {
  id: number;
  text: string;
  tone: ToastTone;
}

const TOASTS_MAX = 4;
const STAY_MS = 6_000;

class Toasts {
  shown = $state<Toast[]>([]);
  #next = 0;

  say(text: string, tone: ToastTone = "info"): void {
    const id = (this.#next += 1);
    const rest = this.shown.filter((toast) => toast.text !== text).slice(1 - TOASTS_MAX);
    this.shown = [...rest, { id, text, tone }];
    setTimeout(() => this.drop(id), STAY_MS);
  }

  drop(id: number): void {
    this.shown = this.shown.filter((toast) => toast.id !== id);
  }
}

export const toasts = new Toasts();
