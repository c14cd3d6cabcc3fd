use serde::{Deserialize, Serialize};

/// A word that stands in a column and in the contract.
macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)* })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub(crate) enum $name { $($(#[$variant_doc])* $variant,)* }

        impl $name {
            /// As the column has it.
            pub(crate) const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// Reads the column.
            pub(crate) fn from_row(word: &str) -> store::Result<Self> {
                match word {
                    $($word => Ok(Self::$variant),)*
                    _ => Err(store::Error::Unreadable(stringify!($name))),
                }
            }
        }
    )*};
}

words! {
    /// Where a concern is in its life.
    Status {
        /// Nobody has taken it up.
        New = "new",
        /// Somebody works on it.
        Open = "open",
        /// It was closed with a decision and its reasons.
        Closed = "closed",
    }
    /// What a pupil is to a concern, so that nobody is mislabelled.
    PupilRole {
        /// The concern is for this child.
        Subject = "subject",
        /// Said to have harmed another child.
        AllegedToHaveHarmed = "alleged_to_have_harmed",
        /// Saw or heard it.
        Witness = "witness",
        /// Brother or sister of a subject.
        Sibling = "sibling",
        /// Anything else.
        Other = "other",
    }
    /// How exactly it is known when it happened.
    Precision {
        /// To the minute.
        Exact = "exact",
        /// The day is known.
        Day = "day",
        /// Roughly.
        About = "about",
    }
    /// What was done.
    ActionKind {
        /// A note for the file.
        Note = "note",
        /// A telephone call.
        PhoneCall = "phone_call",
        /// A meeting.
        Meeting = "meeting",
        /// A referral to an agency.
        Referral = "referral",
        /// A visit.
        Visit = "visit",
        /// Anything else.
        Other = "other",
    }
    /// What was decided when a concern was closed.
    ClosingDecision {
        /// Referred to an agency.
        Referred = "referred",
        /// A referral was considered and not made; the reasons say why.
        ConsideredNotReferred = "considered_not_referred",
        /// To be watched.
        Monitored = "monitored",
        /// Nothing more is needed.
        NoFurtherAction = "no_further_action",
    }
    /// A change of a concern's status.
    Change {
        /// Taken up.
        Opened = "opened",
        /// Closed.
        Closed = "closed",
        /// Taken up again.
        Reopened = "reopened",
    }
}

/// The word that a reporter sees instead of anything else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ReceiptStatus {
    /// It is safe with us.
    Received,
    /// A lead has opened it.
    Read,
    /// A lead works on it.
    BeingActedOn,
    /// It was closed.
    Closed,
}

impl ReceiptStatus {
    pub(crate) const fn of(status: Status, was_read: bool) -> Self {
        match (status, was_read) {
            (Status::Closed, _) => Self::Closed,
            (Status::Open, _) => Self::BeingActedOn,
            (Status::New, true) => Self::Read,
            (Status::New, false) => Self::Received,
        }
    }
}
