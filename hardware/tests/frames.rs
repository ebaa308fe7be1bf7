//! Frames of cameras, pictures and films as bytes: each layout, label and damage, and what comes out as grey.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests, which may"
)]

use std::io::Cursor;

use hardware::Luma;
use hardware::film::{FilmError, Mjpeg, Rate, Y4m, Y4mWriter};
use hardware::luma::{BadFrame, Layout, PIXELS_MAX, SIDE_MAX};
use hardware::picture::{self, PictureError};
use proptest::prelude::*;

/// Dark left of the middle, white right of it, mid grey below: 64x48, in every format.
const SAMPLES: [(&str, &[u8]); 10] = [
    ("c420.jpg", include_bytes!("frames/c420.jpg")),
    ("c422.jpg", include_bytes!("frames/c422.jpg")),
    ("progressive.jpg", include_bytes!("frames/progressive.jpg")),
    ("grey.jpg", include_bytes!("frames/grey.jpg")),
    ("cmyk.jpg", include_bytes!("frames/cmyk.jpg")),
    ("grey.png", include_bytes!("frames/grey.png")),
    ("palette.png", include_bytes!("frames/palette.png")),
    ("rgb16.png", include_bytes!("frames/rgb16.png")),
    ("interlaced.png", include_bytes!("frames/interlaced.png")),
    ("c440.jpg", include_bytes!("frames/c440.jpg")),
];
/// The same without the grey below: its white is nothing at all, or one bit.
const TWO_TONES: [(&str, &[u8]); 2] = [
    ("alpha.png", include_bytes!("frames/alpha.png")),
    ("one_bit.png", include_bytes!("frames/one_bit.png")),
];
/// A picture full of detail: damage anywhere is damage to something.
const BUSY: [&[u8]; 2] =
    [include_bytes!("frames/busy.jpg"), include_bytes!("frames/busy_progressive.jpg")];

/// Pixels that differ from their neighbours, so that a wrong stride shows.
fn pattern(width: usize, height: usize) -> Vec<u8> {
    (0..width * height)
        .map(|at| u8::try_from((at % width * 7 + at / width * 13) % 251).unwrap())
        .collect()
}

/// The pattern as a camera lays it out, rows padded to `stride` bytes of 0xEE.
fn laid_out(layout: Layout, width: usize, height: usize, stride: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    for row in pattern(width, height).chunks(width) {
        let mut line: Vec<u8> = match layout {
            Layout::Yuyv => row.iter().flat_map(|y| [*y, 0xEE]).collect(),
            Layout::Rgb => row.iter().flat_map(|y| [*y; 3]).collect(),
            Layout::Nv12 | Layout::Grey | Layout::Jpeg => row.to_vec(),
        };
        line.resize(stride, 0xEE);
        bytes.extend(line);
    }
    if layout == Layout::Nv12 {
        bytes
            .resize(bytes.len() + stride.max(width.next_multiple_of(2)) * height.div_ceil(2), 0xEE);
    }
    bytes
}

fn from_camera(
    bytes: &[u8],
    width: usize,
    height: usize,
    claimed: Layout,
) -> Result<Luma, BadFrame> {
    Luma::from_camera(bytes, u32::try_from(width).unwrap(), u32::try_from(height).unwrap(), claimed)
}

