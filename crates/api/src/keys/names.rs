use diesel::prelude::*;
use domain::MemberId;
use rest::Problem;
use store::dialect::Prepare as _;
use store::schema::{member, school};
use store::{Result, Tx};

/// The most characters of a device's name: it is shown in lists and asked about on the telephone.
const DEVICE_NAME_CHARS: usize = 64;

/// What people call the school and the member: the app shows both.
pub(super) struct Names {
    pub(super) school: String,
    pub(super) member: String,
}

/// The names that an app shows.
pub(super) fn names(tx: &mut Tx<'_>, of: MemberId) -> Result<Names> {
    let (school, member): (String, String) = member::table
        .inner_join(school::table.on(school::id.eq(member::school_id)))
        .filter(member::school_id.eq(tx.school()))
        .filter(member::id.eq(of))
        .select((school::name, member::name))
        .prepared()
        .get_result(tx.connection())?;
    Ok(Names { school, member })
}

/// A device's name as it may be shown: one line, no control characters, trimmed.
pub(super) fn device_name(text: &str) -> std::result::Result<String, Problem> {
    let text = text.trim();
    let fits = (1..=DEVICE_NAME_CHARS).contains(&text.chars().count())
        && !text.chars().any(char::is_control);
    match fits {
        true => Ok(text.to_owned()),
        false => Err(Problem::field(
            "/name",
            format!("use 1 to {DEVICE_NAME_CHARS} characters"),
        )),
    }
}
