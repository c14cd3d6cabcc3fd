use actix_web::get;
use actix_web::web::{Data, Json};
use policy::Action;
use protocol::roll::RollHead;
use rest::{Problem, Problems};
use serde::Serialize;

use super::bytes::Bytes;
use super::device_call::DeviceCall;
use super::devices::DeviceState;
use super::list_key_holders::pending;
use super::names::names;
use crate::App;

/// How a device stands.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct OwnDevice {
    state: DeviceState,
    school_name: String,
    member_name: String,
    member: domain::MemberId,
    /// What it may open.
    compartments: Vec<String>,
    /// What it was granted too and waits for a second key holder's word.
    pending: Vec<String>,
    roll_length: u64,
    roll_head: Bytes,
    log_length: u64,
    log_head: Bytes,
}

/// See how one stands, as a device: the roll's and the log's heads are there to be compared.
#[utoipa::path(tag = "devices", security(("device" = [])), responses((status = 200, body = OwnDevice), Problems))]
#[get("/device")]
pub(super) async fn read_own_device(
    app: Data<App>,
    call: DeviceCall,
) -> Result<Json<OwnDevice>, Problem> {
    let own = call
        .run(&app, "read_own_device", |tx, asking| {
            asking.require(tx, Action::ReadOwnDevice)?;
            let names = names(tx, asking.member())?;
            let log = tx.log_head()?;
            let roll = asking.roll.as_deref();
            let head = roll.map_or(RollHead::EMPTY, |roll| roll.head());
            Ok(OwnDevice {
                state: asking.device.state(roll, asking.at),
                school_name: names.school,
                member_name: names.member,
                member: asking.member(),
                compartments: asking
                    .rights
                    .iter()
                    .flat_map(|rights| &rights.compartments)
                    .map(ToString::to_string)
                    .collect(),
                pending: roll.map_or_else(Vec::new, |roll| pending(roll, asking.device.id)),
                roll_length: head.length,
                roll_head: Bytes::from(head.head),
                log_length: log.length,
                log_head: Bytes::from(log.head),
            })
        })
        .await?;
    Ok(Json(own))
}
