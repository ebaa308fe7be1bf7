//! Whose code was read.

use domain::code::Code;
use domain::id::{AttendeeId, CodeHash};
use domain::reason::Reason;
use sync::roster::Naming;
use sync::store::{PersonRow, Store, StoreError};

/// Whom a scan is about, before anybody was looked up.
pub(super) enum Read {
    /// A code, and what else the same keys may mean.
    Codes(Vec<Code>),
    /// A person who was picked by hand.
    Person(AttendeeId),
}

/// Whose code it is.
pub(super) enum Found {
    One(Holder),
    Several(CodeHash),
    Nobody(CodeHash),
}

/// The one whose code it is.
pub(super) struct Holder {
    pub(super) person: PersonRow,
    /// By what the keys mean on another keyboard.
    pub(super) elsewhere: bool,
    /// By a code that was replaced since.
    pub(super) revoked: bool,
    /// Picked by hand: whose ticket is meant was said.
    pub(super) picked: bool,
}

impl Holder {
    /// Somebody who was picked by hand.
    pub(super) const fn of(person: PersonRow) -> Self {
        Self { person, elsewhere: false, revoked: false, picked: true }
    }
}

impl Found {
    pub(super) const fn person(&self) -> Option<&PersonRow> {
        match self {
            Self::One(Holder { person, .. }) => Some(person),
            Self::Several(_) | Self::Nobody(_) => None,
        }
    }

    pub(super) const fn hash(&self) -> Option<CodeHash> {
        match self {
            Self::One(_) => None,
            Self::Several(hash) | Self::Nobody(hash) => Some(*hash),
        }
    }

    pub(super) const fn is_elsewhere(&self) -> bool {
        matches!(self, Self::One(Holder { elsewhere: true, .. }))
    }
}

/// Whose code was read: the characters first, then what the same keys mean on other keyboards; a code that holds before
/// one that was replaced.
pub(super) fn find(store: &Store, naming: &Naming, read: &Read) -> Result<Found, StoreError> {
    let codes = match read {
        Read::Person(id) => {
            let nobody = || Found::Nobody(naming.code(""));
            return Ok(store.person_by_id(*id)?.map_or_else(nobody, |p| Found::One(Holder::of(p))));
        }
        Read::Codes(codes) => codes,
    };
    let texts = || {
        codes.iter().enumerate().flat_map(|(place, code)| match code {
            Code::Readable { text, minted } => [Some(text), minted.as_ref()].map(|t| (place, t)),
            Code::Test | Code::Unreadable(_) => [(place, None), (place, None)],
        })
    };
    for revoked in [false, true] {
        for (place, text) in texts() {
            let Some(text) = text else { continue };
            let hash = naming.code(text);
            let mut people = if revoked {
                store.people_by_revoked_code(hash)?
            } else {
                store.people_by_code(hash)?
            };
            match (people.pop(), people.is_empty()) {
                (Some(person), true) => {
                    let elsewhere = place > 0;
                    return Ok(Found::One(Holder { person, elsewhere, revoked, picked: false }));
                }
                (Some(_), false) => return Ok(Found::Several(hash)),
                (None, _) => {}
            }
        }
    }
    let unknown = texts().find_map(|(_, text)| text).map_or("", String::as_str);
    Ok(Found::Nobody(naming.code(unknown)))
}

/// Why a code is nobody's.
pub(super) fn nobody(read: &Read, elsewhere: Option<&str>) -> Reason {
    let first = match read {
        Read::Codes(codes) => codes.first(),
        Read::Person(_) => None,
    };
    match (first, elsewhere) {
        (Some(Code::Unreadable(why)), _) => Reason::Unreadable(*why),
        (_, Some(name)) => Reason::OtherEvent { name: name.to_owned() },
        (_, None) => Reason::NoSuchCode,
    }
}
