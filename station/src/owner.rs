//! The owner of a data folder: one thread that holds the station and takes one input after the other.
//!
//! A command of this process and those of other processes, which come over a local socket, are the same inputs in the
//! same bounded queue. While an import is under way, its next step is taken only when nobody is waiting.

use crate::api::{Answer, Command, Output, Request};
use crate::book::Book;
use crate::clock;
use crate::feed::{Feed, Happening};
use crate::folder::{Folder, Lock};
use crate::guard::{Tries, admit};
use crate::import::{Import, Prepared, Step, mapping, prepare, profile_setting};
use crate::limits::{AWAKE_FOR, INPUTS_MAX};
use crate::net::{Net, Wire};
use crate::problem::{Code, Problem};
use crate::station::{OpenEvent, Station, report};
use domain::access::{Kind, Space};
use domain::id::AttendeeId;
use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvError, SyncSender, TryRecvError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use sync::id::EventId;
use sync::store::Store;

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
    /// Something waits that the network brought.
    Wake,
    /// Give an import up: the owner is about to stop, and others' doors would wait for it.
    Abandon,
    /// No more inputs of this process.
    Stop,
}

/// Wakes the owner's loop when something else than a request waits for it.
#[derive(Debug, Clone)]
pub(crate) struct Waker(SyncSender<Input>);

impl Waker {
    /// Where the queue is full the loop is awake, and looks around before it sleeps.
    pub(crate) fn wake(&self) {
        let _ = self.0.try_send(Input::Wake);
    }
}

/// A handle to the owner's loop, for any thread of the process.
#[derive(Debug, Clone)]
pub struct Handle {
    inputs: SyncSender<Input>,
    shared: Arc<Shared>,
}

/// What the owner's loop and those who ask it share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) folder: Folder,
    pub(crate) feed: Feed,
    pub(crate) tries: Mutex<Tries>,
    /// Grows whenever people have changed.
    pub(crate) people: AtomicU64,
    /// The names of each event, as they were at that count.
    books: Mutex<BTreeMap<EventId, (u64, Arc<Book>)>>,
}

impl Shared {
    /// The names of an event as they are now.
    fn book(&self, id: EventId, open: &OpenEvent) -> Result<Arc<Book>, Problem> {
        let lock = || self.books.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.people.load(Ordering::SeqCst);
        if let Some((_, book)) = lock().get(&id).filter(|(of, _)| *of == now) {
            return Ok(Arc::clone(book));
        }
        // Made without the lock: a search in another event does not wait for it. The count was read before the
        // state was, so what changes meanwhile makes the next search read again.
        let book = Arc::new(Book::of(open)?);
        lock().insert(id, (now, Arc::clone(&book)));
        Ok(book)
    }
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
        let shared = Arc::new(Shared {
            folder: folder.clone(),
            feed: Feed::default(),
            tries: Mutex::default(),
            people: AtomicU64::new(0),
            books: Mutex::default(),
        });
        let handle = Handle { inputs, shared: Arc::clone(&shared) };
        let socket = folder.canonical();
        let wire = Arc::new(Wire::new(Waker(handle.inputs.clone())));
        let thread = std::thread::Builder::new()
            .name("owner".to_owned())
            .spawn(move || run(Station::new(folder), &queue, &shared, wire))
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

    /// Whether its loop runs.
    #[must_use]
    pub(crate) fn is_alive(&self) -> bool {
        self.thread.as_ref().is_some_and(|thread| !thread.is_finished())
    }

