//! Making, opening and checking a store file before it is used.

use super::append::Batch;
use super::{LogRow, Store, StoreError, Tip};
use crate::certificate::{Certificate, WrappedKey, Wrapping};
use crate::control::Members;
use crate::entropy::{Entropy, random};
use crate::id::{Epoch, EventId, StationKey};
use crate::keys::{SecretKey, SpaceKey};
use domain::access::Kind;
use domain::access::Role;
use domain::access::Space;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, OptionalExtension, params};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::Path;

/// Format that this version writes. It grows only when an older version would misread the file.
const FORMAT: i64 = 1;
/// Marks the file as a store, in SQLite's header: "Lnyd".
const APPLICATION: i64 = 0x4c6e_7964;

/// What an event begins with.
#[derive(Debug)]
pub struct Founding<'a> {
    /// The event's root key.
    pub root: &'a SecretKey,
    /// Key of the first station, the organizer's.
    pub station: &'a SecretKey,
    /// Name of that station.
    pub name: &'a str,
    /// Until when sessions are held with its certificate, in milliseconds since 1970 UTC.
    pub not_after: Option<i64>,
    /// Where the file lies, as far as a copy of it can tell.
    pub installation: Installation,
}

/// Tells a copied store from the one it was copied from: 16 bytes that differ in another place.
pub type Installation = [u8; 16];

impl Store {
    /// Makes the store of a new event, with the first station's certificate and the keys of spaces in it.
    ///
    /// # Errors
    /// Where the file cannot be made.
    pub fn create(
        path: &Path,
        founding: &Founding<'_>,
        now: i64,
        entropy: &mut dyn Entropy,
    ) -> Result<Self, StoreError> {
        let Founding { root, station, installation, .. } = founding;
        let mut store = Self::make(path, root.public(), root, *installation, entropy)?;
        let certificate = Certificate {
            station: founding.station.public().0,
            name: founding.name.to_owned(),
            role: Role::Admin,
            exhibitor: None,
            may_issue: true,
            not_before: now,
            not_after: founding.not_after,
            box_key: founding.station.box_public(),
            serial: None,
            gate: None,
        };
        let body = to_cbor(&certificate);
        store.write(now, entropy, |batch| {
            batch.append(Space::Control, Kind::CERTIFICATE, None, &body)
        })?;
        drop(store);
        let mut store = Self::open(path, station, *installation, entropy)?;
        store.write(now, entropy, |batch| give_keys(batch, station))?;
        store.load_keys()?;
        Ok(store)
    }

    /// Makes an empty file for the replica of an event.
    pub(super) fn make(
        path: &Path,
        root: StationKey,
        station: &SecretKey,
        installation: Installation,
        entropy: &mut dyn Entropy,
    ) -> Result<Self, StoreError> {
        let db = Connection::open(path)?;
        set_up(&db)?;
        db.execute_batch("BEGIN IMMEDIATE")?;
        db.execute_batch(include_str!("schema.sql"))?;
        let epoch = Epoch(u64::from_le_bytes(random(entropy)));
        for (key, value) in [
            ("root", root.0.to_vec()),
            ("epoch", epoch.0.to_le_bytes().to_vec()),
            ("installation", installation.to_vec()),
        ] {
            db.execute("INSERT INTO meta VALUES (?, ?)", params![key, value])?;
        }
        db.execute("INSERT INTO meta VALUES ('published', 0)", [])?;
        db.pragma_update(None, "application_id", APPLICATION)?;
        db.pragma_update(None, "user_version", FORMAT)?;
        db.execute_batch("COMMIT")?;
        Ok(Self::with(db, root, station.clone(), epoch))
    }

    /// Opens a store for the station of that key.
    ///
    /// # Errors
    /// Where there is no store, it is damaged or of a later format, or the station is no member.
    pub fn open(
        path: &Path,
        station: &SecretKey,
        installation: Installation,
        entropy: &mut dyn Entropy,
    ) -> Result<Self, StoreError> {
        let (mut store, of) = Self::attach(path, station)?;
        if of != installation {
            // A copy or a restored backup: its logs go on under a new epoch, so that two never write the same one.
            store.epoch = Epoch(u64::from_le_bytes(random(entropy)));
            let sql = "UPDATE meta SET value = ? WHERE key = ?";
            store.db.execute_batch("BEGIN IMMEDIATE")?;
            store.db.execute(sql, params![store.epoch.0.to_le_bytes().to_vec(), "epoch"])?;
            store.db.execute(sql, params![installation.to_vec(), "installation"])?;
            store.db.execute_batch("COMMIT")?;
        }
        store.start = random(entropy);
        store.load()?;
        store.abandon_leftovers()?;
        store.project_stale()?;
        Ok(store)
    }

