//! QR codes: all of a picture, light on dark too.

use super::{Code, Point, Symbology, corners};
use crate::Luma;
use rxing::common::{BitMatrix, DetectorRXingResult, HybridBinarizer};
use rxing::qrcode::cpp_port::decoder::Decode;
use rxing::qrcode::cpp_port::detector::{GenerateFinderPatternSets, SampleQR};
use rxing::{Binarizer, Luma8Source};

/// Sets of three corners that are tried in one picture: a picture full of them is noise, and must not take for ever.
const SETS_MAX: usize = 200;

/// The codes in a picture, dark on light, or else light on dark.
pub(super) fn fast(luma: &Luma) -> Vec<Code> {
    let Some(mut bits) = bits(luma) else { return Vec::new() };
    let codes = read(&bits);
    if !codes.is_empty() {
        return codes;
    }
    bits.flip_self();
    read(&bits)
}

/// The codes in smaller pictures of this one: what is averaged has less noise.
pub(super) fn low_light(luma: &Luma) -> Vec<Code> {
    for step in [2, 3] {
        let Some(small) = luma.smaller(step) else { continue };
        let mut codes = fast(&small);
        if !codes.is_empty() {
            codes.iter_mut().for_each(|code| code.enlarge(step));
            return codes;
        }
    }
    Vec::new()
}

/// Which pixels are dark.
pub(super) fn bits(luma: &Luma) -> Option<BitMatrix> {
    let source = Luma8Source::new_with_slice(luma.pixels(), luma.width(), luma.height()).ok()?;
    HybridBinarizer::new(source).get_black_matrix().ok().cloned()
}

/// The codes among pixels that are dark or not.
pub(super) fn read(bits: &BitMatrix) -> Vec<Code> {
    let mut patterns = corners::corners(bits);
    let mut used = Vec::new();
    let mut codes = Vec::new();
    for set in GenerateFinderPatternSets(&mut patterns).into_iter().take(SETS_MAX) {
        let corners = [set.bl, set.tl, set.tr];
        if corners.iter().any(|corner| used.contains(corner)) {
            continue;
        }
        let Ok(sampled) = SampleQR(bits, &set) else { continue };
        let Ok(decoded) = Decode(sampled.getBits()) else {
            continue;
        };
        if !decoded.isValid() {
            continue;
        }
        used.extend(corners);
        let points = sampled.getPoints();
        codes.push(Code {
            text: decoded.text(),
            symbology: Symbology::Qr,
            corners: corners_of(points),
        });
    }
    codes
}

/// The corners clockwise; they come as those of a sheet are read, row by row.
fn corners_of(points: &[rxing::Point]) -> [Point; 4] {
    let at = |place: usize| {
        points.get(place).map_or_else(Point::default, |point| Point { x: point.x, y: point.y })
    };
    [at(0), at(1), at(3), at(2)]
}
