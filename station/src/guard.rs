//! What is kept for supervisors where a screen asks, and whether the one who agrees is one.
//!
//! A terminal is not asked: whoever has the data folder and a shell can do everything.

use crate::api::{Command, Report, Request, StationChange};
use crate::operators::is_pin_of;
use crate::owner::Shared;
use crate::post::Post;
use crate::problem::{Code, Problem};
use crate::station::{OpenEvent, Station};
use domain::attendee::Field;
use domain::operator::{Act, Operator, Role, may};
use std::collections::BTreeMap;
use std::sync::PoisonError;
use std::time::{Duration, Instant};
use sync::id::EventId;
use sync::store::Store;

/// Wrong PINs after which nobody is asked for a while.
const TRIES_MAX: u32 = 5;
/// How long that is.
const LOCKED_FOR: Duration = Duration::from_secs(60);

/// Wrong PINs lately, by event: a supervisor of one has no say about the tries at another.
pub(crate) type Tries = BTreeMap<Option<EventId>, Wrong>;

/// Wrong PINs lately.
#[derive(Debug, Default)]
pub(crate) struct Wrong {
    count: u32,
    until: Option<Instant>,
}

/// Lets a request pass, with the name of the supervisor who agreed where one had to.
pub(crate) fn admit(shared: &Shared, mut request: Request) -> Result<Request, Problem> {
    request.approved = None;
    if !request.guarded {
        return Ok(request);
    }
    if matches!(&request.command, Command::Scan(scan) if scan.at.is_some()) {
        // Days, hours and who is inside follow a scan's time; a screen scans now.
        let message = "A screen cannot say when a scan was made.";
        return Err(Problem::new(Code::NotAllowed, message, "Scan again."));
    }
    let Some(whose) = keeper(shared, &request)? else { return Ok(request) };
    let supervisors = supervisors(shared, whose)?;
    if supervisors.is_empty() {
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
    let mut all = shared.tries.lock().unwrap_or_else(PoisonError::into_inner);
    let tries = all.entry(whose).or_default();
    if tries.until.is_some_and(|until| Instant::now() < until) {
        return Err(Problem::new(
            Code::NotAllowed,
            "Too many wrong PINs.",
            "Wait a minute, then try again.",
        ));
    }
    let right = supervisors
        .iter()
        .find(|one| one.name == word.name && is_pin_of(one, &word.pin))
        .map(|one| one.name.clone());
    if right.is_none() {
        tries.count += 1;
        if tries.count >= TRIES_MAX {
            *tries = Wrong { count: 0, until: Some(Instant::now() + LOCKED_FOR) };
        }
        return Err(Problem::new(
            Code::WrongPin,
            "This is not that supervisor's PIN.",
            "Try again; after five wrong ones there is a pause of a minute.",
        ));
    }
    *tries = Wrong::default();
    request.approved = right;
    Ok(request)
}

/// The event whose supervisors decide on a request; `Some(None)`: those of any event here. None: nobody has to.
fn keeper(shared: &Shared, request: &Request) -> Result<Option<Option<EventId>>, Problem> {
    let mut station = Station::new(shared.folder.clone());
    match &request.command {
        // A new event would be one without supervisors, in which everything is allowed.
        Command::EventNew { .. } | Command::Join { .. } => Ok(Some(None)),
        Command::StationSet(change) => {
            let post = Post::of(&shared.folder);
            let at = post.event.as_deref().and_then(|event| station.choose(Some(event)).ok());
            let to = post.target(request.event.as_deref(), change);
            if change.event.is_none() && change.gate.is_none() {
                return Ok(None);
            }
            let to = station.choose(to)?;
            Ok(moves(&post, at, to, change).then_some(at.or(Some(to))))
        }
        command if !may(Role::Operator, act_of(command)) => {
            Ok(Some(Some(station.choose(request.event.as_deref())?)))
        }
        _ => Ok(None),
    }
}

/// Whoever may approve, in one event or in any of the folder.
fn supervisors(shared: &Shared, event: Option<EventId>) -> Result<Vec<Operator>, Problem> {
    let folder = &shared.folder;
    let events = match event {
        Some(id) => vec![id],
        None if folder.is_there() => folder.events()?,
        None => Vec::new(),
    };
    let mut found = Vec::new();
    for id in events {
        let store = Store::inspect(&folder.store(id), &folder.station_key()?)?;
        let operators = OpenEvent::of(store)?.event.operators;
        found.extend(operators.into_values().filter(Operator::may_approve));
    }
    Ok(found)
}

/// What a command about one event does, as far as it matters who may.
fn act_of(command: &Command) -> Act {
    match command {
        Command::EventOpen | Command::EventRehearse | Command::EventClose => Act::OpenAndClose,
        Command::EventKeyExport { .. } => Act::RootKey,
        Command::GateSet { .. }
        | Command::OperatorSet { .. }
        | Command::OperatorRemove { .. }
        | Command::EventNew { .. } => Act::SetUp,
        Command::AttendeeAdd { .. } => Act::Add,
        Command::AttendeeCancel { .. } => Act::ChangeTicket,
        Command::AttendeeSet { fields, .. } if fields.iter().all(|field| is_spelling(field)) => {
            Act::Spell
        }
        Command::AttendeeSet { .. } => Act::ChangeTicket,
        Command::Override(_) => Act::Override,
        Command::Undo { .. } => Act::TakeBack,
        Command::Invite(_)
        | Command::Approve { .. }
        | Command::Dismiss { .. }
        | Command::Assign { .. }
        | Command::Revoke { .. } => Act::Laptops,
        Command::RosterImport { options, .. } if !options.dry_run => Act::Import,
        // Everybody's data in one file. Who is inside may be saved by anybody: a building may burn.
        Command::ReportTable { report: Report::Attendance } => Act::TakeOut,
        Command::ConflictResolve { .. } => Act::Settle,
        Command::StationSet(_) | Command::Join { .. } => Act::MoveLaptop,
        Command::RosterImport { .. }
        | Command::SyncStart(_)
        | Command::JoinShow
        | Command::JoinCancel
        | Command::Joiners
        | Command::Peers
        | Command::SyncShow
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
        | Command::Conflicts
        | Command::Stats
        | Command::AttendanceExport
        | Command::ReportAttendance(_)
        | Command::ReportInside
        | Command::ReportGates
        | Command::ReportActs
        | Command::ReportTable { .. }
        | Command::Digest
        | Command::Dump
        | Command::DumpRaw { .. }
        | Command::Verify { .. } => Act::Work,
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

/// Whether a laptop that stands at a gate is put at another one, or into another event.
fn moves(post: &Post, at: Option<EventId>, to: EventId, change: &StationChange) -> bool {
    let gate = post.gate(&to.to_string());
    let other_gate = matches!((gate, &change.gate), (Some(at), Some(gate)) if at != gate);
    other_gate || at.is_some_and(|at| at != to)
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
