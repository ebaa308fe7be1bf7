// Made from the station's Rust types by `cargo test -p station types`; do not edit.
// Field names are contracts; what each field means stands in station/src/json.rs.

export type Verdict =
  | "admitted"
  | "readmitted"
  | "exited"
  | "already_in"
  | "unpaid"
  | "cancelled"
  | "blocked"
  | "revoked"
  | "unapproved"
  | "not_yet_valid"
  | "no_longer_valid"
  | "wrong_gate"
  | "wrong_date"
  | "refused_by_rule"
  | "answers_needed"
  | "ambiguous"
  | "unknown_code"
  | "full";

export type Stage =
  | "setup"
  | "rehearsal"
  | "open"
  | "closed";

export type Mode =
  | "live"
  | "rehearsal";

export type Role =
  | "operator"
  | "supervisor";

export type StationRole =
  | "admin"
  | "door"
  | "kiosk"
  | "booth";

export type FieldName =
  | "code"
  | "first_name"
  | "last_name"
  | "name"
  | "email"
  | "company"
  | "phone"
  | "ticket_type"
  | "status"
  | "order"
  | "order_position"
  | "valid_from"
  | "valid_until"
  | "days"
  | "blocked"
  | "notes"
  | "language"
  | "entries"
  | "addon_to"
  | "vip"
  | "guardian"
  | "reading"
  | "added_at"
  | "added_gate"
  | "added_by"
  | "added_reason";

export type ProblemCode = "event_not_open" | "unknown_gate" | "unknown_attendee" | "ambiguous" | "busy" | "newer_version" | "read_only" | "disk" | "not_allowed" | "bad_file" | "bad_rule" | "unreachable" | "no_event" | "damaged" | "supervisor_needed" | "wrong_pin";

export type Problem = { 
/**
 * What it is.
 */
code: ProblemCode, 
/**
 * What is wrong.
 */
message: string, 
/**
 * What to do.
 */
hint: string, };

export type Supervisor = { 
/**
 * Name.
 */
name: string, 
/**
 * PIN.
 */
pin: string, };

export type RecordName = { 
/**
 * Key of the station, 64 hex digits.
 */
station: string, 
/**
 * Epoch, 16 hex digits.
 */
epoch: string, 
/**
 * Position in the log.
 */
seq: number, };

export type EventMade = { 
/**
 * Id of the event.
 */
event: string, 
/**
 * Key of this station.
 */
station: string, 
/**
 * Ids of the gates that were made.
 */
gates: Array<string>, };

export type EventLine = { 
/**
 * Id.
 */
event: string, 
/**
 * Name.
 */
name: string, 
/**
 * Zone.
 */
timezone: string, 
/**
 * Days; none: every day is allowed.
 */
days: Array<string>, 
/**
 * `setup`, `rehearsal`, `open` or `closed`.
 */
state: Stage, 
/**
 * Key of this station.
 */
station: string, 
/**
 * Name of this station.
 */
station_name: string, 
/**
 * Ids of the gates.
 */
gates: Array<string>, 
/**
 * How many attendees there are.
 */
attendees: number, 
/**
 * Whether a supervisor's PIN is asked for where operators may not decide alone.
 */
supervised: boolean, 
/**
 * Names of saved column mappings.
 */
profiles: Array<string>, };

export type SlotLine = { day: string, opens?: string | null, closes?: string | null, ticket_types?: Array<string> | null, title?: string | null, };

export type QuestionRule = { id: string, text: string, kind: "text" | "number" | "choice" | "date" | "yes_no", required: boolean, options: Array<string>, ticket_types?: Array<string> | null, };

export type GateLine = { id: string, name: string, area: string, ticket_types: "all" | Array<string>, entries: "once" | "once_per_day" | "unlimited", day_turns: string, reentry_after_exit: boolean, opens: string | null, closes: string | null, when_silent: "admit" | "flag" | "hold", include_pending: boolean, addon_match: boolean, also: Array<string>, agenda: Array<SlotLine>, added_max: number | Record<string, number> | null, questions: Array<QuestionRule>, };

export type Who = { 
/**
 * Id.
 */
id: string, 
/**
 * Name to show.
 */
name: string, 
/**
 * Ticket type.
 */
ticket_type: string, };

export type Tone = "go" | "look" | "out" | "stop";

export type Why = { "kind": "already_in", since: string, gate: string, now: string, } | { "kind": "left_for_good", left: string, now: string, } | { "kind": "entries_used", entries: number, first: string, now: string, } | { "kind": "cancelled" } | { "kind": "blocked", why: string, } | { "kind": "unapproved" } | { "kind": "valid_from", from: string, now: string, } | { "kind": "valid_until", until: string, now: string, } | { "kind": "wrong_ticket_type", ticket_type: string, accepted: Array<string>, } | { "kind": "not_a_day_of_the_ticket", day: string, days: Array<string>, } | { "kind": "not_a_day_of_the_event", day: string, days: Array<string>, } | { "kind": "unpaid" } | { "kind": "unpaid_may_be_taken" } | { "kind": "opens_at", opens: string, now: string, } | { "kind": "closed_at", closed: string, now: string, } | { "kind": "no_such_code" } | { "kind": "other_event", name: string, } | { "kind": "nothing_read" } | { "kind": "too_long", chars: number, } | { "kind": "control_characters" } | { "kind": "held", silent: Array<SilentLine>, } | { "kind": "revoked" } | { "kind": "not_a_day_of_the_gate", gate: string, day: string, days: Array<string>, } | { "kind": "several_tickets", order: string, } | { "kind": "answers_needed", questions: Array<string>, } | { "kind": "test" };

