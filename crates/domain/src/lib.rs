//! The nouns of Safehold: ids, instants, bounded text, year groups, `Sensitive<T>`, and the two
//! things a pure function may not make up for itself, time ([`Clock`]) and chance ([`Entropy`]).
//!
//! Nothing here does I/O or knows of HTTP or SQL. The feature `sql` adds what diesel needs to store
//! a value, `openapi` what the contract needs to describe it.

mod clock;
mod entropy;
mod ids;
mod sensitive;
#[cfg(feature = "sql")]
pub mod sql;
mod text;
mod timestamp;
mod year;

pub use clock::{Clock, FixedClock, SystemClock};
pub use entropy::{Entropy, SeededEntropy, SystemEntropy};
pub use ids::*;
pub use sensitive::Sensitive;
pub use text::{
    ChildWords, Detail, EmailAddress, InvalidText, Narrative, PersonName, ShortText, fold_name,
};
pub use timestamp::{Timestamp, optional_day};
pub use year::{InvalidYearGroup, YearGroup};
