//! Whatever the order, repetition and splitting in which records come, what follows from them is the same: revocations
//! and forks included.

use super::*;
use crate::certificate::Certificate;
use crate::entropy::Seeded;
use crate::keys::SecretKey;
use crate::replica::{Replica, introduction};
use crate::store::{Admission, Founding, Joining};
use domain::access::{Role, Space};
use domain::fact::{Fact, Placed, Scan};
use domain::id::AttendeeId;
use domain::verdict::Verdict;
use proptest::prelude::*;
use std::path::Path;
use tempfile::TempDir;

const NOW: i64 = 1_800_000_000_000;

fn key(n: u64) -> SecretKey {
    SecretKey::generate(&mut Seeded::new(n))
}

fn office(path: &Path) -> Store {
    let (root, station) = (key(1), key(2));
    let founding = Founding {
        root: &root,
        station: &station,
        name: "office",
        not_after: None,
        installation: [2; 16],
    };
    Store::create(path, &founding, NOW, &mut Seeded::new(10)).unwrap()
}

fn admit(office: &mut Store, n: u64, role: Role) {
    let key = key(n);
    let admission = Admission {
        station: key.public(),
        box_key: key.box_public(),
        name: format!("station {n}"),
        role,
        exhibitor: None,
        gate: None,
        may_issue: role == Role::Admin,
        not_after: None,
    };
    office.admit(&admission, NOW, &mut Seeded::new(20 + n)).unwrap();
}

fn join(office: &Store, path: &Path, n: u64) -> Store {
    let control: Vec<Verified> =
        introduction(office).unwrap().into_iter().map(|s| s.verify().unwrap()).collect();
    let installation = [u8::try_from(n).unwrap(); 16];
    let joining =
        Joining { root: office.root(), station: &key(n), control: &control, installation };
    Store::join(path, &joining, NOW, &mut Seeded::new(30 + n)).unwrap()
}

fn scan(store: &mut Store, who: u8, verdict: Verdict, seed: u64) {
    let scan = Scan {
        attendee: Some(AttendeeId::new([who; 16])),
        code: None,
        gate: "main".to_owned(),
        area: None,
        verdict,
        at: NOW + i64::from(who),
        day: 20_833,
        mode: None,
        wanted: None,
        prior: None,
        by: None,
        overriding: None,
        nonce: None,
    };
    store.write(NOW, &mut Seeded::new(seed), |batch| batch.scan(&scan)).unwrap();
}

fn set(store: &mut Store, key: &str, value: &str, seed: u64) {
    let mut document = store.document(Space::Event, "event").unwrap();
    document.put(key, crate::document::Scalar::Text(value.to_owned())).unwrap();
    let change = document.commit().unwrap().unwrap();
    let settings = crate::store::check::texts(&document);
    store
        .write(NOW, &mut Seeded::new(seed), |batch| batch.change_event(&change, &settings))
        .unwrap();
}

/// Every stretch that a store can give, from every position.
fn all_stretches(store: &Store) -> Vec<Stretch> {
    let mut all = Vec::new();
    for (log, head) in store.heads() {
        for from in head.base + 1..=head.seq {
            all.extend(Replica::stretch(store, *log, from).unwrap());
        }
    }
    all
}

/// What three stations of an event came to write: one was shut out, one went on from an old image of itself.
fn history(dir: &TempDir) -> (Store, Vec<Stretch>) {
    let path = |name: &str| dir.path().join(name);
    let mut a = office(&path("a"));
    for n in [3, 4, 5] {
        admit(&mut a, n, if n == 5 { Role::Admin } else { Role::Door });
    }
    let (mut b, mut c, mut d) =
        (join(&a, &path("b"), 3), join(&a, &path("c"), 4), join(&a, &path("d"), 5));
    let mut told = Vec::new();
    set(&mut a, "name", "Fair", 40);
    set(&mut d, "zone", "UTC", 41);
    for who in 1..4 {
        scan(&mut b, who, Verdict::Admitted, 50 + u64::from(who));
        scan(&mut c, who + 10, Verdict::Admitted, 60 + u64::from(who));
        told.extend(all_stretches(&c));
    }
    // What was told of the first door while it was at this point, and an image of it.
    told.extend(all_stretches(&b));
    b.settle().unwrap();
    std::fs::copy(path("b"), path("image")).unwrap();
    scan(&mut b, 4, Verdict::Admitted, 70);
    scan(&mut b, 5, Verdict::Exited, 71);
    told.extend(all_stretches(&b));
    drop(b);
    let mut b = Store::open(&path("image"), &key(3), [3; 16], &mut Seeded::new(80)).unwrap();
    scan(&mut b, 6, Verdict::Admitted, 81);
    told.extend(all_stretches(&b));
    // The second door is shut out, having told of all but its last scans; what it edits later has no effect.
    let held: Vec<Verified> = all_stretches(&c).into_iter().map(|s| s.verify().unwrap()).collect();
    a.take_in(&held, NOW, &mut Seeded::new(90)).unwrap();
    scan(&mut c, 14, Verdict::Admitted, 91);
    scan(&mut c, 15, Verdict::AlreadyIn, 92);
    a.revoke(key(4).public(), NOW, &mut Seeded::new(93)).unwrap();
    set(&mut a, "name", "Spring fair", 94);
    for store in [&a, &c, &d] {
        told.extend(all_stretches(store));
    }
    (a, told)
}

