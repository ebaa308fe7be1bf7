//! Which cameras there are, each with an id that names the same one after a reboot: the numbers that systems give to
//! cameras are given anew each time.

/// A camera as people choose it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CameraName {
    /// Names this camera on this machine, today and after a reboot.
    pub id: String,
    /// What its maker calls it.
    pub name: String,
}

/// The cameras on this machine; none where this build has no webcams.
#[must_use]
pub fn list() -> Vec<CameraName> {
    #[cfg(feature = "webcam")]
    return super::webcam::list();
    #[cfg(not(feature = "webcam"))]
    return Vec::new();
}

#[cfg(all(target_os = "linux", any(test, feature = "webcam")))]
pub(super) mod linux;
