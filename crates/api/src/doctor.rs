//! Whether what the database holds is whole: what `server doctor` asks.

use diesel::prelude::*;
use domain::{SchoolId, Timestamp};
use policy::Caller;
use store::schema::{membership, school};
use store::{AuditFault, Error, Result, Waiting};

use crate::App;
use crate::keys::{Rolls, left_with_old_halves, server_half};

/// What was found of one school.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SchoolHealth {
    /// Which.
    pub school: SchoolId,
    /// How many lines the audit log has, or where its chain does not hold.
    pub audit: std::result::Result<u64, AuditFault>,
    /// How many entries the roll has; `None` if it does not verify.
    pub roll: Option<i64>,
    /// Whether the server has its half of the keys; if not, two recovery sheets bring it back.
    pub whole: bool,
    /// How many records are still sealed with a half that derives from a former secret.
    pub with_old_half: i64,
}

/// The schools that anybody has a place in.
///
/// # Errors
/// What the database says.
pub async fn schools(app: &App) -> Result<Vec<SchoolId>> {
    app.db
        .read("list_schools", Caller::nobody(), |tx| -> Result<_> {
            Ok(membership::table
                .select(membership::school_id)
                .distinct()
                .order_by(membership::school_id)
                .load(tx.connection())?)
        })
        .await
}

/// Walks a school's audit log and replays its roll, from the first entry of each.
///
/// # Errors
/// What the database says.
pub async fn examine(app: &App, id: SchoolId) -> Result<SchoolHealth> {
    let secret = app.secret.clone();
    app.db
        .read("examine_school", Caller::system(id), move |tx| {
            let length: i64 = school::table
                .find(id)
                .select(school::roll_length)
                .first(tx.connection())?;
            // A cache of its own: what the app has kept since it started proves nothing.
            let roll = match Rolls::default().read(tx, id, length) {
                Ok(_) => Some(length),
                Err(Error::Unreadable(_)) => None,
                Err(error) => return Err(error),
            };
            Ok(SchoolHealth {
                school: id,
                whole: server_half(tx, &secret)?.is_some(),
                with_old_half: left_with_old_halves(tx)?
                    .into_iter()
                    .map(|(_, left)| left)
                    .sum(),
                audit: store::verify_audit(tx)?,
                roll,
            })
        })
        .await
}

/// When the oldest work that waits in the outbox was left there.
///
/// # Errors
/// What the database says.
pub async fn oldest_waiting(app: &App) -> Result<Option<Timestamp>> {
    app.db
        .read("look_into_outbox", Caller::nobody(), Waiting::oldest)
        .await
}

/// The database's settings with which a power cut would take away what was acknowledged.
///
/// # Errors
/// What the database says.
pub async fn weaknesses(app: &App) -> Result<Vec<&'static str>> {
    app.db
        .read("look_at_settings", Caller::nobody(), store::weaknesses)
        .await
}
