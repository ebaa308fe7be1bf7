//! A stretch of a log: some records in a row and the station's signature over the last of them. This is how records
//! travel, in bulk and live: nothing is stored of a stretch before its hashes and its signature are checked.
//!
//! Bytes: flags (1: compressed), the log's name, the first position, the hash before it, the signature, the number of
//! records, then their parts column by column, so that what is alike lies side by side and packs well.

use crate::id::{Epoch, EventId, LogName, StationKey};
use crate::keys::Head;
use crate::record::{BODY_BYTES_MAX, Body, DocRef, Record};
use crate::wire::{NotAFrame, Reader, put_varint};
use domain::access::{Kind, Space};

/// Most records that one stretch has: twice what lies between two checkpoints, for stretches over a fork.
pub const RECORDS_MAX: usize = 512;
/// Most bytes of a stretch, packed or not: the longest record, and what may lie before it since the last checkpoint.
pub const BYTES_MAX: usize = BODY_BYTES_MAX + (768 << 10);
/// Shorter stretches are sent as they are.
const PACKED_FROM: usize = 300;
/// How hard zstd tries: more gained 2 % and cost three times as much.
const LEVEL: i32 = 3;
const PACKED: u8 = 1;

/// Some records in a row, as a peer or a store gives them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch {
    /// The log.
    pub name: LogName,
    /// Position of the first record.
    pub first: u64,
    /// Hash of the record before the first; zeros where there is none.
    pub prev: [u8; 32],
    /// The records.
    pub records: Vec<Record>,
    /// The station's signature over the last.
    pub signature: [u8; 64],
}

/// A stretch whose hashes and signature are right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    stretch: Stretch,
    hashes: Vec<[u8; 32]>,
}

/// Bytes that the station they name did not sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("these records are not what their station signed")]
pub struct Forged;

impl Stretch {
    /// Position of the last record.
    #[must_use]
    pub fn last(&self) -> u64 {
        self.first.saturating_add(self.records.len() as u64).saturating_sub(1)
    }

    /// Checks hashes and signature.
    ///
    /// # Errors
    /// Where the station did not sign this.
    pub fn verify(self) -> Result<Verified, Forged> {
        let hashes = self.hashes();
        let head =
            Head { log: self.name.id(), seq: self.last(), hash: *hashes.last().ok_or(Forged)? };
        let follows = self.first > 0 && (self.first == 1) == (self.prev == [0; 32]);
        let forward = self.records.windows(2).all(|pair| match pair {
            [one, next] => one.hlc < next.hlc,
            _ => true,
        });
        let sealed = self.records.iter().all(|r| r.key.is_some() == self.name.space.is_sealed());
        let right =
            follows && forward && sealed && head.is_signed_by(&self.name.station, &self.signature);
        if right { Ok(Verified { stretch: self, hashes }) } else { Err(Forged) }
    }

    /// Takes a stretch as it is; for tests that show what the check is good for.
    #[cfg(feature = "unguarded")]
    #[must_use]
    pub fn trust(self) -> Verified {
        let hashes = self.hashes();
        Verified { stretch: self, hashes }
    }

    fn hashes(&self) -> Vec<[u8; 32]> {
        let log = self.name.id();
        let mut prev = self.prev;
        let hashes = self.records.iter().zip(self.first..).map(|(record, seq)| {
            prev = record.hash(log, seq, &prev);
            prev
        });
        hashes.collect()
    }

