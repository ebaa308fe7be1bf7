//! Reading and writing the small parts of frames.

/// Bytes that are no frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("these bytes are not a frame")]
pub struct NotAFrame;

/// The one CBOR item that a record's body is; what has more after it is none.
pub(crate) fn whole<'a, T: minicbor::Decode<'a, ()>>(
    body: &'a [u8],
) -> Result<T, minicbor::decode::Error> {
    let mut decoder = minicbor::Decoder::new(body);
    let item = decoder.decode()?;
    if decoder.position() == body.len() {
        Ok(item)
    } else {
        Err(minicbor::decode::Error::message("bytes after the item"))
    }
}

/// Reads bytes from the front.
#[derive(Debug)]
pub(crate) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(crate) fn take<const N: usize>(&mut self) -> Result<[u8; N], NotAFrame> {
        let (first, rest) = self.0.split_first_chunk::<N>().ok_or(NotAFrame)?;
        self.0 = rest;
        Ok(*first)
    }

    pub(crate) fn slice(&mut self, length: usize) -> Result<&'a [u8], NotAFrame> {
        let (first, rest) = self.0.split_at_checked(length).ok_or(NotAFrame)?;
        self.0 = rest;
        Ok(first)
    }

    /// A number of seven bits a byte, the least first, the highest bit says that more follow.
    pub(crate) fn varint(&mut self) -> Result<u64, NotAFrame> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let [byte] = self.take::<1>()?;
            let bits = u64::from(byte & 0x7f);
            if shift == 63 && bits > 1 {
                return Err(NotAFrame);
            }
            value |= bits << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(NotAFrame)
    }

    /// What was not read yet.
    pub(crate) const fn rest(&self) -> &'a [u8] {
        self.0
    }
}

/// Appends a number as [`Reader::varint`] reads it.
pub(crate) fn put_varint(out: &mut Vec<u8>, mut value: u64) {
    loop {
        let byte = u8::try_from(value & 0x7f).unwrap_or(0);
        value >>= 7;
        if value == 0 {
            out.push(byte);
            return;
        }
        out.push(byte | 0x80);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_round_trip() {
        for value in [0, 1, 127, 128, 16_383, 16_384, u64::from(u32::MAX), u64::MAX] {
            let mut bytes = Vec::new();
            put_varint(&mut bytes, value);
            let mut reader = Reader::new(&bytes);
            assert_eq!(reader.varint(), Ok(value));
            assert!(reader.rest().is_empty());
        }
        assert_eq!(Reader::new(&[0xff; 11]).varint(), Err(NotAFrame));
        assert_eq!(Reader::new(&[0x80]).varint(), Err(NotAFrame));
    }
}
