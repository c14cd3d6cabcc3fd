use serde_json::{Value, json};

use crate::office::{FOUR, Office, committed, send, small, zip_of};

const PATH: &str = "/v1/imports/previews";

#[test]
fn a_preview_says_what_the_import_then_does() {
    Office::on_both(|office| {
        let zip = committed("oneroster-1.1");
        let preview = send(&office.admin, PATH, &zip, &[]).expect(200);
        assert_eq!(preview["format"], "oneroster-1.1");
        assert_eq!(
            preview["counts"],
            json!({ "pupils": 12, "staff": 10, "contacts": 0, "classes": 16, "schools": 3 })
        );
        assert_eq!(
            preview["changes"],
            json!({ "added": 38, "changed": 0, "unchanged": 0, "left": 0 })
        );
        assert_eq!(preview["schools"].as_array().unwrap().len(), 3);
        assert_eq!(preview["refused"], json!([]));
        // Nothing has happened yet.
        assert_eq!(office.people().len(), 1);

        let imported = office.import(&zip).expect(200);
        assert_eq!(
            imported["added"],
            json!({ "pupils": 12, "staff": 10, "contacts": 0, "classes": 16 })
        );
        let preview = send(&office.admin, PATH, &zip, &[]).expect(200);
        assert_eq!(
            preview["changes"],
            json!({ "added": 0, "changed": 0, "unchanged": 38, "left": 0 })
        );
    });
}

#[test]
fn one_school_of_a_district_can_be_chosen() {
    Office::on_both(|office| {
        let fields = [("schools", r#"["s2"]"#)];
        let preview = send(&office.admin, PATH, &small(FOUR), &fields).expect(200);
        assert_eq!(
            preview["counts"],
            json!({ "pupils": 1, "staff": 0, "contacts": 0, "classes": 0, "schools": 1 })
        );
        // All of them can still be chosen.
        assert_eq!(preview["schools"].as_array().unwrap().len(), 2);
    });
}

#[test]
fn each_refused_row_is_named_and_nothing_of_it_is_repeated() {
    Office::on_both(|office| {
        let users = FOUR
            .replace("s2,student,Kofi", "s9,student,Kofi")
            .replace("sian@home", "sian home");
        let answer = send(&office.admin, PATH, &small(&users), &[]);
        let preview = answer.expect(200);
        let reasons: Vec<(&Value, &Value, &Value)> = preview["refused"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| (&row["file"], &row["line"], &row["column"]))
            .collect();
        assert_eq!(
            reasons,
            [
                (&json!("users.csv"), &json!(3), &json!("email")),
                (&json!("users.csv"), &json!(5), &json!("orgSourcedIds")),
            ]
        );
        let text = String::from_utf8(answer.body.clone()).unwrap();
        for secret in ["Kofi", "O'Neill", "sian home", "canarypassword"] {
            assert!(!text.contains(secret), "{secret}");
        }
    });
}

#[test]
fn what_is_no_roster_is_refused_in_words() {
    Office::on_both(|office| {
        let say = |bytes: &[u8]| {
            let answer = send(&office.admin, PATH, bytes, &[]);
            let problem = answer.expect(422);
            assert_eq!(answer.problem(), "invalid-roster");
            problem["detail"].as_str().unwrap().to_owned()
        };
        assert_eq!(
            say(b"PK nothing"),
            "This is not a zip file, or only a part of one."
        );
        let whole = small(FOUR);
        assert_eq!(
            say(&whole[..whole.len() / 2]),
            "This is not a zip file, or only a part of one."
        );
        assert!(
            say(&zip_of(&[("letter.csv", "a,b\n1,2\n")]))
                .starts_with("These files are not a roster")
        );
        let bomb = "0".repeat(2_000_000);
        assert!(say(&zip_of(&[("users.csv", &bomb)])).contains("packed more densely"));
    });
}

#[test]
fn a_form_of_another_shape_is_refused() {
    Office::on_both(|office| {
        let zip = small(FOUR);
        let answer = send(&office.admin, PATH, &zip, &[("schools", "s1")]);
        assert_eq!(answer.expect(422)["errors"][0]["pointer"], "/schools");
        let answer = send(&office.admin, PATH, &zip, &[("colour", "blue")]);
        assert_eq!(answer.expect(422)["errors"][0]["pointer"], "/colour");
        let answer = office.admin.post(PATH, &json!({ "file": "x" }));
        assert_eq!(answer.expect(422)["type"], "/problems/invalid-input");
    });
}

#[test]
fn only_an_administrator_may_look() {
    Office::on_both(|office| {
        let teacher = office.join("Aled", &[]);
        let zip = small(FOUR);
        assert_eq!(
            send(&teacher, PATH, &zip, &[]).expect(404)["type"],
            "/problems/not-found"
        );
        let stranger = office.served.browser();
        assert_eq!(
            send(&stranger, PATH, &zip, &[]).expect(401)["type"],
            "/problems/sign-in-required"
        );
    });
}
