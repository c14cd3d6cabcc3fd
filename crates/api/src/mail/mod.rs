//! The mails that the server sends.
//!
//! A mail is left in the outbox by the act that it tells of, in its transaction, and sent by the
//! [`Worker`], at least once: a dead mail server loses nothing. It says only that something waits, and
//! where; never a name, a category or a word of what was written. The outbox row holds ids; a link that
//! is itself a secret is sealed for the server.
//!
//! ```text
//! enqueued ──► claimed, for five minutes ──► sent, its payload forgotten
//!    ▲                     │
//!    └── put off ◄─────────┘   15 s, 30 s, … an hour at most, never given up
//! ```

mod address;
mod compose;
mod job;
mod waiting;
mod words;
mod worker;

pub(crate) use job::{KeyEvent, Mail, reseal_links};
pub use waiting::waiting_token;
pub use worker::{InvalidSettings, Settings, Worker};
