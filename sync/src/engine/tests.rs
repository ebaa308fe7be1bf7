//! The engine between real stores: two or three stations, frames carried by hand.
#![cfg(feature = "io")]

use super::*;
use crate::entropy::{Seeded, random};
use crate::id::{Epoch, LogName};
use crate::keys::{Head, SecretKey};
use crate::record::{Body, Record};
use crate::replica::introduction;
use crate::store::{Admission, Founding, Joining, Store};
use crate::stretch::Stretch;
use domain::access::{Kind, Role};
use domain::fact::Scan;
use domain::id::AttendeeId;
use domain::verdict::Verdict;
use std::collections::VecDeque;
use tempfile::TempDir;

struct Station {
    store: Store,
    engine: Engine,
    entropy: Seeded,
}

/// Some stations of one event and what is under way between them.
struct Hall {
    dir: TempDir,
    now: Now,
    stations: Vec<Station>,
    /// From, link, lane, bytes.
    wires: VecDeque<(usize, LinkId, Lane, Vec<u8>)>,
    /// The two ends of each link.
    links: BTreeMap<LinkId, (usize, usize)>,
    bytes: usize,
    took: Vec<Ingested>,
}

const START: i64 = 1_800_000_000_000;

impl Hall {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut entropy = Seeded::new(1);
        let (root, station) =
            (SecretKey::generate(&mut entropy), SecretKey::generate(&mut entropy));
        let founding = Founding {
            root: &root,
            station: &station,
            name: "office",
            not_after: None,
            installation: [0; 16],
        };
        let path = dir.path().join("0.db");
        let store = Store::create(&path, &founding, START, &mut entropy).unwrap();
        let now = Now { wall: START, ticks: 0 };
        let mut hall = Self {
            dir,
            now,
            stations: Vec::new(),
            wires: VecDeque::new(),
            links: BTreeMap::new(),
            bytes: 0,
            took: Vec::new(),
        };
        hall.add(store);
        hall
    }

    fn add(&mut self, store: Store) -> usize {
        let engine = Engine::new(&store, Guards::ALL);
        let entropy = Seeded::new(100 + self.stations.len() as u64);
        self.stations.push(Station { store, engine, entropy });
        self.stations.len() - 1
    }

    /// Another station, let in by the first.
    fn join(&mut self, role: Role) -> usize {
        let number = self.stations.len();
        let mut entropy = Seeded::new(50 + number as u64);
        let key = SecretKey::generate(&mut entropy);
        let admission = Admission {
            station: key.public(),
            box_key: key.box_public(),
            name: format!("station {number}"),
            role,
            exhibitor: None,
            gate: None,
            may_issue: role == Role::Admin,
            not_after: None,
        };
        let office = &mut self.stations[0].store;
        office.admit(&admission, START, &mut entropy).unwrap();
        let control: Vec<Verified> =
            introduction(office).unwrap().into_iter().map(|s| s.verify().unwrap()).collect();
        let joining = Joining {
            root: office.root(),
            station: &key,
            control: &control,
            installation: [u8::try_from(number).unwrap(); 16],
        };
        let path = self.dir.path().join(format!("{number}.db"));
        let store = Store::join(&path, &joining, START, &mut entropy).unwrap();
        self.recorded(0);
        self.add(store)
    }

    fn give(&mut self, station: usize, input: Input<'_>) {
        let now = self.now;
        let Station { store, engine, entropy } = &mut self.stations[station];
        for effect in engine.handle(input, now, store, entropy).unwrap() {
            match effect {
                Effect::Send { link, lane, bytes } => {
                    self.bytes += bytes.len();
                    self.wires.push_back((station, link, lane, bytes));
                }
                Effect::Close { link, .. } => {
                    self.run();
                    if let Some((a, b)) = self.links.remove(&link) {
                        let other = if a == station { b } else { a };
                        self.give(other, Input::Closed { link });
                    }
                }
                Effect::Took(took) => self.took.push(took),
                Effect::Peers => {}
            }
        }
    }

    fn recorded(&mut self, station: usize) {
        self.give(station, Input::Recorded);
        self.run();
    }

    fn connect(&mut self, a: usize, b: usize) -> LinkId {
        let link = LinkId(random::<1>(&mut self.stations[a].entropy)[0].into());
        let keys = [self.stations[b].store.station(), self.stations[a].store.station()];
        self.links.insert(link, (a, b));
        self.give(a, Input::Opened { link, peer: keys[0], dialed: true });
        self.give(b, Input::Opened { link, peer: keys[1], dialed: false });
        self.run();
        link
    }

    fn run(&mut self) {
        while let Some((from, link, lane, bytes)) = self.wires.pop_front() {
            let Some((a, b)) = self.links.get(&link).copied() else { continue };
            let to = if a == from { b } else { a };
            self.give(to, Input::Bytes { link, lane, bytes: &bytes });
        }
    }

    fn wait(&mut self, millis: u64) {
        for _ in 0..millis / 250 {
            self.now.ticks += 250;
            self.now.wall += 250;
            for station in 0..self.stations.len() {
                self.give(station, Input::Tick);
            }
            self.run();
        }
    }

    fn scan(&mut self, station: usize, who: u8, verdict: Verdict) {
        let Station { store, entropy, .. } = &mut self.stations[station];
        let scan = Scan {
            attendee: Some(AttendeeId::new([who; 16])),
            code: None,
            gate: "main".to_owned(),
            area: None,
            verdict,
            at: self.now.wall,
            day: 20_833,
            mode: None,
            wanted: None,
            prior: None,
            by: None,
            overriding: None,
            nonce: None,
        };
        store.write(self.now.wall, entropy, |batch| batch.scan(&scan)).unwrap();
        self.recorded(station);
    }

    fn facts(&self, station: usize, who: u8) -> usize {
        self.stations[station].store.facts_of(AttendeeId::new([who; 16])).unwrap().len()
    }

    fn level(&self, a: usize, b: usize, spaces: &[Space]) -> bool {
        let digest = |station: usize, space| self.stations[station].store.digest(space).unwrap();
        spaces.iter().all(|space| digest(a, *space) == digest(b, *space))
    }

    fn sound(&self) {
        for station in &self.stations {
            assert_eq!(station.store.check().problems, Vec::<String>::new());
        }
    }
}

