use std::sync::Arc;

use actix_web::get;
use actix_web::web::{Data, Json};
use policy::{Action, Facts};
use rest::{Problem, Problems};
use serde::Serialize;
use store::{Error, Event};

use super::waiting::waiting_now;
use crate::{App, Credentials};

/// How much waits: numbers, and nothing of what it is about.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct Waiting {
    /// Alerts that were not read yet; a thousand stands for a thousand and more.
    unread: i64,
    /// How many of them are urgent; a thousand stands for a thousand and more.
    urgent: i64,
}

/// See how much waits for one, having shown by an offline code that one has one's device.
#[utoipa::path(tag = "alerts", responses((status = 200, body = Waiting), Problems))]
#[get("/waiting")]
pub(super) async fn read_waiting(
    app: Data<App>,
    credentials: Credentials,
) -> Result<Json<Waiting>, Problem> {
    let rolls = Arc::clone(&app.rolls);
    let waiting = app
        .read("read_waiting", credentials, move |tx| {
            tx.require(Action::ReadWaiting, Facts::School)?;
            let member = tx.caller().member().ok_or(Error::Absent)?;
            let (unread, urgent) = waiting_now(tx, &rolls, member)?;
            tx.record(Event::of(Action::ReadWaiting));
            Ok::<_, Error>(Waiting { unread, urgent })
        })
        .await?;
    Ok(Json(waiting))
}
