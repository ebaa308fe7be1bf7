//! The simulator over many seeds, and what each guard of the engine is good for.
//!
//! `LANYARD_SIM_SEED` and `LANYARD_SIM_COUNT` choose other seeds; `cargo xtask sim` runs them one by one and tells more.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test says what it found, and fails by panicking"
)]

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use tests::sim::{Focus, Guard, Guards, Outcome, Plan, Tally, run};

/// Seeds of one run of all tests; of a long one.
const SEEDS: [u64; 2] = [200, 1_000];

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

/// Runs seeds beside each other, as many as this machine has cores for.
fn runs(first: u64, count: u64) -> Vec<Outcome> {
    let next = AtomicU64::new(first);
    let outcomes = Mutex::new(Vec::new());
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    std::thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= first + count {
                        return;
                    }
                    let outcome = run(Plan::new(seed));
                    outcomes.lock().unwrap().push(outcome);
                }
            });
        }
    });
    outcomes.into_inner().unwrap()
}

#[test]
fn stations_agree_whatever_goes_wrong() {
    let seeds = SEEDS[usize::from(std::env::var_os("LANYARD_LONG").is_some())];
    let (first, count) = (number("LANYARD_SIM_SEED", 1), number("LANYARD_SIM_COUNT", seeds));
    let mut tally = Tally::default();
    let mut failed = Vec::new();
    for outcome in runs(first, count) {
        tally.join(&outcome.tally);
        if !outcome.failures.is_empty() {
            failed.push(outcome.to_string());
        }
    }
    println!("seeds {first} to {}:\n{tally}", first + count - 1);
    assert!(failed.is_empty(), "{} of {count} seeds failed:\n{}", failed.len(), failed.join("\n"));
    let missing = tally.missing();
    assert!(count < SEEDS[0] || missing.is_empty(), "never happened: {missing:?}");
}

#[test]
fn a_seed_repeats_its_run() {
    for seed in [2, 5, 13] {
        let (one, other) = (run(Plan::new(seed)), run(Plan::new(seed)));
        assert_eq!(one.trace, other.trace, "seed {seed}");
        assert_eq!(one.tally, other.tally, "seed {seed}");
    }
}

/// Without a guard some seed fails by the checker that guards the same, and holds with it.
fn is_needed(guard: Guard, focus: Focus, checker: &str) {
    let without = Guards::ALL.without(guard);
    for seed in 1..=1_000 {
        let plan = Plan { focus, ..Plan::new(seed) };
        let outcome = run(Plan { guards: without, ..plan });
        let found = outcome.failures.iter().find(|failure| failure.checker == checker);
        let Some(found) = found else { continue };
        println!("without {guard:?}: {found}, after {seed} seeds");
        let with = run(plan);
        assert!(with.failures.is_empty(), "with all guards: {with}");
        return;
    }
    panic!("no seed needs {guard:?}");
}

#[test]
fn without_scope_stations_get_what_is_not_theirs() {
    is_needed(Guard::Scope, Focus::Scope, "scope");
}

#[test]
fn without_chain_what_nobody_signed_is_kept() {
    is_needed(Guard::Chain, Focus::Forgery, "sound");
}

#[test]
fn without_revocation_who_was_shut_out_goes_on_hearing() {
    is_needed(Guard::Revocation, Focus::Revocation, "scope");
}

#[test]
fn without_credit_a_member_sends_what_it_likes() {
    is_needed(Guard::Credit, Focus::Flood, "bounded");
}

#[test]
fn without_heal_what_is_lost_once_stays_lost() {
    is_needed(Guard::Heal, Focus::Wall, "converged");
}