#[test]
fn a_scan_is_known_at_the_other_door_at_once() {
    let mut hall = Hall::new();
    let (a, b) = (hall.join(Role::Door), hall.join(Role::Door));
    hall.scan(a, 1, Verdict::Admitted);
    for (one, other) in [(0, a), (0, b), (a, b)] {
        hall.connect(one, other);
    }
    assert_eq!(hall.facts(b, 1), 1, "what was before");
    hall.scan(a, 2, Verdict::Admitted);
    assert_eq!((hall.facts(b, 2), hall.facts(0, 2)), (1, 1), "what is now");
    for other in [a, b] {
        assert!(hall.level(0, other, &Space::ALL));
    }
    hall.sound();
}

#[test]
fn what_came_is_given_back_to_the_byte() {
    let mut hall = Hall::new();
    let door = hall.join(Role::Door);
    for who in 0..250 {
        hall.scan(door, who, Verdict::Admitted);
    }
    hall.connect(0, door);
    assert!(hall.level(0, door, &[Space::Attendance]));
    for station in &hall.stations {
        for session in station.engine.sessions.values() {
            assert_eq!((session.credit, session.granted), (session::CREDIT, session::CREDIT));
        }
    }
}

#[test]
fn who_is_level_says_so_in_one_round() {
    let mut hall = Hall::new();
    let door = hall.join(Role::Door);
    hall.scan(door, 1, Verdict::Admitted);
    let link = hall.connect(0, door);
    hall.links.remove(&link);
    hall.give(0, Input::Closed { link });
    hall.give(door, Input::Closed { link });
    hall.bytes = 0;
    hall.connect(0, door);
    // Both first words and both signs of life.
    assert!(hall.bytes <= 2 * 512, "{} bytes", hall.bytes);
}

#[test]
fn stations_that_do_not_know_each_other_introduce_themselves() {
    let mut hall = Hall::new();
    // The first door knows nothing of the second, which joined later.
    let a = hall.join(Role::Door);
    let b = hall.join(Role::Door);
    hall.scan(b, 1, Verdict::Admitted);
    hall.connect(a, b);
    assert_eq!(hall.facts(a, 1), 1);
    hall.scan(a, 2, Verdict::Admitted);
    assert_eq!(hall.facts(b, 2), 1);
    assert!(hall.level(a, b, &Space::ALL));
}

/// A log in `control` that nobody's certificate names.
fn log_of_nobody(store: &Store) -> Stretch {
    let key = SecretKey::generate(&mut Seeded::new(99));
    let (event, station) = (store.event(), key.public());
    let name = LogName { event, space: Space::Control, station, epoch: Epoch(1) };
    let body = Body::Held { salt: [0; 16], bytes: vec![0xa0] };
    let record = Record { hlc: 1, kind: Kind::CERTIFICATE, doc: None, key: None, body };
    let hash = record.hash(name.id(), 1, &[0; 32]);
    let signature = key.sign_head(&Head { log: name.id(), seq: 1, hash });
    Stretch { name, first: 1, prev: [0; 32], records: vec![record], signature }
}

