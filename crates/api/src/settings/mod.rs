//! What a school decides for itself: its categories and its alert rules.
//!
//! A **category** is broad or, one step down, narrow. Its compartment is chosen when it is made, because
//! what is recorded under it is sealed to that key; it is never deleted, only no longer offered. An
//! **alert rule** says who is told of concerns in some categories and year groups
//! ([`alerts`](crate::alerts) does the telling).

mod create_alert_rule;
mod create_category;
mod defaults;
mod delete_alert_rule;
mod error;
mod list_alert_rules;
mod list_categories;
mod model;
mod queries;
mod rule;
mod update_alert_rule;
mod update_category;
mod view;

use utoipa_actix_web::service_config::ServiceConfig;

pub(crate) use defaults::install as install_defaults;

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list_categories::list_categories);
    config.service(create_category::create_category);
    config.service(update_category::update_category);
    config.service(list_alert_rules::list_alert_rules);
    config.service(create_alert_rule::create_alert_rule);
    config.service(update_alert_rule::update_alert_rule);
    config.service(delete_alert_rule::delete_alert_rule);
}
