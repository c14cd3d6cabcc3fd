use actix_web::get;
use actix_web::web::{Data, Json};
use diesel::prelude::*;
use domain::{MemberId, Timestamp};
use policy::{Action, Facts};
use rest::{Problem, Problems};
use serde::Serialize;
use store::schema::{concern, member};
use store::{Error, Event, Result, Tx};

use crate::alerts::{AlertView, newest, unread_within};
use crate::concerns::{
    ActionSummary, ConcernSummary, SummaryRow, my_action_summaries, overdue_actions, summaries_of,
    within,
};
use crate::{App, Credentials};

/// Lines of each list.
const LINES: i64 = 10;

/// What waits for a key holder.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct Dashboard {
    alerts: AlertsOnDashboard,
    /// Outstanding actions given to the reader, those due first.
    my_actions: Vec<ActionSummary>,
    /// How many outstanding actions are past their day, whosever they are.
    overdue: i64,
    /// The concerns that came last.
    recent: Vec<ConcernSummary>,
    /// When the reader was last here.
    since: Option<Timestamp>,
}

/// The reader's alerts.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct AlertsOnDashboard {
    /// How many are unread; a thousand stands for a thousand and more.
    unread: i64,
    /// The latest unread ones.
    items: Vec<AlertView>,
}

/// Read what waits.
#[utoipa::path(tag = "dashboard", responses((status = 200, body = Dashboard), Problems))]
#[get("/dashboard")]
pub(super) async fn read_dashboard(
    app: Data<App>,
    credentials: Credentials,
) -> std::result::Result<Json<Dashboard>, Problem> {
    let dashboard = app
        .read("read_dashboard", credentials, |tx| {
            tx.require(Action::ReadDashboard, Facts::School)?;
            let reach = tx.caller().reach().cloned().ok_or(Error::Absent)?;
            let me = tx.caller().member().ok_or(Error::Absent)?;
            let today = tx.now().date();
            let unread = unread_within(tx, &reach, me)?;
            let items = newest(tx, &reach, me, LINES)?;
            let my_actions = my_action_summaries(tx, &reach, me, LINES)?;
            let overdue = overdue_actions(tx, &reach, today)?;
            let latest = concern::table
                .filter(concern::school_id.eq(tx.school()))
                .order_by((concern::received_at.desc(), concern::id.desc()))
                .limit(LINES)
                .select(SummaryRow::as_select())
                .into_boxed();
            let rows: Vec<SummaryRow> = within!(latest, &reach).load(tx.connection())?;
            let recent = summaries_of(tx, &reach, &rows)?;
            let since = visit(tx, me)?;
            tx.record(Event::of(Action::ReadDashboard));
            Ok::<_, Error>(Dashboard {
                alerts: AlertsOnDashboard { unread, items },
                my_actions,
                overdue,
                recent,
                since,
            })
        })
        .await?;
    Ok(Json(dashboard))
}

/// When the reader was last here; from now on it is now.
fn visit(tx: &mut Tx<'_>, me: MemberId) -> Result<Option<Timestamp>> {
    let school = tx.school();
    let since: Option<Timestamp> = member::table
        .find((school, me))
        .select(member::last_visit_at)
        .first(tx.connection())?;
    tx.finally(move |tx| {
        let now = tx.now();
        diesel::update(member::table.find((school, me)))
            .set(member::last_visit_at.eq(now))
            .execute(tx.connection())?;
        Ok(())
    });
    Ok(since)
}
