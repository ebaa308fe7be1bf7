//! The sync engine: what comes from other stations goes in, what is to be sent comes out.
//!
//! It is pure: no sockets, no clock, no threads. The drivers and the simulator run the same code. A session begins
//! with two digests each way; where they are equal, that was all. Else `control` is brought level first, because it
//! says who may have what, then the rest: each side names its logs, asks for what it lacks, and gets it in stretches
//! that a signature ends. Records made meanwhile travel on a lane of their own. Every few seconds the digests are
//! said again, which heals whatever was lost.
//!
//! What a station may have is decided in one place, `Session::has`, on sending and on receiving.

mod guards;
mod peers;
mod pull;
mod push;
mod session;
#[cfg(test)]
mod tests;

pub use guards::{Guard, Guards};
pub use peers::{PeerState, Post, Quiet};

use crate::entropy::Entropy;
use crate::frame::{Farewell, Frame, Have, Hello, VERSION};
use crate::id::{StationKey, hash32};
use crate::replica::{Ingested, Replica, ReplicaProblem};
use crate::stretch::{Stretch, Verified};
use domain::access::Space;
use domain::id::LogId;
use peers::Peers;
use session::Session;
use std::collections::{BTreeMap, BTreeSet};

/// A connection to another station, as the driver numbers them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LinkId(pub u64);

/// The two ways that one connection has, so that no verdict waits behind a long list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lane {
    /// Digests, lists, old records.
    Bulk,
    /// Records just made, signs of life.
    Live,
}

/// What time it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Now {
    /// The wall clock, in milliseconds since 1970 UTC. It may be wrong, and may jump.
    pub wall: i64,
    /// Milliseconds since some moment, never going back.
    pub ticks: u64,
}

/// What the engine takes in.
#[derive(Debug)]
pub enum Input<'a> {
    /// A connection is there. Who is at the other end is proven by its key.
    Opened {
        /// The connection.
        link: LinkId,
        /// The station at the other end.
        peer: StationKey,
        /// Whether this station asked for it.
        dialed: bool,
    },
    /// Bytes came, cut anywhere.
    Bytes {
        /// The connection.
        link: LinkId,
        /// Its lane.
        lane: Lane,
        /// The bytes.
        bytes: &'a [u8],
    },
    /// A connection is gone.
    Closed {
        /// The connection.
        link: LinkId,
    },
    /// This station has written records of its own.
    Recorded,
    /// What this station tells of itself has changed.
    Posted(Post),
    /// Some time has passed; a few times a second.
    Tick,
}

/// What the engine wants done.
#[derive(Debug, PartialEq, Eq)]
pub enum Effect {
    /// Send bytes.
    Send {
        /// The connection.
        link: LinkId,
        /// Its lane.
        lane: Lane,
        /// The bytes.
        bytes: Vec<u8>,
    },
    /// Close a connection, after what was sent before.
    Close {
        /// The connection.
        link: LinkId,
        /// The station at the other end.
        peer: StationKey,
        /// Why.
        why: Farewell,
    },
    /// Records of others were taken in.
    Took(Ingested),
    /// What is known of other stations has changed.
    Peers,
}

/// The engine of one event at one station.
#[derive(Debug)]
pub struct Engine {
    guards: Guards,
    sessions: BTreeMap<LinkId, Session>,
    peers: Peers,
    /// How far own logs were told to others.
    announced: BTreeMap<LogId, u64>,
    /// How this station is told of.
    post: Post,
    sign_count: i64,
    next_sign: u64,
}

/// One call of [`Engine::handle`]: what it works with, and what comes of it.
struct Turn<'a> {
    now: Now,
    replica: &'a mut dyn Replica,
    entropy: &'a mut dyn Entropy,
    effects: Vec<Effect>,
    /// Checked and not yet stored, with the connection that brought it.
    incoming: Vec<(LinkId, Verified)>,
}

impl Turn<'_> {
    fn send(&mut self, link: LinkId, lane: Lane, frame: &Frame) {
        self.effects.push(Effect::Send { link, lane, bytes: frame.to_bytes() });
    }
}

