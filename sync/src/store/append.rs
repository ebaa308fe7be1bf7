//! Appending records and their effect on the projections, in one transaction.

use super::{LogRow, Store, StoreError, Tip, person_no, record_key};
use crate::entropy::{Entropy, random};
use crate::hlc;
use crate::keys::{Head, SecretKey};
use crate::record::{BODY_BYTES_MAX, Body, DocRef, Record};
use domain::access::{Kind, Space, may_write};
use domain::fact::{Answered, Resolution, Scan, Void};
use domain::id::RecordRef;
use rusqlite::{Connection, params};
use std::collections::BTreeMap;

/// A checkpoint stands at least at every so many records.
const CHECKPOINT_RECORDS: u64 = 256;
/// A checkpoint stands wherever so many bytes of records have come together.
pub(super) const CHECKPOINT_BYTES: usize = 256 * 1024;

/// What is being written in one transaction. Nothing of it shows before the transaction is durable.
pub struct Batch<'a> {
    pub(super) store: &'a Store,
    now: i64,
    pub(super) entropy: &'a mut dyn Entropy,
    clock: u64,
    pub(super) tips: BTreeMap<Space, Tip>,
    logs: Vec<LogRow>,
    signed: Vec<Tip>,
    pub(super) published: i64,
}

impl std::fmt::Debug for Batch<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Batch({:?})", self.tips)
    }
}

impl Store {
    /// Writes in one transaction. When this returns well, everything in it is on the disk.
    ///
    /// `now` is the wall clock in milliseconds since 1970 UTC.
    ///
    /// # Errors
    /// Where the disk or `work` fails: then nothing was written.
    pub fn write<T>(
        &mut self,
        now: i64,
        entropy: &mut dyn Entropy,
        work: impl FnOnce(&mut Batch<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.ready()?;
        let done = self.try_write(now, entropy, work);
        self.noting(done)
    }

    fn try_write<T>(
        &mut self,
        now: i64,
        entropy: &mut dyn Entropy,
        work: impl FnOnce(&mut Batch<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.db.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        let mut batch = Batch {
            now,
            entropy,
            clock: self.clock.max(self.heard),
            tips: self.tips.clone(),
            logs: Vec::new(),
            signed: Vec::new(),
            published: self.published,
            store: self,
        };
        let worked = work(&mut batch);
        let Batch { clock, tips, logs, signed, published, .. } = batch;
        let committed = worked.and_then(|value| {
            self.db.prepare_cached("COMMIT")?.execute([])?;
            Ok(value)
        });
        match committed {
            Ok(value) => {
                (self.clock, self.tips, self.published) = (clock, tips, published);
                logs.into_iter().for_each(|log| self.note_log(log));
                let mut control = false;
                for tip in signed {
                    if let Some(log) = self.logs.get_mut(&tip.no) {
                        (log.seq, log.hash) = (tip.seq, tip.hash);
                        control |= log.name.space == Space::Control;
                        self.digests.borrow_mut().remove(&log.name.space);
                        let head = log.head();
                        self.heads.insert(log.id, head);
                    }
                }
                if control {
                    self.load_members()?;
                }
                Ok(value)
            }
            Err(problem) => {
                // A failed commit may have ended the transaction already.
                if !self.db.is_autocommit() {
                    let _ = self.db.execute_batch("ROLLBACK");
                }
                Err(problem)
            }
        }
    }
}

impl Store {
    /// Writes in the name of the event's root key, into the log that it has since the event began.
    pub(super) fn write_as<T>(
        &mut self,
        root: &SecretKey,
        now: i64,
        entropy: &mut dyn Entropy,
        work: impl FnOnce(&mut Batch<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        // What an import has staged hangs on the tips that are set aside here.
        if self.staging {
            return Err(StoreError::Importing);
        }
        let of_root = |log: &&LogRow| log.name.station == self.root && !log.is_branch();
        let epoch = self.logs.values().find(of_root).map_or(self.epoch, |log| log.name.epoch);
        let own = (std::mem::replace(&mut self.station, root.clone()), self.epoch);
        self.epoch = epoch;
        let done = self.load_tips().and_then(|()| self.write(now, entropy, work));
        (self.station, self.epoch) = own;
        self.load_tips().and(done)
    }
}

impl<'a> Batch<'a> {
    pub(super) fn db(&self) -> &'a Connection {
        &self.store.db
    }

    /// The store, to read from within the same transaction.
    #[must_use]
    pub const fn store(&self) -> &'a Store {
        self.store
    }

    /// Where random bytes come from.
    pub fn entropy(&mut self) -> &mut dyn Entropy {
        self.entropy
    }

    /// Appends a record to this station's log in a space, and signs the log's new head.
    ///
    /// # Errors
    /// Where the body is too long or the store fails.
    pub fn append(
        &mut self,
        space: Space,
        kind: Kind,
        doc: Option<DocRef>,
        body: &[u8],
    ) -> Result<RecordRef, StoreError> {
        let tip = self.extend(space, kind, doc, body)?;
        self.sign(tip)?;
        Ok(RecordRef { log: tip.id, seq: tip.seq })
    }

    /// Records a scan, so that it is found with the person.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn scan(&mut self, scan: &Scan) -> Result<RecordRef, StoreError> {
        let body = super::open::to_cbor(scan);
        let record = self.append(Space::Attendance, Kind::SCAN, None, &body)?;
        self.link(scan.attendee, record)?;
        Ok(record)
    }

