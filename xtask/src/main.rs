//! The tasks of this workspace: `cargo xtask run` and `cargo xtask test`.
//!
//! Tasks are Rust on the standard library, so that one program does the same on a laptop and in CI.
//! They start other programs and read files; they link none of the crates they look after.
//! Linux is proven by the tests; macOS and Windows have their branches here, unproven.

// Talking to whoever started it is what a task does.
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod arrows;
mod deny;
mod place;
mod run;
mod setup;
mod test;
mod tidy;

use std::process::ExitCode;

const USAGE: &str = "\
Usage:
  cargo xtask run [-- DOOR ARGUMENTS]     try Lanyard: an event with 500 people, a door in this terminal
  cargo xtask test [--long] [STEP...]     all that CI runs, or only the named steps
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
