//! Windows and macOS: cameras by the name that the system itself keeps for each. Nothing is set on them yet.

use nokhwa::Camera;
use nokhwa::utils::{ApiBackend, CameraIndex, CameraInfo};

use super::super::{CameraName, Controls, SourceError};

/// The system's own name of a camera (a device path or a unique id); where it says none, what the maker calls it.
fn id(camera: &CameraInfo) -> String {
    let own = camera.misc();
    if own.is_empty() { camera.human_name() } else { own }
}

fn cameras() -> Vec<CameraInfo> {
    nokhwa::query(ApiBackend::Auto).unwrap_or_default()
}

pub(super) fn list() -> Vec<CameraName> {
    cameras()
        .iter()
        .map(|camera| CameraName { id: id(camera), name: camera.human_name() })
        .collect()
}

pub(super) fn index(wanted: Option<&str>) -> Result<CameraIndex, SourceError> {
    let cameras = cameras();
    let mut chosen =
        cameras.iter().filter(|camera| wanted.is_none_or(|wanted| id(camera) == wanted));
    chosen
        .next()
        .map(|camera| camera.index().clone())
        .ok_or_else(|| SourceError::Gone(wanted.unwrap_or("no camera found").to_owned()))
}

pub(super) fn controls(_camera: &Camera) -> Controls {
    Controls::default()
}

pub(super) fn set(_camera: &mut Camera, wanted: Controls) -> Result<(), SourceError> {
    if wanted == Controls::default() {
        Ok(())
    } else {
        Err(SourceError::Unsupported("it does not let that be set".to_owned()))
    }
}
