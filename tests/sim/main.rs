//! Runs the simulator over some seeds: `sim --seed N --count M [--tell]`.

#![allow(clippy::print_stdout, reason = "a command says what it found")]

use std::process::ExitCode;
use tests::sim::{Plan, Tally, run};

/// From so many seeds on, everything has to have happened.
const ALL_FROM: u64 = 200;

fn main() -> ExitCode {
    let (mut seed, mut count, mut tell) = (1, 200, false);
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        let mut number = || args.next().and_then(|text| text.parse::<u64>().ok());
        match (arg.as_str(), &mut seed, &mut count) {
            ("--tell", ..) => tell = true,
            ("--seed", seed, _) => *seed = number().unwrap_or(*seed),
            ("--count", _, count) => *count = number().unwrap_or(*count),
            (other, ..) => {
                println!("sim: there is no option {other}: sim [--seed N] [--count M] [--tell]");
                return ExitCode::from(2);
            }
        }
    }
    let (mut tally, mut failed) = (Tally::default(), Vec::new());
    for seed in seed..seed + count {
        let outcome = run(Plan { tell, ..Plan::new(seed) });
        for line in &outcome.story {
            println!("{line}");
        }
        println!("{outcome}");
        tally.join(&outcome.tally);
        if !outcome.failures.is_empty() {
            failed.push(seed);
        }
    }
    println!("{tally}");
    let missing = tally.missing();
    if !missing.is_empty() {
        println!("never happened: {}", missing.join(", "));
    }
    println!("{} of {count} seeds failed: {failed:?}", failed.len());
    let lacking = count >= ALL_FROM && !missing.is_empty();
    if failed.is_empty() && !lacking { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
