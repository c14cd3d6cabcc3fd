use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use domain::CategoryId;

use crate::Error;
use crate::compartments::Compartment;
use crate::encoding::{Reader, Writer, normalise, write_prefixed};

/// What a device may do with the keys of the school, beside opening records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Capability {
    /// Take records out.
    Export,
    /// Give keys to devices.
    Grant,
    /// Make a new recovery kit, and what else concerns the roots of trust.
    Kit,
    /// Approve that records are destroyed.
    Purge,
    /// Narrow what a device may open.
    Restrict,
    /// Take a device off the roll.
    Revoke,
    /// Make new compartment keys.
    Rotate,
    /// Send a pupil's file to another school.
    Transfer,
}

impl Capability {
    /// All of them, in the order of their names.
    pub const ALL: [Self; 8] = [
        Self::Export,
        Self::Grant,
        Self::Kit,
        Self::Purge,
        Self::Restrict,
        Self::Revoke,
        Self::Rotate,
        Self::Transfer,
    ];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Export => "export",
            Self::Grant => "grant",
            Self::Kit => "kit",
            Self::Purge => "purge",
            Self::Restrict => "restrict",
            Self::Revoke => "revoke",
            Self::Rotate => "rotate",
            Self::Transfer => "transfer",
        }
    }
}

impl FromStr for Capability {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        Self::ALL
            .into_iter()
            .find(|capability| capability.name() == name)
            .ok_or(Error::Malformed("capability"))
    }
}

impl AsRef<str> for Capability {
    fn as_ref(&self) -> &str {
        self.name()
    }
}

impl fmt::Display for Capability {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// Where a device keeps its seed; policy may keep weaker stores away from some compartments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoreKind {
    /// A phone's keychain, which no other app can read.
    Protected,
    /// A desktop's keychain, which any program of the same user can read while it is unlocked.
    Desktop,
    /// A file, chosen knowingly.
    File,
    /// Memory, gone with the program: tests.
    Memory,
}

impl StoreKind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Protected, Self::Desktop, Self::File, Self::Memory];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Protected => "protected",
            Self::Desktop => "desktop",
            Self::File => "file",
            Self::Memory => "memory",
        }
    }
}

impl FromStr for StoreKind {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.name() == name)
            .ok_or(Error::Malformed("store kind"))
    }
}

/// What a device may open and do. Empty or absent limits mean no limit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rights {
    /// Which compartments' keys it holds.
    pub compartments: BTreeSet<Compartment>,
    /// What else it may do.
    pub capabilities: BTreeSet<Capability>,
    /// Only records of these categories; `None` for all.
    pub categories: Option<BTreeSet<CategoryId>>,
    /// Only pupils of these year groups; `None` for all.
    pub years: Option<BTreeSet<String>>,
    /// Records that it must never see, by the bytes of their ids.
    pub excluded: BTreeSet<[u8; 16]>,
    /// Until when, in Unix seconds; `None` for no end.
    pub expires: Option<u64>,
}

impl Rights {
    /// Everything: what the first device of a school has.
    pub fn unlimited(compartments: BTreeSet<Compartment>) -> Self {
        Self {
            compartments,
            capabilities: Capability::ALL.into(),
            ..Self::default()
        }
    }

    /// Whether `other` is nowhere wider than this.
    pub fn covers(&self, other: &Self) -> bool {
        other.compartments.is_subset(&self.compartments)
            && other.capabilities.is_subset(&self.capabilities)
            && limit_covers(self.categories.as_ref(), other.categories.as_ref())
            && limit_covers(self.years.as_ref(), other.years.as_ref())
            && self.excluded.is_subset(&other.excluded)
            && match (self.expires, other.expires) {
                (None, _) => true,
                (Some(end), Some(other_end)) => other_end <= end,
                (Some(_), None) => false,
            }
    }

    /// Whether they have ended at this Unix second.
    pub fn has_expired(&self, at: u64) -> bool {
        self.expires.is_some_and(|end| at >= end)
    }

    pub(super) fn write(&self, writer: Writer) -> Writer {
        let compartments: Vec<_> = self.compartments.iter().collect();
        let capabilities: Vec<_> = self.capabilities.iter().collect();
        let years: Option<BTreeSet<String>> = self
            .years
            .as_ref()
            .map(|years| years.iter().map(|year| normalise(year)).collect());
        writer
            .names(&compartments)
            .names(&capabilities)
            .field(&limit(self.categories.as_ref(), |bytes, category| {
                bytes.extend_from_slice(category.as_bytes());
            }))
            .field(&limit(years.as_ref(), |bytes, year| {
                write_prefixed(bytes, year.as_bytes());
            }))
            .field(&self.excluded.iter().flatten().copied().collect::<Vec<_>>())
            .field(
                self.expires
                    .map(u64::to_be_bytes)
                    .as_ref()
                    .map_or(&[], |end| end.as_slice()),
            )
    }

    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, Error> {
        const WHAT: Error = Error::Malformed("rights");
        let compartments = parse_all(reader.names()?)?;
        let capabilities = parse_all(reader.names()?)?;
        let categories = match reader.field()? {
            [0] => None,
            [1, ids @ ..] => Some(
                sixteens(ids)?
                    .into_iter()
                    .map(CategoryId::from_bytes)
                    .collect(),
            ),
            _ => return Err(WHAT),
        };
        let years = match reader.field()? {
            [0] => None,
            [1, years @ ..] => Some(read_years(years)?),
            _ => return Err(WHAT),
        };
        let excluded = sixteens(reader.field()?)?.into_iter().collect();
        let expires = match reader.field()? {
            [] => None,
            end => Some(u64::from_be_bytes(end.try_into().map_err(|_| WHAT)?)),
        };
        Ok(Self {
            compartments,
            capabilities,
            categories,
            years,
            excluded,
            expires,
        })
    }
}

fn limit_covers<T: Ord>(wide: Option<&BTreeSet<T>>, narrow: Option<&BTreeSet<T>>) -> bool {
    match (wide, narrow) {
        (None, _) => true,
        (Some(wide), Some(narrow)) => narrow.is_subset(wide),
        (Some(_), None) => false,
    }
}

fn limit<T>(limit: Option<&BTreeSet<T>>, write: impl Fn(&mut Vec<u8>, &T)) -> Vec<u8> {
    let Some(items) = limit else { return vec![0] };
    let mut bytes = vec![1];
    for item in items {
        write(&mut bytes, item);
    }
    bytes
}

fn parse_all<T: FromStr<Err = Error> + Ord>(names: Vec<&str>) -> Result<BTreeSet<T>, Error> {
    names.into_iter().map(str::parse).collect()
}

fn sixteens(bytes: &[u8]) -> Result<Vec<[u8; 16]>, Error> {
    let (whole, rest) = bytes.as_chunks::<16>();
    if rest.is_empty() {
        Ok(whole.to_vec())
    } else {
        Err(Error::Malformed("rights"))
    }
}

fn read_years(bytes: &[u8]) -> Result<BTreeSet<String>, Error> {
    let mut reader = Reader::bare(bytes, "rights");
    let mut years = BTreeSet::new();
    while !reader.is_empty() {
        years.insert(reader.text()?.to_owned());
    }
    Ok(years)
}
