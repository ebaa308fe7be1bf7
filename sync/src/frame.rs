//! What stations say to each other, frame by frame: `u32` length, `u8` type, then the body.
//!
//! Bodies are CBOR maps with numbered keys, of which a reader skips those that it does not know; stretches of records
//! have a format of their own. A type of 128 and above that a reader does not know is skipped, any other is an error.

use crate::id::{EventId, StationKey};
use crate::keys::SecretKey;
use crate::stretch::{BYTES_MAX, Stretch};
use crate::wire::NotAFrame;
use domain::id::LogId;
use minicbor::{Decode, Encode};

/// Version of what is said here.
pub const VERSION: u8 = 1;
/// Longest frame: one stretch and what surrounds it.
pub const FRAME_BYTES_MAX: usize = BYTES_MAX + 1024;
/// Longest frame of a station that has not yet shown who it is: a stretch of certificates.
pub const STRANGER_BYTES_MAX: usize = 768 << 10;
/// Entries that one frame lists: every log of a large event.
pub const ENTRIES_MAX: usize = 20_000;
/// From this type on, what is not known is skipped.
const SKIPPED_FROM: u8 = 128;

/// First word of both sides.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Hello {
    /// Versions of this protocol that it speaks.
    #[n(0)]
    pub versions: Vec<u8>,
    /// Epoch of its logs: tells two laptops with one key apart.
    #[n(1)]
    pub epoch: u64,
    /// What it holds.
    #[n(2)]
    pub have: Have,
    /// Whether it says so again, after it was asked who it is.
    #[n(3)]
    pub again: bool,
}

/// What a station holds, in two digests, and its clock.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Have {
    /// Digest of the `control` space.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub control: [u8; 32],
    /// Digest of all spaces that both sides have.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub root: [u8; 32],
    /// Its wall clock, in milliseconds since 1970 UTC.
    #[n(2)]
    pub time: i64,
}

/// How far a log goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Entry {
    /// The log, or a branch of it.
    #[n(0)]
    pub log: LogId,
    /// Its last record.
    #[n(1)]
    pub seq: u64,
    /// First eight bytes of the hash of that record.
    #[n(2)]
    pub hash: u64,
}

/// From where on a log is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct From {
    /// The log, or a branch of it.
    #[n(0)]
    pub log: LogId,
    /// First record that is wanted, or one that is stored.
    #[n(1)]
    pub seq: u64,
}

/// Every log of the spaces asked about.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Vector {
    /// Whether only `control` is meant.
    #[n(0)]
    pub control: bool,
    /// The logs.
    #[n(1)]
    pub entries: Vec<Entry>,
}

/// A sign of life, signed, so that others can pass it on.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Presence {
    /// [`Sign`] as CBOR, as it was signed.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub sign: Vec<u8>,
    /// The station's signature over it.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub signature: [u8; 64],
    /// How often it was passed on.
    #[n(2)]
    pub hops: u8,
}

/// What a sign of life says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Sign {
    /// Key of the station.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub station: [u8; 32],
    /// Grows with every sign of this station: its wall clock in milliseconds, or one more than the last.
    #[n(1)]
    pub count: i64,
    /// The gate that it stands at.
    #[n(2)]
    pub gate: Option<String>,
    /// Charge of its battery in percent.
    #[n(3)]
    pub battery: Option<u8>,
    /// Whether it runs on mains.
    #[n(4)]
    pub on_mains: Option<bool>,
    /// Its version of Lanyard.
    #[n(5)]
    pub version: Option<String>,
    /// Addresses at which it is found.
    #[n(6)]
    pub addresses: Vec<String>,
    /// The stations with which it speaks right now, by the first four bytes of their keys.
    #[n(7)]
    pub hears: Vec<u32>,
    /// Epoch of its logs.
    #[n(8)]
    pub epoch: u64,
}

impl Sign {
    /// Signs it.
    #[must_use]
    pub fn signed(&self, event: EventId, key: &SecretKey) -> Presence {
        let sign = minicbor::to_vec(self).unwrap_or_default();
        let signature = key.sign_word("lanyard presence 1", &[&event.0, &sign]);
        Presence { sign, signature, hops: 0 }
    }
}

