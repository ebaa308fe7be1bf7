//! YUV4MPEG2: a line of text, then `FRAME` and the planes of each frame. Of 8 bits and 4:2:0 or grey alone, which is
//! what every tool writes when asked for it.

use std::io::{self, BufRead, Read, Write};

use super::{FilmError, Rate};
use crate::luma::{Luma, PIXELS_MAX, SIDE_MAX};

/// The longest line of text: ffmpeg writes about 100 bytes.
const LINE_MAX: u64 = 1_024;

/// A Y4M film, read frame by frame.
#[derive(Debug)]
pub struct Y4m<R> {
    reader: R,
    width: u32,
    height: u32,
    rate: Rate,
    /// Bytes of colour behind the grey of each frame.
    colour: u64,
    over: bool,
}

impl<R: BufRead> Y4m<R> {
    /// Reads the header.
    ///
    /// # Errors
    /// [`FilmError`] where it is no film that can be read.
    pub fn new(mut reader: R) -> Result<Self, FilmError> {
        let header = match line(&mut reader) {
            Ok(Some(header)) => header,
            Ok(None) => return Err(FilmError::NotAFilm("it is empty".to_owned())),
            Err(FilmError::CutOff) => {
                return Err(FilmError::NotAFilm("it has no whole header".to_owned()));
            }
            Err(error) => return Err(error),
        };
        let mut words = header.split(' ').filter(|word| !word.is_empty());
        if words.next() != Some("YUV4MPEG2") {
            return Err(FilmError::NotAFilm("it does not begin as one".to_owned()));
        }
        let (mut width, mut height, mut rate, mut kind) = (0, 0, Rate::USUAL, "420".to_owned());
        for word in words {
            let mut letters = word.chars();
            let (tag, value) = (letters.next(), letters.as_str());
            match tag {
                Some('W') => width = value.parse().unwrap_or(0),
                Some('H') => height = value.parse().unwrap_or(0),
                Some('F') => rate = rate_of(value).unwrap_or(Rate::USUAL),
                Some('C') => value.clone_into(&mut kind),
                _ => {}
            }
        }
        let area = area(width, height)?;
        let colour = match kind.as_str() {
            "mono" => 0,
            "420" | "420jpeg" | "420mpeg2" | "420paldv" => {
                2 * u64::from(width.div_ceil(2)) * u64::from(height.div_ceil(2))
            }
            other => return Err(FilmError::Unsupported(format!("C{other}"))),
        };
        debug_assert!(area <= PIXELS_MAX);
        Ok(Self { reader, width, height, rate, colour, over: false })
    }

    /// Pixels in a row.
    #[must_use]
    pub const fn width(&self) -> u32 {
        self.width
    }

    /// Rows.
    #[must_use]
    pub const fn height(&self) -> u32 {
        self.height
    }

    /// The pace that the film was made at.
    #[must_use]
    pub const fn rate(&self) -> Rate {
        self.rate
    }

    fn frame(&mut self) -> Result<Option<Luma>, FilmError> {
        let Some(line) = line(&mut self.reader)? else {
            return Ok(None);
        };
        if line != "FRAME" && !line.starts_with("FRAME ") {
            return Err(FilmError::NotAFilm("a frame does not begin as one".to_owned()));
        }
        let wanted = u64::from(self.width) * u64::from(self.height);
        let mut pixels = Vec::new();
        let got = self.reader.by_ref().take(wanted).read_to_end(&mut pixels)?;
        let skipped = io::copy(&mut self.reader.by_ref().take(self.colour), &mut io::sink())?;
        if u64::try_from(got).unwrap_or(0) < wanted || skipped < self.colour {
            return Err(FilmError::CutOff);
        }
        Ok(Luma::new(self.width, self.height, pixels))
    }
}

