//! One thread that fetches frames and a slot with the newest. A camera that is lost is opened again and again, ever
//! more slowly; a source that panics is a broken source; a driver that hangs holds up its own thread and nobody else.

use std::any::Any;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::{Controls, Frame, Pace, RealTime, Shot, Source, SourceError};

/// The first wait before a lost camera is opened again: what a plug needs to settle.
const AGAIN_MIN: Duration = Duration::from_millis(250);
/// The longest: so long a person waits for the picture who has plugged the camera in.
const AGAIN_MAX: Duration = Duration::from_secs(4);
/// Waits are cut into these, so that a camera stops at once.
const SLICE: Duration = Duration::from_millis(50);
/// So many frames, a second's worth, prove that a camera works: the next loss waits the shortest time again.
const PROVEN: u32 = 30;
/// So many damaged frames without a whole one, five seconds' worth, and the camera is opened anew.
const BROKEN_MAX: u32 = 150;
/// Between damaged frames, so that a source which is broken at once each time does not take a whole core.
const AFTER_BROKEN: Duration = Duration::from_millis(5);
/// A driver that has not answered for so long hangs. The slowest cameras open and answer within three.
const STALLED: Duration = Duration::from_secs(5);
/// So long the owner waits for the thread to end; one that hangs in a driver is left behind.
const FAREWELL: Duration = Duration::from_millis(500);
/// How much the newest gap between frames counts in the rate that is shown.
const NEWEST_SHARE: f32 = 0.1;

/// What a camera is doing.
#[derive(Debug, Clone, PartialEq)]
pub enum State {
    /// It is being opened; no frame has come yet.
    Starting,
    /// Frames come.
    Running {
        /// Frames a second, measured; 0 before the second frame.
        fps: f32,
        /// Pixels in a row.
        width: u32,
        /// Rows.
        height: u32,
    },
    /// No frames come.
    Lost {
        /// Why, and what to do.
        error: SourceError,
        /// When it is opened again; zero while it is being opened.
        again_in: Duration,
    },
    /// A recording is over.
    Ended,
}

/// A camera that runs. Dropping it stops it.
pub struct Camera {
    shared: Arc<Shared>,
    pace: Arc<dyn Pace>,
    thread: Option<JoinHandle<()>>,
}

impl fmt::Debug for Camera {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Camera").field("state", &self.state()).finish_non_exhaustive()
    }
}

impl Camera {
    /// Starts a camera. `open` is called on the camera's own thread, again each time that it was lost.
    pub fn start(
        open: impl FnMut() -> Result<Box<dyn Source>, SourceError> + Send + 'static,
    ) -> Self {
        Self::start_at(Arc::new(RealTime), open)
    }

    /// The same with another clock for the waits between tries.
    pub fn start_at(
        pace: Arc<dyn Pace>,
        open: impl FnMut() -> Result<Box<dyn Source>, SourceError> + Send + 'static,
    ) -> Self {
        let shared = Arc::new(Shared::new(pace.now()));
        let runner =
            Runner { shared: Arc::clone(&shared), pace: Arc::clone(&pace), again: AGAIN_MIN };
        let spawned =
            std::thread::Builder::new().name("camera".to_owned()).spawn(move || runner.run(open));
        let thread = spawned
            .map_err(|error| {
                let mut slot = shared.slot();
                slot.state = Inner::Lost { error: error.into(), until: pace.now() };
                slot.finished = true;
            })
            .ok();
        Self { shared, pace, thread }
    }

    /// The newest frame with a number above `after`; waits for one up to `wait`. None where none came or none will.
    /// Several readers may wait, and each sees the newest frame only: those between are gone.
    #[must_use]
    pub fn latest(&self, after: u64, wait: Duration) -> Option<Arc<Frame>> {
        let missing = |slot: &mut Slot| {
            !slot.finished && slot.newest.as_ref().is_none_or(|frame| frame.number <= after)
        };
        let slot = self.shared.slot();
        let (slot, _) = self
            .shared
            .changed
            .wait_timeout_while(slot, wait, missing)
            .unwrap_or_else(PoisonError::into_inner);
        slot.newest.as_ref().filter(|frame| frame.number > after).map(Arc::clone)
    }