impl Engine {
    /// The engine of a replica as it is now.
    #[must_use]
    pub fn new(replica: &dyn Replica, guards: Guards) -> Self {
        Self {
            guards,
            sessions: BTreeMap::new(),
            peers: Peers::default(),
            announced: replica.heads().iter().map(|(log, head)| (*log, head.seq)).collect(),
            post: Post::default(),
            sign_count: 0,
            next_sign: 0,
        }
    }

    /// Takes one input.
    ///
    /// # Errors
    /// Where the replica fails: then nothing more should be asked of this engine, and its connections be closed.
    pub fn handle(
        &mut self,
        input: Input<'_>,
        now: Now,
        replica: &mut dyn Replica,
        entropy: &mut dyn Entropy,
    ) -> Result<Vec<Effect>, ReplicaProblem> {
        let mut turn = Turn { now, replica, entropy, effects: Vec::new(), incoming: Vec::new() };
        match input {
            Input::Opened { link, peer, dialed } => self.opened(&mut turn, link, peer, dialed),
            Input::Bytes { link, lane, bytes } => self.bytes(&mut turn, link, lane, bytes)?,
            Input::Closed { link } => self.closed(&mut turn, link),
            Input::Recorded => self.recorded(&mut turn)?,
            Input::Posted(post) => {
                self.post = post;
                self.next_sign = 0;
                self.give_signs(&mut turn);
            }
            Input::Tick => self.tick(&mut turn),
        }
        self.store(&mut turn)?;
        Ok(turn.effects)
    }

    fn opened(&mut self, turn: &mut Turn<'_>, link: LinkId, peer: StationKey, dialed: bool) {
        let session = Session::new(peer, dialed, turn.now);
        let hello = self.hello(turn, &session, false);
        self.sessions.insert(link, session);
        turn.send(link, Lane::Bulk, &hello);
    }

    fn hello(&self, turn: &Turn<'_>, session: &Session, again: bool) -> Frame {
        let epoch = turn.replica.epoch().0;
        Frame::Hello(Hello {
            versions: vec![VERSION],
            epoch,
            have: self.have(turn, session),
            again,
        })
    }

    /// What this station holds of what both sides have.
    fn have(&self, turn: &Turn<'_>, session: &Session) -> Have {
        let control = turn.replica.space_digest(Space::Control);
        let spaces = Space::ALL.into_iter().filter(|space| self.shared(turn, session, *space));
        let digests: Vec<u8> = spaces.flat_map(|space| turn.replica.space_digest(space)).collect();
        let root = hash32("lanyard have 1", &[&digests]);
        Have { control, root, time: turn.now.wall }
    }

    fn closed(&mut self, turn: &mut Turn<'_>, link: LinkId) {
        if let Some(session) = self.sessions.remove(&link) {
            self.peers.left(&session.peer, self.is_linked(&session.peer));
            turn.effects.push(Effect::Peers);
        }
    }

    fn is_linked(&self, peer: &StationKey) -> bool {
        self.sessions.values().any(|session| session.peer == *peer && session.proven)
    }

    /// Ends a session: says why, and has the connection closed.
    fn part(&mut self, turn: &mut Turn<'_>, link: LinkId, why: Farewell) {
        let Some(session) = self.sessions.remove(&link) else { return };
        if let Some(what) = misdeed(why) {
            let known = turn.replica.members().certificate(&session.peer).is_some();
            self.peers.misbehaved(session.peer, what, known);
        }
        turn.send(link, Lane::Bulk, &Frame::Bye(why));
        turn.effects.push(Effect::Close { link, peer: session.peer, why });
        self.peers.left(&session.peer, self.is_linked(&session.peer));
        turn.effects.push(Effect::Peers);
    }

