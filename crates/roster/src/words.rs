//! The files' words for roles, organisations and year groups, in our terms.

use domain::{Sensitive, YearGroup};

/// Small letters and digits only, so that `School DfE Number` and `schoolDfeNumber` are one heading.
pub(crate) fn plain(text: &str) -> String {
    text.chars()
        .filter(|letter| letter.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// One line without doubled or surrounding white space.
pub(crate) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What a person is to a school.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    Pupil,
    Staff,
    Contact,
    /// Somebody of former days, whom the files still name.
    Former,
}

/// The standing that a role gives, in any of the formats.
///
/// Sources: OneRoster 1.1 §4.13.5 and 1.2 (role enumerations), School Data Sync v2.1 (default
/// values of its role list).
pub(crate) fn standing(role: &str) -> Option<Standing> {
    Some(match plain(role).as_str() {
        "student" | "pupil" | "learner" => Standing::Pupil,
        "guardian" | "parent" | "relative" | "carer" | "family" | "contact"
        | "emergencycontact" | "mother" | "father" => Standing::Contact,
        "alumni" | "alumnus" | "formerstudent" | "formerfaculty" | "formerstaff" | "retired" => {
            Standing::Former
        }
        "teacher"
        | "administrator"
        | "aide"
        | "proctor"
        | "counselor"
        | "counsellor"
        | "principal"
        | "siteadministrator"
        | "systemadministrator"
        | "districtadministrator"
        | "sysadmin"
        | "staff"
        | "faculty"
        | "professor"
        | "lecturer"
        | "adjunct"
        | "advisor"
        | "adviser"
        | "affiliate"
        | "assistant"
        | "associate"
        | "assistantprincipal"
        | "viceprincipal"
        | "assistantprofessor"
        | "associateprofessor"
        | "chair"
        | "chiefofstaff"
        | "chiefacademicofficer"
        | "coach"
        | "contractor"
        | "coteacher"
        | "dean"
        | "departmentchair"
        | "departmenthead"
        | "director"
        | "headteacher"
        | "headmaster"
        | "head"
        | "instructor"
        | "itadmin"
        | "librarian"
        | "manager"
        | "mentor"
        | "nurse"
        | "officestaff"
        | "paraprofessional"
        | "president"
        | "provost"
        | "researcher"
        | "specialist"
        | "substitute"
        | "substituteteacher"
        | "superintendent"
        | "supervisor"
        | "support"
        | "supportstaff"
        | "teacherassistant"
        | "teachingassistant"
        | "technician"
        | "tutor"
        | "vicepresident"
        | "visitingprofessor"
        | "volunteer"
        | "governor" => Standing::Staff,
        _ => return None,
    })
}

/// Whether an organisation of this type is itself a school; the others stand above or inside schools.
///
/// A type that nobody knows is taken for a school, so that its pupils are not lost.
pub(crate) fn is_school(kind: &str) -> bool {
    !matches!(
        plain(kind).as_str(),
        "department"
            | "district"
            | "local"
            | "localauthority"
            | "state"
            | "national"
            | "region"
            | "county"
            | "municipality"
            | "ministry"
            | "ministryofeducation"
            | "trust"
            | "multiacademytrust"
            | "university"
            | "division"
            | "faculty"
            | "program"
    )
}

/// Whether a row's status says that what it describes is no longer there.
pub(crate) fn is_gone(status: &str) -> bool {
    matches!(
        plain(status).as_str(),
        "tobedeleted" | "inactive" | "deleted" | "withdrawn" | "left" | "leaver"
    )
}

/// The year group that a grade names; the first if it names several. `Ok(None)` for an empty cell.
pub(crate) fn year_group(cell: &str) -> Result<Option<YearGroup>, ()> {
    let first = cell.split(',').next().unwrap_or_default();
    let word = plain(first);
    if word.is_empty() {
        return if cell.trim().is_empty() {
            Ok(None)
        } else {
            Err(())
        };
    }
    let short = match word.as_str() {
        "reception" => "R",
        "nursery" => "N",
        "kindergarten" => "KG",
        "prekindergarten" => "PK",
        "undergraduate" => "UG",
        "postgraduate" | "graduate" => "PG",
        other => ["year", "yr", "grade", "y"]
            .iter()
            .find_map(|prefix| {
                let rest = other.strip_prefix(prefix)?;
                rest.bytes()
                    .all(|byte| byte.is_ascii_digit())
                    .then_some(rest)
            })
            .filter(|rest| !rest.is_empty())
            .unwrap_or(other),
    };
    YearGroup::try_from(short.to_owned())
        .map(Some)
        .map_err(|_| ())
}

/// The cell as a unique pupil number, if it has the form of one: a letter, eleven digits, and a digit
/// or (temporary numbers) a letter.
///
/// Source: Department for Education, "Unique pupil numbers", guide for schools.
pub(crate) fn upn(cell: &str) -> Option<Sensitive<String>> {
    let cell = cell.trim();
    let bytes = cell.as_bytes();
    let formed = bytes.len() == 13
        && bytes[0].is_ascii_alphabetic()
        && bytes[1..12].iter().all(u8::is_ascii_digit)
        && bytes[12].is_ascii_alphanumeric();
    formed.then(|| Sensitive::new(cell.to_ascii_uppercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grades_become_the_years_that_a_school_says() {
        let year = |cell: &str| year_group(cell).unwrap().map(|year| year.to_string());
        assert_eq!(year("09").as_deref(), Some("9"));
        assert_eq!(year("KG").as_deref(), Some("KG"));
        assert_eq!(year("Year 7").as_deref(), Some("7"));
        assert_eq!(year("Y10").as_deref(), Some("10"));
        assert_eq!(year("Reception").as_deref(), Some("R"));
        assert_eq!(year("ps1").as_deref(), Some("PS1"));
        assert_eq!(year("undergraduate").as_deref(), Some("UG"));
        assert_eq!(year("09,10").as_deref(), Some("9"));
        assert_eq!(year(" "), None);
        assert!(year_group("a very long grade").is_err());
        assert!(year_group(",10").is_err());
    }

    #[test]
    fn only_a_well_formed_number_is_a_upn() {
        assert!(upn("A823432110001").is_some());
        assert!(upn("T82343211000A").is_some());
        assert!(upn("910000000").is_none());
        assert!(upn("A8234321100é").is_none());
    }
}