#[test]
fn what_a_stranger_shows_of_nobody_is_not_kept() {
    let mut hall = Hall::new();
    let door = hall.join(Role::Door);
    let (peer, link) = (hall.stations[door].store.station(), LinkId(1));
    let stretch = log_of_nobody(&hall.stations[0].store);
    let log = stretch.name.id();
    let have = Have { control: [0; 32], root: [0; 32], time: START };
    let hello = Hello { versions: vec![VERSION], epoch: 7, have, again: false };
    hall.give(0, Input::Opened { link, peer, dialed: false });
    for frame in [Frame::Range(Box::new(stretch)), Frame::Hello(hello)] {
        let bytes = frame.to_bytes();
        hall.give(0, Input::Bytes { link, lane: Lane::Bulk, bytes: &bytes });
    }
    let Station { store, engine, .. } = &hall.stations[0];
    assert_eq!(engine.links().len(), 1, "it is a member, and heard");
    assert!(!Replica::heads(store).contains_key(&log));
    hall.sound();
}

#[test]
fn a_laptop_whose_certificate_came_from_a_clock_that_was_ahead_takes_part() {
    let mut hall = Hall::new();
    let (a, b) = (hall.join(Role::Door), hall.join(Role::Door));
    hall.now.wall -= 10 * 365 * 24 * 3_600_000;
    hall.connect(a, b);
    hall.scan(a, 1, Verdict::Admitted);
    assert_eq!(hall.facts(b, 1), 1);
}

#[test]
fn a_booth_gets_neither_people_nor_scans() {
    let mut hall = Hall::new();
    let (door, booth) = (hall.join(Role::Door), hall.join(Role::Booth));
    hall.scan(door, 1, Verdict::Admitted);
    hall.connect(door, booth);
    hall.connect(0, booth);
    hall.scan(door, 2, Verdict::Admitted);
    assert_eq!((hall.facts(booth, 1), hall.facts(booth, 2)), (0, 0));
    assert!(hall.level(0, booth, &[Space::Event, Space::Control]));
    assert!(
        !hall.stations[booth].store.logs().values().any(|log| matches!(
            log.name.space,
            Space::Attendance | Space::Roster | Space::Contact
        ))
    );
}

#[test]
fn who_is_shut_out_is_hung_up_on_and_what_it_does_later_counts_as_presence_alone() {
    let mut hall = Hall::new();
    let (a, b) = (hall.join(Role::Door), hall.join(Role::Door));
    hall.connect(0, a);
    let links = [hall.connect(0, b), hall.connect(a, b)];
    hall.scan(b, 1, Verdict::Admitted);
    // It is carried off, is shut out, and does not hear of it.
    for link in links {
        let (one, other) = hall.links.remove(&link).unwrap();
        hall.give(one, Input::Closed { link });
        hall.give(other, Input::Closed { link });
    }
    let key = hall.stations[b].store.station();
    let Station { store, entropy, .. } = &mut hall.stations[0];
    store.revoke(key, START, entropy).unwrap();
    hall.recorded(0);
    hall.scan(b, 2, Verdict::Admitted);
    hall.scan(b, 3, Verdict::AlreadyIn);
    hall.connect(a, b);
    assert!(hall.stations[b].engine.links().is_empty(), "it is hung up on");
    assert!(hall.stations[b].store.members().is_revoked(&key), "and knows why");
    // A third station brings its records: its logs are relayed like any other's.
    let log = hall.stations[b].store.own_log(Space::Attendance);
    let stretch = Replica::stretch(&hall.stations[b].store, log, 2).unwrap().unwrap();
    let verified = stretch.verify().unwrap();
    let Station { store, entropy, .. } = &mut hall.stations[0];
    store.take_in(&[verified], START, entropy).unwrap();
    assert_eq!((hall.facts(0, 1), hall.facts(0, 2), hall.facts(0, 3)), (1, 1, 0));
    hall.sound();
}

#[test]
fn a_live_record_that_overtakes_its_log_counts_at_once() {
    let mut hall = Hall::new();
    let (a, b) = (hall.join(Role::Door), hall.join(Role::Door));
    for who in 1..6 {
        hall.scan(a, who, Verdict::Admitted);
    }
    let log = hall.stations[a].store.own_log(Space::Attendance);
    let all = Replica::stretch(&hall.stations[a].store, log, 1).unwrap().unwrap();
    hall.scan(a, 7, Verdict::Admitted);
    let last = Replica::stretch(&hall.stations[a].store, log, 6).unwrap().unwrap();
    let Station { store, entropy, .. } = &mut hall.stations[b];
    let took = store.take_in(&[last.verify().unwrap()], START, entropy).unwrap();
    assert_eq!(took.gaps, BTreeMap::from([(log, 1)]));
    assert_eq!((hall.facts(b, 7), hall.facts(b, 1)), (1, 0));
    let Station { store, entropy, .. } = &mut hall.stations[b];
    store.take_in(&[all.verify().unwrap()], START, entropy).unwrap();
    assert_eq!((hall.facts(b, 7), hall.facts(b, 1)), (1, 1));
    assert!(hall.level(a, b, &[Space::Attendance]));
    hall.sound();
}

