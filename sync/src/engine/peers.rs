//! What is known of other stations: when each was heard, what it holds, how its clock goes.

use super::{Effect, Engine, Lane, LinkId, Now, Turn};
use crate::frame::{Farewell, Frame, Presence, Sign};
use crate::id::StationKey;
use crate::replica::Replica;
use domain::id::LogId;
use std::collections::{BTreeMap, BTreeSet};

/// A station of which nothing was heard for so long is silent.
pub(super) const SILENT_AFTER: u64 = 10_000;
/// How often a station gives a sign of life.
const SIGN_EVERY: u64 = 2_000;
/// How often a sign is passed on: over one anchor, and from its neighbour to the next.
const HOPS_MAX: u8 = 2;
/// Addresses that are kept of one station: those of all its interfaces.
const ADDRESSES_MAX: usize = 16;
/// Longest text in a sign that is kept.
const TEXT_CHARS_MAX: usize = 100;
/// Two laptops with one key are both heard within so long.
const TWICE_WITHIN: u64 = 20_000;
/// An odd number without a pattern: moments that follow one another become numbers that do not.
const SPREAD: u32 = 0x9e37_79b1;

/// What this station tells of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Post {
    /// The gate that it stands at.
    pub gate: Option<String>,
    /// Charge of its battery in percent.
    pub battery: Option<u8>,
    /// Whether it runs on mains.
    pub on_mains: Option<bool>,
    /// Its version of Lanyard.
    pub version: String,
    /// Addresses at which it is found.
    pub addresses: Vec<String>,
}

/// A station of which nothing is heard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quiet {
    /// Its key.
    pub station: StationKey,
    /// For how many milliseconds; none: never since this station started.
    pub for_ms: Option<u64>,
}

/// One other station, as this one sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeerState {
    /// Its key.
    pub station: StationKey,
    /// Milliseconds since it was last heard; none: never since this station started.
    pub heard_ms: Option<u64>,
    /// Whether it was heard lately enough.
    pub heard: bool,
    /// Whether there is a session with it.
    pub connected: bool,
    /// Records of this station that it does not have, as far as is known; none: it was never met.
    pub lag: Option<u64>,
    /// How far its clock is ahead of this one's, in milliseconds.
    pub clock_offset: Option<i64>,
    /// What it last told of itself.
    pub sign: Option<Sign>,
    /// Whether two laptops have its key.
    pub twice: bool,
    /// What it did wrong, if anything.
    pub misdeed: Option<&'static str>,
    /// Why it does not speak with this station, if it said so.
    pub refused: Option<Farewell>,
}

#[derive(Debug, Clone, Default)]
struct Peer {
    heard: Option<u64>,
    clock_offset: Option<i64>,
    sign: Option<Sign>,
    has: BTreeMap<LogId, u64>,
    met: bool,
    /// When each epoch of it was last heard.
    epochs: BTreeMap<u64, u64>,
    misdeed: Option<&'static str>,
    refused: Option<Farewell>,
    /// Whether it counted as heard when that was last looked at.
    counted: bool,
}

