//! Battery, mains and staying awake: what a laptop at a door does about its power.
//!
//! One thread looks at the battery and holds sleep and screen lock off, so that neither a slow battery nor a desktop
//! that does not answer keeps a door waiting. What it sees is picked up by the owner's loop.

#[cfg(target_os = "linux")]
mod awake;
// Another system's way to stay awake would be a file beside this one. Unproven: none is known yet.
#[cfg(not(target_os = "linux"))]
mod elsewhere;
mod supply;

#[cfg(target_os = "linux")]
use awake::Hold;
#[cfg(not(target_os = "linux"))]
use elsewhere::Hold;
use std::path::PathBuf;
use std::time::Duration;
use tokio::sync::watch;

/// How often the battery is looked at: it loses a percent in minutes. Also how soon it is tried again to stay awake.
const LOOK_EVERY: Duration = Duration::from_secs(10);
/// Names another folder of power supplies than the system's.
const SUPPLY_VARIABLE: &str = "LANYARD_POWER_SUPPLY";
/// Where Linux shows its power supplies.
const SUPPLIES: &str = "/sys/class/power_supply";

/// How a laptop is powered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Power {
    /// Charge in percent; none: there is no battery, or it does not say.
    pub(crate) battery: Option<u8>,
    /// Whether it runs on mains; none: not known.
    pub(crate) on_mains: Option<bool>,
}

/// What the thread has seen last.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    /// How the laptop is powered.
    pub(crate) power: Power,
    /// Whether it is kept from sleeping.
    pub(crate) awake: bool,
}

/// Looks after the laptop until it is dropped; then the laptop may sleep.
#[derive(Debug)]
pub(crate) struct Keeper {
    wanted: watch::Sender<bool>,
    seen: watch::Receiver<Seen>,
}

impl Keeper {
    /// Looks at this laptop's own supplies, or where the environment says.
    pub(crate) fn start() -> Self {
        let named = std::env::var_os(SUPPLY_VARIABLE).filter(|path| !path.is_empty());
        Self::start_at(named.map_or_else(|| PathBuf::from(SUPPLIES), PathBuf::from))
    }

    fn start_at(supplies: PathBuf) -> Self {
        let (wanted, wants) = watch::channel(false);
        let (tell, seen) = watch::channel(Seen::default());
        let work = move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            if let Ok(runtime) = runtime {
                runtime.block_on(keep(supplies, wants, tell));
                // Whoever waits for a bus that does not answer is not waited for.
                runtime.shutdown_background();
            }
        };
        // Without the thread the laptop is as one without a battery, and sleeps when it likes; `awake` says so.
        let _ = std::thread::Builder::new().name("power".to_owned()).spawn(work);
        Self { wanted, seen }
    }

    /// What was seen last. Never waits.
    pub(crate) fn seen(&self) -> Seen {
        *self.seen.borrow()
    }

    /// Whether the laptop is to be kept awake from now on.
    pub(crate) fn stay_awake(&self, wanted: bool) {
        self.wanted.send_if_modified(|was| std::mem::replace(was, wanted) != wanted);
    }
}

/// Looks after the laptop until nobody wants it any more.
async fn keep(supplies: PathBuf, mut wanted: watch::Receiver<bool>, seen: watch::Sender<Seen>) {
    let mut hold = Hold::default();
    loop {
        if *wanted.borrow_and_update() {
            hold.take().await;
        } else {
            hold.release().await;
        }
        let now = Seen { power: supply::read(&supplies), awake: hold.is_awake() };
        seen.send_if_modified(|was| std::mem::replace(was, now) != now);
        if let Ok(Err(_)) = tokio::time::timeout(LOOK_EVERY, wanted.changed()).await {
            hold.release().await;
            return;
        }
    }
}
