//! Node, npm, and the packages of a folder with a `package-lock.json`, by `npm install --no-save`.
//!
//! Node itself is not installed from here: too many systems offer one that is too old.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::SystemTime;

use anyhow::{Result, bail};

use crate::place::{Place, line, read, watch, works};

/// What the tools of the screens ask for: major, minor.
const OLDEST: (u32, u32) = (20, 19);

/// Node and npm are there and new enough, or an error with words.
pub(super) fn present(place: &Place) -> Result<()> {
    let found = read(place.command("node").arg("--version")).ok();
    let npm = works(npm(place, &place.root).arg("--version"));
    if npm && found.as_deref().and_then(version).is_some_and(|version| version >= OLDEST) {
        return Ok(());
    }
    let found = match (&found, npm) {
        (None, _) => "there is no node".to_owned(),
        (Some(_), false) => "there is no npm".to_owned(),
        (Some(found), true) => format!("there is {}", found.trim()),
    };
    let (major, minor) = OLDEST;
    bail!(
        "Node {major}.{minor} or later with npm is needed, and {found}. Debian 13 has it: \
         sudo apt-get install -y nodejs npm. Elsewhere take it from nodejs.org, then run this again."
    )
}

/// `v20.19.2`
fn version(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text.trim().strip_prefix('v')?.split('.');
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

/// npm in a folder.
pub(crate) fn npm(place: &Place, folder: &Path) -> Command {
    let mut npm = place.command(if cfg!(windows) { "npm.cmd" } else { "npm" });
    npm.current_dir(folder);
    npm
}

/// The packages named by the folder's lock, fetched only when they are not there or the lock is newer.
pub(crate) fn packages(place: &Place, folder: &str) -> Result<()> {
    let path = place.root.join(folder);
    if is_current(&path) {
        return Ok(());
    }
    let mut fetch = npm(place, &path);
    // Not `npm ci`: it refuses a lock that names fewer platforms' optional packages than there are elsewhere.
    // What the lock names is installed as it says, and the lock is not written.
    fetch.args(["install", "--no-save", "--no-audit", "--no-fund"]);
    println!("{folder}: {} (up to a minute)", line(&fetch));
    watch(&mut fetch)
}

fn is_current(folder: &Path) -> bool {
    let changed = |name: &str| fs::metadata(folder.join(name)).and_then(|file| file.modified());
    let lock = changed("package-lock.json").unwrap_or(SystemTime::UNIX_EPOCH);
    // npm writes this one when it has put all else in place.
    changed("node_modules/.package-lock.json").is_ok_and(|done| done >= lock)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::File;
    use std::time::Duration;

    #[test]
    fn a_version_of_node() {
        assert_eq!(version("v20.19.2\n"), Some((20, 19)));
        assert_eq!(version("v24.0.0"), Some((24, 0)));
        assert_eq!(version("20.19.2"), None);
        assert_eq!(version("v20"), None);
        assert!((18, 20) < OLDEST && (22, 0) > OLDEST);
    }

    #[test]
    fn packages_are_fetched_when_the_lock_is_newer() {
        let folder = std::env::temp_dir().join(format!("lanyard-npm-{}", std::process::id()));
        fs::create_dir_all(folder.join("node_modules")).unwrap();
        let lock = File::create(folder.join("package-lock.json")).unwrap();
        assert!(!is_current(&folder), "never fetched");
        let done = File::create(folder.join("node_modules/.package-lock.json")).unwrap();
        let then = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000);
        lock.set_modified(then).unwrap();
        done.set_modified(then).unwrap();
        assert!(is_current(&folder));
        lock.set_modified(then + Duration::from_secs(1)).unwrap();
        assert!(!is_current(&folder));
        fs::remove_dir_all(&folder).unwrap();
    }
}
