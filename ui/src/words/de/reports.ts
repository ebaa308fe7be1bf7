import type { reports as English } from "../en/reports";

const many = (number: number, said: string, single: string, more: string) =>
  `${said} ${number === 1 ? single : more}`;

export const reports: typeof English = {
  place: {
    label: "Berichte",
    attendance: "Anwesenheit",
    inside: "Jetzt drin",
    gates: "Eingänge",
    acts: "Entscheidungen",
  },
  csv: "Als CSV speichern",
  csvSaved: (file) => `${file} liegt bei den Downloads.`,
  csvWhat: "Eine Datei mit den Daten aller speichern",
  copy: "Tabelle kopieren",
  copied: "Kopiert. Jetzt in eine Tabellenkalkulation einfügen.",
  copyFailed: "Kopieren ging nicht. Stattdessen als CSV speichern.",
  loading: "Es wird gezählt …",
  asOf: (clock) => `Stand ${clock}`,
  none: "–",
  percent: (number) => `${number} %`,
  name: "Name",
  ticketType: "Ticket",
  company: "Firma",
  gate: "Eingang",

  attendance: {
    numbers: "In Zahlen",
    came: "sind gekommen",
    noShows: "sind nicht gekommen",
    share: (percent) => `${percent} von allen`,
    cancelled: (_, said) => `davon ${said} storniert`,
    inside: "Drin",
    byType: "Nach Ticketart",
    of: (came, all) => `${came} von ${all}`,
    bar: (type, came, noShow) => `${type}: ${came} gekommen, ${noShow} nicht`,
    noType: "Ohne Ticketart",
    everyType: "Alle Ticketarten",
    filter: "Nach Name, Firma oder Bestellung suchen",
    who: "Wer gezeigt wird",
    all: "Alle",
    onlyCame: "Gekommen",
    onlyNoShows: "Nicht gekommen",
    at: "Erster Einlass",
    noShow: "Nicht gekommen",
    isCancelled: "Storniert",
    shown: (shown, found, said) =>
      shown === said ? many(found, said, "Gast", "Gäste") : `${shown} von ${said} Gästen`,
    more: (number) => `${number} weitere zeigen`,
    nobody: "Das passt auf niemanden",
    nobodyMore: "Weniger Buchstaben eingeben oder alle zeigen.",
    empty: "Auf der Liste steht noch niemand",
    emptyMore: "Unter „Einrichten“ eine Gästeliste einlesen. Dann steht hier, wer gekommen ist.",
  },

  inside: {
    people: (number) => (number === 1 ? "Person ist drin" : "Personen sind drin"),
    tickets: (number, said) => `mit ${many(number, said, "Ticket", "Tickets")}`,
    area: "Bereich",
    where: "Zuletzt eingelassen",
    since: "Seit",
    count: "Personen",
    print: "Liste drucken",
    nameless: "Noch nicht auf der Liste",
    day: (day) => `So war es am ${day}: Seitdem ist niemand hineingegangen.`,
    empty: "Niemand ist drin",
    emptyMore:
      "Wer eingelassen wird, erscheint hier. Von der Liste verschwindet er mit dem Scan am Ausgang oder beim Tageswechsel.",
    silent: (number) =>
      number === 1
        ? "Ein Laptop schweigt: Wen er seitdem ein- oder ausgelassen hat, fehlt hier."
        : `${number} Laptops schweigen: Wen sie seitdem ein- oder ausgelassen haben, fehlt hier.`,
  },

  sheet: {
    title: "Evakuierungsliste",
    state: (moment) => `Stand: ${moment}`,
    people: (number, said) => many(number, said, "Person im Haus", "Personen im Haus"),
    number: "Nr.",
    seen: "Draußen",
  },

  gates: {
    day: "Tag",
    in: "Rein",
    out: "Raus",
    refused: "Abgewiesen",
    plot: (gate) => `${gate}: rein, raus und abgewiesen je Viertelstunde`,
    sums: (admitted, exited, refused) => `${admitted} rein · ${exited} raus · ${refused} abgewiesen`,
    slot: (from, admitted, exited, refused) =>
      `${from}: ${admitted} rein, ${exited} raus, ${refused} abgewiesen`,
    from: "Ab",
    table: "Jede Viertelstunde",
    empty: "Noch kein Eingang hat jemanden gescannt",
    emptyMore:
      "Ab dem ersten Scan steht hier je Eingang und Viertelstunde, wie viele hinein- und hinausgegangen sind.",
  },

  acts: {
    kinds: { undo: "Zurückgenommen", override: "Trotzdem eingelassen", added: "Von Hand hinzugefügt" },
    at: "Wann",
    act: "Was",
    who: "Person",
    reason: "Warum",
    by: "Von",
    station: "Laptop",
    against: (verdict) => `Nach den Regeln: ${verdict}`,
    was: (verdict) => `War: ${verdict}`,
    approved: (name) => `${name} hat zugestimmt`,
    takenBack: "Später zurückgenommen",
    nobody: "Ticket von niemandem auf der Liste",
    number: (number, said) => many(number, said, "Entscheidung", "Entscheidungen"),
    empty: "Von Hand wurde nichts entschieden",
    emptyMore:
      "Hier erscheinen Scans, die zurückgenommen wurden, Personen, die gegen die Regeln eingelassen wurden, und Personen, die hinzugefügt wurden: mit wem und warum.",
  },
};
