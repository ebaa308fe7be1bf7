//! The local socket on Unix: both ends.

use super::{CallProblem, LISTEN, MAY_I, Reply, SPEAK};
use crate::api::{Answer, Output, Request};
use crate::feed::Happening;
use crate::limits::{
    ANSWER_WITHIN, BEAT_EVERY, BUSY_AFTER, CONNECTIONS_MAX, REQUEST_BYTES_MAX, RETRY_EVERY,
    SILENT_AFTER, WORD_BYTES_MAX,
};
use crate::owner::{Handle, Progress};
use crate::problem::{Code, Problem};
use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::RecvTimeoutError;
use std::thread::JoinHandle;
use std::time::Instant;

/// The owner's end.
#[derive(Debug)]
pub(crate) struct Server {
    path: PathBuf,
    closing: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
    talking: Arc<AtomicUsize>,
}

impl Server {
    /// Answers callers of the folder at that canonical path.
    pub(crate) fn start(folder: &Path, handle: Handle) -> std::io::Result<Self> {
        let path = socket_path(folder)?;
        // Whoever left it there does not hold the folder's lock any more.
        let _ = std::fs::remove_file(&path);
        let listener = UnixListener::bind(&path)?;
        let (closing, talking) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
        let (stop, count) = (Arc::clone(&closing), Arc::clone(&talking));
        let thread = std::thread::Builder::new().name("socket".to_owned()).spawn(move || {
            for stream in listener.incoming() {
                if stop.load(Ordering::SeqCst) {
                    break;
                }
                let Ok(stream) = stream else {
                    // No file descriptor for it: others have to end first.
                    crate::owner::pause(RETRY_EVERY);
                    continue;
                };
                if count.fetch_add(1, Ordering::SeqCst) >= CONNECTIONS_MAX {
                    count.fetch_sub(1, Ordering::SeqCst);
                    continue;
                }
                let (handle, stop, count) = (handle.clone(), Arc::clone(&stop), Arc::clone(&count));
                let counted = Counted(count);
                let talk = move || {
                    let _counted = counted;
                    let _ = talk(&stream, &handle, &stop);
                };
                if std::thread::Builder::new().name("caller".to_owned()).spawn(talk).is_err() {
                    continue;
                }
            }
        })?;
        Ok(Self { path, closing, thread: Some(thread), talking })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.closing.store(true, Ordering::SeqCst);
        // Wakes the listener, which sees that it is to stop. Where somebody took the socket away nobody can come
        // any more, and nothing wakes it.
        let woken = UnixStream::connect(&self.path).is_ok();
        let _ = std::fs::remove_file(&self.path);
        if let Some(thread) = self.thread.take().filter(|_| woken) {
            let _ = thread.join();
        }
        while self.talking.load(Ordering::SeqCst) > 0 {
            crate::owner::pause(crate::limits::RETRY_EVERY);
        }
    }
}

