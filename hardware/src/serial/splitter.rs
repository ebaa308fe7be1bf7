//! Bytes of a serial line, cut into codes. Knows no clock: whoever reads says what time it is.

/// A silence this long ends a code that has no end of its own.
const SILENCE_MS: u64 = 80;
/// More bytes than any code has: a device that sends more without an end is no scanner.
const BYTES_MAX: usize = 4_400;
/// Begins a code, where a scanner is set so.
const STX: u8 = 0x02;
/// Ends a code, where a scanner is set so.
const ETX: u8 = 0x03;
/// Separators inside of codes for goods.
const SEPARATORS: std::ops::RangeInclusive<char> = '\u{1c}'..='\u{1f}';

/// A part of what came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// A code.
    Code {
        /// What it says.
        text: String,
        /// Its kind, where the scanner says it.
        symbology: Option<&'static str>,
    },
    /// What no scanner sends: told once, until a code comes again.
    Noise,
}

/// Cuts bytes into codes: at carriage return, line feed, ETX, or a silence.
#[derive(Debug, Default)]
pub struct Splitter {
    bytes: Vec<u8>,
    last_ms: u64,
    /// Too much has come; what comes before the next end is dropped.
    is_flooded: bool,
    is_noisy: bool,
}

impl Splitter {
    /// Takes what came until that moment. However late that is: a laptop that was busy is no silence.
    pub fn push(&mut self, bytes: &[u8], now_ms: u64) -> Vec<Piece> {
        let mut pieces = Vec::new();
        self.last_ms = now_ms;
        for byte in bytes {
            match *byte {
                b'\r' | b'\n' | ETX => pieces.extend(self.end()),
                STX => self.bytes.clear(),
                _ if self.is_flooded => {}
                _ if self.bytes.len() >= BYTES_MAX => {
                    self.bytes.clear();
                    self.is_flooded = true;
                    pieces.extend(self.noise());
                }
                byte => self.bytes.push(byte),
            }
        }
        pieces
    }

    /// A read waited in vain until that moment.
    pub fn idle(&mut self, now_ms: u64) -> Vec<Piece> {
        if now_ms.saturating_sub(self.last_ms) < SILENCE_MS {
            return Vec::new();
        }
        self.end().into_iter().collect()
    }

    fn end(&mut self) -> Option<Piece> {
        self.is_flooded = false;
        let bytes = std::mem::take(&mut self.bytes);
        let text = text(bytes)?;
        let (symbology, text) = named(&text);
        if text.is_empty() || !is_text(text) {
            return self.noise().filter(|_| !text.is_empty());
        }
        self.is_noisy = false;
        Some(Piece::Code { text: text.to_owned(), symbology })
    }

    fn noise(&mut self) -> Option<Piece> {
        let is_news = !std::mem::replace(&mut self.is_noisy, true);
        is_news.then_some(Piece::Noise)
    }
}

/// The bytes as text, without what is put around it; none where there is nothing.
fn text(bytes: Vec<u8>) -> Option<String> {
    let text = String::from_utf8(bytes).unwrap_or_else(|wrong| {
        // Every byte is a character in Latin-1, so that nothing is lost.
        wrong.into_bytes().into_iter().map(char::from).collect()
    });
    let text = text.trim_matches(|char: char| char.is_whitespace() || char == '\0');
    (!text.is_empty()).then(|| text.to_owned())
}

fn is_text(text: &str) -> bool {
    !text.chars().any(|char| char.is_control() && char != '\t' && !SEPARATORS.contains(&char))
}

