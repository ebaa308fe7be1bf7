//! Scanners on a serial line, as most on USB can be set to: what they send comes as it is, whichever window has the
//! focus. They are opened again after they were unplugged, under whatever name they come back.

mod ports;
mod splitter;

pub use ports::{Port, list};
pub use splitter::{Piece, Splitter};

use serialport::{ErrorKind, SerialPort};
use std::fmt;
use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// What scanners are set to when they are new. On USB the rate says nothing.
const BAUD: u32 = 9_600;
/// How long a read waits: half of the silence that ends a code without an end.
const READ_WAIT: Duration = Duration::from_millis(40);
/// The first wait before a scanner that is not there is looked for again; doubled up to the last.
const LOOK_FIRST: Duration = Duration::from_millis(250);
/// The longest wait before a scanner that is not there is looked for again.
const LOOK_LAST: Duration = Duration::from_secs(2);

/// How a scanner is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// It is being looked for.
    Starting,
    /// What it reads is heard.
    Listening,
    /// It sends what no scanner sends.
    Noise,
    /// It is not heard; it is looked for again.
    Lost(Lost),
}

/// Why a scanner is not heard.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Lost {
    /// It is not plugged in.
    #[error("the scanner is not plugged in")]
    Gone,
    /// This user may not open it.
    #[error("this user may not open the port; on Linux, members of the group dialout may")]
    Denied,
    /// Another program has it.
    #[error("another program has the port open")]
    Busy,
    /// It is no serial port, or does not work.
    #[error("the port cannot be used: {0}")]
    Failed(String),
}

/// What comes of a scanner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// A code was read.
    Code {
        /// What it says.
        text: String,
        /// Its kind, where the scanner says it.
        symbology: Option<&'static str>,
        /// When its last byte came.
        at: Instant,
    },
    /// How it is has changed.
    State(State),
}

/// A scanner that is listened to, in a thread of its own.
pub struct Scanner {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl fmt::Debug for Scanner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Scanner({:?})", self.state())
    }
}

#[derive(Debug)]
struct Shared {
    now: Mutex<Now>,
    ended: Condvar,
}

#[derive(Debug)]
struct Now {
    state: State,
    ended: bool,
}

impl Scanner {
    /// Listens to the scanner with that id, or at that path, until this is dropped.
    pub fn listen(id: String, heard: impl FnMut(Heard) + Send + 'static) -> Self {
        let now = Mutex::new(Now { state: State::Starting, ended: false });
        let shared = Arc::new(Shared { now, ended: Condvar::new() });
        let of_thread = Arc::clone(&shared);
        let thread = std::thread::spawn(move || {
            Listener { id, shared: of_thread, heard: Box::new(heard) }.run();
        });
        Self { shared, thread: Some(thread) }
    }

    /// How it is.
    #[must_use]
    pub fn state(&self) -> State {
        self.shared.now().state.clone()
    }
}

impl Drop for Scanner {
    fn drop(&mut self) {
        self.shared.now().ended = true;
        self.shared.ended.notify_all();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Shared {
    fn now(&self) -> MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_ended(&self) -> bool {
        self.now().ended
    }

    /// Waits, or less where it is to end.
    fn wait(&self, long: Duration) {
        let waited = self.ended.wait_timeout_while(self.now(), long, |now| !now.ended);
        drop(waited.unwrap_or_else(PoisonError::into_inner));
    }
}

/// What runs in the thread.
struct Listener {
    id: String,
    shared: Arc<Shared>,
    heard: Box<dyn FnMut(Heard) + Send>,
}

impl Listener {
    fn run(mut self) {
        let mut wait = LOOK_FIRST;
        while !self.shared.is_ended() {
            let lost = match open(&self.id) {
                Ok(port) => {
                    wait = LOOK_FIRST;
                    self.becomes(State::Listening);
                    self.read(port)
                }
                Err(lost) => lost,
            };
            if self.shared.is_ended() {
                return;
            }
            self.becomes(State::Lost(lost));
            self.shared.wait(wait);
            wait = (wait * 2).min(LOOK_LAST);
        }
    }

    /// Until it is unplugged, or this is to end.
    fn read(&mut self, mut port: Box<dyn SerialPort>) -> Lost {
        let begun = Instant::now();
        let mut splitter = Splitter::default();
        let mut bytes = [0; 512];
        while !self.shared.is_ended() {
            let read = port.read(&mut bytes);
            let now_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
            let pieces = match read {
                // The end of a line that nobody holds any more.
                Ok(0) => return Lost::Gone,
                Ok(count) => splitter.push(bytes.get(..count).unwrap_or_default(), now_ms),
                Err(error) if is_idle(&error) => splitter.idle(now_ms),
                Err(_) => return Lost::Gone,
            };
            for piece in pieces {
                self.take(piece);
            }
        }
        Lost::Gone
    }

    fn take(&mut self, piece: Piece) {
        match piece {
            Piece::Noise => self.becomes(State::Noise),
            Piece::Code { text, symbology } => {
                self.becomes(State::Listening);
                (self.heard)(Heard::Code { text, symbology, at: Instant::now() });
            }
        }
    }

    /// Tells a change, once.
    fn becomes(&mut self, state: State) {
        let before = std::mem::replace(&mut self.shared.now().state, state.clone());
        if before != state {
            (self.heard)(Heard::State(state));
        }
    }
}

fn is_idle(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::TimedOut | io::ErrorKind::Interrupted | io::ErrorKind::WouldBlock
    )
}

fn open(id: &str) -> Result<Box<dyn SerialPort>, Lost> {
    let path = ports::path_of(id).ok_or(Lost::Gone)?;
    serialport::new(path, BAUD).timeout(READ_WAIT).open().map_err(|error| lost(&error))
}

fn lost(error: &serialport::Error) -> Lost {
    let words = error.description.clone();
    match error.kind() {
        ErrorKind::Io(io::ErrorKind::PermissionDenied) => Lost::Denied,
        ErrorKind::Io(io::ErrorKind::NotFound) => Lost::Gone,
        ErrorKind::Io(io::ErrorKind::ResourceBusy) => Lost::Busy,
        ErrorKind::NoDevice => match words.to_lowercase() {
            words if words.contains("busy") || words.contains("lock") => Lost::Busy,
            words if words.contains("denied") || words.contains("permission") => Lost::Denied,
            _ => Lost::Gone,
        },
        _ => Lost::Failed(words),
    }
}