    /// Records that a scan is taken back.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn void(&mut self, void: &Void) -> Result<RecordRef, StoreError> {
        let body = super::open::to_cbor(void);
        let record = self.append(Space::Attendance, Kind::VOID, None, &body)?;
        self.link(void.attendee, record)?;
        Ok(record)
    }

    /// Records that a double admission is settled.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn resolve(&mut self, resolution: &Resolution) -> Result<RecordRef, StoreError> {
        let body = super::open::to_cbor(resolution);
        let record = self.append(Space::Attendance, Kind::RESOLUTION, None, &body)?;
        self.link(Some(resolution.attendee), record)?;
        Ok(record)
    }

    /// Records answers to a gate's questions.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn answered(&mut self, answered: &Answered) -> Result<RecordRef, StoreError> {
        let body = super::open::to_cbor(answered);
        let record = self.append(Space::Attendance, Kind::ANSWERED, None, &body)?;
        self.link(Some(answered.attendee), record)?;
        Ok(record)
    }

    fn link(
        &self,
        person: Option<domain::id::AttendeeId>,
        record: RecordRef,
    ) -> Result<(), StoreError> {
        let Some(person) = person else { return Ok(()) };
        let no = self.tips.get(&Space::Attendance).map_or(0, |tip| tip.no);
        let mut insert = self.db().prepare_cached("INSERT INTO fact VALUES (?, ?)")?;
        insert.execute([person_no(person), record_key(no, record.seq)])?;
        Ok(())
    }

    /// Appends one change of the event document and brings the settings up to date.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn change_event(
        &mut self,
        change: &[u8],
        settings: &BTreeMap<String, String>,
    ) -> Result<(), StoreError> {
        self.change(Space::Event, "event", change)?;
        self.db().execute("DELETE FROM setting", [])?;
        let mut insert = self.db().prepare_cached("INSERT INTO setting VALUES (?, ?)")?;
        for (key, value) in settings {
            insert.execute(params![key, value])?;
        }
        Ok(())
    }

    /// Appends one change of a document.
    pub(super) fn change(
        &mut self,
        space: Space,
        name: &str,
        change: &[u8],
    ) -> Result<(), StoreError> {
        let doc = DocRef::new(space, name);
        let record = self.append(space, Kind::CHANGE, Some(doc), change)?;
        self.note_change(space, doc, record)
    }

    /// Notes that a record is a change of a document.
    pub(super) fn note_change(
        &self,
        space: Space,
        doc: DocRef,
        record: RecordRef,
    ) -> Result<(), StoreError> {
        let no = self.tips.get(&space).map_or(0, |tip| tip.no);
        let mut insert = self.db().prepare_cached("INSERT INTO change VALUES (?, ?)")?;
        insert.execute(params![doc.doc.as_slice(), record_key(no, record.seq)])?;
        Ok(())
    }

    /// Writes a record after the tip of a log, without saying that the log goes that far.
    pub(super) fn extend(
        &mut self,
        space: Space,
        kind: Kind,
        doc: Option<DocRef>,
        body: &[u8],
    ) -> Result<Tip, StoreError> {
        if body.len() > BODY_BYTES_MAX {
            return Err(StoreError::Damaged(format!(
                "a record of {} bytes is too long",
                body.len()
            )));
        }
        self.may_write(space, kind)?;
        let tip = self.tip(space)?;
        let seq = tip.seq + 1;
        let space_key = if space.is_sealed() {
            let key = self.store.space_keys.get(&space);
            Some(key.ok_or(StoreError::NotAllowed("contact"))?)
        } else {
            None
        };
        let bytes = match space_key {
            Some(key) => key.seal(tip.id, seq, body, self.entropy),
            None => body.to_vec(),
        };
        self.clock = hlc::next(self.clock, self.now);
        let record = Record {
            hlc: self.clock,
            kind,
            doc,
            key: space_key.map(crate::keys::SpaceKey::id),
            body: Body::Held { salt: random(self.entropy), bytes },
        };
        let hash = record.hash(tip.id, seq, &tip.hash);
        let bytes = record.to_bytes();
        let mut insert = self.db().prepare_cached("INSERT INTO record VALUES (?, ?)")?;
        insert.execute(params![record_key(tip.no, seq), bytes])?;
        let mut tip = Tip { seq, hash, bytes: tip.bytes + bytes.len(), ..tip };
        if seq.is_multiple_of(CHECKPOINT_RECORDS) || tip.bytes > CHECKPOINT_BYTES {
            let signature = self.signature(&tip);
            let mut insert = self.db().prepare_cached("INSERT INTO checkpoint VALUES (?, ?, ?)")?;
            let key = record_key(tip.no, seq);
            insert.execute(params![key, signature.as_slice(), tip.hash.as_slice()])?;
            tip.bytes = 0;
        }
        self.tips.insert(space, tip);
        Ok(tip)
    }

    /// Nothing is written that would have no effect: nobody should be shown as done what counts nowhere.
    fn may_write(&self, space: Space, kind: Kind) -> Result<(), StoreError> {
        let (members, own) = (&self.store.members, self.store.station.public());
        if own == members.root() {
            return Ok(());
        }
        if members.is_revoked(&own) {
            return Err(StoreError::ShutOut);
        }
        let may = match space {
            Space::Control => members.may_issue(&own),
            _ => members.role(&own).is_some_and(|role| may_write(role, space, kind)),
        };
        if may { Ok(()) } else { Err(StoreError::NotAllowed(space.as_str())) }
    }

    /// Says, signed, that a log goes as far as its tip.
    pub(super) fn sign(&mut self, tip: Tip) -> Result<(), StoreError> {
        let signature = self.signature(&tip);
        let sql = "UPDATE log SET seq = ?, hash = ?, signature = ? WHERE no = ?";
        let seq = tip.seq.cast_signed();
        let mut update = self.db().prepare_cached(sql)?;
        update.execute(params![seq, tip.hash.as_slice(), signature.as_slice(), tip.no])?;
        self.signed.push(tip);
        Ok(())
    }

    fn signature(&self, tip: &Tip) -> [u8; 64] {
        let head = Head { log: tip.id, seq: tip.seq, hash: tip.hash };
        self.store.station.sign_head(&head)
    }

    fn tip(&mut self, space: Space) -> Result<Tip, StoreError> {
        if let Some(tip) = self.tips.get(&space) {
            return Ok(*tip);
        }
        let name = self.store.log_name(space);
        let (id, hash) = (name.id(), [0; 32]);
        let sql = "INSERT INTO log (id, space, station, epoch, seq, hash, signature)
                   VALUES (?, ?, ?, ?, 0, ?, ?)";
        let signature = self.store.station.sign_head(&Head { log: id, seq: 0, hash });
        self.db().execute(
            sql,
            params![
                id.bytes().as_slice(),
                space.as_str(),
                name.station.0.as_slice(),
                name.epoch.0.cast_signed(),
                hash.as_slice(),
                signature.as_slice(),
            ],
        )?;
        let no = self.db().last_insert_rowid();
        let (base, base_hash) = (0, [0; 32]);
        self.logs.push(LogRow { no, id, name, seq: 0, hash, signature, base, base_hash });
        let tip = Tip { no, id, seq: 0, hash, bytes: 0 };
        self.tips.insert(space, tip);
        Ok(tip)
    }
}
