//! Counts how often SQLite asks the disk to keep what was written; for benchmarks, which print it.
//!
//! The one place of the workspace with `unsafe`: SQLite tells of its syncs only to the layer below it. That layer is
//! wrapped here and passes everything on.
#![allow(unsafe_code, reason = "SQLite's file layer is a table of C functions")]

use rusqlite::ffi;
use std::ffi::{CStr, c_int};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

static SYNCS: AtomicU64 = AtomicU64::new(0);
static BELOW: OnceLock<Below> = OnceLock::new();
static REAL_SYNC: OnceLock<Sync> = OnceLock::new();

type Sync = unsafe extern "C" fn(*mut ffi::sqlite3_file, c_int) -> c_int;
type Open = unsafe extern "C" fn(
    *mut ffi::sqlite3_vfs,
    ffi::sqlite3_filename,
    *mut ffi::sqlite3_file,
    c_int,
    *mut c_int,
) -> c_int;

/// SQLite's own file layer.
struct Below {
    vfs: usize,
    open: Open,
}

const NAME: &CStr = c"lanyard-counted";

/// Syncs of all stores of this process since [`count`] was called.
#[must_use]
pub fn syncs() -> u64 {
    SYNCS.load(Ordering::SeqCst)
}

/// Counts from now on, in stores that are opened from now on. Whether it could be set up.
pub fn count() -> bool {
    if BELOW.get().is_some() {
        return true;
    }
    // SAFETY: SQLite initialises itself on this call and returns a table that lives as long as the process.
    let found = unsafe {
        ffi::sqlite3_initialize();
        ffi::sqlite3_vfs_find(std::ptr::null()).as_ref()
    };
    let Some(below) = found else { return false };
    let Some(open) = below.xOpen else {
        return false;
    };
    let vfs = std::ptr::from_ref(below) as usize;
    if BELOW.set(Below { vfs, open }).is_err() {
        return true;
    }
    let mut counted = *below;
    counted.zName = NAME.as_ptr();
    counted.pNext = std::ptr::null_mut();
    counted.xOpen = Some(open_counted);
    // SAFETY: the table is leaked, so it lives as long as the process, as SQLite asks.
    unsafe { ffi::sqlite3_vfs_register(Box::leak(Box::new(counted)), 1) == ffi::SQLITE_OK }
}

unsafe extern "C" fn open_counted(
    _vfs: *mut ffi::sqlite3_vfs,
    name: ffi::sqlite3_filename,
    file: *mut ffi::sqlite3_file,
    flags: c_int,
    out: *mut c_int,
) -> c_int {
    let Some(below) = BELOW.get() else {
        return ffi::SQLITE_CANTOPEN;
    };
    // SAFETY: the arguments are SQLite's own; the table below expects itself as the first of them.
    let result =
        unsafe { (below.open)(below.vfs as *mut ffi::sqlite3_vfs, name, file, flags, out) };
    // SAFETY: after a successful open SQLite's file layer has filled in the file and its methods.
    let methods = unsafe { file.as_ref().and_then(|file| file.pMethods.as_ref()) };
    if let (ffi::SQLITE_OK, Some(methods)) = (result, methods)
        && let Some(real) = methods.xSync
    {
        // All kinds of files share one sync function.
        let _ = REAL_SYNC.set(real);
        let mut counted = *methods;
        counted.xSync = Some(sync_counted);
        // SAFETY: the file was just opened for us alone; the leaked methods outlive it.
        unsafe { (*file).pMethods = Box::leak(Box::new(counted)) };
    }
    result
}

unsafe extern "C" fn sync_counted(file: *mut ffi::sqlite3_file, flags: c_int) -> c_int {
    SYNCS.fetch_add(1, Ordering::SeqCst);
    // SAFETY: called by SQLite with a file whose methods named this function; the real one is set before that.
    REAL_SYNC.get().map_or(ffi::SQLITE_IOERR_FSYNC, |real| unsafe { real(file, flags) })
}
