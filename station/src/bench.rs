//! `lanyard bench`: what this machine does, beside a floor measured in the same run.
//!
//! A figure alone says little on a machine whose speed drifts; its ratio to bare SQLite on the same disk at the same
//! time does. The benches ask the public API, one request at a time, as the command does.

mod decode;
mod disk;
mod import;
mod search;
mod start;
mod sync;
mod verdict;

use crate::problem::Problem;
use clap::Subcommand;
use serde::Serialize;
use std::fmt;
use std::path::PathBuf;

/// What to measure.
#[derive(Debug, Clone, Subcommand)]
pub enum Bench {
    /// Durable verdicts, against a bare SQLite commit of a 200-byte row.
    Verdict(Size),
    /// Importing a roster, against a plain SQLite insert of the same rows and indexes.
    Import(Size),
    /// A process from its start to its first verdict.
    Start(Size),
    /// A search as at a door, misspelt and in several scripts, against a plain scan of the same names.
    Search(Size),
    /// Codes in pictures, against zxing-cpp where it is installed.
    Decode(decode::Pictures),
    /// Between stations: bytes on the way, taking records in, and how soon others know.
    Sync(sync::SyncSize),
}

/// How large an event to measure with.
#[derive(Debug, Clone, clap::Args)]
pub struct Size {
    /// Attendees.
    #[arg(long, default_value_t = 100_000)]
    pub attendees: u32,
    /// Check-ins that happened before.
    #[arg(long, default_value_t = 100_000)]
    pub earlier: u32,
    /// Verdicts to measure.
    #[arg(long, default_value_t = 2_000)]
    pub verdicts: u32,
    /// Where to put the files; the disk there is the one measured [default: the temporary folder].
    #[arg(long, value_name = "DIR")]
    pub dir: Option<PathBuf>,
    /// Keep the measured data folder and print where it is.
    #[arg(long)]
    pub keep: bool,
}

/// One figure.
#[derive(Debug, Clone, Serialize)]
pub struct BenchLine {
    /// What was measured.
    pub name: String,
    /// The figure.
    pub value: f64,
    /// Its unit.
    pub unit: &'static str,
    /// The floor's figure, where there is one.
    pub floor: Option<f64>,
    /// Figure by floor.
    pub ratio: Option<f64>,
}

impl BenchLine {
    fn new(name: impl Into<String>, value: f64, unit: &'static str) -> Self {
        Self { name: name.into(), value, unit, floor: None, ratio: None }
    }

    fn over(name: impl Into<String>, value: f64, floor: f64, unit: &'static str) -> Self {
        let ratio = (floor > 0.0).then(|| value / floor);
        Self { name: name.into(), value, unit, floor: Some(floor), ratio }
    }
}

impl fmt::Display for BenchLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:44} {:>12.3} {:3}", self.name, self.value, self.unit)?;
        if let (Some(floor), Some(ratio)) = (self.floor, self.ratio) {
            write!(f, "  floor {floor:>10.3}  ratio {ratio:.2}")?;
        }
        Ok(())
    }
}

/// Measures.
///
/// # Errors
/// Where the disk or the station fails.
pub fn run(bench: &Bench) -> Result<Vec<BenchLine>, Problem> {
    match bench {
        Bench::Verdict(size) => verdict::run(size),
        Bench::Import(size) => import::run(size),
        Bench::Start(size) => start::run(size),
        Bench::Search(size) => search::run(size),
        Bench::Decode(pictures) => decode::run(pictures),
        Bench::Sync(size) => sync::run(size),
    }
}

/// The value below which `share` of the sorted values lie.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place in a list")]
    let place = (sorted.len().saturating_sub(1) as f64 * share).round() as usize;
    sorted.get(place).copied().unwrap_or_default()
}

/// CPU seconds of this process so far.
fn cpu_seconds() -> f64 {
    disk::cpu_seconds()
}
