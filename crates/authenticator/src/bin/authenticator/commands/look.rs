use authenticator::{Devices, Enrol, Identity, Trouble, devices as device_list, enrol};
use domain::Clock as _;
use protocol::codes;
use serde_json::{Value, json};

use super::{Here, check, unexpected};
use crate::report::{Failure, Report};

/// `status`
pub(super) fn status(here: &Here) -> Result<Report, Failure> {
    let mut identity = here.identity()?;
    if !identity.profile.granted {
        let mut machine = Enrol::waiting(identity)?;
        here.run(&mut machine, enrol::Event::Look);
        check(machine.trouble())?;
        identity = machine.into_identity().ok_or_else(unexpected)?;
    }
    let waiting = waiting(here, &identity)?;
    let profile = &identity.profile;
    let state = if profile.granted {
        "granted"
    } else {
        "waiting"
    };
    let mut text = format!(
        "{} · {} · {}\nThis device: {} ({}), key kept in: {}\nIts six words: {}",
        profile.school_name,
        profile.member_name,
        profile.origin,
        profile.device_name,
        state,
        profile.store_kind,
        identity.words(),
    );
    let link = identity.link()?;
    if !profile.granted {
        text.push_str(&format!("\nIts link: {link}"));
    }
    if !waiting.is_empty() {
        text.push_str(&format!(
            "\nWaits for a second key holder's word: {}",
            waiting.join(", ")
        ));
    }
    Ok(Report::new(
        text,
        json!({
            "state": state,
            "school": profile.school,
            "school_name": profile.school_name,
            "member": profile.member,
            "member_name": profile.member_name,
            "origin": profile.origin,
            "device": profile.device,
            "store_kind": profile.store_kind,
            "words": identity.words().to_string(),
            "link": link,
            "waiting": waiting,
            "roll": profile.roll,
            "log": profile.log,
        }),
    ))
}

/// The compartments that were granted and wait for an endorsement, as the roll says; none if the server is
/// away, for what this device is can be said without it.
fn waiting(here: &Here, identity: &Identity) -> Result<Vec<String>, Failure> {
    if !identity.profile.granted {
        return Ok(Vec::new());
    }
    let mut machine = Devices::new(here.identity()?);
    here.run(&mut machine, device_list::Event::Look);
    match machine.trouble() {
        Some(Trouble::Unreachable(_) | Trouble::Refused(_)) => return Ok(Vec::new()),
        trouble => check(trouble)?,
    }
    let pending = machine
        .roll()
        .and_then(|roll| roll.device(identity.profile.device))
        .and_then(|holder| holder.pending.as_ref());
    Ok(pending.map_or_else(Vec::new, |pending| {
        pending
            .compartments
            .iter()
            .map(ToString::to_string)
            .collect()
    }))
}

/// `devices`
pub(super) fn devices(here: &Here) -> Result<Report, Failure> {
    let mut machine = Devices::new(here.identity()?);
    here.run(&mut machine, device_list::Event::Look);
    check(machine.trouble())?;
    let roll = machine.roll().ok_or_else(unexpected)?;
    let listed = &machine.listed().items;
    let mut lines = vec![format!(
        "The roll's words: {} ({} entries)",
        roll.words(),
        roll.head().length
    )];
    let mut items: Vec<Value> = Vec::new();
    for holder in roll.devices() {
        let grant = &holder.grant;
        let named = listed.iter().find(|device| device.device == grant.device);
        let names: Vec<&str> = grant
            .rights
            .compartments
            .iter()
            .map(|name| name.name())
            .collect();
        let who = named.map_or("?", |device| device.member_name.as_str());
        let state = if holder.revoked { "revoked" } else { "granted" };
        lines.push(format!(
            "{}  {state}  {who}  {}",
            grant.device,
            names.join(", ")
        ));
        items.push(json!({
            "device": grant.device,
            "member": grant.member,
            "member_name": named.map(|device| &device.member_name),
            "state": state,
            "store_kind": grant.store_kind.name(),
            "compartments": names,
            "capabilities": grant.rights.capabilities.iter().map(|one| one.name()).collect::<Vec<_>>(),
            "years": grant.rights.years,
            "expires": grant.rights.expires,
            "waiting": holder.pending.as_ref().map(|pending| {
                pending.compartments.iter().map(ToString::to_string).collect::<Vec<_>>()
            }),
        }));
    }
    for device in listed {
        if roll.device(device.device).is_none() {
            lines.push(format!(
                "{}  {}  {}  {}",
                device.device, device.state, device.member_name, device.name
            ));
            items.push(json!({
                "device": device.device,
                "member": device.member,
                "member_name": device.member_name,
                "state": device.state,
                "store_kind": device.store_kind,
            }));
        }
    }
    Ok(Report::new(
        lines.join("\n"),
        json!({
            "roll_length": roll.head().length,
            "roll_words": roll.words().to_string(),
            "items": items,
        }),
    ))
}

/// `code`
pub(super) fn code(here: &Here) -> Result<Report, Failure> {
    let identity = here.identity()?;
    let now = u64::try_from(here.clock.now().seconds()).unwrap_or_default();
    let (code, left) = (identity.code(now), codes::seconds_left(now));
    let (first, second) = code.split_at(code.len() / 2);
    Ok(Report::new(
        format!(
            "{first} {second}   ({left} seconds)\nIt proves that you have this device. It opens no record."
        ),
        json!({"code": code, "seconds_left": left}),
    ))
}
