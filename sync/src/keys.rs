//! Keys: a station signs with its own, spaces are sealed with theirs, and a space's key is wrapped to stations.

use crate::entropy::{Entropy, random};
use crate::id::{StationKey, hash16, hash32};
use crate::record::BODY_BYTES_MAX;
use crate::wire::{Reader, put_varint};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use domain::id::LogId;
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use std::fmt;
use x25519_dalek::{PublicKey, StaticSecret};

/// A key pair that signs, made from 32 secret bytes.
#[derive(Clone)]
pub struct SecretKey(SigningKey);

impl SecretKey {
    /// The pair of these secret bytes.
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(seed))
    }

    /// A new pair.
    pub fn generate(entropy: &mut dyn Entropy) -> Self {
        Self::from_seed(&random(entropy))
    }

    /// The secret bytes.
    #[must_use]
    pub fn seed(&self) -> [u8; 32] {
        self.0.to_bytes()
    }

    /// The public half.
    #[must_use]
    pub fn public(&self) -> StationKey {
        StationKey(self.0.verifying_key().to_bytes())
    }

    /// Signs the head of a log.
    #[must_use]
    pub fn sign_head(&self, head: &Head) -> [u8; 64] {
        self.0.sign(&head.message()).to_bytes()
    }

    /// Signs other words than heads; `label` says which, so that none stands for another.
    #[must_use]
    pub fn sign_word(&self, label: &str, parts: &[&[u8]]) -> [u8; 64] {
        self.0.sign(&word(label, parts)).to_bytes()
    }

    /// The public key that others wrap space keys to.
    #[must_use]
    pub fn box_public(&self) -> [u8; 32] {
        PublicKey::from(&self.box_secret()).to_bytes()
    }

    fn box_secret(&self) -> StaticSecret {
        StaticSecret::from(hash32("lanyard box 1", &[&self.seed()]))
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretKey({})", self.public())
    }
}

/// What a station signs: how far a log goes and what its last record is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// The log.
    pub log: LogId,
    /// Number of records.
    pub seq: u64,
    /// Hash of the last record.
    pub hash: [u8; 32],
}

impl Head {
    fn message(&self) -> Vec<u8> {
        let parts: [&[u8]; 4] =
            [b"lanyard head 1\0", self.log.bytes(), &self.seq.to_le_bytes(), &self.hash];
        parts.concat()
    }

    /// Whether `station` signed this.
    #[must_use]
    pub fn is_signed_by(&self, station: &StationKey, signature: &[u8; 64]) -> bool {
        VerifyingKey::from_bytes(&station.0).is_ok_and(|key| {
            key.verify_strict(&self.message(), &Signature::from_bytes(signature)).is_ok()
        })
    }
}

fn word(label: &str, parts: &[&[u8]]) -> Vec<u8> {
    let label: [&[u8]; 2] = [label.as_bytes(), b"\0"];
    label.iter().chain(parts).copied().flatten().copied().collect()
}

impl StationKey {
    /// Whether this station signed those words.
    #[must_use]
    pub fn signed_word(&self, label: &str, parts: &[&[u8]], signature: &[u8; 64]) -> bool {
        VerifyingKey::from_bytes(&self.0).is_ok_and(|key| {
            key.verify_strict(&word(label, parts), &Signature::from_bytes(signature)).is_ok()
        })
    }
}

/// The key of a space.
#[derive(Clone, PartialEq, Eq)]
pub struct SpaceKey(pub [u8; 32]);

impl fmt::Debug for SpaceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SpaceKey({})", crate::id::hex(&self.id()))
    }
}

/// Bytes that this key does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this key does not open these bytes")]
pub struct CannotOpen;

impl SpaceKey {
    /// The id by which records name it.
    #[must_use]
    pub fn id(&self) -> [u8; 16] {
        hash16("lanyard space key 1", &[&self.0])
    }

