use std::collections::BTreeSet;
use std::str::FromStr;

use authenticator::{
    Amend, Devices, GrantKey, amend, devices as device_list, end_of, grant as granting,
};
use domain::{ConcernId, DeviceId};
use protocol::roll::Rights;
use serde_json::json;

use super::{Here, check, unexpected};
use crate::ask;
use crate::options::{Grant, Pin, Restrict};
use crate::report::{Failure, Report};

/// `grant`
pub(super) fn grant(here: &Here, options: &Grant) -> Result<Report, Failure> {
    let rights = rights(options)?;
    let mut machine = GrantKey::new(here.identity()?);
    here.run(&mut machine, granting::Event::Start);
    check(machine.trouble())?;
    let event = match (&options.words, &options.link_file) {
        (Some(words), _) => granting::Event::Words(words.clone()),
        (None, Some(path)) => granting::Event::Link(ask::first_line(path)?.to_string()),
        (None, None) => granting::Event::Words(ask::line("The six words on the other screen")?),
    };
    here.run(&mut machine, event);
    check(machine.trouble())?;
    let granting::State::Deciding { device, words, .. } = machine.state() else {
        return Err(unexpected());
    };
    let chosen = device.device;
    ask::say(&format!(
        "{} · {}\nIts words: {words}",
        device.member_name, device.name
    ))?;
    let pin = ask::pin(&options.pin, "Your PIN")?;
    here.run(&mut machine, granting::Event::Decide(Box::new(rights), pin));
    check(machine.trouble())?;
    let granting::State::Granted {
        member_name,
        waiting,
    } = machine.state()
    else {
        return Err(unexpected());
    };
    let waiting: Vec<&str> = waiting.iter().map(|name| name.name()).collect();
    let mut text = format!("Granted to {member_name}.");
    if !waiting.is_empty() {
        text.push_str(&format!(
            " A second key holder must confirm: {} (`endorse {chosen}`).",
            waiting.join(", ")
        ));
    }
    Ok(Report::new(
        text,
        json!({"state": "granted", "device": chosen, "waiting": waiting}),
    ))
}

fn rights(options: &Grant) -> Result<Rights, Failure> {
    Ok(Rights {
        compartments: parse_all(&options.compartments)?,
        capabilities: parse_all(&options.capabilities)?,
        categories: options.categories.as_deref().map(parse_all).transpose()?,
        years: options
            .years
            .as_ref()
            .map(|years| years.iter().cloned().collect()),
        excluded: records(&options.excluded)?,
        expires: options.until.and_then(end_of),
    })
}

/// Records by the bytes of their ids.
fn records(ids: &[String]) -> Result<BTreeSet<[u8; 16]>, Failure> {
    let ids: BTreeSet<ConcernId> = parse_all(ids)?;
    Ok(ids.iter().map(|id| *id.as_bytes()).collect())
}

fn parse_all<T: FromStr + Ord>(names: &[String]) -> Result<BTreeSet<T>, Failure>
where
    T::Err: std::fmt::Display,
{
    names
        .iter()
        .filter(|name| !name.is_empty())
        .map(|name| {
            name.parse()
                .map_err(|error| Failure::usage(format!("{name}: {error}")))
        })
        .collect()
}

fn device(text: &str) -> Result<DeviceId, Failure> {
    text.parse()
        .map_err(|_| Failure::usage("That is no device: see `devices`."))
}

/// `endorse`
pub(super) fn endorse(here: &Here, text: &str, pin: &Pin) -> Result<Report, Failure> {
    let device = device(text)?;
    let event = amend::Event::Endorse(device, ask::pin(pin, "Your PIN")?);
    amended(here, event, "Confirmed.", "endorsed")
}

/// `revoke`
pub(super) fn revoke(here: &Here, text: &str, pin: &Pin) -> Result<Report, Failure> {
    let device = device(text)?;
    let event = amend::Event::Revoke(device, ask::pin(pin, "Your PIN")?);
    amended(
        here,
        event,
        "Revoked: it opens nothing any more.",
        "revoked",
    )
}

/// `restrict`
pub(super) fn restrict(here: &Here, options: &Restrict) -> Result<Report, Failure> {
    let device = device(&options.device)?;
    let mut machine = Devices::new(here.identity()?);
    here.run(&mut machine, device_list::Event::Look);
    check(machine.trouble())?;
    let mut rights = machine
        .roll()
        .and_then(|roll| roll.device(device))
        .filter(|holder| !holder.revoked)
        .map(|holder| holder.grant.rights.clone())
        .ok_or_else(|| Failure::usage("That device holds nothing: see `devices`."))?;
    if let Some(names) = &options.compartments {
        rights.compartments = parse_all(names)?;
    }
    if let Some(names) = &options.capabilities {
        let named = match names.as_slice() {
            [none] if none == "none" => &[],
            names => names,
        };
        rights.capabilities = parse_all(named)?;
    }
    if let Some(categories) = &options.categories {
        rights.categories = Some(parse_all(categories)?);
    }
    if let Some(years) = &options.years {
        rights.years = Some(years.iter().cloned().collect());
    }
    rights.excluded.extend(records(&options.excluded)?);
    if let Some(day) = options.until {
        rights.expires = end_of(day);
    }
    let event = amend::Event::Restrict(
        device,
        Box::new(rights),
        ask::pin(&options.pin, "Your PIN")?,
    );
    amended(
        here,
        event,
        "Narrowed, from its next request on.",
        "restricted",
    )
}

/// `unknown-browsers`
pub(super) fn unknown_browsers(here: &Here, what: String, pin: &Pin) -> Result<Report, Failure> {
    let name = "unknown-browser".to_owned();
    let event = amend::Event::Policy(name, what, ask::pin(pin, "Your PIN")?);
    amended(here, event, "That is the rule from now on.", "set")
}

fn amended(here: &Here, event: amend::Event, text: &str, state: &str) -> Result<Report, Failure> {
    let mut machine = Amend::new(here.identity()?);
    here.run(&mut machine, event);
    check(machine.trouble())?;
    Ok(Report::new(text, json!({"state": state})))
}
