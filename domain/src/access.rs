//! Who may read and write what: one table of role, space and kind, which code, documents and tests read.
//!
//! What a record does is a pure question: of its author's role, its space, its kind, and whether it lies past the
//! point where a revoked or forked log stops. Who brought it and when makes no difference.

use minicbor::{Decode, Encode};
use std::fmt;

/// What a station is at an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum Role {
    /// The organizer's.
    #[n(0)]
    Admin,
    /// At a door.
    #[n(1)]
    Door,
    /// Where attendees print their badges.
    #[n(2)]
    Kiosk,
    /// An exhibitor's.
    #[n(3)]
    Booth,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 4] = [Self::Admin, Self::Door, Self::Kiosk, Self::Booth];

    /// The role's word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Door => "door",
            Self::Kiosk => "kiosk",
            Self::Booth => "booth",
        }
    }

    /// The role of that word.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == name)
    }

    /// Whether people pass at stations of this role, so that nobody's verdict is sure while one is silent.
    #[must_use]
    pub const fn lets_people_in(self) -> bool {
        matches!(self, Self::Admin | Self::Door | Self::Kiosk)
    }
}

/// A part of an event's data with its own readers and writers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Space {
    /// Scans and what else happened at doors.
    Attendance,
    /// Badge and share cards. Reserved: no command writes it yet.
    Cards,
    /// Sealed: e-mail, phone, codes.
    Contact,
    /// Certificates, revocations, space keys.
    Control,
    /// The door's overlay on the roster. Reserved: no command writes it yet.
    Desk,
    /// Name, days, zone, stage, gates.
    Event,
    /// The attendees, without codes and addresses.
    Roster,
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

/// What a record is, as its number in the envelope. Unknown numbers are kept and relayed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Kind(pub u16);

impl Kind {
    /// A station's certificate.
    pub const CERTIFICATE: Self = Self(1);
    /// Shuts a station out, and says where its logs stop to have effect.
    pub const REVOCATION: Self = Self(2);
    /// A space's key, wrapped to stations.
    pub const SPACE_KEY: Self = Self(3);
    /// One Automerge change of a document.
    pub const CHANGE: Self = Self(16);
    /// Reserved: a document's state, standing for changes.
    pub const SNAPSHOT: Self = Self(17);
    /// Says which bodies were dropped.
    pub const DROP: Self = Self(18);
    /// Reserved: what another station says it holds.
    pub const RECEIPT: Self = Self(19);
    /// A scan and its verdict.
    pub const SCAN: Self = Self(32);
    /// A scan taken back.
    pub const VOID: Self = Self(33);
    /// Somebody's word on a double admission.
    pub const RESOLUTION: Self = Self(34);
    /// Answers to a gate's questions.
    pub const ANSWERED: Self = Self(35);
}

/// How a station has a space.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hold {
    /// It reads what is in it.
    Read,
    /// It keeps sealed bytes for others.
    Carry,
}

/// Whether and how a station of a role has a space.
#[must_use]
pub const fn holds(role: Role, space: Space) -> Option<Hold> {
    use Role::{Admin, Booth, Door, Kiosk};
    match (space, role) {
        (Space::Control | Space::Event | Space::Cards, _)
        | (Space::Roster | Space::Desk, Admin | Door)
        | (Space::Contact, Admin)
        | (Space::Attendance, Admin | Door | Kiosk) => Some(Hold::Read),
        // A second copy of what the organizer's laptop alone can open.
        (Space::Contact, Door) => Some(Hold::Carry),
        (Space::Roster | Space::Desk | Space::Contact, Kiosk | Booth)
        | (Space::Attendance, Booth) => None,
    }
}

/// Whether a record of that kind in that space has effect when a station of a role wrote it.
///
/// In `control` it takes more: only who may issue is heard there, which the fold of that space decides.
#[must_use]
pub const fn may_write(role: Role, space: Space, kind: Kind) -> bool {
    use Role::{Admin, Booth, Door, Kiosk};
    match (space, kind) {
        (Space::Control, Kind::CERTIFICATE | Kind::REVOCATION | Kind::SPACE_KEY | Kind::DROP)
        | (Space::Event | Space::Roster | Space::Contact, Kind::CHANGE) => matches!(role, Admin),
        (Space::Desk, Kind::CHANGE) | (Space::Attendance, Kind::RESOLUTION | Kind::ANSWERED) => {
            matches!(role, Admin | Door)
        }
        (Space::Attendance, Kind::SCAN | Kind::VOID) => matches!(role, Admin | Door | Kiosk),
        (Space::Cards, _) => match role {
            Admin | Door | Kiosk | Booth => false,
        },
        _ => false,
    }
}

/// Where a record stands in its log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Nothing speaks against it.
    Good,
    /// Past the point where the log of a station that was shut out ends.
    PastCut,
    /// Past the point where its station went on from an older state of itself, and two logs contradict each other.
    Doubtful,
}

