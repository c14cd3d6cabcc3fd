use rustix::process::{Resource, Rlimit, setrlimit};

/// Forbids core dumps: what is in memory while records are open may not reach a disk.
///
/// # Errors
/// If the operating system refuses.
pub(crate) fn forbid_core_dumps() -> std::io::Result<()> {
    setrlimit(
        Resource::Core,
        Rlimit {
            current: Some(0),
            maximum: Some(0),
        },
    )?;
    Ok(())
}
