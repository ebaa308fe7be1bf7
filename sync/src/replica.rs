//! What the engine needs of a replica: what it holds, and a way to take in more.

use crate::control::{Members, Told};
use crate::entropy::Entropy;
use crate::id::{Epoch, EventId, LogName, StationKey};
use crate::keys::SecretKey;
use crate::stretch::{Stretch, Verified};
use domain::access::Space;
use domain::id::{AttendeeId, LogId};
use std::collections::{BTreeMap, BTreeSet};

/// A log, or a branch of a forked one, and how far this replica has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogHead {
    /// The log.
    pub name: LogName,
    /// Position of the record before its first: 0, or where a branch leaves its log.
    pub base: u64,
    /// Its last record.
    pub seq: u64,
    /// Hash of that.
    pub hash: [u8; 32],
}

/// What came of taking records in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ingested {
    /// Records that were new.
    pub records: u64,
    /// Spaces with new records.
    pub spaces: BTreeSet<Space>,
    /// People with new facts.
    pub people: BTreeSet<AttendeeId>,
    /// Whether it changed who takes part.
    pub members: bool,
    /// Logs of which records came that contradict or do not follow what is there, and where to ask from.
    pub gaps: BTreeMap<LogId, u64>,
    /// Stations whose logs contradict themselves since.
    pub forked: BTreeSet<StationKey>,
    /// Whether others held records of this station that it had lost: it writes under a new epoch from now on.
    pub rolled_back: bool,
}

impl Ingested {
    /// Adds what came of another time.
    pub fn join(&mut self, other: Self) {
        self.records += other.records;
        self.spaces.extend(other.spaces);
        self.people.extend(other.people);
        self.members |= other.members;
        self.gaps.extend(other.gaps);
        self.forked.extend(other.forked);
        self.rolled_back |= other.rolled_back;
    }
}

/// The replica failed; nothing of what was asked took effect.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ReplicaProblem(pub String);

/// A replica of one event.
pub trait Replica {
    /// The event.
    fn event(&self) -> EventId;
    /// This station's key pair.
    fn key(&self) -> &SecretKey;
    /// The epoch of its logs.
    fn epoch(&self) -> Epoch;
    /// Who takes part.
    fn members(&self) -> &Members;
    /// What that was folded from.
    fn told(&self) -> &[Told];
    /// Every log and branch with records, by its id.
    fn heads(&self) -> &BTreeMap<LogId, LogHead>;
    /// Digest of a space: equal where two replicas hold the same of it.
    fn space_digest(&self, space: Space) -> [u8; 32];

    /// Records of a log from a position on, to the next signature; none where there are none.
    ///
    /// # Errors
    /// Where it cannot be read.
    fn stretch(&self, log: LogId, from: u64) -> Result<Option<Stretch>, ReplicaProblem>;

    /// Takes records in, durably when this returns. Those that are there already change nothing; those that follow
    /// nothing that is there are kept aside until the gap closes.
    ///
    /// # Errors
    /// Where the disk fails; then nothing was taken in.
    fn ingest(
        &mut self,
        stretches: &[Verified],
        now: i64,
        entropy: &mut dyn Entropy,
    ) -> Result<Ingested, ReplicaProblem>;
}

/// What shows a station's place in an event: the `control` logs of all who may let others in.
///
/// # Errors
/// Where it cannot be read.
pub fn introduction(replica: &dyn Replica) -> Result<Vec<Stretch>, ReplicaProblem> {
    let members = replica.members();
    let issues = |station: &StationKey| {
        let certificate = members.certificate(station);
        *station == members.root() || certificate.is_some_and(|certificate| certificate.may_issue)
    };
    let mut stretches = Vec::new();
    for (log, head) in replica.heads() {
        if head.name.space != Space::Control || !issues(&head.name.station) {
            continue;
        }
        let mut from = head.base + 1;
        while let Some(stretch) = replica.stretch(*log, from)? {
            from = stretch.last() + 1;
            stretches.push(stretch);
        }
    }
    Ok(stretches)
}
