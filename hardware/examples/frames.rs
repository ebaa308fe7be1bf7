//! Writes generated pictures into a folder: `frames DIR SEED COUNT [CONDITION]`, so many of each condition, as PGM with
//! their texts beside them.

use hardware::generate::{Condition, picture};
use std::path::PathBuf;

fn main() -> std::io::Result<()> {
    let mut words = std::env::args().skip(1);
    let dir = PathBuf::from(words.next().unwrap_or_else(|| "frames".to_owned()));
    let mut number = |other| words.next().and_then(|word| word.parse().ok()).unwrap_or(other);
    let (seed, count) = (number(1), number(20));
    let only = words.next();
    let is_wanted =
        |condition: &Condition| only.as_deref().is_none_or(|it| it == condition.as_str());
    for condition in Condition::ALL.into_iter().filter(is_wanted) {
        let folder = dir.join(condition.as_str());
        std::fs::create_dir_all(&folder)?;
        for step in 0..count {
            let (luma, texts) = picture(seed + step, condition);
            let mut bytes = format!("P5\n{} {}\n255\n", luma.width(), luma.height()).into_bytes();
            bytes.extend(luma.pixels());
            let name = folder.join(format!("{step:04}.pgm"));
            std::fs::write(&name, bytes)?;
            std::fs::write(name.with_extension("txt"), texts.join("\n"))?;
        }
    }
    Ok(())
}
