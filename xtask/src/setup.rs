//! What a build and the tests need from the machine: looked for, and installed where that is possible.
//!
//! Quiet where all is there. What cannot be installed from here is named with the words to type.
//! Nothing is changed but Debian packages that are missing, rustup components and our cache folder.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::place::{Place, line, watch, works};

/// What the independent reader of the record format is written with.
const PYTHON_PACKAGES: [&str; 2] = ["blake3", "cryptography"];

/// What only a build needs.
pub(crate) fn for_build(place: &Place) -> Result<()> {
    c_compiler(place)
}

/// What the tests need on top; returns the Python that has the packages.
pub(crate) fn for_tests(place: &Place) -> Result<PathBuf> {
    let _one_at_a_time = lock(place)?;
    c_compiler(place)?;
    rust_component(place, "rustfmt", "fmt")?;
    rust_component(place, "clippy", "clippy")?;
    python(place)?;
    venv(place)
}

/// Two checkouts tested at once must not build the same venv at once.
fn lock(place: &Place) -> Result<File> {
    let path = place.cache.join("setup.lock");
    fs::create_dir_all(&place.cache)
        .and_then(|()| File::create(&path))
        .and_then(|file| file.lock().map(|()| file))
        .with_context(|| format!("cannot lock {}", path.display()))
}

fn c_compiler(place: &Place) -> Result<()> {
    // On Windows the build finds the compiler by itself (unproven).
    let there = || cfg!(windows) || works(place.command("cc").arg("--version"));
    debian(place, "C compiler", there, &["gcc", "libc6-dev"])
}

fn python(place: &Place) -> Result<()> {
    let there = || works(place.command(python_name()).args(["-c", "import venv, ensurepip"]));
    debian(place, "python3 with venv", there, &["python3", "python3-venv"])
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

/// Installs Debian packages unless `there` says that what they bring is there already.
fn debian(place: &Place, what: &str, there: impl Fn() -> bool, packages: &[&str]) -> Result<()> {
    if there() {
        println!("{what}: there");
        return Ok(());
    }
    let names = packages.join(" ");
    if !works(place.command("apt-get").arg("--version")) {
        bail!(
            "{what} is missing. Install what your system calls {names}, then run this again. \
             (Only Debian and Ubuntu are set up from here.)"
        );
    }
    let Some(mut install) = apt_get(place) else {
        bail!(
            "{what} is missing, and installing it needs root. Type this, then run this again:\n\
             \n  sudo apt-get update && sudo apt-get install -y {names}\n"
        );
    };
    println!("{what}: missing, installing {names}");
    install.args(["install", "-y", "-q", "--no-install-recommends"]);
    install.args(packages);
    // On a fresh system there are no package lists yet, or old ones: fetch them and try once more.
    if !works(&mut install) {
        if let Some(update) = apt_get(place).as_mut() {
            watch(update.args(["update", "-q"]))?;
        }
        watch(&mut install)?;
    }
    if !there() {
        bail!("{what} is still missing after: {}", line(&install));
    }
    Ok(())
}

/// `apt-get` as root: directly, else by sudo if that asks for no password.
fn apt_get(place: &Place) -> Option<Command> {
    const QUESTIONS_OFF: &str = "DEBIAN_FRONTEND=noninteractive";
    if is_root(place) {
        let mut command = place.command("env");
        command.args([QUESTIONS_OFF, "apt-get"]);
        return Some(command);
    }
    works(place.command("sudo").args(["-n", "true"])).then(|| {
        let mut command = place.command("sudo");
        command.args(["-n", "env", QUESTIONS_OFF, "apt-get"]);
        command
    })
}

fn is_root(place: &Place) -> bool {
    let id = place.command("id").arg("-u").output();
    id.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
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
