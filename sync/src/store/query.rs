//! Reading records: logs, facts, settings, and the bodies of documents.

use super::{Store, StoreError, person_no, place_of, record_key};
use crate::document::change_links;
use crate::id::{Epoch, LogName, StationKey};
use crate::record::{DocRef, Record};
use crate::replica::LogHead;
use crate::stretch::Stretch;
use crate::wire::whole;
use domain::access::{Effect, Kind, Space, Standing};
use domain::fact::{Fact, Link, Placed};
use domain::id::{AttendeeId, LogId, RecordRef};
use rusqlite::{OptionalExtension, params};
use std::collections::{BTreeMap, BTreeSet};

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
    /// The station's signature over that, as it was when the logs were read; zeros where a log was cut at a fork.
    pub signature: [u8; 64],
    /// Position of the record before the first: 0, or where a branch leaves its log.
    pub base: u64,
    /// Hash of that record; zeros where there is none.
    pub base_hash: [u8; 32],
}

impl LogRow {
    pub(super) fn head(&self) -> LogHead {
        LogHead { name: self.name.clone(), base: self.base, seq: self.seq, hash: self.hash }
    }

    /// Whether it is a branch of a forked log.
    pub(super) fn is_branch(&self) -> bool {
        self.id != self.name.id()
    }
}

/// A change of a document, as a record brought it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeRow {
    /// Its author.
    pub station: StationKey,
    /// The log that carries it.
    pub log: LogId,
    /// The author's clock.
    pub hlc: u64,
    /// The change, opened.
    pub body: Vec<u8>,
}

impl ChangeRow {
    pub(super) fn new(log: &LogName, hlc: u64, body: Vec<u8>) -> Self {
        Self { station: log.station, log: log.id(), hlc, body }
    }
}

impl Store {
    /// The logs, by their numbers in this file.
    #[must_use]
    pub const fn logs(&self) -> &BTreeMap<i64, LogRow> {
        &self.logs
    }

    pub(super) fn read_logs(&self) -> Result<BTreeMap<i64, LogRow>, StoreError> {
        let sql = "SELECT no, id, space, station, epoch, seq, hash, signature, base, base_hash FROM log ORDER BY no";
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
                base: u64::try_from(row.get::<_, i64>(8)?).map_err(|_| damaged())?,
                base_hash: row.get(9).map_err(|_| damaged())?,
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
        let Some(log) = self.log(at.log) else { return Ok(None) };
        if at.seq <= log.base || at.seq > log.seq { Ok(None) } else { self.record(log.no, at.seq) }
    }

    /// The log of that id.
    #[must_use]
    pub fn log(&self, id: LogId) -> Option<&LogRow> {
        self.logs.get(self.numbers.get(&id)?)
    }

