//! What was tried, what was checked, and what did not hold.

use std::collections::BTreeMap;
use std::fmt;

/// What goes wrong in a run, each by name.
pub const FAULTS: [&str; 30] = [
    "another event's bytes",
    "certificate expired",
    "certificate of its own",
    "changes that cannot hold",
    "clock jumps",
    "clock minutes off",
    "clock years off",
    "connection cut",
    "crash after a write",
    "crash before a write",
    "crash in a write",
    "endless frame",
    "foreign record changed",
    "forged body",
    "forged signature",
    "garbage",
    "hello replayed",
    "huge length",
    "image restored elsewhere",
    "image restored in place",
    "isolation",
    "lasting partition",
    "many tiny logs",
    "more ranges than asked",
    "one-way partition",
    "record from 2099",
    "revoked keeps trying",
    "slow link",
    "stranger",
    "wants what is not its",
];

/// Beside those, kinds of work that must not be missing.
pub const WORK: [&str; 14] = [
    "admitted",
    "exit",
    "import",
    "join",
    "people",
    "refused",
    "revocation",
    "revocation by root",
    "role change",
    "setting",
    "twice admitted",
    "unknown kind",
    "void",
    "word of a door",
];

/// What is checked, each by name.
pub const CHECKERS: [&str; 8] =
    ["bounded", "converged", "cut", "durable", "noticed", "scope", "sound", "unaffected"];

/// How often each thing happened.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally(pub BTreeMap<&'static str, u64>);

impl Tally {
    /// Counts one more.
    pub fn count(&mut self, what: &'static str) {
        self.add(what, 1);
    }

    /// Counts some more.
    pub fn add(&mut self, what: &'static str, many: u64) {
        *self.0.entry(what).or_default() += many;
    }

    /// How often that was.
    #[must_use]
    pub fn of(&self, what: &str) -> u64 {
        self.0.get(what).copied().unwrap_or(0)
    }

    /// Adds another run's.
    pub fn join(&mut self, other: &Self) {
        for (what, many) in &other.0 {
            self.add(what, *many);
        }
    }

    /// What never happened, of all that should.
    #[must_use]
    pub fn missing(&self) -> Vec<&'static str> {
        let all = FAULTS.iter().chain(&WORK).chain(&CHECKERS);
        all.copied().filter(|what| self.of(what) == 0).collect()
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts: [(&str, &[&str]); 3] =
            [("Faults", &FAULTS), ("Work", &WORK), ("Checkers", &CHECKERS)];
        for (title, names) in parts {
            writeln!(f, "{title}:")?;
            for name in names {
                writeln!(f, "  {name:<28} {:>9}", self.of(name))?;
            }
        }
        Ok(())
    }
}

/// Something that should hold and did not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Which checker says so.
    pub checker: &'static str,
    /// When in the run, in milliseconds.
    pub at: u64,
    /// What is wrong.
    pub what: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {} ms: {}", self.checker, self.at, self.what)
    }
}

/// What came of one run.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// Its seed.
    pub seed: u64,
    /// How often each thing happened.
    pub tally: Tally,
    /// What did not hold.
    pub failures: Vec<Failure>,
    /// Hash over all that happened: equal where a run was the same.
    pub trace: [u8; 32],
    /// Stations that took part.
    pub stations: usize,
    /// Records written.
    pub records: usize,
    /// Bytes sent.
    pub bytes: u64,
    /// How long it took all to agree once everything worked again.
    pub settled_ms: u64,
    /// What happened, in words, where that was asked for.
    pub story: Vec<String>,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let trace: String = self.trace.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
        write!(
            f,
            "seed {:>5}: {:>2} stations, {:>4} records, {:>8} bytes sent, level after {:>6} ms, trace {trace}",
            self.seed, self.stations, self.records, self.bytes, self.settled_ms
        )?;
        for failure in &self.failures {
            write!(f, "\n    {failure}")?;
        }
        Ok(())
    }
}
