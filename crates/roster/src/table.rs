use domain::Sensitive;

use crate::csv::{Row, Rows};
use crate::dates::SlashOrder;
use crate::encoding::decode;
use crate::files::File;
use crate::refusal::Refusals;
use crate::words::plain;

/// One file of a roster, with its headings understood.
pub(crate) struct Table<'files> {
    /// The name for refusals.
    pub(crate) file: &'files str,
    text: Sensitive<String>,
    heading_line: u64,
    headings: Vec<Heading>,
    wanted: Vec<bool>,
}

struct Heading {
    written: String,
    plain: String,
}

/// A column of one table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Column(usize);

/// How much of a table could be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extent {
    /// Every row.
    Whole,
    /// All but rows of another width.
    WithoutSomeRows,
    /// Only what stands before some row.
    CutOff,
}

/// A row whose cells can be asked for by column.
pub(crate) struct Record {
    /// The line on which it begins.
    pub(crate) line: u64,
    row: Row,
}

impl Record {
    /// What stands in the column, trimmed; empty if the table has no such column.
    pub(crate) fn text(&self, column: impl Into<Option<Column>>) -> &str {
        // EXPOSE: the readers turn each cell into a checked value of its own kind.
        let column: Option<Column> = column.into();
        column
            .and_then(|column| self.row.cells.get(column.0))
            .map_or("", |cell| cell.expose().trim())
    }
}

/// More rows than this in one file are no school's roster.
const MOST_ROWS: usize = 1_000_000;

impl<'files> Table<'files> {
    /// Reads the headings. A file without any is refused and gives no table.
    pub(crate) fn open(file: &'files File, refusals: &mut Refusals) -> Option<Self> {
        // EXPOSE: the file is decoded into another wrapper and nothing else.
        let text = decode(file.bytes.expose());
        let first = Rows::new(text.expose()).next(|_| true);
        let Some(Ok(row)) = first else {
            refusals.add(&file.name, 1, None, "This file has no line of headings.");
            return None;
        };
        let headings: Vec<Heading> = row.cells.iter().map(Heading::of).collect();
        Some(Self {
            file: &file.name,
            heading_line: row.line,
            wanted: vec![false; headings.len()],
            headings,
            text,
        })
    }

    /// Whether a heading of this plain name is there.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.headings.iter().any(|heading| heading.plain == name)
    }

    /// The column under the first of these plain names that is there; from now on it is read.
    pub(crate) fn column(&mut self, names: &[&str]) -> Option<Column> {
        let place = names.iter().find_map(|name| {
            self.headings
                .iter()
                .position(|heading| heading.plain == *name)
        })?;
        self.wanted[place] = true;
        Some(Column(place))
    }

    /// The same for a column without which the file cannot be read: if it is missing, that is refused
    /// under `heading`, the name that the format gives it.
    pub(crate) fn required(
        &mut self,
        heading: &str,
        names: &[&str],
        refusals: &mut Refusals,
    ) -> Option<Column> {
        let column = self.column(names);
        if column.is_none() {
            let reason = "There is no column with this heading, so nothing in this file was read.";
            refusals.add(self.file, self.heading_line, Some(heading), reason);
        }
        column
    }

    /// The heading as the file writes it.
    pub(crate) fn heading(&self, column: Column) -> &str {
        &self.headings[column.0].written
    }

    /// In which order this column writes dates with slashes.
    pub(crate) fn slash_order(&self, column: Option<Column>) -> SlashOrder {
        let Some(Column(place)) = column else {
            return SlashOrder::default();
        };
        // EXPOSE: the dates are only counted by their form.
        let mut rows = Rows::new(self.text.expose());
        let cells = std::iter::from_fn(|| rows.next(|at| at == place)?.ok());
        let cells: Vec<Row> = cells
            .filter(|row| row.width == self.headings.len())
            .take(MOST_ROWS)
            .collect();
        SlashOrder::of_column(cells.iter().map(|row| row.cells[place].expose().as_str()))
    }

    /// Goes through the rows in turn. Rows of another width, and what follows a quotation mark that is
    /// never closed, are refused here.
    pub(crate) fn each(
        &self,
        refusals: &mut Refusals,
        mut take: impl FnMut(&Record, &mut Refusals),
    ) -> Extent {
        // EXPOSE: cell by cell, through `Record::text`.
        let mut rows = Rows::new(self.text.expose());
        let mut extent = Extent::Whole;
        let wanted = |place: usize| self.wanted.get(place).copied().unwrap_or_default();
        let _headings = rows.next(|_| false);
        let mut count = 0usize;
        while let Some(next) = rows.next(wanted) {
            count += 1;
            let row = match next {
                Ok(row) => row,
                Err(open) => {
                    let reason = "A quotation mark in this row is never closed, so the rest of the file \
                                  could not be read.";
                    refusals.add(self.file, open.line, None, reason);
                    return Extent::CutOff;
                }
            };
            if count > MOST_ROWS {
                let reason = "The file has more than a million rows; the rest was not read.";
                refusals.add(self.file, row.line, None, reason);
                return Extent::CutOff;
            }
            if row.blank {
                continue;
            }
            if row.width != self.headings.len() {
                let reason = format!(
                    "This row has {} cells under {} headings.",
                    row.width,
                    self.headings.len()
                );
                refusals.add(self.file, row.line, None, &reason);
                extent = Extent::WithoutSomeRows;
                continue;
            }
            let record = Record {
                line: row.line,
                row,
            };
            take(&record, refusals);
        }
        extent
    }
}

impl Heading {
    fn of(cell: &Sensitive<String>) -> Self {
        // EXPOSE: headings are no personal data, and those of secrets are blanked.
        let written = cell.expose().trim();
        let plain = plain(written);
        // Nothing under such a heading may be asked for, by whatever name.
        if ["password", "passwd", "passphrase"]
            .iter()
            .any(|word| plain.contains(word))
        {
            return Self {
                written: String::new(),
                plain: String::new(),
            };
        }
        Self {
            written: written.to_owned(),
            plain,
        }
    }
}
