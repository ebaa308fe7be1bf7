//! The raw export: every record of a replica as bytes, for a reader that knows nothing but `docs/PROTOCOL.md`.

use crate::id::{EventId, LogName, StationKey};
use std::io::{self, Write};

/// First bytes of an export.
pub const MAGIC: &[u8; 8] = b"LANYARD1";

/// Writes an export, block by block.
#[derive(Debug)]
pub struct RawWriter<W: Write>(W);

impl<W: Write> RawWriter<W> {
    /// Begins the export of an event.
    ///
    /// # Errors
    /// Where `out` cannot be written to; so for all that follows.
    pub fn begin(mut out: W, event: EventId, root: StationKey) -> io::Result<Self> {
        out.write_all(MAGIC)?;
        out.write_all(&event.0)?;
        out.write_all(&root.0)?;
        Ok(Self(out))
    }

    /// Begins a log; the records that follow are its, from the first on.
    ///
    /// # Errors
    /// Where the output cannot be written to.
    pub fn log(&mut self, name: &LogName) -> io::Result<()> {
        let space = name.space.as_str();
        self.0.write_all(b"L")?;
        self.0.write_all(&[u8::try_from(space.len()).unwrap_or(u8::MAX)])?;
        self.0.write_all(space.as_bytes())?;
        self.0.write_all(&name.station.0)?;
        self.0.write_all(&name.epoch.0.to_le_bytes())
    }

    /// Says that the log just begun is a branch: its records follow on one of the same name, that at `seq` with that hash.
    ///
    /// # Errors
    /// Where the output cannot be written to.
    pub fn branch(&mut self, seq: u64, hash: &[u8; 32]) -> io::Result<()> {
        self.0.write_all(b"F")?;
        self.0.write_all(&seq.to_le_bytes())?;
        self.0.write_all(hash)
    }

    /// Writes the next record of the log.
    ///
    /// # Errors
    /// Where the output cannot be written to.
    pub fn record(&mut self, bytes: &[u8]) -> io::Result<()> {
        let length = u32::try_from(bytes.len()).map_err(io::Error::other)?;
        self.0.write_all(b"R")?;
        self.0.write_all(&length.to_le_bytes())?;
        self.0.write_all(bytes)
    }

    /// Writes the signature over the log up to its record `seq`, the one just written.
    ///
    /// # Errors
    /// Where the output cannot be written to.
    pub fn signature(&mut self, seq: u64, signature: &[u8; 64]) -> io::Result<()> {
        self.0.write_all(b"S")?;
        self.0.write_all(&seq.to_le_bytes())?;
        self.0.write_all(signature)
    }

    /// Ends the export.
    ///
    /// # Errors
    /// Where the output cannot be written to.
    pub fn end(mut self) -> io::Result<W> {
        self.0.write_all(b"E")?;
        self.0.flush()?;
        Ok(self.0)
    }
}
