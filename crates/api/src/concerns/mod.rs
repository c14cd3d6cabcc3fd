//! What was noticed, written down about one or more pupils, and what was done about it.
//!
//! Anybody who works in the school **records** a concern; it is sealed on receipt to the compartment of
//! its categories, and from then on opens only for a key holder's unlocked session. The author keeps a
//! **receipt**: a reference, a status word, the replies; never what was written.
//!
//! ```text
//! new ──► open ──► closed
//!  │        ▲         │
//!  └────────┼──► closed
//!           └─────────┘   (reopened, with a reason)
//! ```
//!
//! - Nothing is rewritten: an **amendment** stands beside the original.
//! - Closing needs summary, follow-up, action taken, decision, reasons and outcome, and no action may be
//!   outstanding.
//! - Everything free-text is sealed (`sealed.rs`). Who, when, which pupils and categories are columns,
//!   so that lists are SQL; what a caller may see of them is one filter (`reach.rs`) for lists, counts,
//!   search and reads alike.
//! - A **reply** is for the reporter, who has no key: it is sealed for the server, not to a
//!   compartment, and the page that asks for it says so.
//! - Reads: `pupils` (names and year groups), `settings` (categories), [`keys`](crate::keys). Tells
//!   `alerts` of what was recorded.

mod add_action;
mod ahead;
mod amend;
mod attach;
mod close;
mod complete_action;
mod download;
mod error;
mod files;
mod hand_over;
mod inbox;
mod list;
mod list_actions_of;
mod list_open_work;
mod list_receipts;
mod model;
mod offered;
mod open;
pub(crate) mod outside;
mod queries;
mod reach;
mod read;
mod read_chronology;
mod read_receipt;
mod record;
mod reopen;
mod reply;
mod rewrap;
mod sealed;
mod search;
mod search_pages;
mod summaries;
mod text_search;
mod view;

use utoipa_actix_web::service_config::ServiceConfig;

pub(crate) use ahead::Ahead;
pub(crate) use offered::Offered;
pub(crate) use queries::overdue_actions;
pub(crate) use reach::{Backend, SUBJECT, within};
pub(crate) use reply::reseal_replies;
pub(crate) use summaries::{SummaryRow, my_action_summaries, summaries_of};
pub(crate) use view::{ActionSummary, ConcernSummary};

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(add_action::add_action)
        .service(amend::amend_concern)
        .service(attach::attach_file)
        .service(close::close_concern)
        .service(complete_action::complete_action)
        .service(download::download_attachment)
        .service(hand_over::hand_over_actions)
        .service(list::list_concerns)
        .service(list_actions_of::list_actions_of)
        .service(list_open_work::list_open_work)
        .service(list_receipts::list_receipts)
        .service(open::open_concern)
        .service(read::read_concern)
        .service(read_chronology::read_chronology)
        .service(read_receipt::read_receipt)
        .service(record::record_concern)
        .service(reopen::reopen_concern)
        .service(reply::reply_to_reporter)
        .service(rewrap::rewrap_records)
        .service(search::search_records);
}
