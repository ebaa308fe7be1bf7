// The window's own calls. Nothing outside this file knows of them.
import { invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";
import type { Happening } from "../api/generated";
import type { Carrier } from "./carrier";

export function tauriCarrier(): Carrier {
  return {
    dispatch: (command, ask) => invoke("dispatch", { command, ask }),
    async upload(name, bytes) {
      const raw = new Uint8Array(await bytes.arrayBuffer());
      return invoke<string>("upload", raw, { headers: { "x-name": encodeURIComponent(name) } });
    },
    preview: (after) => invoke<ArrayBuffer>("preview", { after }),
    listen(heard) {
      let closed = false;
      let stop: (() => void) | undefined;
      void listen<Happening>("feed", (told) => heard(told.payload)).then((unlisten) => {
        if (closed) unlisten();
        else stop = unlisten;
        heard({ kind: "link", up: true });
      });
      return () => {
        closed = true;
        stop?.();
      };
    },
  };
}
