//! What a member that means ill sends, beside what its engine does.

use super::Focus;
use super::dice::Dice;
use super::world::World;
use domain::access::{Kind, Role, Space, holds};
use domain::id::LogId;
use sync::certificate::{Certificate, Revocation};
use sync::document::{Author, Document, Scalar};
use sync::engine::Lane;
use sync::entropy::{Entropy, random};
use sync::frame::{Entry, FRAME_BYTES_MAX, Frame, From, Have, Hello, VERSION, Vector};
use sync::id::{Epoch, EventId, LogName, StationKey};
use sync::keys::{Head, SecretKey};
use sync::record::{Body, DocRef, Record};
use sync::replica::Replica;
use sync::roster::shard_name;
use sync::stretch::Stretch;

/// A way to mean ill.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mischief {
    /// Bytes that mean nothing.
    Garbage,
    /// A record in somebody else's name.
    ForgedBody,
    /// A wrong signature.
    ForgedSignature,
    /// Somebody else's records, changed.
    ForeignChanged,
    /// A frame that says that it is longer than anything.
    HugeLength,
    /// A frame that never ends.
    EndlessFrame,
    /// Records that nobody asked for.
    Flood,
    /// Records of another event.
    OtherEvent,
    /// First words again and again.
    HelloReplayed,
    /// Logs, each of one record.
    ManyLogs,
    /// A record from a far future.
    Future,
    /// Certificates and revocations that it may not write.
    OwnCertificate,
    /// Questions for what it may not have.
    Guess,
    /// Changes of a document that cannot hold.
    BrokenChanges,
}

const ALL: [Mischief; 14] = [
    Mischief::Garbage,
    Mischief::ForgedBody,
    Mischief::ForgedSignature,
    Mischief::ForeignChanged,
    Mischief::HugeLength,
    Mischief::EndlessFrame,
    Mischief::Flood,
    Mischief::OtherEvent,
    Mischief::HelloReplayed,
    Mischief::ManyLogs,
    Mischief::Future,
    Mischief::OwnCertificate,
    Mischief::Guess,
    Mischief::BrokenChanges,
];

impl Mischief {
    /// What a station that means ill does in such a run.
    pub(super) fn of(focus: Focus, dice: &mut Dice) -> Vec<Self> {
        match focus {
            Focus::Scope => vec![Self::Guess],
            Focus::Forgery => vec![Self::ForgedBody, Self::ForeignChanged],
            Focus::Flood => vec![Self::Flood],
            Focus::All | Focus::Revocation | Focus::Wall => {
                (0..3).filter_map(|_| dice.pick(&ALL)).collect()
            }
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Garbage => "garbage",
            Self::ForgedBody => "forged body",
            Self::ForgedSignature => "forged signature",
            Self::ForeignChanged => "foreign record changed",
            Self::HugeLength => "huge length",
            Self::EndlessFrame => "endless frame",
            Self::Flood => "more ranges than asked",
            Self::OtherEvent => "another event's bytes",
            Self::HelloReplayed => "hello replayed",
            Self::ManyLogs => "many tiny logs",
            Self::Future => "record from 2099",
            Self::OwnCertificate => "certificate of its own",
            Self::Guess => "wants what is not its",
            Self::BrokenChanges => "changes that cannot hold",
        }
    }
}

/// A stretch of one log, signed with a key, right or wrong.
pub(super) fn craft(
    key: &SecretKey,
    name: LogName,
    from: (u64, [u8; 32]),
    records: Vec<Record>,
) -> Stretch {
    let (first, prev) = from;
    let mut stretch = Stretch { name, first, prev, records, signature: [0; 64] };
    let hash = stretch.clone().trust().hashes().last().copied().unwrap_or_default();
    let head = Head { log: stretch.name.id(), seq: stretch.last(), hash };
    stretch.signature = key.sign_head(&head);
    stretch
}

/// A record with such a body.
pub(super) fn record(hlc: u64, kind: Kind, bytes: Vec<u8>) -> Record {
    Record { hlc, kind, doc: None, key: None, body: Body::Held { salt: [7; 16], bytes } }
}

/// Two changes with one number, one that names another author, half a change, and none.
fn broken_changes(log: LogId, now: u64) -> Vec<Record> {
    let change = |log: LogId, key: &str| {
        let mut doc = Document::load(Author::new(log, [0; 4]), []);
        doc.put(key, Scalar::Text(key.to_owned())).ok()?;
        doc.commit().ok()?
    };
    let other = LogId::new([9; 16]);
    let whole = [change(log, "one"), change(log, "other"), change(other, "third")];
    let mut bodies: Vec<Vec<u8>> = whole.into_iter().flatten().collect();
    let half = bodies.first().map(|one| one[..one.len() / 2].to_vec());
    bodies.extend(half);
    bodies.push(vec![7; 40]);
    let doc = DocRef::new(Space::Roster, &shard_name(0));
    let record = |body| Record { doc: Some(doc), ..record(now, Kind::CHANGE, body) };
    bodies.into_iter().map(record).collect()
}

