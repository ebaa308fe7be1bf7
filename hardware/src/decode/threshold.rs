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
const BELOW: u32 = 8;
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
    let mut around = Around::of(luma);
    dark::pick(luma, |y, eight, pixels| {
        if eight == 0 {
            around.go_to(y);
        }
        around.darker(eight * dark::BLOCK, pixels)
    })
}

/// The sums of the squares around each pixel of a row.
struct Around<'a> {
    rows: Vec<&'a [u8]>,
    /// The sum of each column of the squares.
    columns: Vec<u32>,
    high: u32,
    /// The sums of all columns before one, from `RADIUS` before the first to as many behind the last.
    before: Vec<u32>,
    /// How wide the square around each pixel of a row is: less at the edges.
    wide: Vec<u32>,
}

impl<'a> Around<'a> {
    fn of(luma: &'a Luma) -> Self {
        let rows: Vec<&[u8]> = luma.rows().collect();
        let width = rows.first().map_or(0, |row| row.len());
        let wide = |x: usize| (x + RADIUS + 1).min(width) - x.saturating_sub(RADIUS);
        let wide = (0..width).map(|x| u32::try_from(wide(x)).unwrap_or_default()).collect();
        let mut all = Self { rows, columns: vec![0; width], high: 0, before: Vec::new(), wide };
        (0..RADIUS).for_each(|y| all.add(y));
        all
    }

    /// From the row before to this one.
    fn go_to(&mut self, y: usize) {
        self.add(y + RADIUS);
        let left = y.checked_sub(RADIUS + 1).and_then(|y| self.rows.get(y));
        if let Some(row) = left {
            self.high -= 1;
            for (sum, pixel) in self.columns.iter_mut().zip(*row) {
                *sum = sum.wrapping_sub(u32::from(*pixel));
            }
        }
        self.before.clear();
        self.before.resize(RADIUS, 0);
        let mut sum = 0_u32;
        self.before.extend(self.columns.iter().map(|column| {
            let before = sum;
            sum = sum.wrapping_add(*column);
            before
        }));
        self.before.resize(self.columns.len() + 2 * RADIUS + 1, sum);
    }

    fn add(&mut self, y: usize) {
        let Some(row) = self.rows.get(y) else { return };
        self.high += 1;
        for (sum, pixel) in self.columns.iter_mut().zip(*row) {
            *sum = sum.wrapping_add(u32::from(*pixel));
        }
    }

    /// Which of up to eight pixels from a place on are darker, each a bit, the first the lowest.
    fn darker(&self, from: usize, pixels: &[u8]) -> u8 {
        let squares = self.before.get(from + 2 * RADIUS + 1..).unwrap_or_default();
        let squares = squares.iter().zip(self.before.get(from..).unwrap_or_default());
        let wide = self.wide.get(from..).unwrap_or_default();
        let mut bits = 0;
        for (place, ((pixel, wide), (end, start))) in
            pixels.iter().zip(wide).zip(squares).enumerate()
        {
            // A square has some two thousand pixels: none of this reaches 32 bits.
            let pixel = u32::from(*pixel).wrapping_mul(wide.wrapping_mul(self.high * 100));
            let mean = end.wrapping_sub(*start).wrapping_mul(100 - BELOW);
            bits |= u8::from(pixel < mean) << place;
        }
        bits
    }
}
