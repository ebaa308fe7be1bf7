//! Checks that a store is what its stations signed, and that its projections say what its records say.
//!
//! On the disk records carry no signature of their own: a chain of hashes runs through a log, and signatures stand
//! at its checkpoints and its end. So a damaged record is named by the stretch between two signatures, and, where it
//! can no longer be read at all, by its own number.

use super::query::read_fact;
use super::{LogRow, Store, StoreError, person_no, place_of, record_key};
use crate::certificate::Role;
use crate::document::{Document, Scalar};
use crate::keys::Head;
use crate::record::{DocRef, Kind, Record};
use crate::roster::{SHARDS, encode_row, shard_name};
use crate::space::Space;
use domain::fact::Fact;
use domain::id::{AttendeeId, CodeHash, LogId};
use minicbor::Decode;
use rusqlite::{Row, params};
use std::collections::{BTreeMap, BTreeSet};

/// What a check found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Logs that were read.
    pub logs: usize,
    /// Records that were read.
    pub records: u64,
    /// What is wrong, a sentence each.
    pub problems: Vec<String>,
}

/// Says which bodies of a log were dropped.
#[derive(Debug, Decode)]
#[cbor(map)]
struct Drop {
    #[cbor(n(0), with = "minicbor::bytes")]
    log: [u8; 16],
    #[n(1)]
    ranges: Vec<(u64, u64)>,
}

/// All projections, as they follow from the records.
#[derive(Debug, Default, PartialEq, Eq)]
struct Projections {
    settings: BTreeMap<String, String>,
    people: BTreeMap<AttendeeId, Vec<u8>>,
    orders: BTreeSet<(String, AttendeeId)>,
    codes: BTreeSet<(CodeHash, AttendeeId)>,
    facts: BTreeSet<(i64, i64)>,
    changes: BTreeSet<(Vec<u8>, i64)>,
}

impl Store {
    /// Checks every record, signature and projection. What cannot be read any further is a finding too.
    #[must_use]
    pub fn check(&self) -> Report {
        let mut report = Report::default();
        if let Err(problem) = self.check_all(&mut report) {
            report.problems.push(format!("The rest cannot be read: {problem}."));
        }
        report
    }

    fn check_all(&self, report: &mut Report) -> Result<(), StoreError> {
        self.check_file(report)?;
        let logs = self.read_logs()?;
        let dropped = self.dropped();
        for log in logs.values() {
            report.logs += 1;
            self.check_log(log, &dropped, report)?;
        }
        self.check_strays(&logs, report)?;
        if !self.space_keys.contains_key(&Space::Roster) {
            let what = "Space control: this station finds no certificate or keys for itself in it.";
            report.problems.push(what.to_owned());
        }
        match self.projections_of_records() {
            Ok(expected) => compare(&self.projections_stored()?, &expected, &mut report.problems),
            Err(problem) => report.problems.push(format!("Documents cannot be read: {problem}.")),
        }
        Ok(())
    }

    /// Makes all projections anew from the records; the report says what was wrong with them before. For a store that
    /// was opened by [`Store::inspect`] and that nobody else has open.
    ///
    /// # Errors
    /// Where the records cannot be read or the file not be written.
    pub fn rebuild(&mut self) -> Result<Report, StoreError> {
        let report = self.check();
        let expected = self.projections_of_records()?;
        self.db.execute_batch("COMMIT; BEGIN IMMEDIATE")?;
        let written = self.write_projections(&expected);
        let end = if written.is_ok() { "COMMIT; BEGIN" } else { "ROLLBACK; BEGIN" };
        self.db.execute_batch(end)?;
        self.published = written?;
        Ok(report)
    }

