//! A sheet of paper. It is printed in six lines: eleven characters of the code and one that checks
//! the line, in groups of four (the last line is one group), so that a slip is found where it is.

use domain::{Entropy, SchoolId};
use zeroize::Zeroizing;

use super::KitSeed;
use crate::Error;
use crate::encoding::hash;
use crate::letters::{letter, step, value};

const VERSION: u8 = 1;
const PIECE: usize = KitSeed::SIZE;
const CONTENT: usize = 2 + 2 * PIECE;
const BYTES: usize = CONTENT + 2;
const CODE: usize = 58;
const LINE: usize = 11;
const LINES: usize = CODE.div_ceil(LINE);

/// How a line of a sheet looks while it is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TypedLine {
    /// Characters are missing.
    Unfinished,
    /// Its check holds.
    Sound,
    /// It holds a slip.
    Slip,
}

/// Looks at a line while a sheet is typed. Lines count from 1; spaces and dashes do not count.
pub fn look_at_line(line: usize, text: &str) -> TypedLine {
    let typed: Zeroizing<Vec<u8>> = Zeroizing::new(letters(text).collect());
    let whole = if line == LINES {
        CODE - LINE * (LINES - 1) + 1
    } else {
        LINE + 1
    };
    match typed.len() {
        _ if !(1..=LINES).contains(&line) => TypedLine::Slip,
        length if length < whole => TypedLine::Unfinished,
        length if length == whole && check_line(line, &typed).is_ok() => TypedLine::Sound,
        _ => TypedLine::Slip,
    }
}

/// One of the three sheets.
#[derive(Clone)]
pub struct Sheet(Zeroizing<[u8; BYTES]>);

impl std::fmt::Debug for Sheet {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Sheet({}, [secret])", self.number())
    }
}

/// What is wrong with a sheet that was typed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MistypedSheet {
    /// Too few or too many characters.
    #[error("a sheet has six lines: five of twelve characters and one of four")]
    Length,
    /// A line holds a slip. Lines count from 1.
    #[error("there is a slip in line {0}")]
    Line(usize),
    /// Every line is sound, but not all of one sheet of this school.
    #[error("these lines are not one sheet of this school")]
    NotOneSheet,
}

impl Sheet {
    /// Its number, 1 to 3.
    pub fn number(&self) -> u8 {
        self.0[1]
    }

    /// The bare code of 58 characters, which the QR on the sheet holds.
    pub fn code(&self) -> Zeroizing<String> {
        let mut code = Zeroizing::new(String::with_capacity(CODE));
        let (mut held, mut bits) = (0u32, 0);
        for byte in self.0.iter() {
            held = held << 8 | u32::from(*byte);
            bits += 8;
            while bits >= 5 {
                bits -= 5;
                code.push(letter(held >> bits));
            }
            held &= (1 << bits) - 1;
        }
        code.push(letter(held << (5 - bits)));
        code
    }

    /// The six lines to print, each in groups of four.
    pub fn lines(&self) -> Vec<Zeroizing<String>> {
        let code = self.code();
        code.as_bytes()
            .chunks(LINE)
            .enumerate()
            .map(|(line, data)| {
                let values: Vec<u8> = data.iter().filter_map(|byte| value(*byte)).collect();
                let check = letter(u32::from(check(line, &values)));
                let mut text = Zeroizing::new(String::with_capacity(LINE + 4));
                for (place, byte) in data
                    .iter()
                    .copied()
                    .map(char::from)
                    .chain([check])
                    .enumerate()
                {
                    if place > 0 && place % 4 == 0 {
                        text.push(' ');
                    }
                    text.push(byte);
                }
                text
            })
            .collect()
    }

    /// The last four characters as printed: what a person is asked for to show that they have it.
    pub fn last_four(&self) -> Zeroizing<String> {
        self.lines().pop().unwrap_or_default()
    }

    /// Reads a sheet as typed (six lines with their checks, however broken and spaced) or as scanned
    /// (the bare code). I and L are taken for 1, O for 0.
    pub fn parse(school: SchoolId, text: &str) -> Result<Self, MistypedSheet> {
        let typed: Zeroizing<Vec<u8>> = Zeroizing::new(letters(text).collect());
        let code: Zeroizing<Vec<u8>> = match typed.len() {
            CODE => Zeroizing::new(
                typed
                    .iter()
                    .map(|byte| value(*byte).ok_or(MistypedSheet::NotOneSheet))
                    .collect::<Result<_, _>>()?,
            ),
            length if length == CODE + LINES => check_lines(&typed)?,
            _ => return Err(MistypedSheet::Length),
        };
        let mut bytes = Zeroizing::new([0; BYTES]);
        let (mut held, mut bits, mut place) = (0u32, 0, 0);
        for five in code.iter() {
            held = held << 5 | u32::from(*five);
            bits += 5;
            if bits >= 8 {
                bits -= 8;
                bytes[place] = (held >> bits & 0xff) as u8;
                place += 1;
                held &= (1 << bits) - 1;
            }
        }
        let sound = held == 0
            && bytes[0] == VERSION
            && matches!(bytes[1], 1..=3)
            && check_bytes(school, &bytes[..CONTENT]) == bytes[CONTENT..];
        if sound {
            Ok(Self(bytes))
        } else {
            Err(MistypedSheet::NotOneSheet)
        }
    }

