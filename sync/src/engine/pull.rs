//! Getting what is lacked: digests are compared, logs listed, records asked for, checked and stored.

use super::push::LIVE_BYTES_MAX;
use super::session::CREDIT;
use super::{Engine, Guard, Lane, LinkId, Turn};
use crate::frame::{ENTRIES_MAX, Entry, FRAME_BYTES_MAX, Farewell, Frame, From, Have, Vector};
use crate::replica::{Ingested, LogHead};
use crate::stretch::{Stretch, Verified};
use domain::access::Space;
use domain::id::LogId;
use std::collections::{BTreeMap, BTreeSet};

/// How often digests are said again.
pub(super) const HAVE_EVERY: u64 = 5_000;
/// Lists of logs are sent at most so often to one side.
const LIST_EVERY: u64 = 900;
/// What was asked for and has not moved for so long is given up; the next digest asks again.
const STALLED_AFTER: u64 = 5_000;

impl Engine {
    /// Holds what the other side has against what is here.
    pub(super) fn compare(&mut self, turn: &mut Turn<'_>, link: LinkId, have: &Have) {
        let Some(session) = self.sessions.get(&link) else { return };
        self.peers.clock(session.peer, have.time, turn.now);
        let mine = self.have(turn, session);
        if mine.root == have.root {
            self.leveled(turn, link);
            return;
        }
        // Whoever is still getting something says itself when it is done.
        if !session.wants.is_empty() || session.level && !self.guards.has(Guard::Heal) {
            return;
        }
        self.list(turn, link, mine.control != have.control);
    }

    /// Both sides hold the same.
    fn leveled(&mut self, turn: &Turn<'_>, link: LinkId) {
        let Some(session) = self.sessions.get(&link) else { return };
        let shared: BTreeMap<LogId, u64> = turn
            .replica
            .heads()
            .iter()
            .filter(|(_, head)| self.shared(turn, session, head.name.space))
            .map(|(log, head)| (*log, head.seq))
            .collect();
        let peer = session.peer;
        self.peers.stored_at(peer, shared.iter().map(|(log, seq)| (*log, *seq)));
        if let Some(session) = self.sessions.get_mut(&link) {
            session.known = shared;
            session.level = true;
            session.wants.clear();
        }
    }

    /// Names the logs that this side has: of `control`, or of all that both have.
    fn list(&mut self, turn: &mut Turn<'_>, link: LinkId, control: bool) {
        let Some(session) = self.sessions.get_mut(&link) else { return };
        let [of_control, of_all] = &mut session.listed;
        let listed = if control { of_control } else { of_all };
        if listed.is_some_and(|at| turn.now.ticks.saturating_sub(at) < LIST_EVERY) {
            return;
        }
        *listed = Some(turn.now.ticks);
        let Some(session) = self.sessions.get(&link) else { return };
        let entries = turn
            .replica
            .heads()
            .iter()
            .filter(|(_, head)| head.name.space == Space::Control || !control)
            .filter(|(_, head)| self.shared(turn, session, head.name.space))
            .map(|(log, head)| Entry { log: *log, seq: head.seq, hash: short(&head.hash) })
            .take(ENTRIES_MAX);
        let vector = Vector { control, entries: entries.collect() };
        turn.send(link, Lane::Bulk, &Frame::Vector(vector));
    }

    /// The other side names its logs: asks for what is lacked here.
    pub(super) fn listed(&mut self, turn: &mut Turn<'_>, link: LinkId, vector: &Vector) {
        let elsewhere = self.asked_of_others(link);
        let Some(session) = self.sessions.get(&link) else { return };
        // What the other side may not have is as if it were not here, whatever it calls it.
        let heads: BTreeMap<LogId, LogHead> = turn
            .replica
            .heads()
            .iter()
            .filter(|(_, head)| self.shared(turn, session, head.name.space))
            .map(|(log, head)| (*log, head.clone()))
            .collect();
        let heads = &heads;
        let Some(session) = self.sessions.get_mut(&link) else { return };
        // Only what comes counts as progress: a side that says much and sends nothing is given up.
        if session.wants.is_empty() {
            session.progress = turn.now.ticks;
        }
        let mut wants = Vec::new();
        for entry in vector.entries.iter().take(ENTRIES_MAX) {
            let mine = heads.get(&entry.log);
            if mine.is_none_or(|mine| mine.seq != entry.seq || short(&mine.hash) == entry.hash) {
                session.known.insert(entry.log, entry.seq);
            }
            let from = match mine {
                None => 0,
                Some(mine) if mine.seq < entry.seq => mine.seq + 1,
                // The same length and another end: the log forks somewhere before.
                Some(mine) if mine.seq == entry.seq && short(&mine.hash) != entry.hash => 0,
                Some(_) => continue,
            };
            if !elsewhere.contains(&entry.log) {
                session.wants.insert(entry.log, entry.seq);
                wants.push(From { log: entry.log, seq: from });
            }
        }
        let (peer, lacks) = (session.peer, lacks(heads, vector));
        let known: Vec<(LogId, u64)> =
            vector.entries.iter().map(|entry| (entry.log, entry.seq)).collect();
        let own = known
            .into_iter()
            .filter(|(log, seq)| heads.get(log).is_some_and(|head| head.seq >= *seq));
        self.peers.stored_at(peer, own);
        if wants.is_empty() && !lacks && vector.control {
            // `control` is level now: on to the rest.
            self.say_have(turn, link);
        }
        if !wants.is_empty() {
            turn.send(link, Lane::Bulk, &Frame::Want(wants));
        }
        if lacks {
            self.list(turn, link, vector.control);
        }
    }

