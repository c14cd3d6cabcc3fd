use api::App;
use clap::Args;
use policy::Caller;
use zeroize::Zeroizing;

use crate::config::Config;
use crate::terminal::{Outcome, say};

/// `server setup`.
#[derive(Debug, Args)]
pub(crate) struct Setup {
    #[command(flatten)]
    config: Config,
    /// For one more school on a service that has one already.
    #[arg(long)]
    another: bool,
}

impl Setup {
    pub(crate) fn run(self) -> Outcome {
        self.config.migrate()?;
        let app = self.config.start()?;
        let code = match self.another {
            true => app
                .db
                .write_blocking(Caller::nobody(), api::setup::issue_setup_code)?,
            false => code(&app)?.ok_or(
                "this service has been set up already: for one more school on it, say --another",
            )?,
        };
        Ok(say(words(&app.origin, &code))?)
    }
}

/// A new setup code, if there is nobody yet who could sign in; older codes are no longer good.
pub(crate) fn code(app: &App) -> store::Result<Option<Zeroizing<String>>> {
    app.db.write_blocking(Caller::nobody(), |tx| {
        Ok(match api::setup::needed(tx)? {
            true => Some(api::setup::issue_setup_code(tx)?),
            false => None,
        })
    })
}

/// What the operator reads.
pub(crate) fn words(origin: &str, code: &str) -> String {
    format!("Set the school up at {origin}/setup within 60 minutes. Setup code: {code}")
}
