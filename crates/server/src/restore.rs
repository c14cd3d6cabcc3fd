use api::restore::{begin_again, password_token};
use clap::Args;
use domain::EmailAddress;

use crate::config::Config;
use crate::terminal::{Outcome, say};

/// `server restore`.
#[derive(Debug, Args)]
pub(crate) struct Restore {
    #[command(flatten)]
    config: Config,
    /// Print a link by which this person chooses a new password, where no mail server is.
    #[arg(long)]
    link_for: Vec<String>,
}

impl Restore {
    pub(crate) fn run(self) -> Outcome {
        if !self.config.exists() {
            return Err("there is no database here: put the backup in its place first".into());
        }
        let addresses = self
            .link_for
            .iter()
            .map(|text| EmailAddress::try_from(text.clone()))
            .collect::<Result<Vec<EmailAddress>, _>>()?;
        self.config.migrate()?;
        let secret = self.config.server_secret()?;
        let db = self.config.open()?;
        let schools = begin_again(&db, &secret)?;
        say(format!(
            "This server has a new secret. {} of its schools wait for two recovery sheets each: sign in with a \
             new password, add a device, and choose “Recover with two sheets” in the app. Until then nothing \
             can be read or recorded. Back the new secret up apart from the database.",
            schools.len()
        ))?;
        let origin = self.config.origin.trim_end_matches('/');
        for email in addresses {
            match password_token(&db, email)? {
                Some(token) => say(format!("{origin}/password#{}", token.as_str()))?,
                None => say("Nobody has that address.")?,
            }
        }
        Ok(())
    }
}
