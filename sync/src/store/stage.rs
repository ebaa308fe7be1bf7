//! Staging an import: many small transactions that nobody sees, then one that publishes all of it.
//!
//! Staged records lie beyond the signed heads of their logs, staged people are numbered above the last published
//! one. Both are invisible until the publishing transaction moves the heads and that number. Between two of the
//! small transactions, doors go on scanning. What a killed import leaves behind is removed at the next start.

use super::people::{Key, hash_value, text_value};
use super::{Batch, Change, ShardChange, Store, StoreError, record_key};
use crate::entropy::Entropy;
use domain::access::Kind;
use domain::access::Space;
use domain::attendee::Field;
use domain::id::{CodeHash, RecordRef};

/// An import under way.
#[derive(Debug)]
pub struct Stage {
    /// Number of the last person staged.
    last: i64,
    /// People who were there before: their rows change when the import is published.
    changed: Vec<Change>,
    /// What the new people will be found by. Such keys come in no order, and each would touch another page of a
    /// small transaction; they are written in their order when the import is published.
    codes: Vec<(CodeHash, i64)>,
    orders: Vec<(String, i64)>,
}

/// The spaces an import writes to.
const SPACES: [Space; 3] = [Space::Roster, Space::Contact, Space::Desk];

impl Store {
    /// Begins to stage. Until it is published or abandoned, nobody else changes people.
    ///
    /// # Errors
    /// Where another import is under way, or the store fails.
    pub fn begin_stage(&mut self) -> Result<Stage, StoreError> {
        self.ready()?;
        if self.staging {
            return Err(StoreError::Importing);
        }
        let noted = self.db.execute("INSERT OR REPLACE INTO meta VALUES ('staging', 1)", []);
        self.noting(noted.map_err(StoreError::from))?;
        self.staging = true;
        let (changed, codes, orders) = (Vec::new(), Vec::new(), Vec::new());
        Ok(Stage { last: self.published, changed, codes, orders })
    }

    /// Stages some shards in a transaction of their own.
    ///
    /// # Errors
    /// Where the store fails; then the stage should be abandoned.
    pub fn stage(
        &mut self,
        stage: &mut Stage,
        shards: Vec<ShardChange>,
        now: i64,
        entropy: &mut dyn Entropy,
    ) -> Result<(), StoreError> {
        let mut last = stage.last;
        self.write(now, entropy, |batch| {
            for shard in &shards {
                for (space, doc, bytes) in shard.changes() {
                    let tip = batch.extend(space, Kind::CHANGE, Some(doc), bytes)?;
                    batch.note_change(space, doc, RecordRef { log: tip.id, seq: tip.seq })?;
                }
                for person in shard.people.iter().filter(|person| person.no.is_none()) {
                    last += 1;
                    batch.insert_row(last, person)?;
                }
            }
            Ok(())
        })?;
        for mut person in shards.into_iter().flat_map(|shard| shard.people) {
            if person.no.is_some() {
                stage.changed.push(person);
            } else {
                stage.last += 1;
                stage.codes.extend(person.code.map(|code| (code, stage.last)));
                let order = person.fields.remove(&Field::Order);
                stage.orders.extend(order.map(|order| (order, stage.last)));
            }
        }
        Ok(())
    }

    /// Publishes all that was staged, in one transaction.
    ///
    /// # Errors
    /// Where the store fails; then nothing of it is there.
    pub fn publish(
        &mut self,
        stage: Stage,
        now: i64,
        entropy: &mut dyn Entropy,
    ) -> Result<(), StoreError> {
        let mut stage = stage;
        stage.codes.sort_unstable();
        stage.orders.sort_unstable();
        let published = self.write(now, entropy, |batch| publish(batch, &stage));
        match published {
            Ok(()) => {
                self.staging = false;
                let waited = self.project_stale();
                self.noting(waited)
            }
            Err(problem) => {
                self.abandon(stage)?;
                Err(problem)
            }
        }
    }

    /// Removes what was staged.
    ///
    /// # Errors
    /// Where the store fails; the next start removes it.
    pub fn abandon(&mut self, _stage: Stage) -> Result<(), StoreError> {
        self.ready()?;
        self.abandon_leftovers()?;
        let waited = self.project_stale();
        self.noting(waited)
    }

    /// Removes what an import that was killed left behind.
    pub(super) fn abandon_leftovers(&mut self) -> Result<(), StoreError> {
        let left = self.db.prepare_cached("SELECT 1 FROM meta WHERE key = 'staging'")?.exists([])?;
        if !left {
            return Ok(());
        }
        self.db.execute_batch("BEGIN IMMEDIATE")?;
        let mut removed = self.remove_leftovers();
        if removed.is_ok() {
            removed = self.db.execute_batch("COMMIT").map_err(StoreError::from);
        }
        if removed.is_err() && !self.db.is_autocommit() {
            let _ = self.db.execute_batch("ROLLBACK");
        }
        self.noting(removed)?;
        self.staging = false;
        self.load_tips()
    }

    fn remove_leftovers(&self) -> Result<(), StoreError> {
        for log in self.read_logs()?.values().filter(|log| SPACES.contains(&log.name.space)) {
            let beyond = [record_key(log.no, log.seq), record_key(log.no + 1, 0)];
            for sql in [
                "DELETE FROM record WHERE key > ? AND key < ?",
                "DELETE FROM checkpoint WHERE key > ? AND key < ?",
                "DELETE FROM change WHERE record > ? AND record < ?",
            ] {
                self.db.execute(sql, beyond)?;
            }
        }
        self.db.execute("DELETE FROM attendee WHERE no > ?", [self.published])?;
        self.db.execute("DELETE FROM added WHERE attendee > ?", [self.published])?;
        self.db.execute("DELETE FROM meta WHERE key = 'staging'", [])?;
        Ok(())
    }
}

fn publish(batch: &mut Batch<'_>, stage: &Stage) -> Result<(), StoreError> {
    for space in SPACES {
        if let Some(tip) = batch.tips.get(&space).copied() {
            batch.sign(tip)?;
        }
    }
    for person in &stage.changed {
        batch.update_person(person.no.unwrap_or_default(), person)?;
    }
    for (code, no) in &stage.codes {
        batch.move_key(Key::Code, *no, None, Some(hash_value(code)))?;
    }
    for (order, no) in &stage.orders {
        batch.move_key(Key::Order, *no, None, Some(text_value(order)))?;
    }
    batch.published = stage.last;
    batch.note_published()?;
    batch.db().execute("DELETE FROM meta WHERE key = 'staging'", [])?;
    Ok(())
}
