//! What the tests are told with: a running app, the people who use it, their phones, and short ways to
//! say what has happened before the test begins.
//!
//! A test reads as a person's act and what came of it. Builders name only what the test is about; nothing
//! sleeps, the clock is moved; every test that touches a database runs on both.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot set its stage must say so and end"
)]

#[doc(hidden)]
pub use insta;

mod app;
mod client;
mod concern;
mod database;
mod mail;
mod phone;
mod response;
mod scan;
mod school;

pub use app::{MORNING, ORIGIN, Served};
pub use client::{Client, Outgoing, Upload, fresh_key};
pub use concern::{ConcernBuilder, Recorded};
pub use database::{Database, Engine, Template};
pub use mail::{Mail, MailServer};
pub use phone::{PIN, Phone, full, limited_to};
pub use response::Response;
pub use scan::{Hit, Scanner};
pub use school::{
    PASSWORD, PUPILS, Person, ROSTER_PASSWORD, TestApp, bring, found, found_at, roster, roster_of,
};

/// Lets several people do something at the same moment; what came of it for each, in their order.
pub fn at_once<T: Send>(people: usize, act: impl Fn(usize) -> T + Sync) -> Vec<T> {
    std::thread::scope(|scope| {
        let acting: Vec<_> = (0..people)
            .map(|number| {
                let act = &act;
                scope.spawn(move || act(number))
            })
            .collect();
        acting
            .into_iter()
            .map(|acted| acted.join().expect("whoever acts does not panic"))
            .collect()
    })
}

/// Tells each test twice: `name::sqlite` and `name::postgres`.
///
/// ```ignore
/// both_databases! {
///     fn a_teacher_gets_a_receipt(app: TestApp) {
///         app.concern().raised_by("Carys").create();
///     }
/// }
/// ```
#[macro_export]
macro_rules! both_databases {
    ($($(#[$attribute:meta])* fn $name:ident($app:ident: $kind:ty) $told:block)*) => {$(
        $(#[$attribute])*
        mod $name {
            #[allow(unused_imports, reason = "a test may need nothing but the app")]
            use super::*;

            fn tell($app: $kind) $told

            #[test]
            fn sqlite() {
                $crate::insta::allow_duplicates! { tell($crate::TestApp::start($crate::Engine::Sqlite)) }
            }

            #[test]
            fn postgres() {
                $crate::insta::allow_duplicates! { tell($crate::TestApp::start($crate::Engine::Postgres)) }
            }
        }
    )*};
}