export type First = { 
/**
 * When.
 */
at: string, 
/**
 * Where.
 */
gate: string, 
/**
 * Name of the station.
 */
station: string, };

export type FirstScan = { 
/**
 * Operator.
 */
operator: string | null, 
/**
 * The record.
 */
record: RecordName, };

export type QuestionLine = { 
/**
 * Id, by which an answer names it.
 */
id: string, 
/**
 * The question.
 */
text: string, 
/**
 * What an answer is.
 */
kind: "text" | "number" | "choice" | "date" | "yes_no", 
/**
 * Whether nobody goes in without an answer.
 */
required: boolean, 
/**
 * Of a choice: what there is to choose from.
 */
options: Array<string>, 
/**
 * What was given as an answer and is none.
 */
answer: string | null, 
/**
 * What is wrong with that, in words.
 */
wrong: string | null, };

export type OrderMate = { 
/**
 * Id.
 */
id: string, 
/**
 * Name to show.
 */
name: string, 
/**
 * Ticket type.
 */
ticket_type: string, 
/**
 * Status of the ticket.
 */
status: string, 
/**
 * Whether the person is inside.
 */
inside: boolean, 
/**
 * Whether the person could still come: neither inside nor cancelled.
 */
waits: boolean, };

export type OrderLine = { 
/**
 * The order.
 */
id: string, 
/**
 * Others on it who are not inside.
 */
others_waiting: number, };

export type Certainty = { 
/**
 * Other stations that there are.
 */
known: number, 
/**
 * Of these, how many were heard.
 */
heard: number, 
/**
 * The others.
 */
silent: Array<SilentLine>, };

export type Override = { 
/**
 * What the rules say.
 */
refused: Verdict, 
/**
 * Who let the person in.
 */
by: string, 
/**
 * The supervisor who agreed, where one was asked for.
 */
approved_by: string | null, 
/**
 * Why.
 */
reason: string, };

export type VerdictLine = { 
/**
 * What was scanned.
 */
code: string, 
/**
 * The verdict's word.
 */
verdict: Verdict, 
/**
 * The person, where the code is somebody's.
 */
attendee: Who | null, 
/**
 * The order that the ticket is on.
 */
order: OrderLine | null, 
/**
 * The others on it, those who are not inside first; at most a hundred.
 */
others: Array<OrderMate>, 
/**
 * Id of the gate.
 */
gate: string, 
/**
 * When.
 */
at: string, 
/**
 * First admission that counts here.
 */
first: First | null, 
/**
 * Why, in words.
 */
reason: string | null, 
/**
 * Operator.
 */
operator: string | null, 
/**
 * `silent`, `past_cut`, `doubtful`, `other_event`, `attention`, `vip`, `test`; `child`: somebody accompanies this
 * person; `layout`: the scanner types with another keyboard layout than this laptop has.
 */
flags: Array<string>, 
/**
 * `live` or `rehearsal`.
 */
mode: Mode, 
/**
 * Which other stations were heard.
 */
certainty: Certainty, 
/**
 * The record of this scan.
 */
record: RecordName, 
/**
 * Attention note of the organizer.
 */
note: string | null, 
/**
 * Who accompanies this child, by name.
 */
guardian: string | null, 
/**
 * Of `answers_needed`: what is still to be answered.
 */
questions: Array<QuestionLine>, 
/**
 * More of the first admission; only screens are told.
 */
first_scan?: FirstScan | null, 
/**
 * What is to be done, told apart by colour, shape and sound.
 */
tone: Tone, 
/**
 * Why, for screens that have their own words.
 */
why: Why | null, 
/**
 * Who let the person in against a refusal, and why.
 */
override: Override | null, };

export type RecentLine = { 
/**
 * The record.
 */
record: RecordName, 
/**
 * When.
 */
at: string, 
/**
 * Id of the gate.
 */
gate: string, 
/**
 * Whether the person wanted out.
 */
exit: boolean, 
/**
 * The verdict's word.
 */
verdict: Verdict, 
/**
 * How it was shown.
 */
tone: Tone, 
/**
 * `live` or `rehearsal`.
 */
mode: Mode, 
/**
 * Operator.
 */
operator: string | null, 
/**
 * Name of the station.
 */
station: string, 
/**
 * Whether it was taken back.
 */
undone: boolean, 
/**
 * Whether somebody let the person in against a refusal.
 */
overridden: boolean, 
/**
 * The person, where the code was somebody's.
 */
attendee: Who | null, };

