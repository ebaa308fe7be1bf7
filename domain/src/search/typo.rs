//! How many typing errors lie between two words: bit-parallel, a column of the table in one machine word.
//!
//! Hyyrö's form of Myers' algorithm, with two letters that changed places as one error. The word that was typed may end
//! before the other one does: people search while they type.

/// Longest word that is looked for with typing errors: the bits of a machine word.
const LETTERS_MAX: usize = 64;

/// A word that was typed, ready to be compared with many others.
#[derive(Debug, Clone)]
pub(super) struct Typed {
    /// For each letter, the places at which the word has it.
    ascii: [u64; 128],
    others: Vec<(char, u64)>,
    length: u32,
    errors_max: u32,
}

/// How far two words are apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Apart {
    /// To the whole of the other word.
    pub(super) whole: u32,
    /// To the start of the other word that fits best.
    pub(super) start: u32,
}

impl Typed {
    /// A word, and how many errors may be in it; none where it is too short to have any, or too long to be compared.
    pub(super) fn new(word: &str) -> Option<Self> {
        let letters: Vec<char> = word.chars().collect();
        let errors_max = errors_max(letters.len());
        if errors_max == 0 || letters.len() > LETTERS_MAX {
            return None;
        }
        let mut typed = Self {
            ascii: [0; 128],
            others: Vec::new(),
            length: u32::try_from(letters.len()).ok()?,
            errors_max,
        };
        for (place, letter) in letters.iter().enumerate() {
            if let Some(places) = typed.ascii.get_mut(*letter as usize) {
                *places |= 1 << place;
            } else if let Some((_, places)) = typed.others.iter_mut().find(|(c, _)| c == letter) {
                *places |= 1 << place;
            } else {
                typed.others.push((*letter, 1 << place));
            }
        }
        Some(typed)
    }

    /// How many errors may be in the word.
    pub(super) const fn errors_max(&self) -> u32 {
        self.errors_max
    }

    fn places(&self, letter: char) -> u64 {
        self.ascii.get(letter as usize).copied().unwrap_or_else(|| {
            self.others.iter().find(|(c, _)| *c == letter).map_or(0, |(_, places)| *places)
        })
    }

    /// How far another word is apart; further than errors could explain counts as out of reach.
    pub(super) fn apart(&self, other: &str) -> Apart {
        let last = 1u64 << (self.length - 1);
        let reach = (self.length + self.errors_max) as usize;
        let (mut up, mut down, mut same, mut before) = (u64::MAX, 0u64, 0u64, 0u64);
        let (mut whole, mut start) = (self.length, self.length);
        let mut letters = other.chars();
        // Columns that are left, at most: a letter has at least one byte.
        let mut left_over = u32::try_from(reach.min(other.len())).unwrap_or(u32::MAX);
        for letter in letters.by_ref().take(reach) {
            let here = self.places(letter);
            let swapped = ((!same & here) << 1) & before;
            same = ((here & up).wrapping_add(up) ^ up) | here | down | swapped;
            let right = down | !(same | up);
            let left = same & up;
            whole = (whole + u32::from(right & last != 0)) - u32::from(left & last != 0);
            start = start.min(whole);
            let right = (right << 1) | 1;
            up = (left << 1) | !(same | right);
            down = right & same;
            before = here;
            left_over = left_over.saturating_sub(1);
            // One column changes the distance by one at most: nearly all words are given up here.
            if start > self.errors_max && whole > self.errors_max + left_over {
                return Apart { whole: u32::MAX, start };
            }
        }
        if letters.next().is_some() {
            whole = u32::MAX;
        }
        Apart { whole, start }
    }
}

/// Errors that a word of so many letters may have: short words with errors would be everybody's.
const fn errors_max(letters: usize) -> u32 {
    match letters {
        0..4 => 0,
        4..8 => 1,
        _ => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The last row of the table as it is drawn in textbooks.
    fn table(one: &[char], other: &[char]) -> Vec<usize> {
        let mut rows: Vec<Vec<usize>> = vec![(0..=other.len()).collect()];
        for i in 1..=one.len() {
            let mut row = vec![i];
            for j in 1..=other.len() {
                let differs = usize::from(one[i - 1] != other[j - 1]);
                let mut best =
                    (rows[i - 1][j] + 1).min(row[j - 1] + 1).min(rows[i - 1][j - 1] + differs);
                if i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1] {
                    best = best.min(rows[i - 2][j - 2] + 1);
                }
                row.push(best);
            }
            rows.push(row);
        }
        rows.pop().unwrap()
    }

    proptest! {
        #[test]
        fn the_bits_say_what_the_table_says(one in "[abcя山]{4,12}", other in "[abcя山]{0,16}") {
            let typed = Typed::new(&one).unwrap();
            let (one, letters): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
            let last = table(&one, &letters);
            let reach = one.len() + typed.errors_max as usize;
            let apart = typed.apart(&other);
            let errors_max = typed.errors_max as usize;
            let within = |errors: u32| (errors as usize <= errors_max).then_some(errors as usize);
            let whole = last[letters.len()];
            prop_assert_eq!(within(apart.whole), (whole <= errors_max).then_some(whole));
            let start = *last.iter().take(reach + 1).min().unwrap();
            prop_assert_eq!(within(apart.start), (start <= errors_max).then_some(start));
        }
    }

    #[test]
    fn the_longest_word_fits_into_its_bits() {
        let long = "ab".repeat(32);
        let typed = Typed::new(&long).unwrap();
        assert_eq!(typed.apart(&long), Apart { whole: 0, start: 0 });
        let short = long.strip_prefix('a').unwrap();
        assert_eq!(typed.apart(short), Apart { whole: 1, start: 1 });
        assert!(Typed::new(&format!("{long}a")).is_none() && Typed::new("abc").is_none());
    }
}
