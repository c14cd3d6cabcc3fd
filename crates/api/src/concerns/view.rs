use chrono::NaiveDate;
use domain::{
    ActionId, AmendmentId, AttachmentId, CategoryId, ConcernId, MemberId, PupilId, ReplyId,
    Timestamp,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::model::{
    ActionKind, Change, ClosingDecision, Precision, PupilRole, ReceiptStatus, Status,
};

/// A member of staff.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Person {
    pub(crate) id: MemberId,
    pub(crate) name: String,
}

/// A pupil on a concern. Outside the reader's grant there are initials and nothing else.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PupilOnConcern {
    pub(crate) id: Option<PupilId>,
    pub(crate) name: String,
    pub(crate) role: PupilRole,
    pub(crate) class_name: Option<String>,
}

/// A category, as a chip shows it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct CategoryChip {
    pub(crate) id: CategoryId,
    pub(crate) name: String,
    pub(crate) colour: String,
}

/// A concern in a list: nothing that is sealed.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ConcernSummary {
    pub(crate) id: ConcernId,
    /// What a person can read out.
    #[schema(example = "7F3K-29QM")]
    pub(crate) reference: String,
    pub(crate) pupils: Vec<PupilOnConcern>,
    pub(crate) categories: Vec<CategoryChip>,
    pub(crate) author: Option<Person>,
    /// When it happened.
    pub(crate) occurred_at: Option<Timestamp>,
    /// When it was recorded.
    pub(crate) received_at: Timestamp,
    pub(crate) status: Status,
    pub(crate) urgent: bool,
    /// Whether any key holder has opened it.
    pub(crate) read: bool,
    pub(crate) attachments: i32,
    pub(crate) outstanding_actions: i32,
}

/// A concern, opened.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Concern {
    #[serde(flatten)]
    pub(crate) summary: ConcernSummary,
    pub(crate) occurred_precision: Option<Precision>,
    pub(crate) narrative: String,
    pub(crate) child_words: Option<String>,
    pub(crate) location: Option<String>,
    /// Whether a safeguarding lead was told in person; missing if it was not said.
    pub(crate) told_lead: Option<bool>,
    pub(crate) told_whom: Option<String>,
    pub(crate) staff_present: Option<String>,
    pub(crate) amendments: Vec<Amendment>,
    pub(crate) files: Vec<File>,
    pub(crate) actions: Vec<Action>,
    pub(crate) replies: Vec<Reply>,
    pub(crate) history: Vec<StatusChange>,
}

/// A correction or addition beside the original.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Amendment {
    pub(crate) id: AmendmentId,
    pub(crate) by: Person,
    pub(crate) at: Timestamp,
    pub(crate) narrative: String,
    pub(crate) reason: String,
}

/// A file with a concern.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct File {
    pub(crate) id: AttachmentId,
    pub(crate) name: String,
    pub(crate) content_type: String,
    /// In bytes.
    pub(crate) size: i64,
}

/// Something done, or to be done.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Action {
    pub(crate) id: ActionId,
    pub(crate) concern: ConcernId,
    pub(crate) kind: ActionKind,
    pub(crate) text: String,
    pub(crate) by: Person,
    pub(crate) at: Timestamp,
    pub(crate) assignee: Option<Person>,
    pub(crate) due_on: Option<NaiveDate>,
    pub(crate) parent: Option<ActionId>,
    pub(crate) completed_at: Option<Timestamp>,
    pub(crate) completion_note: Option<String>,
}

/// An action in a list: nothing that is sealed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ActionSummary {
    pub(crate) id: ActionId,
    pub(crate) concern: ConcernId,
    pub(crate) reference: String,
    pub(crate) kind: ActionKind,
    pub(crate) pupils: Vec<PupilOnConcern>,
    pub(crate) at: Timestamp,
    pub(crate) due_on: Option<NaiveDate>,
    pub(crate) overdue: bool,
}

/// What a lead answered to the reporter.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Reply {
    pub(crate) id: ReplyId,
    /// Who wrote it.
    pub(crate) from: String,
    pub(crate) text: String,
    pub(crate) at: Timestamp,
    /// When the reporter opened it.
    pub(crate) seen_at: Option<Timestamp>,
}

/// A change of status.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StatusChange {
    pub(crate) at: Timestamp,
    pub(crate) by: Person,
    pub(crate) what: Change,
    /// What closing asks for.
    pub(crate) closure: Option<Closure>,
    /// Why it was reopened.
    pub(crate) reason: Option<String>,
}

/// Everything that closing a concern asks for.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Closure {
    pub(crate) summary: String,
    pub(crate) follow_up: String,
    pub(crate) action_taken: String,
    pub(crate) decision: ClosingDecision,
    pub(crate) reasons: String,
    pub(crate) outcome: String,
}

/// What the author of a concern keeps: never what was written, or about whom.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Receipt {
    pub(crate) id: ConcernId,
    #[schema(example = "7F3K-29QM")]
    pub(crate) reference: String,
    pub(crate) received_at: Timestamp,
    pub(crate) status: ReceiptStatus,
    pub(crate) attachments: i32,
    pub(crate) replies: i64,
    pub(crate) unread_replies: i64,
}

/// A text that was left out, as the contract has it.
pub(crate) fn optional(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}