    /// What the camera is doing now.
    #[must_use]
    pub fn state(&self) -> State {
        let now = self.pace.now();
        let slot = self.shared.slot();
        match &slot.state {
            Inner::Starting => State::Starting,
            Inner::Running { .. } if now.saturating_duration_since(slot.answered) > STALLED => {
                State::Lost { error: SourceError::Stalled, again_in: Duration::ZERO }
            }
            Inner::Running { fps, width, height } => {
                State::Running { fps: *fps, width: *width, height: *height }
            }
            Inner::Lost { error, until } => {
                State::Lost { error: error.clone(), again_in: until.saturating_duration_since(now) }
            }
            Inner::Ended => State::Ended,
        }
    }

    /// What can be set on this camera, with what it is set to.
    #[must_use]
    pub fn controls(&self) -> Controls {
        self.shared.slot().controls
    }

    /// Sets what is some, before the next frame and each time that the camera is opened again. What the camera does
    /// not have is left out; [`Camera::controls`] says what came of it.
    pub fn set(&self, wanted: Controls) {
        let mut slot = self.shared.slot();
        slot.wanted = merged(slot.wanted, wanted);
        slot.unset = true;
    }
}

impl Drop for Camera {
    fn drop(&mut self) {
        let mut slot = self.shared.slot();
        slot.stop = true;
        let (slot, _) = self
            .shared
            .changed
            .wait_timeout_while(slot, FAREWELL, |slot| !slot.finished)
            .unwrap_or_else(PoisonError::into_inner);
        let finished = slot.finished;
        drop(slot);
        if let Some(thread) = self.thread.take().filter(|_| finished) {
            // Its panics are caught within; there is nothing to learn from how it ended.
            let _ = thread.join();
        }
    }
}

fn merged(old: Controls, new: Controls) -> Controls {
    Controls {
        torch: new.torch.or(old.torch),
        auto_exposure: new.auto_exposure.or(old.auto_exposure),
        exposure_us: new.exposure_us.or(old.exposure_us),
        auto_focus: new.auto_focus.or(old.auto_focus),
    }
}

/// [`State`] with times instead of waits.
enum Inner {
    Starting,
    Running { fps: f32, width: u32, height: u32 },
    Lost { error: SourceError, until: Instant },
    Ended,
}

struct Slot {
    newest: Option<Arc<Frame>>,
    state: Inner,
    /// When the source last answered anything.
    answered: Instant,
    wanted: Controls,
    /// `wanted` is not yet set on the camera.
    unset: bool,
    controls: Controls,
    stop: bool,
    finished: bool,
}

struct Shared {
    slot: Mutex<Slot>,
    changed: Condvar,
}

impl Shared {
    fn new(now: Instant) -> Self {
        let slot = Slot {
            newest: None,
            state: Inner::Starting,
            answered: now,
            wanted: Controls::default(),
            unset: false,
            controls: Controls::default(),
            stop: false,
            finished: false,
        };
        Self { slot: Mutex::new(slot), changed: Condvar::new() }
    }

    fn slot(&self) -> MutexGuard<'_, Slot> {
        // Nothing panics while it holds the slot, and half a change would still be a slot.
        self.slot.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Why frames stopped coming.
enum Stopped {
    ByOwner,
    AtEnd,
    Lost(SourceError),
}

/// The thread's side.
struct Runner {
    shared: Arc<Shared>,
    pace: Arc<dyn Pace>,
    /// The next wait before the camera is opened again.
    again: Duration,
}

impl Runner {
    fn run(mut self, mut open: impl FnMut() -> Result<Box<dyn Source>, SourceError>) {
        loop {
            match self.fetch(&mut open) {
                Stopped::ByOwner => break,
                Stopped::AtEnd => {
                    self.shared.slot().state = Inner::Ended;
                    break;
                }
                Stopped::Lost(error) => {
                    if !self.back_off(error) {
                        break;
                    }
                }
            }
        }
        self.shared.slot().finished = true;
        self.shared.changed.notify_all();
    }

    /// Waits before the next try; false when the owner wants no other.
    fn back_off(&mut self, error: SourceError) -> bool {
        let until = self.pace.now() + self.again;
        self.shared.slot().state = Inner::Lost { error, until };
        self.again = (self.again * 2).min(AGAIN_MAX);
        loop {
            if self.shared.slot().stop {
                return false;
            }
            let left = until.saturating_duration_since(self.pace.now());
            if left.is_zero() {
                return true;
            }
            self.pace.wait(left.min(SLICE));
        }
    }

