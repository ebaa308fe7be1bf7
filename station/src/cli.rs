//! The `lanyard` command: words in, one object a line or words for a person out.

mod args;
mod decode;
mod door;
mod join;
mod show;

use crate::api::{Command, Request, ScanRequest};
use crate::client::Client;
use crate::folder::{Folder, data_folder};
use crate::limits::LINE_BYTES_MAX;
use crate::problem::Problem;
use args::{Args, Ask};
use clap::Parser;
use show::Screen;
use std::io::{BufRead, Read};
use std::path::Path;
use std::process::ExitCode;

/// Runs the command that the process was started with.
#[must_use]
pub fn main() -> ExitCode {
    let args = Args::parse();
    let mut screen = Screen::new(args.common.json);
    match run(args, &mut screen) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(problem) => {
            screen.problem(&problem);
            ExitCode::from(1)
        }
    }
}

/// Whether all went well and nobody was refused.
fn run(args: Args, screen: &mut Screen) -> Result<bool, Problem> {
    let folder = Folder::at(&data_folder(args.common.data)?);
    let request =
        |command| Request::new(args.common.event.clone(), args.common.by.clone(), command);
    let client = Client::new(folder.clone());
    match args::ask(args.command, args.common.json)? {
        Ask::One(command) => {
            if let Command::EventNew { .. } = &command {
                folder.make()?;
            }
            let nothing = show::words_for_nothing(&command);
            let outputs = client.call(&request(command), &mut |done| screen.progress(done))?;
            screen.progress_end();
            if let (true, Some(words)) = (outputs.is_empty(), nothing) {
                screen.say(words);
            }
            Ok(screen.all(&outputs))
        }
        Ask::Scan { codes, scan, answers } => {
            client.reach()?;
            let mut good = true;
            let mut one = |code: String| -> Result<(), Problem> {
                let answers = answers.of(&code);
                let scan = ScanRequest { code, answers, ..scan.clone() };
                let outputs = client.call(&request(Command::Scan(scan)), &mut |_| {})?;
                good &= screen.all(&outputs);
                Ok(())
            };
            for code in codes {
                if code == "-" { each_line(&mut one)? } else { one(code)? }
            }
            Ok(good)
        }
        Ask::Door { scan, answers } => {
            client.reach()?;
            door::run(&client, &scan, &answers, &request, screen)?;
            Ok(true)
        }
        Ask::Serve(options) => {
            folder.make()?;
            let client = Client::with_inputs(folder, options.inputs.clone());
            crate::serve::run(&client, &options, &mut |ready| screen.ready(ready))?;
            Ok(true)
        }
        Ask::Join { ticket, name, sync } => {
            // A ticket that is none makes nothing.
            let ticket = crate::net::ticket(&ticket)?;
            folder.make()?;
            let ask = |command| client.call(&request(command), &mut |_| {});
            join::run(&client, &ticket.to_string(), name.as_deref(), &sync, &ask, screen)
        }
        Ask::Decode(pictures) => decode::run(&pictures, screen),
        Ask::Bench(bench) => {
            for line in crate::bench::run(&bench)? {
                screen.bench(&line);
            }
            Ok(true)
        }
    }
}

/// Calls `each` with every line of standard input that has something in it, as it comes.
///
/// A line that is too long to be a code is passed on cut, so that it is refused and not silently lost.
fn each_line(each: &mut dyn FnMut(String) -> Result<(), Problem>) -> Result<(), Problem> {
    let problem = |e: std::io::Error| Problem::io(Path::new("standard input"), &e);
    let mut input = std::io::stdin().lock();
    loop {
        let mut line = Vec::new();
        let limit = LINE_BYTES_MAX as u64;
        if input.by_ref().take(limit).read_until(b'\n', &mut line).map_err(problem)? == 0 {
            return Ok(());
        }
        if line.len() >= LINE_BYTES_MAX && line.last() != Some(&b'\n') {
            input.skip_until(b'\n').map_err(problem)?;
        }
        let text = String::from_utf8_lossy(&line);
        let text = text.trim_end_matches(['\n', '\r']);
        if !text.trim().is_empty() {
            each(text.to_owned())?;
        }
    }
}
