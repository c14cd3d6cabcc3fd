use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::http::header::AUTHORIZATION;
use actix_web::web::{Bytes, Data};
use actix_web::{FromRequest, HttpRequest};
use diesel::prelude::*;
use domain::MemberId;
use policy::{Action, Actor, Caller, DeviceFacts, Facts, Level};
use protocol::device::{DeviceRequest, MAX_AGE_SECONDS, RequestSignature, verify_request};
use protocol::roll::{Capability, Rights, RollState};
use protocol::signing::VerifyingKey;
use rest::{MAX_BODY, Problem, read_json};
use serde::de::DeserializeOwned;
use store::dialect::Prepare as _;
use store::schema::{device, device_nonce, member, school};
use store::{Event, Tx};

use super::devices::{Device, REVOKED, SUSPENDED, seconds};
use super::rolls::Rolls;
use crate::App;
use crate::app::in_school;

/// Seconds between two notes that a device was seen.
const NOTE_EVERY_SECONDS: i64 = 60;

/// A request that claims to be a device's: the signature's form and time are checked here, the signature
/// itself and its nonce in the transaction of the act.
pub(super) struct DeviceCall {
    pub(super) signature: RequestSignature,
    method: String,
    target: String,
    body: Bytes,
}

impl FromRequest for DeviceCall {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let header = header(request);
        let method = request.method().to_string();
        let target = request
            .uri()
            .path_and_query()
            .map_or_else(String::new, ToString::to_string);
        let payload = actix_web::web::Payload::from_request(request, payload);
        Box::pin(async move {
            let signature = header?;
            let body = payload
                .await
                .map_err(|_| refused())?
                .to_bytes_limited(MAX_BODY)
                .await
                .map_err(|_| Problem::new("too-large").with("max_bytes", MAX_BODY))?
                .map_err(|_| {
                    Problem::new("invalid-input").detail("The request ended before its body did.")
                })?;
            Ok(Self {
                signature,
                method,
                target,
                body,
            })
        })
    }
}

fn header(request: &HttpRequest) -> Result<RequestSignature, Problem> {
    let app = request
        .app_data::<Data<App>>()
        .ok_or_else(|| Problem::new("server-error"))?;
    let now = u64::try_from(app.now().seconds()).unwrap_or_default();
    request
        .headers()
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| RequestSignature::from_header(value).ok())
        .filter(|signature| signature.is_timely(now))
        .ok_or_else(refused)
}

/// One answer for every signature that is not taken: which check failed helps only whoever forges.
pub(super) fn refused() -> Problem {
    Problem::new("device-refused")
}

