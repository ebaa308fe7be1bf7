//! `cargo xtask test`: everything CI runs, in order, the product's tests last.
//!
//! A step that fails ends the run and says how to repeat that step alone. When the tests were reached,
//! the very last line is `N passed, N failed`, summed over all test programs.

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{ExitCode, Stdio};
use std::time::Instant;

use anyhow::{Context, Error, Result, anyhow, bail, ensure};

use crate::place::{Place, line, watch};
use crate::{arrows, deny, setup, tidy};

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
    python: PathBuf,
    long: bool,
}

struct Step {
    name: &'static str,
    what: &'static str,
    /// Only with `--long`, or when asked for by name.
    long: bool,
    run: fn(&Run) -> Result<()>,
}

/// Quick steps first; the tests of the product come after these.
const STEPS: [Step; 6] = [
    Step {
        name: "fmt",
        what: "the code is laid out by rustfmt",
        long: false,
        run: |run| watch(&mut run.place.cargo(&["fmt", "--all", "--check"])),
    },
    Step {
        name: "arrows",
        what: "crates depend downwards only",
        long: false,
        run: |run| arrows::check(&run.place),
    },
    Step {
        name: "tidy",
        what: "rules of the house that no compiler knows",
        long: false,
        run: |run| tidy::check(&run.place),
    },
    Step {
        name: "clippy",
        what: "no warning in any target",
        long: false,
        run: |run| {
            let clippy = ["clippy", "--workspace", "--all-targets", "--"];
            watch(run.place.cargo(&clippy).args(["-D", "warnings"]))
        },
    },
    Step {
        name: "doc",
        what: "the documentation builds without a warning",
        long: false,
        run: |run| {
            let doc = ["doc", "--workspace", "--no-deps"];
            watch(run.place.cargo(&doc).env("RUSTDOCFLAGS", "-D warnings"))
        },
    },
    Step {
        name: "deny",
        what: "licences, bans, sources and advisories of all dependencies",
        long: true,
        run: |run| deny::check(&run.place),
    },
];

/// Name of the last step, which alone ends with a sum.
const TESTS: &str = "tests";

impl Options {
    pub(crate) fn parse(args: &[String]) -> Result<Self> {
        let mut options = Self { long: false, steps: Vec::new() };
        let names = || STEPS.iter().map(|step| step.name).chain([TESTS]);
        for arg in args {
            match arg.as_str() {
                "--long" => options.long = true,
                name if names().any(|known| known == name) => options.steps.push(arg.clone()),
                other => bail!(
                    "there is no step '{other}'; the steps are {}",
                    names().collect::<Vec<_>>().join(", ")
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
    let python = setup::for_tests(&place).context("set-up is not complete")?;
    took(started);
    let run = Run { place, python, long: options.long };
    for step in &STEPS {
        if options.wants(step.name, step.long) {
            let begun = Instant::now();
            heading(step.name, step.what);
            (step.run)(&run).map_err(|problem| failed(step.name, &problem))?;
            took(begun);
        }
    }
    if !options.wants(TESTS, false) {
        return Ok(ExitCode::SUCCESS);
    }
    let begun = Instant::now();
    heading(TESTS, "every test of the workspace");
    let sum = tests(&run).map_err(|problem| failed(TESTS, &problem))?;
    took(begun);
    println!("   {:.1} s in all\n", started.elapsed().as_secs_f64());
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
    let mut cargo = run.place.cargo(&["test", "--workspace", "--no-fail-fast"]);
    cargo.env("LANYARD_PYTHON", &run.python);
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
    ensure!(
        status.success() || sum.failed > 0,
        "cargo ended with {status}, though no test failed: its message is above"
    );
    Ok(sum)
}

/// Tests that passed and failed.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Sum {
    passed: u64,
    failed: u64,
}

/// Adds up the results that test programs print.
#[derive(Debug, Default)]
struct Tally {
    sum: Sum,
    /// A program has started and not yet told its result.
    open: bool,
}

impl Tally {
    fn read(&mut self, text: &str) {
        let text = text.trim_end();
        if is_start(text) {
            self.close();
            self.open = true;
        } else if let Some(sum) = result(text) {
            self.open = false;
            self.sum.passed += sum.passed;
            self.sum.failed += sum.failed;
        }
    }

    /// A program that was killed tells no result: that is one failure.
    fn close(&mut self) {
        if std::mem::take(&mut self.open) {
            self.sum.failed += 1;
        }
    }

    fn end(mut self) -> Sum {
        self.close();
        self.sum
    }
}

/// `running 12 tests`
fn is_start(text: &str) -> bool {
    text.strip_prefix("running ").and_then(|rest| rest.split_once(' ')).is_some_and(
        |(count, word)| count.parse::<u64>().is_ok() && matches!(word, "test" | "tests"),
    )
}

/// `test result: FAILED. 12 passed; 1 failed; 0 ignored; ...`
fn result(text: &str) -> Option<Sum> {
    let rest = text.strip_prefix("test result: ")?;
    let (_, counts) = rest.split_once(". ")?;
    let count = |what: &str| {
        counts.split("; ").find_map(|part| part.strip_suffix(what)?.trim().parse().ok())
    };
    Some(Sum { passed: count("passed")?, failed: count("failed")? })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(output: &str, passed: u64, failed: u64) {
        let mut tally = Tally::default();
        output.lines().for_each(|text| tally.read(text));
        assert_eq!(tally.end(), Sum { passed, failed }, "{output}");
    }

    #[test]
    fn results_are_added_up() {
        check("", 0, 0);
        let good = "running 2 tests\ntest a ... ok\ntest b ... ok\n\n\
            test result: ok. 2 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s\n";
        let bad = "running 1 test\ntest c ... FAILED\n\
            test result: FAILED. 0 passed; 1 failed; 3 ignored; 0 measured; 0 filtered out; finished in 0.01s\n";
        check(good, 2, 0);
        check(bad, 0, 1);
        check(&format!("{good}{bad}{good}"), 4, 1);
    }

    #[test]
    fn a_program_without_a_result_is_a_failure() {
        let killed = "running 2 tests\ntest a ... ok\n";
        let good = "running 1 test\ntest result: ok. 1 passed; 0 failed; 0 ignored\n";
        check(killed, 0, 1);
        check(&format!("{killed}{good}"), 1, 1);
        check(&format!("{good}{killed}"), 1, 1);
    }

    #[test]
    fn a_test_may_print_what_looks_like_a_result() {
        check("  test result: ok. 9 passed; 0 failed;", 0, 0);
        check("running late", 0, 0);
        check("running 3 errands", 0, 0);
        check("test result: odd", 0, 0);
    }

    fn parse(line: &str) -> Result<Options> {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        Options::parse(&words)
    }

    #[test]
    fn steps_are_chosen_by_name_or_length() {
        let all = parse("").unwrap();
        assert!(all.wants("fmt", false) && all.wants(TESTS, false) && !all.wants("deny", true));
        assert!(parse("--long").unwrap().wants("deny", true));
        let one = parse("deny").unwrap();
        assert!(one.wants("deny", true) && !one.wants("fmt", false) && !one.wants(TESTS, false));
        assert!(parse("everything").is_err());
    }
}
