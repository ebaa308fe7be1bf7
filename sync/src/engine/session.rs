//! One session: who is at the other end, what it may have, what was asked and promised.

use super::{Engine, Guard, Guards, Lane, LinkId, Now, Turn};
use crate::certificate::Certificate;
use crate::control::{Members, Told, Word};
use crate::frame::{
    Deframer, FRAME_BYTES_MAX, Farewell, Frame, Hello, STRANGER_BYTES_MAX, VERSION,
};
use crate::id::StationKey;
use crate::replica::{Replica, ReplicaProblem, introduction};
use crate::stretch::Verified;
use crate::wire::NotAFrame;
use domain::access::{Space, holds};
use domain::id::LogId;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// How long the other side may take to say its first word.
const GREETING_WITHIN: u64 = 5_000;
/// How long it may be silent: the transport notices sooner.
const SILENT_AFTER: u64 = 15_000;
/// Bytes of ranges that may be under way to one side: some stretches, so that the line is never idle.
pub(super) const CREDIT: i64 = 1 << 20;
/// What all who have not shown who they are may together make this station keep: keys cost nothing, and each would
/// have room for a whole introduction. Some introductions of large events fit at a time.
pub(super) const STRANGERS_BYTES_MAX: usize = 4 << 20;

/// One session.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) peer: StationKey,
    pub(super) dialed: bool,
    pub(super) opened: u64,
    pub(super) heard: u64,
    /// Epoch of the other side's logs, once it has said its first word.
    pub(super) epoch: Option<u64>,
    /// Whether it has shown who it is and may take part.
    pub(super) proven: bool,
    /// What a stranger showed so far.
    stash: Vec<Verified>,
    stash_bytes: usize,
    bulk: Deframer,
    live: Deframer,
    /// How far the other side has each log.
    pub(super) known: BTreeMap<LogId, u64>,
    /// What was asked of the other side, and how far it says it goes.
    pub(super) wants: BTreeMap<LogId, u64>,
    pub(super) progress: u64,
    /// Logs that were asked for from their beginning, because what came does not follow.
    pub(super) rewound: BTreeSet<LogId>,
    /// What the other side asked for and from where on.
    pub(super) serving: VecDeque<(LogId, u64)>,
    /// Bytes that this side may still send.
    pub(super) credit: i64,
    /// Bytes that the other side may still send.
    pub(super) granted: i64,
    /// When lists of logs were last sent: of `control`, of all.
    pub(super) listed: [Option<u64>; 2],
    pub(super) next_have: u64,
    /// Whether the digests are to be said soon.
    pub(super) say_have: bool,
    /// Whether both sides were once equal.
    pub(super) level: bool,
    /// Whether it was shown who takes part: once is enough.
    pub(super) introduced: bool,
}

impl Session {
    pub(super) fn new(peer: StationKey, dialed: bool, now: Now) -> Self {
        Self {
            peer,
            dialed,
            opened: now.ticks,
            heard: now.ticks,
            epoch: None,
            proven: false,
            stash: Vec::new(),
            stash_bytes: 0,
            bulk: Deframer::default(),
            live: Deframer::default(),
            known: BTreeMap::new(),
            wants: BTreeMap::new(),
            progress: now.ticks,
            rewound: BTreeSet::new(),
            serving: VecDeque::new(),
            credit: CREDIT,
            granted: CREDIT,
            listed: [None; 2],
            next_have: now.ticks + super::pull::HAVE_EVERY,
            say_have: false,
            level: false,
            introduced: false,
        }
    }

    /// Whether this station and the other both have a space. The one place where that is decided.
    pub(super) fn has(&self, replica: &dyn Replica, space: Space, guards: Guards) -> bool {
        if !guards.has(Guard::Scope) {
            return true;
        }
        let members = replica.members();
        let has = |station: &StationKey| {
            // By certificate, not by role: whoever was just shut out still hears so.
            let certificate = members.certificate(station);
            certificate.is_some_and(|certificate| holds(certificate.role, space).is_some())
        };
        has(&self.peer) && has(&replica.key().public())
    }

