//! Scanners on serial lines.
