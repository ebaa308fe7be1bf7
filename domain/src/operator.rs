//! The people who work at the doors: operators, and supervisors, whose PIN stands behind what an operator may not
//! decide alone.
//!
//! Like a gate, an operator is kept as flat texts. A PIN is here only as somebody else's digest of it; this file neither
//! makes nor checks one.

use std::collections::BTreeMap;

/// Somebody who works at the doors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operator {
    /// Id.
    pub id: String,
    /// Name, as it is recorded with what is done.
    pub name: String,
    /// What the person may decide.
    pub role: Role,
    /// Digest of the PIN, where there is one.
    pub pin: Option<String>,
}

/// What somebody at a door may decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Scans.
    Operator,
    /// Agrees to undo, override and change of gate.
    Supervisor,
}

impl Role {
    /// The role's word in documents and commands.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::Supervisor => "supervisor",
        }
    }

    /// The role of that word.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Operator, Self::Supervisor].into_iter().find(|role| role.as_str() == name)
    }
}

/// What somebody does at an event, as far as it matters who may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Scans, searches, looks at lists and counts, answers questions with a scan.
    Work,
    /// Puts right how somebody is spelt, and notes.
    Spell,
    /// Says what came of a double admission.
    Settle,
    /// Adds somebody who is not on the list.
    Add,
    /// Changes a ticket: its type, state, code, days, block.
    ChangeTicket,
    /// Lets somebody in against a refusal.
    Override,
    /// Takes a scan back.
    TakeBack,
    /// Puts a laptop at another gate or into another event.
    MoveLaptop,
    /// Opens, rehearses and closes the event.
    OpenAndClose,
    /// Changes gates and the people who work at them.
    SetUp,
    /// Takes in an attendee list.
    Import,
    /// Lets laptops in, moves them and shuts them out.
    Laptops,
    /// Takes the event's root key out.
    RootKey,
    /// Takes everybody's data out in one file.
    TakeOut,
}

impl Act {
    /// Every act.
    pub const ALL: [Self; 14] = [
        Self::Work,
        Self::Spell,
        Self::Settle,
        Self::Add,
        Self::ChangeTicket,
        Self::Override,
        Self::TakeBack,
        Self::MoveLaptop,
        Self::OpenAndClose,
        Self::SetUp,
        Self::Import,
        Self::Laptops,
        Self::RootKey,
        Self::TakeOut,
    ];
}

/// Whether somebody of a role may do that at a screen: the one table. Where an event has no supervisor with a PIN,
/// everybody may do everything; whoever has the data folder and a terminal may as well.
#[must_use]
pub const fn may(role: Role, act: Act) -> bool {
    match (role, act) {
        (Role::Supervisor, _) | (Role::Operator, Act::Work | Act::Spell | Act::Settle) => true,
        (
            Role::Operator,
            Act::Add
            | Act::ChangeTicket
            | Act::Override
            | Act::TakeBack
            | Act::MoveLaptop
            | Act::OpenAndClose
            | Act::SetUp
            | Act::Import
            | Act::Laptops
            | Act::RootKey
            | Act::TakeOut,
        ) => false,
    }
}

impl Operator {
    /// The operator whose texts these are; none for somebody who was removed.
    #[must_use]
    pub fn parse(id: &str, texts: &BTreeMap<String, String>) -> Option<Self> {
        let text = |key: &str| texts.get(key).map(|text| text.trim()).filter(|t| !t.is_empty());
        Some(Self {
            id: id.to_owned(),
            name: text("name")?.to_owned(),
            role: Role::from_name(text("role")?)?,
            pin: text("pin").map(str::to_owned),
        })
    }

    /// Whether this person's PIN opens what is kept for supervisors.
    #[must_use]
    pub fn may_approve(&self) -> bool {
        self.role == Role::Supervisor && self.pin.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn operator(texts: &[(&str, &str)]) -> Option<Operator> {
        let texts = texts.iter().map(|(key, text)| ((*key).to_owned(), (*text).to_owned()));
        Operator::parse("a1", &texts.collect())
    }

    #[test]
    fn the_table_of_who_may_do_what() {
        let may: Vec<&str> = Act::ALL
            .map(|act| match (may(Role::Operator, act), may(Role::Supervisor, act)) {
                (true, true) => "both",
                (false, true) => "supervisor",
                _ => "nobody may",
            })
            .to_vec();
        let (both, supervisor) = ("both", "supervisor");
        let expected = [both, both, both, supervisor, supervisor, supervisor, supervisor]
            .into_iter()
            .chain([supervisor; 7]);
        assert_eq!(may, expected.collect::<Vec<_>>());
    }

    #[test]
    fn who_may_approve() {
        for (texts, may) in [
            (&[("name", "Kim"), ("role", "supervisor"), ("pin", "x")][..], Some(true)),
            (&[("name", "Kim"), ("role", "supervisor"), ("pin", "")], Some(false)),
            (&[("name", "Kim"), ("role", "operator"), ("pin", "x")], Some(false)),
            (&[("name", "Kim"), ("role", "removed"), ("pin", "x")], None),
            (&[("name", " "), ("role", "operator")], None),
            (&[("role", "operator")], None),
        ] {
            assert_eq!(operator(texts).map(|one| one.may_approve()), may, "{texts:?}");
        }
    }
}