export type TakenBack = { 
/**
 * Who did it.
 */
by: string, 
/**
 * The supervisor who agreed, where one was asked for.
 */
approved_by: string | null, 
/**
 * Why.
 */
reason: string, 
/**
 * When.
 */
at: string, };

export type HistoryLine = { 
/**
 * The record.
 */
record: RecordName, 
/**
 * When.
 */
at: string, 
/**
 * Where.
 */
gate: string, 
/**
 * What was shown.
 */
verdict: Verdict, 
/**
 * `live` or `rehearsal`.
 */
mode: Mode, 
/**
 * Operator.
 */
operator: string | null, 
/**
 * Name of the station.
 */
station: string, 
/**
 * Whether it was taken back.
 */
undone: boolean, 
/**
 * How it was shown.
 */
tone: Tone, 
/**
 * Who took it back, and why.
 */
undo: TakenBack | null, 
/**
 * Who let the person in against a refusal, and why.
 */
override: Override | null, };

export type EditLine = { 
/**
 * When.
 */
at: string, 
/**
 * Name of the station.
 */
station: string, 
/**
 * Who made it, where that was said.
 */
by: string | null, 
/**
 * The supervisor who agreed, where one was asked for.
 */
approved_by: string | null, 
/**
 * Why, where that was said.
 */
reason: string | null, 
/**
 * Whether an imported file said so.
 */
from_file: boolean, 
/**
 * What was set; an empty text emptied the field.
 */
fields: { [key in string]: string }, };

export type AttendeeLine = { 
/**
 * Id.
 */
id: string, 
/**
 * Name to show, put together from the fields.
 */
display_name: string, 
/**
 * Fields that two people set to different values without knowing of each other, with all values.
 */
disputed: { [key in string]: Array<string> }, 
/**
 * Values of the last file where a person corrected them.
 */
file: { [key in string]: string }, 
/**
 * What happened at gates, oldest first.
 */
history: Array<HistoryLine>, 
/**
 * Who changed what, oldest first.
 */
edits: Array<EditLine>, 
/**
 * Whether the person is inside now.
 */
inside: boolean, 
/**
 * Whether the person was ever let in.
 */
came: boolean, 
/**
 * What the person answered to questions, by their ids.
 */
answers: { [key in string]: string }, } & Record<FieldName, string | null>;

export type ConflictScan = { 
/**
 * Id of the gate.
 */
gate: string, 
/**
 * Name of the station.
 */
station: string, 
/**
 * When: RFC 3339 with the event's offset.
 */
at: string, 
/**
 * Operator. Only screens are told.
 */
operator: string | null, 
/**
 * The record. Only screens are told.
 */
record: RecordName, };

export type Resolved = { 
/**
 * Who.
 */
by: string, 
/**
 * What.
 */
note: string, };

export type ConflictLine = { 
/**
 * Its id, the same on every station: 16 hex digits.
 */
id: string, 
/**
 * Id of the person.
 */
attendee: string, 
/**
 * The person, where this station has the list. Only screens are told.
 */
who: Who | null, 
/**
 * The area that was entered. Only screens are told.
 */
area: string, 
/**
 * The admissions, oldest first.
 */
scans: Array<ConflictScan>, 
/**
 * What somebody said of all of them; null: still open.
 */
resolved: Resolved | null, };

export type FoundLine = { 
/**
 * Id.
 */
id: string, 
/**
 * Name to show.
 */
name: string, 
/**
 * Ticket type.
 */
ticket_type: string, 
/**
 * Company.
 */
company: string | null, 
/**
 * Order.
 */
order: string | null, 
/**
 * Status of the ticket.
 */
status: string, 
/**
 * Whether the person is inside now.
 */
inside: boolean, 
/**
 * Whether the person was ever let in.
 */
came: boolean, };

export type GuestLine = { 
/**
 * The person.
 */
attendee: Who, 
/**
 * Company.
 */
company: string | null, 
/**
 * `vip`, `attention`.
 */
flags: Array<string>, 
/**
 * Note for the door.
 */
note: string | null, 
/**
 * Id of the gate.
 */
gate: string, 
/**
 * Name of the station.
 */
station: string, 
/**
 * When.
 */
at: string, 
/**
 * The record.
 */
record: RecordName, };

export type UndoLine = { 
/**
 * The scan that was taken back.
 */
undone: RecordName, 
/**
 * The record that says so.
 */
record: RecordName, 
/**
 * Whose scan it was.
 */
attendee: Who | null, 
/**
 * Who took it back.
 */
by: string, 
/**
 * Why.
 */
reason: string, };

export type StatsLine = { 
/**
 * People inside.
 */
inside: number, 
/**
 * Entries admitted.
 */
admitted: number, 
/**
 * Scans refused.
 */
refused: number, 
/**
 * Entries by gate.
 */
by_gate: { [key in string]: number }, 
/**
 * Entries by ticket type.
 */
by_ticket_type: { [key in string]: number }, 
/**
 * Entries by the local start of their quarter of an hour.
 */
by_quarter_hour: { [key in string]: number }, };

