//! Why nothing is read, where a picture shows it.

use crate::Luma;

/// What would help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hint {
    /// There is too little light.
    TooDark,
    /// A code is there, and too small.
    TooFar,
    /// A code is there, and blurred.
    Blurred,
    /// A code is there, and its edge is outside.
    HalfOutside,
    /// Light is mirrored in the middle of it.
    Glare,
}

/// A picture whose brightest hundredth is below this is too dark, of 255.
const DARK: u8 = 60;

/// What would help to read something in this picture.
pub(super) fn hint(luma: &Luma) -> Option<Hint> {
    let mut counts = [0_u32; 256];
    let every = luma.pixels().iter().step_by(7);
    for pixel in every {
        if let Some(count) = counts.get_mut(usize::from(*pixel)) {
            *count += 1;
        }
    }
    let all: u32 = counts.iter().sum();
    let bright: u32 = counts.iter().skip(usize::from(DARK)).sum();
    (bright * 100 < all).then_some(Hint::TooDark)
}