    fn bytes(
        &mut self,
        turn: &mut Turn<'_>,
        link: LinkId,
        lane: Lane,
        bytes: &[u8],
    ) -> Result<(), ReplicaProblem> {
        let Some(session) = self.sessions.get_mut(&link) else { return Ok(()) };
        let Ok(frames) = session.take(lane, bytes, turn.now) else {
            self.part(turn, link, Farewell::Forged);
            return Ok(());
        };
        for frame in frames {
            if !self.sessions.contains_key(&link) {
                break;
            }
            match Frame::from_bytes(turn.replica.event(), &frame) {
                Ok(read) => self.frame(turn, link, read, frame.len())?,
                Err(_) => self.part(turn, link, Farewell::Forged),
            }
        }
        if self.sessions.get(&link).is_some_and(|session| !session.proven) {
            self.thin_strangers(turn);
        }
        Ok(())
    }

    fn frame(
        &mut self,
        turn: &mut Turn<'_>,
        link: LinkId,
        frame: Frame,
        length: usize,
    ) -> Result<(), ReplicaProblem> {
        let Some(session) = self.sessions.get(&link) else { return Ok(()) };
        let (peer, proven) = (session.peer, session.proven);
        if proven {
            self.peers.heard(peer, turn.now);
        }
        match frame {
            Frame::Hello(hello) => self.greeted(turn, link, &hello)?,
            Frame::Introduce => self.introduce(turn, link)?,
            Frame::Range(stretch) => self.ranged(turn, link, *stretch, length),
            Frame::Bye(why) => self.bidden_farewell(turn, link, why),
            Frame::Later => self.set_against(turn, link, length),
            // All else is for stations that have shown who they are.
            _ if !proven => {}
            Frame::Have(have) => self.compare(turn, link, &have),
            Frame::Vector(vector) => self.listed(turn, link, &vector),
            Frame::Want(wanted) => self.wanted(turn, link, &wanted)?,
            Frame::Live(stretch) => self.told(turn, link, *stretch, length),
            Frame::Credit(bytes) => self.credited(turn, link, bytes)?,
            Frame::Got(got) => self.stored_there(link, &got),
            Frame::Presence(presence) => self.sign_of_life(turn, link, presence),
        }
        Ok(())
    }

    fn bidden_farewell(&mut self, turn: &mut Turn<'_>, link: LinkId, why: Farewell) {
        if let Some(session) = self.sessions.remove(&link) {
            if turn.replica.members().certificate(&session.peer).is_some() {
                self.peers.refused(session.peer, why);
            }
            self.peers.left(&session.peer, self.is_linked(&session.peer));
            turn.effects.push(Effect::Close { link, peer: session.peer, why: Farewell::Leaving });
            turn.effects.push(Effect::Peers);
        }
    }

    fn tick(&mut self, turn: &mut Turn<'_>) {
        let late: Vec<LinkId> = self
            .sessions
            .iter()
            .filter(|(_, session)| session.is_late(turn.now))
            .map(|(link, _)| *link)
            .collect();
        for link in late {
            self.part(turn, link, Farewell::Silent);
        }
        let links: Vec<LinkId> = self.sessions.keys().copied().collect();
        for link in links {
            self.heal(turn, link);
        }
        self.give_signs(turn);
        self.peers.tick(turn.now, &mut turn.effects);
    }

    /// Stores what was checked in this turn, and does what follows from it.
    fn store(&mut self, turn: &mut Turn<'_>) -> Result<(), ReplicaProblem> {
        if turn.incoming.is_empty() {
            return Ok(());
        }
        let (links, stretches): (Vec<LinkId>, Vec<Verified>) =
            std::mem::take(&mut turn.incoming).into_iter().unzip();
        let took = turn.replica.ingest(&stretches, turn.now.wall, turn.entropy)?;
        let incoming: Vec<(LinkId, &Stretch)> =
            links.into_iter().zip(stretches.iter().map(Verified::stretch)).collect();
        self.acknowledge(turn, &incoming);
        self.ask_for_gaps(turn, &incoming, &took);
        if took.records > 0 {
            self.relay(turn, &incoming)?;
        }
        self.give_up_forked(turn, &took);
        self.pull_on(turn);
        // Whoever was taken for a member by what it showed may be none by what was stored.
        if took.members || took.spaces.contains(&Space::Control) {
            self.members_changed(turn)?;
        }
        if took != Ingested::default() {
            turn.effects.push(Effect::Took(took));
        }
        Ok(())
    }

