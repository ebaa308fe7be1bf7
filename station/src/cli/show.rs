//! What the command prints: objects for scripts on standard output, or words and colours for people.

mod reports;
mod stations;

pub(super) use reports::words_for_nothing;

use crate::api::{ConflictLine, ImportLine, Output, VerdictLine};
use crate::owner::Progress;
use crate::problem::Problem;
use crate::table::csv_line;
use std::io::{IsTerminal, Write};

/// Standard output and error, as this process uses them.
pub(crate) struct Screen {
    json: bool,
    colour: bool,
    tells_progress: bool,
    /// Progress last told, in twentieths.
    told: Option<u64>,
}

const GREEN: &str = "\x1b[1;97;42m";
const RED: &str = "\x1b[1;97;41m";
const AMBER: &str = "\x1b[1;30;43m";
const PLAIN: &str = "\x1b[0m";
/// Missing attendees that are named to a person; more would push what was rejected off the screen.
const MISSING_SHOWN: usize = 20;
/// Letters of a verdict's line, so that the colour is a bar and not a word.
const BAR: usize = 46;

impl Screen {
    pub(crate) fn new(json: bool) -> Self {
        let colour = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
        Self { json, colour, tells_progress: false, told: None }
    }

    /// Prints everything; whether nothing in it was refused.
    pub(crate) fn all(&mut self, outputs: &[Output]) -> bool {
        // A person reads a report as a table, which is as wide as the widest of its lines.
        if self.json || !reports::show(self, outputs) {
            outputs.iter().for_each(|output| self.one(output));
        }
        !outputs.iter().any(Output::refused)
    }

    fn one(&mut self, output: &Output) {
        if self.json {
            match (output, output.json()) {
                (Output::Note(text), _) => self.say(text),
                (_, Ok(Some(text))) => self.out(&text),
                (_, Ok(None) | Err(_)) => {}
            }
            return;
        }
        match output {
            Output::Verdict(line) => self.verdict(line),
            Output::Import(line) => self.import(line),
            Output::Columns(names) => self.out(&csv_line(names.iter().map(String::as_str))),
            Output::Row(row) => self.out(&csv_line(row.iter().map(|(_, value)| value.as_str()))),
            Output::Note(text) => self.say(text),
            Output::EventMade(made) => {
                self.out(&format!(
                    "Event {} is made; gate {} is there.",
                    made.event,
                    made.gates.join(", ")
                ));
            }
            Output::Event(event) => {
                let days = if event.days.is_empty() {
                    "every day".to_owned()
                } else {
                    event.days.join(", ")
                };
                self.out(&format!(
                    "{}  {}  {} ({}), {days}, {} attendees, gates {}",
                    event.event,
                    event.state,
                    event.name,
                    event.timezone,
                    event.attendees,
                    event.gates.join(", ")
                ));
            }
            Output::Undo(undo) => {
                let who = undo.attendee.as_ref().map_or("nobody's", |who| &who.name);
                self.out(&format!("Taken back: {who} scan {} by {}.", undo.undone.seq, undo.by));
            }
            Output::Verify(found) => {
                let state = if found.ok { "all as it was signed" } else { "NOT as it was signed" };
                self.out(&format!("{} logs, {} records: {state}.", found.logs, found.records));
                found.problems.iter().for_each(|problem| self.out(problem));
            }
            Output::Digest(line) => self.out(&format!("{}  {}", line.root, line.space)),
            Output::Conflict(line) => self.conflict(line),
            Output::Found(_) | Output::Recent(_) | Output::TicketType(_) | Output::Operator(_) => {
                self.listed(output);
            }
            Output::Invite(_)
            | Output::Join(_)
            | Output::Joiner(_)
            | Output::Approved(_)
            | Output::Peer(_)
            | Output::Sync(_)
            | Output::Revoked(_) => stations::show(self, output),
            // Shown above, as a table.
            Output::Attendance(_) | Output::Inside(_) | Output::Passing(_) | Output::Act(_) => {}
            Output::Station(_)
            | Output::Gate(_)
            | Output::Attendee(_)
            | Output::Stats(_)
            | Output::Record(_) => {
                if let Ok(Some(text)) = output.json() {
                    self.out(&pretty(&text));
                }
            }
        }
    }

