//! Transactions without HTTP, for what no request can ask.

use diesel::prelude::*;
use domain::SchoolId;
use policy::Caller;
use store::schema::membership;
use store::{Result, Tx};
use testkit::TestApp;

/// Runs a transaction in the rows of the only school.
pub fn in_school<T: Send + 'static>(
    app: &TestApp,
    work: impl FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
) -> Result<T> {
    app.app.db.write_blocking(Caller::nobody(), move |tx| {
        let school: SchoolId = membership::table
            .select(membership::school_id)
            .first(tx.connection())?;
        tx.enter(school)?;
        work(tx)
    })
}