#[test]
fn who_left_after_a_fork_left_where_he_had_come_in() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name);
    let mut a = office(&path("a"));
    admit(&mut a, 3, Role::Door);
    let mut b = join(&a, &path("b"), 3);
    scan(&mut b, 1, Verdict::Admitted, 50);
    let come_in = b.facts().unwrap()[0].record;
    b.settle().unwrap();
    std::fs::copy(path("b"), path("image")).unwrap();
    scan(&mut b, 2, Verdict::Admitted, 51);
    let told = all_stretches(&b);
    drop(b);
    let mut b = Store::open(&path("image"), &key(3), [3; 16], &mut Seeded::new(80)).unwrap();
    let home = b.own_log(Space::Attendance);
    let mut left = b.facts().unwrap();
    let Fact::Scan(mut exit) = left.remove(0).fact else { unreachable!("a scan") };
    exit.verdict = Verdict::Exited;
    exit.prior = Some(vec![domain::fact::Link::from(home, come_in)]);
    b.write(NOW, &mut Seeded::new(81), |batch| batch.scan(&exit)).unwrap();
    for stretch in told.into_iter().chain(all_stretches(&b)) {
        a.take_in(&[stretch.verify().unwrap()], NOW, &mut Seeded::new(82)).unwrap();
    }
    let facts = a.facts_of(AttendeeId::new([1; 16])).unwrap();
    let prior = facts.iter().find_map(|placed| match &placed.fact {
        Fact::Scan(scan) => Some(scan.prior.as_ref()?.first()?.resolve(placed.record.log)),
        _ => None,
    });
    assert_eq!(prior, Some(come_in), "{facts:?}");
}

#[test]
fn a_log_whose_clock_goes_back_ends_there() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name);
    let mut a = office(&path("a"));
    admit(&mut a, 3, Role::Door);
    let mut b = join(&a, &path("b"), 3);
    scan(&mut b, 1, Verdict::Admitted, 50);
    let log = b.own_log(Space::Attendance);
    let first = Replica::stretch(&b, log, 1).unwrap().unwrap();
    let head = b.heads()[&log].clone();
    let back = Record { hlc: first.records[0].hlc, ..first.records[0].clone() };
    let hash = back.hash(log, 2, &head.hash);
    let signature = key(3).sign_head(&crate::keys::Head { log, seq: 2, hash });
    let second =
        Stretch { first: 2, prev: head.hash, records: vec![back], signature, ..first.clone() };
    for stretch in [first, second] {
        a.take_in(&[stretch.verify().unwrap()], NOW, &mut Seeded::new(60)).unwrap();
    }
    assert_eq!(a.heads()[&log].seq, 1);
    assert_eq!(a.check().problems, Vec::<String>::new());
}

