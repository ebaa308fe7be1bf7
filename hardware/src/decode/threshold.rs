//! A second decoder of QR codes, on a picture of which each place got a threshold of its own: reads a few that lie half
//! in shadow.

use super::{Code, Point, Symbology};
use crate::Luma;
use rqrr::PreparedImage;

/// Half the side of the square whose mean is the threshold of its middle.
const RADIUS: usize = 24;
/// A pixel is dark where it is so much below the mean, in hundredths.
const BELOW: u64 = 8;

pub(super) fn read(luma: &Luma) -> Vec<Code> {
    let (width, height) = (luma.width() as usize, luma.height() as usize);
    let dark = dark(luma);
    let at = |x: usize, y: usize| dark.get(y * width + x).copied().unwrap_or(false);
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
fn dark(luma: &Luma) -> Vec<bool> {
    let (width, height) = (luma.width() as usize, luma.height() as usize);
    let sums = sums(luma);
    let stride = width + 1;
    let sum = |x: usize, y: usize| sums.get(y * stride + x).copied().unwrap_or_default();
    let mut dark = Vec::with_capacity(width * height);
    for (y, row) in luma.pixels().chunks_exact(width).enumerate() {
        let (top, bottom) = (y.saturating_sub(RADIUS), (y + RADIUS + 1).min(height));
        for (x, pixel) in row.iter().enumerate() {
            let (left, right) = (x.saturating_sub(RADIUS), (x + RADIUS + 1).min(width));
            let count = ((right - left) * (bottom - top)) as u64;
            let all = sum(right, bottom) + sum(left, top) - sum(right, top) - sum(left, bottom);
            dark.push(u64::from(*pixel) * count * 100 < all * (100 - BELOW));
        }
    }
    dark
}

/// The sum of all pixels above and left of each place.
fn sums(luma: &Luma) -> Vec<u64> {
    let width = luma.width() as usize;
    let mut sums = vec![0; width + 1];
    let mut above = vec![0_u64; width + 1];
    for row in luma.pixels().chunks_exact(width) {
        let mut line = 0;
        for (place, pixel) in above.iter_mut().skip(1).zip(row) {
            line += u64::from(*pixel);
            *place += line;
        }
        sums.extend_from_slice(&above);
    }
    sums
}
