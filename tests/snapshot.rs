//! A folder's files in memory, to be put back as often as a test needs them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Files and folders below one folder, by their relative path.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Snapshot {
    /// Contents of the files.
    pub files: BTreeMap<PathBuf, Vec<u8>>,
    /// Folders.
    pub folders: BTreeSet<PathBuf>,
}

impl Snapshot {
    /// What is in a folder now.
    #[must_use]
    pub fn of(folder: &Path) -> Self {
        let mut snapshot = Self::default();
        snapshot.add(folder, Path::new(""));
        snapshot
    }

    fn add(&mut self, root: &Path, below: &Path) {
        for entry in fs::read_dir(root.join(below)).expect("a folder can be listed") {
            let entry = entry.expect("an entry");
            let path = below.join(entry.file_name());
            let kind = entry.file_type().expect("a type");
            if kind.is_dir() {
                self.add(root, &path);
                self.folders.insert(path);
            } else if kind.is_file() {
                let bytes = fs::read(root.join(&path)).expect("a file can be read");
                self.files.insert(path, bytes);
            }
        }
    }

    /// Makes a folder hold this and nothing else. Folders that stay are the same folders as before, so that a station
    /// does not take the result for a copy of its data.
    pub fn put(&self, folder: &Path) {
        let now = if folder.exists() { Self::of(folder) } else { Self::default() };
        for gone in now.files.keys().filter(|path| !self.files.contains_key(*path)) {
            fs::remove_file(folder.join(gone)).expect("a file can be removed");
        }
        // Below before above.
        for gone in now.folders.iter().rev().filter(|path| !self.folders.contains(*path)) {
            fs::remove_dir(folder.join(gone)).expect("a folder can be removed");
        }
        fs::create_dir_all(folder).expect("a folder can be made");
        for made in &self.folders {
            fs::create_dir_all(folder.join(made)).expect("a folder can be made");
        }
        for (path, bytes) in &self.files {
            fs::write(folder.join(path), bytes).expect("a file can be written");
        }
    }
}
