//! How a name is spelt in Latin letters by those who hear it: transliteration, and the spellings that vary.
//!
//! Neither is a standard's: two spellings of one name are to meet somewhere, and whatever else meets there is ranked
//! behind what was typed.

use super::letters::fold;
use unicode_normalization::UnicodeNormalization;

/// The fold of a text that is transliterated first; several where a letter is spelt in several ways, none where no letter
/// is of a script that is transliterated here.
pub(super) fn transliterated(text: &str) -> Vec<String> {
    if !text.chars().any(is_foreign) {
        return Vec::new();
    }
    let letters: Vec<char> = text.nfkc().flat_map(char::to_lowercase).collect();
    let spelt = |yo: &str| fold(&spell(&letters, yo));
    let mut all = vec![spelt("yo")];
    if letters.contains(&'ё') {
        all.push(spelt("e"));
    }
    all
}

/// Whether a letter is of a script that is transliterated here.
const fn is_foreign(letter: char) -> bool {
    matches!(letter, '\u{370}'..='\u{3ff}' | '\u{400}'..='\u{4ff}' | '\u{3041}'..='\u{30fc}' | '\u{ff66}'..='\u{ff9d}')
}

fn spell(letters: &[char], yo: &str) -> String {
    let mut latin = String::with_capacity(letters.len() * 2);
    let mut rest = letters;
    while let [letter, after @ ..] = rest {
        rest = after;
        let next = after.first().copied().unwrap_or(' ');
        if *letter == 'ё' {
            latin.push_str(yo);
        } else if let Some(spelt) = pair(*letter, next) {
            latin.push_str(spelt);
            rest = after.get(1..).unwrap_or_default();
        } else if let Some(spelt) = cyrillic(*letter).or_else(|| greek(*letter)) {
            latin.push_str(spelt);
        } else {
            kana(&mut latin, hiragana(*letter), hiragana(next));
        }
    }
    latin
}

/// Two letters that are spelt as one sound.
const fn pair(one: char, other: char) -> Option<&'static str> {
    Some(match (one, other) {
        ('и' | 'ы', 'й') => "y",
        ('ο', 'υ' | 'ύ') => "ou",
        ('α' | 'ά', 'υ' | 'ύ') => "av",
        ('ε' | 'έ', 'υ' | 'ύ') => "ev",
        ('μ', 'π') => "b",
        ('γ', 'γ') => "ng",
        ('γ', 'κ') => "gk",
        _ => return None,
    })
}

const fn cyrillic(letter: char) -> Option<&'static str> {
    Some(match letter {
        'а' => "a",
        'б' => "b",
        'в' => "v",
        'г' | 'ґ' | 'ѓ' => "g",
        'д' => "d",
        'е' | 'э' => "e",
        'ж' => "zh",
        'з' => "z",
        'и' | 'і' => "i",
        'й' => "y",
        'ј' => "j",
        'к' | 'ќ' => "k",
        'л' => "l",
        'м' => "m",
        'н' => "n",
        'о' => "o",
        'п' => "p",
        'р' => "r",
        'с' => "s",
        'т' => "t",
        'у' | 'ў' => "u",
        'ф' => "f",
        'х' => "kh",
        'ц' => "ts",
        'ч' => "ch",
        'ш' => "sh",
        'щ' => "shch",
        'ъ' | 'ь' => "",
        'ы' => "y",
        'ю' => "yu",
        'я' => "ya",
        'є' => "ye",
        'ї' => "yi",
        'ђ' => "dj",
        'љ' => "lj",
        'њ' => "nj",
        'ћ' => "c",
        'џ' => "dz",
        _ => return None,
    })
}

const fn greek(letter: char) -> Option<&'static str> {
    Some(match letter {
        'α' | 'ά' => "a",
        'β' => "v",
        'γ' => "g",
        'δ' => "d",
        'ε' | 'έ' => "e",
        'ζ' => "z",
        'η' | 'ή' | 'ι' | 'ί' | 'ϊ' | 'ΐ' => "i",
        'θ' => "th",
        'κ' => "k",
        'λ' => "l",
        'μ' => "m",
        'ν' => "n",
        'ξ' => "x",
        'ο' | 'ό' | 'ω' | 'ώ' => "o",
        'π' => "p",
        'ρ' => "r",
        'σ' | 'ς' => "s",
        'τ' => "t",
        'υ' | 'ύ' | 'ϋ' | 'ΰ' => "y",
        'φ' => "f",
        'χ' => "ch",
        'ψ' => "ps",
        _ => return None,
    })
}