    /// Opens the source and fetches frames until there are no more.
    fn fetch(
        &mut self,
        open: &mut impl FnMut() -> Result<Box<dyn Source>, SourceError>,
    ) -> Stopped {
        if self.shared.slot().stop {
            return Stopped::ByOwner;
        }
        let mut source = match guarded(open) {
            Ok(source) => source,
            Err(SourceError::Ended) => return Stopped::AtEnd,
            Err(error) => return Stopped::Lost(error),
        };
        let stopped = self.fetch_from(source.as_mut());
        // A driver may panic while it is put away, too.
        let _ = catch_unwind(AssertUnwindSafe(|| drop(source)));
        stopped
    }

    fn fetch_from(&mut self, source: &mut dyn Source) -> Stopped {
        let (mut good, mut broken) = (0_u32, 0_u32);
        let mut rate = Rate::default();
        self.opened(source);
        loop {
            if self.shared.slot().stop {
                return Stopped::ByOwner;
            }
            self.set(source);
            let next = guarded(|| source.next());
            self.shared.slot().answered = self.pace.now();
            match next {
                Ok(Some(shot)) => {
                    (good, broken) = (good.saturating_add(1), 0);
                    if good == PROVEN {
                        self.again = AGAIN_MIN;
                    }
                    self.publish(shot, &mut rate);
                }
                Ok(None) => {}
                Err(error @ SourceError::Broken(_)) => {
                    broken += 1;
                    if broken > BROKEN_MAX {
                        return Stopped::Lost(error);
                    }
                    self.pace.wait(AFTER_BROKEN);
                }
                Err(SourceError::Ended) => return Stopped::AtEnd,
                Err(error) => return Stopped::Lost(error),
            }
        }
    }

    fn opened(&self, source: &dyn Source) {
        let controls = controls(source);
        let mut slot = self.shared.slot();
        slot.answered = self.pace.now();
        slot.controls = controls;
        slot.unset = slot.wanted != Controls::default();
    }

    /// Sets on the camera what its owner asked for since.
    fn set(&self, source: &mut dyn Source) {
        let wanted = {
            let mut slot = self.shared.slot();
            std::mem::take(&mut slot.unset).then_some(slot.wanted)
        };
        if let Some(wanted) = wanted {
            // One thing at a time: what the camera lacks does not keep the rest from being set.
            for one in wanted.each() {
                let _ = guarded(|| source.set(one));
            }
            self.shared.slot().controls = controls(source);
        }
    }

    fn publish(&self, shot: Shot, rate: &mut Rate) {
        let fps = rate.with(shot.taken);
        let (width, height) = (shot.luma.width(), shot.luma.height());
        let mut slot = self.shared.slot();
        let number = slot.newest.as_ref().map_or(0, |frame| frame.number) + 1;
        slot.newest = Some(Arc::new(Frame { luma: shot.luma, taken: shot.taken, number }));
        slot.state = Inner::Running { fps, width, height };
        drop(slot);
        self.shared.changed.notify_all();
    }
}

impl Controls {
    /// Each thing to set alone, in the order in which cameras take them: a time only when it is not automatic.
    fn each(self) -> impl Iterator<Item = Self> {
        let none = Self::default();
        [
            Self { torch: self.torch, ..none },
            Self { auto_exposure: self.auto_exposure, ..none },
            Self { exposure_us: self.exposure_us, ..none },
            Self { auto_focus: self.auto_focus, ..none },
        ]
        .into_iter()
        .filter(move |one| *one != none)
    }
}

fn controls(source: &dyn Source) -> Controls {
    guarded(|| Ok(source.controls())).unwrap_or_default()
}

/// Calls into a source; its panic is an error of the source.
fn guarded<T>(call: impl FnOnce() -> Result<T, SourceError>) -> Result<T, SourceError> {
    catch_unwind(AssertUnwindSafe(call))
        .unwrap_or_else(|panic| Err(SourceError::Failed(words(panic.as_ref()))))
}

fn words(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "no reason given".to_owned())
}

/// The rate of frames, smoothed.
#[derive(Default)]
struct Rate {
    last: Option<Instant>,
    /// Seconds from one frame to the next.
    gap: Option<f32>,
}

impl Rate {
    fn with(&mut self, taken: Instant) -> f32 {
        let newest = self
            .last
            .replace(taken)
            .map(|last| taken.saturating_duration_since(last).as_secs_f32());
        self.gap = match (self.gap, newest) {
            (Some(gap), Some(newest)) => Some(gap + NEWEST_SHARE * (newest - gap)),
            (gap, newest) => newest.or(gap),
        };
        self.gap.filter(|gap| *gap > 0.0).map_or(0.0, f32::recip)
    }
}