/// Name, what the camera says, what it is, width, height, bytes in a row.
type Case = (&'static str, Layout, Layout, usize, usize, usize);
const LAYOUTS: [Case; 17] = [
    ("yuyv", Layout::Yuyv, Layout::Yuyv, 1280, 720, 2560),
    ("yuyv, odd, rounded up", Layout::Yuyv, Layout::Yuyv, 639, 480, 1280),
    ("yuyv, odd, not rounded", Layout::Yuyv, Layout::Yuyv, 639, 480, 1278),
    ("yuyv, padded", Layout::Yuyv, Layout::Yuyv, 642, 480, 1536),
    ("yuyv said to be nv12", Layout::Nv12, Layout::Yuyv, 640, 480, 1280),
    ("yuyv said to be a jpeg", Layout::Jpeg, Layout::Yuyv, 640, 480, 1280),
    ("nv12", Layout::Nv12, Layout::Nv12, 1280, 720, 1280),
    ("nv12, odd both ways", Layout::Nv12, Layout::Nv12, 641, 481, 641),
    ("nv12, padded", Layout::Nv12, Layout::Nv12, 642, 480, 704),
    ("nv12 said to be yuyv", Layout::Yuyv, Layout::Nv12, 640, 480, 640),
    ("nv12, padded, said to be yuyv", Layout::Yuyv, Layout::Nv12, 642, 480, 704),
    ("grey", Layout::Grey, Layout::Grey, 640, 480, 640),
    ("grey, odd", Layout::Grey, Layout::Grey, 641, 479, 641),
    ("grey, padded", Layout::Grey, Layout::Grey, 638, 480, 640),
    ("grey said to be yuyv", Layout::Yuyv, Layout::Grey, 640, 480, 640),
    ("rgb", Layout::Rgb, Layout::Rgb, 641, 480, 1923),
    ("rgb, padded, said to be grey", Layout::Grey, Layout::Rgb, 641, 480, 1924),
];

#[test]
fn each_layout_gives_its_grey() {
    for (name, claimed, layout, width, height, stride) in LAYOUTS {
        let luma = from_camera(&laid_out(layout, width, height, stride), width, height, claimed);
        let luma = luma.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(luma.pixels(), pattern(width, height), "{name}");
    }
}

#[test]
fn short_buffers_are_refused_and_a_tail_is_not_looked_at() {
    for (name, _, layout, width, height, stride) in LAYOUTS {
        let mut bytes = laid_out(layout, width, height, stride);
        bytes.truncate(bytes.len() - 1);
        let short = from_camera(&bytes, width, height, layout).map(|luma| luma.height());
        assert!(matches!(short, Err(BadFrame::Length { .. })), "{name}: too short: {short:?}");
    }
    for layout in [Layout::Yuyv, Layout::Nv12, Layout::Grey, Layout::Rgb] {
        let mut bytes = laid_out(layout, 640, 480, from_row(layout, 640));
        bytes.extend([0xAA; 1000]);
        let luma = from_camera(&bytes, 640, 480, layout).unwrap();
        assert_eq!(luma.pixels(), pattern(640, 480), "{layout:?} with a tail");
        bytes.extend([0xAA; 4096]);
        assert!(from_camera(&bytes, 640, 480, layout).is_err(), "{layout:?} with a page behind");
    }
}

fn from_row(layout: Layout, width: usize) -> usize {
    width
        * match layout {
            Layout::Yuyv => 2,
            Layout::Rgb => 3,
            _ => 1,
        }
}

#[test]
fn rows_in_blocks_of_sixteen() {
    let mut bytes = laid_out(Layout::Grey, 1920, 1080, 1920);
    bytes.resize(1920 * 1088 * 3 / 2, 0xEE);
    let luma = from_camera(&bytes, 1920, 1080, Layout::Nv12).unwrap();
    assert_eq!(luma.pixels(), pattern(1920, 1080));
}

#[test]
fn sizes_that_no_camera_has() {
    assert_eq!(from_camera(&[], 640, 480, Layout::Yuyv), Err(BadFrame::Empty));
    for (width, height) in [(0, 0), (0, 5), (5, 0), (u32::MAX, u32::MAX), (SIDE_MAX + 1, 1)] {
        let got = Luma::from_camera(&[1, 2, 3], width, height, Layout::Grey);
        assert_eq!(got, Err(BadFrame::Size { width, height }));
    }
}

#[test]
fn a_jpeg_is_known_by_its_first_bytes() {
    for (name, bytes) in SAMPLES.iter().filter(|(name, _)| name.ends_with(".jpg")) {
        for claimed in [Layout::Jpeg, Layout::Yuyv, Layout::Nv12, Layout::Grey, Layout::Rgb] {
            let luma = Luma::from_camera(bytes, 1280, 720, claimed).unwrap();
            sample_looks_right(name, &luma, true);
        }
        // What is left of an older frame in the driver's buffer.
        let mut long = bytes.to_vec();
        long.resize(100_000, 0x55);
        sample_looks_right(name, &Luma::from_camera(&long, 64, 48, Layout::Jpeg).unwrap(), true);
    }
}

#[test]
fn raw_frames_may_begin_like_a_jpeg() {
    let mut bytes = laid_out(Layout::Grey, 64, 48, 64);
    bytes[..3].copy_from_slice(&[0xFF, 0xD8, 0xFF]);
    let luma = from_camera(&bytes, 64, 48, Layout::Grey).unwrap();
    assert_eq!(luma.pixels(), bytes);
}

#[test]
fn a_jpeg_cut_anywhere_is_an_error() {
    for bytes in BUSY {
        assert!(Luma::from_camera(bytes, 128, 96, Layout::Jpeg).is_ok());
        for len in 1..bytes.len() {
            let cut = Luma::from_camera(&bytes[..len], 128, 96, Layout::Jpeg);
            assert!(cut.is_err(), "{len} of {} bytes were taken for a whole picture", bytes.len());
        }
    }
}

/// A packet lost on the wire: the end is there, the middle is not.
#[test]
fn a_jpeg_without_its_middle_is_an_error() {
    let bytes = BUSY[0];
    for lost in (700..bytes.len() - 600).step_by(31) {
        let holed = [&bytes[..lost], &bytes[lost + 512..]].concat();
        let luma = Luma::from_camera(&holed, 128, 96, Layout::Jpeg);
        assert!(luma.is_err(), "without 512 bytes from {lost} on");
        let ended = [&bytes[..lost], &[0xFF, 0xD9]].concat();
        let luma = Luma::from_camera(&ended, 128, 96, Layout::Jpeg);
        assert!(luma.is_err(), "with an end put behind {lost} bytes");
    }
}

/// One part alone has no colour to share anything with: what it says of that means nothing.
#[test]
fn a_grey_jpeg_that_speaks_of_colour() {
    let mut bytes = SAMPLES[3].1.to_vec();
    let frame = bytes.windows(2).position(|two| two == [0xFF, 0xC0]).unwrap();
    assert_eq!(bytes[frame + 11], 0x11);
    bytes[frame + 11] = 0x22;
    let luma = Luma::from_camera(&bytes, 64, 48, Layout::Jpeg).unwrap();
    sample_looks_right("grey as if of four", &luma, true);
}

proptest! {
    #[test]
    fn fuzz_any_bytes_give_a_picture_or_words(
        bytes in proptest::collection::vec(any::<u8>(), 0..4096),
        width in prop_oneof![0..80_u32, any::<u32>()],
        height in prop_oneof![0..80_u32, any::<u32>()],
        claimed in layouts(),
    ) {
        fuzz_from_camera(&bytes, width, height, claimed);
    }

    #[test]
    fn fuzz_damaged_jpegs_give_a_picture_or_words(
        which in 0..7_usize,
        cut in any::<prop::sample::Index>(),
        places in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..12),
        claimed in layouts(),
    ) {
        let jpegs: Vec<&[u8]> = SAMPLES[..5].iter().map(|(_, bytes)| *bytes).chain(BUSY).collect();
        let mut bytes = jpegs[which].to_vec();
        for (place, byte) in places {
            let at = place.index(bytes.len());
            bytes[at] = byte;
        }
        bytes.truncate(cut.index(bytes.len() * 2));
        fuzz_from_camera(&bytes, 64, 48, claimed);
        fuzz_picture(&bytes);
    }

    #[test]
    fn fuzz_damaged_pngs_and_films_give_pictures_or_words(
        which in 5..11_usize,
        cut in any::<prop::sample::Index>(),
        places in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
    ) {
        let film = film(3, Rate::USUAL);
        let files: Vec<&[u8]> = SAMPLES[..9].iter().map(|(_, bytes)| *bytes)
            .chain([film.as_slice(), b"P2\n# grey\n3 2\n15\n0 5 10 15 1 2\n"]).collect();
        let mut bytes = files[which].to_vec();
        for (place, byte) in places {
            let at = place.index(bytes.len());
            bytes[at] = byte;
        }
        bytes.truncate(cut.index(bytes.len() * 2));
        fuzz_picture(&bytes);
    }

    #[test]
    fn any_size_of_each_layout_is_read_back(width in 1..70_usize, height in 1..70_usize, which in 0..4_usize) {
        let layout = [Layout::Yuyv, Layout::Nv12, Layout::Grey, Layout::Rgb][which];
        let bytes = laid_out(layout, width, height, from_row(layout, width));
        let luma = from_camera(&bytes, width, height, layout).unwrap();
        prop_assert_eq!(luma.pixels(), pattern(width, height));
    }
}

