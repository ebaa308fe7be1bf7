//! A grey picture: all that a decoder of codes looks at.

use std::fmt;

mod convert;
pub(crate) use convert::grey_of_rgb;
pub(crate) mod jpeg;

/// What a camera says its bytes are. Cameras are wrong about it: see [`Luma::from_camera`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// Luma in every second byte (also called YUY2).
    Yuyv,
    /// A plane of luma, then one of colour at half the size.
    Nv12,
    /// Luma alone.
    Grey,
    /// A whole JPEG file for each frame (also called MJPG).
    Jpeg,
    /// Three bytes a pixel.
    Rgb,
}

/// Why the bytes of a frame are no picture. The next frame may be one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadFrame {
    /// No bytes at all.
    #[error("the camera sent an empty frame")]
    Empty,
    /// More pixels than are read, or none.
    #[error(
        "a picture of {width}x{height} pixels is not read: at most {SIDE_MAX} a side and {PIXELS_MAX} in all"
    )]
    Size {
        /// Pixels in a row.
        width: u32,
        /// Rows.
        height: u32,
    },
    /// The length fits no layout.
    #[error(
        "{bytes} bytes are no picture of {width}x{height} in any layout that is read (the camera says {claimed:?})"
    )]
    Length {
        /// How many bytes came.
        bytes: usize,
        /// Pixels in a row, as the camera says.
        width: u32,
        /// Rows, as the camera says.
        height: u32,
        /// What the camera says.
        claimed: Layout,
    },
    /// The JPEG has no end.
    #[error("the JPEG is cut off")]
    CutOff,
    /// The JPEG cannot be read.
    #[error("the JPEG is damaged: {0}")]
    Damaged(String),
}

/// The longest side of a picture, in pixels: beyond any camera, and 64 MiB at most with [`PIXELS_MAX`].
pub const SIDE_MAX: u32 = 16_384;
/// The most pixels of a picture: 64 megapixels, one byte each.
pub const PIXELS_MAX: usize = 64 << 20;

/// A grey picture: one byte a pixel, 0 black, rows from the top without gaps between them.
#[derive(Clone, PartialEq, Eq)]
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
        let side = 1..=SIDE_MAX;
        let fits = side.contains(&width) && side.contains(&height) && area <= PIXELS_MAX;
        (fits && pixels.len() == area).then_some(Self { width, height, pixels })
    }

    /// A black dot: the smallest picture.
    #[must_use]
    pub fn dot() -> Self {
        Self { width: 1, height: 1, pixels: vec![0] }
    }

    /// The grey of a camera's frame. What the bytes are is found by their number and their first ones; what the camera
    /// says of them only settles what is left. A JPEG has the size that it says itself.
    ///
    /// # Errors
    /// [`BadFrame`] where they are no whole picture.
    pub fn from_camera(
        bytes: &[u8],
        width: u32,
        height: u32,
        claimed: Layout,
    ) -> Result<Self, BadFrame> {
        convert::from_camera(bytes, width, height, claimed)
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

/// Its size alone: what a camera sees is nobody's business in a log.
impl fmt::Debug for Luma {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Luma({}x{})", self.width, self.height)
    }
}
