//! Tests written in JavaScript: those of the screens by vitest, those of the whole product by `node --test`.
//!
//! Each runner talks to the person as it likes and writes its counts to a file.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::Run;
use super::tally::{self, Sum};
use crate::place::{Place, line};
use crate::{binaries, screens, setup};

const E2E: &str = "tests/e2e";
/// Well above the longest test: only what hangs is ended by it.
const HANGS_MS: &str = "600000";

/// Tests of the functions behind the screens.
pub(super) fn screens(run: &Run) -> Result<Sum> {
    let report = report(&run.place, "vitest.json")?;
    let mut vitest = setup::npm(&run.place, &run.place.root.join("ui"));
    vitest.args(["run", "--silent", "test", "--", "--reporter=default", "--reporter=json"]);
    vitest.arg(format!("--outputFile.json={}", report.display()));
    count(&mut vitest, &report, tally::vitest).map(|(sum, _)| sum)
}

/// Tests of the real window and of the screens in a real browser.
pub(super) fn whole(run: &Run) -> Result<Option<Sum>> {
    let place = &run.place;
    let folder = place.root.join(E2E);
    if !folder.is_dir() {
        println!("skipped: there is no {E2E}");
        return Ok(None);
    }
    setup::packages(place, E2E)?;
    screens::build(place)?;
    let built = binaries::both(place, false)?;
    let mut sum = Sum::default();
    for (name, files) in parts(&folder)? {
        println!("-- {E2E}/{name}");
        let node = |more: &[String]| -> Result<(Sum, String)> {
            let report = report(place, &format!("{name}.tap"))?;
            let mut node = place.command("node");
            node.current_dir(&folder)
                .env("LANYARD_BIN", &built.lanyard)
                .env("LANYARD_DESKTOP_BIN", &built.desktop)
                .env("LANYARD_CHROMIUM", &run.tools.chromium)
                .arg("--test")
                .arg(format!("--test-timeout={HANGS_MS}"))
                .args(["--test-reporter=spec", "--test-reporter-destination=stdout"])
                .arg("--test-reporter=tap")
                .arg(format!("--test-reporter-destination={}", report.display()))
                .args(more)
                .args(&files);
            count(&mut node, &report, tally::tap)
        };
        // Windows are timed by their users' patience: one at a time.
        let at_once = if name == "window" { 1 } else { 2 };
        let (first, said) = node(&[format!("--test-concurrency={at_once}")])?;
        sum.add(match tally::failed(&said) {
            failed if failed.is_empty() => first,
            failed => again(first, &failed, &node)?,
        });
    }
    Ok(Some(sum))
}

/// Runs the tests of a folder with more arguments: what was counted, and what was written about it.
type Runner<'a> = dyn Fn(&[String]) -> Result<(Sum, String)> + 'a;

/// Runs what failed once more, alone: a browser, a window and a machine that is busy with something else may each be
/// late. What fails again has failed; what does not is named.
fn again(first: Sum, failed: &[String], node: &Runner<'_>) -> Result<Sum> {
    println!("-- once more, alone: {}", failed.join(", "));
    let pattern = format!("--test-name-pattern=^({})$", failed.join("|"));
    let (second, _) = node(&["--test-concurrency=1".to_owned(), pattern])?;
    let mended = second.passed.min(first.failed);
    if mended > 0 {
        println!("-- {mended} passed only when run again, alone");
    }
    Ok(Sum { passed: first.passed + mended, failed: first.failed - mended })
}

/// A file for a runner's counts, which is not there yet.
fn report(place: &Place, name: &str) -> Result<PathBuf> {
    let path = place.cache.join(format!("{}-{name}", std::process::id()));
    if path.exists() {
        fs::remove_file(&path).with_context(|| format!("cannot remove {}", path.display()))?;
    }
    Ok(path)
}

/// Runs it, and reads what it wrote: what it counts, and its text.
fn count(
    runner: &mut Command,
    report: &Path,
    read: fn(&str) -> Option<Sum>,
) -> Result<(Sum, String)> {
    let status = runner.status().with_context(|| format!("cannot start {}", line(runner)))?;
    let text = fs::read(report).unwrap_or_default();
    let text = String::from_utf8_lossy(&text).into_owned();
    let sum = read(&text);
    if sum.is_none() {
        println!("no result from ({status}): {}", line(runner));
    }
    let _ = fs::remove_file(report);
    Ok((sum.unwrap_or_default().ended(status.success() && sum.is_some()), text))
}

/// Folders with tests in them, and their test files: `node --test` of some versions takes no folders.
fn parts(folder: &Path) -> Result<Vec<(String, Vec<PathBuf>)>> {
    let mut parts = Vec::new();
    for part in names(folder)? {
        if part == "node_modules" || !folder.join(&part).is_dir() {
            continue;
        }
        let is_test = |name: &String| name.ends_with(".test.js") || name.ends_with(".test.mjs");
        let names = names(&folder.join(&part))?.into_iter().filter(is_test);
        let files: Vec<PathBuf> = names.map(|name| Path::new(&part).join(name)).collect();
        if !files.is_empty() {
            parts.push((part, files));
        }
    }
    Ok(parts)
}

fn names(folder: &Path) -> Result<Vec<String>> {
    let entries = fs::read_dir(folder)
        .and_then(Iterator::collect::<std::io::Result<Vec<_>>>)
        .with_context(|| format!("cannot look into {}", folder.display()))?;
    let name = |entry: &fs::DirEntry| entry.file_name().to_string_lossy().into_owned();
    let mut names: Vec<String> = entries.iter().map(name).collect();
    names.sort();
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn test_files_are_found_by_their_names() {
        let folder = std::env::temp_dir().join(format!("lanyard-e2e-{}", std::process::id()));
        for path in
            ["b/z.test.js", "b/a.test.mjs", "b/note.js", "lib/x.js", "node_modules/n.test.js"]
        {
            let path = folder.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        let files = vec![PathBuf::from("b/a.test.mjs"), PathBuf::from("b/z.test.js")];
        assert_eq!(parts(&folder).unwrap(), [("b".to_owned(), files)]);
        fs::remove_dir_all(&folder).unwrap();
    }
}
