//! The attendees as queries need them: by code, by id, by order.

use super::{Batch, Store, StoreError};
use crate::document::Document;
use crate::record::DocRef;
use crate::roster::{Shard, decode_row, encode_row, shard_name};
use domain::access::Space;
use domain::attendee::{Field, Fields};
use domain::id::{AttendeeId, CodeHash};
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, OptionalExtension, Row, params};

/// One attendee as the projection has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonRow {
    /// Number in this file.
    pub no: i64,
    /// Id.
    pub id: AttendeeId,
    /// The fields that hold.
    pub fields: Fields,
}

/// What becomes of one attendee in the projection.
#[derive(Debug, Clone)]
pub struct Change {
    /// Number of the row that is there; none for somebody new.
    pub no: Option<i64>,
    /// Id.
    pub id: AttendeeId,
    /// The fields that hold from now on.
    pub fields: Fields,
    /// The order that he was on so far.
    pub old_order: Option<String>,
    /// Hash of the code that held so far.
    pub old_code: Option<CodeHash>,
    /// Hash of the code that holds from now on.
    pub code: Option<CodeHash>,
    /// Hashes of codes that held before; those that are known as such may be left out.
    pub revoked: Vec<CodeHash>,
}

/// Changes of one shard's documents, and what they mean for its people.
#[derive(Debug, Clone)]
pub struct ShardChange {
    /// The shard.
    pub shard: u8,
    /// Change of its half in `roster`.
    pub roster: Option<Vec<u8>>,
    /// Change of its half in `contact`.
    pub contact: Option<Vec<u8>>,
    /// Change of what doors say.
    pub desk: Option<Vec<u8>>,
    /// The people it touches.
    pub people: Vec<Change>,
}

impl ShardChange {
    pub(super) fn changes(&self) -> impl Iterator<Item = (Space, DocRef, &Vec<u8>)> {
        let name = shard_name(self.shard);
        let halves = [
            (Space::Roster, &self.roster),
            (Space::Contact, &self.contact),
            (Space::Desk, &self.desk),
        ];
        halves.into_iter().filter_map(move |(space, change)| {
            change.as_ref().map(|change| (space, DocRef::new(space, &name), change))
        })
    }
}

const COLUMNS: &str = "SELECT attendee.no, attendee.id, attendee.fields FROM attendee";

impl Store {
    /// Everybody who has this code: nobody, one, or several where stations gave it twice.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn people_by_code(&self, code: CodeHash) -> Result<Vec<PersonRow>, StoreError> {
        let sql = "SELECT attendee.no, attendee.id, attendee.fields FROM code
                   JOIN attendee ON attendee.no = code.attendee WHERE code.hash = ?";
        let mut statement = self.db.prepare_cached(sql)?;
        let rows = statement.query_map([code.bytes().as_slice()], person_row)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Everybody who had this code before another one.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn people_by_revoked_code(&self, code: CodeHash) -> Result<Vec<PersonRow>, StoreError> {
        let sql = "SELECT attendee.no, attendee.id, attendee.fields FROM revoked
                   JOIN attendee ON attendee.no = revoked.attendee WHERE revoked.hash = ?";
        let mut statement = self.db.prepare_cached(sql)?;
        let rows = statement.query_map([code.bytes().as_slice()], person_row)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The id of somebody who has this code.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn id_by_code(&self, code: CodeHash) -> Result<Option<AttendeeId>, StoreError> {
        let sql = "SELECT attendee.id FROM code JOIN attendee ON attendee.no = code.attendee
                   WHERE code.hash = ? LIMIT 1";
        let mut statement = self.db.prepare_cached(sql)?;
        let id = statement.query_row([code.bytes().as_slice()], |row| row.get(0)).optional()?;
        Ok(id.map(AttendeeId::new))
    }

    /// The attendee of that id.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn person_by_id(&self, id: AttendeeId) -> Result<Option<PersonRow>, StoreError> {
        let mut statement =
            self.db.prepare_cached(&format!("{COLUMNS} WHERE id = ? AND no <= ?"))?;
        let id = id.bytes().as_slice();
        Ok(statement.query_row(params![id, self.published], person_row).optional()?)
    }

