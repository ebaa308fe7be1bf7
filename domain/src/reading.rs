//! What is read at a station, from whichever source, and what of it only repeats what was read a moment ago.
//!
//! A scanner that is held still reads the same code again, and a camera reads it with every picture. Nobody means that
//! as another scan. Another code is always meant; so is what a hand typed or chose.

use std::collections::BTreeMap;

/// The same code again within this time is the same scan.
pub const AGAIN_MS: i64 = 2_500;
/// A code that the camera has not seen for this long has left its picture: some ten pictures, so that one blurred by a
/// hand's movement is no new scan.
pub const LEFT_MS: i64 = 500;
/// Codes that are kept in mind: more than any scanner reads in [`AGAIN_MS`].
const KEPT_MAX: usize = 256;

/// Where a reading comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Source {
    /// A camera.
    Camera,
    /// A scanner on a serial line.
    Serial,
    /// A scanner that types.
    Wedge,
    /// A hand that typed a code.
    Typed,
    /// Somebody chosen from what a search found.
    Search,
    /// The command line.
    Command,
}

impl Source {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Camera, Self::Serial, Self::Wedge, Self::Typed, Self::Search, Self::Command];

    /// Its name in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Camera => "camera",
            Self::Serial => "serial",
            Self::Wedge => "wedge",
            Self::Typed => "typed",
            Self::Search => "search",
            Self::Command => "command",
        }
    }

    /// The source of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.as_str() == name)
    }

    /// Whether it reads by itself, and may so read one thing twice. What a person did by hand is always meant.
    #[must_use]
    pub const fn may_repeat(self) -> bool {
        matches!(self, Self::Camera | Self::Serial | Self::Wedge)
    }
}

/// What was read a moment ago.
#[derive(Debug, Clone, Default)]
pub struct Repeats(BTreeMap<String, Read>);

#[derive(Debug, Clone, Copy)]
struct Read {
    /// Until when the same is no new scan.
    until: i64,
    /// When a camera saw it last.
    seen: Option<i64>,
    /// No screen took it: the next time is the first.
    declined: bool,
}

impl Read {
    fn is_repeated(&self, source: Source, at: i64) -> bool {
        if self.declined {
            // A camera must not ask the screen thirty times a second.
            return source == Source::Camera && at < self.until;
        }
        at < self.until || self.is_in_view(at)
    }

    fn is_in_view(&self, at: i64) -> bool {
        self.seen.is_some_and(|seen| at.saturating_sub(seen) < LEFT_MS)
    }
}

impl Repeats {
    /// Whether a payload, read at `at` milliseconds of a clock that never goes back, is a scan of its own.
    pub fn is_new(&mut self, source: Source, text: &str, at: i64) -> bool {
        if !source.may_repeat() {
            return true;
        }
        let seen = (source == Source::Camera).then_some(at);
        if let Some(read) = self.0.get_mut(text)
            && read.is_repeated(source, at)
        {
            read.seen = seen.or(read.seen);
            return false;
        }
        self.make_room(at);
        let until = at.saturating_add(AGAIN_MS);
        self.0.insert(text.to_owned(), Read { until, seen, declined: false });
        true
    }

    /// A camera still sees a code beside the one that is meant: once that one is gone, this is no new scan.
    pub fn sees(&mut self, text: &str, at: i64) {
        if let Some(read) = self.0.get_mut(text)
            && read.is_repeated(Source::Camera, at)
        {
            read.seen = Some(at);
        }
    }

    /// No screen could take it: whoever shows it again means it.
    pub fn decline(&mut self, text: &str) {
        if let Some(read) = self.0.get_mut(text) {
            read.declined = true;
        }
    }

