//! Floors for benchmarks: the least that SQLite itself does for the same bytes on the same disk.

use super::people::Change;
use super::{Store, StoreError};
use crate::roster::encode_row;
use domain::attendee::Field;
use rusqlite::{Connection, params};
use std::path::Path;

/// A table and one statement that commits a row durably.
#[derive(Debug)]
pub struct CommitFloor(Connection);

impl CommitFloor {
    /// A new file at that path.
    ///
    /// # Errors
    /// Where it cannot be made.
    pub fn new(path: &Path) -> Result<Self, StoreError> {
        let db = Connection::open(path)?;
        super::open::set_up(&db)?;
        db.execute_batch("CREATE TABLE row (key INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT")?;
        Ok(Self(db))
    }

    /// Commits a row of 200 bytes.
    ///
    /// # Errors
    /// Where the disk fails.
    pub fn commit(&self) -> Result<(), StoreError> {
        let mut insert = self.0.prepare_cached("INSERT INTO row (bytes) VALUES (?)")?;
        insert.execute([[7_u8; 200].as_slice()])?;
        Ok(())
    }
}

/// Inserts the same people into the same tables and indexes, in one transaction and nothing else.
///
/// # Errors
/// Where the disk fails.
pub fn insert_people(path: &Path, people: &[Change]) -> Result<(), StoreError> {
    let db = Connection::open(path)?;
    super::open::set_up(&db)?;
    db.execute_batch(include_str!("schema.sql"))?;
    db.execute_batch("BEGIN IMMEDIATE")?;
    {
        let mut row = db.prepare("INSERT INTO attendee (no, id, fields) VALUES (?, ?, ?)")?;
        let mut code = db.prepare("INSERT INTO code VALUES (?, ?)")?;
        let mut order = db.prepare("INSERT INTO orders VALUES (?, ?)")?;
        for (person, no) in people.iter().zip(1_i64..) {
            let fields = encode_row(person.fields.iter(), None);
            row.execute(params![no, person.id.bytes().as_slice(), fields])?;
            if let Some(hash) = person.code {
                code.execute(params![hash.bytes().as_slice(), no])?;
            }
            if let Some(name) = person.fields.get(&Field::Order) {
                order.execute(params![name, no])?;
            }
        }
    }
    db.execute_batch("COMMIT")?;
    Ok(())
}

/// Inserts or ignores rows of these bytes, in one transaction and nothing else.
///
/// # Errors
/// Where the disk fails.
pub fn insert_or_ignore(path: &Path, rows: &[Vec<u8>]) -> Result<(), StoreError> {
    let floor = CommitFloor::new(path)?;
    floor.0.execute_batch("BEGIN IMMEDIATE")?;
    {
        let mut insert = floor.0.prepare("INSERT OR IGNORE INTO row VALUES (?, ?)")?;
        for (row, key) in rows.iter().zip(1_i64..) {
            insert.execute(params![key, row])?;
        }
    }
    floor.0.execute_batch("COMMIT")?;
    Ok(())
}

impl Store {
    /// Lets what is written from now on be lost by a power cut, or not; for filling a store before it is measured.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn set_durable(&mut self, durable: bool) -> Result<(), StoreError> {
        let level = if durable { "FULL" } else { "OFF" };
        self.db.execute_batch(&format!("PRAGMA synchronous = {level}"))?;
        Ok(())
    }

    /// Writes everything into the main file, and tells how long that is in bytes.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn settle(&mut self) -> Result<u64, StoreError> {
        self.db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        let pages: i64 = self.db.query_row("PRAGMA page_count", [], |row| row.get(0))?;
        let size: i64 = self.db.query_row("PRAGMA page_size", [], |row| row.get(0))?;
        Ok((pages * size).cast_unsigned())
    }
}
