//! One function a command: feed a machine, say what came of it.

mod begin;
mod grant;
mod kit;
mod look;
mod restore;
mod rotate;
mod slots;
mod unlock;

use std::path::PathBuf;

use authenticator::{
    Driver, FileStore, Http, Identity, KeyStore, Keychain, Machine, ProfileFile, ProfileStore as _,
    Trouble,
};
use domain::{SystemClock, SystemEntropy};

use crate::ask;
use crate::options::{Command, Options};
use crate::report::{Failure, Report};

/// This computer: what a command has to work with.
struct Here {
    keys: Box<dyn KeyStore>,
    profiles: ProfileFile,
    transport: Http,
    clock: SystemClock,
    entropy: SystemEntropy,
}

impl Here {
    fn open(options: &Options) -> Result<Self, Failure> {
        let keys: Box<dyn KeyStore> = match options.key_store.as_str() {
            "keychain" => Box::new(Keychain::open().map_err(Trouble::Store)?),
            other => {
                let path = other.strip_prefix("file:").ok_or_else(|| {
                    Failure::usage("--key-store is `keychain` or `file:PATH`".to_owned())
                })?;
                if !options.json {
                    ask::say(&format!(
                        "The key is kept in a file: whoever can read {path} has it."
                    ))?;
                }
                Box::new(FileStore::at(PathBuf::from(path)))
            }
        };
        let folder = match &options.state {
            Some(folder) => folder.clone(),
            None => data_folder()?,
        };
        Ok(Self {
            keys,
            profiles: ProfileFile::within(&folder),
            transport: Http::new(),
            clock: SystemClock,
            entropy: SystemEntropy::new(),
        })
    }

    fn run<M: Machine>(&self, machine: &mut M, event: M::Event) {
        Driver {
            keys: self.keys.as_ref(),
            profiles: &self.profiles,
            transport: &self.transport,
            clock: &self.clock,
            entropy: &self.entropy,
        }
        .run(machine, event);
    }

    /// The device that this computer is.
    fn identity(&self) -> Result<Identity, Failure> {
        Identity::load(&self.profiles, self.keys.as_ref())?.ok_or_else(|| {
            Failure::usage("This computer is no device yet. Use `setup` or `enrol` with a link.")
        })
    }

    /// That this computer is no device yet: a second one must not replace the first in silence.
    fn require_new(&self) -> Result<(), Failure> {
        match self.profiles.load().map_err(Trouble::Profile)? {
            None => Ok(()),
            Some(profile) => Err(Failure::usage(format!(
                "This computer is a device of {} already. Use another --state folder.",
                profile.school_name
            ))),
        }
    }
}

fn data_folder() -> Result<PathBuf, Failure> {
    let base = std::env::var_os("XDG_DATA_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".local/share")))
        .or_else(|| std::env::var_os("APPDATA").map(PathBuf::from))
        .ok_or_else(|| Failure::usage("There is no data folder: give --state PATH."))?;
    Ok(base.join("safehold-authenticator"))
}

/// What the machine said went wrong, if anything did.
fn check(trouble: Option<&Trouble>) -> Result<(), Failure> {
    match trouble {
        Some(trouble) => Err(Failure::Trouble(trouble.clone())),
        None => Ok(()),
    }
}

/// Something that must be there if nothing went wrong.
fn unexpected() -> Failure {
    Failure::usage("That did not come to an end. Try again.")
}

/// Runs one command.
pub(crate) fn run(options: Options) -> Result<Report, Failure> {
    let here = Here::open(&options)?;
    match options.command {
        Command::Setup { begin, sheets_to } => begin::set_up(&here, &begin, sheets_to.as_deref()),
        Command::Enrol { begin } => begin::enrol(&here, &begin),
        Command::Recover(recover) => kit::recover(&here, &recover),
        Command::NewKit { sheets_to, pin } => kit::new_kit(&here, sheets_to.as_deref(), &pin),
        Command::Status => look::status(&here),
        Command::Approve {
            number,
            only,
            wait,
            pin,
        } => unlock::approve(&here, number, only, wait, &pin),
        Command::OpenLink {
            link, refuse: true, ..
        } => unlock::refuse_link(&here, link),
        Command::OpenLink {
            link, print, pin, ..
        } => unlock::open_link(&here, link, print, &pin),
        Command::Refuse => unlock::refuse(&here),
        Command::Grant(grant) => grant::grant(&here, &grant),
        Command::Endorse { device, pin } => grant::endorse(&here, &device, &pin),
        Command::Devices => look::devices(&here),
        Command::Revoke { device, pin } => grant::revoke(&here, &device, &pin),
        Command::Restrict(restrict) => grant::restrict(&here, &restrict),
        Command::AcceptRestore { pin } => restore::accept(&here, &pin),
        Command::Rotate { compartment, pin } => rotate::rotate(&here, &compartment, &pin),
        Command::Rotations { retire, pin } => rotate::rotations(&here, retire, &pin),
        Command::Sessions => unlock::sessions(&here),
        Command::Keep { unlock, pin } => unlock::keep(&here, unlock.as_deref(), &pin),
        Command::UnknownBrowsers { what, pin } => grant::unknown_browsers(&here, what, &pin),
        Command::Lock { unlock } => unlock::lock(&here, &unlock),
        Command::Code { enable, pin } => {
            if enable {
                unlock::enable_codes(&here, &pin)?;
            }
            look::code(&here)
        }
        Command::PaperCodes { left: true, .. } => slots::left(&here),
        Command::PaperCodes { forget: true, .. } => slots::forget(&here),
        Command::PaperCodes { only, pin, .. } => slots::make(&here, only.as_deref(), &pin),
        Command::Sheets { from } => kit::test(&here, &from),
    }
}
