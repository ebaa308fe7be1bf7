// Every word on the screens. English is the measure: a language that lacks a key does not build.
import { door as doorDe } from "./de/door";
import { people as peopleDe } from "./de/people";
import { reports as reportsDe } from "./de/reports";
import { scanning as scanningDe } from "./de/scanning";
import { setup as setupDe } from "./de/setup";
import { shared as sharedDe } from "./de/shared";
import { stations as stationsDe } from "./de/stations";
import { door } from "./en/door";
import { people } from "./en/people";
import { reports } from "./en/reports";
import { scanning } from "./en/scanning";
import { setup } from "./en/setup";
import { shared } from "./en/shared";
import { stations } from "./en/stations";
import { language, type Language } from "./language.svelte";

const english = { shared, door, setup, people, stations, reports, scanning };
export type Catalogue = typeof english;

const german: Catalogue = {
  shared: sharedDe,
  door: doorDe,
  setup: setupDe,
  people: peopleDe,
  stations: stationsDe,
  reports: reportsDe,
  scanning: scanningDe,
};
const catalogues: Record<Language, Catalogue> = { en: english, de: german };

/** The words of the language spoken now: `t.door.scan`. Read in markup, it follows the language. */
export const t: Catalogue = {
  get shared() {
    return catalogues[language.now].shared;
  },
  get door() {
    return catalogues[language.now].door;
  },
  get setup() {
    return catalogues[language.now].setup;
  },
  get people() {
    return catalogues[language.now].people;
  },
  get stations() {
    return catalogues[language.now].stations;
  },
  get reports() {
    return catalogues[language.now].reports;
  },
  get scanning() {
    return catalogues[language.now].scanning;
  },
};

export { language, LANGUAGES, nearest, speak, type Language } from "./language.svelte";
