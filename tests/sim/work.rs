//! What people do: letting stations in and shutting them out, letting people in and out, editing what is known.

use super::dice::Dice;
use super::laptop::{Fate, Laptop, Running, START};
use super::ledger::Admission;
use super::world::World;
use domain::access::{Kind, Role, Space, may_become};
use domain::attendance::{frontier, passages, presence};
use domain::attendee::Field;
use domain::event::Mode;
use domain::fact::{Link, MAIN_AREA, Scan, Void};
use domain::id::{AttendeeId, RecordRef};
use domain::verdict::{Passage, Verdict};
use std::collections::{BTreeMap, BTreeSet};
use sync::document::{Document, Scalar};
use sync::engine::Engine;
use sync::entropy::random;
use sync::keys::SecretKey;
use sync::replica::introduction;
use sync::roster::shard_of;
use sync::store::{
    Admission as LetIn, Batch, Change, Founding, Joining, ShardChange, Store, StoreError,
};
use sync::stretch::Verified;

/// A kind of record that no version knows yet.
const UNKNOWN: Kind = Kind(4711);
/// Words by which a name is found where it must not be.
pub(super) const NAME: &str = "Qvx-name-";
/// The same, of addresses, that nobody may see in the clear on any wire.
pub(super) const EMAIL: &str = "Qvx-mail-";

/// The day of all scans.
const DAY: i32 = 20_833;

/// A person by number. The first byte tells the shard: few, so that shards are shared.
const fn person(number: u8) -> AttendeeId {
    let mut id = [number; 16];
    id[0] = number % 3;
    AttendeeId::new(id)
}

impl World {
    /// The first station.
    pub(super) fn found(&mut self) {
        let key = SecretKey::generate(&mut self.dice);
        let path = self.dir.path().join("0.db");
        let founding = Founding {
            root: &self.root,
            station: &key,
            name: "office",
            not_after: None,
            installation: [1; 16],
        };
        let mut dice = self.dice.fork();
        let store = Store::create(&path, &founding, START, &mut dice).expect("a first store");
        let laptop = self.laptop(key, Role::Admin, path, [1; 16], store, dice);
        self.add(Laptop { may_issue: true, ..laptop });
        let laptop = &mut self.laptops[0];
        laptop.noted = BTreeMap::new();
    }

    fn laptop(
        &self,
        key: SecretKey,
        role: Role,
        path: std::path::PathBuf,
        installation: [u8; 16],
        mut store: Store,
        dice: Dice,
    ) -> Laptop {
        store.set_durable(false).expect("a store takes settings");
        let noted = store.logs().values().map(|log| (log.id, log.seq)).collect();
        let engine = Engine::new(&store, self.plan.guards);
        Laptop {
            key,
            role,
            roles: BTreeSet::from([role]),
            may_issue: false,
            path,
            installation,
            up: Some(Running { store, engine }),
            skew: 0,
            dice,
            redial: BTreeMap::new(),
            fate: Fate::Member,
            not_after: None,
            mischief: Vec::new(),
            noted,
            fuse: None,
            image: None,
            walled: None,
            stage: None,
            copies: 0,
        }
    }

    /// Some people, known to the first station.
    pub(super) fn people(&mut self, many: u8) {
        self.people = many;
        for number in 0..many {
            self.edit(0, person(number));
        }
    }

    fn let_in(&self, laptop: &Laptop) -> LetIn {
        LetIn {
            station: laptop.public(),
            box_key: laptop.key.box_public(),
            name: format!("station {}", laptop.role.as_str()),
            role: laptop.role,
            exhibitor: None,
            gate: None,
            may_issue: laptop.may_issue,
            not_after: laptop.not_after,
        }
    }

    /// Somebody who may say who takes part, and is there.
    fn issuer(&mut self) -> Option<usize> {
        let those = self.those(|one| one.may_issue && one.fate == Fate::Member);
        self.dice.pick(&those)
    }

