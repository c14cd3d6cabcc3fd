use std::collections::BTreeSet;

use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, post};
use domain::{MemberId, UnlockId};
use policy::Action;
use rest::{Problem, Problems};
use store::Event;

use super::device_call::DeviceCall;
use super::unlocks::{self, State};
use crate::App;
use crate::mail::{KeyEvent, Mail};

/// Refuse a request to unlock: it was somebody else.
///
/// For fifteen minutes nobody can ask in this member's name, what waits is ended, and everybody who holds
/// keys is told.
#[utoipa::path(
    tag = "devices",
    security(("device" = [])),
    params(("unlock" = UnlockId, Path)),
    responses((status = 204, description = "Refused."), Problems),
)]
#[post("/device/unlocks/{unlock}/refuse")]
pub(super) async fn refuse_unlock(
    app: Data<App>,
    call: DeviceCall,
    path: Path<String>,
) -> Result<HttpResponse, Problem> {
    let id: UnlockId = path.parse().map_err(|_| Problem::not_found())?;
    call.run(&app, "refuse_unlock", move |tx, asking| {
        asking.require(tx, Action::RefuseUnlock)?;
        let found = unlocks::find(tx, id)?
            .filter(|unlock| unlock.member_id == asking.member())
            .ok_or_else(Problem::not_found)?;
        if !found.waits(tx.now()) || !unlocks::end(tx, id, State::Refused)? {
            return Err(Problem::new("unlock-not-waiting"));
        }
        tx.record(Event::of(Action::RefuseUnlock).to(id));
        let holders: BTreeSet<MemberId> = asking
            .roll
            .iter()
            .flat_map(|roll| roll.active_grants(asking.at))
            .map(|grant| grant.member)
            .collect();
        for member in holders {
            let event = KeyEvent::UnlockRefused;
            tx.enqueue(Mail::Key { member, event }.job());
        }
        Ok(())
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}
