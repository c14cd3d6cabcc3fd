use serde_json::json;

use crate::office::{Office, PASSWORD};

#[test]
fn an_invited_person_chooses_a_password_and_is_active() {
    Office::on_both(|office| {
        let answer = office.invite("Aled", &["auditor"]).expect(201);
        assert_eq!(answer["state"], "invited");
        assert_eq!(answer["roles"], json!(["reporter", "auditor"]));
        let browser = office.served.browser();
        assert_eq!(
            browser
                .sign_in("aled@hollybank.example", PASSWORD)
                .problem(),
            "sign-in-refused"
        );
        let body = json!({ "token": office.served.mailed_token("aled@hollybank.example"), "password": PASSWORD });
        browser.post("/v1/passwords", &body).expect(204);
        browser
            .sign_in("aled@hollybank.example", PASSWORD)
            .expect(200);
        assert_eq!(office.person("Aled")["state"], "active");
    });
}

#[test]
fn an_address_is_one_person() {
    Office::on_both(|office| {
        office.invite("Aled", &[]).expect(201);
        assert_eq!(office.invite("ALED", &[]).problem(), "member-exists");
    });
}

#[test]
fn what_is_wrong_is_named() {
    Office::on_both(|office| {
        for (body, pointer) in [
            (
                json!({ "name": " ", "email": "a@b.example", "roles": [] }),
                "/name",
            ),
            (
                json!({ "name": "A", "email": "a b", "roles": [] }),
                "/email",
            ),
            (
                json!({ "name": "A", "email": "a@b.example", "roles": ["key_holder"] }),
                "/roles/0",
            ),
            (json!({ "name": "A", "email": "a@b.example" }), "/roles"),
            (
                json!({ "name": "A", "email": "a@b.example", "roles": [], "state": "active" }),
                "/state",
            ),
        ] {
            let answer = office.admin.post("/v1/people", &body).expect(422);
            assert_eq!(answer["errors"][0]["pointer"], pointer, "{body}");
        }
    });
}

#[test]
fn a_teacher_invites_nobody() {
    Office::on_both(|office| {
        let teacher = office.join("Aled", &[]);
        let body = json!({ "name": "A", "email": "a@b.example", "roles": ["administrator"] });
        assert_eq!(teacher.post("/v1/people", &body).problem(), "not-found");
        assert_eq!(office.people().len(), 2);
    });
}
