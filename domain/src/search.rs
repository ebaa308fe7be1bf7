//! Finding a person by what somebody at a door heard: any part of the name, in any order, misspelt, in other letters.
//!
//! Both what is typed and what is known are folded to the same plain letters (`letters`), and to how those are spelt by
//! ear or in Latin letters (`latin`), before they are compared, with typing errors where a word is long enough
//! (`typo`). The [`Index`] holds the words of everybody. Whatever is typed, what was typed exactly comes first.

mod index;
mod latin;
mod letters;
mod typo;
mod words;

#[cfg(test)]
mod tests;

pub use index::{Builder, Index};
pub use letters::fold;

use typo::Typed;

/// Longest text that is looked for; the rest of it is not read.
const TEXT_CHARS_MAX: usize = 200;
/// Most words that are looked for; the rest is not read. No name has more.
const WORDS_MAX: usize = 16;

/// What is looked for.
#[derive(Debug, Clone)]
pub struct Query {
    /// All of it, folded.
    text: String,
    /// Its words, each once; those that fewer people have are likely to be first.
    words: Vec<Vec<Form>>,
}

/// One way to spell a word that was typed.
#[derive(Debug, Clone)]
struct Form {
    text: String,
    /// Whether it is spelt as it is heard, not as it was typed.
    by_ear: bool,
    /// Whether it may stand inside another word: a single letter of an alphabet would stand in everybody's.
    inside: bool,
    letters: u64,
    typed: Option<Box<Typed>>,
}

impl Query {
    /// The query that was typed; none where nothing of it can be looked for.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let text = start(text, TEXT_CHARS_MAX);
        let folded = fold(text);
        let latin = latin::transliterated(text);
        let mut words: Vec<(&str, Vec<Form>)> = Vec::new();
        for (place, word) in folded.split(' ').enumerate() {
            let known = words.iter().any(|(other, _)| *other == word);
            if word.is_empty() || known || words.len() == WORDS_MAX {
                continue;
            }
            let also = latin.iter().filter_map(|latin| beside(&folded, latin, place));
            words.push((word, forms(word, also)));
        }
        // Long words first: they leave the fewest people for the others.
        words.sort_by_key(|(word, _)| std::cmp::Reverse(word.len()));
        let words: Vec<_> = words.into_iter().map(|(_, forms)| forms).collect();
        (!words.is_empty()).then_some(Self { text: folded, words })
    }
}

/// The word at a place of a transliterated text, where that has as many words.
fn beside<'a>(folded: &str, latin: &'a str, place: usize) -> Option<&'a str> {
    let as_many = folded.split(' ').count() == latin.split(' ').count();
    latin.split(' ').nth(place).filter(|word| as_many && !word.is_empty())
}

/// The ways to spell a word: as it was typed, in Latin letters, and each by ear.
fn forms<'a>(word: &'a str, latin: impl Iterator<Item = &'a str>) -> Vec<Form> {
    let mut forms = vec![Form::new(word, false)];
    let mut add = |text: &str| {
        if forms.iter().all(|form| form.text != text) {
            forms.push(Form::new(text, true));
        }
    };
    for spelt in std::iter::once(word).chain(latin) {
        add(spelt);
        // A single letter is the start of a name, not of how another one sounds.
        if let Some(heard) = latin::by_ear(spelt).filter(|_| spelt.len() > 1) {
            add(&heard);
        }
    }
    forms
}

impl Form {
    fn new(text: &str, by_ear: bool) -> Self {
        let mut letters = text.chars();
        let inside = letters.next().is_some_and(is_syllable) || letters.next().is_some();
        let has_digit = text.chars().any(char::is_numeric);
        Self {
            text: text.to_owned(),
            by_ear,
            inside,
            letters: index::letters_of(text),
            // Another digit is another number.
            typed: if has_digit { None } else { Typed::new(text).map(Box::new) },
        }
    }
}

/// Whether a letter says more than those of an alphabet do: those of India and of all scripts east of it.
const fn is_syllable(letter: char) -> bool {
    letter >= '\u{900}'
}

/// Whether a letter is written without spaces between words: ideographs and kana.
const fn is_ideograph(letter: char) -> bool {
    letter >= '\u{2e80}'
}

/// The first letters of a text.
fn start(text: &str, chars: usize) -> &str {
    if text.len() <= chars {
        return text;
    }
    let end = text.char_indices().nth(chars).map_or(text.len(), |(at, _)| at);
    text.get(..end).unwrap_or(text)
}
