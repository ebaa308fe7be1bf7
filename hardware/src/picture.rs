//! Files with pictures. What a file is, it says itself; its name does not matter.

use crate::film::{Film, FilmError};
use crate::luma::{Luma, fits};
use std::fs::File;
use std::io::{BufRead, BufReader, Cursor, Read};
use std::path::Path;
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

/// The largest picture file that is read.
const FILE_BYTES_MAX: u64 = 64 << 20;

/// Why a file cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// It cannot be opened or read.
    #[error("it cannot be read: {0}")]
    Io(#[from] std::io::Error),
    /// It is no picture that can be read.
    #[error("it is no picture that can be read: {0}")]
    Unreadable(String),
    /// It is larger than any camera's.
    #[error("it is too large: {0}")]
    TooLarge(String),
    /// A film that cannot be read.
    #[error(transparent)]
    Film(#[from] FilmError),
}

/// The pictures of a file.
#[derive(Debug)]
pub struct Pictures(Inside);

#[derive(Debug)]
enum Inside {
    One(Option<Luma>),
    Film(Film<BufReader<File>>),
    Over,
}

impl Pictures {
    /// Whether the file is a film.
    #[must_use]
    pub const fn is_film(&self) -> bool {
        matches!(self.0, Inside::Film(_))
    }
}

impl Iterator for Pictures {
    type Item = Result<Luma, PictureError>;

    fn next(&mut self) -> Option<Self::Item> {
        match &mut self.0 {
            Inside::One(luma) => luma.take().map(Ok),
            Inside::Over => None,
            Inside::Film(film) => {
                let frame = film.frame().map_err(PictureError::from).transpose();
                if !matches!(frame, Some(Ok(_))) {
                    self.0 = Inside::Over;
                }
                frame
            }
        }
    }
}

/// Whether a file is named like a picture or a film.
#[must_use]
pub fn is_named_like_one(path: &Path) -> bool {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase());
    ending.is_some_and(|ending| ["png", "jpg", "jpeg", "pgm", "y4m"].contains(&ending.as_str()))
}

/// Opens a file.
///
/// # Errors
/// Where it is no picture that can be read.
pub fn open(path: &Path) -> Result<Pictures, PictureError> {
    let mut input = BufReader::new(File::open(path)?);
    if input.fill_buf()?.starts_with(b"YUV4MPEG2") {
        return Ok(Pictures(Inside::Film(Film::open(input)?)));
    }
    let mut bytes = Vec::new();
    input.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > FILE_BYTES_MAX {
        return Err(PictureError::TooLarge(format!("more than {} MiB", FILE_BYTES_MAX >> 20)));
    }
    Ok(Pictures(Inside::One(Some(read(&bytes)?))))
}

/// Reads a picture.
///
/// # Errors
/// Where it is none that can be read.
pub fn read(bytes: &[u8]) -> Result<Luma, PictureError> {
    match bytes {
        [0x89, b'P', b'N', b'G', ..] => png(bytes),
        [0xff, 0xd8, ..] => jpeg(bytes),
        [b'P', b'5', ..] => pgm(bytes),
        _ => Err(PictureError::Unreadable("it is neither PNG, JPEG, PGM nor Y4M".to_owned())),
    }
}

fn unreadable(why: impl std::fmt::Display) -> PictureError {
    PictureError::Unreadable(why.to_string())
}

fn sized(width: u32, height: u32) -> Result<(), PictureError> {
    if fits(width, height) {
        return Ok(());
    }
    Err(PictureError::TooLarge(format!("{width} by {height} pixels")))
}

fn jpeg(bytes: &[u8]) -> Result<Luma, PictureError> {
    let options = DecoderOptions::default()
        .jpeg_set_out_colorspace(ColorSpace::Luma)
        .set_max_width(usize::from(u16::MAX))
        .set_max_height(usize::from(u16::MAX));
    let mut decoder = JpegDecoder::new_with_options(Cursor::new(bytes), options);
    decoder.decode_headers().map_err(unreadable)?;
    let (width, height) = decoder.dimensions().ok_or_else(|| unreadable("it has no size"))?;
    let side = |side: usize| u32::try_from(side).unwrap_or(u32::MAX);
    sized(side(width), side(height))?;
    let pixels = decoder.decode().map_err(unreadable)?;
    Luma::new(side(width), side(height), pixels).ok_or_else(|| unreadable("its size is wrong"))
}

fn png(bytes: &[u8]) -> Result<Luma, PictureError> {
    let mut decoder = png::Decoder::new(Cursor::new(bytes));
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().map_err(unreadable)?;
    let (width, height) = (reader.info().width, reader.info().height);
    sized(width, height)?;
    let size = reader.output_buffer_size().ok_or_else(|| unreadable("its size is wrong"))?;
    let mut out = vec![0; size];
    let info = reader.next_frame(&mut out).map_err(unreadable)?;
    out.truncate(info.buffer_size());
    let over_white = |grey: u8, alpha: u8| {
        let (grey, alpha) = (u32::from(grey), u32::from(alpha));
        u8::try_from((grey * alpha + 255 * (255 - alpha)) / 255).unwrap_or(255)
    };
    let pixels = match info.color_type {
        png::ColorType::Grayscale => out,
        png::ColorType::GrayscaleAlpha => {
            let (pairs, _) = out.as_chunks::<2>();
            pairs.iter().map(|[grey, alpha]| over_white(*grey, *alpha)).collect()
        }
        png::ColorType::Rgb => {
            out.as_chunks::<3>().0.iter().map(|[red, green, blue]| grey(*red, *green, *blue)).collect()
        }
        png::ColorType::Rgba => {
            let (pixels, _) = out.as_chunks::<4>();
            let one = |[red, green, blue, alpha]: &[u8; 4]| over_white(grey(*red, *green, *blue), *alpha);
            pixels.iter().map(one).collect()
        }
        png::ColorType::Indexed => return Err(unreadable("its palette was not resolved")),
    };
    Luma::new(width, height, pixels).ok_or_else(|| unreadable("its size is wrong"))
}

/// As bright as eyes see it (ITU-R BT.601).
fn grey(red: u8, green: u8, blue: u8) -> u8 {
    let sum = 299 * u32::from(red) + 587 * u32::from(green) + 114 * u32::from(blue);
    u8::try_from(sum / 1000).unwrap_or(255)
}

fn pgm(bytes: &[u8]) -> Result<Luma, PictureError> {
    let mut rest = bytes.get(2..).unwrap_or_default();
    let mut number = || -> Option<u32> {
        loop {
            let start = rest.iter().position(|byte| !byte.is_ascii_whitespace())?;
            rest = rest.get(start..)?;
            if rest.first() != Some(&b'#') {
                break;
            }
            rest = rest.get(rest.iter().position(|byte| *byte == b'\n')?..)?;
        }
        let end = rest.iter().position(|byte| !byte.is_ascii_digit())?;
        let (digits, after) = rest.split_at(end);
        rest = after;
        std::str::from_utf8(digits).ok()?.parse().ok()
    };
    let read = (number(), number(), number());
    let (Some(width), Some(height), Some(255)) = read else {
        return Err(unreadable("its header is not one of 8 bits"));
    };
    sized(width, height)?;
    let pixels = rest.get(1..).unwrap_or_default();
    let size = usize::try_from(u64::from(width) * u64::from(height)).unwrap_or(usize::MAX);
    let pixels = pixels.get(..size).ok_or_else(|| unreadable("it is cut off"))?;
    Luma::new(width, height, pixels.to_vec()).ok_or_else(|| unreadable("its size is wrong"))
}
