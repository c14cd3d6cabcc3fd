//! Beginning: a school is set up once, with a code that the server printed for its operator.
//!
//! ```text
//! code printed ──► school, first account ──► waiting for a key ──► open
//!                  (start_setup)             (the link, 60 min)     (complete_key_setup, on a device)
//! ```
//!
//! - The code is 128 bits, good for 60 minutes, once; only its hash is stored.
//! - Until a device has made the school's keys, nothing can be recorded: there is nothing to seal to.
//! - Reads: [`keys`](crate::keys), [`sessions`](crate::sessions), [`settings`](crate::settings).

mod code;
mod progress;
mod queries;
mod read;
mod renew_enrolment;
mod start;

use utoipa_actix_web::service_config::ServiceConfig;

pub use code::issue_setup_code;
pub use read::needed;

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(read::read_setup);
    config.service(start::start_setup);
    config.service(progress::read_setup_progress);
    config.service(renew_enrolment::renew_setup_enrolment);
}
