//! Cameras on the machine, by `nokhwa`: V4L2, Media Foundation, `AVFoundation`. Only raw bytes are asked of it; what they
//! are is found by [`Luma::from_camera`].

use std::fmt;
use std::sync::mpsc::sync_channel;
use std::time::{Duration, Instant};

use nokhwa::utils::{CameraFormat, FrameFormat, RequestedFormat, RequestedFormatType};
use nokhwa::{Camera, NokhwaError, nokhwa_check, nokhwa_initialize};

use super::{CameraName, Controls, Shot, Source, SourceError};
use crate::luma::{Layout, Luma};

#[cfg(target_os = "linux")]
#[path = "webcam/linux.rs"]
mod system;
#[cfg(not(target_os = "linux"))]
#[path = "webcam/elsewhere.rs"]
mod system;

/// What is asked for: enough pixels for a code at arm's length, and decoded within a frame's time.
const WANTED: (f64, f64, f64) = (1280.0, 720.0, 30.0);
/// Raw first: a JPEG costs some milliseconds a frame to unpack.
const FORMATS: [FrameFormat; 6] = [
    FrameFormat::NV12,
    FrameFormat::GRAY,
    FrameFormat::YUYV,
    FrameFormat::MJPEG,
    FrameFormat::RAWRGB,
    FrameFormat::RAWBGR,
];
/// Formats are offered that are refused when asked for: a rate of 25/2 is told as 25.
const TRIES_MAX: usize = 16;
/// So long a person may think about whether this program may use the camera.
const CONSENT: Duration = Duration::from_secs(120);

/// The cameras that can capture.
pub(super) fn list() -> Vec<CameraName> {
    system::list()
}

/// A camera that is open.
pub struct Webcam {
    camera: Camera,
    format: CameraFormat,
}

impl fmt::Debug for Webcam {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Webcam").field("format", &self.format.to_string()).finish_non_exhaustive()
    }
}

impl Webcam {
    /// Opens the camera with this id, or the first one, and starts its stream.
    ///
    /// # Errors
    /// [`SourceError`] in words for a person.
    pub fn open(id: Option<&str>) -> Result<Box<dyn Source>, SourceError> {
        consent()?;
        let index = system::index(id)?;
        let any = RequestedFormat::with_formats(RequestedFormatType::None, &FORMATS);
        let mut camera = Camera::new(index, any).map_err(|error| in_words(&error))?;
        let formats = camera.compatible_camera_formats().unwrap_or_default();
        choose(&mut camera, &ranked(formats));
        camera.open_stream().map_err(|error| in_words(&error))?;
        let format = camera.camera_format();
        let mut webcam = Self { camera, format };
        // Where there is nothing to focus, nothing is lost.
        let _ = webcam.set(Controls { auto_focus: Some(true), ..Controls::default() });
        Ok(Box::new(webcam))
    }
}

impl Source for Webcam {
    fn next(&mut self) -> Result<Option<Shot>, SourceError> {
        let bytes = self.camera.frame_raw().map_err(|error| in_words(&error))?;
        let taken = Instant::now();
        let claimed = match self.format.format() {
            FrameFormat::MJPEG => Layout::Jpeg,
            FrameFormat::YUYV => Layout::Yuyv,
            FrameFormat::NV12 => Layout::Nv12,
            FrameFormat::GRAY => Layout::Grey,
            FrameFormat::RAWRGB | FrameFormat::RAWBGR => Layout::Rgb,
        };
        let luma = Luma::from_camera(&bytes, self.format.width(), self.format.height(), claimed)?;
        Ok(Some(Shot { luma, taken }))
    }

    fn controls(&self) -> Controls {
        system::controls(&self.camera)
    }

    fn set(&mut self, wanted: Controls) -> Result<(), SourceError> {
        system::set(&mut self.camera, wanted)
    }
}

/// Asks the system, which may ask the person. Only macOS does; elsewhere this is yes at once.
fn consent() -> Result<(), SourceError> {
    if nokhwa_check() {
        return Ok(());
    }
    let (answer, answered) = sync_channel(1);
    nokhwa_initialize(move |yes| {
        // Whoever asked has gone on when nobody answered in time.
        let _ = answer.try_send(yes);
    });
    match answered.recv_timeout(CONSENT) {
        Ok(true) => Ok(()),
        _ => Err(SourceError::Denied("Privacy & Security, Camera".to_owned())),
    }
}

/// Sets the first format that the camera takes; where it takes none of them, the one that it was opened with stays.
fn choose(camera: &mut Camera, ranked: &[CameraFormat]) {
    let opened = camera.camera_format();
    let mut set = |format| {
        let exactly = RequestedFormatType::Exact(format);
        camera.set_camera_requset(RequestedFormat::with_formats(exactly, &FORMATS)).is_ok()
    };
    let wanted = ranked.iter().take(TRIES_MAX).take_while(|format| **format != opened);
    let mut refused = false;
    for format in wanted {
        if set(*format) {
            return;
        }
        refused = true;
    }
    if refused {
        // A camera that refuses has often taken a part: the size without the rate.
        set(opened);
    }
}

