use std::time::Duration;

use authenticator::approve::Question;
use authenticator::{
    ApproveUnlock, Sessions, approve as approval, browse, sessions as session_list,
};
use protocol::compartments::Compartment;
use serde_json::json;

use super::{Here, check, unexpected};
use crate::ask;
use crate::options::Pin;
use crate::report::{Failure, Report};

fn look(here: &Here, wait: u64) -> Result<ApproveUnlock, Failure> {
    let mut machine = ApproveUnlock::new(here.identity()?);
    for second in 0..=wait {
        here.run(&mut machine, approval::Event::Look);
        check(machine.trouble())?;
        if matches!(machine.state(), approval::State::Asking(_)) {
            return Ok(machine);
        }
        if second < wait {
            std::thread::sleep(Duration::from_secs(1));
        }
    }
    Err(Failure::usage("Nothing waits. Start in the browser."))
}

/// The browser, and the place if the server could tell.
fn whence(question: &Question) -> String {
    if question.place.is_empty() {
        question.browser.clone()
    } else {
        format!("{} · {}", question.browser, question.place)
    }
}

/// `approve`
pub(super) fn approve(
    here: &Here,
    number: Option<String>,
    only: Option<Vec<String>>,
    wait: u64,
    pin: &Pin,
) -> Result<Report, Failure> {
    let mut machine = look(here, wait)?;
    let approval::State::Asking(question) = machine.state().clone() else {
        return Err(unexpected());
    };
    let names: Vec<&str> = question
        .compartments
        .iter()
        .map(|name| name.name())
        .collect();
    ask::say(&format!(
        "Is this you?\n  {}\n  {}\n  wants to open: {}{}",
        whence(&question),
        question.origin,
        names.join(", "),
        if question.known_browser {
            ""
        } else {
            "\n  You have NOT unlocked this browser before, so it gets a short look: 20 records, 15 minutes. If you did not start this yourself just now, answer with `refuse`."
        }
    ))?;
    let number = match number {
        Some(number) => number,
        None => ask::line(&format!(
            "Type the {} digits that the page shows, or nothing to stop",
            question.digits
        ))?,
    };
    let only: Option<Vec<Compartment>> = only
        .map(|names| names.iter().map(|name| name.parse()).collect())
        .transpose()
        .map_err(|error: protocol::Error| Failure::usage(error.to_string()))?;
    let event = approval::Event::Approve {
        number,
        pin: ask::pin(pin, "PIN")?,
        only,
    };
    here.run(&mut machine, event);
    check(machine.trouble())?;
    if machine.state() != &approval::State::Approved {
        return Err(unexpected());
    }
    Ok(Report::new(
        format!("Unlocked: {}", whence(&question)),
        json!({"state": "approved", "browser": question.browser, "compartments": names}),
    ))
}

/// `open-link`
pub(super) fn open_link(
    here: &Here,
    link: String,
    print: bool,
    pin: &Pin,
) -> Result<Report, Failure> {
    let mut machine = ApproveUnlock::new(here.identity()?);
    here.run(&mut machine, approval::Event::Link(link));
    check(machine.trouble())?;
    let approval::State::Asking(question) = machine.state().clone() else {
        return Err(unexpected());
    };
    ask::say(&format!(
        "Is this you?\n  {}, on this computer\n  {}\n  wants to open: {}\nYour browser goes on at that address. If you \
         did not start this yourself just now, press Ctrl-C and use \
         `open-link --refuse`.",
        whence(&question),
        question.origin,
        list(&question),
    ))?;
    let event = approval::Event::Approve {
        number: String::new(),
        pin: ask::pin(pin, "PIN")?,
        only: None,
    };
    here.run(&mut machine, event);
    check(machine.trouble())?;
    let url = machine.return_url().ok_or_else(unexpected)?;
    let mut data = json!({"state": "approved", "browser": question.browser});
    if print {
        data["return_url"] = json!(url);
        return Ok(Report::new(format!("Go on at {url}"), data));
    }
    browse(url)?;
    Ok(Report::new("Approved: go on in your browser.", data))
}

