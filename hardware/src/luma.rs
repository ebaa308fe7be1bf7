//! A grey picture: all that a decoder of codes looks at.

/// The longest side of a picture, in pixels: beyond any camera, and 64 MiB at most with [`PIXELS_MAX`].
pub const SIDE_MAX: u32 = 16_384;
/// The most pixels of a picture: 64 megapixels, one byte each.
pub const PIXELS_MAX: u64 = 64 << 20;

/// A grey picture: one byte a pixel, 0 black, rows from the top without gaps between them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Luma {
    width: u32,
    height: u32,
    pixels: Vec<u8>,
}

/// Whether a picture may be so large.
#[must_use]
pub fn fits(width: u32, height: u32) -> bool {
    let area = u64::from(width) * u64::from(height);
    (1..=SIDE_MAX).contains(&width) && (1..=SIDE_MAX).contains(&height) && area <= PIXELS_MAX
}

impl Luma {
    /// A picture of these pixels; none where they are not `width` times `height`, or none or too many.
    #[must_use]
    pub fn new(width: u32, height: u32, pixels: Vec<u8>) -> Option<Self> {
        let area = usize::try_from(width).ok()?.checked_mul(usize::try_from(height).ok()?)?;
        (fits(width, height) && pixels.len() == area).then_some(Self { width, height, pixels })
    }

    /// A black dot: the smallest picture.
    #[must_use]
    pub fn dot() -> Self {
        Self { width: 1, height: 1, pixels: vec![0] }
    }

    /// Pixels in a row.
    #[must_use]
    pub const fn width(&self) -> u32 {
        self.width
    }

    /// Rows.
    #[must_use]
    pub const fn height(&self) -> u32 {
        self.height
    }

    /// All pixels, row by row.
    #[must_use]
    pub fn pixels(&self) -> &[u8] {
        &self.pixels
    }

    /// A picture in which each pixel is the mean of `step` by `step` of this one; none where it would have no pixel.
    #[must_use]
    pub fn smaller(&self, step: u8) -> Option<Self> {
        let step = u32::from(step.max(1));
        let (width, height) = (self.width / step, self.height / step);
        let every = usize::try_from(step).ok()?;
        let mut pixels = Vec::with_capacity(usize::try_from(width * height).ok()?);
        let mut sums = vec![0_u32; usize::try_from(width).ok()?];
        let rows: Vec<&[u8]> = self.rows().collect();
        for band in rows.chunks_exact(every) {
            sums.fill(0);
            for row in band {
                for (sum, group) in sums.iter_mut().zip(row.chunks_exact(every)) {
                    *sum += group.iter().map(|pixel| u32::from(*pixel)).sum::<u32>();
                }
            }
            let mean = |sum: &u32| u8::try_from(sum / (step * step)).unwrap_or(u8::MAX);
            pixels.extend(sums.iter().map(mean));
        }
        Self::new(width, height, pixels)
    }

    /// The rows, from the top.
    pub fn rows(&self) -> impl Iterator<Item = &[u8]> {
        self.pixels.chunks_exact(usize::try_from(self.width).unwrap_or(1).max(1))
    }
}
