use domain::{CategoryId, ConcernId, MemberId, YearGroup};
use protocol::compartments::Compartment;

/// What a rule needs to know of the thing acted on.
#[derive(Clone, Copy, Debug)]
pub enum Facts<'a> {
    /// The school as a whole, or nothing in particular.
    School,
    /// A concern.
    Concern(&'a ConcernFacts),
    /// A pupil, by year group.
    Pupil(Option<&'a YearGroup>),
    /// Something that belongs to one member: a receipt, an alert, an unlock.
    Of(MemberId),
    /// The device that asks, in its own name.
    Device(DeviceFacts),
}

/// What a rule needs to know of a device that asks. Whether what it signed may stand is for the roll to
/// say, which is replayed with every entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeviceFacts {
    /// Whether the roll grants it anything now.
    pub granted: bool,
    /// Whether it may grant others.
    pub may_grant: bool,
    /// Whether it may make a new recovery kit.
    pub may_make_kit: bool,
}

/// What a rule needs to know of a concern.
#[derive(Clone, Debug)]
pub struct ConcernFacts {
    /// Which concern.
    pub id: ConcernId,
    /// Where its key is.
    pub compartment: Compartment,
    /// Who recorded it, where the row says so.
    pub author: Option<MemberId>,
    /// What it is about.
    pub categories: Vec<CategoryId>,
    /// The year group of each pupil who is its subject.
    pub subject_years: Vec<Option<YearGroup>>,
    /// Whether it was received within the hour in which its author may still add files.
    pub fresh: bool,
}
