//! Checks that a store is what its stations signed, and that its projections say what its records say.
//!
//! On the disk records carry no signature of their own: a chain of hashes runs through a log, and signatures stand
//! at its checkpoints and its end. So a damaged record is named by the stretch between two signatures, and, where it
//! can no longer be read at all, by its own number.

mod chain;
mod projections;

use super::{LogRow, Store, StoreError, place_of, record_key};
use chain::Chain;
use domain::access::{Hold, Kind, Role, Space, holds};
use domain::id::LogId;
use minicbor::Decode;
use projections::compare;
pub(super) use projections::texts;
use std::collections::BTreeMap;

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
        let reads = |role| holds(role, Space::Roster) == Some(Hold::Read);
        let role = self.members.certificate(&self.station()).map(|certificate| certificate.role);
        if role.is_none_or(reads) && !self.space_keys.contains_key(&Space::Roster) {
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
        let heads = logs.values().filter(|log| log.seq > log.base);
        let heads = heads.map(|log| (log.id, log.head())).collect();
        Ok(super::replica::digest_of(&heads, space))
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
        if !self.is_named_right(log)? {
            report.problems.push(format!("{what}: its id is not that of its station and space."));
        }
        if !self.members.is_named(&log.name.station) {
            report.problems.push(format!("{what}: its station has no certificate of this event."));
        }
        let covered = dropped.get(&log.id).map_or(&[][..], Vec::as_slice);
        let mut chain = Chain::new(log, what, covered, self.is_stem(log));
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

    /// Whether branches begin where a log ends: there nobody needs to have signed.
    fn is_stem(&self, log: &LogRow) -> bool {
        let mut logs = self.logs.values();
        logs.any(|other| other.is_branch() && other.base == log.seq && other.base_hash == log.hash)
    }

    /// Whether a log's id is derived from its name, or, of a branch, from its first record.
    fn is_named_right(&self, log: &LogRow) -> Result<bool, StoreError> {
        if log.base == 0 && log.base_hash == [0; 32] && log.name.id() == log.id {
            return Ok(true);
        }
        let first = self.record(log.no, log.base + 1)?;
        let id = log.name.id();
        let hash = first.map(|first| first.hash(id, log.base + 1, &log.base_hash));
        Ok(hash.is_some_and(|hash| super::ingest::branch_id(id, &hash) == log.id))
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
            for (_, record) in self.records_of(log, Kind::DROP).unwrap_or_default() {
                if let Some(Ok(drop)) = record.body.bytes().map(minicbor::decode::<Drop>) {
                    dropped.entry(LogId::new(drop.log)).or_default().extend(drop.ranges);
                }
            }
        }
        // What `control` says has to stay, or nobody could tell whose word counts.
        for log in self.logs.values().filter(|log| log.name.space == Space::Control) {
            dropped.remove(&log.id);
        }
        dropped
    }
}
