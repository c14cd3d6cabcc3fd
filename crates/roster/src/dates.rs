use chrono::{Datelike, NaiveDate};
use domain::Sensitive;

/// A date of birth; `Debug` shows nothing of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BirthDate(Sensitive<i32>);

impl BirthDate {
    /// Wraps a date.
    pub fn new(date: NaiveDate) -> Self {
        Self(Sensitive::new(date.num_days_from_ce()))
    }

    /// The date itself; see [`Sensitive::expose`].
    pub fn expose(&self) -> NaiveDate {
        // EXPOSE: this method is the wrapper's own way out.
        NaiveDate::from_num_days_from_ce_opt(*self.0.expose()).unwrap_or_default()
    }
}

/// Which part of a date with slashes comes first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum SlashOrder {
    /// `12/31/2010`, which is how School Data Sync v1 defines it.
    #[default]
    MonthFirst,
    /// `31/12/2010`, which is what British systems write in its place.
    DayFirst,
}

impl SlashOrder {
    /// The order that more of a column's dates can only be read in; month first if they do not tell.
    pub(crate) fn of_column<'text>(cells: impl Iterator<Item = &'text str>) -> Self {
        let mut day_first = 0i64;
        for cell in cells {
            if let Some([first, second, _]) = slashed(cell) {
                day_first += i64::from(first > 12 && second <= 12);
                day_first -= i64::from(second > 12 && first <= 12);
            }
        }
        if day_first > 0 {
            Self::DayFirst
        } else {
            Self::MonthFirst
        }
    }
}

fn slashed(cell: &str) -> Option<[u32; 3]> {
    let mut parts = cell.trim().split(['/', '.']);
    let mut part = |longest: usize| {
        let part = parts.next()?;
        let digits = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        (digits && part.len() <= longest).then(|| part.parse().ok())?
    };
    let date = [part(2)?, part(2)?, part(4)?];
    parts.next().is_none().then_some(date)
}

/// A calendar date: `2010-12-31`, `20101231`, either with a time after it, or three numbers with
/// slashes in the column's order. The year has four digits and is of this or the last century.
pub(crate) fn date(cell: &str, order: SlashOrder) -> Option<NaiveDate> {
    let cell = cell.trim();
    let (year, month, day) = if let Some([first, second, year]) = slashed(cell) {
        match order {
            SlashOrder::MonthFirst => (year, first, second),
            SlashOrder::DayFirst => (year, second, first),
        }
    } else {
        let (date, time) = cell.split_at_checked(10).unwrap_or((cell, ""));
        let is_time = |time: &str| time.starts_with(['T', ' ']);
        if !time.is_empty() && !is_time(time) {
            return None;
        }
        let compact: String = match date.as_bytes() {
            [_, _, _, _, b'-', _, _, b'-', _, _] => {
                date.chars().filter(|letter| *letter != '-').collect()
            }
            _ => date.to_owned(),
        };
        if compact.len() != 8 || !compact.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        (
            compact[..4].parse().ok()?,
            compact[4..6].parse().ok()?,
            compact[6..].parse().ok()?,
        )
    };
    if !(1900..2100).contains(&year) {
        return None;
    }
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ymd(year: i32, month: u32, day: u32) -> Option<NaiveDate> {
        NaiveDate::from_ymd_opt(year, month, day)
    }

    #[test]
    fn dates_as_the_systems_write_them() {
        let order = SlashOrder::MonthFirst;
        assert_eq!(date("2001-07-02", order), ymd(2001, 7, 2));
        assert_eq!(date("2001-07-02T00:00:00.000Z", order), ymd(2001, 7, 2));
        assert_eq!(date("20010702", order), ymd(2001, 7, 2));
        assert_eq!(date("4/2/2000", order), ymd(2000, 4, 2));
        assert_eq!(date("4/2/2000", SlashOrder::DayFirst), ymd(2000, 2, 4));
        assert_eq!(date("04.02.2000", SlashOrder::DayFirst), ymd(2000, 2, 4));
    }

    #[test]
    fn what_is_no_date_is_not_guessed_at() {
        for wrong in [
            "2001-02-30",
            "2001-7-2",
            "4/2/00",
            "31/12/2000",
            "0000-00-00",
            "1066-10-14",
            "yesterday",
            "2001-07-02x",
            "4/2",
            "4/2/2000/1",
            "٤/٢/٢٠٠٠",
            "é001-07-0",
            "200107",
            "+1/1/2000",
        ] {
            assert_eq!(date(wrong, SlashOrder::MonthFirst), None, "{wrong}");
        }
    }

    #[test]
    fn one_telling_date_settles_the_column() {
        let order = |cells: &[&str]| SlashOrder::of_column(cells.iter().copied());
        assert_eq!(order(&["4/2/2000", "31/12/2000"]), SlashOrder::DayFirst);
        assert_eq!(order(&["4/2/2000", "12/31/2000"]), SlashOrder::MonthFirst);
        assert_eq!(order(&["4/2/2000"]), SlashOrder::MonthFirst);
        assert_eq!(order(&["2000-12-31"]), SlashOrder::MonthFirst);
    }
}
