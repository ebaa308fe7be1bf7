//! The words of the command line, and the requests that they stand for.

use crate::api::{Command, ImportOptions, ScanRequest};
use crate::bench::Bench;
use crate::problem::Problem;
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
    /// Take a scan back.
    Undo {
        /// The scan's record: STATION/EPOCH/SEQ.
        record: String,
        /// Why.
        #[arg(long)]
        reason: String,
    },
    /// Who is inside, and what the doors did.
    Stats,
    /// Who came.
    #[command(subcommand)]
    Attendance(AttendanceVerb),
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
}

#[derive(Debug, Subcommand)]
pub(crate) enum AttendeeVerb {
    /// Add somebody.
    Add {
        /// What is known: field=value.
        #[arg(required = true, value_name = "field=value")]
        fields: Vec<String>,
    },
    /// Correct somebody.
    Set {
        /// Id or code.
        who: String,
        /// What to correct: field=value.
        #[arg(required = true, value_name = "field=value")]
        fields: Vec<String>,
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
    /// The gate.
    #[arg(long)]
    gate: String,
    /// People go out.
    #[arg(long)]
    exit: bool,
    /// When it happened, if not now.
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// Take unpaid tickets, where the gate allows it.
    #[arg(long)]
    ignore_unpaid: bool,
}

/// What the words ask for.
#[derive(Debug)]
pub(crate) enum Ask {
    /// One request.
    One(Command),
    /// One request a code.
    Scan { codes: Vec<String>, scan: ScanRequest },
    /// A door.
    Door { scan: ScanRequest },
    /// A measurement.
    Bench(Bench),
}

/// What the words ask for, with files read that belong to the caller.
pub(crate) fn ask(verb: Verb) -> Result<Ask, Problem> {
    Ok(Ask::One(match verb {
        Verb::Event(verb) => event(verb)?,
        Verb::Roster(RosterVerb::Export) => Command::RosterExport,
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
            AttendeeVerb::Add { fields } => Command::AttendeeAdd { fields },
            AttendeeVerb::Set { who, fields } => Command::AttendeeSet { who, fields },
            AttendeeVerb::Show { who } => Command::AttendeeShow { who },
            AttendeeVerb::Cancel { who } => Command::AttendeeCancel { who },
        },
        Verb::Gate(GateVerb::List) => Command::GateList,
        Verb::Gate(GateVerb::Set { file }) => Command::GateSet { gates: read_json(&file)? },
        Verb::Scan { at, codes } => {
            return Ok(Ask::Scan { codes, scan: scan(at) });
        }
        Verb::Door { at } => return Ok(Ask::Door { scan: scan(at) }),
        Verb::Undo { record, reason } => Command::Undo { record, reason },
        Verb::Stats => Command::Stats,
        Verb::Attendance(AttendanceVerb::Export { .. }) => Command::AttendanceExport,
        Verb::Digest => Command::Digest,
        Verb::Dump { raw: None } => Command::Dump,
        Verb::Dump { raw: Some(file) } => Command::DumpRaw { file: from_here(&file) },
        Verb::Verify { rebuild } => Command::Verify { rebuild },
        Verb::Bench(bench) => return Ok(Ask::Bench(bench)),
    }))
}

fn event(verb: EventVerb) -> Result<Command, Problem> {
    Ok(match verb {
        EventVerb::New { name, timezone, days, setup, station_name } => {
            let station_name = station_name.unwrap_or_else(host_name);
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
    let AtGate { gate, exit, at, ignore_unpaid } = at;
    ScanRequest { gate, code: String::new(), exit, at, ignore_unpaid }
}

/// The path as any other process finds it.
fn from_here(file: &Path) -> PathBuf {
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

/// This computer's name.
fn host_name() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").ok();
    let name =
        name.or_else(|| std::env::var("HOSTNAME").or_else(|_| std::env::var("COMPUTERNAME")).ok());
    name.map(|name| name.trim().to_owned())
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| "station".to_owned())
}
