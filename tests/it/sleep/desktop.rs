//! A bus of its own, with a desktop on it that can be asked not to sleep and not to lock the screen.

use std::io::{BufRead, BufReader, PipeReader, Read};
use std::os::fd::OwnedFd;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;
use tests::Place;
use tokio_stream::StreamExt;
use zbus::connection::{Builder, Connection};
use zbus::message::Type;
use zbus::{Fd, Message, MessageStream};

/// Longest that anything here takes on a busy machine.
const LONG: Duration = Duration::from_secs(60);
/// Things asked that a test leaves unread, at most.
const ASKED_MAX: usize = 64;
/// What every screen lock here is called.
const COOKIE: u32 = 4711;

/// What the desktop was asked.
#[derive(Debug)]
pub(super) enum Asked {
    /// Not to sleep, and it said no.
    Denied(String),
    /// Not to sleep; the pipe ends when that is over.
    Sleep(String, PipeReader),
    /// Not to lock the screen.
    Screen,
    /// To lock the screen again when it likes.
    ScreenAgain,
}

/// A desktop on a bus that only this test knows.
#[derive(Debug)]
pub(super) struct Desktop {
    bus: Child,
    pub(super) address: String,
    asked: Receiver<Asked>,
}

impl Desktop {
    /// Starts one that denies what has this word in it; none where this machine has no D-Bus.
    pub(super) fn start(place: &Place, denied: &'static str) -> Option<Self> {
        let listen = format!("--address=unix:dir={}", place.path().display());
        let bus = Command::new("dbus-daemon")
            .args(["--session", "--nofork", "--print-address", &listen])
            .stdout(Stdio::piped())
            .spawn();
        let mut bus = bus.ok()?;
        let mut address = String::new();
        let mut out = BufReader::new(bus.stdout.take().expect("piped"));
        out.read_line(&mut address).expect("it says where it is");
        let address = address.trim().to_owned();
        let (tell, asked) = sync_channel(ASKED_MAX);
        let (ready, is_ready) = sync_channel(1);
        let there = address.clone();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime").block_on(serve(&there, denied, &ready, &tell));
        });
        is_ready.recv_timeout(LONG).expect("the desktop is there");
        Some(Self { bus, address, asked })
    }

    /// What it is asked next.
    pub(super) fn next(&self) -> Asked {
        self.asked.recv_timeout(LONG).expect("the desktop is asked something")
    }
}

impl Drop for Desktop {
    fn drop(&mut self) {
        let _ = self.bus.kill();
        let _ = self.bus.wait();
    }
}

/// Waits until whoever held sleep off has let go.
pub(super) fn wait_for_end(mut held: PipeReader) {
    let (tell, told) = sync_channel(1);
    std::thread::spawn(move || tell.send(held.read(&mut [0])));
    assert_eq!(told.recv_timeout(LONG).expect("sleep is let go of").expect("a pipe"), 0);
}

/// Answers until the bus ends.
async fn serve(address: &str, denied: &str, ready: &SyncSender<()>, asked: &SyncSender<Asked>) {
    let bus = Builder::address(address).build().await.expect("a bus");
    let mut calls = MessageStream::from(&bus);
    for name in ["org.freedesktop.login1", "org.freedesktop.ScreenSaver"] {
        bus.request_name(name).await.expect("a name");
    }
    ready.send(()).expect("somebody waits");
    while let Some(Ok(call)) = calls.next().await {
        if call.message_type() == Type::MethodCall
            && let Some(what) = answer(&bus, denied, &call).await
        {
            let _ = asked.try_send(what);
        }
    }
}

async fn answer(bus: &Connection, denied: &str, call: &Message) -> Option<Asked> {
    let header = call.header();
    let (interface, member) = (header.interface()?.to_string(), header.member()?.to_string());
    match (interface.as_str(), member.as_str()) {
        ("org.freedesktop.login1.Manager", "Inhibit") => {
            let body = call.body();
            let (what, who, why, mode): (&str, &str, &str, &str) = body.deserialize().unwrap();
            assert_eq!((who, mode), ("Lanyard", "block"));
            assert!(why.contains("gate"), "{why}");
            if what.contains(denied) {
                let no = "org.freedesktop.DBus.Error.AccessDenied";
                bus.reply_error(&header, no, &"not you").await.unwrap();
                return Some(Asked::Denied(what.to_owned()));
            }
            let (end, held) = std::io::pipe().unwrap();
            bus.reply(&header, &Fd::from(OwnedFd::from(held))).await.unwrap();
            Some(Asked::Sleep(what.to_owned(), end))
        }
        ("org.freedesktop.ScreenSaver", "Inhibit") => {
            let body = call.body();
            let (who, _why): (&str, &str) = body.deserialize().unwrap();
            assert_eq!(who, "Lanyard");
            bus.reply(&header, &COOKIE).await.unwrap();
            Some(Asked::Screen)
        }
        ("org.freedesktop.ScreenSaver", "UnInhibit") => {
            let cookie: u32 = call.body().deserialize().unwrap();
            assert_eq!(cookie, COOKIE);
            bus.reply(&header, &()).await.unwrap();
            Some(Asked::ScreenAgain)
        }
        _ => None,
    }
}
