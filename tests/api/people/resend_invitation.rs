use serde_json::json;

use crate::office::{FOUR, Office, PASSWORD, small};

fn path(office: &Office, name: &str) -> String {
    format!(
        "/v1/people/{}/invitations",
        office.person(name)["id"].as_str().unwrap()
    )
}

#[test]
fn the_newest_link_works_and_the_one_before_does_not() {
    Office::on_both(|office| {
        office.invite("Aled", &[]).expect(201);
        let first = office.served.mailed_token("aled@hollybank.example");
        office.later();
        assert_eq!(
            office.admin.post(&path(office, "Aled"), &json!({})).status,
            202
        );
        let second = office.served.mailed_token("aled@hollybank.example");
        assert_ne!(first, second);
        let browser = office.served.browser();
        let choose = |token: &str| {
            browser.post(
                "/v1/passwords",
                &json!({ "token": token, "password": PASSWORD }),
            )
        };
        assert_eq!(choose(&first).problem(), "link-expired");
        choose(&second).expect(204);
        // Now there is nothing to be invited to.
        assert_eq!(
            office
                .admin
                .post(&path(office, "Aled"), &json!({}))
                .problem(),
            "already-done"
        );
    });
}

#[test]
fn somebody_without_an_address_cannot_be_mailed() {
    Office::on_both(|office| {
        office
            .import(&small(&FOUR.replace("carys@hollybank.example", "")))
            .expect(200);
        let answer = office.admin.post(&path(office, "Carys Bevan"), &json!({}));
        assert_eq!(
            answer.expect(422)["detail"],
            "This person has no e-mail address to send an invitation to."
        );
    });
}

#[test]
fn a_teacher_invites_nobody_again() {
    Office::on_both(|office| {
        office.invite("Gwen", &[]).expect(201);
        let path = path(office, "Gwen");
        let teacher = office.join("Aled", &[]);
        assert_eq!(teacher.post(&path, &json!({})).problem(), "not-found");
    });
}
