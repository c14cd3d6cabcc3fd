//! The table of contents: every slice, in alphabetical order.

use utoipa_actix_web::service_config::ServiceConfig;

/// Registers every operation; they stand under `/v1`.
pub fn v1(config: &mut ServiceConfig<'_>) {
    crate::alerts::routes(config);
    crate::audit::routes(config);
    crate::concerns::routes(config);
    crate::dashboard::routes(config);
    crate::health::routes(config);
    crate::imports::routes(config);
    crate::keys::routes(config);
    crate::people::routes(config);
    crate::pupils::routes(config);
    crate::sessions::routes(config);
    crate::settings::routes(config);
    crate::setup::routes(config);
}
