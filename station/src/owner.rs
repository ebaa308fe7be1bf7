//! The owner of a data folder: one thread that holds the station and takes one input after the other.
//!
//! A command of this process and those of other processes, which come over a local socket, are the same inputs in the
//! same bounded queue. While an import is under way, its next step is taken only when nobody is waiting.

use crate::api::{Answer, Command, Request};
use crate::clock;
use crate::folder::{Folder, Lock};
use crate::import::{Import, Prepared, Step, mapping, prepare, profile_setting};
use crate::limits::{AWAKE_FOR, INPUTS_MAX};
use crate::problem::{Code, Problem};
use crate::station::{Station, report};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, RecvError, SyncSender, TryRecvError, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use sync::id::EventId;

/// Rows imported so far and in all.
pub type Progress = (u64, u64);

/// All that the owner's loop takes in.
enum Input {
    /// A request, and where its answer goes.
    Ask(Request, SyncSender<Answer>),
    /// The mapping that an import is to use; read before the file is.
    Mapping(Request, SyncSender<Result<domain::roster::Mapping, Problem>>),
    /// A file ready to be imported.
    Import(Box<(Request, Prepared)>, SyncSender<Answer>, SyncSender<Progress>),
    /// No more inputs of this process.
    Stop,
}

/// A handle to the owner's loop, for any thread of the process.
#[derive(Debug, Clone)]
pub struct Handle {
    inputs: SyncSender<Input>,
    folder: Folder,
}

/// The owner of a folder, for as long as it lives.
#[derive(Debug)]
pub struct Owner {
    handle: Handle,
    server: Option<crate::remote::Server>,
    thread: Option<JoinHandle<()>>,
    /// Let go of last, when nobody can reach the store any more.
    _lock: Lock,
}

impl Owner {
    /// Owns a folder whose lock is held, and answers other processes from now on.
    ///
    /// # Errors
    /// Where the loop cannot be started.
    pub fn start(folder: Folder, lock: Lock) -> Result<Self, Problem> {
        let (inputs, queue) = sync_channel(INPUTS_MAX);
        let handle = Handle { inputs, folder: folder.clone() };
        let socket = folder.canonical();
        let thread = std::thread::Builder::new()
            .name("owner".to_owned())
            .spawn(move || run(Station::new(folder), &queue))
            .map_err(|e| {
                Problem::new(
                    Code::Busy,
                    format!("No thread could be started: {e}."),
                    "Close other programs.",
                )
            })?;
        // Without a socket other processes wait for the lock instead; the door works all the same.
        let server = crate::remote::Server::start(&socket, handle.clone()).ok();
        Ok(Self { handle, server, thread: Some(thread), _lock: lock })
    }