    /// A new station, let in by somebody who may.
    pub(super) fn join(&mut self, role: Role) {
        let Some(by) = self.issuer() else { return };
        let number = self.laptops.len();
        let key = SecretKey::generate(&mut self.dice);
        let may_issue = role == Role::Admin && self.dice.chance(70);
        let mut admission = LetIn {
            station: key.public(),
            box_key: key.box_public(),
            name: format!("station {number}"),
            role,
            exhibitor: None,
            gate: None,
            may_issue,
            not_after: None,
        };
        admission.exhibitor = (role == Role::Booth).then(|| "Booth Ltd".to_owned());
        let given = self.decide(by, |store, now, dice| {
            store.admit(&admission, now, dice)?;
            let logs = introduction(store).map_err(|e| StoreError::Damaged(e.to_string()))?;
            Ok(logs.into_iter().filter_map(|log| log.verify().ok()).collect::<Vec<Verified>>())
        });
        let Some(control) = given else { return };
        let installation = [u8::try_from(number + 2).unwrap_or(255); 16];
        let path = self.dir.path().join(format!("{number}.db"));
        let root = self.root.public();
        let joining = Joining { root, station: &key, control: &control, installation };
        let mut dice = self.dice.fork();
        let now = self.moment(self.now);
        match Store::join(&path, &joining, now, &mut dice) {
            Ok(store) => {
                let laptop = self.laptop(key, role, path, installation, store, dice);
                let number = self.add(Laptop { may_issue, ..laptop });
                self.tell(|| format!("station {number} joins as {role:?}, by {by}"));
                self.tally.count("join");
            }
            Err(problem) => self.fail("sound", format!("a station cannot join: {problem}")),
        }
    }

    /// Gives a certificate anew, with the end that is wanted or none.
    pub(super) fn renew(&mut self, station: usize) {
        let Some(by) = self.issuer() else { return };
        let laptop = &mut self.laptops[station];
        if laptop.fate == Fate::Revoked {
            return;
        }
        if laptop.fate == Fate::Expired
            || laptop.not_after.is_some_and(|end| end < self.now.cast_signed() + START)
        {
            laptop.not_after = None;
        }
        let admission = self.let_in(&self.laptops[station]);
        let done = self.decide(by, |store, now, dice| store.admit(&admission, now, dice));
        let laptop = &mut self.laptops[station];
        if done.is_some() && laptop.not_after.is_none() {
            laptop.fate = Fate::Member;
        }
    }

    /// A station becomes something else.
    pub(super) fn change_role(&mut self) {
        let those = self.those(|one| !one.may_issue && one.fate == Fate::Member && one.is_honest());
        let (Some(by), Some(whom)) = (self.issuer(), self.dice.pick(&those)) else { return };
        let Some(role) = self.dice.pick(&Role::ALL) else { return };
        if !may_become(self.laptops[whom].role, role) {
            return;
        }
        let mut admission = self.let_in(&self.laptops[whom]);
        admission.role = role;
        if self.decide(by, |store, now, dice| store.admit(&admission, now, dice)).is_none() {
            return;
        }
        self.tally.count("role change");
        self.tell(|| format!("station {whom} is to be {role:?}, by {by}"));
        self.laptops[whom].role = role;
        self.laptops[whom].roles.insert(role);
    }

    /// A station is shut out.
    pub(super) fn revoke(&mut self, by_root: bool) {
        let those = self.those(|one| !one.may_issue && one.fate == Fate::Member);
        let by = if by_root { Some(0) } else { self.issuer() };
        let (Some(by), Some(whom)) = (by, self.dice.pick(&those)) else { return };
        let key = self.laptops[whom].public();
        let root = self.root.clone();
        let cuts = self.decide(by, |store, now, dice| {
            let logs = store.logs().values().filter(|log| log.name.station == key);
            let cuts: Vec<_> = logs.map(|log| (log.name.id(), log.id, log.seq)).collect();
            if by_root {
                store.revoke_by_root(&root, key, now, dice)?;
            } else {
                store.revoke(key, now, dice)?;
            }
            Ok(cuts)
        });
        let Some(cuts) = cuts else { return };
        self.tally.count(if by_root { "revocation by root" } else { "revocation" });
        self.tell(|| format!("station {whom} is shut out by {by}"));
        self.laptops[whom].fate = Fate::Revoked;
        let known = self.ledger.cuts.entry(key).or_default();
        for (name, id, seq) in cuts {
            if name == id {
                let cut = known.entry(id).or_default();
                *cut = (*cut).max(seq);
            }
        }
    }