export type RejectedRow = { 
/**
 * Line of the file in which the row begins; the header is 1.
 */
line: number, 
/**
 * Column, as the file calls it.
 */
column: string, 
/**
 * What stands there.
 */
value: string, 
/**
 * What is wrong with it.
 */
reason: string, };

export type Clash = { 
/**
 * Id of the attendee.
 */
attendee: string, 
/**
 * The field.
 */
column: string, 
/**
 * The person's value.
 */
mine: string, 
/**
 * The file's value.
 */
file: string, };

export type ImportLine = { 
/**
 * Rows read, rejected ones included.
 */
rows: number, 
/**
 * Attendees who are new.
 */
added: number, 
/**
 * Attendees of whom the file says something else than before.
 */
changed: number, 
/**
 * Attendees of whom it says the same.
 */
unchanged: number, 
/**
 * Attendees of earlier files who are not in this one.
 */
missing: number, 
/**
 * Of these, how many were cancelled now.
 */
cancelled: number, 
/**
 * Rows that were not taken.
 */
rejected: Array<RejectedRow>, 
/**
 * Fields that a person corrected and the file changed to something else.
 */
clashes: Array<Clash>, 
/**
 * Ids and names of the missing.
 */
missing_attendees: Array<[string, string]>, 
/**
 * What each column was taken for; null: ignored.
 */
columns: Array<[string, string | null]>, 
/**
 * Whether nothing was changed because nothing should be.
 */
dry_run: boolean, 
/**
 * The first good rows as they would be taken, by field; only where nothing is changed.
 */
sample: Array<{ [key in string]: string }>, };

export type OperatorLine = { 
/**
 * Id.
 */
id: string, 
/**
 * Name.
 */
name: string, 
/**
 * `operator` or `supervisor`.
 */
role: Role, 
/**
 * Whether there is a PIN.
 */
pin: boolean, };

export type TicketTypeLine = { 
/**
 * The ticket type; empty: none.
 */
ticket_type: string, 
/**
 * Attendees who have it.
 */
attendees: number, };

export type StationLine = { 
/**
 * Name of the station.
 */
name: string, 
/**
 * Version of Lanyard.
 */
version: string, 
/**
 * The data folder.
 */
folder: string, 
/**
 * The event that was last used here.
 */
event: string | null, 
/**
 * The gate that this laptop stands at.
 */
gate: string | null, 
/**
 * Whether people go out here.
 */
exit: boolean, 
/**
 * Who works here.
 */
operator: string | null, 
/**
 * Language of the screens.
 */
language: string | null, 
/**
 * Theme of the screens.
 */
theme: string | null, 
/**
 * Whether verdicts are heard.
 */
sound: boolean, 
/**
 * Whether a host stands here, who is told of guests that any door lets in.
 */
host: boolean, };

export type StationWarning = { "kind": "runs_twice" } | { "kind": "forked" } | { "kind": "clock", 
/**
 * How far it is ahead of this one's, in milliseconds.
 */
offset_ms: number, } | { "kind": "battery", 
/**
 * Charge in percent.
 */
percent: number, } | { "kind": "misbehaved", 
/**
 * What it did, a sentence.
 */
what: string, };

export type SilentLine = { 
/**
 * Its name.
 */
station: string, 
/**
 * For how many seconds; null: never heard since this station started.
 */
seconds: number | null, };

export type SyncLine = { 
/**
 * Whether this laptop speaks with others at all.
 */
on: boolean, 
/**
 * Role of this laptop in the event.
 */
role: StationRole, 
/**
 * The gate that the organizer set it to.
 */
gate: string | null, 
/**
 * Addresses at which others find it.
 */
addresses: Array<string>, 
/**
 * Other stations that there are.
 */
known: number, 
/**
 * How many of them were heard in the last ten seconds.
 */
heard: number, 
/**
 * Names of the others, and for how many seconds nothing was heard of each; null: never since the start.
 */
silent: Array<SilentLine>, 
/**
 * Records of this station that are on no other station yet.
 */
alone: number, 
/**
 * Records that are still to come from others, as far as is known: catching up.
 */
missing: number, 
/**
 * Double admissions that nobody has settled.
 */
conflicts: number, 
/**
 * Laptops that ask to join here.
 */
joiners: number, 
/**
 * How far this clock is ahead of most others', in milliseconds; null: not known.
 */
clock_offset_ms: number | null, 
/**
 * Charge of this laptop's battery in percent; null: it has none.
 */
battery: number | null, 
/**
 * Whether it runs on mains; null: not known.
 */
on_mains: boolean | null, 
/**
 * Whether sleep and screen lock are held off.
 */
awake: boolean, 
/**
 * Whether this laptop was shut out of the event.
 */
revoked: boolean, 
/**
 * What is wrong.
 */
warnings: Array<StationWarning>, };

