//! `cargo xtask test`: everything CI runs, in order, the product's tests last.
//!
//! A check that fails ends the run and says how to repeat that step alone; tests that fail are counted, and the
//! run goes on. When tests were run, the very last line is `N passed, N failed`, summed over all test programs.

mod node;
mod tally;

use std::io::{BufRead, BufReader, Write};
use std::process::{ExitCode, Stdio};
use std::time::Instant;

use anyhow::{Context, Error, Result, anyhow, bail};

use crate::place::{Place, line, watch};
use crate::{arrows, binaries, deny, dist, guest, screens, setup, tidy};
pub(crate) use tally::Sum;
use tally::Tally;

/// What was asked for on the command line.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Options {
    long: bool,
    /// Names of [`STEPS`]; empty: all.
    steps: Vec<String>,
}

/// What the steps share.
struct Run {
    place: Place,
    tools: setup::Tools,
    long: bool,
}

struct Step {
    name: &'static str,
    what: &'static str,
    /// Only with `--long`, or when asked for by name.
    long: bool,
    /// What was counted, where the step runs tests.
    run: fn(&Run) -> Result<Option<Sum>>,
}

/// Quick steps first. The screens come before the first build: they go into the binaries.
const STEPS: [Step; 11] = [
    Step {
        name: "fmt",
        what: "the code is laid out by rustfmt",
        long: false,
        run: |run| checked(watch(&mut run.place.cargo(&["fmt", "--all", "--check"]))),
    },
    Step {
        name: "arrows",
        what: "crates depend downwards only",
        long: false,
        run: |run| checked(arrows::check(&run.place)),
    },
    Step {
        name: "tidy",
        what: "rules of the house that no compiler knows",
        long: false,
        run: |run| checked(tidy::check(&run.place)),
    },
    Step {
        name: "ui",
        what: "the screens build, their types and words are right, their tests",
        long: false,
        run: |run| {
            screens::build(&run.place)?;
            screens::npm_run(&run.place, "check")?;
            screens::npm_run(&run.place, "words")?;
            node::screens(run).map(Some)
        },
    },
    Step {
        name: "clippy",
        what: "no warning in any target (the first time takes some minutes)",
        long: false,
        run: |run| {
            screens::build(&run.place)?;
            let clippy = ["clippy", "--workspace", "--all-targets", "--"];
            checked(watch(run.place.cargo(&clippy).args(["-D", "warnings"])))
        },
    },
    Step {
        name: "doc",
        what: "the documentation builds without a warning",
        long: false,
        run: |run| {
            screens::build(&run.place)?;
            let doc = ["doc", "--workspace", "--no-deps"];
            checked(watch(run.place.cargo(&doc).env("RUSTDOCFLAGS", "-D warnings")))
        },
    },
    Step {
        name: "deny",
        what: "licences, bans, sources and advisories of all dependencies",
        long: true,
        run: |run| checked(deny::check(&run.place)),
    },
    Step {
        name: "tests",
        what: "every test of the workspace (the first time builds for some minutes)",
        long: false,
        run: |run| {
            screens::build(&run.place)?;
            tests(run).map(Some)
        },
    },
    Step {
        name: "deb",
        what: "the Debian package is small, can be installed, and what it installs runs",
        long: false,
        run: |run| dist::prove(&run.place).map(|done| done.then_some(Sum { passed: 1, failed: 0 })),
    },
    Step {
        name: "camera",
        what: "codes are read through cameras of a real driver, in a guest (the first time downloads 110 MB)",
        long: true,
        run: |run| guest::prove(&run.place),
    },
    Step {
        name: "e2e",
        what: "the real window, and the screens in a real browser",
        long: false,
        run: node::whole,
    },
];

fn checked(done: Result<()>) -> Result<Option<Sum>> {
    done.map(|()| None)
}

impl Options {
    pub(crate) fn parse(args: &[String]) -> Result<Self> {
        let mut options = Self { long: false, steps: Vec::new() };
        for arg in args {
            match arg.as_str() {
                "--long" => options.long = true,
                name if STEPS.iter().any(|step| step.name == name) => {
                    options.steps.push(arg.clone())
                }
                other => bail!(
                    "there is no step '{other}'; the steps are {}",
                    STEPS.iter().map(|step| step.name).collect::<Vec<_>>().join(", ")
                ),
            }
        }
        Ok(options)
    }

