//! Reasons of verdicts as screens get them: values with local times, for each language to put into words.

use crate::json::{SilentLine, Why};
use domain::code::Unreadable;
use domain::reason::{Reason, Silent};
use jiff::civil::{Date, DateTime};

/// The reason as a screen gets it.
pub(crate) fn why(reason: &Reason) -> Why {
    let time = |time: &DateTime| time.strftime("%Y-%m-%dT%H:%M").to_string();
    let days = |days: &[Date]| days.iter().map(ToString::to_string).collect();
    match reason {
        Reason::AlreadyIn { since, gate, now } => {
            Why::AlreadyIn { since: time(since), gate: gate.clone(), now: time(now) }
        }
        Reason::LeftForGood { left, now } => Why::LeftForGood { left: time(left), now: time(now) },
        Reason::EntriesUsed { entries, first, now } => {
            Why::EntriesUsed { entries: *entries, first: time(first), now: time(now) }
        }
        Reason::Cancelled => Why::Cancelled,
        Reason::Blocked { why } => Why::Blocked { why: why.clone() },
        Reason::Unapproved => Why::Unapproved,
        Reason::ValidFrom { from, now } => Why::ValidFrom { from: time(from), now: time(now) },
        Reason::ValidUntil { until, now } => Why::ValidUntil { until: time(until), now: time(now) },
        Reason::WrongTicketType { ticket_type, accepted } => {
            Why::WrongTicketType { ticket_type: ticket_type.clone(), accepted: accepted.clone() }
        }
        Reason::NotADayOfTheTicket { day, days: of } => {
            Why::NotADayOfTheTicket { day: day.to_string(), days: days(of) }
        }
        Reason::NotADayOfTheEvent { day, days: of } => {
            Why::NotADayOfTheEvent { day: day.to_string(), days: days(of) }
        }
        Reason::Unpaid => Why::Unpaid,
        Reason::UnpaidMayBeTaken => Why::UnpaidMayBeTaken,
        Reason::OpensAt { opens, now } => Why::OpensAt { opens: time(opens), now: time(now) },
        Reason::ClosedAt { closed, now } => Why::ClosedAt { closed: time(closed), now: time(now) },
        Reason::NoSuchCode => Why::NoSuchCode,
        Reason::OtherEvent { name } => Why::OtherEvent { name: name.clone() },
        Reason::Held { silent } => {
            let line =
                |one: &Silent| SilentLine { station: one.name.clone(), seconds: one.seconds };
            Why::Held { silent: silent.iter().map(line).collect() }
        }
        Reason::Revoked => Why::Revoked,
        Reason::Test => Why::Test,
        Reason::NotADayOfTheGate { gate, day, days: of } => {
            Why::NotADayOfTheGate { gate: gate.clone(), day: day.to_string(), days: days(of) }
        }
        Reason::AnswersNeeded { questions } => Why::AnswersNeeded { questions: questions.clone() },
        Reason::SeveralTickets { order } => Why::SeveralTickets { order: order.clone() },
        Reason::Unreadable(Unreadable::Empty) => Why::NothingRead,
        Reason::Unreadable(Unreadable::TooLong { chars }) => Why::TooLong { chars: *chars },
        Reason::Unreadable(Unreadable::ControlCharacters) => Why::ControlCharacters,
    }
}
