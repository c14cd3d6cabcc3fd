//! SQLite and PostgreSQL as one.
//!
//! [`Db`] runs named transactions; inside one a handler has a [`Tx`], which knows the school, the
//! time and the caller, and through which everything that must be in the same transaction goes: rows,
//! the audit entry ([`Tx::record`]) and work for after the commit ([`Tx::enqueue`]). No query of a
//! capability is here; what the two databases say differently is in [`dialect`] and nowhere else.

mod audit;
mod connection;
mod db;
pub mod dialect;
mod durability;
mod error;
mod keep_map;
mod migrate;
mod outbox;
pub mod place;
pub mod schema;
mod threads;
mod together;
mod transaction;
mod tx;
mod types;
mod writer;

pub use audit::{AuditEntry, AuditFault, Event, Outcome, verify as verify_audit};
pub use connection::{AnyConnection, SQLITE_SETTINGS};
pub use db::{Db, Settings};
pub use durability::weaknesses;
pub use error::{Error, Result};
pub use migrate::{migrate, pending, redo};
pub use outbox::{Job, Waiting};
pub use threads::give_way;
pub use together::Deferrable;
pub use tx::Tx;
