//! Pictures as a webcam would take them, with codes in them and without, made from a seed: what decoding is measured
//! with. The same seed gives the same picture.

mod effects;
mod scene;

use crate::Luma;
use scene::{Canvas, Dice, Pose};

/// Size of the pictures.
pub const WIDTH: u32 = 1280;
/// Size of the pictures.
pub const HEIGHT: u32 = 720;

/// What makes a picture hard to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// From 80 to 400 pixels a side.
    Size,
    /// Turned by any angle.
    Turned,
    /// Tilted by 25 to 60 degrees.
    Tilted,
    /// Moved while the picture was taken.
    Motion,
    /// Out of focus.
    Defocus,
    /// Little light, and noise.
    LowLight,
    /// A lamp is mirrored in it.
    Glare,
    /// Half in shadow.
    Shadow,
    /// In a pouch that is curled.
    Curl,
    /// On the screen of a phone.
    Moire,
    /// Light on dark.
    Inverted,
    /// Some of it all.
    Mixed,
    /// Four codes.
    Several,
    /// None: walls, wood, cloth, bricks, print, people.
    Empty,
}

impl Condition {
    /// All of them.
    pub const ALL: [Self; 14] = [
        Self::Size,
        Self::Turned,
        Self::Tilted,
        Self::Motion,
        Self::Defocus,
        Self::LowLight,
        Self::Glare,
        Self::Shadow,
        Self::Curl,
        Self::Moire,
        Self::Inverted,
        Self::Mixed,
        Self::Several,
        Self::Empty,
    ];

    /// Its name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Size => "size",
            Self::Turned => "turned",
            Self::Tilted => "tilted",
            Self::Motion => "motion",
            Self::Defocus => "defocus",
            Self::LowLight => "low_light",
            Self::Glare => "glare",
            Self::Shadow => "shadow",
            Self::Curl => "curl",
            Self::Moire => "moire",
            Self::Inverted => "inverted",
            Self::Mixed => "mixed",
            Self::Several => "several",
            Self::Empty => "empty",
        }
    }
}

/// A picture under a condition, and the texts of the codes in it.
#[must_use]
pub fn picture(seed: u64, condition: Condition) -> (Luma, Vec<String>) {
    let mut dice = Dice::new(seed ^ (condition as u64 + 1).wrapping_mul(0x9e37_79b9_97f4_a7c1));
    let mut canvas = Canvas::room(&mut dice, condition == Condition::Empty);
    let mut texts = Vec::new();
    let count = match condition {
        Condition::Empty => 0,
        Condition::Several => 4,
        _ => 1,
    };
    for place in 0..count {
        let text = dice.code();
        let pose = pose(&mut dice, condition, place);
        if canvas.put(&text, &pose) {
            texts.push(text);
        }
    }
    spoil(&mut canvas, &mut dice, condition);
    let noise = if condition == Condition::LowLight { 9.0 } else { dice.between(1.0, 4.0) };
    effects::noise(&mut canvas, &mut dice, noise);
    (canvas.luma(), texts)
}

fn pose(dice: &mut Dice, condition: Condition, place: u32) -> Pose {
    let mut pose = Pose::central(dice.between(180.0, 320.0), dice.between(-0.2, 0.2));
    pose.x += dice.between(-120.0, 120.0);
    pose.y += dice.between(-60.0, 60.0);
    match condition {
        Condition::Size => pose.side = dice.between(80.0, 400.0),
        Condition::Turned => pose.turn = dice.between(0.0, std::f32::consts::TAU),
        Condition::Tilted => pose.tilt = dice.between(25.0, 60.0),
        Condition::Curl => pose.curl = dice.between(2.0, 24.0),
        Condition::Inverted => pose.inverted = true,
        Condition::Mixed => {
            pose.tilt = dice.between(0.0, 35.0);
            pose.curl = dice.between(0.0, 8.0);
            pose.side = dice.between(130.0, 300.0);
        }
        Condition::Several => {
            let (column, row) = (place % 2, place / 2);
            pose.side = dice.between(130.0, 220.0);
            pose.x = if column == 0 { 360.0 } else { 920.0 };
            pose.y = if row == 0 { 190.0 } else { 530.0 };
        }
        _ => {}
    }
    pose
}

fn spoil(canvas: &mut Canvas, dice: &mut Dice, condition: Condition) {
    match condition {
        Condition::Motion => {
            let (length, angle) = (dice.between(4.0, 16.0), dice.between(0.0, 3.1));
            effects::motion(canvas, length, angle);
        }
        Condition::Defocus => effects::defocus(canvas, dice.between(2.0, 6.0)),
        Condition::LowLight => effects::light(canvas, dice.between(0.12, 0.3)),
        Condition::Glare => effects::glare(canvas, dice),
        Condition::Shadow => effects::shadow(canvas, dice),
        Condition::Moire => effects::moire(canvas, dice),
        Condition::Mixed => {
            effects::defocus(canvas, dice.between(0.5, 2.5));
            effects::motion(canvas, dice.between(1.0, 7.0), dice.between(0.0, 3.1));
            effects::light(canvas, dice.between(0.4, 1.0));
            effects::shadow(canvas, dice);
        }
        _ => effects::defocus(canvas, dice.between(0.4, 1.2)),
    }
}
