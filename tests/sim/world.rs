//! The hall: stations, links, virtual time, and one list of what happens next.

use super::dice::Dice;
use super::faults::Deed;
use super::laptop::{Fate, Flaky, Fuse, Laptop, Place, START, burn};
use super::ledger::{Committed, Ledger};
use super::network::{IDLE_MS, LANES, Link, Walls};
use super::report::{Failure, Outcome, Tally};
use super::stranger::Stranger;
use super::{Focus, Plan};
use domain::access::Role;
use domain::id::RecordRef;
use std::collections::{BTreeMap, BTreeSet};
use sync::engine::{Effect, Input, Lane, LinkId};
use sync::frame::Farewell;
use sync::id::{EventId, StationKey};
use sync::keys::SecretKey;
use sync::replica::Replica;
use sync::store::{Store, StoreError};
use sync::topology::wanted;
use tempfile::TempDir;

/// How often a station's engine is told that time passes.
const TICK_MS: u64 = 250;
/// Stands for the stranger where stations are numbered.
pub(super) const STRANGER: usize = usize::MAX;

/// What happens at a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Happening {
    /// Time passes at a station.
    Tick(usize),
    /// Bytes from one side of a link may have arrived.
    Arrive(u64, usize, Lane),
    /// A station hears that a link is gone.
    Gone(u64, usize),
    /// A station reaches another.
    Connect(usize, usize),
    /// A station starts again.
    Start(usize),
    /// Somebody does something, or something breaks.
    Do(Deed),
}

/// Everything.
#[derive(Debug)]
pub(super) struct World {
    pub(super) plan: Plan,
    pub(super) dice: Dice,
    pub(super) now: u64,
    next: BTreeMap<(u64, u64), Happening>,
    count: u64,
    pub(super) root: SecretKey,
    pub(super) event: EventId,
    pub(super) laptops: Vec<Laptop>,
    pub(super) by_key: BTreeMap<StationKey, usize>,
    pub(super) links: BTreeMap<u64, Link>,
    links_made: u64,
    pub(super) walls: Walls,
    pub(super) stranger: Option<Stranger>,
    pub(super) ledger: Ledger,
    pub(super) tally: Tally,
    pub(super) failures: Vec<Failure>,
    pub(super) bytes: u64,
    pub(super) frames: BTreeMap<u64, u64>,
    pub(super) slow: BTreeSet<usize>,
    /// What each station that crashed held, to be there again.
    pub(super) held: BTreeMap<usize, BTreeSet<[u8; 32]>>,
    pub(super) calm: bool,
    /// How many people are known from the beginning.
    pub(super) people: u8,
    trace: blake3::Hasher,
    story: Vec<String>,
    pub(super) dir: TempDir,
}

fn folder() -> TempDir {
    let shared = std::path::Path::new("/dev/shm");
    let made = if shared.is_dir() { TempDir::new_in(shared) } else { TempDir::new() };
    made.expect("a temporary folder")
}

impl World {
    /// An event with its first station.
    pub(super) fn new(plan: Plan) -> Self {
        let mut dice = Dice::new(plan.seed);
        let root = SecretKey::generate(&mut dice);
        let mut world = Self {
            event: EventId::of(&root.public()),
            plan,
            now: 0,
            next: BTreeMap::new(),
            count: 0,
            root,
            laptops: Vec::new(),
            by_key: BTreeMap::new(),
            links: BTreeMap::new(),
            links_made: 0,
            walls: Walls::default(),
            stranger: None,
            ledger: Ledger::default(),
            tally: Tally::default(),
            failures: Vec::new(),
            bytes: 0,
            frames: BTreeMap::new(),
            slow: BTreeSet::new(),
            held: BTreeMap::new(),
            calm: false,
            people: 0,
            trace: blake3::Hasher::new(),
            story: Vec::new(),
            dir: folder(),
            dice,
        };
        world.found();
        world
    }

    /// Runs it to its end.
    pub(super) fn run(mut self) -> Outcome {
        let work_ms = self.script();
        self.until(work_ms);
        self.heal();
        let settled_ms = self.settle();
        self.keep_quiet();
        self.judge();
        let stations = self.laptops.len();
        // Stores close before their files go.
        self.laptops.clear();
        Outcome {
            seed: self.plan.seed,
            tally: self.tally,
            failures: self.failures,
            trace: *self.trace.finalize().as_bytes(),
            stations,
            records: self.ledger.committed.len(),
            bytes: self.bytes,
            settled_ms,
            story: self.story,
        }
    }