    /// Takes bytes in; the frames that are whole now.
    pub(super) fn take(
        &mut self,
        lane: Lane,
        bytes: &[u8],
        now: Now,
    ) -> Result<Vec<Vec<u8>>, NotAFrame> {
        self.heard = now.ticks;
        let most = if self.proven { FRAME_BYTES_MAX } else { STRANGER_BYTES_MAX };
        let deframer = match lane {
            Lane::Bulk => &mut self.bulk,
            Lane::Live => &mut self.live,
        };
        deframer.push(bytes);
        deframer.frames(most)
    }

    pub(super) fn is_late(&self, now: Now) -> bool {
        let silent = now.ticks.saturating_sub(self.heard) > SILENT_AFTER;
        silent || !self.proven && now.ticks.saturating_sub(self.opened) > GREETING_WITHIN
    }

    pub(super) const fn waiting_bytes(&self) -> usize {
        self.bulk.waiting() + self.live.waiting() + self.stash_bytes
    }

    /// Keeps what a stranger shows until it can be judged; whether it is not too much.
    pub(super) fn stash(&mut self, verified: Verified, length: usize) -> bool {
        self.stash_bytes += length;
        self.stash.push(verified);
        self.stash_bytes <= STRANGER_BYTES_MAX
    }
}

/// Why a station may not take part; none: it may.
pub(super) fn refusal(replica: &dyn Replica, station: &StationKey, now: Now) -> Option<Farewell> {
    refused_by(replica.members(), &replica.key().public(), station, now)
}

fn refused_by(
    members: &Members,
    own: &StationKey,
    station: &StationKey,
    now: Now,
) -> Option<Farewell> {
    if members.is_revoked(station) {
        return Some(Farewell::Revoked);
    }
    let Some(certificate) = members.certificate(station) else {
        return Some(Farewell::Stranger);
    };
    // Whoever would have to refuse itself has a clock that cannot be right, and refuses nobody by it.
    let judges = members.certificate(own).is_some_and(|own| is_in_time(own, now));
    (judges && !is_in_time(certificate, now)).then_some(Farewell::Expired)
}

/// A certificate that ended is over; one that has not begun was given by a clock that was ahead, and counts.
fn is_in_time(certificate: &Certificate, now: Now) -> bool {
    certificate.not_after.is_none_or(|end| now.wall <= end)
}

/// Who takes part by what is here and what a stranger showed.
fn folded(turn: &Turn<'_>, shown: &[Verified]) -> Members {
    let mut told: Vec<Told> = turn.replica.told().to_vec();
    for verified in shown {
        let name = &verified.stretch().name;
        let (by, log) = (name.station, name.id());
        told.extend(verified.records().filter_map(|(seq, record, _)| {
            let word = Word::read(record.kind, record.body.bytes()?)?;
            Some(Told { by, log, seq, hlc: record.hlc, doubtful: false, word })
        }));
    }
    Members::fold(turn.replica.members().root(), &told)
}

impl Engine {
    pub(super) fn greeted(
        &mut self,
        turn: &mut Turn<'_>,
        link: LinkId,
        hello: &Hello,
    ) -> Result<(), ReplicaProblem> {
        let own = turn.replica.key().public();
        let Some(session) = self.sessions.get_mut(&link) else { return Ok(()) };
        if session.proven || session.epoch.is_some() && !hello.again {
            return Ok(());
        }
        session.epoch = Some(hello.epoch);
        let peer = session.peer;
        if !hello.versions.contains(&VERSION) {
            self.part(turn, link, Farewell::Version);
            return Ok(());
        }
        if peer == own || self.is_second(turn, link, hello.epoch) {
            self.part(turn, link, Farewell::Twice);
            return Ok(());
        }
        if hello.again {
            self.judge_stranger(turn, link);
        }
        let refused = refusal(turn.replica, &peer, turn.now)
            // What a stranger showed is stored at the end of this turn.
            .filter(|why| *why != Farewell::Stranger || !self.shows_itself(turn, link))
            .filter(|why| *why != Farewell::Revoked || self.guards.has(Guard::Revocation));
        match refused {
            None => self.prove(turn, link, hello),
            Some(Farewell::Stranger) if !hello.again => {
                turn.send(link, Lane::Bulk, &Frame::Introduce);
            }
            Some(Farewell::Revoked) => {
                // So that it knows: `control` is for everybody.
                self.introduce(turn, link)?;
                self.part(turn, link, Farewell::Revoked);
            }
            Some(why) => self.part(turn, link, why),
        }
        Ok(())
    }

