//! One value of one field: checked, and brought into the form in which it is kept.
//!
//! Here because an import and a change by hand must agree on what a field may hold. It knows
//! nothing of files, rows or other values; that a code is used once is the caller's to see.

use std::borrow::Cow;

use super::{dates, fold, status};
use crate::attendee::Field;

/// The most characters of a code: what the largest QR holds in letters and digits.
const MAX_CODE: usize = 4296;
/// The most characters of any other value.
const MAX_VALUE: usize = 4096;
/// The most characters of a value that a report shows.
const MAX_SHOWN: usize = 200;
/// The most entries that one ticket may carry.
const MAX_ENTRIES: u32 = 10_000;

/// Brings a value into the form in which the field keeps it; `None` if it comes to nothing.
///
/// # Errors
///
/// Says what is wrong with the value and what to write instead.
pub fn normalise(field: Field, value: &str) -> Result<Option<String>, String> {
    let value = clean(field, value)?;
    if value.is_empty() {
        return Ok(None);
    }
    match field {
        Field::Status => known_status(&value).map(Some),
        Field::ValidFrom | Field::ValidUntil => dates::moment(&value).map(Some),
        Field::Days => dates::days(&value),
        Field::Blocked => Ok(blocked(&value)),
        Field::Entries => entries(&value).map(Some),
        Field::Vip => vip(&value),
        _ => Ok(Some(value.into_owned())),
    }
}

fn known_status(value: &str) -> Result<String, String> {
    status::parse_status(value).map(|status| status.as_str().to_owned()).ok_or_else(|| {
        "this is no status that is known: write paid, pending, cancelled, unapproved or \
         valid_if_pending, or leave it empty for paid"
            .to_owned()
    })
}

/// Takes off blanks and line breaks that a field cannot keep; refuses what no list means to hold.
fn clean(field: Field, value: &str) -> Result<Cow<'_, str>, String> {
    let value = trim(value);
    let mut folded = false;
    for letter in value.chars().filter(|letter| letter.is_control()) {
        if !matches!(letter, '\t' | '\n' | '\r') {
            let code = u32::from(letter);
            return Err(format!(
                "the value holds a control character (U+{code:04X}): delete it, or export the \
                 list again"
            ));
        }
        folded = true;
    }
    let value = match field {
        // A code is compared with what a scanner reads, so nothing within it may change.
        _ if !folded || field == Field::Code => Cow::Borrowed(value),
        Field::Notes => Cow::Owned(value.replace("\r\n", "\n").replace('\r', "\n")),
        _ => {
            let parts = value.split(['\n', '\r', '\t']).map(trim).filter(|part| !part.is_empty());
            Cow::Owned(parts.collect::<Vec<_>>().join(" "))
        }
    };
    let limit = if field == Field::Code { MAX_CODE } else { MAX_VALUE };
    // The count in bytes is at hand, and is never less than that in characters.
    if value.len() > limit && value.chars().count() > limit {
        return Err(format!("the value is longer than {limit} characters: shorten it"));
    }
    Ok(value)
}

/// Yes or no as lists write it; none for anything else.
fn yes_no(value: &str) -> Option<bool> {
    match fold::key(value).as_str() {
        "no" | "n" | "false" | "0" | "nein" | "non" | "none" | "falsch" | "faux" | "falso" => {
            Some(false)
        }
        "yes" | "y" | "true" | "1" | "ja" | "j" | "oui" | "si" | "x" | "wahr" | "vrai"
        | "verdadero" => Some(true),
        "" if matches!(value, "-" | "–" | "—") => Some(false),
        _ => None,
    }
}

/// The reason of a block. What is neither yes nor no is one: a doubt must not let anyone in.
fn blocked(value: &str) -> Option<String> {
    let plain = || Some("blocked".to_owned());
    match (yes_no(value), fold::key(value).as_str()) {
        (Some(false), _) => None,
        (Some(true), _) => plain(),
        (None, "notblocked" | "nichtgesperrt" | "nonbloque" | "nobloqueado") => None,
        (None, "blocked" | "gesperrt" | "bloque" | "bloquee" | "bloqueado" | "bloqueada") => {
            plain()
        }
        (None, _) => Some(value.to_owned()),
    }
}

fn vip(value: &str) -> Result<Option<String>, String> {
    let yes = yes_no(value).or((fold::key(value) == "vip").then_some(true));
    yes.map(|yes| yes.then(|| "yes".to_owned()))
        .ok_or_else(|| "this is neither yes nor no: write yes, or leave it empty".to_owned())
}

fn entries(value: &str) -> Result<String, String> {
    let count = if value.bytes().all(|byte| byte.is_ascii_digit()) { value.parse() } else { Ok(0) };
    match count {
        Ok(count @ 1..=MAX_ENTRIES) => Ok(count.to_string()),
        _ => Err(format!("this is no number of entries: write a whole number, 1 to {MAX_ENTRIES}")),
    }
}

