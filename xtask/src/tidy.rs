//! Rules of the house that neither the compiler nor clippy knows.
//!
//! Looks at every file that git tracks or would track. A rule is a function from a file to complaints;
//! all complaints are shown at once, each with the file, the line and what to do.

mod links;
mod words;

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::arrows;
use crate::place::{Place, read};

const LINES_MAX: usize = 900;
const FILE_BYTES_MAX: usize = 1024 * 1024;
const MAP: &str = "docs/ARCHITECTURE.md";

/// A file of the repository; `text` is empty where it is not UTF-8.
#[derive(Debug)]
struct Source {
    /// Relative to the root, with `/`.
    path: String,
    text: String,
    bytes: usize,
}

impl Source {
    fn is(&self, extension: &str) -> bool {
        self.path.rsplit_once('.').is_some_and(|(_, end)| end == extension)
    }

    fn is_below(&self, folder: &str) -> bool {
        self.path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
    }

    /// A complaint about one line, counted from 1.
    fn at(&self, line: usize, what: &str) -> String {
        format!("{}:{line}: {what}", self.path)
    }
}

pub(crate) fn check(place: &Place) -> Result<()> {
    let sources = sources(place)?;
    let mut wrong = Vec::new();
    for source in &sources {
        wrong.extend(shape(source));
        wrong.extend(words::check(source));
        wrong.extend(links::check(source, |path| place.root.join(path).exists()));
    }
    let metadata = read(&mut place.cargo(&["metadata", "--format-version", "1", "--no-deps"]))?;
    let map = sources.iter().find(|source| source.path == MAP);
    for member in arrows::members(&metadata)? {
        wrong.extend(off_the_map(&member.folder, map.map_or("", |map| &map.text)));
    }
    if !wrong.is_empty() {
        bail!("{}\n{} to mend", wrong.join("\n"), wrong.len());
    }
    println!("{} files, nothing to mend", sources.len());
    Ok(())
}

/// Tracked files and new ones that are not ignored: what is right here is right after the commit.
fn sources(place: &Place) -> Result<Vec<Source>> {
    let mut git = place.command("git");
    git.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
    let list = read(&mut git)?;
    let mut paths: Vec<&str> = list.split_terminator('\0').collect();
    paths.sort_unstable();
    paths.dedup();
    let mut sources = Vec::new();
    for path in paths {
        // A file that is deleted but not yet committed is still on git's list.
        if place.root.join(path).is_file() {
            sources.push(source(&place.root, path)?);
        }
    }
    Ok(sources)
}

fn source(root: &Path, path: &str) -> Result<Source> {
    let bytes = fs::read(root.join(path)).with_context(|| format!("cannot read {path}"))?;
    let size = bytes.len();
    Ok(Source {
        path: path.to_owned(),
        text: String::from_utf8(bytes).unwrap_or_default(),
        bytes: size,
    })
}

/// Size, and how a Rust file opens and is named.
fn shape(source: &Source) -> Vec<String> {
    let mut wrong = Vec::new();
    let path = &source.path;
    if source.bytes > FILE_BYTES_MAX {
        wrong.push(format!(
            "{path}: {} bytes, at most {FILE_BYTES_MAX}: make it smaller or make it when needed",
            source.bytes
        ));
    }
    if !source.is("rs") {
        return wrong;
    }
    let lines = source.text.lines().count();
    if lines > LINES_MAX {
        wrong.push(format!("{path}: {lines} lines, at most {LINES_MAX}: cut it along its nouns"));
    }
    if !source.text.starts_with("//!") {
        wrong.push(source.at(1, "open with `//!`: what is here, why, what it must not do"));
    }
    if path == "mod.rs" || path.ends_with("/mod.rs") {
        wrong.push(format!("{path}: name it after its folder, `foo.rs` beside `foo/`"));
    }
    wrong
}

fn off_the_map(crate_folder: &str, map: &str) -> Option<String> {
    let named = map.contains(&format!("`{crate_folder}`"))
        || map
            .split(|c: char| c.is_whitespace() || "`(),|[]".contains(c))
            .any(|word| word.strip_suffix('/') == Some(crate_folder));
    (!named).then(|| format!("{MAP}: does not list the crate `{crate_folder}/`"))
}

#[cfg(test)]
fn file(path: &str, text: &str) -> Source {
    Source { path: path.to_owned(), text: text.to_owned(), bytes: text.len() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, text: &str, complaints: usize) {
        let wrong = shape(&file(path, text));
        assert_eq!(wrong.len(), complaints, "{path}: {wrong:?}");
    }

    #[test]
    fn shape_of_a_file() {
        check("domain/src/code.rs", "//! Codes.\n", 0);
        check("domain/src/code.rs", "// Codes.\n", 1);
        check("domain/src/code.rs", "", 1);
        check("domain/src/code/mod.rs", "//! Codes.\n", 1);
        check("domain/src/model.rs", "//! Models.\n", 0);
        check("domain/src/long.rs", &"//! Long.\n".repeat(LINES_MAX), 0);
        check("domain/src/long.rs", &"//! Long.\n".repeat(LINES_MAX + 1), 1);
        check("docs/long.md", &"Long.\n".repeat(LINES_MAX + 1), 0);
        check("docs/heavy.svg", &" ".repeat(FILE_BYTES_MAX + 1), 1);
    }

    #[test]
    fn every_crate_is_on_the_map() {
        for map in ["| `sync` | the replica |", "sync/   the replica", "see [sync/](x)"] {
            assert_eq!(off_the_map("sync", map), None, "{map}");
        }
        for map in ["", "we sync things", "async/ is not it", "`sync_store`"] {
            assert!(off_the_map("sync", map).is_some(), "{map}");
        }
    }
}
