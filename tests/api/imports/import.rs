use serde_json::{Value, json};
use testkit::{Engine, Scanner};

use crate::office::{FOUR, Office, committed, send, small};

fn names(office: &Office, letters: &str) -> Vec<String> {
    let answer = office
        .admin
        .post("/v1/pupil-lookups", &json!({ "letters": letters }));
    let items = answer.expect(200)["items"].clone();
    let names = items
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["name"].as_str().unwrap().to_owned());
    names.collect()
}

fn counts(answer: &Value) -> [Value; 4] {
    ["added", "changed", "unchanged", "left"].map(|word| {
        let count = &answer[word];
        json!([
            count["pupils"],
            count["staff"],
            count["contacts"],
            count["classes"]
        ])
    })
}

#[test]
fn a_second_import_changes_only_what_changed() {
    Office::on_both(|office| {
        let first = office.import(&small(FOUR)).expect(200);
        assert_eq!(
            counts(&first),
            [
                json!([2, 1, 1, 2]),
                json!([0, 0, 0, 0]),
                json!([0, 0, 0, 0]),
                json!([0, 0, 0, 0])
            ]
        );
        let again = office.import(&small(FOUR)).expect(200);
        assert_eq!(
            counts(&again),
            [
                json!([0, 0, 0, 0]),
                json!([0, 0, 0, 0]),
                json!([2, 1, 1, 2]),
                json!([0, 0, 0, 0])
            ]
        );
        // A new telephone number, a new year group.
        let users = FOUR
            .replace("07700 900123", "07700 900456")
            .replace(",09,", ",10,");
        let third = office.import(&small(&users)).expect(200);
        assert_eq!(
            counts(&third),
            [
                json!([0, 0, 0, 0]),
                json!([1, 0, 1, 0]),
                json!([1, 1, 0, 2]),
                json!([0, 0, 0, 0])
            ]
        );
    });
}

#[test]
fn who_is_in_the_files_no_more_has_left_and_can_come_back() {
    Office::on_both(|office| {
        office.import(&small(FOUR)).expect(200);
        assert_eq!(names(office, "mens"), ["Kofi Mensah"]);
        let without = FOUR.lines().take(3).collect::<Vec<_>>().join("\n");
        let answer = office.import(&small(&without)).expect(200);
        assert_eq!(answer["left"]["pupils"], 1);
        assert_eq!(names(office, "mens"), [] as [&str; 0]);
        let answer = office.import(&small(FOUR)).expect(200);
        assert_eq!(answer["changed"]["pupils"], 1);
        assert_eq!(names(office, "mens"), ["Kofi Mensah"]);
    });
}

#[test]
fn a_refused_row_makes_nobody_a_leaver() {
    Office::on_both(|office| {
        office.import(&small(FOUR)).expect(200);
        let nameless = FOUR.replace("Kofi,Mensah", ",");
        let answer = office.import(&small(&nameless)).expect(200);
        assert_eq!(answer["left"]["pupils"], 0);
        assert_eq!(answer["refused"][0]["reason"], "The name is missing.");
        assert_eq!(names(office, "mens"), ["Kofi Mensah"]);
        // Nobody knows whom a row of another width is about: this time nobody has left.
        let wide = FOUR.replace("p2,active", "p2,,active");
        let answer = office.import(&small(&wide)).expect(200);
        assert_eq!(
            answer["left"],
            json!({ "pupils": 0, "staff": 0, "contacts": 0, "classes": 0 })
        );
    });
}

#[test]
fn staff_are_invited_with_no_right_but_to_record() {
    Office::on_both(|office| {
        let users = FOUR.replace("s1,teacher", "s1,administrator");
        office.import(&small(&users)).expect(200);
        office.later();
        let carys = office.person("Carys Bevan");
        assert_eq!(carys["state"], "invited");
        assert_eq!(carys["roles"], json!(["reporter"]));
        assert_eq!(carys["email"], "carys@hollybank.example");
        // Nothing is mailed by the import; the link comes when somebody asks for it.
        let path = format!("/v1/people/{}/invitations", carys["id"].as_str().unwrap());
        assert_eq!(office.admin.post(&path, &json!({})).status, 202);
        let browser = office.served.browser();
        let body = json!({ "token": office.served.mailed_token("carys@hollybank.example"), "password": crate::office::PASSWORD });
        browser.post("/v1/passwords", &body).expect(204);
        browser
            .sign_in("carys@hollybank.example", crate::office::PASSWORD)
            .expect(200);
        assert_eq!(office.person("Carys Bevan")["state"], "active");
    });
}

#[test]
fn somebody_who_was_here_before_is_known_again_by_their_address() {
    Office::on_both(|office| {
        let browser = office.join("Carys", &[]);
        let before = office.person("Carys");
        office.import(&small(FOUR)).expect(200);
        let after = office.person("Carys Bevan");
        assert_eq!(after["id"], before["id"]);
        assert_eq!(after["state"], "active");
        browser.get("/v1/me").expect(200);
        // Gone from the files, she is signed out; the administrator, who came by no import, is not.
        let without = FOUR
            .lines()
            .filter(|line| !line.starts_with("t1"))
            .collect::<Vec<_>>()
            .join("\n");
        let answer = office.import(&small(&without)).expect(200);
        assert_eq!(answer["left"]["staff"], 1);
        browser.get("/v1/me").expect(401);
        assert_eq!(office.person("Carys Bevan")["state"], "left");
        assert_eq!(office.person("Bashir")["state"], "active");
    });
}

#[test]
fn every_format_is_taken() {
    Office::on_both(|office| {
        for (name, added) in [
            (
                "sds-v1-uk",
                json!({ "pupils": 22, "staff": 2, "contacts": 0, "classes": 28 }),
            ),
            (
                "sds-v2.1",
                json!({ "pupils": 4, "staff": 2, "contacts": 2, "classes": 2 }),
            ),
        ] {
            let answer = office.import(&committed(name)).expect(200);
            assert_eq!(answer["added"], added, "{name}");
            assert_eq!(answer["refused"], json!([]), "{name}");
        }
    });
}

#[test]
fn no_password_of_the_files_reaches_the_database() {
    let office = Office::open(Engine::Sqlite);
    office.import(&small(FOUR)).expect(200);
    let folder = office.served.database().folder().to_owned();
    // What was imported is there to be found, so the scan looks in the right place.
    assert_ne!(Scanner::new(["hollybank"]).scan(&folder), []);
    assert_eq!(Scanner::new(["canarypassword"]).scan(&folder), []);
}

#[test]
fn only_an_administrator_may_import() {
    Office::on_both(|office| {
        let teacher = office.join("Aled", &[]);
        let answer = send(&teacher, "/v1/imports", &small(FOUR), &[]);
        assert_eq!(answer.expect(404)["type"], "/problems/not-found");
        assert_eq!(names(office, "mens"), [] as [&str; 0]);
    });
}

#[test]
fn too_large_a_zip_is_refused() {
    Office::on_both(|office| {
        let answer = office.import(&vec![0; 50 * 1024 * 1024 + 1]);
        assert_eq!(answer.expect(413)["max_bytes"], 50 * 1024 * 1024);
    });
}
