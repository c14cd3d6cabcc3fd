//! Whether the database keeps what it has committed.

use diesel::prelude::*;
use diesel::sql_types::Text;

use crate::connection::AnyConnection;
use crate::{Result, Tx};

#[derive(QueryableByName)]
struct Setting {
    #[diesel(sql_type = Text)]
    value: String,
}

/// The settings of PostgreSQL's with which a power cut would take away what was acknowledged, if any are so.
///
/// On the embedded database there are none to be wrong: each connection sets its own when it is opened.
///
/// # Errors
/// What the database says.
pub fn weaknesses(tx: &mut Tx<'_>) -> Result<Vec<&'static str>> {
    const NEEDED: [&str; 3] = ["fsync", "full_page_writes", "synchronous_commit"];
    let AnyConnection::Postgres(connection) = tx.connection() else {
        return Ok(Vec::new());
    };
    let mut off = Vec::new();
    for name in NEEDED {
        let setting: Setting = diesel::sql_query("select current_setting($1) as value")
            .bind::<Text, _>(name)
            .get_result(connection)?;
        if setting.value == "off" {
            off.push(name);
        }
    }
    Ok(off)
}
