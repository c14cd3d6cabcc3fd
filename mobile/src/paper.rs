//! A recovery sheet as an A4 page to print, in PDF.
//!
//! It is written here, byte by byte, because a sheet is a secret: no other program, font or service
//! sees it before the printer does. The file belongs to its owner alone and is deleted again as soon
//! as the sheet was checked against the paper.

use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use protocol::kit::Sheet;
use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

use crate::parts::Squares;
use crate::words::paper as words;

/// A4 in points.
const WIDTH: u32 = 595;
const HEIGHT: u32 = 842;
const MARGIN: u32 = 62;

/// Letters of a school's name in one line: as many as fit if all of them are wide.
const NAME_LETTERS: usize = 46;

/// A sheet, and what is printed beside its secret.
#[derive(Clone, Copy)]
pub(crate) struct Page<'a> {
    pub(crate) school_name: &'a str,
    /// The day on which the sheets were made.
    pub(crate) made: NaiveDate,
    pub(crate) sheet: &'a Sheet,
}

/// Writes a sheet into a folder, for its owner's eyes only, and says where.
pub(crate) fn save(folder: &Path, page: Page<'_>) -> io::Result<PathBuf> {
    let path = folder.join(format!("{}.pdf", words::file(page.sheet.number())));
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    // One that was left behind is of no use: its sheet may be another school's.
    if path.exists() {
        fs::remove_file(&path)?;
    }
    let mut file = options.open(&path)?;
    file.write_all(&pdf(page))?;
    file.sync_all()?;
    Ok(path)
}

/// The page.
pub(crate) fn pdf(page: Page<'_>) -> Zeroizing<Vec<u8>> {
    let content = content(page);
    let title = words::file(page.sheet.number());
    let objects: [Zeroizing<String>; 8] = [
        plain("<< /Type /Catalog /Pages 2 0 R /Lang (en-GB) >>".to_owned()),
        plain("<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned()),
        plain(format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {WIDTH} {HEIGHT}] /Contents 4 0 R \
             /Resources << /Font << /F1 5 0 R /F2 6 0 R /F3 7 0 R >> >> >>"
        )),
        Zeroizing::new(format!(
            "<< /Length {} >>\nstream\n{}\nendstream",
            content.len(),
            *content
        )),
        plain(font("Helvetica")),
        plain(font("Helvetica-Bold")),
        plain(font("Courier-Bold")),
        plain(format!("<< /Title ({title}) /Producer (Safehold) >>")),
    ];
    let mut file = Zeroizing::new(Vec::with_capacity(content.len() + 2048));
    file.extend_from_slice(b"%PDF-1.4\n");
    let mut places = Vec::new();
    for (number, object) in (1..).zip(&objects) {
        places.push(file.len());
        file.extend_from_slice(format!("{number} 0 obj\n").as_bytes());
        file.extend_from_slice(object.as_bytes());
        file.extend_from_slice(b"\nendobj\n");
    }
    let table = file.len();
    let mut end = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for place in places {
        end.push_str(&format!("{place:010} 00000 n \n"));
    }
    end.push_str(&format!(
        "trailer\n<< /Size {} /Root 1 0 R /Info 8 0 R >>\nstartxref\n{table}\n%%EOF\n",
        objects.len() + 1
    ));
    file.extend_from_slice(end.as_bytes());
    file
}

fn plain(text: String) -> Zeroizing<String> {
    Zeroizing::new(text)
}

fn font(name: &str) -> String {
    format!("<< /Type /Font /Subtype /Type1 /BaseFont /{name} /Encoding /WinAnsiEncoding >>")
}

/// Draws the page from its top to its foot.
fn content(
    Page {
        school_name,
        made,
        sheet,
    }: Page<'_>,
) -> Zeroizing<String> {
    // Large enough never to be moved, which would leave a copy behind.
    let mut page = Zeroizing::new(String::with_capacity(160 * 1024));
    let number = sheet.number();
    let mut y = HEIGHT - MARGIN - 20;
    text(&mut page, "F2", 22, y, &words::title(number));
    y -= 26;
    let name: String = words::school(school_name).nfc().collect();
    for line in textwrap::wrap(&name, NAME_LETTERS) {
        text(&mut page, "F1", 14, y, &line);
        y -= 18;
    }
    text(&mut page, "F1", 11, y, &words::made(made));
    y -= 34;
    for line in words::LINES {
        text(&mut page, "F1", 11, y, line);
        y -= 15;
    }
    y -= 30;
    for (place, line) in (1..).zip(sheet.lines()) {
        let printed = Zeroizing::new(format!("{place}   {}", *line));
        text(&mut page, "F3", 22, y, &printed);
        y -= 34;
    }
    let code = sheet.code();
    if let Some(squares) = Squares::of(&code) {
        let (size, left) = (5, MARGIN);
        let top = y - 10;
        for (row, from, run) in squares.runs() {
            // A page that cannot be written to is no page: a String always can.
            let _ = writeln!(
                page,
                "{} {} {} {size} re f",
                left + from * size,
                top - (row + 1) * size,
                run * size
            );
        }
    }
    text(&mut page, "F1", 9, MARGIN, words::FOOT);
    page
}

