//! Who is told of a concern, at once.
//!
//! An **alert rule** says which people are told of concerns in some categories and year groups. A
//! concern is matched when it is recorded, in its transaction; each recipient gets an **alert**, which is
//! theirs alone, and a mail that says only that something waits.
//!
//! - Only somebody whose signed grant can open the concern is told: for everybody else it does not exist.
//! - An urgent concern, and one that no rule sends to anybody who could open it, goes to every key
//!   holder who can: nobody may be left untold.
//! - Whoever wrote the concern is not told of it, unless nobody else would be.
//! - The list shows what may be seen when it is read: a grant that was narrowed since hides the alert.
//! - Reads: [`concerns`](crate::concerns), for what an alert shows; [`keys`](crate::keys), for the roll.
//!   Is told of what is recorded by [`hooks`](crate::hooks).

mod list;
mod mark_read;
mod queries;
mod raise;
mod read_waiting;
mod view;
mod waiting;

use utoipa_actix_web::service_config::ServiceConfig;

pub(crate) use queries::mark_read_for;
pub(crate) use raise::{Told, raise};
pub(crate) use view::{AlertView, newest};
pub(crate) use waiting::{unread_within, waiting};

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list::list_alerts);
    config.service(read_waiting::read_waiting);
    config.service(mark_read::mark_alert_read);
}
