//! Reading records: logs, facts, settings, and the bodies of documents.

use super::{Store, StoreError, person_no, place_of, record_key};
use crate::id::{Epoch, LogName, StationKey};
use crate::record::{DocRef, Record};
use domain::access::Kind;
use domain::access::Space;
use domain::fact::{Fact, Placed};
use domain::id::{AttendeeId, LogId, RecordRef};
use rusqlite::{OptionalExtension, params};
use std::collections::BTreeMap;

/// A log as the store has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogRow {
    /// Its number in this file.
    pub no: i64,
    /// Its id.
    pub id: LogId,
    /// What the id is derived from.
    pub name: LogName,
    /// Number of records.
    pub seq: u64,
    /// Hash of the last record.
    pub hash: [u8; 32],
    /// The station's signature over that, as it was when the logs were read.
    pub signature: [u8; 64],
}

/// A change of a document, as a record brought it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeRow {
    /// Its author.
    pub station: StationKey,
    /// The author's clock.
    pub hlc: u64,
    /// The change, opened.
    pub body: Vec<u8>,
}

impl Store {
    /// The logs, by their numbers in this file.
    #[must_use]
    pub const fn logs(&self) -> &BTreeMap<i64, LogRow> {
        &self.logs
    }

    pub(super) fn read_logs(&self) -> Result<BTreeMap<i64, LogRow>, StoreError> {
        let sql = "SELECT no, id, space, station, epoch, seq, hash, signature FROM log ORDER BY no";
        let mut statement = self.db.prepare_cached(sql)?;
        let mut rows = statement.query([])?;
        let mut logs = BTreeMap::new();
        while let Some(row) = rows.next()? {
            let no: i64 = row.get(0)?;
            let space: String = row.get(2)?;
            let damaged = || StoreError::Damaged(format!("log {no} cannot be read"));
            let name = LogName {
                event: self.event,
                space: Space::from_name(&space).ok_or_else(damaged)?,
                station: StationKey(row.get(3).map_err(|_| damaged())?),
                epoch: Epoch(row.get::<_, i64>(4)?.cast_unsigned()),
            };
            let log = LogRow {
                no,
                id: LogId::new(row.get(1).map_err(|_| damaged())?),
                name,
                seq: u64::try_from(row.get::<_, i64>(5)?).map_err(|_| damaged())?,
                hash: row.get(6).map_err(|_| damaged())?,
                signature: row.get(7).map_err(|_| damaged())?,
            };
            logs.insert(no, log);
        }
        Ok(logs)
    }

    /// One record by its place.
    pub(super) fn record(&self, log_no: i64, seq: u64) -> Result<Option<Record>, StoreError> {
        let mut statement = self.db.prepare_cached("SELECT bytes FROM record WHERE key = ?")?;
        let key = record_key(log_no, seq);
        let bytes: Option<Vec<u8>> = statement.query_row([key], |row| row.get(0)).optional()?;
        bytes.map(|bytes| parse(key, &bytes)).transpose()
    }