    /// Somebody does something.
    pub(super) fn work(&mut self) {
        match self.dice.below(100) {
            0..=54 => self.pass(Passage::Entry),
            55..=66 => self.pass(Passage::Exit),
            67..=71 => self.take_back(),
            72..=81 => self.set(),
            82..=89 => self.edit_some(),
            90..=94 => self.speak_at_a_door(),
            _ => self.write_unknown(),
        }
    }

    fn door(&mut self) -> Option<usize> {
        let those = self.those(|one| one.role.lets_people_in());
        self.dice.pick(&those)
    }

    /// Somebody at a door. A third of the people only come in.
    fn pass(&mut self, wanted: Passage) {
        let Some(station) = self.door() else { return };
        let mut number = u8::try_from(self.dice.below(12)).unwrap_or(0);
        if wanted == Passage::Exit && number.is_multiple_of(3) {
            number += 1;
        }
        let who = person(number);
        if wanted == Passage::Exit {
            // Even if nobody hears that it was written.
            self.ledger.moved.insert(who);
        }
        let done = self.act(station, |store, now, dice, within| {
            let scan = judge(store, who, wanted, now)?;
            let prior = scan.prior.clone();
            let record = store.write(now, dice, |batch| {
                let record = batch.scan(&scan)?;
                if within { Err(StoreError::DiskFull) } else { Ok(record) }
            })?;
            Ok((record, prior, scan.verdict))
        });
        let Some((record, prior, verdict)) = done else { return };
        self.tell(|| format!("station {station}: {who:?} {verdict:?}"));
        match verdict.passage() {
            None => self.tally.count("refused"),
            Some(Passage::Exit) => self.tally.count("exit"),
            Some(Passage::Entry) => {
                self.tally.count("admitted");
                let links = prior.unwrap_or_default();
                let prior = links.into_iter().map(|link| link.resolve(record.log)).collect();
                let hash = self.hash_of(station, record);
                self.ledger.admissions.push(Admission { who, record, hash, prior });
            }
        }
    }

    fn hash_of(&self, station: usize, record: RecordRef) -> [u8; 32] {
        use sync::replica::Replica;
        let running = self.laptops[station].up.as_ref();
        let found =
            running.and_then(|one| one.store.stretch(record.log, record.seq).ok().flatten());
        let first = found.and_then(|stretch| stretch.trust().hashes().first().copied());
        first.unwrap_or_default()
    }

    fn take_back(&mut self) {
        let Some(station) = self.door() else { return };
        let number = u8::try_from(self.dice.below(12)).unwrap_or(0);
        if number.is_multiple_of(3) {
            return;
        }
        let who = person(number);
        self.ledger.moved.insert(who);
        let done = self.act(station, |store, now, dice, within| {
            let facts = store.facts_of(who)?;
            let Some(last) = passages(&facts, Mode::Live).last().map(|one| one.record) else {
                return Ok(false);
            };
            let target = Link::from(store.own_log(Space::Attendance), last);
            let (by, reason) = ("Kim".to_owned(), "a mistake".to_owned());
            let void = Void { target, attendee: Some(who), at: now, by, reason, approved: None };
            store.write(now, dice, |batch| {
                batch.void(&void)?;
                if within { Err(StoreError::DiskFull) } else { Ok(true) }
            })
        });
        if done == Some(true) {
            self.tally.count("void");
        }
    }

    fn admin(&mut self) -> Option<usize> {
        let those = self.those(|one| one.role == Role::Admin && one.fate == Fate::Member);
        self.dice.pick(&those)
    }

    /// Somebody sets something about the event.
    fn set(&mut self) {
        let Some(station) = self.admin() else { return };
        let key = format!("key{}", self.dice.below(5));
        let value = format!("value {}", self.dice.below(1000));
        let done = self.act(station, |store, now, dice, within| {
            let mut document = store.document(Space::Event, "event")?;
            let bad = |e: sync::document::BadChange| StoreError::Damaged(e.to_string());
            document.put(&key, Scalar::Text(value)).map_err(bad)?;
            let Some(change) = document.commit().map_err(bad)? else { return Ok(()) };
            let settings = texts(&document);
            store.write(now, dice, |batch| {
                batch.change_event(&change, &settings)?;
                if within { Err(StoreError::DiskFull) } else { Ok(()) }
            })
        });
        if done.is_some() {
            self.tally.count("setting");
        }
    }

