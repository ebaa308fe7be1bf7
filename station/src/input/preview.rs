//! What a screen is shown of the camera, as bytes: a small grey picture and where codes are in it. No JSON, no
//! compression: thirty of them a second cost a laptop next to nothing.
//!
//! ```text
//! number: u32   width: u16   height: u16   state: u8   hint: u8   codes: u8   reserved: u8
//! codes times four corners of (x: i16, y: i16), in pixels of this picture, the code that is meant first
//! width times height bytes, grey, rows from the top
//! the kind of the code that is meant, a line feed, and what it says, UTF-8 to the end; nothing where there is none
//! ```
//! All little-endian. Without a picture width and height are 0.

use hardware::Luma;
use hardware::camera::{Frame, State};
use hardware::decode::{Hint, Look};
use std::sync::Arc;

/// Pixels in a row of what is shown, at most: as much as the door's screen has room for.
const WIDTH_MAX: u32 = 640;
/// Codes whose outline is shown.
const CODES_MAX: usize = 16;

/// Characters of a code that are shown: enough to tell one from another.
const TEXT_CHARS_MAX: usize = 200;

/// What the camera shows at a moment.
#[derive(Debug, Clone, Default)]
pub(crate) struct Shown {
    /// Counts up.
    pub(crate) number: u32,
    /// How the camera is; none: off.
    pub(crate) state: Option<State>,
    /// What it sees.
    pub(crate) picture: Option<Preview>,
}

/// A picture and what was read in it.
#[derive(Debug, Clone)]
pub(crate) struct Preview {
    pub(crate) frame: Arc<Frame>,
    pub(crate) look: Look,
}

impl Shown {
    /// As bytes.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut bytes = self.number.to_le_bytes().to_vec();
        let Some(Preview { frame, look }) = &self.picture else {
            bytes.extend([0, 0, 0, 0, state(self.state.as_ref()), 0, 0, 0]);
            return bytes;
        };
        let step = u8::try_from(frame.luma.width().div_ceil(WIDTH_MAX)).unwrap_or(u8::MAX);
        let shown = frame.luma.smaller(step);
        let side = |side: fn(&Luma) -> u32| shown.as_ref().map_or(0, side);
        for side in [side(Luma::width), side(Luma::height)] {
            bytes.extend(u16::try_from(side).unwrap_or(u16::MAX).to_le_bytes());
        }
        let codes = look.codes.get(..CODES_MAX).unwrap_or(&look.codes);
        let count = u8::try_from(codes.len()).unwrap_or(u8::MAX);
        bytes.extend([state(self.state.as_ref()), look.hint.map_or(0, hint), count, 0]);
        for corner in codes.iter().flat_map(|code| code.corners) {
            for at in [corner.x, corner.y] {
                bytes.extend(small(at, step).to_le_bytes());
            }
        }
        bytes.extend(shown.as_ref().map_or(&[][..], Luma::pixels));
        if let Some(code) = codes.first() {
            bytes.extend(
                format!("{}\n{:.TEXT_CHARS_MAX$}", code.symbology.as_str(), code.text).bytes(),
            );
        }
        bytes
    }
}

const fn state(state: Option<&State>) -> u8 {
    match state {
        None => 0,
        Some(State::Starting) => 1,
        Some(State::Running { .. }) => 2,
        Some(State::Lost { .. }) => 3,
        Some(State::Ended) => 4,
    }
}

fn hint(hint: Hint) -> u8 {
    match hint {
        Hint::TooDark => 1,
        Hint::TooFar => 2,
        Hint::Blurred => 3,
        Hint::HalfOutside => 4,
        Hint::Glare => 5,
    }
}

#[allow(clippy::cast_possible_truncation, reason = "clamped to what fits")]
fn small(at: f32, step: u8) -> i16 {
    (at / f32::from(step)).clamp(f32::from(i16::MIN), f32::from(i16::MAX)) as i16
}
