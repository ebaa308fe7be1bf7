// Whether the window has the focus: without it, what a scanner types goes to another program.

/** A focus that is back after so short a time was a window's own affair. */
const FLASH_MS = 300;

class Focus {
  /** Whether keys reach this page. */
  here = $state(true);

  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Follows the window; the returned function ends it. */
  begin(): () => void {
    const found = () => this.#found();
    const lost = () => this.#lost();
    const seen = () => (document.visibilityState === "hidden" ? this.#lost() : undefined);
    window.addEventListener("focus", found);
    window.addEventListener("pointerdown", found);
    window.addEventListener("keydown", found, { capture: true });
    window.addEventListener("blur", lost);
    document.addEventListener("visibilitychange", seen);
    if (!document.hasFocus()) this.#lost();
    return () => {
      clearTimeout(this.#timer);
      window.removeEventListener("focus", found);
      window.removeEventListener("pointerdown", found);
      window.removeEventListener("keydown", found, { capture: true });
      window.removeEventListener("blur", lost);
      document.removeEventListener("visibilitychange", seen);
    };
  }

  #found(): void {
    clearTimeout(this.#timer);
    this.here = true;
  }

  #lost(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => (this.here = false), FLASH_MS);
  }
}

export const focus = new Focus();
