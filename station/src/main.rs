//! The `lanyard` command.

use std::process::ExitCode;

/// An import makes millions of small texts and documents; the system's allocator spends a third of it on them.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    station::cli::main()
}
