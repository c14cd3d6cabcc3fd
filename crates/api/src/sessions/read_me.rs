use std::sync::Arc;

use actix_web::get;
use actix_web::web::{Data, Json};
use diesel::prelude::*;
use domain::MemberId;
use policy::{Action, Facts};
use rest::{Problem, Problems};
use serde::Serialize;
use store::schema::reply;
use store::{Result, Tx};

use super::queries;
use super::standing::member_view;
use super::view::{AccountView, MemberView};
use crate::hooks;
use crate::keys::{DeviceView, KeyStanding, devices_of, standing};
use crate::{App, Credentials};

/// Who one is, and what waits.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct Me {
    /// The place in the school.
    member: MemberView,
    /// The account.
    account: AccountView,
    /// One's own devices.
    devices: Vec<DeviceView>,
    /// Answers to what one recorded that were not seen yet.
    unread_replies: i64,
    /// Alerts that were not read yet, a thousand for a thousand and more; null for somebody who holds no key.
    waiting_alerts: Option<i64>,
    /// Whether the school's keys would survive a lost phone; null for somebody who holds no key.
    keys: Option<KeyStanding>,
}

/// See who one is, and how much waits.
///
/// Numbers only, so that a key holder sees with the records locked that something waits.
#[utoipa::path(tag = "sessions", responses((status = 200, body = Me), Problems))]
#[get("/me")]
pub(super) async fn read_me(
    app: Data<App>,
    credentials: Credentials,
) -> std::result::Result<Json<Me>, Problem> {
    let cookie = credentials.session;
    let rolls = Arc::clone(&app.rolls);
    let me = app
        .read("read_me", credentials, move |tx| {
            tx.require(Action::ReadMe, Facts::School)?;
            let session = queries::live(tx, &cookie)?;
            let school = tx.school();
            let places = queries::places(tx, session.account_id)?;
            tx.enter(school)?;
            let place = places
                .iter()
                .find(|place| place.school == school)
                .ok_or_else(Problem::not_found)?;
            let key_holder = tx.caller().roles.key_holder;
            Ok::<_, Problem>(Me {
                member: member_view(place, key_holder),
                account: AccountView {
                    email: queries::email_of(tx, session.account_id)?,
                },
                devices: devices_of(tx, &rolls, place.member)?,
                unread_replies: unread_replies(tx, place.member)?,
                waiting_alerts: match key_holder {
                    true => Some(hooks::alerts_waiting(tx, &rolls, place.member)?),
                    false => None,
                },
                keys: match key_holder {
                    true => standing(tx, &rolls)?,
                    false => None,
                },
            })
        })
        .await?;
    Ok(Json(me))
}

fn unread_replies(tx: &mut Tx<'_>, member: MemberId) -> Result<i64> {
    let school = tx.school();
    Ok(reply::table
        .filter(reply::school_id.eq(school))
        .filter(reply::reporter_id.eq(member))
        .filter(reply::seen_at.is_null())
        .count()
        .get_result(tx.connection())?)
}
