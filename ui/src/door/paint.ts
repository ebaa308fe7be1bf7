// When something is on the screen, and not only in the page.

/** Calls back once the frame that is being made has been painted; to be called within that frame. */
export function afterPaint(then: () => void): void {
  // A message comes after the frame; waiting for the next frame would count that one too.
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    port1.close();
    then();
  };
  port2.postMessage(null);
}
