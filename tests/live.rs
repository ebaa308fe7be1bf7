//! A command that is still running, and spoken with line by line.

use crate::Place;
use crate::ran::{HANGS_AFTER, code_of, own_group};
use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Lines that may wait to be read: more than any test leaves unread.
const LINES_MAX: usize = 4096;

/// A running command. Dropped, it is ended.
#[derive(Debug)]
pub struct Live {
    child: Child,
    stdin: Option<ChildStdin>,
    out: Receiver<String>,
    err: Receiver<String>,
    readers: Vec<JoinHandle<()>>,
}

impl Live {
    /// Starts a command.
    #[must_use]
    pub fn start(mut command: Command) -> Self {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        own_group(&mut command);
        let mut child = command.spawn().expect("lanyard can be started");
        let (out, out_reader) = lines_of(child.stdout.take().expect("piped"));
        let (err, err_reader) = lines_of(child.stderr.take().expect("piped"));
        Self { stdin: child.stdin.take(), child, out, err, readers: vec![out_reader, err_reader] }
    }

    /// Writes a line to its standard input.
    pub fn say(&mut self, line: &str) {
        let stdin = self.stdin.as_mut().expect("standard input is open");
        writeln!(stdin, "{line}").and_then(|()| stdin.flush()).expect("it listens");
    }

    /// Waits for its next object on standard output.
    #[must_use]
    pub fn hear(&self) -> Value {
        let line = self.out.recv_timeout(HANGS_AFTER).expect("a line on standard output");
        serde_json::from_str(&line).unwrap_or_else(|e| panic!("{e}: {line:.300}"))
    }

    /// Says a line and waits for the answer.
    #[must_use]
    pub fn ask(&mut self, line: &str) -> Value {
        self.say(line);
        self.hear()
    }

    /// Waits for the next line on standard error; none where it has ended.
    #[must_use]
    pub fn next_error(&mut self) -> Option<String> {
        self.err.recv_timeout(HANGS_AFTER).ok()
    }

    /// Its process id.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// What it has written to standard error so far.
    #[must_use]
    pub fn errors(&self) -> Vec<String> {
        self.err.try_iter().collect()
    }

    /// Ends it without a warning, as a power cut would, and gives what it had written to standard error.
    #[must_use]
    pub fn kill(mut self) -> Vec<String> {
        let _ = self.child.kill();
        let _ = self.child.wait();
        for reader in self.readers.drain(..) {
            let _ = reader.join();
        }
        self.errors()
    }

    /// Sends it a signal, such as `STOP`. It must be one that this test started.
    pub fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        let status = Command::new("sh").args(["-c", "kill -s \"$0\" \"$1\"", name, &pid]).status();
        assert!(status.expect("sh").success(), "SIG{name} to {pid}");
    }

    /// Waits until it owns the data folder of a place, so that other commands go through it.
    pub fn wait_until_it_owns(&self, place: &Place) {
        let (pid, begun) = (self.child.id().to_string(), Instant::now());
        while !std::fs::read_to_string(place.data().join("lock"))
            .is_ok_and(|owner| owner.trim() == pid)
        {
            assert!(begun.elapsed() < HANGS_AFTER, "it does not take the folder");
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// Closes its standard input, waits for its end, and gives the exit code.
    pub fn end(&mut self) -> i32 {
        drop(self.stdin.take());
        let begun = Instant::now();
        loop {
            match self.child.try_wait().expect("a child can be waited for") {
                Some(status) => return code_of(status),
                None => assert!(begun.elapsed() < HANGS_AFTER, "it does not end"),
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        for reader in self.readers.drain(..) {
            let _ = reader.join();
        }
    }
}

fn lines_of(from: impl Read + Send + 'static) -> (Receiver<String>, JoinHandle<()>) {
    let (send, lines) = sync_channel(LINES_MAX);
    let reader = std::thread::spawn(move || {
        let mut from = BufReader::new(from);
        let mut line = Vec::new();
        while from.read_until(b'\n', &mut line).is_ok_and(|count| count > 0) {
            let text = String::from_utf8_lossy(&line).trim_end().to_owned();
            line.clear();
            // Whoever does not read any more does not stop the command.
            let _ = send.try_send(text);
        }
    });
    (lines, reader)
}
