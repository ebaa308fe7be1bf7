//! A store file in the hands of somebody who knows exactly how it is made, and has SQLite.

use domain::access::Space;
use rusqlite::{Connection, params};
use std::path::PathBuf;
use sync::id::{EventId, LogName, StationKey};
use sync::keys::{Head, SecretKey};
use sync::record::{Body, Record};
use tests::Place;

/// An opened store.
#[derive(Debug)]
pub(crate) struct Store {
    pub(crate) db: Connection,
    pub(crate) path: PathBuf,
}

/// A row of the table of logs.
#[derive(Debug, Clone)]
pub(crate) struct Log {
    pub(crate) no: i64,
    pub(crate) name: LogName,
    pub(crate) seq: u64,
}

/// A key that nobody at the event has.
pub(crate) fn stranger() -> SecretKey {
    SecretKey::from_seed(&[7; 32])
}

impl Store {
    pub(crate) fn open(place: &Place) -> Self {
        let path = place.store();
        Self { db: Connection::open(&path).unwrap(), path }
    }

    pub(crate) fn run(&self, sql: &str) {
        self.db.execute_batch(sql).unwrap_or_else(|e| panic!("{sql}: {e}"));
    }

    /// Changes a row, and one has to be there.
    pub(crate) fn change(&self, sql: &str) {
        let changed = self.db.execute(sql, []).unwrap_or_else(|e| panic!("{sql}: {e}"));
        assert!(changed > 0, "{sql}: nothing to change");
    }

    fn root(&self) -> StationKey {
        let sql = "SELECT value FROM meta WHERE key = 'root'";
        let bytes: Vec<u8> = self.db.query_row(sql, [], |row| row.get(0)).unwrap();
        StationKey(bytes.try_into().unwrap())
    }

    /// The station's log in a space; in `control` the one of the root key is `root_log`.
    pub(crate) fn log(&self, space: Space) -> Log {
        self.logs(space).into_iter().find(|log| log.name.station != self.root()).unwrap()
    }

    pub(crate) fn root_log(&self) -> Log {
        self.logs(Space::Control).into_iter().find(|log| log.name.station == self.root()).unwrap()
    }

    fn logs(&self, space: Space) -> Vec<Log> {
        let mut statement = self
            .db
            .prepare("SELECT no, station, epoch, seq FROM log WHERE space = ? AND seq > 0")
            .unwrap();
        let event = EventId::of(&self.root());
        let log = |row: &rusqlite::Row<'_>| {
            let station = StationKey(row.get::<_, Vec<u8>>(1)?.try_into().unwrap());
            let epoch = sync::id::Epoch(row.get::<_, i64>(2)?.cast_unsigned());
            let name = LogName { event, space, station, epoch };
            Ok(Log { no: row.get(0)?, name, seq: row.get::<_, i64>(3)?.cast_unsigned() })
        };
        statement.query_map([space.as_str()], log).unwrap().map(Result::unwrap).collect()
    }

    pub(crate) fn bytes(&self, log: &Log, seq: u64) -> Vec<u8> {
        let sql = "SELECT bytes FROM record WHERE key = ?";
        self.db.query_row(sql, [key(log, seq)], |row| row.get(0)).unwrap()
    }

    pub(crate) fn put(&self, log: &Log, seq: u64, bytes: &[u8]) {
        self.db
            .execute("INSERT OR REPLACE INTO record VALUES (?, ?)", params![key(log, seq), bytes])
            .unwrap();
    }

    /// Changes the bytes of one record.
    pub(crate) fn edit(&self, log: &Log, seq: u64, edit: impl FnOnce(&mut Vec<u8>)) {
        let mut bytes = self.bytes(log, seq);
        let before = bytes.clone();
        edit(&mut bytes);
        assert_ne!(before, bytes, "an edit that changes nothing");
        self.put(log, seq, &bytes);
    }

    pub(crate) fn delete(&self, log: &Log, seq: u64) {
        self.change(&format!("DELETE FROM record WHERE key = {}", key(log, seq)));
    }

    pub(crate) fn swap(&self, log: &Log, a: u64, b: u64) {
        let (first, second) = (self.bytes(log, a), self.bytes(log, b));
        self.put(log, a, &second);
        self.put(log, b, &first);
    }

    /// Makes a log's chain and signatures right again after an edit, with another key: all that one can do without its station's.
    pub(crate) fn sign_again(&self, log: &Log, secret: &SecretKey) {
        let id = log.name.id();
        let mut hash = [0; 32];
        for seq in 1..=log.seq {
            let record = Record::from_bytes(&self.bytes(log, seq)).unwrap();
            hash = record.hash(id, seq, &hash);
            let signature = secret.sign_head(&Head { log: id, seq, hash });
            let sql = "UPDATE checkpoint SET signature = ? WHERE key = ?";
            self.db.execute(sql, params![signature.as_slice(), key(log, seq)]).unwrap();
        }
        let signature = secret.sign_head(&Head { log: id, seq: log.seq, hash });
        let sql = "UPDATE log SET id = ?, station = ?, hash = ?, signature = ? WHERE no = ?";
        let station = log.name.station.0;
        let row = params![
            id.bytes().as_slice(),
            station.as_slice(),
            hash.as_slice(),
            signature.as_slice(),
            log.no
        ];
        assert_eq!(self.db.execute(sql, row).unwrap(), 1);
    }

    /// Says that a log ends earlier, as it was when a signature within it was made.
    pub(crate) fn roll_back(&self, log: &Log, to: u64) {
        let id = log.name.id();
        let hash = (1..=to).fold([0; 32], |hash, seq| {
            Record::from_bytes(&self.bytes(log, seq)).unwrap().hash(id, seq, &hash)
        });
        let sql = "UPDATE log SET seq = ?, hash = ?, signature = (SELECT signature FROM checkpoint WHERE key = ?) WHERE no = ?";
        assert_eq!(
            self.db
                .execute(sql, params![to.cast_signed(), hash.as_slice(), key(log, to), log.no])
                .unwrap(),
            1
        );
    }

    /// Takes the content of a record away, as a drop would.
    pub(crate) fn drop_body(&self, log: &Log, seq: u64) {
        let mut record = Record::from_bytes(&self.bytes(log, seq)).unwrap();
        let length = u32::try_from(record.body.bytes().unwrap().len()).unwrap();
        record.body = Body::Dropped { length, hash: record.body.hash() };
        self.put(log, seq, &record.to_bytes());
    }

    /// Flips a bit of the first byte that this text has in the file, past SQLite.
    pub(crate) fn flip_in_file(self, bytes: &[u8]) {
        let Self { db, path } = self;
        db.close().unwrap();
        let mut file = std::fs::read(&path).unwrap();
        let at = file
            .windows(bytes.len())
            .position(|window| window == bytes)
            .expect("these bytes are in the file");
        file[at] ^= 1;
        std::fs::write(path, file).unwrap();
    }

    /// Overwrites the head of the page that a table begins with.
    pub(crate) fn spoil_page(self, table: &str) {
        let number = |sql: &str| self.db.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
        let page = number(&format!("SELECT rootpage FROM sqlite_schema WHERE name = '{table}'"));
        let size = number("PRAGMA page_size");
        let Self { db, path } = self;
        db.close().unwrap();
        let mut file = std::fs::read(&path).unwrap();
        let at = usize::try_from((page - 1) * size).unwrap();
        file[at..at + 12].fill(0x55);
        std::fs::write(path, file).unwrap();
    }
}

/// The key under which a record is stored.
pub(crate) fn key(log: &Log, seq: u64) -> i64 {
    log.no << 40 | seq.cast_signed()
}
