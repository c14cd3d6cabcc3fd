use actix_web::get;
use actix_web::web::{Data, Json, Query};
use policy::{Action, Facts};
use rest::{PageQuery, Paged, Problem, Problems};
use serde::Deserialize;
use store::{Error, Event};
use utoipa::IntoParams;

use super::view::{self, AlertView};
use crate::keys::look_list;
use crate::{App, Credentials};

/// Which alerts.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Which {
    /// Only those that were not read yet.
    unread: Option<bool>,
    /// Where the page before ended: its `next`.
    after: Option<String>,
    /// How many at most: 1 to 100, 50 if not said.
    limit: Option<u32>,
}

/// See one's alerts, newest first.
///
/// Only those of concerns that may be opened now: a grant that was narrowed since hides them.
#[utoipa::path(
    tag = "alerts",
    params(Which),
    responses((status = 200, body = Paged<AlertView>), Problems),
)]
#[get("/alerts")]
pub(super) async fn list_alerts(
    app: Data<App>,
    credentials: Credentials,
    which: Query<Which>,
) -> Result<Json<Paged<AlertView>>, Problem> {
    let Which {
        unread,
        after,
        limit,
    } = which.into_inner();
    let page = PageQuery { after, limit }.page()?;
    let alerts = app
        .read("list_alerts", credentials, move |tx| -> store::Result<_> {
            tx.require(Action::ListAlerts, Facts::School)?;
            let page = look_list(tx, page, Action::ListAlerts, false)?;
            let (Some(reach), Some(member)) = (tx.caller().reach().cloned(), tx.caller().member())
            else {
                return Err(Error::Absent);
            };
            let alerts = view::page(tx, &reach, member, unread == Some(true), &page)?;
            tx.record(Event::of(Action::ListAlerts).detail(alerts.items.len()));
            Ok(alerts)
        })
        .await?;
    Ok(Json(alerts))
}
