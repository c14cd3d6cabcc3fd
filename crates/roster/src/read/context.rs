use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use chrono::NaiveDate;
use domain::{EmailAddress, PersonName, Sensitive, YearGroup};

use crate::dates::{SlashOrder, date};
use crate::files::{File, Files};
use crate::model::FullName;
use crate::refusal::Refusals;
use crate::table::{Column, Extent, Record, Table};
use crate::words::{one_line, year_group};
use crate::{Format, Roster};

/// The longest id taken from a file, in bytes.
const LONGEST_ID: usize = 255;
/// The longest title of a class or school, in characters.
const LONGEST_TITLE: usize = 200;
/// The longest telephone number, in characters.
const LONGEST_PHONE: usize = 40;

/// Ids of one kind of thing: where each stands, and what became of it.
#[derive(Debug, Default)]
pub(super) struct Known {
    lines: HashMap<String, u64>,
    /// Refused, or gone by its status: what names it is left out without a refusal of its own.
    pub(super) left_out: HashSet<String>,
    /// Whether the file was not read to its end: an id that is not here may stand in the rest of it.
    pub(super) partial: bool,
}

impl Known {
    /// Before the file is read nothing can be called unknown.
    pub(super) fn unread() -> Self {
        Self {
            partial: true,
            ..Self::default()
        }
    }

    /// Notes that what has this id is not in the roster.
    pub(super) fn leave_out(&mut self, id: &str) {
        self.left_out.insert(id.to_owned());
    }
}

/// How a reference to something by its id turned out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reference {
    /// It is in the roster.
    Found,
    /// It stands in the files, but is left out; so is what names it.
    LeftOut,
    /// It is nowhere in the files.
    Unknown,
}

impl Known {
    pub(super) fn look_up(&self, id: &str) -> Reference {
        match (self.lines.contains_key(id), self.left_out.contains(id)) {
            (true, false) => Reference::Found,
            (false, _) if !self.partial => Reference::Unknown,
            _ => Reference::LeftOut,
        }
    }
}

/// What a reader carries from file to file.
pub(super) struct Reading<'files> {
    files: &'files Files,
    pub(super) refusals: Refusals,
    pub(super) roster: Roster,
}

/// A row of a table, and where to refuse it.
pub(super) struct At<'row> {
    pub(super) table: &'row Table<'row>,
    pub(super) record: &'row Record,
}

