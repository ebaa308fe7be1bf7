//! Two stations of this process that speak over the real carrier: how soon a record is there, and how soon both agree
//! after they were apart. One thread works for both, so what is measured is rather too much than too little.

use super::pair::{DOOR, OFFICE, failed, let_in};
use super::{SyncSize, millis, p50, p95};
use crate::bench::disk::Place;
use crate::bench::verdict::{event, scan};
use crate::bench::{BenchLine, Size};
use crate::clock::{self, SystemEntropy};
use crate::folder::Folder;
use crate::problem::Problem;
use crate::station::Station;
use domain::access::Space;
use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::{Duration, Instant};
use sync::engine::{Effect, Engine, Guards, Input, Now};
use sync::id::{EventId, StationKey};
use sync::lan::{Heard, Lan, Options};
use sync::replica::Replica;

/// How often the engines look around, as at a station.
const TICK_EVERY: Duration = Duration::from_millis(250);
/// Pieces that wait, as at a station.
const WAITING_MAX: usize = 256;
/// How often two stations meet to measure how soon the first record is there, where there are so many people.
const MEETINGS: u32 = 40;
/// How often the two are cut apart.
const CUTS: u32 = 3;
/// How often each of them lets somebody in meanwhile: two busy doors.
const SCAN_EVERY: Duration = Duration::from_millis(500);
/// What takes longer has failed.
const WITHIN: Duration = Duration::from_secs(20);

struct Desk {
    station: Station,
    engine: Engine,
    key: StationKey,
    lan: Lan,
}

struct Desks {
    event: EventId,
    desks: Vec<Desk>,
    heard: Receiver<(usize, Heard)>,
    started: Instant,
    ticked: Instant,
    /// When a link was last opened.
    opened: Option<Instant>,
    next: u32,
}

impl Desks {
    fn new(place: &Place, office: &Folder) -> Result<Self, Problem> {
        let mut first = Station::new(office.clone());
        let event = first.choose(None)?;
        let folder = Folder::at(&place.path("door"));
        let_in(&mut first, &folder, "door")?;
        let (tell, heard) = sync_channel(WAITING_MAX);
        let mut desks = Vec::new();
        for (number, mut station) in [first, Station::new(folder)].into_iter().enumerate() {
            let store = &station.event(event)?.store;
            let engine = Engine::new(store, Guards::ALL);
            let (key, tell) = (store.station(), tell.clone());
            let bind = vec![SocketAddr::from((Ipv4Addr::LOCALHOST, 0))];
            let options = Options { key: Replica::key(store).clone(), bind, discovery: false };
            let lan = Lan::start(options, move |heard| tell.try_send((number, heard)).is_ok());
            let lan = lan.map_err(|problem| failed(&problem.to_string()))?;
            desks.push(Desk { station, engine, key, lan });
        }
        let now = Instant::now();
        Ok(Self { event, desks, heard, started: now, ticked: now, opened: None, next: 0 })
    }

    fn desk(&mut self, desk: usize) -> Result<&mut Desk, Problem> {
        self.desks.get_mut(desk).ok_or_else(|| failed("there are two"))
    }

    fn give(&mut self, to: usize, input: Input<'_>) -> Result<(), Problem> {
        let ticks = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let (now, event) = (Now { wall: clock::now().as_millisecond(), ticks }, self.event);
        let Desk { station, engine, lan, .. } = self.desk(to)?;
        let open = station.event(event)?;
        let effects = engine.handle(input, now, &mut open.store, &mut SystemEntropy);
        for effect in effects.map_err(|problem| failed(&problem.0))? {
            match effect {
                Effect::Send { link, lane, bytes } => lan.send(link, lane, bytes),
                Effect::Close { link, .. } => lan.close(link),
                Effect::Took(took) => open.heed(&took),
                Effect::Peers => {}
            }
        }
        Ok(())
    }

    /// Takes what comes next, or looks around.
    fn step(&mut self) -> Result<(), Problem> {
        let wait = (self.ticked + TICK_EVERY).saturating_duration_since(Instant::now());
        match self.heard.recv_timeout(wait) {
            Ok((at, Heard::Opened { link, peer, dialed, .. })) => {
                self.opened = Some(Instant::now());
                self.give(at, Input::Opened { link, peer, dialed })
            }
            Ok((at, Heard::Bytes { link, lane, bytes })) => {
                self.give(at, Input::Bytes { link, lane, bytes: &bytes })
            }
            Ok((at, Heard::Closed { link })) => self.give(at, Input::Closed { link }),
            Ok((_, Heard::Addresses(_))) => Ok(()),
            Err(RecvTimeoutError::Timeout) => {
                self.ticked = Instant::now();
                [OFFICE, DOOR].into_iter().try_for_each(|desk| self.give(desk, Input::Tick))
            }
            Err(RecvTimeoutError::Disconnected) => Err(failed("the carrier has ended")),
        }
    }