export type PeerLine = { 
/**
 * Its key, 64 hex digits.
 */
station: string, 
/**
 * Its name.
 */
name: string, 
/**
 * Its role.
 */
role: StationRole, 
/**
 * The gate that it is set to stand at.
 */
gate: string | null, 
/**
 * Exhibitor, of a booth.
 */
exhibitor: string | null, 
/**
 * How long ago it was last heard, in milliseconds; null: never since this station started.
 */
heard_ms: number | null, 
/**
 * Records of this station that it does not have yet, as far as is known.
 */
lag_records: number | null, 
/**
 * How far its clock is ahead of this one's, in milliseconds.
 */
clock_offset_ms: number | null, 
/**
 * Whether there is a connection to it right now.
 */
connected: boolean, 
/**
 * Whether it counts for certainty: it is heard when it was heard in the last ten seconds.
 */
heard: boolean, 
/**
 * Charge of its battery in percent; null: none, or not known.
 */
battery: number | null, 
/**
 * Whether it runs on mains; null: not known.
 */
on_mains: boolean | null, 
/**
 * Its version of Lanyard.
 */
version: string | null, 
/**
 * Whether it was shut out.
 */
revoked: boolean, 
/**
 * What is wrong with it, if anything is.
 */
warnings: Array<StationWarning>, };

export type InviteLine = { 
/**
 * The ticket: what is shown as a QR code, or typed.
 */
ticket: string, 
/**
 * Until when it is good: RFC 3339.
 */
expires: string, 
/**
 * Role of those who join with it.
 */
role: StationRole, 
/**
 * Gate that they are to stand at.
 */
gate: string | null, 
/**
 * Exhibitor, of a booth.
 */
exhibitor: string | null, 
/**
 * How many may join with it.
 */
count: number, };

export type JoinLine = { 
/**
 * `none`, `connecting`, `waiting` for a person to approve, `joined`, or `failed`.
 */
state: "none" | "connecting" | "waiting" | "joined" | "failed", 
/**
 * Six digits to compare, once there are any.
 */
digits: string | null, 
/**
 * The event that was joined: its id.
 */
joined: string | null, 
/**
 * Name of that event.
 */
event_name: string | null, 
/**
 * This laptop's key.
 */
station: string | null, 
/**
 * Why it failed, a sentence.
 */
problem: string | null, 
/**
 * What to do about that.
 */
hint: string | null, };

export type JoinerLine = { 
/**
 * Six digits, the same on its screen.
 */
digits: string, 
/**
 * Its name.
 */
name: string, 
/**
 * Its key, 64 hex digits.
 */
station: string, 
/**
 * Role that it is to have.
 */
role: StationRole, 
/**
 * Gate that it is to stand at.
 */
gate: string | null, 
/**
 * Since when it waits: RFC 3339.
 */
since: string, };

export type ApprovedLine = { 
/**
 * Its name.
 */
approved: string, 
/**
 * Its key.
 */
station: string, };

export type RevokedLine = { 
/**
 * Name of the station that was shut out.
 */
revoked: string, 
/**
 * Its key.
 */
station: string, };

export type Happening = { "kind": "scan", 
/**
 * The event.
 */
event: string, 
/**
 * The scan.
 */
scan: RecentLine, } | { "kind": "guest", 
/**
 * The event.
 */
event: string, 
/**
 * Who, where and when.
 */
guest: GuestLine, } | { "kind": "undo", 
/**
 * The event.
 */
event: string, 
/**
 * The scan.
 */
record: RecordName, 
/**
 * Who did it.
 */
by: string, } | { "kind": "conflict", 
/**
 * The event.
 */
event: string, 
/**
 * How it stands now.
 */
conflict: ConflictLine, } | { "kind": "people", 
/**
 * The event.
 */
event: string, } | { "kind": "attendance", 
/**
 * The event.
 */
event: string, } | { "kind": "event", 
/**
 * The event.
 */
event: string, } | { "kind": "import", 
/**
 * The event.
 */
event: string, 
/**
 * Rows done.
 */
done: number, 
/**
 * Rows in all.
 */
total: number, } | { "kind": "station" } | { "kind": "sync", 
/**
 * The event.
 */
event: string, 
/**
 * How it stands now.
 */
sync: SyncLine, } | { "kind": "peers", 
/**
 * The event.
 */
event: string, } | { "kind": "joiners", 
/**
 * The event.
 */
event: string, } | { "kind": "join", 
/**
 * How far.
 */
join: JoinLine, } | { "kind": "reading", 
/**
 * What was read.
 */
reading: ReadingLine, } | { "kind": "input" } | { "kind": "missed" } | { "kind": "link", 
/**
 * Whether it is there.
 */
up: boolean, } | { "kind": "beat" };