    pub(super) fn at(&mut self, when: u64, what: Happening) {
        self.count += 1;
        self.next.insert((when.max(self.now), self.count), what);
    }

    /// Lets everything happen until a moment.
    pub(super) fn until(&mut self, when: u64) {
        while let Some((&(at, count), _)) = self.next.first_key_value() {
            if at > when {
                break;
            }
            let Some(what) = self.next.remove(&(at, count)) else { break };
            self.now = at;
            self.happens(&what);
        }
        self.now = when;
    }

    fn happens(&mut self, what: &Happening) {
        match *what {
            Happening::Tick(station) => self.tick(station),
            Happening::Arrive(link, side, lane) => self.arrive(link, side, lane),
            Happening::Gone(link, station) => self.gone(link, station),
            Happening::Connect(from, to) => self.connect(from, to),
            Happening::Start(station) => self.start(station),
            Happening::Do(deed) => self.perform(deed),
        }
    }

    /// Takes down that something went wrong that must not; the first few of a kind tell enough.
    pub(super) fn fail(&mut self, checker: &'static str, what: String) {
        if self.failures.iter().filter(|failure| failure.checker == checker).count() < 3 {
            self.tell(|| format!("FAILED {checker}: {what}"));
            self.failures.push(Failure { checker, at: self.now, what });
        }
    }

    /// Tells what happens, where somebody listens; it counts for the trace either way.
    pub(super) fn tell(&mut self, words: impl FnOnce() -> String) {
        if self.plan.tell {
            let words = words();
            self.story.push(format!("{:>7} {words}", self.now));
        }
    }

    pub(super) fn trace(&mut self, what: &[u8]) {
        self.trace.update(&self.now.to_le_bytes());
        self.trace.update(what);
    }

    // ---- stations

    pub(super) fn add(&mut self, laptop: Laptop) -> usize {
        let number = self.laptops.len();
        self.by_key.insert(laptop.public(), number);
        self.laptops.push(laptop);
        let first = self.now + self.dice.below(TICK_MS);
        self.at(first, Happening::Tick(number));
        number
    }

    fn tick(&mut self, station: usize) {
        self.at(self.now + TICK_MS, Happening::Tick(station));
        if self.laptops[station].up.is_none() {
            return;
        }
        self.give(station, Input::Tick);
        self.watch_links(station);
        self.dial(station);
    }

    /// Gives an engine something, and does what it wants done.
    pub(super) fn give(&mut self, station: usize, input: Input<'_>) {
        let before = self.known_revoked(station);
        let laptop = &mut self.laptops[station];
        let now = laptop.now(self.now);
        let Some(running) = &mut laptop.up else { return };
        let mut flaky = Flaky { store: &mut running.store, fuse: &mut laptop.fuse, blown: None };
        let done = running.engine.handle(input, now, &mut flaky, &mut laptop.dice);
        let blown = flaky.blown;
        match (done, blown) {
            (Ok(effects), _) => {
                self.bound(station);
                for effect in effects {
                    self.effect(station, effect, &before);
                }
            }
            (Err(_), Some(place)) => self.crash(station, place),
            (Err(problem), None) => {
                self.fail("sound", format!("station {station}: {problem}"));
                self.crash(station, Place::Before);
            }
        }
    }

    fn effect(&mut self, station: usize, effect: Effect, revoked: &BTreeSet<StationKey>) {
        match effect {
            Effect::Send { link, lane, bytes } => {
                self.inspect(station, link.0, lane, &bytes, revoked);
                self.send(station, link.0, lane, &bytes);
            }
            Effect::Close { link, why, .. } => {
                self.judge_farewell(station, link.0, why);
                self.close(station, link.0, why);
            }
            Effect::Took(took) => {
                self.tell(|| format!("station {station} took {} records", took.records));
                if took.rolled_back {
                    self.tally.count("rolled back");
                }
                if !took.forked.is_empty() {
                    self.tally.count("fork found");
                }
            }
            Effect::Peers => {}
        }
    }