    /// Goes on until something holds.
    fn until(
        &mut self,
        what: &str,
        holds: impl Fn(&mut Self) -> Result<bool, Problem>,
    ) -> Result<(), Problem> {
        let begun = Instant::now();
        while !holds(self)? {
            if begun.elapsed() > WITHIN {
                return Err(failed(what));
            }
            self.step()?;
        }
        Ok(())
    }

    /// Wants links, with these addresses that nobody answers at before the right one.
    fn meet(&mut self, dead: &[SocketAddr]) {
        let event = self.event;
        let all: Vec<(StationKey, Vec<SocketAddr>)> =
            self.desks.iter().map(|desk| (desk.key, desk.lan.addresses())).collect();
        for desk in &self.desks {
            let others = all.iter().filter(|(key, _)| *key != desk.key);
            let wanted: BTreeMap<StationKey, Vec<SocketAddr>> =
                others.map(|(key, found)| (*key, [dead, found.as_slice()].concat())).collect();
            desk.lan.peers(event, wanted);
        }
    }

    /// Cuts the two apart.
    fn part(&mut self) -> Result<(), Problem> {
        let event = self.event;
        self.desks.iter().for_each(|desk| desk.lan.forget(event));
        self.until("they do not part", |desks| {
            Ok(desks.desks.iter().all(|desk| desk.engine.all_links().is_empty()))
        })
    }

    /// Lets the next person in at a desk.
    fn scan(&mut self, desk: usize) -> Result<(), Problem> {
        let number = self.next;
        self.next += 1;
        if !scan(&mut self.desk(desk)?.station, number)? {
            return Err(failed("somebody was not let in"));
        }
        self.give(desk, Input::Recorded)
    }

    fn digest(&mut self, desk: usize, space: Space) -> Result<[u8; 32], Problem> {
        let event = self.event;
        Ok(self.desk(desk)?.station.event(event)?.store.space_digest(space))
    }

    fn is_level(&mut self) -> Result<bool, Problem> {
        for space in [Space::Attendance, Space::Roster, Space::Event, Space::Control] {
            if self.digest(OFFICE, space)? != self.digest(DOOR, space)? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// Addresses at which nobody answers: sockets that are never read.
pub(super) fn dead() -> Result<Vec<UdpSocket>, Problem> {
    let bind = |_| UdpSocket::bind((Ipv4Addr::LOCALHOST, 0));
    let sockets: Result<Vec<UdpSocket>, _> = (0..2).map(bind).collect();
    sockets.map_err(|e| failed(&e.to_string()))
}

fn meetings(desks: &mut Desks, size: &SyncSize) -> Result<Vec<BenchLine>, Problem> {
    let sockets = dead()?;
    let dead: Vec<SocketAddr> = sockets.iter().filter_map(|one| one.local_addr().ok()).collect();
    let mut there = Vec::new();
    for _ in 0..size.at_most(MEETINGS) {
        desks.part()?;
        desks.scan(OFFICE)?;
        let begun = Instant::now();
        desks.meet(&dead);
        desks.until("a record does not arrive", Desks::is_level)?;
        there.push(millis(begun));
    }
    there.sort_by(f64::total_cmp);
    Ok(vec![
        BenchLine::new("known address to first record, p50", p50(&there), "ms"),
        BenchLine::new("two dead addresses before it, p95", p95(&there), "ms"),
    ])
}

/// How long until both hold what the other let in meanwhile.
fn cuts(desks: &mut Desks, size: &SyncSize) -> Result<Vec<BenchLine>, Problem> {
    let (mut up, mut all) = (Vec::new(), Vec::new());
    for _ in 0..CUTS {
        desks.part()?;
        let begun = Instant::now();
        let mut next = begun;
        loop {
            if Instant::now() >= next {
                next += SCAN_EVERY;
                desks.scan(OFFICE)?;
                desks.scan(DOOR)?;
            }
            desks.step()?;
            if begun.elapsed() >= size.cut() {
                break;
            }
        }
        desks.opened = None;
        let begun = Instant::now();
        desks.meet(&[]);
        desks.until("they do not agree after a cut", Desks::is_level)?;
        all.push(millis(begun));
        up.push(desks.opened.map_or(0.0, millis));
    }
    up.sort_by(f64::total_cmp);
    all.sort_by(f64::total_cmp);
    Ok(vec![
        BenchLine::new(
            format!("agreed after a cut of {} s, link up, worst of 3", size.cut),
            p100(&up),
            "ms",
        ),
        BenchLine::new("the same from the first dial on", p100(&all), "ms"),
    ])
}

fn p100(sorted: &[f64]) -> f64 {
    sorted.last().copied().unwrap_or_default()
}

pub(super) fn run(size: &SyncSize) -> Result<Vec<BenchLine>, Problem> {
    let place = Place::new(&size.size)?;
    let folder = event(&place, &Size { attendees: 1_000, earlier: 0, ..size.size.clone() })?;
    let mut desks = Desks::new(&place, &folder)?;
    desks.meet(&[]);
    desks.until("they do not agree", Desks::is_level)?;
    let mut lines = meetings(&mut desks, size)?;
    lines.extend(cuts(&mut desks, size)?);
    Ok(lines)
}
