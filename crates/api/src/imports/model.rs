//! What becomes of a row: a comparison of what is there with what the files say.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;

/// Something that is there already, known again by its id in the files.
pub(super) trait Existing<New> {
    /// Its own id.
    type Id: Copy;

    /// Its own id.
    fn id(&self) -> Self::Id;
    /// Its id in the files, if it came by an import.
    fn external_id(&self) -> Option<&str>;
    /// Whether it was marked as left.
    fn has_left(&self) -> bool;
    /// Puts in what `new` does not say and this does.
    fn complete(&self, new: &mut New);
    /// Whether `new`, completed, says what is there already.
    fn says(&self, new: &New) -> bool;
}

/// Something that the files hold.
pub(super) trait Incoming {
    /// Its id in the files.
    fn external_id(&self) -> &str;
}

/// What an import makes of one kind of thing.
pub(super) struct Difference<New, Id> {
    /// Not there yet.
    pub(super) added: Vec<New>,
    /// There, and to be written anew.
    pub(super) changed: Vec<(Id, New)>,
    /// There, and the same.
    pub(super) unchanged: usize,
    /// There, and in the files no more.
    pub(super) left: Vec<Id>,
    /// Whatever has an id in the files: the one it has here, if it is there already.
    pub(super) ids: HashMap<String, Id>,
}

/// Compares. `leaves` says of an id that is absent from the files whether it is therefore to be marked.
pub(super) fn difference<Old, New>(
    existing: &[Old],
    incoming: Vec<New>,
    leaves: impl Fn(&Old) -> bool,
) -> Difference<New, Old::Id>
where
    Old: Existing<New>,
    New: Incoming,
{
    let mut there: HashMap<&str, &Old> = HashMap::with_capacity(existing.len());
    for old in existing {
        if let Some(id) = old.external_id() {
            there.insert(id, old);
        }
    }
    let mut difference = Difference {
        added: Vec::new(),
        changed: Vec::new(),
        unchanged: 0,
        left: Vec::new(),
        ids: there
            .iter()
            .map(|(id, old)| ((*id).to_owned(), old.id()))
            .collect(),
    };
    for mut new in incoming {
        match there.remove(new.external_id()) {
            None => difference.added.push(new),
            Some(old) => {
                old.complete(&mut new);
                if old.says(&new) && !old.has_left() {
                    difference.unchanged += 1;
                } else {
                    difference.changed.push((old.id(), new));
                }
            }
        }
    }
    difference.left = existing
        .iter()
        .filter(|old| {
            let absent = old.external_id().is_some_and(|id| there.contains_key(id));
            absent && !old.has_left() && leaves(old)
        })
        .map(Existing::id)
        .collect();
    difference
}

/// Which pairs have to be put in, and which taken away.
///
/// A pair that is there and not wanted goes only if `may_go` says so.
pub(super) fn pairs<Pair: Copy + Eq + Hash>(
    there: &HashSet<Pair>,
    wanted: &HashSet<Pair>,
    may_go: impl Fn(&Pair) -> bool,
) -> (Vec<Pair>, Vec<Pair>) {
    let put = wanted.difference(there).copied().collect();
    let take = there.difference(wanted).copied().filter(may_go).collect();
    (put, take)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Old(u8, &'static str, &'static str, bool);
    struct New(&'static str, &'static str);

    impl Incoming for New {
        fn external_id(&self) -> &str {
            self.0
        }
    }

    impl Existing<New> for Old {
        type Id = u8;

        fn id(&self) -> u8 {
            self.0
        }
        fn external_id(&self) -> Option<&str> {
            (!self.1.is_empty()).then_some(self.1)
        }
        fn has_left(&self) -> bool {
            self.3
        }
        fn complete(&self, new: &mut New) {
            if new.1.is_empty() {
                new.1 = self.2;
            }
        }
        fn says(&self, new: &New) -> bool {
            self.2 == new.1
        }
    }

    #[test]
    fn only_what_differs_is_written() {
        let existing = [
            Old(1, "same", "x", false),
            Old(2, "renamed", "x", false),
            Old(3, "silent", "x", false),
            Old(4, "back", "x", true),
            Old(5, "gone", "x", false),
            Old(6, "kept", "x", false),
            Old(7, "gone before", "x", true),
            Old(8, "", "by hand", false),
        ];
        let incoming = vec![
            New("same", "x"),
            New("renamed", "y"),
            New("silent", ""),
            New("back", "x"),
            New("new", "z"),
        ];
        let difference = difference(&existing, incoming, |old| old.1 != "kept");
        assert_eq!(difference.added.len(), 1);
        let changed: Vec<u8> = difference.changed.iter().map(|(id, _)| *id).collect();
        assert_eq!(changed, [2, 4]);
        assert_eq!(difference.unchanged, 2);
        assert_eq!(difference.left, [5]);
        assert_eq!(difference.ids["renamed"], 2);
    }

    #[test]
    fn pairs_that_may_not_go_stay() {
        let there = HashSet::from([(1, 1), (1, 2), (2, 2)]);
        let wanted = HashSet::from([(1, 1), (3, 3)]);
        let (put, take) = pairs(&there, &wanted, |pair| pair.0 != 2);
        assert_eq!(put, [(3, 3)]);
        assert_eq!(take, [(1, 2)]);
    }
}
