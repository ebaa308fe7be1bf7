// Asks before a screen is left on which something is unfinished. Screens change by `session.go`
// alone, so that is where it is asked; closing the window is asked about by the browser.
import { session, type View } from "../session.svelte";

/**
 * While `unfinished` says so, leaving goes to `ask` first, which may call `leave`. Returns the
 * function that ends it.
 */
export function guardLeaving(
  unfinished: () => boolean,
  ask: (leave: () => void) => void,
): () => void {
  const go = session.go;
  session.go = (view: View) => {
    const leave = () => go.call(session, view);
    if (view !== session.view && unfinished()) ask(leave);
    else leave();
  };
  const closing = (event: BeforeUnloadEvent) => {
    if (unfinished()) event.preventDefault();
  };
  window.addEventListener("beforeunload", closing);
  return () => {
    session.go = go;
    window.removeEventListener("beforeunload", closing);
  };
}
