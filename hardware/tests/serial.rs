//! Scanners on serial lines: pseudo-terminals stand in for the cable, and are pulled and plugged.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests, which may")]

use hardware::serial::{Heard, Lost, Scanner, State};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use std::fs::File;
use std::io::Write;
use std::os::fd::OwnedFd;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::Duration;

/// Longer than anything takes that does not fail.
const PATIENCE: Duration = Duration::from_secs(20);

/// A cable: its near end has a name, under which a scanner is looked for.
struct Cable {
    scanner: File,
    name: std::path::PathBuf,
}

impl Cable {
    fn plug(name: &Path) -> Self {
        let end: OwnedFd = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&end).unwrap();
        unlockpt(&end).unwrap();
        let near = ptsname(&end, Vec::new()).unwrap().into_string().unwrap();
        symlink(near, name).unwrap();
        Self { scanner: File::from(end), name: name.to_owned() }
    }

    fn send(&mut self, bytes: &[u8]) {
        self.scanner.write_all(bytes).unwrap();
    }

    fn pull(self) {
        std::fs::remove_file(&self.name).unwrap();
    }
}

fn listen(name: &Path) -> (Scanner, Receiver<Heard>) {
    let (tell, heard) = sync_channel(10_000);
    let told = move |one| drop(tell.send(one));
    (Scanner::listen(name.to_str().unwrap().to_owned(), told), heard)
}

fn until_state(heard: &Receiver<Heard>, wanted: &State) {
    while heard.recv_timeout(PATIENCE).unwrap() != Heard::State(wanted.clone()) {}
}

fn next_code(heard: &Receiver<Heard>) -> String {
    loop {
        if let Heard::Code { text, .. } = heard.recv_timeout(PATIENCE).unwrap() {
            return text;
        }
    }
}

#[test]
fn a_scanner_that_is_pulled_and_plugged_loses_nothing_afterwards() {
    let place = tempfile::tempdir().unwrap();
    let name = place.path().join("scanner");
    let (scanner, heard) = listen(&name);
    until_state(&heard, &State::Lost(Lost::Gone));
    for round in 0..3 {
        let mut cable = Cable::plug(&name);
        until_state(&heard, &State::Listening);
        for number in 0..50 {
            cable.send(format!("R{round}N{number}\r\n").as_bytes());
        }
        for number in 0..50 {
            assert_eq!(next_code(&heard), format!("R{round}N{number}"));
        }
        assert_eq!(scanner.state(), State::Listening);
        // In the middle of a code.
        cable.send(b"HALF");
        cable.pull();
        until_state(&heard, &State::Lost(Lost::Gone));
    }
}

#[test]
fn two_scanners_at_once_and_one_that_sends_noise() {
    let place = tempfile::tempdir().unwrap();
    let names = ["left", "right"].map(|name| place.path().join(name));
    let [mut left, mut right] = [Cable::plug(&names[0]), Cable::plug(&names[1])];
    let [(_left, heard_left), (_right, heard_right)] = [listen(&names[0]), listen(&names[1])];
    for heard in [&heard_left, &heard_right] {
        until_state(heard, &State::Listening);
    }
    for _ in 0..64 {
        left.send(&[0x07; 512]);
    }
    right.send(b"]Q1TICKET-1\r");
    until_state(&heard_left, &State::Noise);
    assert_eq!(next_code(&heard_right), "TICKET-1");
    left.send(b"\rTICKET-2\r");
    assert_eq!(next_code(&heard_left), "TICKET-2");
}

#[test]
fn what_is_no_serial_port_is_said() {
    let place = tempfile::tempdir().unwrap();
    let name = place.path().join("a file");
    std::fs::write(&name, "text").unwrap();
    let (_scanner, heard) = listen(&name);
    let Heard::State(State::Lost(lost)) = heard.recv_timeout(PATIENCE).unwrap() else {
        panic!("it listens to a file");
    };
    assert!(matches!(lost, Lost::Failed(_)), "{lost:?}");
}