/// Whether a character shows nothing: white space, a byte order mark or one of no width.
pub(super) const fn is_blank(letter: char) -> bool {
    letter.is_whitespace()
        || matches!(letter, '\u{feff}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{00ad}')
}

/// Takes off what shows nothing at either end.
pub(super) fn trim(text: &str) -> &str {
    text.trim_matches(is_blank)
}

/// Cuts a text to so many characters, the last of which then says that there was more.
pub(super) fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most.saturating_sub(1)).chain(['…']).collect()
}

/// A value as a report shows it: short, on one line, and safe for a terminal.
pub(super) fn shown(text: &str) -> String {
    let start: String = trim(text).chars().take(MAX_SHOWN + 1).map(visible).collect();
    cut(&start, MAX_SHOWN)
}

/// The picture of a control character.
fn visible(letter: char) -> char {
    match letter {
        '\0'..='\x1f' => char::from_u32(0x2400 + u32::from(letter)).unwrap_or('\u{fffd}'),
        '\x7f' => '␡',
        _ if letter.is_control() => '\u{fffd}',
        _ => letter,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn kept(field: Field, value: &str) -> Option<String> {
        normalise(field, value).unwrap()
    }

    #[test]
    fn blanks_around_a_value_go_and_breaks_within_become_spaces() {
        for field in [Field::Name, Field::Company, Field::Code, Field::Notes] {
            assert_eq!(kept(field, " \u{feff}\u{a0}Ada L\u{200b}\t\r\n").unwrap(), "Ada L");
            assert_eq!(kept(field, " \u{a0}\u{200b} \u{feff}"), None);
        }
        assert_eq!(kept(Field::Name, "Ada\r\n  Love\tlace").unwrap(), "Ada Love lace");
        assert_eq!(kept(Field::Notes, "one\r\ntwo\rthree\tx").unwrap(), "one\ntwo\nthree\tx");
        assert_eq!(kept(Field::Code, "A\nB\tC").unwrap(), "A\nB\tC");
    }

    #[test]
    fn control_characters_and_long_values_are_refused() {
        for field in Field::ALL {
            for value in ["a\x01b", "a\x1b[2Jb", "a\x7fb", "a\u{9d}b"] {
                let reason = normalise(field, value).unwrap_err();
                assert!(reason.contains("control character"), "{reason}");
            }
        }
        for (field, most) in [(Field::Code, 4296), (Field::Name, 4096), (Field::Notes, 4096)] {
            assert!(kept(field, &"é".repeat(most)).is_some());
            let reason = normalise(field, &"é".repeat(most + 1)).unwrap_err();
            assert!(reason.contains(&most.to_string()), "{reason}");
        }
    }

    #[test]
    fn a_block_is_yes_no_or_a_reason() {
        for value in ["", "no", "False", "0", "Nein", "non", "-", " NO "] {
            assert_eq!(kept(Field::Blocked, value), None, "{value}");
        }
        for value in ["yes", "TRUE", "1", "ja", "Oui", "sí", "x", "blocked", "gesperrt"] {
            assert_eq!(kept(Field::Blocked, value).unwrap(), "blocked", "{value}");
        }
        for value in ["Hausverbot 2026", "chargeback", "?"] {
            assert_eq!(kept(Field::Blocked, value).unwrap(), value);
        }
    }

    #[test]
    fn entries_are_whole_numbers() {
        for (value, expected) in [("1", "1"), (" 010 ", "10"), ("10000", "10000")] {
            assert_eq!(kept(Field::Entries, value).unwrap(), expected);
        }
        for value in ["0", "10001", "-1", "+1", "1.0", "two", "99999999999", "٣"] {
            assert!(normalise(Field::Entries, value).is_err(), "{value}");
        }
    }

    #[test]
    fn a_status_is_kept_by_its_own_name() {
        assert_eq!(kept(Field::Status, "Bezahlt").unwrap(), "paid");
        assert_eq!(kept(Field::Status, "refunded").unwrap(), "cancelled");
        assert_eq!(kept(Field::Status, " "), None);
        assert!(normalise(Field::Status, "maybe").unwrap_err().contains("unapproved"));
    }

    #[test]
    fn a_shown_value_is_short_and_on_one_line() {
        assert_eq!(shown(" a\nb\x1b[2J "), "a␊b␛[2J");
        assert_eq!(shown(&"é".repeat(200)), "é".repeat(200));
        assert_eq!(shown(&"é".repeat(201)), format!("{}…", "é".repeat(199)));
    }

    proptest! {
        #[test]
        fn what_is_kept_is_kept_again(
            at in 0..Field::ALL.len(),
            value in "\\PC{0,20}|[0-9 T:;-]{1,21}",
        ) {
            if let Ok(Some(kept)) = normalise(Field::ALL[at], &value) {
                prop_assert_eq!(normalise(Field::ALL[at], &kept), Ok(Some(kept)));
            }
        }
    }
}
