//! What was read of a school's settings, kept until they change.
//!
//! To record a concern asks which categories there are, who is told of what, who works here and the server's half of the
//! school's keys: the same for months. Each row of these that is written, changed or deleted has the database give
//! the school another mark (`migrations/*_settings_mark`), which every request reads with its session; what is kept
//! under the mark that the transaction sees is what it would read (`docs/adr/0077-kept-by-the-settings-mark.md`).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use diesel::prelude::*;
use domain::SchoolId;
use store::dialect::Prepare as _;
use store::schema::school;
use store::{Result, Tx};

/// Schools that are kept; past them it begins anew.
const MOST: usize = 10_000;

/// What each school has set, of one kind.
#[derive(Debug)]
pub(crate) struct Settled<T>(Mutex<HashMap<SchoolId, (i64, Arc<T>)>>);

impl<T> Default for Settled<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T> Settled<T> {
    /// What the transaction's school has set, by `read` if it was not read since it was last changed. Not for a
    /// transaction that changes it itself.
    ///
    /// # Errors
    /// What `read` returns, or what the database says.
    pub(crate) fn now(
        &self,
        tx: &mut Tx<'_>,
        read: impl FnOnce(&mut Tx<'_>) -> Result<T>,
    ) -> Result<Arc<T>> {
        let school = tx.school();
        if let Some(noted) = tx.settings_mark()
            && let Some((mark, kept)) = self.lock().get(&school)
            && *mark == noted
        {
            return Ok(Arc::clone(kept));
        }
        // Asked again, and first: what is read after it is at least as new, whoever commits meanwhile.
        let mark = mark_of(tx, school)?;
        let found = Arc::new(read(tx)?);
        let mut all = self.lock();
        if all.len() >= MOST {
            all.clear();
        }
        all.insert(school, (mark, Arc::clone(&found)));
        Ok(found)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<SchoolId, (i64, Arc<T>)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn mark_of(tx: &mut Tx<'_>, school: SchoolId) -> Result<i64> {
    Ok(school::table
        .find(school)
        .select(school::settings_mark)
        .prepared()
        .get_result(tx.connection())?)
}
