//! One station: its store on the disk, its engine, its clock, and the moment at which it will crash.

use super::dice::Dice;
use super::mischief::Mischief;
use domain::access::{Role, Space};
use domain::id::LogId;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use sync::control::{Members, Told};
use sync::engine::{Engine, Guards, Now};
use sync::entropy::Entropy;
use sync::id::{Epoch, EventId, StationKey};
use sync::keys::SecretKey;
use sync::replica::{Ingested, LogHead, Replica, ReplicaProblem};
use sync::store::{Stage, Store};
use sync::stretch::{Stretch, Verified};

/// Wall clock at which every run begins.
pub(super) const START: i64 = 1_800_000_000_000;

/// At which write a station crashes, and whether the disk has it then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fuse {
    /// Writes until then.
    pub writes: u32,
    /// Where in the write.
    pub place: Place,
}

/// Where in a write a station crashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Before anything was written.
    Before,
    /// With the transaction half done.
    Within,
    /// After the commit, before anybody heard of it.
    After,
}

/// What became of a station.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// It takes part.
    Member,
    /// It was shut out.
    Revoked,
    /// Its certificate has run out.
    Expired,
}

/// A store and the engine over it.
#[derive(Debug)]
pub(super) struct Running {
    /// The store.
    pub store: Store,
    /// The engine.
    pub engine: Engine,
}

/// One station.
#[derive(Debug)]
pub(super) struct Laptop {
    /// Its key pair.
    pub key: SecretKey,
    /// What it is now, as its issuer said last.
    pub role: Role,
    /// What it ever was.
    pub roles: BTreeSet<Role>,
    /// Whether it may let others in.
    pub may_issue: bool,
    /// The store's file.
    pub path: PathBuf,
    /// Where that lies, as a store tells a copy of it.
    pub installation: [u8; 16],
    /// What runs; none: it is off.
    pub up: Option<Running>,
    /// How far its clock is off.
    pub skew: i64,
    /// Its own chance.
    pub dice: Dice,
    /// Whom it dials again, and when.
    pub redial: BTreeMap<StationKey, u64>,
    /// What became of it.
    pub fate: Fate,
    /// Until when its certificate holds.
    pub not_after: Option<i64>,
    /// What it does on purpose, of a station that means ill.
    pub mischief: Vec<Mischief>,
    /// Records that it heard back as written.
    pub noted: BTreeMap<LogId, u64>,
    /// When it crashes.
    pub fuse: Option<Fuse>,
    /// An older state of it, and the committed records in that.
    pub image: Option<(PathBuf, BTreeSet<[u8; 32]>)>,
    /// A station that it never hears.
    pub walled: Option<usize>,
    /// An import under way.
    pub stage: Option<Stage>,
    /// How often its files were copied, for their names.
    pub copies: u32,
}

impl Laptop {
    /// What its clocks say.
    #[must_use]
    pub(super) fn now(&self, ticks: u64) -> Now {
        Now { wall: START + ticks.cast_signed() + self.skew, ticks }
    }

    /// Its public key.
    #[must_use]
    pub(super) fn public(&self) -> StationKey {
        self.key.public()
    }

    /// Whether it means well.
    #[must_use]
    pub(super) const fn is_honest(&self) -> bool {
        self.mischief.is_empty()
    }

    /// The records that it holds, by their hashes.
    #[must_use]
    pub(super) fn holds(&self) -> BTreeSet<[u8; 32]> {
        self.up.as_ref().map(|running| hashes(&running.store)).unwrap_or_default()
    }

    /// Its store's files as they are at this moment, copied; the way a crash leaves them.
    pub(super) fn copy_files(&mut self) -> PathBuf {
        self.copies += 1;
        let to = self.path.with_extension(format!("copy{}", self.copies));
        copy_store(&self.path, &to);
        to
    }

    /// Starts it from its files.
    pub(super) fn start(&mut self, guards: Guards) -> Result<(), String> {
        let store = Store::open(&self.path, &self.key, self.installation, &mut self.dice);
        let mut store = store.map_err(|problem| problem.to_string())?;
        store.set_durable(false).map_err(|problem| problem.to_string())?;
        let engine = Engine::new(&store, guards);
        self.up = Some(Running { store, engine });
        Ok(())
    }
}

fn copy_store(from: &Path, to: &Path) {
    for end in ["", "-wal"] {
        let name = |path: &Path| PathBuf::from(format!("{}{end}", path.display()));
        if name(from).exists() {
            std::fs::copy(name(from), name(to)).expect("room in the temporary folder");
        }
    }
}

/// All records of a store, by their hashes.
#[must_use]
pub(super) fn hashes(store: &Store) -> BTreeSet<[u8; 32]> {
    let mut all = BTreeSet::new();
    for (log, head) in store.heads() {
        let mut from = head.base + 1;
        while let Ok(Some(stretch)) = store.stretch(*log, from) {
            from = stretch.last() + 1;
            all.extend(stretch.trust().hashes());
        }
    }
    all
}

/// A store that fails at the moment at which a station is to crash.
#[derive(Debug)]
pub(super) struct Flaky<'a> {
    /// The store.
    pub store: &'a mut Store,
    /// When it fails.
    pub fuse: &'a mut Option<Fuse>,
    /// Where it failed.
    pub blown: Option<Place>,
}

/// Burns one write of a fuse; where the station crashes, if it does now.
pub(super) fn burn(fuse: &mut Option<Fuse>) -> Option<Place> {
    let burning = fuse.as_mut()?;
    if burning.writes > 0 {
        burning.writes -= 1;
        return None;
    }
    fuse.take().map(|fuse| fuse.place)
}

impl Replica for Flaky<'_> {
    fn event(&self) -> EventId {
        Replica::event(self.store)
    }

    fn key(&self) -> &SecretKey {
        self.store.key()
    }

    fn epoch(&self) -> Epoch {
        Replica::epoch(self.store)
    }

    fn members(&self) -> &Members {
        Replica::members(self.store)
    }

    fn told(&self) -> &[Told] {
        self.store.told()
    }

    fn heads(&self) -> &BTreeMap<LogId, LogHead> {
        self.store.heads()
    }

    fn space_digest(&self, space: Space) -> [u8; 32] {
        self.store.space_digest(space)
    }

    fn stretch(&self, log: LogId, from: u64) -> Result<Option<Stretch>, ReplicaProblem> {
        self.store.stretch(log, from)
    }

    fn ingest(
        &mut self,
        stretches: &[Verified],
        now: i64,
        entropy: &mut dyn Entropy,
    ) -> Result<Ingested, ReplicaProblem> {
        self.blown = burn(self.fuse);
        let crashed = || ReplicaProblem("crashed".to_owned());
        match self.blown {
            Some(Place::Before | Place::Within) => Err(crashed()),
            Some(Place::After) => {
                self.store.ingest(stretches, now, entropy)?;
                Err(crashed())
            }
            None => self.store.ingest(stretches, now, entropy),
        }
    }
}
