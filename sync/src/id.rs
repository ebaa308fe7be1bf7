//! Names of events, stations, logs and documents, and how each is derived.

use domain::access::Space;
use domain::id::{AttendeeId, LogId};
use std::fmt;

/// Sixteen bytes of BLAKE3 over a label and parts. A label ends with a zero byte, so that no label begins another.
pub(crate) fn hash16(label: &str, parts: &[&[u8]]) -> [u8; 16] {
    first16(&hash32(label, parts))
}

/// BLAKE3 over a label, a zero byte, and parts one after the other.
pub(crate) fn hash32(label: &str, parts: &[&[u8]]) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(label.as_bytes()).update(&[0]);
    for part in parts {
        hasher.update(part);
    }
    *hasher.finalize().as_bytes()
}

pub(crate) fn first16(hash: &[u8; 32]) -> [u8; 16] {
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(hash).for_each(|(to, from)| *to = *from);
    bytes
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        text.push(char::from_digit(u32::from(byte >> 4), 16).unwrap_or('0'));
        text.push(char::from_digit(u32::from(byte & 15), 16).unwrap_or('0'));
        text
    })
}

/// An event: the first 16 bytes of the BLAKE3 hash of its root public key.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventId(pub [u8; 16]);

impl EventId {
    /// The event whose root public key this is.
    #[must_use]
    pub fn of(root: &StationKey) -> Self {
        Self(first16(blake3::hash(&root.0).as_bytes()))
    }
}

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

impl fmt::Debug for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// A station: its Ed25519 public key.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StationKey(pub [u8; 32]);

impl StationKey {
    /// The key written as 64 hex digits.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        domain::id::from_hex(text).map(Self)
    }
}

impl fmt::Display for StationKey {
    /// With a precision only so many digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&hex(&self.0))
    }
}

impl fmt::Debug for StationKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// Tells logs apart that one station began anew: 64 random bits, new on install, restore and copy.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Epoch(pub u64);

impl Epoch {
    /// The epoch written as 16 hex digits.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        domain::id::from_hex(text).map(|bytes| Self(u64::from_be_bytes(bytes)))
    }
}

impl fmt::Display for Epoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl fmt::Debug for Epoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// What a log's name is derived from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogName {
    /// The event.
    pub event: EventId,
    /// The space.
    pub space: Space,
    /// Whose log it is.
    pub station: StationKey,
    /// Which of that station's logs in the space.
    pub epoch: Epoch,
}

impl LogName {
    /// The log's id.
    #[must_use]
    pub fn id(&self) -> LogId {
        let space = self.space.as_str();
        let length = [u8::try_from(space.len()).unwrap_or(u8::MAX)];
        LogId::new(hash16(
            "lanyard log 1",
            &[
                &self.event.0,
                &length,
                space.as_bytes(),
                &self.station.0,
                &self.epoch.0.to_le_bytes(),
            ],
        ))
    }
}

/// Sixteen bytes that tell one installation of a store from a copy of it.
#[must_use]
pub fn installation(machine: &[u8], place: &[u8]) -> [u8; 16] {
    hash16("lanyard installation 1", &[machine, &[0], place])
}

/// Sixteen hex digits that stand for a longer name.
#[must_use]
pub fn short_name(name: &[u8]) -> String {
    sixteen_digits(&hash16("lanyard name 1", &[name]))
}

/// What every station calls the double admission of a person to an area, on a day where days count.
#[must_use]
pub fn conflict_name(attendee: AttendeeId, area: &str, day: Option<i32>) -> String {
    // No day of any event is the first that there is; of one length, so that no area can end like a day.
    let day = day.unwrap_or(i32::MIN).to_le_bytes();
    sixteen_digits(&hash16("lanyard conflict 1", &[attendee.bytes(), area.as_bytes(), &day]))
}

/// What records keep of the name that somebody gives a scan so that it counts once.
#[must_use]
pub fn nonce(name: &str) -> u64 {
    let hash = hash16("lanyard nonce 1", &[name.as_bytes()]);
    hash.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}

fn sixteen_digits(hash: &[u8; 16]) -> String {
    hex(hash).chars().take(16).collect()
}
