use serde_json::json;

use crate::office::{FOUR, Office, small};

#[test]
fn everybody_is_listed_page_by_page() {
    Office::on_both(|office| {
        office.invite("Morag", &["administrator"]).expect(201);
        office.import(&small(FOUR)).expect(200);
        let first = office.admin.get("/v1/people?limit=2").expect(200);
        assert_eq!(first["items"].as_array().unwrap().len(), 2);
        let bashir = &first["items"][0];
        assert_eq!(bashir["name"], "Bashir");
        assert_eq!(bashir["roles"], json!(["reporter", "administrator"]));
        assert_eq!(bashir["key_holder"], false);
        let path = format!(
            "/v1/people?limit=2&after={}",
            first["next"].as_str().unwrap()
        );
        let second = office.admin.get(&path).expect(200);
        assert_eq!(second["items"].as_array().unwrap().len(), 1);
        assert_eq!(second["next"], json!(null));
        assert_ne!(second["items"][0]["id"], first["items"][1]["id"]);
    });
}

#[test]
fn a_teacher_cannot_tell_that_there_is_a_list() {
    Office::on_both(|office| {
        let teacher = office.join("Aled", &[]);
        assert_eq!(teacher.get("/v1/people").problem(), "not-found");
        assert_eq!(
            office.served.browser().get("/v1/people").problem(),
            "sign-in-required"
        );
    });
}

#[test]
fn a_cursor_of_another_list_is_refused() {
    Office::on_both(|office| {
        let answer = office.admin.get("/v1/people?after=x");
        assert_eq!(answer.expect(422)["errors"][0]["pointer"], "/after");
    });
}