fn list(question: &Question) -> String {
    let names: Vec<&str> = question
        .compartments
        .iter()
        .map(|name| name.name())
        .collect();
    names.join(", ")
}

/// `refuse`
pub(super) fn refuse(here: &Here) -> Result<Report, Failure> {
    refuse_asked(here, look(here, 0)?)
}

/// `open-link --refuse`
pub(super) fn refuse_link(here: &Here, link: String) -> Result<Report, Failure> {
    let mut machine = ApproveUnlock::new(here.identity()?);
    here.run(&mut machine, approval::Event::Link(link));
    check(machine.trouble())?;
    refuse_asked(here, machine)
}

fn refuse_asked(here: &Here, mut machine: ApproveUnlock) -> Result<Report, Failure> {
    here.run(&mut machine, approval::Event::Refuse);
    check(machine.trouble())?;
    Ok(Report::new(
        "Refused. Unlocking is stopped for now, and the other key holders are told.",
        json!({"state": "refused"}),
    ))
}

/// `sessions`
pub(super) fn sessions(here: &Here) -> Result<Report, Failure> {
    let mut machine = Sessions::new(here.identity()?);
    here.run(&mut machine, session_list::Event::Look);
    check(machine.trouble())?;
    let open = machine.open().ok_or_else(unexpected)?;
    let lines: Vec<String> = open
        .iter()
        .map(|session| {
            format!(
                "{}  {}  until {}",
                session.unlock, session.browser, session.ends_at
            )
        })
        .collect();
    let text = if lines.is_empty() {
        "No browser is unlocked.".to_owned()
    } else {
        lines.join("\n")
    };
    Ok(Report::new(text, json!({"items": open})))
}

/// `keep`
pub(super) fn keep(here: &Here, unlock: Option<&str>, pin: &Pin) -> Result<Report, Failure> {
    let mut machine = Sessions::new(here.identity()?);
    here.run(&mut machine, session_list::Event::Look);
    check(machine.trouble())?;
    let looks: Vec<_> = machine
        .open()
        .ok_or_else(unexpected)?
        .iter()
        .filter(|session| session.probation)
        .cloned()
        .collect();
    let session = match (unlock, looks.as_slice()) {
        (Some(named), looks) => looks
            .iter()
            .find(|session| session.unlock.to_string() == named),
        (None, [only]) => Some(only),
        (None, _) => None,
    }
    .ok_or_else(|| Failure::usage("Say which browser: see `sessions`."))?;
    let origin = here.identity()?.profile.origin;
    ask::say(&format!(
        "{}\nLook at that browser's address bar. It must say {origin} and nothing else.",
        session.browser
    ))?;
    let event = session_list::Event::Keep(session.unlock, ask::pin(pin, "Your PIN")?);
    here.run(&mut machine, event);
    check(machine.trouble())?;
    Ok(Report::new(
        "It is known when it unlocks next: lock it there, and unlock again.",
        json!({"state": "kept", "unlock": session.unlock}),
    ))
}

/// `code --enable`
pub(super) fn enable_codes(here: &Here, pin: &Pin) -> Result<(), Failure> {
    let mut machine = Sessions::new(here.identity()?);
    let event = session_list::Event::DepositCodes(ask::pin(pin, "Your PIN")?);
    here.run(&mut machine, event);
    check(machine.trouble())
}

/// `lock`
pub(super) fn lock(here: &Here, unlock: &str) -> Result<Report, Failure> {
    let unlock = unlock
        .parse()
        .map_err(|_| Failure::usage("That is no unlock: see `sessions`."))?;
    let mut machine = Sessions::new(here.identity()?);
    here.run(&mut machine, session_list::Event::Lock(unlock));
    check(machine.trouble())?;
    Ok(Report::new("Locked.", json!({"state": "locked"})))
}