    /// Does something with a station's store, and lets its engine know. None: it crashed or may not.
    pub(super) fn act<T>(
        &mut self,
        station: usize,
        deed: impl FnOnce(&mut Store, i64, &mut Dice, bool) -> Result<T, StoreError>,
    ) -> Option<T> {
        let laptop = &mut self.laptops[station];
        let now = laptop.now(self.now).wall;
        let running = laptop.up.as_mut()?;
        let place = burn(&mut laptop.fuse);
        if place == Some(Place::Before) {
            self.crash(station, Place::Before);
            return None;
        }
        let within = place == Some(Place::Within);
        let done = deed(&mut running.store, now, &mut laptop.dice, within);
        if let Some(place) = place {
            self.crash(station, place);
            return None;
        }
        match done {
            Ok(value) => {
                self.note_written(station);
                self.give(station, Input::Recorded);
                Some(value)
            }
            // What a role may not do, and what nobody does who was shut out.
            Err(StoreError::NotAllowed(_) | StoreError::ShutOut | StoreError::Importing) => None,
            Err(problem) => {
                self.fail("sound", format!("station {station} cannot write: {problem}"));
                None
            }
        }
    }

    /// The same, where a crash would leave open whether it was done, and so what is true.
    pub(super) fn decide<T>(
        &mut self,
        station: usize,
        deed: impl FnOnce(&mut Store, i64, &mut Dice) -> Result<T, StoreError>,
    ) -> Option<T> {
        let fuse = self.laptops[station].fuse.take();
        let done = self.act(station, |store, now, dice, _| deed(store, now, dice));
        if self.laptops[station].up.is_some() {
            self.laptops[station].fuse = fuse;
        }
        done
    }

    /// Takes down what a station has just been told is written.
    fn note_written(&mut self, station: usize) {
        let root = self.root.public();
        let laptop = &mut self.laptops[station];
        let own = laptop.key.public();
        let Some(running) = &laptop.up else { return };
        let mut new = Vec::new();
        for (log, head) in running.store.heads() {
            if head.name.station != own && (head.name.station != root || station != 0) {
                continue;
            }
            let noted = laptop.noted.entry(*log).or_default();
            let mut from = (*noted).max(head.base) + 1;
            *noted = head.seq;
            while let Ok(Some(stretch)) = running.store.stretch(*log, from) {
                let space = head.name.space;
                let verified = stretch.trust();
                from = verified.stretch().last() + 1;
                for (seq, _, hash) in verified.records() {
                    new.push((RecordRef { log: *log, seq }, hash, space));
                }
            }
        }
        for (_, hash, space) in &new {
            let known = self.ledger.committed.entry(*hash);
            known.or_insert(Committed { author: station, space: *space, lost: false });
            self.trace.update(hash);
        }
        for admission in &mut self.ledger.admissions {
            let found = new.iter().find(|(record, ..)| *record == admission.record);
            if let Some((_, hash, _)) = found.filter(|_| admission.hash == [0; 32]) {
                admission.hash = *hash;
            }
        }
    }

    /// A station stops in the middle of what it does, and is started again a little later.
    pub(super) fn crash(&mut self, station: usize, place: Place) {
        self.tell(|| format!("station {station} crashes {place:?}"));
        self.tally.count(match place {
            Place::Before => "crash before a write",
            Place::Within => "crash in a write",
            Place::After => "crash after a write",
        });
        let held = self.laptops[station].holds();
        let path = self.laptops[station].copy_files();
        self.stop(station);
        self.held.insert(station, held);
        self.laptops[station].path = path;
        let again = self.now + self.dice.between(100, 4_000);
        self.at(again, Happening::Start(station));
    }

    /// Switches a station off; the others notice in a while.
    pub(super) fn stop(&mut self, station: usize) {
        let laptop = &mut self.laptops[station];
        (laptop.up, laptop.stage, laptop.fuse) = (None, None, None);
        let mine = self.links.iter().filter(|(_, link)| link.side(station).is_some());
        let mine: Vec<u64> = mine.map(|(link, _)| *link).collect();
        for link in mine {
            self.cut(link);
        }
    }

    pub(super) fn start(&mut self, station: usize) {
        if self.laptops[station].up.is_some() {
            return;
        }
        let guards = self.plan.guards;
        if let Err(problem) = self.laptops[station].start(guards) {
            self.fail("durable", format!("station {station} does not start: {problem}"));
            return;
        }
        self.tell(|| format!("station {station} is up"));
        let laptop = &mut self.laptops[station];
        laptop.redial.clear();
        let Some(running) = &laptop.up else { return };
        laptop.noted = running.store.heads().iter().map(|(log, head)| (*log, head.seq)).collect();
        if let Some(held) = self.held.remove(&station) {
            let now = self.laptops[station].holds();
            let gone = held.difference(&now).count();
            self.tally.count("durable");
            if gone > 0 {
                self.fail("durable", format!("station {station} lost {gone} records in a crash"));
            }
        }
    }

