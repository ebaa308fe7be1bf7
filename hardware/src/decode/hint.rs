//! Why nothing is read, where a picture shows it. Said to a person, so it is rather silent than wrong: a wall is not
//! "blurred".

use super::{corners, dark};
use crate::Luma;
use rxing::common::cpp_essentials::ConcentricPattern;
use rxing::qrcode::cpp_port::detector::{FinderPatternSet, GenerateFinderPatternSets};

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

/// A picture is too dark where fewer than one pixel in a hundred is brighter than this, of 255.
const DARK: u8 = 60;
/// Brighter than this, a camera sees nothing but light.
const BLINDING: u8 = 250;
/// So much of a code, in hundredths, may be light before it is glare.
const GLARE: u64 = 8;
/// Modules across a corner of a code.
const CORNER_MODULES: f32 = 7.0;
/// Pixels a module below which a code is too small to be read.
const MODULE_MIN: f32 = 2.2;
/// The smallest code is three of its corners wide.
const CORNERS_ACROSS: f32 = 3.0;
/// A corner is at least so large, in pixels, that it is none by chance.
const CORNER_MIN: i32 = 14;

/// What would help to read something in this picture.
pub(super) fn hint(luma: &Luma) -> Option<Hint> {
    if is_dark(luma) {
        return Some(Hint::TooDark);
    }
    let bits = dark::by_blocks(luma)?;
    let mut corners = corners::corners(&bits);
    if let Some(set) = GenerateFinderPatternSets(&mut corners).first() {
        return Some(of_code(luma, set));
    }
    // Two corners of one size, and the third would be outside.
    let [one, other] = corners.as_slice() else { return None };
    let alike = one.size <= other.size * 2 && other.size <= one.size * 2;
    let cut = [one, other].into_iter().any(|corner| is_cut(luma, corner));
    (alike && cut && one.size.min(other.size) >= CORNER_MIN).then_some(Hint::HalfOutside)
}

fn is_dark(luma: &Luma) -> bool {
    let (mut all, mut bright) = (0_u64, 0_u64);
    for pixel in luma.pixels().iter().step_by(7) {
        all += 1;
        bright += u64::from(*pixel > DARK);
    }
    bright * 100 < all
}

/// Why a code whose three corners are seen cannot be read.
fn of_code(luma: &Luma, set: &FinderPatternSet) -> Hint {
    let corners = [set.tl, set.tr, set.bl];
    #[allow(clippy::cast_precision_loss, reason = "a corner is a few hundred pixels large")]
    let size = corners.iter().map(|corner| corner.size as f32).sum::<f32>() / 3.0;
    if size / CORNER_MODULES < MODULE_MIN {
        return Hint::TooFar;
    }
    let xs = corners.map(|corner| corner.p.x);
    let ys = corners.map(|corner| corner.p.y);
    if is_glaring(luma, span(xs), span(ys)) { Hint::Glare } else { Hint::Blurred }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "not negative")]
fn span(places: [f32; 3]) -> (usize, usize) {
    let low = places.into_iter().fold(f32::MAX, f32::min).max(0.0);
    let high = places.into_iter().fold(0.0, f32::max);
    (low as usize, high as usize)
}

/// Whether light hides a part of this rectangle, and darkness is beside it: paper alone is never that bright.
fn is_glaring(luma: &Luma, (left, right): (usize, usize), (top, bottom): (usize, usize)) -> bool {
    let rows = luma.rows().skip(top).take(bottom.saturating_sub(top));
    let (mut all, mut light) = (0_u64, 0_u64);
    for pixel in rows.flat_map(|row| row.iter().skip(left).take(right.saturating_sub(left))) {
        all += 1;
        light += u64::from(*pixel >= BLINDING);
    }
    light * 100 > all * GLARE
}

/// Whether the code of a corner does not fit into the picture on some side.
#[allow(clippy::cast_precision_loss, reason = "sides of pictures are short")]
fn is_cut(luma: &Luma, corner: &ConcentricPattern) -> bool {
    let across = corner.size as f32 * (CORNERS_ACROSS - 0.5);
    let (width, height) = (luma.width() as f32, luma.height() as f32);
    let (x, y) = (corner.p.x, corner.p.y);
    x < across || y < across || width - x < across || height - y < across
}
