//! The types of the seam for the screens: made from the Rust types, committed, and compared here. Where they differ,
//! `LANYARD_WRITE_TYPES=1 cargo test -p station types` writes them anew.

use super::{COMMANDS, INPUTS, Takes, is_command};
use crate::api::{self, Request};
use crate::feed::Happening;
use crate::input;
use crate::problem::{Code, Problem};
use domain::access;
use domain::attendee::Field;
use domain::event::{Mode, Stage};
use domain::operator::Role;
use domain::verdict::Verdict;
use std::fmt::Write;
use std::path::Path;
use ts_rs::{Config, TS};

const HEAD: &str = "\
// Made from the station's Rust types by `cargo test -p station types`; do not edit.
// Field names are contracts; what each field means stands in station/src/json.rs.
";

/// What takes no part in the types of Rust: the envelope of every command, and the map from command to answer.
const ENVELOPE: &str = "\
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
";

/// The closed lists of words.
fn closed_lists(text: &mut String) {
    let mut words = |name: &str, words: Vec<&str>| {
        let words: Vec<String> = words.into_iter().map(|word| format!("\"{word}\"")).collect();
        let _ = writeln!(text, "\nexport type {name} =\n  | {};", words.join("\n  | "));
    };
    words("Verdict", Verdict::ALL.map(Verdict::as_str).to_vec());
    let stages = [Stage::Setup, Stage::Rehearsal, Stage::Open, Stage::Closed];
    words("Stage", stages.map(Stage::as_str).to_vec());
    words("Mode", [Mode::Live, Mode::Rehearsal].map(Mode::as_str).to_vec());
    words("Role", [Role::Operator, Role::Supervisor].map(Role::as_str).to_vec());
    let roles = [access::Role::Admin, access::Role::Door, access::Role::Kiosk, access::Role::Booth];
    words("StationRole", roles.map(access::Role::as_str).to_vec());
    words("FieldName", Field::ALL.map(Field::as_str).to_vec());
}

/// Declares types, one after the other.
macro_rules! declare {
    ($text:expr, $config:expr; $($type:ty),* $(,)?) => { $(
        let _ = writeln!($text, "\nexport {}", <$type>::decl(&$config));
    )* };
}

fn reports(text: &mut String, config: &Config) {
    declare!(text, config;
        api::Report,
        api::AttendanceRequest,
        api::ShareLine,
        api::CameLine,
        api::AttendanceLine,
        api::InsideLine,
        api::PassingLine,
        api::ActLine,
        api::TableLine,
    );
}

fn inputs(text: &mut String, config: &Config) {
    declare!(text, config;
        input::ReadingLine,
        input::DeviceLine,
        input::DeviceState,
        input::InputLine,
        input::InputChange,
        input::HeardRequest,
        input::DeclinedRequest,
        input::InputCommand,
    );
}

fn declarations() -> String {
    let config = Config::new().with_large_int("number");
    let mut text = HEAD.to_owned();
    closed_lists(&mut text);
    declare!(text, config;
        Code,
        Problem,
        api::Supervisor,
        api::RecordName,
        api::EventMade,
        api::EventLine,
        api::SlotLine,
        api::QuestionRule,
        api::GateLine,
        api::Who,
        api::Tone,
        api::Why,
        api::First,
        api::FirstScan,
        api::QuestionLine,
        api::OrderMate,
        api::OrderLine,
        api::Certainty,
        api::Override,
        api::VerdictLine,
        api::RecentLine,
        api::TakenBack,
        api::HistoryLine,
        api::EditLine,
    );
    let attendee = api::AttendeeLine::decl(&config);
    let attendee = attendee.trim_end().trim_end_matches(';');
    let _ = writeln!(text, "\nexport {attendee} & Record<FieldName, string | null>;");
    declare!(text, config;
        api::ConflictScan,
        api::Resolved,
        api::ConflictLine,
        api::FoundLine,
        api::GuestLine,
        api::UndoLine,
        api::StatsLine,
        api::RejectedRow,
        api::Clash,
        api::ImportLine,
        api::OperatorLine,
        api::TicketTypeLine,
        api::StationLine,
        api::StationWarning,
        api::SilentLine,
        api::SyncLine,
        api::PeerLine,
        api::InviteLine,
        api::JoinLine,
        api::JoinerLine,
        api::ApprovedLine,
        api::RevokedLine,
        Happening,
        api::ScanRequest,
        api::OverrideRequest,
        api::StationChange,
        api::InviteRequest,
        api::ImportOptions,
    );
    reports(&mut text, &config);
    declare!(text, config;
        api::Command,
    );
    inputs(&mut text, &config);
    let _ = write!(text, "\n{ENVELOPE}\n{}", commands());
    text
}

/// The map from a command's name to what it takes and answers.
fn commands() -> String {
    let mut text = String::new();
    text.push_str(
        "/** What each command takes and the type of its lines. */\nexport interface Commands {\n",
    );
    let of = |kind, commands: &[(_, _, _)]| commands.iter().map(|one| (kind, *one)).collect();
    let all: [Vec<_>; 2] = [of("Command", &COMMANDS), of("InputCommand", &INPUTS)];
    for (kind, (name, takes, answer)) in all.concat() {
        let args = match (name, takes) {
            ("roster_import", _) => "{ upload: string; options: ImportOptions }".to_owned(),
            (_, Takes::Nothing) => "Record<string, never>".to_owned(),
            (_, Takes::Arguments) => format!("Extract<{kind}, {{ {name}: unknown }}>[\"{name}\"]"),
        };
        let _ = writeln!(text, "  {name}: [{args}, {answer}];");
    }
    text.push_str("}\n");
    text
}

#[test]
fn the_types_of_the_screens_are_those_of_the_station() {
    // Where cargo runs this test, not where it was built: checkouts may share a target folder.
    let package = std::env::var("CARGO_MANIFEST_DIR").unwrap();
    let path = Path::new(&package).join("../ui/src/api/generated.ts");
    let made = declarations();
    if std::env::var_os("LANYARD_WRITE_TYPES").is_some() {
        std::fs::write(&path, &made).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap();
    assert!(
        made == committed,
        "ui/src/api/generated.ts is not what the station says; write it anew: \
         LANYARD_WRITE_TYPES=1 cargo test -p station types"
    );
}

#[test]
fn every_command_of_a_screen_is_one_of_the_station() {
    for (name, takes, _) in COMMANDS {
        let tagged = match takes {
            Takes::Nothing => serde_json::json!(name),
            Takes::Arguments => serde_json::json!({ name: {} }),
        };
        let read = serde_json::from_value::<api::Command>(tagged);
        let problem = read.err().map(|e| e.to_string()).unwrap_or_default();
        assert!(!problem.contains("unknown variant"), "{name}: {problem}");
        assert!(!problem.contains("invalid type"), "{name}: {problem}");
    }
    assert!(!is_command("dump_raw") && !is_command("event_key_export"));
}

#[test]
fn a_pin_is_in_no_debug_output() {
    let mut request = Request::new(None, None, api::Command::EventShow);
    request.supervisor = Some(api::Supervisor { name: "Kim".into(), pin: "4711".into() });
    assert!(!format!("{request:?}").contains("4711"));
}
