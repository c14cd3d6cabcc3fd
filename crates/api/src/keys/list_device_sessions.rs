use actix_web::get;
use actix_web::web::{Data, Json};
use domain::{Timestamp, UnlockId};
use policy::Action;
use rest::{Problem, Problems};
use serde::Serialize;

use super::device_call::DeviceCall;
use super::unlocks;
use crate::App;

/// Hours that an unlock can last, so that no older one can be open.
const LONGEST_MINUTES: i64 = 5 * 60;

/// Where one's records are open.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct OpenSessions {
    items: Vec<OpenSession>,
}

/// One browser with open records.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct OpenSession {
    unlock: UnlockId,
    #[schema(example = "Chrome on Windows")]
    browser: String,
    /// Whether it is a short look, in a browser that is not known.
    probation: bool,
    /// Whether its owner has said that the browser is theirs: it is known when it unlocks next.
    kept: bool,
    opened_at: Timestamp,
    ends_at: Timestamp,
}

/// See in which browsers one's records are open.
#[utoipa::path(tag = "devices", security(("device" = [])), responses((status = 200, body = OpenSessions), Problems))]
#[get("/device/sessions")]
pub(super) async fn list_device_sessions(
    app: Data<App>,
    call: DeviceCall,
) -> Result<Json<OpenSessions>, Problem> {
    let open = call
        .run(&app, "list_device_sessions", |tx, asking| {
            asking.require(tx, Action::ListDeviceSessions)?;
            let now = tx.now();
            let recent = unlocks::since(tx, asking.member(), now.plus_minutes(-LONGEST_MINUTES))?;
            let items = recent
                .into_iter()
                .filter(|unlock| unlock.is_open(now))
                .filter_map(|unlock| {
                    Some(OpenSession {
                        unlock: unlock.id,
                        probation: !unlock.known_browser,
                        kept: unlock.kept,
                        opened_at: unlock.opened_at?,
                        ends_at: unlock.ends_at?,
                        browser: unlock.browser,
                    })
                })
                .collect();
            Ok(OpenSessions { items })
        })
        .await?;
    Ok(Json(open))
}
