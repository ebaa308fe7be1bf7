//! What a terminal shows of the stations.

use super::{Screen, safe};
use crate::api::{JoinLine, Output, PeerLine, SyncLine};

/// One line about stations, for a person.
pub(super) fn show(screen: &mut Screen, output: &Output) {
    match output {
        Output::Invite(line) => {
            let gate = line.gate.as_ref().map_or(String::new(), |gate| format!(" at {gate}"));
            screen.out(&line.ticket);
            screen.out(&format!(
                "For {} x {}{gate}, until {}. On the other laptop: lanyard join TICKET",
                line.count, line.role, line.expires
            ));
        }
        Output::Join(line) => join(screen, line),
        Output::Joiner(line) => {
            let gate = line.gate.as_ref().map_or(String::new(), |gate| format!(" at {gate}"));
            screen.out(&format!("{}  {}  {}{gate}", line.digits, safe(&line.name), line.role));
        }
        Output::Approved(line) => {
            screen.out(&format!("{} is a station of this event now.", safe(&line.approved)));
        }
        Output::Revoked(line) => {
            screen.out(&format!("{} is shut out.", safe(&line.revoked)));
        }
        Output::Peer(line) => peer(screen, line),
        Output::Sync(line) => sync(screen, line),
        _ => {}
    }
}

impl Screen {
    /// The digits that a person compares.
    pub(crate) fn digits(&mut self, line: &JoinLine) {
        if self.json {
            self.out(&serde_json::json!({ "digits": line.digits }).to_string());
        } else {
            join(self, line);
        }
    }

    /// This laptop was let in.
    pub(crate) fn joined(&mut self, line: &JoinLine) {
        if self.json {
            let line = serde_json::json!({
                "joined": line.joined, "station": line.station, "event_name": line.event_name,
            });
            self.out(&line.to_string());
        } else {
            join(self, line);
        }
    }
}

fn join(screen: &mut Screen, line: &JoinLine) {
    match (line.state.as_str(), &line.digits, &line.problem) {
        ("waiting", Some(digits), _) => {
            screen.out(&format!("{digits}: compare with the organizer's screen, and wait."));
        }
        ("joined", ..) => {
            let event = line.event_name.as_deref().unwrap_or("the event");
            screen.out(&format!("This laptop is a station of {} now.", safe(event)));
        }
        (_, _, Some(problem)) => screen.out(problem),
        (state, ..) => screen.out(state),
    }
}

fn peer(screen: &mut Screen, line: &PeerLine) {
    let heard = match line.heard_ms {
        Some(ms) if line.heard => format!("heard {} s ago", ms / 1000),
        Some(ms) => format!("SILENT for {} s", ms / 1000),
        None => "not heard yet".to_owned(),
    };
    let state = if line.revoked { "shut out".to_owned() } else { heard };
    let gate = line.gate.as_deref().unwrap_or("-");
    let lag = line.lag_records.map_or(String::new(), |lag| format!("  lacks {lag}"));
    let clock =
        line.clock_offset_ms.map_or(String::new(), |offset| format!("  clock {offset:+} ms"));
    screen.out(&format!(
        "{:.8}  {:20}  {:5}  {:12}  {state}{lag}{clock}",
        line.station,
        safe(&line.name),
        line.role,
        safe(gate),
    ));
}

fn sync(screen: &mut Screen, line: &SyncLine) {
    let silent: Vec<String> = line
        .silent
        .iter()
        .map(|one| match one.seconds {
            Some(seconds) => format!("{} silent for {seconds} s", safe(&one.station)),
            None => format!("{} not heard yet", safe(&one.station)),
        })
        .collect();
    screen.out(&format!("{} of {} stations heard. {}", line.heard, line.known, silent.join(", ")));
    screen.out(&format!(
        "{} records on no other station yet, {} to come, {} conflicts.",
        line.alone, line.missing, line.conflicts
    ));
}
