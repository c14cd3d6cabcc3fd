//! Campaigns that try to make the product lose something it has acknowledged, and that look whether it did.
//!
//! Each takes a bounded number of rounds, says on standard error how far it is, and ends with an
//! [`Outcome`]: one line for people, one JSON file for programs. `scripts/prove NAME` runs them at length,
//! `tests/` beside this crate runs short ones. What was found is in `docs/reliability.md`.

pub mod contract;
pub mod disk;
pub mod faults;
pub mod figures;
pub mod fuzz;
pub mod hidden;
pub mod hostile;
pub mod kill;
mod ledger;
mod load;
pub mod mutants;
mod outcome;
mod postgres;
pub mod power;
pub mod rotation;
mod server;
pub mod sign_in;
pub mod soak;
pub mod speed;
mod state;

pub use outcome::{Outcome, progress};
pub use postgres::Cluster;
pub use server::Server;
