//! What must hold in the end: everything works again, some time goes by, and all who may know the same do.

use super::faults::counts;
use super::laptop::{Fate, hashes};
use super::world::{Happening, World};
use domain::access::{Role, Space, holds};
use domain::attendance::passages;
use domain::attendee::Fields;
use domain::conflict::conflicts;
use domain::event::Mode;
use domain::fact::Fact;
use domain::id::{AttendeeId, RecordRef};
use std::collections::{BTreeMap, BTreeSet};
use sync::id::StationKey;
use sync::replica::Replica;
use sync::store::Store;

/// By then all must agree.
const SETTLED_WITHIN: u64 = 90_000;
/// How often it is looked whether they do.
const LOOK_EVERY: u64 = 500;
/// How long nothing changes, at the end.
const QUIET_MS: u64 = 10_000;
/// Bytes that a record may cost for each station it comes to, all told: lists, digests and signs of life among them.
const RECORD_BYTES_MAX: u64 = 60_000;

impl World {
    /// Everything works again, but for what is broken for good.
    pub(super) fn heal(&mut self) {
        self.tell(|| "everything works again".to_owned());
        self.calm = true;
        self.walls.fall();
        for station in 0..self.laptops.len() {
            if let Some(other) = self.laptops[station].walled {
                self.walls.block(station, other, self.now);
                self.walls.block(other, station, self.now);
            }
            self.laptops[station].fuse = None;
            if self.laptops[station].up.is_none() {
                self.at(self.now, Happening::Start(station));
            }
            if self.laptops[station].fate == Fate::Expired
                || self.laptops[station].not_after.is_some()
            {
                self.laptops[station].fate = Fate::Expired;
            }
        }
        self.resume();
        self.until(self.now + 5_000);
        if let Some(stage) = self.laptops[0].stage.take() {
            self.act(0, |store, _, _, _| store.abandon(stage));
        }
    }

    /// Stations that must agree in the end.
    fn live(&self) -> Vec<usize> {
        self.those(counts)
    }

    /// Waits until all agree; how long it took.
    pub(super) fn settle(&mut self) -> u64 {
        let begin = self.now;
        while self.now - begin < SETTLED_WITHIN && !self.differences().is_empty() {
            self.until(self.now + LOOK_EVERY);
        }
        self.now - begin
    }

    /// The space and the two stations of everything that differs.
    fn differences(&self) -> Vec<String> {
        let live = self.live();
        let mut found = Vec::new();
        for space in Space::ALL {
            let those = live.iter().filter(|one| self.has(**one, space));
            let digests: BTreeMap<usize, [u8; 32]> = those
                .filter_map(|one| Some((*one, self.store(*one)?.space_digest(space))))
                .collect();
            let Some((first, same)) = digests.first_key_value() else { continue };
            let others = digests.iter().filter(|(_, digest)| *digest != same);
            found.extend(
                others.map(|(other, _)| format!("{space} of stations {first} and {other}")),
            );
        }
        found
    }

    fn has(&self, station: usize, space: Space) -> bool {
        self.role_of(station).is_some_and(|role| holds(role, space).is_some())
    }

    fn store(&self, station: usize) -> Option<&Store> {
        self.laptops.get(station)?.up.as_ref().map(|running| &running.store)
    }

    /// Nothing happens any more; little is said.
    pub(super) fn keep_quiet(&mut self) {
        self.until(self.now + 3_000);
        self.frames.clear();
        let records: usize = self.ledger.committed.len();
        self.until(self.now + QUIET_MS);
        if records != self.ledger.committed.len() {
            return;
        }
        // On each link both give signs of life and say digests; signs of others pass, over anchors.
        let most = QUIET_MS / 1_000 * (self.laptops.len() as u64 + 4);
        let frames: Vec<(u64, u64)> =
            self.frames.iter().map(|(link, many)| (*link, *many)).collect();
        for (link, many) in frames {
            self.tally.count("bounded");
            let ends = self.links.get(&link).map(|link| link.ends);
            let well = ends.is_some_and(|ends| {
                ends.iter().all(|end| self.laptops.get(*end).is_some_and(counts))
            });
            if many > most && well {
                let what =
                    format!("{many} frames on link {link} ({ends:?}) in {QUIET_MS} ms of quiet");
                self.fail("bounded", what);
            }
        }
    }

    /// Holds everything against what must be.
    pub(super) fn judge(&mut self) {
        let ill = self.laptops.iter().any(|one| !one.is_honest()) || self.stranger.is_some();
        let checker = if ill { "unaffected" } else { "converged" };
        for difference in self.differences() {
            self.fail(checker, format!("they do not agree: {difference}"));
        }
        self.tally.count("converged");
        self.tally.add("unaffected", u64::from(ill));
        self.judge_folds(checker);
        self.judge_records();
        self.judge_conflicts();
        self.judge_cuts();
        for station in self.those(|_| true) {
            self.tally.count("sound");
            let problems = self.store(station).map(|store| store.check().problems);
            for problem in problems.unwrap_or_default() {
                self.fail("sound", format!("station {station}: {problem}"));
            }
        }
        let copies = (self.ledger.committed.len() * self.laptops.len()) as u64;
        let each = self.bytes / copies.max(1);
        if self.plan.focus == super::Focus::All && !ill && each > RECORD_BYTES_MAX {
            self.fail("bounded", format!("{each} bytes for a record and station"));
        }
    }

