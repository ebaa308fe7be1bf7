//! Between stations: what records cost on the way and to take in, and how soon others know.

mod carried;
mod hall;
mod joining;
mod laptop;
mod pair;
mod records;

use super::{BenchLine, Size, quantile};
use crate::problem::Problem;
use clap::ValueEnum;
use std::time::{Duration, Instant};

/// What to measure between stations.
#[derive(Debug, Clone, clap::Args)]
pub struct SyncSize {
    /// How large an event.
    #[command(flatten)]
    pub size: Size,
    /// Stations, each a process of its own, that hear of a check-in.
    #[arg(long, default_value_t = 20)]
    pub stations: u32,
    /// How long two stations are cut apart, in seconds.
    #[arg(long, default_value_t = 15)]
    pub cut: u32,
    /// Only this part.
    #[arg(long)]
    pub part: Option<Part>,
}

/// Which part to measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Part {
    /// Bytes on the way, and taking 10,000 check-ins in.
    Records,
    /// A new station and a long list.
    Newcomer,
    /// Meeting by a known address, and after a cut.
    Carried,
    /// Joining with a ticket; each laptop a process of its own.
    Joining,
    /// A check-in to all of a hall of processes, and shutting one out.
    Hall,
}

impl SyncSize {
    const fn cut(&self) -> Duration {
        Duration::from_secs(self.cut as u64)
    }

    /// How often something is measured: seldom where few people are there for it.
    fn at_most(&self, times: u32) -> u32 {
        times.min(self.size.attendees / 4).max(1)
    }
}

pub(super) fn run(size: &SyncSize) -> Result<Vec<BenchLine>, Problem> {
    let mut lines = Vec::new();
    let wanted = |part| size.part.is_none_or(|only| only == part);
    for part in Part::value_variants().iter().copied().filter(|part| wanted(*part)) {
        lines.extend(match part {
            Part::Records => records::check_ins(&size.size)?,
            Part::Newcomer => records::newcomer(&size.size)?,
            Part::Carried => carried::run(size)?,
            Part::Joining => joining::run(size)?,
            Part::Hall => hall::run(size)?,
        });
    }
    Ok(lines)
}

/// Milliseconds since then.
fn millis(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1e3
}

fn p50(sorted: &[f64]) -> f64 {
    quantile(sorted, 0.5)
}

/// The value below which 95 % of the sorted values lie.
fn p95(sorted: &[f64]) -> f64 {
    quantile(sorted, 0.95)
}