    /// The record that a reference names; none where this replica does not have it.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn find(&self, at: RecordRef) -> Result<Option<Record>, StoreError> {
        let Some(log) = self.logs.values().find(|log| log.id == at.log) else {
            return Ok(None);
        };
        if at.seq == 0 || at.seq > log.seq { Ok(None) } else { self.record(log.no, at.seq) }
    }

    /// The log of that id.
    #[must_use]
    pub fn log(&self, id: LogId) -> Option<&LogRow> {
        self.logs.values().find(|log| log.id == id)
    }

    pub(super) fn records_of(&self, log: &LogRow, kind: Kind) -> Result<Vec<Record>, StoreError> {
        let mut records = Vec::new();
        self.each_record(log, |_, record| {
            if record.kind == kind {
                records.push(record);
            }
            Ok(())
        })?;
        Ok(records)
    }

    /// Calls `each` with every record of a log, in order, up to its head.
    pub(super) fn each_record(
        &self,
        log: &LogRow,
        mut each: impl FnMut(u64, Record) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let sql = "SELECT key, bytes FROM record WHERE key BETWEEN ? AND ? ORDER BY key";
        let mut statement = self.db.prepare_cached(sql)?;
        let mut rows = statement.query([record_key(log.no, 1), record_key(log.no, log.seq)])?;
        while let Some(row) = rows.next()? {
            let key: i64 = row.get(0)?;
            each(place_of(key).1, parse(key, row.get_ref(1)?.as_blob().unwrap_or_default())?)?;
        }
        Ok(())
    }

    /// The facts about one person.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn facts_of(&self, person: AttendeeId) -> Result<Vec<Placed>, StoreError> {
        let sql =
            "SELECT record.key, record.bytes FROM fact JOIN record ON record.key = fact.record
                   WHERE fact.person = ? ORDER BY record.key";
        let mut statement = self.db.prepare_cached(sql)?;
        let mut rows = statement.query([person_no(person)])?;
        let mut facts = Vec::new();
        while let Some(row) = rows.next()? {
            let key: i64 = row.get(0)?;
            let record = parse(key, row.get_ref(1)?.as_blob().unwrap_or_default())?;
            let Some(placed) = self.placed(key, &record) else {
                continue;
            };
            if placed.fact.attendee() == Some(person) {
                facts.push(placed);
            }
        }
        Ok(facts)
    }

    /// All facts of attendance.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn facts(&self) -> Result<Vec<Placed>, StoreError> {
        let mut facts = Vec::new();
        for log in self.logs.values().filter(|log| log.name.space == Space::Attendance) {
            self.each_record(log, |seq, record| {
                facts.extend(self.placed(record_key(log.no, seq), &record));
                Ok(())
            })?;
        }
        Ok(facts)
    }

    /// The latest facts, newest first; those before `before`, where it is given.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn latest_facts(
        &self,
        limit: usize,
        before: Option<RecordRef>,
    ) -> Result<Vec<Placed>, StoreError> {
        let edge = match before {
            Some(at) => self.find(at)?.map(|record| (record.hlc, at)),
            None => None,
        };
        let sql = "SELECT key, bytes FROM record WHERE key BETWEEN ? AND ? ORDER BY key DESC";
        let mut statement = self.db.prepare_cached(sql)?;
        let mut latest = Vec::new();
        for log in self.logs.values().filter(|log| log.name.space == Space::Attendance) {
            let (mut taken, mut end) = (0, log.seq);
            if let Some((_, at)) = edge.filter(|(_, at)| at.log == log.id) {
                end = at.seq.saturating_sub(1);
            }
            let mut rows = statement.query([record_key(log.no, 1), record_key(log.no, end)])?;
            while let Some(row) = rows.next()?.filter(|_| taken < limit) {
                let key: i64 = row.get(0)?;
                let record = parse(key, row.get_ref(1)?.as_blob().unwrap_or_default())?;
                let Some(placed) = self.placed(key, &record) else {
                    continue;
                };
                if edge.is_none_or(|edge| (placed.hlc, placed.record) < edge) {
                    latest.push(placed);
                    taken += 1;
                }
            }
        }
        latest.sort_by_key(|placed| std::cmp::Reverse((placed.hlc, placed.record)));
        latest.truncate(limit);
        Ok(latest)
    }

    fn placed(&self, key: i64, record: &Record) -> Option<Placed> {
        let (no, seq) = place_of(key);
        let log = self.logs.get(&no)?;
        if !self.counts(log) {
            return None;
        }
        let fact = read_fact(record)?;
        Some(Placed { record: RecordRef { log: log.id, seq }, hlc: record.hlc, fact })
    }

    /// Whether a log has effect: without a certificate of its station it is only kept.
    pub(super) fn counts(&self, log: &LogRow) -> bool {
        self.certificates.contains_key(&log.name.station)
    }

    /// The event document as plain texts.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn settings(&self) -> Result<BTreeMap<String, String>, StoreError> {
        let mut statement = self.db.prepare_cached("SELECT key, value FROM setting")?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The bodies of all changes of a document, opened where they are sealed.
    pub(super) fn change_bodies(
        &self,
        space: Space,
        doc: DocRef,
    ) -> Result<Vec<Vec<u8>>, StoreError> {
        Ok(self.changes(space, doc)?.into_iter().map(|change| change.body).collect())
    }

    /// All changes of a document with effect, opened where they are sealed, in the order in which they came here.
    ///
    /// # Errors
    /// Where the store cannot be read or a change is damaged.
    pub fn changes(&self, space: Space, doc: DocRef) -> Result<Vec<ChangeRow>, StoreError> {
        let sql =
            "SELECT record.key, record.bytes FROM change JOIN record ON record.key = change.record
                   WHERE change.doc = ? ORDER BY change.record";
        let mut statement = self.db.prepare_cached(sql)?;
        let mut rows = statement.query(params![doc.doc.as_slice()])?;
        let mut changes = Vec::new();
        while let Some(row) = rows.next()? {
            let key: i64 = row.get(0)?;
            let (no, seq) = place_of(key);
            // What an import has staged lies beyond the head and is not there yet.
            let log = self.logs.get(&no).filter(|log| seq <= log.seq && self.counts(log));
            if let Some(log) = log {
                let record = parse(key, row.get_ref(1)?.as_blob().unwrap_or_default())?;
                let body = self.open_body(space, key, &record)?;
                changes.push(ChangeRow { station: log.name.station, hlc: record.hlc, body });
            }
        }
        Ok(changes)
    }

    /// The content of a record as this station can read it; none where it was dropped or is sealed to others.
    ///
    /// # Errors
    /// Where a sealed body is damaged.
    pub fn content(
        &self,
        log: LogId,
        seq: u64,
        record: &Record,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let Some(log) = self.log(log).filter(|_| record.body.bytes().is_some()) else {
            return Ok(None);
        };
        if record.key.is_some() && !self.space_keys.contains_key(&log.name.space) {
            return Ok(None);
        }
        self.open_body(log.name.space, record_key(log.no, seq), record).map(Some)
    }

    /// The content of a record, opened where it is sealed.
    pub(super) fn open_body(
        &self,
        space: Space,
        key: i64,
        record: &Record,
    ) -> Result<Vec<u8>, StoreError> {
        let (no, seq) = place_of(key);
        let missing = || StoreError::Damaged(format!("record {seq} of log {no} has no content"));
        let body = record.body.bytes().ok_or_else(missing)?;
        if record.key.is_none() {
            return Ok(body.to_vec());
        }
        let log = self.logs.get(&no).ok_or_else(missing)?;
        let space_key = self.space_keys.get(&space).ok_or(StoreError::NotAllowed("contact"))?;
        space_key
            .open(log.id, seq, body)
            .map_err(|_| StoreError::Damaged(format!("record {seq} of log {no} does not open")))
    }

    /// Calls `each` with every log, its records and their signatures as an export holds them.
    ///
    /// # Errors
    /// Where the store cannot be read or `each` fails.
    pub fn export<E: From<StoreError>>(
        &self,
        mut each: impl FnMut(Exported<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        for log in self.read_logs()?.values().filter(|log| log.seq > 0) {
            each(Exported::Log(&log.name))?;
            for seq in 1..=log.seq {
                let Some(record) = self.record(log.no, seq)? else {
                    let what = format!("record {seq} of log {} is missing", log.id);
                    return Err(StoreError::Damaged(what).into());
                };
                each(Exported::Record(seq, &record))?;
                let checkpoint = self.checkpoint(log.no, seq)?.filter(|_| seq != log.seq);
                if let Some(signature) = checkpoint {
                    each(Exported::Signature(seq, &signature))?;
                }
            }
            each(Exported::Signature(log.seq, &log.signature))?;
        }
        Ok(())
    }

    pub(super) fn checkpoint(&self, no: i64, seq: u64) -> Result<Option<[u8; 64]>, StoreError> {
        let sql = "SELECT signature FROM checkpoint WHERE key = ?";
        let mut statement = self.db.prepare_cached(sql)?;
        Ok(statement.query_row([record_key(no, seq)], |row| row.get(0)).optional()?)
    }
}

/// One block of an export.
#[derive(Debug)]
pub enum Exported<'a> {
    /// A log begins.
    Log(&'a LogName),
    /// Its next record and the position of it.
    Record(u64, &'a Record),
    /// The signature over the log up to that position.
    Signature(u64, &'a [u8; 64]),
}

/// The fact in a record; none where it is of another kind, a later version or dropped.
#[must_use]
pub fn read_fact(record: &Record) -> Option<Fact> {
    let body = record.body.bytes()?;
    match record.kind {
        Kind::SCAN => minicbor::decode(body).ok().map(Fact::Scan),
        Kind::VOID => minicbor::decode(body).ok().map(Fact::Void),
        Kind::RESOLUTION => minicbor::decode(body).ok().map(Fact::Resolution),
        _ => None,
    }
}

fn parse(key: i64, bytes: &[u8]) -> Result<Record, StoreError> {
    Record::from_bytes(bytes).map_err(|_| {
        let (no, seq) = place_of(key);
        StoreError::Damaged(format!("record {seq} of log {no} cannot be read"))
    })
}
