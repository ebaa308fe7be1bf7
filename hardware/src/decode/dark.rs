//! Which pixels of a picture are dark: by what is around them in blocks of eight, as bits, a word of them at a time.

use crate::Luma;
use rxing::common::{BitArray, BitFieldBaseType, BitMatrix};

/// Pixels a side of a block, whose mean is a threshold.
pub(super) const BLOCK: usize = 8;
/// The least difference of light and dark; a block with less is all light, or all dark.
const CONTRAST: u8 = 24;
/// Blocks before and after one whose thresholds count for it.
const AROUND: usize = 2;
/// Pixels of a word of bits.
const WORD: usize = BitFieldBaseType::BITS as usize;

/// The pixels that are dark among what is around them; in a picture that is smaller than all that, in all of it.
pub(super) fn by_blocks(luma: &Luma) -> Option<BitMatrix> {
    let Some(thresholds) = Thresholds::of(luma) else {
        let (least, most) = (luma.pixels().iter().min()?, luma.pixels().iter().max()?);
        return pick(luma, |_, _, pixels| below(pixels, least.midpoint(*most)));
    };
    let mut row = Vec::new();
    pick(luma, |y, block, pixels| {
        if block == 0 && y % BLOCK == 0 {
            row = thresholds.around_row(y / BLOCK);
        }
        below(pixels, row.get(block).copied().unwrap_or_default())
    })
}

/// The pixels that `is_dark` says of each eight of a row: it is given the row, the number of the eight, and them, and
/// answers a bit for each, the first the lowest.
pub(super) fn pick(
    luma: &Luma,
    mut is_dark: impl FnMut(usize, usize, &[u8]) -> u8,
) -> Option<BitMatrix> {
    let mut bits = BitMatrix::new(luma.width(), luma.height()).ok()?;
    let mut row = BitArray::with_size(usize::try_from(luma.width()).ok()?);
    for (y, pixels) in luma.rows().enumerate() {
        for (place, many) in pixels.chunks(WORD).enumerate() {
            let mut word: BitFieldBaseType = 0;
            for (eight, pixels) in many.chunks(BLOCK).enumerate() {
                let dark = is_dark(y, place * (WORD / BLOCK) + eight, pixels);
                word |= BitFieldBaseType::from(dark) << (eight * BLOCK);
            }
            row.setBulk(place * WORD, word);
        }
        bits.setRow(u32::try_from(y).ok()?, &row);
    }
    Some(bits)
}

