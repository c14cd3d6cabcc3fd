//! The audit log, as people read it.

mod list;
mod verify;