    fn make_room(&mut self, at: i64) {
        if self.0.len() < KEPT_MAX {
            return;
        }
        self.0.retain(|_, read| at < read.until || read.is_in_view(at));
        while self.0.len() >= KEPT_MAX {
            let oldest = self.0.iter().min_by_key(|(_, read)| read.until);
            let Some(oldest) = oldest.map(|(text, _)| text.clone()) else { return };
            self.0.remove(&oldest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Source::{Camera, Command, Search, Serial, Typed, Wedge};

    /// Which of these readings, in order, are scans.
    fn scans(readings: &[(Source, &str, i64)]) -> Vec<bool> {
        let mut repeats = Repeats::default();
        readings.iter().map(|(source, text, at)| repeats.is_new(*source, text, *at)).collect()
    }

    #[test]
    fn the_same_code_counts_again_after_two_and_a_half_seconds() {
        let readings = [(Wedge, "A", 0), (Wedge, "A", 2_499), (Wedge, "A", 2_500)];
        assert_eq!(scans(&readings), [true, false, true]);
        // Whoever scans without end does not keep a code away for ever.
        let readings = [(Serial, "A", 0), (Serial, "A", 2_000), (Serial, "A", 2_600)];
        assert_eq!(scans(&readings), [true, false, true]);
        // Two devices that read one badge.
        assert_eq!(scans(&[(Camera, "A", 0), (Serial, "A", 900)]), [true, false]);
    }

    #[test]
    fn a_code_in_the_picture_counts_once_until_it_has_left() {
        let held: Vec<_> = (0..300).map(|frame| (Camera, "A", frame * 33)).collect();
        assert_eq!(scans(&held).iter().filter(|new| **new).count(), 1);
        // Blurred for a moment, then seen again: the same badge.
        let readings = [(Camera, "A", 0), (Camera, "A", 2_400), (Camera, "A", 2_800)];
        assert_eq!(scans(&readings), [true, false, false]);
        // Lowered, and raised again.
        let readings = [(Camera, "A", 0), (Camera, "A", 2_400), (Camera, "A", 2_900)];
        assert_eq!(scans(&readings), [true, false, true]);
    }

    #[test]
    fn another_code_is_never_kept_back() {
        let readings = [(Camera, "A", 0), (Camera, "B", 1), (Camera, "A", 2), (Wedge, "C", 2)];
        assert_eq!(scans(&readings), [true, true, false, true]);
    }

    #[test]
    fn a_badge_behind_another_is_no_new_scan_once_that_is_gone() {
        let mut repeats = Repeats::default();
        assert!(repeats.is_new(Camera, "A", 0));
        assert!(repeats.is_new(Camera, "B", 400));
        for at in (433..9_000).step_by(33) {
            assert!(!repeats.is_new(Camera, "B", at));
            repeats.sees("A", at);
            repeats.sees("C", at);
        }
        assert!(!repeats.is_new(Camera, "A", 9_000));
        // One that was only ever behind was not read yet.
        assert!(repeats.is_new(Camera, "C", 9_000));
    }

    #[test]
    fn what_a_hand_did_is_always_meant() {
        for source in [Typed, Search, Command] {
            assert_eq!(scans(&[(source, "A", 0), (source, "A", 0)]), [true, true]);
        }
        // And keeps nothing back.
        assert_eq!(scans(&[(Typed, "A", 0), (Wedge, "A", 1)]), [true, true]);
    }

    #[test]
    fn what_no_screen_took_may_be_shown_again() {
        let mut repeats = Repeats::default();
        assert!(repeats.is_new(Wedge, "A", 0));
        repeats.decline("A");
        assert!(repeats.is_new(Wedge, "A", 10));
        assert!(!repeats.is_new(Wedge, "A", 20));
        // A badge that is held before the camera is offered again, but not with every picture.
        assert!(repeats.is_new(Camera, "B", 0));
        repeats.decline("B");
        let taken: Vec<i64> = (1..120)
            .map(|frame| frame * 33)
            .filter(|at| repeats.is_new(Camera, "B", *at))
            .collect();
        assert_eq!(taken, [2_508]);
    }

    #[test]
    fn little_is_kept_in_mind() {
        let mut repeats = Repeats::default();
        for at in 0..10_000 {
            assert!(repeats.is_new(Serial, &format!("noise {at}"), at));
        }
        assert!(repeats.0.len() <= KEPT_MAX);
        assert!(!repeats.is_new(Serial, "noise 9999", 10_000));
    }

    #[test]
    fn sources_have_names() {
        for source in Source::ALL {
            assert_eq!(Source::parse(source.as_str()), Some(source));
        }
        assert_eq!(Source::parse("telepathy"), None);
    }
}
