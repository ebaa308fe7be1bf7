//! What a screen may ask, by name and in JSON. The desktop window and the local HTTP server both forward to
//! [`dispatch`], so that the list of commands, what each takes and what it answers exist once.
//!
//! A screen is not a terminal: its requests are guarded, and it hands files over instead of naming paths.

#[cfg(test)]
mod types;

use crate::api::{Command, ImportOptions, Output, Request, Supervisor};
use crate::client::Client;
use crate::clock::SystemEntropy;
use crate::feed::Happening;
use crate::problem::{Code, Problem};
use crate::table;
use domain::roster::check_size;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use sync::entropy::random;

/// Files that wait for their import: of wizards that were left nobody says goodbye.
const UPLOADS_KEPT: usize = 3;

/// What a command takes beside its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Takes {
    Nothing,
    Arguments,
}

/// The commands of a screen: name, what it takes, and the type of the lines it answers with.
const COMMANDS: [(&str, Takes, &str); 43] = {
    use Takes::{Arguments, Nothing};
    [
        ("approve", Arguments, "ApprovedLine"),
        ("assign", Arguments, "PeerLine"),
        ("attendee_add", Arguments, "AttendeeLine"),
        ("attendee_cancel", Arguments, "AttendeeLine"),
        ("attendee_set", Arguments, "AttendeeLine"),
        ("attendee_show", Arguments, "AttendeeLine"),
        ("conflict_resolve", Arguments, "ConflictLine"),
        ("conflicts", Nothing, "ConflictLine"),
        ("dismiss", Arguments, "JoinerLine"),
        ("event_close", Nothing, "EventLine"),
        ("event_list", Nothing, "EventLine"),
        ("event_new", Arguments, "EventMade"),
        ("event_open", Nothing, "EventLine"),
        ("event_rehearse", Nothing, "EventLine"),
        ("event_show", Nothing, "EventLine"),
        ("gate_list", Nothing, "GateLine"),
        ("gate_set", Arguments, "GateLine"),
        ("invite", Arguments, "InviteLine"),
        ("join", Arguments, "JoinLine"),
        ("join_cancel", Nothing, "JoinLine"),
        ("join_show", Nothing, "JoinLine"),
        ("joiners", Nothing, "JoinerLine"),
        ("operator_list", Nothing, "OperatorLine"),
        ("operator_remove", Arguments, "OperatorLine"),
        ("operator_set", Arguments, "OperatorLine"),
        ("override", Arguments, "VerdictLine"),
        ("peers", Nothing, "PeerLine"),
        ("recent", Arguments, "RecentLine"),
        ("report_acts", Nothing, "ActLine"),
        ("report_attendance", Arguments, "AttendanceLine"),
        ("report_gates", Nothing, "PassingLine"),
        ("report_inside", Nothing, "InsideLine"),
        ("report_table", Arguments, "TableLine"),
        ("revoke", Arguments, "RevokedLine"),
        ("roster_import", Arguments, "ImportLine"),
        ("scan", Arguments, "VerdictLine"),
        ("search", Arguments, "FoundLine"),
        ("station_set", Arguments, "StationLine"),
        ("station_show", Nothing, "StationLine"),
        ("stats", Nothing, "StatsLine"),
        ("sync_show", Nothing, "SyncLine"),
        ("ticket_types", Nothing, "TicketTypeLine"),
        ("undo", Arguments, "UndoLine"),
    ]
};

/// What a screen may ask of the inputs of this laptop. They are this process's own: no station is asked.
const INPUTS: [(&str, Takes, &str); 4] = {
    use Takes::{Arguments, Nothing};
    [
        ("input_declined", Arguments, "never"),
        ("input_heard", Arguments, "ReadingLine"),
        ("input_set", Arguments, "InputLine"),
        ("input_show", Nothing, "InputLine"),
    ]
};

/// What surrounds the arguments of every command.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Ask {
    event: Option<String>,
    by: Option<String>,
    supervisor: Option<Supervisor>,
    args: Map<String, Value>,
}

/// Whether a screen may ask that.
#[must_use]
pub fn is_command(name: &str) -> bool {
    COMMANDS.iter().chain(&INPUTS).any(|(known, _, _)| *known == name)
}

/// Whether a command only reads, and perhaps for long.
#[must_use]
pub fn is_report(name: &str) -> bool {
    ["attendee_show", "conflicts", "recent", "search", "stats", "ticket_types"].contains(&name)
        || name.starts_with("report_")
}

/// Asks the station what a screen asks: `{"event", "by", "supervisor", "args"}` in, `{"lines", "notes"}` out.
/// Returns once it is done.
///
/// # Errors
/// What the station says, or that the question is none.
pub fn dispatch(client: &Client, command: &str, ask: Value) -> Result<Value, Problem> {
    if !ask.is_object() {
        return Err(Problem::bad("A question is a JSON object.", "Ask again."));
    }
    let ask: Ask = serde_json::from_value(ask).map_err(|e| not_understood(command, &e))?;
    if INPUTS.iter().any(|(known, _, _)| *known == command) {
        return client.inputs().answer(tagged(&INPUTS, command, ask.args)?);
    }
    let (command, upload) = read(client, command, ask.args)?;
    let done_with = upload.filter(|_| !is_dry_run(&command));
    let mut request = Request::new(ask.event, ask.by, command);
    request.guarded = true;
    request.supervisor = ask.supervisor;
    let outputs = client.call(&request, &mut |_| {}).map_err(|problem| match &request.command {
        // Its path is none of the screen's business.
        Command::RosterImport { file, .. } if !file.is_file() => gone(),
        _ => problem,
    })?;
    if let Some(upload) = done_with {
        // It was taken in; the copy holds personal data and is of no more use.
        let _ = std::fs::remove_file(upload);
    }
    answer(&outputs)
}