export type ScanRequest = { 
/**
 * Id of the gate.
 */
gate: string, 
/**
 * What was read or typed.
 */
code: string, 
/**
 * The person, where no code was read: the id that a search gave.
 */
attendee?: string | null, 
/**
 * What the same keys mean on other keyboards: looked up where nobody has the code.
 */
also: Array<string>, 
/**
 * Whether the person wants out.
 */
exit: boolean, 
/**
 * Whether the operator takes an unpaid ticket, where the gate leaves that to him.
 */
ignore_unpaid: boolean, 
/**
 * Further gates that are asked at the same door, in turn.
 */
more_gates: Array<string>, 
/**
 * What the one who delivers it calls this scan: delivered twice under one nonce, it counts once.
 */
nonce?: string | null, 
/**
 * Whether everybody on the order who is not inside comes in by this act.
 */
group: boolean, 
/**
 * Ids of people on the same order who come in by this act.
 */
with: Array<string>, 
/**
 * Answers to the gate's questions, by their ids; an empty one passes over a question that need not be answered,
 * and so does leaving it out where others are answered.
 */
answers?: { [key in string]: string } | null, };

export type OverrideRequest = { 
/**
 * Id of the gate.
 */
gate: string, 
/**
 * The code of the person.
 */
code: string, 
/**
 * The person, where no code was read.
 */
attendee?: string | null, 
/**
 * Why.
 */
reason: string, 
/**
 * Whether the first admission is taken back in the same step: it was somebody else.
 */
void_first: boolean, };

export type StationChange = { event?: string | null, gate?: string | null, exit?: boolean | null, operator?: string | null, language?: string | null, theme?: string | null, sound?: boolean | null, host?: boolean | null, };

export type InviteRequest = { 
/**
 * `admin`, `door`, `kiosk` or `booth`.
 */
role: string, 
/**
 * Gate that they are to stand at.
 */
gate?: string | null, 
/**
 * Exhibitor, of a booth.
 */
exhibitor?: string | null, 
/**
 * How many may join with it; one, where nothing is said.
 */
count?: number | null, };

export type ImportOptions = { 
/**
 * Say what would happen, change nothing.
 */
dry_run: boolean, 
/**
 * Cancel attendees of earlier files who are not in this one.
 */
cancel_missing: boolean, 
/**
 * Columns mapped by hand, `COLUMN=field`.
 */
map: Array<string>, 
/**
 * A saved mapping to use.
 */
profile?: string | null, 
/**
 * Save the mapping under this name.
 */
save_profile?: string | null, };

export type Report = "attendance" | "inside" | "gates" | "acts";

export type AttendanceRequest = { 
/**
 * Only those who came, or only those who did not.
 */
came?: boolean | null, 
/**
 * Only those with this ticket type.
 */
ticket_type?: string | null, 
/**
 * Only those whom this fits, as in a search.
 */
text?: string | null, 
/**
 * How many at most; all, where nothing is said.
 */
limit?: number | null, };

export type ShareLine = { 
/**
 * Ticket type; empty: attendees without one.
 */
ticket_type: string, 
/**
 * Those who were let in at least once.
 */
came: number, 
/**
 * Those who were not.
 */
no_show: number, 
/**
 * How many of those who did not come had a cancelled ticket.
 */
cancelled: number, };

export type CameLine = { 
/**
 * Id.
 */
id: string, 
/**
 * Name to show.
 */
name: string, 
/**
 * Ticket type.
 */
ticket_type: string, 
/**
 * Company.
 */
company: string | null, 
/**
 * Status of the ticket.
 */
status: string, 
/**
 * When the attendee was let in for the first time; null: a no-show.
 */
first_admitted_at: string | null, 
/**
 * Id of the gate where that was.
 */
gate: string | null, 
/**
 * Whether the attendee is inside now.
 */
inside: boolean, };

export type AttendanceLine = { 
/**
 * Attendees who were let in at least once.
 */
came: number, 
/**
 * Attendees who were not.
 */
no_show: number, 
/**
 * How many of those who did not come had a cancelled ticket.
 */
cancelled: number, 
/**
 * The same by ticket type, by its name.
 */
by_ticket_type: Array<ShareLine>, 
/**
 * How many attendees are those asked for.
 */
found: number, 
/**
 * Those asked for, by name, as many as were wanted.
 */
people: Array<CameLine>, };

export type InsideLine = { 
/**
 * Id of the attendee.
 */
id: string, 
/**
 * Name to show; empty where the list does not have the attendee yet.
 */
name: string, 
/**
 * Ticket type.
 */
ticket_type: string, 
/**
 * Company.
 */
company: string | null, 
/**
 * Area that was entered last and not left since.
 */
area: string, 
/**
 * Id of the gate where that was.
 */
gate: string, 
/**
 * When that was.
 */
since: string, 
/**
 * How many people on that ticket are inside.
 */
inside: number, };

export type PassingLine = { 
/**
 * Id of the gate.
 */
gate: string, 
/**
 * Local start of the quarter of an hour.
 */
quarter_hour: string, 
/**
 * Entries.
 */
admitted: number, 
/**
 * Exits.
 */
exited: number, 
/**
 * Scans that were refused.
 */
refused: number, };