fn range(stretch: Stretch) -> Vec<u8> {
    Frame::Range(Box::new(stretch)).to_bytes()
}

fn noise(dice: &mut Dice, length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    dice.fill(&mut bytes);
    bytes
}

impl World {
    /// Some station that means ill does some of it.
    pub(super) fn harm(&mut self) {
        let those = self.those(|one| !one.is_honest());
        let Some(bad) = self.dice.pick(&those) else { return };
        let links = self.sessions(bad);
        let kinds = self.laptops[bad].mischief.clone();
        let (Some((link, other)), Some(kind)) = (self.dice.pick(&links), self.dice.pick(&kinds))
        else {
            return;
        };
        let Some(bytes) = self.harmful(bad, other, kind) else { return };
        self.tally.count(kind.name());
        self.tell(|| format!("station {bad} to {other}: {}", kind.name()));
        let lane = if self.dice.chance(80) { Lane::Bulk } else { Lane::Live };
        for bytes in bytes {
            self.send(bad, link, lane, &bytes);
        }
    }

    fn harmful(&mut self, bad: usize, other: usize, kind: Mischief) -> Option<Vec<Vec<u8>>> {
        let key = self.laptops[bad].key.clone();
        let hlc = |millis: i64| millis.cast_unsigned() << 16;
        let now = hlc(self.moment(self.now));
        let length = 1 + self.dice.place(2_000);
        Some(match kind {
            Mischief::Garbage => vec![noise(&mut self.dice, length)],
            Mischief::HugeLength => vec![u32::MAX.to_le_bytes().to_vec()],
            Mischief::EndlessFrame => {
                let length = u32::try_from(FRAME_BYTES_MAX).unwrap_or(0);
                let noise = noise(&mut self.dice, 200_000);
                vec![length.to_le_bytes().to_vec(), vec![6], noise]
            }
            Mischief::ForgedBody => {
                let (name, next, prev) = self.foreign_head(bad)?;
                vec![range(craft(
                    &key,
                    name,
                    (next, prev),
                    vec![record(u64::MAX, Kind::SCAN, Vec::new())],
                ))]
            }
            Mischief::ForgedSignature => {
                let mut stretch = self.some_stretch(bad, true)?;
                stretch.signature[9] ^= 1;
                vec![range(stretch)]
            }
            Mischief::ForeignChanged => {
                let mut stretch = self.some_stretch(bad, false)?;
                stretch.records.last_mut()?.kind = Kind(99);
                vec![range(stretch)]
            }
            Mischief::Flood => self.flood(&key),
            Mischief::OtherEvent => {
                let name = self.name_in(EventId([3; 16]), Space::Event, key.public());
                vec![range(craft(
                    &key,
                    name,
                    (1, [0; 32]),
                    vec![record(now, Kind(99), Vec::new())],
                ))]
            }
            Mischief::HelloReplayed => {
                let have = Have { control: [1; 32], root: [2; 32], time: i64::MIN };
                let epoch = self.dice.next();
                let hello = Hello { versions: vec![VERSION], epoch, have, again: true };
                vec![
                    Frame::Hello(hello.clone()).to_bytes(),
                    Frame::Introduce.to_bytes(),
                    Frame::Hello(hello).to_bytes(),
                ]
            }
            Mischief::ManyLogs => self.many_logs(&key, bad, now),
            Mischief::Future => {
                let name = self.name_in(self.event, self.own_space(bad), key.public());
                let far = hlc(4_080_000_000_000);
                vec![range(craft(
                    &key,
                    name,
                    (1, [0; 32]),
                    vec![record(far, Kind(99), Vec::new())],
                ))]
            }
            Mischief::OwnCertificate => self.own_certificate(&key, now),
            Mischief::Guess => self.guess(other),
            Mischief::BrokenChanges => self.broken(&key, now),
        })
    }

    /// Changes of documents that cannot hold, and one that nobody can open.
    fn broken(&mut self, key: &SecretKey, now: u64) -> Vec<Vec<u8>> {
        let [name, sealed] = [Space::Roster, Space::Contact]
            .map(|space| self.name_in(self.event, space, key.public()));
        let changes = broken_changes(name.id(), now);
        let shut = changes.first().map(|one| Record { key: Some([8; 16]), ..one.clone() });
        let logs = [(name, changes), (sealed, shut.into_iter().collect())];
        logs.map(|(name, records)| range(craft(key, name, (1, [0; 32]), records))).to_vec()
    }

