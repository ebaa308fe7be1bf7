//! Raw frames to grey. The length of a buffer says what it holds: labels were found wrong on every system.

use super::{BadFrame, Layout, Luma, jpeg};

/// What a row may be padded to, in bytes: what drivers are known to do.
const ALIGNMENTS: [usize; 8] = [4, 8, 16, 32, 64, 128, 256, 512];
/// Less than a page may follow a raw frame: buffers are mapped by the page.
const TAIL_MAX: usize = 4_095;
/// Raw layouts, the commonest first: which one is believed where a tiny picture fits two and the label none.
const RAW: [Layout; 4] = [Layout::Yuyv, Layout::Nv12, Layout::Rgb, Layout::Grey];

/// Width and height as sizes in memory, proven to fit a [`Luma`].
#[derive(Clone, Copy)]
struct Size {
    width: usize,
    height: usize,
}

/// See [`Luma::from_camera`].
pub(super) fn from_camera(
    bytes: &[u8],
    width: u32,
    height: u32,
    claimed: Layout,
) -> Result<Luma, BadFrame> {
    if bytes.is_empty() {
        return Err(BadFrame::Empty);
    }
    if jpeg::starts(bytes) {
        let decoded = jpeg::decode(bytes);
        // A raw picture may begin with a JPEG's bytes too: bright, bright, bright.
        if decoded.is_ok() || claimed == Layout::Jpeg {
            return decoded;
        }
        return raw(bytes, width, height, claimed).or(decoded);
    }
    raw(bytes, width, height, claimed)
}

fn raw(bytes: &[u8], width: u32, height: u32, claimed: Layout) -> Result<Luma, BadFrame> {
    let size = checked(width, height).ok_or(BadFrame::Size { width, height })?;
    let (layout, stride) = recognise(bytes.len(), size, claimed).ok_or(BadFrame::Length {
        bytes: bytes.len(),
        width,
        height,
        claimed,
    })?;
    Luma::new(width, height, grey(bytes, size, layout, stride)).ok_or(BadFrame::Length {
        bytes: bytes.len(),
        width,
        height,
        claimed,
    })
}

fn checked(width: u32, height: u32) -> Option<Size> {
    let side = 1..=super::SIDE_MAX;
    let size = Size { width: usize::try_from(width).ok()?, height: usize::try_from(height).ok()? };
    (side.contains(&width)
        && side.contains(&height)
        && size.width * size.height <= super::PIXELS_MAX)
        .then_some(size)
}

/// The layout of so many bytes, and the length of a row of luma in it. Exact lengths go first, then padded rows, and
/// a tail behind the picture only for what the camera says it is.
fn recognise(len: usize, size: Size, claimed: Layout) -> Option<(Layout, usize)> {
    let order = || std::iter::once(claimed).chain(RAW).filter(|layout| *layout != Layout::Jpeg);
    let fits = |stride: usize, layout: Layout| lengths(layout, size, stride).contains(&Some(len));
    let exact = order().find_map(|layout| {
        rows_unpadded(layout, size)
            .into_iter()
            .find(|&stride| fits(stride, layout))
            .map(|stride| (layout, stride))
    });
    let padded = || {
        order().find_map(|layout| {
            let row = rows_unpadded(layout, size).into_iter().next()?;
            ALIGNMENTS
                .iter()
                .map(|alignment| row.next_multiple_of(*alignment))
                .find(|&stride| fits(stride, layout))
                .map(|stride| (layout, stride))
        })
    };
    exact.or_else(padded).or_else(|| with_tail(len, size, claimed))
}

/// Whether this is what the camera says with a tail behind. Not where rows could as well be padded: a padded frame
/// that is cut short would be taken for it, and every row of it would begin in the wrong place.
fn with_tail(len: usize, size: Size, claimed: Layout) -> Option<(Layout, usize)> {
    let row = rows_unpadded(claimed, size).into_iter().next()?;
    let shortest = |stride: usize| lengths(claimed, size, stride).into_iter().flatten().min();
    let needed = shortest(row)?;
    let tail = needed..=needed + TAIL_MAX;
    let sure = ALIGNMENTS
        .iter()
        .map(|alignment| row.next_multiple_of(*alignment))
        .all(|stride| stride == row || shortest(stride).is_none_or(|len| !tail.contains(&len)));
    (sure && tail.contains(&len)).then_some((claimed, row))
}

/// The bytes of a row without padding. Two for layouts that share colour between two pixels: of an odd width some
/// drivers round up and some do not.
fn rows_unpadded(layout: Layout, size: Size) -> Vec<usize> {
    let even = size.width.next_multiple_of(2);
    match layout {
        Layout::Yuyv => vec![even * 2, size.width * 2],
        Layout::Nv12 => vec![size.width, even],
        Layout::Grey => vec![size.width],
        Layout::Rgb => vec![size.width * 3],
        Layout::Jpeg => Vec::new(),
    }
}

/// The lengths that a picture of such rows may have.
fn lengths(layout: Layout, size: Size, stride: usize) -> [Option<usize>; 4] {
    let Size { width, height } = size;
    match layout {
        Layout::Yuyv | Layout::Grey | Layout::Rgb => [Some(stride * height), None, None, None],
        Layout::Nv12 => {
            let half = height.div_ceil(2);
            let tall = height.next_multiple_of(16);
            [
                Some(stride * (height + half)),
                // An odd width: colour comes in pairs, a byte more than a row of luma.
                Some(stride * height + stride.max(width.next_multiple_of(2)) * half),
                Some(stride * height + stride * height / 2),
                // Video decoders work in blocks of 16: 1080 rows are 1088 in memory.
                Some(stride * tall + stride * tall / 2),
            ]
        }
        Layout::Jpeg => [None; 4],
    }
}

/// The grey bytes, row by row. Fewer than there should be where the buffer is short, which [`Luma::new`] refuses.
fn grey(bytes: &[u8], size: Size, layout: Layout, stride: usize) -> Vec<u8> {
    let mut pixels = Vec::with_capacity(size.width * size.height);
    for row in bytes.chunks(stride).take(size.height) {
        match layout {
            Layout::Yuyv => {
                pixels.extend(row.as_chunks().0.iter().take(size.width).map(|[grey, _]| *grey))
            }
            Layout::Rgb => {
                pixels.extend(row.as_chunks().0.iter().take(size.width).copied().map(grey_of_rgb))
            }
            Layout::Nv12 | Layout::Grey | Layout::Jpeg => {
                pixels.extend_from_slice(row.get(..size.width).unwrap_or(row));
            }
        }
    }
    pixels
}

/// How bright a colour is to the eye (BT.601), in whole numbers: the weights add up to 256.
pub(crate) fn grey_of_rgb([red, green, blue]: [u8; 3]) -> u8 {
    let sum = 77 * u32::from(red) + 150 * u32::from(green) + 29 * u32::from(blue);
    u8::try_from(sum >> 8).unwrap_or(u8::MAX)
}
