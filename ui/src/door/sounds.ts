// Sounds that nobody mixes up in noise. A laptop without sound works all the same.
import type { Tone } from "../api/generated";

/** `vip`: a guest goes in here; `host`: one was let in at some door. */
export type Sound = Tone | "error" | "vip" | "host";

interface Note {
  hz: number;
  /** Where it glides to, if it does. */
  to_hz?: number;
  at_s: number;
  long_s: number;
  shape: OscillatorType;
}

const NOTES: Record<Sound, readonly Note[]> = {
  go: [
    { hz: 880, at_s: 0, long_s: 0.09, shape: "sine" },
    { hz: 1320, at_s: 0.09, long_s: 0.16, shape: "sine" },
  ],
  look: [
    { hz: 660, at_s: 0, long_s: 0.12, shape: "triangle" },
    { hz: 660, at_s: 0.18, long_s: 0.12, shape: "triangle" },
    { hz: 880, at_s: 0.36, long_s: 0.2, shape: "triangle" },
  ],
  out: [{ hz: 900, to_hz: 380, at_s: 0, long_s: 0.3, shape: "sine" }],
  stop: [
    { hz: 165, at_s: 0, long_s: 0.22, shape: "sawtooth" },
    { hz: 130, at_s: 0.28, long_s: 0.4, shape: "sawtooth" },
  ],
  vip: [523, 659, 784, 1047].map((hz, at) => ({ hz, at_s: at * 0.1, long_s: at === 3 ? 0.45 : 0.1, shape: "triangle" as const })),
  host: [
    { hz: 784, at_s: 0, long_s: 0.45, shape: "sine" },
    { hz: 622, at_s: 0.45, long_s: 0.7, shape: "sine" },
  ],
  error: [0, 0.09, 0.18, 0.27].map((at_s) => ({ hz: 1900, at_s, long_s: 0.05, shape: "square" as const })),
};

const LOUD = 0.35;

/** Silence after which the sound device is let go: a context that runs works all day, also for nothing. */
const QUIET_MS = 1_500;

let context: AudioContext | undefined;
let quiet: ReturnType<typeof setTimeout> | undefined;

/** Gets the sound device to know, which takes a fifth of a second: not in front of the first verdict. */
export function tune(): void {
  if (context) return;
  try {
    context = new AudioContext();
    void context.suspend().catch(() => undefined);
  } catch {
    context = undefined;
  }
}

export function play(sound: Sound): void {
  try {
    context ??= new AudioContext();
    if (context.state === "suspended") void context.resume().catch(() => undefined);
    for (const note of NOTES[sound]) strike(context, note);
    clearTimeout(quiet);
    quiet = setTimeout(() => void context?.suspend().catch(() => undefined), QUIET_MS);
  } catch {
    context = undefined;
  }
}

function strike(audio: AudioContext, note: Note): void {
  const from = audio.currentTime + note.at_s;
  const until = from + note.long_s;
  const oscillator = audio.createOscillator();
  const gain = audio.createGain();
  oscillator.type = note.shape;
  oscillator.frequency.setValueAtTime(note.hz, from);
  if (note.to_hz) oscillator.frequency.exponentialRampToValueAtTime(note.to_hz, until);
  gain.gain.setValueAtTime(0, from);
  gain.gain.linearRampToValueAtTime(LOUD, from + 0.008);
  gain.gain.setValueAtTime(LOUD, until - 0.02);
  gain.gain.linearRampToValueAtTime(0, until);
  oscillator.connect(gain).connect(audio.destination);
  oscillator.start(from);
  oscillator.stop(until);
}
