//! The words of the command line, and the requests that they stand for.

mod answers;
mod reports;
mod stations;

use crate::api::{Command, ImportOptions, OverrideRequest, ScanRequest, StationChange};
use crate::bench::Bench;
use crate::problem::Problem;
pub(crate) use answers::AnswersFile;
use clap::{ArgAction, Parser, Subcommand};
use std::io::Read;
use std::path::{Path, PathBuf};

/// Check-in, badges and leads for events, without a network.
#[derive(Debug, Parser)]
#[command(name = "lanyard", version, propagate_version = true, disable_help_subcommand = true)]
pub(crate) struct Args {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(subcommand)]
    pub(crate) command: Verb,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Common {
    /// Data folder of this station.
    #[arg(long, global = true, env = "LANYARD_DATA", value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// Print one JSON object a line.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Which event, where the folder holds several: its id or the beginning of it.
    #[arg(long, global = true, value_name = "ID")]
    pub(crate) event: Option<String>,
    /// Who does this; recorded with it.
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) by: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Make events, show them, open and close them.
    #[command(subcommand)]
    Event(EventVerb),
    /// The attendee list as a file.
    #[command(subcommand)]
    Roster(RosterVerb),
    /// One attendee.
    #[command(subcommand)]
    Attendee(AttendeeVerb),
    /// Gates and their rules.
    #[command(subcommand)]
    Gate(GateVerb),
    /// Scan codes at a gate, one verdict a line; `-` reads codes from standard input.
    Scan {
        #[command(flatten)]
        at: AtGate,
        /// Codes, or `-`.
        #[arg(required = true, value_name = "CODE")]
        codes: Vec<String>,
    },
    /// Open a door in the terminal: type or scan a code, see the verdict.
    Door {
        #[command(flatten)]
        at: AtGate,
    },
    /// Let somebody in who is refused, by your word.
    Override {
        /// Code or id of the person.
        code: String,
        /// The gate.
        #[arg(long)]
        gate: String,
        /// Why.
        #[arg(long)]
        reason: String,
        /// Take the first admission back: it was somebody else.
        #[arg(long)]
        void_first: bool,
    },
    #[command(flatten)]
    Stations(stations::Verb),
    /// Find people by any part of a name, a company, an order.
    Search {
        /// What was heard.
        text: String,
        /// How many at most.
        #[arg(long, value_name = "COUNT")]
        limit: Option<usize>,
    },
    /// The latest scans, newest first.
    Recent {
        /// Only of this gate.
        #[arg(long)]
        gate: Option<String>,
        /// How many at most.
        #[arg(long, value_name = "COUNT")]
        limit: Option<usize>,
        /// Only those before this record.
        #[arg(long, value_name = "RECORD")]
        before: Option<String>,
    },
    /// The people who work at the doors.
    #[command(subcommand)]
    Operator(OperatorVerb),
    /// What this laptop is set to.
    #[command(subcommand)]
    Station(StationVerb),
    /// Show the screens in a browser of this laptop.
    Serve(crate::serve::Options),
    /// Take a scan back.
    Undo {
        /// The scan's record: STATION/EPOCH/SEQ.
        record: String,
        /// Why.
        #[arg(long)]
        reason: String,
    },
    /// Tickets that were let in at two doors that did not know of each other.
    Conflicts {
        #[command(subcommand)]
        verb: Option<ConflictVerb>,
    },
    /// Who is inside, and what the doors did.
    Stats,
    /// Who came.
    #[command(subcommand)]
    Attendance(AttendanceVerb),
    /// What the event came to: who came, who is inside, what the gates and the operators did.
    #[command(subcommand)]
    Report(reports::Verb),
    /// The root of every space: equal on two stations that hold the same.
    Digest,
    /// Everything that this station can read, or all records as bytes.
    Dump {
        /// Write the records as bytes to this file.
        #[arg(long, value_name = "FILE")]
        raw: Option<PathBuf>,
    },
    /// Check every record, signature and projection.
    Verify {
        /// Make the projections anew from the records.
        #[arg(long)]
        rebuild: bool,
    },
    /// Read the codes in pictures and films; needs no event.
    Decode(super::decode::Pictures),
    /// Measure this machine.
    #[command(subcommand)]
    Bench(Bench),
}

