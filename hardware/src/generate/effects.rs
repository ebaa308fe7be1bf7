//! What a camera, a hand and the light do to a picture.

use super::scene::{Canvas, Dice, places};
use super::{HEIGHT, WIDTH};

const ROW: usize = WIDTH as usize;
const ROWS: usize = HEIGHT as usize;

/// Less light.
pub(super) fn light(canvas: &mut Canvas, part: f32) {
    canvas.pixels.iter_mut().for_each(|pixel| *pixel *= part);
}

/// The noise of a sensor.
pub(super) fn noise(canvas: &mut Canvas, dice: &mut Dice, strength: f32) {
    canvas.pixels.iter_mut().for_each(|pixel| *pixel += strength * dice.about());
}

/// Out of focus by a radius in pixels: three boxes are nearly a disc's blur.
pub(super) fn defocus(canvas: &mut Canvas, radius: f32) {
    for _ in 0..2 {
        along_rows(&mut canvas.pixels, radius);
        let mut turned = transposed(&canvas.pixels, ROW, ROWS);
        for row in turned.chunks_exact_mut(ROWS) {
            boxed(row, radius * 0.7);
        }
        canvas.pixels = transposed(&turned, ROWS, ROW);
    }
}

fn along_rows(pixels: &mut [f32], radius: f32) {
    for row in pixels.chunks_exact_mut(ROW) {
        boxed(row, radius * 0.7);
    }
}

/// The mean of what is within a radius, whose fraction counts in part.
fn boxed(row: &mut [f32], radius: f32) {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few pixels")]
    let whole = radius as usize;
    let part = radius.fract();
    let before = row.to_vec();
    let at = |place: isize| {
        let last = isize::try_from(before.len()).unwrap_or(1) - 1;
        before.get(usize::try_from(place.clamp(0, last)).unwrap_or(0)).copied().unwrap_or_default()
    };
    for (place, pixel) in row.iter_mut().enumerate() {
        let place = isize::try_from(place).unwrap_or(0);
        let reach = isize::try_from(whole).unwrap_or(0);
        let sum: f32 = (place - reach..=place + reach).map(at).sum();
        let ends = at(place - reach - 1) + at(place + reach + 1);
        #[allow(clippy::cast_precision_loss, reason = "a few pixels")]
        let weight = 2.0 * whole as f32 + 1.0 + 2.0 * part;
        *pixel = (sum + part * ends) / weight;
    }
}

fn transposed(pixels: &[f32], width: usize, height: usize) -> Vec<f32> {
    let column = |x: usize| pixels.iter().skip(x).step_by(width).take(height).copied();
    (0..width).flat_map(column).collect()
}

/// Moved by so many pixels in a direction while it was taken.
pub(super) fn motion(canvas: &mut Canvas, length: f32, angle: f32) {
    let (sin, cos) = angle.sin_cos();
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few pixels")]
    let steps = length.max(1.0).ceil() as u16;
    let before = canvas.pixels.clone();
    for ((x, y), pixel) in places().zip(&mut canvas.pixels) {
        let sum: f32 = (0..steps)
            .map(|step| {
                let along = (f32::from(step) / f32::from(steps) - 0.5) * length;
                at(&before, x + cos * along, y + sin * along)
            })
            .sum();
        *pixel = sum / f32::from(steps);
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
fn at(pixels: &[f32], x: f32, y: f32) -> f32 {
    let (x, y) = (x.clamp(0.0, 1279.0) as usize, y.clamp(0.0, 719.0) as usize);
    pixels.get(y * ROW + x).copied().unwrap_or_default()
}

/// A lamp that is mirrored.
pub(super) fn glare(canvas: &mut Canvas, dice: &mut Dice) {
    let (middle_x, middle_y) = (dice.between(520.0, 760.0), dice.between(260.0, 460.0));
    let (wide, high) = (dice.between(40.0, 110.0), dice.between(20.0, 60.0));
    for ((x, y), pixel) in places().zip(&mut canvas.pixels) {
        let (dx, dy) = ((x - middle_x) / wide, (y - middle_y) / high);
        *pixel += 260.0 * (-(dx * dx + dy * dy)).exp();
    }
}

/// A hard shadow over a part.
pub(super) fn shadow(canvas: &mut Canvas, dice: &mut Dice) {
    let (sin, cos) = dice.between(0.0, 6.2).sin_cos();
    let (off, dark) = (dice.between(-60.0, 60.0), dice.between(0.25, 0.5));
    for ((x, y), pixel) in places().zip(&mut canvas.pixels) {
        if (x - 640.0) * cos + (y - 360.0) * sin > off {
            *pixel *= dark;
        }
    }
}

/// The grid of a screen against that of the sensor.
pub(super) fn moire(canvas: &mut Canvas, dice: &mut Dice) {
    let (fast, slow) = (dice.between(0.8, 2.2), dice.between(0.05, 0.3));
    let strength = dice.between(10.0, 35.0);
    for ((x, y), pixel) in places().zip(&mut canvas.pixels) {
        *pixel += strength * (x * fast + y * slow).sin() * (y * fast - x * slow).sin();
    }
}