    fn prove(&mut self, turn: &mut Turn<'_>, link: LinkId, hello: &Hello) {
        let Some(session) = self.sessions.get_mut(&link) else { return };
        session.proven = true;
        let (peer, mut stash) = (session.peer, std::mem::take(&mut session.stash));
        session.stash_bytes = 0;
        // Like all that comes: nobody's log whom no issuer named.
        let named = folded(turn, &stash);
        stash.retain(|verified| named.is_named(&verified.stretch().name.station));
        turn.incoming.extend(stash.into_iter().map(|verified| (link, verified)));
        self.peers.met(peer, hello.epoch, hello.have.time, turn.now);
        turn.effects.push(super::Effect::Peers);
        self.sign_to(turn, link);
        if turn.incoming.is_empty() {
            self.compare(turn, link, &hello.have);
        } else if let Some(session) = self.sessions.get_mut(&link) {
            // With what a stranger showed this station holds more than its own first word said.
            session.say_have = true;
        }
    }

    /// Whether this link is one too many between the same two laptops; the other one is ended where it is the worse.
    fn is_second(&mut self, turn: &mut Turn<'_>, link: LinkId, epoch: u64) -> bool {
        let own = turn.replica.key().public();
        let Some(session) = self.sessions.get(&link) else { return false };
        let (peer, dialed) = (session.peer, session.dialed);
        // Both sides keep the one that the station with the smaller key asked for, or else the later.
        let is_best = |dialed: bool| dialed == (own < peer);
        let same = |(other, session): &(&LinkId, &Session)| {
            **other != link && session.peer == peer && session.epoch == Some(epoch)
        };
        let others: Vec<(LinkId, bool)> =
            self.sessions.iter().filter(same).map(|(other, s)| (*other, s.dialed)).collect();
        if others.iter().any(|(_, other)| is_best(*other) && !is_best(dialed)) {
            return true;
        }
        for (other, _) in others {
            self.part(turn, other, Farewell::Twice);
        }
        false
    }

    /// Drops what a stranger showed where that does not make it a member.
    fn judge_stranger(&mut self, turn: &Turn<'_>, link: LinkId) {
        if !self.shows_itself(turn, link)
            && let Some(session) = self.sessions.get_mut(&link)
        {
            session.stash.clear();
            session.stash_bytes = 0;
        }
    }

    /// Whether what a stranger showed makes it a member.
    fn shows_itself(&self, turn: &Turn<'_>, link: LinkId) -> bool {
        let Some(session) = self.sessions.get(&link).filter(|s| !s.stash.is_empty()) else {
            return false;
        };
        let members = folded(turn, &session.stash);
        let own = turn.replica.key().public();
        refused_by(&members, &own, &session.peer, turn.now).is_none()
    }

    /// Hangs up on strangers while together they make this station keep too much: whoever has most of it goes first,
    /// so that nobody is kept out by others.
    pub(super) fn thin_strangers(&mut self, turn: &mut Turn<'_>) {
        loop {
            let strangers = self.sessions.iter().filter(|(_, session)| !session.proven);
            let held: Vec<(usize, LinkId)> =
                strangers.map(|(link, session)| (session.waiting_bytes(), *link)).collect();
            let total: usize = held.iter().map(|(bytes, _)| bytes).sum();
            match held.iter().max() {
                Some((_, link)) if total > STRANGERS_BYTES_MAX => {
                    self.part(turn, *link, Farewell::TooMuch);
                }
                _ => return,
            }
        }
    }

    /// Shows the other side who this station is: the logs of those who issue certificates.
    pub(super) fn introduce(
        &mut self,
        turn: &mut Turn<'_>,
        link: LinkId,
    ) -> Result<(), ReplicaProblem> {
        let Some(session) = self.sessions.get_mut(&link) else { return Ok(()) };
        if std::mem::replace(&mut session.introduced, true) {
            return Ok(());
        }
        let mut sent = 0;
        for stretch in introduction(turn.replica)? {
            let bytes = Frame::Range(Box::new(stretch)).to_bytes();
            sent += bytes.len();
            if sent > STRANGER_BYTES_MAX {
                break;
            }
            turn.effects.push(super::Effect::Send { link, lane: Lane::Bulk, bytes });
        }
        if let Some(session) = self.sessions.get(&link) {
            let hello = self.hello(turn, session, true);
            turn.send(link, Lane::Bulk, &hello);
        }
        Ok(())
    }
}
