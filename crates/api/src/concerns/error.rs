use rest::Problem;

use crate::idempotency::Reused;

/// Why an operation on a concern was refused, where the client can act on the answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum Error {
    #[error("the school's keys have not been made yet")]
    SchoolNotOpen,
    #[error("the school's keys are being brought back")]
    SchoolRestoring,
    #[error("choose one to three categories")]
    CategoryCount,
    #[error("there is no such category to choose")]
    UnknownCategory(usize),
    #[error("there is no such pupil to choose")]
    UnknownPupil(usize),
    #[error("this pupil stands in the list already")]
    PupilTwice(usize),
    #[error("this lies in the future")]
    InTheFuture,
    #[error("there is no such member of staff")]
    UnknownAssignee,
    #[error("there is no such action on this concern")]
    UnknownParent,
    #[error("the concern is closed")]
    NotOpen,
    #[error("the concern is not closed")]
    NotClosed,
    #[error("it has been done already")]
    AlreadyDone,
    #[error("{0} actions are outstanding")]
    ActionsOutstanding(i32),
    #[error("there are as many files as a concern can hold")]
    TooManyFiles,
    #[error("the records cannot tell whom to answer")]
    NobodyToAnswer,
    #[error(transparent)]
    Reused(#[from] Reused),
    #[error(transparent)]
    Store(#[from] store::Error),
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::SchoolNotOpen => Self::new("school-not-open"),
            Error::SchoolRestoring => Self::new("school-restoring"),
            Error::CategoryCount => Self::field("/categories", error),
            Error::UnknownCategory(place) => Self::field(format!("/categories/{place}"), error),
            Error::UnknownPupil(place) | Error::PupilTwice(place) => {
                Self::field(format!("/pupils/{place}/pupil"), error)
            }
            Error::InTheFuture => Self::field("/occurred_at", error),
            Error::UnknownAssignee => Self::field("/assignee", error),
            Error::UnknownParent => Self::field("/parent", error),
            Error::NotOpen => Self::new("concern-not-open"),
            Error::NotClosed => Self::new("concern-not-closed"),
            Error::AlreadyDone => Self::new("already-done"),
            Error::ActionsOutstanding(count) => {
                Self::new("concern-actions-outstanding").with("outstanding", count)
            }
            Error::TooManyFiles => Self::new("too-many-files"),
            Error::NobodyToAnswer => Self::not_found(),
            Error::Reused(_) => Self::new("idempotency-key-reused"),
            Error::Store(error) => error.into(),
        }
    }
}

impl From<diesel::result::Error> for Error {
    fn from(error: diesel::result::Error) -> Self {
        Self::Store(error.into())
    }
}
