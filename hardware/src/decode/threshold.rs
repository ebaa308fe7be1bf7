//! A picture of which each place gets a threshold of its own, and a second decoder for it: reads codes that lie half in
//! shadow, or are bent.

use super::{Code, Point, Symbology};
use super::{corners, dark, ink, qr};
use crate::Luma;
use rqrr::PreparedImage;
use rxing::common::BitMatrix;

/// Half the side of the square whose mean is the threshold of its middle.
const RADIUS: usize = 24;
/// A pixel is dark where it is so much below the mean, in hundredths.
const BELOW: u64 = 8;
/// The second decoder tries each three corners that it sees with a copy of the picture. It needs three, but sees some
/// that are not seen here; with very many it would take minutes.
const CORNERS: std::ops::RangeInclusive<usize> = 1..=40;

pub(super) fn read(luma: &Luma) -> Vec<Code> {
    let Some(bits) = darker(luma) else { return Vec::new() };
    let mut codes = qr::read(&bits);
    if !codes.is_empty() {
        return codes;
    }
    let corners = corners::corners(&bits);
    if CORNERS.contains(&corners.len()) {
        codes = second(&bits);
        if codes.is_empty() {
            codes = ink::read(luma, corners);
        }
    }
    codes
}

fn second(bits: &BitMatrix) -> Vec<Code> {
    #[allow(clippy::cast_possible_truncation, reason = "the decoder asks within the picture")]
    let at = |x: usize, y: usize| bits.get(x as u32, y as u32);
    let (width, height) = (bits.width() as usize, bits.height() as usize);
    let mut image = PreparedImage::prepare_from_bitmap(width, height, at);
    let mut codes = Vec::new();
    for grid in image.detect_grids() {
        let Ok((_, text)) = grid.decode() else { continue };
        #[allow(clippy::cast_precision_loss, reason = "sides of pictures are short")]
        let corners = grid.bounds.map(|at| Point { x: at.x as f32, y: at.y as f32 });
        codes.push(Code { text, symbology: Symbology::Qr, corners });
    }
    codes
}

/// Which pixels are darker than what is around them.
fn darker(luma: &Luma) -> Option<BitMatrix> {
    let (width, height) = (luma.width() as usize, luma.height() as usize);
    let sums = sums(luma);
    let stride = width + 1;
    let sum = |x: usize, y: usize| sums.get(y * stride + x).copied().unwrap_or_default();
    dark::pick(luma, |y, eight, pixels| {
        let (top, bottom) = square(y, height);
        let bits = (eight * 8..).zip(pixels).map(|(x, pixel)| {
            let (left, right) = square(x, width);
            let count = ((right - left) * (bottom - top)) as u64;
            // Sums are cut at 32 bits; of a square they never reach them.
            let all = sum(right, bottom)
                .wrapping_add(sum(left, top))
                .wrapping_sub(sum(right, top))
                .wrapping_sub(sum(left, bottom));
            u64::from(*pixel) * count * 100 < u64::from(all) * (100 - BELOW)
        });
        bits.enumerate().fold(0, |bits, (place, dark)| bits | u8::from(dark) << place)
    })
}

/// From where to where the square around a place goes.
const fn square(at: usize, end: usize) -> (usize, usize) {
    let after = at + RADIUS + 1;
    (at.saturating_sub(RADIUS), if after < end { after } else { end })
}

/// The sum of all pixels above and left of each place, cut at 32 bits.
fn sums(luma: &Luma) -> Vec<u32> {
    let width = luma.width() as usize;
    let mut sums = vec![0; width + 1];
    let mut above = vec![0_u32; width + 1];
    for row in luma.rows() {
        let mut line = 0_u32;
        for (place, pixel) in above.iter_mut().skip(1).zip(row) {
            line = line.wrapping_add(u32::from(*pixel));
            *place = place.wrapping_add(line);
        }
        sums.extend_from_slice(&above);
    }
    sums
}
