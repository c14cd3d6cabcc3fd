//! What stands in the lists: everything here is text that may be shown.

use authenticator::contract::{OpenSession, SchoolDevices};
use authenticator::{Devices, Identity, Profile, last_day};
use chrono::DateTime;
use domain::{DeviceId, SchoolId, UnlockId};
use protocol::compartments::Compartment;
use protocol::roll::{Capability, Holder, Rights, RollState};

use super::{Choices, View};
use crate::phase::{Changing, Did, Task};
use crate::place::Place;
use crate::words;

/// A browser that is unlocked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRow {
    /// Which unlock.
    pub unlock: UnlockId,
    /// `Chrome on Windows`.
    pub browser: String,
    /// Since when and until when, in words.
    pub when: String,
    /// Whether the server knows it.
    pub known: Known,
}

/// How well a browser is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// It sees all that its owner may see.
    Fully,
    /// It is new and has a short look.
    New,
    /// It is new, and its owner has said that it is theirs.
    Kept,
}

/// How a key stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It opens what it says.
    Held,
    /// Its end has come.
    Ended,
    /// The server lets it do nothing for now.
    Suspended,
    /// It was taken away.
    Revoked,
}

/// A device on the roll.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HolderRow {
    /// The device.
    pub device: DeviceId,
    /// Whose it is, as the server names them.
    pub member_name: String,
    /// What they call it.
    pub device_name: String,
    /// How it stands.
    pub standing: Standing,
    /// What it opens, and within which limits.
    pub opens: String,
    /// What waits for a second holder, if anything does.
    pub waiting: Option<String>,
    /// Where its key lives.
    pub store: &'static str,
    /// Whether it is this device.
    pub is_this: bool,
}

/// What is left to do after a key was taken away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// The compartments that it opened: whoever kept a copy of a key has it until it is changed.
    pub opened: Vec<String>,
    /// How many other devices its owner has still.
    pub others: usize,
    /// Whether it was the owner's own: then nothing is to be handed over.
    pub own: bool,
}

/// A school on this device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchoolRow {
    /// The school.
    pub school: SchoolId,
    /// Its name and colour.
    pub place: Place,
    /// Whose key it is, and at which server.
    pub about: String,
}

/// What this device is and saw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    /// The school.
    pub school_name: String,
    /// Whose device it is.
    pub member_name: String,
    /// What they call it.
    pub device_name: String,
    /// The pinned server.
    pub origin: String,
    /// Where its key lives.
    pub store: &'static str,
    /// This device's own six words.
    pub own_words: String,
    /// The six words of the list of key holders.
    pub roll_words: String,
    /// How many entries that list has.
    pub roll_length: u64,
    /// How many entries of the audit log this device last vouched for.
    pub log_length: u64,
    /// The beginning of that log's head.
    pub log_head: String,
    /// The server's fingerprint.
    pub server: String,
}

pub(super) fn of_sessions(open: &[OpenSession], now: i64) -> Vec<SessionRow> {
    let seconds = |text: &str| DateTime::parse_from_rfc3339(text).map(|at| at.timestamp());
    open.iter()
        .map(|session| SessionRow {
            unlock: session.unlock,
            browser: session.browser.clone(),
            when: match (seconds(&session.opened_at), seconds(&session.ends_at)) {
                (Ok(from), Ok(to)) => {
                    words::sessions::open(now.saturating_sub(from), to.saturating_sub(now))
                }
                _ => words::sessions::OPEN.to_owned(),
            },
            known: match (session.probation, session.kept) {
                (false, _) => Known::Fully,
                (true, false) => Known::New,
                (true, true) => Known::Kept,
            },
        })
        .collect()
}

pub(super) fn of_holders(machine: &Devices, roll: &RollState, now: i64) -> Vec<HolderRow> {
    let own = machine.identity().profile.device;
    let mut rows: Vec<HolderRow> = roll
        .devices()
        .map(|holder| row(holder, machine.listed(), own, now))
        .collect();
    // Keys that open something stand first, those that were taken away last.
    rows.sort_by_key(|row| (row.standing as u8, !row.is_this, row.member_name.clone()));
    rows
}

/// The other devices of this one's owner that hold keys still.
pub(super) fn of_own_others(machine: &Devices, roll: &RollState, now: i64) -> Vec<HolderRow> {
    let profile = &machine.identity().profile;
    roll.devices()
        .filter(|holder| !holder.revoked && holder.grant.device != profile.device)
        .filter(|holder| holder.grant.member == profile.member)
        .map(|holder| row(holder, machine.listed(), profile.device, now))
        // They are all one person's: what tells them apart comes first.
        .map(|row| HolderRow {
            member_name: match row.device_name.is_empty() {
                true => row.member_name,
                false => row.device_name,
            },
            device_name: String::new(),
            ..row
        })
        .collect()
}