    /// The digest of a space: equal where two replicas hold the same of it.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub fn digest(&self, space: Space) -> Result<[u8; 32], StoreError> {
        let logs = self.read_logs()?;
        let mut heads: Vec<_> =
            logs.values().filter(|log| log.name.space == space && log.seq > 0).collect();
        heads.sort_by_key(|log| log.id);
        let parts: Vec<Vec<u8>> = heads
            .iter()
            .map(|log| [log.id.bytes().as_slice(), &log.seq.to_le_bytes(), &log.hash].concat())
            .collect();
        let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
        Ok(crate::id::hash32("lanyard root 1", &parts))
    }

    fn check_file(&self, report: &mut Report) -> Result<(), StoreError> {
        let mut statement = self.db.prepare("PRAGMA integrity_check(5)")?;
        let lines = statement.query_map([], |row| row.get::<_, String>(0))?;
        for line in lines {
            let line = line?;
            if line != "ok" {
                report.problems.push(format!("The file itself is damaged: {line}."));
            }
        }
        Ok(())
    }

    fn check_log(
        &self,
        log: &LogRow,
        dropped: &BTreeMap<LogId, Vec<(u64, u64)>>,
        report: &mut Report,
    ) -> Result<(), StoreError> {
        let what = format!("Log {} ({}, station {:.8})", log.id, log.name.space, log.name.station);
        if log.name.id() != log.id {
            report.problems.push(format!("{what}: its id is not that of its station and space."));
        }
        let of_root = log.name.space == Space::Control && log.name.station == self.root;
        if !of_root && self.certificate(&log.name.station).is_none() {
            report.problems.push(format!("{what}: its station has no certificate of this event."));
        }
        let covered = dropped.get(&log.id).map_or(&[][..], Vec::as_slice);
        let mut chain = Chain::new(log, what, covered);
        let sql = "SELECT key, bytes FROM record WHERE key BETWEEN ? AND ? ORDER BY key";
        let mut statement = self.db.prepare_cached(sql)?;
        let mut rows = statement.query([record_key(log.no, 0), record_key(log.no + 1, 0) - 1])?;
        while let Some(row) = rows.next()? {
            let (_, seq) = place_of(row.get(0)?);
            report.records += 1;
            let checkpoint = self.checkpoint(log.no, seq)?;
            // What an import has staged is not there yet.
            if self.staging && seq > log.seq {
                break;
            }
            if !chain.take(seq, row.get_ref(1)?.as_blob().unwrap_or_default(), checkpoint) {
                break;
            }
        }
        chain.end();
        report.problems.append(&mut chain.problems);
        Ok(())
    }

    fn check_strays(
        &self,
        logs: &BTreeMap<i64, LogRow>,
        report: &mut Report,
    ) -> Result<(), StoreError> {
        for (table, what) in [("record", "Records"), ("checkpoint", "Signatures")] {
            let sql = format!("SELECT DISTINCT key >> 40 FROM {table}");
            let mut statement = self.db.prepare(&sql)?;
            for no in statement.query_map([], |row| row.get::<_, i64>(0))? {
                let no = no?;
                if !logs.contains_key(&no) {
                    report
                        .problems
                        .push(format!("{what} stand under log number {no}, which there is not."));
                }
            }
        }
        let sql = "SELECT checkpoint.key FROM checkpoint LEFT JOIN record USING (key)
                   WHERE record.key IS NULL";
        let mut statement = self.db.prepare(sql)?;
        for key in statement.query_map([], |row| row.get::<_, i64>(0))? {
            let (no, seq) = place_of(key?);
            report.problems.push(format!(
                "A signature stands at record {seq} of log number {no}, which there is not."
            ));
        }
        Ok(())
    }

    /// What admins say was dropped, by log.
    fn dropped(&self) -> BTreeMap<LogId, Vec<(u64, u64)>> {
        let mut dropped: BTreeMap<LogId, Vec<(u64, u64)>> = BTreeMap::new();
        for log in self.logs.values().filter(|log| log.name.space == Space::Control) {
            let by_admin =
                self.certificate(&log.name.station).is_some_and(|c| c.role == Role::Admin);
            if !by_admin && log.name.station != self.root {
                continue;
            }
            // A log that cannot be read is named by its own check.
            for record in self.records_of(log, Kind::DROP).unwrap_or_default() {
                if let Some(Ok(drop)) = record.body.bytes().map(minicbor::decode::<Drop>) {
                    dropped.entry(LogId::new(drop.log)).or_default().extend(drop.ranges);
                }
            }
        }
        dropped
    }

    fn projections_of_records(&self) -> Result<Projections, StoreError> {
        let mut made = Projections::default();
        let mut bodies: BTreeMap<[u8; 16], Vec<Vec<u8>>> = BTreeMap::new();
        for log in self.logs.values() {
            self.each_record(log, |seq, record| {
                let key = record_key(log.no, seq);
                if let (Kind::CHANGE, Some(DocRef { doc, .. })) = (record.kind, record.doc) {
                    made.changes.insert((doc.to_vec(), key));
                    let body = self.open_body(log.name.space, key, &record)?;
                    bodies.entry(doc).or_default().push(body);
                }
                if log.name.space != Space::Attendance {
                    return Ok(());
                }
                let person = match read_fact(&record) {
                    Some(Fact::Scan(scan)) => scan.attendee,
                    Some(Fact::Void(void)) => void.attendee,
                    None => None,
                };
                made.facts.extend(person.map(|id| (person_no(id), key)));
                Ok(())
            })?;
        }
        let document = |space, name: &str| -> Result<Document, StoreError> {
            let bodies = bodies.get(&DocRef::new(space, name).doc);
            let changes = bodies.into_iter().flatten().map(Vec::as_slice);
            Ok(Document::load(self.own_log(space), changes)?)
        };
        made.settings = texts(&document(Space::Event, "event")?);
        for shard in (0..SHARDS).filter_map(|shard| u8::try_from(shard).ok()) {
            let name = shard_name(shard);
            let halves = crate::roster::Shard {
                roster: document(Space::Roster, &name)?,
                contact: document(Space::Contact, &name)?,
            };
            for (id, person) in halves.people() {
                let fields = person.sources.effective();
                let order = fields.get(&domain::attendee::Field::Order).cloned();
                made.people.insert(id, encode_row(fields.iter(), None));
                made.orders.extend(order.map(|order| (order, id)));
                made.codes.extend(person.code.map(|code| (code, id)));
            }
        }
        Ok(made)
    }

    fn projections_stored(&self) -> Result<Projections, StoreError> {
        let mut stored = Projections { settings: self.settings()?, ..Projections::default() };
        let mut numbers = BTreeMap::new();
        let sql = "SELECT no, id, fields FROM attendee WHERE no <= ?";
        let mut statement = self.db.prepare(sql)?;
        let mut rows = statement.query([self.published])?;
        while let Some(row) = rows.next()? {
            let id = AttendeeId::new(row.get(1)?);
            numbers.insert(row.get::<_, i64>(0)?, id);
            stored.people.insert(id, row.get(2)?);
        }
        let nobody = AttendeeId::new([0; 16]);
        let whose = |no: i64| numbers.get(&no).copied().unwrap_or(nobody);
        let mut statement = self.db.prepare("SELECT hash, attendee FROM code")?;
        let code = |row: &Row<'_>| Ok((CodeHash::new(row.get(0)?), whose(row.get(1)?)));
        stored.codes = statement.query_map([], code)?.collect::<Result<_, _>>()?;
        let mut statement = self.db.prepare("SELECT name, attendee FROM orders")?;
        let order = |row: &Row<'_>| Ok((row.get(0)?, whose(row.get(1)?)));
        stored.orders = statement.query_map([], order)?.collect::<Result<_, _>>()?;
        let mut statement = self.db.prepare("SELECT person, record FROM fact")?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        stored.facts = rows.collect::<Result<_, _>>()?;
        let mut statement = self.db.prepare("SELECT doc, record FROM change")?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        stored.changes = rows.collect::<Result<_, _>>()?;
        if self.staging {
            // What an import has staged is not there yet.
            stored.changes.retain(|(_, key)| {
                let (no, seq) = place_of(*key);
                self.logs.get(&no).is_none_or(|log| seq <= log.seq)
            });
        }
        Ok(stored)
    }

    fn write_projections(&self, made: &Projections) -> Result<i64, StoreError> {
        for table in ["setting", "attendee", "code", "orders", "fact", "change"] {
            self.db.execute(&format!("DELETE FROM {table}"), [])?;
        }
        let prepare = |sql| self.db.prepare(sql);
        let mut insert = prepare("INSERT INTO setting VALUES (?, ?)")?;
        for (key, value) in &made.settings {
            insert.execute(params![key, value])?;
        }
        let mut insert = prepare("INSERT INTO attendee VALUES (?, ?, ?)")?;
        let mut numbers = BTreeMap::new();
        for ((id, fields), no) in made.people.iter().zip(1_i64..) {
            insert.execute(params![no, id.bytes().as_slice(), fields])?;
            numbers.insert(*id, no);
        }
        let mut insert = prepare("INSERT INTO code VALUES (?, ?)")?;
        for (hash, id) in &made.codes {
            insert.execute(params![hash.bytes().as_slice(), numbers.get(id)])?;
        }
        let mut insert = prepare("INSERT INTO orders VALUES (?, ?)")?;
        for (name, id) in &made.orders {
            insert.execute(params![name, numbers.get(id)])?;
        }
        let mut insert = prepare("INSERT INTO fact VALUES (?, ?)")?;
        for (person, record) in &made.facts {
            insert.execute([person, record])?;
        }
        let mut insert = prepare("INSERT INTO change VALUES (?, ?)")?;
        for (doc, record) in &made.changes {
            insert.execute(params![doc, record])?;
        }
        let published = i64::try_from(numbers.len()).unwrap_or(i64::MAX);
        self.db.execute("UPDATE meta SET value = ? WHERE key = 'published'", [published])?;
        Ok(published)
    }
}

