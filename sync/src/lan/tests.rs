//! Two and three carriers on loopback.

use super::*;
use std::collections::VecDeque;
use std::io::{BufRead, BufReader};
use std::net::UdpSocket;
use std::process::{Child, Command, Stdio};
use std::sync::{Condvar, Mutex};
use std::time::{Duration, Instant};

const EVENT: EventId = EventId([7; 16]);
/// Far more than anything here takes on a busy machine: a test that waits for it has failed.
const LONG: Duration = Duration::from_secs(20);

/// A listener that keeps what it hears until a test takes it.
#[derive(Default)]
struct Ear {
    heard: Mutex<VecDeque<Heard>>,
    news: Condvar,
}

impl Ear {
    fn hear(&self, heard: Heard) {
        self.heard.lock().unwrap().push_back(heard);
        self.news.notify_all();
    }

    /// Takes the first of what was or will be heard that `pick` wants.
    fn wait<T>(&self, limit: Duration, mut pick: impl FnMut(&Heard) -> Option<T>) -> Option<T> {
        let end = Instant::now() + limit;
        let mut heard = self.heard.lock().unwrap();
        loop {
            if let Some((at, found)) =
                heard.iter().enumerate().find_map(|(at, one)| Some((at, pick(one)?)))
            {
                heard.remove(at);
                return Some(found);
            }
            let left = end.checked_duration_since(Instant::now())?;
            heard = self.news.wait_timeout(heard, left).unwrap().0;
        }
    }
}

struct Desk {
    lan: Lan,
    ear: Arc<Ear>,
    key: StationKey,
}

/// Three desks, the first with the smallest key.
fn keys() -> [SecretKey; 3] {
    let mut keys = [1, 2, 3].map(|seed| SecretKey::from_seed(&[seed; 32]));
    keys.sort_by_key(SecretKey::public);
    keys
}

fn desk_that(key: &SecretKey, hears: impl Fn(&Heard) -> bool + Send + Sync + 'static) -> Desk {
    let ear = Arc::new(Ear::default());
    let options =
        Options { key: key.clone(), bind: vec!["127.0.0.1:0".parse().unwrap()], discovery: false };
    let hear = {
        let ear = Arc::clone(&ear);
        move |heard| {
            let taken = hears(&heard);
            if taken {
                ear.hear(heard);
            }
            taken
        }
    };
    Desk { lan: Lan::start(options, hear).unwrap(), ear, key: key.public() }
}

fn desk(key: &SecretKey) -> Desk {
    desk_that(key, |_| true)
}

impl Desk {
    fn wants(&self, others: &[&Desk]) {
        let wanted = others.iter().map(|other| (other.key, other.lan.addresses())).collect();
        self.lan.peers(EVENT, wanted);
    }

    fn opened(&self) -> (LinkId, StationKey) {
        let opened = self.ear.wait(LONG, |heard| match heard {
            Heard::Opened { link, peer, event: EVENT, purpose: Purpose::Sync, .. } => {
                Some((*link, *peer))
            }
            _ => None,
        });
        opened.expect("a link")
    }

    fn closed(&self, link: LinkId, limit: Duration) -> bool {
        self.ear.wait(limit, |heard| (*heard == Heard::Closed { link }).then_some(())).is_some()
    }

    /// Takes bytes of a lane until there are this many.
    fn bytes(&self, of: LinkId, on: Lane, len: usize) -> Vec<u8> {
        let mut all = Vec::new();
        while all.len() < len {
            let part = self.ear.wait(LONG, |heard| match heard {
                Heard::Bytes { link, lane, bytes } if *link == of && *lane == on => {
                    Some(bytes.clone())
                }
                _ => None,
            });
            let part = part.expect("more bytes");
            assert!(part.len() <= limits::CHUNK);
            all.extend(part);
        }
        all
    }
}

