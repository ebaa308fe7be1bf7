//! The store as the engine sees it.

use super::ingest::LOGS_MAX;
use super::{LogRow, Store, StoreError, record_key};
use crate::control::{Members, Told};
use crate::entropy::Entropy;
use crate::id::{Epoch, EventId, StationKey, hash32};
use crate::keys::SecretKey;
use crate::record::Record;
use crate::replica::{Ingested, LogHead, Replica, ReplicaProblem};
use crate::stretch::{RECORDS_MAX, Stretch, Verified};
use domain::access::Space;
use domain::id::LogId;
use std::collections::BTreeMap;

impl From<StoreError> for ReplicaProblem {
    fn from(problem: StoreError) -> Self {
        Self(problem.to_string())
    }
}

impl Replica for Store {
    fn event(&self) -> EventId {
        self.event
    }

    fn key(&self) -> &SecretKey {
        &self.station
    }

    fn epoch(&self) -> Epoch {
        self.epoch
    }

    fn members(&self) -> &Members {
        &self.members
    }

    fn told(&self) -> &[Told] {
        &self.told
    }

    fn heads(&self) -> &BTreeMap<LogId, LogHead> {
        &self.heads
    }

    fn space_digest(&self, space: Space) -> [u8; 32] {
        let known = self.digests.borrow().get(&space).copied();
        known.unwrap_or_else(|| {
            let digest = digest_of(&self.heads, space);
            self.digests.borrow_mut().insert(space, digest);
            digest
        })
    }

    fn stretch(&self, log: LogId, from: u64) -> Result<Option<Stretch>, ReplicaProblem> {
        Ok(self.at_once(|| self.read_stretch(log, from))?)
    }

    fn ingest(
        &mut self,
        stretches: &[Verified],
        now: i64,
        entropy: &mut dyn Entropy,
    ) -> Result<Ingested, ReplicaProblem> {
        Ok(self.take_in(stretches, now, entropy)?)
    }
}

/// The digest of a space, as `docs/PROTOCOL.md` has it. A station with as many logs in it as are kept may have others
/// elsewhere: none of them counts, so that all others still agree. The same of its logs of a single record.
pub(super) fn digest_of(heads: &BTreeMap<LogId, LogHead>, space: Space) -> [u8; 32] {
    let of_space = || heads.iter().filter(|(_, head)| head.name.space == space);
    let sort = |head: &LogHead| (head.name.station, head.seq == head.base + 1);
    let mut logs: BTreeMap<(StationKey, bool), usize> = BTreeMap::new();
    of_space().for_each(|(_, head)| *logs.entry(sort(head)).or_default() += 1);
    let counts = |head: &LogHead| logs.get(&sort(head)).is_none_or(|many| *many < LOGS_MAX);
    let heads = of_space().filter(|(_, head)| counts(head));
    let parts: Vec<Vec<u8>> = heads
        .map(|(log, head)| [log.bytes().as_slice(), &head.seq.to_le_bytes(), &head.hash].concat())
        .collect();
    let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
    hash32("lanyard root 1", &parts)
}

impl Store {
    /// Reads several things in one transaction: each on its own would lock the file anew, which took most of the time.
    fn at_once<T>(&self, read: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
        if !self.db.is_autocommit() {
            return read();
        }
        self.db.prepare_cached("BEGIN")?.execute([])?;
        let done = read();
        // A disk that fails may have ended the transaction already.
        if !self.db.is_autocommit() {
            self.db.prepare_cached("COMMIT")?.execute([])?;
        }
        done
    }

