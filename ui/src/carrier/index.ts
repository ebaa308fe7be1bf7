// Chooses the carrier once, by where the page runs. The other one is never loaded.
import type { Carrier } from "./carrier";

let chosen: Promise<Carrier> | undefined;

export function carrier(): Promise<Carrier> {
  chosen ??= "__TAURI_INTERNALS__" in globalThis
    ? import("./tauri").then((made) => made.tauriCarrier())
    : import("./http").then((made) => made.httpCarrier());
  return chosen;
}
