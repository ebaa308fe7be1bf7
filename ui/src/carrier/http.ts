// HTTP on loopback, for a browser. The token comes in the address and is taken out of it at once.
import type { Happening, Problem } from "../api/generated";
import type { Carrier } from "./carrier";

const TOKEN = "lanyard-token";
/** The station sends a beat every 5 s: after two missed ones it is taken for gone. */
const SILENCE_MAX_MS = 12_000;
const RETRY_MIN_MS = 250;
const RETRY_MAX_MS = 2_000;

function takeToken(): string {
  const given = new URLSearchParams(location.hash.slice(1)).get("token");
  if (given) {
    sessionStorage.setItem(TOKEN, given);
    history.replaceState(null, "", location.pathname + location.search);
  }
  return given ?? sessionStorage.getItem(TOKEN) ?? "";
}

function unreachable(thrown: unknown): Problem {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return { code: "unreachable", message, hint: "" };
}

async function answerOf(response: Response): Promise<unknown> {
  const body: unknown = await response.json().catch(() => null);
  if (response.ok && body !== null) return body;
  if (typeof body === "object" && body !== null && "error" in body) throw body.error;
  throw unreachable(`HTTP ${response.status}`);
}

/** The happenings in a stream of server-sent events, cut at blank lines; comments are beats. */
export function* happenings(buffer: { text: string }): Generator<Happening> {
  for (;;) {
    const end = buffer.text.indexOf("\n\n");
    if (end < 0) return;
    const block = buffer.text.slice(0, end);
    buffer.text = buffer.text.slice(end + 2);
    const data = block
      .split("\n")
      .filter((line) => line.startsWith("data:"))
      .map((line) => line.slice(5).trimStart())
      .join("\n");
    if (data === "") continue;
    try {
      yield JSON.parse(data) as Happening;
    } catch {
      yield { kind: "missed" };
    }
  }
}

export function httpCarrier(): Carrier {
  const headers = { Authorization: `Bearer ${takeToken()}` };
  let underWay = new AbortController();

  async function send(path: string, body: BodyInit, type: string): Promise<unknown> {
    let response: Response;
    try {
      response = await fetch(`api/${path}`, {
        method: "POST",
        headers: { ...headers, "Content-Type": type },
        body,
        signal: underWay.signal,
      });
    } catch (thrown) {
      throw unreachable(thrown);
    }
    return answerOf(response);
  }

  /** Follows what happens until the line is lost; whether it is any use to try again. */
  async function follow(heard: (happening: Happening) => void, stop: AbortSignal): Promise<boolean> {
    const silence = new AbortController();
    let alarm: ReturnType<typeof setTimeout> | undefined;
    const alive = () => {
      clearTimeout(alarm);
      alarm = setTimeout(() => silence.abort(), SILENCE_MAX_MS);
    };
    try {
      alive();
      const signal = AbortSignal.any([stop, silence.signal]);
      const response = await fetch("api/feed", { headers, signal });
      // Without the right token no other answer will come; the first question says so in words.
      if (response.status === 401 || response.status === 403) return false;
      if (!response.ok || !response.body) throw new Error(`HTTP ${response.status}`);
      heard({ kind: "link", up: true });
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      const buffer = { text: "" };
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return true;
        alive();
        buffer.text += value.replaceAll("\r", "");
        for (const happening of happenings(buffer)) heard(happening);
      }
    } finally {
      clearTimeout(alarm);
      if (silence.signal.aborted) {
        underWay.abort();
        underWay = new AbortController();
      }
    }
  }

  return {
    dispatch: (command, ask) => send(command, JSON.stringify(ask), "application/json"),
    async upload(name, bytes) {
      const path = `upload?name=${encodeURIComponent(name)}`;
      const taken = await send(path, bytes, "application/octet-stream");
      return (taken as { upload: string }).upload;
    },
    async preview(after) {
      const response = await fetch(`api/preview?after=${after}`, { headers, signal: underWay.signal });
      if (!response.ok) throw unreachable(`HTTP ${response.status}`);
      return response.arrayBuffer();
    },
    listen(heard) {
      const stop = new AbortController();
      void (async () => {
        let wait = RETRY_MIN_MS;
        while (!stop.signal.aborted) {
          const again = await follow((happening) => {
            wait = RETRY_MIN_MS;
            heard(happening);
          }, stop.signal).catch(() => true);
          if (stop.signal.aborted || !again) return;
          heard({ kind: "link", up: false });
          await new Promise((go) => setTimeout(go, wait));
          wait = Math.min(wait * 2, RETRY_MAX_MS);
        }
      })();
      return () => stop.abort();
    },
  };
}
