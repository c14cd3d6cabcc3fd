//! Recovery sheets as a person gives them: typed line by line, pasted whole, scanned, or from a file.

use std::fmt;

use domain::SchoolId;
use protocol::compartments::{Compartment, HeldKey};
use protocol::kit::{KitKeys, MistypedSheet, Sheet, TypedLine, combine, look_at_line};
use protocol::roll::RollState;

use crate::trouble::Trouble;

/// Lines of a printed sheet, and the characters of each.
const LINES: [usize; 6] = [12, 12, 12, 12, 12, 4];
/// The characters of a sheet's bare code, as its QR holds it.
const CODE: usize = 58;

/// Which sheet is meant: by the number printed on it, where that can be read, or by its place in what was
/// given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SheetName {
    /// Its place in what was given, from 1.
    pub place: usize,
    /// The number printed on it.
    pub number: Option<u8>,
}

impl fmt::Display for SheetName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.number, self.place) {
            (Some(number), _) => write!(formatter, "sheet {number}"),
            (None, 1) => formatter.write_str("the first sheet that you gave"),
            (None, 2) => formatter.write_str("the second sheet that you gave"),
            (None, place) => write!(formatter, "sheet number {place} that you gave"),
        }
    }
}

/// The sheets that were given so far.
#[derive(Debug, Default)]
pub(crate) struct Given(Vec<Sheet>);

impl Given {
    /// The numbers of the sheets that are here.
    pub(crate) fn numbers(&self) -> Vec<u8> {
        self.0.iter().map(Sheet::number).collect()
    }

    /// Forgets them: they are asked for again.
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// Takes one sheet or more; the kit, once there are two.
    pub(crate) fn take(
        &mut self,
        school: SchoolId,
        text: &str,
    ) -> Result<Option<KitKeys>, Trouble> {
        let given = read(school, text)?;
        if given.is_empty() {
            return Err(Trouble::NoSheet);
        }
        for sheet in given {
            if self.numbers().contains(&sheet.number()) {
                return Err(Trouble::SameSheet(sheet.number()));
            }
            self.0.push(sheet);
        }
        let [one, other, ..] = self.0.as_slice() else {
            return Ok(None);
        };
        combine(one, other)
            .and_then(|seed| seed.keys())
            .map(Some)
            .map_err(|_| {
                // Which of them is the wrong one nobody knows, so both are asked for again.
                self.0.clear();
                Trouble::TwoKits
            })
    }
}

/// How the lines of the sheet that is being typed look, in their order. Of a scanned code, and of a text
/// without any line, nothing is said.
pub fn look_at_lines(text: &str) -> Vec<TypedLine> {
    let lines: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter(|line| is_part_of_line(line))
        .collect();
    // Of several sheets the last is the one that is being typed.
    lines
        .chunks(LINES.len())
        .next_back()
        .into_iter()
        .flatten()
        .zip(1..)
        .map(|(line, place)| look_at_line(place, line))
        .collect()
}

/// Letters, digits and gaps, and not more of them than a line with a slip or two has.
fn is_part_of_line(line: &str) -> bool {
    !has_marks(line) && (1..=LINES[0] + 2).contains(&letters(line).count())
}

/// The sheets in a text. Titles and everything else that cannot be a line of a sheet is passed over.
pub(crate) fn read(school: SchoolId, text: &str) -> Result<Vec<Sheet>, Trouble> {
    let mut blocks: Vec<Vec<&str>> = vec![Vec::new()];
    for line in text.lines().map(str::trim) {
        match (is_line(line), blocks.last_mut()) {
            (true, Some(block)) => {
                block.push(line);
                let whole = is_whole(line) || block.len() == LINES.len();
                if whole {
                    blocks.push(Vec::new());
                }
            }
            // A title or an empty line ends a sheet, but not before it has begun.
            (false, Some(block)) if !block.is_empty() => blocks.push(Vec::new()),
            _ => {}
        }
    }
    blocks.retain(|block| !block.is_empty());
    blocks
        .iter()
        .enumerate()
        .map(|(place, block)| read_one(school, place + 1, block))
        .collect()
}

fn read_one(school: SchoolId, place: usize, lines: &[&str]) -> Result<Sheet, Trouble> {
    let bad = |mistake: MistypedSheet| {
        let number = match mistake {
            // The number stands in the first line: with a slip there it may be another's.
            MistypedSheet::Line(1) => None,
            _ => number_in(lines),
        };
        Trouble::BadSheet(SheetName { place, number }, mistake)
    };
    let whole = matches!(lines, [line] if is_whole(line));
    if !whole {
        if lines.len() != LINES.len() {
            return Err(bad(MistypedSheet::Length));
        }
        for (at, (line, length)) in lines.iter().zip(LINES).enumerate() {
            if letters(line).count() != length {
                return Err(bad(MistypedSheet::Line(at + 1)));
            }
        }
    }
    let text = zeroize::Zeroizing::new(lines.concat());
    Sheet::parse(school, &text).map_err(bad)
}

