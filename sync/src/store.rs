//! One event's replica in one SQLite file: records, and the projections that queries need, in one transaction.
//!
//! There is one writer, in WAL mode with `synchronous=FULL`: what [`Store::write`] returned is on the disk. A projection
//! holds nothing that the records do not say; [`check`] rebuilds all of them and compares. After a failed sync the
//! store refuses everything, because a later sync that succeeds would prove nothing about the earlier bytes.

mod append;
pub mod check;
mod error;
pub mod floor;
mod ingest;
mod members;
mod open;
mod people;
mod project;
mod query;
mod replica;
mod stage;
pub mod syncs;

pub use append::Batch;
pub use error::StoreError;
pub use members::{Admission, Joining};
pub use open::{Founding, Installation};
pub use people::{Change, PersonRow, ShardChange};
pub use query::{ChangeRow, Exported, LogRow, read_fact};
pub use stage::Stage;

use crate::certificate::Certificate;
use crate::control::{Members, Told};
use crate::document::{Author, Document};
use crate::id::{Epoch, EventId, StationKey};
use crate::keys::{SecretKey, SpaceKey};
use crate::record::DocRef;
use crate::replica::LogHead;
use crate::roster::Naming;
use domain::access::Space;
use domain::id::LogId;
use rusqlite::Connection;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

/// Room for positions in the key of a record: 2^40 records a log.
const SEQ_BITS: u32 = 40;

/// An open replica.
#[derive(Debug)]
pub struct Store {
    db: Connection,
    event: EventId,
    root: StationKey,
    station: SecretKey,
    epoch: Epoch,
    /// Last value of the clock over all own records.
    clock: u64,
    tips: BTreeMap<Space, Tip>,
    /// The latest clock value heard of others, as far as this laptop lets itself be pulled.
    heard: u64,
    logs: BTreeMap<i64, LogRow>,
    /// Every log and branch with records.
    heads: BTreeMap<LogId, LogHead>,
    numbers: BTreeMap<LogId, i64>,
    /// The log and the branches of each log.
    parts: BTreeMap<LogId, BTreeSet<i64>>,
    digests: RefCell<BTreeMap<Space, [u8; 32]>>,
    members: Members,
    told: Vec<Told>,
    space_keys: BTreeMap<Space, SpaceKey>,
    /// Attendees numbered above this are staged by an import and not there yet.
    published: i64,
    staging: bool,
    /// Random bytes of this opening.
    start: [u8; 4],
    broken: Option<StoreError>,
}

/// Where an own log ends.
#[derive(Debug, Clone, Copy)]
struct Tip {
    no: i64,
    id: LogId,
    seq: u64,
    hash: [u8; 32],
    /// Bytes of records since the last checkpoint.
    bytes: usize,
}

impl Store {
    /// The event.
    #[must_use]
    pub const fn event(&self) -> EventId {
        self.event
    }

    /// The root public key of the event.
    #[must_use]
    pub const fn root(&self) -> StationKey {
        self.root
    }

    /// This station's key.
    #[must_use]
    pub fn station(&self) -> StationKey {
        self.station.public()
    }

    /// The epoch of this station's logs.
    #[must_use]
    pub const fn epoch(&self) -> Epoch {
        self.epoch
    }

    /// The last value of the clock over all own records.
    #[must_use]
    pub const fn clock(&self) -> u64 {
        self.clock
    }

    /// The certificate of a station that may take part.
    #[must_use]
    pub fn certificate(&self, station: &StationKey) -> Option<&Certificate> {
        self.members.certificate(station)
    }

    /// Who takes part.
    #[must_use]
    pub const fn members(&self) -> &Members {
        &self.members
    }

    /// How names in the roster are derived.
    ///
    /// # Errors
    /// Where this station does not hold the roster's secret.
    pub fn naming(&self) -> Result<Naming, StoreError> {
        let secret = self.space_keys.get(&Space::Roster).ok_or(StoreError::NotAllowed("roster"))?;
        Ok(Naming::new(secret.clone()))
    }

    /// What broke this store, if anything did: it takes no more writes, and no other opening of it in this process should.
    #[must_use]
    pub const fn broken(&self) -> Option<&StoreError> {
        self.broken.as_ref()
    }

    /// Remembers a failure after which nothing more may be called done.
    fn noting<T>(&mut self, done: Result<T, StoreError>) -> Result<T, StoreError> {
        if let Err(problem) = &done
            && problem.breaks_the_store()
        {
            self.broken = Some(problem.clone());
        }
        done
    }

    /// Whether an import is under way.
    #[must_use]
    pub const fn is_staging(&self) -> bool {
        self.staging
    }

    /// A document with all its changes, for the author of this station's log in its space.
    ///
    /// # Errors
    /// Where the store cannot be read or a change is damaged.
    pub fn document(&self, space: Space, name: &str) -> Result<Document, StoreError> {
        let changes = self.changes(space, DocRef::new(space, name))?;
        let changes = changes.iter().map(|change| (change.log, change.body.as_slice()));
        Ok(Document::load(self.author(space), changes))
    }

    /// As whom this station writes to the documents of a space.
    fn author(&self, space: Space) -> Author {
        Author::new(self.own_log(space), self.start)
    }

    /// The id of this station's log in a space.
    #[must_use]
    pub fn own_log(&self, space: Space) -> LogId {
        self.log_name(space).id()
    }

    fn log_name(&self, space: Space) -> crate::id::LogName {
        let (event, station, epoch) = (self.event, self.station.public(), self.epoch);
        crate::id::LogName { event, space, station, epoch }
    }

    fn ready(&self) -> Result<(), StoreError> {
        self.broken.clone().map_or(Ok(()), Err)
    }
}

/// The key under which a record is stored.
const fn record_key(log_no: i64, seq: u64) -> i64 {
    log_no << SEQ_BITS | (seq & ((1 << SEQ_BITS) - 1)).cast_signed()
}

/// The log number and position that a key stands for.
const fn place_of(key: i64) -> (i64, u64) {
    (key >> SEQ_BITS, (key & ((1 << SEQ_BITS) - 1)).cast_unsigned())
}

/// The number under which a person's facts are found: the first eight bytes of the id. Two people may share one.
fn person_no(id: domain::id::AttendeeId) -> i64 {
    let mut first = [0; 8];
    first.iter_mut().zip(id.bytes()).for_each(|(to, from)| *to = *from);
    i64::from_be_bytes(first)
}
