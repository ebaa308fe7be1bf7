//! Words that several tests use to tell their story.

use serde_json::Value;

/// The texts under one key.
pub(crate) type Words<'a> = Vec<&'a str>;

/// The texts that these objects have under a key.
pub(crate) fn words<'a>(lines: &'a [Value], key: &str) -> Words<'a> {
    lines
        .iter()
        .map(|line| line[key].as_str().unwrap_or_else(|| panic!("{key} is text: {line}")))
        .collect()
}