    // ---- links

    pub(super) fn is_there(&self, station: usize) -> bool {
        station == STRANGER || self.laptops.get(station).is_some_and(|laptop| laptop.up.is_some())
    }

    fn key_of(&self, station: usize) -> StationKey {
        match (&self.stranger, self.laptops.get(station)) {
            (_, Some(laptop)) => laptop.public(),
            (Some(stranger), None) => stranger.key.public(),
            (None, None) => self.root.public(),
        }
    }

    /// Dials whom a station wants to speak with.
    fn dial(&mut self, station: usize) {
        let laptop = &self.laptops[station];
        let Some(running) = &laptop.up else { return };
        let own = laptop.public();
        let linked: BTreeSet<StationKey> = running.engine.links().into_values().collect();
        let members = running.store.members();
        let mut whom = wanted(self.event, own, members, &linked);
        if laptop.fate == Fate::Revoked {
            // It does not give up.
            whom.extend(members.certificates().keys().filter(|one| **one != own));
        }
        let open = self.links.values().filter(|link| link.side(station).is_some());
        let open: BTreeSet<usize> = open.map(|link| link.other(station)).collect();
        for key in whom.difference(&linked) {
            let Some(to) = self.by_key.get(key).copied() else { continue };
            if open.contains(&to) {
                continue;
            }
            let at = self.laptops[station].redial.get(key).copied().unwrap_or(0);
            if at <= self.now {
                let pause = 250 + self.dice.below(1_200);
                self.laptops[station].redial.insert(*key, self.now + pause);
                if self.laptops[station].fate == Fate::Revoked {
                    self.tally.count("revoked keeps trying");
                }
                let reached = self.now + self.dice.between(2, 200);
                self.at(reached, Happening::Connect(station, to));
            }
        }
    }

    pub(super) fn connect(&mut self, from: usize, to: usize) {
        let blocked = self.walls.since(from, to).or(self.walls.since(to, from)).is_some();
        let again = self.links.values().any(|link| link.ends == [from, to]);
        if blocked || again || !self.is_there(from) || !self.is_there(to) {
            return;
        }
        self.links_made += 1;
        let number = self.links_made;
        let slow = self.slow.contains(&from) || self.slow.contains(&to);
        if slow {
            self.tally.count("slow link");
        }
        let mut link = Link::new([from, to], &mut self.dice, slow);
        if self.plan.focus == Focus::Flood {
            link.speed = 12_000;
        }
        self.links.insert(number, link);
        self.tell(|| format!("link {number}: {from} -> {to}"));
        for (station, peer, dialed) in [(from, to, true), (to, from, false)] {
            if station == STRANGER {
                self.stranger_opened(number);
                continue;
            }
            let peer = self.key_of(peer);
            self.give(station, Input::Opened { link: LinkId(number), peer, dialed });
        }
    }

    pub(super) fn send(&mut self, station: usize, number: u64, lane: Lane, bytes: &[u8]) {
        let Some(link) = self.links.get_mut(&number) else { return };
        let Some(side) = link.side(station) else { return };
        let sent = link.send(side, lane, bytes, self.now, &mut self.dice);
        self.bytes += bytes.len() as u64;
        *self.frames.entry(number).or_default() += 1;
        self.trace(bytes);
        for at in sent.arrivals {
            self.at(at, Happening::Arrive(number, side, lane));
        }
        if sent.overfull {
            self.tell(|| format!("link {number} holds back too much"));
            self.cut(number);
        }
    }

    fn arrive(&mut self, number: u64, side: usize, lane: Lane) {
        loop {
            let Some(link) = self.links.get_mut(&number) else { return };
            let (from, to) = (link.ends[side], link.ends[1 - side]);
            if self.walls.since(from, to).is_some() {
                return;
            }
            let Some(bytes) = link.arrived(side, lane, self.now) else { return };
            self.deliver(number, from, to, lane, &bytes);
        }
    }

    fn deliver(&mut self, number: u64, from: usize, to: usize, lane: Lane, bytes: &[u8]) {
        if to == STRANGER {
            self.stranger_hears(number, lane, bytes);
            return;
        }
        self.give(to, Input::Bytes { link: LinkId(number), lane, bytes });
        self.tap(number, from, to, lane, bytes);
    }

