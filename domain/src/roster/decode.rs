//! The bytes of a file as text: which encoding they are in, and whether they are text at all.
//!
//! Here because a spreadsheet's "CSV" comes in five encodings and a wrong file is the commonest
//! mistake of an import. It knows nothing of columns or rows.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::FileProblem;

/// A file's text, and the name of the encoding it was in.
#[derive(Debug)]
pub(super) struct Decoded<'a> {
    pub(super) text: Cow<'a, str>,
    pub(super) encoding: &'static str,
}

/// How many characters are looked at to tell binary data from text.
const SAMPLE: usize = 64 * 1024;

/// Decodes a file, or says why it is not text of a table.
pub(super) fn decode(bytes: &[u8]) -> Result<Decoded<'_>, FileProblem> {
    if bytes.is_empty() {
        return Err(FileProblem::Empty);
    }
    if let Some(problem) = binary_format(bytes) {
        return Err(problem);
    }
    let decoded = to_text(bytes)?;
    if decoded.text.contains('\0') {
        return Err(FileProblem::Nul);
    }
    if is_binary(&decoded.text) {
        return Err(FileProblem::Binary);
    }
    let start = decoded.text.trim_start_matches(super::values::is_blank);
    if start.is_empty() {
        return Err(FileProblem::Empty);
    }
    text_format(start).map_or(Ok(decoded), Err)
}

fn to_text(bytes: &[u8]) -> Result<Decoded<'_>, FileProblem> {
    const LITTLE: &str = "UTF-16 LE";
    const BIG: &str = "UTF-16 BE";
    if let Some(rest) = bytes.strip_prefix(b"\xEF\xBB\xBF") {
        // Windows-1252 would turn every accent of a marked file into two wrong letters.
        let text =
            std::str::from_utf8(rest).map_err(|_| FileProblem::BrokenText { encoding: "UTF-8" })?;
        return Ok(Decoded { text: Cow::Borrowed(text), encoding: "UTF-8" });
    }
    if let Some(rest) = bytes.strip_prefix(b"\xFF\xFE") {
        return wide(rest, UTF_16LE, LITTLE);
    }
    if let Some(rest) = bytes.strip_prefix(b"\xFE\xFF") {
        return wide(rest, UTF_16BE, BIG);
    }
    match unmarked_wide(bytes) {
        Some(encoding) if encoding == UTF_16LE => return wide(bytes, UTF_16LE, LITTLE),
        Some(_) => return wide(bytes, UTF_16BE, BIG),
        None => {}
    }
    if bytes.contains(&0) {
        return Err(FileProblem::Nul);
    }
    Ok(match std::str::from_utf8(bytes) {
        Ok(text) => Decoded { text: Cow::Borrowed(text), encoding: "UTF-8" },
        Err(_) => Decoded {
            text: WINDOWS_1252.decode_without_bom_handling(bytes).0,
            encoding: "Windows-1252",
        },
    })
}

fn wide<'a>(
    bytes: &'a [u8],
    encoding: &'static Encoding,
    name: &'static str,
) -> Result<Decoded<'a>, FileProblem> {
    let text = encoding
        .decode_without_bom_handling_and_without_replacement(bytes)
        .ok_or(FileProblem::BrokenText { encoding: name })?;
    Ok(Decoded { text, encoding: name })
}

/// UTF-16 by its NULs: in a header, which is mostly Latin letters, each letter's other byte is one.
fn unmarked_wide(bytes: &[u8]) -> Option<&'static Encoding> {
    // Beside them, a few may be half of a letter of another script, as in U+4E00.
    let head = bytes.get(..64).unwrap_or(bytes);
    let nuls = |offset| head.iter().skip(offset).step_by(2).filter(|byte| **byte == 0).count();
    match (nuls(0), nuls(1)) {
        (even, odd) if odd * 4 >= head.len() && even * 8 <= odd => Some(UTF_16LE),
        (even, odd) if even * 4 >= head.len() && odd * 8 <= even => Some(UTF_16BE),
        _ => None,
    }
}

/// A few stray control characters spoil only their rows, so it takes many to refuse a file.
fn is_binary(text: &str) -> bool {
    let (mut controls, mut total) = (0_usize, 0_usize);
    for letter in text.chars().take(SAMPLE) {
        total += 1;
        controls += usize::from(letter.is_control() && !matches!(letter, '\t' | '\n' | '\r'));
    }
    controls >= 10 && controls * 50 > total
}

const SAVE_AS: &str = "open it in your spreadsheet and save the sheet of attendees as CSV (UTF-8)";
const EXPORT: &str = "export the list from your ticket shop or spreadsheet as CSV (UTF-8)";
const UNPACK: &str = "unpack it and import the CSV file that is in it";
const WORKBOOK: &str = "an Excel workbook or another zip file";

