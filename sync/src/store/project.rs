//! Projections of records that came from other stations: the same as those of own ones, found from the documents.

use super::people::{Change, note_revoked};
use super::query::read_fact;
use super::{Batch, LogRow, Store, StoreError, person_no, record_key};
use crate::record::{DocRef, Record};
use crate::replica::Ingested;
use crate::roster::{Person, SHARDS, encode_row, shard_name};
use crate::stretch::Stretch;
use domain::access::{Kind, Space};
use domain::attendee::Field;
use domain::id::{AttendeeId, CodeHash};
use rusqlite::{OptionalExtension, params};
use std::collections::{BTreeMap, BTreeSet};

/// What new records touch.
#[derive(Debug, Default)]
pub(super) struct Touched {
    pub(super) control: bool,
    pub(super) docs: BTreeSet<(Space, [u8; 16])>,
    pub(super) people: BTreeSet<AttendeeId>,
    /// Spaces in which a log was cut in two.
    pub(super) forked: BTreeSet<Space>,
}

impl Store {
    /// Notes what a record is about, so that it is found by that.
    pub(super) fn index(
        &self,
        log: &LogRow,
        seq: u64,
        record: &Record,
        touched: &mut Touched,
    ) -> Result<(), StoreError> {
        let key = record_key(log.no, seq);
        match (log.name.space, record.kind, record.doc) {
            (Space::Control, ..) => touched.control = true,
            (Space::Attendance, ..) => {
                if let Some(person) = read_fact(record).and_then(|fact| fact.attendee()) {
                    let sql = "INSERT OR IGNORE INTO fact VALUES (?, ?)";
                    self.db.prepare_cached(sql)?.execute([person_no(person), key])?;
                    touched.people.insert(person);
                }
            }
            (space, Kind::CHANGE, Some(doc)) => {
                let sql = "INSERT OR IGNORE INTO change VALUES (?, ?)";
                self.db.prepare_cached(sql)?.execute(params![doc.doc.as_slice(), key])?;
                touched.docs.insert((space, doc.doc));
            }
            _ => {}
        }
        Ok(())
    }

    /// Whom a stretch that is kept aside is about; it counts for them at once.
    pub(super) fn person_of(&self, stretch: &Stretch, touched: &mut Touched) -> Option<i64> {
        if stretch.name.space != Space::Attendance {
            return None;
        }
        let people =
            stretch.records.iter().filter_map(|r| read_fact(r).and_then(|fact| fact.attendee()));
        let people: BTreeSet<AttendeeId> = people.collect();
        let first = people.first().copied();
        touched.people.extend(people);
        first.map(person_no)
    }

    /// Brings up to date what follows from what was touched, in the same transaction.
    pub(super) fn project(
        &mut self,
        touched: &Touched,
        took: &mut Ingested,
    ) -> Result<(), StoreError> {
        took.people.extend(&touched.people);
        let mut all = touched.forked.iter().any(|space| holds_documents(*space));
        if touched.control {
            let before = self.members.clone();
            self.load_members()?;
            took.members = before != self.members;
            all |= took.members && self.effects_differ(&before);
            let keys = self.space_keys.len();
            self.load_keys()?;
            // What was carried sealed so far can be read now.
            all |= self.space_keys.len() > keys;
        }
        let event = DocRef::new(Space::Event, "event").doc;
        if all || touched.docs.contains(&(Space::Event, event)) {
            self.project_settings()?;
        }
        let shards: Vec<u8> = (0..SHARDS).filter_map(|shard| u8::try_from(shard).ok()).collect();
        let is_touched = |shard: &u8| {
            let name = shard_name(*shard);
            // Of what is only carried here nothing follows.
            [Space::Roster, Space::Contact, Space::Desk]
                .iter()
                .filter(|space| self.can_open(**space))
                .any(|space| touched.docs.contains(&(*space, DocRef::new(*space, &name).doc)))
        };
        let shards: Vec<u8> = shards.into_iter().filter(|shard| all || is_touched(shard)).collect();
        self.project_shards(&shards)
    }

    /// Whether documents mean something else now that others take part.
    fn effects_differ(&self, before: &crate::control::Members) -> bool {
        let documents = self.logs.values().filter(|log| holds_documents(log.name.space));
        documents.into_iter().any(|log| {
            let effect = |members: &crate::control::Members, seq| {
                members.effect(&log.name, seq, log.is_branch(), Kind::CHANGE)
            };
            // A cut lies anywhere in the log: both ends tell whether it has effect, and how far it goes.
            let ends = [log.base + 1, log.seq];
            ends.iter().any(|seq| effect(before, *seq) != effect(&self.members, *seq))
                || before.cut_of(&log.name) != self.members.cut_of(&log.name)
        })
    }

    fn project_settings(&self) -> Result<(), StoreError> {
        let settings = super::check::texts(&self.document(Space::Event, "event")?);
        self.db.execute("DELETE FROM setting", [])?;
        let mut insert = self.db.prepare_cached("INSERT INTO setting VALUES (?, ?)")?;
        for (key, value) in &settings {
            insert.execute(params![key, value])?;
        }
        Ok(())
    }

