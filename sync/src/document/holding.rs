//! The document that changes make, whoever wrote them: the same at every station that has the same ones.
//!
//! Nobody who follows the rules writes changes that cannot hold. One who does must not make a document unreadable, nor
//! hide what others wrote in it.

use automerge::{AutoCommit, Change, ChangeHash};
use domain::id::LogId;
use std::collections::{BTreeMap, BTreeSet};

/// The document of the changes that hold: readable ones, by their own author, one for each number of an author, after
/// all that they build on.
pub(super) fn document<'a>(changes: impl IntoIterator<Item = (LogId, &'a [u8])>) -> AutoCommit {
    let changes = candidates(changes);
    let mut doc = AutoCommit::new();
    if doc.apply_changes(changes.values().cloned()).is_ok() { doc } else { one_by_one(changes) }
}

fn one_by_one(mut waiting: BTreeMap<ChangeHash, Change>) -> AutoCommit {
    let mut held = Held::new();
    loop {
        // In the order of their hashes, since the order in which they came is another one at every station.
        let ready: Vec<ChangeHash> = waiting
            .iter()
            .filter(|(_, change)| change.deps().iter().all(|dep| held.hashes.contains(dep)))
            .map(|(hash, _)| *hash)
            .collect();
        if ready.is_empty() {
            return held.doc;
        }
        for hash in ready {
            if let Some(change) = waiting.remove(&hash) {
                held.take(change);
            }
        }
    }
}

fn candidates<'a>(
    changes: impl IntoIterator<Item = (LogId, &'a [u8])>,
) -> BTreeMap<ChangeHash, Change> {
    let read = |(log, bytes): (LogId, &[u8])| {
        let change = Change::from_bytes(bytes.to_vec()).ok()?;
        change.actor_id().to_bytes().starts_with(log.bytes()).then(|| (change.hash(), change))
    };
    let all: BTreeMap<ChangeHash, Change> = changes.into_iter().filter_map(read).collect();
    let mut numbers = BTreeSet::new();
    let mut is_first = |change: &Change| numbers.insert((change.actor_id().clone(), change.seq()));
    all.into_iter().filter(|(_, change)| is_first(change)).collect()
}

/// What holds so far.
struct Held {
    doc: AutoCommit,
    hashes: BTreeSet<ChangeHash>,
    changes: Vec<Change>,
}

impl Held {
    fn new() -> Self {
        Self { doc: AutoCommit::new(), hashes: BTreeSet::new(), changes: Vec::new() }
    }

    fn take(&mut self, change: Change) {
        let hash = change.hash();
        if self.doc.apply_changes([change.clone()]).is_ok() {
            self.hashes.insert(hash);
            self.changes.push(change);
        } else {
            // What it left behind is not relied on.
            self.doc = AutoCommit::new();
            let again = self.doc.apply_changes(self.changes.iter().cloned());
            debug_assert!(again.is_ok(), "changes that held hold again");
        }
    }
}
