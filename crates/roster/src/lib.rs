//! A school's roster out of the files its information system exports.
//!
//! [`Files`] come from a zip ([`Files::from_zip`]) or a folder ([`Files::from_folder`]), within
//! limits; [`read`] makes one [`Roster`] of them, whatever the [`Format`]:
//!
//! | format | known by |
//! |---|---|
//! | OneRoster 1.1 and 1.2 CSV | `manifest.csv`, or the headings of `users.csv` and `roles.csv` |
//! | Microsoft School Data Sync v2.1 | `users.csv` with `roles.csv` |
//! | Microsoft School Data Sync v2 | `users.csv` with `role` and `orgSourcedIds` |
//! | Microsoft School Data Sync v1, also with the headings of its UK form | `School.csv` with `Student.csv` |
//!
//! Rules:
//!
//! - A row that cannot be taken is a [`Refusal`] that names its file, line, column and reason; the
//!   rest is read. What only leans on a refused row (a pupil's place in a class) is left out with it
//!   and not refused again.
//! - A refusal never repeats what stands in the row, so it can be shown and logged.
//! - Only the columns that are used are read at all. A `password` column is none of them.
//! - Whoever is refused is [`withheld`](Roster::withheld), not absent: a bad row makes nobody a leaver.
//!
//! Nothing here knows the time, chooses an id or writes anything.

mod csv;
mod dates;
mod encoding;
mod files;
mod format;
mod model;
mod read;
mod refusal;
mod summary;
mod table;
mod words;

pub use dates::BirthDate;
pub use files::{FileProblem, Files, Limits};
pub use format::Format;
pub use model::{
    Class, ClassMember, Contact, ContactLink, FullName, Part, Place, Pupil, Roster, School, Staff,
};
pub use read::{NotARoster, read};
pub use refusal::Refusal;
pub use summary::Summary;
