//! How a laptop becomes a station: a ticket that shows it the way in, six digits that two people compare, and what it
//! is given once somebody let it in.
//!
//! The ticket names the issuer's key, which the connection proves, so that the laptop speaks with nobody else; and it
//! holds a secret, without which nobody is asked to compare digits. The digits follow from both keys and from random
//! bytes of both sides, the issuer's said last: whoever copied the ticket cannot choose a key whose digits are those
//! on another screen.

use crate::entropy::{Entropy, random};
use crate::id::{EventId, StationKey, hash32};
use crate::stretch::{BYTES_MAX, Stretch, Verified};
use crate::wire::{NotAFrame, Reader};
use minicbor::{Decode, Encode};
use std::fmt;
use std::net::{IpAddr, SocketAddr};

/// First letters of every ticket, with the version of its format.
const PREFIX: &str = "LANYARD1";
/// Digits and letters that no scanner takes for each other, all of them in a QR code's short alphabet.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Addresses in one ticket: more would make its code hard to read.
pub const ADDRESSES_MAX: usize = 5;
/// Longest name of a laptop.
pub const NAME_CHARS_MAX: usize = 100;

/// The way into an event.
#[derive(Clone, PartialEq, Eq)]
pub struct Ticket {
    /// The event.
    pub event: EventId,
    /// The station that lets others in.
    pub issuer: StationKey,
    /// What proves that somebody has the ticket.
    pub secret: [u8; 16],
    /// Where that station is found.
    pub addresses: Vec<SocketAddr>,
}

impl fmt::Debug for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ticket({} by {})", self.event, self.issuer)
    }
}

/// A text that is no ticket, or not a whole one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadTicket {
    /// It begins with other letters.
    #[error("this is not a ticket of Lanyard")]
    Other,
    /// Letters are missing or wrong.
    #[error("the ticket is not complete, or a letter in it is wrong")]
    Damaged,
}

impl fmt::Display for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = Vec::with_capacity(96);
        bytes.extend_from_slice(&self.event.0);
        bytes.extend_from_slice(&self.issuer.0);
        bytes.extend_from_slice(&self.secret);
        for address in self.addresses.iter().take(ADDRESSES_MAX) {
            match address.ip() {
                IpAddr::V4(ip) => {
                    bytes.push(4);
                    bytes.extend_from_slice(&ip.octets());
                }
                IpAddr::V6(ip) => {
                    bytes.push(6);
                    bytes.extend_from_slice(&ip.octets());
                }
            }
            bytes.extend_from_slice(&address.port().to_be_bytes());
        }
        let check = hash32("lanyard ticket 1", &[&bytes]);
        bytes.extend(check.iter().take(4));
        write!(f, "{PREFIX}{}", base32(&bytes))
    }
}

impl std::str::FromStr for Ticket {
    type Err = BadTicket;

    fn from_str(text: &str) -> Result<Self, BadTicket> {
        let plain: String =
            text.chars().filter(|c| c.is_ascii_alphanumeric()).collect::<String>().to_uppercase();
        let rest = plain.strip_prefix(PREFIX).ok_or(BadTicket::Other)?;
        let bytes = from_base32(rest).ok_or(BadTicket::Damaged)?;
        let (body, check) = bytes.split_last_chunk::<4>().ok_or(BadTicket::Damaged)?;
        if hash32("lanyard ticket 1", &[body]).iter().take(4).ne(check.iter()) {
            return Err(BadTicket::Damaged);
        }
        read_ticket(body).map_err(|_| BadTicket::Damaged)
    }
}

fn read_ticket(body: &[u8]) -> Result<Ticket, NotAFrame> {
    let mut rest = Reader::new(body);
    let (event, issuer, secret) = (EventId(rest.take()?), StationKey(rest.take()?), rest.take()?);
    let mut addresses = Vec::new();
    while !rest.rest().is_empty() && addresses.len() < ADDRESSES_MAX {
        let ip = match rest.take::<1>()? {
            [4] => IpAddr::from(rest.take::<4>()?),
            [6] => IpAddr::from(rest.take::<16>()?),
            _ => return Err(NotAFrame),
        };
        addresses.push(SocketAddr::new(ip, u16::from_be_bytes(rest.take()?)));
    }
    Ok(Ticket { event, issuer, secret, addresses })
}

