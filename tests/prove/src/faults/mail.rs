//! The mail server is dead for an hour, by the app's clock.

use std::collections::HashMap;
use std::sync::Arc;

use actix_web::rt;
use diesel::prelude::*;
use store::schema::outbox;
use testkit::{Engine, MailServer, TestApp};

use crate::postgres::free_port;
use crate::{Outcome, progress};

/// Minutes of the hour.
const HOUR: usize = 60;
/// What a mail may be tried in an hour at most: after 15 s, 30 s, a minute, … each twice as long.
const TRIES: i32 = 9;

/// Records a concern every second minute while no mail can be sent, then lets the mail server live.
///
/// # Panics
/// If the stage cannot be set.
pub fn run(engine: Engine) -> Outcome {
    let mut outcome = Outcome::of_engine("faults-mail", engine);
    let app = TestApp::start(engine);
    let mut server = MailServer::start();
    server.deliver(&app);
    let settings = api::mail::Settings {
        smtp_url: format!("smtp://127.0.0.1:{}", free_port()),
        from: "Safehold <safehold@safehold.example>".to_owned(),
    };
    let mut recorded = 0;
    for minute in 0..HOUR {
        if minute.is_multiple_of(2) {
            app.concern().create();
            recorded += 1;
        }
        let (state, settings) = (Arc::clone(&app.app), settings.clone());
        let sent = rt::System::new().block_on(async move {
            let worker = api::mail::Worker::new(state, &settings).unwrap();
            worker.pass().await.unwrap()
        });
        outcome.hold(sent == 0, || format!("{sent} mails went to nobody"));
        app.clock.advance_seconds(60);
        app.browser_of("Carys").refresh().expect(200);
        progress("faults: mail", minute + 1, HOUR, || {
            format!("{recorded} recorded")
        });
    }
    let attempts: Vec<i32> = app
        .app
        .db
        .write_blocking(policy::Caller::nobody(), |tx| -> store::Result<_> {
            Ok(outbox::table
                .filter(outbox::done_at.is_null())
                // Each alert's mail was tried; a reminder for another day was not.
                .filter(outbox::attempts.gt(0))
                .select(outbox::attempts)
                .load(tx.connection())?)
        })
        .unwrap();
    let (waiting, most) = (attempts.len(), attempts.iter().copied().max().unwrap_or(0));
    outcome.hold(waiting == recorded, || {
        format!("{waiting} mails wait for {recorded} alerts")
    });
    outcome.hold((5..=TRIES).contains(&most), || {
        format!("a mail was tried {most} times in an hour")
    });

    let mut arrived: HashMap<String, usize> = HashMap::new();
    // Longer than the longest wait between two tries.
    for _ in 0..14 {
        for mail in server.deliver(&app) {
            let id = mail
                .raw
                .lines()
                .find(|line| line.to_lowercase().starts_with("message-id:"));
            *arrived.entry(id.unwrap_or("none").to_owned()).or_default() += 1;
        }
        app.clock.advance_seconds(300);
    }
    let (mails, twice) = (
        arrived.len(),
        arrived.values().filter(|times| **times > 1).count(),
    );
    outcome.hold(mails == recorded && twice == 0, || {
        format!("{mails} mails arrived for {recorded} alerts, {twice} of them more than once")
    });
    outcome.figure("alerts", recorded);
    outcome.figure("mails", mails);
    outcome.figure("most_tries_in_the_hour", most);
    outcome.ended()
}
