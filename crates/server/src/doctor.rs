use actix_web::rt;
use api::App;
use api::doctor::{examine, oldest_waiting, schools, weaknesses};
use clap::Args;

use crate::config::Config;
use crate::terminal::{Outcome, say};

/// Minutes that work may wait in the outbox before somebody should look.
const OUTBOX_MINUTES: i64 = 60;
/// Free bytes below which the disk is as good as full: one day of files in a large school.
const FREE_BYTES: u64 = 1 << 30;

/// `server doctor`.
#[derive(Debug, Args)]
pub(crate) struct Doctor {
    #[command(flatten)]
    config: Config,
}

/// What was found: a line each, and how many of them are faults.
#[derive(Default)]
struct Findings {
    faults: usize,
}

impl Findings {
    fn note(&mut self, sound: bool, line: impl AsRef<str>) -> std::io::Result<()> {
        self.faults += usize::from(!sound);
        let word = if sound { "ok   " } else { "FAULT" };
        say(format!("{word}  {}", line.as_ref()))
    }
}

impl Doctor {
    pub(crate) fn run(self) -> Outcome {
        let mut found = Findings::default();
        if !self.config.exists() {
            return Err("there is no database here yet".into());
        }
        let url = self
            .config
            .migration_url()
            .unwrap_or_else(|| self.config.database_url());
        let missing = store::pending(&url)?;
        found.note(missing == 0, format!("migrations missing: {missing}"))?;
        if missing == 0 {
            match self.config.start() {
                Ok(app) => {
                    found.note(true, "the server's secret opens the server's keys")?;
                    rt::System::new().block_on(inside(&app, &mut found))?;
                }
                Err(error) => found.note(false, format!("the server cannot start: {error}"))?,
            }
        }
        self.disk(&mut found)?;
        match found.faults {
            0 => Ok(()),
            1 => Err("1 fault was found".into()),
            faults => Err(format!("{faults} faults were found").into()),
        }
    }

    fn disk(&self, found: &mut Findings) -> Outcome {
        let disk = rustix::fs::statvfs(&self.config.data_dir)?;
        let free = disk.f_bavail.saturating_mul(disk.f_frsize);
        found.note(
            free >= FREE_BYTES,
            format!("free on the disk of the data folder: {} MB", free >> 20),
        )?;
        Ok(())
    }
}

async fn inside(app: &App, found: &mut Findings) -> Outcome {
    let off = weaknesses(app).await?;
    match off.is_empty() {
        true => found.note(true, "the database keeps what it commits")?,
        false => found.note(
            false,
            format!(
                "a power cut would take back what was acknowledged: off is {}",
                off.join(", ")
            ),
        )?,
    }
    for school in schools(app).await? {
        let health = examine(app, school).await?;
        match health.audit {
            Ok(lines) => found.note(
                true,
                format!("{school}: the audit log's {lines} lines hold"),
            ),
            Err(fault) => found.note(false, format!("{school}: the audit log: {fault}")),
        }?;
        found.note(
            health.whole,
            match health.whole {
                true => format!("{school}: the server has its half of the keys"),
                false => format!(
                    "{school}: waits for two recovery sheets: nothing can be read or recorded"
                ),
            },
        )?;
        if health.with_old_half > 0 {
            // No fault: they move by themselves as key holders open them.
            say(format!(
                "       {school}: {} records are still sealed with the former secret's half",
                health.with_old_half
            ))?;
        }
        match health.roll {
            Some(length) => found.note(true, format!("{school}: the roll's {length} entries hold")),
            None => found.note(false, format!("{school}: the roll does not verify")),
        }?;
    }
    let minutes = oldest_waiting(app)
        .await?
        .map_or(0, |since| app.now().since(since).num_minutes());
    found.note(
        minutes < OUTBOX_MINUTES,
        format!("the oldest work in the outbox has waited {minutes} minutes"),
    )?;
    Ok(())
}
