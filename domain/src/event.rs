//! An event: its name, zone and days, where it stands in its life, and its gates.

use crate::gate::Gate;
use crate::operator::Operator;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use minicbor::{Decode, Encode};
use std::collections::{BTreeMap, BTreeSet};

/// What everybody at an event agrees on.
#[derive(Debug, Clone)]
pub struct Event {
    /// Name, as people say it.
    pub name: String,
    /// Name of the time zone, such as `Europe/Berlin`.
    pub zone_name: String,
    /// The zone itself.
    pub zone: TimeZone,
    /// Days on which it takes place; empty: every day is allowed.
    pub days: BTreeSet<Date>,
    /// Where it stands in its life.
    pub stage: Stage,
    /// Gates by their id.
    pub gates: BTreeMap<String, Gate>,
    /// People who work at the doors, by their id.
    pub operators: BTreeMap<String, Operator>,
}

/// Where an event stands in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Being set up: no scans.
    Setup,
    /// Trying things out: scans work, are marked, and never count.
    Rehearsal,
    /// Doors are open.
    Open,
    /// Over: no scans.
    Closed,
}

impl Stage {
    /// The stage's word in files and commands.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Setup => "setup",
            Self::Rehearsal => "rehearsal",
            Self::Open => "open",
            Self::Closed => "closed",
        }
    }

    /// The stage of that word.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Setup, Self::Rehearsal, Self::Open, Self::Closed]
            .into_iter()
            .find(|stage| stage.as_str() == name)
    }

    /// How scans count at this stage; none where there must be no scans.
    #[must_use]
    pub const fn mode(self) -> Option<Mode> {
        match self {
            Self::Open => Some(Mode::Live),
            Self::Rehearsal => Some(Mode::Rehearsal),
            Self::Setup | Self::Closed => None,
        }
    }
}

/// Whether a scan counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum Mode {
    /// It counts.
    #[n(0)]
    Live,
    /// It was a rehearsal: it is kept, and never counts.
    #[n(1)]
    Rehearsal,
}

impl Mode {
    /// The word of the contract.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Rehearsal => "rehearsal",
        }
    }
}

/// Why an event cannot be made as asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EventProblem {
    /// No name.
    #[error("An event needs a name: give it with --name.")]
    NoName,
    /// Longer than a screen can show.
    #[error("The name of the event has {0} characters; 200 are the most.")]
    LongName(usize),
    /// Not a zone of the IANA list.
    #[error(
        "\"{0}\" is not a time zone. Use a name such as Europe/Berlin, America/New_York or UTC."
    )]
    Zone(String),
    /// Not a day.
    #[error("\"{0}\" is not a day. Write days as 2027-03-28, several separated by commas.")]
    Day(String),
}

/// Reads a zone by its IANA name.
///
/// # Errors
/// [`EventProblem::Zone`] where there is no such zone.
pub fn parse_zone(name: &str) -> Result<TimeZone, EventProblem> {
    TimeZone::get(name).map_err(|_| EventProblem::Zone(name.to_owned()))
}

/// Reads days written as `2027-03-28`, separated by commas or spaces.
///
/// # Errors
/// [`EventProblem::Day`] names the first that is not a day.
pub fn parse_days(text: &str) -> Result<BTreeSet<Date>, EventProblem> {
    text.split([',', ' ', ';'])
        .filter(|part| !part.is_empty())
        .map(|part| match part.parse::<Date>() {
            Ok(day) if part.len() == 10 => Ok(day),
            _ => Err(EventProblem::Day(part.to_owned())),
        })
        .collect()
}

/// Checks the name of an event.
///
/// # Errors
/// Where it is empty or too long to be shown.
pub fn check_name(name: &str) -> Result<(), EventProblem> {
    match name.trim().chars().count() {
        0 => Err(EventProblem::NoName),
        1..=200 => Ok(()),
        more => Err(EventProblem::LongName(more)),
    }
}
