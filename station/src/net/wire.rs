//! What the network brings, waiting for the owner's loop: bounded, so that whoever sends too much waits himself.

use crate::owner::Waker;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;
use sync::lan::Heard;

/// Pieces of at most 64 KiB that wait for the owner: what it takes in some tenths of a second.
const WAITING_MAX: usize = 256;
/// Bytes that the owner takes at once: a transaction for each piece would write the same pages again and again, and
/// a verdict waits no longer than for some thousand check-ins.
pub(crate) const TOGETHER_MAX: usize = 256 * 1024;
/// How often the engines look around.
const TICK_EVERY: Duration = Duration::from_millis(250);

/// Something for the owner's loop.
#[derive(Debug)]
pub(super) enum Told {
    Heard(Heard),
    /// Some time has passed.
    Tick,
}

/// The queue between the network's threads and the owner's loop.
#[derive(Debug)]
pub(crate) struct Wire {
    queue: Mutex<VecDeque<Told>>,
    ticking: AtomicBool,
    waker: Waker,
}

impl Wire {
    pub(crate) fn new(waker: Waker) -> Self {
        Self { queue: Mutex::default(), ticking: AtomicBool::new(false), waker }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, VecDeque<Told>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn waiting(&self) -> usize {
        self.lock().len()
    }

    /// The next thing, with the pieces of the same lane that came right after it.
    pub(super) fn next(&self) -> Option<Told> {
        let mut queue = self.lock();
        let mut told = queue.pop_front()?;
        if let Told::Heard(Heard::Bytes { link, lane, bytes }) = &mut told {
            while let Some(Told::Heard(Heard::Bytes { link: of, lane: on, bytes: more })) =
                queue.front()
                && (of, on) == (&*link, &*lane)
                && bytes.len() + more.len() <= TOGETHER_MAX
            {
                bytes.extend_from_slice(more);
                queue.pop_front();
            }
        }
        Some(told)
    }

    /// Takes what the network brings; whether there was room.
    pub(super) fn hear(&self, heard: Heard) -> bool {
        let mut queue = self.lock();
        if queue.len() >= WAITING_MAX {
            return false;
        }
        queue.push_back(Told::Heard(heard));
        drop(queue);
        self.waker.wake();
        true
    }

    /// Lets the owner look around now and then, for as long as there is one.
    pub(super) fn tick(wire: &Arc<Self>) {
        if wire.ticking.swap(true, Ordering::SeqCst) {
            return;
        }
        let weak: Weak<Self> = Arc::downgrade(wire);
        let tick = move || {
            while let Some(wire) = weak.upgrade() {
                wire.hear_tick();
                drop(wire);
                crate::owner::pause(TICK_EVERY);
            }
        };
        // Without the thread nothing is healed, but all that comes is still taken.
        let _ = std::thread::Builder::new().name("ticker".to_owned()).spawn(tick);
    }

    fn hear_tick(&self) {
        let mut queue = self.lock();
        // An owner that is busy does not look around twice for it.
        if !queue.iter().any(|told| matches!(told, Told::Tick)) {
            queue.push_back(Told::Tick);
        }
        drop(queue);
        self.waker.wake();
    }
}
