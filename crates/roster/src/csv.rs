//! Comma-separated values (RFC 4180), with the exact line of each row.
//!
//! Written here because the refusals must name the line of the file as an editor shows it, whatever
//! ends its lines and however many lines a quoted cell spans; because a quotation mark that is never
//! closed must be noticed; and because a cell that nobody asked for must never be copied.

use domain::Sensitive;

/// One row.
#[derive(Debug)]
pub(crate) struct Row {
    /// The line on which it begins, from 1.
    pub(crate) line: u64,
    /// How many cells it has.
    pub(crate) width: usize,
    /// Whether there is nothing but white space in it.
    pub(crate) blank: bool,
    /// The cells that were asked for; the others are empty.
    pub(crate) cells: Vec<Sensitive<String>>,
}

/// A quotation mark opens a cell and none closes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unclosed {
    /// The line on which the row begins.
    pub(crate) line: u64,
}

/// Reads a text row by row.
pub(crate) struct Rows<'text> {
    rest: &'text str,
    line: u64,
    delimiter: char,
}

impl<'text> Rows<'text> {
    /// Begins at the first row. The delimiter is the one of comma, semicolon and tab that stands most
    /// often in the first row, or the one that a first line `sep=;` (a spreadsheet's mark) names.
    pub(crate) fn new(text: &'text str) -> Self {
        let named = ["sep=", "SEP="]
            .iter()
            .find_map(|mark| text.strip_prefix(mark))
            .and_then(|rest| rest.chars().next())
            .filter(|letter| DELIMITERS.contains(letter));
        if let Some(delimiter) = named {
            let mut rows = Self {
                rest: &text["sep=".len() + delimiter.len_utf8()..],
                line: 1,
                delimiter,
            };
            rows.end_of_line();
            return rows;
        }
        Self {
            rest: text,
            line: 1,
            delimiter: likeliest_delimiter(text),
        }
    }

    /// The next row that is not an empty line, with the cells for which `wanted` is true.
    pub(crate) fn next(&mut self, wanted: impl Fn(usize) -> bool) -> Option<Result<Row, Unclosed>> {
        while self.end_of_line() {}
        if self.rest.is_empty() {
            return None;
        }
        let mut row = Row {
            line: self.line,
            width: 0,
            blank: true,
            cells: Vec::new(),
        };
        loop {
            let cell = match self.cell(wanted(row.width), &mut row.blank) {
                Some(cell) => cell,
                None => {
                    self.rest = "";
                    return Some(Err(Unclosed { line: row.line }));
                }
            };
            row.width += 1;
            // Beyond any sensible width the cells are only counted, for the refusal.
            if row.cells.len() < MOST_CELLS {
                row.cells.push(Sensitive::new(cell));
            }
            if let Some(rest) = self.rest.strip_prefix(self.delimiter) {
                self.rest = rest;
            } else {
                self.end_of_line();
                return Some(Ok(row));
            }
        }
    }

    /// One cell, up to its delimiter or the end of its line; none if a quotation mark stays open.
    fn cell(&mut self, wanted: bool, blank: &mut bool) -> Option<String> {
        let mut cell = String::new();
        if let Some(rest) = self.rest.strip_prefix('"') {
            self.rest = rest;
            loop {
                let end = self.rest.find('"')?;
                self.keep(end, wanted, &mut cell, blank);
                self.rest = &self.rest[1..];
                let Some(rest) = self.rest.strip_prefix('"') else {
                    break;
                };
                if wanted {
                    cell.push('"');
                }
                *blank = false;
                self.rest = rest;
            }
        }
        let delimiter = self.delimiter;
        let end = self
            .rest
            .find([delimiter, '\n', '\r'])
            .unwrap_or(self.rest.len());
        self.keep(end, wanted, &mut cell, blank);
        Some(cell)
    }

    /// Goes on by `length` bytes and counts the ends of lines among them.
    fn keep(&mut self, length: usize, wanted: bool, cell: &mut String, blank: &mut bool) {
        let (taken, rest) = self.rest.split_at(length);
        self.rest = rest;
        let bytes = taken.as_bytes();
        let ends = bytes.iter().enumerate().filter(|(place, byte)| {
            **byte == b'\n' || (**byte == b'\r' && bytes.get(place + 1) != Some(&b'\n'))
        });
        self.line += ends.count() as u64;
        *blank &= taken.trim().is_empty();
        if wanted {
            cell.push_str(taken);
        }
    }

    fn end_of_line(&mut self) -> bool {
        for end in ["\r\n", "\n", "\r"] {
            if let Some(rest) = self.rest.strip_prefix(end) {
                self.rest = rest;
                self.line += 1;
                return true;
            }
        }
        false
    }
}

const DELIMITERS: [char; 3] = [',', ';', '\t'];
const MOST_CELLS: usize = 512;

