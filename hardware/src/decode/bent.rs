//! Codes that are not flat: in a pouch that curls, on a ticket around a thumb. Their corners are found as ever, but what
//! lies between them is where no flat sheet would have it. The modules that every code has say how far they are off.

use super::Point;
use rxing::common::cpp_essentials::ConcentricPattern;
use rxing::common::{BitMatrix, PerspectiveTransform, Quadrilateral};
use rxing::qrcode::cpp_port::detector::{EstimateModuleSize, FinderPatternSet, Mod2Pix};
use rxing::{point, point_i};

/// Modules a side: more than this have other helps, and on no ticket they are that small.
const SIDES: std::ops::RangeInclusive<i32> = 21..=57;
/// From the edge of a code to the middle of its corners, in modules.
const CORNER: f32 = 3.5;
/// The row, and the column, whose modules are dark and light by turns.
const TIMING: f32 = 6.5;
/// From the far edges to the middle of the small square between them.
const ALIGNMENT: f32 = 6.5;
/// How far the middle between two corners may be off, across and along, in steps of a quarter of a module.
const BOW: (i16, i16) = (8, 4);
/// How far what is a quarter from a corner may be off, in the same steps.
const SWELL: i16 = 4;
/// How far the fourth corner may be from where it would be on a parallelogram, in the same steps.
const FOURTH: i16 = 12;
/// What of the modules that are known must be as they should.
const FITS: f32 = 0.75;
/// Where the fourth corner is and how rows and columns are bent depend on each other a little.
const ROUNDS: usize = 2;

/// What has modules dark and light by turns.
#[derive(Debug, Clone, Copy)]
enum Line {
    Row,
    Column,
}

/// How what lies between two corners is off, in modules.
#[derive(Debug, Clone, Copy, Default)]
struct Bend {
    /// The middle, to a side.
    bow: f32,
    /// The middle, along.
    shift: f32,
    /// The quarters, away from the middle: what is turned away is narrower.
    swell: f32,
}

/// Where the modules of a code are in a picture.
pub(super) struct Sheet<'a> {
    bits: &'a BitMatrix,
    side: i32,
    corners: [rxing::Point; 4],
    flat: PerspectiveTransform,
    rows: Bend,
    columns: Bend,
}

impl<'a> Sheet<'a> {
    /// The sheet between three corners, bent as its known modules say; none where they do not fit.
    pub(super) fn between(bits: &'a BitMatrix, set: &FinderPatternSet) -> Option<Self> {
        let sides = [side(bits, set.tl, set.tr), side(bits, set.tl, set.bl)];
        let (first, second) = (sides[0], sides[1].filter(|side| sides[0] != Some(*side)));
        [first, second].into_iter().flatten().find_map(|side| Self::fitted(bits, set, side))
    }

    fn fitted(bits: &'a BitMatrix, set: &FinderPatternSet, side: i32) -> Option<Self> {
        let fourth = set.tr.p - set.tl.p + set.bl.p;
        let corners = [set.tl.p, set.tr.p, fourth, set.bl.p];
        let flat = flat(side, corners)?;
        let mut sheet =
            Self { bits, side, corners, flat, rows: Bend::default(), columns: Bend::default() };
        for _ in 0..ROUNDS {
            if sheet.bend(Line::Row) < FITS || sheet.bend(Line::Column) < FITS {
                return None;
            }
            if sheet.side > 21 {
                sheet.move_fourth()?;
            }
        }
        Some(sheet)
    }

    /// What its modules are.
    pub(super) fn modules(&self) -> Option<BitMatrix> {
        let side = u32::try_from(self.side).ok()?;
        let mut modules = BitMatrix::with_single_dimension(side).ok()?;
        for y in 0..side {
            for x in 0..side {
                #[allow(clippy::cast_precision_loss, reason = "a few modules")]
                if self.dark(x as f32 + 0.5, y as f32 + 0.5)? {
                    modules.set(x, y);
                }
            }
        }
        Some(modules)
    }

    /// The corners of its outer edge, clockwise.
    pub(super) fn outline(&self) -> [Point; 4] {
        let side = self.modules_a_side();
        [(0.0, 0.0), (side, 0.0), (side, side), (0.0, side)].map(|(x, y)| {
            let at = self.at(x, y);
            Point { x: at.x, y: at.y }
        })
    }

    #[allow(clippy::cast_precision_loss, reason = "a few modules")]
    const fn modules_a_side(&self) -> f32 {
        self.side as f32
    }

    /// Where a place of the sheet is in the picture.
    fn at(&self, x: f32, y: f32) -> rxing::Point {
        let far = self.modules_a_side() - 2.0 * CORNER;
        let (right, down) = self.rows.off((x - CORNER) / far);
        let (below, aside) = self.columns.off((y - CORNER) / far);
        self.flat.transform_point(point(x + right + aside, y + down + below))
    }

    fn dark(&self, x: f32, y: f32) -> Option<bool> {
        let at = self.at(x, y);
        (at.x >= 0.0 && at.y >= 0.0).then(|| self.bits.try_get_point(at)).flatten()
    }

