use serde_json::{Value, json};
use testkit::Client;

use crate::office::{FOUR, Office, small};

fn find(browser: &Client, letters: &str) -> Vec<Value> {
    let answer = browser.post("/v1/pupil-lookups", &json!({ "letters": letters }));
    answer.expect(200)["items"].as_array().unwrap().clone()
}

#[test]
fn a_teacher_finds_a_pupil_by_either_name() {
    Office::on_both(|office| {
        office.import(&small(FOUR)).expect(200);
        let teacher = office.join("Aled", &[]);
        for letters in ["zo", "ZOË", "o’n", "zoe o", "O'Neill Zoë"] {
            let found = find(&teacher, letters);
            assert_eq!(found.len(), 1, "{letters}");
            // The name and the class, and nothing else.
            let keys: Vec<_> = found[0].as_object().unwrap().keys().collect();
            assert_eq!(keys, ["class_name", "id", "name"]);
            assert_eq!(found[0]["name"], "Zoë O'Neill");
            assert_eq!(found[0]["class_name"], "Owls");
        }
        // Neither the middle of a name nor a pattern finds anybody; parents and staff are not pupils.
        for letters in ["neill", "__", "%o", "zoe x", "siân", "carys"] {
            let answer = teacher.post("/v1/pupil-lookups", &json!({ "letters": letters }));
            let nobody = answer.status == 422 || answer.json()["items"] == json!([]);
            assert!(nobody, "{letters}: {answer}");
        }
    });
}

#[test]
fn one_letter_finds_nobody() {
    Office::on_both(|office| {
        for letters in ["", "z", " z ", "%%"] {
            let answer = office
                .admin
                .post("/v1/pupil-lookups", &json!({ "letters": letters }));
            let problem = answer.expect(422);
            assert_eq!(problem["errors"][0]["pointer"], "/letters");
            assert_eq!(
                problem["errors"][0]["detail"],
                "type at least two letters of the name"
            );
        }
    });
}

#[test]
fn nobody_leafs_through_the_school() {
    Office::on_both(|office| {
        let users: String = (0..40)
            .map(|number| format!("n{number},active,true,s1,student,Anna,Ash{number:02},,,,,05,\n"))
            .collect();
        office.import(&small(&users)).expect(200);
        let found = find(&office.admin, "an");
        assert_eq!(found.len(), 20);
        assert_eq!(found[0]["name"], "Anna Ash00");
        assert_eq!(find(&office.admin, "anna ash39").len(), 1);
    });
}

#[test]
fn a_stranger_finds_nobody() {
    Office::on_both(|office| {
        let stranger = office.served.browser();
        let answer = stranger.post("/v1/pupil-lookups", &json!({ "letters": "an" }));
        assert_eq!(answer.problem(), "sign-in-required");
    });
}
