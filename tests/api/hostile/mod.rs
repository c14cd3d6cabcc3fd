//! What nobody means well by, or nobody meant at all: each is refused in words or kept as it was written, and
//! none is a fault of the server.
//!
//! The strings go in a sample here and all of them by `scripts/prove hostile`: four minutes where temporary files lie
//! in memory, an hour and more on a slow disk.

mod fields;
mod kept;
mod requests;
mod rosters;
mod strings;