#[derive(Debug, Subcommand)]
pub(crate) enum EventVerb {
    /// Make an event, with a gate `main`.
    New {
        /// Name.
        #[arg(long)]
        name: String,
        /// Time zone, such as Europe/Berlin.
        #[arg(long)]
        timezone: String,
        /// Days, such as 2027-03-28,2027-03-29; without: every day is allowed.
        #[arg(long)]
        days: Option<String>,
        /// Begin in set-up: no scans until `event open`.
        #[arg(long)]
        setup: bool,
        /// Name of this station [default: this computer's name].
        #[arg(long)]
        station_name: Option<String>,
    },
    /// Show the event.
    Show,
    /// List the events of this folder.
    List,
    /// Open the doors.
    Open,
    /// Try things out: scans are marked and never count.
    Rehearse,
    /// Close the event.
    Close,
    /// The event's root key.
    #[command(subcommand)]
    Key(KeyVerb),
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeyVerb {
    /// Take the root key out of this station into a file.
    Export {
        /// Where to.
        file: PathBuf,
        /// Do not ask.
        #[arg(long)]
        yes: bool,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum RosterVerb {
    /// Take in an attendee list (CSV).
    Import {
        /// The file.
        file: PathBuf,
        /// Say what would happen, change nothing.
        #[arg(long)]
        dry_run: bool,
        /// Cancel attendees of earlier files who are not in this one.
        #[arg(long)]
        cancel_missing: bool,
        /// Map a column by hand; may be given several times.
        #[arg(long, value_name = "COLUMN=field", action = ArgAction::Append)]
        map: Vec<String>,
        /// Use a saved mapping, or one in a file: {"COLUMN": "field"}.
        #[arg(long, value_name = "NAME|FILE")]
        profile: Option<String>,
        /// Save the mapping given with --map.
        #[arg(long, value_name = "NAME")]
        save_profile: Option<String>,
    },
    /// Print the attendee list as CSV, in the form that import takes.
    Export,
    /// List ticket types, and how many have each.
    Types,
}

#[derive(Debug, Subcommand)]
pub(crate) enum AttendeeVerb {
    /// Add somebody.
    Add {
        /// What is known: field=value.
        #[arg(required = true, value_name = "field=value")]
        fields: Vec<String>,
        /// Why; kept with the change.
        #[arg(long)]
        reason: Option<String>,
        /// The gate at which the person stands: its limits count, and --by and --reason are asked for.
        #[arg(long)]
        gate: Option<String>,
    },
    /// Correct somebody.
    Set {
        /// Id or code.
        who: String,
        /// What to correct: field=value.
        #[arg(required = true, value_name = "field=value")]
        fields: Vec<String>,
        /// Why; kept with the change.
        #[arg(long)]
        reason: Option<String>,
    },
    /// Show somebody.
    Show {
        /// Id or code.
        who: String,
    },
    /// Cancel somebody's ticket.
    Cancel {
        /// Id or code.
        who: String,
        /// Why; kept with the change.
        #[arg(long)]
        reason: Option<String>,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum GateVerb {
    /// Make or change gates as a JSON file says; `-` reads standard input.
    Set {
        /// The file.
        file: PathBuf,
    },
    /// List gates.
    List,
}

#[derive(Debug, Subcommand)]
pub(crate) enum OperatorVerb {
    /// List them.
    List,
    /// Add somebody, or change role or PIN of whoever has that name.
    Set {
        /// Name, as it is recorded with what is done.
        #[arg(long)]
        name: String,
        /// What the person may decide.
        #[arg(long, default_value = "operator", value_parser = ["operator", "supervisor"])]
        role: String,
        /// PIN of a supervisor, 4 to 8 digits.
        #[arg(long)]
        pin: Option<String>,
    },
    /// Remove somebody.
    Remove {
        /// Id.
        id: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConflictVerb {
    /// Say what came of it, for all to see.
    Resolve {
        /// The conflict's id.
        id: String,
        /// What came of it.
        #[arg(long)]
        note: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum StationVerb {
    /// Show it.
    Show,
    /// Set the gate that this laptop stands at, and who works there.
    Set {
        /// The gate.
        #[arg(long)]
        gate: Option<String>,
        /// Who works here.
        #[arg(long)]
        operator: Option<String>,
        /// Whether a host stands here, who is told of guests that any door lets in.
        #[arg(long, value_name = "YES")]
        host: Option<bool>,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum AttendanceVerb {
    /// Print one row per attendee, with when he came.
    Export {
        /// The only format so far.
        #[arg(long, default_value = "csv", value_parser = ["csv"])]
        format: String,
    },
}

/// Where and how codes are scanned.
#[derive(Debug, clap::Args)]
pub(crate) struct AtGate {
    /// The gate; several, where one door asks them in turn.
    #[arg(long, required = true)]
    gate: Vec<String>,
    /// People go out.
    #[arg(long)]
    exit: bool,
    /// When it happened, if not now.
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// Take unpaid tickets, where the gate allows it.
    #[arg(long)]
    ignore_unpaid: bool,
    /// With everybody on the order who is not inside.
    #[arg(long)]
    group: bool,
    /// With this person of the same order, by id; several times for several.
    #[arg(long, value_name = "ID", conflicts_with = "group")]
    with: Vec<String>,
    /// Answers to the gate's questions: a JSON file, {"question": answer}, or {"CODE": {"question": answer}}.
    #[arg(long, value_name = "FILE")]
    answers: Option<PathBuf>,
    /// A name for this scan: delivered again under the same name, it counts once.
    #[arg(long, value_name = "TEXT")]
    nonce: Option<String>,
}

/// What the words ask for.
#[derive(Debug)]
pub(crate) enum Ask {
    /// One request.
    One(Command),
    /// One request a code.
    Scan { codes: Vec<String>, scan: ScanRequest, answers: AnswersFile },
    /// A door.
    Door { scan: ScanRequest, answers: AnswersFile },
    /// The local HTTP server.
    Serve(crate::serve::Options),
    /// Becoming a station of an event.
    Join { ticket: String, name: Option<String>, sync: crate::serve::SyncArgs },
    /// Codes in files.
    Decode(super::decode::Pictures),
    /// A measurement.
    Bench(Bench),
}

/// What the words ask for, with files read that belong to the caller.
pub(crate) fn ask(verb: Verb, json: bool) -> Result<Ask, Problem> {
    Ok(Ask::One(match verb {
        Verb::Event(verb) => event(verb)?,
        Verb::Roster(RosterVerb::Export) => Command::RosterExport,
        Verb::Roster(RosterVerb::Types) => Command::TicketTypes,
        Verb::Search { text, limit } => Command::Search { text, limit },
        Verb::Recent { gate, limit, before } => Command::Recent { gate, limit, before },
        Verb::Override { code, gate, reason, void_first } => {
            let attendee = domain::id::AttendeeId::from_hex(&code).map(|id| id.to_string());
            Command::Override(OverrideRequest { gate, code, attendee, reason, void_first })
        }
        Verb::Operator(verb) => match verb {
            OperatorVerb::List => Command::OperatorList,
            OperatorVerb::Set { name, role, pin } => {
                Command::OperatorSet { id: None, name, role, pin }
            }
            OperatorVerb::Remove { id } => Command::OperatorRemove { id },
        },
        Verb::Station(StationVerb::Show) => Command::StationShow,
        Verb::Station(StationVerb::Set { gate, operator, host }) => {
            Command::StationSet(StationChange { gate, operator, host, ..StationChange::default() })
        }
        Verb::Serve(options) => return Ok(Ask::Serve(options)),
        Verb::Roster(RosterVerb::Import {
            file,
            dry_run,
            cancel_missing,
            map,
            profile,
            save_profile,
        }) => {
            let (map, profile) = with_profile_file(map, profile)?;
            let options = ImportOptions { dry_run, cancel_missing, map, profile, save_profile };
            Command::RosterImport { file: from_here(&file), options }
        }
        Verb::Attendee(verb) => match verb {
            AttendeeVerb::Add { fields, reason, gate } => {
                Command::AttendeeAdd { fields, reason, gate }
            }
            AttendeeVerb::Set { who, fields, reason } => {
                Command::AttendeeSet { who, fields, reason }
            }
            AttendeeVerb::Show { who } => Command::AttendeeShow { who },
            AttendeeVerb::Cancel { who, reason } => Command::AttendeeCancel { who, reason },
        },
        Verb::Gate(GateVerb::List) => Command::GateList,
        Verb::Gate(GateVerb::Set { file }) => Command::GateSet { gates: read_json(&file)? },
        Verb::Scan { at, codes } => {
            let answers = AnswersFile::read(at.answers.as_deref())?;
            return Ok(Ask::Scan { codes, scan: scan(at), answers });
        }
        Verb::Door { at } => {
            let answers = AnswersFile::read(at.answers.as_deref())?;
            return Ok(Ask::Door { scan: scan(at), answers });
        }
        Verb::Undo { record, reason } => Command::Undo { record, reason },
        Verb::Conflicts { verb: None } => Command::Conflicts,
        Verb::Conflicts { verb: Some(ConflictVerb::Resolve { id, note }) } => {
            Command::ConflictResolve { id, note, attendee: None }
        }
        Verb::Stations(verb) => return Ok(stations::ask(verb)),
        Verb::Stats => Command::Stats,
        Verb::Attendance(AttendanceVerb::Export { .. }) => Command::AttendanceExport,
        Verb::Report(verb) => reports::ask(&verb, json),
        Verb::Digest => Command::Digest,
        Verb::Dump { raw: None } => Command::Dump,
        Verb::Dump { raw: Some(file) } => Command::DumpRaw { file: from_here(&file) },
        Verb::Verify { rebuild } => Command::Verify { rebuild },
        Verb::Decode(pictures) => return Ok(Ask::Decode(pictures)),
        Verb::Bench(bench) => return Ok(Ask::Bench(bench)),
    }))
}

fn event(verb: EventVerb) -> Result<Command, Problem> {
    Ok(match verb {
        EventVerb::New { name, timezone, days, setup, station_name } => {
            let station_name = station_name.unwrap_or_else(crate::folder::host_name);
            Command::EventNew { name, timezone, days, setup, station_name }
        }
        EventVerb::Show => Command::EventShow,
        EventVerb::List => Command::EventList,
        EventVerb::Open => Command::EventOpen,
        EventVerb::Rehearse => Command::EventRehearse,
        EventVerb::Close => Command::EventClose,
        EventVerb::Key(KeyVerb::Export { file, yes }) => {
            if !yes {
                super::door::confirm(
                    "The root key leaves this station: without its file nobody can issue certificates for this event.",
                )?;
            }
            Command::EventKeyExport { file: from_here(&file) }
        }
    })
}

fn scan(at: AtGate) -> ScanRequest {
    let AtGate { gate, exit, at, ignore_unpaid, group, with, nonce, answers: _ } = at;
    let mut gates = gate.into_iter();
    let gate = gates.next().unwrap_or_default();
    let more_gates = gates.collect();
    ScanRequest {
        gate,
        exit,
        at,
        ignore_unpaid,
        more_gates,
        nonce,
        group,
        with,
        ..ScanRequest::default()
    }
}

/// The path as any other process finds it.
pub(super) fn from_here(file: &Path) -> PathBuf {
    std::path::absolute(file).unwrap_or_else(|_| file.to_owned())
}

fn read_json(file: &Path) -> Result<serde_json::Value, Problem> {
    const MOST: u64 = 4 << 20;
    let mut text = String::new();
    let read = if file == Path::new("-") {
        std::io::stdin().take(MOST).read_to_string(&mut text)
    } else {
        std::fs::File::open(file).and_then(|open| open.take(MOST).read_to_string(&mut text))
    };
    read.map_err(|e| Problem::io(file, &e))?;
    serde_json::from_str(&text).map_err(|e| {
        Problem::bad(format!("{} is not JSON: {e}.", file.display()), "Nothing was changed.")
    })
}

/// The mapping in a file, if the profile is one: a JSON object from column to field.
fn with_profile_file(
    map: Vec<String>,
    profile: Option<String>,
) -> Result<(Vec<String>, Option<String>), Problem> {
    let Some(file) = profile.as_ref().map(Path::new).filter(|path| path.is_file()) else {
        return Ok((map, profile));
    };
    let wrong = || {
        let message = format!("{} is not a column mapping.", file.display());
        Problem::bad(
            message,
            "It holds one object, from column to field: {\"Surname\": \"last_name\"}.",
        )
    };
    let columns = read_json(file)?;
    let pairs = columns.as_object().ok_or_else(wrong)?.iter();
    let from_file = pairs.map(|(column, field)| {
        field.as_str().map(|field| format!("{column}={field}")).ok_or_else(wrong)
    });
    Ok((from_file.chain(map.into_iter().map(Ok)).collect::<Result<_, _>>()?, None))
}
