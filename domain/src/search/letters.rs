//! Folding: one plain spelling for every way in which the same letters are written.
//!
//! Here is what Unicode's own decomposition leaves apart and a reader does not: letters with a stroke, ligatures,
//! final forms, the two kana, vowel marks that only some people write. Nothing here knows how a letter sounds; that is
//! `latin`'s.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A text as it is compared: small letters and digits without accents, words apart by one space.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    if text.is_ascii() {
        text.chars().for_each(|letter| push(&mut folded, letter.to_ascii_lowercase()));
    } else {
        // Before they are taken apart, because an acute accent on its own would part a word; and again, because some come
        // to light only then.
        let letters = text.chars().filter(|c| !is_silent(*c)).nfkd();
        let letters = letters.filter(|c| !is_dropped_mark(*c) && !is_silent(*c));
        for letter in letters.flat_map(char::to_lowercase) {
            push(&mut folded, letter);
        }
    }
    folded.truncate(folded.trim_end().len());
    folded
}

/// Adds one letter, plainly spelt; whatever is neither letter nor digit parts two words.
fn push(folded: &mut String, letter: char) {
    match letter {
        'a'..='z' | '0'..='9' => folded.push(letter),
        '\'' | '`' => {}
        _ if letter.is_ascii() => space(folded),
        _ => match plain(letter) {
            Plain::As(other) => folded.push_str(other),
            Plain::Letter(other) => folded.push(other),
            Plain::Same if is_letter(letter) => folded.push(letter),
            Plain::Same => space(folded),
        },
    }
}

fn space(folded: &mut String) {
    if !folded.is_empty() && !folded.ends_with(' ') {
        folded.push(' ');
    }
}

/// Vowel signs that stand for a vowel of their own, as in Devanagari, count as letters.
fn is_letter(letter: char) -> bool {
    letter.is_alphanumeric() || is_combining_mark(letter)
}

/// What stands inside a word and is often left out when it is typed: apostrophes, and characters that cannot be seen.
const fn is_silent(letter: char) -> bool {
    matches!(
        letter,
        '\'' | '`' | '´' | '’' | '‘' | '′' | '＇' | 'ʹ' | 'ʻ' | 'ʼ' | 'ʽ' | 'ʾ' | 'ʿ' | 'ˈ' | '׳' | '״'
        // Lengthening: the Arabic stroke and the Japanese one.
        | '\u{640}' | 'ー' | 'ｰ'
        | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2069}' | '\u{feff}'
        // Hangul fillers: letters that stand for none.
        | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}'
    )
}

/// Marks that a reader does without. Those that are a vowel of their own stay, or names would run together.
fn is_dropped_mark(mark: char) -> bool {
    is_combining_mark(mark)
        && (!mark.is_alphanumeric()
            || matches!(mark, '\u{300}'..='\u{36f}' | '\u{591}'..='\u{5c7}' | '\u{610}'..='\u{6ed}'))
}

enum Plain {
    Same,
    Letter(char),
    As(&'static str),
}

fn plain(letter: char) -> Plain {
    match letter {
        'ß' => Plain::As("ss"),
        'æ' => Plain::As("ae"),
        'œ' => Plain::As("oe"),
        'þ' => Plain::As("th"),
        '\u{11a8}'..='\u{11c2}' => final_consonant(letter),
        _ => {
            let usual = usual(letter);
            let other = single(usual).unwrap_or(usual);
            if other == letter { Plain::Same } else { Plain::Letter(other) }
        }
    }
}

/// A letter or digit of a set that another set says the same with: katakana as hiragana, digits as ours.
fn usual(letter: char) -> char {
    let by: i32 = match letter {
        'ァ'..='ヶ' => -0x60,
        '\u{660}'..='\u{669}' => 0x30 - 0x660,
        '\u{6f0}'..='\u{6f9}' => 0x30 - 0x6f0,
        '\u{966}'..='\u{96f}' => 0x30 - 0x966,
        '\u{9e6}'..='\u{9ef}' => 0x30 - 0x9e6,
        _ => 0,
    };
    (letter as u32).checked_add_signed(by).and_then(char::from_u32).unwrap_or(letter)
}

const fn single(letter: char) -> Option<char> {
    Some(match letter {
        'ø' => 'o',
        'đ' | 'ð' | 'ɖ' | 'ɗ' => 'd',
        'ł' | 'ƚ' => 'l',
        'ħ' => 'h',
        'ı' | 'ɨ' => 'i',
        'ŋ' | 'ɲ' => 'n',
        'ŧ' => 't',
        'ə' | 'ɛ' => 'e',
        'ɔ' => 'o',
        'ƙ' => 'k',
        'ɓ' => 'b',
        'ƴ' => 'y',
        'ς' => 'σ',
        // Arabic letters of one shape or sound, as Persian and Urdu keyboards give them.
        'ٱ' => 'ا',
        'ى' | 'ی' => 'ي',
        'ک' => 'ك',
        'ة' | 'ہ' | 'ھ' => 'ه',
        // Hebrew final forms.
        'ך' => 'כ',
        'ם' => 'מ',
        'ן' => 'נ',
        'ף' => 'פ',
        'ץ' => 'צ',
        // Small kana, which forms of older offices do not print.
        'ぁ' => 'あ',
        'ぃ' => 'い',
        'ぅ' => 'う',
        'ぇ' => 'え',
        'ぉ' => 'お',
        'っ' => 'つ',
        'ゃ' => 'や',
        'ゅ' => 'ゆ',
        'ょ' => 'よ',
        'ゎ' => 'わ',
        // Old forms of ideographs that family names keep and keyboards do not offer first.
        '髙' => '高',
        '﨑' => '崎',
        '邊' | '邉' => '辺',
        '齋' | '齊' | '斉' => '斎',
        '澤' => '沢',
        '濵' | '濱' => '浜',
        '國' => '国',
        '櫻' => '桜',
        '廣' => '広',
        '嶋' | '嶌' => '島',
        '眞' => '真',
        _ => return None,
    })
}

/// A consonant that ends a syllable is the same letter as one that begins one: whoever types 기나 has 긴 on the way.
fn final_consonant(letter: char) -> Plain {
    const FINAL: [&str; 27] = [
        "ᄀ", "ᄁ", "ᄀᄉ", "ᄂ", "ᄂᄌ", "ᄂᄒ", "ᄃ", "ᄅ", "ᄅᄀ", "ᄅᄆ", "ᄅᄇ", "ᄅᄉ",
        "ᄅᄐ", "ᄅᄑ", "ᄅᄒ", "ᄆ", "ᄇ", "ᄇᄉ", "ᄉ", "ᄊ", "ᄋ", "ᄌ", "ᄎ", "ᄏ", "ᄐ", "ᄑ",
        "ᄒ",
    ];
    let place = (letter as usize).checked_sub(0x11a8);
    place.and_then(|place| FINAL.get(place)).map_or(Plain::Same, |other| Plain::As(other))
}
