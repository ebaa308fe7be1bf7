//! The data folder: where a station's keys and events lie, and who owns it.
//!
//! ```text
//! DIR/lock                      held by the process that owns the folder; holds its number
//! DIR/station.key               this station's secret, 64 hex digits
//! DIR/station.name              this station's name
//! DIR/station.json              what this laptop is set to: event, gate, operator, look of the screens
//! DIR/uploads/                  files that a screen handed over for an import, until that is done
//! DIR/events/ID/store.db        one event's records and projections
//! DIR/peers.json                where other stations were found last
//! DIR/events/ID/root.key        the event's root secret, until it is taken out
//! DIR/events/ID/invites.json    tickets that other laptops may still join with
//! ```

use crate::clock::SystemEntropy;
use crate::problem::{Code, Problem};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};
use sync::id::EventId;
use sync::keys::SecretKey;
use sync::store::Installation;

/// How long a file that a screen handed over may wait for its import.
const UPLOADS_FOR: std::time::Duration = std::time::Duration::from_secs(3600);

/// A data folder.
#[derive(Debug, Clone)]
pub struct Folder(PathBuf);

/// Ownership of a folder, until dropped.
#[derive(Debug)]
pub struct Lock(#[allow(dead_code, reason = "held, not read")] File);

impl Folder {
    /// The folder at that path. Nothing is touched.
    #[must_use]
    pub fn at(path: &Path) -> Self {
        Self(path.to_owned())
    }

    /// Its path.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The path without links, by which other processes name the same folder.
    #[must_use]
    pub fn canonical(&self) -> PathBuf {
        self.0.canonicalize().unwrap_or_else(|_| self.0.clone())
    }

    /// Makes the folder if it is not there.
    ///
    /// # Errors
    /// Where it cannot be made.
    pub fn make(&self) -> Result<(), Problem> {
        let events = self.0.join("events");
        let is_missing = |path: &&Path| !path.as_os_str().is_empty() && !path.exists();
        let missing: Vec<&Path> = events.ancestors().take_while(is_missing).collect();
        // From the outermost in; each name is durable in the folder above it before anything is put inside.
        for path in missing.into_iter().rev() {
            match fs::create_dir(path) {
                Err(e) if e.kind() != std::io::ErrorKind::AlreadyExists => {
                    return Err(Problem::io(path, &e));
                }
                _ => {}
            }
            match path.parent() {
                Some(parent) if parent.as_os_str().is_empty() => sync_dir(Path::new("."))?,
                Some(parent) => sync_dir(parent)?,
                None => {}
            }
        }
        Ok(())
    }

    /// Whether there is a station's folder.
    #[must_use]
    pub fn is_there(&self) -> bool {
        self.0.join("events").is_dir()
    }

    /// Takes ownership; none where another process has it.
    ///
    /// # Errors
    /// Where the folder cannot be written to.
    pub fn lock(&self) -> Result<Option<Lock>, Problem> {
        let path = self.0.join("lock");
        let options =
            OpenOptions::new().create(true).truncate(false).read(true).write(true).open(&path);
        let mut file = options.map_err(|e| Problem::io(&path, &e))?;
        match file.try_lock() {
            Ok(()) => {
                // The number only helps a person to find the process; ownership is the lock itself.
                let _ = file.set_len(0);
                let _ = file.rewind();
                let _ = write!(file, "{}", std::process::id());
                Ok(Some(Lock(file)))
            }
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(e)) => Err(Problem::io(&path, &e)),
        }
    }

    /// The number of the process that last took ownership.
    #[must_use]
    pub fn owner(&self) -> Option<u32> {
        fs::read_to_string(self.0.join("lock")).ok()?.trim().parse().ok()
    }

    /// This station's key.
    ///
    /// # Errors
    /// Where it is missing or cannot be read.
    pub fn station_key(&self) -> Result<SecretKey, Problem> {
        read_key(&self.0.join("station.key"))
    }

    /// This station's key and name, made if the folder has none yet.
    ///
    /// # Errors
    /// Where they cannot be read or written.
    pub fn found_station(&self, name: &str) -> Result<(SecretKey, String), Problem> {
        let (key_path, name_path) = (self.0.join("station.key"), self.0.join("station.name"));
        if !key_path.exists() {
            write_durably(&name_path, name.as_bytes(), false)?;
            write_key(&key_path, &SecretKey::generate(&mut SystemEntropy))?;
        }
        let name = fs::read_to_string(&name_path).map_err(|e| Problem::io(&name_path, &e))?;
        Ok((self.station_key()?, name.trim().to_owned()))
    }

    /// This station's name, where it has one yet.
    #[must_use]
    pub fn station_name(&self) -> Option<String> {
        let name = fs::read_to_string(self.0.join("station.name")).ok()?;
        Some(name.trim().to_owned()).filter(|name| !name.is_empty())
    }

    /// Where what this laptop is set to is kept.
    #[must_use]
    pub fn post(&self) -> PathBuf {
        self.0.join("station.json")
    }

    /// Where others were found last.
    pub(crate) fn peers(&self) -> PathBuf {
        self.0.join("peers.json")
    }

    /// Invitations of an event that are not used up.
    pub(crate) fn invites(&self, event: EventId) -> PathBuf {
        self.event(event).join("invites.json")
    }

    /// Names this station anew.
    pub(crate) fn name_station(&self, name: &str) -> Result<(), Problem> {
        if self.station_name().as_deref() == Some(name) {
            return Ok(());
        }
        write_durably(&self.0.join("station.name"), name.as_bytes(), false)
    }

    /// Where files are put that a screen hands over.
    #[must_use]
    pub fn uploads(&self) -> PathBuf {
        self.0.join("uploads")
    }

    /// Removes files that a screen handed over: all that are older than an hour, and of the others all but the latest.
    pub(crate) fn clear_uploads(&self, keep: usize) {
        let mut found: Vec<(std::time::SystemTime, PathBuf)> = fs::read_dir(self.uploads())
            .into_iter()
            .flatten()
            .flatten()
            .filter_map(|entry| Some((entry.metadata().ok()?.modified().ok()?, entry.path())))
            .collect();
        found.sort();
        let many = found.len().saturating_sub(keep);
        for (place, (at, path)) in found.iter().enumerate() {
            let old = at.elapsed().is_ok_and(|age| age > UPLOADS_FOR);
            if old || place < many {
                let _ = fs::remove_file(path);
            }
        }
    }

    /// The events in this folder.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn events(&self) -> Result<Vec<EventId>, Problem> {
        let path = self.0.join("events");
        let mut events = Vec::new();
        for entry in fs::read_dir(&path).map_err(|e| Problem::io(&path, &e))? {
            let entry = entry.map_err(|e| Problem::io(&path, &e))?;
            let name = entry.file_name();
            if let Some(id) = name.to_str().and_then(domain::id::from_hex) {
                events.push(EventId(id));
            }
        }
        events.sort();
        Ok(events)
    }

    /// The store of an event.
    #[must_use]
    pub fn store(&self, event: EventId) -> PathBuf {
        self.event(event).join("store.db")
    }

    /// The root key of an event.
    #[must_use]
    pub fn root_key(&self, event: EventId) -> PathBuf {
        self.event(event).join("root.key")
    }

    fn event(&self, event: EventId) -> PathBuf {
        self.0.join("events").join(event.to_string())
    }

    /// A folder for an event that is being made; nobody sees it before [`Folder::publish`].
    ///
    /// # Errors
    /// Where it cannot be made.
    pub fn draft(&self, event: EventId) -> Result<PathBuf, Problem> {
        let events = self.0.join("events");
        // What a killed `event new` left behind was never an event.
        for entry in fs::read_dir(&events).into_iter().flatten().flatten() {
            if entry.file_name().to_string_lossy().starts_with(".new-") {
                let _ = fs::remove_dir_all(entry.path());
            }
        }
        let draft = events.join(format!(".new-{event}"));
        fs::create_dir(&draft).map_err(|e| Problem::io(&draft, &e))?;
        Ok(draft)
    }

    /// Makes a draft the event's folder, in one durable step.
    ///
    /// # Errors
    /// Where it cannot be renamed.
    pub fn publish(&self, draft: &Path, event: EventId) -> Result<(), Problem> {
        sync_dir(draft)?;
        fs::rename(draft, self.event(event)).map_err(|e| Problem::io(draft, &e))?;
        sync_dir(&self.0.join("events"))
    }

    /// What tells this store file from a copy of it: machine, disk and place on the disk.
    #[must_use]
    pub fn installation(&self, store: &Path) -> Installation {
        let machine = fs::read("/etc/machine-id").unwrap_or_default();
        let place = place_on_disk(store).unwrap_or_default();
        sync::id::installation(&machine, &place)
    }
}

