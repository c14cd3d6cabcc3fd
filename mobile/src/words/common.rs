//! What stands on many screens.

use chrono::NaiveDate;

pub(crate) const APP: &str = "Safehold";
pub(crate) const BACK: &str = "Back";
pub(crate) const DONE: &str = "Done";
pub(crate) const CONTINUE: &str = "Continue";
pub(crate) const TRY_AGAIN: &str = "Try again";
pub(crate) const YOUR_PIN: &str = "Your PIN";
pub(crate) const SIX_WORDS: &str = "Six words";

/// Each key of the number pad says its digit; this one is a picture.
pub(crate) const DELETE_DIGIT: &str = "Delete the last digit";
/// How many digits there are, of how many if that is known.
pub(crate) fn digits_typed(typed: usize, count: Option<usize>) -> String {
    match (typed, count) {
        (typed, Some(count)) => format!("{typed} of {count} digits typed"),
        (1, None) => "1 digit typed".to_owned(),
        (typed, None) => format!("{typed} digits typed"),
    }
}

/// What a device calls itself in its owner's list, until they name it.
pub(crate) const IPHONE: &str = "iPhone or iPad";
pub(crate) const ANDROID: &str = "Android device";
pub(crate) const MAC: &str = "Mac";
pub(crate) const WINDOWS: &str = "Windows computer";
pub(crate) const LINUX: &str = "Linux computer";

/// `pastoral and safeguarding`
pub(crate) fn list(names: &[String]) -> String {
    match names {
        [] => super::holders::NOTHING.to_owned(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// With a capital letter.
pub(crate) fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}

/// `1 device`, `2 devices`
pub(crate) fn devices(count: usize) -> String {
    match count {
        1 => "1 device".to_owned(),
        count => format!("{count} devices"),
    }
}

/// `2 minutes`, `3 hours`. Below a minute it is one.
pub(crate) fn span(seconds: i64) -> String {
    let minutes = seconds.max(60) / 60;
    match (minutes, (minutes + 30) / 60) {
        (1, _) => "1 minute".to_owned(),
        (2..90, _) => format!("{minutes} minutes"),
        (_, hours) => format!("{hours} hours"),
    }
}

/// `26 November 2026`
pub(crate) fn day(day: NaiveDate) -> String {
    day.format("%-d %B %Y").to_string()
}

/// `1,204`
pub(crate) fn number(count: u64) -> String {
    let digits = count.to_string();
    let first = digits.len() % 3;
    let (head, tail) = digits.split_at_checked(first).unwrap_or(("", &digits));
    let mut groups: Vec<&str> = (!head.is_empty()).then_some(head).into_iter().collect();
    groups.extend(
        tail.as_bytes()
            .chunks(3)
            .filter_map(|group| std::str::from_utf8(group).ok()),
    );
    groups.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::{about, code, holders, keys, paper_codes, sheets, taken};

    #[test]
    fn one_is_one_and_many_are_many() {
        assert_eq!(
            [0, 1, 2].map(devices),
            ["0 devices", "1 device", "2 devices"]
        );
        assert_eq!(
            [(0, Some(2)), (0, None), (1, None), (6, None)]
                .map(|(typed, count)| digits_typed(typed, count)),
            [
                "0 of 2 digits typed",
                "0 digits typed",
                "1 digit typed",
                "6 digits typed"
            ]
        );
        assert_eq!(
            [0, 59, 60, 119, 120, 5_399, 5_400, 14_400].map(span),
            [
                "1 minute",
                "1 minute",
                "1 minute",
                "1 minute",
                "2 minutes",
                "89 minutes",
                "2 hours",
                "4 hours"
            ]
        );
        assert!(about::roll(1).starts_with("1 entry.") && about::roll(7).starts_with("7 entries."));
        assert!(about::log(1).starts_with("1 entry of"));
        assert!(about::log(1204).starts_with("1,204 entries of"));
        assert_eq!(code::good_for(1), "Good for 1 more second, once.");
        assert_eq!(code::good_for(0), "Good for 0 more seconds, once.");
        assert_eq!(holders::categories(1), "only 1 category");
        assert_eq!(holders::categories(3), "only 3 categories");
        assert_eq!(holders::years(&["8"]), "only year 8");
        assert_eq!(holders::years(&["7", "8"]), "only years 7, 8");
        assert_eq!(keys::held_by(1), "Held by 1 device");
        assert!(
            keys::change_steps(1)[0].starts_with("The 1 device that holds it gets the new key")
        );
        assert!(keys::change_steps(3)[0].starts_with("All 3 devices that hold it get"));
        assert_eq!(
            [(1, 1), (1, 9), (1_204, 3_500), (1, 0), (7, 0)]
                .map(|(left, all)| keys::moving(left, all)),
            [
                "1 of 1 record has still to move to the new key",
                "1 of 9 records has still to move to the new key",
                "1,204 of 3,500 records have still to move to the new key",
                "1 record has still to move to the new key",
                "7 records have still to move to the new key",
            ]
        );
        assert!(paper_codes::left(1).starts_with("One code is"));
        assert!(paper_codes::left(9).starts_with("9 codes are"));
        assert_eq!(sheets::sound(1), "Line 1 is right.");
        assert!(taken::others("Ben", 1).contains("holds a key on 1 device more"));
        assert!(taken::others("Ben", 2).contains("holds keys on 2 devices more"));
    }

    #[test]
    fn large_numbers_are_grouped() {
        assert_eq!(
            [0, 999, 1_000, 1_204, 1_000_000].map(number),
            ["0", "999", "1,000", "1,204", "1,000,000"]
        );
    }
}
