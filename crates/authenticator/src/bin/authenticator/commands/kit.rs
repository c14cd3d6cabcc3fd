use std::path::Path;

use authenticator::{
    Enrol, NewKit, Recover, TestKit, enrol, new_kit as making, recover as recovery,
    test_kit as testing,
};
use domain::DeviceId;
use serde_json::json;
use zeroize::Zeroizing;

use super::begin::{print_out, written_back};
use super::{Here, check, unexpected};
use crate::ask;
use crate::options::{Pin, Recover as Options};
use crate::report::{Failure, Report};

/// Both sheets, typed or out of a file.
fn sheets(from: &Path) -> Result<Zeroizing<String>, Failure> {
    if from.as_os_str() == "-" && ask::is_person() {
        ask::say(
            "Type the six lines of one sheet, an empty line, the six lines of another; end with Ctrl-D.",
        )?;
    }
    ask::whole(from)
}

/// That both sheets were there, where the machine still waits for one.
fn two(read: &[u8]) -> Result<(), Failure> {
    match read {
        [] => Ok(()),
        [one, ..] => Err(Failure::usage(format!(
            "Only sheet {one} is there. Give the six lines of each of two sheets."
        ))),
    }
}

/// `sheets`
pub(super) fn test(here: &Here, from: &Path) -> Result<Report, Failure> {
    let mut machine = TestKit::new(here.identity()?);
    here.run(&mut machine, testing::Event::Start);
    check(machine.trouble())?;
    here.run(&mut machine, testing::Event::Sheets(sheets(from)?));
    check(machine.trouble())?;
    match machine.state() {
        testing::State::Sheets { read } => {
            two(read)?;
            Err(unexpected())
        }
        testing::State::Works { sheets, tested_on } => Ok(Report::new(
            format!(
                "These sheets work: they open every key of this school. Noted for {tested_on}."
            ),
            json!({"good": true, "sheets": sheets, "tested_on": tested_on}),
        )),
        _ => Err(unexpected()),
    }
}

/// `new-kit`
pub(super) fn new_kit(here: &Here, sheets_to: Option<&Path>, pin: &Pin) -> Result<Report, Failure> {
    let identity = here.identity()?;
    let school_name = identity.profile.school_name.clone();
    let mut machine = NewKit::new(identity);
    here.run(
        &mut machine,
        making::Event::Start(ask::pin(pin, "Your PIN")?),
    );
    check(machine.trouble())?;
    let making::State::Sheets { sheets, .. } = machine.state() else {
        return Err(unexpected());
    };
    for sheet in sheets.clone() {
        let printed = print_out(&sheet, &school_name);
        let typed = match sheets_to {
            Some(folder) => written_back(&sheet, &printed, folder)?,
            None => {
                ask::say(&printed)?;
                ask::line(&format!(
                    "Copy or print sheet {}, then type its last four characters",
                    sheet.number()
                ))?
            }
        };
        here.run(&mut machine, making::Event::LastFour(sheet.number(), typed));
        check(machine.trouble())?;
    }
    here.run(&mut machine, making::Event::Finish);
    check(machine.trouble())?;
    Ok(Report::new(
        "The new sheets count from now on. Destroy the old ones, and keep these in three places.",
        json!({"state": "ready"}),
    ))
}

/// `recover`
pub(super) fn recover(here: &Here, options: &Options) -> Result<Report, Failure> {
    let (identity, pin) = match &options.link {
        None => (here.identity()?, ask::pin(&options.pin, "Your PIN")?),
        Some(link) => {
            here.require_new()?;
            let link = match link.as_str() {
                "-" => ask::first_line(Path::new("-"))?.to_string(),
                link => link.to_owned(),
            };
            let mut machine = Enrol::new(&options.name, here.keys.kind());
            here.run(&mut machine, enrol::Event::Link(link));
            check(machine.trouble())?;
            let pin = ask::new_pin(&options.pin)?;
            here.run(&mut machine, enrol::Event::Pin(pin.clone()));
            check(machine.trouble())?;
            (machine.into_identity().ok_or_else(unexpected)?, pin)
        }
    };
    let mut machine = Recover::new(identity);
    here.run(&mut machine, recovery::Event::Start);
    check(machine.trouble())?;
    if machine.state() == &recovery::State::OtherServer {
        if !options.server_was_restored {
            return Err(Failure::usage(
                "This is not the server that your school's keys were made with. If it was restored from a \
                 backup and whoever runs it has told you so in person, say --server-was-restored.",
            ));
        }
        here.run(&mut machine, recovery::Event::ServerWasRestored);
        check(machine.trouble())?;
    }
    here.run(
        &mut machine,
        recovery::Event::Sheets(sheets(&options.sheets)?),
    );
    check(machine.trouble())?;
    if let recovery::State::Sheets { read } = machine.state() {
        two(read)?;
    }
    let recovery::State::Deciding { devices } = machine.state() else {
        return Err(unexpected());
    };
    let gone = match options.revoke_others {
        true => devices.iter().map(|device| device.id).collect(),
        false => options
            .revoke
            .iter()
            .map(|text| {
                text.parse::<DeviceId>()
                    .map_err(|_| Failure::usage("That is no device: see `devices`."))
            })
            .collect::<Result<Vec<_>, _>>()?,
    };
    here.run(&mut machine, recovery::Event::Decide(gone, pin));
    check(machine.trouble())?;
    let recovery::State::Ready {
        new_kit_by,
        missing,
    } = machine.state()
    else {
        return Err(unexpected());
    };
    let missing: Vec<&str> = missing.iter().map(|name| name.name()).collect();
    let mut text =
        "This device holds the school's keys, and every key holder was told. Make a new \
                    recovery kit within seven days (`new-kit`)."
            .to_owned();
    if !missing.is_empty() {
        text.push_str(&format!(
            " The sheets no longer open: {}.",
            missing.join(", ")
        ));
    }
    Ok(Report::new(
        text,
        json!({"state": "granted", "new_kit_by": new_kit_by, "missing": missing}),
    ))
}
