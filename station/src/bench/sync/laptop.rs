//! A laptop of a bench: a `lanyard serve` of its own on this machine's loopback.

use super::pair::failed;
use crate::api::{Command as Ask, InviteRequest, JoinLine, Output, ScanRequest};
use crate::bench::verdict::{code_of, request};
use crate::client::Client;
use crate::feed::Happening;
use crate::folder::Folder;
use crate::owner::pause;
use crate::problem::Problem;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::time::{Duration, Instant};

/// What takes longer has failed.
pub(super) const WITHIN: Duration = Duration::from_secs(60);
const LOOK_EVERY: Duration = Duration::from_millis(10);

/// One laptop: a process, and a way to ask it.
pub(super) struct Laptop {
    process: Child,
    client: Client,
}

impl Drop for Laptop {
    fn drop(&mut self) {
        // Only what was started here is ended.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// What a laptop has told of, and when that was.
pub(super) type Told = (usize, Happening, Instant);

impl Laptop {
    /// Starts one, and waits until it answers.
    pub(super) fn start(folder: &Folder) -> Result<Self, Problem> {
        let program = std::env::current_exe().map_err(|e| Problem::io(Path::new("lanyard"), &e))?;
        let io = |e: std::io::Error| Problem::io(&program, &e);
        let mut process = Command::new(&program)
            .args(["serve", "--json", "--http", "127.0.0.1:0", "--sync", "127.0.0.1:0"])
            .args(["--no-discovery", "--data"])
            .arg(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(io)?;
        let stdout = process.stdout.take();
        let laptop = Self { process, client: Client::new(folder.clone()) };
        let mut line = String::new();
        let mut stdout = BufReader::new(stdout.ok_or_else(|| failed("no pipe"))?);
        stdout.read_line(&mut line).map_err(io)?;
        if line.is_empty() {
            return Err(failed("a process did not start"));
        }
        Ok(laptop)
    }

    pub(super) fn ask(&self, command: Ask) -> Result<Vec<Output>, Problem> {
        self.client.call(&request(command), &mut |_| {})
    }

    pub(super) fn join_line(&self) -> Result<JoinLine, Problem> {
        let outputs = self.ask(Ask::JoinShow)?;
        let line = outputs.into_iter().find_map(|output| match output {
            Output::Join(line) => Some(line),
            _ => None,
        });
        line.ok_or_else(|| failed("no word on joining"))
    }

    /// Waits until joining has come so far.
    pub(super) fn join_until(
        &self,
        so_far: impl Fn(&JoinLine) -> bool,
    ) -> Result<JoinLine, Problem> {
        let begun = Instant::now();
        loop {
            let line = self.join_line()?;
            if so_far(&line) {
                return Ok(line);
            }
            if begun.elapsed() > WITHIN || line.state == "failed" {
                return Err(failed(&format!("joining: {}", line.problem.unwrap_or(line.state))));
            }
            pause(LOOK_EVERY);
        }
    }

    /// Has it tell of what happens there, from when this returns.
    pub(super) fn listen(&self, number: usize, tell: SyncSender<Told>) -> Result<(), Problem> {
        let (up, is_up) = sync_channel(1);
        self.client.listen(move |what| {
            let _ = up.try_send(());
            tell.send((number, what.clone(), Instant::now())).is_ok()
        });
        is_up.recv_timeout(WITHIN).map_err(|_| failed("a laptop tells nothing"))
    }

    /// Whether it let somebody in.
    pub(super) fn scan(&self, number: u32) -> Result<bool, Problem> {
        let scan = ScanRequest {
            gate: "main".to_owned(),
            code: code_of(number),
            ..ScanRequest::default()
        };
        let outputs = self.ask(Ask::Scan(scan))?;
        let admitted =
            |output: &Output| matches!(output, Output::Verdict(line) if line.verdict == "admitted");
        Ok(outputs.iter().any(admitted))
    }

    /// A ticket with which so many laptops may ask to join as doors.
    pub(super) fn invite(&self, count: u32) -> Result<String, Problem> {
        let ask = InviteRequest {
            role: "door".to_owned(),
            count: Some(count),
            ..InviteRequest::default()
        };
        let ticket = self.ask(Ask::Invite(ask))?.into_iter().find_map(|output| match output {
            Output::Invite(line) => Some(line.ticket),
            _ => None,
        });
        ticket.ok_or_else(|| failed("no ticket"))
    }

    /// Says that the digits are the same on both screens.
    pub(super) fn approve(&self, digits: String) -> Result<(), Problem> {
        self.ask(Ask::Approve { digits: vec![digits] }).map(drop)
    }
}