    /// The stretch as it travels.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let columns = self.columns();
        let packed = Some(&columns)
            .filter(|columns| columns.len() >= PACKED_FROM)
            .and_then(|columns| zstd::bulk::compress(columns, LEVEL).ok())
            .filter(|packed| packed.len() < columns.len());
        let mut out = vec![if packed.is_some() { PACKED } else { 0 }];
        let space = self.name.space.as_str();
        out.push(u8::try_from(space.len()).unwrap_or(u8::MAX));
        out.extend_from_slice(space.as_bytes());
        out.extend_from_slice(&self.name.station.0);
        out.extend_from_slice(&self.name.epoch.0.to_le_bytes());
        put_varint(&mut out, self.first);
        out.extend_from_slice(&self.prev);
        out.extend_from_slice(&self.signature);
        put_varint(&mut out, self.records.len() as u64);
        match packed {
            Some(packed) => {
                put_varint(&mut out, columns.len() as u64);
                out.extend_from_slice(&packed);
            }
            None => out.extend_from_slice(&columns),
        }
        out
    }

    fn columns(&self) -> Vec<u8> {
        let mut out = Vec::new();
        let mut before = 0;
        for record in &self.records {
            put_varint(&mut out, record.hlc.wrapping_sub(before));
            before = record.hlc;
        }
        for record in &self.records {
            put_varint(&mut out, u64::from(record.kind.0));
        }
        for record in &self.records {
            out.push(record.flags());
        }
        for record in &self.records {
            put_varint(&mut out, u64::from(record.body.length()));
        }
        for record in &self.records {
            if let Some(doc) = &record.doc {
                out.extend_from_slice(&doc.doc);
                put_varint(&mut out, u64::from(doc.generation));
            }
            out.extend_from_slice(record.key.as_ref().map_or(&[][..], |key| key));
        }
        for record in &self.records {
            match &record.body {
                Body::Held { salt, .. } => out.extend_from_slice(salt),
                Body::Dropped { hash, .. } => out.extend_from_slice(hash),
            }
        }
        for record in &self.records {
            out.extend_from_slice(record.body.bytes().unwrap_or_default());
        }
        out
    }

    /// Reads what [`Stretch::to_bytes`] wrote, of a log of `event`.
    ///
    /// # Errors
    /// Where the bytes are anything else, or larger than they may be; `None` inside: a space of a later version.
    pub fn from_bytes(event: EventId, bytes: &[u8]) -> Result<Option<Self>, NotAFrame> {
        let mut rest = Reader::new(bytes);
        let [flags] = rest.take::<1>()?;
        let [length] = rest.take::<1>()?;
        let space = std::str::from_utf8(rest.slice(usize::from(length))?).map_err(|_| NotAFrame)?;
        let space = Space::from_name(space);
        let station = StationKey(rest.take()?);
        let epoch = Epoch(u64::from_le_bytes(rest.take()?));
        let (first, prev, signature) = (rest.varint()?, rest.take()?, rest.take()?);
        let count = usize::try_from(rest.varint()?).map_err(|_| NotAFrame)?;
        if flags & !PACKED != 0 || !(1..=RECORDS_MAX).contains(&count) || first == 0 {
            return Err(NotAFrame);
        }
        let Some(space) = space else { return Ok(None) };
        let records = if flags & PACKED == 0 {
            read_columns(rest.rest(), count)?
        } else {
            let length = usize::try_from(rest.varint()?).map_err(|_| NotAFrame)?;
            if length > BYTES_MAX {
                return Err(NotAFrame);
            }
            let columns = zstd::bulk::decompress(rest.rest(), length).map_err(|_| NotAFrame)?;
            read_columns(&columns, count)?
        };
        let name = LogName { event, space, station, epoch };
        Ok(Some(Self { name, first, prev, records, signature }))
    }
}

/// The fixed parts of a record, before its variable ones are read.
struct Fixed {
    hlc: u64,
    kind: Kind,
    flags: u8,
    length: usize,
}

fn read_columns(columns: &[u8], count: usize) -> Result<Vec<Record>, NotAFrame> {
    let mut rest = Reader::new(columns);
    let mut fixed = Vec::with_capacity(count);
    let mut hlc = 0_u64;
    for _ in 0..count {
        hlc = hlc.wrapping_add(rest.varint()?);
        fixed.push(Fixed { hlc, kind: Kind(0), flags: 0, length: 0 });
    }
    for one in &mut fixed {
        one.kind = Kind(u16::try_from(rest.varint()?).map_err(|_| NotAFrame)?);
    }
    for one in &mut fixed {
        [one.flags] = rest.take::<1>()?;
        if !Record::are_flags(one.flags) {
            return Err(NotAFrame);
        }
    }
    for one in &mut fixed {
        one.length = usize::try_from(rest.varint()?).map_err(|_| NotAFrame)?;
        if one.length > BODY_BYTES_MAX {
            return Err(NotAFrame);
        }
    }
    let mut names = Vec::with_capacity(count);
    for one in &fixed {
        let doc = if Record::has_doc(one.flags) {
            let doc = rest.take()?;
            let generation = u32::try_from(rest.varint()?).map_err(|_| NotAFrame)?;
            Some(DocRef { doc, generation })
        } else {
            None
        };
        let key = if Record::has_key(one.flags) { Some(rest.take()?) } else { None };
        names.push((doc, key));
    }
    let mut salts = Vec::with_capacity(count);
    for one in &fixed {
        salts.push(if Record::is_dropped(one.flags) {
            (rest.take::<32>()?, true)
        } else {
            let mut salt = [0; 32];
            salt.iter_mut().zip(rest.take::<16>()?).for_each(|(to, from)| *to = from);
            (salt, false)
        });
    }
    let mut records = Vec::with_capacity(count);
    for ((one, (doc, key)), (salt, dropped)) in fixed.into_iter().zip(names).zip(salts) {
        let body = if dropped {
            let length = u32::try_from(one.length).map_err(|_| NotAFrame)?;
            Body::Dropped { length, hash: salt }
        } else {
            let mut half = [0; 16];
            half.iter_mut().zip(salt).for_each(|(to, from)| *to = from);
            Body::Held { salt: half, bytes: rest.slice(one.length)?.to_vec() }
        };
        records.push(Record { hlc: one.hlc, kind: one.kind, doc, key, body });
    }
    if rest.rest().is_empty() { Ok(records) } else { Err(NotAFrame) }
}