/// One log being followed from its first record.
struct Chain<'a> {
    log: &'a LogRow,
    what: String,
    dropped: &'a [(u64, u64)],
    seq: u64,
    hash: [u8; 32],
    hlc: u64,
    bytes: usize,
    /// Last position up to which the log is proven.
    proven: u64,
    broken: bool,
    problems: Vec<String>,
}

impl<'a> Chain<'a> {
    fn new(log: &'a LogRow, what: String, dropped: &'a [(u64, u64)]) -> Self {
        let (hash, problems) = ([0; 32], Vec::new());
        let broken = false;
        Self { log, what, dropped, seq: 0, hash, hlc: 0, bytes: 0, proven: 0, broken, problems }
    }

    fn say(&mut self, problem: &str) {
        self.problems.push(format!("{}: {problem}.", self.what));
    }

    /// Takes the next record; whether the rest of the log can still be followed.
    fn take(&mut self, seq: u64, bytes: &[u8], checkpoint: Option<[u8; 64]>) -> bool {
        if seq > self.log.seq {
            self.say(&format!("there are records after its signed end at {}", self.log.seq));
            return false;
        }
        if seq != self.seq + 1 {
            self.say(&format!("record {} is missing", self.seq + 1));
            self.broken = true;
            return false;
        }
        let Ok(record) = Record::from_bytes(bytes) else {
            self.say(&format!("record {seq} cannot be read"));
            self.broken = true;
            return false;
        };
        self.inspect(seq, &record);
        self.hash = record.hash(self.log.id, seq, &self.hash);
        (self.seq, self.hlc) = (seq, record.hlc);
        self.bytes += record.length_before_drop();
        let due = seq.is_multiple_of(256) || self.bytes > 256 * 1024;
        if due {
            self.bytes = 0;
        }
        match checkpoint {
            Some(signature) => self.prove(&signature),
            None if due => {
                self.say(&format!("the signature at record {seq} is missing"));
                true
            }
            None => true,
        }
    }

