//! Signing in: an account's password opens a session; a session's cookie mints five-minute access
//! tokens; both are needed on every call.
//!
//! A session ends 60 minutes after its last use and 12 hours after its beginning, whichever is first;
//! minting a token is not use. Records stay closed in it until a device approves an unlock
//! ([`keys`](crate::keys)), which lasts 15 minutes from its last use and 4 hours at most.
//!
//! - Which schools an account has a place in stands in `membership`, the one list that is read before a
//!   school is chosen (`docs/adr/0004-membership.md`). Whoever was invited takes the place by signing in.
//! - Wrong passwords slow an address down, whether or not there is such an account, by half a minute at
//!   most and never in a browser that its owner is known by: nobody can lock another person out.
//! - Reads: [`keys`](crate::keys), for what the signed roll grants.

mod choose_school;
mod failures;
mod hashing;
mod identify;
mod mint_access_token;
mod password;
mod password_link;
mod queries;
mod read_me;
mod request_password_link;
mod set_password;
mod sign_in;
mod sign_out;
mod standing;
mod start;
mod view;

use utoipa_actix_web::service_config::ServiceConfig;

pub(crate) use hashing::Hashing;
pub(crate) use identify::identify;
pub(crate) use password::Password;
pub(crate) use password_link::link_for;

pub(crate) use start::{open_account, sign_in_as};
pub(crate) use view::SessionView;

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(sign_in::sign_in);
    config.service(mint_access_token::mint_access_token);
    config.service(choose_school::choose_school);
    config.service(sign_out::sign_out);
    config.service(request_password_link::request_password_link);
    config.service(set_password::set_password);
    config.service(read_me::read_me);
}
