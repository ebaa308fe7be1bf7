//! The hybrid logical clock of a record: milliseconds since 1970 in the upper 48 bits, a counter in the lower 16.
//!
//! It only orders records. Nothing is refused because of it, and a laptop's clock that jumps back never makes it
//! go back.

/// The clock value for the next record: the wall clock, or one past the last record where that is later.
#[must_use]
pub fn next(last: u64, wall_millis: i64) -> u64 {
    let wall = u64::try_from(wall_millis).unwrap_or(0).min(u64::MAX >> 16) << 16;
    wall.max(last.saturating_add(1))
}

/// The milliseconds in a clock value.
#[must_use]
pub fn millis(hlc: u64) -> i64 {
    i64::try_from(hlc >> 16).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn never_goes_back() {
        let first = next(0, 1_000);
        assert_eq!(millis(first), 1_000);
        assert_eq!(next(first, 1_000), first + 1);
        assert_eq!(next(first, 10), first + 1);
        assert_eq!(next(first, -5), first + 1);
        assert_eq!(millis(next(first, 2_000)), 2_000);
        assert_eq!(next(u64::MAX, i64::MAX), u64::MAX);
    }
}
