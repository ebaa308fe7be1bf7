//! What the `control` space says: which station is what, and which stations may open a space.

use crate::id::StationKey;
use crate::wire::whole;
use domain::access::Role;
use minicbor::{Decode, Encode};

/// Says that a key is a station of the event, in a log of whoever may issue such.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Certificate {
    /// Ed25519 public key of the station.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub station: [u8; 32],
    /// Name, as shown at doors.
    #[n(1)]
    pub name: String,
    /// Role.
    #[n(2)]
    pub role: Role,
    /// The exhibitor, of a booth.
    #[n(3)]
    pub exhibitor: Option<String>,
    /// Whether it may issue certificates in turn.
    #[n(4)]
    pub may_issue: bool,
    /// When it was given first, by the issuer's clock, in milliseconds since 1970 UTC. Nothing is judged by it.
    #[n(5)]
    pub not_before: i64,
    /// Until when, if there is an end. Ends sessions, never records.
    #[n(6)]
    pub not_after: Option<i64>,
    /// X25519 public key that space keys are wrapped to.
    #[cbor(n(7), with = "minicbor::bytes")]
    pub box_key: [u8; 32],
    /// Counts the certificates of one station; absent: 0. The highest holds.
    #[n(8)]
    pub serial: Option<u64>,
    /// The gate that it is to stand at.
    #[n(9)]
    pub gate: Option<String>,
}

/// Shuts a station out.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Revocation {
    /// Ed25519 public key of the station.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub station: [u8; 32],
    /// How far each of its logs still has effect; one that is not named: not at all.
    #[n(1)]
    pub cuts: Vec<Cut>,
}

/// How far a log has effect.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Cut {
    /// The log.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub log: [u8; 16],
    /// Its last record with effect.
    #[n(1)]
    pub seq: u64,
    /// Hash of that record.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub hash: [u8; 32],
}

impl Revocation {
    /// Reads a revocation from the body of its record.
    ///
    /// # Errors
    /// Where the bytes are something else.
    pub fn from_cbor(body: &[u8]) -> Result<Self, minicbor::decode::Error> {
        whole(body)
    }

    /// The station it speaks of.
    #[must_use]
    pub const fn key(&self) -> StationKey {
        StationKey(self.station)
    }
}

impl Certificate {
    /// Reads a certificate from the body of its record.
    ///
    /// # Errors
    /// Where the bytes are something else.
    pub fn from_cbor(body: &[u8]) -> Result<Self, minicbor::decode::Error> {
        whole(body)
    }

    /// The station it speaks of.
    #[must_use]
    pub const fn key(&self) -> StationKey {
        StationKey(self.station)
    }
}

/// The key of a space, for each station that may have it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct WrappedKey {
    /// Name of the space.
    #[n(0)]
    pub space: String,
    /// Id of the key.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub key: [u8; 16],
    /// One wrapping a station.
    #[n(2)]
    pub to: Vec<Wrapping>,
}

/// A space's key for one station.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Wrapping {
    /// Ed25519 public key of the station.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub station: [u8; 32],
    /// One-time public key and ciphertext.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub wrapped: Vec<u8>,
}
