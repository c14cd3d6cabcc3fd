//! The audit log, as auditors and key holders read it: who did what, when, by ids alone.
//!
//! The log itself is written by every transaction (`store::Event`), one hash chain a school.

mod list;

use utoipa_actix_web::service_config::ServiceConfig;

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list::list_audit_entries);
}
