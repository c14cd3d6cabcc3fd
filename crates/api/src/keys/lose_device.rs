use std::collections::BTreeSet;
use std::sync::Arc;

use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, post};
use diesel::prelude::*;
use domain::{DeviceId, MemberId};
use policy::{Action, Facts};
use protocol::roll::Body;
use rest::{Problem, Problems};
use store::dialect::Prepare as _;
use store::schema::device;
use store::{Event, Tx};

use super::device_call::Asking;
use super::devices::{self, REVOKED, SUSPENDED};
use super::slots;
use super::unlocks::{lock_all_of_device, lock_waiting_of_member};
use crate::mail::{KeyEvent, Mail};
use crate::{App, Credentials};

/// Say that one's own device is lost, from any browser in which one is signed in.
///
/// At once it opens nothing, what it has opened is closed, what waits for it is ended, and every key holder
/// is told. Only a new grant by another key holder lets it in again.
#[utoipa::path(
    tag = "keys",
    params(("device" = DeviceId, Path)),
    responses((status = 204, description = "It is suspended."), Problems),
)]
#[post("/devices/{device}/lost")]
pub(super) async fn lose_device(
    app: Data<App>,
    credentials: Credentials,
    path: Path<String>,
) -> Result<HttpResponse, Problem> {
    let id: DeviceId = path.parse().map_err(|_| Problem::not_found())?;
    let rolls = Arc::clone(&app.rolls);
    app.write("lose_device", credentials, move |tx| {
        let found = devices::find(tx, id)?.ok_or_else(Problem::not_found)?;
        tx.require(Action::LoseDevice, Facts::Of(found.member_id))?;
        if found.state == REVOKED || found.lost_at.is_some() {
            return Err(Problem::new("already-done"));
        }
        let (school, now) = (tx.school(), tx.now());
        diesel::update(device::table.find((school, id)))
            .set((device::state.eq(SUSPENDED), device::lost_at.eq(now)))
            .prepared()
            .execute(tx.connection())
            .map_err(store::Error::from)?;
        lock_all_of_device(tx, id)?;
        slots::forget_of_device(tx, id)?;
        lock_waiting_of_member(tx, found.member_id)?;
        tx.record(Event::of(Action::LoseDevice).to(id));
        let at = devices::seconds(tx);
        let holders: BTreeSet<MemberId> = rolls
            .now(tx)?
            .iter()
            .flat_map(|roll| roll.active_grants(at))
            .map(|grant| grant.member)
            .chain([found.member_id])
            .collect();
        for member in holders {
            let event = match member == found.member_id {
                true => KeyEvent::Lost,
                false => KeyEvent::HolderLostDevice,
            };
            tx.enqueue(Mail::Key { member, event }.job());
        }
        Ok(())
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// A device that was lost is let in again by somebody else than its owner: whoever found it may have found
/// the owner's other device too.
pub(super) fn check_grant(tx: &mut Tx<'_>, asking: &Asking, body: &Body) -> Result<(), Problem> {
    let Body::Grant(grant) = body else {
        return Ok(());
    };
    let lost = devices::find(tx, grant.device)?.is_some_and(|device| device.lost_at.is_some());
    match lost && grant.member == asking.member() {
        true => Err(Problem::new("roll-entry-refused")
            .detail("This device was lost. Another key holder has to let it in again.")),
        false => Ok(()),
    }
}