    fn edit_some(&mut self) {
        let Some(station) = self.admin() else { return };
        let number = u8::try_from(self.dice.below(12)).unwrap_or(0);
        self.edit(station, person(number));
    }

    /// A door puts right how somebody is spelt, or adds somebody who is not on the list.
    fn speak_at_a_door(&mut self) {
        let those = self.those(|one| one.role == Role::Door && one.fate == Fate::Member);
        let Some(station) = self.dice.pick(&those) else { return };
        let name = format!("{NAME}{}", self.dice.below(1000));
        let new = self.dice.chance(50).then(|| u8::try_from(self.dice.below(9)).unwrap_or(0));
        let known = u8::try_from(self.dice.below(12)).unwrap_or(0);
        let who = new.map_or(person(known), |number| person(60 + number));
        let done = self.act(station, |store, now, dice, within| {
            // A door that was just let in does not hold the list yet.
            if store.naming().is_err() {
                return Ok(false);
            }
            let change = said(store, who, &name, new.is_some())?;
            store.write(now, dice, |batch| {
                batch.change_people(&change)?;
                if within { Err(StoreError::DiskFull) } else { Ok(()) }
            })?;
            Ok(true)
        });
        if done == Some(true) {
            self.tally.count("word of a door");
        }
    }

    /// An admin edits somebody.
    fn edit(&mut self, station: usize, who: AttendeeId) {
        let number = self.dice.below(1000);
        let (name, email) = (format!("{NAME}{number}"), format!("{EMAIL}{number}"));
        let both = self.dice.chance(50);
        let done = self.act(station, |store, now, dice, within| {
            let change = edited(store, who, &name, both.then_some(email.as_str()))?;
            store.write(now, dice, |batch| {
                batch.change_people(&change)?;
                if within { Err(StoreError::DiskFull) } else { Ok(()) }
            })
        });
        if done.is_some() {
            self.tally.count("people");
        }
    }

    /// One step of an import at an admin: begin, twice some people, publish.
    pub(super) fn import(&mut self, station: usize, step: u8) {
        let mut stage = self.laptops[station].stage.take();
        // Each step another shard: a shard is staged once.
        let new = person(100 + step * 31 + 3 * u8::try_from(self.dice.below(9)).unwrap_or(0));
        let name = format!("{NAME}{}", self.dice.below(1000));
        let publish = step == 3;
        let done = self.act(station, |store, now, dice, _| {
            let mut staged = match stage.take() {
                Some(stage) => stage,
                None if step == 0 => store.begin_stage()?,
                None => return Ok(None),
            };
            if publish {
                store.publish(staged, now, dice)?;
                return Ok(None);
            }
            let change = edited(store, new, &name, Some(EMAIL))?;
            store.stage(&mut staged, vec![change], now, dice)?;
            Ok(Some(staged))
        });
        if done.is_some() && publish {
            self.tally.count("import");
        }
        self.laptops[station].stage = done.flatten();
    }