impl<R: BufRead> Iterator for Y4m<R> {
    type Item = Result<Luma, FilmError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.over {
            return None;
        }
        let frame = self.frame().transpose();
        // Behind an error nobody knows where the next frame begins.
        self.over = !matches!(frame, Some(Ok(_)));
        frame
    }
}

/// Writes a Y4M film of grey frames, for tests and for whoever records what a camera sees.
#[derive(Debug)]
pub struct Y4mWriter<W> {
    writer: W,
    width: u32,
    height: u32,
    /// What is written behind each frame: colour that is none.
    colour: Vec<u8>,
}

impl<W: Write> Y4mWriter<W> {
    /// A film of grey alone: half of the bytes fewer.
    ///
    /// # Errors
    /// Where the size is too large or the writer fails.
    pub fn mono(writer: W, width: u32, height: u32, rate: Rate) -> Result<Self, FilmError> {
        Self::new(writer, width, height, rate, "mono", 0)
    }

    /// A film with planes of colour, which every player shows.
    ///
    /// # Errors
    /// Where the size is too large or the writer fails.
    pub fn colour(writer: W, width: u32, height: u32, rate: Rate) -> Result<Self, FilmError> {
        let half = |side: u32| usize::try_from(side.div_ceil(2)).unwrap_or(0);
        area(width, height)?;
        Self::new(writer, width, height, rate, "420jpeg", 2 * half(width) * half(height))
    }

    fn new(
        mut writer: W,
        width: u32,
        height: u32,
        rate: Rate,
        kind: &str,
        colour: usize,
    ) -> Result<Self, FilmError> {
        area(width, height)?;
        let Rate { frames, seconds } = rate;
        writeln!(writer, "YUV4MPEG2 W{width} H{height} F{frames}:{seconds} Ip A1:1 C{kind}")?;
        Ok(Self { writer, width, height, colour: vec![128; colour] })
    }

    /// Adds a frame.
    ///
    /// # Errors
    /// Where it has another size than the film or the writer fails.
    pub fn frame(&mut self, picture: &Luma) -> Result<(), FilmError> {
        let (width, height) = (self.width, self.height);
        if (picture.width(), picture.height()) != (width, height) {
            return Err(FilmError::OtherSize { width, height });
        }
        self.writer.write_all(b"FRAME\n")?;
        self.writer.write_all(picture.pixels())?;
        self.writer.write_all(&self.colour)?;
        Ok(())
    }

    /// Flushes, and hands back what was written to.
    ///
    /// # Errors
    /// Where the writer fails.
    pub fn finish(mut self) -> Result<W, FilmError> {
        self.writer.flush()?;
        Ok(self.writer)
    }
}

fn area(width: u32, height: u32) -> Result<usize, FilmError> {
    if width == 0 || height == 0 {
        return Err(FilmError::NotAFilm("it has no size".to_owned()));
    }
    let area = usize::try_from(u64::from(width) * u64::from(height)).unwrap_or(usize::MAX);
    let fits = width <= SIDE_MAX && height <= SIDE_MAX && area <= PIXELS_MAX;
    if fits { Ok(area) } else { Err(FilmError::TooLarge { width, height }) }
}

fn rate_of(value: &str) -> Option<Rate> {
    let (frames, seconds) = value.split_once(':')?;
    let rate = Rate { frames: frames.parse().ok()?, seconds: seconds.parse().ok()? };
    (rate.frames > 0 && rate.seconds > 0).then_some(rate)
}

/// A line without its end; none where the file is over.
fn line(reader: &mut impl BufRead) -> Result<Option<String>, FilmError> {
    let mut bytes = Vec::new();
    let read = reader.take(LINE_MAX).read_until(b'\n', &mut bytes)?;
    if read == 0 {
        return Ok(None);
    }
    if bytes.pop() != Some(b'\n') {
        return Err(if read < usize::try_from(LINE_MAX).unwrap_or(0) {
            FilmError::CutOff
        } else {
            FilmError::NotAFilm("its line of text has no end".to_owned())
        });
    }
    Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
}
