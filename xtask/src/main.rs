//! The tasks of this workspace: `cargo xtask run`, `cargo xtask test`, `cargo xtask sim`, `cargo xtask dist`.
//!
//! Tasks are Rust on the standard library, so that one program does the same on a laptop and in CI.
//! They start other programs and read files; they link none of the crates they look after.
//! Linux is proven by the tests; macOS and Windows have their branches here, unproven.

// Talking to whoever started it is what a task does.
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod arrows;
mod binaries;
mod deny;
mod dist;
mod guest;
mod place;
mod run;
mod screens;
mod setup;
mod sim;
mod test;
mod tidy;

use std::process::ExitCode;

const USAGE: &str = "\
Usage:
  cargo xtask run                         try Lanyard: an event with 500 people, in its window;
                                          without a display, in a browser of this machine
  cargo xtask run -- --terminal [ARGS]    the same event, a door in this terminal (ARGS: those of `lanyard door`)
  cargo xtask test [--long] [STEP...]     all that CI runs, or only the named steps
  cargo xtask sim [--seed N] [--count M]  stations in a simulated hall, where all goes wrong that can
  cargo xtask dist [--debug]              the Debian package
";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let (command, rest) = match args.split_first() {
        Some((command, rest)) => (command.as_str(), rest),
        None => ("", args.as_slice()),
    };
    let done = match command {
        "run" => run::Options::parse(rest).map(|options| run::run(&options)),
        "test" => test::Options::parse(rest).map(|options| test::test(&options)),
        "sim" => Ok(sim::sim(rest)),
        "dist" => dist::Options::parse(rest).map(|options| dist::dist(&options)),
        "help" | "--help" | "-h" => {
            print!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        other => Err(anyhow::anyhow!("there is no task '{other}'")),
    };
    match done {
        Ok(Ok(code)) => code,
        Ok(Err(problem)) => {
            eprintln!("\nxtask {command}: {problem:#}");
            ExitCode::FAILURE
        }
        Err(usage) => {
            eprint!("xtask: {usage}\n\n{USAGE}");
            ExitCode::from(2)
        }
    }
}
