use std::fmt;

use serde::{Deserialize, Serialize};

use crate::files::Files;
use crate::refusal::Refusals;
use crate::table::Table;

/// What a set of files is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Format {
    /// OneRoster 1.1 CSV (1EdTech).
    #[serde(rename = "oneroster-1.1")]
    OneRoster11,
    /// OneRoster 1.2 CSV (1EdTech): roles in a file of their own.
    #[serde(rename = "oneroster-1.2")]
    OneRoster12,
    /// Microsoft School Data Sync v1, with US or UK headings.
    #[serde(rename = "sds-v1")]
    SdsV1,
    /// Microsoft School Data Sync v2: four files.
    #[serde(rename = "sds-v2")]
    SdsV2,
    /// Microsoft School Data Sync v2.1: roles and relationships in files of their own.
    #[serde(rename = "sds-v2.1")]
    SdsV21,
}

impl fmt::Display for Format {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::OneRoster11 => "oneroster-1.1",
            Self::OneRoster12 => "oneroster-1.2",
            Self::SdsV1 => "sds-v1",
            Self::SdsV2 => "sds-v2",
            Self::SdsV21 => "sds-v2.1",
        })
    }
}

/// What the manifest of a OneRoster export says, where there is one.
#[derive(Debug, Default)]
pub(crate) struct Manifest {
    /// Whether it says that this is OneRoster 1.2.
    is_1_2: bool,
    /// Whether some file of people holds changes only.
    pub(crate) delta: bool,
}

impl Manifest {
    pub(crate) fn of(files: &Files) -> Option<Self> {
        let file = files.find("manifest")?;
        let mut unused = Refusals::default();
        let mut table = Table::open(file, &mut unused)?;
        let name = table.column(&["propertyname"])?;
        let value = table.column(&["value"])?;
        let mut manifest = Self::default();
        table.each(&mut unused, |record, _| {
            let value = record.text(value);
            match record.text(name) {
                "oneroster.version" => manifest.is_1_2 = value.starts_with("1.2"),
                "file.users" | "file.roles" => manifest.delta |= value == "delta",
                _ => {}
            }
        });
        Some(manifest)
    }
}

impl Format {
    /// What the files are, by their names and headings.
    pub(crate) fn of(files: &Files) -> Option<Self> {
        if files.find("school").is_some() && files.find("student").is_some() {
            return Some(Self::SdsV1);
        }
        files.find("orgs")?;
        let users = files.find("users")?;
        if let Some(manifest) = Manifest::of(files) {
            return Some(if manifest.is_1_2 {
                Self::OneRoster12
            } else {
                Self::OneRoster11
            });
        }
        let has = |file, heading| {
            Table::open(file, &mut Refusals::default()).is_some_and(|table| table.has(heading))
        };
        if let Some(roles) = files.find("roles") {
            return Some(if has(roles, "roletype") {
                Self::OneRoster12
            } else {
                Self::SdsV21
            });
        }
        let is_one_roster = has(users, "enableduser")
            || has(users, "agentsourcedids")
            || has(users, "datelastmodified");
        Some(if is_one_roster {
            Self::OneRoster11
        } else {
            Self::SdsV2
        })
    }
}
