import type { scanning as English } from "../en/scanning";

export const scanning: typeof English = {
  title: "Kamera und Scanner",
  open: "Kamera und Scanner",
  camera: {
    title: "Kamera",
    label: "Was die Kamera sieht",
    starting: "Die Kamera startet",
    ended: "Der Film ist zu Ende.",
    hints: {
      tooDark: "Zu dunkel. Licht einschalten.",
      tooFar: "Näher heranhalten.",
      blurred: "Ruhig halten.",
      halfOutside: "Ganz ins Bild halten.",
      glare: "Etwas kippen: das Licht spiegelt sich.",
    },
    problems: {
      denied: "Lanyard darf diese Kamera nicht benutzen. In den Einstellungen des Laptops erlauben. Scanner gehen weiter.",
      busy: "Ein anderes Programm benutzt diese Kamera. Dort schließen. Scanner gehen weiter.",
      gone: "Die Kamera ist nicht da. Wieder einstecken; es geht von selbst weiter. Scanner gehen weiter.",
      broken: "Die Kamera schickt kein Bild. Ausstecken und wieder einstecken. Scanner gehen weiter.",
      unsupported: "Lanyard kann die Bilder dieser Kamera nicht lesen. Eine andere Kamera wählen.",
    },
    choose: "Kamera",
    none: "Keine Kamera",
    noneThere: "Es ist keine Kamera angeschlossen.",
    notThere: (id) => `${id} (nicht da)`,
    lookAgain: "Noch einmal suchen",
    fixed: "Die Kamera wurde beim Start von Lanyard gewählt",
    mirrored: "Bild wie im Spiegel zeigen",
    kinds: "Codes auf den Tickets",
    kindsHint: "QR-Codes werden immer gelesen. Nur einschalten, was vorkommt.",
    kindNames: { qr: "QR", data_matrix: "Data Matrix", aztec: "Aztec", pdf417: "PDF417", code128: "Code 128" },
    tryIt: "Ein Ticket vor die Kamera halten.",
    empty: "Eine Kamera wählen, um sie hier auszuprobieren.",
  },
};
