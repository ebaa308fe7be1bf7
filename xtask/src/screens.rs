//! The screens: `ui/` built into `ui/dist`, which the binaries carry inside of them.
//!
//! Built only when something of it has changed: every new `ui/dist` is a new build of the binaries.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::place::{Place, watch};
use crate::setup;

/// Names what was built from what; gone with `node_modules`.
const STAMP: &str = "node_modules/.lanyard-screens";

/// Builds `ui/dist` unless it is what the sources would give.
pub(crate) fn build(place: &Place) -> Result<()> {
    let ui = place.root.join("ui");
    let stamp = ui.join(STAMP);
    let built = fs::read_to_string(&stamp).unwrap_or_default();
    if built == state(&ui)? {
        println!("the screens in ui/dist are up to date");
        return Ok(());
    }
    npm_run(place, "build")?;
    fs::write(&stamp, state(&ui)?).with_context(|| format!("cannot write {}", stamp.display()))
}

/// A script of `ui/package.json`.
pub(crate) fn npm_run(place: &Place, script: &str) -> Result<()> {
    watch(setup::npm(place, &place.root.join("ui")).args(["run", "--silent", script]))
}

/// A fingerprint of all files that the screens are made from, and of what was made.
fn state(ui: &Path) -> Result<String> {
    let mut files = Vec::new();
    collect(ui, &mut files).with_context(|| format!("cannot look into {}", ui.display()))?;
    files.sort();
    let mut sum = DefaultHasher::new();
    for file in &files {
        let bytes = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
        file.strip_prefix(ui).unwrap_or(file).hash(&mut sum);
        bytes.hash(&mut sum);
    }
    Ok(format!("{} files, {:016x}\n", files.len(), sum.finish()))
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if path.is_dir() {
            if name != "node_modules" {
                collect(&path, files)?;
            }
        } else if !name.contains(".test.") {
            files.push(path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_state_is_that_of_sources_and_product() {
        let ui = std::env::temp_dir().join(format!("lanyard-screens-{}", std::process::id()));
        let write = |path: &str, text: &str| {
            let path = ui.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        write("src/App.svelte", "one");
        write("dist/index.html", "one");
        let first = state(&ui).unwrap();
        write("node_modules/x.js", "x");
        write("src/a.test.ts", "x");
        assert_eq!(state(&ui).unwrap(), first);
        write("dist/index.html", "two");
        let second = state(&ui).unwrap();
        assert_ne!(second, first);
        write("src/App.svelte", "two");
        assert_ne!(state(&ui).unwrap(), second);
        fs::remove_dir_all(&ui).unwrap();
    }
}
