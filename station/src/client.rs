//! How a process reaches the station of a folder: it owns the folder itself, or speaks to the process that does, and
//! takes over when that one has gone.

use crate::api::{Answer, Command, Output, Request};
use crate::feed::Happening;
use crate::folder::Folder;
use crate::input::{InputArgs, Inputs};
use crate::limits::{BEAT_EVERY, BUSY_AFTER, LINES_KEPT, RETRY_EVERY};
use crate::net::SyncOptions;
use crate::owner::{Handle, Owner, Progress, pause};
use crate::problem::{Code, Problem};
use crate::remote::{CallProblem, Line};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::RecvTimeoutError;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Instant;

/// A way to the station, for any thread of a process.
#[derive(Debug, Clone)]
pub struct Client(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    folder: Folder,
    owner: Mutex<Option<Owner>>,
    /// Lines to another process that nobody speaks on at the moment.
    lines: Mutex<Vec<Line>>,
    /// Whether this process has reached the station before.
    reached: AtomicBool,
    /// What this process reads codes with.
    inputs: Inputs,
}

/// How many short pauses a listener's longest one has.
const LISTENER_PATIENCE: u32 = 16;

enum Way {
    Owned(Handle),
    Line(Line),
}

impl Client {
    /// A way to the station of a folder. Nothing is touched before something is asked.
    #[must_use]
    pub fn new(folder: Folder) -> Self {
        Self::with_inputs(folder, InputArgs::default())
    }

    /// The same, with what was named to read codes with.
    #[must_use]
    pub fn with_inputs(folder: Folder, named: InputArgs) -> Self {
        Self(Arc::new(Inner {
            inputs: Inputs::new(folder.clone(), named),
            folder,
            owner: Mutex::default(),
            lines: Mutex::default(),
            reached: AtomicBool::new(false),
        }))
    }

    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &Folder {
        &self.0.folder
    }

    /// What this process reads codes with.
    #[must_use]
    pub fn inputs(&self) -> &Inputs {
        &self.0.inputs
    }

    /// Owns the folder or reaches who does, without asking anything yet.
    ///
    /// # Errors
    /// Where there is no folder, or it is `busy` for five seconds.
    pub fn reach(&self) -> Result<(), Problem> {
        if let Way::Line(line) = self.way(deadline())? {
            self.keep(line);
        }
        Ok(())
    }

    /// Asks. An owner that stops before it has taken the request is replaced by the next one, or by this process.
    ///
    /// # Errors
    /// What the station says; `busy` where nobody answers for five seconds.
    pub fn call(&self, request: &Request, progress: &mut dyn FnMut(Progress)) -> Answer {
        let deadline = deadline();
        loop {
            match self.way(deadline)? {
                Way::Owned(handle) => return handle.ask(request.clone(), progress),
                Way::Line(mut line) => match line.call(request, progress) {
                    Ok(outputs) => {
                        self.keep(line);
                        return Ok(outputs);
                    }
                    Err(CallProblem::Answered(problem)) => {
                        if problem.code != Code::Unreachable {
                            self.keep(line);
                        }
                        return Err(problem);
                    }
                    Err(CallProblem::NotTaken) if now() >= deadline => {
                        return Err(busy(&self.0.folder));
                    }
                    Err(CallProblem::NotTaken) => pause(RETRY_EVERY),
                },
            }
        }
    }

    /// Tells `each` what happens, until it says that it has heard enough. A thread of its own, because it waits.
    ///
    /// Says when the station goes away and when it is back, and beats when nothing happens.
    pub fn listen(
        &self,
        mut each: impl FnMut(&Happening) -> bool + Send + 'static,
    ) -> JoinHandle<()> {
        let client = self.clone();
        std::thread::spawn(move || {
            // Whoever listens is told that the station is there once it is really heard.
            let (mut up, mut failed) = (false, 0);
            loop {
                let heard = client.way(now()).map(|way| match way {
                    Way::Owned(handle) => hear(&handle, &mut up, &mut each),
                    Way::Line(line) => line.listen(&mut |what| hear_one(what, &mut up, &mut each)),
                });
                if let Ok(false) = heard {
                    return;
                }
                failed = if up { 0 } else { failed + 1 };
                let lost = std::mem::replace(&mut up, false);
                let what = if lost { Happening::Link { up: false } } else { Happening::Beat };
                // Also to notice that nobody listens any more.
                if !each(&what) {
                    return;
                }
                pause(RETRY_EVERY * 4 * (failed + 1).min(LISTENER_PATIENCE));
            }
        })
    }

