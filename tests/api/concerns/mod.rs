//! What was noticed: recorded, opened, found, acted on, answered.

mod act;
mod attach;
mod reach;
mod read;
mod receipts;
mod record;
mod search;
