use std::net::TcpListener;
use std::sync::Arc;

use actix_web::rt;
use serde_json::json;
use testkit::{MailServer, TestApp, both_databases};

/// A mail server that has delivered what setting the school up left: invitations, notices of keys.
fn settled(app: &TestApp) -> MailServer {
    let mut server = MailServer::start();
    server.deliver(app);
    server
}

both_databases! {
    fn the_mail_says_that_something_waits_and_nothing_more(app: TestApp) {
        let mut server = settled(&app);
        app.concern().about("Tomos Gale").saying("A lantern in the ditch.").create();
        let mails = server.deliver(&app);
        assert_eq!(mails.len(), 1, "{mails:?}");
        assert_eq!(mails[0].to, app.person("Bashir").email);
        let text = mails[0].raw.replace("=\r\n", "").replace("=\n", "");
        assert!(text.contains("Subject: Something is waiting for you"), "{text}");
        assert!(text.contains("https://safehold.example/alerts"), "{text}");
        for secret in ["Tomos", "Gale", "lantern", "Carys", "con_", "mem_", "safeguarding lead"] {
            assert!(!text.contains(secret), "the mail says {secret}: {text}");
        }
    }

    fn a_mail_goes_out_once(app: TestApp) {
        let mut server = settled(&app);
        app.concern().about("Ada Fennick").create();
        let mut to: Vec<String> = server.deliver(&app).into_iter().map(|mail| mail.to).collect();
        to.sort();
        let mut wanted = vec![app.person("Bashir").email.clone(), app.person("Dilys").email.clone()];
        wanted.sort();
        assert_eq!(to, wanted);
        assert_eq!(server.deliver(&app).len(), 0);
    }

    fn a_dead_mail_server_loses_nothing(app: TestApp) {
        let mut server = settled(&app);
        app.concern().about("Tomos Gale").create();
        let port = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("its address").port();
        let settings = api::mail::Settings {
            smtp_url: format!("smtp://127.0.0.1:{port}"),
            from: "Safehold <safehold@safehold.example>".to_owned(),
        };
        let state = Arc::clone(&app.app);
        let sent = rt::System::new().block_on(async move {
            let worker = api::mail::Worker::new(state, &settings).expect("settings that are right");
            worker.pass().await.expect("the outbox")
        });
        assert_eq!(sent, 0);

        assert_eq!(server.deliver(&app).len(), 0, "it is put off for a while");
        app.pass(60);
        let mails = server.deliver(&app);
        assert_eq!(mails.len(), 1);
        assert_eq!(mails[0].to, app.person("Bashir").email);
    }

    fn whoever_has_left_is_written_to_no_more(app: TestApp) {
        let mut server = settled(&app);
        let rule = json!({"name": "All", "recipients": [app.person("Dilys").member]});
        app.browser_of("Morag").post("/v1/alert-rules", &rule).expect(201);
        app.concern().about("Ada Fennick").create();
        let gone = format!("/v1/people/{}", app.person("Dilys").member);
        app.browser_of("Morag").patch(&gone, &json!({"state": "left"})).expect(200);
        // The lead alone, whom it concerns that a key holder has left.
        let mails = server.deliver(&app);
        assert_eq!(mails.len(), 1);
        assert_eq!(mails[0].to, app.person("Bashir").email);
        // Nor told of what comes later, though the roll still has the key.
        app.concern().about("Ada Fennick").create();
        let alerts = app.unlocked("Bashir").get("/v1/alerts").expect(200);
        assert_eq!(alerts["items"].as_array().map(Vec::len), Some(1));
    }
}
