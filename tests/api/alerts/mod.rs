//! Who is told: raised with the concern, listed as far as the grant goes, mailed.

mod list;
mod mail;
mod mark_read;
mod raise;
