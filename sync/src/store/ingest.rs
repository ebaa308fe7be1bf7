//! Taking in what other stations recorded: each stretch finds its place in its log, and projections follow.
//!
//! A log of an honest station is one chain. Where two records follow the same one, the station went on from an older
//! state of itself: the log ends where they part, and each side becomes a branch with an id of its own. Branches are
//! found by what they hold, not by what came first, so that every replica with the same records has the same ones.

use super::append::CHECKPOINT_BYTES;
use super::project::Touched;
use super::{LogRow, SEQ_BITS, Store, StoreError, record_key};
use crate::entropy::{Entropy, random};
use crate::hlc;
use crate::id::{Epoch, LogName, hash16};
use crate::record::Record;
use crate::replica::Ingested;
use crate::stretch::{Stretch, Verified};
use domain::id::LogId;
use rusqlite::params;
use std::collections::{BTreeMap, BTreeSet};

/// How far ahead of this laptop's clock another's may pull it.
const PULL_MAX: i64 = 60_000;
/// Logs of one station in one space, and as many of a single record: it begins a new one when its folder was copied or
/// restored.
pub(super) const LOGS_MAX: usize = 64;
/// Stretches that are kept aside until what they follow has come; what goes beyond comes again in bulk.
const ASIDE_MAX: i64 = 4_096;
/// Longest of them: what is told live is no longer.
const ASIDE_BYTES_MAX: usize = 4 << 10;

/// What one transaction takes in.
pub(super) struct Intake<'a> {
    pub(super) store: &'a Store,
    pub(super) logs: BTreeMap<i64, LogRow>,
    pub(super) took: Ingested,
    pub(super) touched: Touched,
    /// Latest clock value that was taken in.
    latest: u64,
    next_no: i64,
}

/// The way a stretch goes through a log: the branch it has come to, and how far it agrees with that.
struct Walk {
    no: i64,
    at: u64,
}

impl Store {
    /// Takes stretches in, in one transaction that is durable when this returns.
    ///
    /// # Errors
    /// Where the disk fails: then nothing was taken in.
    pub fn take_in(
        &mut self,
        stretches: &[Verified],
        now: i64,
        entropy: &mut dyn Entropy,
    ) -> Result<Ingested, StoreError> {
        self.ready()?;
        let done = self.try_take_in(stretches, now, entropy);
        self.noting(done)
    }

    fn try_take_in(
        &mut self,
        stretches: &[Verified],
        now: i64,
        entropy: &mut dyn Entropy,
    ) -> Result<Ingested, StoreError> {
        self.db.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        let worked = self.place_all(stretches, entropy);
        let committed = worked.and_then(|value| {
            self.db.prepare_cached("COMMIT")?.execute([])?;
            Ok(value)
        });
        let (took, latest, epoch) = match committed {
            Ok(done) => done,
            Err(problem) => {
                if !self.db.is_autocommit() {
                    let _ = self.db.execute_batch("ROLLBACK");
                }
                // What was changed in memory on the way is read anew.
                self.reload()?;
                return Err(problem);
            }
        };
        self.heard = self.heard.max(latest.min(hlc::next(0, now.saturating_add(PULL_MAX))));
        if let Some(epoch) = epoch {
            self.epoch = epoch;
            self.load_tips()?;
        }
        Ok(took)
    }

    #[allow(clippy::type_complexity, reason = "what one transaction came to")]
    fn place_all(
        &mut self,
        stretches: &[Verified],
        entropy: &mut dyn Entropy,
    ) -> Result<(Ingested, u64, Option<Epoch>), StoreError> {
        let next_no: i64 =
            self.db.query_row("SELECT coalesce(max(no), 0) + 1 FROM log", [], |row| row.get(0))?;
        let mut intake = Intake {
            store: self,
            logs: BTreeMap::new(),
            took: Ingested::default(),
            touched: Touched::default(),
            latest: 0,
            next_no,
        };
        for verified in stretches {
            intake.place(verified)?;
            intake.bring_back(verified.stretch().name.id())?;
        }
        let Intake { logs, mut took, touched, latest, .. } = intake;
        for log in logs.into_values() {
            self.note_log(log);
        }
        self.project(&touched, &mut took)?;
        let epoch = took.rolled_back.then(|| Epoch(u64::from_le_bytes(random(entropy))));
        if let Some(epoch) = epoch {
            let sql = "UPDATE meta SET value = ? WHERE key = 'epoch'";
            self.db.execute(sql, params![epoch.0.to_le_bytes().to_vec()])?;
        }
        Ok((took, latest, epoch))
    }
}

