//! The last day of a grant, as people say it, and its end, as the roll keeps it.

use chrono::{DateTime, NaiveDate};

/// The first Unix second after a day.
pub fn end_of(day: NaiveDate) -> Option<u64> {
    let end = day.succ_opt()?.and_hms_opt(0, 0, 0)?;
    u64::try_from(end.and_utc().timestamp()).ok()
}

/// The last day with a second before this one.
pub fn last_day(end: u64) -> Option<NaiveDate> {
    let last = i64::try_from(end).ok()?.checked_sub(1)?;
    DateTime::from_timestamp(last, 0).map(|at| at.date_naive())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_last_day_is_said_as_it_was_chosen() {
        let day = NaiveDate::from_ymd_opt(2027, 7, 31);
        let end = day.and_then(end_of);
        assert_eq!(end, Some(1_817_078_400));
        assert_eq!(end.and_then(last_day), day);
        assert_eq!(
            end.and_then(|end| last_day(end + 1)),
            day.and_then(|day| day.succ_opt())
        );
        assert_eq!(last_day(0), NaiveDate::from_ymd_opt(1969, 12, 31));
        assert_eq!(last_day(u64::MAX), None);
    }
}
