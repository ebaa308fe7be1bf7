// What a way to the station can do. There are two: the window's own calls, and HTTP on loopback.
import type { Ask, Happening } from "../api/generated";

export interface Carrier {
  /** Sends a command; resolves to the answer, rejects with a `Problem`. */
  dispatch(command: string, ask: Ask<unknown>): Promise<unknown>;
  /** Hands over a file; resolves to the name under which the station keeps it. */
  upload(name: string, bytes: Blob): Promise<string>;
  /** What the camera sees after a picture of that number, as bytes; resolves within a second. Keeps the camera on. */
  preview(after: number): Promise<ArrayBuffer>;
  /** Tells everything that happens at the station, until the returned function is called. */
  listen(heard: (happening: Happening) => void): () => void;
}
