use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

use crate::terminal::{Outcome, say};

/// `server contract`.
#[derive(Debug, Args)]
pub(crate) struct Contract {
    /// Print the problem types instead of the operations.
    #[arg(long)]
    problems: bool,
    /// Write both into this folder instead of printing one.
    #[arg(long, value_name = "FOLDER", conflicts_with_all = ["problems", "check"])]
    write: Option<PathBuf>,
    /// Only compare with the files in this folder; fail if one differs.
    #[arg(long, value_name = "FOLDER", conflicts_with = "problems")]
    check: Option<PathBuf>,
}

impl Contract {
    pub(crate) fn run(self) -> Outcome {
        let files = [("v1.json", operations()?), ("problems.json", problems()?)];
        if let Some(folder) = self.check {
            return check(&folder, &files);
        }
        if let Some(folder) = self.write {
            for (name, text) in files {
                std::fs::write(folder.join(name), text)?;
            }
            return Ok(());
        }
        let [(_, operations), (_, problems)] = files;
        let chosen = if self.problems { problems } else { operations };
        Ok(say(chosen.trim_end())?)
    }
}

fn check(folder: &Path, files: &[(&str, String)]) -> Outcome {
    for (name, text) in files {
        let path = folder.join(name);
        if std::fs::read_to_string(&path).ok().as_deref() != Some(text) {
            let path = path.display();
            return Err(format!("{path} is not what the code says: run scripts/contract").into());
        }
    }
    Ok(say("The contract is what the code says.")?)
}

/// `openapi/v1.json`.
fn operations() -> serde_json::Result<String> {
    let mut text = serde_json::to_string_pretty(&api::openapi::document())?;
    text.push('\n');
    Ok(text)
}

/// `openapi/problems.json`.
fn problems() -> serde_json::Result<String> {
    let mut text = serde_json::to_string_pretty(&json!({ "problems": rest::CATALOGUE }))?;
    text.push('\n');
    Ok(text)
}
