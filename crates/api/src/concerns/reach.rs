//! What a caller may see of the concerns, as one filter for lists, counts, search and reads. It says in
//! SQL what `policy::decide` says of a single concern; `tests/api/concerns/reach.rs` holds the two
//! together.

diesel::alias! {
    // The link to a subject, by another name: a query that is narrowed may be joined with links itself.
    pub(crate) const SUBJECT: Alias<Subject> = store::schema::concern_pupil as subject;
}

/// The backend that is either database.
pub(crate) type Backend = <store::AnyConnection as diesel::Connection>::Backend;

/// Narrows a boxed query over concerns, joined with whatever else, to those within `$reach`.
///
/// A macro, because a boxed filter belongs to one query source and a join is another.
macro_rules! within {
    ($query:expr, $reach:expr) => {{
        use diesel::dsl::{exists, not};
        use store::schema::{concern, concern_category, concern_pupil, pupil};

        let reach: &policy::Reach = $reach;
        let compartments: Vec<String> = reach
            .compartments
            .iter()
            .map(|name| name.name().to_owned())
            .collect();
        let mut query = $query.filter(concern::compartment.eq_any(compartments));
        if !reach.excluded.is_empty() {
            let excluded: Vec<_> = reach.excluded.iter().copied().collect();
            query = query.filter(concern::id.ne_all(excluded));
        }
        if let Some(categories) = &reach.categories {
            let granted: Vec<_> = categories.iter().copied().collect();
            query = query.filter(not(exists(
                concern_category::table
                    .filter(concern_category::school_id.eq(concern::school_id))
                    .filter(concern_category::concern_id.eq(concern::id))
                    .filter(concern_category::category_id.ne_all(granted)),
            )));
        }
        if let Some(years) = &reach.years {
            let granted: Vec<_> = years.iter().map(|year| year.as_str().to_owned()).collect();
            let subject = $crate::concerns::SUBJECT;
            query = query.filter(exists(
                subject
                    .inner_join(
                        pupil::table.on(pupil::school_id
                            .eq(subject.field(concern_pupil::school_id))
                            .and(pupil::id.eq(subject.field(concern_pupil::pupil_id)))),
                    )
                    .filter(
                        subject
                            .field(concern_pupil::school_id)
                            .eq(concern::school_id),
                    )
                    .filter(subject.field(concern_pupil::concern_id).eq(concern::id))
                    .filter(subject.field(concern_pupil::role).eq("subject"))
                    .filter(pupil::year_group.eq_any(granted)),
            ));
        }
        query
    }};
}
pub(crate) use within;

/// Narrows a boxed query over concerns to those with one category, pupil or subjects' year group.
macro_rules! about {
    ($query:expr, $category:expr, $pupil:expr, $year:expr) => {{
        use diesel::dsl::exists;
        use store::schema::{concern, concern_category, concern_pupil, pupil};

        let mut query = $query;
        if let Some(category) = $category {
            query = query.filter(exists(
                concern_category::table
                    .filter(concern_category::school_id.eq(concern::school_id))
                    .filter(concern_category::concern_id.eq(concern::id))
                    .filter(concern_category::category_id.eq(category)),
            ));
        }
        if let Some(one) = $pupil {
            query = query.filter(exists(
                concern_pupil::table
                    .filter(concern_pupil::school_id.eq(concern::school_id))
                    .filter(concern_pupil::concern_id.eq(concern::id))
                    .filter(concern_pupil::pupil_id.eq(one)),
            ));
        }
        if let Some(year) = $year {
            query = query.filter(exists(
                concern_pupil::table
                    .inner_join(
                        pupil::table.on(pupil::school_id
                            .eq(concern_pupil::school_id)
                            .and(pupil::id.eq(concern_pupil::pupil_id))),
                    )
                    .filter(concern_pupil::school_id.eq(concern::school_id))
                    .filter(concern_pupil::concern_id.eq(concern::id))
                    .filter(concern_pupil::role.eq("subject"))
                    .filter(pupil::year_group.eq(year.as_str().to_owned())),
            ));
        }
        query
    }};
}
pub(crate) use about;