export type ActLine = { 
/**
 * When.
 */
at: string, 
/**
 * `undo`, `override` or `added`.
 */
act: "undo" | "override" | "added", 
/**
 * Who did it, where that was said.
 */
by: string | null, 
/**
 * The supervisor who agreed, where one was asked for.
 */
approved_by: string | null, 
/**
 * Why.
 */
reason: string | null, 
/**
 * Name of the station that it was done on.
 */
station: string, 
/**
 * Id of the gate; of an `undo`, that of the scan.
 */
gate: string | null, 
/**
 * The person, where it is about somebody on the list.
 */
attendee: Who | null, 
/**
 * The record that says so.
 */
record: RecordName | null, 
/**
 * What it went against: the refusal that was overridden, the verdict that was taken back.
 */
verdict: Verdict | null, 
/**
 * Of an `undo`, the scan that was taken back.
 */
undone: RecordName | null, 
/**
 * Of an `override`, whether it was taken back itself.
 */
taken_back: boolean, };

export type TableLine = { 
/**
 * The table as CSV. A cell that a spreadsheet would take for a formula begins with an apostrophe.
 */
csv: string, 
/**
 * The same with tabs between the cells, as spreadsheets take it from the clipboard.
 */
tabs: string, };

export type Command = { "event_new": { name: string, timezone: string, days?: string | null, setup: boolean, station_name: string, } } | "event_show" | "event_list" | "event_open" | "event_rehearse" | "event_close" | { "event_key_export": { file: string, } } | { "roster_import": { file: string, options: ImportOptions, } } | "roster_export" | "ticket_types" | { "attendee_add": { fields: Array<string>, reason?: string | null, 
/**
 * The gate at which the person stands, where one does.
 */
gate?: string | null, } } | { "attendee_set": { who: string, fields: Array<string>, reason?: string | null, } } | { "attendee_show": { who: string, } } | { "attendee_cancel": { who: string, reason?: string | null, } } | { "search": { text: string, limit?: number | null, } } | { "gate_set": { gates: object, } } | "gate_list" | "operator_list" | { "operator_set": { id?: string | null, name: string, role: string, pin?: string | null, } } | { "operator_remove": { id: string, } } | "station_show" | { "station_set": StationChange } | { "invite": InviteRequest } | { "join": { ticket: string, name?: string | null, } } | "join_show" | "join_cancel" | "joiners" | { "approve": { digits: Array<string>, } } | { "dismiss": { digits: string, } } | "peers" | "sync_show" | { "assign": { station: string, role?: string | null, gate?: string | null, name?: string | null, } } | { "revoke": { station: string, root_key?: string | null, } } | { "scan": ScanRequest } | { "override": OverrideRequest } | { "undo": { record: string, reason: string, } } | { "recent": { gate?: string | null, limit?: number | null, before?: string | null, } } | "conflicts" | { "conflict_resolve": { id: string, note: string, 
/**
 * Whose it is, where that is known: then nobody else's are looked through.
 */
attendee?: string | null, } } | "stats" | "attendance_export" | { "report_attendance": AttendanceRequest } | "report_inside" | "report_gates" | "report_acts" | { "report_table": { report: Report, } } | "digest" | "dump" | { "dump_raw": { file: string, } } | { "verify": { rebuild: boolean, } };

export type ReadingLine = { 
/**
 * Its name. A scan under this nonce counts once, however many screens were told of it.
 */
id: string, 
/**
 * `camera`, `serial`, `wedge`, `typed`, `search`.
 */
source: string, 
/**
 * The kind of code, where the source says it: `qr`, `data_matrix`, `aztec`, `pdf417`, `code128`.
 */
symbology: string | null, 
/**
 * What was read.
 */
text: string, 
/**
 * When.
 */
at: string, 
/**
 * How long before that the picture was taken, or its last byte came, in milliseconds.
 */
age_ms: number, 
/**
 * It only repeats what was read a moment ago: no scan of its own.
 */
repeated: boolean, };

export type DeviceLine = { 
/**
 * What it is chosen by; the same after a restart.
 */
id: string, 
/**
 * Its name.
 */
name: string, 
/**
 * Whether it is known to be a scanner; of cameras, whether it is chosen by itself.
 */
likely: boolean, };

export type DeviceState = { 
/**
 * What it was chosen by.
 */
id: string, 
/**
 * `off` while no screen looks, `starting`, `running`, `lost`, `ended`.
 */
state: string, 
/**
 * Why it does not run: `denied`, `busy`, `gone`, `broken`, `unsupported`, `noise`.
 */
problem: string | null, 
/**
 * The same in the device's words, in English.
 */
detail: string | null, };

export type InputLine = { 
/**
 * The camera, where one was chosen.
 */
camera: DeviceState | null, 
/**
 * Whether the camera was given when Lanyard was started, and cannot be chosen here.
 */
fixed: boolean, 
/**
 * Whether its picture is shown as in a mirror.
 */
mirrored: boolean, 
/**
 * Kinds of codes that tickets use beside QR.
 */
symbologies: Array<string>, 
/**
 * The serial scanners that were chosen.
 */
scanners: Array<DeviceState>, 
/**
 * What a scanner that types sends before each code.
 */
prefix: string, 
/**
 * What it sends after each code: `enter`, `tab`, `none`, or empty.
 */
suffix: string, 
/**
 * The cameras that are there.
 */
cameras: Array<DeviceLine>, 
/**
 * The serial ports that are there.
 */
ports: Array<DeviceLine>, };

