//! Pictures from files: PNG, JPEG, PGM and Y4M films, told apart by their content and never by their name. Which way
//! up a picture is does not matter to a decoder of codes, so what a camera noted of it is not read.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek};
use std::path::Path;

use crate::film::{FilmError, Y4m};
use crate::luma::{BadFrame, Luma, PIXELS_MAX, SIDE_MAX, jpeg};

mod pgm;
mod png;

/// The longest JPEG file, which is read whole: a byte a pixel for the most pixels, several times what cameras write.
const FILE_MAX: u64 = 64 << 20;

/// Why a file is no picture. Each text says what is wrong and what to do.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// The file cannot be opened or read.
    #[error("the file cannot be read: {0}")]
    Io(#[from] io::Error),
    /// Neither of the four formats.
    #[error("this is no picture that can be read; save it as PNG, JPEG, PGM or Y4M")]
    Unknown,
    /// Beyond what is read.
    #[error(
        "the picture has {width}x{height} pixels; at most {SIDE_MAX} a side and {PIXELS_MAX} in all are read \
         (fewer of a JPEG that is progressive or in print colours): make it smaller"
    )]
    TooLarge {
        /// Pixels in a row.
        width: u64,
        /// Rows.
        height: u64,
    },
    /// The file is longer than any picture that is read.
    #[error("the file has {bytes} bytes, more than any picture that is read: make it smaller")]
    TooLong {
        /// How many.
        bytes: u64,
    },
    /// The end is missing.
    #[error("the picture is cut off; copy the file again")]
    CutOff,
    /// It breaks the rules of its format.
    #[error("the picture is damaged ({0}); save it again")]
    Damaged(String),
    /// A film, and something is wrong with it.
    #[error(transparent)]
    Film(#[from] FilmError),
}

impl From<BadFrame> for PictureError {
    fn from(bad: BadFrame) -> Self {
        match bad {
            BadFrame::Size { width, height } => {
                Self::TooLarge { width: width.into(), height: height.into() }
            }
            BadFrame::CutOff | BadFrame::Empty => Self::CutOff,
            other @ (BadFrame::Length { .. } | BadFrame::Damaged(_)) => {
                Self::Damaged(other.to_string())
            }
        }
    }
}

/// The pictures of a file, one at a time: one, or the frames of a film.
#[derive(Debug)]
pub enum Pictures<R> {
    /// A file with one picture; of an animated one the first.
    Still(Option<Luma>),
    /// A film, read as it is asked for.
    Film(Y4m<R>),
}

impl<R> Pictures<R> {
    /// Whether it is a film.
    #[must_use]
    pub const fn is_film(&self) -> bool {
        matches!(self, Self::Film(_))
    }
}

/// Whether a file is named like one that can be read; what it is, its first bytes say.
#[must_use]
pub fn is_named_like_one(path: &Path) -> bool {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase());
    ending.is_some_and(|ending| ["png", "jpg", "jpeg", "pgm", "y4m"].contains(&ending.as_str()))
}

impl<R: BufRead> Iterator for Pictures<R> {
    type Item = Result<Luma, PictureError>;

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Self::Still(picture) => picture.take().map(Ok),
            Self::Film(film) => film.next().map(|frame| frame.map_err(PictureError::from)),
        }
    }
}

/// The pictures of a file. Memory is bounded, whatever the file says it holds.
///
/// # Errors
/// [`PictureError`] where it cannot be read or is no whole picture.
pub fn read(path: impl AsRef<Path>) -> Result<Pictures<BufReader<File>>, PictureError> {
    from_reader(BufReader::new(File::open(path)?))
}

/// The pictures of a file that is in memory.
///
/// # Errors
/// [`PictureError`] where it is no whole picture.
pub fn open(bytes: &[u8]) -> Result<Pictures<io::Cursor<&[u8]>>, PictureError> {
    from_reader(io::Cursor::new(bytes))
}

fn from_reader<R: BufRead + Seek>(mut reader: R) -> Result<Pictures<R>, PictureError> {
    let mut first = Vec::new();
    reader.by_ref().take(10).read_to_end(&mut first)?;
    reader.rewind()?;
    if first.starts_with(b"\x89PNG\r\n\x1a\n") {
        return png::read(reader).map(|picture| Pictures::Still(Some(picture)));
    }
    if first.starts_with(b"YUV4MPEG2") {
        return Ok(Pictures::Film(Y4m::new(reader)?));
    }
    let picture = if jpeg::starts(&first) {
        jpeg::decode(&whole(&mut reader)?)?
    } else if first.starts_with(b"P5") || first.starts_with(b"P2") {
        pgm::read(&mut reader)?
    } else if b"\x89PNG\r\n\x1a\n".starts_with(&first) || b"\xFF\xD8\xFF".starts_with(&first) {
        return Err(PictureError::CutOff);
    } else {
        return Err(PictureError::Unknown);
    };
    Ok(Pictures::Still(Some(picture)))
}

/// All bytes of a file, where they are not too many.
fn whole(reader: &mut impl Read) -> Result<Vec<u8>, PictureError> {
    let mut bytes = Vec::new();
    reader.take(FILE_MAX + 1).read_to_end(&mut bytes)?;
    let len = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    if len > FILE_MAX { Err(PictureError::TooLong { bytes: len }) } else { Ok(bytes) }
}

/// A size that a header says, refused in words before memory is asked for.
fn checked(width: u64, height: u64) -> Result<(u32, u32, usize), PictureError> {
    let too_large = || PictureError::TooLarge { width, height };
    let (w, h) = (u32::try_from(width), u32::try_from(height));
    let (Ok(w), Ok(h)) = (w, h) else {
        return Err(too_large());
    };
    let side = 1..=SIDE_MAX;
    let area = usize::try_from(width.saturating_mul(height)).unwrap_or(usize::MAX);
    if side.contains(&w) && side.contains(&h) && area <= PIXELS_MAX {
        Ok((w, h, area))
    } else {
        Err(too_large())
    }
}