    fn wants(&self, name: &str, only_long: bool) -> bool {
        if self.steps.is_empty() {
            self.long || !only_long
        } else {
            self.steps.iter().any(|step| step == name)
        }
    }
}

/// Runs the steps; the exit code is a failure when a test failed.
pub(crate) fn test(options: &Options) -> Result<ExitCode> {
    let started = Instant::now();
    heading("set-up", "what the tests need from this machine");
    let place = Place::find()?;
    place.own_target()?;
    let tools = setup::for_tests(&place).context("set-up is not complete")?;
    took(started);
    let run = Run { place, tools, long: options.long };
    let mut counted = None;
    for step in &STEPS {
        if options.wants(step.name, step.long) {
            let begun = Instant::now();
            heading(step.name, step.what);
            if let Some(sum) = (step.run)(&run).map_err(|problem| failed(step.name, &problem))? {
                counted.get_or_insert_with(Sum::default).add(sum);
                if sum.failed > 0 {
                    println!("   {} failed; alone: cargo xtask test {}", sum.failed, step.name);
                }
            }
            took(begun);
        }
    }
    println!("   {:.1} s in all\n", started.elapsed().as_secs_f64());
    let Some(sum) = counted else {
        return Ok(ExitCode::SUCCESS);
    };
    println!("{} passed, {} failed", sum.passed, sum.failed);
    Ok(if sum.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn heading(name: &str, what: &str) {
    println!("\n== {name}: {what}");
}

/// Shows what is wrong; the error that is left to show last says which step it was.
fn failed(step: &str, problem: &Error) -> Error {
    eprintln!("{problem:#}");
    anyhow!("step '{step}' failed; alone it is: cargo xtask test {step}")
}

fn took(since: Instant) {
    println!("   {:.1} s", since.elapsed().as_secs_f64());
}

fn tests(run: &Run) -> Result<Sum> {
    let tracing = binaries::tracing(&run.place)?;
    let mut cargo = run.place.cargo(&["test", "--workspace", "--no-fail-fast"]);
    cargo.env("LANYARD_PYTHON", &run.tools.python).env("LANYARD_TRACE_BIN", tracing);
    if run.long {
        cargo.env("LANYARD_LONG", "1");
    }
    let mut child = cargo
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start {}", line(&cargo)))?;
    let output = child.stdout.take().context("the tests have no output")?;
    let mut tally = Tally::default();
    let mut shown = std::io::stdout().lock();
    // By bytes: what a test prints need not be UTF-8.
    for text in BufReader::new(output).split(b'\n') {
        let text = text?;
        shown.write_all(&text)?;
        shown.write_all(b"\n")?;
        tally.read(&String::from_utf8_lossy(&text));
    }
    shown.flush()?;
    let status = child.wait()?;
    let sum = tally.end();
    if !status.success() && sum.failed == 0 {
        bail!("cargo ended with {status}, though no test failed: its message is above");
    }
    Ok(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Options> {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        Options::parse(&words)
    }

    #[test]
    fn steps_are_chosen_by_name_or_length() {
        let all = parse("").unwrap();
        assert!(all.wants("fmt", false) && all.wants("e2e", false) && !all.wants("deny", true));
        assert!(parse("--long").unwrap().wants("deny", true));
        let one = parse("deny").unwrap();
        assert!(one.wants("deny", true) && !one.wants("fmt", false) && !one.wants("tests", false));
        assert!(parse("everything").is_err());
    }

    #[test]
    fn the_screens_are_built_before_anything_that_holds_them() {
        let names: Vec<&str> = STEPS.iter().map(|step| step.name).collect();
        let at = |name: &str| names.iter().position(|&known| known == name).unwrap();
        for later in ["clippy", "doc", "tests", "deb", "e2e"] {
            assert!(at("ui") < at(later), "{later}");
        }
    }
}
