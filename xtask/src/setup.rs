//! What builds and tests need from the machine: looked for, and installed where that is possible.
//!
//! Quiet where all is there. What cannot be installed from here is named with the words to type.
//! Nothing is changed but Debian packages that are missing, rustup components, `node_modules` folders and our
//! cache folder.

mod debian;
mod node;

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::place::{Place, watch, works};
pub(crate) use debian::is_root;
use debian::{Need, Sign};
pub(crate) use node::{npm, packages};

/// What the independent reader of the record format is written with.
const PYTHON_PACKAGES: [&str; 2] = ["blake3", "cryptography"];

const fn need(what: &'static str, sign: Sign, packages: &'static [&'static str]) -> Need {
    Need { what, sign, packages }
}

/// The C compiler, and what reads the headers by which cameras are spoken to.
const COMMAND: [Need; 2] = [
    need("C compiler", Sign::Runs("cc", &["--version"]), &["gcc", "libc6-dev"]),
    need("libclang", Sign::Package("libclang-dev"), &["libclang-dev"]),
];

const WINDOW: [Need; 3] = [
    need("pkg-config", Sign::Program("pkg-config"), &["pkg-config"]),
    need("WebKitGTK 4.1", Sign::Library("webkit2gtk-4.1"), &["libwebkit2gtk-4.1-dev"]),
    need("librsvg", Sign::Library("librsvg-2.0"), &["librsvg2-dev"]),
];

/// What drives and shows the windows under test; fonts for names in many scripts.
const TESTS: [Need; 11] = [
    need(
        "python3 with venv",
        Sign::Runs("python3", &["-c", "import venv, ensurepip"]),
        &["python3", "python3-venv"],
    ),
    need("WebKitWebDriver", Sign::Program("WebKitWebDriver"), &["webkit2gtk-driver"]),
    need("Xvfb", Sign::Program("Xvfb"), &["xvfb"]),
    need("xauth", Sign::Program("xauth"), &["xauth"]),
    need("D-Bus", Sign::Program("dbus-daemon"), &["dbus"]),
    need("xdotool", Sign::Program("xdotool"), &["xdotool"]),
    need("ImageMagick", Sign::Program("import"), &["imagemagick"]),
    need("DejaVu fonts", Sign::Font("DejaVu Sans"), &["fontconfig", "fonts-dejavu-core"]),
    need("Noto fonts", Sign::Font("Noto Sans Hebrew"), &["fonts-noto-core"]),
    need("Noto fonts of East Asia", Sign::Font("Noto Sans CJK JP"), &["fonts-noto-cjk"]),
    need("Noto Emoji", Sign::Font("Noto Color Emoji"), &["fonts-noto-color-emoji"]),
];

/// Browsers that the screens are tested in.
const CHROMIUMS: [&str; 4] =
    ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// What the tests were given.
#[derive(Debug)]
pub(crate) struct Tools {
    /// A Python that has the packages.
    pub(crate) python: PathBuf,
    pub(crate) chromium: PathBuf,
}

/// What the `lanyard` command is built with, without the screens in it.
pub(crate) fn for_terminal(place: &Place) -> Result<()> {
    let _one_at_a_time = lock(place)?;
    system(place, &COMMAND)
}

/// What the `lanyard` command with its screens is built with.
pub(crate) fn for_screens(place: &Place) -> Result<()> {
    let _one_at_a_time = lock(place)?;
    node::present(place)?;
    system(place, &COMMAND)?;
    screens(place)
}

/// What the desktop app is built with.
pub(crate) fn for_window(place: &Place) -> Result<()> {
    let _one_at_a_time = lock(place)?;
    node::present(place)?;
    system(place, &[COMMAND.as_slice(), &WINDOW].concat())?;
    screens(place)
}

/// What the tests need on top.
pub(crate) fn for_tests(place: &Place) -> Result<Tools> {
    let _one_at_a_time = lock(place)?;
    node::present(place)?;
    let mut needs = [COMMAND.as_slice(), &WINDOW, &TESTS].concat();
    if chromium(place).is_none() && !offers_no_chromium() {
        needs.push(need("Chromium", Sign::Program("chromium"), &["chromium"]));
    }
    system(place, &needs)?;
    let chromium = chromium(place).context(
        "no Chromium that the tests can use (one from a snap sees no temporary folders). \
         Install Google Chrome, or name another by LANYARD_CHROMIUM, then run this again",
    )?;
    println!("browser of the tests: {}", chromium.display());
    rust_component(place, "rustfmt", "fmt")?;
    rust_component(place, "clippy", "clippy")?;
    screens(place)?;
    Ok(Tools { python: venv(place)?, chromium })
}

/// What the driver of the guest's cameras is built with, on top.
pub(crate) fn for_guest(place: &Place) -> Result<()> {
    let _one_at_a_time = lock(place)?;
    system(place, &[need("make", Sign::Program("make"), &["make"])])
}

/// Two checkouts set up at once must not install at once, nor build the same venv.
fn lock(place: &Place) -> Result<File> {
    let path = place.cache.join("setup.lock");
    fs::create_dir_all(&place.cache)
        .and_then(|()| File::create(&path))
        .and_then(|file| file.lock().map(|()| file))
        .with_context(|| format!("cannot lock {}", path.display()))
}

fn system(place: &Place, needs: &[Need]) -> Result<()> {
    // macOS and Windows bring what the window needs; the rest is for their owners to install (unproven).
    if cfg!(target_os = "linux") {
        debian::fetch(place, needs)?;
        let names: Vec<&str> = needs.iter().map(|need| need.what).collect();
        println!("there: {}", names.join(", "));
    }
    Ok(())
}

/// What the screens in `ui/` are built with.
fn screens(place: &Place) -> Result<()> {
    packages(place, "ui")?;
    println!("there: node packages of ui");
    Ok(())
}

fn chromium(place: &Place) -> Option<PathBuf> {
    if let Some(given) = place.given_chromium() {
        return Some(given);
    }
    let paths = CHROMIUMS.iter().filter_map(|name| place.path_of(name));
    paths.into_iter().find(|path| !is_snap(path) && works(place.command(path).arg("--version")))
}

/// A snap, or the script that Ubuntu has in its place.
fn is_snap(path: &Path) -> bool {
    const SCRIPT_BYTES_MAX: u64 = 64 * 1024;
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    let short = fs::metadata(&target).is_ok_and(|file| file.len() <= SCRIPT_BYTES_MAX);
    target.ends_with("usr/bin/snap")
        || target.starts_with("/snap")
        || (short && fs::read_to_string(&target).is_ok_and(|text| text.contains("/snap/bin/")))
}

/// Ubuntu's package of that name only brings the snap.
fn offers_no_chromium() -> bool {
    let system = fs::read_to_string("/etc/os-release").unwrap_or_default();
    system.lines().any(|line| line == "ID=ubuntu")
}

fn python_name() -> &'static str {
    if cfg!(windows) { "python" } else { "python3" }
}

