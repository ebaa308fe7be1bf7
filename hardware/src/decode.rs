//! Finds codes in grey pictures. What reads nearly all of them is tried on every picture; what reads a few more, and
//! takes long, only while nothing is found.

mod bent;
mod corners;
mod dark;
mod hint;
mod ink;
mod other;
mod qr;
mod stage;
mod threshold;

pub use hint::Hint;
pub use stage::{Stage, Symbologies, Symbology};

use crate::Luma;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Pictures without a code before the slow stages are tried: a badge that is being raised is readable a moment later.
const PATIENCE: u32 = 2;
/// One slow stage at most in so many pictures.
const SLOW_EVERY: u32 = 3;
/// How often it is looked why nothing is found.
const HINT_EVERY: u32 = 4;
/// Codes of one picture that are told of.
const CODES_MAX: usize = 32;
/// Pixels of a picture that is looked at as it is: more than any camera at a door has.
const PIXELS_MAX: usize = 4_000_000;

/// What to look for.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Kinds of codes beside QR.
    pub symbologies: Symbologies,
}

/// A place in a picture, in pixels from its top left corner.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Point {
    /// To the right.
    pub x: f32,
    /// Down.
    pub y: f32,
}

/// A code that was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Code {
    /// What it says.
    pub text: String,
    /// Its kind.
    pub symbology: Symbology,
    /// Its corners, clockwise from its own top left.
    pub corners: [Point; 4],
}

/// What was found in a picture.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Look {
    /// The codes; the one that is meant, large and central, first.
    pub codes: Vec<Code>,
    /// What found them.
    pub stage: Option<Stage>,
    /// What would help, where nothing was found.
    pub hint: Option<Hint>,
}

/// Looks at pictures, one after the other.
#[derive(Debug, Default)]
pub struct Decoder {
    options: Options,
    /// Pictures in a row in which nothing was found.
    empty: u32,
    /// Slow stages that were tried.
    slow: u32,
    hint: Option<Hint>,
    panics: u64,
}

impl Decoder {
    /// A decoder of those kinds.
    #[must_use]
    pub fn new(options: Options) -> Self {
        Self { options, ..Self::default() }
    }

    /// How often a stage failed in a way that it should not.
    #[must_use]
    pub const fn panics(&self) -> u64 {
        self.panics
    }

    /// Looks at the next picture of a camera.
    pub fn frame(&mut self, luma: &Luma) -> Look {
        let mut look = self.fast(luma);
        if look.codes.is_empty() && self.empty >= PATIENCE && self.empty.is_multiple_of(SLOW_EVERY)
        {
            let stages = Stage::SLOW;
            let stage = stages.get(self.slow as usize % stages.len()).copied();
            self.slow = self.slow.wrapping_add(1);
            if let Some(stage) = stage {
                look = self.try_stage(stage, luma);
            }
        }
        if look.codes.is_empty() {
            if self.empty.is_multiple_of(HINT_EVERY) {
                self.hint = catch_unwind(|| hint::hint(luma)).unwrap_or(None);
            }
            self.empty = self.empty.saturating_add(1);
            look.hint = self.hint;
        } else {
            (self.empty, self.hint) = (0, None);
        }
        look
    }

    /// Looks at one picture for as long as it takes.
    pub fn picture(&mut self, luma: &Luma) -> Look {
        let Some(step) = step(luma) else { return self.all_stages(luma) };
        // A photograph of a telephone is sharper than it needs to be; the slow stages see only the small one.
        let mut look =
            luma.smaller(step).map_or_else(Look::default, |small| self.all_stages(&small));
        if look.codes.is_empty() {
            return self.fast(luma);
        }
        look.codes.iter_mut().for_each(|code| code.enlarge(step));
        look
    }

    fn all_stages(&mut self, luma: &Luma) -> Look {
        let mut look = self.fast(luma);
        for stage in Stage::SLOW {
            if look.codes.is_empty() {
                look = self.try_stage(stage, luma);
            }
        }
        look
    }

    fn fast(&mut self, luma: &Luma) -> Look {
        let look = self.try_stage(Stage::Fast, luma);
        if !look.codes.is_empty() || self.options.symbologies.is_empty() {
            return look;
        }
        self.try_stage(Stage::Other, luma)
    }

    /// One stage. What it should not do, it does alone: the next picture is looked at all the same.
    fn try_stage(&mut self, stage: Stage, luma: &Luma) -> Look {
        let symbologies = &self.options.symbologies;
        let tried = catch_unwind(AssertUnwindSafe(|| match stage {
            Stage::Fast => qr::fast(luma),
            Stage::Other => other::read(luma, symbologies),
            Stage::Threshold => threshold::read(luma),
            Stage::LowLight => qr::low_light(luma),
        }));
        let mut codes = tried.unwrap_or_else(|_| {
            self.panics += 1;
            Vec::new()
        });
        in_order(&mut codes, luma);
        codes.truncate(CODES_MAX);
        let stage = (!codes.is_empty()).then_some(stage);
        Look { codes, stage, hint: None }
    }
}

/// How much smaller a picture is looked at first, where it is large.
fn step(luma: &Luma) -> Option<u8> {
    (2..=u8::MAX)
        .find(|step| luma.pixels().len() / usize::from(*step).pow(2) <= PIXELS_MAX)
        .filter(|_| luma.pixels().len() > PIXELS_MAX)
}

/// The largest and most central first: that one is held before the camera.
fn in_order(codes: &mut [Code], luma: &Luma) {
    #[allow(clippy::cast_precision_loss, reason = "sides of pictures are short")]
    let (width, height) = (luma.width() as f32, luma.height() as f32);
    let weight = |code: &Code| {
        let (x, y) = code.centre();
        let off = ((x / width - 0.5).powi(2) + (y / height - 0.5).powi(2)).sqrt();
        // Half as far out as a corner counts as half as large.
        code.area() / (1.0 + 2.8 * off)
    };
    codes.sort_by(|one, other| weight(other).total_cmp(&weight(one)));
}

impl Code {
    /// Where it is in a picture that is so much larger.
    fn enlarge(&mut self, step: u8) {
        let step = f32::from(step);
        self.corners = self.corners.map(|at| Point { x: at.x * step, y: at.y * step });
    }

    fn centre(&self) -> (f32, f32) {
        let sum = self.corners.iter().fold((0.0, 0.0), |(x, y), at| (x + at.x, y + at.y));
        (sum.0 / 4.0, sum.1 / 4.0)
    }

    fn area(&self) -> f32 {
        let next = self.corners.iter().cycle().skip(1);
        let twice: f32 =
            self.corners.iter().zip(next).map(|(one, two)| one.x * two.y - two.x * one.y).sum();
        twice.abs() / 2.0
    }
}
