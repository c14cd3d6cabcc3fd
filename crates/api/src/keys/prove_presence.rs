use std::sync::Arc;

use actix_web::post;
use actix_web::web::{Data, Json};
use diesel::prelude::*;
use domain::{DeviceId, MemberId, Timestamp};
use policy::{Action, Facts};
use protocol::codes::CodeSecret;
use rest::{Body, Problem, Problems};
use serde::{Deserialize, Serialize};
use store::dialect::Prepare as _;
use store::schema::{device, session};
use store::{Error, Event, Result, Tx};
use vault::{Purpose, ServerSecret};

use super::devices::{REGISTERED, seconds};
use super::rolls::Rolls;
use crate::{App, Credentials};

/// Wrong codes in a row after which none is taken until the device has been online again.
const TRIES: i32 = 5;
/// Minutes that a code counts for.
const PRESENT_MINUTES: i64 = 60;

/// An offline code.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ProvePresence {
    /// Eight digits, as the app shows them; spaces do not matter.
    #[schema(example = "4711 9902")]
    code: String,
}

/// What the code was good for.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct Presence {
    /// Until when, in this session.
    present_until: Timestamp,
    /// What may be seen now: how much waits, and whether any of it is urgent.
    shows: Vec<&'static str>,
    /// Always false: a code opens no record. That needs the device itself.
    opens_records: bool,
}

/// Show by an offline code that one has one's device, where the device cannot reach the server.
///
/// It proves presence and nothing else: how much waits, and whether it is urgent. Each code is taken once.
#[utoipa::path(
    tag = "keys",
    request_body = ProvePresence,
    responses((status = 200, body = Presence), Problems),
)]
#[post("/presence")]
pub(super) async fn prove_presence(
    app: Data<App>,
    credentials: Credentials,
    body: Body<ProvePresence>,
) -> std::result::Result<Json<Presence>, Problem> {
    let code: String = body.0.code.split_whitespace().collect();
    let rolls = Arc::clone(&app.rolls);
    let secret = app.secret.clone();
    let id = credentials.claims.sid;
    let present = app
        .write("prove_presence", credentials, move |tx| {
            let member = tx.caller().member().ok_or_else(Problem::not_found)?;
            tx.require(Action::ProvePresence, Facts::School)?;
            let devices = of_member(tx, &rolls, &secret, member)?;
            if devices.is_empty() {
                return Err(Problem::new("no-offline-codes"));
            }
            let at = seconds(tx);
            let found = devices.iter().find_map(|own| {
                let step = i64::try_from(own.secret.check(&code, at)?).ok()?;
                (own.last < Some(step)).then_some((own.id, step))
            });
            let Some((device, step)) = found else {
                count_wrong(tx, &devices)?;
                tx.record(Event::of(Action::ProvePresence).refused());
                // Kept although it is refused: the count of wrong ones must be.
                return Ok(None);
            };
            take(tx, device, step)?;
            let present_until = tx.now().plus_minutes(PRESENT_MINUTES);
            diesel::update(session::table.find(id))
                .set(session::present_until.eq(present_until))
                .prepared()
                .execute(tx.connection())
                .map_err(Error::from)?;
            tx.record(Event::of(Action::ProvePresence).to(device));
            Ok::<_, Problem>(Some(Presence {
                present_until,
                shows: vec!["unread", "urgent"],
                opens_records: false,
            }))
        })
        .await?;
    present
        .map(Json)
        .ok_or_else(|| Problem::new("code-refused"))
}

struct Own {
    id: DeviceId,
    secret: CodeSecret,
    last: Option<i64>,
}

/// The member's granted devices whose codes are taken now.
fn of_member(
    tx: &mut Tx<'_>,
    rolls: &Rolls,
    server: &ServerSecret,
    member: MemberId,
) -> Result<Vec<Own>> {
    let (school, at) = (tx.school(), seconds(tx));
    let roll = rolls.now(tx)?;
    let rows: Vec<(DeviceId, Option<Vec<u8>>, Option<i64>)> = device::table
        .filter(device::school_id.eq(school))
        .filter(device::member_id.eq(member))
        .filter(device::state.eq(REGISTERED))
        .filter(device::code_secret.is_not_null())
        .filter(device::code_failures.lt(TRIES))
        .select((device::id, device::code_secret, device::code_step))
        .load(tx.connection())?;
    rows.into_iter()
        .filter(|(id, ..)| {
            roll.as_ref()
                .is_some_and(|roll| roll.active(*id, at).is_some())
        })
        .map(|(id, sealed, last)| {
            let secret = server
                .open(
                    Purpose::DeviceCode,
                    id.as_bytes(),
                    &sealed.unwrap_or_default(),
                )
                .ok()
                .and_then(|bytes| CodeSecret::try_from(bytes.as_slice()).ok())
                .ok_or(Error::Unreadable("device.code_secret"))?;
            Ok(Own { id, secret, last })
        })
        .collect()
}

/// Which device a wrong code was meant for nobody knows, so it counts for all of them.
fn count_wrong(tx: &mut Tx<'_>, devices: &[Own]) -> Result<()> {
    let school = tx.school();
    for own in devices {
        diesel::update(device::table.find((school, own.id)))
            .set(device::code_failures.eq(device::code_failures + 1))
            .prepared()
            .execute(tx.connection())?;
    }
    Ok(())
}

/// Takes a step, so that neither it nor one before it is taken again.
fn take(tx: &mut Tx<'_>, id: DeviceId, step: i64) -> std::result::Result<(), Problem> {
    let school = tx.school();
    let taken = diesel::update(
        device::table
            .find((school, id))
            .filter(device::code_step.is_null().or(device::code_step.lt(step))),
    )
    .set((device::code_step.eq(step), device::code_failures.eq(0)))
    .prepared()
    .execute(tx.connection())
    .map_err(Error::from)?;
    match taken {
        1 => Ok(()),
        _ => Err(Problem::new("code-refused")),
    }
}
