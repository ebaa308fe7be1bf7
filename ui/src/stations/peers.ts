// The order of the list of laptops, and when a clock is worth a word.
import type { PeerLine } from "../api/generated";

/** Less than this is what two clocks differ by anyway. */
const CLOCK_RIGHT_MS = 2_000;

/** By name, as a person looks for them; those that were shut out at the end. */
export function inOrder(peers: readonly PeerLine[]): PeerLine[] {
  const names = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });
  return [...peers].sort(
    (a, b) =>
      Number(a.revoked) - Number(b.revoked) ||
      names.compare(a.name, b.name) ||
      (a.station < b.station ? -1 : 1),
  );
}

/** How far a clock is off, 0 where it is right; null: not known. */
export function clockOff(offset_ms: number | null): number | null {
  if (offset_ms === null) return null;
  return Math.abs(offset_ms) < CLOCK_RIGHT_MS ? 0 : offset_ms;
}