fn layouts() -> impl Strategy<Value = Layout> {
    prop::sample::select(vec![Layout::Yuyv, Layout::Nv12, Layout::Grey, Layout::Jpeg, Layout::Rgb])
}

/// What fuzzing asks of the converters: any bytes, and either a picture within bounds or an error with words.
fn fuzz_from_camera(bytes: &[u8], width: u32, height: u32, claimed: Layout) {
    match Luma::from_camera(bytes, width, height, claimed) {
        Ok(luma) => assert!(luma.pixels().len() <= PIXELS_MAX),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
    for frame in Mjpeg::new(bytes).take(20) {
        let _ = frame;
    }
}

fn fuzz_picture(bytes: &[u8]) {
    match picture::open(bytes) {
        Ok(pictures) => assert!(pictures.take(100).count() <= 100),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

fn sample_looks_right(name: &str, luma: &Luma, grey_below: bool) {
    assert_eq!((luma.width(), luma.height()), (64, 48), "{name}");
    let at = |x: usize, y: usize| luma.pixels()[y * 64 + x];
    assert!(
        at(8, 8) < 12 && at(24, 24) < 12,
        "{name}: dark on the left, not {} {}",
        at(8, 8),
        at(24, 24)
    );
    assert!(at(40, 8) > 243 && at(56, 24) > 243, "{name}: white on the right, not {}", at(40, 8));
    if grey_below {
        assert!(
            (115..140).contains(&at(8, 44)) && (115..140).contains(&at(56, 44)),
            "{name}: {}",
            at(8, 44)
        );
    }
}

fn only(bytes: &[u8]) -> Result<Luma, PictureError> {
    picture::open(bytes)?.next().unwrap()
}

#[test]
fn pictures_of_every_kind() {
    for (name, bytes) in SAMPLES {
        sample_looks_right(name, &only(bytes).unwrap(), true);
    }
    for (name, bytes) in TWO_TONES {
        sample_looks_right(name, &only(bytes).unwrap(), false);
    }
    assert_eq!(
        only(SAMPLES[5].1).unwrap(),
        only(SAMPLES[8].1).unwrap(),
        "interlaced or not, the same picture"
    );
}

#[test]
fn an_animated_png_shows_its_first_picture() {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, 2, 1);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_animated(3, 0).unwrap();
    let mut writer = encoder.write_header().unwrap();
    for picture in [[1, 2], [3, 4], [5, 6]] {
        writer.write_image_data(&picture).unwrap();
    }
    writer.finish().unwrap();
    assert_eq!(
        picture::open(&bytes)
            .unwrap()
            .map(|one| one.unwrap().pixels().to_vec())
            .collect::<Vec<_>>(),
        [[1, 2]]
    );
}

#[test]
fn pgm_of_letters_and_bytes() {
    for (bytes, expected) in [
        (&b"P5 3 1 255\n\x00\x80\xff"[..], [0, 128, 255]),
        (b"P5\n# from a scanner\n3 1\n# white\n255\n\x00\x80\xff and more", [0, 128, 255]),
        (b"P5 3 1 15\n\x00\x08\x0f", [0, 136, 255]),
        (b"P5 3 1 65535\n\x00\x00\x80\x00\xff\xff", [0, 128, 255]),
        (b"P2\n3 1\n255\n0 128\n255", [0, 128, 255]),
        (b"P2 3 1 1000 0 500 1000", [0, 128, 255]),
    ] {
        assert_eq!(only(bytes).unwrap().pixels(), expected, "{}", String::from_utf8_lossy(bytes));
    }
    assert!(matches!(only(b"P5 3 1 255\n\x00"), Err(PictureError::CutOff)));
    assert!(matches!(only(b"P2 3 1 255 0 1"), Err(PictureError::CutOff)));
    assert!(matches!(only(b"P5 3 1 0 \x00\x00\x00"), Err(PictureError::Damaged(_))));
    assert!(matches!(only(b"P5 three 1 255 "), Err(PictureError::Damaged(_))));
}

#[test]
fn content_decides_and_not_the_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("photo.png");
    std::fs::write(&path, SAMPLES[0].1).unwrap();
    let luma = picture::read(&path).unwrap().next().unwrap().unwrap();
    sample_looks_right("a JPEG called PNG", &luma, true);
    assert!(matches!(picture::read(folder.path().join("none.png")), Err(PictureError::Io(_))));
    for bytes in [&b""[..], b"\xFF", b"\x89PNG", b"\x89PNG\r\n\x1a\n", b"\xFF\xD8\xFF"] {
        assert!(matches!(only(bytes), Err(PictureError::CutOff)), "{bytes:?}");
    }
    for bytes in [&b"GIF89a and so on"[..], b"hello", b"P6 1 1 255 abc", b"<svg/>"] {
        assert!(matches!(only(bytes), Err(PictureError::Unknown)), "{bytes:?}");
    }
}

#[test]
fn pictures_cut_anywhere_are_errors() {
    for (name, bytes) in SAMPLES.into_iter().chain(TWO_TONES) {
        // A PNG may miss what ends the file when all of its pixels are there.
        let end = if name.ends_with(".png") { bytes.len() - 24 } else { bytes.len() };
        for len in 0..end {
            assert!(only(&bytes[..len]).is_err(), "{name}: {len} of {} bytes", bytes.len());
        }
    }
}

#[test]
fn huge_pictures_are_refused_by_their_header() {
    let mut png = SAMPLES[5].1.to_vec();
    png[16..20].copy_from_slice(&20_000_u32.to_be_bytes());
    png[20..24].copy_from_slice(&20_000_u32.to_be_bytes());
    let crc = crc32(&png[12..29]);
    png[29..33].copy_from_slice(&crc.to_be_bytes());
    let mut jpeg = SAMPLES[0].1.to_vec();
    let frame = jpeg.windows(2).position(|two| two == [0xFF, 0xC0]).unwrap();
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0x4E, 0x20, 0x4E, 0x20]);
    for bytes in
        [&png[..], &jpeg, b"P5 20000 20000 255 ", b"P2 20000 20000 255 ", b"P5 99999999999 9 255 "]
    {
        let error = only(bytes).unwrap_err();
        assert!(matches!(error, PictureError::TooLarge { .. }), "{error}");
        assert!(error.to_string().contains("make it smaller"), "{error}");
    }
    let film = b"YUV4MPEG2 W20000 H20000 F30:1 Cmono\n";
    assert!(matches!(
        Y4m::new(&film[..]),
        Err(FilmError::TooLarge { width: 20_000, height: 20_000 })
    ));
}