    /// One of a list, on a line.
    fn listed(&mut self, output: &Output) {
        match output {
            Output::Found(found) => self.out(&format!(
                "{}  {}{}  {}",
                found.id,
                safe(&found.name),
                if found.ticket_type.is_empty() {
                    String::new()
                } else {
                    format!("  ·  {}", safe(&found.ticket_type))
                },
                if found.inside { "inside" } else { "" }
            )),
            Output::Recent(scan) => {
                let name = scan.attendee.as_ref().map_or("-", |who| &who.name);
                let undone = if scan.undone { "  (taken back)" } else { "" };
                self.out(&format!(
                    "{}  {:16} {}  {}{undone}",
                    scan.at,
                    scan.verdict,
                    scan.gate,
                    safe(name)
                ));
            }
            Output::TicketType(line) => {
                self.out(&format!("{:6}  {}", line.attendees, safe(&line.ticket_type)));
            }
            Output::Operator(line) => {
                let pin = if line.pin { "  PIN" } else { "" };
                self.out(&format!("{}  {:10}  {}{pin}", line.id, line.role, safe(&line.name)));
            }
            _ => {}
        }
    }

    fn conflict(&mut self, line: &ConflictLine) {
        let name = line.who.as_ref().map_or(&line.attendee, |who| &who.name);
        let state = match &line.resolved {
            Some(word) => format!("{}: {}", safe(&word.by), safe(&word.note)),
            None => "OPEN".to_owned(),
        };
        self.out(&format!("{}  {}  {state}", line.id, safe(name)));
        for scan in &line.scans {
            self.out(&format!("   {}  {}  on {}", scan.at, safe(&scan.gate), safe(&scan.station)));
        }
    }

    fn verdict(&mut self, line: &VerdictLine) {
        let word = line.verdict.replace('_', " ").to_uppercase();
        let colour = match line.verdict.as_str() {
            "admitted" | "readmitted" if line.flags.is_empty() => GREEN,
            "exited" | "admitted" | "readmitted" => AMBER,
            _ => RED,
        };
        let mark = if line.admits() { "+" } else { "X" };
        let rehearsal = if line.mode == "rehearsal" { "  (rehearsal)" } else { "" };
        let text = format!(" {mark} {word}{rehearsal}");
        let bar = format!("{text:BAR$}");
        if self.colour {
            self.out(&format!("{colour}{bar}{PLAIN}"))
        } else {
            self.out(bar.trim_end())
        }
        if let Some(who) = &line.attendee {
            let ticket = if who.ticket_type.is_empty() {
                String::new()
            } else {
                format!("  ·  {}", who.ticket_type)
            };
            self.out(&format!("   {}{ticket}", safe(&who.name)));
        }
        for more in [&line.reason, &line.note].into_iter().flatten() {
            self.out(&format!("   {}", safe(more)));
        }
        if let Some(order) = line.order.as_ref().filter(|order| order.others_waiting > 0) {
            self.out(&format!("   {} more on order {}", order.others_waiting, safe(&order.id)));
        }
    }

