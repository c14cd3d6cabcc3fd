use authenticator::{Recover, Trouble, recover};
use protocol::compartments::Compartment;
use serde_json::json;
use testkit::{MailServer, Phone, TestApp, both_databases};
use ureq::http::Method;

/// A new phone of somebody who is signed in, enrolled and waiting.
fn new_phone(app: &TestApp, name: &str) -> Phone {
    let link = app
        .browser_of(name)
        .post("/v1/enrolments", &json!({}))
        .expect(201);
    let phone = app.phone();
    phone.enrol(link["link"].as_str().expect("a link"));
    phone
}

fn is_ready(machine: &Recover) -> bool {
    matches!(machine.state(), recover::State::Ready { missing, .. } if missing.is_empty())
}

both_databases! {
    fn two_sheets_give_a_new_phone_every_key_when_the_only_one_is_gone(app: TestApp) {
        let concern = app.concern().saying("A burn on the right hand.").create();
        let bashir = app.person("Bashir");
        let (lost, sheets) = (bashir.phone().profile().device, bashir.phone().sheets(3, 1));
        let mut mail = MailServer::start();
        mail.deliver(&app);

        let phone = new_phone(&app, "Bashir");
        let machine = phone.recover(&sheets, &[lost]);
        assert!(is_ready(&machine), "{:?} {:?}", machine.state(), machine.trouble());

        app.unlock(&bashir.browser, &phone);
        let read = bashir.browser.get(&concern.path()).expect(200);
        assert_eq!(read["narrative"], "A burn on the right hand.");
        // The lost one was taken off in the same breath.
        let old = bashir.phone().ask(Method::GET, "/v1/device", None);
        assert_eq!(old.problem(), "device-refused");

        // Everybody who holds a key is told, and the books say so.
        let mails = mail.deliver(&app);
        let to: Vec<&str> = mails.iter().map(|mail| mail.to.as_str()).collect();
        assert!(to.contains(&bashir.email.as_str()), "{to:?}");
        assert!(to.contains(&app.person("Dilys").email.as_str()), "{to:?}");
        assert!(mails.iter().any(|mail| mail.raw.contains("Subject: The recovery sheets were used")));
        let log = bashir.browser.get("/v1/audit").expect(200);
        let acts: Vec<&str> = log["items"]
            .as_array()
            .expect("a list")
            .iter()
            .filter_map(|entry| entry["action"].as_str())
            .collect();
        assert!(acts.contains(&"recover_device"), "{acts:?}");
    }

    fn two_sheets_give_the_keys_that_were_rotated_after_they_were_printed_too(app: TestApp) {
        let before = app.concern().saying("A burn on the right hand.").create();
        let bashir = app.person("Bashir");
        let (lost, sheets) = (bashir.phone().profile().device, bashir.phone().sheets(2, 3));
        assert_eq!(bashir.phone().rotate(Compartment::SAFEGUARDING), 2);
        assert_eq!(bashir.phone().rotations(), [("safeguarding".to_owned(), 1, 1, 1)]);
        let after = app.concern().saying("The dressing was changed at home.").create();

        let phone = new_phone(&app, "Bashir");
        let machine = phone.recover(&sheets, &[lost]);
        assert!(is_ready(&machine), "{:?} {:?}", machine.state(), machine.trouble());

        app.unlock(&bashir.browser, &phone);
        for (concern, words) in [(before, "A burn on the right hand."), (after, "The dressing was changed at home.")] {
            let read = bashir.browser.get(&concern.path()).expect(200);
            assert_eq!(read["narrative"], words);
        }
    }

    fn after_a_recovery_new_sheets_are_due_within_seven_days_and_asked_for_every_week(app: TestApp) {
        let mut mail = MailServer::start();
        mail.deliver(&app);
        let bashir = app.person("Bashir");
        let before = bashir.browser.get("/v1/me").expect(200);
        assert_eq!(before["keys"]["new_sheets_by"], json!(null));
        let phone = new_phone(&app, "Bashir");
        assert!(is_ready(&phone.recover(&bashir.phone().sheets(1, 2), &[])));
        let due = bashir.browser.get("/v1/me").expect(200)["keys"]["new_sheets_by"].clone();
        let wanted = chrono::DateTime::from_timestamp(app.now() + 7 * 86_400, 0).expect("a time");
        assert_eq!(due, wanted.format("%Y-%m-%dT%H:%M:%SZ").to_string());

        let asked = |mails: Vec<testkit::Mail>| {
            let subject = "Subject: New recovery sheets are due";
            mails.iter().filter(|mail| mail.raw.contains(subject)).count()
        };
        assert_eq!(asked(mail.deliver(&app)), 0);
        app.clock.advance_seconds(5 * 86_400);
        assert_eq!(asked(mail.deliver(&app)), 1);
        assert_eq!(asked(mail.deliver(&app)), 0, "once a week, not more");
        app.clock.advance_seconds(7 * 86_400);
        assert_eq!(asked(mail.deliver(&app)), 1);
        phone.new_kit();
        app.clock.advance_seconds(7 * 86_400);
        assert_eq!(asked(mail.deliver(&app)), 0, "it was done");
    }

    fn with_the_old_phone_lost_the_new_one_rotates_and_makes_a_kit(app: TestApp) {
        let bashir = app.person("Bashir");
        let sheets = bashir.phone().sheets(2, 3);
        let before = app.concern().saying("A torn sleeve.").create();
        assert_eq!(bashir.phone().rotate(Compartment::SAFEGUARDING), 2);
        let after = app.concern().saying("The other sleeve.").create();
        bashir.browser.post(&format!("/v1/devices/{}/lost", bashir.phone().profile().device), &json!({})).expect(204);

        let phone = new_phone(&app, "Bashir");
        assert!(is_ready(&phone.recover(&sheets, &[])));
        app.unlock(&bashir.browser, &phone);
        assert_eq!(bashir.browser.get(&before.path()).expect(200)["narrative"], "A torn sleeve.");
        assert_eq!(bashir.browser.get(&after.path()).expect(200)["narrative"], "The other sleeve.");
        // A lost phone is no reason not to rotate: it is passed over.
        assert_eq!(phone.rotate(Compartment::SAFEGUARDING), 3);
        phone.new_kit();
        let tested = phone.test_kit(&phone.sheets(1, 2));
        assert_eq!(tested.trouble(), None);
    }

    fn an_account_without_sheets_gets_nothing(app: TestApp) {
        let phone = new_phone(&app, "Carys");
        let now = app.now();
        // Neither with a proof that is none, nor with the sheets of another school.
        let guess = json!({ "at": now, "proof": "A".repeat(86) });
        let refused = phone.ask(Method::POST, "/v1/device/kit/parts", Some(&guess));
        assert_eq!(refused.problem(), "kit-refused");
        let others = app.person("Eluned").phone().sheets(1, 2);
        let machine = phone.recover(&others, &[]);
        assert!(matches!(machine.trouble(), Some(Trouble::BadSheet(..))), "{:?}", machine.trouble());
        let own = phone.ask(Method::GET, "/v1/device", None).expect(200);
        assert_eq!(own["state"], "ungranted");
    }

    fn one_sheet_is_not_enough_and_a_slip_is_found_where_it_is(app: TestApp) {
        let sheets = app.person("Bashir").phone().sheets(2, 3);
        let phone = new_phone(&app, "Bashir");
        let first = sheets.split("Sheet 3").next().expect("a sheet").to_owned();
        let machine = phone.recover(&first, &[]);
        assert_eq!(machine.state(), &recover::State::Sheets { read: vec![2] });

        let mut lines: Vec<String> = sheets.lines().map(str::to_owned).collect();
        let fourth = lines.iter().rposition(|line| line.len() == 14).expect("a line") - 1;
        let wrong = if lines[fourth].starts_with('7') { "8" } else { "7" };
        lines[fourth].replace_range(0..1, wrong);
        let machine = phone.recover(&lines.join("\n"), &[]);
        let said = machine.trouble().expect("it is refused").to_string();
        assert!(said.starts_with("In sheet 3: there is a slip in line 4"), "{said}");
    }

    fn sheets_without_an_account_get_nothing(app: TestApp) {
        // The sheets open no door by themselves: every question needs a device that an account enrolled.
        let browser = app.browser();
        let answer = browser.post("/v1/device/kit/parts", &json!({ "at": app.now(), "proof": "A".repeat(86) }));
        assert_eq!(answer.problem(), "device-refused");
        let answer = browser.post("/v1/device/recovery", &json!({}));
        assert_eq!(answer.problem(), "device-refused");
    }

    fn a_deputy_who_recovers_keeps_their_other_phone_if_they_say_so(app: TestApp) {
        let dilys = app.person("Dilys");
        let sheets = app.person("Bashir").phone().sheets(1, 3);
        let phone = new_phone(&app, "Dilys");
        assert!(is_ready(&phone.recover(&sheets, &[])));
        let old = dilys.phone().ask(Method::GET, "/v1/device", None).expect(200);
        assert_eq!(old["state"], "granted");
        // Nobody takes another person's phone off in passing.
        let third = new_phone(&app, "Dilys");
        let machine = third.recover(&sheets, &[app.person("Bashir").phone().profile().device]);
        assert!(matches!(machine.trouble(), Some(Trouble::Refused(_))), "{:?}", machine.trouble());
        let own = third.ask(Method::GET, "/v1/device", None).expect(200);
        assert_eq!(own["state"], "ungranted");
    }
}
