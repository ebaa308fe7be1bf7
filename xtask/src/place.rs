//! Where things are, and how another program is started from there.
//!
//! The one place that reads the environment: the repository's root, the folder for what set-up makes,
//! the target folder. Everything else is handed a [`Place`].

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// The crates of this workspace, but for this one, which is running.
const OURS: [&str; 5] = ["domain", "sync", "station", "lanyard-desktop", "tests"];

/// The checkout that the tasks work on, and the folders they may write to outside of it.
#[derive(Debug)]
pub(crate) struct Place {
    /// The workspace's root; every command starts there.
    pub(crate) root: PathBuf,
    /// `lanyard` in the user's cache folder: venv, tools, trial events, target folder.
    pub(crate) cache: PathBuf,
    /// Target folder for the cargo calls made here, where it is not cargo's own choice.
    target: Option<PathBuf>,
}

impl Place {
    /// Looks around, and says in one line which target folder is used if it is not cargo's default.
    pub(crate) fn find() -> Result<Self> {
        // Where cargo started this, not where it was built: checkouts that share a target folder share binaries.
        let package =
            set("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
        let root =
            Path::new(&package).parent().context("xtask has no folder above it")?.to_path_buf();
        let cache = user_cache()?.join("lanyard");
        let target = target_folder(&cache)?;
        if let Some(target) = &target {
            println!("target folder: {}", target.display());
        }
        Ok(Self { root, cache, target })
    }

    /// Throws away what another checkout built of our crates: cargo goes by the age of files, and the same file may be
    /// younger there. What others wrote stays built.
    pub(crate) fn own_target(&self) -> Result<()> {
        let Some(target) = &self.target else { return Ok(()) };
        let (note, root) = (target.join("checkout"), self.root.display().to_string());
        if std::fs::read_to_string(&note).is_ok_and(|last| last == root) {
            return Ok(());
        }
        watch(self.cargo(&["clean", "--quiet"]).args(OURS.map(|name| format!("-p{name}"))))?;
        std::fs::write(&note, root).with_context(|| format!("cannot write {}", note.display()))
    }

    /// The cargo that started this task, in the root, with the target folder set.
    pub(crate) fn cargo(&self, args: &[&str]) -> Command {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = self.command(cargo);
        command.args(args);
        if let Some(target) = &self.target {
            command.env("CARGO_TARGET_DIR", target);
        }
        command
    }

    /// Where the program lies that a shell would start by this name.
    pub(crate) fn path_of(&self, program: &str) -> Option<PathBuf> {
        let folders = std::env::var_os("PATH")?;
        let paths = std::env::split_paths(&folders).map(|folder| folder.join(program));
        paths.into_iter().find(|path| path.is_file())
    }

    /// The browser named by whoever started this, for the tests.
    pub(crate) fn given_chromium(&self) -> Option<PathBuf> {
        set("LANYARD_CHROMIUM").map(PathBuf::from)
    }

    /// Whether a window can be shown to whoever started this.
    pub(crate) fn has_display(&self) -> bool {
        !cfg!(target_os = "linux") || set("DISPLAY").or(set("WAYLAND_DISPLAY")).is_some()
    }

    /// Any other program, in the root.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.root);
        // What `cargo run` tells xtask about itself would reach the build scripts and rebuild them.
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
                command.env_remove(&name);
            }
        }
        command
    }
}

/// `$XDG_CACHE_HOME`, else `.cache` in the home folder.
fn user_cache() -> Result<PathBuf> {
    if let Some(cache) = set("XDG_CACHE_HOME") {
        return Ok(PathBuf::from(cache));
    }
    let home = set("HOME")
        .or_else(|| set("USERPROFILE"))
        .context("neither XDG_CACHE_HOME nor HOME is set: set one of them")?;
    Ok(PathBuf::from(home).join(".cache"))
}

fn set(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

/// A target folder shared by all checkouts of this user: used where it exists, made only in CI.
fn target_folder(cache: &Path) -> Result<Option<PathBuf>> {
    if std::env::var_os("CARGO_TARGET_DIR").is_some() {
        return Ok(None);
    }
    let target = cache.join("target");
    let in_ci = std::env::var_os("CI").is_some_and(|value| value == "true");
    if in_ci {
        std::fs::create_dir_all(&target)
            .with_context(|| format!("cannot make the folder {}", target.display()))?;
    }
    Ok(target.is_dir().then_some(target))
}

/// Runs to the end with output shown as it comes; anything but success is an error.
pub(crate) fn watch(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("cannot start {}", line(command)))?;
    if !status.success() {
        bail!("this failed ({status}): {}", line(command));
    }
    Ok(())
}

/// Runs to the end and returns standard output; standard error is shown only on failure.
pub(crate) fn read(command: &mut Command) -> Result<String> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("cannot start {}", line(command)))?;
    if !output.status.success() {
        eprint!("{}", String::from_utf8_lossy(&output.stderr));
        bail!("this failed ({}): {}", output.status, line(command));
    }
    String::from_utf8(output.stdout).with_context(|| format!("not UTF-8: {}", line(command)))
}

/// Whether the program can be started and succeeds; silent.
pub(crate) fn works(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// The command as a person would type it, without the path of the program.
pub(crate) fn line(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let name = program.file_name().unwrap_or(program.as_os_str());
    let words = std::iter::once(name).chain(command.get_args());
    let words: Vec<String> = words.map(|word| quoted(&word.to_string_lossy())).collect();
    words.join(" ")
}

fn quoted(word: &str) -> String {
    if word.is_empty() || word.contains(|c: char| c.is_whitespace() || c == '\'') {
        format!("{word:?}")
    } else {
        word.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_reads_as_typed() {
        let mut command = Command::new("/some/where/cargo");
        command.args(["test", "--name", "Two Words"]);
        assert_eq!(line(&command), r#"cargo test --name "Two Words""#);
    }
}
