use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use domain::{Id, Kind, Timestamp};
use serde::{Deserialize, Serialize};

use crate::Problem;

/// Which page of a list is wanted.
#[derive(Clone, Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct PageQuery {
    /// Where the page before ended: its `next`.
    pub after: Option<String>,
    /// How many at most: 1 to 100, 50 if not said.
    pub limit: Option<u32>,
}

/// A page of a list in order of time: rows after `(instant, id)`, `limit` of them.
#[derive(Clone, Copy, Debug)]
pub struct Page<K: Kind> {
    /// Where the page before ended.
    pub after: Option<(Timestamp, Id<K>)>,
    /// How many at most.
    pub limit: i64,
}

/// A page of a list, and where the next begins.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Paged<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Send this as `after` for the next page; missing on the last.
    pub next: Option<String>,
}

/// The cursor is not one that this list gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is not a cursor of this list")]
pub struct InvalidCursor;

impl PageQuery {
    /// Reads the cursor and the limit.
    ///
    /// # Errors
    /// `invalid-input`.
    pub fn page<K: Kind>(&self) -> Result<Page<K>, Problem> {
        self.page_of(50)
    }

    /// The same for a list whose pages have another length if nobody says which.
    ///
    /// # Errors
    /// `invalid-input`.
    pub fn page_of<K: Kind>(&self, length: u32) -> Result<Page<K>, Problem> {
        let limit = self.limit.unwrap_or(length);
        if !(1..=100).contains(&limit) {
            return Err(Problem::field("/limit", "choose 1 to 100"));
        }
        let after = self
            .after
            .as_deref()
            .map(Page::read)
            .transpose()
            .map_err(|error| Problem::field("/after", error))?;
        Ok(Page {
            after,
            limit: i64::from(limit),
        })
    }
}

impl<K: Kind> Page<K> {
    fn read(cursor: &str) -> Result<(Timestamp, Id<K>), InvalidCursor> {
        let bytes: [u8; 24] = BASE64_URL_SAFE_NO_PAD
            .decode(cursor)
            .ok()
            .and_then(|bytes| bytes.try_into().ok())
            .ok_or(InvalidCursor)?;
        let (micros, id) = bytes.split_first_chunk::<8>().ok_or(InvalidCursor)?;
        let id = id.try_into().map_err(|_| InvalidCursor)?;
        Ok((
            Timestamp::from_micros(i64::from_be_bytes(*micros)),
            Id::from_bytes(id),
        ))
    }

    /// How many rows to load: one more than asked, to know whether there is a next page.
    pub const fn load(&self) -> i64 {
        self.limit + 1
    }

    /// Makes the answer of the rows loaded; `place` says where a row stands.
    pub fn cut<T, U>(
        &self,
        mut rows: Vec<T>,
        place: impl Fn(&T) -> (Timestamp, Id<K>),
        view: impl FnMut(T) -> U,
    ) -> Paged<U> {
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let next = (rows.len() > limit).then(|| {
            rows.truncate(limit);
            rows.last().map(|row| {
                let (instant, id) = place(row);
                let mut bytes = [0; 24];
                bytes[..8].copy_from_slice(&instant.micros().to_be_bytes());
                bytes[8..].copy_from_slice(id.as_bytes());
                BASE64_URL_SAFE_NO_PAD.encode(bytes)
            })
        });
        Paged {
            items: rows.into_iter().map(view).collect(),
            next: next.flatten(),
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::ConcernId;

    use super::*;

    #[test]
    fn a_cursor_leads_to_the_next_page_and_nothing_else_does() {
        let rows: Vec<_> = (0..3u8)
            .map(|row| {
                (
                    Timestamp::from_seconds(i64::from(row)),
                    ConcernId::from_bytes([row; 16]),
                )
            })
            .collect();
        let page = PageQuery {
            after: None,
            limit: Some(2),
        }
        .page()
        .unwrap();
        let cut = page.cut(rows.clone(), |row| *row, |row| row.1);
        assert_eq!(cut.items.len(), 2);
        let next = PageQuery {
            after: cut.next,
            limit: None,
        };
        assert_eq!(next.page().unwrap().after, Some(rows[1]));
        for wrong in ["", "abc", "!!!!"] {
            let query = PageQuery {
                after: Some(wrong.to_owned()),
                limit: None,
            };
            assert!(query.page::<domain::kind::Concern>().is_err());
        }
    }
}
