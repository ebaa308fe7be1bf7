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