#[cfg(unix)]
fn place_on_disk(store: &Path) -> Option<Vec<u8>> {
    use std::os::unix::fs::MetadataExt;
    // The folder's number, for it is there before the store is.
    let meta = fs::metadata(store.parent()?).ok()?;
    Some([meta.dev().to_le_bytes(), meta.ino().to_le_bytes()].concat())
}

/// Unproven: on Windows a copy is told by its path alone.
#[cfg(not(unix))]
fn place_on_disk(store: &Path) -> Option<Vec<u8>> {
    Some(store.canonicalize().ok()?.to_string_lossy().into_owned().into_bytes())
}

/// Writes a secret so that only its owner can read it.
///
/// # Errors
/// Where the file is there already or cannot be written.
pub fn write_key(path: &Path, key: &SecretKey) -> Result<(), Problem> {
    let hex: String = key.seed().iter().map(|byte| format!("{byte:02x}")).collect();
    write_durably(path, hex.as_bytes(), true)
}

/// Reads a secret that [`write_key`] wrote.
///
/// # Errors
/// Where it is missing or something else.
pub fn read_key(path: &Path) -> Result<SecretKey, Problem> {
    let mut text = String::new();
    let read = File::open(path).and_then(|file| file.take(1024).read_to_string(&mut text));
    read.map_err(|e| Problem::io(path, &e))?;
    let seed = domain::id::from_hex(text.trim()).ok_or_else(|| {
        let message = format!("{} does not hold a key.", path.display());
        Problem::new(Code::Damaged, message, "Put the file back as it was: 64 hex digits.")
    })?;
    Ok(SecretKey::from_seed(&seed))
}

