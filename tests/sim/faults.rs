//! What happens in a run, and when: drawn from the seed before it begins.

use super::Focus;
use super::dice::Dice;
use super::laptop::{Fate, Laptop};
use super::mischief::Mischief;
use super::world::{Happening, World};
use domain::access::Role;

/// How long people work and things break.
const WORK_MS: u64 = 24_000;
/// Every so manieth seed has many stations, and less to do.
const LARGE_EVERY: u64 = 40;

/// One thing that is done or breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Deed {
    /// Somebody works.
    Work,
    /// A new station comes.
    Join,
    /// The next step of an import at a station.
    Import(usize, u8),
    /// A certificate runs out.
    Expire(usize),
    /// A certificate that ran out is given anew.
    Renew(usize),
    /// A station becomes something else.
    ChangeRole,
    /// A station is shut out.
    Revoke,
    /// The same, by the root key.
    RevokeByRoot,
    /// Some link breaks.
    Cut,
    /// One way between two stations is blocked.
    Block(usize, usize),
    /// It is open again.
    Open(usize, usize),
    /// A station hears nobody and nobody hears it.
    Isolate(usize),
    /// It is back.
    BringBack(usize),
    /// A station will crash at one of its next writes.
    Crash(usize),
    /// A station's disk is copied.
    Image(usize),
    /// It is put back to that, elsewhere or in place.
    Restore(usize, bool),
    /// A clock is set.
    Jump(usize),
    /// Somebody who means ill does.
    Harm,
    /// Somebody who is no member tries.
    Stranger,
}

impl World {
    /// Writes down what will happen; how long it takes.
    pub(super) fn script(&mut self) -> u64 {
        let large = self.plan.focus == Focus::All && self.plan.seed.is_multiple_of(LARGE_EVERY);
        let stations = if large { self.dice.between(20, 51) } else { self.dice.between(3, 9) };
        self.people(if large { 6 } else { 12 });
        let early = stations - self.dice.below(stations / 3 + 1);
        for number in 1..early {
            self.join(self.role_for(number));
        }
        for _ in early..stations {
            let at = self.dice.below(WORK_MS);
            self.at(at, Happening::Do(Deed::Join));
        }
        let work = if large { 40 } else { self.dice.between(30, 80) };
        for _ in 0..work {
            let at = self.dice.below(WORK_MS);
            self.at(at, Happening::Do(Deed::Work));
        }
        self.set_clocks();
        match self.plan.focus {
            Focus::All => self.script_faults(early, if large { 1 } else { 3 }),
            Focus::Scope | Focus::Forgery | Focus::Flood => self.script_harm(2, 8),
            Focus::Revocation => self.several(&[Deed::Revoke, Deed::Work], 6),
            Focus::Wall => self.script_wall(early),
        }
        WORK_MS
    }

    /// What the next station is to be.
    pub(super) fn role_for(&self, number: u64) -> Role {
        let focus = self.plan.focus == Focus::Scope;
        match number {
            1 if focus => Role::Booth,
            1 | 2 => Role::Door,
            3 => Role::Kiosk,
            4 => Role::Booth,
            5 => Role::Admin,
            _ => Role::ALL[usize::try_from(number % 4).unwrap_or(0)],
        }
    }

    fn several(&mut self, deeds: &[Deed], many: u64) {
        for deed in deeds.iter().cycle().take(usize::try_from(many).unwrap_or(0)) {
            let at = self.dice.between(3_000, WORK_MS);
            self.at(at, Happening::Do(*deed));
        }
    }

    fn any(&mut self, stations: u64) -> usize {
        self.dice.place(usize::try_from(stations).unwrap_or(1))
    }

    /// Anyone but the first, whose word on who takes part must not be lost.
    fn any_but_first(&mut self, stations: u64) -> usize {
        1 + self.dice.place(usize::try_from(stations.saturating_sub(1)).unwrap_or(1).max(1))
    }

