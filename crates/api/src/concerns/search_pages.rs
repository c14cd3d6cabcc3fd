//! The sealed texts that a search looks through, page by page.

use chrono::NaiveDate;
use diesel::prelude::*;
use domain::{ConcernId, Timestamp};
use policy::Reach;
use store::dialect::Prepare as _;
use store::place::{InOrder as _, NotOlder, Older};
use store::schema::concern;
use store::{Result, Tx};

use super::queries::of_school;
use super::reach::{about, within};
use super::search::SearchRecords;

/// Rows opened at a time: enough to keep the database busy, few enough to hold.
const PAGE: i64 = 500;

/// A concern, still sealed: when it came, what it is, where its key belongs, whether it is filed, its key and its text.
pub(super) type Row = (Timestamp, ConcernId, String, i32, bool, Vec<u8>, Vec<u8>);

/// The place of a concern among all, by when it came.
pub(super) type Cursor = (Timestamp, ConcernId);

/// Some of the concerns that are looked through.
pub(super) struct Page {
    /// Newest first.
    pub(super) rows: Vec<Row>,
    /// Where the next page begins, if there is one.
    pub(super) next: Option<Cursor>,
}

/// The sealed text of the concerns within reach that came in the time asked for.
macro_rules! sealed_within {
    ($tx:expr, $reach:expr, $wanted:expr) => {{
        let all = of_school!(concern, $tx)
            .select((
                concern::received_at,
                concern::id,
                concern::compartment,
                concern::generation,
                concern::filed,
                concern::sealed_key,
                concern::body,
            ))
            .into_boxed();
        let mut query = within!(all, $reach);
        if let Some(from) = $wanted.from {
            query = query.filter(concern::occurred_at.ge(start_of(from)));
        }
        if let Some(to) = $wanted.to {
            query = query.filter(concern::occurred_at.lt(start_of(to).plus_days(1)));
        }
        query
    }};
}

/// A page of what was picked out: few, perhaps, and far apart.
pub(super) fn picked_page(
    tx: &mut Tx<'_>,
    reach: &Reach,
    wanted: &SearchRecords,
    after: Option<Cursor>,
) -> Result<Page> {
    let mut query = sealed_within!(tx, reach, wanted)
        .order_by((concern::received_at.desc(), concern::id.desc()))
        .limit(PAGE);
    if let Some(after) = after {
        query = query.filter((concern::received_at, concern::id).stands::<Older, _, _>(after));
    }
    if let Some(status) = wanted.status {
        query = query.filter(concern::status.eq(status.as_str()));
    }
    let query = about!(query, wanted.category, wanted.pupil, &wanted.year);
    let rows: Vec<Row> = query.prepared().load(tx.connection())?;
    let full = usize::try_from(PAGE).is_ok_and(|page| rows.len() == page);
    let next = rows.last().map(|row| (row.0, row.1)).filter(|_| full);
    Ok(Page { rows, next })
}

/// A page of all concerns.
///
/// Where it ends is looked up in the index alone. Then its rows are read as they lie in the file, oldest first:
/// the other way round SQLite looks for each of them from the root of the table, which was half of a search. That they came
/// between two instants is said by itself too: PostgreSQL does not see that two places bound them from both sides,
/// and went through the concerns of each author instead, all of the school's for each page.
pub(super) fn whole_page(
    tx: &mut Tx<'_>,
    reach: &Reach,
    wanted: &SearchRecords,
    after: Option<Cursor>,
) -> Result<Page> {
    let mut places = of_school!(concern, tx)
        .order_by((concern::received_at.desc(), concern::id.desc()))
        .offset(PAGE - 1)
        .limit(1)
        .select((concern::received_at, concern::id))
        .into_boxed();
    let mut query = sealed_within!(tx, reach, wanted).order_by((concern::received_at, concern::id));
    if let Some(after) = after {
        let columns = (concern::received_at, concern::id);
        places = places.filter(columns.stands::<Older, _, _>(after));
        query = query
            .filter(columns.stands::<Older, _, _>(after))
            .filter(concern::received_at.le(after.0));
    }
    let end: Option<Cursor> = places.prepared().get_result(tx.connection()).optional()?;
    if let Some(end) = end {
        query = query
            .filter((concern::received_at, concern::id).stands::<NotOlder, _, _>(end))
            .filter(concern::received_at.ge(end.0));
    }
    let mut rows: Vec<Row> = query.prepared().load(tx.connection())?;
    rows.reverse();
    Ok(Page { rows, next: end })
}

fn start_of(day: NaiveDate) -> Timestamp {
    Timestamp::from(day.and_time(chrono::NaiveTime::MIN).and_utc())
}
