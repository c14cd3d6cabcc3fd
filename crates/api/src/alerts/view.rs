use std::collections::HashMap;

use diesel::prelude::*;
use domain::{AlertId, MemberId, Timestamp, kind};
use policy::Reach;
use rest::{Page, Paged};
use serde::{Deserialize, Serialize};
use store::dialect::Prepare as _;
use store::place::{InOrder as _, Older};
use store::schema::{alert, concern};
use store::{Error, Result, Tx};
use utoipa::ToSchema;

use crate::concerns::{Backend, ConcernSummary, SummaryRow, summaries_of, within};

/// A notice that a concern waits.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Alert)]
pub(crate) struct AlertView {
    id: AlertId,
    concern: ConcernSummary,
    reason: Reason,
    created_at: Timestamp,
    read_at: Option<Timestamp>,
}

/// Why somebody is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AlertReason)]
pub(super) enum Reason {
    /// A rule says so, or no rule told anybody else.
    Rule,
    /// Whoever recorded it chose this person.
    Chosen,
    /// Somebody must look at once.
    Urgent,
    /// Something was added to a concern.
    Addition,
}

impl Reason {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Rule => "rule",
            Self::Chosen => "chosen",
            Self::Urgent => "urgent",
            Self::Addition => "addition",
        }
    }

    fn from_row(word: &str) -> Result<Self> {
        [Self::Rule, Self::Chosen, Self::Urgent, Self::Addition]
            .into_iter()
            .find(|reason| reason.as_str() == word)
            .ok_or(Error::Unreadable("alert.reason"))
    }
}

type Listed = (AlertId, String, Timestamp, Option<Timestamp>, SummaryRow);

/// One page of a member's alerts, newest first: those that may be seen now.
pub(super) fn page(
    tx: &mut Tx<'_>,
    reach: &Reach,
    member: MemberId,
    unread: bool,
    page: &Page<kind::Alert>,
) -> Result<Paged<AlertView>> {
    let joined = alert::table
        .inner_join(
            concern::table.on(concern::school_id
                .eq(alert::school_id)
                .and(concern::id.eq(alert::concern_id))),
        )
        .filter(alert::school_id.eq(tx.school()))
        .filter(alert::member_id.eq(member))
        .order_by((alert::created_at.desc(), alert::id.desc()))
        .limit(page.load())
        .select((
            alert::id,
            alert::reason,
            alert::created_at,
            alert::read_at,
            SummaryRow::as_select(),
        ))
        .into_boxed::<Backend>();
    let mut query = within!(joined, reach);
    if unread {
        query = query.filter(alert::read_at.is_null());
    }
    if let Some(place) = page.after {
        query = query.filter((alert::created_at, alert::id).stands::<Older, _, _>(place));
    }
    let rows: Vec<Listed> = query.prepared().load(tx.connection())?;
    let cut = page.cut(rows, |row| (row.2, row.0), |row| row);
    // Two alerts may be about one concern.
    let mut concerns: Vec<SummaryRow> = Vec::new();
    for (.., row) in &cut.items {
        if concerns.iter().all(|known| known.id != row.id) {
            concerns.push(row.clone());
        }
    }
    let summaries: HashMap<_, ConcernSummary> = summaries_of(tx, reach, &concerns)?
        .into_iter()
        .map(|summary| (summary.id, summary))
        .collect();
    let items = cut
        .items
        .into_iter()
        .map(|(id, reason, created_at, read_at, row)| {
            Ok(AlertView {
                id,
                concern: summaries.get(&row.id).cloned().ok_or(Error::Absent)?,
                reason: Reason::from_row(&reason)?,
                created_at,
                read_at,
            })
        })
        .collect::<Result<_>>()?;
    Ok(Paged {
        items,
        next: cut.next,
    })
}

/// The newest unread alerts of a member, for the dashboard.
///
/// # Errors
/// What the database says.
pub(crate) fn newest(
    tx: &mut Tx<'_>,
    reach: &Reach,
    member: MemberId,
    limit: i64,
) -> Result<Vec<AlertView>> {
    let first = Page { after: None, limit };
    Ok(page(tx, reach, member, true, &first)?.items)
}
