//! Kinds of codes beside QR, where tickets use them.

use super::{Code, Point, Symbologies, Symbology};
use crate::Luma;
use rxing::common::HybridBinarizer;
use rxing::{
    BarcodeFormat, BinaryBitmap, DecodeHints, Luma8Source, MultiFormatReader, RXingResult, Reader,
};

/// A line of bars is read where fewer characters would make it too easy to see one in a fence.
const BARS_CHARS_MIN: usize = 4;

pub(super) fn read(luma: &Luma, symbologies: &Symbologies) -> Vec<Code> {
    let source = Luma8Source::new_with_slice(luma.pixels(), luma.width(), luma.height());
    let Ok(source) = source else { return Vec::new() };
    let mut bitmap = BinaryBitmap::new(HybridBinarizer::new(source));
    let hints = DecodeHints {
        TryHarder: Some(true),
        PossibleFormats: Some(symbologies.iter().map(format).collect()),
        ..DecodeHints::default()
    };
    let read = MultiFormatReader::default().decode_with_hints(&mut bitmap, &hints);
    read.ok().and_then(|read| code(&read)).into_iter().collect()
}

const fn format(symbology: Symbology) -> BarcodeFormat {
    match symbology {
        Symbology::Qr => BarcodeFormat::QR_CODE,
        Symbology::DataMatrix => BarcodeFormat::DATA_MATRIX,
        Symbology::Aztec => BarcodeFormat::AZTEC,
        Symbology::Pdf417 => BarcodeFormat::PDF_417,
        Symbology::Code128 => BarcodeFormat::CODE_128,
    }
}

fn code(read: &RXingResult) -> Option<Code> {
    let symbology = match read.getBarcodeFormat() {
        BarcodeFormat::DATA_MATRIX => Symbology::DataMatrix,
        BarcodeFormat::AZTEC => Symbology::Aztec,
        BarcodeFormat::PDF_417 => Symbology::Pdf417,
        BarcodeFormat::CODE_128 => Symbology::Code128,
        _ => return None,
    };
    let text = read.getText().to_owned();
    if symbology == Symbology::Code128 && text.chars().count() < BARS_CHARS_MIN {
        return None;
    }
    Some(Code { text, symbology, corners: around(read.getPoints()) })
}

/// The upright rectangle around some points.
fn around(points: &[rxing::Point]) -> [Point; 4] {
    let mut points = points.iter();
    let Some(first) = points.next() else { return [Point::default(); 4] };
    let start = (first.x, first.y, first.x, first.y);
    let (left, top, right, bottom) = points.fold(start, |(left, top, right, bottom), at| {
        (left.min(at.x), top.min(at.y), right.max(at.x), bottom.max(at.y))
    });
    [(left, top), (right, top), (right, bottom), (left, bottom)].map(|(x, y)| Point { x, y })
}
