use actix_web::web::Data;
use actix_web::{HttpResponse, post};
use domain::EmailAddress;
use policy::Caller;
use rest::{Body, Evenly, Problem, Problems};
use serde::Deserialize;

use super::password_link::make_link;
use super::queries;
use crate::App;
use crate::mail::Mail;

/// Whose password.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RequestPasswordLink {
    /// The e-mail address.
    email: EmailAddress,
}

/// Ask for a link by which to choose a new password.
///
/// The answer is the same whether or not there is such an account: the mail says the rest.
#[utoipa::path(
    tag = "sessions",
    security(()),
    request_body = RequestPasswordLink,
    responses((status = 202, description = "If there is such an account, a mail is on its way."), Problems),
)]
#[post("/password-links")]
pub(super) async fn request_password_link(
    app: Data<App>,
    body: Body<RequestPasswordLink>,
) -> Result<HttpResponse, Problem> {
    let Body(RequestPasswordLink { email }) = body;
    let secret = app.secret.clone();
    // An address that nobody has costs not even a commit.
    let evenly = Evenly::begin();
    app.db
        .write("request_password_link", Caller::nobody(), move |tx| {
            let Some(account) = queries::account_of(tx, &email.key())? else {
                return Ok(());
            };
            // Somebody whose every place has ended has nothing to sign in to.
            if queries::places(tx, account.id)?.is_empty() {
                return Ok(());
            }
            if let Some(token) = make_link(tx, account.id)? {
                let mail = Mail::password_link(tx, &secret, account.id, &token);
                tx.enqueue(mail.job());
            }
            Ok::<_, Problem>(())
        })
        .await?;
    evenly.end().await;
    Ok(HttpResponse::Accepted().finish())
}
