//! Texts kept once each, one after the other in memory, under numbers in the order in which they came.
//!
//! A table of numbers finds a text again, by a hash that is the same in every run: what is made from equal people is equal.

/// Texts, each once.
#[derive(Debug, Default)]
pub(super) struct Words {
    spans: Spans,
    /// Numbers, from 1, and hashes of their texts, at the places that these name or behind them; 0 where there is none.
    places: Vec<(u32, u32)>,
}

impl Words {
    /// The number of a text, a new one where it is new; none where there are more than can be numbered.
    pub(super) fn number(&mut self, text: &str) -> Option<u32> {
        // Half of the places stay free, so that a search for one ends soon.
        if self.places.len() <= self.spans.len() * 2 {
            self.grow();
        }
        let hash = hash(text);
        let place = match self.find(hash, text) {
            Ok(number) => return Some(number),
            Err(place) => place,
        };
        let number = u32::try_from(self.spans.len()).ok()?;
        self.spans.push(text)?;
        *self.places.get_mut(place)? = (number + 1, hash);
        Some(number)
    }

    /// The number of a text that is there.
    pub(super) fn known(&self, text: &str) -> Option<u32> {
        self.find(hash(text), text).ok()
    }

    /// The texts, without what finds them.
    pub(super) fn into_spans(self) -> Spans {
        self.spans
    }

    /// The number of a text, or the place where it would be named.
    fn find(&self, hash: u32, text: &str) -> Result<u32, usize> {
        let last = self.places.len().wrapping_sub(1);
        let mut place = hash as usize & last;
        loop {
            match self.places.get(place) {
                None | Some((0, _)) => return Err(place),
                Some((named, other))
                    if *other == hash && self.spans.get(*named as usize - 1) == text =>
                {
                    return Ok(named - 1);
                }
                Some(_) => place = (place + 1) & last,
            }
        }
    }

    fn grow(&mut self) {
        let larger = vec![(0, 0); (self.places.len() * 2).max(1 << 10)];
        let last = larger.len() - 1;
        for (named, hash) in std::mem::replace(&mut self.places, larger) {
            let mut place = hash as usize & last;
            while named != 0 && self.places.get(place).is_some_and(|(taken, _)| *taken != 0) {
                place = (place + 1) & last;
            }
            if let Some(free) = self.places.get_mut(place).filter(|_| named != 0) {
                *free = (named, hash);
            }
        }
    }
}

/// Multiplies eight bytes at a time into one number, and takes its upper half, where every bit counts.
fn hash(text: &str) -> u32 {
    let mixed = text.as_bytes().chunks(8).fold(text.len() as u64, |mixed, part| {
        let mut bytes = [0; 8];
        bytes.iter_mut().zip(part).for_each(|(byte, given)| *byte = *given);
        let mixed = (mixed ^ u64::from_le_bytes(bytes)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        mixed ^ (mixed >> 29)
    });
    let [_, _, _, _, upper @ ..] = mixed.wrapping_mul(0xbf58_476d_1ce4_e5b9).to_le_bytes();
    u32::from_le_bytes(upper)
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
