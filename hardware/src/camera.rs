//! Cameras, and what stands in for one: whatever gives one grey picture after the other.
//!
//! A thread takes pictures and keeps only the latest: whoever is slow sees fewer, and never an old one. A camera that is
//! pulled out is looked for until it is back.

mod source;

pub use source::{CameraName, Source, SourceError, film, list, webcam};

use crate::Luma;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// The first pause before a camera that was lost is opened again; each later one is twice as long.
const AGAIN_FIRST: Duration = Duration::from_millis(250);
/// The longest pause.
const AGAIN_LAST: Duration = Duration::from_secs(4);
/// Pictures in a row that cannot be used before the camera counts as broken: a second.
const BROKEN_MAX: u32 = 30;
/// A camera whose driver hangs is left to itself after this time.
const END_WAIT: Duration = Duration::from_secs(1);

/// A picture of a camera.
#[derive(Debug, Clone)]
pub struct Frame {
    /// The picture.
    pub luma: Luma,
    /// When it was taken.
    pub taken: Instant,
    /// Counts up from 1.
    pub number: u64,
}

/// How a camera is.
#[derive(Debug, Clone)]
pub enum State {
    /// It is being opened.
    Starting,
    /// Pictures come.
    Running {
        /// Pixels in a row.
        width: u32,
        /// Rows.
        height: u32,
    },
    /// None come; it is tried again.
    Lost {
        /// Why.
        error: SourceError,
    },
    /// There will be no more: a film is over.
    Ended,
}

/// A camera that is on until this is dropped.
#[derive(Debug)]
pub struct Camera {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    slot: Mutex<Slot>,
    something: Condvar,
}

#[derive(Debug)]
struct Slot {
    latest: Option<Arc<Frame>>,
    state: State,
    closed: bool,
    ended: bool,
}

impl Shared {
    fn slot(&self) -> MutexGuard<'_, Slot> {
        self.slot.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, state: State) {
        self.slot().state = state;
        self.something.notify_all();
    }

    /// Waits; whether the camera is still wanted.
    fn pause(&self, pause: Duration) -> bool {
        let open = |slot: &mut Slot| !slot.closed;
        let waited = self.something.wait_timeout_while(self.slot(), pause, open);
        !waited.unwrap_or_else(PoisonError::into_inner).0.closed
    }
}

impl Camera {
    /// Opens a camera, and again whenever it was lost.
    pub fn start(
        open: impl FnMut() -> Result<Box<dyn Source>, SourceError> + Send + 'static,
    ) -> Self {
        let slot = Slot { latest: None, state: State::Starting, closed: false, ended: false };
        let shared = Arc::new(Shared { slot: Mutex::new(slot), something: Condvar::new() });
        let of_thread = Arc::clone(&shared);
        let thread = std::thread::spawn(move || {
            run(&of_thread, open);
            of_thread.slot().ended = true;
            of_thread.something.notify_all();
        });
        Self { shared, thread: Some(thread) }
    }

    /// The latest picture after number `after`; waits for one.
    #[must_use]
    pub fn latest(&self, after: u64, wait: Duration) -> Option<Arc<Frame>> {
        let is_old = |slot: &mut Slot| {
            !slot.ended && slot.latest.as_ref().is_none_or(|frame| frame.number <= after)
        };
        let waited = self.shared.something.wait_timeout_while(self.shared.slot(), wait, is_old);
        let (slot, _) = waited.unwrap_or_else(PoisonError::into_inner);
        slot.latest.clone().filter(|frame| frame.number > after)
    }

    /// How it is.
    #[must_use]
    pub fn state(&self) -> State {
        self.shared.slot().state.clone()
    }
}

impl Drop for Camera {
    fn drop(&mut self) {
        self.shared.slot().closed = true;
        self.shared.something.notify_all();
        let running = |slot: &mut Slot| !slot.ended;
        let slot = self.shared.slot();
        let waited = self.shared.something.wait_timeout_while(slot, END_WAIT, running);
        let ended = waited.unwrap_or_else(PoisonError::into_inner).0.ended;
        if let Some(thread) = self.thread.take().filter(|_| ended) {
            let _ = thread.join();
        }
    }
}

/// Until nobody wants the camera any more, or it has ended.
fn run(shared: &Shared, mut open: impl FnMut() -> Result<Box<dyn Source>, SourceError>) {
    let (mut again, mut number) = (AGAIN_FIRST, 0);
    loop {
        let before = number;
        let lost = match caught(&mut open) {
            Ok(source) => watch(shared, source, &mut number),
            Err(error) => Some(error),
        };
        let Some(error) = lost else { return };
        if matches!(error, SourceError::Ended) {
            return shared.set(State::Ended);
        }
        shared.set(State::Lost { error });
        again = if number > before { AGAIN_FIRST } else { (again * 2).min(AGAIN_LAST) };
        if !shared.pause(again) {
            return;
        }
    }
}

/// As long as pictures come; why they do no more, unless nobody wants them.
fn watch(shared: &Shared, mut source: Box<dyn Source>, number: &mut u64) -> Option<SourceError> {
    let mut broken = 0;
    loop {
        if shared.slot().closed {
            return None;
        }
        match caught(|| source.next()) {
            Ok(luma) => {
                broken = 0;
                *number += 1;
                let state = State::Running { width: luma.width(), height: luma.height() };
                let frame = Frame { luma, taken: Instant::now(), number: *number };
                let mut slot = shared.slot();
                slot.latest = Some(Arc::new(frame));
                slot.state = state;
                drop(slot);
                shared.something.notify_all();
            }
            Err(SourceError::Broken(_)) if broken < BROKEN_MAX => broken += 1,
            Err(error) => return Some(error),
        }
    }
}

/// What a driver should not do ends the driver's pictures, and nothing else.
fn caught<T>(work: impl FnOnce() -> Result<T, SourceError>) -> Result<T, SourceError> {
    let told = || Err(SourceError::Broken("its driver failed".to_owned()));
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| told())
}
