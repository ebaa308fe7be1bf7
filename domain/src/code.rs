//! What a scanned or typed payload means: a code to look up, or something that cannot be one.
//!
//! Codes of other systems are taken as they are, capitals included. Codes that Lanyard mints are sixteen letters
//! and digits that survive keyboard layouts and bad handwriting, so they are also found in lower case and in groups.

/// Letters of a minted code: 32 of them, five bits each; without 0, 1, I and O, which people mix up.
pub const ALPHABET: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
/// Letters in a minted code: 80 bits.
pub const MINTED_CHARS: usize = 16;
/// The most that a QR can hold in its densest text form; nothing longer was ever a code.
pub const CODE_CHARS_MAX: usize = 4_296;

/// The code that tests a scanner: it lets nobody in, and nothing is recorded of it.
pub const TEST_CODE: &str = "LANYARD-TEST";

/// What a payload may be looked up as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Code {
    /// Look these up in order: the text itself, then, where it differs, the minted code it may stand for.
    Readable {
        /// The payload without the wrapping that scanners add.
        text: String,
        /// The minted code, if the payload is one in other letters' case or grouping.
        minted: Option<String>,
    },
    /// [`TEST_CODE`].
    Test,
    /// Nothing that could be a code.
    Unreadable(Unreadable),
}

/// Why a payload cannot be a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unreadable {
    /// Nothing in it but space.
    Empty,
    /// More than [`CODE_CHARS_MAX`] characters.
    TooLong {
        /// How many there were.
        chars: usize,
    },
    /// Control characters inside: a damaged read, or two scans run together.
    ControlCharacters,
}

/// Reads a payload.
#[must_use]
pub fn parse(payload: &str) -> Code {
    // Some scanners prefix the character set (ECI 1) in escaped form; it is not part of the ticket.
    let text = payload.trim().trim_start_matches("\\000001").trim_matches(is_padding);
    if text.is_empty() {
        return Code::Unreadable(Unreadable::Empty);
    }
    let chars = text.chars().count();
    if chars > CODE_CHARS_MAX {
        return Code::Unreadable(Unreadable::TooLong { chars });
    }
    if text.chars().any(char::is_control) {
        return Code::Unreadable(Unreadable::ControlCharacters);
    }
    if text.eq_ignore_ascii_case(TEST_CODE) {
        return Code::Test;
    }
    let minted = minted_form(text).filter(|minted| minted != text);
    Code::Readable { text: text.to_owned(), minted }
}

/// The code that 80 bits stand for.
#[must_use]
pub fn mint(bits: [u8; 10]) -> String {
    let mut acc = 0_u128;
    for byte in bits {
        acc = acc << 8 | u128::from(byte);
    }
    (0..MINTED_CHARS)
        .rev()
        .filter_map(|place| ALPHABET.get((acc >> (place * 5) & 31) as usize))
        .map(|letter| char::from(*letter))
        .collect()
}

fn is_padding(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}' | '\0')
}

fn minted_form(text: &str) -> Option<String> {
    let letters: String = text
        .chars()
        .filter(|c| !matches!(c, ' ' | '-' | '.'))
        .map(|c| c.to_ascii_uppercase())
        .collect();
    let minted = letters.len() == MINTED_CHARS && letters.bytes().all(|b| ALPHABET.contains(&b));
    minted.then_some(letters)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn readable(text: &str, minted: Option<&str>) -> Code {
        Code::Readable { text: text.to_owned(), minted: minted.map(str::to_owned) }
    }

    #[test]
    fn payloads() {
        let long = "x".repeat(CODE_CHARS_MAX + 1);
        let cases = [
            ("T-1001", readable("T-1001", None)),
            ("  T-1001\r\n", readable("T-1001", None)),
            ("\\000001T-1001", readable("T-1001", None)),
            ("ABCDEFGHJKLMNPQR", readable("ABCDEFGHJKLMNPQR", None)),
            ("abcd-efgh-jklm-npqr", readable("abcd-efgh-jklm-npqr", Some("ABCDEFGHJKLMNPQR"))),
            ("🎟️ ' OR 1=1 --", readable("🎟️ ' OR 1=1 --", None)),
            ("lanyard-test\n", Code::Test),
            ("LANYARD-TEST2", readable("LANYARD-TEST2", None)),
            (" \t", Code::Unreadable(Unreadable::Empty)),
            ("A\u{1}B", Code::Unreadable(Unreadable::ControlCharacters)),
            (&long, Code::Unreadable(Unreadable::TooLong { chars: CODE_CHARS_MAX + 1 })),
        ];
        for (payload, code) in cases {
            assert_eq!(parse(payload), code, "{payload:.40}");
        }
    }

    #[test]
    fn a_minted_code_uses_every_bit() {
        assert_eq!(mint([0; 10]), "AAAAAAAAAAAAAAAA");
        assert_eq!(mint([0xff; 10]), "9999999999999999");
        assert_eq!(mint([0, 0, 0, 0, 0, 0, 0, 0, 0, 1]), "AAAAAAAAAAAAAAAB");
    }
}
