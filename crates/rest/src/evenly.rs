use std::time::Duration;

use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::rt::time::{Instant, sleep_until};

/// How far apart the instants are at which an answer may go out. A commit is over well before the first of them.
const STEP: Duration = Duration::from_millis(25);

/// Keeps an answer back until an instant that does not depend on what was done meanwhile.
///
/// What is refused to somebody is written in a school's log; nothing is written of an address that nobody has, or of
/// an id that never was. Some tenths of a millisecond of a transaction would tell them apart, to whoever asks
/// often enough.
#[derive(Debug)]
pub struct Evenly(Instant);

impl Evenly {
    /// Before the work whose time may not show.
    pub fn begin() -> Self {
        Self(Instant::now())
    }

    /// After it: waits until a whole number of steps have gone by.
    pub async fn end(self) {
        let steps = self.0.elapsed().as_millis() / STEP.as_millis() + 1;
        let steps = u32::try_from(steps).unwrap_or(u32::MAX);
        sleep_until(self.0 + STEP * steps).await;
    }
}

/// On an answer that is the same for what is hidden and for what is not there.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Withheld;

/// Answers at even instants whoever asks for what is hidden from them or is not there: the first is written in the log,
/// with a commit that would show.
///
/// # Errors
/// What the handler returns.
pub async fn withheld_evenly(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let evenly = Evenly::begin();
    let response = next.call(request).await?;
    let is_withheld = response.response().extensions().contains::<Withheld>();
    if is_withheld {
        evenly.end().await;
    }
    Ok(response)
}

#[cfg(test)]
mod tests {
    use actix_web::middleware::from_fn;
    use actix_web::test::{TestRequest, call_service, init_service};
    use actix_web::{App, ResponseError as _, rt, web};

    use super::*;
    use crate::Problem;

    #[test]
    fn what_was_looked_for_among_the_rows_is_marked_and_no_other_address() {
        let marked = |problem: Problem| {
            let response = problem.error_response();
            response.extensions().contains::<Withheld>()
        };
        assert!(marked(Problem::from(store::Error::Absent)));
        assert!(marked(Problem::from(store::Error::Refused {
            action: policy::Action::ReadConcern,
            decision: policy::Decision::Hide(policy::Why::NeedToKnow),
        })));
        assert!(!marked(Problem::not_found()));
        assert!(!marked(Problem::new("unlock-required")));
    }

    #[test]
    fn what_is_withheld_does_not_go_out_before_the_next_instant() {
        rt::System::new().block_on(async {
            let absent = || async { Err::<String, _>(Problem::from(store::Error::Absent)) };
            let service = App::new()
                .wrap(from_fn(withheld_evenly))
                .route("/", web::get().to(absent));
            let service = init_service(service).await;
            let begun = Instant::now();
            let response = call_service(&service, TestRequest::default().to_request()).await;
            assert_eq!(response.status(), 404);
            assert!(begun.elapsed() >= STEP, "{:?}", begun.elapsed());
        });
    }
}
