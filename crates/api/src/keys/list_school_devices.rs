use actix_web::get;
use actix_web::web::{Data, Json};
use diesel::prelude::*;
use domain::{CategoryId, DeviceId, MemberId};
use policy::Action;
use rest::{Problem, Problems};
use serde::Serialize;
use store::schema::{category, device, member, pupil};
use store::{Result, Tx};

use super::bytes::Bytes;
use super::device_call::{Asking, DeviceCall};
use super::devices::{Device, DeviceState};
use crate::App;

/// What a holder chooses from when granting a key.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct SchoolDevices {
    items: Vec<SchoolDevice>,
    categories: Vec<CategoryName>,
    years: Vec<String>,
}

/// A device of somebody in the school.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct SchoolDevice {
    device: DeviceId,
    member: MemberId,
    member_name: String,
    name: String,
    store_kind: String,
    sign_public_key: Bytes,
    kem_public_key: Bytes,
    state: DeviceState,
}

/// A category, to narrow a grant to.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct CategoryName {
    id: CategoryId,
    name: String,
}

/// See the school's devices, to grant one a key.
#[utoipa::path(tag = "devices", security(("device" = [])), responses((status = 200, body = SchoolDevices), Problems))]
#[get("/device/devices")]
pub(super) async fn list_school_devices(
    app: Data<App>,
    call: DeviceCall,
) -> std::result::Result<Json<SchoolDevices>, Problem> {
    let devices = call
        .run(&app, "list_school_devices", |tx, asking| {
            asking.require(tx, Action::ListSchoolDevices)?;
            Ok(SchoolDevices {
                items: devices(tx, asking)?,
                categories: categories(tx)?,
                years: years(tx)?,
            })
        })
        .await?;
    Ok(Json(devices))
}

fn devices(tx: &mut Tx<'_>, asking: &Asking) -> Result<Vec<SchoolDevice>> {
    let rows: Vec<(Device, String)> = device::table
        .inner_join(
            member::table.on(member::school_id
                .eq(device::school_id)
                .and(member::id.eq(device::member_id))),
        )
        .filter(device::school_id.eq(tx.school()))
        .filter(member::state.eq("active"))
        .order_by(device::id)
        .select((Device::as_select(), member::name))
        .load(tx.connection())?;
    Ok(rows
        .into_iter()
        .map(|(device, member_name)| SchoolDevice {
            state: device.state(asking.roll.as_deref(), asking.at),
            device: device.id,
            member: device.member_id,
            member_name,
            name: device.name,
            store_kind: device.store_kind,
            sign_public_key: Bytes(device.sign_key),
            kem_public_key: Bytes(device.kem_key),
        })
        .collect())
}

fn categories(tx: &mut Tx<'_>) -> Result<Vec<CategoryName>> {
    let rows: Vec<(CategoryId, String)> = category::table
        .filter(category::school_id.eq(tx.school()))
        .filter(category::disabled_at.is_null())
        .order_by((category::position, category::id))
        .select((category::id, category::name))
        .load(tx.connection())?;
    Ok(rows
        .into_iter()
        .map(|(id, name)| CategoryName { id, name })
        .collect())
}

fn years(tx: &mut Tx<'_>) -> Result<Vec<String>> {
    let rows: Vec<Option<String>> = pupil::table
        .filter(pupil::school_id.eq(tx.school()))
        .filter(pupil::state.ne("left"))
        .filter(pupil::year_group.is_not_null())
        .select(pupil::year_group)
        .distinct()
        .load(tx.connection())?;
    let mut years: Vec<String> = rows.into_iter().flatten().collect();
    // Numbers in their order, before letters.
    years.sort_by_key(|year| (year.parse::<u8>().unwrap_or(u8::MAX), year.clone()));
    Ok(years)
}
