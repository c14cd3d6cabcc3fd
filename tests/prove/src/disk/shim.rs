//! The VFS: SQLite's own beneath, and a [`Watch`] asked before each change.

use std::ffi::{CStr, OsStr, c_char, c_int, c_void};
use std::mem::size_of;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::ptr;
use std::sync::{Arc, Once};

use libsqlite3_sys as ffi;

use super::{Fault, Part, Watch, watch_of};

/// What SQLite has for an open file: ours in front, its own after it in the same piece of memory.
#[repr(C)]
struct File {
    base: ffi::sqlite3_file,
    seen: *mut Seen,
}

struct Seen {
    watch: Arc<dyn Watch>,
    part: Part,
}

/// Makes it the default, once a process. It is never taken away, so its memory is never given back.
pub(super) fn register() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // SAFETY: the default VFS lives as long as the process. Ours is a copy of it whose functions, but for
        // the two replaced, use nothing of the VFS that they are handed; it is leaked, so SQLite may keep it.
        let done = unsafe {
            let real = ffi::sqlite3_vfs_find(ptr::null());
            assert!(!real.is_null(), "SQLite has no files here");
            let mut own = ptr::read(real);
            own.szOsFile = size_of::<File>() as c_int + (*real).szOsFile;
            own.pNext = ptr::null_mut();
            own.zName = c"watched".as_ptr();
            own.pAppData = real.cast();
            own.xOpen = Some(open);
            own.xDelete = Some(delete);
            ffi::sqlite3_vfs_register(Box::into_raw(Box::new(own)), 1)
        };
        assert_eq!(done, ffi::SQLITE_OK, "SQLite refuses the VFS");
    });
}

/// SQLite's own file, behind ours.
///
/// # Safety
/// `file` came from [`open`].
unsafe fn real(file: *mut ffi::sqlite3_file) -> *mut ffi::sqlite3_file {
    // SAFETY: `szOsFile` asked for both, one after the other.
    unsafe { file.cast::<u8>().add(size_of::<File>()).cast() }
}

/// Who looks on at this file, if anybody does.
///
/// # Safety
/// `file` came from [`open`] and is not closed.
unsafe fn seen<'f>(file: *mut ffi::sqlite3_file) -> Option<&'f Seen> {
    // SAFETY: `seen` is null or a box that lives until `close`.
    unsafe { (*file.cast::<File>()).seen.as_ref() }
}

fn part(name: &[u8]) -> Part {
    match name {
        name if name.ends_with(b"-wal") => Part::Log,
        name if name.ends_with(b"-journal") || name.ends_with(b"-shm") => Part::Other,
        _ => Part::Database,
    }
}

unsafe extern "C" fn open(
    vfs: *mut ffi::sqlite3_vfs,
    name: ffi::sqlite3_filename,
    file: *mut ffi::sqlite3_file,
    flags: c_int,
    out: *mut c_int,
) -> c_int {
    // SAFETY: SQLite hands us our own VFS, memory of `szOsFile` bytes, and a name that is null or ends in 0.
    unsafe {
        let own = file.cast::<File>();
        (*own).base.pMethods = ptr::null();
        (*own).seen = ptr::null_mut();
        let below: *mut ffi::sqlite3_vfs = (*vfs).pAppData.cast();
        let behind = real(file);
        (*behind).pMethods = ptr::null();
        let Some(open) = (*below).xOpen else {
            return ffi::SQLITE_ERROR;
        };
        let opened = open(below, name, behind, flags, out);
        if !(*behind).pMethods.is_null() {
            (*own).base.pMethods = &METHODS;
            if !name.is_null() {
                let bytes = CStr::from_ptr(name).to_bytes();
                if let Some(watch) = watch_of(Path::new(OsStr::from_bytes(bytes))) {
                    let part = part(bytes);
                    (*own).seen = Box::into_raw(Box::new(Seen { watch, part }));
                }
            }
        }
        opened
    }
}

unsafe extern "C" fn delete(
    vfs: *mut ffi::sqlite3_vfs,
    name: *const c_char,
    sync_folder: c_int,
) -> c_int {
    // SAFETY: as in `open`.
    unsafe {
        let bytes = CStr::from_ptr(name).to_bytes();
        if let Some(watch) = watch_of(Path::new(OsStr::from_bytes(bytes))) {
            watch.delete(part(bytes));
        }
        let below: *mut ffi::sqlite3_vfs = (*vfs).pAppData.cast();
        match (*below).xDelete {
            Some(delete) => delete(below, name, sync_folder),
            None => ffi::SQLITE_ERROR,
        }
    }
}

unsafe extern "C" fn close(file: *mut ffi::sqlite3_file) -> c_int {
    // SAFETY: `file` came from `open`; this is the last call on it.
    unsafe {
        let own = file.cast::<File>();
        if !(*own).seen.is_null() {
            drop(Box::from_raw((*own).seen));
            (*own).seen = ptr::null_mut();
        }
        let behind = real(file);
        match (*(*behind).pMethods).xClose {
            Some(close) => close(behind),
            None => ffi::SQLITE_OK,
        }
    }
}

