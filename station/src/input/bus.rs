//! Where everything that is read comes together: every reading gets its name, its time, and whether it only repeats
//! what was read a moment ago.

use super::lines::ReadingLine;
use crate::clock::{SystemEntropy, now};
use domain::reading::{Repeats, Source};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use sync::entropy::random;

/// The longest payload that is passed on: more than any code holds, so that what is too long is refused in words.
const TEXT_BYTES_MAX: usize = 20_000;

/// The one way in for what is read.
#[derive(Debug)]
pub(super) struct Bus {
    begun: Instant,
    repeats: Mutex<Repeats>,
}

impl Bus {
    pub(super) fn new() -> Self {
        Self { begun: Instant::now(), repeats: Mutex::default() }
    }

    /// Takes what was read at that moment.
    pub(super) fn hear(
        &self,
        source: Source,
        symbology: Option<&str>,
        text: &str,
        at: Instant,
    ) -> ReadingLine {
        let text = payload(text);
        let repeated = !self.repeats().is_new(source, text, self.millis(at));
        let bytes: [u8; 16] = random(&mut SystemEntropy);
        ReadingLine {
            id: bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
            source: source.as_str().to_owned(),
            symbology: symbology.map(str::to_owned),
            text: text.to_owned(),
            at: now().to_string(),
            age_ms: u32::try_from(at.elapsed().as_millis()).unwrap_or(u32::MAX),
            repeated,
        }
    }

    /// A camera still sees it, behind another.
    pub(super) fn sees(&self, text: &str, at: Instant) {
        self.repeats().sees(payload(text), self.millis(at));
    }

    /// No screen could take it.
    pub(super) fn decline(&self, text: &str) {
        self.repeats().decline(payload(text));
    }

    fn repeats(&self) -> MutexGuard<'_, Repeats> {
        self.repeats.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn millis(&self, at: Instant) -> i64 {
        let since = at.saturating_duration_since(self.begun).as_millis();
        i64::try_from(since).unwrap_or(i64::MAX)
    }
}

/// What a code says, without what a device or a thumb on the space bar put around it.
fn payload(text: &str) -> &str {
    let text = text.trim();
    text.get(..text.floor_char_boundary(TEXT_BYTES_MAX)).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_reading_has_a_name_of_its_own_and_repeats_are_told() {
        let bus = Bus::new();
        let at = Instant::now();
        let first = bus.hear(Source::Wedge, None, "A", at);
        let again = bus.hear(Source::Serial, Some("qr"), "A", at + Duration::from_secs(1));
        let later = bus.hear(Source::Serial, None, "A", at + Duration::from_secs(4));
        assert_eq!((first.repeated, again.repeated, later.repeated), (false, true, false));
        assert_ne!(first.id, later.id);
        assert_eq!((again.source.as_str(), again.symbology.as_deref()), ("serial", Some("qr")));
    }

    #[test]
    fn what_is_put_around_a_code_makes_no_other_of_it() {
        let bus = Bus::new();
        let at = Instant::now();
        assert_eq!(bus.hear(Source::Wedge, None, " A\r", at).text, "A");
        assert!(bus.hear(Source::Serial, None, "A", at).repeated);
        bus.decline(" A");
        assert!(!bus.hear(Source::Serial, None, "A", at).repeated);
    }

    #[test]
    fn a_payload_without_end_is_cut() {
        let text = "ä".repeat(TEXT_BYTES_MAX);
        let reading = Bus::new().hear(Source::Serial, None, &text, Instant::now());
        assert_eq!(reading.text.len(), TEXT_BYTES_MAX);
    }
}
