//! Taking a school's people in from the files that its information system exports.
//!
//! A **preview** says what an **import** of the same file would do; both run [`run`], which is also what
//! `server import` calls, so that they cannot come to differ. An import is one transaction.
//!
//! - People, classes and contacts are known again by their id in the files, a member of staff also by
//!   e-mail address. What has not changed is not written.
//! - What a file does not say is kept: an export without dates of birth takes none away.
//! - Who is absent from a whole export has **left**: marked, never deleted. Nobody has left by a file of
//!   changes, by a row that was refused, or by a file of which some row could not be told apart.
//! - Only people who came by an import leave by one, and administrators never do: a file may not lock a
//!   school out.
//! - A file gives nobody a right. Members of staff are reporters, invited, without a password; nothing is
//!   mailed to them until someone asks for it.

mod error;
mod form;
mod import;
mod model;
mod open;
mod preview;
mod queries;
mod records;
mod run;
mod view;

use utoipa_actix_web::service_config::ServiceConfig;

pub use error::Error;
pub use open::open;
pub use run::{Import, import, run};
pub use view::{Changes, Count, Imported, RefusedRow};

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(preview::preview_roster);
    config.service(import::import_roster);
}