/// Formats told by their first bytes.
fn binary_format(bytes: &[u8]) -> Option<FileProblem> {
    let (_, what, instead) = [
        (b"PK\x03\x04".as_slice(), WORKBOOK, SAVE_AS),
        (b"PK\x05\x06", WORKBOOK, SAVE_AS),
        (b"\xD0\xCF\x11\xE0", "an Excel workbook of the old kind", SAVE_AS),
        (b"%PDF", "a PDF", EXPORT),
        (b"\x89PNG", "a picture (PNG)", EXPORT),
        (b"\xFF\xD8\xFF", "a picture (JPEG)", EXPORT),
        (b"GIF8", "a picture (GIF)", EXPORT),
        (b"\x1F\x8B", "a compressed file (gzip)", UNPACK),
        (b"7z\xBC\xAF\x27\x1C", "a compressed file (7-Zip)", UNPACK),
        (b"Rar!\x1A", "a compressed file (RAR)", UNPACK),
    ]
    .into_iter()
    .find(|(magic, ..)| bytes.starts_with(magic))?;
    Some(FileProblem::Foreign { what, instead })
}

/// Formats told by how their text starts.
fn text_format(start: &str) -> Option<FileProblem> {
    let mut letters = start.chars();
    let what = match letters.next()? {
        '<' => {
            let head = start.chars().take(1024).collect::<String>().to_ascii_lowercase();
            let page = ["<html", "<!doctype html", "<table", "<body"];
            if page.iter().any(|mark| head.contains(mark)) { "a web page" } else { "XML" }
        }
        '{' if letters.as_str().starts_with("\\rtf") => "a text document (RTF)",
        '{' => "JSON",
        // A header may open with a bracket, JSON's list goes on with one of these.
        '[' if matches!(letters.find(|c| !c.is_whitespace()), Some('{' | '[' | '"' | ']')) => {
            "JSON"
        }
        _ => return None,
    };
    Some(FileProblem::Foreign { what, instead: EXPORT })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str, little: bool) -> Vec<u8> {
        let bytes = if little { u16::to_le_bytes } else { u16::to_be_bytes };
        text.encode_utf16().flat_map(bytes).collect()
    }

    #[test]
    fn every_encoding_gives_the_same_text() {
        let text = "Prénom;E-Mail\nZoë;zoe@example.org\n";
        let windows = encoding_rs::WINDOWS_1252.encode(text).0.into_owned();
        for (bytes, encoding) in [
            (text.as_bytes().to_vec(), "UTF-8"),
            ([b"\xEF\xBB\xBF", text.as_bytes()].concat(), "UTF-8"),
            ([b"\xFF\xFE".to_vec(), utf16(text, true)].concat(), "UTF-16 LE"),
            ([b"\xFE\xFF".to_vec(), utf16(text, false)].concat(), "UTF-16 BE"),
            (utf16(text, true), "UTF-16 LE"),
            (utf16(text, false), "UTF-16 BE"),
            (windows, "Windows-1252"),
        ] {
            let decoded = decode(&bytes).unwrap();
            assert_eq!((&*decoded.text, decoded.encoding), (text, encoding));
        }
    }

    #[test]
    fn unmarked_utf16_may_hold_rows_in_another_script() {
        let text = format!("name;email\n{}", "Ольга 一;olga@example.org\n".repeat(1000));
        assert_eq!(decode(&utf16(&text, true)).unwrap().text, text);
        assert_eq!(decode(&utf16(&text, false)).unwrap().text, text);
    }

    #[test]
    fn other_formats_are_named() {
        for (bytes, word) in [
            (b"PK\x03\x04\x14\0\x06\0".as_slice(), "Excel workbook"),
            (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "Excel workbook"),
            (b"%PDF-1.7\n", "PDF"),
            (b"\x89PNG\r\n\x1A\n\0\0", "PNG"),
            (b"\xFF\xD8\xFF\xE0\0\x10JFIF", "JPEG"),
            (b"\x1F\x8B\x08\0", "gzip"),
            (b"<!DOCTYPE html><html>", "web page"),
            (b"\xEF\xBB\xBF \n<html lang=en>", "web page"),
            (b"<?xml version=\"1.0\"?><a/>", "XML"),
            (b"{\"attendees\": []}", "JSON"),
            (b" [\n {\"name\": \"Ada\"}]", "JSON"),
            (b"{\\rtf1 Ada}", "RTF"),
            (b"name\nA\0da\nBo\0b\n", "NUL"),
            (b"name\nA\0\0da\n", "NUL"),
        ] {
            let said = decode(bytes).unwrap_err().to_string();
            assert!(said.contains(word), "{said}");
        }
        assert!(decode(b"[Code];[Name]\nA;Ada").is_ok());
    }

    #[test]
    fn binary_broken_and_empty_files_are_refused() {
        let noise: Vec<u8> = (1..=255).cycle().take(5000).collect();
        assert_eq!(decode(&noise).unwrap_err(), FileProblem::Binary);
        let broken = |encoding| FileProblem::BrokenText { encoding };
        assert_eq!(decode(b"\xEF\xBB\xBFname\nZo\xEB").unwrap_err(), broken("UTF-8"));
        assert_eq!(decode(b"\xFF\xFEa\0b").unwrap_err(), broken("UTF-16 LE"));
        assert_eq!(decode(b"\xFE\xFF\xD8\0\0a").unwrap_err(), broken("UTF-16 BE"));
        for blank in [b"".as_slice(), b"\n\r\n \t\n", b"\xEF\xBB\xBF", b"\xFF\xFE"] {
            assert_eq!(decode(blank).unwrap_err(), FileProblem::Empty);
        }
    }

    #[test]
    fn a_few_control_characters_do_not_make_a_file_binary() {
        assert!(decode(b"name\nA\x01da\nB\x02ob\n").is_ok());
    }
}