    /// A handle to ask it by.
    #[must_use]
    pub fn handle(&self) -> &Handle {
        &self.handle
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        let _ = self.handle.inputs.send(Input::Abandon);
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
        let request = guarded(|| admit(&self.shared, request))?;
        if request.command.is_report() {
            // In the asker's thread: the door does not wait for it.
            return guarded(|| self.report(&request));
        }
        let request = guarded(|| self.locate(request))?;
        let (reply, answer) = sync_channel(1);
        let Command::RosterImport { file, .. } = &request.command else {
            let (shows, event) = (changes_people(&request.command), request.event.clone());
            self.send(Input::Ask(request, reply))?;
            let answer = soon(&answer).unwrap_or_else(|_| Err(gone()))?;
            if let (true, Some(Output::Attendee(line))) = (shows, answer.last()) {
                // Who changed what is read from many changes: beside the owner, where no door waits for it.
                let show = Command::AttendeeShow { who: line.id.clone() };
                return self.report(&Request::new(event, None, show)).or(Ok(answer));
            }
            return Ok(answer);
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

    /// Hears what happens from now on; none where too many listen already.
    #[must_use]
    pub fn listen(&self) -> Option<Receiver<Arc<Happening>>> {
        self.shared.feed.listen()
    }

    /// Finds whose double admission is settled: all facts are read for it, so no door waits meanwhile.
    fn locate(&self, mut request: Request) -> Result<Request, Problem> {
        if let Command::ConflictResolve { id, attendee: attendee @ None, .. } = &mut request.command
        {
            let folder = &self.shared.folder;
            let event = Station::new(folder.clone()).choose(request.event.as_deref())?;
            let open =
                OpenEvent::of(Store::inspect(&folder.store(event), &folder.station_key()?)?)?;
            *attendee = Some(open.whose_conflict(id)?);
        }
        Ok(request)
    }

    fn report(&self, request: &Request) -> Answer {
        let folder = &self.shared.folder;
        if !matches!(request.command, Command::Search { .. } | Command::TicketTypes) {
            return report(folder, request);
        }
        let id = Station::new(folder.clone()).choose(request.event.as_deref())?;
        let open = OpenEvent::of(Store::inspect(&folder.store(id), &folder.station_key()?)?)?;
        open.naming()?;
        let book = self.shared.book(id, &open)?;
        match &request.command {
            Command::Search { text, limit } => book.search(&open, text, *limit),
            _ => book.ticket_types(),
        }
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

fn run(mut station: Station, queue: &Receiver<Input>, shared: &Shared, wire: Arc<Wire>) {
    let mut job: Option<Job> = None;
    let mut net = Net::new(&station, wire);
    loop {
        // Whoever stands at a door comes first, then what others sent, then an import.
        let next = if job.is_some() || net.has_work() {
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
            Some(input) => take(&mut station, &mut net, input, &mut job, shared),
            None => {
                let _ = guarded(|| {
                    net.step(&mut station, shared);
                    Ok(())
                });
                job = job.take().and_then(|job| advance(&mut station, &mut net, job, shared));
            }
        }
    }
    drop(net);
    if let Some(mut job) = job {
        let _ = station.event(job.event).and_then(|open| job.import.abandon(open));
    }
}

/// Takes one input. Answers go into channels with room for them, so that nobody's slowness stops the door.
fn take(
    station: &mut Station,
    net: &mut Net,
    input: Input,
    job: &mut Option<Job>,
    shared: &Shared,
) {
    match input {
        Input::Ask(request, reply) => {
            let answer = guarded(|| ask(station, net, &request));
            station.note_health();
            if let Err(Problem { code: Code::Damaged, .. }) = &answer {
                // What is open may be half read; the next request opens it anew.
                station.open.clear();
            }
            let done = answer.as_ref().ok().filter(|outputs| !outputs.is_empty());
            if done.is_some() && changes_people(&request.command) {
                shared.people.fetch_add(1, Ordering::SeqCst);
            }
            let told = done.filter(|_| shared.feed.is_heard()).map(|outputs| to_tell(outputs));
            let _ = reply.send(answer);
            let told = told.unwrap_or_default();
            for output in &told {
                tell(station, shared, &request, output);
            }
            let people = told.iter().filter_map(passed).collect::<BTreeSet<_>>();
            if !people.is_empty()
                && let Ok(id) = station.choose(request.event.as_deref())
            {
                let _ = guarded(|| {
                    net.greet(station, shared, id, &people);
                    Ok(())
                });
            }
            let _ = guarded(|| {
                net.after(station, shared, &request);
                Ok(())
            });
        }
        Input::Wake => {}
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
        Input::Abandon => {
            if let Some(mut job) = job.take() {
                let _ = station.event(job.event).and_then(|open| job.import.abandon(open));
                let _ = job.reply.send(Err(gone()));
            }
        }
        Input::Stop => {}
    }
}

/// Answers a request, with what is known of the other stations.
fn ask(station: &mut Station, net: &mut Net, request: &Request) -> Answer {
    if let Some(answer) = net.answer(station, request, clock::now()) {
        return answer;
    }
    if matches!(request.command, Command::Scan(_) | Command::Override(_))
        && let Ok(id) = station.choose(request.event.as_deref())
    {
        let certainty = net.certainty(station, id);
        if let Ok(open) = station.event(id) {
            open.certainty = certainty;
        }
    }
    station.answer(request, clock::now())
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
    open.may_write(Space::Roster, Kind::CHANGE)?;
    if let Some(profile) = profile.filter(|_| !options.dry_run) {
        open.change(&[profile], clock::now())?;
    }
    Import::begin(open, prepared, options.clone()).map(|import| (id, import))
}

const fn changes_people(command: &Command) -> bool {
    matches!(
        command,
        Command::AttendeeAdd { .. } | Command::AttendeeSet { .. } | Command::AttendeeCancel { .. }
    )
}

/// Whom an answer lets in or out.
fn passed(output: &Output) -> Option<AttendeeId> {
    match output {
        Output::Verdict(line) if line.admits() => AttendeeId::from_hex(&line.attendee.as_ref()?.id),
        _ => None,
    }
}

/// The outputs that others are to hear of: every verdict of one act, else what was answered last.
fn to_tell(outputs: &[Output]) -> Vec<Output> {
    let verdicts = outputs.iter().filter(|output| matches!(output, Output::Verdict(_)));
    // Of a test nobody else hears.
    let is_test = |line: &&Output| matches!(line, Output::Verdict(line) if line.record.seq == 0);
    if verdicts.clone().any(|line| is_test(&line)) {
        return Vec::new();
    }
    let verdicts: Vec<Output> = verdicts.cloned().collect();
    if verdicts.is_empty() { outputs.last().cloned().into_iter().collect() } else { verdicts }
}

/// Tells whoever listens what a request has changed. The asker has his answer already.
fn tell(station: &mut Station, shared: &Shared, request: &Request, output: &Output) {
    if let (Command::Override(ask), Output::Verdict(line)) = (&request.command, output)
        && let (true, Some(_), Some(first)) = (ask.void_first, &line.overriding, &line.first_scan)
    {
        let (record, by) = (first.record.clone(), line.operator.clone().unwrap_or_default());
        let event = station.choose(request.event.as_deref()).map(|id| id.to_string());
        shared.feed.tell(|| Some(Happening::Undo { event: event.ok()?, record, by }));
    }
    shared.feed.tell(|| {
        let event = match output {
            Output::EventMade(made) => made.event.clone(),
            _ if matches!(request.command, Command::StationSet(_)) => {
                return Some(Happening::Station);
            }
            _ => station.choose(request.event.as_deref()).ok()?.to_string(),
        };
        match (&request.command, output) {
            (Command::Scan(_) | Command::Override(_), Output::Verdict(line)) => {
                let exit = matches!(&request.command, Command::Scan(scan) if scan.exit);
                let name = shared.folder.station_name().unwrap_or_default();
                let scan = Box::new(crate::recent::line_of(line, exit, &name));
                Some(Happening::Scan { event, scan })
            }
            (Command::Undo { .. }, Output::Undo(line)) => {
                Some(Happening::Undo { event, record: line.undone.clone(), by: line.by.clone() })
            }
            (Command::ConflictResolve { .. }, Output::Conflict(line)) => {
                Some(Happening::Conflict { event, conflict: line.clone() })
            }
            (command, _) if changes_people(command) => Some(Happening::People { event }),
            (
                Command::EventNew { .. }
                | Command::EventOpen
                | Command::EventRehearse
                | Command::EventClose
                | Command::GateSet { .. }
                | Command::OperatorSet { .. }
                | Command::OperatorRemove { .. },
                _,
            ) => Some(Happening::Event { event }),
            _ => None,
        }
    });
}

fn advance(station: &mut Station, net: &mut Net, mut job: Job, shared: &Shared) -> Option<Job> {
    let stepped = guarded(|| job.import.step(station.event(job.event)?, clock::now()));
    station.note_health();
    match stepped {
        Ok(Step::More(done, total)) => {
            // Whoever has not yet taken the last figure does not need this one.
            let _ = job.progress.try_send((done, total));
            let event = || job.event.to_string();
            shared.feed.tell(|| Some(Happening::Import { event: event(), done, total }));
            Some(job)
        }
        Ok(Step::Done) => {
            shared.people.fetch_add(1, Ordering::SeqCst);
            let _ = job.reply.send(Ok(vec![job.import.answer()]));
            let _ = guarded(|| {
                net.recorded(station, shared);
                Ok(())
            });
            shared.feed.tell(|| Some(Happening::People { event: job.event.to_string() }));
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
