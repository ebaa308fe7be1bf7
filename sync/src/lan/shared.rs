//! What the handle and the driver's tasks share.

use super::Heard;
use super::limits::FULL;
use super::state::State;
use crate::id::StationKey;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::Notify;

type Hear = Box<dyn Fn(Heard) -> bool + Send + Sync>;

pub(super) struct Shared {
    pub(super) me: StationKey,
    state: Mutex<State>,
    hear: Hear,
    dice: Mutex<u64>,
    pub(super) dial: Notify,
    pub(super) announce: Notify,
    pub(super) stop: Notify,
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Shared({})", self.me)
    }
}

impl Shared {
    pub(super) fn new(me: StationKey, hear: Hear) -> Self {
        let seed = me.0.iter().fold(0u64, |seed, byte| seed.rotate_left(8) ^ u64::from(*byte));
        Self {
            me,
            state: Mutex::new(State::new(me)),
            hear,
            dice: Mutex::new(seed),
            dial: Notify::new(),
            announce: Notify::new(),
            stop: Notify::new(),
        }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn now(&self) -> Instant {
        Instant::now()
    }

    /// Something is wanted that was not before.
    pub(super) fn wake(&self) {
        self.dial.notify_one();
        self.announce.notify_one();
    }

    /// Tells the listener, as often as its queue is full.
    pub(super) async fn tell(&self, heard: Heard) {
        while !(self.hear)(heard.clone()) {
            tokio::time::sleep(FULL).await;
        }
    }

    /// A number below `bound`, other for each station: only to keep stations from acting in step.
    pub(super) fn dice(&self, bound: u64) -> u64 {
        let mut dice = self.dice.lock().unwrap_or_else(PoisonError::into_inner);
        *dice = dice.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (*dice ^ (*dice >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        (mixed ^ (mixed >> 31)) % bound.max(1)
    }

    /// A pause of about this long, +-25 %.
    pub(super) fn pause(&self, about_ms: u64) -> Duration {
        Duration::from_millis(about_ms * 3 / 4 + self.dice(about_ms / 2 + 1))
    }
}
