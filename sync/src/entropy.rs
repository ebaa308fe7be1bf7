//! Where random bytes come from: an argument, so that a test can replay a run.

/// A source of random bytes.
pub trait Entropy {
    /// Fills `bytes` with random bytes.
    fn fill(&mut self, bytes: &mut [u8]);
}

/// So many random bytes from `source`.
pub fn random<const N: usize>(source: &mut dyn Entropy) -> [u8; N] {
    let mut bytes = [0; N];
    source.fill(&mut bytes);
    bytes
}

/// A source that gives the same bytes for the same seed; for tests and benchmarks, never for keys that matter.
#[derive(Debug)]
pub struct Seeded(blake3::OutputReader);

impl Seeded {
    /// The source of that seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(blake3::Hasher::new().update(&seed.to_le_bytes()).finalize_xof())
    }
}

impl Entropy for Seeded {
    fn fill(&mut self, bytes: &mut [u8]) {
        self.0.fill(bytes);
    }
}