fn row(holder: &Holder, listed: &SchoolDevices, own: DeviceId, now: i64) -> HolderRow {
    let grant = &holder.grant;
    let named = listed.items.iter().find(|one| one.device == grant.device);
    let is_this = grant.device == own;
    let standing = match named.map(|one| one.state.as_str()) {
        _ if holder.revoked => Standing::Revoked,
        Some("suspended") => Standing::Suspended,
        _ if grant
            .rights
            .has_expired(u64::try_from(now).unwrap_or_default()) =>
        {
            Standing::Ended
        }
        _ => Standing::Held,
    };
    HolderRow {
        device: grant.device,
        member_name: match named {
            Some(one) => one.member_name.clone(),
            None if is_this => words::holders::YOU.to_owned(),
            None => words::holders::SOMEBODY.to_owned(),
        },
        device_name: named.map_or_else(String::new, |one| one.name.clone()),
        standing,
        opens: opens(&grant.rights),
        waiting: holder
            .pending
            .as_ref()
            .map(|pending| names(pending.compartments.iter())),
        store: words::about::store(Some(grant.store_kind)),
        is_this,
    }
}

fn opens(rights: &Rights) -> String {
    use words::holders as say;
    let mut parts = vec![names(rights.compartments.iter())];
    if let Some(years) = &rights.years {
        let years: Vec<&str> = years.iter().map(String::as_str).collect();
        parts.push(say::years(&years));
    }
    if let Some(categories) = &rights.categories {
        parts.push(say::categories(categories.len()));
    }
    if !rights.excluded.is_empty() {
        parts.push(say::EXCLUDED.to_owned());
    }
    if let Some(day) = rights.expires.and_then(last_day) {
        parts.push(say::until(&words::common::day(day)));
    }
    if Capability::ALL
        .iter()
        .all(|one| rights.capabilities.contains(one))
    {
        parts.push(say::MAY_ALL.to_owned());
    } else {
        let tasks = Task::of(rights).into_iter();
        parts.extend(tasks.map(|task| say::may(task).to_owned()));
    }
    parts.join("; ")
}

/// The names of what it opens.
fn opened(rights: &Rights) -> Vec<String> {
    let names = rights.compartments.iter().map(Compartment::name);
    names.map(str::to_owned).collect()
}

fn names<'a>(compartments: impl Iterator<Item = &'a Compartment>) -> String {
    let names: Vec<&str> = compartments.map(Compartment::name).collect();
    match names.as_slice() {
        [] => words::holders::NOTHING.to_owned(),
        names => names.join(", "),
    }
}

pub(super) fn of_changing(changing: &Changing) -> View {
    let roll = changing.roll();
    let profile = &changing.identity().profile;
    let now = u64::try_from(changing.now()).unwrap_or_default();
    let Some(holder) = roll.device(changing.chosen()) else {
        return super::stopped(None);
    };
    let row = row(holder, changing.listed(), profile.device, changing.now());
    if let Some(did) = changing.done() {
        let others = roll.devices().filter(|other| {
            !other.revoked
                && other.grant.member == holder.grant.member
                && other.grant.device != changing.chosen()
        });
        return View::Changed {
            member_name: row.member_name,
            // Whoever took this very device's key away has nothing left to do with it.
            taken: (did == Did::TookAway && !row.is_this).then(|| Taken {
                opened: opened(&holder.grant.rights),
                others: others.count(),
                own: holder.grant.member == profile.member,
            }),
        };
    }
    let own = roll.active(profile.device, now).map(|grant| &grant.rights);
    let may = |capability| own.is_some_and(|own| own.capabilities.contains(&capability));
    let rights = &holder.grant.rights;
    let is_held = !holder.revoked;
    View::Holder {
        choices: Box::new(Choices::of(rights, changing.listed())),
        may_restrict: is_held && !row.is_this && may(Capability::Restrict),
        may_revoke: is_held && may(Capability::Revoke),
        may_confirm: is_held
            && may(Capability::Grant)
            && holder.pending.as_ref().is_some_and(|pending| {
                pending.author != profile.device
                    && own.is_some_and(|own| pending.compartments.is_subset(&own.compartments))
            }),
        row: Box::new(row),
        trouble: changing.trouble().map(super::said),
    }
}

impl SchoolRow {
    pub(super) fn of(profile: &Profile) -> Self {
        Self {
            school: profile.school,
            place: Place::of_profile(profile),
            about: if profile.granted {
                words::schools::holds(&profile.member_name, &profile.origin)
            } else {
                words::schools::waits(&profile.member_name)
            },
        }
    }
}

impl About {
    pub(super) fn of(identity: &Identity, roll: &RollState) -> Self {
        let profile = &identity.profile;
        Self {
            school_name: profile.school_name.clone(),
            member_name: profile.member_name.clone(),
            device_name: profile.device_name.clone(),
            origin: profile.origin.clone(),
            store: words::about::store(profile.store_kind.parse().ok()),
            own_words: identity.words().to_string(),
            roll_words: roll.words().to_string(),
            roll_length: roll.head().length,
            log_length: profile.log.length,
            log_head: groups(&profile.log.head.0, 8),
            server: groups(&roll.server().pin(), 32),
        }
    }
}

/// The first bytes in hexadecimal, four letters a group.
fn groups(bytes: &[u8], count: usize) -> String {
    let pairs: Vec<String> = bytes
        .chunks(2)
        .take(count.div_ceil(2))
        .map(|pair| pair.iter().map(|byte| format!("{byte:02x}")).collect())
        .collect();
    pairs.join(" ")
}
