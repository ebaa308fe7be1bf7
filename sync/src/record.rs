//! A record: a clear envelope, chained by hashes, and a body beside it that may be dropped later.
//!
//! The chain runs over envelopes, which hold only a salted hash of the body, so that a body can go and the chain
//! still proves itself. Bytes are laid out as `docs/PROTOCOL.md` says; all numbers are little-endian.

use crate::id::{hash16, hash32};
use domain::access::{Kind, Space};
use domain::id::LogId;

/// A document that a change belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct DocRef {
    /// Id of the document.
    pub doc: [u8; 16],
    /// Generation: history before it was cut off.
    pub generation: u32,
}

impl DocRef {
    /// The first generation of the document of that name.
    #[must_use]
    pub fn new(space: Space, name: &str) -> Self {
        let length = |text: &str| [u8::try_from(text.len()).unwrap_or(u8::MAX)];
        let space = space.as_str();
        let parts: [&[u8]; 4] = [&length(space), space.as_bytes(), &length(name), name.as_bytes()];
        Self { doc: hash16("lanyard doc 1", &parts), generation: 0 }
    }
}

/// The content of a record, or what is left of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// Content that is there, with the salt of its hash.
    Held {
        /// Random bytes hashed before the content, so that dropped content cannot be guessed.
        salt: [u8; 16],
        /// The content; ciphertext in a sealed space.
        bytes: Vec<u8>,
    },
    /// Content that was dropped.
    Dropped {
        /// How long it was.
        length: u32,
        /// Its salted hash.
        hash: [u8; 32],
    },
}

impl Body {
    /// The salted hash.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        match self {
            Self::Held { salt, bytes } => hash32("lanyard body 1", &[salt, bytes]),
            Self::Dropped { hash, .. } => *hash,
        }
    }

    /// The content, where it is there.
    #[must_use]
    pub fn bytes(&self) -> Option<&[u8]> {
        match self {
            Self::Held { bytes, .. } => Some(bytes),
            Self::Dropped { .. } => None,
        }
    }

    pub(crate) fn length(&self) -> u32 {
        match self {
            Self::Held { bytes, .. } => u32::try_from(bytes.len()).unwrap_or(u32::MAX),
            Self::Dropped { length, .. } => *length,
        }
    }
}

/// One record without its place: the log it stands in and its position come from where it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Hybrid logical clock.
    pub hlc: u64,
    /// What it is.
    pub kind: Kind,
    /// The document, where it is a change.
    pub doc: Option<DocRef>,
    /// Id of the key that the body is sealed with.
    pub key: Option<[u8; 16]>,
    /// The content.
    pub body: Body,
}

/// Longest body that is taken: 4 MiB, some forty times the change that imports a shard of 100,000 attendees.
pub const BODY_BYTES_MAX: usize = 4 << 20;

const HAS_DOC: u8 = 1;
const HAS_KEY: u8 = 2;
const DROPPED: u8 = 4;

/// Bytes that are no record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("these bytes are not a record")]
pub struct NotARecord;

impl Record {
    /// The record's hash: over its place, the record before it, and its envelope.
    #[must_use]
    pub fn hash(&self, log: LogId, seq: u64, prev: &[u8; 32]) -> [u8; 32] {
        let mut envelope = Vec::with_capacity(80);
        self.write_envelope(self.flags() & !DROPPED, &mut envelope);
        hash32(
            "lanyard record 1",
            &[log.bytes(), &seq.to_le_bytes(), prev, &envelope, &self.body.hash()],
        )
    }

