//! What waits for a key holder, on one page.
//!
//! - Reads: [`alerts`](crate::alerts), [`concerns`](crate::concerns). Nothing reads this.

mod read;

use utoipa_actix_web::service_config::ServiceConfig;

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(read::read_dashboard);
}
