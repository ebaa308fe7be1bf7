//! Where the corners of QR codes may be: three squares, one in the other, that any line through their middle cuts into
//! 1, 1, 3, 1 and 1 parts.

use rxing::common::BitMatrix;
use rxing::common::cpp_essentials::{ConcentricPattern, LocateConcentricPattern};
use rxing::point;

/// A picture in which more are seen is noise: to compare each with each would take minutes.
const CORNERS_MAX: usize = 3000;
/// Each third row is looked at: the middle of a corner is three modules high, and a module a pixel at least.
const ROWS: usize = 3;
/// The parts of a line through the middle.
const PARTS: [u16; 5] = [1, 1, 3, 1, 1];

/// Dark and light, by turns, from a dark one.
struct Five {
    lengths: [u32; 5],
    /// Where the first begins.
    start: u32,
    /// Light before it; as much as one likes, at the edge.
    before: u32,
}

/// The corners in a picture, by rows.
pub(super) fn corners(bits: &BitMatrix) -> Vec<ConcentricPattern> {
    let mut found: Vec<ConcentricPattern> = Vec::new();
    let mut edges = Vec::new();
    for y in (0..bits.height()).skip(ROWS - 1).step_by(ROWS) {
        edges_of(bits, y, &mut edges);
        let mut at = 0;
        while let Some(five) = Five::at(&edges, at) {
            at += 2;
            if !five.is_corner() {
                continue;
            }
            // What follows begins with the last of the five.
            at += 2;
            #[allow(clippy::cast_precision_loss, reason = "sides of pictures are short")]
            let middle = point(five.middle(), y as f32 + 0.5);
            let is_known = |old: &ConcentricPattern| {
                let (x, y) = (old.p.x - middle.x, old.p.y - middle.y);
                #[allow(clippy::cast_precision_loss, reason = "corners are small")]
                let reach = old.size as f32 / 2.0;
                x.mul_add(x, y * y) < reach * reach
            };
            if found.iter().any(is_known) {
                continue;
            }
            // Three times as far: it may be skewed.
            let range = five.lengths.iter().sum::<u32>().saturating_mul(3);
            let range = i32::try_from(range).unwrap_or(i32::MAX);
            found.extend(LocateConcentricPattern::<true, 5, 7>(bits, &PARTS, middle, range));
            if found.len() >= CORNERS_MAX {
                return found;
            }
        }
    }
    found
}

/// Where a row changes, from its first dark pixel on: dark, light, dark...
fn edges_of(bits: &BitMatrix, y: u32, edges: &mut Vec<u32>) {
    let row = bits.getRow(y);
    let width = bits.width() as usize;
    edges.clear();
    let mut at = row.getNextSet(0);
    while at < width {
        edges.extend(u32::try_from(at));
        let light = row.getNextUnset(at);
        edges.extend(u32::try_from(light.min(width)));
        at = row.getNextSet(light);
    }
}

impl Five {
    fn at(edges: &[u32], at: usize) -> Option<Self> {
        let &[a, b, c, d, e, f] = edges.get(at..at + 6)? else { return None };
        let before =
            at.checked_sub(1).and_then(|at| edges.get(at)).map_or(u32::MAX, |light| a - light);
        Some(Self { lengths: [b - a, c - b, d - c, e - d, f - e], start: a, before })
    }

    /// Whether they are about 1, 1, 3, 1 and 1. Dark and light are measured apart, as ink runs and screens shine.
    fn is_corner(&self) -> bool {
        let [first, gap, core, hole, last] = self.lengths;
        if core < 3 || core < 2 * first.max(last) || core < gap.max(hole) {
            return false;
        }
        let dark = f64::from(first + core + last) / 5.0;
        let light = f64::from(gap + hole) / 2.0;
        if dark.max(light) > 4.0 * dark.min(light) || f64::from(self.before) < 0.1 * light {
            return false;
        }
        let (dark_off, light_off) = (dark.mul_add(0.75, 0.5), light / 3.0 + 0.5);
        let dark_fits =
            |length: u32, parts: f64| (f64::from(length) - parts * dark).abs() <= dark_off;
        let light_fits = |length: u32| (f64::from(length) - light).abs() <= light_off;
        dark_fits(first, 1.0)
            && dark_fits(core, 3.0)
            && dark_fits(last, 1.0)
            && light_fits(gap)
            && light_fits(hole)
    }

    #[allow(clippy::cast_precision_loss, reason = "rows of pictures are short")]
    fn middle(&self) -> f32 {
        let [first, gap, core, ..] = self.lengths;
        (self.start + first + gap) as f32 + core as f32 / 2.0
    }
}
