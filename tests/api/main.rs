//! Tests through HTTP, one file an operation, and of what holds for all of them.

mod access;
mod alerts;
mod audit;
mod concerns;
mod hostile;
mod imports;
mod inside;
mod keys;
mod office;
mod people;
mod pupils;
mod scene;
mod schema;
mod sessions;
mod settings;
mod setup;
mod transactions;