/// Two desks with a link.
fn linked() -> (Desk, LinkId, Desk, LinkId) {
    let [one, two, _] = keys();
    let (a, b) = (desk(&one), desk(&two));
    b.wants(&[]);
    a.wants(&[&b]);
    let ((on_a, peer_of_a), (on_b, peer_of_b)) = (a.opened(), b.opened());
    assert_eq!((peer_of_a, peer_of_b), (b.key, a.key), "each knows who the other is");
    (a, on_a, b, on_b)
}

fn pattern(len: usize, salt: u8) -> Vec<u8> {
    (0..len).map(|i| u8::try_from((i * 31 + i / 251) % 256).unwrap() ^ salt).collect()
}

#[test]
fn bytes_arrive_in_order_on_both_lanes() {
    let (a, on_a, b, on_b) = linked();
    for (number, lane) in (0..200u8).map(|n| (n, if n % 2 == 0 { Lane::Bulk } else { Lane::Live }))
    {
        a.lan.send(on_a, lane, vec![number; 100]);
        b.lan.send(on_b, lane, vec![number ^ 255; 10]);
    }
    let numbers = |first: u8| (first..200).step_by(2);
    let expected = |first, len| numbers(first).flat_map(|n| vec![n; len]).collect::<Vec<_>>();
    assert_eq!(b.bytes(on_b, Lane::Bulk, 10_000), expected(0, 100));
    assert_eq!(b.bytes(on_b, Lane::Live, 10_000), expected(1, 100));
    let back: Vec<u8> = expected(1, 10).iter().map(|n| n ^ 255).collect();
    assert_eq!(a.bytes(on_a, Lane::Live, 1000), back);
}

#[test]
fn a_full_listener_loses_nothing() {
    let [one, two, _] = keys();
    let full = || {
        let count = Mutex::new(0u32);
        move |heard: &Heard| {
            let mut count = count.lock().unwrap();
            *count += u32::from(matches!(heard, Heard::Bytes { .. }));
            *count % 3 != 1
        }
    };
    let (a, b) = (desk_that(&one, full()), desk_that(&two, full()));
    b.wants(&[]);
    a.wants(&[&b]);
    let ((on_a, _), (on_b, _)) = (a.opened(), b.opened());
    let (there, back) = (pattern(10_000_000, 0), pattern(10_000_000, 85));
    let began = Instant::now();
    for (there, back) in there.chunks(300_000).zip(back.chunks(300_000)) {
        a.lan.send(on_a, Lane::Bulk, there.to_vec());
        b.lan.send(on_b, Lane::Bulk, back.to_vec());
    }
    assert!(b.bytes(on_b, Lane::Bulk, there.len()) == there);
    assert!(a.bytes(on_a, Lane::Bulk, back.len()) == back);
    println!("10 MB both ways, every third chunk refused once: {:?}", began.elapsed());
}

#[test]
fn who_takes_nothing_is_closed_and_nobody_waits() {
    let [one, two, _] = keys();
    let a = desk(&one);
    let b = desk_that(&two, |heard| !matches!(heard, Heard::Bytes { .. }));
    b.wants(&[]);
    a.wants(&[&b]);
    let (on_a, _) = a.opened();
    let began = Instant::now();
    for _ in 0..24 {
        a.lan.send(on_a, Lane::Bulk, vec![0; 1024 * 1024]);
    }
    assert!(began.elapsed() < Duration::from_secs(2), "sending does not wait");
    assert!(a.closed(on_a, LONG));
}

#[test]
fn what_was_sent_before_closing_arrives() {
    let (a, on_a, b, on_b) = linked();
    let sent = pattern(3_000_000, 1);
    a.lan.peers(EVENT, BTreeMap::new());
    a.lan.send(on_a, Lane::Bulk, sent.clone());
    a.lan.close(on_a);
    a.lan.send(on_a, Lane::Bulk, vec![1]);
    assert!(b.bytes(on_b, Lane::Bulk, sent.len()) == sent);
    assert!(b.closed(on_b, LONG));
    assert!(a.closed(on_a, LONG));
    let more =
        b.ear.wait(Duration::ZERO, |heard| matches!(heard, Heard::Bytes { .. }).then_some(()));
    assert_eq!(more, None, "nothing sent after closing arrives");
}