    /// Logs that are on their way from other stations.
    fn asked_of_others(&self, link: LinkId) -> BTreeSet<LogId> {
        let others = self.sessions.iter().filter(|(other, _)| **other != link);
        others.flat_map(|(_, session)| session.wants.keys().copied()).collect()
    }

    pub(super) fn say_have(&mut self, turn: &mut Turn<'_>, link: LinkId) {
        let Some(session) = self.sessions.get_mut(&link) else { return };
        session.next_have = turn.now.ticks + HAVE_EVERY;
        session.rewound.clear();
        session.say_have = false;
        let Some(session) = self.sessions.get(&link) else { return };
        let have = self.have(turn, session);
        turn.send(link, Lane::Bulk, &Frame::Have(have));
    }

    /// Records in answer to what was asked.
    pub(super) fn ranged(
        &mut self,
        turn: &mut Turn<'_>,
        link: LinkId,
        stretch: Stretch,
        length: usize,
    ) {
        let Some(session) = self.sessions.get_mut(&link) else { return };
        session.progress = turn.now.ticks;
        if session.proven {
            session.granted -= charged(length);
            // The last stretch may go over what was granted, by as much as one is long.
            let most = i64::try_from(FRAME_BYTES_MAX).unwrap_or(i64::MAX);
            if session.granted < -most && self.guards.has(Guard::Credit) {
                self.part(turn, link, Farewell::TooMuch);
                return;
            }
            self.taken(turn, link, stretch);
            return;
        }
        if stretch.name.space != Space::Control {
            return;
        }
        let Some(verified) = self.checked(stretch) else {
            self.part(turn, link, Farewell::Forged);
            return;
        };
        if !self.sessions.get_mut(&link).is_some_and(|session| session.stash(verified, length)) {
            self.part(turn, link, Farewell::TooMuch);
        }
    }

    /// Records just made, which cost nothing, and so are short.
    pub(super) fn told(
        &mut self,
        turn: &mut Turn<'_>,
        link: LinkId,
        stretch: Stretch,
        length: usize,
    ) {
        if charged(length) > LIVE_BYTES_MAX && self.guards.has(Guard::Credit) {
            self.part(turn, link, Farewell::TooMuch);
            return;
        }
        self.taken(turn, link, stretch);
    }

    /// A frame of a later version may be records of a space that is not known here: they cost the same.
    pub(super) fn set_against(&mut self, turn: &mut Turn<'_>, link: LinkId, length: usize) {
        let Some(session) = self.sessions.get_mut(&link).filter(|s| s.proven) else { return };
        session.granted -= charged(length);
        self.give_back(turn, link, false);
    }

    /// Lets the other side send as much again as came; unless it is `wanted`, only once it adds up.
    fn give_back(&mut self, turn: &mut Turn<'_>, link: LinkId, wanted: bool) {
        let Some(session) = self.sessions.get_mut(&link) else { return };
        let refill = CREDIT - session.granted;
        if wanted || refill > CREDIT / 2 {
            session.granted = CREDIT;
            if let Some(refill) = u32::try_from(refill).ok().filter(|refill| *refill > 0) {
                turn.send(link, Lane::Bulk, &Frame::Credit(refill));
            }
        }
    }

    fn checked(&self, stretch: Stretch) -> Option<Verified> {
        #[cfg(feature = "unguarded")]
        if !self.guards.has(Guard::Chain) {
            return Some(stretch.trust());
        }
        stretch.verify().ok()
    }

    /// Records that came: what this station may have, and somebody of the event signed, is stored.
    pub(super) fn taken(&mut self, turn: &mut Turn<'_>, link: LinkId, stretch: Stretch) {
        let Some(session) = self.sessions.get(&link) else { return };
        let shared = self.shared(turn, session, stretch.name.space);
        if !shared || !turn.replica.members().is_named(&stretch.name.station) {
            // Not for here, or of nobody: as if it had not been said. It is not given back on its own, or nothing would
            // end a side that sends only such.
            if let Some(session) = self.sessions.get_mut(&link) {
                session.wants.remove(&stretch.name.id());
            }
            return;
        }
        match self.checked(stretch) {
            Some(verified) => turn.incoming.push((link, verified)),
            None => self.part(turn, link, Farewell::Forged),
        }
    }