/// Takes a file that a screen hands over, and gives the name by which an import finds it.
///
/// # Errors
/// Where it is too large or the disk fails.
pub fn upload(client: &Client, bytes: &[u8]) -> Result<String, Problem> {
    check_size(bytes.len() as u64)?;
    let folder = client.folder().uploads();
    std::fs::create_dir_all(&folder).map_err(|e| Problem::io(&folder, &e))?;
    client.folder().clear_uploads(UPLOADS_KEPT);
    let name: String =
        random::<16>(&mut SystemEntropy).iter().map(|byte| format!("{byte:02x}")).collect();
    let path = folder.join(&name);
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written =
        options.open(&path).and_then(|mut file| std::io::Write::write_all(&mut file, bytes));
    if let Err(e) = written {
        let _ = std::fs::remove_file(&path);
        return Err(Problem::io(&path, &e));
    }
    Ok(name)
}

/// Tells `each` what happens, at the station and at the inputs of this laptop, as a screen reads it, until it says that
/// it has heard enough.
pub fn listen(client: &Client, each: impl FnMut(Value) -> bool + Send + 'static) {
    let each = Arc::new(Mutex::new(each));
    let of_inputs = Arc::clone(&each);
    let tell = |each: &Mutex<dyn FnMut(Value) -> bool + Send>, what: &Happening| {
        let mut each = each.lock().unwrap_or_else(PoisonError::into_inner);
        each(serde_json::to_value(what).unwrap_or_default())
    };
    if let Some(ears) = client.inputs().listen() {
        std::thread::spawn(move || while ears.recv().is_ok_and(|what| tell(&*of_inputs, &what)) {});
    }
    client.listen(move |what: &Happening| tell(&*each, what));
}

/// What the camera of this laptop sees after a picture of that number, as bytes; waits half a second at most. Keeps the
/// camera on.
#[must_use]
pub fn preview(client: &Client, after: u32) -> Vec<u8> {
    client.inputs().preview(after)
}

/// The command of that name, and the file that it takes in.
fn read(
    client: &Client,
    name: &str,
    mut args: Map<String, Value>,
) -> Result<(Command, Option<PathBuf>), Problem> {
    if name == "roster_import" {
        let file = uploaded(client, args.get("upload").and_then(Value::as_str))?;
        let options = args.remove("options").unwrap_or_else(|| json!({}));
        let options: ImportOptions =
            serde_json::from_value(options).map_err(|e| not_understood(name, &e))?;
        return Ok((Command::RosterImport { file: file.clone(), options }, Some(file)));
    }
    Ok((tagged(&COMMANDS, name, args)?, None))
}

/// The command of that name among these.
fn tagged<C: DeserializeOwned>(
    commands: &[(&str, Takes, &str)],
    name: &str,
    args: Map<String, Value>,
) -> Result<C, Problem> {
    let takes = commands.iter().find(|(known, _, _)| *known == name).map(|(_, takes, _)| *takes);
    let takes = takes.ok_or_else(|| {
        Problem::new(Code::NotAllowed, format!("No screen may ask \"{name:.40}\"."), "")
    })?;
    let tagged = match takes {
        Takes::Nothing => Value::String(name.to_owned()),
        Takes::Arguments => Value::Object(Map::from_iter([(name.to_owned(), Value::Object(args))])),
    };
    serde_json::from_value(tagged).map_err(|e| not_understood(name, &e))
}

/// The file of an upload. Its name is one that [`upload`] gave, and no path.
fn uploaded(client: &Client, name: Option<&str>) -> Result<PathBuf, Problem> {
    let name = name.filter(|name| domain::id::from_hex::<16>(name).is_some());
    let path = name.map(|name| client.folder().uploads().join(name));
    path.filter(|path| path.is_file()).ok_or_else(gone)
}

fn gone() -> Problem {
    Problem::bad("The file is not here any more.", "Choose the file again.")
}

const fn is_dry_run(command: &Command) -> bool {
    matches!(command, Command::RosterImport { options, .. } if options.dry_run)
}

fn answer(outputs: &[Output]) -> Result<Value, Problem> {
    let broken = |e: serde_json::Error| {
        Problem::new(Code::Damaged, format!("The answer cannot be written: {e}."), "Ask again.")
    };
    let (mut lines, mut notes) = (Vec::new(), Vec::new());
    if let Some(table) = table::of(outputs) {
        lines.push(serde_json::to_value(table).map_err(broken)?);
    }
    for output in outputs {
        match output {
            Output::Note(note) => notes.push(note.clone()),
            // They are in the table above.
            Output::Columns(_) | Output::Row(_) => {}
            // Screens are told more than a terminal.
            Output::Verdict(line) => lines.push(serde_json::to_value(line).map_err(broken)?),
            Output::Conflict(line) => lines.push(serde_json::to_value(line).map_err(broken)?),
            other => {
                let line = other.json().map_err(broken)?;
                let line = line.map(|line| serde_json::from_str::<Value>(&line)).transpose();
                lines.extend(line.map_err(broken)?);
            }
        }
    }
    Ok(json!({ "lines": lines, "notes": notes }))
}

fn not_understood(command: &str, problem: &serde_json::Error) -> Problem {
    let message = format!("What {command:.40} was asked with is not understood: {problem}.");
    Problem::bad(message, "If a screen of Lanyard asked this, it is a bug: report it.")
}