/// As PNG defines it; the smallest way to a header that is wrong in one thing only.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 }
        })
    })
}

fn tinted(value: u8) -> Luma {
    Luma::new(5, 3, vec![value; 15]).unwrap()
}

fn film(frames: u8, rate: Rate) -> Vec<u8> {
    let mut writer = Y4mWriter::colour(Vec::new(), 5, 3, rate).unwrap();
    (0..frames).for_each(|value| writer.frame(&tinted(value)).unwrap());
    writer.finish().unwrap()
}

#[test]
fn y4m_goes_round() {
    let rate = Rate { frames: 30_000, seconds: 1_001 };
    let colour = film(4, rate);
    let mut mono = Y4mWriter::mono(Vec::new(), 5, 3, rate).unwrap();
    (0..4).for_each(|value| mono.frame(&tinted(value)).unwrap());
    assert!(matches!(
        mono.frame(&Luma::new(1, 1, vec![0]).unwrap()),
        Err(FilmError::OtherSize { .. })
    ));
    for bytes in [colour, mono.finish().unwrap()] {
        let film = Y4m::new(&bytes[..]).unwrap();
        assert_eq!((film.width(), film.height(), film.rate()), (5, 3, rate));
        let frames: Vec<Luma> = film.map(Result::unwrap).collect();
        assert_eq!(frames, (0..4).map(tinted).collect::<Vec<_>>());
        assert_eq!(picture::open(&bytes).unwrap().count(), 4);
    }
}

