//! Finding a person by what somebody at a door heard: any part of the name, in any order, without accents.
//!
//! Both what is typed and what is known are folded to the same plain letters before they are compared.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Longest text that is looked for; the rest of it is not read.
const TEXT_CHARS_MAX: usize = 200;

/// A text as it is compared: small letters and digits without accents, words apart by one space.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let letters = text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase);
    for letter in letters {
        match letter {
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'þ' => folded.push_str("th"),
            'ø' => folded.push('o'),
            'đ' | 'ð' => folded.push('d'),
            'ł' => folded.push('l'),
            'ħ' => folded.push('h'),
            'ı' => folded.push('i'),
            // What stands inside a word and is often left out when it is typed.
            '\'' | '’' | 'ʼ' | '`' | '\u{200c}' | '\u{200d}' => {}
            _ if letter.is_alphanumeric() => folded.push(letter),
            _ if folded.ends_with(' ') || folded.is_empty() => {}
            _ => folded.push(' '),
        }
    }
    folded.truncate(folded.trim_end().len());
    folded
}

/// What is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    words: Vec<String>,
}

impl Query {
    /// The query that was typed; none where nothing of it can be looked for.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let text: String = text.chars().take(TEXT_CHARS_MAX).collect();
        let words: Vec<String> = fold(&text).split(' ').map(str::to_owned).collect();
        (!words.iter().all(String::is_empty)).then_some(Self { words })
    }

    /// How well a folded text fits; none where a word is missing. Less is better.
    ///
    /// A word at the start of the text counts most, at the start of one of its words next.
    #[must_use]
    pub fn fits(&self, folded: &str) -> Option<u32> {
        self.words.iter().try_fold(0, |sum, word| {
            let mut best = None;
            for (at, _) in folded.match_indices(word.as_str()) {
                let starts_word = at == 0 || folded.as_bytes().get(at - 1) == Some(&b' ');
                let ends = folded.as_bytes().get(at + word.len()).is_none_or(|b| *b == b' ');
                let rank = match (at, starts_word, ends) {
                    (0, _, true) => 0,
                    (_, true, true) => 1,
                    (0, _, false) => 2,
                    (_, true, false) => 3,
                    (_, false, _) => 6,
                };
                best = Some(best.map_or(rank, |best: u32| best.min(rank)));
            }
            best.map(|rank| sum + rank)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding() {
        for (text, folded) in [
            ("Müller", "muller"),
            ("Łukasz Żółć", "lukasz zolc"),
            ("STRAẞE Straße", "strasse strasse"),
            ("O’Brien-Smith,  Ann", "obrien smith ann"),
            ("Søren Ærø", "soren aero"),
            ("Ｊａｎｅ", "jane"),
            ("  ", ""),
            ("İpek Işık", "ipek isik"),
            ("李小龍", "李小龍"),
            ("\u{202e}Ada\u{202c}", "ada"),
        ] {
            assert_eq!(fold(text), folded, "{text}");
        }
    }

    #[test]
    fn words_in_any_order_and_any_part() {
        let people = ["Jane Smith", "Smithers Janet", "Jan Müller", "Ada Blacksmith"];
        let best = |text: &str| {
            let query = Query::new(text).unwrap();
            let mut found: Vec<(u32, &str)> = people
                .iter()
                .filter_map(|name| query.fits(&fold(name)).map(|rank| (rank, *name)))
                .collect();
            found.sort_unstable();
            found.into_iter().map(|(_, name)| name).collect::<Vec<_>>()
        };
        assert_eq!(best("smith jane"), ["Jane Smith", "Smithers Janet"]);
        assert_eq!(best("smith"), ["Jane Smith", "Smithers Janet", "Ada Blacksmith"]);
        assert_eq!(best("muller"), ["Jan Müller"]);
        assert_eq!(best("MÜLL ja"), ["Jan Müller"]);
        assert!(best("x").is_empty());
        assert_eq!(Query::new(" -- "), None);
    }
}
