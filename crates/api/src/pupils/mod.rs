//! The children of a school: looked up by whoever records a concern, seen by key holders within their
//! grant.
//!
//! A **look-up** ([`find_names`]) is for anyone who writes a concern down: two letters at least, twenty
//! names at most, and nothing about a child but the name and the class that tells it from another. A
//! **search** and a **profile** need the records open, and hold nobody of a year group outside the
//! grant.
//!
//! - Pupils come by [`imports`](crate::imports). One who has left is marked, stays for whoever may open
//!   the records, and can no longer be looked up for a new concern.
//! - Reads: nothing but the rows of concerns, for their number.

mod find_names;
mod letters;
pub(crate) mod outside;
mod queries;
mod read;
mod search;
mod view;

use utoipa_actix_web::service_config::ServiceConfig;

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(find_names::find_pupil_names);
    config.service(search::search_pupils);
    config.service(read::read_pupil);
}
