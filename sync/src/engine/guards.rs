//! What keeps the engine safe, each by name, so that tests can take one out and see what it is good for.

/// One of the engine's guards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guard {
    /// Spaces go only to stations whose role has them.
    Scope,
    /// Hashes and signatures of what comes in are checked.
    Chain,
    /// Stations that were shut out are hung up on.
    Revocation,
    /// Nobody sends more than was asked for.
    Credit,
    /// Digests are compared every few seconds.
    Heal,
}

/// The guards that are in place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Guards(u8);

impl Guards {
    /// All of them.
    pub const ALL: Self = Self(0xff);

    /// All but one; for tests.
    #[cfg(feature = "unguarded")]
    #[must_use]
    pub const fn without(self, guard: Guard) -> Self {
        Self(self.0 & !(1 << guard as u8))
    }

    /// Whether one is in place.
    #[must_use]
    pub const fn has(self, guard: Guard) -> bool {
        self.0 & (1 << guard as u8) != 0
    }
}
