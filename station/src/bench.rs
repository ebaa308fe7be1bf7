//! Measurements, filled in below.
use crate::problem::Problem;
use clap::Subcommand;
use serde::Serialize;
/// What to measure.
#[derive(Debug, Clone, Subcommand)]
pub enum Bench {
    /// Durable verdicts.
    Verdict,
}
/// line
#[derive(Debug, Clone, Serialize)]
pub struct BenchLine {
    /// x
    pub name: String,
}
impl std::fmt::Display for BenchLine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.name)
    }
}
/// run
/// # Errors
/// x
pub fn run(_: &Bench) -> Result<Vec<BenchLine>, Problem> {
    Ok(vec![])
}
