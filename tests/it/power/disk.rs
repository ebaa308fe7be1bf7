//! A disk that forgets what was not synced, and can fail: `shim/powercut.c` under the real binary.
//!
//! What a folder held when a command began counts as safe. After it, [`Disk::survivors`] is what a power cut would have
//! left: names that a synced folder knew, each with what its file held at its last sync.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::UNIX_EPOCH;
use tempfile::TempDir;
use tests::{Live, Place, Ran, Snapshot};

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Nothing.
    None,
    /// The power goes at this sync, before it takes effect.
    CutAt(u64),
    /// From this sync on, syncs fail.
    FailSync(u64),
    /// This sync fails, and those after it say that all is well.
    FailOneSync(u64),
    /// From this write on, files cannot grow.
    Full(u64),
}

/// A place on such a disk.
#[derive(Debug)]
pub(crate) struct Disk {
    pub(crate) place: Place,
    watched: PathBuf,
    aside: TempDir,
}

/// What one run asked of the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) syncs: u64,
    /// Writes that made a file longer.
    pub(crate) writes: u64,
}

impl Disk {
    /// A disk under a folder of a place.
    pub(crate) fn under(place: Place, watched: PathBuf) -> Self {
        Self { place, watched, aside: tempfile::tempdir().unwrap() }
    }

    fn image(&self) -> PathBuf {
        self.aside.path().join("image")
    }

    /// Runs a command on this disk. All that is there now is safe.
    pub(crate) fn run(&self, fault: Fault, words: &[&str], stdin: &[u8]) -> Ran {
        let ran = Ran::of(self.command(fault, words), stdin);
        assert_ne!(ran.code, 99, "the shim gave up: {ran}");
        let cut = matches!(fault, Fault::CutAt(_)) && ran.code == 137;
        assert!(cut || ran.code == 0 || ran.code == 1, "{fault:?}: {ran}");
        ran
    }

    /// Starts a command on this disk that is spoken with.
    pub(crate) fn live(&self, fault: Fault, words: &[&str]) -> Live {
        Live::start(self.command(fault, words))
    }

    fn command(&self, fault: Fault, words: &[&str]) -> Command {
        self.keep_all();
        let (name, value) = match fault {
            Fault::None => ("POWERCUT_AT", 0),
            Fault::CutAt(n) => ("POWERCUT_AT", n),
            Fault::FailSync(n) => ("POWERCUT_FAIL_SYNC", n),
            Fault::FailOneSync(n) => ("POWERCUT_FAIL_ONE_SYNC", n),
            Fault::Full(n) => ("POWERCUT_FULL", n),
        };
        let mut command = self.place.json_command(words);
        command
            .env("LD_PRELOAD", shim())
            .env("POWERCUT_DIR", &self.watched)
            .env("POWERCUT_IMAGE", self.image())
            .env("POWERCUT_COUNT", self.aside.path().join("counts"))
            .env("POWERCUT_LOG", self.aside.path().join("log"))
            .env(name, value.to_string());
        command
    }

    /// What the last run asked for; only where its power did not go.
    pub(crate) fn counts(&self) -> Counts {
        let text =
            fs::read_to_string(self.aside.path().join("counts")).expect("the run came to its end");
        let numbers: Vec<u64> = text.split_whitespace().map(|n| n.parse().unwrap()).collect();
        Counts { syncs: numbers[0], writes: numbers[1] }
    }

    /// Syncs of files (`S`) and lines on standard output (`V`) of the last run, in order.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.aside.path().join("log")).unwrap()
    }

    /// Writes down all that is there as synced.
    fn keep_all(&self) {
        let _ = fs::remove_dir_all(self.image());
        for kind in ["files", "folders"] {
            fs::create_dir_all(self.image().join(kind)).unwrap();
        }
        for gone in ["counts", "log"] {
            let _ = fs::remove_file(self.aside.path().join(gone));
        }
        self.keep(&self.watched);
    }

    fn keep(&self, folder: &Path) {
        let mut names = String::new();
        for entry in fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            let kind = entry.file_type().unwrap();
            let name = entry.file_name().into_string().unwrap();
            if kind.is_dir() {
                self.keep(&entry.path());
                names += &format!("d {} {name}\n", key(&entry.path()));
            } else if kind.is_file() {
                let key = key(&entry.path());
                fs::copy(entry.path(), self.image().join("files").join(&key)).unwrap();
                names += &format!("f {key} {name}\n");
            }
        }
        fs::write(self.image().join("folders").join(key(folder)), names).unwrap();
    }

    /// What a power cut would have left of the watched folder.
    pub(crate) fn survivors(&self) -> Snapshot {
        let mut found = Snapshot::default();
        self.survivors_of(&key(&self.watched), Path::new(""), &mut found);
        found
    }

    fn survivors_of(&self, key: &str, below: &Path, found: &mut Snapshot) {
        // A folder that was never synced has no names, and a file that never was has no content.
        let names = fs::read_to_string(self.image().join("folders").join(key)).unwrap_or_default();
        for line in names.lines() {
            let parts: Vec<&str> = line.splitn(3, ' ').collect();
            let path = below.join(parts[2]);
            if parts[0] == "d" {
                self.survivors_of(parts[1], &path, found);
                found.folders.insert(path);
            } else {
                let content =
                    fs::read(self.image().join("files").join(parts[1])).unwrap_or_default();
                found.files.insert(path, content);
            }
        }
    }

    /// Makes the watched folder what the power cut left of it.
    pub(crate) fn power_back(&self) {
        self.survivors().put(&self.watched);
    }
}

/// A file's number and the moment it was made, as the shim writes it.
fn key(path: &Path) -> String {
    let meta = fs::metadata(path).unwrap();
    let made = meta.created().ok().and_then(|made| made.duration_since(UNIX_EPOCH).ok());
    format!("{}.{}", meta.ino(), made.map_or(0, |made| made.as_nanos()))
}

fn shim() -> &'static Path {
    static SHIM: LazyLock<PathBuf> = LazyLock::new(|| crate::shim::compiled("powercut"));
    &SHIM
}

/// Does the cases 1 to `last`, two at a time, each worker with something of its own.
pub(crate) fn each_case<T>(
    last: u64,
    make: impl Fn() -> T + Sync,
    one: impl Fn(&mut T, u64) + Sync,
) {
    let next = AtomicU64::new(1);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let mut own = make();
                loop {
                    let case = next.fetch_add(1, Ordering::SeqCst);
                    if case > last {
                        return;
                    }
                    one(&mut own, case);
                }
            });
        }
    });
}
