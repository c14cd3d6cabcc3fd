use std::collections::HashMap;
use std::sync::Arc;

use actix_web::get;
use actix_web::web::{Data, Json};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::{CategoryId, DeviceId, MemberId, Timestamp};
use policy::{Action, Facts};
use protocol::roll::{Rights, RollState};
use rest::{Problem, Problems};
use serde::Serialize;
use store::schema::{device, member};
use store::{Result, Tx};

use super::devices::{Device, DeviceView, seconds};
use crate::{App, Credentials};

/// Who holds keys, as the signed roll says.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct KeyHolders {
    items: Vec<KeyHolder>,
    /// Six words of the roll's head: every app must show the same.
    roll_words: String,
    roll_length: u64,
}

/// A person, and what some of their devices may open and do.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct KeyHolder {
    member: Holder,
    /// Those of their devices that were granted just this.
    devices: Vec<DeviceView>,
    compartments: Vec<String>,
    /// What was granted too and waits for a second key holder's word.
    pending: Vec<String>,
    capabilities: Vec<&'static str>,
    /// Null for all.
    categories: Option<Vec<CategoryId>>,
    /// Null for all.
    years: Option<Vec<String>>,
    /// The last day; null for no end.
    expires_on: Option<NaiveDate>,
}

/// Who.
#[derive(Clone, Serialize, utoipa::ToSchema)]
#[schema(as = KeyHolderMember)]
pub(super) struct Holder {
    id: MemberId,
    name: String,
}

impl std::fmt::Debug for Holder {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Holder({})", self.id)
    }
}

/// See who holds keys. Every key holder may, with the records locked.
#[utoipa::path(tag = "keys", responses((status = 200, body = KeyHolders), Problems))]
#[get("/key-holders")]
pub(super) async fn list_key_holders(
    app: Data<App>,
    credentials: Credentials,
) -> std::result::Result<Json<KeyHolders>, Problem> {
    let rolls = Arc::clone(&app.rolls);
    let holders = app
        .read("list_key_holders", credentials, move |tx| {
            tx.require(Action::ListKeyHolders, Facts::School)?;
            let roll = rolls.now(tx)?.ok_or_else(Problem::not_found)?;
            Ok::<_, Problem>(KeyHolders {
                items: holders(tx, &roll)?,
                roll_words: roll.words().list().join(" "),
                roll_length: roll.head().length,
            })
        })
        .await?;
    Ok(Json(holders))
}

fn holders(tx: &mut Tx<'_>, roll: &RollState) -> Result<Vec<KeyHolder>> {
    let school = tx.school();
    let at = seconds(tx);
    let rows: Vec<(Device, String)> = device::table
        .inner_join(
            member::table.on(member::school_id
                .eq(device::school_id)
                .and(member::id.eq(device::member_id))),
        )
        .filter(device::school_id.eq(school))
        .select((Device::as_select(), member::name))
        .load(tx.connection())?;
    let rows: HashMap<_, _> = rows
        .into_iter()
        .map(|(device, name)| (device.id, (device, name)))
        .collect();
    let mut found: Vec<(Rights, KeyHolder)> = Vec::new();
    for grant in roll.active_grants(at) {
        let pending = pending(roll, grant.device);
        let Some((device, name)) = rows.get(&grant.device) else {
            continue;
        };
        let view = device.view(Some(roll), at);
        let same = found.iter_mut().find(|(rights, holder)| {
            *rights == grant.rights && holder.member.id == grant.member && holder.pending == pending
        });
        match same {
            Some((_, holder)) => holder.devices.push(view),
            None => found.push((
                grant.rights.clone(),
                holder(grant.member, name, view, &grant.rights, pending),
            )),
        }
    }
    let mut items: Vec<KeyHolder> = found.into_iter().map(|(_, holder)| holder).collect();
    items.sort_by(|one, other| one.member.name.cmp(&other.member.name));
    Ok(items)
}

/// The names of the compartments that a device was granted and that wait for an endorsement.
pub(super) fn pending(roll: &RollState, device: DeviceId) -> Vec<String> {
    roll.device(device)
        .and_then(|holder| holder.pending.as_ref())
        .map(|pending| {
            pending
                .compartments
                .iter()
                .map(ToString::to_string)
                .collect()
        })
        .unwrap_or_default()
}

fn holder(
    member: MemberId,
    name: &str,
    device: DeviceView,
    rights: &Rights,
    pending: Vec<String>,
) -> KeyHolder {
    KeyHolder {
        pending,
        member: Holder {
            id: member,
            name: name.to_owned(),
        },
        devices: vec![device],
        compartments: rights
            .compartments
            .iter()
            .map(ToString::to_string)
            .collect(),
        capabilities: rights
            .capabilities
            .iter()
            .map(|capability| capability.name())
            .collect(),
        categories: rights
            .categories
            .as_ref()
            .map(|categories| categories.iter().copied().collect()),
        years: rights
            .years
            .as_ref()
            .map(|years| years.iter().cloned().collect()),
        // The grant ends at the end of that day: its last whole second is the one before.
        expires_on: rights.expires.map(|end| {
            Timestamp::from_seconds(i64::try_from(end).unwrap_or(i64::MAX).saturating_sub(1)).date()
        }),
    }
}
