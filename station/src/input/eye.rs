//! The camera of this laptop: pictures come in, codes go to the bus, and screens are shown what the camera sees.
//!
//! It is on only while a screen looks: nobody is filmed by a laptop that stands about. One thread takes pictures, this
//! one reads them; pictures that come while one is read are dropped, so that none is ever old.

use super::preview::{Preview, Shown};
use hardware::camera::{Camera, Source, SourceError, State};
use hardware::decode::{Code, Decoder, Options};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// The camera stays on for so long after the last screen looked: a page that is loaded anew finds it on.
const LOOKED_FOR: Duration = Duration::from_secs(3);
/// The longest wait for a picture before it is seen how the camera is.
const PICTURE_WAIT: Duration = Duration::from_millis(200);
/// The longest that a screen waits for something new.
const SHOW_WAIT: Duration = Duration::from_millis(500);

/// Opens a camera; asked again after it was unplugged.
pub(super) type Opener = Box<dyn FnMut() -> Result<Box<dyn Source>, SourceError> + Send>;
/// Called with what was read in a picture, the most central first, and when the picture was taken.
pub(super) type Readings = Box<dyn FnMut(&[Code], Instant) + Send>;
/// Called when how the camera is has changed.
pub(super) type Changes = Box<dyn FnMut() + Send>;

/// What an eye is made of.
pub(super) struct Parts {
    /// Opens the camera, each time somebody begins to look.
    pub(super) open: Box<dyn FnMut() -> Opener + Send>,
    /// The kinds of codes to look for.
    pub(super) options: Options,
    /// Who is told what was read.
    pub(super) read: Readings,
    /// Who is told that the camera's state has changed.
    pub(super) changed: Changes,
}

/// A camera and whoever reads its pictures.
#[derive(Debug)]
pub(super) struct Eye {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Shared {
    sight: Mutex<Sight>,
    something: Condvar,
}

#[derive(Debug, Default)]
struct Sight {
    /// When a screen last looked.
    looked: Option<Instant>,
    closed: bool,
    shown: Arc<Shown>,
}

impl Shared {
    fn sight(&self) -> MutexGuard<'_, Sight> {
        self.sight.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn show(&self, shown: Shown) {
        self.sight().shown = Arc::new(shown);
        self.something.notify_all();
    }
}

impl Sight {
    fn is_looked_at(&self) -> bool {
        self.looked.is_some_and(|looked| looked.elapsed() < LOOKED_FOR)
    }
}

impl Eye {
    pub(super) fn open(parts: Parts) -> Self {
        let shared = Arc::<Shared>::default();
        let of_thread = Arc::clone(&shared);
        let thread = std::thread::spawn(move || watch(&of_thread, parts));
        Self { shared, thread: Some(thread) }
    }

    /// What the camera sees, as soon as there is something after number `after`. Keeps the camera on.
    pub(super) fn look(&self, after: u32) -> Arc<Shown> {
        let mut sight = self.shared.sight();
        sight.looked = Some(Instant::now());
        self.shared.something.notify_all();
        let old = |sight: &mut Sight| !sight.closed && sight.shown.number <= after;
        let waited = self.shared.something.wait_timeout_while(sight, SHOW_WAIT, old);
        let (mut sight, _) = waited.unwrap_or_else(PoisonError::into_inner);
        sight.looked = Some(Instant::now());
        Arc::clone(&sight.shown)
    }

    /// How the camera is.
    pub(super) fn state(&self) -> Option<State> {
        self.shared.sight().shown.state.clone()
    }
}

impl Drop for Eye {
    fn drop(&mut self) {
        self.shared.sight().closed = true;
        self.shared.something.notify_all();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Until the eye is closed: waits for a screen, looks for as long as one does, and waits again.
fn watch(shared: &Shared, mut parts: Parts) {
    let mut number = 0;
    loop {
        let idle = |sight: &mut Sight| !sight.closed && !sight.is_looked_at();
        let sight = shared.something.wait_while(shared.sight(), idle);
        if sight.unwrap_or_else(PoisonError::into_inner).closed {
            return;
        }
        see(shared, &mut parts, &mut number);
        number += 1;
        shared.show(Shown { number, ..Shown::default() });
        (parts.changed)();
    }
}

/// As long as a screen looks.
fn see(shared: &Shared, parts: &mut Parts, number: &mut u32) {
    let camera = Camera::start((parts.open)());
    let mut decoder = Decoder::new(parts.options.clone());
    let (mut last, mut before) = (0, None);
    loop {
        {
            let sight = shared.sight();
            if sight.closed || !sight.is_looked_at() {
                return;
            }
        }
        let frame = camera.latest(last, PICTURE_WAIT);
        let state = Some(camera.state());
        let is_news = kind(state.as_ref()) != kind(before.as_ref());
        if frame.is_none() && !is_news {
            continue;
        }
        *number += 1;
        let mut shown = Shown { number: *number, state: state.clone(), ..Shown::default() };
        if let Some(frame) = frame {
            last = frame.number;
            let look = decoder.frame(&frame.luma);
            if !look.codes.is_empty() {
                (parts.read)(&look.codes, frame.taken);
            }
            shown.picture = Some(Preview { frame, look });
        } else if let Some(picture) = shared.sight().shown.picture.clone()
            && matches!(state, Some(State::Ended))
        {
            // The last picture of a film stays.
            shown.picture = Some(picture);
        }
        shared.show(shown);
        if is_news {
            before = state;
            (parts.changed)();
        }
    }
}

/// What of a state is worth telling: not each second of a wait.
fn kind(state: Option<&State>) -> (u8, Option<String>) {
    match state {
        None => (0, None),
        Some(State::Starting) => (1, None),
        Some(State::Running { .. }) => (2, None),
        Some(State::Lost { error, .. }) => (3, Some(error.to_string())),
        Some(State::Ended) => (4, None),
    }
}
