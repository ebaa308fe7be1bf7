//! Who takes part: reading it from `control`, letting stations in, shutting them out, and joining as a new one.

use super::append::Batch;
use super::open::to_cbor;
use super::{Installation, LogRow, Store, StoreError};
use crate::certificate::{Certificate, Cut, Revocation, WrappedKey, Wrapping};
use crate::control::{Members, Told, Word};
use crate::entropy::Entropy;
use crate::id::StationKey;
use crate::keys::SecretKey;
use crate::stretch::Verified;
use domain::access::{Hold, Kind, Role, Space, holds};
use std::path::Path;

/// A station that is let in, or is to be another from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admission {
    /// Its key.
    pub station: StationKey,
    /// Its X25519 key, that space keys are wrapped to.
    pub box_key: [u8; 32],
    /// Its name.
    pub name: String,
    /// Its role.
    pub role: Role,
    /// The exhibitor, of a booth.
    pub exhibitor: Option<String>,
    /// The gate that it is to stand at.
    pub gate: Option<String>,
    /// Whether it may let others in in turn.
    pub may_issue: bool,
    /// Until when sessions are held with it, in milliseconds since 1970 UTC.
    pub not_after: Option<i64>,
}

/// What a new station is given by the one that let it in.
#[derive(Debug)]
pub struct Joining<'a> {
    /// The event's root public key.
    pub root: StationKey,
    /// The new station's key.
    pub station: &'a SecretKey,
    /// The logs that say who takes part, the new station included.
    pub control: &'a [Verified],
    /// Where the file lies.
    pub installation: Installation,
}

impl Store {
    /// Makes the store of a station that was let into an event.
    ///
    /// # Errors
    /// Where the file cannot be made, or nobody let the station in.
    pub fn join(
        path: &Path,
        joining: &Joining<'_>,
        now: i64,
        entropy: &mut dyn Entropy,
    ) -> Result<Self, StoreError> {
        let Joining { root, station, control, installation } = joining;
        let mut store = Self::make(path, *root, station, *installation, entropy)?;
        store.take_in(control, now, entropy)?;
        if store.members.role(&station.public()).is_none() {
            return Err(StoreError::NotAllowed("this event"));
        }
        // From here on the same as any other start.
        drop(store);
        Self::open(path, station, *installation, entropy)
    }

    /// Lets a station in: its certificate, and the keys of the spaces that it reads.
    ///
    /// # Errors
    /// Where this station may not, or the store fails.
    pub fn admit(
        &mut self,
        admission: &Admission,
        now: i64,
        entropy: &mut dyn Entropy,
    ) -> Result<(), StoreError> {
        let own = self.station();
        if !self.members.may_issue(&own) || self.members.is_revoked(&admission.station) {
            return Err(StoreError::NotAllowed("certificates"));
        }
        let known = self.members.certificate(&admission.station);
        let serial = known.map_or(0, |known| known.serial.unwrap_or(0) + 1);
        let certificate = Certificate {
            station: admission.station.0,
            name: admission.name.clone(),
            role: admission.role,
            exhibitor: admission.exhibitor.clone(),
            may_issue: admission.may_issue,
            not_before: known.map_or(now, |known| known.not_before),
            not_after: admission.not_after,
            box_key: admission.box_key,
            serial: Some(serial).filter(|serial| *serial > 0),
            gate: admission.gate.clone(),
        };
        let body = to_cbor(&certificate);
        self.write(now, entropy, |batch| {
            batch.append(Space::Control, Kind::CERTIFICATE, None, &body)?;
            give_known_keys(batch, admission)
        })
    }

    /// Shuts a station out. What of it this one holds keeps its effect, what comes later has none but presence.
    ///
    /// # Errors
    /// Where this station may not: only the root key shuts out who may issue.
    pub fn revoke(
        &mut self,
        station: StationKey,
        now: i64,
        entropy: &mut dyn Entropy,
    ) -> Result<(), StoreError> {
        let own = self.station();
        if !self.members.may_issue(&own) || self.members.may_issue(&station) || own == station {
            return Err(StoreError::NotAllowed("revocations of that station"));
        }
        let body = to_cbor(&self.cuts(station));
        self.write(now, entropy, |batch| {
            batch.append(Space::Control, Kind::REVOCATION, None, &body).map(|_| ())
        })
    }

    /// Shuts any station out, by the event's root key.
    ///
    /// # Errors
    /// Where the key is not that of the event, or the store fails.
    pub fn revoke_by_root(
        &mut self,
        root: &SecretKey,
        station: StationKey,
        now: i64,
        entropy: &mut dyn Entropy,
    ) -> Result<(), StoreError> {
        if root.public() != self.root {
            return Err(StoreError::NotAllowed("a root key of another event"));
        }
        let body = to_cbor(&self.cuts(station));
        self.write_as(root, now, entropy, |batch| {
            batch.append(Space::Control, Kind::REVOCATION, None, &body).map(|_| ())
        })
    }

    fn cuts(&self, station: StationKey) -> Revocation {
        let logs = self.logs.values().filter(|log| log.name.station == station && log.seq > 0);
        let cut = |log: &LogRow| Cut { log: *log.id.bytes(), seq: log.seq, hash: log.hash };
        let cuts = logs.filter(|log| !log.is_branch()).map(cut).collect();
        Revocation { station: station.0, cuts }
    }

    /// Folds anew who takes part.
    pub(super) fn load_members(&mut self) -> Result<(), StoreError> {
        let mut told = Vec::new();
        for log in self.logs.values().filter(|log| log.name.space == Space::Control) {
            let (by, id, doubtful) = (log.name.station, log.name.id(), log.is_branch());
            self.each_record(log, |seq, record| {
                let word = record.body.bytes().and_then(|body| Word::read(record.kind, body));
                told.extend(word.map(|word| Told {
                    by,
                    log: id,
                    seq,
                    hlc: record.hlc,
                    doubtful,
                    word,
                }));
                Ok(())
            })?;
        }
        self.members = Members::fold(self.root, &told);
        self.told = told;
        Ok(())
    }
}

/// Wraps to a station the keys that it needs and this one has.
fn give_known_keys(batch: &mut Batch<'_>, admission: &Admission) -> Result<(), StoreError> {
    let store = batch.store();
    for space in [Space::Roster, Space::Contact] {
        if holds(admission.role, space) != Some(Hold::Read) {
            continue;
        }
        let Some(key) = store.space_keys.get(&space) else { continue };
        let wrapped = key.wrap(&admission.box_key, batch.entropy());
        let to = vec![Wrapping { station: admission.station.0, wrapped }];
        let given = WrappedKey { space: space.as_str().to_owned(), key: key.id(), to };
        batch.append(Space::Control, Kind::SPACE_KEY, None, &to_cbor(&given))?;
    }
    Ok(())
}
