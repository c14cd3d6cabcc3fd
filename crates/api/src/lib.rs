//! The capabilities of Safehold, a folder each; [`routes`] is their table of contents.

mod alerts;
mod app;
mod audit;
mod browser;
mod concerns;
mod credentials;
mod dashboard;
pub mod doctor;
mod generation;
mod health;
mod hooks;
pub mod http;
mod idempotency;
pub mod imports;
mod keys;
pub mod mail;
pub mod openapi;
#[doc(hidden)]
pub mod outside;
mod people;
mod pupils;
pub mod renew;
pub mod restore;
pub mod routes;
mod sealed_tables;
mod sessions;
mod settings;
mod settled;
pub mod setup;

pub use app::{App, Start};
pub use credentials::Credentials;
