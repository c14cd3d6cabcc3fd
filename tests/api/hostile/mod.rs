//! What nobody means well by, or nobody meant at all: each is refused in words or kept as it was written, and
//! none is a fault of the server.
//!
//! The strings go in a sample here and all of them by `scripts/prove hostile`, which takes an
//! hour and more.

mod fields;
mod kept;
mod requests;
mod rosters;
mod strings;
