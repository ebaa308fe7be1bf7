//! MJPEG: JPEG files one behind another. A damaged one costs itself and not the next.

use std::io::Read;

use super::FilmError;
use crate::luma::jpeg::{self, Extent};
use crate::luma::{BadFrame, Luma};

/// The longest frame: 1080p at the best quality is under 2 MiB.
const FRAME_MAX: usize = 16 << 20;
/// The least that is asked of the file at a time. More when a frame is longer, lest it be looked through too often.
const READ_MIN: usize = 64 << 10;

/// A file of JPEGs, read frame by frame. A frame that is damaged comes as [`FilmError::Frame`]; reading goes on behind.
#[derive(Debug)]
pub struct Mjpeg<R> {
    reader: R,
    /// Read and not yet used.
    bytes: Vec<u8>,
    over: bool,
}

impl<R: Read> Mjpeg<R> {
    /// Nothing is read yet.
    pub const fn new(reader: R) -> Self {
        Self { reader, bytes: Vec::new(), over: false }
    }

    fn frame(&mut self) -> Result<Option<Luma>, FilmError> {
        loop {
            if !self.begin()? {
                return Ok(None);
            }
            match jpeg::extent(&self.bytes) {
                Extent::Whole { len, .. } => {
                    let picture = jpeg::decode(&self.bytes);
                    self.bytes.drain(..len);
                    return Ok(Some(picture?));
                }
                Extent::Broken { next } => {
                    self.bytes.drain(..next.clamp(1, self.bytes.len()));
                    return Err(BadFrame::CutOff.into());
                }
                Extent::Open if self.bytes.len() >= FRAME_MAX => {
                    // Past its beginning, to wherever the next one begins.
                    self.bytes.drain(..2);
                    return Err(BadFrame::Damaged("a frame without an end".to_owned()).into());
                }
                Extent::Open => {
                    if !self.more()? {
                        self.bytes.clear();
                        return Err(BadFrame::CutOff.into());
                    }
                }
            }
        }
    }

    /// Drops what lies before the next beginning of a JPEG; false where there is none up to the end of the file.
    fn begin(&mut self) -> Result<bool, FilmError> {
        loop {
            if let Some(at) = self.bytes.windows(3).position(jpeg::starts) {
                self.bytes.drain(..at);
                return Ok(true);
            }
            // The last two bytes may be the first of a beginning.
            self.bytes.drain(..self.bytes.len().saturating_sub(2));
            if !self.more()? {
                return Ok(false);
            }
        }
    }

    fn more(&mut self) -> Result<bool, FilmError> {
        let wanted = self.bytes.len().clamp(READ_MIN, FRAME_MAX);
        let limit = u64::try_from(wanted).unwrap_or(u64::MAX);
        Ok(self.reader.by_ref().take(limit).read_to_end(&mut self.bytes)? > 0)
    }
}

impl<R: Read> Iterator for Mjpeg<R> {
    type Item = Result<Luma, FilmError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.over {
            return None;
        }
        let frame = self.frame().transpose();
        self.over = matches!(frame, None | Some(Err(FilmError::Io(_))));
        frame
    }
}
