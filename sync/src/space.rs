//! Spaces: who reads and who writes a part of the data is decided by the space it is in.

use std::fmt;

/// A part of an event's data with its own readers and writers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Space {
    /// Certificates, revocations, space keys.
    Control,
    /// Name, days, zone, stage, gates.
    Event,
    /// The attendees, without codes and addresses.
    Roster,
    /// The door's overlay on the roster. Reserved: no command writes it yet.
    Desk,
    /// Sealed: e-mail, phone, codes.
    Contact,
    /// Badge and share cards. Reserved: no command writes it yet.
    Cards,
    /// Scans and what else happened at doors.
    Attendance,
}

impl Space {
    /// Every space, in the order of their names.
    pub const ALL: [Self; 7] = [
        Self::Attendance,
        Self::Cards,
        Self::Contact,
        Self::Control,
        Self::Desk,
        Self::Event,
        Self::Roster,
    ];

    /// The space's name in records and commands.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Control => "control",
            Self::Event => "event",
            Self::Roster => "roster",
            Self::Desk => "desk",
            Self::Contact => "contact",
            Self::Cards => "cards",
            Self::Attendance => "attendance",
        }
    }

    /// The space of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|space| space.as_str() == name)
    }

    /// Whether bodies in it are encrypted, so that others may carry them without reading.
    #[must_use]
    pub const fn is_sealed(self) -> bool {
        matches!(self, Self::Contact)
    }
}

impl fmt::Display for Space {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
