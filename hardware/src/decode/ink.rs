//! One threshold for all of a picture, by the ink and the paper of a corner that is seen: the hard edge of a shadow that
//! runs across a code is no edge then, as paper in the shadow is still lighter than ink in the light.

use super::{Code, dark, qr};
use crate::Luma;
use rxing::common::cpp_essentials::ConcentricPattern;

/// Corners that are asked, the largest first, and thresholds that are tried.
const ASKED_MAX: usize = 6;
const TRIED_MAX: usize = 4;
/// Of a corner's pixels, in hundredths: a good half is ink, more than a quarter is paper.
const INK: usize = 20;
const PAPER: usize = 90;
/// Noise of black.
const BLACK: u8 = 4;

/// The codes in a picture in which those corners are seen.
pub(super) fn read(luma: &Luma, mut corners: Vec<ConcentricPattern>) -> Vec<Code> {
    corners.sort_by_key(|corner| std::cmp::Reverse(corner.size));
    let mut tried: Vec<u8> = Vec::new();
    for corner in corners.iter().take(ASKED_MAX) {
        let Some((ink, paper)) = ink_and_paper(luma, corner) else { continue };
        // A good deal above the ink of a corner in the light, below the paper of one in the shadow.
        let above = ink.saturating_mul(2).saturating_add(BLACK);
        let below = u8::try_from(u16::from(paper) * 3 / 5).unwrap_or(u8::MAX);
        for threshold in [above, below] {
            let is_new = tried.iter().all(|other| are_apart(*other, threshold));
            if tried.len() >= TRIED_MAX || threshold >= paper || !is_new {
                continue;
            }
            tried.push(threshold);
            let bits = dark::pick(luma, |_, _, pixels| dark::below(pixels, threshold));
            let codes = bits.map_or_else(Vec::new, |bits| qr::read(&bits));
            if !codes.is_empty() {
                return codes;
            }
        }
    }
    Vec::new()
}

/// Whether two thresholds find different things: one is a fifth more than the other.
fn are_apart(one: u8, other: u8) -> bool {
    u16::from(one.max(other)) * 5 > u16::from(one.min(other)) * 6
}

/// How dark the dark of a corner is, and its light.
fn ink_and_paper(luma: &Luma, corner: &ConcentricPattern) -> Option<(u8, u8)> {
    let reach = u32::try_from(corner.size / 2).ok()?;
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "in the picture")]
    let (x, y) = (corner.p.x.max(0.0) as u32, corner.p.y.max(0.0) as u32);
    let from_to = |at: u32| (at.saturating_sub(reach) as usize, 2 * reach as usize);
    let ((left, width), (top, height)) = (from_to(x), from_to(y));
    let mut counts = [0_usize; 256];
    let mut all = 0;
    for row in luma.rows().skip(top).take(height) {
        for pixel in row.iter().skip(left).take(width) {
            all += 1;
            if let Some(count) = counts.get_mut(usize::from(*pixel)) {
                *count += 1;
            }
        }
    }
    Some((level(&counts, all, INK)?, level(&counts, all, PAPER)?))
}

/// The brightness below which so many hundredths of all are.
fn level(counts: &[usize; 256], all: usize, hundredths: usize) -> Option<u8> {
    let mut below = 0;
    let mut levels = (0..=u8::MAX).zip(counts);
    let found = levels.find(|(_, count)| {
        below += *count;
        below * 100 >= all * hundredths
    });
    found.map(|(level, _)| level)
}
