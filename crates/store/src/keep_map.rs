//! SQLite's own way to files, but for one thing: a memory map is kept when another connection has committed.
//!
//! SQLite unmaps the whole file then, since another program could have cut it off meanwhile and made it long again.
//! Nothing shortens this file: there is no `VACUUM` and no `auto_vacuum`, and what SQLite reads lies within the
//! length that the snapshot says. But every read of Safehold ends in a line of the log, so that every next one
//! would begin by telling the other processors to forget the map, and then fault page after page back in: a fifth
//! of a chronology. docs/adr/0075-a-memory-map-that-stays.md.
#![expect(
    unsafe_code,
    reason = "a file layer is a table of C functions; SQLite offers no other way in"
)]

use std::ffi::{c_char, c_int, c_void};
use std::sync::OnceLock;

use libsqlite3_sys as ffi;

/// Bytes by which a file grows before it is mapped anew. What lies beyond the map is read without it.
const GROWN: i64 = 1 << 20;

/// SQLite's own layer, and how its files behave.
struct Own {
    vfs: *mut ffi::sqlite3_vfs,
    /// Where our own number lies: behind what SQLite's own layer keeps of a file.
    behind: usize,
}

// SAFETY: the pointer is that of a static table of the library, which never changes once it is registered.
unsafe impl Send for Own {}
// SAFETY: the same.
unsafe impl Sync for Own {}

static OWN: OnceLock<Option<Own>> = OnceLock::new();
static METHODS: OnceLock<Methods> = OnceLock::new();

struct Methods {
    own: usize,
    own_unfetch: UnfetchFn,
    ours: ffi::sqlite3_io_methods,
}

type UnfetchFn =
    unsafe extern "C" fn(*mut ffi::sqlite3_file, ffi::sqlite3_int64, *mut c_void) -> c_int;

/// From now on every connection of this process keeps its maps. Where that cannot be, nothing changes.
pub(crate) fn keep_maps() {
    OWN.get_or_init(|| {
        // SAFETY: SQLite makes itself ready when it is asked for its first layer; the table that it names is
        // static, and read before another is registered.
        unsafe {
            let vfs = ffi::sqlite3_vfs_find(std::ptr::null());
            let own = vfs.as_ref()?;
            let behind = usize::try_from(own.szOsFile).ok()?.next_multiple_of(8);
            let mut ours = *own;
            ours.szOsFile = c_int::try_from(behind + size_of::<i64>()).ok()?;
            ours.zName = c"safehold".as_ptr();
            ours.pNext = std::ptr::null_mut();
            ours.xOpen = Some(open);
            // It has to live as long as the process.
            let ours = Box::leak(Box::new(ours));
            (ffi::sqlite3_vfs_register(ours, 1) == ffi::SQLITE_OK).then_some(Own { vfs, behind })
        }
    });
}

fn own() -> Option<&'static Own> {
    OWN.get().and_then(Option::as_ref)
}

/// Opens a file as SQLite does, and has a database's map kept.
///
/// # Safety
/// SQLite calls it as it calls its own.
unsafe extern "C" fn open(
    vfs: *mut ffi::sqlite3_vfs,
    name: *const c_char,
    file: *mut ffi::sqlite3_file,
    flags: c_int,
    out_flags: *mut c_int,
) -> c_int {
    let Some(own) = own() else {
        return ffi::SQLITE_CANTOPEN;
    };
    // SAFETY: what SQLite gave is handed on as it is. `file` has room for `szOsFile` bytes of ours, which is what
    // its own layer needs and eight bytes more.
    unsafe {
        let Some(open) = (*own.vfs).xOpen else {
            return ffi::SQLITE_CANTOPEN;
        };
        let opened = open(vfs, name, file, flags, out_flags);
        if opened != ffi::SQLITE_OK || flags & ffi::SQLITE_OPEN_MAIN_DB == 0 {
            return opened;
        }
        mapped(file, own).write(0);
        let theirs = (*file).pMethods;
        if let Some(methods) = methods(theirs)
            && methods.own == theirs.addr()
        {
            (*file).pMethods = &raw const methods.ours;
        }
        opened
    }
}

/// SQLite's own methods with ours in one place; `None` if they cannot map at all.
///
/// # Safety
/// `theirs` is null or a static table.
unsafe fn methods(theirs: *const ffi::sqlite3_io_methods) -> Option<&'static Methods> {
    // SAFETY: as said above; the table is copied.
    let mut ours = *unsafe { theirs.as_ref() }?;
    let own_unfetch = ours.xUnfetch.filter(|_| ours.iVersion >= 3)?;
    Some(METHODS.get_or_init(|| {
        ours.xUnfetch = Some(unfetch);
        Methods {
            own: theirs.addr(),
            own_unfetch,
            ours,
        }
    }))
}

