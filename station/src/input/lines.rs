//! What screens ask of the inputs of a laptop, and what they are told.

use serde::{Deserialize, Serialize};

/// A question about what this laptop reads with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum InputCommand {
    /// What there is, what is chosen and how it is.
    InputShow,
    /// Choose.
    InputSet(InputChange),
    /// A screen's own source has read something.
    InputHeard(HeardRequest),
    /// A screen could not take a reading: whoever shows it again means it.
    InputDeclined(DeclinedRequest),
}

/// What is to be otherwise; what is left out stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields = nullable))]
pub struct InputChange {
    /// Id of the camera; empty: none.
    pub camera: Option<String>,
    /// Whether its picture is shown as in a mirror.
    pub mirrored: Option<bool>,
    /// Kinds of codes that tickets use beside QR.
    pub symbologies: Option<Vec<String>>,
    /// Ids of the serial scanners.
    pub scanners: Option<Vec<String>>,
    /// What a scanner that types sends before each code.
    pub prefix: Option<String>,
    /// What it sends after each code: `enter`, `tab` or `none`; empty: any of them.
    pub suffix: Option<String>,
}

/// What a screen's own source has read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct HeardRequest {
    /// `wedge`, `typed` or `search`.
    pub source: String,
    /// What was read.
    pub text: String,
}

/// A reading that no screen could take.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct DeclinedRequest {
    /// What was read.
    pub text: String,
}

/// Something that was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ReadingLine {
    /// Its name. A scan under this nonce counts once, however many screens were told of it.
    pub id: String,
    /// `camera`, `serial`, `wedge`, `typed`, `search`.
    pub source: String,
    /// The kind of code, where the source says it: `qr`, `data_matrix`, `aztec`, `pdf417`, `code128`.
    pub symbology: Option<String>,
    /// What was read.
    pub text: String,
    /// When.
    pub at: String,
    /// How long before that the picture was taken, or its last byte came, in milliseconds.
    pub age_ms: u32,
    /// It only repeats what was read a moment ago: no scan of its own.
    pub repeated: bool,
}

/// A device that could be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct DeviceLine {
    /// What it is chosen by; the same after a restart.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Whether it is known to be a scanner; of cameras, whether it is chosen by itself.
    pub likely: bool,
}

/// How a device that was chosen is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct DeviceState {
    /// What it was chosen by.
    pub id: String,
    /// `off` while no screen looks, `starting`, `running`, `lost`, `ended`.
    pub state: String,
    /// Why it does not run: `denied`, `busy`, `gone`, `broken`, `unsupported`, `noise`.
    pub problem: Option<String>,
    /// The same in the device's words, in English.
    pub detail: Option<String>,
}

/// What this laptop reads with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct InputLine {
    /// The camera, where one was chosen.
    pub camera: Option<DeviceState>,
    /// Whether the camera was given when Lanyard was started, and cannot be chosen here.
    pub fixed: bool,
    /// Whether its picture is shown as in a mirror.
    pub mirrored: bool,
    /// Kinds of codes that tickets use beside QR.
    pub symbologies: Vec<String>,
    /// The serial scanners that were chosen.
    pub scanners: Vec<DeviceState>,
    /// What a scanner that types sends before each code.
    pub prefix: String,
    /// What it sends after each code: `enter`, `tab`, `none`, or empty.
    pub suffix: String,
    /// The cameras that are there.
    pub cameras: Vec<DeviceLine>,
    /// The serial ports that are there.
    pub ports: Vec<DeviceLine>,
}