#[test]
fn a_log_that_contradicts_itself_has_the_same_branches_everywhere() {
    let mut hall = Hall::new();
    let (a, b) = (hall.join(Role::Door), hall.join(Role::Door));
    for who in 1..4 {
        hall.scan(a, who, Verdict::Admitted);
    }
    // An image of the first door is put back in its place: it goes on from there and knows nothing.
    let path = hall.dir.path().join("1.db");
    let copy = hall.dir.path().join("copy.db");
    hall.stations[a].store.settle().unwrap();
    std::fs::copy(&path, &copy).unwrap();
    hall.scan(a, 4, Verdict::Admitted);
    hall.scan(a, 5, Verdict::Admitted);
    hall.connect(a, b);
    let seed = hall.stations[a].store.key().seed();
    hall.stations.remove(a);
    let store =
        Store::open(&copy, &SecretKey::from_seed(&seed), [1; 16], &mut Seeded::new(3)).unwrap();
    let engine = Engine::new(&store, Guards::ALL);
    hall.stations.insert(a, Station { store, engine, entropy: Seeded::new(9) });
    hall.links.clear();
    let b_engine = Engine::new(&hall.stations[b].store, Guards::ALL);
    hall.stations[b].engine = b_engine;
    hall.scan(a, 6, Verdict::Admitted);
    let before = hall.stations[a].store.epoch();
    hall.connect(a, b);
    hall.wait(12_000);
    assert!(hall.level(a, b, &[Space::Attendance]));
    assert_ne!(hall.stations[a].store.epoch(), before, "it begins anew");
    for station in [a, b] {
        for who in 1..=6 {
            assert_eq!(hall.facts(station, who), 1, "{who} at {station}");
        }
    }
    hall.scan(a, 7, Verdict::Admitted);
    assert_eq!(hall.facts(b, 7), 1);
    hall.connect(0, b);
    hall.wait(12_000);
    assert!(hall.level(0, b, &[Space::Attendance]));
    hall.sound();
}

#[test]
fn silence_is_noticed() {
    let mut hall = Hall::new();
    let door = hall.join(Role::Door);
    let quiet = |hall: &Hall| {
        let station = &hall.stations[0];
        station.engine.quiet(&station.store, hall.now).len()
    };
    assert_eq!(quiet(&hall), 1, "known by its certificate, not by having been heard");
    let link = hall.connect(0, door);
    assert_eq!(quiet(&hall), 0);
    hall.wait(20_000);
    assert_eq!(quiet(&hall), 0);
    hall.links.remove(&link);
    hall.give(0, Input::Closed { link });
    hall.wait(8_000);
    assert_eq!(quiet(&hall), 0);
    hall.wait(3_000);
    assert_eq!(quiet(&hall), 1);
}

#[test]
fn strangers_together_make_a_station_keep_little() {
    use crate::frame::STRANGER_BYTES_MAX;
    let mut hall = Hall::new();
    let length = u32::try_from(STRANGER_BYTES_MAX).unwrap().to_le_bytes();
    let half = [&length[..], &vec![0; STRANGER_BYTES_MAX - 1]].concat();
    for n in 0..20 {
        let (link, peer) = (LinkId(1000 + n), SecretKey::generate(&mut Seeded::new(900 + n)));
        hall.give(0, Input::Opened { link, peer: peer.public(), dialed: false });
        for lane in [Lane::Bulk, Lane::Live] {
            hall.give(0, Input::Bytes { link, lane, bytes: &half });
        }
        let engine = &hall.stations[0].engine;
        assert!(engine.waiting_bytes() <= session::STRANGERS_BYTES_MAX, "{n}");
        assert!(n > 1 || engine.all_links().len() as u64 == n + 1, "not before they are many");
    }
}

#[test]
fn one_wrong_clock_of_two_makes_nobody_elses_wrong() {
    let mut hall = Hall::new();
    for (n, offset, expected) in [(1, 420_000, -420_000), (2, 0, 0)] {
        let door = hall.join(Role::Door);
        let (link, peer) = (LinkId(n), hall.stations[door].store.station());
        hall.give(0, Input::Opened { link, peer, dialed: false });
        let have = Have { control: [0; 32], root: [0; 32], time: hall.now.wall + offset };
        let hello = Hello { versions: vec![VERSION], epoch: 1, have, again: false };
        let bytes = Frame::Hello(hello).to_bytes();
        hall.give(0, Input::Bytes { link, lane: Lane::Bulk, bytes: &bytes });
        assert_eq!(hall.stations[0].engine.clock_offset(), Some(expected));
    }
}