    /// Seals a body for its place in a log: 24 bytes of nonce, then the ciphertext.
    pub fn seal(&self, log: LogId, seq: u64, body: &[u8], entropy: &mut dyn Entropy) -> Vec<u8> {
        let nonce: [u8; 24] = random(entropy);
        let packed = pack(body);
        let place = [log.bytes().as_slice(), &seq.to_le_bytes()].concat();
        let payload = Payload { msg: &packed, aad: &place };
        let cipher = XChaCha20Poly1305::new(&Key::from(self.0));
        // The cipher refuses only bodies of 256 GiB.
        let sealed = cipher.encrypt(&XNonce::from(nonce), payload).unwrap_or_default();
        [nonce.as_slice(), &sealed].concat()
    }

    /// Opens what [`SpaceKey::seal`] sealed for the same place.
    ///
    /// # Errors
    /// Where the key, the place or the bytes are others.
    pub fn open(&self, log: LogId, seq: u64, sealed: &[u8]) -> Result<Vec<u8>, CannotOpen> {
        let (nonce, ciphertext) = sealed.split_first_chunk::<24>().ok_or(CannotOpen)?;
        let place = [log.bytes().as_slice(), &seq.to_le_bytes()].concat();
        let payload = Payload { msg: ciphertext, aad: &place };
        let cipher = XChaCha20Poly1305::new(&Key::from(self.0));
        let packed = cipher.decrypt(&XNonce::from(*nonce), payload).map_err(|_| CannotOpen)?;
        unpack(&packed).ok_or(CannotOpen)
    }

    /// Wraps the key to a station: 32 bytes of a one-time public key, then 48 of ciphertext.
    pub fn wrap(&self, recipient: &[u8; 32], entropy: &mut dyn Entropy) -> Vec<u8> {
        let once = StaticSecret::from(random::<32>(entropy));
        let once_public = PublicKey::from(&once).to_bytes();
        let shared = once.diffie_hellman(&PublicKey::from(*recipient)).to_bytes();
        let key = hash32("lanyard wrap 1", &[&shared, &once_public, recipient]);
        let cipher = XChaCha20Poly1305::new(&Key::from(key));
        let nonce = XNonce::from([0; 24]); // each wrapping key is used once
        let wrapped = cipher.encrypt(&nonce, self.0.as_slice()).unwrap_or_default();
        [once_public.as_slice(), &wrapped].concat()
    }

    /// Unwraps a key that was wrapped to this station.
    ///
    /// # Errors
    /// Where it was wrapped to another, or the bytes are damaged.
    pub fn unwrap(station: &SecretKey, wrapped: &[u8]) -> Result<Self, CannotOpen> {
        let (once_public, ciphertext) = wrapped.split_first_chunk::<32>().ok_or(CannotOpen)?;
        let shared = station.box_secret().diffie_hellman(&PublicKey::from(*once_public)).to_bytes();
        let key = hash32("lanyard wrap 1", &[&shared, once_public, &station.box_public()]);
        let cipher = XChaCha20Poly1305::new(&Key::from(key));
        let bytes = cipher.decrypt(&XNonce::from([0; 24]), ciphertext).map_err(|_| CannotOpen)?;
        bytes.try_into().map(Self).map_err(|_| CannotOpen)
    }
}

/// How a sealed body is packed, its first byte.
const AS_IS: u8 = 0;
const PACKED: u8 = 1;
/// Shorter bodies are sealed as they are: what single corrections say gains nothing.
const PACKED_FROM: usize = 300;
/// How hard zstd tries: more gained nothing.
const LEVEL: i32 = 3;

/// Ciphertext cannot be packed on the way any more.
fn pack(body: &[u8]) -> Vec<u8> {
    let zipped = (body.len() >= PACKED_FROM).then(|| zstd::bulk::compress(body, LEVEL).ok());
    match zipped.flatten().filter(|zipped| zipped.len() + 4 < body.len()) {
        Some(zipped) => {
            let mut packed = vec![PACKED];
            put_varint(&mut packed, body.len() as u64);
            packed.extend_from_slice(&zipped);
            packed
        }
        None => [&[AS_IS], body].concat(),
    }
}

