//! A camera that misbehaves on purpose, for tests: everything that cameras were seen to do, by a seed.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::{Controls, Pace, Shot, Source, SourceError};
use crate::luma::{Layout, Luma};

/// How often each thing happens, in a thousand frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Odds {
    /// The frame never comes.
    pub drop: u16,
    /// The frame comes seconds late.
    pub stall: u16,
    /// The frame comes with its end missing.
    pub cut: u16,
    /// The frame comes as half a JPEG.
    pub cut_jpeg: u16,
    /// From here on frames have another size.
    pub resize: u16,
    /// The camera is pulled out, and for some tries not found.
    pub unplug: u16,
}

impl Odds {
    /// More trouble in a second than a cable makes in a week.
    pub const WILD: Self =
        Self { drop: 50, stall: 20, cut: 50, cut_jpeg: 50, resize: 20, unplug: 20 };
}

/// What is common to a camera that is plugged in again and again.
struct Trouble {
    random: u64,
    /// So many tries to open it fail from now on.
    away: u32,
    pulled: u32,
}

/// Misbehaviour by a seed. It outlives the sources that it spoils: a camera stays unplugged while it is opened anew.
#[derive(Clone)]
pub struct Glitch {
    odds: Odds,
    pace: Arc<dyn Pace>,
    trouble: Arc<Mutex<Trouble>>,
}

impl fmt::Debug for Glitch {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Glitch").field("odds", &self.odds).finish_non_exhaustive()
    }
}

impl Glitch {
    /// The same seed makes the same trouble.
    #[must_use]
    pub fn new(seed: u64, odds: Odds, pace: Arc<dyn Pace>) -> Self {
        let trouble = Trouble { random: seed, away: 0, pulled: 0 };
        Self { odds, pace, trouble: Arc::new(Mutex::new(trouble)) }
    }

    /// Opens a camera through the trouble.
    ///
    /// # Errors
    /// [`SourceError::Gone`] while it is unplugged, and what `open` says.
    pub fn open(
        &self,
        open: impl FnOnce() -> Result<Box<dyn Source>, SourceError>,
    ) -> Result<Box<dyn Source>, SourceError> {
        let mut trouble = self.trouble();
        if let Some(left) = trouble.away.checked_sub(1) {
            trouble.away = left;
            return Err(unplugged());
        }
        drop(trouble);
        Ok(Box::new(Spoiled { inner: open()?, glitch: self.clone(), halved: false, pulled: false }))
    }

    /// How often the camera was pulled out so far.
    #[must_use]
    pub fn pulled(&self) -> u32 {
        self.trouble().pulled
    }

    fn trouble(&self) -> std::sync::MutexGuard<'_, Trouble> {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A number below `below`, by the seed (SplitMix64).
    fn below(&self, below: u64) -> u64 {
        let mut trouble = self.trouble();
        trouble.random = trouble.random.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = trouble.random;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)).checked_rem(below).unwrap_or(0)
    }

    fn happens(&self, odds: u16) -> bool {
        self.below(1_000) < u64::from(odds)
    }
}

fn unplugged() -> SourceError {
    SourceError::Gone("pulled out on purpose".to_owned())
}

/// A source with trouble.
struct Spoiled {
    inner: Box<dyn Source>,
    glitch: Glitch,
    halved: bool,
    pulled: bool,
}

impl Source for Spoiled {
    fn next(&mut self) -> Result<Option<Shot>, SourceError> {
        let Odds { drop, stall, cut, cut_jpeg, resize, unplug } = self.glitch.odds;
        if !self.pulled && self.glitch.happens(unplug) {
            self.pulled = true;
            let away = u32::try_from(self.glitch.below(8)).unwrap_or(0);
            let mut trouble = self.glitch.trouble();
            (trouble.away, trouble.pulled) = (away, trouble.pulled.saturating_add(1));
        }
        if self.pulled {
            return Err(unplugged());
        }
        if self.glitch.happens(stall) {
            self.glitch.pace.wait(Duration::from_millis(500 + self.glitch.below(5_000)));
        }
        let Some(mut shot) = self.inner.next()? else {
            return Ok(None);
        };
        if self.glitch.happens(resize) {
            self.halved = !self.halved;
        }
        if self.halved {
            shot.luma = top_half(&shot.luma).unwrap_or(shot.luma);
        }
        if self.glitch.happens(cut) {
            let (width, height) = (shot.luma.width(), shot.luma.height());
            let len = self.glitch.below(u64::try_from(shot.luma.pixels().len()).unwrap_or(1));
            let bytes =
                shot.luma.pixels().get(..usize::try_from(len).unwrap_or(0)).unwrap_or_default();
            shot.luma = Luma::from_camera(bytes, width, height, Layout::Grey)?;
        }
        if self.glitch.happens(cut_jpeg) {
            let start = [0xFF, 0xD8, 0xFF, 0xE0, 0x00, 0x10, b'J', b'F', b'I', b'F'];
            shot.luma =
                Luma::from_camera(&start, shot.luma.width(), shot.luma.height(), Layout::Jpeg)?;
        }
        Ok((!self.glitch.happens(drop)).then_some(shot))
    }

    fn controls(&self) -> Controls {
        self.inner.controls()
    }

    fn set(&mut self, wanted: Controls) -> Result<(), SourceError> {
        self.inner.set(wanted)
    }
}

/// The upper half of a picture: what a camera sends that was told another size.
fn top_half(luma: &Luma) -> Option<Luma> {
    let height = luma.height() / 2;
    let area = usize::try_from(luma.width()).ok()? * usize::try_from(height).ok()?;
    Luma::new(luma.width(), height, luma.pixels().get(..area)?.to_vec())
}
