use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, post};
use diesel::prelude::*;
use domain::UnlockId;
use policy::Action;
use protocol::approve::{Approval, SealedBundle, Witness};
use protocol::challenge::Challenge;
use protocol::compartments::Compartment;
use protocol::unlock::challenge_hash;
use rest::{Problem, Problems};
use serde::Deserialize;
use store::dialect::Prepare as _;
use store::schema::unlock;
use store::{Event, Tx};

use super::bytes::Bytes;
use super::challenges;
use super::device_call::{Asking, DeviceCall, refused};
use super::unlocks::{self, State, WAIT_SECONDS};
use crate::App;

/// The most bytes of a sealed bundle: eight compartments in some generations.
pub(super) const BUNDLE_BYTES: usize = 16 * 1024;

/// The compartments' keys, sealed to the browser's cookie.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ApproveUnlock {
    /// HPKE's encapsulated key.
    enc: Bytes,
    /// HPKE's ciphertext.
    ciphertext: Bytes,
    /// What the session may do: as asked, or less.
    scopes: Vec<String>,
    /// What it may open: as asked, or less.
    compartments: Vec<String>,
    /// How long at most: as asked, or less.
    session_seconds: u32,
    /// By this device.
    signature: Bytes,
    /// By this device, over the heads of log and roll that it has seen.
    witness: Bytes,
    /// If a link has opened the app: the hash of the token with which it opens the page again.
    return_hash: Option<Bytes>,
}

/// Approve a request that this device has claimed: as asked, or narrower, never wider.
#[utoipa::path(
    tag = "devices",
    security(("device" = [])),
    params(("unlock" = UnlockId, Path)),
    request_body = ApproveUnlock,
    responses((status = 204, description = "The browser opens when it asks next."), Problems),
)]
#[post("/device/unlocks/{unlock}/approve")]
pub(super) async fn approve_unlock(
    app: Data<App>,
    call: DeviceCall,
    path: Path<String>,
) -> Result<HttpResponse, Problem> {
    let id: UnlockId = path.parse().map_err(|_| Problem::not_found())?;
    let form: ApproveUnlock = call.json()?;
    let encapsulated = form.enc.array("/enc")?;
    if form.ciphertext.0.len() > BUNDLE_BYTES {
        return Err(Problem::field("/ciphertext", "this is too long"));
    }
    let compartments = form
        .compartments
        .iter()
        .map(|name| name.parse::<Compartment>())
        .collect::<Result<Vec<_>, _>>()
        .map_err(|_| Problem::field("/compartments", "this is not the name of a compartment"))?;
    let return_hash = form
        .return_hash
        .map(|hash| hash.array::<32>("/return_hash"))
        .transpose()?;
    let bundle = SealedBundle {
        encapsulated,
        ciphertext: form.ciphertext.0,
    };
    call.run(&app, "approve_unlock", move |tx, asking| {
        asking.require(tx, Action::ApproveUnlock)?;
        let over = || Problem::new("unlock-not-waiting");
        let found = unlocks::find(tx, id)?
            .filter(|unlock| unlock.member_id == asking.member())
            .ok_or_else(Problem::not_found)?;
        let claimed = found.state() == State::Claimed
            && found.device_id == Some(asking.device.id)
            && found.waits(tx.now());
        if !claimed {
            return Err(over());
        }
        if return_hash.is_some() != found.hand_off {
            return Err(Problem::field(
                "/return_hash",
                "only if a link has opened the app",
            ));
        }
        let put = challenges::find(tx, id, asking.device.id)?.ok_or_else(over)?;
        let approval = Approval {
            challenge: challenge_hash(&put.challenge),
            bundle,
            scopes: form.scopes,
            compartments,
            session_seconds: form.session_seconds,
        };
        let asked = put.read()?;
        let sound = approval
            .verify(&asked, &form.signature.0, &asking.key)
            .is_ok()
            && witness(asking, &asked, &form.witness.0);
        if !sound {
            tx.record_refusal(
                Event::of(Action::ApproveUnlock)
                    .to(id)
                    .detail("not as asked"),
            );
            return Err(refused());
        }
        if !unlocks::advance(tx, id, State::Claimed, State::Approved)? {
            return Err(over());
        }
        keep(tx, id, &approval, &form.witness.0, return_hash)?;
        tx.record(Event::of(Action::ApproveUnlock).to(id));
        Ok(())
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Whether the device says that it has seen this log and this roll, or the roll as it is by now.
fn witness(asking: &Asking, asked: &Challenge, signature: &[u8]) -> bool {
    let now = asking.roll.as_deref().map(|roll| roll.head());
    [Some(asked.roll), now].into_iter().flatten().any(|roll| {
        Witness {
            school: asked.school,
            device: asked.device,
            log: asked.log,
            roll,
        }
        .verify(signature, &asking.key)
        .is_ok()
    })
}

fn keep(
    tx: &mut Tx<'_>,
    id: UnlockId,
    approval: &Approval,
    witness: &[u8],
    return_hash: Option<[u8; 32]>,
) -> store::Result<()> {
    let (school, now) = (tx.school(), tx.now());
    let sealed = [
        approval.bundle.encapsulated.as_slice(),
        &approval.bundle.ciphertext,
    ]
    .concat();
    diesel::update(unlock::table.find((school, id)))
        .set((
            unlock::sealed_bundle.eq(sealed),
            unlock::challenge_hash.eq(approval.challenge.to_vec()),
            unlock::scopes.eq(approval.scopes.join(" ")),
            unlock::compartments.eq(protocol::encoding::join_names(&approval.compartments)),
            unlock::witness.eq(witness),
            unlock::return_hash.eq(return_hash.map(|hash| hash.to_vec())),
            // The browser has a while to come for it, however late the approval was.
            unlock::expires_at.eq(now.plus_seconds(WAIT_SECONDS)),
            unlock::ends_at.eq(now.plus_seconds(i64::from(approval.session_seconds))),
        ))
        .prepared()
        .execute(tx.connection())?;
    Ok(())
}
