//! Following one log from its first record: hashes, signatures, clocks, bodies.

use super::super::LogRow;
use super::super::query::read_fact;
use crate::keys::Head;
use crate::record::Record;
use domain::access::Kind;

/// One log being followed from its first record.
pub(super) struct Chain<'a> {
    log: &'a LogRow,
    what: String,
    dropped: &'a [(u64, u64)],
    seq: u64,
    hash: [u8; 32],
    hlc: u64,
    bytes: usize,
    /// Last position up to which the log is proven.
    proven: u64,
    broken: bool,
    /// Whether its branches prove it.
    stem: bool,
    pub(super) problems: Vec<String>,
}

impl<'a> Chain<'a> {
    pub(super) fn new(
        log: &'a LogRow,
        what: String,
        dropped: &'a [(u64, u64)],
        stem: bool,
    ) -> Self {
        let (hash, problems) = (log.base_hash, Vec::new());
        let (seq, broken) = (log.base, false);
        Self {
            log,
            what,
            dropped,
            seq,
            hash,
            hlc: 0,
            bytes: 0,
            proven: seq,
            broken,
            stem,
            problems,
        }
    }

    fn say(&mut self, problem: &str) {
        self.problems.push(format!("{}: {problem}.", self.what));
    }

    /// Takes the next record; whether the rest of the log can still be followed.
    pub(super) fn take(&mut self, seq: u64, bytes: &[u8], checkpoint: Option<[u8; 64]>) -> bool {
        if seq > self.log.seq {
            self.say(&format!("there are records after its signed end at {}", self.log.seq));
            return false;
        }
        if seq != self.seq + 1 {
            self.say(&format!("record {} is missing", self.seq + 1));
            self.broken = true;
            return false;
        }
        let Ok(record) = Record::from_bytes(bytes) else {
            self.say(&format!("record {seq} cannot be read"));
            self.broken = true;
            return false;
        };
        self.inspect(seq, &record);
        self.hash = record.hash(self.log.name.id(), seq, &self.hash);
        (self.seq, self.hlc) = (seq, record.hlc);
        self.bytes += record.length_before_drop();
        // Of a branch it is not known here how many bytes lie between its first record and the signature before.
        let due = seq.is_multiple_of(256) || self.bytes > 256 * 1024 && !self.log.is_branch();
        if due {
            self.bytes = 0;
        }
        match checkpoint {
            Some(signature) => self.prove(&signature),
            None if due => {
                self.say(&format!("the signature at record {seq} is missing"));
                true
            }
            None => true,
        }
    }

    fn inspect(&mut self, seq: u64, record: &Record) {
        if record.hlc <= self.hlc {
            self.say(&format!("the clock of record {seq} is not after the one before"));
        }
        if record.key.is_some() != self.log.name.space.is_sealed() {
            self.say(&format!("record {seq} is not sealed as its space is"));
        }
        let covered = self.dropped.iter().any(|(from, to)| (*from..=*to).contains(&seq));
        if record.body.bytes().is_none() && !covered {
            self.say(&format!(
                "the content of record {seq} is gone, and nobody said it was dropped"
            ));
        }
        let unreadable = matches!(record.kind, Kind::SCAN | Kind::VOID | Kind::RESOLUTION)
            && record.body.bytes().is_some()
            && read_fact(record).is_none();
        if unreadable {
            self.say(&format!("the content of record {seq} cannot be read"));
        }
    }

    fn prove(&mut self, signature: &[u8; 64]) -> bool {
        let head = Head { log: self.log.name.id(), seq: self.seq, hash: self.hash };
        if head.is_signed_by(&self.log.name.station, signature) {
            self.proven = self.seq;
            return true;
        }
        let from = self.proven + 1;
        self.say(&format!("records {from} to {} are not what its station signed", self.seq));
        self.broken = true;
        false
    }

    pub(super) fn end(&mut self) {
        if self.broken {
            return;
        }
        if self.seq < self.log.seq {
            self.say(&format!("record {} is missing", self.seq + 1));
        } else if self.seq > self.log.base {
            if self.hash != self.log.hash {
                self.say(&format!("its last record {} is not the one it ends with", self.seq));
            }
            // Where a log was cut at a fork nobody signed; its branches prove it.
            if !self.stem || self.log.signature != [0; 64] {
                self.prove(&self.log.signature.clone());
            }
        }
    }
}
