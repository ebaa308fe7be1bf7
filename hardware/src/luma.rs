//! A grey picture: all that a decoder of codes looks at.

/// The longest side of a picture, in pixels: beyond any camera, and 64 MiB at most with [`PIXELS_MAX`].
pub const SIDE_MAX: u32 = 16_384;
/// The most pixels of a picture: 64 megapixels, one byte each.
pub const PIXELS_MAX: usize = 64 << 20;

/// A grey picture: one byte a pixel, 0 black, rows from the top without gaps between them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Luma {
    width: u32,
    height: u32,
    pixels: Vec<u8>,
}

impl Luma {
    /// A picture of these pixels; none where they are not `width` times `height`, or none or too many.
    #[must_use]
    pub fn new(width: u32, height: u32, pixels: Vec<u8>) -> Option<Self> {
        let area = usize::try_from(width).ok()?.checked_mul(usize::try_from(height).ok()?)?;
        let fits = (1..=SIDE_MAX).contains(&width) && (1..=SIDE_MAX).contains(&height);
        (fits && area <= PIXELS_MAX && pixels.len() == area).then_some(Self {
            width,
            height,
            pixels,
        })
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
}
