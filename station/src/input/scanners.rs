//! The serial scanners of this laptop.

use super::Heart;
use super::lines::{DeviceLine, DeviceState};
use std::sync::Arc;

/// The scanners that were chosen.
#[derive(Debug, Default)]
pub(super) struct Scanners {
    chosen: Vec<String>,
}

impl Scanners {
    pub(super) fn choose(&mut self, ids: &[String], _heart: &Arc<Heart>) {
        self.chosen = ids.to_vec();
    }

    pub(super) fn states(&self) -> Vec<DeviceState> {
        Vec::new()
    }
}

pub(super) fn ports() -> Vec<DeviceLine> {
    Vec::new()
}