fn base32(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 8 / 5 + 1);
    let (mut buffer, mut bits) = (0_u32, 0);
    let mut put = |five: u32| {
        let letter = usize::try_from(five & 31).ok().and_then(|five| ALPHABET.get(five));
        text.push(char::from(*letter.unwrap_or(&b'0')));
    };
    for byte in bytes {
        buffer = buffer << 8 | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            put(buffer >> bits);
        }
    }
    if bits > 0 {
        put(buffer << (5 - bits));
    }
    text
}

fn from_base32(text: &str) -> Option<Vec<u8>> {
    let (mut bytes, mut buffer, mut bits) = (Vec::new(), 0_u32, 0);
    for letter in text.bytes() {
        // What people type for a letter that is not there.
        let letter = match letter {
            b'O' => b'0',
            b'I' | b'L' => b'1',
            other => other,
        };
        let five = ALPHABET.iter().position(|known| *known == letter)?;
        buffer = buffer << 5 | u32::try_from(five).ok()?;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from(buffer >> bits & 0xff).ok()?);
        }
    }
    Some(bytes)
}

/// A laptop asks to be let in.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Ask {
    /// Proves that it has the ticket.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub proof: [u8; 32],
    /// Random bytes.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub nonce: [u8; 16],
    /// Its X25519 key, that space keys are wrapped to.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub box_key: [u8; 32],
    /// Its name.
    #[n(3)]
    pub name: String,
}

impl Ask {
    /// The question of a laptop with that ticket.
    pub fn new(
        ticket: &Ticket,
        own: StationKey,
        box_key: [u8; 32],
        name: &str,
        entropy: &mut dyn Entropy,
    ) -> Self {
        let nonce = random(entropy);
        let proof = proof(&ticket.secret, ticket.event, ticket.issuer, own, &nonce);
        Self { proof, nonce, box_key, name: name.to_owned() }
    }

    /// Whether whoever asks has the ticket with that secret.
    #[must_use]
    pub fn is_of(
        &self,
        secret: &[u8; 16],
        event: EventId,
        issuer: StationKey,
        joiner: StationKey,
    ) -> bool {
        // Compared as hashes, so that the time it takes says nothing of the proof.
        let right = proof(secret, event, issuer, joiner, &self.nonce);
        blake3::Hash::from(right) == blake3::Hash::from(self.proof)
    }
}

fn proof(
    secret: &[u8; 16],
    event: EventId,
    issuer: StationKey,
    joiner: StationKey,
    nonce: &[u8; 16],
) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new_keyed(&hash32("lanyard invite 1", &[secret]));
    hasher.update(&event.0).update(&issuer.0).update(&joiner.0).update(nonce);
    *hasher.finalize().as_bytes()
}

/// The six digits that both screens show.
#[must_use]
pub fn digits(
    event: EventId,
    issuer: StationKey,
    joiner: StationKey,
    asked: &[u8; 16],
    answered: &[u8; 16],
) -> String {
    let hash = hash32("lanyard digits 1", &[&event.0, &issuer.0, &joiner.0, asked, answered]);
    let (first, _) = hash.split_first_chunk::<8>().unwrap_or((&[0; 8], &[]));
    format!("{:06}", u64::from_le_bytes(*first) % 1_000_000)
}

/// What the issuer says.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum Say {
    /// Digits can be compared now.
    #[n(0)]
    Compare {
        /// Random bytes of the issuer.
        #[cbor(n(0), with = "minicbor::bytes")]
        nonce: [u8; 16],
    },
    /// The laptop is a station now.
    #[n(1)]
    Welcome {
        /// The event's root public key.
        #[cbor(n(0), with = "minicbor::bytes")]
        root: [u8; 32],
        /// Who takes part: stretches as they travel.
        #[n(1)]
        control: Vec<minicbor::bytes::ByteVec>,
    },
    /// It is not let in.
    #[n(2)]
    Refused {
        /// Why.
        #[n(0)]
        why: Refusal,
    },
}

/// Why a laptop is not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum Refusal {
    /// The ticket is used up, too old, or of nobody.
    #[n(0)]
    Ticket,
    /// A person said no.
    #[n(1)]
    Person,
    /// Too many laptops ask.
    #[n(2)]
    Busy,
}

