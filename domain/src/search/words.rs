//! Texts kept once each, one after the other in memory, under numbers in the order in which they came.
//!
//! A table of numbers finds a text again, by a hash that is the same in every run: what is made from equal people is equal.

/// Texts, each once.
#[derive(Debug, Default)]
pub(super) struct Words {
    spans: Spans,
    /// Numbers, from 1, at the places that the hashes of their texts name or behind them; 0 where there is none.
    places: Vec<u32>,
}

impl Words {
    /// The number of a text, a new one where it is new; none where there are more than can be numbered.
    pub(super) fn number(&mut self, text: &str) -> Option<u32> {
        // Half of the places stay free, so that a search for one ends soon.
        if self.places.len() <= self.spans.len() * 2 {
            self.grow();
        }
        let place = match self.find(text) {
            Ok(number) => return Some(number),
            Err(place) => place,
        };
        let number = u32::try_from(self.spans.len()).ok()?;
        self.spans.push(text)?;
        *self.places.get_mut(place)? = number + 1;
        Some(number)
    }

    /// The number of a text that is there.
    pub(super) fn known(&self, text: &str) -> Option<u32> {
        self.find(text).ok()
    }

    /// The texts, without what finds them.
    pub(super) fn into_spans(self) -> Spans {
        self.spans
    }

    /// The number of a text, or the place where it would be named.
    fn find(&self, text: &str) -> Result<u32, usize> {
        let last = self.places.len().wrapping_sub(1);
        let mut place = hash(text) & last;
        while let Some(number) = self.places.get(place).and_then(|named| named.checked_sub(1)) {
            if self.spans.get(number as usize) == text {
                return Ok(number);
            }
            place = (place + 1) & last;
        }
        Err(place)
    }

    fn grow(&mut self) {
        self.places = vec![0; (self.places.len() * 2).max(1 << 10)];
        for number in 0..self.spans.len() {
            if let (Err(place), Ok(named)) =
                (self.find(self.spans.get(number)), u32::try_from(number + 1))
                && let Some(free) = self.places.get_mut(place)
            {
                *free = named;
            }
        }
    }
}

/// Multiplies eight bytes at a time into one number, and takes its upper half, where every bit counts.
fn hash(text: &str) -> usize {
    let mixed = text.as_bytes().chunks(8).fold(text.len() as u64, |mixed, part| {
        let mut bytes = [0; 8];
        bytes.iter_mut().zip(part).for_each(|(byte, given)| *byte = *given);
        (mixed ^ u64::from_le_bytes(bytes)).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29)
    });
    (mixed.wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 32) as usize
}

/// Texts, one after the other.
#[derive(Debug, Default)]
pub(super) struct Spans {
    text: String,
    ends: Vec<u32>,
}

impl Spans {
    /// Adds a text; none where memory for so many is beyond what is numbered.
    pub(super) fn push(&mut self, text: &str) -> Option<()> {
        let end = u32::try_from(self.text.len() + text.len()).ok()?;
        self.text.push_str(text);
        self.ends.push(end);
        Some(())
    }

    /// How many there are.
    pub(super) const fn len(&self) -> usize {
        self.ends.len()
    }

    /// The text of a number; empty where there is none.
    pub(super) fn get(&self, number: usize) -> &str {
        let end_of = |number: usize| self.ends.get(number).map(|end| *end as usize);
        let from = number.checked_sub(1).and_then(end_of).unwrap_or(0);
        end_of(number).and_then(|to| self.text.get(from..to)).unwrap_or_default()
    }

    /// Gives back memory that is not used.
    pub(super) fn shrink(&mut self) {
        self.text.shrink_to_fit();
        self.ends.shrink_to_fit();
    }

    /// Bytes in memory.
    pub(super) const fn bytes(&self) -> usize {
        self.text.capacity() + self.ends.capacity() * size_of::<u32>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_has_one_number() {
        let mut words = Words::default();
        let text = |number: u32| format!("{number:x}").repeat(1 + number as usize % 4);
        let mut numbers = std::collections::BTreeMap::new();
        for number in 0..5_000 {
            let got = words.number(&text(number)).unwrap();
            assert_eq!(*numbers.entry(text(number)).or_insert(got), got);
        }
        for (text, number) in &numbers {
            assert_eq!(words.known(text), Some(*number));
            assert_eq!(words.spans.get(*number as usize), text);
        }
        assert_eq!(words.known("nowhere"), None);
        assert_eq!(Words::default().known(""), None);
        assert_eq!(words.into_spans().len(), numbers.len());
    }
}