/// One caller, counted until his thread ends in whatever way.
struct Counted(Arc<AtomicUsize>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Serves one caller until he hangs up or the owner stops.
fn talk(stream: &UnixStream, handle: &Handle, closing: &AtomicBool) -> std::io::Result<()> {
    // A caller who stopped reading must not hold up the owner's end for ever.
    stream.set_write_timeout(Some(BUSY_AFTER))?;
    let mut reader = BufReader::new(stream);
    let mut writer = BufWriter::new(stream);
    loop {
        let Some(asked) = wait_for_line(stream, &mut reader, closing)? else {
            return Ok(());
        };
        if asked.trim_end() == LISTEN {
            return tell(&mut writer, handle, closing);
        }
        if asked.trim_end() != MAY_I {
            return Ok(());
        }
        writeln!(writer, "{SPEAK}")?;
        writer.flush()?;
        stream.set_read_timeout(Some(BUSY_AFTER))?;
        let mut line = String::new();
        reader.by_ref().take(REQUEST_BYTES_MAX).read_line(&mut line)?;
        let Ok(request) = serde_json::from_str::<Request>(&line) else {
            return Ok(());
        };
        let answer = handle.ask(request, &mut |(done, total): Progress| {
            let _ = send(&mut writer, &Reply::Progress(done, total));
        });
        match answer {
            Ok(outputs) => {
                for output in outputs {
                    put(&mut writer, &Reply::Output(Box::new(output)))?;
                }
                send(&mut writer, &Reply::Done)?;
            }
            Err(problem) => send(&mut writer, &Reply::Problem(problem))?,
        }
    }
}

/// Tells a listener what happens, until he hangs up or the owner stops.
fn tell(writer: &mut impl Write, handle: &Handle, closing: &AtomicBool) -> std::io::Result<()> {
    let Some(ears) = handle.listen() else { return Ok(()) };
    let mut put = |what: &Happening| {
        serde_json::to_writer(&mut *writer, what)?;
        writer.write_all(b"\n")?;
        writer.flush()
    };
    put(&Happening::Beat)?;
    let mut quiet_since = Instant::now();
    while !closing.load(Ordering::SeqCst) {
        // Short waits, so that an owner that stops does not have to wait for its listeners.
        match ears.recv_timeout(RETRY_EVERY * 10) {
            Ok(what) => put(&what)?,
            Err(RecvTimeoutError::Timeout) if quiet_since.elapsed() < BEAT_EVERY => continue,
            Err(RecvTimeoutError::Timeout) => put(&Happening::Beat)?,
            Err(RecvTimeoutError::Disconnected) => return Ok(()),
        }
        quiet_since = Instant::now();
    }
    Ok(())
}

/// The caller's next question; none where he hung up or the owner stops.
fn wait_for_line(
    stream: &UnixStream,
    reader: &mut impl BufRead,
    closing: &AtomicBool,
) -> std::io::Result<Option<String>> {
    use std::io::ErrorKind;
    stream.set_read_timeout(Some(crate::limits::RETRY_EVERY * 4))?;
    let mut line = String::new();
    loop {
        if closing.load(Ordering::SeqCst) {
            return Ok(None);
        }
        match reader.read_line(&mut line) {
            Ok(0) => return Ok(None),
            Ok(_) if line.ends_with('\n') => return Ok(Some(line)),
            Ok(_) if line.len() as u64 >= WORD_BYTES_MAX => return Ok(None),
            Ok(_) => {}
            Err(e) if matches!(e.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
            Err(e) => return Err(e),
        }
    }
}

fn put(writer: &mut impl Write, reply: &Reply) -> std::io::Result<()> {
    serde_json::to_writer(&mut *writer, reply)?;
    writer.write_all(b"\n")
}

fn send(writer: &mut impl Write, reply: &Reply) -> std::io::Result<()> {
    put(writer, reply)?;
    writer.flush()
}

/// A caller's end.
#[derive(Debug)]
pub(crate) struct Line(BufReader<UnixStream>);

impl Line {
    /// Reaches the owner of the folder at that canonical path; none where nobody answers the socket.
    pub(crate) fn reach(folder: &Path) -> Option<Self> {
        let stream = UnixStream::connect(socket_path(folder).ok()?).ok()?;
        Some(Self(BufReader::new(stream)))
    }

    /// Asks and waits for the answer.
    pub(crate) fn call(
        &mut self,
        request: &Request,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Vec<Output>, CallProblem> {
        self.may_i().map_err(|_| CallProblem::NotTaken)?;
        self.speak(request, progress).unwrap_or_else(|_| {
            Err(Problem::new(
                Code::Unreachable,
                "The process that owns the data folder stopped in the middle of this; it may have taken effect.",
                "Look before you do it again: `lanyard attendee show CODE` tells what was recorded.",
            ))
        })
        .map_err(CallProblem::Answered)
    }

    /// Tells `each` what happens at the owner, until it says that it has heard enough or the line is dead; whether to
    /// look for another.
    pub(crate) fn listen(mut self, each: &mut dyn FnMut(&Happening) -> bool) -> bool {
        let asked = self.0.get_ref().set_read_timeout(Some(SILENT_AFTER));
        if asked.and_then(|()| writeln!(self.0.get_mut(), "{LISTEN}")).is_err() {
            return true;
        }
        let mut line = String::new();
        while self.0.read_line(&mut line).is_ok_and(|count| count > 0) {
            // What a newer owner tells and this version does not know is no reason to hang up.
            if let Ok(what) = serde_json::from_str(&line)
                && !each(&what)
            {
                return false;
            }
            line.clear();
        }
        true
    }

    fn may_i(&mut self) -> std::io::Result<()> {
        self.0.get_ref().set_read_timeout(Some(BUSY_AFTER))?;
        writeln!(self.0.get_mut(), "{MAY_I}")?;
        let mut line = String::new();
        self.0.read_line(&mut line)?;
        if line.trim_end() == SPEAK {
            Ok(())
        } else {
            Err(std::io::ErrorKind::UnexpectedEof.into())
        }
    }

    fn speak(
        &mut self,
        request: &Request,
        progress: &mut dyn FnMut(Progress),
    ) -> std::io::Result<Answer> {
        self.0.get_ref().set_read_timeout(Some(ANSWER_WITHIN))?;
        let mut text = serde_json::to_vec(request)?;
        text.push(b'\n');
        self.0.get_mut().write_all(&text)?;
        let mut outputs = Vec::new();
        loop {
            let mut line = String::new();
            if self.0.read_line(&mut line)? == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
            match serde_json::from_str(&line)? {
                Reply::Progress(done, total) => progress((done, total)),
                Reply::Output(output) => outputs.push(*output),
                Reply::Done => return Ok(Ok(outputs)),
                Reply::Problem(problem) => return Ok(Err(problem)),
            }
        }
    }
}

/// A short name in the user's runtime folder: a socket's name may have a hundred bytes, a folder's path has more.
fn socket_path(folder: &Path) -> std::io::Result<PathBuf> {
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::{DirBuilderExt, MetadataExt};
    // Unproven elsewhere than on Linux: without /proc one folder serves all, and its mode keeps others out.
    let us = std::fs::metadata("/proc/self").ok().map(|meta| meta.uid());
    let base = match std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from) {
        Some(dir) if dir.is_dir() => dir,
        _ => std::env::temp_dir().join(format!("lanyard-{}", us.unwrap_or_default())),
    };
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&base)?;
    // Somebody else's folder of that name would let him answer in the owner's place.
    if us.is_some_and(|us| std::fs::metadata(&base).is_ok_and(|meta| meta.uid() != us)) {
        return Err(std::io::ErrorKind::PermissionDenied.into());
    }
    let name = sync::id::short_name(folder.as_os_str().as_bytes());
    Ok(base.join(format!("lanyard-{name}.sock")))
}