impl Presence {
    /// What it says, where the station that it names signed it.
    #[must_use]
    pub fn read(&self, event: EventId) -> Option<Sign> {
        let sign: Sign = minicbor::decode(&self.sign).ok()?;
        let station = StationKey(sign.station);
        let parts: [&[u8]; 2] = [&event.0, &self.sign];
        station.signed_word("lanyard presence 1", &parts, &self.signature).then_some(sign)
    }

    /// The station that it claims to be of, before the signature is looked at, and its count.
    #[must_use]
    pub fn claims(&self) -> Option<(StationKey, i64)> {
        let sign: Sign = minicbor::decode(&self.sign).ok()?;
        Some((StationKey(sign.station), sign.count))
    }
}

/// Why a session ends, said to the other side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum Farewell {
    /// The other side speaks no version that this one knows.
    #[n(0)]
    Version,
    /// The other side has no certificate that counts.
    #[n(1)]
    Stranger,
    /// The other side was shut out.
    #[n(2)]
    Revoked,
    /// The other side's certificate is of another time.
    #[n(3)]
    Expired,
    /// The other side sent bytes that nobody signed, or that are no frame.
    #[n(4)]
    Forged,
    /// The other side sent more than it was allowed.
    #[n(5)]
    TooMuch,
    /// There is another link between the same two.
    #[n(6)]
    Twice,
    /// The other side said nothing for too long.
    #[n(7)]
    Silent,
    /// This station stops, or is broken.
    #[n(8)]
    Leaving,
}

/// One frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frame {
    /// First word.
    Hello(Hello),
    /// Asks for the other side's certificate.
    Introduce,
    /// What is held now.
    Have(Have),
    /// Every log, after digests differed.
    Vector(Vector),
    /// Asks for records.
    Want(Vec<From>),
    /// Records in answer to that.
    Range(Box<Stretch>),
    /// A record just made, or just heard of.
    Live(Box<Stretch>),
    /// So many more bytes of ranges may come.
    Credit(u32),
    /// Records that are stored durably now.
    Got(Vec<From>),
    /// A sign of life.
    Presence(Presence),
    /// The end of the session.
    Bye(Farewell),
    /// Something of a later version.
    Later,
}

impl Frame {
    /// The frame as bytes, its length before it.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let (number, body) = match self {
            Self::Hello(hello) => (1, cbor(hello)),
            Self::Introduce => (2, Vec::new()),
            Self::Have(have) => (3, cbor(have)),
            Self::Vector(vector) => (4, cbor(vector)),
            Self::Want(from) => (5, cbor(from)),
            Self::Range(stretch) => (6, stretch.to_bytes()),
            Self::Live(stretch) => (7, stretch.to_bytes()),
            Self::Credit(bytes) => (8, cbor(bytes)),
            Self::Got(got) => (9, cbor(got)),
            Self::Presence(presence) => (10, cbor(presence)),
            Self::Bye(why) => (11, cbor(why)),
            Self::Later => (SKIPPED_FROM, Vec::new()),
        };
        let length = u32::try_from(body.len() + 1).unwrap_or(u32::MAX);
        let mut out = Vec::with_capacity(body.len() + 5);
        out.extend_from_slice(&length.to_le_bytes());
        out.push(number);
        out.extend_from_slice(&body);
        out
    }

    /// Reads a frame without its length.
    ///
    /// # Errors
    /// Where the bytes are none.
    pub fn from_bytes(event: EventId, bytes: &[u8]) -> Result<Self, NotAFrame> {
        let (number, body) = bytes.split_first().ok_or(NotAFrame)?;
        let stretch = || -> Result<Option<Box<Stretch>>, NotAFrame> {
            Ok(Stretch::from_bytes(event, body)?.map(Box::new))
        };
        Ok(match number {
            1 => Self::Hello(read(body)?),
            2 => Self::Introduce,
            3 => Self::Have(read(body)?),
            4 => Self::Vector(read(body)?),
            5 => Self::Want(read(body)?),
            6 => stretch()?.map_or(Self::Later, Self::Range),
            7 => stretch()?.map_or(Self::Later, Self::Live),
            8 => Self::Credit(read(body)?),
            9 => Self::Got(read(body)?),
            10 => Self::Presence(read(body)?),
            // Whatever a later version's reason is: it is a farewell.
            11 => Self::Bye(read(body).unwrap_or(Farewell::Leaving)),
            SKIPPED_FROM.. => Self::Later,
            _ => return Err(NotAFrame),
        })
    }
}

