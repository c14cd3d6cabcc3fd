use std::sync::Arc;

use actix_web::web::Data;
use actix_web::{HttpResponse, post};
use diesel::prelude::*;
use policy::{Actor, Caller, Level};
use rest::{Body, Problem, Problems};
use serde::Deserialize;
use store::dialect::Prepare as _;
use store::schema::account;
use store::{Event, Tx};
use vault::Reference;

use super::password::Password;
use super::password_link::{read_link, use_link};
use super::queries;
use crate::App;
use crate::browser;

/// A link's token and the password chosen.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SetPassword {
    /// What stands in the link.
    token: String,
    /// Twelve characters or more.
    password: Password,
}

impl std::fmt::Debug for SetPassword {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("SetPassword([sensitive])")
    }
}

/// Choose a password with a mailed link.
///
/// The link is good once. Every session of the account ends, and every browser has to become known anew.
#[utoipa::path(
    tag = "sessions",
    security(()),
    request_body = SetPassword,
    responses((status = 204, description = "Sign in with it now."), Problems),
)]
#[post("/passwords")]
pub(super) async fn set_password(
    app: Data<App>,
    body: Body<SetPassword>,
) -> Result<HttpResponse, Problem> {
    let Body(SetPassword { token, password }) = body;
    let expired = || Problem::new("link-expired");
    let link = Reference::from_text(&token).ok_or_else(expired)?.hash();
    password
        .check_strength()
        .map_err(|weak| Problem::field("/password", weak))?;
    // A link that is no good costs no hash.
    let account = app
        .db
        .read("read_password_link", Caller::nobody(), move |tx| {
            Ok::<_, Problem>(read_link(tx, &link)?)
        })
        .await?
        .ok_or_else(expired)?;
    let hash = app.hashing.hash(password, Arc::clone(&app.entropy)).await?;
    app.db
        .write("set_password", Caller::nobody(), move |tx| {
            if !use_link(tx, account, &link)? {
                return Err(expired());
            }
            diesel::update(account::table.find(account))
                .set(account::password_hash.eq(hash.as_str()))
                .prepared()
                .execute(tx.connection())
                .map_err(store::Error::from)?;
            Ok(end_everything(tx, account)?)
        })
        .await?;
    Ok(HttpResponse::NoContent().finish())
}

fn end_everything(tx: &mut Tx<'_>, account: domain::AccountId) -> store::Result<()> {
    queries::end_all(tx, account)?;
    browser::forget_all(tx, account)?;
    for place in queries::places(tx, account)? {
        tx.enter(place.school)?;
        crate::keys::lock_all_of_member(tx, place.member)?;
        tx.identify(Caller {
            school: Some(place.school),
            actor: Actor::Member(place.member),
            level: Level::SignedIn,
            ..Caller::nobody()
        });
        tx.record_now(Event::named("set_password").to(place.member))?;
    }
    Ok(())
}
