use authenticator::{Amend, Rotate, amend, rotate as rotation};
use protocol::compartments::Compartment;
use serde_json::{Value, json};

use super::{Here, check, unexpected};
use crate::ask;
use crate::options::Pin;
use crate::report::{Failure, Report};

/// `rotate`
pub(super) fn rotate(here: &Here, name: &str, pin: &Pin) -> Result<Report, Failure> {
    let compartment: Compartment = name
        .parse()
        .map_err(|error: protocol::Error| Failure::usage(error.to_string()))?;
    let mut machine = Rotate::new(here.identity()?);
    let event = rotation::Event::Begin(compartment, ask::pin(pin, "Your PIN")?);
    here.run(&mut machine, event);
    check(machine.trouble())?;
    let rotation::State::Rotated {
        compartment,
        generation,
        holders,
    } = machine.state()
    else {
        return Err(unexpected());
    };
    Ok(Report::new(
        format!(
            "{compartment} has a new key (generation {generation}), held by {holders} devices and the recovery kit.\nBrowsers that had it open are closed. Unlock again: the records are then moved to the new key. `rotations` says how far that is."
        ),
        json!({
            "state": "rotated",
            "compartment": compartment.name(),
            "generation": generation,
            "holders": holders,
        }),
    ))
}

/// `rotations`, which with `retire` also destroys the old keys that nothing needs any more.
pub(super) fn rotations(here: &Here, retire: bool, pin: &Pin) -> Result<Report, Failure> {
    let mut machine = Rotate::new(here.identity()?);
    here.run(&mut machine, rotation::Event::Look);
    check(machine.trouble())?;
    let rotation::State::Listed(listed) = machine.state().clone() else {
        return Err(unexpected());
    };
    let mut lines = Vec::new();
    let mut items: Vec<Value> = Vec::new();
    let ready = listed.iter().any(|old| old.records_left == 0);
    let pin = match retire && ready {
        true => Some(ask::pin(pin, "Your PIN")?),
        false => None,
    };
    for old in listed {
        let retired = match &pin {
            Some(pin) if old.records_left == 0 => {
                let compartment = old
                    .compartment
                    .parse()
                    .map_err(|error: protocol::Error| Failure::usage(error.to_string()))?;
                let mut machine = Amend::new(here.identity()?);
                let event = amend::Event::Retire(compartment, old.generation, pin.clone());
                here.run(&mut machine, event);
                check(machine.trouble())?;
                true
            }
            _ => false,
        };
        lines.push(format!(
            "{}  generation {}  {}",
            old.compartment,
            old.generation,
            match (retired, old.records_left) {
                (true, _) => "retired".to_owned(),
                (false, 0) => format!(
                    "nothing needs it: `rotations --retire` destroys it, from {} on",
                    old.may_retire_at
                ),
                (false, left) =>
                    format!("{left} of {} records are still sealed to it", old.records),
            }
        ));
        items.push(json!({
            "compartment": old.compartment,
            "generation": old.generation,
            "records_left": old.records_left,
            "records": old.records,
            "may_retire_at": old.may_retire_at,
            "retired": retired,
        }));
    }
    if lines.is_empty() {
        lines.push("No old key is in use.".to_owned());
    }
    Ok(Report::new(lines.join("\n"), json!({"items": items})))
}