impl Verified {
    /// The stretch.
    #[must_use]
    pub const fn stretch(&self) -> &Stretch {
        &self.stretch
    }

    /// The hashes of its records.
    #[must_use]
    pub fn hashes(&self) -> &[[u8; 32]] {
        &self.hashes
    }

    /// Its records with their positions and hashes.
    pub fn records(&self) -> impl Iterator<Item = (u64, &Record, [u8; 32])> {
        let hashes = self.hashes.iter().copied();
        (self.stretch.first..).zip(&self.stretch.records).zip(hashes).map(|((s, r), h)| (s, r, h))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::Seeded;
    use crate::keys::SecretKey;
    use proptest::prelude::*;

    fn stretch(count: u64, length: usize) -> Stretch {
        let key = SecretKey::generate(&mut Seeded::new(7));
        let root = SecretKey::generate(&mut Seeded::new(8)).public();
        let name = LogName {
            event: EventId::of(&root),
            space: Space::Attendance,
            station: key.public(),
            epoch: Epoch(9),
        };
        let record = |n: u64| Record {
            hlc: 1000 + n,
            kind: Kind::SCAN,
            doc: None,
            key: None,
            body: Body::Held { salt: [3; 16], bytes: vec![u8::try_from(n % 7).unwrap(); length] },
        };
        let records: Vec<Record> = (0..count).map(record).collect();
        let mut stretch = Stretch { name, first: 1, prev: [0; 32], records, signature: [0; 64] };
        let hash = *stretch.hashes().last().unwrap();
        let head = Head { log: stretch.name.id(), seq: stretch.last(), hash };
        stretch.signature = key.sign_head(&head);
        stretch
    }

    #[test]
    fn what_was_signed_is_taken_and_nothing_else() {
        let good = stretch(3, 20);
        assert!(good.clone().verify().is_ok());
        type Harm = fn(&mut Stretch);
        let harms: [Harm; 6] = [
            |s| s.first = 2,
            |s| s.prev = [1; 32],
            |s| s.records[1].hlc = 1,
            |s| s.records[2].body = Body::Held { salt: [3; 16], bytes: vec![] },
            |s| s.name.epoch = Epoch(10),
            |s| s.signature[5] ^= 1,
        ];
        for harm in harms {
            let mut bad = good.clone();
            harm(&mut bad);
            assert_eq!(bad.verify(), Err(Forged));
        }
    }

    #[test]
    fn bytes_round_trip_packed_or_not() {
        for (count, length) in [(1, 0), (1, 60), (256, 60), (2, 100_000)] {
            let stretch = stretch(count, length);
            let bytes = stretch.to_bytes();
            let read = Stretch::from_bytes(stretch.name.event, &bytes).unwrap().unwrap();
            assert_eq!(read, stretch);
        }
    }

    #[test]
    fn a_length_that_is_a_lie_takes_no_memory() {
        let stretch = stretch(256, 60);
        let mut bytes = stretch.to_bytes();
        // The unpacked length stands after the fixed parts; make it too large for anything.
        let at = 1 + 1 + "attendance".len() + 32 + 8 + 1 + 32 + 64 + 2;
        bytes.splice(at..at + 2, [0xff, 0xff, 0xff, 0xff, 0x7f]);
        assert_eq!(Stretch::from_bytes(stretch.name.event, &bytes), Err(NotAFrame));
    }

    proptest! {
        #[test]
        fn any_bytes_are_refused_or_mean_themselves(
            bytes in proptest::collection::vec(any::<u8>(), 0..400),
            cut in any::<prop::sample::Index>(),
            flip in any::<prop::sample::Index>(),
        ) {
            let event = stretch(1, 1).name.event;
            let _ = Stretch::from_bytes(event, &bytes);
            let mut bytes = stretch(5, 40).to_bytes();
            let place = flip.index(bytes.len());
            bytes[place] ^= 0x55;
            bytes.truncate(cut.index(bytes.len()) + 1);
            let _ = Stretch::from_bytes(event, &bytes);
        }
    }
}
