use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Datelike as _, Duration, NaiveDate, SecondsFormat, Timelike as _, Utc};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An instant in UTC, to the microsecond: what both databases keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[cfg_attr(
    feature = "sql",
    derive(diesel::expression::AsExpression, diesel::deserialize::FromSqlRow),
    diesel(sql_type = crate::sql::Instant)
)]
#[serde(try_from = "String")]
pub struct Timestamp(DateTime<Utc>);

impl Timestamp {
    /// From microseconds since 1970; instants outside chrono's range become 1970.
    pub fn from_micros(micros: i64) -> Self {
        Self(DateTime::from_timestamp_micros(micros).unwrap_or(DateTime::UNIX_EPOCH))
    }

    /// From whole seconds since 1970.
    pub fn from_seconds(seconds: i64) -> Self {
        Self::from_micros(seconds.saturating_mul(1_000_000))
    }

    /// Microseconds since 1970.
    pub fn micros(self) -> i64 {
        self.0.timestamp_micros()
    }

    /// Whole seconds since 1970.
    pub fn seconds(self) -> i64 {
        self.0.timestamp()
    }

    /// Seconds from this instant to a later one; a second that has begun counts whole, so that whoever waits so long
    /// has waited long enough. Negative if the other is earlier.
    pub fn seconds_until(self, later: Self) -> i64 {
        (later.micros() - self.micros() + 999_999).div_euclid(1_000_000)
    }

    /// This instant moved by a number of seconds, which may be negative.
    pub fn plus_seconds(self, seconds: i64) -> Self {
        Self::from_micros(
            self.micros()
                .saturating_add(seconds.saturating_mul(1_000_000)),
        )
    }

    /// This instant moved by a number of minutes, which may be negative.
    pub fn plus_minutes(self, minutes: i64) -> Self {
        self.plus_seconds(minutes.saturating_mul(60))
    }

    /// This instant moved by a number of days of 24 hours, which may be negative.
    pub fn plus_days(self, days: i64) -> Self {
        self.plus_seconds(days.saturating_mul(86_400))
    }

    /// The same instant with the seconds cut off: all that a sealed row may say of its arrival.
    pub fn to_minute(self) -> Self {
        Self::from_seconds(self.seconds().div_euclid(60) * 60)
    }

    /// The day in UTC.
    pub fn date(self) -> NaiveDate {
        self.0.date_naive()
    }

    /// How long ago `earlier` was.
    pub fn since(self, earlier: Self) -> Duration {
        self.0 - earlier.0
    }

    /// The chrono value, for the edges that speak chrono.
    pub const fn as_chrono(self) -> DateTime<Utc> {
        self.0
    }
}

impl From<DateTime<Utc>> for Timestamp {
    fn from(instant: DateTime<Utc>) -> Self {
        Self::from_micros(instant.timestamp_micros())
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0.to_rfc3339_opts(SecondsFormat::AutoSi, true))
    }
}

/// As `Display` writes it, without the formatting machinery: a list holds hundreds.
impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (date, time) = (self.0.date_naive(), self.0.time());
        let year = match u16::try_from(date.year()) {
            Ok(year) if year <= 9999 => u32::from(year),
            _ => return serializer.collect_str(self),
        };
        let mut text = *b"0000-00-00T00:00:00.000000Z";
        write_digits(&mut text[..4], year);
        write_digits(&mut text[5..7], date.month());
        write_digits(&mut text[8..10], date.day());
        write_digits(&mut text[11..13], time.hour());
        write_digits(&mut text[14..16], time.minute());
        write_digits(&mut text[17..19], time.second());
        let micros = self.0.timestamp_subsec_micros();
        write_digits(&mut text[20..26], micros);
        let digits = match micros {
            0 => 19,
            _ if micros.is_multiple_of(1_000) => 23,
            _ => 26,
        };
        text[digits] = b'Z';
        let text = std::str::from_utf8(&text[..=digits]).map_err(serde::ser::Error::custom)?;
        serializer.serialize_str(text)
    }
}

fn write_digits(place: &mut [u8], mut number: u32) {
    for digit in place.iter_mut().rev() {
        *digit = b"0123456789"[(number % 10) as usize];
        number /= 10;
    }
}

