//! The `lanyard` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    station::cli::main()
}
