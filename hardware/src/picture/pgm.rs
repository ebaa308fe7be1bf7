//! PGM, binary (P5) and in letters (P2), of 8 and of 16 bits; the first picture of a file.

use std::io::{BufRead, Read};

use super::{PictureError, checked};
use crate::luma::Luma;

/// No word of a header or pixel is longer: 20 digits hold any number of 64 bits.
const WORD_MAX: usize = 20;

/// The picture of a PGM file.
pub(super) fn read(reader: &mut impl BufRead) -> Result<Luma, PictureError> {
    let plain = match word(reader)?.as_slice() {
        b"P2" => true,
        b"P5" => false,
        _ => return Err(PictureError::Unknown),
    };
    let (width, height, area) = checked(number(reader)?, number(reader)?)?;
    let most = number(reader)?;
    if !(1..=65_535).contains(&most) {
        return Err(PictureError::Damaged(format!("its white is {most}, which PGM does not know")));
    }
    let pixels = if plain { letters(reader, area, most)? } else { binary(reader, area, most)? };
    Luma::new(width, height, pixels).ok_or(PictureError::CutOff)
}

fn letters(reader: &mut impl BufRead, area: usize, most: u64) -> Result<Vec<u8>, PictureError> {
    // Grown as pixels come: a short file that says it is large costs nothing.
    let mut pixels = Vec::new();
    while pixels.len() < area {
        pixels.push(scaled(number(reader)?, most));
    }
    Ok(pixels)
}

fn binary(reader: &mut impl BufRead, area: usize, most: u64) -> Result<Vec<u8>, PictureError> {
    let wide = most > 255;
    let needed = u64::try_from(if wide { area * 2 } else { area }).unwrap_or(u64::MAX);
    let mut bytes = Vec::new();
    reader.take(needed).read_to_end(&mut bytes)?;
    if u64::try_from(bytes.len()).unwrap_or(0) < needed {
        return Err(PictureError::CutOff);
    }
    if wide {
        let two = |pair: &[u8]| pair.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte));
        return Ok(bytes.chunks_exact(2).map(|pair| scaled(two(pair), most)).collect());
    }
    if most < 255 {
        bytes.iter_mut().for_each(|byte| *byte = scaled(u64::from(*byte), most));
    }
    Ok(bytes)
}

fn scaled(value: u64, most: u64) -> u8 {
    u8::try_from((value.min(most) * 255 + most / 2) / most).unwrap_or(u8::MAX)
}

fn number(reader: &mut impl BufRead) -> Result<u64, PictureError> {
    let word = word(reader)?;
    let text = String::from_utf8_lossy(&word);
    text.parse().map_err(|_| PictureError::Damaged(format!("{text:?} where a number is due")))
}

/// The next word, past blanks and comments; the one blank behind it is taken too, as the format says.
fn word(reader: &mut impl BufRead) -> Result<Vec<u8>, PictureError> {
    let mut word = Vec::new();
    let mut comment = false;
    loop {
        let Some(&byte) = reader.fill_buf()?.first() else {
            return if word.is_empty() { Err(PictureError::CutOff) } else { Ok(word) };
        };
        reader.consume(1);
        match byte {
            b'\n' | b'\r' if comment => comment = false,
            _ if comment => {}
            b'#' if word.is_empty() => comment = true,
            _ if byte.is_ascii_whitespace() => {
                if !word.is_empty() {
                    return Ok(word);
                }
            }
            _ if word.len() >= WORD_MAX => {
                return Err(PictureError::Damaged("a number without an end".to_owned()));
            }
            _ => word.push(byte),
        }
    }
}
