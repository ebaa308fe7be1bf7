//! `cargo xtask dist`: the Debian package, with the desktop app and the `lanyard` command.
//!
//! Cargo builds both in one go; Tauri's bundler only packs them. The step `deb` of the tests packs the debug
//! binaries, which are there already, and installs the package into a folder of its own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail, ensure};
use serde_json::json;

use crate::place::{Place, read, watch, works};
use crate::{binaries, screens, setup};

/// What fits through a poor connection on the morning of an event.
const PACKAGE_BYTES_MAX: u64 = 25_000_000;
/// Unoptimised code packs to three fifths more. Above this the real package would be too large as well.
const DEBUG_BYTES_MAX: u64 = 42_000_000;

/// What was asked for on the command line.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Options {
    debug: bool,
}

impl Options {
    pub(crate) fn parse(args: &[String]) -> Result<Self> {
        match args {
            [] => Ok(Self { debug: false }),
            [only] if only == "--debug" => Ok(Self { debug: true }),
            [other, ..] => bail!("dist takes nothing but --debug, not '{other}'"),
        }
    }
}

pub(crate) fn dist(options: &Options) -> Result<ExitCode> {
    let place = Place::find()?;
    place.own_target()?;
    ensure!(cfg!(target_os = "linux"), "packages for this system are not made yet");
    println!("== set-up: what the build needs from this machine");
    setup::for_window(&place)?;
    println!("\n== screens (seconds)");
    screens::build(&place)?;
    let how_long =
        if options.debug { "the first time some minutes" } else { "ten minutes or more" };
    println!("\n== build ({how_long})");
    let package = make(&place, options.debug)?;
    let bytes = size(&package)?;
    println!("\n{}: {} kB", package.display(), bytes / 1000);
    println!("Install it: sudo apt-get install {}", package.display());
    let most = if options.debug { DEBUG_BYTES_MAX } else { PACKAGE_BYTES_MAX };
    ensure!(bytes <= most, "it has more than {most} bytes");
    Ok(ExitCode::SUCCESS)
}

/// Builds and packs; returns the package.
fn make(place: &Place, debug: bool) -> Result<PathBuf> {
    let built = binaries::both(place, !debug)?;
    // The binary lies in the folder of its profile, and that in the target folder.
    let target = built.desktop.ancestors().nth(2).context("a binary without a target folder")?;
    // Copies, since what cargo built stays as it is: the bundler writes into the app.
    let target = target.join("deb");
    let profile = target.join(if debug { "debug" } else { "release" });
    if profile.exists() {
        fs::remove_dir_all(&profile)
            .with_context(|| format!("cannot remove {}", profile.display()))?;
    }
    let lanyard = copy(place, &built.lanyard, &profile)?;
    copy(place, &built.desktop, &profile)?;
    let files = json!({
        "/usr/bin/lanyard": lanyard,
        "/usr/share/doc/lanyard/LICENSE-APACHE": place.root.join("LICENSE-APACHE"),
        "/usr/share/doc/lanyard/LICENSE-MIT": place.root.join("LICENSE-MIT"),
    });
    let config = json!({ "bundle": { "linux": { "deb": { "files": files } } } });
    let mut pack = place.command(place.root.join("ui/node_modules/.bin/tauri"));
    pack.args(["bundle", "--bundles", "deb", "--ci", "--no-sign"]);
    pack.arg("--config").arg(config.to_string()).env("CARGO_TARGET_DIR", &target);
    if debug {
        pack.arg("--debug");
    }
    watch(&mut pack)?;
    let folder = profile.join("bundle").join("deb");
    let package = packages(&folder).pop();
    package.with_context(|| format!("there is no package in {}", folder.display()))
}

