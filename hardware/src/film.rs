//! Films of grey pictures: YUV4MPEG2, of which only the luma is read.

use crate::Luma;
use std::io::{BufRead, Read};
use std::time::Duration;

/// The longest header of a film or a frame.
const LINE_BYTES_MAX: u64 = 1_024;

/// Why a film cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum FilmError {
    /// Not a film, or one of another kind.
    #[error("it is no YUV4MPEG2 film of 8 bits: {0}")]
    Kind(String),
    /// It ends in the middle of a frame.
    #[error("it ends in the middle of a frame")]
    Cut,
    /// The file cannot be read.
    #[error("it cannot be read: {0}")]
    Io(#[from] std::io::Error),
}

/// A film, frame by frame.
#[derive(Debug)]
pub struct Film<R> {
    input: R,
    width: u32,
    height: u32,
    /// Bytes of colour after each frame's luma.
    colour: u64,
    pace: Duration,
}

impl<R: BufRead> Film<R> {
    /// Begins to read a film.
    ///
    /// # Errors
    /// Where it is none.
    pub fn open(mut input: R) -> Result<Self, FilmError> {
        let header = line(&mut input)?.unwrap_or_default();
        let mut words = header.split(' ');
        if words.next() != Some("YUV4MPEG2") {
            return Err(FilmError::Kind("it does not begin with YUV4MPEG2".to_owned()));
        }
        let (mut width, mut height, mut pace, mut colour) = (0, 0, (30, 1), "420".to_owned());
        for word in words {
            let mut letters = word.chars();
            let (tag, value) = (letters.next(), letters.as_str());
            match tag {
                Some('W') => width = value.parse().unwrap_or(0),
                Some('H') => height = value.parse().unwrap_or(0),
                Some('C') => value.clone_into(&mut colour),
                Some('F') => pace = ratio(value).unwrap_or(pace),
                _ => {}
            }
        }
        let colour = colour_bytes(&colour, width, height)?;
        if !crate::luma::fits(width, height) {
            return Err(FilmError::Kind(format!("its frames are {width} by {height} pixels")));
        }
        let seconds = f64::from(pace.1) / f64::from(pace.0);
        let pace = Duration::from_secs_f64(seconds.clamp(0.001, 60.0));
        Ok(Self { input, width, height, colour, pace })
    }

    /// The time from one frame to the next.
    #[must_use]
    pub const fn pace(&self) -> Duration {
        self.pace
    }

    /// The next frame; none at the end.
    ///
    /// # Errors
    /// Where the film is cut or cannot be read.
    pub fn frame(&mut self) -> Result<Option<Luma>, FilmError> {
        let Some(header) = line(&mut self.input)? else { return Ok(None) };
        if !header.starts_with("FRAME") {
            return Err(FilmError::Kind("a frame does not begin with FRAME".to_owned()));
        }
        let size = u64::from(self.width) * u64::from(self.height);
        let mut pixels = Vec::new();
        let read = self.input.by_ref().take(size).read_to_end(&mut pixels)?;
        if (read as u64) < size {
            return Err(FilmError::Cut);
        }
        let skipped = std::io::copy(&mut self.input.by_ref().take(self.colour), &mut std::io::sink())?;
        if skipped < self.colour {
            return Err(FilmError::Cut);
        }
        Ok(Luma::new(self.width, self.height, pixels))
    }
}

fn ratio(text: &str) -> Option<(u32, u32)> {
    let (one, two) = text.split_once(':')?;
    let pair = (one.parse().ok()?, two.parse().ok()?);
    (pair.0 > 0 && pair.1 > 0).then_some(pair)
}

fn colour_bytes(kind: &str, width: u32, height: u32) -> Result<u64, FilmError> {
    let (width, height) = (u64::from(width), u64::from(height));
    let (half_width, half_height) = (width.div_ceil(2), height.div_ceil(2));
    Ok(match kind {
        "mono" => 0,
        "420" | "420jpeg" | "420paldv" | "420mpeg2" => 2 * half_width * half_height,
        "422" => 2 * half_width * height,
        "444" => 2 * width * height,
        _ => return Err(FilmError::Kind(format!("its colours are kept as {kind:.20}"))),
    })
}

/// A line without its end; none at the end of the file.
fn line(input: &mut impl BufRead) -> Result<Option<String>, FilmError> {
    let mut bytes = Vec::new();
    if input.take(LINE_BYTES_MAX).read_until(b'\n', &mut bytes)? == 0 {
        return Ok(None);
    }
    if bytes.pop() != Some(b'\n') {
        return Err(FilmError::Kind("a header without an end".to_owned()));
    }
    Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
}
