//! Who works in the school and what they may administer.
//!
//! A **member** is a person's place in one school; the **account** they sign in with may have places in
//! several. A member is *invited* until the account has a password, then *active*, and *left* once they
//! have gone: marked, never deleted, and signed out by that very mark. Members of staff also come by
//! [`imports`](crate::imports).
//!
//! - Everybody is a reporter. Administrators and auditors are made here; key holders are made by the
//!   signed roll alone, and it is only read here ([`keys`](crate::keys)).
//! - A school keeps at least one administrator who can sign in.
//! - Inviting mails a link for a first password; someone who signs in already, in another school, needs
//!   none.

mod error;
mod invite;
mod list;
mod list_staff;
mod model;
mod queries;
mod resend_invitation;
mod update;
mod view;

use utoipa_actix_web::service_config::ServiceConfig;

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list::list_people);
    config.service(list_staff::list_staff);
    config.service(invite::invite_person);
    config.service(update::update_person);
    config.service(resend_invitation::resend_invitation);
}