/// Whether a laptop of one role may be made one of another. A booth's never was anything else: on all others lie the
/// people of the event, and scans that a booth could not hand on any more.
#[must_use]
pub const fn may_become(is: Role, to: Role) -> bool {
    !matches!(to, Role::Booth) || matches!(is, Role::Booth)
}

/// What a record does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// All that its kind can do.
    Full,
    /// Only who went in or out still counts, so that the next scan of the same ticket is refused.
    Presence,
    /// It is kept and relayed, and does nothing.
    None,
}

/// What a record does: of its author's role (none: no certificate that counts), its space, its kind and its standing.
#[must_use]
pub const fn effect(author: Option<Role>, space: Space, kind: Kind, standing: Standing) -> Effect {
    let Some(role) = author else { return Effect::None };
    if !may_write(role, space, kind) {
        return Effect::None;
    }
    match (standing, kind) {
        (Standing::Good, _) => Effect::Full,
        (Standing::PastCut | Standing::Doubtful, Kind::SCAN) => Effect::Presence,
        (Standing::PastCut | Standing::Doubtful, _) => Effect::None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_but_a_booth_becomes_a_booth() {
        for (is, to) in Role::ALL.into_iter().flat_map(|is| Role::ALL.map(|to| (is, to))) {
            assert_eq!(may_become(is, to), to != Role::Booth || is == to, "{is:?} to {to:?}");
            // Its scans can still be handed on.
            let hands_on = holds(to, Space::Attendance).is_some();
            let scans = may_write(is, Space::Attendance, Kind::SCAN);
            assert!(!may_become(is, to) || !scans || hands_on, "{is:?} to {to:?}");
        }
    }

    #[test]
    fn the_table() {
        // space: who reads, who carries; r, c or - for admin, door, kiosk, booth
        let readers = [
            (Space::Attendance, "rrr-"),
            (Space::Cards, "rrrr"),
            (Space::Contact, "rc--"),
            (Space::Control, "rrrr"),
            (Space::Desk, "rr--"),
            (Space::Event, "rrrr"),
            (Space::Roster, "rr--"),
        ];
        for (space, expected) in readers {
            let had: String = Role::ALL
                .map(|role| match holds(role, space) {
                    Some(Hold::Read) => 'r',
                    Some(Hold::Carry) => 'c',
                    None => '-',
                })
                .into_iter()
                .collect();
            assert_eq!(had, expected, "{space}");
            assert!(!had.contains('c') || space.is_sealed(), "only what is sealed is carried");
        }
        let writers = [
            (Space::Attendance, Kind::SCAN, "yyy-"),
            (Space::Attendance, Kind::VOID, "yyy-"),
            (Space::Attendance, Kind::RESOLUTION, "yy--"),
            (Space::Attendance, Kind::ANSWERED, "yy--"),
            (Space::Attendance, Kind::CHANGE, "----"),
            (Space::Contact, Kind::CHANGE, "y---"),
            (Space::Control, Kind::CERTIFICATE, "y---"),
            (Space::Control, Kind::REVOCATION, "y---"),
            (Space::Control, Kind::SCAN, "----"),
            (Space::Desk, Kind::CHANGE, "yy--"),
            (Space::Event, Kind::CHANGE, "y---"),
            (Space::Event, Kind::SCAN, "----"),
            (Space::Roster, Kind::CHANGE, "y---"),
            (Space::Roster, Kind(4711), "----"),
        ];
        for (space, kind, expected) in writers {
            let may: String = Role::ALL
                .map(|role| if may_write(role, space, kind) { 'y' } else { '-' })
                .into_iter()
                .collect();
            assert_eq!(may, expected, "{space} {kind:?}");
        }
    }

    #[test]
    fn whoever_writes_a_space_has_it() {
        for role in Role::ALL {
            for space in Space::ALL {
                let writes = (0..64).any(|kind| may_write(role, space, Kind(kind)));
                assert!(!writes || holds(role, space).is_some(), "{role:?} {space}");
            }
        }
    }

    #[test]
    fn past_a_cut_only_passages_count() {
        use Standing::{Doubtful, Good, PastCut};
        let cases = [
            (Some(Role::Door), Space::Attendance, Kind::SCAN, Good, Effect::Full),
            (Some(Role::Door), Space::Attendance, Kind::SCAN, PastCut, Effect::Presence),
            (Some(Role::Door), Space::Attendance, Kind::SCAN, Doubtful, Effect::Presence),
            (Some(Role::Door), Space::Attendance, Kind::VOID, PastCut, Effect::None),
            (Some(Role::Admin), Space::Roster, Kind::CHANGE, PastCut, Effect::None),
            (Some(Role::Booth), Space::Attendance, Kind::SCAN, Good, Effect::None),
            (None, Space::Attendance, Kind::SCAN, Good, Effect::None),
        ];
        for (author, space, kind, standing, expected) in cases {
            assert_eq!(effect(author, space, kind, standing), expected, "{space} {kind:?}");
        }
    }
}
