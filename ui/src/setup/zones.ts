// Time zones by their IANA names, and the search among them.

/** The zone that the laptop is set to. */
export function laptopZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
}

/** Every zone, with UTC, which the list of the platform leaves out. */
export function allZones(): string[] {
  const zones = Intl.supportedValuesOf("timeZone");
  return zones.includes("UTC") ? zones : [...zones, "UTC"];
}

/** A zone as people read it: "Argentina / Buenos Aires". */
export function zoneLabel(zone: string): string {
  return zone.replaceAll("_", " ").replaceAll("/", " / ");
}

const plain = (text: string) =>
  text
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9+-]+/g, " ")
    .trim();

/** Zones in which every word of the text begins a word; those whose city begins with it go first. */
export function zonesLike(text: string, zones: readonly string[], most: number): string[] {
  const wanted = plain(text);
  if (wanted === "") return zones.slice(0, most);
  const words = wanted.split(" ");
  const rank = (zone: string): number | null => {
    const name = plain(zone);
    const parts = name.split(" ");
    if (!words.every((word) => parts.some((part) => part.startsWith(word)))) return null;
    return plain(zone.split("/").at(-1) ?? "").startsWith(wanted) ? 0 : 1;
  };
  return zones
    .map((zone) => ({ zone, rank: rank(zone) }))
    .filter((found): found is { zone: string; rank: number } => found.rank !== null)
    .sort((a, b) => a.rank - b.rank || a.zone.localeCompare(b.zone, "en"))
    .slice(0, most)
    .map((found) => found.zone);
}
