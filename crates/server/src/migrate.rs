use clap::Args;

use crate::config::Config;
use crate::terminal::{Outcome, say};

/// `server migrate`.
#[derive(Debug, Args)]
pub(crate) struct Migrate {
    #[command(flatten)]
    config: Config,
    /// Only say how many migrations are missing; fail if any is.
    #[arg(long)]
    check: bool,
}

impl Migrate {
    pub(crate) fn run(self) -> Outcome {
        let url = self
            .config
            .migration_url()
            .ok_or("PostgreSQL is migrated as the owner of its tables: say --owner-database-url")?;
        self.config.make_data_dir()?;
        if self.check {
            return match store::pending(&url)? {
                0 => Ok(say("The database is up to date.")?),
                missing => Err(format!("{missing} migrations are missing").into()),
            };
        }
        Ok(say(match store::migrate(&url)? {
            0 => "The database is up to date.".to_owned(),
            done => format!("Migrations run: {done}."),
        })?)
    }
}