    /// Lets go on what was held back.
    pub(super) fn resume(&mut self) {
        let numbers: Vec<u64> = self.links.keys().copied().collect();
        for number in numbers {
            for side in 0..2 {
                for lane in LANES {
                    self.at(self.now + 1, Happening::Arrive(number, side, lane));
                }
            }
        }
    }

    /// A link breaks: what is under way comes through up to any byte.
    pub(super) fn cut(&mut self, number: u64) {
        let Some(mut link) = self.links.remove(&number) else { return };
        self.tell(|| format!("link {number} breaks"));
        for side in 0..2 {
            let (from, to) = (link.ends[side], link.ends[1 - side]);
            let through = link.broken(side, &mut self.dice);
            if self.walls.since(from, to).is_none() && to != STRANGER {
                for (lane, bytes) in through {
                    self.give(to, Input::Bytes { link: LinkId(number), lane, bytes: &bytes });
                }
            }
            let noticed = self.now + self.dice.below(IDLE_MS);
            self.at(noticed, Happening::Gone(number, to));
        }
    }

    /// An engine has a link closed.
    fn close(&mut self, station: usize, number: u64, why: Farewell) {
        self.tell(|| format!("station {station} closes link {number}: {why:?}"));
        let Some(link) = self.links.get_mut(&number) else { return };
        let Some(side) = link.side(station) else { return };
        let (at, other) = (link.close(side, self.now), link.other(station));
        let both = link.is_closed(1 - side);
        if why != Farewell::Twice && station != STRANGER {
            let key = self.key_of(other);
            let later = self.now + 1_000 + self.dice.below(1_000);
            self.laptops[station].redial.insert(key, later);
        }
        if both {
            self.links.remove(&number);
        } else {
            self.at(at + 1, Happening::Gone(number, other));
        }
    }

    fn gone(&mut self, number: u64, station: usize) {
        if let Some(link) = self.links.get(&number) {
            let other = link.other(station);
            if self.walls.since(other, station).is_some() {
                // The end does not come through either; the carrier notices, or the engine.
                self.at(self.now + IDLE_MS, Happening::Gone(number, station));
                return;
            }
            self.links.remove(&number);
        }
        if station != STRANGER {
            self.give(station, Input::Closed { link: LinkId(number) });
        }
    }

    /// Gives up links over which nothing comes, as a carrier does.
    fn watch_links(&mut self, station: usize) {
        let mut late = Vec::new();
        for (number, link) in self.links.iter().filter(|(_, link)| link.watched) {
            let Some(side) = link.side(station) else { continue };
            let other = link.ends[1 - side];
            let since = self.walls.since(other, station).or(self.walls.since(station, other));
            if since.is_some_and(|since| self.now.saturating_sub(since) > IDLE_MS) {
                late.push(*number);
            }
        }
        for number in late {
            self.cut(number);
        }
    }

    /// The links on which a station's engine has a session.
    pub(super) fn sessions(&self, station: usize) -> Vec<(u64, usize)> {
        let Some(running) = self.laptops.get(station).and_then(|one| one.up.as_ref()) else {
            return Vec::new();
        };
        let sessions = running.engine.links();
        let known = |(link, key): (LinkId, StationKey)| Some((link.0, *self.by_key.get(&key)?));
        sessions.into_iter().filter_map(known).collect()
    }

    /// Stations of some roles that are up.
    pub(super) fn those(&self, which: impl Fn(&Laptop) -> bool) -> Vec<usize> {
        let up = self.laptops.iter().enumerate().filter(|(_, one)| one.up.is_some());
        up.filter(|(_, one)| which(one)).map(|(number, _)| number).collect()
    }

    fn known_revoked(&self, station: usize) -> BTreeSet<StationKey> {
        let Some(running) = &self.laptops[station].up else { return BTreeSet::new() };
        let members = running.store.members();
        let all = members.certificates().keys().copied();
        all.filter(|key| members.is_revoked(key)).collect()
    }

    pub(super) fn fuse(&mut self, station: usize) {
        let place = self.dice.pick(&[Place::Before, Place::Within, Place::After]);
        let writes = u32::try_from(self.dice.below(6)).unwrap_or(0);
        self.laptops[station].fuse = place.map(|place| Fuse { writes, place });
    }

    /// A certificate's end for a moment of this run.
    pub(super) fn moment(&self, ticks: u64) -> i64 {
        START + ticks.cast_signed()
    }

    pub(super) fn role_of(&self, station: usize) -> Option<Role> {
        self.laptops.get(station).map(|laptop| laptop.role)
    }
}
