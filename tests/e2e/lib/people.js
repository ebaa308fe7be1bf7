// The people of the tests: one of every kind, in many scripts, all invented.

/** @typedef {Record<string, string>} Person */

const COLUMNS = [
  "code", "first_name", "last_name", "ticket_type", "status", "order", "company", "email",
  "valid_from", "valid_until", "days", "blocked", "notes", "entries", "guardian", "vip", "order_position",
];

/** @param {string} value */
const cell = (value) => (/[",\n\r]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);

/**
 * People as a file for `roster import`.
 * @param {Person[]} people
 */
export function csv(people) {
  const used = COLUMNS.filter((column) => people.some((one) => one[column]));
  const rows = people.map((one) => used.map((column) => cell(one[column] ?? "")).join(","));
  return `${used.join(",")}\n${rows.join("\n")}\n`;
}

/** 60 characters, as on a ticket of somebody with many names. */
export const LONG = ["Wilhelmina Theodora Magdalena", "von Hohenstein-Wittelsbacherin"];
export const RTL = ["ليلى", "بنت عبد الرحمن"];
export const MARKUP = ["<img src=x onerror=window.hurt=1>", "<b>Robert</b> & <script>window.hurt=1</script>"];
/** Would turn the rest of a line around if it were let loose. */
export const BIDI = ["\u202EneteB", "\u2066Ada\u202E"];
export const ENDLESS = ["Ottokar", `${"Überlang ".repeat(32)}`.slice(0, 292)];

/** One of each kind. Codes hold Y and Z, which keyboards swap. */
export const EVERYBODY = /** @type {Person[]} */ ([
  { code: "YZ01ADMIT0AA", first_name: "Aylin", last_name: "Öztürk", ticket_type: "Regular", company: "Werkstatt Nord" },
  { code: "YZ02ADMIT0BB", first_name: "Thandiwe", last_name: "Nkosi", ticket_type: "Regular", order: "Q7K2P" },
  { code: "YZ03ADMIT0CC", first_name: "Léo", last_name: "Marchand", ticket_type: "Regular", order: "Q7K2P" },
  { code: "YZ04NOTED0DD", first_name: "Zoë", last_name: "Yardley", ticket_type: "Speaker", notes: "Bring to the green room: talk at ten" },
  { code: "YZ05UNPAID0E", first_name: "Marek", last_name: "Żółkiewski", ticket_type: "Regular", status: "pending" },
  { code: "YZ06CANCEL0F", first_name: "Noor", last_name: "Haddad", ticket_type: "Regular", status: "cancelled" },
  { code: "YZ07BLOCKED0", first_name: "Ivo", last_name: "Brandt", ticket_type: "Regular", blocked: "Banned after last year" },
  { code: "YZ08WORKSHOP", first_name: "Sólveig", last_name: "Jónsdóttir", ticket_type: "Workshop" },
  { code: "YZ09TOOLATE0", first_name: "Kenji", last_name: "山田", ticket_type: "Regular", valid_until: "2020-01-02 18:00" },
  { code: "YZ10TOOSOON0", first_name: "Nia", last_name: "Achieng", ticket_type: "Regular", valid_from: "2099-01-02 09:00" },
  { code: "YZ11LONGNAME", first_name: LONG[0], last_name: LONG[1], ticket_type: "Regular" },
  { code: "YZ12RTLNAME0", first_name: RTL[0], last_name: RTL[1], ticket_type: "Regular" },
  { code: "YZ13MARKUP00", first_name: MARKUP[0], last_name: MARKUP[1], ticket_type: "<i>Regular</i>", company: "<u>Mark & Up</u>" },
  { code: "YZ14BIDI0000", first_name: BIDI[0], last_name: BIDI[1], ticket_type: "Regular" },
  { code: "YZ15ENDLESS0", first_name: ENDLESS[0], last_name: ENDLESS[1], ticket_type: "Regular" },
  { code: "YZ16OTHERDAY", first_name: "Dmytro", last_name: "Ковальчук", ticket_type: "Regular", days: "2020-01-02" },
]);

const HARMFUL = new Set(["YZ13MARKUP00", "YZ14BIDI0000", "YZ15ENDLESS0"]);

/** Those that one would like to see in a picture, and two more of one order. */
export const GUESTS = [
  ...EVERYBODY.filter(({ code }) => !HARMFUL.has(code)),
  { code: "YZ17ORDERED0", first_name: "Ngozi", last_name: "Eze", ticket_type: "Regular", order: "Q7K2P" },
  { code: "YZ18PRESS000", first_name: "유진", last_name: "박", ticket_type: "Press", company: "하루신문" },
];

/** The door of most tests, and a room that takes speakers only. */
export const GATES = [
  { id: "main", name: "Main entrance", area: "house", reentry_after_exit: true },
  { id: "lounge", name: "Speakers' lounge", area: "lounge", ticket_types: ["Speaker"] },
  { id: "desk", name: "Cash desk", area: "house", include_pending: true },
];

export const SUPERVISOR = { name: "Ada", pin: "4711" };

/** A family on one order, one of them a child whom the mother accompanies. */
export const FAMILY = /** @type {Person[]} */ ([
  { code: "YZ20FAMILY0A", first_name: "Ngozi", last_name: "Eze-Lindqvist", ticket_type: "Regular", order: "FAM42", order_position: "1" },
  { code: "YZ21FAMILY0B", first_name: "Tor", last_name: "Lindqvist", ticket_type: "Regular", order: "FAM42", order_position: "2" },
  { code: "YZ22FAMILY0C", first_name: "Ada", last_name: "Lindqvist", ticket_type: "Child", order: "FAM42", order_position: "3", guardian: "1" },
  { code: "YZ23FAMILY0D", first_name: "Emeka", last_name: "Lindqvist", ticket_type: "Child", order: "FAM42", order_position: "4", guardian: "1" },
]);

/** Somebody to be greeted. */
export const VIPS = /** @type {Person[]} */ ([
  { code: "YZ30GUEST00A", first_name: "Ingrid", last_name: "Sørensen", ticket_type: "Speaker", company: "Nordlys Foundation", vip: "yes" },
  { code: "YZ31GUEST00B", first_name: "Haruto", last_name: "Nakamura", ticket_type: "Speaker", company: "Aozora Press", vip: "yes", notes: "Opens the evening: to the stage at once" },
]);

const GIVEN = ["Amara", "Björn", "Chiara", "Devi", "Ezra", "Freya", "Giorgos", "Hye-jin"];
const LONGEST = ["Maximiliane Theodora Henriette", "von und zu Hohenstein-Wittelsbacherin-Löwenstein"];

/** A school class: thirty on one order, some with names that are long or run from right to left. */
export const CLASS = /** @type {Person[]} */ (
  Array.from({ length: 30 }, (_, index) => {
    const [first, last] = index % 10 === 3 ? LONGEST : index % 10 === 7 ? RTL : [GIVEN[index % GIVEN.length], `Number ${index + 1}`];
    return { code: `YZ40CLASS0${String(index).padStart(2, "0")}`, first_name: first, last_name: last, ticket_type: "Pupil", order: "CLASS7B" };
  })
);