    /// A handle to ask it by.
    #[must_use]
    pub fn handle(&self) -> &Handle {
        &self.handle
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        // First nobody new, then those who are being answered, then the loop, and the lock last.
        drop(self.server.take());
        let _ = self.handle.inputs.send(Input::Stop);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Handle {
    /// Asks and waits for the answer. `progress` is told how far an import is.
    ///
    /// # Errors
    /// What the station says, or that it is gone.
    pub fn ask(&self, request: Request, progress: &mut dyn FnMut(Progress)) -> Answer {
        if request.command.is_report() {
            // In the asker's thread: the door does not wait for it.
            return guarded(|| report(&self.folder, &request));
        }
        let (reply, answer) = sync_channel(1);
        let Command::RosterImport { file, .. } = &request.command else {
            self.send(Input::Ask(request, reply))?;
            return soon(&answer).unwrap_or_else(|_| Err(gone()));
        };
        let file = file.clone();
        let (reply_mapping, mapping) = sync_channel(1);
        self.send(Input::Mapping(request.clone(), reply_mapping))?;
        let mapping = mapping.recv().unwrap_or_else(|_| Err(gone()))?;
        let prepared = guarded(|| prepare(&file, &mapping))?;
        let (tell, told) = sync_channel(1);
        self.send(Input::Import(Box::new((request, prepared)), reply, tell))?;
        // Ends when the import drops its end.
        while let Ok(rows) = told.recv() {
            progress(rows);
        }
        answer.recv().unwrap_or_else(|_| Err(gone()))
    }

    fn send(&self, input: Input) -> Result<(), Problem> {
        self.inputs.send(input).map_err(|_| gone())
    }
}

fn gone() -> Problem {
    Problem::new(
        Code::Unreachable,
        "The process that owns the data folder has stopped.",
        "Do it again; if it stays like this, run `lanyard verify`.",
    )
}

/// An import that is under way, and who waits for it.
struct Job {
    event: EventId,
    import: Import,
    reply: SyncSender<Answer>,
    progress: SyncSender<Progress>,
}

fn run(mut station: Station, queue: &Receiver<Input>) {
    let mut job: Option<Job> = None;
    loop {
        let next = if job.is_some() {
            match queue.try_recv() {
                Ok(input) => Some(input),
                Err(TryRecvError::Empty) => None,
                Err(TryRecvError::Disconnected) => Some(Input::Stop),
            }
        } else {
            Some(soon(queue).unwrap_or(Input::Stop))
        };
        match next {
            Some(Input::Stop) => break,
            Some(input) => take(&mut station, input, &mut job),
            None => job = job.take().and_then(|job| advance(&mut station, job)),
        }
    }
    if let Some(mut job) = job {
        let _ = station.event(job.event).and_then(|open| job.import.abandon(open));
    }
}

/// Takes one input. Answers go into channels with room for them, so that nobody's slowness stops the door.
fn take(station: &mut Station, input: Input, job: &mut Option<Job>) {
    match input {
        Input::Ask(request, reply) => {
            let answer = guarded(|| station.answer(&request, clock::now()));
            station.note_health();
            if let Err(Problem { code: Code::Damaged, .. }) = &answer {
                // What is open may be half read; the next request opens it anew.
                station.open.clear();
            }
            let _ = reply.send(answer);
        }
        Input::Mapping(request, reply) => {
            let _ = reply.send(guarded(|| read_mapping(station, &request)));
        }
        Input::Import(boxed, reply, progress) => {
            let (request, prepared) = *boxed;
            let begun = guarded(|| begin(station, &request, prepared, job.is_some()));
            station.note_health();
            match begun {
                Ok((event, import)) => *job = Some(Job { event, import, reply, progress }),
                Err(problem) => {
                    let _ = reply.send(Err(problem));
                }
            }
        }
        Input::Stop => {}
    }
}

fn read_mapping(
    station: &mut Station,
    request: &Request,
) -> Result<domain::roster::Mapping, Problem> {
    let Command::RosterImport { options, .. } = &request.command else {
        return Ok(Default::default());
    };
    let id = station.choose(request.event.as_deref())?;
    let open = station.event(id)?;
    let saved = options.profile.as_ref().map(|name| {
        open.settings.get(&format!("profile/{name}")).ok_or_else(|| {
            let message = format!("There is no saved mapping \"{name:.64}\".");
            Problem::bad(message, "Save one with --save-profile, together with --map.")
        })
    });
    let saved = saved.transpose()?.cloned();
    mapping(options, saved.as_deref())
}

fn begin(
    station: &mut Station,
    request: &Request,
    prepared: Prepared,
    busy: bool,
) -> Result<(EventId, Import), Problem> {
    let Command::RosterImport { options, .. } = &request.command else {
        return Err(gone());
    };
    if busy {
        let message = "Another import is under way.";
        return Err(Problem::new(Code::Busy, message, "Wait for it to end, then import again."));
    }
    let id = station.choose(request.event.as_deref())?;
    let profile = match &options.save_profile {
        Some(name) => Some(profile_setting(name, &read_mapping(station, request)?)?),
        None => None,
    };
    let open = station.event(id)?;
    if let Some(profile) = profile.filter(|_| !options.dry_run) {
        open.change(&[profile], clock::now())?;
    }
    Import::begin(open, prepared, options.clone()).map(|import| (id, import))
}

fn advance(station: &mut Station, mut job: Job) -> Option<Job> {
    let stepped = guarded(|| job.import.step(station.event(job.event)?, clock::now()));
    station.note_health();
    match stepped {
        Ok(Step::More(done, total)) => {
            // Whoever has not yet taken the last figure does not need this one.
            let _ = job.progress.try_send((done, total));
            Some(job)
        }
        Ok(Step::Done) => {
            let _ = job.reply.send(Ok(vec![job.import.answer()]));
            None
        }
        Err(problem) => {
            let _ = station.event(job.event).and_then(|open| job.import.abandon(open));
            let _ = job.reply.send(Err(problem));
            None
        }
    }
}

/// A bug in one request must not close the door for the others.
fn guarded<T>(work: impl FnOnce() -> Result<T, Problem>) -> Result<T, Problem> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        Err(Problem::new(
            Code::Damaged,
            "This request met a bug in Lanyard and was given up.",
            "Do it again; if it happens again, report it with what you did.",
        ))
    })
}

/// Receives what is expected within moments: looks again for a while before it sleeps, because being woken takes a
/// fifth as long as a whole verdict.
fn soon<T>(from: &Receiver<T>) -> Result<T, RecvError> {
    let until = Instant::now() + AWAKE_FOR;
    while Instant::now() < until {
        match from.try_recv() {
            Ok(value) => return Ok(value),
            Err(TryRecvError::Disconnected) => return Err(RecvError),
            Err(TryRecvError::Empty) => std::thread::yield_now(),
        }
    }
    from.recv()
}

/// Waits between two tries.
pub(crate) fn pause(time: Duration) {
    std::thread::sleep(time);
}
