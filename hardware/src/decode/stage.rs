//! The names of what is looked for, and of what finds it.

/// A kind of code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Symbology {
    /// QR.
    Qr,
    /// Data Matrix.
    DataMatrix,
    /// Aztec.
    Aztec,
    /// PDF417.
    Pdf417,
    /// Code 128.
    Code128,
}

impl Symbology {
    /// Those that are looked for only by choice.
    pub const BY_CHOICE: [Self; 4] = [Self::DataMatrix, Self::Aztec, Self::Pdf417, Self::Code128];

    /// Its name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Qr => "qr",
            Self::DataMatrix => "data_matrix",
            Self::Aztec => "aztec",
            Self::Pdf417 => "pdf417",
            Self::Code128 => "code128",
        }
    }
}

/// Kinds of codes beside QR.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Symbologies(Vec<Symbology>);

impl Symbologies {
    /// Those of these names; a name that is none is left out.
    #[must_use]
    pub fn of<S: AsRef<str>>(names: &[S]) -> Self {
        let mut chosen = Symbology::BY_CHOICE.to_vec();
        chosen.retain(|one| names.iter().any(|name| name.as_ref() == one.as_str()));
        Self(chosen)
    }

    /// The names that there are.
    pub fn names() -> impl Iterator<Item = &'static str> {
        Symbology::BY_CHOICE.iter().map(|one| one.as_str())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = Symbology> {
        self.0.iter().copied()
    }
}

/// What found a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// What every picture is looked at with.
    Fast,
    /// Kinds of codes beside QR.
    Other,
    /// Another decoder, on a picture of which every place got a threshold of its own.
    Threshold,
    /// Smaller pictures and closed gaps, for noise in the dark.
    LowLight,
}

impl Stage {
    /// Those that take long.
    pub(super) const SLOW: [Self; 2] = [Self::LowLight, Self::Threshold];

    /// Its name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Fast => "fast",
            Self::Other => "other",
            Self::Threshold => "threshold",
            Self::LowLight => "low_light",
        }
    }
}