/// The formats that are read, nearest to what is wanted first; among equals the one that is cheapest to read.
fn ranked(mut formats: Vec<CameraFormat>) -> Vec<CameraFormat> {
    let rank = |format: &CameraFormat| FORMATS.iter().position(|known| *known == format.format());
    formats.retain(|format| rank(format).is_some());
    formats.sort_by(|one, other| {
        cost(one).total_cmp(&cost(other)).then_with(|| rank(one).cmp(&rank(other)))
    });
    formats
}

/// How far a format is from what is wanted: a quarter of the pixels costs about as much as a third of the frames.
fn cost(format: &CameraFormat) -> f64 {
    let (width, height, fps) = WANTED;
    let size = |has: u32, wanted: f64| (f64::from(has.max(1)) / wanted).ln().abs();
    // Some drivers say 1 for every format: then it tells nothing apart. More frames than wanted do no harm.
    let frames = (fps / f64::from(format.frame_rate().max(1))).max(1.0).ln();
    size(format.width(), width) + size(format.height(), height) + frames
}

/// What the person can do about it. Drivers tell reasons in text alone.
fn in_words(error: &NokhwaError) -> SourceError {
    let text = error.to_string();
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if has(&["Permission denied", "os error 13", "0x80070005", "not authorized"]) {
        SourceError::Denied(text)
    } else if has(&[
        "busy",
        "os error 16",
        "0xC00D3EA3",
        "0xC00D3704",
        "0x80070020",
        "already in use",
    ]) {
        SourceError::Busy(text)
    } else if has(&[
        "No such",
        "os error 2)",
        "os error 6)",
        "os error 19)",
        "0xC00D3EA2",
        "not found",
    ]) {
        SourceError::Gone(text)
    } else {
        match error {
            NokhwaError::UnsupportedOperationError(_) | NokhwaError::NotImplementedError(_) => {
                SourceError::Unsupported(text)
            }
            _ if has(&["Fufill", "unsupported"]) => {
                SourceError::Unsupported(format!("it has no format that is read ({text})"))
            }
            _ => SourceError::Failed(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use nokhwa::utils::Resolution;

    use super::*;

    fn format(width: u32, height: u32, fps: u32, format: FrameFormat) -> CameraFormat {
        CameraFormat::new(Resolution::new(width, height), format, fps)
    }

    #[test]
    fn the_nearest_format_is_chosen() {
        let best = |formats: &[CameraFormat]| ranked(formats.to_vec()).first().copied();
        use FrameFormat::{GRAY, MJPEG, NV12, RAWRGB, YUYV};
        let laptop = [
            format(640, 480, 30, YUYV),
            format(1280, 720, 10, YUYV),
            format(1280, 720, 30, MJPEG),
            format(1920, 1080, 30, MJPEG),
            format(640, 480, 120, MJPEG),
        ];
        assert_eq!(best(&laptop), Some(laptop[2]), "frames before cheapness");
        let usb3 = [
            format(1280, 720, 30, MJPEG),
            format(1280, 720, 30, YUYV),
            format(1280, 720, 30, NV12),
        ];
        assert_eq!(best(&usb3), Some(usb3[2]), "the cheapest of equals");
        let untold =
            [format(640, 480, 1, NV12), format(1280, 720, 1, RAWRGB), format(3840, 2160, 1, NV12)];
        assert_eq!(best(&untold), Some(untold[1]), "rates that tell nothing");
        let fast = [format(1280, 720, 60, GRAY), format(1280, 720, 15, GRAY)];
        assert_eq!(best(&fast), Some(fast[0]));
        assert_eq!(best(&[]), None);
    }

    #[test]
    fn reasons_become_words() {
        let open = |why: &str| NokhwaError::OpenDeviceError("0".to_owned(), why.to_owned());
        let kind = |why: &str| in_words(&open(why));
        assert!(matches!(
            kind("V4L2 Error: Permission denied (os error 13)"),
            SourceError::Denied(_)
        ));
        assert!(matches!(kind("Device or resource busy (os error 16)"), SourceError::Busy(_)));
        assert!(matches!(kind("No such device (os error 19)"), SourceError::Gone(_)));
        assert!(matches!(kind("No such file or directory (os error 2)"), SourceError::Gone(_)));
        assert!(matches!(kind("Input/output error (os error 5)"), SourceError::Failed(_)));
    }

    #[test]
    fn a_machine_without_a_camera_says_so() {
        let opened = Webcam::open(Some("by-id/usb-that-nobody-has")).map(|_| "opened");
        assert!(matches!(opened, Err(SourceError::Gone(_))), "{opened:?}");
    }
}
