//! A stranger on the same network who knows addresses and the event's id, and sends what no station would: honest
//! stations neither stop nor grow for it.

#![allow(clippy::print_stdout, reason = "a test tells how long it took")]

use std::net::SocketAddr;
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::{Duration, Instant};
use sync::engine::{Lane, LinkId};
use sync::entropy::{Entropy, Seeded};
use sync::frame::{Frame, Have, Hello, STRANGER_BYTES_MAX, VERSION};
use sync::id::EventId;
use sync::join::Ticket;
use sync::keys::{Head, SecretKey};
use sync::lan::{Heard, Lan, Options, Purpose};
use sync::replica::introduction;
use sync::store::{Founding, Store};
use sync::stretch::Stretch;
use tests::Station;
use tests::sheet::code;
use tests::stations::until_level;

/// How much an organizer's laptop may have grown at its highest: what waits for it (16 MiB), half frames of strangers
/// (4 MiB), windows of links, and what the allocator keeps; 60 to 70 MiB were seen.
const GROWN_MAX_KIB: u64 = 160 << 10;
/// A stranger who says nothing sensible is hung up on within five seconds; this is that and a busy machine.
const HUNG_UP: Duration = Duration::from_secs(15);
/// Laptops that hold half a frame at the same time.
const HOLDERS: u64 = 8;
const SEED: u64 = 4711;

/// Somebody with a key of his own, and a carrier like ours.
struct Stranger {
    lan: Lan,
    heard: Receiver<Heard>,
    link: Option<LinkId>,
}

impl Stranger {
    fn of(seed: u64) -> Self {
        let key = SecretKey::generate(&mut Seeded::new(SEED + seed));
        Self::with(key)
    }

    fn with(key: SecretKey) -> Self {
        let bind: Vec<SocketAddr> = vec!["127.0.0.1:0".parse().unwrap()];
        let (tell, heard) = sync_channel(4096);
        let options = Options { key, bind, discovery: false };
        // Whatever is said to him beyond that he does not listen to.
        let lan = Lan::start(options, move |heard| {
            let _ = tell.try_send(heard);
            true
        })
        .unwrap();
        Self { lan, heard, link: None }
    }

    /// Opens a link; whether it is taken.
    fn knock(&mut self, ticket: &Ticket, event: EventId, purpose: Purpose) -> bool {
        let end = Instant::now() + Duration::from_secs(4);
        while self.link.is_none() && Instant::now() < end {
            self.lan.dial(event, ticket.issuer, ticket.addresses.clone(), purpose);
            let tried = Duration::from_millis(1600);
            while let Ok(heard) = self.heard.recv_timeout(tried) {
                if let Heard::Opened { link, .. } = heard {
                    self.link = Some(link);
                    break;
                }
            }
        }
        self.link.is_some()
    }

    fn at(seed: u64, ticket: &Ticket) -> Self {
        let mut stranger = Self::of(seed);
        assert!(stranger.knock(ticket, ticket.event, Purpose::Sync), "the door bell works");
        stranger
    }

    fn send(&self, lane: Lane, bytes: Vec<u8>) {
        self.lan.send(self.link.unwrap(), lane, bytes);
    }

    fn say(&self, frame: &Frame) {
        self.send(Lane::Bulk, frame.to_bytes());
    }

    /// Waits until the other side hangs up, and gives all that it had said.
    fn until_hung_up_on(self, what: &str) -> Vec<u8> {
        let (begun, mut said) = (Instant::now(), Vec::new());
        loop {
            let left = HUNG_UP.saturating_sub(begun.elapsed());
            match self.heard.recv_timeout(left) {
                Ok(Heard::Closed { .. }) => break,
                Ok(Heard::Bytes { bytes, .. }) => said.extend(bytes),
                Ok(_) => {}
                Err(_) => panic!("{what}: not hung up on within {HUNG_UP:?}"),
            }
        }
        println!("{what}: hung up on after {} ms", begun.elapsed().as_millis());
        said
    }
}

fn garbage(seed: u64, length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    Seeded::new(SEED ^ seed).fill(&mut bytes);
    bytes
}

fn hello(again: bool) -> Frame {
    let have = Have { control: [1; 32], root: [2; 32], time: 0 };
    Frame::Hello(Hello { versions: vec![VERSION], epoch: 7, have, again })
}

/// Certificates of a root key of one's own, written as if they were of that event.
fn self_made(event: EventId, station: &SecretKey) -> Vec<Stretch> {
    let folder = tempfile::tempdir().unwrap();
    let mut entropy = Seeded::new(SEED);
    let root = SecretKey::generate(&mut entropy);
    let (name, not_after, installation) = ("North", None, [0; 16]);
    let founding = Founding { root: &root, station, name, not_after, installation };
    let path = folder.path().join("store.db");
    let store = Store::create(&path, &founding, 1_800_000_000_000, &mut entropy).unwrap();
    let rewrite = |mut stretch: Stretch| {
        stretch.name.event = event;
        let (log, mut hash) = (stretch.name.id(), stretch.prev);
        for (record, seq) in stretch.records.iter().zip(stretch.first..) {
            hash = record.hash(log, seq, &hash);
        }
        let key = if stretch.name.station == root.public() { &root } else { station };
        stretch.signature = key.sign_head(&Head { log, seq: stretch.last(), hash });
        stretch.clone().verify().expect("rightly signed, by nobody of this event");
        stretch
    };
    introduction(&store).unwrap().into_iter().map(rewrite).collect()
}

