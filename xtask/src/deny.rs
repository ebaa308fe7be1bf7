//! The supply chain by `cargo-deny` and `deny.toml`: licences, banned crates, sources, advisories.
//!
//! Part of the long tests only: the tool takes minutes to build, and its advisory database is fetched.
//! A database that is out of reach is said, and is not a failure; a known advisory is one.

use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use crate::place::{Place, line, watch};
use crate::setup;

/// A fetch that takes longer is as good as no connection.
const FETCH_LIMIT: Duration = Duration::from_secs(120);

pub(crate) fn check(place: &Place) -> Result<()> {
    let tool = setup::cargo_tool(place, "cargo-deny")?;
    watch(deny(place, &tool).args(["check", "licenses", "bans", "sources"]))?;
    if !succeeds_within(deny(place, &tool).args(["fetch", "db"]), FETCH_LIMIT)? {
        println!("advisories: not checked, the advisory database is out of reach");
        return Ok(());
    }
    watch(deny(place, &tool).args(["check", "--disable-fetch", "advisories"]))
}

fn deny(place: &Place, tool: &Path) -> Command {
    let mut command = place.command(tool);
    command.args(["--log-level", "warn", "--workspace"]);
    command
}

/// Runs without a sound, ends it at the limit.
fn succeeds_within(command: &mut Command, limit: Duration) -> Result<bool> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .with_context(|| format!("cannot start {}", line(command)))?;
    let started = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status.success());
        }
        if started.elapsed() > limit {
            child.kill()?;
            child.wait()?;
            return Ok(false);
        }
        sleep(Duration::from_millis(100));
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_hangs_is_ended_at_the_limit() {
        let ample = Duration::from_secs(60);
        assert!(succeeds_within(&mut Command::new("true"), ample).unwrap());
        assert!(!succeeds_within(&mut Command::new("false"), ample).unwrap());
        let short = Duration::from_millis(50);
        assert!(!succeeds_within(Command::new("sleep").arg("60"), short).unwrap());
    }
}