fn text(page: &mut String, font: &str, size: u32, y: u32, words: &str) {
    let _ = write!(page, "BT /{font} {size} Tf {MARGIN} {y} Td (");
    for letter in words.nfc() {
        if let Some(code) = code_of(letter) {
            let _ = write!(page, "\\{code:03o}");
            continue;
        }
        for part in [letter].into_iter().nfkd().filter(|part| !is_mark(*part)) {
            match part {
                '(' | ')' | '\\' => {
                    page.push('\\');
                    page.push(part);
                }
                ' '..='~' => page.push(part),
                _ => page.push('?'),
            }
        }
    }
    page.push_str(") Tj ET\n");
}

/// The code of a letter outside ASCII that the printer's own fonts have (WinAnsiEncoding).
const fn code_of(letter: char) -> Option<u8> {
    Some(match letter {
        '\u{a1}'..='\u{ff}' => letter as u8,
        '\u{2013}' => 0x96, // dashes
        '\u{2014}' => 0x97,
        '\u{2018}' => 0x91, // quotation marks
        '\u{2019}' => 0x92,
        '\u{201c}' => 0x93,
        '\u{201d}' => 0x94,
        '\u{152}' => 0x8c,
        '\u{153}' => 0x9c,
        '\u{160}' => 0x8a,
        '\u{161}' => 0x9a,
        '\u{178}' => 0x9f,
        '\u{17d}' => 0x8e,
        '\u{17e}' => 0x9e,
        _ => return None,
    })
}

/// Accents, taken apart from their letters: the printer's own fonts have none of the Welsh ones.
const fn is_mark(letter: char) -> bool {
    matches!(letter, '\u{300}'..='\u{36f}')
}

#[cfg(test)]
mod tests {
    use domain::{SchoolId, SeededEntropy};
    use protocol::kit::KitSeed;

    use super::*;

    fn sheets() -> [Sheet; 3] {
        let entropy = SeededEntropy::new([5; 32]);
        KitSeed::generate(&entropy).split(SchoolId::from_bytes([1; 16]), &entropy)
    }

    fn page<'a>(school_name: &'a str, sheet: &'a Sheet) -> Page<'a> {
        Page {
            school_name,
            made: NaiveDate::from_ymd_opt(2026, 11, 26).unwrap_or_default(),
            sheet,
        }
    }

    #[test]
    fn a_long_name_goes_on_in_the_next_line() {
        let [sheet, ..] = sheets();
        let printed = |name: &str| {
            let file = pdf(page(name, &sheet));
            String::from_utf8_lossy(&file).into_owned()
        };
        let words = printed("The Federation of St Bartholomew and All Hallows Schools");
        assert!(words.contains("(Safehold - The Federation of St Bartholomew)"));
        assert!(words.contains("(and All Hallows Schools)"));
        // One word without an end is no reason to run off the page either.
        let word = printed(&"x".repeat(100));
        assert!(word.contains(&format!("({})", "x".repeat(NAME_LETTERS))));
    }

    #[test]
    fn a_sheet_is_one_page_with_its_lines_and_its_square() {
        let [_, sheet, _] = sheets();
        let file = pdf(page("Ysgol Gŵyr (uchaf)", &sheet));
        let page = String::from_utf8_lossy(&file);
        assert!(page.starts_with("%PDF-1.4\n") && page.ends_with("%%EOF\n"));
        assert!(page.contains("(Recovery sheet 2 of 3)"));
        assert!(page.contains("(Safehold - Ysgol Gwyr \\(uchaf\\))"));
        assert!(page.contains("(Made on 26 November 2026. "));
        for line in sheet.lines() {
            assert!(page.contains(line.as_str()));
        }
        assert!(page.matches(" re f").count() > 100, "the square is drawn");
        // Every object stands where the table says.
        let table = page.rsplit("startxref\n").next().unwrap_or_default();
        let at: usize = table
            .lines()
            .next()
            .unwrap_or_default()
            .parse()
            .unwrap_or(0);
        assert!(page[at..].starts_with("xref\n0 9\n"));
        for (number, line) in (1..).zip(page[at..].lines().skip(3).take(8)) {
            let place: usize = line[..10].parse().unwrap_or(0);
            assert!(page[place..].starts_with(&format!("{number} 0 obj\n")));
        }
    }

    #[test]
    fn a_schools_name_is_printed_as_it_is_written_where_the_fonts_have_its_letters() {
        let [sheet, ..] = sheets();
        for (name, printed) in [
            ("École St Mary’s – bas", r"\311cole St Mary\222s \226 bas"),
            ("E\u{301}cole", r"\311cole"),
            ("Ysgol Tŷ Gwyn", "Ysgol Ty Gwyn"),
            ("学校 (1)", r"?? \(1\)"),
        ] {
            let file = pdf(page(name, &sheet));
            let page = String::from_utf8_lossy(&file);
            assert!(page.contains(&format!("(Safehold - {printed})")), "{name}");
        }
    }

    #[test]
    fn a_saved_sheet_is_its_owners_alone_and_takes_the_place_of_an_old_one() {
        let folder = tempfile::tempdir()
            .map(|folder| folder.keep())
            .unwrap_or_default();
        let [one, ..] = sheets();
        let first = save(&folder, page("Hill School", &one)).unwrap_or_default();
        let again = save(&folder, page("Hill School", &one)).unwrap_or_default();
        assert_eq!(first, again);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = fs::metadata(&again).map(|about| about.permissions().mode());
            assert_eq!(mode.unwrap_or(0) & 0o777, 0o600);
        }
        assert!(fs::remove_dir_all(&folder).is_ok());
    }
}