    pub(super) fn records_of(
        &self,
        log: &LogRow,
        kind: Kind,
    ) -> Result<Vec<(u64, Record)>, StoreError> {
        let mut records = Vec::new();
        self.each_record(log, |seq, record| {
            if record.kind == kind {
                records.push((seq, record));
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
        let mut rows = statement.query([record_key(log.no, 0), record_key(log.no, log.seq)])?;
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
        let aside = self.facts_aside(person)?;
        facts.extend(aside.into_iter().filter(|placed| placed.fact.attendee() == Some(person)));
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
        let mut fact = self.effective(&log.name, log.is_branch(), seq, record)?;
        let person = fact.attendee();
        fact.links().for_each(|link| self.lead(log, person, link));
        Some(Placed { record: RecordRef { log: log.id, seq }, hlc: record.hlc, fact })
    }

    /// Leads a link into a log that has forked since it was written to the branch that it means.
    fn lead(&self, home: &LogRow, person: Option<AttendeeId>, link: &mut Link) {
        let id = link.log.unwrap_or_else(|| home.name.id());
        let Some(parts) = self.parts.get(&id).filter(|parts| parts.len() > 1) else { return };
        let parts = || parts.iter().filter_map(|no| self.logs.get(no));
        let holds = |part: &&LogRow| part.base < link.seq && link.seq <= part.seq;
        let meant = if link.log.is_none() {
            // Its author had one past: the way back from where the fact stands.
            let before = |part: &&LogRow| {
                let follows =
                    |other: &&LogRow| other.seq == part.base && other.hash == part.base_hash;
                parts().find(|other| other.no != part.no && follows(other))
            };
            std::iter::successors(Some(home), before).find(holds)
        } else {
            let about = |part: &&LogRow| {
                let record = self.record(part.no, link.seq).ok().flatten();
                record.and_then(|record| read_fact(&record)?.attendee()) == person
            };
            let mut holding = parts().filter(holds);
            let first = holding.next();
            if holding.next().is_none() { first } else { parts().filter(holds).find(about) }
        };
        if let Some(part) = meant {
            link.log = Some(part.id);
        }
    }

    /// The fact in a record, where it has effect.
    fn effective(&self, name: &LogName, branch: bool, seq: u64, record: &Record) -> Option<Fact> {
        let effect = self.members.effect(name, seq, branch, record.kind);
        if effect == Effect::None {
            return None;
        }
        let fact = read_fact(record)?;
        let passes = matches!(&fact, Fact::Scan(scan) if scan.verdict.passage().is_some());
        (effect == Effect::Full || passes).then_some(fact)
    }

    /// Facts about a person that came before those that they follow.
    fn facts_aside(&self, person: AttendeeId) -> Result<Vec<Placed>, StoreError> {
        let mut select = self.db.prepare_cached("SELECT bytes FROM aside WHERE person = ?")?;
        let mut rows = select.query([person_no(person)])?;
        let mut facts = Vec::new();
        while let Some(row) = rows.next()? {
            let bytes = row.get_ref(0)?.as_blob().unwrap_or_default();
            let Ok(Some(stretch)) = Stretch::from_bytes(self.event, bytes) else { continue };
            let log = stretch.name.id();
            facts.extend((stretch.first..).zip(&stretch.records).filter_map(|(seq, record)| {
                let fact = self.effective(&stretch.name, false, seq, record)?;
                Some(Placed { record: RecordRef { log, seq }, hlc: record.hlc, fact })
            }));
        }
        Ok(facts)
    }

    /// Where a record stands: past a cut, on a branch of a forked log, or well.
    #[must_use]
    pub fn standing(&self, record: RecordRef) -> Standing {
        self.log(record.log).map_or(Standing::Good, |log| {
            let (id, branch) = (log.name.id(), log.is_branch());
            self.members.standing(&log.name.station, id, record.seq, branch)
        })
    }

    /// Whether a record has all its effect.
    pub(super) fn has_effect(&self, log: &LogRow, seq: u64, kind: Kind) -> bool {
        self.members.effect(&log.name, seq, log.is_branch(), kind) == Effect::Full
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

    /// All changes of a document with effect, opened where they are sealed, in the order in which they came here.
    ///
    /// # Errors
    /// Where the store cannot be read or a change is damaged.
    pub fn changes(&self, space: Space, doc: DocRef) -> Result<Vec<ChangeRow>, StoreError> {
        if !self.can_open(space) {
            return Ok(Vec::new());
        }
        let sql =
            "SELECT record.key, record.bytes FROM change JOIN record ON record.key = change.record
                   WHERE change.doc = ? ORDER BY change.record";
        let mut statement = self.db.prepare_cached(sql)?;
        let mut rows = statement.query(params![doc.doc.as_slice()])?;
        let mut changes = Changes::default();
        while let Some(row) = rows.next()? {
            let key: i64 = row.get(0)?;
            let (no, seq) = place_of(key);
            // What an import has staged lies beyond the head and is not there yet.
            let Some(log) = self.logs.get(&no).filter(|log| seq <= log.seq) else { continue };
            let record = parse(key, row.get_ref(1)?.as_blob().unwrap_or_default())?;
            if let Some(body) = self.open_body(log, seq, &record) {
                let change = ChangeRow::new(&log.name, record.hlc, body);
                changes.add(self, log, seq, change);
            }
        }
        Ok(changes.with_effect())
    }

    /// The content of a record as this station can read it; none where it was dropped or is sealed to others.
    #[must_use]
    pub fn content(&self, log: LogId, seq: u64, record: &Record) -> Option<Vec<u8>> {
        self.open_body(self.log(log)?, seq, record)
    }

    /// Whether this station can read what is in a space.
    pub(super) fn can_open(&self, space: Space) -> bool {
        !space.is_sealed() || self.space_keys.contains_key(&space)
    }

    /// The content of a record, opened where it is sealed; none where it was dropped, or sealed in a way that nobody can
    /// open: then it has no effect, for nobody.
    pub(super) fn open_body(&self, log: &LogRow, seq: u64, record: &Record) -> Option<Vec<u8>> {
        let body = record.body.bytes()?;
        if record.key.is_none() {
            return Some(body.to_vec());
        }
        let space_key = self.space_keys.get(&log.name.space)?;
        space_key.open(log.name.id(), seq, body).ok()
    }

    /// Calls `each` with every log, its records and their signatures as an export holds them.
    ///
    /// # Errors
    /// Where the store cannot be read or `each` fails.
    pub fn export<E: From<StoreError>>(
        &self,
        mut each: impl FnMut(Exported<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        for log in self.read_logs()?.values().filter(|log| log.seq > log.base) {
            each(Exported::Log(&log.name))?;
            if log.is_branch() {
                each(Exported::Branch { id: log.id, seq: log.base, hash: &log.base_hash })?;
            }
            for seq in log.base + 1..=log.seq {
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
            // Where a log was cut at a fork nobody needs to have signed: its branches prove it.
            if log.signature != [0; 64] {
                each(Exported::Signature(log.seq, &log.signature))?;
            }
        }
        Ok(())
    }

    pub(super) fn checkpoint(&self, no: i64, seq: u64) -> Result<Option<[u8; 64]>, StoreError> {
        let sql = "SELECT signature FROM checkpoint WHERE key = ?";
        let mut statement = self.db.prepare_cached(sql)?;
        Ok(statement.query_row([record_key(no, seq)], |row| row.get(0)).optional()?)
    }
}

/// The changes of a document, by whether they have effect on their own.
#[derive(Debug, Default)]
pub(super) struct Changes {
    good: Vec<ChangeRow>,
    aside: Vec<ChangeRow>,
}

impl Changes {
    pub(super) fn add(&mut self, store: &Store, log: &LogRow, seq: u64, change: ChangeRow) {
        let (id, branch) = (log.name.id(), log.is_branch());
        let standing = store.members.standing(&log.name.station, id, seq, branch);
        if store.has_effect(log, seq, Kind::CHANGE) {
            self.good.push(change);
        } else if standing != Standing::Good {
            self.aside.push(change);
        }
    }

    /// Those with effect: of changes past a cut or a fork, those that others built on whose changes have effect, because
    /// without them theirs would not hold.
    pub(super) fn with_effect(self) -> Vec<ChangeRow> {
        let Self { mut good, aside } = self;
        if aside.is_empty() {
            return good;
        }
        let links = |change: &ChangeRow| change_links(&change.body);
        let mut needed: BTreeSet<[u8; 32]> =
            good.iter().flat_map(|change| links(change).1).collect();
        let mut aside: Vec<_> = aside.into_iter().map(|change| (links(&change), change)).collect();
        while let Some(place) = aside.iter().position(|((hash, _), _)| needed.contains(hash)) {
            let ((_, deps), change) = aside.swap_remove(place);
            needed.extend(deps);
            good.push(change);
        }
        good
    }
}

/// One block of an export.
#[derive(Debug)]
pub enum Exported<'a> {
    /// A log begins.
    Log(&'a LogName),
    /// It is a branch of a forked log.
    Branch {
        /// The branch's own id.
        id: LogId,
        /// Position of the record before its first.
        seq: u64,
        /// And the hash of that.
        hash: &'a [u8; 32],
    },
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
        Kind::SCAN => whole(body).ok().map(Fact::Scan),
        Kind::VOID => whole(body).ok().map(Fact::Void),
        Kind::RESOLUTION => whole(body).ok().map(Fact::Resolution),
        Kind::ANSWERED => whole(body).ok().map(Fact::Answered),
        _ => None,
    }
}

fn parse(key: i64, bytes: &[u8]) -> Result<Record, StoreError> {
    Record::from_bytes(bytes).map_err(|_| {
        let (no, seq) = place_of(key);
        StoreError::Damaged(format!("record {seq} of log {no} cannot be read"))
    })
}
