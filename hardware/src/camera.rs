//! Cameras: where frames come from, one thread that fetches them, and a slot that holds the newest. Old frames are
//! dropped and never queued: a queue of frames would show the person before.

use std::fmt;
use std::time::{Duration, Instant};

use crate::film::FilmError;
use crate::luma::{BadFrame, Luma};
use crate::picture::PictureError;

mod capture;
mod glitch;
mod names;
mod pace;
mod recorded;
#[cfg(feature = "webcam")]
mod webcam;

pub use capture::{Camera, State};
pub use glitch::{Glitch, Odds};
pub use names::{CameraName, list};
pub use pace::{Leaping, Pace, RealTime};
pub use recorded::{AtEnd, Film, Folder, open_recorded};
#[cfg(feature = "webcam")]
pub use webcam::Webcam;

/// A frame that readers share.
#[derive(Clone, PartialEq, Eq)]
pub struct Frame {
    /// What was seen.
    pub luma: Luma,
    /// When the source handed it over, before anything was made of it.
    pub taken: Instant,
    /// Its place since the camera was started, from 1; it goes on counting when the camera was gone for a while.
    pub number: u64,
}

impl fmt::Debug for Frame {
    /// Without the picture, which shows people.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Frame {} of {}x{}", self.number, self.luma.width(), self.luma.height())
    }
}

/// A picture as a source hands it over.
#[derive(Clone, PartialEq, Eq)]
pub struct Shot {
    /// What was seen.
    pub luma: Luma,
    /// When.
    pub taken: Instant,
}

impl fmt::Debug for Shot {
    /// Without the picture, which shows people.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Shot of {}x{}", self.luma.width(), self.luma.height())
    }
}

/// Where frames come from. It waits for the next one itself, but not much longer than [`PATIENCE`] where it can help it.
pub trait Source: Send {
    /// The next frame, or none yet.
    ///
    /// # Errors
    /// [`SourceError`]; after [`SourceError::Broken`] it may be asked again, after any other one it is to be opened anew.
    fn next(&mut self) -> Result<Option<Shot>, SourceError>;

    /// What can be set, with what it is set to; nothing where there is nothing to set.
    fn controls(&self) -> Controls {
        Controls::default()
    }

    /// Sets what is some, and leaves alone what is none.
    ///
    /// # Errors
    /// [`SourceError::Unsupported`] where the camera has no such thing.
    fn set(&mut self, wanted: Controls) -> Result<(), SourceError> {
        if wanted == Controls::default() {
            Ok(())
        } else {
            Err(SourceError::Unsupported("this camera has nothing that can be set".to_owned()))
        }
    }
}

/// How long a source waits for a frame before it says that there is none yet: so soon a camera can be stopped.
pub const PATIENCE: Duration = Duration::from_millis(100);

/// What some cameras let be set. None: the camera has no such thing, or it is to be left as it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Controls {
    /// The lamp beside the lens.
    pub torch: Option<bool>,
    /// Whether the camera chooses its exposure.
    pub auto_exposure: Option<bool>,
    /// How long each frame is exposed, in microseconds. Above 10,000 what moves is blurred.
    pub exposure_us: Option<u32>,
    /// Whether the camera focuses by itself.
    pub auto_focus: Option<bool>,
}

/// Why there is no frame. Each text is for the person at the door: what is wrong and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SourceError {
    /// The system does not let this program use the camera.
    #[error(
        "the camera may not be used by this program; allow it in the system's privacy settings ({0})"
    )]
    Denied(String),
    /// Another program has it.
    #[error("the camera is used by another program; close that program ({0})")]
    Busy(String),
    /// It was unplugged, or never there.
    #[error("the camera is not there; plug it in ({0})")]
    Gone(String),
    /// One frame is damaged: the next may be whole.
    #[error("a frame of the camera is damaged: {0}")]
    Broken(String),
    /// A recording is over.
    #[error("the recording is over")]
    Ended,
    /// The camera or file is of a kind that is not read.
    #[error("this camera cannot be used: {0}; try another one")]
    Unsupported(String),
    /// The driver does not answer.
    #[error("the camera sends no pictures; unplug it and plug it in again")]
    Stalled,
    /// The driver or what speaks to it broke.
    #[error("the camera stopped working; unplug it and plug it in again ({0})")]
    Failed(String),
}

impl From<BadFrame> for SourceError {
    fn from(bad: BadFrame) -> Self {
        Self::Broken(bad.to_string())
    }
}

impl From<FilmError> for SourceError {
    fn from(error: FilmError) -> Self {
        match error {
            FilmError::Frame(bad) => bad.into(),
            FilmError::CutOff | FilmError::OtherSize { .. } => Self::Failed(error.to_string()),
            FilmError::Io(error) => error.into(),
            FilmError::NotAFilm(_) | FilmError::Unsupported(_) | FilmError::TooLarge { .. } => {
                Self::Unsupported(error.to_string())
            }
        }
    }
}

impl From<std::io::Error> for SourceError {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::NotFound => Self::Gone(error.to_string()),
            std::io::ErrorKind::PermissionDenied => Self::Denied(error.to_string()),
            _ => Self::Failed(error.to_string()),
        }
    }
}

impl From<PictureError> for SourceError {
    fn from(error: PictureError) -> Self {
        match error {
            PictureError::Io(error) => error.into(),
            PictureError::Film(error) => error.into(),
            other => Self::Broken(other.to_string()),
        }
    }
}