    /// The record as it is stored and exported.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(64 + self.body.bytes().map_or(0, <[u8]>::len));
        self.write_envelope(self.flags(), &mut out);
        match &self.body {
            Body::Held { salt, bytes } => {
                out.extend_from_slice(salt);
                out.extend_from_slice(bytes);
            }
            Body::Dropped { hash, .. } => out.extend_from_slice(hash),
        }
        out
    }

    /// Reads what [`Record::to_bytes`] wrote.
    ///
    /// # Errors
    /// Where the bytes are anything else, to the last one.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, NotARecord> {
        let mut rest = Reader(bytes);
        let hlc = u64::from_le_bytes(rest.take()?);
        let kind = Kind(u16::from_le_bytes(rest.take()?));
        let [flags] = rest.take::<1>()?;
        if !Self::are_flags(flags) {
            return Err(NotARecord);
        }
        let doc = if flags & HAS_DOC == 0 {
            None
        } else {
            Some(DocRef { doc: rest.take()?, generation: u32::from_le_bytes(rest.take()?) })
        };
        let key = if flags & HAS_KEY == 0 { None } else { Some(rest.take()?) };
        let length = u32::from_le_bytes(rest.take()?);
        let body = if flags & DROPPED == 0 {
            let salt = rest.take()?;
            let held = usize::try_from(length).is_ok_and(|length| length == rest.0.len());
            let bytes = rest.0.to_vec();
            rest.0 = &[];
            if !held {
                return Err(NotARecord);
            }
            Body::Held { salt, bytes }
        } else {
            Body::Dropped { length, hash: rest.take()? }
        };
        if rest.0.is_empty() { Ok(Self { hlc, kind, doc, key, body }) } else { Err(NotARecord) }
    }

    /// Bytes of the record with its body, dropped since or not: what checkpoints are counted by.
    #[must_use]
    pub fn length_before_drop(&self) -> usize {
        let mut envelope = Vec::with_capacity(80);
        self.write_envelope(self.flags(), &mut envelope);
        envelope.len() + 16 + self.body.length() as usize
    }

    pub(crate) const fn are_flags(flags: u8) -> bool {
        flags & !(HAS_DOC | HAS_KEY | DROPPED) == 0
    }

    pub(crate) const fn has_doc(flags: u8) -> bool {
        flags & HAS_DOC != 0
    }

    pub(crate) const fn has_key(flags: u8) -> bool {
        flags & HAS_KEY != 0
    }

    pub(crate) const fn is_dropped(flags: u8) -> bool {
        flags & DROPPED != 0
    }

    pub(crate) fn flags(&self) -> u8 {
        let doc = if self.doc.is_some() { HAS_DOC } else { 0 };
        let key = if self.key.is_some() { HAS_KEY } else { 0 };
        let dropped = if matches!(self.body, Body::Dropped { .. }) { DROPPED } else { 0 };
        doc | key | dropped
    }

    fn write_envelope(&self, flags: u8, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.hlc.to_le_bytes());
        out.extend_from_slice(&self.kind.0.to_le_bytes());
        out.push(flags);
        if let Some(doc) = &self.doc {
            out.extend_from_slice(&doc.doc);
            out.extend_from_slice(&doc.generation.to_le_bytes());
        }
        if let Some(key) = &self.key {
            out.extend_from_slice(key);
        }
        out.extend_from_slice(&self.body.length().to_le_bytes());
    }
}

struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], NotARecord> {
        let (first, rest) = self.0.split_first_chunk::<N>().ok_or(NotARecord)?;
        self.0 = rest;
        Ok(*first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_record() -> impl Strategy<Value = Record> {
        let doc = proptest::option::of((any::<[u8; 16]>(), any::<u32>()));
        let held = (any::<[u8; 16]>(), proptest::collection::vec(any::<u8>(), 0..200))
            .prop_map(|(salt, bytes)| Body::Held { salt, bytes });
        let dropped = (any::<u32>(), any::<[u8; 32]>())
            .prop_map(|(length, hash)| Body::Dropped { length, hash });
        let key = proptest::option::of(any::<[u8; 16]>());
        (any::<u64>(), any::<u16>(), doc, key, prop_oneof![held, dropped]).prop_map(
            |(hlc, kind, doc, key, body)| Record {
                hlc,
                kind: Kind(kind),
                doc: doc.map(|(doc, generation)| DocRef { doc, generation }),
                key,
                body,
            },
        )
    }

    proptest! {
        #[test]
        fn bytes_round_trip(record in any_record()) {
            prop_assert_eq!(Record::from_bytes(&record.to_bytes()), Ok(record));
        }

        #[test]
        fn any_other_bytes_are_refused_or_mean_themselves(bytes in proptest::collection::vec(any::<u8>(), 0..120)) {
            if let Ok(record) = Record::from_bytes(&bytes) {
                prop_assert_eq!(record.to_bytes(), bytes);
            }
        }

        #[test]
        fn dropping_a_body_keeps_the_hash(record in any_record(), seq in any::<u64>()) {
            let log = LogId::new([3; 16]);
            let mut dropped = record.clone();
            dropped.body = Body::Dropped { length: record.body.length(), hash: record.body.hash() };
            prop_assert_eq!(record.hash(log, seq, &[9; 32]), dropped.hash(log, seq, &[9; 32]));
            prop_assert_ne!(record.hash(log, seq, &[9; 32]), record.hash(log, seq ^ 1, &[9; 32]));
        }
    }
}