    /// Attendance, settings and people, as they are folded.
    fn judge_folds(&mut self, checker: &'static str) {
        let live = self.live();
        self.all_alike(checker, "settings", &live, |store| format!("{:?}", store.settings()));
        let attendance: Vec<usize> =
            live.iter().copied().filter(|one| self.has(*one, Space::Attendance)).collect();
        self.all_alike(checker, "attendance", &attendance, |store| {
            let facts = store.facts().unwrap_or_default();
            let passed = passages(&facts, Mode::Live);
            let passed: Vec<_> =
                passed.iter().map(|one| (one.record, one.passage, one.scan.attendee)).collect();
            format!("{passed:?}")
        });
        let roster: Vec<usize> =
            live.iter().copied().filter(|one| self.has(*one, Space::Roster)).collect();
        self.all_alike(checker, "people", &roster, |store| people(store, false));
        for one in roster {
            let known = self.store(one).and_then(|store| store.people().ok());
            let known = known.map_or(0, |known| known.len());
            // Nobody takes people out.
            if known < usize::from(self.people) {
                let what = format!("station {one} knows {known} people of {}", self.people);
                self.fail("durable", what);
            }
        }
        let admins: Vec<usize> =
            live.into_iter().filter(|one| self.role_of(*one) == Some(Role::Admin)).collect();
        self.all_alike(checker, "people's addresses", &admins, |store| people(store, true));
    }

    fn all_alike(
        &mut self,
        checker: &'static str,
        what: &str,
        those: &[usize],
        fold: impl Fn(&Store) -> String,
    ) {
        let folded: Vec<(usize, String)> =
            those.iter().filter_map(|one| Some((*one, fold(self.store(*one)?)))).collect();
        let Some((first, same)) = folded.first().cloned() else { return };
        for (other, _) in folded.iter().filter(|(_, one)| *one != same) {
            self.fail(checker, format!("{what} of stations {first} and {other} differ"));
        }
    }

    /// What was written is there, at its author and at everybody who may have it.
    fn judge_records(&mut self) {
        let committed: Vec<_> =
            self.ledger.committed.iter().map(|(hash, record)| (*hash, *record)).collect();
        for station in self.those(|_| true) {
            let Some(store) = self.store(station) else { continue };
            let (held, live) = (hashes(store), counts(&self.laptops[station]));
            let missing = committed.iter().filter(|(hash, record)| {
                let author = record.author == station;
                let reachable = live && counts(&self.laptops[record.author]);
                let due = author || reachable && self.has(station, record.space);
                due && !record.lost && !held.contains(hash)
            });
            let missing: Vec<String> = missing
                .map(|(_, record)| format!("{} of {}", record.space, record.author))
                .collect();
            self.tally.add("durable", committed.len() as u64);
            if !missing.is_empty() {
                self.fail("durable", format!("station {station} lacks {missing:?}"));
            }
        }
    }

    /// Whoever was let in twice is seen by all.
    fn judge_conflicts(&mut self) {
        let twice = self.ledger.twice();
        self.tally.add("twice admitted", twice.len() as u64);
        let those: Vec<usize> =
            self.live().into_iter().filter(|one| self.has(*one, Space::Attendance)).collect();
        for station in those {
            let Some(store) = self.store(station) else { continue };
            let (held, facts) = (hashes(store), store.facts().unwrap_or_default());
            let mut unseen: BTreeSet<AttendeeId> = BTreeSet::new();
            for (who, one, other) in &twice {
                if held.contains(one) && held.contains(other) {
                    let found = conflicts(*who, &facts, &BTreeMap::new(), 1);
                    unseen.extend(found.is_empty().then_some(*who));
                }
            }
            self.tally.add("noticed", 1);
            if !unseen.is_empty() {
                self.fail(
                    "noticed",
                    format!("station {station} does not see that {unseen:?} came twice"),
                );
            }
        }
    }

    /// Past a cut only passages have effect.
    fn judge_cuts(&mut self) {
        let cuts = self.ledger.cuts.clone();
        for station in self.live() {
            let Some(store) = self.store(station) else { continue };
            let mut bad = Vec::new();
            for placed in store.facts().unwrap_or_default() {
                let RecordRef { log, seq } = placed.record;
                let Some(row) = store.log(log) else { continue };
                let Some(cut) = cuts.get(&row.name.station) else { continue };
                let past = seq > cut.get(&row.name.id()).copied().unwrap_or(0);
                let passes =
                    matches!(&placed.fact, Fact::Scan(scan) if scan.verdict.passage().is_some());
                if past && !passes {
                    bad.push(placed.record);
                }
            }
            let members = store.members();
            let out: Vec<StationKey> =
                cuts.keys().filter(|key| members.role(key).is_some()).copied().collect();
            self.tally.add("cut", cuts.len() as u64);
            if !bad.is_empty() || !out.is_empty() {
                self.fail(
                    "cut",
                    format!("at station {station} {bad:?} count, {out:?} are members"),
                );
            }
        }
    }
}

fn people(store: &Store, contact: bool) -> String {
    let rows = store.people().unwrap_or_default();
    let shown = |fields: &Fields| -> Vec<String> {
        let fields = fields.iter().filter(|(field, _)| contact || !field.is_contact());
        fields.map(|(field, value)| format!("{field:?}={value}")).collect()
    };
    let rows: Vec<_> = rows.iter().map(|row| (row.id, shown(&row.fields))).collect();
    format!("{rows:?}")
}
