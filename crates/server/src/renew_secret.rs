use std::error::Error;
use std::path::{Path, PathBuf};

use api::renew::{OldPasswords, Renewal, renew};
use clap::Args;
use domain::SystemEntropy;
use vault::ServerSecret;

use crate::config::Config;
use crate::terminal::{Outcome, say};

/// `server renew-secret`.
#[derive(Debug, Args)]
pub(crate) struct RenewSecret {
    #[command(flatten)]
    config: Config,
    /// Where the new secret is written, if the present one comes from the environment and not from a file.
    #[arg(long)]
    new_secret_file: Option<PathBuf>,
    /// Make every password void too: for when the database may have been taken along with the secret.
    #[arg(long)]
    new_passwords: bool,
}

impl RenewSecret {
    pub(crate) fn run(self) -> Outcome {
        if !self.config.exists() {
            return Err("there is no database here".into());
        }
        let present = self.config.secret_path();
        let next = match (&present, &self.new_secret_file) {
            (_, Some(file)) => file.clone(),
            (Some(file), None) => beside(file),
            (None, None) => {
                return Err("say where the new secret goes: --new-secret-file".into());
            }
        };
        if let Some(file) = present.as_ref().filter(|file| !file.exists()) {
            return Err(format!("there is no secret in {}", file.display()).into());
        }
        let old = self.config.server_secret()?;
        // Written, and on disk, before anything is sealed with it: what was broken off is begun anew with the
        // same one.
        let new = ServerSecret::read_or_create(&next, &SystemEntropy::new())
            .map_err(|error| format!("{}: {error}", next.display()))?;
        self.config.migrate()?;
        let passwords = match self.new_passwords {
            true => OldPasswords::Void,
            false => OldPasswords::Keep,
        };
        let db = self.config.open()?;
        let renewed = renew(&db, &old, &new, passwords)?;
        drop(db);
        match renewed {
            Renewal::Done(schools) => say(format!(
                "Handed over to a new secret, with a new half of the keys for {} schools. Everybody signs in \
                 again; what was recorded before moves to the new half as key holders open their records.",
                schools.len()
            ))?,
            Renewal::DoneBefore => say("The database had been handed over already.")?,
        }
        match present.filter(|_| self.new_secret_file.is_none()) {
            Some(file) => {
                replace(&next, &file)?;
                say(format!("The new secret is in {}.", file.display()))?;
            }
            None => say(format!(
                "The new secret is in {}: give it to the server in the place of the old one.",
                next.display()
            ))?,
        }
        say(
            "Back it up apart from the database. Backups of the database from before open with your copy of the \
             old secret, or with two recovery sheets.",
        )?;
        Ok(())
    }
}

fn beside(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".next");
    name.into()
}

/// Puts the new secret in the old one's place, for good.
fn replace(next: &Path, file: &Path) -> Result<(), Box<dyn Error>> {
    std::fs::rename(next, file)?;
    let folder = file.parent().filter(|folder| *folder != Path::new(""));
    std::fs::File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
    Ok(())
}