/// Other stations by their keys. Only members have an entry: keys cost a stranger nothing.
#[derive(Debug, Default)]
pub(super) struct Peers(BTreeMap<StationKey, Peer>, Option<(u64, &'static str)>);

impl Peers {
    fn of(&mut self, station: StationKey) -> &mut Peer {
        self.0.entry(station).or_default()
    }

    pub(super) fn met(&mut self, station: StationKey, epoch: u64, time: i64, now: Now) {
        let peer = self.of(station);
        (peer.met, peer.refused) = (true, None);
        peer.epochs.insert(epoch, now.ticks);
        peer.clock_offset = Some(time.saturating_sub(now.wall));
        self.heard(station, now);
    }

    pub(super) fn heard(&mut self, station: StationKey, now: Now) {
        self.of(station).heard = Some(now.ticks);
    }

    pub(super) fn clock(&mut self, station: StationKey, time: i64, now: Now) {
        self.of(station).clock_offset = Some(time.saturating_sub(now.wall));
    }

    pub(super) fn left(&mut self, station: &StationKey, still: bool) {
        if let Some(peer) = self.0.get_mut(station).filter(|_| !still) {
            // Whom it hears now is not known any more.
            if let Some(sign) = &mut peer.sign {
                sign.hears.clear();
            }
        }
    }

    pub(super) fn misbehaved(&mut self, station: StationKey, what: &'static str, known: bool) {
        if known {
            self.of(station).misdeed = Some(what);
        } else {
            let before = self.1.map_or(0, |(count, _)| count);
            self.1 = Some((before + 1, what));
        }
    }

    pub(super) const fn strangers(&self) -> Option<(u64, &'static str)> {
        self.1
    }

    pub(super) fn refused(&mut self, station: StationKey, why: Farewell) {
        self.of(station).refused = Some(why);
    }

    pub(super) fn stored_at(
        &mut self,
        station: StationKey,
        logs: impl Iterator<Item = (LogId, u64)>,
    ) {
        let peer = self.of(station);
        for (log, seq) in logs {
            let has = peer.has.entry(log).or_default();
            *has = (*has).max(seq);
        }
    }

    /// Whether a station speaks with another right now, as it last said itself.
    pub(super) fn hears(&self, station: &StationKey, other: &StationKey) -> bool {
        let sign = self.0.get(station).and_then(|peer| peer.sign.as_ref());
        station == other || sign.is_some_and(|sign| sign.hears.contains(&short(other)))
    }

    /// Whether it falls to this station to pass a sign on to another. Of those that hear both, one does, another for
    /// every sign: each is heard once and not from every anchor, and one that keeps signs back silences nobody.
    fn falls_to(&self, own: &StationKey, to: &StationKey, sign: &Sign) -> bool {
        let hears = self.0.get(to).and_then(|peer| peer.sign.as_ref()).map(|sign| &sign.hears);
        let both = |one: &&u32| hears.is_some_and(|hears| hears.contains(one));
        let turn = u32::try_from(sign.count & 0xffff_ffff).unwrap_or(0).wrapping_mul(SPREAD);
        let next = sign.hears.iter().filter(both).min_by_key(|one| **one ^ short(to) ^ turn);
        next.is_none_or(|next| *next == short(own))
    }

    pub(super) fn tick(&mut self, now: Now, effects: &mut Vec<Effect>) {
        let mut changed = false;
        for peer in self.0.values_mut() {
            let heard = is_heard(peer, now);
            changed |= heard != std::mem::replace(&mut peer.counted, heard);
        }
        if changed {
            effects.push(Effect::Peers);
        }
    }

    pub(super) fn quiet(&self, replica: &dyn Replica, now: Now) -> Vec<Quiet> {
        let quiet = counting(replica).filter_map(|station| {
            let peer = self.0.get(&station);
            if peer.is_some_and(|peer| is_heard(peer, now)) {
                return None;
            }
            let heard = peer.and_then(|peer| peer.heard);
            let for_ms = heard.map(|heard| now.ticks.saturating_sub(heard));
            Some(Quiet { station, for_ms })
        });
        quiet.collect()
    }

    pub(super) fn states(
        &self,
        replica: &dyn Replica,
        now: Now,
        linked: &BTreeSet<StationKey>,
    ) -> Vec<PeerState> {
        let own = replica.key().public();
        let stations = replica.members().certificates().keys().copied();
        let state = |station: StationKey| {
            let peer = self.0.get(&station).cloned().unwrap_or_default();
            PeerState {
                station,
                heard_ms: peer.heard.map(|heard| now.ticks.saturating_sub(heard)),
                heard: is_heard(&peer, now),
                connected: linked.contains(&station),
                lag: peer.met.then(|| lag(replica, &peer, station)),
                clock_offset: peer.clock_offset,
                twice: is_twice(&peer, now),
                misdeed: peer.misdeed,
                refused: peer.refused,
                sign: peer.sign,
            }
        };
        stations.filter(|station| *station != own).map(state).collect()
    }

    pub(super) fn alone(&self, replica: &dyn Replica) -> u64 {
        let own = replica.key().public();
        let logs = replica.heads().iter().filter(|(_, head)| head.name.station == own);
        let alone = |(log, seq): (&LogId, u64)| {
            let has = self.0.values().filter_map(|peer| peer.has.get(log)).max();
            seq.saturating_sub(has.copied().unwrap_or(0))
        };
        logs.map(|(log, head)| alone((log, head.seq))).sum()
    }

    pub(super) fn addresses(&self) -> BTreeMap<StationKey, Vec<String>> {
        let told = self.0.iter().filter_map(|(station, peer)| {
            let addresses = peer.sign.as_ref().map(|sign| sign.addresses.clone())?;
            (!addresses.is_empty()).then_some((*station, addresses))
        });
        told.collect()
    }

    /// How far this clock is ahead of the middle one of the others' clocks; of two in the middle, the one that is
    /// nearer to this one, so that one wrong clock of two makes nobody else's wrong.
    pub(super) fn clock_offset(&self) -> Option<i64> {
        let mut offsets: Vec<i64> = self.0.values().filter_map(|peer| peer.clock_offset).collect();
        offsets.sort_unstable();
        let middle = [offsets.len().saturating_sub(1) / 2, offsets.len() / 2];
        let middle = middle.into_iter().filter_map(|at| offsets.get(at));
        middle.min_by_key(|offset| offset.saturating_abs()).map(|offset| offset.saturating_neg())
    }

    /// Takes a sign of life in, unless it is known, forged or of nobody; what it says.
    fn sign(&mut self, turn: &Turn<'_>, presence: &Presence, direct: bool) -> Option<Sign> {
        let (station, count) = presence.claims()?;
        turn.replica.members().role(&station)?;
        let known = self.0.get(&station).and_then(|peer| peer.sign.as_ref());
        // Nobody replays what the station itself says; its clock may have been ahead when it said the last one.
        if !direct && known.is_some_and(|known| known.count >= count) {
            return None;
        }
        let mut sign = presence.read(turn.replica.event())?;
        if station != turn.replica.key().public() {
            sign.addresses.truncate(ADDRESSES_MAX);
            for text in [&mut sign.gate, &mut sign.version].into_iter().flatten() {
                *text = text.chars().take(TEXT_CHARS_MAX).collect();
            }
            let peer = self.of(station);
            peer.epochs.insert(sign.epoch, turn.now.ticks);
            peer.epochs.retain(|_, at| turn.now.ticks.saturating_sub(*at) < TWICE_WITHIN);
            (peer.heard, peer.sign) = (Some(turn.now.ticks), Some(sign.clone()));
        }
        Some(sign)
    }
}

/// The other stations at which people pass.
fn counting(replica: &dyn Replica) -> impl Iterator<Item = StationKey> {
    let (own, members) = (replica.key().public(), replica.members());
    let others = members.certificates().keys().copied().filter(move |station| *station != own);
    others.filter(|station| members.role(station).is_some_and(|role| role.lets_people_in()))
}

fn is_heard(peer: &Peer, now: Now) -> bool {
    peer.heard.is_some_and(|heard| now.ticks.saturating_sub(heard) < SILENT_AFTER)
}

/// Whether two laptops use one key: both were heard again after the other one was.
fn is_twice(peer: &Peer, now: Now) -> bool {
    let lately = |at: &&u64| now.ticks.saturating_sub(**at) < SILENT_AFTER;
    peer.epochs.values().filter(lately).count() > 1
}

/// Records of this station that another could have and does not.
fn lag(replica: &dyn Replica, peer: &Peer, station: StationKey) -> u64 {
    let (own, members) = (replica.key().public(), replica.members());
    let role = members.certificate(&station).map(|certificate| certificate.role);
    let could = |space| role.is_some_and(|role| domain::access::holds(role, space).is_some());
    let heads = replica.heads().iter();
    let own = heads.filter(|(_, head)| head.name.station == own && could(head.name.space));
    own.map(|(log, head)| head.seq.saturating_sub(peer.has.get(log).copied().unwrap_or(0))).sum()
}

/// The first four bytes of a key, by which a sign names whom a station hears.
fn short(station: &StationKey) -> u32 {
    let (first, _) = station.0.split_first_chunk::<4>().unwrap_or((&[0; 4], &[]));
    u32::from_le_bytes(*first)
}

impl Engine {
    /// A sign of life of some station; passed on to those who do not hear it themselves.
    pub(super) fn sign_of_life(&mut self, turn: &mut Turn<'_>, link: LinkId, presence: Presence) {
        let from = self.sessions.get(&link).map(|session| session.peer);
        let direct = presence.hops == 0 && presence.claims().map(|(of, _)| of) == from;
        let Some(sign) = self.peers.sign(turn, &presence, direct) else { return };
        let station = StationKey(sign.station);
        if station == turn.replica.key().public() || presence.hops >= HOPS_MAX {
            return;
        }
        let own = turn.replica.key().public();
        // Of two laptops with one key, whoever hears the one is told of the other.
        let twice = self.peers.0.get(&station).is_some_and(|peer| is_twice(peer, turn.now));
        let passed = Frame::Presence(Presence { hops: presence.hops + 1, ..presence }).to_bytes();
        for (other, session) in &self.sessions {
            let to = &session.peer;
            let needs =
                twice || !self.peers.hears(to, &station) && self.peers.falls_to(&own, to, &sign);
            if *other != link && session.proven && *to != station && needs {
                let (link, bytes) = (*other, passed.clone());
                turn.effects.push(Effect::Send { link, lane: Lane::Live, bytes });
            }
        }
    }

    /// Gives a sign of life to everybody, when it is time.
    pub(super) fn give_signs(&mut self, turn: &mut Turn<'_>) {
        if turn.now.ticks < self.next_sign || self.sessions.is_empty() {
            return;
        }
        self.next_sign = turn.now.ticks + SIGN_EVERY;
        let Some(bytes) = self.own_sign(turn) else { return };
        for (link, session) in &self.sessions {
            if session.proven {
                let (link, bytes) = (*link, bytes.clone());
                turn.effects.push(Effect::Send { link, lane: Lane::Live, bytes });
            }
        }
    }

    pub(super) fn sign_to(&mut self, turn: &mut Turn<'_>, link: LinkId) {
        if let Some(bytes) = self.own_sign(turn) {
            turn.effects.push(Effect::Send { link, lane: Lane::Live, bytes });
        }
    }

    fn own_sign(&mut self, turn: &Turn<'_>) -> Option<Vec<u8>> {
        let key = turn.replica.key();
        turn.replica.members().role(&key.public())?;
        self.sign_count = turn.now.wall.max(self.sign_count + 1);
        let hears: BTreeSet<u32> =
            self.sessions.values().filter(|s| s.proven).map(|s| short(&s.peer)).collect();
        let sign = Sign {
            station: key.public().0,
            count: self.sign_count,
            gate: self.post.gate.clone(),
            battery: self.post.battery,
            on_mains: self.post.on_mains,
            version: Some(self.post.version.clone()),
            addresses: self.post.addresses.iter().take(ADDRESSES_MAX).cloned().collect(),
            hears: hears.into_iter().collect(),
            epoch: turn.replica.epoch().0,
        };
        Some(Frame::Presence(sign.signed(turn.replica.event(), key)).to_bytes())
    }
}