impl From<Timestamp> for DateTime<Utc> {
    fn from(instant: Timestamp) -> Self {
        instant.0
    }
}

/// As it stands in JSON: an instant of RFC 3339, whose years have four digits, and no finer than a microsecond
/// once it is read. What chrono takes beside them, no database of ours could keep as it is.
impl TryFrom<String> for Timestamp {
    type Error = chrono::ParseError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl FromStr for Timestamp {
    type Err = chrono::ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        DateTime::parse_from_rfc3339(text).map(|instant| Self::from(instant.to_utc()))
    }
}

/// A day in a body that may be left out, of the form `2026-11-23` and no other: chrono's own reader takes years
/// of more digits and before Christ, which PostgreSQL has not.
///
/// # Errors
/// If it is another text, or none.
pub fn optional_day<'de, D: Deserializer<'de>>(reader: D) -> Result<Option<NaiveDate>, D::Error> {
    let Some(text) = Option::<String>::deserialize(reader)? else {
        return Ok(None);
    };
    Some(text.as_str())
        .filter(|text| text.len() == 10 && text.starts_with(|letter: char| letter.is_ascii_digit()))
        .and_then(|text| text.parse().ok())
        .map(Some)
        .ok_or_else(|| D::Error::custom("this is not a day of the form 2026-11-23"))
}

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for Timestamp {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
            .description(Some("An instant in UTC (RFC 3339)."))
            .examples(["2026-11-23T08:40:00Z"])
            .into()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for Timestamp {
    fn name() -> std::borrow::Cow<'static, str> {
        "Timestamp".into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_that_has_begun_counts_whole() {
        let now = Timestamp::from_micros(5_000_000);
        for (micros, seconds) in [
            (0, 0),
            (1, 1),
            (1_000_000, 1),
            (1_000_001, 2),
            (-1, 0),
            (-1_000_000, -1),
        ] {
            let later = Timestamp::from_micros(5_000_000 + micros);
            assert_eq!(now.seconds_until(later), seconds, "{micros}");
        }
    }

    #[test]
    fn an_instant_in_json_is_what_a_database_gives_back() {
        let read = |text: &str| serde_json::from_value::<Timestamp>(text.into());
        let fine = read("2026-11-23T08:40:00.123456789Z").unwrap();
        assert_eq!(Timestamp::from_micros(fine.micros()), fine);
        assert_eq!(
            serde_json::to_value(fine).unwrap(),
            "2026-11-23T08:40:00.123456Z"
        );
        for odd in [
            "-262143-01-01T00:00:00Z",
            "+262142-12-31T23:59:59Z",
            "-4714-01-01T00:00:00Z",
            "2026-11-23",
            "",
        ] {
            assert!(read(odd).is_err(), "{odd}");
        }
    }

    #[test]
    fn json_and_display_say_the_same() {
        proptest::proptest!(|(micros in -2_208_988_800_000_000_i64..253_402_300_800_000_000)| {
            for micros in [micros, micros / 1_000 * 1_000, micros / 1_000_000 * 1_000_000] {
                let instant = Timestamp::from_micros(micros);
                let json = serde_json::to_value(instant).unwrap();
                proptest::prop_assert_eq!(json, instant.to_string());
            }
        });
        let late = Timestamp::from_micros(253_402_300_800_000_000);
        assert_eq!(serde_json::to_value(late).unwrap(), late.to_string());
    }

    #[test]
    fn a_day_has_a_year_of_four_digits() {
        #[derive(Deserialize)]
        struct Form {
            #[serde(default, deserialize_with = "optional_day")]
            day: Option<NaiveDate>,
        }
        let read = |text: &str| serde_json::from_str::<Form>(text).map(|form| form.day);
        assert_eq!(read("{}").unwrap(), None);
        assert_eq!(read(r#"{"day":null}"#).unwrap(), None);
        let day = NaiveDate::from_ymd_opt(2028, 2, 29);
        assert_eq!(read(r#"{"day":"2028-02-29"}"#).unwrap(), day);
        for odd in [
            "-262143-01-01",
            "+262142-12-31",
            "-4714-1-01",
            "2027-02-29",
            "2028-2-29",
            "2028-02-29Z",
            "",
        ] {
            assert!(read(&format!(r#"{{"day":"{odd}"}}"#)).is_err(), "{odd}");
        }
    }
}
