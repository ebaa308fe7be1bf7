//! The desktop shell: one window on one data folder, forwarding only.
//!
//! What the page asks goes to the station by [`commands`], what happens there comes back as `feed`.
//! No rule about events, gates or people is here, and nothing is remembered.

// No console beside the window on Windows.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod args;
mod commands;
mod window;

use std::process::ExitCode;

use clap::Parser;
use station::client::Client;
use station::folder::{Folder, data_folder};
use station::net::SyncOptions;
use station::seam;
use tauri::{App, Emitter, Manager};

use crate::args::Args;

/// An import makes millions of small texts; the system's allocator spends a third of it on them.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let args = Args::parse();
    let sync = args.sync.options();
    let opened = data_folder(args.data)
        .map(|folder| Folder::at(&folder))
        .and_then(|folder| folder.make().map(|()| folder))
        .map_err(|problem| problem.to_string())
        .and_then(|folder| {
            let client = Client::with_inputs(folder, args.inputs);
            run(client, sync).map_err(|error| format!("The window cannot be opened: {error}."))
        });
    match opened {
        Ok(()) => ExitCode::SUCCESS,
        Err(words) => {
            args::complain(&words);
            ExitCode::FAILURE
        }
    }
}

/// Returns when the window is closed.
fn run(client: Client, sync: SyncOptions) -> tauri::Result<()> {
    let insisted = window::Insistence::default();
    tauri::Builder::default()
        .manage(client)
        .invoke_handler(tauri::generate_handler![
            commands::dispatch,
            commands::preview,
            commands::upload
        ])
        .on_window_event(move |window, event| insisted.hear(window, event))
        .setup(move |app| {
            window::open(app)?;
            forward_the_feed(app);
            keep_in_touch(app, sync);
            Ok(())
        })
        .run(tauri::generate_context!())
}

/// Beside the window, which does not wait for a network.
fn keep_in_touch(app: &App, sync: SyncOptions) {
    let client = app.state::<Client>().inner().clone();
    std::thread::spawn(move || {
        // A laptop that cannot listen goes on alone; the screens say so.
        let _ = client.keep_in_touch(sync);
    });
}

/// Until the process ends: a page that is loaded anew listens again and asks for everything.
fn forward_the_feed(app: &App) {
    let client = app.state::<Client>().inner().clone();
    let app = app.handle().clone();
    seam::listen(&client, move |happening| {
        // That nothing happens is no news to a page that is in the same process.
        if happening.get("kind").is_some_and(|kind| kind == "beat") {
            return true;
        }
        // A window that is closing hears nothing more; the process is about to end with it.
        let _ = app.emit("feed", happening);
        true
    });
}
