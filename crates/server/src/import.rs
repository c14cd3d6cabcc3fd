use std::path::PathBuf;

use api::imports::{self, Changes, Count};
use clap::Args;
use domain::SchoolId;
use policy::Caller;
use roster::{Refusal, Roster, Summary};

use crate::config::Config;
use crate::terminal::{Outcome, say};

/// `server import`.
#[derive(Debug, Args)]
pub(crate) struct Import {
    #[command(flatten)]
    config: Config,
    /// A folder or a zip: OneRoster 1.1 or 1.2, or School Data Sync v1, v2 or v2.1.
    path: PathBuf,
    /// The school that it is for; with --dry-run it may be missing, and then only the files are read.
    #[arg(long, required_unless_present = "dry_run")]
    school: Option<SchoolId>,
    /// Only this school of the files, by its id there; may be said several times.
    #[arg(long, value_name = "ID")]
    only: Vec<String>,
    /// Change nothing; say what would be.
    #[arg(long)]
    dry_run: bool,
    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

impl Import {
    pub(crate) fn run(self) -> Outcome {
        let roster = imports::open(&self.path)?.of_schools(&self.only);
        let summary = roster.summary();
        let changes = match self.school {
            Some(school) => Some(self.compare(school, roster)?),
            None => None,
        };
        if self.json {
            return Ok(say(as_json(&summary, changes.as_ref())?)?);
        }
        say(format!(
            "{} pupils, {} staff, {} contacts, {} classes, {} schools",
            summary.pupils, summary.staff, summary.contacts, summary.classes, summary.schools
        ))?;
        if let Some(changes) = changes {
            for (word, count) in [
                ("added", changes.added),
                ("changed", changes.changed),
                ("unchanged", changes.unchanged),
                ("left", changes.left),
            ] {
                say(line(word, count))?;
            }
        }
        for refusal in &summary.refused {
            say(refused(refusal))?;
        }
        Ok(())
    }

    fn compare(
        &self,
        school: SchoolId,
        roster: Roster,
    ) -> Result<Changes, Box<dyn std::error::Error>> {
        let db = self.config.open()?;
        let dry_run = self.dry_run;
        let changes = db.write_blocking(Caller::system(school), move |tx| {
            if dry_run {
                imports::run(tx, &roster, imports::Import::Preview)
            } else {
                imports::import(tx, roster).map(|imported| imported.changes)
            }
        });
        match changes {
            Ok(changes) => Ok(changes),
            Err(store::Error::Absent) => Err(format!("there is no school {school} here").into()),
            Err(error) => Err(error.into()),
        }
    }
}

fn as_json(summary: &Summary, changes: Option<&Changes>) -> serde_json::Result<String> {
    let mut answer = serde_json::to_value(summary)?;
    if let Some(changes) = changes {
        answer["changes"] = serde_json::to_value(changes)?;
    }
    serde_json::to_string(&answer)
}

fn line(word: &str, count: Count) -> String {
    format!(
        "{word}: {} pupils, {} staff, {} contacts, {} classes",
        count.pupils, count.staff, count.contacts, count.classes
    )
}

fn refused(refusal: &Refusal) -> String {
    let Refusal {
        file,
        line,
        column,
        reason,
    } = refusal;
    match column {
        Some(column) => format!("refused: {file}, line {line}, {column}: {reason}"),
        None => format!("refused: {file}, line {line}: {reason}"),
    }
}