/// A word of either side, its length before it.
pub fn to_frame<T: Encode<()>>(word: &T) -> Vec<u8> {
    let body = minicbor::to_vec(word).unwrap_or_default();
    let length = u32::try_from(body.len()).unwrap_or(u32::MAX);
    [length.to_le_bytes().as_slice(), &body].concat()
}

/// Reads a word of the other side.
///
/// # Errors
/// Where the bytes are something else.
pub fn from_frame<'a, T: Decode<'a, ()>>(frame: &'a [u8]) -> Result<T, NotAFrame> {
    minicbor::decode(frame).map_err(|_| NotAFrame)
}

/// Longest word: who takes part in a large event.
pub const WORD_BYTES_MAX: usize = BYTES_MAX;

/// The stretches of a welcome, checked.
///
/// # Errors
/// Where one of them is not what its station signed.
pub fn control_of(
    event: EventId,
    control: &[minicbor::bytes::ByteVec],
) -> Result<Vec<Verified>, NotAFrame> {
    let read = |bytes: &minicbor::bytes::ByteVec| {
        let stretch = Stretch::from_bytes(event, bytes)?.ok_or(NotAFrame)?;
        stretch.verify().map_err(|_| NotAFrame)
    };
    control.iter().map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::Seeded;
    use proptest::prelude::*;

    fn ticket() -> Ticket {
        Ticket {
            event: EventId([7; 16]),
            issuer: StationKey([8; 32]),
            secret: [9; 16],
            addresses: vec![
                "192.168.1.20:4711".parse().unwrap(),
                "[fd00::1]:4712".parse().unwrap(),
            ],
        }
    }

    #[test]
    fn tickets_round_trip_however_they_are_written() {
        let text = ticket().to_string();
        assert_eq!(text.parse(), Ok(ticket()));
        let spaced: String = text.to_lowercase().chars().flat_map(|c| [c, ' ']).collect();
        assert_eq!(spaced.parse(), Ok(ticket()));
        assert!(text.len() < 200 && text.chars().all(|c| c.is_ascii_alphanumeric()), "{text}");
    }

    #[test]
    fn a_wrong_letter_is_noticed() {
        let text = ticket().to_string();
        assert_eq!("https://example.org".parse::<Ticket>(), Err(BadTicket::Other));
        let torn: String = text.chars().take(text.len() - 3).collect();
        assert_eq!(torn.parse::<Ticket>(), Err(BadTicket::Damaged));
        let other = |letter| if letter == 'A' { 'B' } else { 'A' };
        let letters = text.chars().enumerate();
        let wrong: String = letters.map(|(at, c)| if at == 30 { other(c) } else { c }).collect();
        assert_eq!(wrong.parse::<Ticket>(), Err(BadTicket::Damaged));
    }

    #[test]
    fn only_who_has_the_ticket_proves_it() {
        let (ticket, own) = (ticket(), StationKey([1; 32]));
        let ask = Ask::new(&ticket, own, [2; 32], "door 3", &mut Seeded::new(1));
        assert!(ask.is_of(&ticket.secret, ticket.event, ticket.issuer, own));
        assert!(!ask.is_of(&[0; 16], ticket.event, ticket.issuer, own));
        assert!(!ask.is_of(&ticket.secret, ticket.event, ticket.issuer, StationKey([3; 32])));
        assert!(!ask.is_of(&ticket.secret, EventId([0; 16]), ticket.issuer, own));
        assert_eq!(from_frame::<Ask>(&to_frame(&ask)[4..]), Ok(ask));
    }

    #[test]
    fn digits_are_six_and_follow_from_both_sides() {
        let of = |joiner, nonce| {
            digits(
                EventId([7; 16]),
                StationKey([8; 32]),
                StationKey([joiner; 32]),
                &[1; 16],
                &nonce,
            )
        };
        let first = of(1, [2; 16]);
        assert_eq!(first.len(), 6);
        assert_ne!(first, of(2, [2; 16]));
        assert_ne!(first, of(1, [3; 16]));
    }

    proptest! {
        #[test]
        fn no_text_is_too_strange(text in ".{0,200}", bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = text.parse::<Ticket>();
            let _ = format!("{PREFIX}{}", base32(&bytes)).parse::<Ticket>();
            let _ = from_frame::<Say>(&bytes);
            prop_assert_eq!(from_base32(&base32(&bytes)), Some(bytes));
        }
    }
}