    /// Bends it so that the row or the column by turns dark and light fits best; how well it does.
    fn bend(&mut self, line: Line) -> f32 {
        let swell = self.bent(line).swell;
        let middles = steps(BOW.0, BOW.1).map(|(bow, shift)| Bend { bow, shift, swell });
        self.bend_best(line, middles);
        let found = *self.bent(line);
        self.bend_best(line, steps(SWELL, 0).map(|(swell, _)| Bend { swell, ..found }))
    }

    /// Of some bends the one that fits best, and of those that fit as well the flattest.
    fn bend_best(&mut self, line: Line, bends: impl Iterator<Item = Bend>) -> f32 {
        let mut best = (f32::MIN, Bend::default());
        for bend in bends {
            *self.bent(line) = bend;
            let fits = self.timing(line) - 0.01 * bend.size();
            if fits > best.0 {
                best = (fits, bend);
            }
        }
        *self.bent(line) = best.1;
        best.0
    }

    const fn bent(&mut self, line: Line) -> &mut Bend {
        match line {
            Line::Row => &mut self.rows,
            Line::Column => &mut self.columns,
        }
    }

    /// What part of the row, or column, by turns dark and light is as it should.
    fn timing(&self, line: Line) -> f32 {
        let (mut seen, mut right) = (0.0, 0.0);
        for step in 8..self.side - 8 {
            #[allow(clippy::cast_precision_loss, reason = "a few modules")]
            let middle = step as f32 + 0.5;
            for (along, across) in [(0.0, 0.0), (-0.3, 0.0), (0.3, 0.0), (0.0, -0.3), (0.0, 0.3)] {
                let (along, across) = (middle + along, TIMING + across);
                let dark = match line {
                    Line::Row => self.dark(along, across),
                    Line::Column => self.dark(across, along),
                };
                seen += 1.0;
                right += f32::from(u8::from(dark == Some(step % 2 == 0)));
            }
        }
        right / seen
    }

    /// Moves its fourth corner to where the small square fits best.
    fn move_fourth(&mut self) -> Option<()> {
        let [tl, tr, old, bl] = self.corners;
        let far = self.modules_a_side() - 2.0 * CORNER;
        let (right, down) = ((tr - tl) / far, (bl - tl) / far);
        let mut best: Option<(f32, rxing::Point, PerspectiveTransform)> = None;
        for (x, y) in steps(FOURTH, FOURTH) {
            let fourth = old + right * x + down * y;
            let Some(flat) = flat(self.side, [tl, tr, fourth, bl]) else { continue };
            self.flat = flat;
            let fits = self.alignment() - 0.01 * x.hypot(y);
            if best.as_ref().is_none_or(|best| fits > best.0) {
                best = Some((fits, fourth, flat));
            }
        }
        let (_, fourth, flat) = best?;
        (self.corners, self.flat) = ([tl, tr, fourth, bl], flat);
        Some(())
    }

    /// What part of the small square is as it should.
    fn alignment(&self) -> f32 {
        let middle = self.modules_a_side() - ALIGNMENT;
        let mut right = 0.0;
        for y in -2_i8..=2 {
            for x in -2_i8..=2 {
                let ring = x.abs().max(y.abs());
                let dark = self.dark(middle + f32::from(x), middle + f32::from(y));
                right += f32::from(u8::from(dark == Some(ring != 1)));
            }
        }
        right / 25.0
    }
}

impl Bend {
    /// How far a place between two corners, at 0 and 1, is off: along, and to a side.
    fn off(self, part: f32) -> (f32, f32) {
        let arch = 4.0 * part * (1.0 - part);
        (arch * (self.shift + self.swell * (2.0 * part - 1.0)), arch * self.bow)
    }

    fn size(self) -> f32 {
        self.bow.abs() + self.shift.abs() + self.swell.abs()
    }
}

/// How many modules a code has, by what lies between two of its corners.
fn side(bits: &BitMatrix, one: ConcentricPattern, other: ConcentricPattern) -> Option<i32> {
    let sizes = [EstimateModuleSize(bits, one, other), EstimateModuleSize(bits, other, one)];
    let module = (sizes[0] + sizes[1]) / 2.0;
    let modules = f64::from((one.p - other.p).length()) / module + 7.0;
    // One more than a multiple of four.
    #[allow(clippy::cast_possible_truncation, reason = "it is looked at whether it is in range")]
    let side = ((modules - 1.0) / 4.0).round() as i32 * 4 + 1;
    (sizes.iter().all(|size| *size > 0.0) && SIDES.contains(&side)).then_some(side)
}

fn flat(side: i32, corners: [rxing::Point; 4]) -> Option<PerspectiveTransform> {
    Mod2Pix(side, point_i(0, 0), Quadrilateral::from(corners)).ok()
}

/// Quarters of a module, so many to each side.
fn steps(across: i16, along: i16) -> impl Iterator<Item = (f32, f32)> {
    (-across..=across).flat_map(move |one| {
        (-along..=along).map(move |other| (f32::from(one) / 4.0, f32::from(other) / 4.0))
    })
}
