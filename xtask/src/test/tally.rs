//! Results of test programs, added up from what each kind of runner says.
//!
//! A runner that ends without a result, or badly though no test failed, counts as one failure: silence is
//! never success.

use serde_json::Value;

/// Tests that passed and failed.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sum {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
}

impl Sum {
    pub(super) fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }

    /// The sum of a runner that ended like this.
    pub(super) fn ended(mut self, well: bool) -> Self {
        if !well && self.failed == 0 {
            self.failed = 1;
        }
        self
    }
}

/// Adds up the results that the test programs of cargo print.
#[derive(Debug, Default)]
pub(super) struct Tally {
    sum: Sum,
    /// A program has started and not yet told its result.
    open: bool,
}

impl Tally {
    pub(super) fn read(&mut self, text: &str) {
        let text = text.trim_end();
        if is_start(text) {
            self.close();
            self.open = true;
        } else if let Some(sum) = result(text) {
            self.open = false;
            self.sum.add(sum);
        }
    }

    /// A program that was killed tells no result: that is one failure.
    fn close(&mut self) {
        if std::mem::take(&mut self.open) {
            self.sum.failed += 1;
        }
    }

    pub(super) fn end(mut self) -> Sum {
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

/// The JSON report of vitest. A file that could not even be loaded holds no test, and is a failure.
pub(super) fn vitest(report: &str) -> Option<Sum> {
    let report: Value = serde_json::from_str(report).ok()?;
    let count = |name: &str| report.get(name)?.as_u64();
    let unloaded = |file: &&Value| {
        let tests = file.get("assertionResults").and_then(Value::as_array);
        file.get("status").is_some_and(|status| status == "failed")
            && tests.is_none_or(Vec::is_empty)
    };
    let files = report.get("testResults")?.as_array()?;
    let unloaded = u64::try_from(files.iter().filter(unloaded).count()).ok()?;
    Some(Sum {
        passed: count("numPassedTests")?,
        failed: count("numFailedTests")?.checked_add(unloaded)?,
    })
}

/// The TAP report of `node --test`: its counts stand after the plan, where no test can print any more.
pub(super) fn tap(report: &str) -> Option<Sum> {
    let lines: Vec<&str> = report.lines().collect();
    let plan = lines.iter().rposition(|line| line.starts_with("1.."))?;
    let count = |name: &str| {
        let rest = lines
            .get(plan..)?
            .iter()
            .find_map(|line| line.strip_prefix("# ")?.strip_prefix(name)?.strip_prefix(' '));
        rest?.trim().parse::<u64>().ok()
    };
    Some(Sum { passed: count("pass")?, failed: count("fail")?.checked_add(count("cancelled")?)? })
}

/// The names of the tests that failed, as `node --test` writes them; ours are words joined by underscores.
pub(super) fn failed(report: &str) -> Vec<String> {
    let is_name = |name: &&str| name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let names = report.lines().filter_map(|line| {
        let (_, name) = line.trim_start().strip_prefix("not ok ")?.split_once(" - ")?;
        Some(name.trim()).filter(is_name).map(str::to_owned)
    });
    let mut names: Vec<String> = names.collect();
    names.sort();
    names.dedup();
    names
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

    #[test]
    fn a_runner_that_ends_badly_has_a_failure() {
        let good = Sum { passed: 3, failed: 0 };
        assert_eq!(good.ended(true), good);
        assert_eq!(good.ended(false), Sum { passed: 3, failed: 1 });
        let bad = Sum { passed: 3, failed: 2 };
        assert_eq!(bad.ended(false), bad);
    }

    #[test]
    fn vitest_counts_files_that_did_not_load() {
        let report = r#"{"numPassedTests":5,"numFailedTests":1,"testResults":[
            {"status":"passed","assertionResults":[{}]},
            {"status":"failed","assertionResults":[{}]},
            {"status":"failed","assertionResults":[]}]}"#;
        assert_eq!(vitest(report), Some(Sum { passed: 5, failed: 2 }));
        assert_eq!(vitest(r#"{"numPassedTests":5}"#), None);
        assert_eq!(vitest(""), None);
    }

    #[test]
    fn node_counts_after_its_plan() {
        let report = "TAP version 13\n# Subtest: one\n# pass 99\nok 1 - one\n1..2\n\
            # tests 4\n# suites 0\n# pass 2\n# fail 1\n# cancelled 1\n# skipped 0\n# todo 0\n";
        assert_eq!(tap(report), Some(Sum { passed: 2, failed: 2 }));
        assert_eq!(tap("TAP version 13\n# pass 9\n# fail 0\n# cancelled 0\n"), None);
        assert_eq!(tap("1..2\n# pass 2\n"), None);
    }

    #[test]
    fn tests_that_failed_are_named() {
        let report = "TAP version 13\n# Subtest: one\nok 1 - one\nnot ok 2 - a_door_opens\n  ---\n\
                      not ok 3 - window/first.test.js\n    not ok 1 - it_is_late # time\n";
        assert_eq!(failed(report), ["a_door_opens"]);
        assert!(failed("").is_empty());
    }
}
