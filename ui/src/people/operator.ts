// Who is at this laptop, by the name under which changes are recorded.
import { session } from "../session.svelte";

export function operatorName(): string | null {
  const set = session.station?.operator ?? null;
  return session.operators.find((one) => one.id === set)?.name ?? set;
}
