//! Where pictures come from.

use crate::Luma;
use crate::film::Film;
use crate::picture;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Pictures of a folder are shown for so long each.
const STILL: Duration = Duration::from_millis(200);

/// Why no pictures come.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SourceError {
    /// The system does not allow it.
    #[error("this laptop does not allow it: {0}")]
    Denied(String),
    /// Another program has it.
    #[error("another program uses it: {0}")]
    Busy(String),
    /// It is not there.
    #[error("it is not there: {0}")]
    Gone(String),
    /// A picture that cannot be used.
    #[error("its picture cannot be used: {0}")]
    Broken(String),
    /// Its pictures are of a kind that cannot be read.
    #[error("its pictures cannot be read: {0}")]
    Unsupported(String),
    /// There are no more.
    #[error("it has ended")]
    Ended,
}

/// What gives one picture after the other.
pub trait Source: Send {
    /// The next picture, once it is time for it.
    ///
    /// # Errors
    /// Where there is none.
    fn next(&mut self) -> Result<Luma, SourceError>;
}

/// A camera that could be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CameraName {
    /// What it is chosen by; the same after a restart.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// The cameras that are there.
#[must_use]
pub fn list() -> Vec<CameraName> {
    Vec::new()
}

/// Opens a camera.
///
/// # Errors
/// Where it cannot be opened.
pub fn webcam(id: &str) -> Result<Box<dyn Source>, SourceError> {
    Err(SourceError::Gone(id.to_owned()))
}

/// Opens a film or a folder of pictures, shown at its own pace.
///
/// # Errors
/// Where it cannot be read.
pub fn film(path: &Path) -> Result<Box<dyn Source>, SourceError> {
    if path.is_dir() {
        let entries = std::fs::read_dir(path).map_err(|e| SourceError::Gone(e.to_string()))?;
        let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        files.retain(|file| picture::is_named_like_one(file));
        files.sort();
        files.reverse();
        return Ok(Box::new(Stills { files, pace: Pace::new(STILL) }));
    }
    let file = File::open(path).map_err(|e| SourceError::Gone(e.to_string()))?;
    let film = Film::open(BufReader::new(file)).map_err(|e| SourceError::Unsupported(e.to_string()))?;
    let pace = Pace::new(film.pace());
    Ok(Box::new(Playing { film, pace }))
}

struct Pace {
    next: Instant,
    step: Duration,
}

impl Pace {
    fn new(step: Duration) -> Self {
        Self { next: Instant::now(), step }
    }

    /// Returns when it is time for the next picture.
    fn wait(&mut self) {
        std::thread::sleep(self.next.saturating_duration_since(Instant::now()));
        self.next += self.step;
    }
}

struct Playing {
    film: Film<BufReader<File>>,
    pace: Pace,
}

impl Source for Playing {
    fn next(&mut self) -> Result<Luma, SourceError> {
        let frame = self.film.frame().map_err(|e| SourceError::Broken(e.to_string()))?;
        let frame = frame.ok_or(SourceError::Ended)?;
        self.pace.wait();
        Ok(frame)
    }
}

struct Stills {
    /// The next one last.
    files: Vec<PathBuf>,
    pace: Pace,
}

impl Source for Stills {
    fn next(&mut self) -> Result<Luma, SourceError> {
        let file = self.files.pop().ok_or(SourceError::Ended)?;
        let broken = |e: picture::PictureError| SourceError::Broken(e.to_string());
        let mut pictures = picture::open(&file).map_err(broken)?;
        let luma = pictures.next().ok_or(SourceError::Ended)?.map_err(broken)?;
        self.pace.wait();
        Ok(luma)
    }
}