/// Without what only a debugger reads; the names of functions stay.
fn copy(place: &Place, binary: &Path, folder: &Path) -> Result<PathBuf> {
    let to = folder.join(binary.file_name().unwrap_or_default());
    fs::create_dir_all(folder)
        .and_then(|()| fs::copy(binary, &to))
        .with_context(|| format!("cannot copy {} to {}", binary.display(), to.display()))?;
    watch(place.command("strip").arg("--strip-debug").arg(&to))?;
    Ok(to)
}

fn packages(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let paths = entries.map(|entry| entry.path());
    paths.filter(|path| path.extension().is_some_and(|end| end == "deb")).collect()
}

fn size(path: &Path) -> Result<u64> {
    let file = fs::metadata(path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(file.len())
}

/// The package of the debug binaries, installed and looked at; false where there are no Debian packages.
pub(crate) fn prove(place: &Place) -> Result<bool> {
    if !works(place.command("dpkg-deb").arg("--version")) {
        println!("skipped: this system has no Debian packages");
        return Ok(false);
    }
    screens::build(place)?;
    let package = make(place, true)?;
    let bytes = size(&package)?;
    ensure!(
        bytes <= DEBUG_BYTES_MAX,
        "{} has {bytes} bytes, at most {DEBUG_BYTES_MAX}",
        package.display()
    );
    // Quiet unless something is missing: all that it depends on is in the lists of this system.
    let mut resolve = place.command("apt-get");
    read(resolve.args(["install", "--simulate", "--quiet"]).arg(&package))
        .context("what the package depends on is not to be had here")?;
    let root = std::env::temp_dir().join(format!("lanyard-deb-{}", std::process::id()));
    let looked = install(place, &package, &root).and_then(|()| look(place, &root));
    let _ = fs::remove_dir_all(&root);
    looked?;
    println!("{}: {} kB, installs and runs", package.display(), bytes / 1000);
    Ok(true)
}

/// Installs into a folder as if it were the system's root; files of root can only be made by root.
fn install(place: &Place, package: &Path, root: &Path) -> Result<()> {
    let admin = root.join("var/lib/dpkg");
    for folder in ["info", "updates", "triggers"] {
        fs::create_dir_all(admin.join(folder)).context("cannot make a folder to install into")?;
    }
    if !setup::is_root(place) {
        return watch(place.command("dpkg-deb").arg("--extract").arg(package).arg(root));
    }
    fs::write(admin.join("status"), "").context("cannot write into the folder")?;
    let mut dpkg = place.command("dpkg");
    dpkg.arg(format!("--root={}", root.display())).arg("--log=/dev/null");
    // What it depends on is not in that folder.
    read(dpkg.args(["--force-depends", "--install"]).arg(package)).map(|_| ())
}

/// What a person finds after the installation.
fn look(place: &Place, root: &Path) -> Result<()> {
    let entry = root.join("usr/share/applications/Lanyard.desktop");
    let entry =
        fs::read_to_string(&entry).with_context(|| format!("there is no {}", entry.display()))?;
    let value = |key: &str| entry.lines().find_map(|line| line.strip_prefix(key));
    let exec = value("Exec=").context("the desktop entry starts nothing")?;
    let icon = value("Icon=").context("the desktop entry has no icon")?;
    let icon = root.join(format!("usr/share/icons/hicolor/128x128/apps/{icon}.png"));
    ensure!(icon.is_file(), "there is no {}", icon.display());
    for name in ["lanyard", exec] {
        let said = read(place.command(root.join("usr/bin").join(name)).arg("--version"))?;
        ensure!(said.starts_with("lanyard"), "`{name} --version` says {said:?}");
        print!("installed: {said}");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_is_made_for_use_or_for_tests() {
        let parse = |words: &[&str]| {
            let words: Vec<String> = words.iter().map(|&word| word.to_owned()).collect();
            Options::parse(&words).map(|options| options.debug)
        };
        assert!(!parse(&[]).unwrap());
        assert!(parse(&["--debug"]).unwrap());
        assert!(parse(&["--fast"]).is_err());
    }
}