    /// Brings the people of some shards up to date; while an import is under way, those wait for its end.
    pub(super) fn project_shards(&mut self, shards: &[u8]) -> Result<(), StoreError> {
        if shards.is_empty() {
            return Ok(());
        }
        if self.staging {
            let sql = "INSERT OR IGNORE INTO meta VALUES (?, 1)";
            for shard in shards {
                self.db.execute(sql, [format!("stale/{}", shard_name(*shard))])?;
            }
            return Ok(());
        }
        let mut published = self.published;
        for shard in shards {
            let people = self.shard(*shard)?.people();
            self.project_people(*shard, &people, &mut published)?;
        }
        if published != self.published {
            let sql = "UPDATE meta SET value = ? WHERE key = 'published'";
            self.db.execute(sql, [published])?;
            self.published = published;
        }
        Ok(())
    }

    fn project_people(
        &self,
        shard: u8,
        people: &BTreeMap<AttendeeId, Person>,
        published: &mut i64,
    ) -> Result<(), StoreError> {
        let mut gone = self.ids_of_shard(shard)?;
        let naming = self.naming().ok();
        for (id, person) in people {
            let fields = person.fields(*id, naming.as_ref());
            let known = gone.remove(id);
            let change = Change {
                no: known,
                id: *id,
                old_order: None,
                old_code: None,
                code: person.code,
                revoked: person.revoked.iter().copied().collect(),
                fields,
            };
            match known {
                None => {
                    *published += 1;
                    Batch::insert_into(&self.db, *published, &change)?;
                }
                Some(no) => self.project_person(no, change)?,
            }
        }
        for no in gone.into_values() {
            for table in ["code", "orders", "revoked", "added"] {
                self.db.execute(&format!("DELETE FROM {table} WHERE attendee = ?"), [no])?;
            }
            self.db.execute("DELETE FROM attendee WHERE no = ?", [no])?;
        }
        Ok(())
    }

    fn project_person(&self, no: i64, mut change: Change) -> Result<(), StoreError> {
        let sql = "SELECT fields FROM attendee WHERE no = ?";
        let old: Vec<u8> = self.db.prepare_cached(sql)?.query_row([no], |row| row.get(0))?;
        let has_code = change.code.map_or(Ok(true), |code| self.has_code(no, code))?;
        if old == encode_row(change.fields.iter(), None) && has_code {
            return note_revoked(&self.db, no, &change.revoked);
        }
        let old_fields = crate::roster::decode_row(&old).0;
        change.old_order = old_fields.get(&Field::Order).cloned();
        if has_code {
            change.old_code = change.code;
        } else {
            // Rare, and the only way from a person to his code.
            self.db.execute("DELETE FROM code WHERE attendee = ?", [no])?;
        }
        Batch::update_in(&self.db, no, &change)
    }

    fn has_code(&self, no: i64, code: CodeHash) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM code WHERE hash = ? AND attendee = ?";
        let mut select = self.db.prepare_cached(sql)?;
        let found =
            select.query_row(params![code.bytes().as_slice(), no], |_| Ok(())).optional()?;
        Ok(found.is_some())
    }

    /// The people of a shard as the projection has them: ids begin with the shard's number.
    fn ids_of_shard(&self, shard: u8) -> Result<BTreeMap<AttendeeId, i64>, StoreError> {
        let sql = "SELECT id, no FROM attendee WHERE id >= ? AND id <= ? AND no <= ?";
        let (mut from, mut to) = ([0_u8; 16], [0xff_u8; 16]);
        (from[0], to[0]) = (shard, shard);
        let mut select = self.db.prepare_cached(sql)?;
        let rows = select
            .query_map(params![from.as_slice(), to.as_slice(), self.published], |row| {
                Ok((AttendeeId::new(row.get(0)?), row.get(1)?))
            })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Brings up to date what had to wait for an import.
    pub(super) fn project_stale(&mut self) -> Result<(), StoreError> {
        let sql = "SELECT key FROM meta WHERE key LIKE 'stale/%'";
        let keys: Vec<String> =
            self.db.prepare(sql)?.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
        if keys.is_empty() {
            return Ok(());
        }
        let shards = keys.iter().filter_map(|key| u8::from_str_radix(key.get(6..)?, 16).ok());
        let shards: Vec<u8> = shards.collect();
        self.db.execute_batch("BEGIN IMMEDIATE")?;
        let mut done = self.project_shards(&shards);
        if done.is_ok() {
            done = self
                .db
                .execute_batch("DELETE FROM meta WHERE key LIKE 'stale/%'; COMMIT")
                .map_err(StoreError::from);
        }
        if done.is_err() && !self.db.is_autocommit() {
            let _ = self.db.execute_batch("ROLLBACK");
        }
        done
    }
}

const fn holds_documents(space: Space) -> bool {
    matches!(space, Space::Event | Space::Roster | Space::Contact | Space::Desk)
}
