//! QR codes: all of a picture, light on dark too.

use super::bent::Sheet;
use super::{Code, Point, Symbology, corners, dark};
use crate::Luma;
use rxing::common::{BitMatrix, DetectorRXingResult};
use rxing::qrcode::cpp_port::decoder::Decode;
use rxing::qrcode::cpp_port::detector::{FinderPatternSet, GenerateFinderPatternSets, SampleQR};

/// Sets of three corners that are tried in one picture: a picture full of them is noise, and must not take for ever.
const SETS_MAX: usize = 200;
/// Of those that are seen and not read, so many are looked at as sheets that are bent.
const BENT_MAX: usize = 4;

/// The codes in a picture, dark on light, or else light on dark.
pub(super) fn fast(luma: &Luma) -> Vec<Code> {
    let Some(mut bits) = dark::by_blocks(luma) else { return Vec::new() };
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

/// The codes among pixels that are dark or not.
pub(super) fn read(bits: &BitMatrix) -> Vec<Code> {
    let mut patterns = corners::corners(bits);
    let mut used = Vec::new();
    let mut codes = Vec::new();
    let mut bent = 0;
    for set in GenerateFinderPatternSets(&mut patterns).into_iter().take(SETS_MAX) {
        let corners = [set.bl, set.tl, set.tr];
        if corners.iter().any(|corner| used.contains(corner)) {
            continue;
        }
        let mut code = flat_code(bits, &set);
        if code.is_none() && bent < BENT_MAX {
            bent += 1;
            code = bent_code(bits, &set);
        }
        let Some(code) = code else { continue };
        used.extend(corners);
        codes.push(code);
    }
    codes
}

fn flat_code(bits: &BitMatrix, set: &FinderPatternSet) -> Option<Code> {
    let sampled = SampleQR(bits, set).ok()?;
    code(sampled.getBits(), corners_of(sampled.getPoints()))
}

fn bent_code(bits: &BitMatrix, set: &FinderPatternSet) -> Option<Code> {
    let sheet = Sheet::between(bits, set)?;
    code(&sheet.modules()?, sheet.outline())
}

fn code(modules: &BitMatrix, corners: [Point; 4]) -> Option<Code> {
    let decoded = Decode(modules).ok().filter(|decoded| decoded.isValid())?;
    Some(Code { text: decoded.text(), symbology: Symbology::Qr, corners })
}

/// The corners clockwise; they come as those of a sheet are read, row by row.
fn corners_of(points: &[rxing::Point]) -> [Point; 4] {
    let at = |place: usize| {
        points.get(place).map_or_else(Point::default, |point| Point { x: point.x, y: point.y })
    };
    [at(0), at(1), at(3), at(2)]
}