    /// Ends the sessions of those who are no members any more, and begins those of new ones.
    fn members_changed(&mut self, turn: &mut Turn<'_>) -> Result<(), ReplicaProblem> {
        turn.effects.push(Effect::Peers);
        if !self.guards.has(Guard::Revocation) {
            return Ok(());
        }
        let gone: Vec<(LinkId, Farewell)> = self
            .sessions
            .iter()
            .filter(|(_, session)| session.proven)
            .filter_map(|(link, session)| {
                session::refusal(turn.replica, &session.peer, turn.now).map(|why| (*link, why))
            })
            .collect();
        for (link, why) in gone {
            self.say_why(turn, link)?;
            self.part(turn, link, why);
        }
        Ok(())
    }

    /// Whether this station and the other both have a space.
    fn shared(&self, turn: &Turn<'_>, session: &Session, space: Space) -> bool {
        session.has(turn.replica, space, self.guards)
    }

    /// The stations that count for how sure a verdict is, and of which nothing was heard lately.
    #[must_use]
    pub fn quiet(&self, replica: &dyn Replica, now: Now) -> Vec<Quiet> {
        self.peers.quiet(replica, now)
    }

    /// What is known of every other station, in the order of their keys.
    #[must_use]
    pub fn peers(&self, replica: &dyn Replica, now: Now) -> Vec<PeerState> {
        let linked: BTreeSet<StationKey> =
            self.sessions.values().filter(|s| s.proven).map(|s| s.peer).collect();
        self.peers.states(replica, now, &linked)
    }

    /// Records of this station that are on no other, as far as is known.
    #[must_use]
    pub fn alone(&self, replica: &dyn Replica) -> u64 {
        self.peers.alone(replica)
    }

    /// Records that were asked for and have not come yet.
    #[must_use]
    pub fn missing(&self, replica: &dyn Replica) -> u64 {
        let mut targets: BTreeMap<LogId, u64> = BTreeMap::new();
        for (log, seq) in self.sessions.values().flat_map(|session| &session.wants) {
            let target = targets.entry(*log).or_default();
            *target = (*target).max(*seq);
        }
        let heads = replica.heads();
        let lack = |(log, seq): (&LogId, &u64)| {
            seq.saturating_sub(heads.get(log).map_or(0, |head| head.seq))
        };
        targets.iter().map(lack).sum()
    }

    /// Addresses that other stations told of themselves.
    #[must_use]
    pub fn addresses(&self) -> BTreeMap<StationKey, Vec<String>> {
        self.peers.addresses()
    }

    /// How far this clock is ahead of most others', in milliseconds; none while nobody was heard.
    #[must_use]
    pub fn clock_offset(&self) -> Option<i64> {
        self.peers.clock_offset()
    }

    /// How often devices that are no stations of this event were hung up on for what they sent, and what that was.
    #[must_use]
    pub const fn strangers(&self) -> Option<(u64, &'static str)> {
        self.peers.strangers()
    }

    /// Bytes kept for frames that are not whole yet: what a peer can make this station hold.
    #[must_use]
    pub fn waiting_bytes(&self) -> usize {
        self.sessions.values().map(Session::waiting_bytes).sum()
    }

    /// Every session, also with those who have not shown who they are.
    #[must_use]
    pub fn all_links(&self) -> BTreeMap<LinkId, StationKey> {
        self.sessions.iter().map(|(link, session)| (*link, session.peer)).collect()
    }

    /// Open sessions with stations that have shown who they are.
    #[must_use]
    pub fn links(&self) -> BTreeMap<LinkId, StationKey> {
        let proven = self.sessions.iter().filter(|(_, session)| session.proven);
        proven.map(|(link, session)| (*link, session.peer)).collect()
    }
}

/// What the organizer is told of a station that was hung up on.
const fn misdeed(why: Farewell) -> Option<&'static str> {
    match why {
        Farewell::Forged => Some("It sent bytes that nobody signed."),
        Farewell::TooMuch => Some("It sent more than it was asked for."),
        _ => None,
    }
}
