//! What is before the camera: a room, and codes that are held into it.

use super::{HEIGHT, WIDTH};
use crate::Luma;
use rxing::qrcode::QRCodeWriter;
use rxing::{BarcodeFormat, Writer};

/// Letters of a code.
const LETTERS: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
/// Light modules around a code.
const QUIET: f32 = 4.0;

/// Numbers from a seed (SplitMix64).
#[derive(Debug)]
pub(super) struct Dice(u64);

impl Dice {
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From 0 to 1.
    pub(super) fn part(&mut self) -> f32 {
        let bits = u16::try_from(self.next() >> 48).unwrap_or_default();
        f32::from(bits) / 65_536.0
    }

    pub(super) fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.part()
    }

    /// Around 0, mostly within 1: the sum of four.
    pub(super) fn about(&mut self) -> f32 {
        let bits = self.next();
        let sum: u32 = bits
            .to_le_bytes()
            .as_chunks::<2>()
            .0
            .iter()
            .map(|two| u32::from(u16::from_le_bytes(*two)))
            .sum();
        #[allow(clippy::cast_precision_loss, reason = "small")]
        let sum = sum as f32;
        (sum / 65_536.0 - 2.0) * 1.73
    }

    pub(super) fn code(&mut self) -> String {
        let letter = |bits: u64| LETTERS.get(usize::try_from(bits % 32).unwrap_or(0)).copied();
        (0..16).filter_map(|_| letter(self.next() >> 7)).map(char::from).collect()
    }
}

/// How a code is held.
#[derive(Debug, Clone)]
pub(super) struct Pose {
    /// Its middle.
    pub(super) x: f32,
    pub(super) y: f32,
    /// Pixels a side, without the quiet zone.
    pub(super) side: f32,
    /// In radians.
    pub(super) turn: f32,
    /// In degrees, around the upright axis.
    pub(super) tilt: f32,
    /// Pixels by which its middle bulges.
    pub(super) curl: f32,
    pub(super) inverted: bool,
}

impl Pose {
    pub(super) const fn central(side: f32, turn: f32) -> Self {
        Self { x: 640.0, y: 360.0, side, turn, tilt: 0.0, curl: 0.0, inverted: false }
    }

    /// Where a pixel is on the code's sheet: -0.5 to 0.5 on the code itself.
    fn on_sheet(&self, x: f32, y: f32) -> (f32, f32) {
        let (x, y) = ((x - self.x) / self.side, (y - self.y) / self.side);
        let (sin, cos) = self.turn.sin_cos();
        let (x, y) = (x * cos + y * sin, y * cos - x * sin);
        let (sin, cos) = self.tilt.to_radians().sin_cos();
        // A camera some three sheets away.
        let depth = 1.0 / (1.0 - x * sin / (3.0 * cos.max(0.2)));
        let (x, y) = (x / cos * depth.min(4.0), y * depth.min(4.0));
        if self.curl == 0.0 {
            return (x, y);
        }
        // A cylinder seen from thirty degrees above: what is left and right of its middle is turned away.
        let angle = (8.0 * self.curl / self.side).min(1.4);
        let x = (2.0 * x * angle.sin()).clamp(-1.0, 1.0).asin() / (2.0 * angle);
        let bulge = self.curl / self.side * (1.0 - 4.0 * x * x);
        (x, y + bulge)
    }
}

/// A picture that is being made, brightness from 0 to 255.
#[derive(Debug)]
pub(super) struct Canvas {
    pub(super) pixels: Vec<f32>,
}

impl Canvas {
    /// A room without a code.
    pub(super) fn room(dice: &mut Dice, busy: bool) -> Self {
        let kind = if busy { dice.next() % 6 } else { dice.next() % 3 };
        let (slope, base) = (dice.between(-40.0, 40.0), dice.between(70.0, 150.0));
        let (fine, coarse) = (dice.between(0.02, 0.06), dice.between(0.004, 0.012));
        let mut canvas = Self { pixels: Vec::with_capacity((WIDTH * HEIGHT) as usize) };
        for (x, y) in places() {
            let ramp = base
                + slope * (x / 1280.0 - 0.5)
                + 25.0 * (x * coarse).sin() * (y * coarse * 1.7).cos();
            canvas.pixels.push(ramp + texture(kind, x, y, fine));
        }
        let boxes = if busy { 60 } else { 12 };
        for _ in 0..boxes {
            canvas.stuff(dice);
        }
        canvas
    }