    fn script_faults(&mut self, stations: u64, most: u64) {
        for _ in 0..self.dice.below(most + 1) {
            self.several(&[Deed::Cut], 2);
            let (one, other) = (self.any(stations), self.any(stations));
            self.span(Deed::Block(one, other), Deed::Open(one, other), 12_000);
            let one = self.any(stations);
            self.span(Deed::Isolate(one), Deed::BringBack(one), 15_000);
            let crashed = Deed::Crash(self.any(stations));
            self.several(&[crashed], 2);
        }
        for (percent, deed) in [
            (50, Deed::ChangeRole),
            (35, Deed::Revoke),
            (8, Deed::RevokeByRoot),
            (25, Deed::Stranger),
        ] {
            if self.dice.chance(percent) {
                self.several(&[deed], 1);
            }
        }
        if self.dice.chance(30) {
            let one = self.any_but_first(stations);
            let elsewhere = self.dice.chance(50);
            self.span(Deed::Image(one), Deed::Restore(one, elsewhere), 12_000);
        }
        if self.dice.chance(25) {
            self.script_expiry(stations);
        }
        if self.dice.chance(35) {
            let one = self.any(stations);
            self.slow.insert(one);
        }
        if self.dice.chance(40) {
            let jump = Deed::Jump(self.any(stations));
            self.several(&[jump], 2);
        }
        if self.dice.chance(30) {
            let (one, many) = (1 + self.dice.below(2), self.dice.between(2, 7));
            self.script_harm(one, many);
        }
        if self.dice.chance(15) {
            self.script_wall(stations);
        }
        if self.dice.chance(30) {
            let at = self.dice.below(WORK_MS / 2);
            for step in 0..4 {
                let at = at + u64::from(step) * self.dice.between(100, 3_000);
                self.at(at, Happening::Do(Deed::Import(0, step)));
            }
        }
    }

    /// Something that ends before the work does, or is left for the end.
    fn span(&mut self, from: Deed, to: Deed, longest: u64) {
        let begin = self.dice.below(WORK_MS - 2_000);
        let end = begin + self.dice.between(500, longest);
        self.at(begin, Happening::Do(from));
        self.at(end, Happening::Do(to));
    }

    fn script_expiry(&mut self, stations: u64) {
        let one = self.any_but_first(stations);
        let at = self.dice.between(4_000, WORK_MS);
        self.at(1, Happening::Do(Deed::Renew(one)));
        self.laptops[one].not_after = Some(self.moment(at));
        self.at(at, Happening::Do(Deed::Expire(one)));
        if self.dice.chance(50) {
            let again = at + self.dice.below(8_000);
            self.at(again.min(WORK_MS - 1), Happening::Do(Deed::Renew(one)));
        }
    }

    fn script_harm(&mut self, stations: u64, deeds: u64) {
        let roles: &[Role] = if self.plan.focus == Focus::Scope {
            &[Role::Booth]
        } else {
            &[Role::Admin, Role::Door, Role::Kiosk, Role::Booth]
        };
        for _ in 0..stations {
            let those =
                self.those(|one| one.is_honest() && !one.may_issue && roles.contains(&one.role));
            let Some(bad) = self.dice.pick(&those) else { return };
            let kinds = Mischief::of(self.plan.focus, &mut self.dice);
            self.laptops[bad].mischief = kinds;
        }
        self.several(&[Deed::Harm], deeds * stations);
    }

    /// Two that never hear each other, while the first station hears both.
    fn script_wall(&mut self, stations: u64) {
        let (one, other) = (self.any_but_first(stations), self.any_but_first(stations));
        if one != other {
            self.tally.count("lasting partition");
            self.laptops[one].walled = Some(other);
            self.walls.block(one, other, 0);
            if self.plan.focus == Focus::Wall || self.dice.chance(50) {
                self.walls.block(other, one, 0);
            }
        }
    }

    fn set_clocks(&mut self) {
        if self.plan.focus != Focus::All {
            return;
        }
        for station in 0..self.laptops.len() {
            self.set_clock(station, 15);
        }
    }

    fn set_clock(&mut self, station: usize, percent: u64) {
        if !self.dice.chance(percent) {
            return;
        }
        let skew = wrong_clock(&mut self.dice);
        let years = skew.abs() > 24 * 3600 * 1000;
        self.tally.count(if years { "clock years off" } else { "clock minutes off" });
        self.laptops[station].skew = skew;
    }