    fn name_in(&mut self, event: EventId, space: Space, station: StationKey) -> LogName {
        LogName { event, space, station, epoch: Epoch(self.dice.next()) }
    }

    fn own_space(&self, bad: usize) -> Space {
        let role = self.role_of(bad);
        let has = role.and_then(|role| holds(role, Space::Attendance));
        if has.is_some() { Space::Attendance } else { Space::Event }
    }

    /// Records that a station holds: its own, or somebody else's.
    fn some_stretch(&mut self, bad: usize, own: bool) -> Option<Stretch> {
        let key = self.laptops[bad].public();
        let store = &self.laptops[bad].up.as_ref()?.store;
        let heads = store.heads().iter();
        let those = heads.filter(|(_, head)| (head.name.station == key) == own);
        let those: Vec<(LogId, u64)> = those.map(|(log, head)| (*log, head.base)).collect();
        let (log, base) = self.dice.pick(&those)?;
        self.laptops[bad].up.as_ref()?.store.stretch(log, base + 1).ok().flatten()
    }

    fn foreign_head(&mut self, bad: usize) -> Option<(LogName, u64, [u8; 32])> {
        let key = self.laptops[bad].public();
        let store = &self.laptops[bad].up.as_ref()?.store;
        let heads = store.heads().values().filter(|head| head.name.station != key);
        let heads: Vec<_> = heads
            .filter(|head| !head.name.space.is_sealed())
            .map(|h| (h.name.clone(), h.seq + 1, h.hash))
            .collect();
        self.dice.pick(&heads)
    }

    /// More than anybody may send unasked, of somebody whom nobody knows.
    fn flood(&mut self, key: &SecretKey) -> Vec<Vec<u8>> {
        let mut frames = Vec::new();
        for _ in 0..6 {
            let nobody = SecretKey::generate(&mut self.dice).public();
            let name = self.name_in(self.event, Space::Event, nobody);
            let body = noise(&mut self.dice, 1_300_000);
            frames.push(range(craft(key, name, (1, [0; 32]), vec![record(1, Kind(99), body)])));
        }
        frames
    }

    fn many_logs(&mut self, key: &SecretKey, bad: usize, now: u64) -> Vec<Vec<u8>> {
        let space = self.own_space(bad);
        let mut frames = Vec::new();
        // Now and then more than are kept.
        let many = if self.dice.chance(30) { 70 } else { 6 };
        for _ in 0..many {
            let name = self.name_in(self.event, space, key.public());
            let body: [u8; 8] = random(&mut self.dice);
            let kind = Kind(99);
            frames.push(range(craft(
                key,
                name,
                (1, [0; 32]),
                vec![record(now, kind, body.to_vec())],
            )));
        }
        frames
    }

    /// It makes itself an organizer and shuts the others out.
    fn own_certificate(&mut self, key: &SecretKey, now: u64) -> Vec<Vec<u8>> {
        let mut records = vec![record(now, Kind::CERTIFICATE, own_certificate(key))];
        for (other, hlc) in self.laptops.iter().zip(now + 1..) {
            let revocation = Revocation { station: other.public().0, cuts: Vec::new() };
            let body = minicbor::to_vec(&revocation).unwrap_or_default();
            records.push(record(hlc, Kind::REVOCATION, body));
        }
        let name = self.name_in(self.event, Space::Control, key.public());
        vec![range(craft(key, name, (1, [0; 32]), records))]
    }

    /// It asks for every log that the other side has, by the names that it can derive.
    fn guess(&mut self, other: usize) -> Vec<Vec<u8>> {
        let Some(running) = self.laptops.get(other).and_then(|one| one.up.as_ref()) else {
            return Vec::new();
        };
        let logs: Vec<LogId> = running.store.heads().keys().copied().collect();
        let wants = logs.iter().map(|log| From { log: *log, seq: 0 }).collect();
        let entries = logs.iter().map(|log| Entry { log: *log, seq: 1_000_000, hash: 5 }).collect();
        let vector = Vector { control: false, entries };
        vec![Frame::Want(wants).to_bytes(), Frame::Vector(vector).to_bytes()]
    }
}

/// A certificate that a station writes for itself.
pub(super) fn own_certificate(key: &SecretKey) -> Vec<u8> {
    let certificate = Certificate {
        station: key.public().0,
        name: "organizer".to_owned(),
        role: Role::Admin,
        exhibitor: None,
        may_issue: true,
        not_before: 0,
        not_after: None,
        box_key: key.box_public(),
        serial: Some(99),
        gate: None,
    };
    minicbor::to_vec(&certificate).unwrap_or_default()
}
