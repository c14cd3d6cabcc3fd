//! What a school decides for itself.

mod alert_rules;
mod categories;
mod kept;
