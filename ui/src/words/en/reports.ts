// Words of the reports: who came, who is inside, what the gates did, what was decided by hand.
const many = (number: number, said: string, single: string, more: string) =>
  `${said} ${number === 1 ? single : more}`;

export const reports = {
  place: {
    label: "Reports",
    attendance: "Attendance",
    inside: "Inside now",
    gates: "Gates",
    acts: "Decisions",
  },
  csv: "Save as CSV",
  csvSaved: (file: string) => `${file} is in your downloads.`,
  csvWhat: "Save a file with everybody’s data",
  copy: "Copy table",
  copied: "Copied. Paste it into a spreadsheet.",
  copyFailed: "It could not be copied. Save it as CSV instead.",
  loading: "The records are counted …",
  asOf: (clock: string) => `As of ${clock}`,
  none: "–",
  percent: (number: number) => `${number}%`,
  name: "Name",
  ticketType: "Ticket",
  company: "Company",
  gate: "Gate",

  attendance: {
    numbers: "In numbers",
    came: "came",
    noShows: "no-shows",
    share: (percent: string) => `${percent} of all`,
    cancelled: (number: number, said: string) => `${said} of them cancelled`,
    inside: "Inside",
    byType: "By ticket type",
    of: (came: string, all: string) => `${came} of ${all}`,
    bar: (type: string, came: string, noShow: string) => `${type}: ${came} came, ${noShow} did not`,
    noType: "Without a type",
    everyType: "Every ticket type",
    filter: "Find by name, company or order",
    who: "Who is shown",
    all: "All",
    onlyCame: "Came",
    onlyNoShows: "No-shows",
    at: "First let in",
    noShow: "No-show",
    isCancelled: "Cancelled",
    shown: (shown: string, found: number, said: string) =>
      shown === said ? many(found, said, "attendee", "attendees") : `${shown} of ${said} attendees`,
    more: (number: string) => `Show ${number} more`,
    nobody: "Nobody fits that",
    nobodyMore: "Try fewer letters, or show all.",
    empty: "There is nobody on the list yet",
    emptyMore: "Import an attendee list on the set-up screen. Then this says who came.",
  },

  inside: {
    people: (number: number): string => (number === 1 ? "person inside" : "people inside"),
    tickets: (number: number, said: string) => `on ${many(number, said, "ticket", "tickets")}`,
    area: "Area",
    where: "Last let in at",
    since: "Since",
    count: "People",
    print: "Print the list",
    nameless: "Not on the list yet",
    day: (day: string) => `This is how it was on ${day}: nobody has gone in since.`,
    empty: "Nobody is inside",
    emptyMore: "Whoever is let in appears here, and leaves the list with the exit scan or when the day turns.",
    silent: (number: number) =>
      number === 1
        ? "One laptop is silent: whom it let in or out since is missing here."
        : `${number} laptops are silent: whom they let in or out since is missing here.`,
  },

  sheet: {
    title: "Evacuation list",
    state: (moment: string) => `As of ${moment}`,
    people: (number: number, said: string) => many(number, said, "person inside", "people inside"),
    number: "No.",
    seen: "Out",
  },

  gates: {
    day: "Day",
    in: "In",
    out: "Out",
    refused: "Refused",
    plot: (gate: string) => `${gate}: in, out and refused by the quarter of an hour`,
    sums: (admitted: string, exited: string, refused: string) =>
      `${admitted} in · ${exited} out · ${refused} refused`,
    slot: (from: string, admitted: string, exited: string, refused: string) =>
      `${from}: ${admitted} in, ${exited} out, ${refused} refused`,
    from: "From",
    table: "Every quarter of an hour",
    empty: "No gate has scanned anybody yet",
    emptyMore: "With the first scan this shows how many went in and out at each gate, by the quarter of an hour.",
  },

  acts: {
    kinds: { undo: "Taken back", override: "Let in all the same", added: "Added by hand" },
    at: "When",
    act: "What",
    who: "Person",
    reason: "Why",
    by: "By",
    station: "Laptop",
    against: (verdict: string) => `Rules said: ${verdict}`,
    was: (verdict: string) => `Was: ${verdict}`,
    approved: (name: string) => `${name} agreed`,
    takenBack: "Taken back later",
    nobody: "Ticket of nobody on the list",
    number: (number: number, said: string) => many(number, said, "decision", "decisions"),
    empty: "Nothing was decided by hand",
    emptyMore:
      "Scans that were taken back, people who were let in against the rules and people who were added appear here, with who decided it and why.",
  },
};