    /// Everybody on an order.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn people_by_order(&self, order: &str) -> Result<Vec<PersonRow>, StoreError> {
        let sql = "SELECT attendee.no, attendee.id, attendee.fields FROM orders
                   JOIN attendee ON attendee.no = orders.attendee WHERE orders.name = ?";
        let mut statement = self.db.prepare_cached(sql)?;
        let rows = statement.query_map([order], person_row)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Everybody who was added at a door.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn people_added(&self) -> Result<Vec<PersonRow>, StoreError> {
        let sql = "SELECT attendee.no, attendee.id, attendee.fields FROM added
                   JOIN attendee ON attendee.no = added.attendee WHERE attendee.no <= ?
                   ORDER BY attendee.id";
        let mut statement = self.db.prepare_cached(sql)?;
        let rows = statement.query_map([self.published], person_row)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Everybody, in the order of their ids.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn people(&self) -> Result<Vec<PersonRow>, StoreError> {
        let mut people = Vec::new();
        self.each_person(|person| people.push(person))?;
        Ok(people)
    }

    /// Shows everybody, one after the other, in the order of their ids: nobody has to hold them all.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn each_person(&self, mut show: impl FnMut(PersonRow)) -> Result<(), StoreError> {
        let mut statement =
            self.db.prepare_cached(&format!("{COLUMNS} WHERE no <= ? ORDER BY id"))?;
        let mut rows = statement.query([self.published])?;
        while let Some(row) = rows.next()? {
            show(person_row(row)?);
        }
        Ok(())
    }

    /// How many attendees there are.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn people_count(&self) -> Result<u64, StoreError> {
        let sql = "SELECT count(*) FROM attendee WHERE no <= ?";
        let count: i64 = self.db.query_row(sql, [self.published], |row| row.get(0))?;
        Ok(count.cast_unsigned())
    }

    /// Both halves of a shard, and what doors say.
    ///
    /// # Errors
    /// Where the store cannot be read or a change is damaged.
    pub fn shard(&self, shard: u8) -> Result<Shard, StoreError> {
        let name = shard_name(shard);
        let half = |space| -> Result<Document, StoreError> { self.document(space, &name) };
        let (roster, contact) = (half(Space::Roster)?, half(Space::Contact)?);
        Ok(Shard { roster, contact, desk: half(Space::Desk)? })
    }
}

impl Batch<'_> {
    /// Records the changes of a shard and brings its people up to date.
    ///
    /// # Errors
    /// Where an import is under way, or the store fails.
    pub fn change_people(&mut self, change: &ShardChange) -> Result<(), StoreError> {
        if self.store.staging {
            return Err(StoreError::Importing);
        }
        let name = shard_name(change.shard);
        for (space, _, bytes) in change.changes() {
            self.change(space, &name, bytes)?;
        }
        for person in &change.people {
            match person.no {
                Some(no) => self.update_person(no, person)?,
                None => {
                    self.published += 1;
                    self.insert_person(self.published, person)?;
                }
            }
        }
        self.note_published()
    }

    pub(super) fn note_published(&self) -> Result<(), StoreError> {
        if self.published != self.store.published {
            let sql = "UPDATE meta SET value = ? WHERE key = 'published'";
            self.db().execute(sql, [self.published])?;
        }
        Ok(())
    }

    fn insert_person(&self, no: i64, person: &Change) -> Result<(), StoreError> {
        Self::insert_into(self.db(), no, person)
    }

    pub(super) fn insert_into(db: &Connection, no: i64, person: &Change) -> Result<(), StoreError> {
        insert_row(db, no, person)?;
        let order = person.fields.get(&Field::Order);
        note_revoked(db, no, &person.revoked)?;
        move_key(db, Key::Code, no, None, person.code.as_ref().map(hash_value))?;
        move_key(db, Key::Order, no, None, order.map(text_value))
    }

    /// The person's own row, without the keys under which others find it.
    pub(super) fn insert_row(&self, no: i64, person: &Change) -> Result<(), StoreError> {
        insert_row(self.db(), no, person)
    }

    pub(super) fn update_person(&self, no: i64, person: &Change) -> Result<(), StoreError> {
        Self::update_in(self.db(), no, person)
    }

    pub(super) fn update_in(db: &Connection, no: i64, person: &Change) -> Result<(), StoreError> {
        let sql = "UPDATE attendee SET fields = ? WHERE no = ?";
        let mut update = db.prepare_cached(sql)?;
        update.execute(params![encode_row(person.fields.iter(), None), no])?;
        note_revoked(db, no, &person.revoked)?;
        db.prepare_cached("DELETE FROM added WHERE attendee = ?")?.execute([no])?;
        note_added(db, no, &person.fields)?;
        let (old, new) = (person.old_code.as_ref(), person.code.as_ref());
        move_key(db, Key::Code, no, old.map(hash_value), new.map(hash_value))?;
        let (old, new) = (person.old_order.as_ref(), person.fields.get(&Field::Order));
        move_key(db, Key::Order, no, old.map(text_value), new.map(text_value))
    }

    /// Lets a person be found under another key.
    pub(super) fn move_key(
        &self,
        key: Key,
        no: i64,
        old: Option<ValueRef<'_>>,
        new: Option<ValueRef<'_>>,
    ) -> Result<(), StoreError> {
        move_key(self.db(), key, no, old, new)
    }
}