impl Intake<'_> {
    fn log(&self, no: i64) -> Result<&LogRow, StoreError> {
        let known = self.logs.get(&no).or_else(|| self.store.logs.get(&no));
        known.ok_or_else(|| StoreError::Damaged(format!("log number {no} is not there")))
    }

    /// The log and its branches.
    fn parts(&self, log: LogId) -> Vec<i64> {
        let known = self.store.parts.get(&log).into_iter().flatten().copied();
        let new = self.logs.values().filter(|row| row.name.id() == log).map(|row| row.no);
        known.chain(new).collect::<BTreeSet<i64>>().into_iter().collect()
    }

    /// Finds where a stretch belongs and stores what of it is new.
    fn place(&mut self, verified: &Verified) -> Result<(), StoreError> {
        let stretch = verified.stretch();
        let id = stretch.name.id();
        let parts = self.parts(id);
        if parts.is_empty() {
            if stretch.first != 1 {
                return self.put_aside(verified, 1);
            }
            if !self.has_room(&stretch.name, stretch.records.len() as u64) {
                return Ok(());
            }
            let no = self.begin(id, &stretch.name, 0, [0; 32])?;
            return self.append(no, verified, 0);
        }
        if let [no] = parts.as_slice() {
            let log = self.log(*no)?;
            // By far the most: the next records of a log that is one chain.
            if stretch.first == log.seq + 1 && stretch.prev == log.hash {
                return self.append(*no, verified, 0);
            }
        }
        let Some(mut walk) = self.find_start(&parts, stretch)? else {
            let root = self.log(*parts.first().unwrap_or(&0))?;
            // What comes right after the last record and does not follow it belongs to a fork.
            let behind = stretch.first > root.seq + 1 && parts.len() == 1;
            let from = if behind { root.seq + 1 } else { 0 };
            return self.put_aside(verified, from);
        };
        self.walk(&mut walk, verified)
    }

    /// Where the record before a stretch stands; none where it is not here.
    fn find_start(&self, parts: &[i64], stretch: &Stretch) -> Result<Option<Walk>, StoreError> {
        let before = stretch.first - 1;
        for no in parts {
            let log = self.log(*no)?;
            if before == 0 {
                if log.base == 0 && !log.is_branch() {
                    return Ok(Some(Walk { no: *no, at: 0 }));
                }
                continue;
            }
            if before > log.base && before <= log.seq && self.hash_at(log, before)? == stretch.prev
            {
                return Ok(Some(Walk { no: *no, at: before }));
            }
        }
        Ok(None)
    }

    /// Follows a stretch through what is here, to where it goes on alone.
    fn walk(&mut self, walk: &mut Walk, verified: &Verified) -> Result<(), StoreError> {
        let first = verified.stretch().first;
        let last = verified.stretch().last();
        let hash = |seq: u64| {
            let place = usize::try_from(seq - first).unwrap_or(usize::MAX);
            verified.hashes().get(place).copied().unwrap_or_default()
        };
        loop {
            let log = self.log(walk.no)?.clone();
            let end = log.seq.min(last);
            if end > walk.at && self.hash_at(&log, end)? == hash(end) {
                walk.at = end;
            }
            if walk.at >= last {
                return Ok(());
            }
            let next = walk.at + 1;
            if walk.at < log.seq {
                // They part inside this log: before, where the hashes first differ.
                while walk.at < log.seq && self.hash_at(&log, walk.at + 1)? == hash(walk.at + 1) {
                    walk.at += 1;
                }
                let hash_here = self.split(walk.no, walk.at)?;
                return self.branch(&log.name, walk.at, hash_here, verified);
            }
            let children = self.children(&log)?;
            let mut same = None;
            for child in &children {
                let row = self.log(*child)?;
                if self.hash_at(row, next)? == hash(next) {
                    same = Some(*child);
                }
            }
            match same {
                Some(child) => *walk = Walk { no: child, at: next },
                None if children.is_empty() => {
                    let skip = usize::try_from(next - first).unwrap_or(usize::MAX);
                    return self.append(walk.no, verified, skip);
                }
                None => return self.branch(&log.name, walk.at, log.hash, verified),
            }
        }
    }

    /// The branches that begin where a log ends.
    fn children(&self, log: &LogRow) -> Result<Vec<i64>, StoreError> {
        let mut children = Vec::new();
        for no in self.parts(log.name.id()) {
            let other = self.log(no)?;
            let follows = other.base == log.seq && other.base_hash == log.hash;
            if other.is_branch() && no != log.no && follows {
                children.push(no);
            }
        }
        Ok(children)
    }

    /// Begins a branch with what of a stretch comes after `base`.
    fn branch(
        &mut self,
        name: &LogName,
        base: u64,
        base_hash: [u8; 32],
        verified: &Verified,
    ) -> Result<(), StoreError> {
        if !self.has_room(name, verified.stretch().last() - base) {
            return Ok(());
        }
        let skip = usize::try_from(base + 1 - verified.stretch().first).unwrap_or(usize::MAX);
        let first = verified.hashes().get(skip).copied().unwrap_or_default();
        let no = self.begin(branch_id(name.id(), &first), name, base, base_hash)?;
        self.took.forked.insert(name.station);
        self.append(no, verified, skip)
    }

    /// Ends a log at a position; what came after becomes a branch. The hash at that position.
    fn split(&mut self, no: i64, at: u64) -> Result<[u8; 32], StoreError> {
        let log = self.log(no)?.clone();
        let (hash, first) = (self.hash_at(&log, at)?, self.hash_at(&log, at + 1)?);
        let id = branch_id(log.name.id(), &first);
        let new = self.begin(id, &log.name, at, hash)?;
        let by = (new - no) << SEQ_BITS;
        let range = params![by, record_key(no, at), record_key(no + 1, 0)];
        for (table, key) in
            [("record", "key"), ("checkpoint", "key"), ("fact", "record"), ("change", "record")]
        {
            let sql = format!("UPDATE {table} SET {key} = {key} + ? WHERE {key} > ? AND {key} < ?");
            self.store.db.execute(&sql, range)?;
        }
        // Of own logs the row in memory has an older one.
        let signature = self.store.head_signature(&log)?;
        let (seq, hash_then) = (log.seq, log.hash);
        let tail = LogRow { seq, hash: hash_then, signature, ..self.log(new)?.clone() };
        let signature = self.store.checkpoint(no, at)?.unwrap_or([0; 64]);
        let stem = LogRow { seq: at, hash, signature, ..log };
        self.took.forked.insert(stem.name.station);
        self.touched.control |= stem.name.space == domain::access::Space::Control;
        self.touched.forked.insert(stem.name.space);
        self.note_own(&stem);
        self.save(tail)?;
        self.save(stem)?;
        Ok(hash)
    }

    fn begin(
        &mut self,
        id: LogId,
        name: &LogName,
        base: u64,
        base_hash: [u8; 32],
    ) -> Result<i64, StoreError> {
        let no = self.next_no;
        self.next_no += 1;
        let log = LogRow {
            no,
            id,
            name: name.clone(),
            seq: base,
            hash: base_hash,
            signature: [0; 64],
            base,
            base_hash,
        };
        let sql =
            "INSERT INTO log (no, id, space, station, epoch, seq, hash, signature, base, base_hash)
                   VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
        let mut insert = self.store.db.prepare_cached(sql)?;
        insert.execute(params![
            no,
            id.bytes().as_slice(),
            name.space.as_str(),
            name.station.0.as_slice(),
            name.epoch.0.cast_signed(),
            base.cast_signed(),
            base_hash.as_slice(),
            [0_u8; 64].as_slice(),
            base.cast_signed(),
            base_hash.as_slice(),
        ])?;
        self.logs.insert(no, log);
        Ok(no)
    }

    /// Whether one more log of a station, with so many records, may be kept in its space. Logs of a single record are
    /// counted apart: whoever makes many of them keeps nobody from its others.
    fn has_room(&self, name: &LogName, records: u64) -> bool {
        let alike = |log: &LogRow| match log.seq - log.base {
            0 => false,
            1 => records == 1,
            _ => records > 1,
        };
        let same = |log: &&LogRow| {
            alike(log) && log.name.station == name.station && log.name.space == name.space
        };
        let new = self.logs.values().filter(|log| !self.store.logs.contains_key(&log.no));
        self.store.logs.values().chain(new).filter(same).count() < LOGS_MAX
    }

    /// Stores the records of a stretch after the first `skip` at the end of a log.
    fn append(&mut self, no: i64, verified: &Verified, skip: usize) -> Result<(), StoreError> {
        let mut log = self.log(no)?.clone();
        let stretch = verified.stretch();
        let before = if log.seq > log.base { self.store.record(no, log.seq)? } else { None };
        let grows = log.seq == log.base + 1;
        if grows && !self.has_room(&log.name, stretch.last() - log.base) {
            return Ok(());
        }
        let after = stretch.records.get(skip).map_or(u64::MAX, |record| record.hlc);
        if before.is_some_and(|before| before.hlc >= after) {
            // A clock that goes back within a log: no station writes that, and none keeps it.
            return Ok(());
        }
        let mut insert = self.store.db.prepare_cached("INSERT INTO record VALUES (?, ?)")?;
        let mut bytes = self.store.bytes_since_checkpoint(&log)?;
        for (seq, record, hash) in verified.records().skip(skip) {
            let stored = record.to_bytes();
            bytes += record.length_before_drop();
            insert.execute(params![record_key(no, seq), stored])?;
            (log.seq, log.hash) = (seq, hash);
            self.noticed(&log, seq, record)?;
        }
        log.signature = stretch.signature;
        if log.seq.is_multiple_of(256) || bytes > CHECKPOINT_BYTES {
            let sql = "INSERT INTO checkpoint (key, signature, hash) VALUES (?, ?, ?)";
            let mut insert = self.store.db.prepare_cached(sql)?;
            let key = record_key(no, log.seq);
            insert.execute(params![key, log.signature.as_slice(), log.hash.as_slice()])?;
        }
        self.took.spaces.insert(log.name.space);
        self.note_own(&log);
        self.save(log)
    }

    /// Others hold more of this station's log than it does itself: it was put back to an older state.
    fn note_own(&mut self, log: &LogRow) {
        let own = log.name.station == self.store.station() && log.name.epoch == self.store.epoch;
        self.took.rolled_back |= own;
    }

    fn noticed(&mut self, log: &LogRow, seq: u64, record: &Record) -> Result<(), StoreError> {
        self.took.records += 1;
        self.latest = self.latest.max(record.hlc);
        self.store.index(log, seq, record, &mut self.touched)
    }

    fn save(&mut self, log: LogRow) -> Result<(), StoreError> {
        let sql = "UPDATE log SET seq = ?, hash = ?, signature = ? WHERE no = ?";
        let mut update = self.store.db.prepare_cached(sql)?;
        let (seq, hash, signature) =
            (log.seq.cast_signed(), log.hash.as_slice(), log.signature.as_slice());
        update.execute(params![seq, hash, signature, log.no])?;
        self.logs.insert(log.no, log);
        Ok(())
    }

    /// The hash of a record that is here: from the nearest signature before it that was kept with its hash.
    fn hash_at(&self, log: &LogRow, seq: u64) -> Result<[u8; 32], StoreError> {
        if seq == log.seq {
            return Ok(log.hash);
        }
        if seq == log.base {
            return Ok(log.base_hash);
        }
        self.store.hash_at(log, seq)
    }

    /// Keeps a stretch until what it follows has come.
    fn put_aside(&mut self, verified: &Verified, from: u64) -> Result<(), StoreError> {
        let stretch = verified.stretch();
        let log = stretch.name.id();
        self.took.gaps.insert(log, from);
        let many: i64 =
            self.store.db.query_row("SELECT count(*) FROM aside", [], |row| row.get(0))?;
        let bytes = stretch.to_bytes();
        if many >= ASIDE_MAX || bytes.len() > ASIDE_BYTES_MAX || from == 0 {
            return Ok(());
        }
        let person = self.store.person_of(stretch, &mut self.touched);
        let sql = "INSERT OR IGNORE INTO aside VALUES (?, ?, ?, ?)";
        let first = stretch.first.cast_signed();
        self.store.db.execute(sql, params![log.bytes().as_slice(), first, person, bytes])?;
        Ok(())
    }

    /// Puts what was kept aside where it belongs, as far as it follows now.
    fn bring_back(&mut self, log: LogId) -> Result<(), StoreError> {
        loop {
            let parts = self.parts(log);
            let mut reach = 0;
            for no in &parts {
                reach = reach.max(self.log(*no)?.seq);
            }
            let sql = "SELECT first, bytes FROM aside WHERE log = ? AND first <= ? ORDER BY first LIMIT 1";
            let mut select = self.store.db.prepare_cached(sql)?;
            let found = select
                .query_map(params![log.bytes().as_slice(), (reach + 1).cast_signed()], |row| {
                    Ok((row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(1)?))
                })?
                .next()
                .transpose()?;
            let Some((first, bytes)) = found else { return Ok(()) };
            let sql = "DELETE FROM aside WHERE log = ? AND first = ?";
            self.store.db.execute(sql, params![log.bytes().as_slice(), first])?;
            let read = Stretch::from_bytes(self.store.event, &bytes).ok().flatten();
            let Some(Ok(verified)) = read.map(Stretch::verify) else { continue };
            if !self.find_start(&parts, verified.stretch())?.is_some_and(|_| true)
                && !parts.is_empty()
            {
                continue;
            }
            self.place(&verified)?;
        }
    }
}

/// A branch of a forked log, named by its first record.
pub(super) fn branch_id(log: LogId, first: &[u8; 32]) -> LogId {
    LogId::new(hash16("lanyard branch 1", &[log.bytes(), first]))
}

#[cfg(test)]
mod tests;