    /// Does it.
    pub(super) fn perform(&mut self, deed: Deed) {
        match deed {
            Deed::Work => self.work(),
            Deed::Join => {
                let number = self.laptops.len() as u64;
                self.join(self.role_for(number));
            }
            Deed::Import(station, step) => self.import(station, step),
            Deed::Expire(station) => self.expire(station),
            Deed::Renew(station) => self.renew(station),
            Deed::ChangeRole => self.change_role(),
            Deed::Revoke => self.revoke(false),
            Deed::RevokeByRoot => self.revoke(true),
            Deed::Cut => self.cut_some(),
            Deed::Block(from, to) if from != to => {
                self.tally.count("one-way partition");
                self.walls.block(from, to, self.now);
            }
            Deed::Block(..) => {}
            Deed::Open(from, to) => self.open(from, to),
            Deed::Isolate(station) => {
                self.tally.count("isolation");
                self.walls.isolate(station, self.now);
            }
            Deed::BringBack(station) => {
                self.walls.bring_back(station);
                self.resume();
            }
            Deed::Crash(station) => self.fuse(station),
            Deed::Image(station) => self.image(station),
            Deed::Restore(station, elsewhere) => self.restore(station, elsewhere),
            Deed::Jump(station) => {
                self.tally.count("clock jumps");
                self.set_clock(station, 100);
            }
            Deed::Harm => self.harm(),
            Deed::Stranger => self.stranger_comes(),
        }
    }

    fn cut_some(&mut self) {
        let links: Vec<u64> = self.links.keys().copied().collect();
        if let Some(link) = self.dice.pick(&links) {
            self.tally.count("connection cut");
            self.cut(link);
        }
    }

    fn open(&mut self, from: usize, to: usize) {
        let walled = |one: usize, other| self.laptops[one].walled == Some(other);
        if !walled(from, to) && !walled(to, from) {
            self.walls.open(from, to);
            self.resume();
        }
    }

    fn expire(&mut self, station: usize) {
        let laptop = &mut self.laptops[station];
        let over =
            laptop.not_after.is_some_and(|end| end <= laptop.now(self.now).wall - laptop.skew);
        if over && laptop.fate == Fate::Member {
            self.tally.count("certificate expired");
            self.laptops[station].fate = Fate::Expired;
        }
    }

    fn image(&mut self, station: usize) {
        let Some(laptop) = self.laptops.get_mut(station) else { return };
        if laptop.up.is_some() && laptop.may_issue == (station == 0) {
            laptop.image = Some((laptop.copy_files(), laptop.holds()));
        }
    }

    /// Puts a station back to an older state of its disk.
    fn restore(&mut self, station: usize, elsewhere: bool) {
        let Some((path, held)) = self.laptops.get_mut(station).and_then(|one| one.image.take())
        else {
            return;
        };
        if self.laptops[station].up.is_none() || self.laptops[station].may_issue {
            return;
        }
        self.tell(|| format!("station {station} is put back, elsewhere: {elsewhere}"));
        self.tally.count(if elsewhere {
            "image restored elsewhere"
        } else {
            "image restored in place"
        });
        self.stop(station);
        for (hash, record) in &mut self.ledger.committed {
            record.lost |= record.author == station && !held.contains(hash);
        }
        self.laptops[station].path = path;
        if elsewhere {
            self.laptops[station].installation[0] ^= 0x80;
            self.laptops[station].installation[1] =
                self.laptops[station].installation[1].wrapping_add(1);
        }
        let again = self.now + self.dice.between(100, 3_000);
        self.at(again, Happening::Start(station));
    }
}

/// How far off a clock is that is wrong: minutes, or as far as 1971 and 2099.
fn wrong_clock(dice: &mut Dice) -> i64 {
    const YEAR: i64 = 365 * 24 * 3600 * 1000;
    match dice.below(4) {
        0 => -56 * YEAR,
        1 => 72 * YEAR,
        2 => -dice.between(60_000, 2_000_000).cast_signed(),
        _ => dice.between(60_000, 2_000_000).cast_signed(),
    }
}

/// Whether a station counts among those that must agree in the end.
pub(super) fn counts(laptop: &Laptop) -> bool {
    laptop.fate == Fate::Member && laptop.is_honest()
}