    /// Opens a store only to look at it, beside whoever uses it, however damaged it is; see [`Store::check`].
    ///
    /// # Errors
    /// Where there is no store, or not even its tables can be read.
    pub fn inspect(path: &Path, station: &SecretKey) -> Result<Self, StoreError> {
        let (mut store, _) = Self::attach(path, station)?;
        // One state of the file is looked at, whatever is written meanwhile.
        store.db.execute_batch("BEGIN")?;
        let meta = |key: &str| {
            let sql = "SELECT value FROM meta WHERE key = ?";
            store.db.query_row(sql, [key], |row| row.get::<_, i64>(0)).optional()
        };
        let (published, staging) = (meta("published")?, meta("staging")?);
        (store.published, store.staging) = (published.unwrap_or_default(), staging.is_some());
        // What cannot be read is named by the check itself.
        let logs = store.read_logs().unwrap_or_default();
        store.note_logs(logs);
        let _ = store.load_members();
        let _ = store.load_keys();
        Ok(store)
    }

    /// A store of which nothing is read yet but what it is, and the installation it was last used in.
    fn attach(path: &Path, station: &SecretKey) -> Result<(Self, Installation), StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let db = Connection::open_with_flags(path, flags)?;
        check_format(&db)?;
        set_up(&db)?;
        grow(&db)?;
        let meta = |key: &str| -> Result<Vec<u8>, StoreError> {
            let sql = "SELECT value FROM meta WHERE key = ?";
            let value = db.query_row(sql, [key], |row| row.get(0)).optional()?;
            value.ok_or_else(|| StoreError::Damaged(format!("it does not say its {key}")))
        };
        let damaged = |what: &str| StoreError::Damaged(format!("its {what} cannot be read"));
        let root = StationKey(meta("root")?.try_into().map_err(|_| damaged("root key"))?);
        let epoch =
            Epoch(u64::from_le_bytes(meta("epoch")?.try_into().map_err(|_| damaged("epoch"))?));
        let of = meta("installation")?.try_into().map_err(|_| damaged("installation"))?;
        Ok((Self::with(db, root, station.clone(), epoch), of))
    }

    fn with(db: Connection, root: StationKey, station: SecretKey, epoch: Epoch) -> Self {
        Self {
            db,
            event: EventId::of(&root),
            root,
            station,
            epoch,
            clock: 0,
            tips: BTreeMap::new(),
            heard: 0,
            logs: BTreeMap::new(),
            heads: BTreeMap::new(),
            numbers: BTreeMap::new(),
            parts: BTreeMap::new(),
            digests: RefCell::default(),
            members: Members::none(root),
            told: Vec::new(),
            space_keys: BTreeMap::new(),
            published: 0,
            staging: false,
            start: [0; 4],
            broken: None,
        }
    }

    fn load(&mut self) -> Result<(), StoreError> {
        self.reload()?;
        let of_root = self.station.public() == self.root;
        if of_root || self.members.certificate(&self.station.public()).is_some() {
            Ok(())
        } else {
            Err(StoreError::NotAllowed("this event"))
        }
    }

    /// Reads from the file all that is kept in memory.
    pub(super) fn reload(&mut self) -> Result<(), StoreError> {
        let sql = "SELECT value FROM meta WHERE key = 'published'";
        self.published = self.db.query_row(sql, [], |row| row.get(0))?;
        self.load_tips()?;
        self.load_members()?;
        self.load_keys()
    }

    /// Reads how far the logs go, as they are signed.
    pub(super) fn load_tips(&mut self) -> Result<(), StoreError> {
        let logs = self.read_logs()?;
        self.note_logs(logs);
        self.tips.clear();
        let own: Vec<LogRow> = self
            .logs
            .values()
            .filter(|log| log.name.station == self.station.public())
            .cloned()
            .collect();
        for log in own {
            if let Some(record) = self.record(log.no, log.seq)? {
                self.clock = self.clock.max(record.hlc);
            }
            if log.name.epoch == self.epoch && !log.is_branch() {
                let bytes = self.bytes_since_checkpoint(&log)?;
                let tip = Tip { no: log.no, id: log.id, seq: log.seq, hash: log.hash, bytes };
                self.tips.insert(log.name.space, tip);
            }
        }
        Ok(())
    }

    pub(super) fn load_keys(&mut self) -> Result<(), StoreError> {
        let issuers: Vec<LogRow> =
            self.logs.values().filter(|log| log.name.space == Space::Control).cloned().collect();
        let ours = self.station.public().0;
        for log in issuers {
            for (seq, record) in self.records_of(&log, Kind::SPACE_KEY)? {
                if !self.has_effect(&log, seq, Kind::SPACE_KEY) {
                    continue;
                }
                let Some(body) = record.body.bytes() else {
                    continue;
                };
                let Ok(given) = minicbor::decode::<WrappedKey>(body) else {
                    continue;
                };
                let Some(space) = Space::from_name(&given.space) else {
                    continue;
                };
                let to_us = given.to.iter().find(|to| to.station == ours);
                let key = to_us.and_then(|to| SpaceKey::unwrap(&self.station, &to.wrapped).ok());
                if let Some(key) = key.filter(|key| key.id() == given.key) {
                    self.space_keys.insert(space, key);
                }
            }
        }
        Ok(())
    }

    pub(super) fn bytes_since_checkpoint(&self, log: &LogRow) -> Result<usize, StoreError> {
        let (first, last) = (super::record_key(log.no, 0), super::record_key(log.no, log.seq));
        let sql = "SELECT max(key) FROM checkpoint WHERE key BETWEEN ? AND ?";
        let from: Option<i64> = self.db.query_row(sql, [first, last], |row| row.get(0))?;
        let sql = "SELECT coalesce(sum(length(bytes)), 0) FROM record WHERE key > ? AND key <= ?";
        let bytes: i64 = self.db.query_row(sql, [from.unwrap_or(first), last], |row| row.get(0))?;
        Ok(usize::try_from(bytes).unwrap_or(0))
    }
}