    /// Lets the station speak with others from now on, whichever process owns it; the addresses at which it is found.
    ///
    /// # Errors
    /// Where it cannot listen.
    pub fn keep_in_touch(&self, options: SyncOptions) -> Result<Vec<SocketAddr>, Problem> {
        let request = Request::new(None, None, Command::SyncStart(options));
        let told = self.call(&request, &mut |_| {})?;
        let (client, mut first) = (self.clone(), true);
        self.listen(move |what| {
            // The next owner does not know of it yet.
            if matches!(what, Happening::Link { up: true }) && !std::mem::replace(&mut first, false)
            {
                let _ = client.call(&request, &mut |_| {});
            }
            true
        });
        let addresses = told.into_iter().find_map(|output| match output {
            Output::Note(note) => Some(note),
            _ => None,
        });
        let addresses = addresses.unwrap_or_default();
        Ok(addresses.split_whitespace().filter_map(|text| text.parse().ok()).collect())
    }

    fn keep(&self, line: Line) {
        let mut lines = self.0.lines.lock().unwrap_or_else(PoisonError::into_inner);
        if lines.len() < LINES_KEPT {
            lines.push(line);
        }
    }

    fn way(&self, deadline: Instant) -> Result<Way, Problem> {
        let folder = &self.0.folder;
        if !folder.is_there() {
            return Err(Problem::new(
                Code::NoEvent,
                format!("There is no Lanyard data in {}.", folder.path().display()),
                "Make an event with `lanyard event new --name NAME --timezone ZONE`, or give the right folder with --data.",
            ));
        }
        loop {
            let mut owner = self.0.owner.lock().unwrap_or_else(PoisonError::into_inner);
            if owner.as_ref().is_some_and(|owner| !owner.is_alive()) {
                *owner = None;
            }
            if let Some(owner) = owner.as_ref() {
                return Ok(Way::Owned(owner.handle().clone()));
            }
            let kept = self.0.lines.lock().unwrap_or_else(PoisonError::into_inner).pop();
            if let Some(line) = kept {
                return Ok(Way::Line(line));
            }
            if let Some(lock) = folder.lock()? {
                // Nobody was here when this process came: what was handed over for an import is nobody's any more.
                if !self.0.reached.swap(true, Ordering::SeqCst) {
                    folder.clear_uploads(0);
                }
                let started = owner.insert(Owner::start(folder.clone(), lock)?);
                return Ok(Way::Owned(started.handle().clone()));
            }
            drop(owner);
            if let Some(line) = Line::reach(&folder.canonical()) {
                self.0.reached.store(true, Ordering::SeqCst);
                return Ok(Way::Line(line));
            }
            if now() >= deadline {
                return Err(busy(folder));
            }
            pause(RETRY_EVERY);
        }
    }
}

/// Hears an owner of this process; whether to go on once it has gone.
fn hear(handle: &Handle, up: &mut bool, each: &mut dyn FnMut(&Happening) -> bool) -> bool {
    let Some(ears) = handle.listen() else { return true };
    if !hear_one(&Happening::Beat, up, each) {
        return false;
    }
    loop {
        let go_on = match ears.recv_timeout(BEAT_EVERY) {
            Ok(what) => each(&what),
            Err(RecvTimeoutError::Timeout) => each(&Happening::Beat),
            Err(RecvTimeoutError::Disconnected) => return true,
        };
        if !go_on {
            return false;
        }
    }
}

fn hear_one(what: &Happening, up: &mut bool, each: &mut dyn FnMut(&Happening) -> bool) -> bool {
    if !std::mem::replace(up, true) && !each(&Happening::Link { up: true }) {
        return false;
    }
    each(what)
}

fn deadline() -> Instant {
    now() + BUSY_AFTER
}

fn now() -> Instant {
    Instant::now()
}

fn busy(folder: &Folder) -> Problem {
    let who =
        folder.owner().map_or_else(|| "another process".to_owned(), |pid| format!("process {pid}"));
    Problem::new(
        Code::Busy,
        format!("{} is owned by {who}, which does not answer.", folder.path().display()),
        "Wait until it is done, or end it if it hangs; nothing that it has shown as done is lost.",
    )
}