fn cbor<T: Encode<()>>(value: &T) -> Vec<u8> {
    minicbor::to_vec(value).unwrap_or_default()
}

fn read<'a, T: Decode<'a, ()>>(body: &'a [u8]) -> Result<T, NotAFrame> {
    // A list takes at least a byte an entry: a short body is never a long list.
    minicbor::decode(body).map_err(|_| NotAFrame)
}

/// Puts frames together from bytes as they come, however they were cut.
#[derive(Debug, Default)]
pub struct Deframer(Vec<u8>);

impl Deframer {
    /// Takes some bytes in.
    pub fn push(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    /// Bytes of a frame that is not whole yet.
    #[must_use]
    pub const fn waiting(&self) -> usize {
        self.0.len()
    }

    /// The frames that are whole, each without its length; what is left of the bytes stays.
    ///
    /// # Errors
    /// Where a frame says that it is longer than `most`.
    pub fn frames(&mut self, most: usize) -> Result<Vec<Vec<u8>>, NotAFrame> {
        let mut frames = Vec::new();
        let mut rest = self.0.as_slice();
        while let Some((length, after)) = rest.split_first_chunk::<4>() {
            let length = usize::try_from(u32::from_le_bytes(*length)).map_err(|_| NotAFrame)?;
            if length == 0 || length > most {
                return Err(NotAFrame);
            }
            let Some((frame, after)) = after.split_at_checked(length) else { break };
            frames.push(frame.to_vec());
            rest = after;
        }
        let left = rest.len();
        self.0.drain(..self.0.len() - left);
        Ok(frames)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::Seeded;
    use proptest::prelude::*;

    const EVENT: EventId = EventId([1; 16]);

    fn samples() -> Vec<Frame> {
        let key = SecretKey::generate(&mut Seeded::new(1));
        let sign = Sign { station: key.public().0, count: 5, hears: vec![7], ..Sign::default() };
        let have = Have { control: [1; 32], root: [2; 32], time: -5 };
        let entry = Entry { log: LogId::new([3; 16]), seq: 9, hash: 7 };
        let from = From { log: LogId::new([3; 16]), seq: 9 };
        vec![
            Frame::Hello(Hello { versions: vec![1], epoch: 7, have: have.clone(), again: false }),
            Frame::Introduce,
            Frame::Have(have),
            Frame::Vector(Vector { control: true, entries: vec![entry; 3] }),
            Frame::Want(vec![from]),
            Frame::Credit(1 << 20),
            Frame::Got(vec![from; 2]),
            Frame::Presence(sign.signed(EVENT, &key)),
            Frame::Bye(Farewell::Forged),
        ]
    }

    #[test]
    fn frames_round_trip_however_they_are_cut() {
        let all: Vec<u8> = samples().iter().flat_map(Frame::to_bytes).collect();
        for size in [1, 3, 64, all.len()] {
            let mut deframer = Deframer::default();
            let mut read = Vec::new();
            for part in all.chunks(size) {
                deframer.push(part);
                for frame in deframer.frames(FRAME_BYTES_MAX).unwrap() {
                    read.push(Frame::from_bytes(EVENT, &frame).unwrap());
                }
            }
            assert_eq!(read, samples());
            assert_eq!(deframer.waiting(), 0);
        }
    }

    #[test]
    fn a_hello_is_short() {
        let hello = samples().remove(0).to_bytes();
        assert!(hello.len() <= 256, "{}", hello.len());
    }

    #[test]
    fn only_who_signed_a_sign_of_life_gave_it() {
        let key = SecretKey::generate(&mut Seeded::new(1));
        let sign = Sign { station: key.public().0, count: 5, ..Sign::default() };
        let good = sign.signed(EVENT, &key);
        assert_eq!(good.read(EVENT), Some(sign.clone()));
        assert_eq!(good.read(EventId([2; 16])), None);
        let mut other = good;
        other.sign = minicbor::to_vec(Sign { count: 6, ..sign }).unwrap();
        assert_eq!(other.read(EVENT), None);
    }

    proptest! {
        #[test]
        fn no_bytes_are_too_strange(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = Frame::from_bytes(EVENT, &bytes);
            let mut deframer = Deframer::default();
            deframer.push(&bytes);
            let _ = deframer.frames(1000);
        }
    }
}
