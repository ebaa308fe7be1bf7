// Guests whom doors have let in, for the host at this laptop: each is shown until somebody has seen it.
import type { GuestLine, Happening } from "../api/generated";
import { play } from "../door/sounds";
import { session } from "../session.svelte";

/** More than stand in a hall at once; the oldest have long been greeted. */
const GUESTS_MAX = 50;

const named = ({ record }: GuestLine) => `${record.station}/${record.epoch}/${record.seq}`;

class Host {
  /** The one who came first is greeted first. */
  guests = $state.raw<readonly GuestLine[]>([]);
  #event: string | null = null;

  /** Follows the station; the returned function ends it. */
  begin(): () => void {
    return session.hear((happening) => this.#happened(happening));
  }

  /** The first one was greeted. */
  next(): void {
    this.guests = this.guests.slice(1);
  }

  clear(): void {
    this.guests = [];
  }

  #happened(happening: Happening): void {
    if (happening.kind !== "guest" || happening.event !== session.event?.event) return;
    // Guests of another event are nobody's here.
    if (this.#event !== happening.event) this.clear();
    this.#event = happening.event;
    const { guest } = happening;
    if (this.guests.some((one) => named(one) === named(guest))) return;
    this.guests = [...this.guests, guest].slice(-GUESTS_MAX);
    if (session.station?.sound ?? true) play("host");
  }
}

export const host = new Host();
