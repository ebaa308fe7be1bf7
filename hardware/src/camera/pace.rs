//! Time for sources: as it passes, or as fast as a test can go.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A clock that can be waited on.
pub trait Pace: Send + Sync + fmt::Debug {
    /// The time now.
    fn now(&self) -> Instant;
    /// Returns when so much time has passed.
    fn wait(&self, time: Duration);
}

/// Time as it passes.
#[derive(Debug, Clone, Copy, Default)]
pub struct RealTime;

impl Pace for RealTime {
    fn now(&self) -> Instant {
        Instant::now()
    }

    fn wait(&self, time: Duration) {
        std::thread::sleep(time);
    }
}

/// Time that leaps over every wait: films of hours are over at once.
#[derive(Debug)]
pub struct Leaping {
    start: Instant,
    waited: Mutex<Duration>,
}

impl Default for Leaping {
    fn default() -> Self {
        Self { start: Instant::now(), waited: Mutex::default() }
    }
}

impl Leaping {
    /// How much was waited in all.
    #[must_use]
    pub fn waited(&self) -> Duration {
        *self.waited.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pace for Leaping {
    fn now(&self) -> Instant {
        self.start + self.waited()
    }

    fn wait(&self, time: Duration) {
        *self.waited.lock().unwrap_or_else(PoisonError::into_inner) += time;
    }
}
