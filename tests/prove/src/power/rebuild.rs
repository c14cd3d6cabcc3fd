//! The disk as a power cut may leave it.

use domain::{Entropy, SeededEntropy};

use super::record::{Recording, Told};
use crate::disk::Part;

/// What a disk writes whole or not at all.
const SECTOR: usize = 512;

/// A moment of a power cut, and one of the ways in which it may go.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment {
    at: usize,
    way: Way,
    variant: usize,
}

#[derive(Clone, Copy, Debug)]
enum Way {
    /// Nothing of what was not synced.
    Dropped,
    /// All of it.
    Kept,
    /// The first of it, the last of that torn.
    Torn,
    /// The last of it without the first.
    Reordered,
    /// Any sectors of any of it, in any order.
    Scattered,
}

impl Moment {
    pub(super) fn of(at: usize, variant: usize) -> Self {
        let way = match variant {
            0 => Way::Dropped,
            1 => Way::Kept,
            _ if variant % 4 == 2 => Way::Torn,
            _ if variant % 4 == 3 => Way::Reordered,
            _ => Way::Scattered,
        };
        Self { at, way, variant }
    }
}

/// The database's files.
#[derive(Clone, Debug)]
pub(super) struct Files {
    pub(super) database: Vec<u8>,
    pub(super) log: Vec<u8>,
}

impl Files {
    fn part(&mut self, part: Part) -> Option<&mut Vec<u8>> {
        match part {
            Part::Database => Some(&mut self.database),
            Part::Log => Some(&mut self.log),
            Part::Other => None,
        }
    }

    fn apply(&mut self, told: &Told) {
        match told {
            Told::Write(part, at, bytes) => self.put(*part, *at, bytes),
            Told::Cut(part, length) => {
                if let Some(file) = self.part(*part) {
                    file.resize(*length, 0);
                }
            }
            Told::Synced(_) => {}
        }
    }

    fn put(&mut self, part: Part, at: usize, bytes: &[u8]) {
        let Some(file) = self.part(part) else { return };
        if file.len() < at + bytes.len() {
            file.resize(at + bytes.len(), 0);
        }
        file[at..at + bytes.len()].copy_from_slice(bytes);
    }

    /// Writes those sectors of it that chance picks.
    fn put_some(&mut self, part: Part, at: usize, bytes: &[u8], mut picks: impl FnMut() -> bool) {
        let mut begin = 0;
        while begin < bytes.len() {
            let end = ((at + begin) / SECTOR * SECTOR + SECTOR - at).min(bytes.len());
            if picks() {
                self.put(part, at + begin, &bytes[begin..end]);
            }
            begin = end;
        }
    }
}

/// Goes through a tape and knows at each place what is safe and what is not.
pub(super) struct Rebuilder<'r> {
    tape: &'r [Told],
    lies: bool,
    next: usize,
    safe: Files,
    /// Places of the tape whose writes are not synced yet.
    unsafe_yet: Vec<usize>,
}

impl<'r> Rebuilder<'r> {
    pub(super) fn new(recording: &'r Recording, lies: bool) -> Self {
        Self {
            tape: &recording.tape,
            lies,
            next: 0,
            safe: Files {
                database: recording.before.clone(),
                log: Vec::new(),
            },
            unsafe_yet: Vec::new(),
        }
    }

    /// Up to, and not with, this place.
    pub(super) fn advance_to(&mut self, place: usize) {
        while self.next < place {
            match &self.tape[self.next] {
                Told::Synced(_) if self.lies => {}
                Told::Synced(part) => {
                    let (safe, tape) = (&mut self.safe, self.tape);
                    self.unsafe_yet.retain(|place| {
                        let told = &tape[*place];
                        let synced = part_of(told) == *part;
                        if synced {
                            safe.apply(told);
                        }
                        !synced
                    });
                }
                _ => self.unsafe_yet.push(self.next),
            }
            self.next += 1;
        }
    }

    /// The disk after a power cut at the place that was advanced to.
    pub(super) fn state(&self, moment: Moment) -> Files {
        let mut files = self.safe.clone();
        let mut chance = Chance::new(moment);
        let waiting = &self.unsafe_yet;
        let some = if waiting.is_empty() {
            0
        } else {
            chance.below(waiting.len())
        };
        match moment.way {
            Way::Dropped => {}
            Way::Kept => waiting
                .iter()
                .for_each(|place| files.apply(&self.tape[*place])),
            Way::Torn => {
                for place in &waiting[..some] {
                    files.apply(&self.tape[*place]);
                }
                if let Some(Told::Write(part, at, bytes)) =
                    waiting.get(some).map(|place| &self.tape[*place])
                {
                    let torn = chance.below(bytes.len().div_ceil(SECTOR)) * SECTOR;
                    files.put(*part, *at, &bytes[..torn.min(bytes.len())]);
                }
            }
            Way::Reordered => {
                for place in &waiting[some..] {
                    files.apply(&self.tape[*place]);
                }
            }
            Way::Scattered => {
                let mut order = waiting.clone();
                for place in (1..order.len()).rev() {
                    order.swap(place, chance.below(place + 1));
                }
                for place in order {
                    match &self.tape[place] {
                        Told::Write(part, at, bytes) => {
                            files.put_some(*part, *at, bytes, || chance.below(2) == 0);
                        }
                        told if chance.below(2) == 0 => files.apply(told),
                        _ => {}
                    }
                }
            }
        }
        files
    }
}

const fn part_of(told: &Told) -> Part {
    match told {
        Told::Write(part, ..) | Told::Cut(part, _) | Told::Synced(part) => *part,
    }
}

/// Chance that is the same each time for the same moment.
struct Chance(SeededEntropy);

impl Chance {
    fn new(moment: Moment) -> Self {
        let mut seed = [0; 32];
        seed[..8].copy_from_slice(&(moment.at as u64).to_le_bytes());
        seed[8..16].copy_from_slice(&(moment.variant as u64).to_le_bytes());
        Self(SeededEntropy::new(seed))
    }

    fn below(&mut self, end: usize) -> usize {
        let number = u64::from_le_bytes((&self.0 as &dyn Entropy).bytes());
        (number % end as u64) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_write_is_torn_where_sectors_end_and_nowhere_else() {
        let mut files = Files {
            database: vec![0; 2_000],
            log: Vec::new(),
        };
        let mut turn = 0;
        files.put_some(Part::Database, 500, &[1; 1_000], || {
            turn += 1;
            turn == 2
        });
        assert_eq!(turn, 3, "to 512, to 1024, to 1500");
        let written: Vec<usize> = (0..2_000).filter(|at| files.database[*at] == 1).collect();
        assert_eq!((written[0], written.len()), (512, 512));
    }
}