    fn import(&mut self, line: &ImportLine) {
        let would = if line.dry_run { " (nothing was changed)" } else { "" };
        self.out(&format!(
            "{} rows: {} added, {} changed, {} unchanged, {} rejected; {} missing, {} cancelled{would}.",
            line.rows, line.added, line.changed, line.unchanged, line.rejected.len(), line.missing, line.cancelled
        ));
        for (column, field) in &line.columns {
            if field.is_none() {
                self.say(&format!("Column \"{}\" is not used; map it with --map \"COLUMN=field\" if it should be.", safe(column)));
            }
        }
        for row in &line.rejected {
            self.out(&format!(
                "  line {}: {} \"{}\": {}",
                row.line,
                safe(&row.column),
                safe(&row.value),
                row.reason
            ));
        }
        for clash in &line.clashes {
            let (mine, file) = (safe(&clash.mine), safe(&clash.file));
            self.out(&format!(
                "  clash at {}: {} stays \"{mine}\", the file says \"{file}\"",
                clash.attendee, clash.column
            ));
        }
        for (id, name) in line.missing_attendees.iter().take(MISSING_SHOWN) {
            self.out(&format!("  not in this file: {} ({id})", safe(name)));
        }
        let more = line.missing_attendees.len().saturating_sub(MISSING_SHOWN);
        if more > 0 {
            self.out(&format!("  and {more} more who are not in this file; --json lists all."));
        }
    }

    /// Words for a person, beside the answer.
    pub(crate) fn say(&mut self, text: &str) {
        let _ = writeln!(std::io::stderr(), "{text}");
    }

    /// Words that wait for an answer on the same line.
    pub(crate) fn prompt(&mut self, text: &str) {
        let mut err = std::io::stderr();
        let _ = write!(err, "{text}");
        let _ = err.flush();
    }

    pub(crate) fn problem(&mut self, problem: &Problem) {
        self.progress_end();
        if self.json {
            let object = serde_json::json!({ "error": problem });
            self.out(&object.to_string());
        } else {
            self.say(&format!("{}\n{}", problem.message, problem.hint));
        }
    }

    /// The server answers from now on.
    pub(crate) fn ready(&mut self, ready: &crate::serve::Ready) {
        if self.json {
            self.out(&serde_json::to_string(ready).unwrap_or_default());
        } else {
            self.out(&format!("http://{}/#token={}", ready.http, ready.token));
            self.say("Open this address in a browser on this laptop. Ctrl-C ends it.");
        }
    }

    /// What was read in a file.
    pub(crate) fn decoded(&mut self, line: &super::decode::DecodeLine) {
        if self.json {
            return self.out(&serde_json::to_string(line).unwrap_or_default());
        }
        let texts: Vec<String> = line.texts.iter().map(|text| safe(text)).collect();
        let read = if texts.is_empty() { "nothing".to_owned() } else { texts.join("  ") };
        self.out(&format!("{}: {read}", line.file));
    }

    /// A line of measurement.
    pub(crate) fn bench(&mut self, line: &crate::bench::BenchLine) {
        let text = if self.json {
            serde_json::to_string(line).unwrap_or_default()
        } else {
            line.to_string()
        };
        self.out(&text);
    }

    pub(crate) fn progress(&mut self, (done, total): Progress) {
        let twentieths = done * 20 / total.max(1);
        if self.told.replace(twentieths) == Some(twentieths) {
            return;
        }
        let mut err = std::io::stderr();
        let end = if err.is_terminal() { '\r' } else { '\n' };
        self.tells_progress |= end == '\r';
        let _ = write!(err, "{done} of {total} attendees{end}");
        let _ = err.flush();
    }

    pub(crate) fn progress_end(&mut self) {
        if std::mem::take(&mut self.tells_progress) {
            self.say("");
        }
    }

    /// One line on standard output, out of this process before the next step. A reader who has gone away ends it.
    fn out(&mut self, text: &str) {
        let mut out = std::io::stdout().lock();
        if writeln!(out, "{text}").and_then(|()| out.flush()).is_err() {
            std::process::exit(1);
        }
    }
}

/// Text of a file or a scanner without what would move the cursor or turn the line around.
fn safe(text: &str) -> String {
    let hidden =
        |c: char| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars().map(|c| if hidden(c) { ' ' } else { c }).collect()
}

fn pretty(text: &str) -> String {
    let value = serde_json::from_str::<serde_json::Value>(text);
    value.and_then(|value| serde_json::to_string_pretty(&value)).unwrap_or_else(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_move_the_cursor() {
        assert_eq!(safe("A\u{1b}[2J\u{202e}B"), "A [2J B");
    }
}
