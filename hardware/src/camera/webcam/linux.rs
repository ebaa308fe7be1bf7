//! V4L2: names of cameras, what `nokhwa` cannot open by itself, and controls by their numbers.

use std::panic::catch_unwind;

use nokhwa::Camera;
use nokhwa::utils::{CameraIndex, ControlValueSetter, KnownCameraControl};
use v4l::video::Capture;
use v4l::video::capture::Parameters;
use v4l::{Device, Format, FourCC};

use super::super::names::linux::{Places, found};
use super::super::{CameraName, Controls, SourceError};

/// Numbers of controls in the kernel's interface (`linux/v4l2-controls.h`).
const EXPOSURE_AUTO: u128 = 0x009A_0901;
const EXPOSURE_ABSOLUTE: u128 = 0x009A_0902;
const FOCUS_AUTO: u128 = 0x009A_090C;
const FLASH_LED_MODE: u128 = 0x009C_0901;
/// Values of theirs. Webcams know one of the two ways to expose by themselves.
const MANUAL: i64 = 1;
const AUTO: [i64; 2] = [3, 0];
const LED_OFF: i64 = 0;
const LED_TORCH: i64 = 2;
/// Tried until one has a rate of whole frames a second: the larger, the slower most cameras are.
const SIZES: [(u32, u32); 3] = [(1280, 720), (640, 480), (320, 240)];
/// The kernel counts exposure in these, in microseconds.
const EXPOSURE_UNIT_US: u32 = 100;

pub(super) fn list() -> Vec<CameraName> {
    found(&Places::default(), can_capture).into_values().collect()
}

pub(super) fn index(id: Option<&str>) -> Result<CameraIndex, SourceError> {
    let cameras = found(&Places::default(), can_capture);
    let mut chosen = cameras.iter().filter(|(_, camera)| id.is_none_or(|id| camera.id == id));
    let (number, _) = chosen
        .next()
        .ok_or_else(|| SourceError::Gone(id.unwrap_or("no camera found").to_owned()))?;
    prepare(*number);
    Ok(CameraIndex::Index(*number))
}

/// Whether a node has formats to capture in. One that may not be opened counts, so that its refusal is told in words.
fn can_capture(number: u32) -> bool {
    let formats = catch_unwind(|| {
        let device = usize::try_from(number).map_err(std::io::Error::other).and_then(Device::new);
        device.and_then(|device| device.enum_formats())
    });
    match formats {
        Ok(Ok(formats)) => !formats.is_empty(),
        Ok(Err(error)) => error.kind() == std::io::ErrorKind::PermissionDenied,
        // The library trusts what drivers call their formats to be text.
        Err(_) => false,
    }
}

/// Leaves the camera in a format that `nokhwa` knows: it does not open one that another program left in a format or at
/// a rate which it does not, such as 25 frames in two seconds. Nothing is lost where this fails: then opening says why.
fn prepare(number: u32) {
    let _ = catch_unwind(|| {
        let device = Device::new(usize::try_from(number).unwrap_or(usize::MAX))?;
        let formats = device.enum_formats()?;
        let known = [b"MJPG", b"YUYV", b"NV12"].map(FourCC::new);
        let format = known.into_iter().find(|known| formats.iter().any(|has| has.fourcc == *known));
        for (width, height) in SIZES {
            if let Some(format) = format {
                device.set_format(&Format::new(width, height, format))?;
            }
            if device.set_params(&Parameters::with_fps(30))?.interval.numerator == 1 {
                break;
            }
        }
        std::io::Result::Ok(())
    });
}

fn value(camera: &Camera, id: u128) -> Option<ControlValueSetter> {
    camera.camera_control(KnownCameraControl::Other(id)).ok().map(|control| control.value())
}

pub(super) fn controls(camera: &Camera) -> Controls {
    let number = |id| match value(camera, id) {
        Some(ControlValueSetter::Integer(value)) => Some(value),
        _ => None,
    };
    let auto_focus = match value(camera, FOCUS_AUTO) {
        Some(ControlValueSetter::Boolean(on)) => Some(on),
        _ => None,
    };
    Controls {
        torch: number(FLASH_LED_MODE).map(|mode| mode == LED_TORCH),
        auto_exposure: number(EXPOSURE_AUTO).map(|mode| mode != MANUAL),
        exposure_us: number(EXPOSURE_ABSOLUTE)
            .and_then(|units| u32::try_from(units).ok())
            .map(|units| units.saturating_mul(EXPOSURE_UNIT_US)),
        auto_focus,
    }
}

pub(super) fn set(camera: &mut Camera, wanted: Controls) -> Result<(), SourceError> {
    let Controls { torch, auto_exposure, exposure_us, auto_focus } = wanted;
    if let Some(on) = torch {
        put(
            camera,
            FLASH_LED_MODE,
            ControlValueSetter::Integer(if on { LED_TORCH } else { LED_OFF }),
        )?;
    }
    if let Some(on) = auto_exposure {
        let ways: &[i64] = if on { &AUTO } else { &[MANUAL] };
        let mut tried =
            ways.iter().map(|way| put(camera, EXPOSURE_AUTO, ControlValueSetter::Integer(*way)));
        if !tried.any(|done| done.is_ok()) {
            return Err(lacking());
        }
    }
    if let Some(time) = exposure_us {
        let units = (time / EXPOSURE_UNIT_US).max(1);
        put(camera, EXPOSURE_ABSOLUTE, ControlValueSetter::Integer(units.into()))?;
    }
    if let Some(on) = auto_focus {
        put(camera, FOCUS_AUTO, ControlValueSetter::Boolean(on))?;
    }
    Ok(())
}

fn put(camera: &mut Camera, id: u128, value: ControlValueSetter) -> Result<(), SourceError> {
    camera.set_camera_control(KnownCameraControl::Other(id), value).map_err(|_| lacking())
}

fn lacking() -> SourceError {
    SourceError::Unsupported("it does not let that be set".to_owned())
}
