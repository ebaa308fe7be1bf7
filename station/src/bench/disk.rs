//! Where a bench puts its files, and what the operating system says about a process.

use super::Size;
use crate::problem::{Code, Problem};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// A folder for one bench; gone when dropped, unless it is to be kept.
pub(super) struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    pub(super) fn new(size: &Size) -> Result<Self, Problem> {
        let base = size.dir.clone().unwrap_or_else(std::env::temp_dir);
        let mut folder = tempfile::Builder::new()
            .prefix("lanyard-bench-")
            .tempdir_in(&base)
            .map_err(|e| Problem::io(&base, &e))?;
        folder.disable_cleanup(size.keep);
        Ok(Self { folder })
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

/// Milliseconds that `work` took.
pub(super) fn timed<T, E>(work: impl FnOnce() -> Result<T, E>) -> Result<(T, f64), E> {
    let start = Instant::now();
    let value = work()?;
    Ok((value, start.elapsed().as_secs_f64() * 1e3))
}

/// CPU seconds that this process used so far, all threads.
pub(super) fn cpu_seconds() -> f64 {
    cpu_seconds_of("self").unwrap_or_default()
}

/// CPU seconds that the threads of a process used so far.
pub(super) fn cpu_seconds_of(process: &str) -> Option<f64> {
    let tasks = fs::read_dir(Path::new("/proc").join(process).join("task")).ok()?;
    let nanos = tasks.flatten().filter_map(|task| {
        let text = fs::read_to_string(task.path().join("schedstat")).ok()?;
        text.split_whitespace().next()?.parse::<f64>().ok()
    });
    Some(nanos.sum::<f64>() / 1e9)
}

/// Most memory that a process held so far, in MiB.
pub(super) fn peak_memory_of(process: &str) -> Option<f64> {
    let text = fs::read_to_string(Path::new("/proc").join(process).join("status")).ok()?;
    let line = text.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse::<f64>().ok().map(|kib| kib / 1024.0)
}

/// A bench that cannot measure here.
pub(super) fn cannot(what: &str) -> Problem {
    Problem::new(
        Code::NotAllowed,
        format!("This cannot be measured here: {what}."),
        "It needs Linux.",
    )
}