fn unpack(packed: &[u8]) -> Option<Vec<u8>> {
    match packed.split_first()? {
        (&AS_IS, body) => Some(body.to_vec()),
        (&PACKED, rest) => {
            let mut rest = Reader::new(rest);
            let length = usize::try_from(rest.varint().ok()?).ok()?;
            // A length that is a lie takes no memory.
            let length = Some(length).filter(|length| *length <= BODY_BYTES_MAX)?;
            let body = zstd::bulk::decompress(rest.rest(), length).ok()?;
            (body.len() == length).then_some(body)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::Seeded;

    #[test]
    fn a_sealed_body_opens_only_in_its_place() {
        let mut entropy = Seeded::new(1);
        let key = SpaceKey(random(&mut entropy));
        let log = LogId::new([5; 16]);
        let sealed = key.seal(log, 7, b"T-1001", &mut entropy);
        assert_eq!(key.open(log, 7, &sealed).as_deref(), Ok(b"T-1001".as_slice()));
        assert_eq!(key.open(log, 8, &sealed), Err(CannotOpen));
        assert_eq!(key.open(LogId::new([6; 16]), 7, &sealed), Err(CannotOpen));
        assert_eq!(SpaceKey(random(&mut entropy)).open(log, 7, &sealed), Err(CannotOpen));
        assert_eq!(key.open(log, 7, &[]), Err(CannotOpen));
        assert!(!sealed.windows(6).any(|bytes| bytes == b"T-1001"));
    }

    #[test]
    fn a_long_body_is_packed_before_it_is_sealed() {
        let mut entropy = Seeded::new(1);
        let (key, log) = (SpaceKey(random(&mut entropy)), LogId::new([5; 16]));
        for length in [0, 299, 300, 5_000, BODY_BYTES_MAX] {
            let body = b"person 17 at example.org ".repeat(length / 25 + 1);
            let body = body.get(..length).unwrap();
            let sealed = key.seal(log, 7, body, &mut entropy);
            assert_eq!(key.open(log, 7, &sealed).as_deref(), Ok(body));
            assert_eq!(sealed.len() < length, length >= PACKED_FROM, "{length}");
        }
        let random: Vec<u8> = (0..50).flat_map(|_| random::<16>(&mut entropy)).collect();
        let sealed = key.seal(log, 7, &random, &mut entropy);
        assert_eq!(key.open(log, 7, &sealed), Ok(random));
    }

    #[test]
    fn what_is_packed_wrongly_is_refused() {
        let good = pack(&[7; 5_000]);
        assert_eq!(unpack(&good), Some(vec![7; 5_000]));
        let rest = good.get(3..).unwrap();
        let more_than_may_be: [u8; 4] = [0xff, 0xff, 0xff, 0x7f];
        for bad in [
            vec![],
            vec![2, 1],
            vec![PACKED],
            [&[PACKED], more_than_may_be.as_slice(), rest].concat(),
            // Shorter and longer than it says.
            [&[PACKED, 0x89, 0x27], rest].concat(),
            [&[PACKED, 0x87, 0x27], rest].concat(),
            good.get(..good.len() - 1).unwrap().to_vec(),
        ] {
            assert_eq!(unpack(&bad), None, "{bad:?}");
        }
    }

    #[test]
    fn a_key_unwraps_only_for_its_station() {
        let mut entropy = Seeded::new(2);
        let (ours, other) = (SecretKey::generate(&mut entropy), SecretKey::generate(&mut entropy));
        let key = SpaceKey(random(&mut entropy));
        let wrapped = key.wrap(&ours.box_public(), &mut entropy);
        assert_eq!(SpaceKey::unwrap(&ours, &wrapped), Ok(key));
        assert_eq!(SpaceKey::unwrap(&other, &wrapped), Err(CannotOpen));
    }

    #[test]
    fn a_head_is_its_stations_only() {
        let mut entropy = Seeded::new(3);
        let (ours, other) = (SecretKey::generate(&mut entropy), SecretKey::generate(&mut entropy));
        let head = Head { log: LogId::new([1; 16]), seq: 4, hash: [2; 32] };
        let signature = ours.sign_head(&head);
        assert!(head.is_signed_by(&ours.public(), &signature));
        assert!(!head.is_signed_by(&other.public(), &signature));
        assert!(!Head { seq: 5, ..head }.is_signed_by(&ours.public(), &signature));
    }
}
