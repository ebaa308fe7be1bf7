//! `cargo xtask sim`: the simulator of sync on seeds of one's choice.

use std::process::ExitCode;

use anyhow::{Context, Result};

use crate::place::Place;

/// Hands its words on to the simulator.
pub(crate) fn sim(words: &[String]) -> Result<ExitCode> {
    let place = Place::find()?;
    place.own_target()?;
    let mut cargo = place.cargo(&["run", "--quiet", "--package", "tests", "--bin", "sim", "--"]);
    let status = cargo.args(words).status().context("cargo cannot be started")?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