/// Which of up to eight pixels are no lighter than that.
pub(super) fn below(pixels: &[u8], threshold: u8) -> u8 {
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let Some(eight) = pixels.first_chunk() else {
        return pixels
            .iter()
            .rev()
            .fold(0, |bits, pixel| bits << 1 | u8::from(*pixel <= threshold));
    };
    // All eight at once: the highest bit of each byte says it, by the lower seven where the highest are the same.
    let (pixels, limits) = (u64::from_le_bytes(*eight), u64::from_le_bytes([threshold; 8]));
    let lower = (limits | HIGH).wrapping_sub(pixels & !HIGH);
    let dark = ((!pixels & limits) | (!(pixels ^ limits) & lower)) & HIGH;
    // One bit of each byte, side by side.
    ((dark >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56) as u8
}

/// A threshold for each block, by rows.
struct Thresholds {
    across: usize,
    all: Vec<u8>,
}

impl Thresholds {
    fn of(luma: &Luma) -> Option<Self> {
        let across = usize::try_from(luma.width()).ok()?.div_ceil(BLOCK);
        let rows: Vec<&[u8]> = luma.rows().collect();
        let mut all = Vec::with_capacity(across * rows.len().div_ceil(BLOCK));
        let mut columns = Columns::of(rows.first()?.len());
        for band in rows.chunks(BLOCK) {
            columns.take(band);
            for (place, block) in columns.blocks(band.len()).enumerate() {
                let back = |blocks: usize| all.get(all.len().checked_sub(blocks)?).copied();
                let neighbours =
                    (place > 0).then(|| back(across).zip(back(1)).zip(back(across + 1))).flatten();
                all.push(block.threshold(neighbours));
            }
        }
        let enough = 2 * AROUND < across && 2 * AROUND * across < all.len();
        enough.then_some(Self { across, all })
    }

    /// For each block of a row the mean of the thresholds around it.
    fn around_row(&self, row: usize) -> Vec<u8> {
        let down = self.all.len() / self.across;
        let top = row.clamp(AROUND, down - AROUND - 1) - AROUND;
        let sums: Vec<u32> = (0..self.across)
            .map(|block| {
                let column = self.all.iter().skip(top * self.across + block).step_by(self.across);
                column.take(2 * AROUND + 1).map(|threshold| u32::from(*threshold)).sum()
            })
            .collect();
        let blocks = 0..self.across;
        let mean = |block: usize| {
            let left = block.clamp(AROUND, self.across - AROUND - 1) - AROUND;
            let sum: u32 = sums.iter().skip(left).take(2 * AROUND + 1).sum();
            u8::try_from(sum / 25).unwrap_or(u8::MAX)
        };
        blocks.map(mean).collect()
    }
}

/// What is in the columns of a band of blocks, as many columns as the blocks have.
struct Columns {
    width: usize,
    sums: Vec<u16>,
    least: Vec<u8>,
    most: Vec<u8>,
}

impl Columns {
    fn of(width: usize) -> Self {
        let all = width.next_multiple_of(BLOCK);
        Self { width, sums: vec![0; all], least: vec![0; all], most: vec![0; all] }
    }

    /// Whole rows, one after the other: that way the processor takes many pixels at once.
    fn take(&mut self, band: &[&[u8]]) {
        self.sums.fill(0);
        self.least.fill(u8::MAX);
        self.most.fill(0);
        for row in band {
            for (sum, pixel) in self.sums.iter_mut().zip(*row) {
                *sum = sum.saturating_add(u16::from(*pixel));
            }
            for (least, pixel) in self.least.iter_mut().zip(*row) {
                *least = (*least).min(*pixel);
            }
            for (most, pixel) in self.most.iter_mut().zip(*row) {
                *most = (*most).max(*pixel);
            }
        }
    }

    fn blocks(&self, rows: usize) -> impl Iterator<Item = Block> {
        let (sums, _) = self.sums.as_chunks::<BLOCK>();
        let (least, _) = self.least.as_chunks::<BLOCK>();
        let (most, _) = self.most.as_chunks::<BLOCK>();
        sums.iter().zip(least.iter().zip(most)).enumerate().map(
            move |(place, (sums, (least, most)))| {
                let count = rows * BLOCK.min(self.width - place * BLOCK);
                let sum: u16 = sums.iter().sum();
                Block {
                    mean: u8::try_from(usize::from(sum) / count.max(1)).unwrap_or(u8::MAX),
                    least: least.iter().fold(u8::MAX, |least, pixel| least.min(*pixel)),
                    most: most.iter().fold(0, |most, pixel| most.max(*pixel)),
                }
            },
        )
    }
}

/// What is in a block.
struct Block {
    mean: u8,
    least: u8,
    most: u8,
}

impl Block {
    /// Its mean. All light it is taken for, where there is no contrast, unless its neighbours' thresholds say that it is
    /// the inside of something dark.
    fn threshold(&self, neighbours: Option<((u8, u8), u8)>) -> u8 {
        if self.most.saturating_sub(self.least) > CONTRAST {
            return self.mean;
        }
        let around = neighbours.map_or(0, |((above, left), corner)| {
            let sum = u16::from(above) + 2 * u16::from(left) + u16::from(corner);
            u8::try_from(sum / 4).unwrap_or(u8::MAX)
        });
        if self.least < around { around } else { self.least / 2 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generate::{Condition, picture};
    use rxing::common::HybridBinarizer;
    use rxing::{Binarizer, Luma8Source};

    /// The method is ZXing's, whose port says what is right.
    #[test]
    fn it_is_as_the_reference_has_it() {
        for condition in Condition::ALL {
            let (luma, _) = picture(3, condition);
            let source =
                Luma8Source::new_with_slice(luma.pixels(), luma.width(), luma.height()).unwrap();
            let reference = HybridBinarizer::new(source);
            assert!(by_blocks(&luma).unwrap() == *reference.get_black_matrix().unwrap());
        }
    }

    #[test]
    fn a_picture_that_ends_within_a_block_is_looked_at_to_its_end() {
        let (width, height) = (83, 61);
        // Dark and light by turns, six pixels each, in both directions.
        let is_dark = |x: u32, y: u32| (x / 6 + y / 6).is_multiple_of(2);
        let places = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
        let pixels = places.clone().map(|(x, y)| if is_dark(x, y) { 30 } else { 200 });
        let bits = by_blocks(&Luma::new(width, height, pixels.collect()).unwrap()).unwrap();
        for (x, y) in places {
            assert_eq!(bits.get(x, y), is_dark(x, y), "{x}, {y}");
        }
    }

    #[test]
    fn a_picture_of_few_blocks_has_one_threshold() {
        for (width, height) in [(1, 1), (2, 1), (32, 400), (400, 32)] {
            let grey = |at: u32| if at.is_multiple_of(2) { 90 } else { 20 };
            let pixels = (0..width * height).map(grey).collect();
            let bits = by_blocks(&Luma::new(width, height, pixels).unwrap()).unwrap();
            let darks = (0..width * height).filter(|at| bits.get(at % width, at / width));
            let wanted = (width * height / 2).max(1) as usize;
            assert_eq!(darks.count(), wanted, "{width}x{height}");
        }
    }

    #[test]
    fn eight_pixels_are_compared_as_each_would_be() {
        let pixels = [0, 1, 126, 127, 128, 129, 254, 255];
        for threshold in 0..=u8::MAX {
            for count in 0..=pixels.len() {
                let some = &pixels[pixels.len() - count..];
                let each = some.iter().enumerate();
                let wanted = each
                    .map(|(place, pixel)| u8::from(*pixel <= threshold) << place)
                    .fold(0, |bits, bit| bits | bit);
                assert_eq!(below(some, threshold), wanted, "{some:?} {threshold}");
            }
        }
    }
}