/// The length that the file had when it was last mapped.
///
/// # Safety
/// `file` was opened by [`open`].
unsafe fn mapped(file: *mut ffi::sqlite3_file, own: &Own) -> *mut i64 {
    // SAFETY: SQLite makes room for `szOsFile` bytes, aligned to eight, of which these are the last.
    unsafe { file.cast::<u8>().add(own.behind).cast::<i64>() }
}

/// Gives a page back. No page at all stands for the whole map, which is kept unless the file has grown.
///
/// # Safety
/// SQLite calls it for a file that [`open`] has opened.
unsafe extern "C" fn unfetch(
    file: *mut ffi::sqlite3_file,
    offset: ffi::sqlite3_int64,
    page: *mut c_void,
) -> c_int {
    let (Some(methods), Some(own)) = (METHODS.get(), own()) else {
        return ffi::SQLITE_ERROR;
    };
    if !page.is_null() {
        // SAFETY: handed on as it is.
        return unsafe { (methods.own_unfetch)(file, offset, page) };
    }
    let Some(size_of_file) = methods.ours.xFileSize else {
        return ffi::SQLITE_ERROR;
    };
    let mut length = 0;
    // SAFETY: the file is open, and `length` outlives the call; `mapped` is ours alone.
    unsafe {
        let known = size_of_file(file, &raw mut length) == ffi::SQLITE_OK;
        let before = mapped(file, own).read();
        if known && (before..before + GROWN).contains(&length) && before > 0 {
            return ffi::SQLITE_OK;
        }
        mapped(file, own).write(if known { length } else { 0 });
        (methods.own_unfetch)(file, offset, page)
    }
}

#[cfg(all(test, target_os = "linux"))]
#[expect(clippy::expect_used, reason = "what the tests do over and over")]
mod tests {
    use std::path::Path;

    use diesel::connection::SimpleConnection as _;
    use diesel::sql_types::{BigInt, Text};
    use diesel::{QueryableByName, RunQueryDsl as _, sql_query};

    use crate::AnyConnection;
    use crate::connection::Target;

    #[derive(QueryableByName, Debug, PartialEq, Eq)]
    struct Told {
        #[diesel(sql_type = BigInt)]
        rows: i64,
        #[diesel(sql_type = Text)]
        last: String,
    }

    fn told(connection: &mut AnyConnection) -> Told {
        sql_query("select count(*) as rows, coalesce(max(text), '') as last from told")
            .get_result(connection)
            .expect("it can be read")
    }

    fn tell(connection: &mut AnyConnection, from: i64, to: i64) {
        connection
            .batch_execute(&format!(
                "begin;
                 with recursive number (n) as (values ({from}) union all select n + 1 from number where n < {to})
                 insert into told select n, printf('%06d', n) || hex(zeroblob(500)) from number;
                 commit;
                 pragma wal_checkpoint(truncate);"
            ))
            .expect("it can be written");
    }

    /// Where the file is mapped in this process.
    fn map_of(file: &Path) -> Option<String> {
        let maps = std::fs::read_to_string("/proc/self/maps").expect("Linux says");
        let line = maps
            .lines()
            .find(|line| line.ends_with(&*file.to_string_lossy()))?;
        line.split(' ').next().map(str::to_owned)
    }

    #[test]
    fn a_map_is_kept_when_another_connection_commits_and_shows_what_it_committed() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().canonicalize().unwrap().join("told.db");
        let target = Target::Sqlite(file.clone());
        let (mut writer, mut reader) = (target.connect().unwrap(), target.connect().unwrap());
        writer
            .batch_execute("create table told (n integer primary key, text text not null)")
            .unwrap();
        tell(&mut writer, 1, 500);
        assert_eq!(told(&mut reader).rows, 500);
        let before = map_of(&file).unwrap();

        writer
            .batch_execute(
                "update told set text = 'zebra' where n = 250; pragma wal_checkpoint(truncate)",
            )
            .unwrap();
        assert_eq!(told(&mut reader).last, "zebra");
        assert_eq!(map_of(&file).unwrap(), before);

        // Some 3 MB more: first what lies beyond the map, then a map that holds it.
        for thousand in 1..=3 {
            tell(
                &mut writer,
                500 + 1_000 * (thousand - 1) + 1,
                500 + 1_000 * thousand,
            );
            assert_eq!(told(&mut reader).rows, 500 + 1_000 * thousand);
        }
        assert_ne!(map_of(&file).unwrap(), before);
    }
}