#[test]
fn whoever_makes_many_tiny_logs_keeps_nobody_from_what_else_it_says() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name);
    let mut a = office(&path("a"));
    for n in [3, 4] {
        admit(&mut a, n, Role::Door);
    }
    let mut other = join(&a, &path("other"), 4);
    let mut b = join(&a, &path("b"), 3);
    scan(&mut b, 1, Verdict::Admitted, 50);
    let log = b.own_log(Space::Attendance);
    let record = Replica::stretch(&b, log, 1).unwrap().unwrap().records.remove(0);
    let tiny: Vec<Stretch> = (1..=100)
        .map(|epoch| {
            let name = LogName { epoch: Epoch(epoch), ..b.heads()[&log].name.clone() };
            let hash = record.hash(name.id(), 1, &[0; 32]);
            let head = crate::keys::Head { log: name.id(), seq: 1, hash };
            let (signature, records) = (key(3).sign_head(&head), vec![record.clone()]);
            Stretch { name, first: 1, prev: [0; 32], records, signature }
        })
        .collect();
    scan(&mut b, 2, Verdict::Admitted, 51);
    let own = Replica::stretch(&b, log, 1).unwrap().into_iter();
    let own: Vec<Stretch> = own.chain(Replica::stretch(&b, log, 2).unwrap()).collect();
    let take = |store: &mut Store, all: Vec<Stretch>| {
        let all: Vec<Verified> = all.into_iter().map(|one| one.verify().unwrap()).collect();
        store.take_in(&all, NOW, &mut Seeded::new(60)).unwrap();
    };
    take(&mut a, tiny.iter().cloned().chain(own.clone()).collect());
    take(&mut other, own.into_iter().chain(tiny.into_iter().rev()).collect());
    for store in [&a, &other] {
        let kept = store.heads().values().filter(|head| head.name.station == key(3).public());
        assert!(kept.count() <= 2 * LOGS_MAX);
        assert_eq!(store.facts_of(AttendeeId::new([2; 16])).unwrap().len(), 1);
    }
    let digest = |store: &Store| store.digest(Space::Attendance).unwrap();
    assert_eq!(digest(&a), digest(&other));
}

/// What follows from the records that a store holds.
type Outcome = (
    Vec<[u8; 32]>,
    BTreeMap<String, String>,
    Vec<Placed>,
    Vec<(crate::id::StationKey, Certificate, bool)>,
);

fn outcome(store: &Store) -> Outcome {
    let mut facts = store.facts().unwrap();
    facts.sort_by_key(|placed| placed.record);
    let members = store.members();
    let stations = members
        .certificates()
        .iter()
        .map(|(key, certificate)| (*key, certificate.clone(), members.is_revoked(key)));
    let digests = Space::ALL.map(|space| store.digest(space).unwrap());
    (digests.to_vec(), store.settings().unwrap(), facts, stations.collect())
}

fn deliver(store: &mut Store, told: &[Stretch], order: &[prop::sample::Index]) {
    for index in order {
        let stretch = index.get(told).clone();
        store.take_in(&[stretch.verify().unwrap()], NOW, &mut Seeded::new(5)).unwrap();
    }
    // Then all of it, as a peer would in the end; twice, for what was not kept aside.
    for _ in 0..2 {
        for stretch in told {
            let verified = stretch.clone().verify().unwrap();
            store.take_in(&[verified], NOW, &mut Seeded::new(6)).unwrap();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn order_repetition_and_splitting_change_nothing(
        one in proptest::collection::vec(any::<prop::sample::Index>(), 0..80),
        other in proptest::collection::vec(any::<prop::sample::Index>(), 0..80),
    ) {
        let dir = tempfile::tempdir().unwrap();
        let (mut a, told) = history(&dir);
        admit(&mut a, 6, Role::Door);
        admit(&mut a, 7, Role::Door);
        let mut told = told;
        told.extend(all_stretches(&a));
        let mut stores = [6_u64, 7].map(|n| join(&a, &dir.path().join(format!("{n}")), n));
        deliver(&mut stores[0], &told, &one);
        let mut backwards = told.clone();
        backwards.reverse();
        deliver(&mut stores[1], &backwards, &other);
        let [first, second] = stores.each_ref().map(outcome);
        prop_assert_eq!(&first, &second);
        // Past the cut: who was let in counts, who was refused does not. Both sides of the fork count.
        let people: BTreeSet<u8> =
            first.2.iter().filter_map(|p| p.fact.attendee()).map(|id| id.bytes()[0]).collect();
        prop_assert_eq!(people, BTreeSet::from([1, 2, 3, 4, 5, 6, 11, 12, 13, 14]));
        prop_assert_eq!(first.1.get("name").map(String::as_str), Some("Spring fair"));
        for store in &stores {
            prop_assert_eq!(store.check().problems, Vec::<String>::new());
        }
        // What was rebuilt from the records says the same.
        let rebuilt = Store::inspect(&dir.path().join("6"), &key(6)).unwrap();
        prop_assert_eq!(outcome(&rebuilt), first);
    }
}