fn hiragana(letter: char) -> char {
    match letter {
        'ァ'..='ヶ' => char::from_u32(letter as u32 - 0x60).unwrap_or(letter),
        _ => letter,
    }
}

/// One kana in Hepburn's spelling; small ones change the end of what was spelt before them.
fn kana(latin: &mut String, letter: char, next: char) {
    let small = match letter {
        'ゃ' => "a",
        'ゅ' => "u",
        'ょ' => "o",
        'ぁ' => "a",
        'ぃ' => "i",
        'ぅ' => "u",
        'ぇ' => "e",
        'ぉ' => "o",
        _ => "",
    };
    if !small.is_empty() {
        let before = latin.pop();
        let soft = latin.ends_with("sh") || latin.ends_with("ch") || latin.ends_with('j');
        match before {
            Some('i') if matches!(letter, 'ゃ' | 'ゅ' | 'ょ') && !soft => latin.push('y'),
            Some('a' | 'i' | 'u' | 'e' | 'o') | None => {}
            Some(other) => latin.push(other),
        }
        latin.push_str(small);
    } else if letter == 'っ' {
        // Doubles the consonant that follows.
        let doubled = syllable(next).and_then(|spelt| spelt.chars().next());
        latin.extend(doubled.map(|letter| if letter == 'c' { 't' } else { letter }));
    } else if let Some(spelt) = syllable(letter) {
        latin.push_str(spelt);
    } else {
        latin.push(letter);
    }
}

/// Kana from ぁ on; small ones, and っ, are `kana`'s own.
const SYLLABLES: [&str; 86] = [
    "a", "a", "i", "i", "u", "u", "e", "e", "o", "o", "ka", "ga", "ki", "gi", "ku", "gu", "ke",
    "ge", "ko", "go", "sa", "za", "shi", "ji", "su", "zu", "se", "ze", "so", "zo", "ta", "da",
    "chi", "ji", "tsu", "tsu", "zu", "te", "de", "to", "do", "na", "ni", "nu", "ne", "no", "ha",
    "ba", "pa", "hi", "bi", "pi", "fu", "bu", "pu", "he", "be", "pe", "ho", "bo", "po", "ma", "mi",
    "mu", "me", "mo", "ya", "ya", "yu", "yu", "yo", "yo", "ra", "ri", "ru", "re", "ro", "wa", "wa",
    "i", "e", "o", "n", "vu", "ka", "ke",
];

fn syllable(letter: char) -> Option<&'static str> {
    let place = (letter as usize).checked_sub('ぁ' as usize)?;
    SYLLABLES.get(place).copied()
}

/// A folded word as it is spelt by ear: ue for ü and ph for f, y and j for i, w for v.
///
/// None where that changes nothing. A telephone number loses the zeros before it instead.
pub(super) fn by_ear(word: &str) -> Option<String> {
    if word.bytes().all(|b| b.is_ascii_digit()) {
        let bare = word.trim_start_matches('0');
        return (bare.len() < word.len() && bare.len() >= 3).then(|| bare.to_owned());
    }
    if !word.bytes().any(|b| b.is_ascii_alphabetic()) {
        return None;
    }
    let mut heard = String::with_capacity(word.len() + 1);
    let mut letters = word.chars().peekable();
    while let Some(letter) = letters.next() {
        let (spelt, with_next) = match (letter, letters.peek()) {
            ('a', Some('e' | 'a')) => ("a", true),
            ('o', Some('e')) => ("o", true),
            ('u', Some('e')) => ("u", true),
            ('p', Some('h')) => ("f", true),
            ('k', Some('h')) => ("h", true),
            ('d', Some('j')) => ("d", true),
            ('x', _) => ("ks", false),
            ('y' | 'j', _) => ("i", false),
            ('w', _) => ("v", false),
            _ => ("", false),
        };
        if with_next {
            letters.next();
        }
        if spelt.is_empty() { heard.push(letter) } else { heard.push_str(spelt) }
    }
    (heard != word).then_some(heard)
}
