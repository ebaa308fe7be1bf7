//! Any bytes as a camera's frame: a picture within bounds or an error, and never a panic.
#![no_main]

use hardware::Luma;
use hardware::luma::{Layout, PIXELS_MAX};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u16, u16, u8, &[u8])| {
    let (width, height, layout, bytes) = input;
    let claimed = match layout % 5 {
        0 => Layout::Yuyv,
        1 => Layout::Nv12,
        2 => Layout::Grey,
        3 => Layout::Jpeg,
        _ => Layout::Rgb,
    };
    if let Ok(luma) = Luma::from_camera(bytes, width.into(), height.into(), claimed) {
        assert!(luma.pixels().len() <= PIXELS_MAX);
    }
});