fn likeliest_delimiter(text: &str) -> char {
    let mut counts = [0usize; DELIMITERS.len()];
    let mut quoted = false;
    for letter in text.trim_start_matches(['\r', '\n']).chars() {
        match letter {
            '"' => quoted = !quoted,
            '\r' | '\n' if !quoted => break,
            _ if quoted => {}
            _ => {
                if let Some(place) = DELIMITERS.iter().position(|mark| *mark == letter) {
                    counts[place] += 1;
                }
            }
        }
    }
    // On a draw the first wins, so a file of one column is read with commas.
    let most = counts.iter().copied().max().unwrap_or_default();
    let place = counts.iter().position(|count| *count == most);
    place.map_or(',', |place| DELIMITERS[place])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn all(text: &str) -> Vec<(u64, Vec<String>)> {
        let mut rows = Rows::new(text);
        let mut all = Vec::new();
        while let Some(Ok(row)) = rows.next(|_| true) {
            let cells = row.cells.iter().map(|cell| cell.expose().clone());
            all.push((row.line, cells.collect()));
        }
        all
    }

    #[test]
    fn lines_are_counted_as_an_editor_counts_them() {
        for end in ["\n", "\r\n", "\r"] {
            let text = ["a,b", "", "1,\"one", "two\"", "3,4", ""].join(end);
            let lines: Vec<u64> = all(&text).into_iter().map(|(line, _)| line).collect();
            assert_eq!(lines, [1, 3, 5], "{end:?}");
        }
    }

    #[test]
    fn the_delimiter_is_found_outside_quotation_marks() {
        assert_eq!(all("\"a,b\";c\n1;2")[1].1, ["1", "2"]);
        assert_eq!(all("a\tb\n1\t2")[1].1, ["1", "2"]);
        assert_eq!(
            all("sep=;\r\na;b\r\n1,0;2"),
            [
                (2, vec!["a".into(), "b".into()]),
                (3, vec!["1,0".into(), "2".into()])
            ]
        );
    }

    #[test]
    fn an_open_quotation_mark_is_reported_where_its_row_begins() {
        let mut rows = Rows::new("a,b\n1,2\n3,\"4\n5,6\n");
        assert!(matches!(rows.next(|_| true), Some(Ok(_))));
        assert!(matches!(rows.next(|_| true), Some(Ok(_))));
        assert_eq!(
            rows.next(|_| true).unwrap().unwrap_err(),
            Unclosed { line: 3 }
        );
        assert!(rows.next(|_| true).is_none());
    }

    #[test]
    fn a_cell_that_is_not_wanted_is_never_copied() {
        let mut rows = Rows::new("id,password\n1,\"P@ss,\"\"word\"\n");
        rows.next(|_| true);
        let row = rows.next(|column| column == 0).unwrap().unwrap();
        assert_eq!(row.width, 2);
        assert_eq!(row.cells[0].expose(), "1");
        assert_eq!(row.cells[1].expose().capacity(), 0);
    }

    #[test]
    fn the_csv_spectrum_reads_as_it_should() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/data/csv-spectrum");
        for (case, cells) in [
            ("comma_in_quotes", 5),
            ("empty", 6),
            ("empty_crlf", 6),
            ("escaped_quotes", 4),
            ("json", 2),
            ("newlines", 9),
            ("quotes_and_newlines", 4),
            ("simple", 3),
            ("simple_crlf", 3),
            ("utf8", 6),
        ] {
            let text = std::fs::read_to_string(format!("{folder}/csvs/{case}.csv")).unwrap();
            let expected = std::fs::read_to_string(format!("{folder}/json/{case}.json")).unwrap();
            let expected: Vec<serde_json::Map<String, serde_json::Value>> =
                serde_json::from_str(&expected).unwrap();
            for end in ["\n", "\r\n"] {
                let mut rows = all(&text.replace('\n', end)).into_iter();
                let (_, headings) = rows.next().unwrap();
                let mut compared = 0;
                for (row, expected) in rows.zip(&expected) {
                    for (heading, cell) in headings.iter().zip(row.1) {
                        let wanted = expected[heading].as_str().unwrap();
                        assert_eq!(cell, wanted.replace('\n', end), "{case} {heading}");
                        compared += 1;
                    }
                }
                assert_eq!(compared, cells, "{case}");
            }
        }
    }

    proptest! {
        #[test]
        fn what_the_csv_crate_writes_is_read_back(
            table in prop::collection::vec(prop::collection::vec("[a-zé,;\"\r\n ]{0,6}", 3), 1..6)
        ) {
            let mut writer = ::csv::WriterBuilder::new()
                .quote_style(::csv::QuoteStyle::Always)
                .from_writer(Vec::new());
            writer.write_record(["x", "y", "z"]).unwrap();
            for row in &table {
                writer.write_record(row).unwrap();
            }
            let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
            let read: Vec<Vec<String>> = all(&text).into_iter().skip(1).map(|(_, row)| row).collect();
            prop_assert_eq!(read, table);
        }

        #[test]
        fn whatever_stands_there_it_ends(text in "[a,;\t\"\r\n=\u{feff}]{0,60}") {
            let mut rows = Rows::new(&text);
            let most = text.chars().filter(|letter| matches!(letter, '\r' | '\n')).count() as u64 + 1;
            while let Some(row) = rows.next(|_| true) {
                if let Ok(row) = row {
                    prop_assert!(row.line <= most);
                }
            }
        }
    }
}
