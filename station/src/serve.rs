//! The screens in a browser of this laptop: a local HTTP server over the same [`crate::seam`] as the desktop window.
//!
//! It listens on loopback unless it is told otherwise, answers only to who has the token, and takes no question that a
//! page of another origin sends. A page found by a name other than this machine's is not served at all.

mod gate;
mod http;
mod screens;

use crate::api::{Command, Request};
use crate::client::Client;
use crate::clock::SystemEntropy;
use crate::folder::write_durably;
use crate::input::InputArgs;
use crate::net::SyncOptions;
use crate::problem::{Code, Problem};
use serde::Serialize;
use std::net::SocketAddr;
use sync::entropy::random;

/// Threads that wait for a disk or another process: as many as questions are let in.
const THREADS_MAX: usize =
    http::DOORS_MAX + http::REPORTS_MAX + http::UPLOADS_MAX + http::PREVIEWS_MAX;

/// How it is served.
#[derive(Debug, Clone, clap::Args)]
pub struct Options {
    /// Address to listen on; port 0 takes a free one.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:0")]
    pub http: SocketAddr,
    /// What this laptop reads codes with.
    #[command(flatten)]
    pub inputs: InputArgs,
    /// How this laptop speaks with others.
    #[command(flatten)]
    pub sync: SyncArgs,
}

/// How this laptop speaks with others.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct SyncArgs {
    /// Address to hear other stations on; several are possible, port 0 takes a free one. Every interface, if not given.
    #[arg(long, value_name = "ADDR")]
    pub sync: Vec<SocketAddr>,
    /// Do not look for stations by multicast.
    #[arg(long)]
    pub no_discovery: bool,
    /// Write every frame down in the clear.
    #[cfg(feature = "trace-frames")]
    #[arg(long, value_name = "FILE")]
    pub trace_frames: Option<std::path::PathBuf>,
    /// Leave a guard out: `scope`.
    #[cfg(feature = "trace-frames")]
    #[arg(long, value_name = "GUARD")]
    pub without: Option<String>,
}

impl SyncArgs {
    /// What the station is asked with.
    #[must_use]
    pub fn options(&self) -> SyncOptions {
        let (bind, discovery) = (self.sync.clone(), !self.no_discovery);
        let options = SyncOptions { bind, discovery, ..SyncOptions::default() };
        #[cfg(feature = "trace-frames")]
        let options = SyncOptions {
            trace: self.trace_frames.clone(),
            without: self.without.clone(),
            ..options
        };
        options
    }
}

/// What is printed once it answers.
#[derive(Debug, Clone, Serialize)]
pub struct Ready {
    /// Address of the screens.
    pub http: SocketAddr,
    /// What whoever asks has to know.
    pub token: String,
    /// Addresses at which other stations find this one.
    pub sync: Vec<SocketAddr>,
}

/// Serves until the process ends.
///
/// # Errors
/// Where the folder or the address cannot be used.
pub fn run(
    client: &Client,
    options: &Options,
    ready: &mut dyn FnMut(&Ready),
) -> Result<(), Problem> {
    // A folder that cannot be used is said now, not on the first question.
    let mut show = Request::new(None, None, Command::StationShow);
    show.guarded = true;
    client.call(&show, &mut |_| {})?;
    let addresses = client.keep_in_touch(options.sync.options())?;
    let token = token(client)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        // Where the process has no more file descriptors, the listener waits a second.
        .enable_time()
        .max_blocking_threads(THREADS_MAX)
        .build()
        .map_err(|e| cannot(&options.http, &e))?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(options.http).await;
        let listener = listener.map_err(|e| cannot(&options.http, &e))?;
        let http = listener.local_addr().map_err(|e| cannot(&options.http, &e))?;
        ready(&Ready { http, token: token.clone(), sync: addresses });
        let router = http::router(client.clone(), gate::Gate::new(http, token));
        axum::serve(listener, router).await.map_err(|e| cannot(&http, &e))
    })
}

/// The token of this folder: it stays the same, so that a page that was open finds its station again after a restart.
fn token(client: &Client) -> Result<String, Problem> {
    let path = client.folder().path().join("serve.token");
    let known = std::fs::read_to_string(&path).ok().map(|text| text.trim().to_owned());
    if let Some(known) = known.filter(|text| domain::id::from_hex::<16>(text).is_some()) {
        return Ok(known);
    }
    if path.exists() {
        // Half a token of an earlier process is none.
        let _ = std::fs::remove_file(&path);
    }
    let bytes: [u8; 16] = random(&mut SystemEntropy);
    let token: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    match write_durably(&path, token.as_bytes(), true) {
        Ok(()) => Ok(token),
        // Another one was started at the same moment: both have its token.
        Err(problem) => match std::fs::read_to_string(&path) {
            Ok(theirs) if domain::id::from_hex::<16>(theirs.trim()).is_some() => {
                Ok(theirs.trim().to_owned())
            }
            _ => Err(problem),
        },
    }
}

fn cannot(address: &SocketAddr, problem: &std::io::Error) -> Problem {
    Problem::new(
        Code::Unreachable,
        format!("The screens cannot be served at {address}: {problem}."),
        "Give another address with --http; port 0 takes a free one.",
    )
}