/// Writes a file so that it is there whole or not at all. A secret is never written over another file.
pub(crate) fn write_durably(path: &Path, bytes: &[u8], secret: bool) -> Result<(), Problem> {
    let problem = |e| Problem::io(path, &e);
    if secret && path.exists() {
        return Err(problem(std::io::ErrorKind::AlreadyExists.into()));
    }
    let mut draft = path.as_os_str().to_owned();
    draft.push(".new");
    let draft = PathBuf::from(draft);
    // What a write that was cut off left behind.
    let _ = fs::remove_file(&draft);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if secret {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let written = options
        .open(&draft)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&draft, path));
    if written.is_err() {
        let _ = fs::remove_file(&draft);
    }
    written.map_err(problem)?;
    match path.parent() {
        Some(parent) if parent.as_os_str().is_empty() => sync_dir(Path::new(".")),
        Some(parent) => sync_dir(parent),
        None => Ok(()),
    }
}

/// Makes names in a folder durable. Windows has no such call and needs none.
pub(crate) fn sync_dir(path: &Path) -> Result<(), Problem> {
    if cfg!(unix) {
        File::open(path).and_then(|dir| dir.sync_all()).map_err(|e| Problem::io(path, &e))?;
    }
    Ok(())
}

/// This computer's name.
pub(crate) fn host_name() -> String {
    let name = fs::read_to_string("/proc/sys/kernel/hostname").ok();
    let name =
        name.or_else(|| std::env::var("HOSTNAME").or_else(|_| std::env::var("COMPUTERNAME")).ok());
    name.map(|name| name.trim().to_owned())
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| "station".to_owned())
}

/// `--data`, else the user's data folder.
///
/// # Errors
/// Where there is neither one nor the other.
pub fn data_folder(given: Option<PathBuf>) -> Result<PathBuf, Problem> {
    let home = || std::env::var_os("HOME").map(|home| Path::new(&home).join(".local/share"));
    let base =
        || std::env::var_os("XDG_DATA_HOME").filter(|dir| !dir.is_empty()).map(PathBuf::from);
    let folder = given.or_else(|| base().or_else(home).map(|dir| dir.join("lanyard")));
    folder.ok_or_else(|| Problem::bad("There is no data folder.", "Give one with --data DIR."))
}
