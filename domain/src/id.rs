//! The identifiers that rules speak of. Sixteen bytes each, written as 32 hex digits.
//!
//! They are opaque here: how one is derived belongs to the replica.

use minicbor::{Decode, Encode};
use std::fmt;

macro_rules! id16 {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
        #[cbor(transparent)]
        pub struct $name(#[cbor(n(0), with = "minicbor::bytes")] [u8; 16]);

        impl $name {
            /// The identifier of these bytes.
            #[must_use]
            pub const fn new(bytes: [u8; 16]) -> Self {
                Self(bytes)
            }
            /// Its bytes.
            #[must_use]
            pub const fn bytes(&self) -> &[u8; 16] {
                &self.0
            }
            /// The identifier written as exactly 32 hex digits.
            #[must_use]
            pub fn from_hex(text: &str) -> Option<Self> {
                from_hex(text).map(Self::new)
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.bytes().iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{self}")
            }
        }
    };
}

id16!(
    /// An attendee of one event.
    AttendeeId
);
id16!(
    /// A code as records may hold it: a keyed hash, so that nobody without the event's secret can try codes out.
    CodeHash
);
id16!(
    /// One station's append-only sequence of records in one space.
    LogId
);

/// Names one record: a log and the position in it, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(array)]
pub struct RecordRef {
    /// The log.
    #[n(0)]
    pub log: LogId,
    /// Position in the log, from 1.
    #[n(1)]
    pub seq: u64,
}

/// Bytes written as hex digits, two each; none where the text is anything else.
#[must_use]
pub fn from_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digits = text.as_bytes();
    if digits.len() != N * 2 {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        let pair = std::str::from_utf8(pair).ok()?;
        if !pair.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        *byte = u8::from_str_radix(pair, 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_round_trips_and_refuses_anything_else() {
        let id = AttendeeId::new([0xA7; 16]);
        assert_eq!(AttendeeId::from_hex(&id.to_string()), Some(id));
        for bad in ["", "a7", &"g".repeat(32), &"+7".repeat(16), &"é".repeat(16)] {
            assert_eq!(AttendeeId::from_hex(bad), None, "{bad}");
        }
    }
}
