use std::sync::Arc;

use actix_web::get;
use actix_web::web::{Data, Json};
use domain::UnlockId;
use policy::Action;
use protocol::challenge::Challenge;
use protocol::hpke::PublicKey;
use protocol::roll::Rights;
use protocol::suite::Suite;
use rest::{Problem, Problems};
use serde::Serialize;
use store::{Error, Tx};

use super::browsers::{LOOK, LOOK_SECONDS, RECORDS};
use super::bytes::Bytes;
use super::challenges::{self, Put};
use super::device_call::{Asking, DeviceCall};
use super::unlocks::{self, State, Unlock, WAIT_SECONDS};
use crate::App;

/// The longest that the records stay open, in seconds.
pub(super) const SESSION_SECONDS: u32 = 4 * 60 * 60;

/// What waits for this device.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct PendingUnlocks {
    items: Vec<PendingUnlock>,
}

/// One request to unlock, as it is put to this device.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct PendingUnlock {
    unlock: UnlockId,
    /// What is asked.
    challenge: Bytes,
    /// By the server's identity.
    signature: Bytes,
}

/// See which of one's browsers asks to unlock.
#[utoipa::path(tag = "devices", security(("device" = [])), responses((status = 200, body = PendingUnlocks), Problems))]
#[get("/device/unlocks")]
pub(super) async fn list_device_unlocks(
    app: Data<App>,
    call: DeviceCall,
) -> Result<Json<PendingUnlocks>, Problem> {
    let served = Data::clone(&app);
    let pending = call
        .run(&app, "list_device_unlocks", move |tx, asking| {
            asking.require(tx, Action::ListDeviceUnlocks)?;
            let now = tx.now();
            let recent = unlocks::since(tx, asking.member(), now.plus_seconds(-WAIT_SECONDS))?;
            let mut items = Vec::new();
            for unlock in recent {
                // One that is handed off is for who has its link.
                if unlock.state() == State::Pending && unlock.waits(now) && !unlock.hand_off {
                    items.push(put(tx, &served, asking, &unlock)?);
                }
            }
            Ok(PendingUnlocks { items })
        })
        .await?;
    Ok(Json(pending))
}

/// Puts a request to the device that asks, the same each time.
pub(super) fn put(
    tx: &mut Tx<'_>,
    app: &Arc<App>,
    asking: &Asking,
    unlock: &Unlock,
) -> store::Result<PendingUnlock> {
    let put = match challenges::find(tx, unlock.id, asking.device.id)? {
        Some(put) => put,
        None => make(tx, app, asking, unlock)?,
    };
    Ok(PendingUnlock {
        unlock: unlock.id,
        challenge: Bytes(put.challenge),
        signature: Bytes(put.signature),
    })
}

fn make(tx: &mut Tx<'_>, app: &App, asking: &Asking, unlock: &Unlock) -> store::Result<Put> {
    let roll = asking.roll.as_deref().ok_or(Error::Absent)?;
    let whole = unlock.known_browser || unlock.hand_off;
    let seconds = |at: domain::Timestamp| u64::try_from(at.seconds()).unwrap_or_default();
    let challenge = Challenge {
        suite: Suite::CURRENT,
        school: tx.school(),
        device: asking.device.id,
        member: unlock.member_id,
        unlock: unlock.id,
        nonce: tx.entropy().bytes(),
        session_key: PublicKey::from_bytes(
            unlock
                .session_key
                .as_slice()
                .try_into()
                .map_err(|_| Error::Unreadable("unlock.session_key"))?,
        ),
        origin: app.origin.clone(),
        digits: u8::try_from(unlock.number.len()).unwrap_or_default(),
        known_browser: unlock.known_browser,
        browser: unlock.browser.clone(),
        place: String::new(),
        scopes: vec![if whole { RECORDS } else { LOOK }.to_owned()],
        compartments: asking
            .rights
            .iter()
            .flat_map(|rights: &Rights| rights.compartments.iter().cloned())
            .collect(),
        session_seconds: if whole { SESSION_SECONDS } else { LOOK_SECONDS },
        issued: seconds(unlock.created_at),
        expires: seconds(unlock.expires_at),
        log: tx.log_head()?,
        roll: roll.head(),
    };
    let signature = challenge.sign(&app.identity);
    challenges::keep(tx, &challenge, &signature)
}
