//! Recordings in the place of a camera: a Y4M film, a file of JPEGs, a folder of pictures, at their own pace.

use std::fmt;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::{PATIENCE, Pace, Shot, Source, SourceError};
use crate::film::{FilmError, Mjpeg, Rate, Y4m};
use crate::luma::{Luma, jpeg};
use crate::picture;

/// The most pictures of a folder: an hour and a half at 2 a second; more is a mistaken folder.
const PICTURES_MAX: usize = 10_000;
/// Behind by more than this, a recording goes on from now and does not hurry after the time that it missed.
const LATE_MAX: Duration = Duration::from_secs(1);

/// What a recording does when it is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AtEnd {
    /// Begins again, as a camera would go on.
    Again,
    /// Ends: [`SourceError::Ended`].
    Stop,
}

/// When the next frame is due.
#[derive(Debug)]
struct Beat {
    pace: Arc<dyn Pace>,
    period: Duration,
    due: Option<Instant>,
}

impl Beat {
    fn new(pace: Arc<dyn Pace>, rate: Rate) -> Self {
        Self { pace, period: rate.period(), due: None }
    }

    /// Waits for the next frame's time, [`PATIENCE`] at most; the time when it has come.
    fn wait(&mut self) -> Option<Instant> {
        let now = self.pace.now();
        let due = self.due.filter(|due| *due + LATE_MAX > now).unwrap_or(now);
        self.due = Some(due);
        let left = due.saturating_duration_since(now);
        if left > PATIENCE {
            self.pace.wait(PATIENCE);
            return None;
        }
        if !left.is_zero() {
            self.pace.wait(left);
        }
        self.due = Some(due + self.period);
        Some(self.pace.now())
    }
}

type Frames = Box<dyn Iterator<Item = Result<Luma, FilmError>> + Send>;

/// A film as a camera: Y4M at its own pace, or JPEGs one behind another at a given one.
pub struct Film {
    path: PathBuf,
    frames: Frames,
    beat: Beat,
    at_end: AtEnd,
}

impl fmt::Debug for Film {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Film").field("path", &self.path).finish_non_exhaustive()
    }
}

impl Film {
    /// Opens a film. Its first bytes say what it is; `rate` is for JPEGs, which do not say theirs.
    ///
    /// # Errors
    /// [`SourceError`] where it cannot be opened or is no film that is read.
    pub fn open(
        path: impl Into<PathBuf>,
        rate: Rate,
        at_end: AtEnd,
        pace: Arc<dyn Pace>,
    ) -> Result<Self, SourceError> {
        let path = path.into();
        let (frames, own) = frames(&path)?;
        Ok(Self { path, frames, beat: Beat::new(pace, own.unwrap_or(rate)), at_end })
    }
}

/// The frames of a film, and its rate where it says one.
fn frames(path: &Path) -> Result<(Frames, Option<Rate>), SourceError> {
    let mut first = Vec::new();
    File::open(path)?.take(4).read_to_end(&mut first)?;
    let reader = BufReader::new(File::open(path)?);
    if jpeg::starts(&first) {
        return Ok((Box::new(Mjpeg::new(reader)), None));
    }
    let film = Y4m::new(reader)?;
    let rate = film.rate();
    Ok((Box::new(film), Some(rate)))
}

impl Source for Film {
    fn next(&mut self) -> Result<Option<Shot>, SourceError> {
        let Some(taken) = self.beat.wait() else {
            return Ok(None);
        };
        let mut frame = self.frames.next();
        if frame.is_none() && self.at_end == AtEnd::Again {
            self.frames = frames(&self.path)?.0;
            // A film without any frame is over, however often it begins.
            frame = self.frames.next();
        }
        let luma = frame.ok_or(SourceError::Ended)??;
        Ok(Some(Shot { luma, taken }))
    }
}

/// A folder of pictures as a camera, in the order of their names.
#[derive(Debug)]
pub struct Folder {
    pictures: Vec<PathBuf>,
    next: usize,
    beat: Beat,
    at_end: AtEnd,
}

impl Folder {
    /// Opens a folder. What is in it is read when its turn comes; a file that is no picture is a broken frame.
    ///
    /// # Errors
    /// [`SourceError`] where it cannot be opened, is empty or has too many files.
    pub fn open(
        path: &Path,
        rate: Rate,
        at_end: AtEnd,
        pace: Arc<dyn Pace>,
    ) -> Result<Self, SourceError> {
        let mut pictures = Vec::new();
        for entry in std::fs::read_dir(path)? {
            let entry = entry?;
            let hidden = entry.file_name().to_string_lossy().starts_with('.');
            if !hidden && !entry.path().is_dir() {
                pictures.push(entry.path());
            }
            if pictures.len() > PICTURES_MAX {
                return Err(SourceError::Unsupported(format!(
                    "the folder has more than {PICTURES_MAX} files"
                )));
            }
        }
        if pictures.is_empty() {
            return Err(SourceError::Unsupported("the folder has no pictures".to_owned()));
        }
        pictures.sort();
        Ok(Self { pictures, next: 0, beat: Beat::new(pace, rate), at_end })
    }
}

impl Source for Folder {
    fn next(&mut self) -> Result<Option<Shot>, SourceError> {
        let Some(taken) = self.beat.wait() else {
            return Ok(None);
        };
        if self.next >= self.pictures.len() && self.at_end == AtEnd::Again {
            self.next = 0;
        }
        let path = self.pictures.get(self.next).ok_or(SourceError::Ended)?;
        self.next += 1;
        // Of one file nothing is worse than a broken frame: the camera goes on with the next.
        let broken =
            |error: &dyn fmt::Display| SourceError::Broken(format!("{}: {error}", path.display()));
        let first = picture::read(path).map_err(|error| broken(&error))?.next();
        let luma =
            first.ok_or_else(|| broken(&"it has no picture"))?.map_err(|error| broken(&error))?;
        Ok(Some(Shot { luma, taken }))
    }
}

/// A recording as a camera: a folder of pictures, or a film. `rate` is for what does not say its own.
///
/// # Errors
/// [`SourceError`] where it cannot be opened.
pub fn open_recorded(
    path: &Path,
    rate: Rate,
    at_end: AtEnd,
    pace: Arc<dyn Pace>,
) -> Result<Box<dyn Source>, SourceError> {
    if path.is_dir() {
        Ok(Box::new(Folder::open(path, rate, at_end, pace)?))
    } else {
        Ok(Box::new(Film::open(path, rate, at_end, pace)?))
    }
}
