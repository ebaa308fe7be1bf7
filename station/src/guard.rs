//! What is kept for supervisors where a screen asks, and whether the one who agrees is one.
//!
//! A terminal is not asked: whoever has the data folder and a shell can do everything.

use crate::api::{Command, Request, StationChange};
use crate::operators::is_pin_of;
use crate::owner::Shared;
use crate::post::Post;
use crate::problem::{Code, Problem};
use crate::station::{OpenEvent, Station};
use domain::attendee::Field;
use std::sync::PoisonError;
use std::time::{Duration, Instant};
use sync::store::Store;

/// Wrong PINs after which nobody is asked for a while.
const TRIES_MAX: u32 = 5;
/// How long that is.
const LOCKED_FOR: Duration = Duration::from_secs(30);

/// Wrong PINs lately.
#[derive(Debug, Default)]
pub(crate) struct Tries {
    wrong: u32,
    until: Option<Instant>,
}

/// Lets a request pass, with the name of the supervisor who agreed where one had to.
pub(crate) fn admit(shared: &Shared, mut request: Request) -> Result<Request, Problem> {
    request.approved = None;
    if !request.guarded || !is_kept(shared, &request) {
        return Ok(request);
    }
    let id = Station::new(shared.folder.clone()).choose(request.event.as_deref())?;
    let store = Store::inspect(&shared.folder.store(id), &shared.folder.station_key()?)?;
    let operators = OpenEvent::of(store)?.event.operators;
    let mut supervisors = operators.values().filter(|one| one.may_approve()).peekable();
    if supervisors.peek().is_none() {
        return Ok(request);
    }
    let Some(word) = request.supervisor.take() else {
        return Err(Problem::new(
            Code::SupervisorNeeded,
            "This is a supervisor's to decide.",
            "Ask a supervisor to give the PIN.",
        ));
    };
    // One at a time: tries side by side would not be counted.
    let mut tries = shared.tries.lock().unwrap_or_else(PoisonError::into_inner);
    if tries.until.is_some_and(|until| Instant::now() < until) {
        return Err(Problem::new(
            Code::NotAllowed,
            "Too many wrong PINs.",
            "Wait half a minute, then try again.",
        ));
    }
    let right = supervisors
        .find(|one| one.name == word.name && is_pin_of(one, &word.pin))
        .map(|one| one.name.clone());
    if right.is_none() {
        tries.wrong += 1;
        if tries.wrong >= TRIES_MAX {
            *tries = Tries { wrong: 0, until: Some(Instant::now() + LOCKED_FOR) };
        }
        return Err(Problem::new(
            Code::WrongPin,
            "This is not that supervisor's PIN.",
            "Try again; after five wrong ones there is a pause of half a minute.",
        ));
    }
    *tries = Tries::default();
    request.approved = right;
    Ok(request)
}

/// Whether a command is a supervisor's to decide.
fn is_kept(shared: &Shared, request: &Request) -> bool {
    match &request.command {
        Command::EventOpen
        | Command::EventRehearse
        | Command::EventClose
        | Command::EventKeyExport { .. }
        | Command::GateSet { .. }
        | Command::OperatorSet { .. }
        | Command::OperatorRemove { .. }
        | Command::AttendeeAdd { .. }
        | Command::AttendeeCancel { .. }
        | Command::Override(_)
        | Command::Undo { .. } => true,
        Command::RosterImport { options, .. } => !options.dry_run,
        Command::AttendeeSet { fields, .. } => !fields.iter().all(|field| is_spelling(field)),
        Command::StationSet(change) => {
            moves(&Post::of(&shared.folder), request.event.as_deref(), change)
        }
        Command::EventNew { .. }
        | Command::EventShow
        | Command::EventList
        | Command::RosterExport
        | Command::TicketTypes
        | Command::AttendeeShow { .. }
        | Command::Search { .. }
        | Command::GateList
        | Command::OperatorList
        | Command::StationShow
        | Command::Scan(_)
        | Command::Recent { .. }
        | Command::Stats
        | Command::AttendanceExport
        | Command::Digest
        | Command::Dump
        | Command::DumpRaw { .. }
        | Command::Verify { .. } => false,
    }
}

/// Whether `field=value` only says who somebody is, which anybody at a door may put right.
fn is_spelling(word: &str) -> bool {
    let field = word.split_once('=').and_then(|(name, _)| Field::from_name(name.trim()));
    matches!(
        field,
        Some(
            Field::Name
                | Field::FirstName
                | Field::LastName
                | Field::Company
                | Field::Email
                | Field::Phone
                | Field::Notes
                | Field::Language
        )
    )
}

/// Whether a laptop that stands at a gate is put at another one.
fn moves(post: &Post, event: Option<&str>, change: &StationChange) -> bool {
    let event = change.event.as_deref().or(event).or(post.event.as_deref()).unwrap_or_default();
    let at = post.gate(event);
    matches!((at, &change.gate), (Some(at), Some(gate)) if at != gate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spelling_is_anybodys_a_ticket_is_not() {
        for (word, is) in [
            ("name=Ada", true),
            (" company =X", true),
            ("ticket_type=VIP", false),
            ("status=paid", false),
            ("blocked=", false),
            ("code=A", false),
            ("name", false),
        ] {
            assert_eq!(is_spelling(word), is, "{word}");
        }
    }
}
