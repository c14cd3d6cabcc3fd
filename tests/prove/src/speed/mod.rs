//! How fast it is, as ratios in one run: the same rows written straight into the database's engine, the same
//! records read by a bare query, and the same request with a hundred other schools in the database.
//!
//! Requests a second depend on what else the machine does; what is measured one after the other in the same
//! minutes can be compared. CPU-seconds are of the server's and the database's processes alone.

mod cpu;
mod ratios;
mod reads;
mod schools;
mod stage;
mod straight;
mod straight_postgres;
mod table;
mod wrk;

pub use ratios::{Plan, ratios};
pub use schools::{Schools, schools};