impl At<'_> {
    pub(super) fn text(&self, column: impl Into<Option<Column>>) -> &str {
        self.record.text(column)
    }

    /// Refuses the row, or the cell in `column`.
    pub(super) fn refuse(
        &self,
        refusals: &mut Refusals,
        column: impl Into<Option<Column>>,
        reason: &str,
    ) {
        let heading = column.into().map(|column| self.table.heading(column));
        refusals.add(self.table.file, self.record.line, heading, reason);
    }

    /// The id in a column; refused if it is missing, too long, or stands further up already.
    pub(super) fn new_id(
        &self,
        refusals: &mut Refusals,
        column: Column,
        known: &mut Known,
    ) -> Result<String, Skipped> {
        let id = self.id(refusals, column).ok_or(Skipped::Nameless)?;
        if let Some(line) = known.lines.get(&id) {
            let reason = format!("This id already stands in line {line}; that row was used.");
            self.refuse(refusals, column, &reason);
            return Err(Skipped::Settled);
        }
        known.lines.insert(id.clone(), self.record.line);
        Ok(id)
    }

    /// The id in a column; refused if it is missing or too long.
    pub(super) fn id(&self, refusals: &mut Refusals, column: Column) -> Option<String> {
        let id = self.text(column);
        let reason = match id.len() {
            0 => "The id is missing.",
            1..=LONGEST_ID if !id.chars().any(char::is_control) => return Some(id.to_owned()),
            1..=LONGEST_ID => "The id holds a character that cannot be shown.",
            _ => "The id is longer than 255 characters.",
        };
        self.refuse(refusals, column, reason);
        None
    }

    /// A reference to something in another file: refused if it is nowhere; an error unless it is in the roster.
    pub(super) fn reference(
        &self,
        refusals: &mut Refusals,
        column: Column,
        known: &Known,
        unknown: &str,
    ) -> Result<String, Skipped> {
        let id = self.id(refusals, column).ok_or(Skipped::Settled)?;
        match known.look_up(&id) {
            Reference::Found => return Ok(id),
            Reference::LeftOut => {}
            Reference::Unknown => self.refuse(refusals, column, unknown),
        }
        Err(Skipped::Settled)
    }

    /// A date, or nothing; `Err` once it is refused.
    pub(super) fn date(
        &self,
        refusals: &mut Refusals,
        column: Option<Column>,
        order: SlashOrder,
    ) -> Result<Option<NaiveDate>, Skipped> {
        let cell = self.text(column);
        if cell.is_empty() {
            return Ok(None);
        }
        date(cell, order).map(Some).ok_or_else(|| {
            let reason = "This is not a date that exists; write it as 2010-12-31.";
            self.refuse(refusals, column, reason);
            Skipped::Settled
        })
    }

    /// A first and last day; `Err` once they are refused.
    pub(super) fn period(
        &self,
        refusals: &mut Refusals,
        [starts, ends]: [Option<Column>; 2],
        orders: [SlashOrder; 2],
    ) -> Result<[Option<NaiveDate>; 2], Skipped> {
        let period = [
            self.date(refusals, starts, orders[0])?,
            self.date(refusals, ends, orders[1])?,
        ];
        if let [Some(first), Some(last)] = period
            && last < first
        {
            self.refuse(refusals, ends, "The last day is before the first.");
            return Err(Skipped::Settled);
        }
        Ok(period)
    }

    /// A person's name from the columns of its parts, each the first of two that holds something;
    /// refused if both parts are empty or one is unfit.
    pub(super) fn name(
        &self,
        refusals: &mut Refusals,
        given: [Option<Column>; 2],
        family: [Option<Column>; 2],
    ) -> Result<FullName, Skipped> {
        let filled = |columns: [Option<Column>; 2]| {
            let mut columns = columns.into_iter().flatten();
            columns.find(|column| !self.text(*column).is_empty())
        };
        let mut part = |column: Option<Column>| -> Result<Option<PersonName>, Skipped> {
            let cell = one_line(self.text(column));
            if cell.is_empty() {
                return Ok(None);
            }
            PersonName::try_from(cell).map(Some).map_err(|_| {
                let reason = "A name has at most 200 characters, all of which can be shown.";
                self.refuse(refusals, column, reason);
                Skipped::Settled
            })
        };
        let name = FullName {
            given: part(filled(given))?,
            family: part(filled(family))?,
        };
        if name.given.is_none() && name.family.is_none() {
            self.refuse(refusals, family[1], "The name is missing.");
            return Err(Skipped::Settled);
        }
        Ok(name)
    }

    /// An e-mail address if there is one; an unfit one is refused, and only the address.
    pub(super) fn email(
        &self,
        refusals: &mut Refusals,
        column: Option<Column>,
    ) -> Option<EmailAddress> {
        let cell = self.text(column);
        if cell.is_empty() {
            return None;
        }
        let address = EmailAddress::try_from(cell.to_owned()).ok();
        if address.is_none() {
            let reason = "This is not an e-mail address; the person is taken without it.";
            self.refuse(refusals, column, reason);
        }
        address
    }

    /// The same, or the user name where that is an address and none other is given.
    pub(super) fn email_or_user_name(
        &self,
        refusals: &mut Refusals,
        email: Option<Column>,
        user_name: Option<Column>,
    ) -> Option<EmailAddress> {
        self.email(refusals, email)
            .or_else(|| EmailAddress::try_from(self.text(user_name).to_owned()).ok())
    }

    /// A telephone number if there is one; one that is too long is refused, and only the number.
    pub(super) fn phone(
        &self,
        refusals: &mut Refusals,
        columns: &[Option<Column>],
    ) -> Option<Sensitive<String>> {
        let column = columns
            .iter()
            .copied()
            .find(|column| !self.text(*column).is_empty())?;
        let number = one_line(self.text(column));
        if number.chars().count() > LONGEST_PHONE || number.chars().any(char::is_control) {
            let reason =
                "A telephone number has at most 40 characters; the person is taken without it.";
            self.refuse(refusals, column, reason);
            return None;
        }
        Some(Sensitive::new(number))
    }

    /// A year group if there is one; an unfit one is refused, and only the year group.
    pub(super) fn year(
        &self,
        refusals: &mut Refusals,
        column: Option<Column>,
    ) -> Option<YearGroup> {
        year_group(self.text(column)).unwrap_or_else(|()| {
            let reason =
                "A year group is one to eight letters or digits; the person is taken without it.";
            self.refuse(refusals, column, reason);
            None
        })
    }

    /// The name of a class or school; refused if it is missing or too long.
    pub(super) fn title(&self, refusals: &mut Refusals, column: Column) -> Result<String, Skipped> {
        let title = one_line(self.text(column));
        let reason = match title.chars().count() {
            0 => "The name is missing.",
            1..=LONGEST_TITLE if !title.chars().any(char::is_control) => return Ok(title),
            _ => "A name has at most 200 characters, all of which can be shown.",
        };
        self.refuse(refusals, column, reason);
        Err(Skipped::Settled)
    }
}