    /// A later version writes something that this one does not know.
    fn write_unknown(&mut self) {
        let those = self.those(|_| true);
        let Some(station) = self.dice.pick(&those) else { return };
        let spaces = [Space::Attendance, Space::Event, Space::Control, Space::Cards];
        let role = self.laptops[station].role;
        let held: Vec<Space> = spaces
            .into_iter()
            .filter(|space| domain::access::holds(role, *space).is_some())
            .collect();
        let Some(space) = self.dice.pick(&held) else { return };
        let body: [u8; 40] = random(&mut self.dice);
        let done = self.act(station, |store, now, dice, _| {
            store
                .write(now, dice, |batch: &mut Batch<'_>| batch.append(space, UNKNOWN, None, &body))
        });
        if done.is_some() {
            self.tally.count("unknown kind");
        }
    }
}

/// What a door decides: who is inside does not come in, who is not does not go out.
fn judge(store: &Store, who: AttendeeId, wanted: Passage, now: i64) -> Result<Scan, StoreError> {
    let facts = store.facts_of(who)?;
    let passed = passages(&facts, Mode::Live);
    let here = presence(&passed, MAIN_AREA, None, 1);
    let verdict = match wanted {
        Passage::Exit => Verdict::Exited,
        Passage::Entry if here.inside > 0 => Verdict::AlreadyIn,
        Passage::Entry if here.entries > 0 => Verdict::Readmitted,
        Passage::Entry => Verdict::Admitted,
    };
    let home = store.own_log(Space::Attendance);
    let prior: Vec<Link> =
        frontier(&passed).into_iter().map(|record| Link::from(home, record)).collect();
    Ok(Scan {
        attendee: Some(who),
        code: None,
        gate: "main".to_owned(),
        area: None,
        verdict,
        at: now,
        day: DAY,
        mode: None,
        wanted: (wanted == Passage::Exit).then_some(wanted),
        prior: Some(prior).filter(|prior| !prior.is_empty()),
        by: None,
        overriding: None,
        nonce: None,
    })
}

fn edited(
    store: &Store,
    who: AttendeeId,
    name: &str,
    email: Option<&str>,
) -> Result<ShardChange, StoreError> {
    let bad = |e: sync::document::BadChange| StoreError::Damaged(e.to_string());
    let row = store.person_by_id(who)?;
    let mut shard = store.shard(shard_of(who))?;
    let before = shard.person(who);
    let code = store.naming()?.code(name);
    if before.is_none() {
        let mut fields = domain::attendee::Fields::new();
        fields.insert(Field::LastName, name.to_owned());
        fields.insert(Field::Email, EMAIL.to_owned());
        shard.set_row(who, &fields, code).map_err(bad)?;
    } else {
        shard.set_field(who, Field::Company, name, None).map_err(bad)?;
        if let Some(email) = email {
            shard.set_field(who, Field::Email, email, None).map_err(bad)?;
        }
    }
    let (roster, contact) =
        (shard.roster.commit().map_err(bad)?, shard.contact.commit().map_err(bad)?);
    let desk = shard.desk.commit().map_err(bad)?;
    let after = shard.person(who).unwrap_or_default();
    let change = Change {
        no: row.as_ref().map(|row| row.no),
        id: who,
        fields: after.fields(who, store.naming().ok().as_ref()),
        old_order: None,
        old_code: before.and_then(|person| person.code),
        revoked: Vec::new(),
        code: after.code,
    };
    Ok(ShardChange { shard: shard_of(who), roster, contact, desk, people: vec![change] })
}

/// What a door says of somebody.
fn said(store: &Store, who: AttendeeId, name: &str, new: bool) -> Result<ShardChange, StoreError> {
    let bad = |e: sync::document::BadChange| StoreError::Damaged(e.to_string());
    let row = store.person_by_id(who)?;
    let naming = store.naming()?;
    let mut shard = store.shard(shard_of(who))?;
    let before = shard.person(who);
    if new && before.is_none() {
        let fields = [
            (Field::Name, name.to_owned()),
            (Field::TicketType, "Day".to_owned()),
            (Field::AddedAt, "2027-01-15T10:00:00Z".to_owned()),
        ];
        let code = naming.code(&naming.minted(who));
        shard.add(who, &fields.into(), Some(code)).map_err(bad)?;
    } else {
        shard.set_field(who, Field::Notes, name, None).map_err(bad)?;
    }
    let desk = shard.desk.commit().map_err(bad)?;
    let people = shard.person(who).map(|after| Change {
        no: row.as_ref().map(|row| row.no),
        id: who,
        fields: after.fields(who, Some(&naming)),
        old_order: None,
        old_code: before.and_then(|person| person.code),
        revoked: Vec::new(),
        code: after.code,
    });
    let people = people.into_iter().collect();
    Ok(ShardChange { shard: shard_of(who), roster: None, contact: None, desk, people })
}

fn texts(document: &Document) -> BTreeMap<String, String> {
    let texts = document.entries().into_iter().filter_map(|(key, value)| match value {
        Scalar::Text(text) => Some((key, text)),
        Scalar::Bytes(_) => None,
    });
    texts.collect()
}