/// Makes the keys that the first station needs and wraps them to it.
fn give_keys(batch: &mut Batch<'_>, station: &SecretKey) -> Result<(), StoreError> {
    for space in [Space::Roster, Space::Contact] {
        let key = SpaceKey(random(batch.entropy()));
        let wrapped = key.wrap(&station.box_public(), batch.entropy());
        let to = vec![Wrapping { station: station.public().0, wrapped }];
        let given = WrappedKey { space: space.as_str().to_owned(), key: key.id(), to };
        batch.append(Space::Control, Kind::SPACE_KEY, None, &to_cbor(&given))?;
    }
    Ok(())
}

fn check_format(db: &Connection) -> Result<(), StoreError> {
    let pragma =
        |name: &str| db.query_row(&format!("PRAGMA {name}"), [], |row| row.get::<_, i64>(0));
    if pragma("application_id")? != APPLICATION {
        return Err(StoreError::Damaged("it is not a Lanyard store".to_owned()));
    }
    match pragma("user_version")? {
        found if found > FORMAT => Err(StoreError::Newer { found, known: FORMAT }),
        _ => Ok(()),
    }
}

/// Adds what earlier versions did not have. An earlier version goes on with the file as it is.
fn grow(db: &Connection) -> Result<(), StoreError> {
    let has = |sql| -> Result<bool, StoreError> { Ok(db.prepare(sql)?.exists([])?) };
    if !has("SELECT 1 FROM pragma_table_info('log') WHERE name = 'base'")? {
        db.execute_batch(
            "BEGIN IMMEDIATE;
             ALTER TABLE log ADD COLUMN base INTEGER NOT NULL DEFAULT 0;
             ALTER TABLE log ADD COLUMN base_hash BLOB NOT NULL
               DEFAULT x'0000000000000000000000000000000000000000000000000000000000000000';
             ALTER TABLE checkpoint ADD COLUMN hash BLOB;
             CREATE TABLE aside (log BLOB NOT NULL, first INTEGER NOT NULL, person INTEGER, bytes BLOB NOT NULL,
               PRIMARY KEY (log, first)) STRICT, WITHOUT ROWID;
             COMMIT;",
        )?;
    }
    if !has("SELECT 1 FROM sqlite_schema WHERE name = 'added'")? {
        db.execute_batch(
            "CREATE TABLE IF NOT EXISTS revoked (hash BLOB NOT NULL, attendee INTEGER NOT NULL,
               PRIMARY KEY (hash, attendee)) STRICT, WITHOUT ROWID;
             CREATE TABLE IF NOT EXISTS added (attendee INTEGER PRIMARY KEY) STRICT;",
        )?;
    }
    Ok(())
}

pub(super) fn set_up(db: &Connection) -> Result<(), StoreError> {
    db.busy_timeout(std::time::Duration::from_secs(2))?;
    db.set_prepared_statement_cache_capacity(64);
    // Or SQLite compiles a query anew for every value bound to it: an eighth of a verdict's time.
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    let mode: String = db.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
    if mode != "wal" {
        return Err(StoreError::ReadOnly(format!("its journal is {mode}, not wal")));
    }
    // Full: a commit returns when it is on the disk. The other two say the same to macOS.
    db.execute_batch(
        "PRAGMA synchronous = FULL; PRAGMA fullfsync = 1; PRAGMA checkpoint_fullfsync = 1;
         PRAGMA cache_size = -32000; PRAGMA temp_store = MEMORY;",
    )?;
    Ok(())
}

/// CBOR of a value. Encoding into memory does not fail.
pub(super) fn to_cbor<T: minicbor::Encode<()>>(value: &T) -> Vec<u8> {
    minicbor::to_vec(value).unwrap_or_default()
}