    /// Records from a position on to the next signature.
    fn read_stretch(&self, log: LogId, from: u64) -> Result<Option<Stretch>, StoreError> {
        let Some(mut row) = self.numbers.get(&log).and_then(|no| self.logs.get(no)) else {
            return Ok(None);
        };
        let first = from.max(row.base + 1);
        if first > row.seq {
            return Ok(None);
        }
        let prev = self.hash_before(row, first)?;
        let (name, mut records, mut seq) = (row.name.clone(), Vec::new(), first);
        loop {
            if seq > row.seq {
                // The log was cut at a fork, where nobody signed: a branch goes on to the next signature.
                let child = self.logs.values().find(|other| {
                    other.is_branch() && other.base == row.seq && other.base_hash == row.hash
                });
                let Some(child) = child else { return Ok(None) };
                row = child;
            }
            let Some(record) = self.record(row.no, seq)? else {
                let what = format!("record {seq} of log {} is missing", row.id);
                return Err(StoreError::Damaged(what));
            };
            records.push(record);
            let signature = self.signature_at(row, seq)?;
            if let Some(signature) = signature {
                return Ok(Some(Stretch { name, first, prev, records, signature }));
            }
            if records.len() >= RECORDS_MAX {
                return Ok(None);
            }
            seq += 1;
        }
    }

    fn signature_at(&self, row: &LogRow, seq: u64) -> Result<Option<[u8; 64]>, StoreError> {
        if seq == row.seq {
            let signature = self.head_signature(row)?;
            return Ok(Some(signature).filter(|signature| *signature != [0; 64]));
        }
        self.checkpoint(row.no, seq)
    }

    /// The signature of a log's head, from the file: own logs grow without their rows being read again.
    pub(super) fn head_signature(&self, row: &LogRow) -> Result<[u8; 64], StoreError> {
        let mut select = self.db.prepare_cached("SELECT signature FROM log WHERE no = ?")?;
        Ok(select.query_row([row.no], |found| found.get(0))?)
    }

    fn hash_before(&self, row: &LogRow, seq: u64) -> Result<[u8; 32], StoreError> {
        match seq - 1 {
            before if before == row.base => Ok(row.base_hash),
            before => self.hash_at(row, before),
        }
    }

    /// The hash of a record: from the nearest signature before it that was kept with its hash.
    pub(super) fn hash_at(&self, row: &LogRow, seq: u64) -> Result<[u8; 32], StoreError> {
        if seq == row.seq {
            return Ok(row.hash);
        }
        let sql = "SELECT key, hash FROM checkpoint
                   WHERE key > ? AND key <= ? AND hash IS NOT NULL ORDER BY key DESC LIMIT 1";
        let mut select = self.db.prepare_cached(sql)?;
        let range = [record_key(row.no, row.base), record_key(row.no, seq)];
        let nearest = select
            .query_map(range, |found| Ok((found.get::<_, i64>(0)?, found.get::<_, [u8; 32]>(1)?)))?
            .next()
            .transpose()?;
        let (mut at, mut hash) =
            nearest.map_or((row.base, row.base_hash), |(key, hash)| (super::place_of(key).1, hash));
        let sql = "SELECT bytes FROM record WHERE key > ? AND key <= ? ORDER BY key";
        let mut select = self.db.prepare_cached(sql)?;
        let mut rows = select.query([record_key(row.no, at), record_key(row.no, seq)])?;
        let log = row.name.id();
        while let Some(found) = rows.next()? {
            at += 1;
            let bytes = found.get_ref(0)?.as_blob().unwrap_or_default();
            let record = Record::from_bytes(bytes)
                .map_err(|_| StoreError::Damaged(format!("record {at} of log {log}")))?;
            hash = record.hash(log, at, &hash);
        }
        Ok(hash)
    }

    /// Notes how a log is now, in all that is kept of it in memory.
    pub(super) fn note_log(&mut self, log: LogRow) {
        if log.seq > log.base {
            self.heads.insert(log.id, log.head());
        } else {
            self.heads.remove(&log.id);
        }
        self.digests.borrow_mut().remove(&log.name.space);
        self.numbers.insert(log.id, log.no);
        self.parts.entry(log.name.id()).or_default().insert(log.no);
        self.logs.insert(log.no, log);
    }

    /// Reads anew how far the logs go.
    pub(super) fn note_logs(&mut self, logs: BTreeMap<i64, LogRow>) {
        self.logs.clear();
        self.heads.clear();
        self.numbers.clear();
        self.parts.clear();
        self.digests.borrow_mut().clear();
        logs.into_values().for_each(|log| self.note_log(log));
    }
}