/// The number in the first four characters of a sheet, which say version 1 and 1, 2 or 3.
fn number_in(lines: &[&str]) -> Option<u8> {
    let first: Vec<char> = letters(lines.first()?)
        .take(4)
        .map(|letter| match letter.to_ascii_uppercase() {
            'I' | 'L' => '1',
            'O' => '0',
            other => other,
        })
        .collect();
    match first.as_slice() {
        ['0', '4', '0', 'G'..='Z'] => Some(1),
        ['0', '4', '1', '0'..='9' | 'A'..='F'] => Some(2),
        ['0', '4', '1', 'G'..='Z'] => Some(3),
        _ => None,
    }
}

fn letters(line: &str) -> impl Iterator<Item = char> {
    line.chars().filter(|letter| letter.is_alphanumeric())
}

/// A whole sheet in one line: the bare code, or the six lines that some program ran together.
fn is_whole(line: &str) -> bool {
    [CODE, CODE + LINES.len()].contains(&letters(line).count()) && !has_marks(line)
}

/// Anything but letters, digits and gaps.
fn has_marks(line: &str) -> bool {
    line.chars()
        .any(|letter| !letter.is_alphanumeric() && !is_gap(letter))
}

fn is_gap(letter: char) -> bool {
    letter.is_whitespace() || letter == '-'
}

/// Three groups of about four characters, one group of about twelve or of four, or a whole sheet.
fn is_line(line: &str) -> bool {
    // Anything with a mark in it is a sentence.
    if has_marks(line) {
        return false;
    }
    if is_whole(line) {
        return true;
    }
    let groups: Vec<usize> = line
        .split(is_gap)
        .filter(|group| !group.is_empty())
        .map(|group| group.chars().count())
        .collect();
    match groups.as_slice() {
        [first, second, third] => [first, second, third]
            .iter()
            .all(|length| (1..=5).contains(*length)),
        [first, second] => [first, second]
            .iter()
            .all(|length| (3..=5).contains(*length)),
        [one] => (3..=5).contains(one) || (10..=14).contains(one),
        _ => false,
    }
}

/// What of the kit's keys the roll announces and still uses, and the compartments of which any is missing.
pub(crate) fn match_roll(
    keys: Vec<HeldKey>,
    roll: &RollState,
) -> Result<(Vec<HeldKey>, Vec<Compartment>), Trouble> {
    let mut sound = Vec::new();
    for key in keys {
        let announced = roll
            .compartment(&key.compartment)
            .filter(|keys| !keys.retired.contains(&key.generation))
            .and_then(|keys| keys.generations.get(&key.generation));
        if announced == Some(&key.secret.key_pair()?.public()) {
            sound.push(key);
        }
    }
    let missing: Vec<Compartment> = roll
        .compartments()
        .iter()
        .filter(|(name, keys)| {
            keys.generations
                .keys()
                .filter(|generation| !keys.retired.contains(generation))
                .any(|generation| {
                    !sound
                        .iter()
                        .any(|key| key.compartment == **name && key.generation == *generation)
                })
        })
        .map(|(name, _)| name.clone())
        .collect();
    sound.retain(|key| !missing.contains(&key.compartment));
    Ok((sound, missing))
}

#[cfg(test)]
mod tests {
    use domain::SeededEntropy;
    use protocol::kit::KitSeed;

    use super::*;

    fn printed(sheet: &Sheet) -> String {
        let lines: Vec<_> = sheet.lines().iter().map(|line| line.to_string()).collect();
        format!(
            "Safehold recovery sheet {} of 3 · Hollybank\nAny two sheets and a backup restore every record. One alone opens nothing.\n\n    {}\n",
            sheet.number(),
            lines.join("\n    ")
        )
    }

    fn kit() -> (SchoolId, KitSeed, [Sheet; 3]) {
        let (school, entropy) = (SchoolId::from_bytes([5; 16]), SeededEntropy::new([6; 32]));
        let seed = KitSeed::generate(&entropy);
        let sheets = seed.split(school, &entropy);
        (school, seed, sheets)
    }

    #[test]
    fn any_two_sheets_in_any_order_and_any_form_give_the_kit() {
        let (school, seed, sheets) = kit();
        let public = seed.keys().unwrap().public();
        for (one, other) in [(0, 1), (1, 0), (0, 2), (2, 0), (1, 2), (2, 1)] {
            let pasted = printed(&sheets[one]) + "\n" + &printed(&sheets[other]);
            let kit = Given::default().take(school, &pasted).unwrap().unwrap();
            assert_eq!(kit.public(), public);

            let mut given = Given::default();
            let scanned = sheets[one].code();
            assert!(given.take(school, &scanned).unwrap().is_none());
            assert_eq!(given.numbers(), [sheets[one].number()]);
            let run_together: String = sheets[one]
                .lines()
                .iter()
                .map(|line| line.to_string())
                .collect();
            assert_eq!(read(school, &run_together).unwrap().len(), 1);
            let typed = printed(&sheets[other]).to_lowercase().replace(' ', "  ");
            let kit = given.take(school, &typed).unwrap().unwrap();
            assert_eq!(kit.public(), public);
        }
    }