    /// Tells those who sent records that they are stored, and lets them send more.
    pub(super) fn acknowledge(&mut self, turn: &mut Turn<'_>, incoming: &[(LinkId, &Stretch)]) {
        let mut got: BTreeMap<LinkId, BTreeMap<LogId, u64>> = BTreeMap::new();
        for (link, stretch) in incoming {
            let seq = got.entry(*link).or_default().entry(stretch.name.id()).or_default();
            *seq = (*seq).max(stretch.last());
        }
        for (link, got) in got {
            let Some(session) = self.sessions.get_mut(&link) else { continue };
            for (log, seq) in &got {
                let known = session.known.entry(*log).or_default();
                *known = (*known).max(*seq);
            }
            let heads = turn.replica.heads();
            let stored = got.into_iter().filter_map(|(log, seq)| {
                let seq = heads.get(&log)?.seq.min(seq);
                Some(From { log, seq })
            });
            let stored: Vec<From> = stored.collect();
            turn.send(link, Lane::Live, &Frame::Got(stored));
            self.give_back(turn, link, true);
        }
    }

    /// Records came that follow nothing that is here: asks for what lies between.
    pub(super) fn ask_for_gaps(
        &mut self,
        turn: &mut Turn<'_>,
        incoming: &[(LinkId, &Stretch)],
        took: &Ingested,
    ) {
        for (log, from) in &took.gaps {
            let brought = incoming.iter().find(|(_, one)| one.name.id() == *log);
            let Some((link, stretch)) = brought else { continue };
            let last = stretch.last();
            let Some(session) = self.sessions.get_mut(link) else { continue };
            // Asked for already; from the beginning, where a log forks, once until digests are said again.
            let asked = session.wants.contains_key(log);
            if *from > 0 && asked || *from == 0 && !session.rewound.insert(*log) {
                continue;
            }
            session.wants.insert(*log, last);
            session.progress = turn.now.ticks;
            turn.send(*link, Lane::Bulk, &Frame::Want(vec![From { log: *log, seq: *from }]));
        }
    }

    /// Takes off what has come; whoever has all that it asked for says what it holds now.
    pub(super) fn pull_on(&mut self, turn: &mut Turn<'_>) {
        let heads = turn.replica.heads();
        let mut done = Vec::new();
        for (link, session) in &mut self.sessions {
            let before = session.wants.len();
            session.wants.retain(|log, seq| heads.get(log).is_none_or(|head| head.seq < *seq));
            let finished = before > 0 && session.wants.is_empty();
            if finished || session.say_have && session.proven {
                done.push(*link);
            }
        }
        for link in done {
            self.say_have(turn, link);
        }
    }

    /// A log that turned out to fork ends sooner than was said, and its branches have names of their own: both sides
    /// list anew.
    pub(super) fn give_up_forked(&mut self, turn: &Turn<'_>, took: &Ingested) {
        if took.forked.is_empty() {
            return;
        }
        let heads = turn.replica.heads();
        for session in self.sessions.values_mut() {
            let before = session.wants.len();
            session.wants.retain(|log, _| {
                heads.get(log).is_none_or(|head| !took.forked.contains(&head.name.station))
            });
            if session.wants.len() < before {
                session.say_have = true;
                session.listed = [None; 2];
            }
        }
    }

    /// What is done for a session now and then.
    pub(super) fn heal(&mut self, turn: &mut Turn<'_>, link: LinkId) {
        let Some(session) = self.sessions.get_mut(&link).filter(|s| s.proven) else { return };
        let stalled = turn.now.ticks.saturating_sub(session.progress) > STALLED_AFTER;
        if stalled && !session.wants.is_empty() {
            session.wants.clear();
            session.say_have = true;
        }
        let due = turn.now.ticks >= session.next_have && self.guards.has(Guard::Heal);
        if due || session.say_have {
            self.say_have(turn, link);
        }
    }
}

/// What a frame costs: with the four bytes of its length.
fn charged(length: usize) -> i64 {
    i64::try_from(length.saturating_add(4)).unwrap_or(i64::MAX)
}

/// Whether the other side lacks something that is here.
fn lacks(heads: &BTreeMap<LogId, LogHead>, vector: &Vector) -> bool {
    let theirs: BTreeMap<LogId, (u64, u64)> =
        vector.entries.iter().map(|entry| (entry.log, (entry.seq, entry.hash))).collect();
    heads.iter().filter(|(_, head)| head.name.space == Space::Control || !vector.control).any(
        |(log, head)| {
            theirs.get(log).is_none_or(|(seq, hash)| {
                *seq < head.seq || *seq == head.seq && *hash != short(&head.hash)
            })
        },
    )
}

/// The first eight bytes of a hash.
fn short(hash: &[u8; 32]) -> u64 {
    let (first, _) = hash.split_first_chunk::<8>().unwrap_or((&[0; 8], &[]));
    u64::from_le_bytes(*first)
}
