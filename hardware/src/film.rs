//! Films from files: a frame at a time, as grey pictures. Y4M is what every tool can write without loss, MJPEG (JPEG
//! files one behind another) what cameras and recorders leave behind.

use std::io;
use std::time::Duration;

use crate::luma::{BadFrame, PIXELS_MAX, SIDE_MAX};

mod mjpeg;
mod y4m;

pub use mjpeg::Mjpeg;
pub use y4m::{Y4m, Y4mWriter};

/// Frames in a time: 30000 in 1001 seconds is what television calls 29.97.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// So many frames.
    pub frames: u32,
    /// In so many seconds.
    pub seconds: u32,
}

impl Rate {
    /// What a film without a rate is played at.
    pub const USUAL: Self = Self { frames: 30, seconds: 1 };
    /// The fastest that is played: beyond any camera. Faster films are read as slow as this.
    pub const FASTEST: Self = Self { frames: 1_000, seconds: 1 };
    /// The slowest that is played: a slower film would be taken for a camera that hangs.
    pub const SLOWEST: Self = Self { frames: 1, seconds: 60 };

    /// So many frames a second.
    #[must_use]
    pub const fn per_second(frames: u32) -> Self {
        Self { frames, seconds: 1 }
    }

    /// From one frame to the next, within [`Rate::FASTEST`] and [`Rate::SLOWEST`].
    #[must_use]
    pub fn period(self) -> Duration {
        let exact = |rate: Self| {
            let nanos = u64::from(rate.seconds).saturating_mul(1_000_000_000);
            nanos.checked_div(u64::from(rate.frames)).map(Duration::from_nanos)
        };
        let [fastest, slowest] = [Self::FASTEST, Self::SLOWEST]
            .map(|rate| exact(rate).unwrap_or(Duration::from_secs(1)));
        exact(self).unwrap_or(slowest).clamp(fastest, slowest)
    }
}

/// Why a film cannot be read on. Each text says what is wrong and what to do.
#[derive(Debug, thiserror::Error)]
pub enum FilmError {
    /// The file cannot be read.
    #[error("the film cannot be read: {0}")]
    Io(#[from] io::Error),
    /// No Y4M header, or one that says nothing sensible.
    #[error("this is no Y4M film ({0}); convert it: ffmpeg -i FILE -pix_fmt yuv420p FILM.y4m")]
    NotAFilm(String),
    /// Another kind of colour.
    #[error("films in {0} are not read; convert it: ffmpeg -i FILE -pix_fmt yuv420p FILM.y4m")]
    Unsupported(String),
    /// More pixels than are read.
    #[error(
        "the film has {width}x{height} pixels; at most {SIDE_MAX} a side and {PIXELS_MAX} in all are read: make it smaller"
    )]
    TooLarge {
        /// Pixels in a row.
        width: u32,
        /// Rows.
        height: u32,
    },
    /// The file ends within a frame.
    #[error("the film is cut off within a frame; copy the file again")]
    CutOff,
    /// One frame is damaged; the next may be read.
    #[error("a frame of the film: {0}")]
    Frame(#[from] BadFrame),
    /// A frame of another size than the film has.
    #[error("a film of {width}x{height} takes no frame of another size")]
    OtherSize {
        /// Pixels in a row.
        width: u32,
        /// Rows.
        height: u32,
    },
}
