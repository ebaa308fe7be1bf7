// Listens to the whole window's keyboard, tells scans from typing, and puts fields back as they
// were before a scanner typed into them.
import { Wedge, type Heard, type How, type Scan } from "./wedge";

export interface Listener {
  onscan: (scan: Scan) => void;
  /** A hand typed this, and no field had the focus. */
  ontyped: (text: string) => void;
  /** A key that is no part of a scan; true when it was used. */
  onkey: (event: KeyboardEvent) => boolean;
}

type Field = HTMLInputElement | HTMLTextAreaElement;
const TEXT_TYPES = new Set(["text", "search", "password", "email", "tel", "url", "number"]);

function focusedField(): Field | null {
  const focused = document.activeElement;
  if (focused instanceof HTMLTextAreaElement) return focused;
  return focused instanceof HTMLInputElement && TEXT_TYPES.has(focused.type) ? focused : null;
}

interface Before {
  field: Field;
  value: string;
  start: number | null;
  end: number | null;
}

function restore(before: Before | null): void {
  if (!before?.field.isConnected || before.field.value === before.value) return;
  const { field, value, start, end } = before;
  field.value = value;
  if (start !== null) field.setSelectionRange(start, end);
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

/** Starts listening to scanners that are set so; the returned function ends it. */
export function listenToKeys(listener: Listener, how: () => How): () => void {
  const wedge = new Wedge(how);
  let before: Before | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function act(heard: Heard, inField: boolean): void {
    if (heard.scans.length > 0) {
      restore(before);
      before = null;
    }
    for (const scan of heard.scans) listener.onscan(scan);
    if (heard.typed !== "" && !inField) listener.ontyped(heard.typed);
  }

  function keydown(event: KeyboardEvent): void {
    if (event.isComposing) return;
    const field = focusedField();
    const alt = event.getModifierState("AltGraph");
    const heard = wedge.press(
      {
        key: event.key,
        code: event.code,
        shift: event.shiftKey,
        repeat: event.repeat,
        shortcut: !alt && (event.ctrlKey || event.metaKey || event.altKey),
        time: event.timeStamp,
      },
      field !== null,
    );
    act(heard, field !== null);
    if (heard.begins && field) {
      before = {
        field,
        value: field.value,
        start: field.selectionStart,
        end: field.selectionEnd,
      };
    }
    if (heard.begins && !field) before = null;
    if (heard.prevent) {
      event.preventDefault();
      event.stopPropagation();
    } else if (listener.onkey(event)) {
      event.preventDefault();
    }
    clearTimeout(timer);
    if (wedge.busy) {
      timer = setTimeout(() => {
        const inField = focusedField() !== null;
        act(wedge.silence(inField), inField);
      }, wedge.patience_ms);
    }
  }

  window.addEventListener("keydown", keydown, { capture: true });
  return () => {
    clearTimeout(timer);
    window.removeEventListener("keydown", keydown, { capture: true });
  };
}