impl<'files> Reading<'files> {
    pub(super) fn new(files: &'files Files, format: Format) -> Self {
        Self {
            files,
            refusals: Refusals::default(),
            roster: Roster {
                format,
                complete: true,
                classes_complete: false,
                schools: Vec::new(),
                pupils: Vec::new(),
                staff: Vec::new(),
                contacts: Vec::new(),
                classes: Vec::new(),
                enrolments: Vec::new(),
                leaving: BTreeSet::new(),
                withheld: BTreeSet::new(),
                refused: Vec::new(),
            },
        }
    }

    /// The table of a file, if the file is there and has headings.
    pub(super) fn table(&mut self, stem: &str) -> Option<Table<'files>> {
        let file: &'files File = self.files.find(stem)?;
        let table = Table::open(file, &mut self.refusals);
        // A file of people that cannot be read must make nobody a leaver.
        self.roster.complete &= table.is_some();
        table
    }

    /// The same for a file that another leans on: if only that other one is there, it is refused once,
    /// not row by row.
    pub(super) fn table_for(&mut self, name: &str, other: &str) -> Option<Table<'files>> {
        let stem = name.to_lowercase();
        let stem = stem.strip_suffix(".csv").unwrap_or(&stem);
        let table = self.table(stem);
        if table.is_none() && self.files.find(stem).is_none() && self.files.find(other).is_some() {
            let reason = "This file is missing, so nobody could be placed in classes by it.";
            self.refusals.add(name, 1, None, reason);
        }
        table
    }

    /// Goes through a table of people: a row whose id cannot be told makes nobody a leaver. The answer
    /// is whether the table was cut off.
    pub(super) fn each_person(
        &mut self,
        table: &Table<'_>,
        mut take: impl FnMut(At<'_>, &mut Refusals, &mut Roster) -> Result<(), Skipped>,
    ) -> bool {
        let mut nameless = false;
        let roster = &mut self.roster;
        let extent = table.each(&mut self.refusals, |record, refusals| {
            let taken = take(At { table, record }, refusals, roster);
            nameless |= matches!(taken, Err(Skipped::Nameless));
        });
        self.roster.complete &= extent == Extent::Whole && !nameless;
        extent == Extent::CutOff
    }

    /// Goes through a table of anything else. The answer is whether it was cut off.
    pub(super) fn each(
        &mut self,
        table: &Table<'_>,
        mut take: impl FnMut(At<'_>, &mut Refusals, &mut Roster) -> Result<(), Skipped>,
    ) -> bool {
        let roster = &mut self.roster;
        let extent = table.each(&mut self.refusals, |record, refusals| {
            // What was refused has been noted; the next row is not affected.
            let _skipped = take(At { table, record }, refusals, roster);
        });
        extent == Extent::CutOff
    }

    /// Ends the reading: the roster, with what was refused. `class_files` are those that say who is in
    /// which class.
    pub(super) fn finish(mut self, class_files: &[&str]) -> Roster {
        let refused = self.refusals.finish();
        self.roster.classes_complete = class_files.iter().all(|stem| {
            let file = self.files.find(stem);
            file.is_some_and(|file| refused.iter().all(|refusal| refusal.file != file.name))
        });
        self.roster.refused = refused;
        self.roster
    }
}

/// A row that was not taken, and is refused already if that needs saying.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Skipped {
    /// Its id is missing or unfit: nobody knows what it is about.
    Nameless,
    /// Anything else.
    Settled,
}

/// Values by id, in the order in which they were put in.
#[derive(Debug)]
pub(super) struct InOrder<T> {
    places: BTreeMap<String, usize>,
    values: Vec<T>,
}

impl<T> Default for InOrder<T> {
    fn default() -> Self {
        Self {
            places: BTreeMap::new(),
            values: Vec::new(),
        }
    }
}

impl<T> InOrder<T> {
    pub(super) fn get(&self, id: &str) -> Option<&T> {
        self.values.get(*self.places.get(id)?)
    }

    pub(super) fn get_mut(&mut self, id: &str) -> Option<&mut T> {
        let place = *self.places.get(id)?;
        self.values.get_mut(place)
    }

    pub(super) fn get_or_insert(&mut self, id: &str, make: impl FnOnce() -> T) -> &mut T {
        let place = *self.places.entry(id.to_owned()).or_insert_with(|| {
            self.values.push(make());
            self.values.len() - 1
        });
        &mut self.values[place]
    }

    pub(super) fn values(&self) -> &[T] {
        &self.values
    }
}
