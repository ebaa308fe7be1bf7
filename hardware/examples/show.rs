//! Feeds a virtual camera (v4l2loopback) with pictures of a code until it is stopped: `show NODE WIDTH HEIGHT TEXT`. Two
//! pictures take turns, so that no two frames in a row are the same.

#[cfg(target_os = "linux")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    linux::main()
}

#[cfg(not(target_os = "linux"))]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    Err("there is no v4l2loopback on this system".into())
}

#[cfg(target_os = "linux")]
mod linux {
    use std::error::Error;
    use std::io::Write;
    use std::thread;
    use std::time::Duration;

    use rxing::qrcode::QRCodeWriter;
    use rxing::{BarcodeFormat, Writer};
    use v4l::video::Output;
    use v4l::{Device, Format, FourCC};

    /// A webcam's 30 frames a second; the device itself waits for nobody.
    const FRAME: Duration = Duration::from_millis(33);
    /// Grey: no colour in either direction.
    const NO_COLOUR: u8 = 128;

    pub(super) fn main() -> Result<(), Box<dyn Error>> {
        let words: Vec<String> = std::env::args().skip(1).collect();
        let [node, width, height, text] = words.as_slice() else {
            return Err("usage: show NODE WIDTH HEIGHT TEXT".into());
        };
        let (width, height) = (width.parse()?, height.parse()?);
        let mut device = Device::with_path(node)?;
        let format = device.set_format(&Format::new(width, height, FourCC::new(b"YUYV")))?;
        if (format.width, format.height) != (width, height) {
            return Err(format!("{node} takes {}x{} alone", format.width, format.height).into());
        }
        let frames = [frame(width, height, text, 120)?, frame(width, height, text, 180)?];
        loop {
            for frame in &frames {
                device.write_all(frame)?;
                thread::sleep(FRAME);
            }
        }
    }

    /// The code in the middle, at three fifths of the height.
    fn frame(width: u32, height: u32, text: &str, light: u8) -> Result<Vec<u8>, Box<dyn Error>> {
        let code = QRCodeWriter {}.encode(text, &BarcodeFormat::QR_CODE, 0, 0)?;
        let scale = (height * 3 / 5 / code.getHeight()).max(1);
        let left = width.saturating_sub(code.getWidth() * scale) / 2;
        let top = height.saturating_sub(code.getHeight() * scale) / 2;
        let module = |at: u32, start: u32, count: u32| {
            at.checked_sub(start).map(|at| at / scale).filter(|at| *at < count)
        };
        let mut bytes = Vec::new();
        for y in 0..height {
            for x in 0..width {
                let place = module(x, left, code.getWidth()).zip(module(y, top, code.getHeight()));
                let luma = place.map_or(light, |(x, y)| if code.get(x, y) { 20 } else { 230 });
                bytes.extend([luma, NO_COLOUR]);
            }
        }
        Ok(bytes)
    }
}
