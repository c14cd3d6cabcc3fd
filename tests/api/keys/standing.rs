use protocol::roll::Capability;
use testkit::{Mail, MailServer, TestApp, both_databases};

use super::common::{common, holder};

/// How many of these mails ask this person for a second key holder.
fn asked(mails: &[Mail], email: &str) -> usize {
    let subject = "Subject: Your school has one key holder only";
    mails
        .iter()
        .filter(|mail| mail.to == email && mail.raw.contains(subject))
        .count()
}

both_databases! {
    fn a_school_with_one_holder_is_reminded_every_week_until_there_is_a_second(app: TestApp) {
        let bashir = app.person("Bashir");
        let elsewhere = &app.person("Eluned").email;
        let mut mail = MailServer::start();
        assert_eq!(asked(&mail.deliver(&app), &bashir.email), 0, "not on the first day");
        for week in 1..=3 {
            app.pass(7 * 86_400);
            let mails = mail.deliver(&app);
            assert_eq!(asked(&mails, &bashir.email), 1, "week {week}");
            assert_eq!(asked(&mails, &app.person("Dilys").email), 0, "she can give no keys");
            assert_eq!(asked(&mail.deliver(&app), &bashir.email), 0, "once a week, not more");
        }
        bashir.browser.sign_in(&bashir.email, testkit::PASSWORD).expect(200);
        assert_eq!(bashir.browser.get("/v1/me").expect(200)["keys"]["second_holder"], false);

        // Dilys opens the records and gives no keys: she is no second. Aled is.
        app.browser_of("Aled").sign_in(&app.person("Aled").email, testkit::PASSWORD).expect(200);
        holder(&app, "Aled", bashir.phone(), common(&[Capability::Grant]));
        assert_eq!(bashir.browser.get("/v1/me").expect(200)["keys"]["second_holder"], true);
        for _ in 0..2 {
            app.pass(7 * 86_400);
            let mails = mail.deliver(&app);
            assert_eq!(asked(&mails, &bashir.email), 0, "there is a second now");
            assert_eq!(asked(&mails, elsewhere), 1, "another school has none yet");
        }
    }
}