/// The kind of a code, where an identifier of three characters before it says so (ISO/IEC 15424), and the rest.
fn named(text: &str) -> (Option<&'static str>, &str) {
    let mut chars = text.strip_prefix(']').unwrap_or_default().chars();
    let (Some(kind), Some(how)) = (chars.next(), chars.next()) else { return (None, text) };
    let rest = chars.as_str();
    if !kind.is_ascii_alphabetic() || !how.is_ascii_alphanumeric() || rest.is_empty() {
        return (None, text);
    }
    let symbology = match kind {
        'Q' => Some("qr"),
        'd' => Some("data_matrix"),
        'z' => Some("aztec"),
        'L' => Some("pdf417"),
        'C' => Some("code128"),
        _ => None,
    };
    (symbology, rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn code(text: &str, symbology: Option<&'static str>) -> Piece {
        Piece::Code { text: text.to_owned(), symbology }
    }

    fn all(bytes: &[u8]) -> Vec<Piece> {
        let mut splitter = Splitter::default();
        let mut pieces = splitter.push(bytes, 0);
        pieces.extend(splitter.idle(SILENCE_MS));
        pieces
    }

    #[test]
    fn codes_end_as_scanners_end_them() {
        for (bytes, wanted) in [
            (&b"A-1\r"[..], vec![code("A-1", None)]),
            (b"A-1\r\nB-2\r\n", vec![code("A-1", None), code("B-2", None)]),
            (b"\x02A-1\x03\x02B-2\x03", vec![code("A-1", None), code("B-2", None)]),
            (b"A-1", vec![code("A-1", None)]),
            (b"\r\n\r\n  \t \r", vec![]),
            (b"]Q1A-1\r", vec![code("A-1", Some("qr"))]),
            (b"]d2A-1\r", vec![code("A-1", Some("data_matrix"))]),
            (b"]X0A-1\r", vec![code("A-1", None)]),
            (b"]Q1\r", vec![code("]Q1", None)]),
            ("Grüße\r".as_bytes(), vec![code("Grüße", None)]),
            (b"Gr\xfc\xdfe\r", vec![code("Grüße", None)]),
            (b"\x00A-1\x00\r", vec![code("A-1", None)]),
            (b"01\x1d21\r", vec![code("01\x1d21", None)]),
        ] {
            assert_eq!(all(bytes), wanted, "{bytes:?}");
        }
    }

    #[test]
    fn a_silence_ends_a_code_and_a_pause_does_not() {
        let mut splitter = Splitter::default();
        assert_eq!(splitter.push(b"A-", 1_000), []);
        assert_eq!(splitter.idle(1_040), []);
        assert_eq!(splitter.push(b"1", 1_079), []);
        assert_eq!(splitter.idle(1_159), [code("A-1", None)]);
        // Nobody waited in vain in between: the laptop was busy.
        assert_eq!(splitter.push(b"B-", 2_000), []);
        assert_eq!(splitter.push(b"2\r", 3_000), [code("B-2", None)]);
    }

    #[test]
    fn noise_is_told_once_and_a_code_after_it_is_heard() {
        assert_eq!(all(b"A\x01\x7f\r\x06\x05\rB\r"), [Piece::Noise, code("B", None)]);
        let mut splitter = Splitter::default();
        let mut pieces = Vec::new();
        for at in 0..1_000 {
            pieces.extend(splitter.push(&[b'U'; 512], at));
            assert!(splitter.bytes.len() <= BYTES_MAX);
        }
        pieces.extend(splitter.push(b"\rA-1\r", 1_001));
        assert_eq!(pieces, [Piece::Noise, code("A-1", None)]);
        // The longest code there is goes through.
        let long = "7".repeat(4_296);
        assert_eq!(all(format!("{long}\r").as_bytes()), [code(&long, None)]);
    }

    /// What a fuzzer runs: any bytes, in any portions, at any times.
    fn run(portions: &[(Vec<u8>, u64)]) -> Vec<Piece> {
        let mut splitter = Splitter::default();
        let mut now_ms = 0_u64;
        let mut pieces = Vec::new();
        for (bytes, later) in portions {
            now_ms = now_ms.saturating_add(*later);
            pieces.extend(splitter.push(bytes, now_ms));
            assert!(splitter.bytes.len() <= BYTES_MAX);
        }
        pieces.extend(splitter.idle(now_ms.saturating_add(SILENCE_MS)));
        pieces
    }

    proptest! {
        #[test]
        fn any_bytes_are_cut_without_harm(portions: Vec<(Vec<u8>, u64)>) {
            for piece in run(&portions) {
                if let Piece::Code { text, .. } = piece {
                    prop_assert!(is_text(&text) && !text.is_empty());
                }
            }
        }

        #[test]
        fn portions_make_no_difference(bytes: Vec<u8>, cuts: Vec<u8>) {
            let mut rest = &bytes[..];
            let mut portions = Vec::new();
            for cut in cuts {
                let (now, later) = rest.split_at(usize::from(cut).min(rest.len()));
                portions.push((now.to_vec(), 1));
                rest = later;
            }
            portions.push((rest.to_vec(), 1));
            prop_assert_eq!(run(&portions), all(&bytes));
        }

        #[test]
        fn codes_come_out_as_they_went_in(codes in proptest::collection::vec("[A-Z0-9-]{4,20}", 1..8)) {
            let bytes = codes.iter().map(|code| format!("{code}\r")).collect::<String>();
            let wanted: Vec<Piece> = codes.iter().map(|text| code(text, None)).collect();
            prop_assert_eq!(all(bytes.as_bytes()), wanted);
        }
    }
}