/// How much memory a process had at most since this was last asked, in KiB.
fn memory(pid: u32) -> u64 {
    let text = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = text.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    // 5 lets the highest mark begin anew.
    std::fs::write(format!("/proc/{pid}/clear_refs"), "5").unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[test]
fn strangers_stop_nobody() {
    println!("seed {SEED}");
    let [mut north, east, west] = Station::hall(10);
    let ticket: Ticket = north.invite(&["--role", "door"]).parse().unwrap();
    let pid = north.serve().pid();
    let before = memory(pid);
    let records = north.place.digest();

    half_frames_are_not_kept(&north, &ticket);
    let held = memory(pid);
    println!("{held} KiB while half frames were held");
    what_is_no_frame_ends_the_link(&ticket);
    who_is_nobody_stays_nobody(&ticket);

    assert_eq!(north.place.digest().len(), records.len());
    assert_eq!(north.place.run(&["peers"]).ok().len(), 2, "no stranger is a station");
    assert_eq!(west.place.scan(&[&code(0)])["verdict"], "already_in");
    assert_eq!(east.place.scan(&[&code(1)])["verdict"], "admitted");
    until_level("honest stations agree", &[&north, &east, &west]);
    let named = north.sync()["warnings"].to_string();
    assert!(named.contains("misbehaved"), "the organizer is told: {named}");

    let peak = held.max(memory(pid));
    println!("memory: {before} KiB before, {peak} KiB at its highest");
    assert!(peak.saturating_sub(before) <= GROWN_MAX_KIB, "{before} -> {peak} KiB");
    north.place.verify();
    let errors = north.kill();
    assert!(!errors.iter().any(|line| line.contains("panic")), "{errors:?}");
}

/// Many hold a frame that never ends; a door goes on meanwhile, and they are hung up on.
fn half_frames_are_not_kept(north: &Station, ticket: &Ticket) {
    let holders: Vec<Stranger> = (0..HOLDERS).map(|n| Stranger::at(n, ticket)).collect();
    let length = u32::try_from(STRANGER_BYTES_MAX).unwrap().to_le_bytes();
    for (holder, n) in holders.iter().zip(0..) {
        for lane in [Lane::Bulk, Lane::Live] {
            holder.send(lane, length.to_vec());
            holder.send(lane, garbage(n, STRANGER_BYTES_MAX - 1));
        }
    }
    assert_eq!(north.place.scan(&[&code(0)])["verdict"], "admitted", "a door is not held up");
    for holder in holders {
        let _ = holder.until_hung_up_on("half a frame");
    }
}

fn what_is_no_frame_ends_the_link(ticket: &Ticket) {
    for lane in [Lane::Bulk, Lane::Live] {
        let stranger = Stranger::at(100, ticket);
        stranger.send(lane, garbage(1, 256 << 10));
        let _ = stranger.until_hung_up_on("garbage");
        let stranger = Stranger::at(101, ticket);
        stranger.send(lane, [[0xff; 4].to_vec(), garbage(2, 64 << 10)].concat());
        let _ = stranger.until_hung_up_on("a frame of 4 GiB");
    }
    for bytes in [garbage(3, 64 << 10), vec![0xff; 64 << 10]] {
        let mut joiner = Stranger::of(102);
        assert!(joiner.knock(ticket, ticket.event, Purpose::Join));
        joiner.send(Lane::Bulk, bytes);
        let _ = joiner.until_hung_up_on("garbage of who wants in");
    }
    let mut lost = Stranger::of(103);
    assert!(!lost.knock(ticket, EventId([9; 16]), Purpose::Sync), "another event is not served");
}

/// Whoever shows certificates of his own making, or says what a station said, is told nothing and is no station.
fn who_is_nobody_stays_nobody(ticket: &Ticket) {
    let key = SecretKey::generate(&mut Seeded::new(SEED + 200));
    let stretches = self_made(ticket.event, &key);
    let mut impostor = Stranger::with(key);
    assert!(impostor.knock(ticket, ticket.event, Purpose::Sync));
    impostor.say(&hello(false));
    stretches.iter().for_each(|stretch| impostor.say(&Frame::Range(Box::new(stretch.clone()))));
    impostor.say(&hello(true));
    tells_nothing(ticket, &impostor.until_hung_up_on("certificates of one's own"));

    let mut forged = stretches[0].clone();
    forged.name.station = ticket.issuer;
    let forger = Stranger::at(201, ticket);
    forger.say(&hello(false));
    forger.say(&Frame::Range(Box::new(forged)));
    tells_nothing(ticket, &forger.until_hung_up_on("the organizer's name under one's own words"));

    let parrot = Stranger::at(202, ticket);
    for n in 0..1000 {
        parrot.say(&hello(n % 2 == 1));
    }
    tells_nothing(ticket, &parrot.until_hung_up_on("one hello a thousand times"));
}

/// What was said to a stranger: who one is, and nothing of the event's spaces but `control`.
fn tells_nothing(ticket: &Ticket, said: &[u8]) {
    let mut frames = sync::frame::Deframer::default();
    frames.push(said);
    for frame in frames.frames(sync::frame::FRAME_BYTES_MAX).unwrap() {
        match Frame::from_bytes(ticket.event, &frame).unwrap() {
            Frame::Hello(_) | Frame::Introduce | Frame::Bye(_) => {}
            other => panic!("said to a stranger: {other:?}"),
        }
    }
}
