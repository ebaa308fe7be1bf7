//! The test vectors of `docs/PROTOCOL.md`, recomputed: the page and the code must say the same.

use crate::entropy::Entropy;
use crate::frame::{Frame, Have, Hello, Sign, VERSION};
use crate::id::{Epoch, EventId, LogName, StationKey, conflict_name, hash16, hash32, hex};
use crate::join::{Ask, Ticket, digits};
use crate::keys::{Head, SecretKey, SpaceKey};
use crate::record::{Body, DocRef, Record};
use crate::roster::Naming;
use crate::stretch::Stretch;
use domain::access::Kind;
use domain::access::Space;
use std::collections::BTreeMap;

const PAGE: &str = include_str!("../../docs/PROTOCOL.md");

/// Gives what a vector says instead of random bytes.
struct Given(Vec<u8>);

impl Entropy for Given {
    fn fill(&mut self, bytes: &mut [u8]) {
        let given: Vec<u8> = self.0.drain(..bytes.len()).collect();
        bytes.copy_from_slice(&given);
    }
}

fn page() -> BTreeMap<&'static str, &'static str> {
    let vectors = PAGE.rsplit("```text").next().unwrap();
    vectors
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|l| l.split_once(' '))
        .collect()
}

fn records() -> (Record, Record) {
    let held = |salt, bytes: &[u8]| Body::Held { salt: [salt; 16], bytes: bytes.to_vec() };
    let first = Record {
        hlc: 0x0001_0203_0405_0607,
        kind: Kind::SCAN,
        doc: None,
        key: None,
        body: held(4, b"abc"),
    };
    let second = Record {
        hlc: 0x0001_0203_0405_0608,
        kind: Kind::CHANGE,
        doc: Some(DocRef { doc: [6; 16], generation: 9 }),
        key: Some([7; 16]),
        body: held(5, b"hello"),
    };
    (first, second)
}

#[test]
fn the_page_and_the_code_agree() {
    let (root, station) = (SecretKey::from_seed(&[1; 32]), SecretKey::from_seed(&[2; 32]));
    let event = EventId::of(&root.public());
    let epoch = Epoch(0x1122_3344_5566_7788);
    let log = LogName { event, space: Space::Attendance, station: station.public(), epoch }.id();
    let (first, second) = records();
    let hash_1 = first.hash(log, 1, &[0; 32]);
    let hash_2 = second.hash(log, 2, &hash_1);
    let dropped =
        Record { body: Body::Dropped { length: 5, hash: second.body.hash() }, ..second.clone() };
    let root_of = |parts: &[&[u8]]| hex(&hash32("lanyard root 1", parts));
    let space_key = SpaceKey([3; 32]);
    let naming = Naming::new(space_key.clone());
    let attendee = naming.attendee("csv", "code:ABC123");
    let nonce: Vec<u8> = (0..24).collect();
    let computed = BTreeMap::from([
        ("root_key", root.public().to_string()),
        ("station", station.public().to_string()),
        ("event", event.to_string()),
        ("log", log.to_string()),
        ("doc_event", hex(&DocRef::new(Space::Event, "event").doc)),
        ("doc_roster_a7", hex(&DocRef::new(Space::Roster, "a7").doc)),
        ("space_key_id", hex(&space_key.id())),
        ("record_1", hex(&first.to_bytes())),
        ("body_hash_1", hex(&first.body.hash())),
        ("record_hash_1", hex(&hash_1)),
        ("record_2", hex(&second.to_bytes())),
        ("record_2_dropped", hex(&dropped.to_bytes())),
        ("body_hash_2", hex(&second.body.hash())),
        ("record_hash_2", hex(&hash_2)),
        ("signature_2", hex(&station.sign_head(&Head { log, seq: 2, hash: hash_2 }))),
        ("space_root", root_of(&[log.bytes(), &2_u64.to_le_bytes(), &hash_2])),
        ("space_root_empty", root_of(&[])),
        ("box_public", hex(&station.box_public())),
        ("wrapped", hex(&space_key.wrap(&station.box_public(), &mut Given(vec![8; 32])))),
        ("sealed", hex(&space_key.seal(log, 2, b"hello", &mut Given(nonce)))),
        ("attendee", attendee.to_string()),
        ("conflict_once", conflict_name(attendee, "main", None)),
        ("conflict_daily", conflict_name(attendee, "main", Some(20905))),
        ("code_hash", naming.code("ABC123").to_string()),
        ("minted_text", hex(naming.minted(attendee).as_bytes())),
    ]);
    agree(&computed);
}

fn agree(computed: &BTreeMap<&str, String>) {
    let page = page();
    for (name, value) in computed {
        assert_eq!(page.get(name).copied(), Some(value.as_str()), "{name}");
    }
}

#[test]
fn the_page_and_the_code_agree_on_what_stations_say() {
    let (root, station) = (SecretKey::from_seed(&[1; 32]), SecretKey::from_seed(&[2; 32]));
    let event = EventId::of(&root.public());
    let epoch = Epoch(0x1122_3344_5566_7788);
    let name = LogName { event, space: Space::Attendance, station: station.public(), epoch };
    let (first, _) = records();
    let hash_1 = first.hash(name.id(), 1, &[0; 32]);
    let head = Head { log: name.id(), seq: 1, hash: hash_1 };
    let signature = station.sign_head(&head);
    let stretch =
        Stretch { name: name.clone(), first: 1, prev: [0; 32], records: vec![first], signature };
    let ticket = Ticket {
        event: EventId([7; 16]),
        issuer: StationKey([8; 32]),
        secret: [9; 16],
        addresses: vec!["192.168.1.20:4711".parse().unwrap()],
    };
    let joiner = StationKey([1; 32]);
    let ask = Ask::new(&ticket, joiner, [0; 32], "", &mut Given(vec![1; 16]));
    let shown = digits(ticket.event, ticket.issuer, joiner, &[1; 16], &[2; 16]);
    let sign = Sign { station: station.public().0, count: 5, hears: vec![7], ..Sign::default() };
    let nothing = hash32("lanyard have 1", &[&[]]);
    let have = Have { control: [1; 32], root: nothing, time: 5 };
    let hello = Hello { versions: vec![VERSION], epoch: 6, have, again: false };
    agree(&BTreeMap::from([
        ("branch", hex(&hash16("lanyard branch 1", &[name.id().bytes(), &hash_1]))),
        ("have_nothing", hex(&nothing)),
        ("hello", hex(&Frame::Hello(hello).to_bytes())),
        ("live", hex(&Frame::Live(Box::new(stretch)).to_bytes())),
        ("presence", hex(&Frame::Presence(sign.signed(event, &station)).to_bytes())),
        ("ticket_text", hex(ticket.to_string().as_bytes())),
        ("join_proof", hex(&ask.proof)),
        ("join_digits", hex(shown.as_bytes())),
    ]));
}