    #[test]
    fn a_slip_is_named_with_its_sheet_and_its_line() {
        let (school, _, sheets) = kit();
        for (place, sheet) in sheets.iter().enumerate() {
            for line in 1..=6 {
                let lines = sheet.lines();
                let wrong: Vec<String> = lines
                    .iter()
                    .enumerate()
                    .map(|(at, text)| match at + 1 == line {
                        true => {
                            let last = text.chars().last().unwrap();
                            let other = if last == '7' { '8' } else { '7' };
                            format!("{}{other}", &text[..text.len() - 1])
                        }
                        false => text.to_string(),
                    })
                    .collect();
                let other = &sheets[(place + 1) % 3];
                let text = printed(other) + "\n" + &wrong.join("\n");
                let expected = SheetName {
                    place: 2,
                    number: (line != 1).then_some(sheet.number()),
                };
                assert_eq!(
                    Given::default().take(school, &text).unwrap_err(),
                    Trouble::BadSheet(expected, MistypedSheet::Line(line))
                );
            }
        }
    }

    #[test]
    fn while_a_sheet_is_typed_each_line_says_how_it_looks() {
        use TypedLine::{Slip, Sound, Unfinished};
        let (_, _, sheets) = kit();
        let lines: Vec<_> = sheets[1]
            .lines()
            .iter()
            .map(|line| line.to_string())
            .collect();
        assert_eq!(look_at_lines(""), []);
        assert_eq!(look_at_lines(&lines[0][..7]), [Unfinished]);
        assert_eq!(
            look_at_lines(&lines[..2].join("\n").to_lowercase()),
            [Sound, Sound]
        );
        // A slip, a line too many characters long, and two lines exchanged.
        let mut slipped = lines.clone();
        slipped[2] = slipped[2].replacen(&lines[2][..1], "U", 1);
        slipped[3].push('7');
        assert_eq!(
            look_at_lines(&slipped.join("\n")),
            [Sound, Sound, Slip, Slip, Sound, Sound]
        );
        assert_eq!(
            look_at_lines(&[&*lines[1], &*lines[0]].join("\n")),
            [Slip, Slip]
        );
        // A title is no line; of two sheets the second is looked at; a code says nothing yet.
        assert_eq!(look_at_lines(&printed(&sheets[1])), [Sound; 6]);
        let both = printed(&sheets[0]) + &lines[..1].join("\n");
        assert_eq!(look_at_lines(&both), [Sound]);
        assert_eq!(look_at_lines(&sheets[1].code()), []);
    }

    #[test]
    fn a_line_too_few_or_too_short_is_named_too() {
        let (school, _, sheets) = kit();
        let lines: Vec<_> = sheets[2]
            .lines()
            .iter()
            .map(|line| line.to_string())
            .collect();
        let name = SheetName {
            place: 1,
            number: Some(3),
        };
        let refused = |text: &str| Given::default().take(school, text).unwrap_err();
        assert_eq!(
            refused(&lines[..5].join("\n")),
            Trouble::BadSheet(name, MistypedSheet::Length)
        );
        let mut short = lines.clone();
        short[2].pop();
        assert_eq!(
            refused(&short.join("\n")),
            Trouble::BadSheet(name, MistypedSheet::Line(3))
        );
        assert_eq!(refused("I cannot find them."), Trouble::NoSheet);
    }

    #[test]
    fn the_same_sheet_twice_and_sheets_of_two_kits_are_told_apart() {
        let (school, _, sheets) = kit();
        let twice = printed(&sheets[0]) + &printed(&sheets[0]);
        assert_eq!(
            Given::default().take(school, &twice).unwrap_err(),
            Trouble::SameSheet(1)
        );
        let entropy = SeededEntropy::new([9; 32]);
        let others = KitSeed::generate(&entropy).split(school, &entropy);
        let mixed = printed(&sheets[0]) + &printed(&others[1]);
        let mut given = Given::default();
        assert_eq!(given.take(school, &mixed).unwrap_err(), Trouble::TwoKits);
        assert!(given.numbers().is_empty());
        // A sheet of another school is not a sheet here.
        let elsewhere = SchoolId::from_bytes([4; 16]);
        assert!(matches!(
            Given::default().take(elsewhere, &printed(&sheets[0])),
            Err(Trouble::BadSheet(_, MistypedSheet::NotOneSheet))
        ));
    }
}
