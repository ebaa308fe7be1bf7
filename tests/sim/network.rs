//! Connections: two lanes each way, with a delay and so many bytes a second, cut into chunks anywhere.
//!
//! A way that is blocked holds back what is on it, as a network does that drops packets until it works again.

use super::dice::Dice;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use sync::engine::Lane;
use sync::frame::Deframer;

/// Both lanes.
pub(super) const LANES: [Lane; 2] = [Lane::Bulk, Lane::Live];
/// So much may wait on one way; a carrier gives a link up that holds back more.
const WAITING_MAX: usize = 16 << 20;
/// A carrier gives a link up over which nothing came for so long.
pub(super) const IDLE_MS: u64 = 3_000;

/// Bytes under way on one lane, with the moment at which each chunk arrives.
#[derive(Debug, Default)]
struct Pipe {
    chunks: VecDeque<(u64, Vec<u8>)>,
    last: u64,
}

/// One way of a link.
#[derive(Debug, Default)]
struct Way {
    pipes: [Pipe; 2],
    free: u64,
    waiting: usize,
    closed: bool,
}

/// A connection between two stations.
#[derive(Debug)]
pub(super) struct Link {
    /// Who asked for it, and the other.
    pub ends: [usize; 2],
    /// Milliseconds a chunk takes.
    pub delay: u64,
    /// Bytes a millisecond.
    pub speed: u64,
    /// Whether the carrier notices silence; else the engine has to.
    pub watched: bool,
    /// Bytes of ranges that came to each end since it last let more come.
    pub unasked: [usize; 2],
    /// Frames that came to each end, put together for that count.
    pub taps: [Deframer; 2],
    ways: [Way; 2],
}

/// What is sent where.
#[derive(Debug)]
pub(super) struct Sent {
    /// When its chunks arrive.
    pub arrivals: BTreeSet<u64>,
    /// Whether more waits than a carrier holds.
    pub overfull: bool,
}

impl Link {
    /// A link with chance properties. `slow`: hardly faster than a modem.
    #[must_use]
    pub(super) fn new(ends: [usize; 2], dice: &mut Dice, slow: bool) -> Self {
        let speed = if slow { dice.between(8, 60) } else { dice.between(500, 12_000) };
        let delay = if slow { dice.between(100, 900) } else { dice.between(1, 60) };
        let watched = !dice.chance(20);
        Self {
            ends,
            delay,
            speed,
            watched,
            unasked: [0; 2],
            taps: Default::default(),
            ways: Default::default(),
        }
    }

    /// Which end a station is.
    #[must_use]
    pub(super) fn side(&self, station: usize) -> Option<usize> {
        self.ends.iter().position(|end| *end == station)
    }

    /// The station at the other end.
    #[must_use]
    pub(super) fn other(&self, station: usize) -> usize {
        if self.ends[0] == station { self.ends[1] } else { self.ends[0] }
    }

    /// Puts bytes on their way from one side.
    pub(super) fn send(
        &mut self,
        side: usize,
        lane: Lane,
        bytes: &[u8],
        now: u64,
        dice: &mut Dice,
    ) -> Sent {
        let mut sent = Sent { arrivals: BTreeSet::new(), overfull: false };
        let (delay, speed) = (self.delay, self.speed);
        let way = &mut self.ways[side];
        if way.closed {
            return sent;
        }
        let longest = if dice.chance(10) { 40 } else { 16_000 };
        // Cut anywhere, but into so many pieces only.
        let least = (bytes.len() / 200).max(1);
        let mut rest = bytes;
        while !rest.is_empty() {
            let size = (least + dice.place(longest)).min(rest.len());
            let (chunk, after) = rest.split_at(size);
            way.free = way.free.max(now) + chunk.len() as u64 / speed;
            let pipe = &mut way.pipes[lane as usize];
            pipe.last = pipe.last.max(way.free + delay + dice.below(4));
            pipe.chunks.push_back((pipe.last, chunk.to_vec()));
            way.waiting += chunk.len();
            sent.arrivals.insert(pipe.last);
            rest = after;
        }
        sent.overfull = way.waiting > WAITING_MAX;
        sent
    }

    /// The next chunk from one side that has arrived.
    pub(super) fn arrived(&mut self, side: usize, lane: Lane, now: u64) -> Option<Vec<u8>> {
        let way = &mut self.ways[side];
        let pipe = &mut way.pipes[lane as usize];
        let (at, _) = pipe.chunks.front()?;
        if *at > now {
            return None;
        }
        let (_, chunk) = pipe.chunks.pop_front()?;
        way.waiting -= chunk.len();
        Some(chunk)
    }

    /// What still comes through from one side when a link breaks: each lane up to any byte.
    pub(super) fn broken(&mut self, side: usize, dice: &mut Dice) -> Vec<(Lane, Vec<u8>)> {
        let way = &mut self.ways[side];
        let part = |lane: Lane| {
            let chunks = std::mem::take(&mut way.pipes[lane as usize].chunks);
            let mut bytes: Vec<u8> = chunks.into_iter().flat_map(|(_, chunk)| chunk).collect();
            bytes.truncate(dice.place(bytes.len() + 1));
            (lane, bytes)
        };
        LANES.map(part).into_iter().filter(|(_, bytes)| !bytes.is_empty()).collect()
    }

    /// One side sends nothing more; when the last of it arrives.
    pub(super) fn close(&mut self, side: usize, now: u64) -> u64 {
        self.ways[side].closed = true;
        let last = self.ways[side].pipes.iter().map(|pipe| pipe.last).max();
        last.unwrap_or(0).max(now + self.delay)
    }

    /// Whether one side has closed it.
    #[must_use]
    pub(super) const fn is_closed(&self, side: usize) -> bool {
        self.ways[side].closed
    }
}

/// Which ways are blocked, and since when.
#[derive(Debug, Default)]
pub(super) struct Walls {
    ways: BTreeMap<(usize, usize), u64>,
    alone: BTreeMap<usize, u64>,
}

impl Walls {
    /// Blocks a way.
    pub(super) fn block(&mut self, from: usize, to: usize, now: u64) {
        self.ways.entry((from, to)).or_insert(now);
    }

    /// Cuts a station off from everybody.
    pub(super) fn isolate(&mut self, station: usize, now: u64) {
        self.alone.entry(station).or_insert(now);
    }

    /// Since when a way is blocked.
    #[must_use]
    pub(super) fn since(&self, from: usize, to: usize) -> Option<u64> {
        let alone = |station| self.alone.get(station).copied();
        let way = self.ways.get(&(from, to)).copied();
        [way, alone(&from), alone(&to)].into_iter().flatten().min()
    }

    /// Opens one way.
    pub(super) fn open(&mut self, from: usize, to: usize) {
        self.ways.remove(&(from, to));
    }

    /// Brings a station back.
    pub(super) fn bring_back(&mut self, station: usize) {
        self.alone.remove(&station);
    }

    /// Opens all ways.
    pub(super) fn fall(&mut self) {
        self.ways.clear();
        self.alone.clear();
    }
}