impl DeviceCall {
    /// The body.
    pub(super) fn json<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        read_json(&self.body)
    }

    /// Whether this key signed this very request.
    pub(super) fn verify(&self, key: &VerifyingKey) -> Result<(), Problem> {
        let request = DeviceRequest {
            method: &self.method,
            target: &self.target,
            body: &self.body,
        };
        verify_request(&request, &self.signature, key).map_err(|_| refused())
    }

    /// Takes the nonce, which is good once. The device's row must be there.
    pub(super) fn take_nonce(&self, tx: &mut Tx<'_>) -> Result<(), Problem> {
        let (school, now) = (tx.school(), tx.now());
        // Past twice the age a request's own time refuses it.
        let past =
            now.plus_seconds(-2 * i64::try_from(MAX_AGE_SECONDS).unwrap_or(i64::MAX / 2) - 1);
        let device = self.signature.device;
        let taken = diesel::delete(
            device_nonce::table
                .filter(device_nonce::school_id.eq(school))
                .filter(device_nonce::device_id.eq(device))
                .filter(device_nonce::used_at.lt(past)),
        )
        .prepared()
        .execute(tx.connection())
        .and_then(|_| {
            diesel::insert_into(device_nonce::table)
                .values((
                    device_nonce::school_id.eq(school),
                    device_nonce::device_id.eq(device),
                    device_nonce::nonce.eq(self.signature.nonce.to_vec()),
                    device_nonce::used_at.eq(now),
                ))
                .execute(tx.connection())
        });
        match taken.map_err(store::Error::from) {
            Ok(_) => Ok(()),
            Err(store::Error::Exists(_)) => Err(refused()),
            Err(error) => Err(error.into()),
        }
    }

    /// Runs a transaction for the device that signed: who asks is settled in it.
    pub(super) async fn run<T, F>(
        self,
        app: &Data<App>,
        name: &'static str,
        work: F,
    ) -> Result<T, Problem>
    where
        T: Send + 'static,
        F: FnOnce(&mut Tx<'_>, &Asking) -> Result<T, Problem> + Send + 'static,
    {
        let rolls = Arc::clone(&app.rolls);
        app.db
            .write(name, in_school(Some(self.signature.school)), move |tx| {
                let asking = self.identify(tx, &rolls)?;
                work(tx, &asking)
            })
            .await
    }

    fn identify(&self, tx: &mut Tx<'_>, rolls: &Rolls) -> Result<Asking, Problem> {
        let found = find(tx, self)?.ok_or_else(refused)?;
        let (device, roll_length) = found;
        let key = device.sign_key().ok_or_else(refused)?;
        self.verify(&key)?;
        if device.state == REVOKED {
            return Err(refused());
        }
        self.take_nonce(tx)?;
        let school = tx.school();
        tx.note_roll_length(school, roll_length);
        let roll = rolls.now(tx)?;
        let at = seconds(tx);
        tx.identify(Caller {
            school: Some(school),
            actor: Actor::Device(device.id, device.member_id),
            level: Level::SignedIn,
            ..Caller::nobody()
        });
        note_seen(tx, &device)?;
        Ok(Asking {
            rights: roll
                .as_ref()
                .and_then(|roll| roll.active(device.id, at))
                .map(|grant| grant.rights.clone()),
            device,
            key,
            roll,
            roll_length,
            at,
        })
    }
}

fn find(tx: &mut Tx<'_>, call: &DeviceCall) -> store::Result<Option<(Device, i64)>> {
    let of = call.signature.school;
    let found = device::table
        .inner_join(
            member::table.on(member::school_id
                .eq(device::school_id)
                .and(member::id.eq(device::member_id))),
        )
        .inner_join(school::table.on(school::id.eq(device::school_id)))
        .filter(device::school_id.eq(of))
        .filter(device::id.eq(call.signature.device))
        .filter(member::state.eq("active"))
        .select((Device::as_select(), school::roll_length));
    Ok(found.prepared().get_result(tx.connection()).optional()?)
}

fn note_seen(tx: &mut Tx<'_>, device: &Device) -> store::Result<()> {
    let (school, now) = (tx.school(), tx.now());
    let recently = |seen: domain::Timestamp| seen.plus_seconds(NOTE_EVERY_SECONDS) > now;
    if !device.last_seen_at.is_some_and(recently) {
        diesel::update(device::table.find((school, device.id)))
            .set(device::last_seen_at.eq(now))
            .prepared()
            .execute(tx.connection())?;
    }
    Ok(())
}

/// The device that asks, as its row and the roll say in this transaction.
pub(super) struct Asking {
    pub(super) device: Device,
    pub(super) key: VerifyingKey,
    pub(super) roll: Option<Arc<RollState>>,
    pub(super) roll_length: i64,
    /// What the roll grants it now.
    pub(super) rights: Option<Rights>,
    /// The instant, in the roll's seconds.
    pub(super) at: u64,
}

impl Asking {
    /// Goes on only if the rules allow it.
    pub(super) fn require(&self, tx: &mut Tx<'_>, action: Action) -> Result<(), Problem> {
        if self.device.state == SUSPENDED && action != Action::ReadOwnDevice {
            tx.record_refusal(Event::of(action).to(self.device.id).detail("suspended"));
            return Err(Problem::new("device-suspended"));
        }
        let may = |capability| {
            self.rights
                .as_ref()
                .is_some_and(|rights| rights.capabilities.contains(&capability))
        };
        let facts = DeviceFacts {
            granted: self.rights.is_some(),
            may_grant: may(Capability::Grant),
            may_make_kit: may(Capability::Kit),
        };
        Ok(tx.require(action, Facts::Device(facts))?)
    }

    /// Whose device it is.
    pub(super) const fn member(&self) -> MemberId {
        self.device.member_id
    }
}