    /// Something with an edge: a bag, a sign, a line of print.
    fn stuff(&mut self, dice: &mut Dice) {
        let (x, y) = (dice.between(0.0, 1280.0), dice.between(0.0, 720.0));
        let (width, height) = (dice.between(6.0, 160.0), dice.between(4.0, 90.0));
        let (grey, round) = (dice.between(15.0, 240.0), dice.part() < 0.4);
        for ((at_x, at_y), pixel) in places().zip(&mut self.pixels) {
            let (dx, dy) = ((at_x - x) / width, (at_y - y) / height);
            let inside =
                if round { dx * dx + dy * dy < 0.25 } else { dx.abs() < 0.5 && dy.abs() < 0.5 };
            if inside {
                *pixel = grey;
            }
        }
    }

    /// Holds a code into the room; false where it cannot be made.
    pub(super) fn put(&mut self, text: &str, pose: &Pose) -> bool {
        let Ok(code) = QRCodeWriter {}.encode(text, &BarcodeFormat::QR_CODE, 0, 0) else {
            return false;
        };
        // The writer adds a quiet zone of four modules, as we do.
        #[allow(clippy::cast_precision_loss, reason = "a code has at most 185 modules")]
        let modules = code.getWidth() as f32 - 2.0 * QUIET;
        let (dark, light) = if pose.inverted { (225.0, 25.0) } else { (30.0, 222.0) };
        let edge = 0.5 + QUIET / modules;
        for ((x, y), pixel) in places().zip(&mut self.pixels) {
            let mut sum = 0.0;
            for (dx, dy) in [(0.25, 0.25), (0.75, 0.25), (0.25, 0.75), (0.75, 0.75)] {
                let (u, v) = pose.on_sheet(x + dx, y + dy);
                if u.abs() >= edge || v.abs() >= edge {
                    sum += *pixel;
                    continue;
                }
                let module = |at: f32| ((at + 0.5) * modules + QUIET).max(0.0);
                #[allow(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "not negative, small"
                )]
                let is_dark = code.get(module(u) as u32, module(v) as u32);
                sum += if is_dark { dark } else { light };
            }
            *pixel = sum / 4.0;
        }
        true
    }

    pub(super) fn luma(&self) -> Luma {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
        let pixels = self.pixels.iter().map(|pixel| pixel.clamp(0.0, 255.0) as u8).collect();
        Luma::new(WIDTH, HEIGHT, pixels).unwrap_or_else(Luma::dot)
    }
}

/// The places of all pixels, row by row.
#[allow(clippy::cast_precision_loss, reason = "sides of pictures are short")]
pub(super) fn places() -> impl Iterator<Item = (f32, f32)> {
    (0..HEIGHT).flat_map(|y| (0..WIDTH).map(move |x| (x as f32, y as f32)))
}

fn texture(kind: u64, x: f32, y: f32, fine: f32) -> f32 {
    match kind {
        // Plaster, cloth, wood, bricks, tiles, print.
        0 => 6.0 * (x * fine * 9.0).sin() * (y * fine * 7.0).sin(),
        1 => 14.0 * ((x + y) * fine * 8.0).sin() + 14.0 * ((x - y) * fine * 8.0).sin(),
        2 => 22.0 * (y * fine * 3.0 + 4.0 * (x * fine * 0.2).sin()).sin(),
        3 => {
            let row = (y / 34.0).floor();
            let mortar = (y / 34.0).fract() < 0.12 || ((x + row * 37.0) / 74.0).fract() < 0.06;
            if mortar { 60.0 } else { -20.0 }
        }
        4 => {
            if (((x / 26.0).floor() + (y / 26.0).floor()) * 0.5).fract() < 0.25 {
                70.0
            } else {
                -50.0
            }
        }
        _ => {
            let line = (y / 22.0).fract() < 0.5;
            let letter = ((x * 0.31).sin() * 43.7 + (y / 22.0).floor() * 17.3).sin() > 0.1;
            if line && letter { -70.0 } else { 60.0 }
        }
    }
}
