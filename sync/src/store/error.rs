//! What can go wrong with a store. Every variant is one that a caller answers differently.

use rusqlite::ErrorCode;

/// The store could not do what was asked; nothing of it took effect.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The disk is full.
    #[error("the disk is full")]
    DiskFull,
    /// The disk failed to read, write or sync.
    #[error("the disk failed: {0}")]
    Disk(String),
    /// The file may be read but not written.
    #[error("the store cannot be written to: {0}")]
    ReadOnly(String),
    /// A later version wrote this store in a way that this one would misread.
    #[error("the store has format {found}, this version reads up to {known}")]
    Newer {
        /// Format of the file.
        found: i64,
        /// Format that this version knows.
        known: i64,
    },
    /// The file is not what the store wrote.
    #[error("the store is damaged: {0}")]
    Damaged(String),
    /// This station has no certificate, or not the key of that space.
    #[error("this station may not use {0}")]
    NotAllowed(&'static str),
    /// This station was shut out of the event.
    #[error("this station was shut out")]
    ShutOut,
    /// Another process uses the file.
    #[error("another process is using the store")]
    Busy,
    /// An import is under way and people cannot be changed until it is done.
    #[error("an import is under way")]
    Importing,
}

impl StoreError {
    /// Whether what was written before may be lost, so that nothing more may be called done.
    pub(crate) const fn breaks_the_store(&self) -> bool {
        matches!(self, Self::Disk(_) | Self::Damaged(_))
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(problem: rusqlite::Error) -> Self {
        let text = problem.to_string();
        let Some(code) = problem.sqlite_error_code() else {
            return Self::Damaged(text);
        };
        match code {
            ErrorCode::DiskFull => Self::DiskFull,
            ErrorCode::ReadOnly | ErrorCode::PermissionDenied => Self::ReadOnly(text),
            ErrorCode::CannotOpen => Self::ReadOnly(text),
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Self::Busy,
            ErrorCode::SystemIoFailure => Self::Disk(text),
            _ => Self::Damaged(text),
        }
    }
}

impl From<crate::document::BadChange> for StoreError {
    fn from(problem: crate::document::BadChange) -> Self {
        Self::Damaged(problem.to_string())
    }
}
