//! Phones are witnesses: an older database is noticed, whoever put it back, and a person says that it was a
//! restore.

use std::sync::Arc;

use authenticator::restore;
use protocol::roll::Capability;
use serde_json::json;
use testkit::{Client, Phone, Served, Template, TestApp, both_databases};

use super::common::{common, everything, holder};

/// Two holders' browsers and phones, at an app that can be stopped and put back.
struct Two {
    browsers: [Client; 2],
    phones: [Phone; 2],
}

impl Two {
    fn of(app: &TestApp, names: [&str; 2], phones: [&Phone; 2]) -> Self {
        Self {
            browsers: names.map(|name| app.browser_of(name).copy()),
            phones: phones.map(|phone| copy(phone, app)),
        }
    }

    /// The same two, at another app; what the phones remember goes with them.
    fn at(&self, served: &Served) -> Self {
        Self {
            browsers: [0, 1].map(|which| self.browsers[which].copy_to(served.address())),
            phones: [0, 1].map(|which| copy(&self.phones[which], served)),
        }
    }

    /// Asks for an unlock and answers it; what went wrong, if anything did.
    fn unlock(&self, which: usize) -> Option<String> {
        let browser = &self.browsers[which];
        browser.refresh().expect(200);
        let started = browser.post("/v1/unlocks", &json!({})).expect(201);
        let trouble = self.phones[which]
            .judge()
            .trouble()
            .map(ToString::to_string);
        if trouble.is_none() {
            self.phones[which].approve(started["number"].as_str().expect("a number"));
            let id = started["id"].as_str().expect("an id");
            browser.get(&format!("/v1/unlocks/{id}")).expect(200);
        }
        browser.delete("/v1/unlock");
        browser.refresh().expect(200);
        trouble
    }
}

fn copy(phone: &Phone, to: &Served) -> Phone {
    phone.copy_to(
        to.address(),
        Arc::new(to.clock.clone()),
        Arc::clone(&to.entropy),
    )
}

/// Serves the backup, some minutes after `now`: a request to unlock that was put back with it is over by then.
fn restored(backup: &Template, now: i64) -> Served {
    Served::on(backup.thaw(), now + 600)
}

fn grow_log(browser: &Client, lines: usize) {
    browser.refresh().expect(200);
    for _ in 0..lines {
        browser.post("/v1/enrolments", &json!({})).expect(201);
    }
}

both_databases! {
    fn an_older_database_is_noticed_and_a_restore_is_accepted_once_for_everybody(app: TestApp) {
        app.person("Dilys").phone().paper_codes();
        let two = Two::of(&app, ["Bashir", "Dilys"], [app.person("Bashir").phone(), app.person("Dilys").phone()]);
        let (database, now) = app.stop();
        let backup = database.freeze();

        // The day after the backup: both phones see a log that is lost later.
        let served = restored(&backup, now);
        let day = two.at(&served);
        grow_log(&day.browsers[0], 30);
        assert_eq!((day.unlock(0), day.unlock(1)), (None, None));
        drop(served);

        // Put back: shorter at first, and longer than it was in the end. Both times the phone stops.
        let served = restored(&backup, now + 600);
        let after = day.at(&served);
        let said = after.unlock(0).expect("it stops");
        assert!(said.starts_with("Stop: the record of what was done is shorter or other"), "{said}");
        grow_log(&after.browsers[0], 60);
        served.clock.advance_seconds(121);
        let said = after.unlock(0).expect("it stops, though the log is longer by now");
        assert!(said.contains("shorter or other"), "{said}");

        // The deputy may not say that it was a restore; the lead may, and both go on.
        let (refused, gone) = after.phones[1].accept_restore();
        assert!(!gone.expect("something is gone").for_everybody);
        assert!(refused.trouble().is_some());
        assert_eq!(after.phones[1].paper_codes_left(), 10, "whatever was used since the backup");
        let (accepted, gone) = after.phones[0].accept_restore();
        assert_eq!(accepted.state(), &restore::State::Accepted, "{:?}", accepted.trouble());
        assert_eq!(gone.expect("something is gone").roll, None);
        assert_eq!(after.phones[1].paper_codes_left(), 0);
        served.clock.advance_seconds(121);
        assert_eq!((after.unlock(0), after.unlock(1)), (None, None));
        // Once: it is no leave for the next time.
        let (nothing, gone) = after.phones[0].accept_restore();
        assert_eq!((nothing.state(), gone), (&restore::State::Nothing, None));
        drop(served);
        let served = restored(&backup, now + 2_000);
        let again = after.at(&served);
        assert!(again.unlock(1).is_some());
    }

    fn a_roll_that_was_put_back_is_accepted_by_each_on_their_own_device(app: TestApp) {
        let bashir = app.person("Bashir").phone();
        let carys = holder(&app, "Carys", bashir, everything());
        let two = Two::of(&app, ["Bashir", "Carys"], [bashir, &carys]);
        app.make_known(&two.browsers[1], &app.person("Carys").email);
        let dilys = copy(app.person("Dilys").phone(), &app);
        let (database, now) = app.stop();
        let backup = database.freeze();

        // After the backup the deputy is taken off.
        let served = restored(&backup, now);
        let day = two.at(&served);
        day.phones[0].revoke(&copy(&dilys, &served));
        assert_eq!((day.unlock(0), day.unlock(1)), (None, None));
        drop(served);

        // Put back, she is on it again: no phone goes on by itself, even once somebody has signed for it.
        let served = restored(&backup, now + 600);
        let after = day.at(&served);
        let said = after.unlock(0).expect("it stops");
        assert!(said.contains("list of key holders is shorter"), "{said}");
        let (accepted, gone) = after.phones[0].accept_restore();
        assert_eq!(accepted.state(), &restore::State::Accepted, "{:?}", accepted.trouble());
        assert_eq!(gone.expect("something is gone").roll, Some((4, 3)));
        assert!(after.unlock(1).is_some());
        let (accepted, gone) = after.phones[1].accept_restore();
        assert_eq!(accepted.state(), &restore::State::Accepted, "{:?}", accepted.trouble());
        assert!(gone.expect("something is gone").roll.is_some());
        served.clock.advance_seconds(121);
        assert_eq!((after.unlock(0), after.unlock(1)), (None, None));
        after.phones[0].revoke(&copy(&dilys, &served));
    }

    fn nobody_accepts_a_restore_that_was_none(app: TestApp) {
        let bashir = app.person("Bashir").phone();
        app.unlock(app.browser_of("Bashir"), bashir);
        let (nothing, gone) = bashir.accept_restore();
        assert_eq!((nothing.state(), gone), (&restore::State::Nothing, None));
        // Nor by an entry that a device makes up.
        let carys = holder(&app, "Carys", bashir, common(&[Capability::Kit]));
        let identity = carys.identity();
        let before = identity.profile.log.head.array::<32>().expect("a head");
        let head = protocol::log::LogHead { length: identity.profile.log.length, head: before };
        let other = protocol::log::LogHead { length: 9_999, head: [7; 32] };
        for (lost, now) in [(head, head), (other, other)] {
            let answer = carys.append_to_roll(protocol::roll::Body::RestoreAccept(lost, now));
            assert_eq!(answer.problem(), "roll-entry-refused");
        }
    }
}
