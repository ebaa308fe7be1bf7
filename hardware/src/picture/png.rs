//! PNG, a row at a time: every kind of colour ends as grey over white, and only the grey picture is kept.

use std::io::{BufRead, ErrorKind, Seek};

use png::{Adam7Info, ColorType, Decoder, DecodingError, InterlaceInfo, Limits, Transformations};

use super::{PictureError, checked};
use crate::luma::{Luma, grey_of_rgb};

/// What the decoder may keep beside our picture: two rows of the widest kind and a palette are far less.
const MEMORY_MAX: usize = 16 << 20;

/// The first picture of a PNG.
pub(super) fn read(reader: impl BufRead + Seek) -> Result<Luma, PictureError> {
    let mut decoder = Decoder::new_with_limits(reader, Limits { bytes: MEMORY_MAX });
    decoder.set_ignore_text_chunk(true);
    decoder.set_ignore_iccp_chunk(true);
    decoder.set_transformations(Transformations::EXPAND | Transformations::STRIP_16);
    let header = decoder.read_header_info()?;
    let (width, height, area) = checked(header.width.into(), header.height.into())?;
    let mut reader = decoder.read_info()?;
    let (colour, _) = reader.output_color_type();
    let mut pixels = vec![0; area];
    let columns = usize::try_from(width).unwrap_or(usize::MAX);
    let mut line = 0;
    let mut grey = Vec::with_capacity(columns);
    while let Some(row) = reader.next_interlaced_row()? {
        grey.clear();
        grey_row(colour, row.data(), &mut grey);
        match row.interlace() {
            InterlaceInfo::Null(_) => {
                if let Some(place) = pixels.get_mut(line * columns..(line + 1) * columns) {
                    place.iter_mut().zip(&grey).for_each(|(place, grey)| *place = *grey);
                }
                line += 1;
            }
            InterlaceInfo::Adam7(info) => spread(&mut pixels, columns, &grey, info),
        }
    }
    Luma::new(width, height, pixels)
        .ok_or(PictureError::TooLarge { width: width.into(), height: height.into() })
}

/// Puts a row of one of the seven passes where its pixels belong.
fn spread(pixels: &mut [u8], columns: usize, grey: &[u8], info: &Adam7Info) {
    png::expand_interlaced_row(pixels, columns, grey, info, 8);
}

fn grey_row(colour: ColorType, row: &[u8], grey: &mut Vec<u8>) {
    match colour {
        // A palette is expanded before it comes here.
        ColorType::Grayscale | ColorType::Indexed => grey.extend_from_slice(row),
        ColorType::GrayscaleAlpha => {
            grey.extend(row.as_chunks().0.iter().map(|[value, alpha]| over_white(*value, *alpha)));
        }
        ColorType::Rgb => grey.extend(row.as_chunks().0.iter().copied().map(grey_of_rgb)),
        ColorType::Rgba => {
            let over = |[red, green, blue, alpha]: &[u8; 4]| {
                over_white(grey_of_rgb([*red, *green, *blue]), *alpha)
            };
            grey.extend(row.as_chunks().0.iter().map(over));
        }
    }
}

/// What is seen of a pixel that lets white paper through.
fn over_white(value: u8, alpha: u8) -> u8 {
    let alpha = u32::from(alpha);
    let sum = u32::from(value) * alpha + 255 * (255 - alpha);
    u8::try_from((sum + 127) / 255).unwrap_or(u8::MAX)
}

impl From<DecodingError> for PictureError {
    fn from(error: DecodingError) -> Self {
        match error {
            DecodingError::IoError(error) if error.kind() == ErrorKind::UnexpectedEof => {
                Self::CutOff
            }
            DecodingError::IoError(error) => Self::Io(error),
            other => Self::Damaged(other.to_string()),
        }
    }
}
