//! Who may do what.
//!
//! Every operation asks [`decide`] with a [`Caller`], an [`Action`] and the [`Facts`] about the thing
//! acted on. What is not said in [`rules`] is refused. The table that people read, and that a test
//! walks cell by cell, is `tests/access.tsv`.

mod action;
mod caller;
mod facts;
mod rules;

pub use action::Action;
pub use caller::{Actor, Caller, Level, Reach, Roles};
pub use facts::{ConcernFacts, DeviceFacts, Facts};
pub use rules::{Decision, Why, decide};