export type InputChange = { 
/**
 * Id of the camera; empty: none.
 */
camera?: string | null, 
/**
 * Whether its picture is shown as in a mirror.
 */
mirrored?: boolean | null, 
/**
 * Kinds of codes that tickets use beside QR.
 */
symbologies?: Array<string> | null, 
/**
 * Ids of the serial scanners.
 */
scanners?: Array<string> | null, 
/**
 * What a scanner that types sends before each code.
 */
prefix?: string | null, 
/**
 * What it sends after each code: `enter`, `tab` or `none`; empty: any of them.
 */
suffix?: string | null, };

export type HeardRequest = { 
/**
 * `wedge`, `typed` or `search`.
 */
source: string, 
/**
 * What was read.
 */
text: string, };

export type DeclinedRequest = { 
/**
 * What was read.
 */
text: string, };

export type InputCommand = "input_show" | { "input_set": InputChange } | { "input_heard": HeardRequest } | { "input_declined": DeclinedRequest };

export interface Ask<A> {
  event?: string | null;
  by?: string | null;
  supervisor?: Supervisor | null;
  args?: A;
}
export interface Answer<L> {
  lines: L[];
  /** Sentences for a person, in English: a clock that cannot be right. */
  notes: string[];
}

/** What each command takes and the type of its lines. */
export interface Commands {
  approve: [Extract<Command, { approve: unknown }>["approve"], ApprovedLine];
  assign: [Extract<Command, { assign: unknown }>["assign"], PeerLine];
  attendee_add: [Extract<Command, { attendee_add: unknown }>["attendee_add"], AttendeeLine];
  attendee_cancel: [Extract<Command, { attendee_cancel: unknown }>["attendee_cancel"], AttendeeLine];
  attendee_set: [Extract<Command, { attendee_set: unknown }>["attendee_set"], AttendeeLine];
  attendee_show: [Extract<Command, { attendee_show: unknown }>["attendee_show"], AttendeeLine];
  conflict_resolve: [Extract<Command, { conflict_resolve: unknown }>["conflict_resolve"], ConflictLine];
  conflicts: [Record<string, never>, ConflictLine];
  dismiss: [Extract<Command, { dismiss: unknown }>["dismiss"], JoinerLine];
  event_close: [Record<string, never>, EventLine];
  event_list: [Record<string, never>, EventLine];
  event_new: [Extract<Command, { event_new: unknown }>["event_new"], EventMade];
  event_open: [Record<string, never>, EventLine];
  event_rehearse: [Record<string, never>, EventLine];
  event_show: [Record<string, never>, EventLine];
  gate_list: [Record<string, never>, GateLine];
  gate_set: [Extract<Command, { gate_set: unknown }>["gate_set"], GateLine];
  invite: [Extract<Command, { invite: unknown }>["invite"], InviteLine];
  join: [Extract<Command, { join: unknown }>["join"], JoinLine];
  join_cancel: [Record<string, never>, JoinLine];
  join_show: [Record<string, never>, JoinLine];
  joiners: [Record<string, never>, JoinerLine];
  operator_list: [Record<string, never>, OperatorLine];
  operator_remove: [Extract<Command, { operator_remove: unknown }>["operator_remove"], OperatorLine];
  operator_set: [Extract<Command, { operator_set: unknown }>["operator_set"], OperatorLine];
  override: [Extract<Command, { override: unknown }>["override"], VerdictLine];
  peers: [Record<string, never>, PeerLine];
  recent: [Extract<Command, { recent: unknown }>["recent"], RecentLine];
  report_acts: [Record<string, never>, ActLine];
  report_attendance: [Extract<Command, { report_attendance: unknown }>["report_attendance"], AttendanceLine];
  report_gates: [Record<string, never>, PassingLine];
  report_inside: [Record<string, never>, InsideLine];
  report_table: [Extract<Command, { report_table: unknown }>["report_table"], TableLine];
  revoke: [Extract<Command, { revoke: unknown }>["revoke"], RevokedLine];
  roster_import: [{ upload: string; options: ImportOptions }, ImportLine];
  scan: [Extract<Command, { scan: unknown }>["scan"], VerdictLine];
  search: [Extract<Command, { search: unknown }>["search"], FoundLine];
  station_set: [Extract<Command, { station_set: unknown }>["station_set"], StationLine];
  station_show: [Record<string, never>, StationLine];
  stats: [Record<string, never>, StatsLine];
  sync_show: [Record<string, never>, SyncLine];
  ticket_types: [Record<string, never>, TicketTypeLine];
  undo: [Extract<Command, { undo: unknown }>["undo"], UndoLine];
  input_declined: [Extract<InputCommand, { input_declined: unknown }>["input_declined"], never];
  input_heard: [Extract<InputCommand, { input_heard: unknown }>["input_heard"], ReadingLine];
  input_set: [Extract<InputCommand, { input_set: unknown }>["input_set"], InputLine];
  input_show: [Record<string, never>, InputLine];
}