#[test]
fn films_that_are_refused() {
    for kind in ["422", "444", "420p10", "mono10", "411", "444alpha"] {
        let header = format!("YUV4MPEG2 W4 H4 F30:1 C{kind}\n");
        let error = Y4m::new(header.as_bytes()).unwrap_err().to_string();
        assert!(error.contains(kind) && error.contains("yuv420p"), "{error}");
    }
    for header in ["", "RIFF", "YUV4MPEG2 W4 F30:1\n", "YUV4MPEG2 W4 H-4\n", &"Y".repeat(5000)] {
        assert!(Y4m::new(header.as_bytes()).is_err(), "{header}");
    }
    for rate in ["", "F0:0", "F30", "Fx:y"] {
        let header = format!("YUV4MPEG2 W4 H4 {rate}\n");
        assert_eq!(Y4m::new(header.as_bytes()).unwrap().rate(), Rate::USUAL, "{header}");
    }
}

#[test]
fn a_film_cut_within_a_frame_says_so_once() {
    let bytes = film(3, Rate::USUAL);
    let mut film = Y4m::new(&bytes[..bytes.len() - 1]).unwrap();
    assert_eq!(film.by_ref().take(2).filter(Result::is_ok).count(), 2);
    assert!(matches!(film.next(), Some(Err(FilmError::CutOff))));
    assert!(film.next().is_none());
    // Nobody knows where the next frame begins behind one that does not begin as a frame.
    let bytes = [&bytes[..], b"FRAMX\n", b"FRAME\n", &[0; 27]].concat();
    let film = Y4m::new(&bytes[..]).unwrap();
    assert_eq!(film.map(|frame| frame.is_ok()).collect::<Vec<_>>(), [true, true, true, false]);
}

#[test]
fn mjpeg_reads_on_behind_damage() {
    let [good, other] = [SAMPLES[0].1, BUSY[0]];
    let bytes =
        [b"some header", good, &other[..other.len() / 2], good, b"\0\0\0", other, &good[..300]]
            .concat();
    let frames: Vec<_> = Mjpeg::new(Cursor::new(bytes)).collect();
    let sizes: Vec<_> = frames.iter().map(|frame| frame.as_ref().ok().map(Luma::width)).collect();
    assert_eq!(sizes, [Some(64), None, Some(64), Some(128), None]);
    assert!(matches!(frames[1], Err(FilmError::Frame(BadFrame::CutOff))));
}
