//! Every table whose rows are sealed to a generation of a compartment's key.
//!
//! Whoever destroys an old key must look into all of them, so they are named in one place; a test compares
//! the list with the schema.

/// Calls a macro once for each table: its name, and the type of its id.
///
/// `with_inbox` tables hold rows that are not filed yet; the others are written by an unlocked session and
/// filed from the first.
macro_rules! sealed_tables {
    (with_inbox: $each:ident) => {
        $each!(concern, domain::ConcernId);
        $each!(amendment, domain::AmendmentId);
        $each!(attachment, domain::AttachmentId);
    };
    (always_filed: $each:ident) => {
        $each!(action, domain::ActionId);
        $each!(status_change, domain::StatusChangeId);
    };
}
pub(crate) use sealed_tables;

#[cfg(test)]
mod tests {
    /// Tables of `crates/store/src/schema.rs` with both a `generation` and a `sealed_key`.
    fn in_schema() -> Vec<&'static str> {
        include_str!("../../store/src/schema.rs")
            .split("\n    }")
            .filter(|table| table.contains(" generation -> ") && table.contains(" sealed_key -> "))
            .filter_map(|table| {
                let head = table
                    .lines()
                    .rev()
                    .find(|line| line.contains("(school_id"))?;
                head.trim().split(' ').next()
            })
            .collect()
    }

    #[test]
    fn no_sealed_table_is_forgotten() {
        let mut listed: Vec<&str> = Vec::new();
        macro_rules! name {
            ($table:ident, $id:ty) => {
                listed.push(stringify!($table));
            };
        }
        sealed_tables!(with_inbox: name);
        sealed_tables!(always_filed: name);
        listed.sort_unstable();
        let mut there = in_schema();
        there.sort_unstable();
        assert_eq!(listed, there);
    }
}
