//! JPEG to grey. A picture that is cut off is an error: half of it grey would be taken for what the camera saw.

use std::borrow::Cow;

use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;

use super::convert::grey_of_rgb;
use super::{BadFrame, Luma, PIXELS_MAX, SIDE_MAX};

/// The most pixels of a JPEG that the decoder keeps in colour or as coefficients: six bytes a pixel at most, 120 MiB.
const HEAVY_PIXELS_MAX: usize = 20 << 20;
/// The most scans of a progressive JPEG: encoders write about ten, and each one costs a pass over the picture.
const SCANS_MAX: usize = 64;

/// How much finer grey is than colour, across and down, where the decoder's way to grey alone was found right. It takes
/// others (two down, one across) for damage, or draws them wrong, and is asked for colour then.
const USUAL: [u8; 4] = [0x11, 0x21, 0x22, 0x41];
/// How far the decoder looks ahead of what it needs, in bytes, and some more.
const READ_AHEAD: usize = 16;

/// Whether these bytes begin as a JPEG does.
pub(crate) fn starts(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0xFF, 0xD8, 0xFF])
}

/// Where a JPEG that begins at the first byte ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extent {
    /// It has so many bytes and so many scans; `usual`: its colour is shared between pixels in one of [`USUAL`] ways.
    Whole { len: usize, scans: usize, usual: bool },
    /// These bytes do not hold its end.
    Open,
    /// Another one begins at this byte before it has ended, or it is no JPEG up to there.
    Broken { next: usize },
}

/// Walks over the markers of a JPEG to its end, without looking at what they say.
pub(crate) fn extent(bytes: &[u8]) -> Extent {
    if !starts(bytes) {
        return Extent::Broken { next: 1 };
    }
    let (mut at, mut scans, mut usual) = (2, 0, false);
    loop {
        let Some((marker, behind)) = marker_from(bytes, at) else {
            return Extent::Open;
        };
        match marker {
            0xD9 => return Extent::Whole { len: behind, scans, usual },
            0xD8 => return Extent::Broken { next: behind.saturating_sub(2) },
            // Without a length: restarts and the like.
            0x01 | 0xD0..=0xD7 => at = behind,
            _ => {
                let Some(len) =
                    bytes.get(behind..behind + 2).and_then(|two| <[u8; 2]>::try_from(two).ok())
                else {
                    return Extent::Open;
                };
                scans += usize::from(marker == 0xDA);
                // The header of the frame; the three left out of the row mean other things.
                if (0xC0..=0xCF).contains(&marker) && ![0xC4, 0xC8, 0xCC].contains(&marker) {
                    usual = is_usual(bytes.get(behind..).unwrap_or_default());
                }
                at = behind + usize::from(u16::from_be_bytes(len)).max(2);
            }
        }
    }
}

/// Whether the header of a frame, from its length on, says one of the [`USUAL`] ways.
fn is_usual(header: &[u8]) -> bool {
    let count = usize::from(header.get(7).copied().unwrap_or(0));
    let parts = header.get(8..).unwrap_or_default().as_chunks().0;
    let mut ways = parts.iter().take(count).map(|[_, way, _]: &[u8; 3]| *way);
    let first = ways.next();
    first.is_some_and(|first| count == 1 || USUAL.contains(&first)) && ways.all(|way| way == 0x11)
}

/// The next marker at or after a byte, and the byte behind it. Coded data between markers is skipped.
fn marker_from(bytes: &[u8], at: usize) -> Option<(u8, usize)> {
    let mut from = at;
    loop {
        let found = from + bytes.get(from..)?.iter().position(|byte| *byte == 0xFF)?;
        match *bytes.get(found + 1)? {
            // A byte 0xFF of data, and a fill byte before a marker.
            0x00 => from = found + 2,
            0xFF => from = found + 1,
            marker => return Some((marker, found + 2)),
        }
    }
}

/// The grey of a whole JPEG; bytes behind its end are nobody's: drivers hand out whole buffers.
pub(crate) fn decode(bytes: &[u8]) -> Result<Luma, BadFrame> {
    let (whole, scans, usual) = match extent(bytes) {
        Extent::Whole { len, scans, usual } => (bytes.get(..len).unwrap_or(bytes), scans, usual),
        Extent::Open | Extent::Broken { .. } => return Err(BadFrame::CutOff),
    };
    let data = open_ended(whole, scans);
    let whole = data.as_ref();
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(whole), options(ColorSpace::Luma));
    decoder.decode_headers().map_err(damaged)?;
    let (width, height) =
        decoder.dimensions().ok_or_else(|| BadFrame::Damaged("it has no size".to_owned()))?;
    let size =
        (u32::try_from(width).unwrap_or(u32::MAX), u32::try_from(height).unwrap_or(u32::MAX));
    let refused = BadFrame::Size { width: size.0, height: size.1 };
    // One scan of one or three parts is decoded row by row; all else is kept whole.
    let plain =
        usual && matches!(decoder.input_colorspace(), Some(ColorSpace::Luma | ColorSpace::YCbCr));
    let most = if plain && scans == 1 { PIXELS_MAX } else { HEAVY_PIXELS_MAX };
    if size.0.max(size.1) > SIDE_MAX || width.saturating_mul(height) > most {
        return Err(refused);
    }
    let pixels = if plain {
        decoder.decode().map_err(damaged)?
    } else {
        let mut colour =
            JpegDecoder::new_with_options(ZCursor::new(whole), options(ColorSpace::RGB));
        colour.decode().map_err(damaged)?.as_chunks().0.iter().copied().map(grey_of_rgb).collect()
    };
    Luma::new(size.0, size.1, pixels).ok_or(refused)
}

/// A picture of one scan without the mark at its end. Where a piece was lost before it, the decoder would meet the mark
/// too early and take all that is missing for black; without the mark it runs out of bytes, and says so.
fn open_ended(whole: &[u8], scans: usize) -> Cow<'_, [u8]> {
    match whole.split_last_chunk::<2>() {
        Some((data, _)) if scans == 1 => [data, &[0; READ_AHEAD]].concat().into(),
        _ => whole.into(),
    }
}

/// Strict: without it the decoder fills what is missing with grey and says nothing.
fn options(colour: ColorSpace) -> DecoderOptions {
    DecoderOptions::default()
        .set_strict_mode(true)
        // All that the header can say: sizes are judged here, in words.
        .set_max_width(usize::from(u16::MAX))
        .set_max_height(usize::from(u16::MAX))
        .jpeg_set_max_scans(SCANS_MAX)
        .jpeg_set_out_colorspace(colour)
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err asks for")]
fn damaged(error: zune_jpeg::errors::DecodeErrors) -> BadFrame {
    BadFrame::Damaged(format!("{error:?}"))
}