    fn inspect(&mut self, seq: u64, record: &Record) {
        if record.hlc <= self.hlc {
            self.say(&format!("the clock of record {seq} is not after the one before"));
        }
        if record.key.is_some() != self.log.name.space.is_sealed() {
            self.say(&format!("record {seq} is not sealed as its space is"));
        }
        let covered = self.dropped.iter().any(|(from, to)| (*from..=*to).contains(&seq));
        if record.body.bytes().is_none() && !covered {
            self.say(&format!(
                "the content of record {seq} is gone, and nobody said it was dropped"
            ));
        }
        let unreadable = matches!(record.kind, Kind::SCAN | Kind::VOID)
            && record.body.bytes().is_some()
            && read_fact(record).is_none();
        if unreadable {
            self.say(&format!("the content of record {seq} cannot be read"));
        }
    }

    fn prove(&mut self, signature: &[u8; 64]) -> bool {
        let head = Head { log: self.log.id, seq: self.seq, hash: self.hash };
        if head.is_signed_by(&self.log.name.station, signature) {
            self.proven = self.seq;
            return true;
        }
        let from = self.proven + 1;
        self.say(&format!("records {from} to {} are not what its station signed", self.seq));
        self.broken = true;
        false
    }

    fn end(&mut self) {
        if self.broken {
            return;
        }
        if self.seq < self.log.seq {
            self.say(&format!("record {} is missing", self.seq + 1));
        } else if self.seq > 0 {
            if self.hash != self.log.hash {
                self.say(&format!("its last record {} is not the one it ends with", self.seq));
            }
            self.prove(&self.log.signature.clone());
        }
    }
}

fn texts(document: &Document) -> BTreeMap<String, String> {
    let entries = document.entries().into_iter();
    let texts = entries.filter_map(|(key, value)| match value {
        Scalar::Text(text) => Some((key, text)),
        Scalar::Bytes(_) => None,
    });
    texts.collect()
}

fn compare(stored: &Projections, made: &Projections, problems: &mut Vec<String>) {
    let mut differ = |what: &str, differs: bool| {
        if differs {
            problems.push(format!(
                "The list of {what} does not say what the records say; `verify --rebuild` makes it anew."
            ));
        }
    };
    differ("settings", stored.settings != made.settings);
    differ("attendees", stored.people != made.people);
    differ("codes", stored.codes != made.codes);
    differ("orders", stored.orders != made.orders);
    differ("check-ins", stored.facts != made.facts);
    differ("document changes", stored.changes != made.changes);
}