fn insert_row(db: &Connection, no: i64, person: &Change) -> Result<(), StoreError> {
    let sql = "INSERT INTO attendee (no, id, fields) VALUES (?, ?, ?)";
    let fields = encode_row(person.fields.iter(), None);
    db.prepare_cached(sql)?.execute(params![no, person.id.bytes().as_slice(), fields])?;
    note_added(db, no, &person.fields)
}

/// Codes that held before are only ever added to.
pub(super) fn note_revoked(
    db: &Connection,
    no: i64,
    revoked: &[CodeHash],
) -> Result<(), StoreError> {
    for hash in revoked {
        let mut insert = db.prepare_cached("INSERT OR IGNORE INTO revoked VALUES (?, ?)")?;
        insert.execute(params![hash.bytes().as_slice(), no])?;
    }
    Ok(())
}

/// Whoever was added at a door is found as such.
fn note_added(db: &Connection, no: i64, fields: &Fields) -> Result<(), StoreError> {
    if fields.contains_key(&Field::AddedAt) {
        db.prepare_cached("INSERT OR IGNORE INTO added VALUES (?)")?.execute([no])?;
    }
    Ok(())
}

fn move_key(
    db: &Connection,
    key: Key,
    no: i64,
    old: Option<ValueRef<'_>>,
    new: Option<ValueRef<'_>>,
) -> Result<(), StoreError> {
    if old == new {
        return Ok(());
    }
    let (delete, insert) = match key {
        Key::Code => {
            ("DELETE FROM code WHERE hash = ? AND attendee = ?", "INSERT INTO code VALUES (?, ?)")
        }
        Key::Order => (
            "DELETE FROM orders WHERE name = ? AND attendee = ?",
            "INSERT INTO orders VALUES (?, ?)",
        ),
    };
    for (sql, value) in [(delete, old), (insert, new)] {
        if let Some(value) = value {
            db.prepare_cached(sql)?.execute(params![ToSqlOutput::Borrowed(value), no])?;
        }
    }
    Ok(())
}

/// What people are found by, beside their ids.
#[derive(Debug, Clone, Copy)]
pub(super) enum Key {
    Code,
    Order,
}

pub(super) fn hash_value(hash: &CodeHash) -> ValueRef<'_> {
    ValueRef::Blob(hash.bytes())
}

pub(super) fn text_value(text: &String) -> ValueRef<'_> {
    ValueRef::Text(text.as_bytes())
}

fn person_row(row: &Row<'_>) -> rusqlite::Result<PersonRow> {
    let fields = decode_row(row.get_ref(2)?.as_blob()?).0;
    Ok(PersonRow { no: row.get(0)?, id: AttendeeId::new(row.get(1)?), fields })
}
