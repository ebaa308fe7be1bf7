//! The laptop's clock and its source of random bytes: the only place that asks for either.

use jiff::Timestamp;
use sync::entropy::Entropy;

/// The laptop's time now.
#[must_use]
#[allow(clippy::disallowed_methods, reason = "this is the one reader of the clock")]
pub fn now() -> Timestamp {
    Timestamp::try_from(std::time::SystemTime::now()).unwrap_or(Timestamp::MAX)
}

/// The operating system's random bytes.
#[derive(Debug, Default, Clone, Copy)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&mut self, bytes: &mut [u8]) {
        // Without random bytes nothing may be signed or sealed; every system we run on has them once it has booted.
        if getrandom::fill(bytes).is_err() {
            std::process::abort();
        }
    }
}