fn rust_component(place: &Place, component: &str, subcommand: &str) -> Result<()> {
    if works(&mut place.cargo(&[subcommand, "--version"])) {
        println!("{component}: there");
        return Ok(());
    }
    println!("{component}: missing, installing");
    watch(place.command("rustup").args(["component", "add", component]))
}

/// A Python of our own, so that no package lands in the system's.
fn venv(place: &Place) -> Result<PathBuf> {
    let folder = place.cache.join("venv");
    let python = if cfg!(windows) {
        folder.join("Scripts").join("python.exe")
    } else {
        folder.join("bin").join("python")
    };
    // The stamp is written last: a folder without it is half-made or was meant for other packages.
    let stamp = folder.join("lanyard-packages");
    let wanted = PYTHON_PACKAGES.join("\n");
    let imports = format!("import {}", PYTHON_PACKAGES.join(", "));
    let complete = fs::read_to_string(&stamp).is_ok_and(|text| text == wanted);
    if complete && works(place.command(&python).args(["-c", &imports])) {
        println!("python packages {}: there", PYTHON_PACKAGES.join(", "));
        return Ok(python);
    }
    println!(
        "python packages {}: missing, installing into {}",
        PYTHON_PACKAGES.join(", "),
        folder.display()
    );
    watch(place.command(python_name()).args(["-m", "venv", "--clear"]).arg(&folder))?;
    // Where pip looks is the machine's affair: its configuration and environment decide.
    watch(place.command(&python).args(["-m", "pip", "install", "--quiet"]).args(PYTHON_PACKAGES))?;
    watch(place.command(&python).args(["-c", &imports]))?;
    fs::write(&stamp, wanted).with_context(|| format!("cannot write {}", stamp.display()))?;
    Ok(python)
}

/// A cargo tool: on the path, else in our own tools folder, else installed there.
pub(crate) fn cargo_tool(place: &Place, name: &str) -> Result<PathBuf> {
    let tools = place.cache.join("tools");
    let own = tools.join("bin").join(name);
    for candidate in [Path::new(name), &own] {
        if works(place.command(candidate).arg("--version")) {
            println!("{name}: there");
            return Ok(candidate.to_path_buf());
        }
    }
    println!("{name}: missing, building it into {} (some minutes, once)", tools.display());
    // Not in our target folder: its dependencies are nobody else's.
    watch(
        place
            .cargo(&["install", name, "--locked", "--root"])
            .arg(&tools)
            .env_remove("CARGO_TARGET_DIR"),
    )?;
    Ok(own)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stand_in_for_a_snap_is_no_browser() {
        let folder = std::env::temp_dir().join(format!("lanyard-snap-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let script = |name: &str, text: &str| {
            let path = folder.join(name);
            fs::write(&path, text).unwrap();
            path
        };
        let stand_in = script("a", "#!/bin/sh\nexec /snap/bin/chromium \"$@\"\n");
        let browser = script("b", "#!/bin/sh\nexec /usr/lib/chromium/chromium \"$@\"\n");
        assert!(is_snap(&stand_in) && !is_snap(&browser));
        fs::remove_dir_all(&folder).unwrap();
    }
}
