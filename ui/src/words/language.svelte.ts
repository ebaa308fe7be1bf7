// The language of the screens, in one place, so that every word changes with it at once.
export type Language = "en" | "de";

export const LANGUAGES: readonly Language[] = ["en", "de"];

class Spoken {
  now = $state<Language>("en");
}

export const language = new Spoken();

/** The nearest language that there are words for. */
export function nearest(wanted: string | null | undefined): Language {
  const short = (wanted ?? "").slice(0, 2).toLowerCase();
  return LANGUAGES.find((known) => known === short) ?? "en";
}

/** Speaks a language from now on; assistive technology is told through the document. */
export function speak(wanted: string | null | undefined): void {
  language.now = nearest(wanted);
  document.documentElement.lang = language.now;
  document.documentElement.dir = "ltr";
}
