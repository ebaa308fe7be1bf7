//! Bytes in, bytes out: cameras, decoding of codes, scanners on a serial line. Knows none of our crates: what a code
//! means is no business of this one.

pub mod camera;
pub mod cpu;
pub mod decode;
pub mod film;
pub mod generate;
pub mod luma;
pub mod picture;
pub mod serial;

pub use luma::Luma;