unsafe extern "C" fn write(
    file: *mut ffi::sqlite3_file,
    bytes: *const c_void,
    length: c_int,
    at: i64,
) -> c_int {
    // SAFETY: `file` came from `open`, and `bytes` are as many as `length` says.
    unsafe {
        let behind = real(file);
        let Some(write) = (*(*behind).pMethods).xWrite else {
            return ffi::SQLITE_IOERR_WRITE;
        };
        if let Some(seen) = seen(file) {
            let slice = std::slice::from_raw_parts(bytes.cast::<u8>(), length as usize);
            if let Err(fault) = seen.watch.write(seen.part, at as u64, slice) {
                // A disk that fails in the middle has taken the first half.
                write(behind, bytes, length / 2, at);
                return match fault {
                    Fault::Full => ffi::SQLITE_FULL,
                    Fault::Broken => ffi::SQLITE_IOERR_WRITE,
                };
            }
        }
        write(behind, bytes, length, at)
    }
}

unsafe extern "C" fn truncate(file: *mut ffi::sqlite3_file, length: i64) -> c_int {
    // SAFETY: `file` came from `open`.
    unsafe {
        if let Some(seen) = seen(file)
            && seen.watch.truncate(seen.part, length as u64).is_err()
        {
            return ffi::SQLITE_IOERR_TRUNCATE;
        }
        let behind = real(file);
        match (*(*behind).pMethods).xTruncate {
            Some(truncate) => truncate(behind, length),
            None => ffi::SQLITE_IOERR_TRUNCATE,
        }
    }
}

unsafe extern "C" fn sync(file: *mut ffi::sqlite3_file, flags: c_int) -> c_int {
    // SAFETY: `file` came from `open`.
    unsafe {
        if let Some(seen) = seen(file)
            && seen.watch.sync(seen.part).is_err()
        {
            return ffi::SQLITE_IOERR_FSYNC;
        }
        let behind = real(file);
        let Some(sync) = (*(*behind).pMethods).xSync else {
            return ffi::SQLITE_IOERR_FSYNC;
        };
        let done = sync(behind, flags);
        if let (ffi::SQLITE_OK, Some(seen)) = (done, seen(file)) {
            seen.watch.synced(seen.part);
        }
        done
    }
}

/// Functions that only hand on.
macro_rules! hand_on {
    ($($name:ident $method:ident ($($argument:ident: $kind:ty),*) -> $answer:ty, or $absent:expr;)*) => {$(
        unsafe extern "C" fn $name(file: *mut ffi::sqlite3_file $(, $argument: $kind)*) -> $answer {
            // SAFETY: `file` came from `open`, and the rest is SQLite's own.
            unsafe {
                let behind = real(file);
                match (*(*behind).pMethods).$method {
                    Some(method) => method(behind $(, $argument)*),
                    None => $absent,
                }
            }
        }
    )*};
}

hand_on! {
    read xRead(bytes: *mut c_void, length: c_int, at: i64) -> c_int, or ffi::SQLITE_IOERR_READ;
    file_size xFileSize(size: *mut i64) -> c_int, or ffi::SQLITE_ERROR;
    lock xLock(level: c_int) -> c_int, or ffi::SQLITE_ERROR;
    unlock xUnlock(level: c_int) -> c_int, or ffi::SQLITE_ERROR;
    check_reserved_lock xCheckReservedLock(out: *mut c_int) -> c_int, or ffi::SQLITE_ERROR;
    file_control xFileControl(what: c_int, argument: *mut c_void) -> c_int, or ffi::SQLITE_NOTFOUND;
    sector_size xSectorSize() -> c_int, or 512;
    device_characteristics xDeviceCharacteristics() -> c_int, or 0;
    shm_map xShmMap(page: c_int, size: c_int, extend: c_int, out: *mut *mut c_void) -> c_int, or ffi::SQLITE_IOERR;
    shm_lock xShmLock(offset: c_int, count: c_int, flags: c_int) -> c_int, or ffi::SQLITE_IOERR;
    shm_unmap xShmUnmap(delete: c_int) -> c_int, or ffi::SQLITE_IOERR;
    fetch xFetch(at: i64, length: c_int, out: *mut *mut c_void) -> c_int, or ffi::SQLITE_IOERR;
    unfetch xUnfetch(at: i64, page: *mut c_void) -> c_int, or ffi::SQLITE_IOERR;
}

unsafe extern "C" fn shm_barrier(file: *mut ffi::sqlite3_file) {
    // SAFETY: `file` came from `open`.
    unsafe {
        let behind = real(file);
        if let Some(barrier) = (*(*behind).pMethods).xShmBarrier {
            barrier(behind);
        }
    }
}

static METHODS: ffi::sqlite3_io_methods = ffi::sqlite3_io_methods {
    iVersion: 3,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(file_size),
    xLock: Some(lock),
    xUnlock: Some(unlock),
    xCheckReservedLock: Some(check_reserved_lock),
    xFileControl: Some(file_control),
    xSectorSize: Some(sector_size),
    xDeviceCharacteristics: Some(device_characteristics),
    xShmMap: Some(shm_map),
    xShmLock: Some(shm_lock),
    xShmBarrier: Some(shm_barrier),
    xShmUnmap: Some(shm_unmap),
    xFetch: Some(fetch),
    xUnfetch: Some(unfetch),
};
