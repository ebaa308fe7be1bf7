//! The simulator of sync over many seeds, and over one of them twice. `cargo xtask sim` runs others.

use tests::sim::{Plan, Tally, run};

/// Seeds of one run of all tests: some tenths of a second each in a debug build. `cargo xtask sim` has more.
const SEEDS: u64 = 30;

#[test]
fn stations_agree_whatever_goes_wrong_between_them() {
    let (mut tally, mut failed) = (Tally::default(), Vec::new());
    for seed in 1..=SEEDS {
        let outcome = run(Plan::new(seed));
        tally.join(&outcome.tally);
        if !outcome.failures.is_empty() {
            failed.push(outcome.to_string());
        }
    }
    assert!(failed.is_empty(), "{} of {SEEDS} seeds:\n{}", failed.len(), failed.join("\n"));
}

#[test]
fn a_seed_repeats_a_run() {
    for seed in [3, 14] {
        let [first, second] = [run(Plan::new(seed)), run(Plan::new(seed))];
        assert_eq!(first.to_string(), second.to_string());
    }
}