    /// The pieces on this sheet, by number.
    fn piece(&self, number: u8) -> Option<&[u8]> {
        let first = if self.number() == 1 { 2 } else { 1 };
        let second = if self.number() == 3 { 2 } else { 3 };
        match number {
            _ if number == first => Some(&self.0[2..2 + PIECE]),
            _ if number == second => Some(&self.0[2 + PIECE..CONTENT]),
            _ => None,
        }
    }
}

pub(super) fn split(seed: &KitSeed, school: SchoolId, entropy: &dyn Entropy) -> [Sheet; 3] {
    let mut pieces = Zeroizing::new([[0; PIECE]; 3]);
    entropy.fill(&mut pieces[0]);
    entropy.fill(&mut pieces[1]);
    pieces[2] = std::array::from_fn(|at| seed.expose()[at] ^ pieces[0][at] ^ pieces[1][at]);
    [(1u8, 1, 2), (2, 0, 2), (3, 0, 1)].map(|(number, first, second)| {
        let mut bytes = Zeroizing::new([0; BYTES]);
        bytes[0] = VERSION;
        bytes[1] = number;
        bytes[2..2 + PIECE].copy_from_slice(&pieces[first]);
        bytes[2 + PIECE..CONTENT].copy_from_slice(&pieces[second]);
        let check = check_bytes(school, &bytes[..CONTENT]);
        bytes[CONTENT..].copy_from_slice(&check);
        Sheet(bytes)
    })
}

/// The seed, from any two sheets of one kit.
pub fn combine(one: &Sheet, other: &Sheet) -> Result<KitSeed, Error> {
    if one.number() == other.number() {
        return Err(Error::Malformed("pair of sheets: they are the same sheet"));
    }
    let mut seed = Zeroizing::new([0; PIECE]);
    for number in 1..=3 {
        let pieces = [one.piece(number), other.piece(number)];
        // The piece that is on both sheets must be the same, or they are of two kits.
        if let [Some(here), Some(there)] = pieces
            && here != there
        {
            return Err(Error::Malformed(
                "pair of sheets: they are of different kits",
            ));
        }
        let piece = pieces
            .into_iter()
            .flatten()
            .next()
            .ok_or(Error::Malformed("pair of sheets"))?;
        for (byte, mask) in seed.iter_mut().zip(piece) {
            *byte ^= mask;
        }
    }
    Ok(KitSeed::from_bytes(*seed))
}

fn check_bytes(school: SchoolId, content: &[u8]) -> [u8; 2] {
    let hash = hash("kit-sheet", &[school.as_bytes(), content]);
    [hash[0], hash[1]]
}

fn check_lines(typed: &[u8]) -> Result<Zeroizing<Vec<u8>>, MistypedSheet> {
    let mut code = Zeroizing::new(Vec::with_capacity(CODE));
    for (line, characters) in (1..).zip(typed.chunks(LINE + 1)) {
        code.extend_from_slice(&check_line(line, characters)?);
    }
    Ok(code)
}

/// The values of a line without its check character. Lines count from 1.
fn check_line(line: usize, characters: &[u8]) -> Result<Zeroizing<Vec<u8>>, MistypedSheet> {
    let values: Option<Vec<u8>> = characters.iter().map(|byte| value(*byte)).collect();
    let mut values = Zeroizing::new(values.ok_or(MistypedSheet::Line(line))?);
    match values.pop() {
        Some(last) if last == check(line - 1, &values) => Ok(values),
        _ => Err(MistypedSheet::Line(line)),
    }
}

/// What of a text counts: everything but spaces and marks. What no sheet has is not passed over.
fn letters(text: &str) -> impl Iterator<Item = u8> {
    text.bytes()
        .filter(|byte| byte.is_ascii_alphanumeric() || !byte.is_ascii())
}

/// A check character over GF(32) (x^5 + x^2 + 1): the line's number, then its characters, each
/// step multiplied by x. Any one wrong character, any two neighbours exchanged and any two lines
/// exchanged change it.
fn check(line: usize, values: &[u8]) -> u8 {
    // Six lines, so the number fits.
    step(
        values
            .iter()
            .fold(line as u8 + 1, |sum, value| step(sum) ^ value),
    )
}