/// The other process of [`a_killed_station_is_noticed_and_found_again`]: tells its address, then runs until it is
/// killed. Without its variable it is no test of its own.
#[test]
fn a_station_in_a_process_of_its_own() {
    if std::env::var_os(CHILD).is_none() {
        return;
    }
    let [_, two, _] = keys();
    let b = desk(&two);
    b.wants(&[]);
    println!("\n{CHILD}={}", b.lan.addresses()[0]);
    // Ends when the parent does, which holds the other end.
    std::io::stdin().read_line(&mut String::new()).unwrap();
}

const CHILD: &str = "LANYARD_TEST_STATION";

/// Starts that process and reads where it listens.
fn process() -> (Child, SocketAddr) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "lan::tests::a_station_in_a_process_of_its_own", "--nocapture"])
        .env(CHILD, "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let told = lines
        .map(Result::unwrap)
        .find_map(|line| line.strip_prefix(CHILD)?.strip_prefix('=')?.parse().ok());
    (child, told.expect("an address"))
}

#[test]
fn a_killed_station_is_noticed_and_found_again() {
    let [one, two, _] = keys();
    let a = desk(&one);
    let (mut child, address) = process();
    a.lan.peers(EVENT, BTreeMap::from([(two.public(), vec![address])]));
    let (on_a, _) = a.opened();
    child.kill().unwrap();
    child.wait().unwrap();
    let began = Instant::now();
    assert!(a.closed(on_a, Duration::from_secs(6)));
    println!("killed, closed after {:?}", began.elapsed());
    let (mut child, address) = process();
    let began = Instant::now();
    a.lan.peers(EVENT, BTreeMap::from([(two.public(), vec![address])]));
    a.opened();
    println!("link again after {:?}", began.elapsed());
    assert!(began.elapsed() < Duration::from_secs(3));
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn a_restarted_station_is_found_again_at_another_port() {
    let (a, on_a, b, _) = linked();
    let [_, two, _] = keys();
    let began = Instant::now();
    drop(b);
    assert!(a.closed(on_a, Duration::from_secs(4)));
    println!("closed after {:?}", began.elapsed());
    let b = desk(&two);
    b.wants(&[]);
    let began = Instant::now();
    a.wants(&[&b]);
    a.opened();
    println!("link again after {:?}", began.elapsed());
    assert!(began.elapsed() < Duration::from_secs(3));
}

#[test]
fn dead_addresses_cost_nothing() {
    let [one, two, _] = keys();
    let (a, b) = (desk(&one), desk(&two));
    b.wants(&[]);
    // One port that nobody reads, one that nobody has.
    let deaf = UdpSocket::bind("127.0.0.1:0").unwrap();
    let gone = UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut addresses = vec![deaf.local_addr().unwrap(), gone];
    addresses.extend(b.lan.addresses());
    let began = Instant::now();
    a.lan.peers(EVENT, BTreeMap::from([(b.key, addresses)]));
    let (on_a, _) = a.opened();
    a.lan.send(on_a, Lane::Live, vec![1]);
    let (on_b, _) = b.opened();
    b.bytes(on_b, Lane::Live, 1);
    println!("first byte after {:?}", began.elapsed());
    assert!(began.elapsed() < Duration::from_secs(3));
}

#[test]
fn another_event_or_purpose_is_refused() {
    let [one, two, _] = keys();
    let (a, b) = (desk(&one), desk(&two));
    b.lan.peers(EventId([8; 16]), BTreeMap::new());
    b.lan.accept(EVENT, [Purpose::Join]);
    a.wants(&[&b]);
    a.lan.dial(EventId([8; 16]), b.key, b.lan.addresses(), Purpose::Join);
    // A dial that is accepted, made after the others: what they would have told would be heard by then.
    let quiet = |desk: &Desk, limit| {
        let opened = |heard: &Heard| matches!(heard, Heard::Opened { .. }).then(|| heard.clone());
        desk.ear.wait(limit, opened)
    };
    assert_eq!(quiet(&b, Duration::from_secs(1)), None);
    a.lan.dial(EVENT, b.key, b.lan.addresses(), Purpose::Join);
    for (desk, peer) in [(&b, a.key), (&a, b.key)] {
        let opened = quiet(desk, LONG).expect("a link for joining");
        assert!(
            matches!(opened, Heard::Opened { event: EVENT, purpose: Purpose::Join, peer: p, .. } if p == peer)
        );
    }
    b.lan.accept(EVENT, [Purpose::Sync]);
    a.opened();
}

#[test]
fn a_forgotten_event_is_closed() {
    let (a, on_a, b, on_b) = linked();
    b.lan.forget(EVENT);
    assert!(b.closed(on_b, LONG) && a.closed(on_a, LONG));
    let again = b
        .ear
        .wait(Duration::from_secs(1), |heard| matches!(heard, Heard::Opened { .. }).then_some(()));
    assert_eq!(again, None);
}

#[test]
fn both_dialing_at_once_ends_with_one_link() {
    for round in 0..5 {
        let [one, two, _] = keys();
        let (a, b) = (desk(&one), desk(&two));
        b.wants(&[]);
        a.lan.accept(EVENT, [Purpose::Sync]);
        a.lan.dial(EVENT, b.key, b.lan.addresses(), Purpose::Sync);
        b.lan.dial(EVENT, a.key, a.lan.addresses(), Purpose::Sync);
        let mut on_a = a.opened().0;
        a.lan.send(on_a, Lane::Live, vec![round]);
        // A link that loses is closed on both sides; the one that stays carries bytes.
        while let Some(closed) = a.ear.wait(Duration::from_millis(700), |heard| match heard {
            Heard::Closed { link } => Some(*link),
            _ => None,
        }) {
            if closed == on_a {
                on_a = a.opened().0;
                a.lan.send(on_a, Lane::Live, vec![round]);
            }
        }
        let live = |desk: &Desk| desk.lan.shared.state().count();
        assert_eq!((live(&a), live(&b)), (1, 1));
        let heard = b.ear.wait(LONG, |heard| matches!(heard, Heard::Bytes { .. }).then_some(()));
        assert!(heard.is_some());
    }
}

#[test]
fn three_stations_agree_on_three_links() {
    let desks = keys().map(|key| desk(&key));
    for desk in &desks {
        let others: Vec<_> = desks.iter().filter(|other| other.key != desk.key).collect();
        desk.wants(&others);
    }
    for desk in &desks {
        let mut peers = BTreeSet::new();
        while peers.len() < 2 {
            let (link, peer) = desk.opened();
            peers.insert(peer);
            desk.lan.send(link, Lane::Live, desk.key.0.to_vec());
        }
    }
    for desk in &desks {
        let mut senders = BTreeSet::new();
        while senders.len() < 2 {
            let heard = desk.ear.wait(LONG, |heard| match heard {
                Heard::Bytes { bytes, .. } => Some(bytes.clone()),
                _ => None,
            });
            senders.insert(heard.expect("the others' keys"));
        }
    }
}

#[test]
fn on_loopback_only_loopback_is_told_and_dialed() {
    let [one, ..] = keys();
    let a = desk(&one);
    assert!(a.lan.addresses().iter().all(|address| address.ip().is_loopback()));
    let told = a.ear.wait(LONG, |heard| match heard {
        Heard::Addresses(addresses) => Some(addresses.clone()),
        _ => None,
    });
    assert_eq!(told, Some(a.lan.addresses()));
}

#[test]
fn a_port_in_use_is_said() {
    let [one, ..] = keys();
    let taken = UdpSocket::bind("127.0.0.1:0").unwrap();
    let options = Options { key: one, bind: vec![taken.local_addr().unwrap()], discovery: false };
    let problem = Lan::start(options, |_| true).unwrap_err();
    assert!(matches!(problem, LanProblem::Bind { .. }), "{problem}");
}
