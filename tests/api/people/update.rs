use serde_json::json;
use testkit::at_once;

use crate::office::Office;

fn path(office: &Office, name: &str) -> String {
    format!("/v1/people/{}", office.person(name)["id"].as_str().unwrap())
}

#[test]
fn whoever_has_left_is_signed_out_at_once_and_may_come_back() {
    Office::on_both(|office| {
        let teacher = office.join("Aled", &[]);
        teacher.get("/v1/me").expect(200);
        let path = path(office, "Aled");
        let answer = office
            .admin
            .patch(&path, &json!({ "state": "left" }))
            .expect(200);
        assert_eq!(answer["state"], "left");
        teacher.get("/v1/me").expect(401);
        let answer = office
            .admin
            .patch(&path, &json!({ "state": "active" }))
            .expect(200);
        assert_eq!(answer["state"], "active");
    });
}

#[test]
fn somebody_without_a_password_cannot_be_made_active() {
    Office::on_both(|office| {
        office.invite("Aled", &[]).expect(201);
        let answer = office
            .admin
            .patch(&path(office, "Aled"), &json!({ "state": "active" }));
        assert_eq!(answer.expect(200)["state"], "invited");
    });
}

#[test]
fn a_school_keeps_an_administrator_who_can_sign_in() {
    Office::on_both(|office| {
        let path = path(office, "Bashir");
        for body in [json!({ "roles": [] }), json!({ "state": "left" })] {
            let answer = office.admin.patch(&path, &body).expect(422);
            assert_eq!(answer["errors"][0]["pointer"], "/roles");
        }
        // An invited one cannot sign in yet.
        office.invite("Morag", &["administrator"]).expect(201);
        office
            .admin
            .patch(&path, &json!({ "roles": [] }))
            .expect(422);
        office.join("Gwen", &["administrator"]);
        let answer = office
            .admin
            .patch(&path, &json!({ "roles": [] }))
            .expect(200);
        assert_eq!(answer["roles"], json!(["reporter"]));
        // The role was the caller's own: from now on there is no list.
        assert_eq!(office.admin.get("/v1/people").problem(), "not-found");
    });
}

#[test]
fn two_administrators_cannot_both_give_the_role_up_at_the_same_moment() {
    Office::on_both(|office| {
        let gwen = office.join("Gwen", &["administrator"]);
        let paths = [path(office, "Bashir"), path(office, "Gwen")];
        for _ in 0..4 {
            let given_up = at_once(2, |who| {
                let browser = [&office.admin, &gwen][who];
                browser.patch(&paths[who], &json!({ "roles": [] })).status
            });
            let mut sorted = given_up.clone();
            sorted.sort_unstable();
            assert_eq!(sorted, [200, 422]);
            // Whoever kept it gives it to the other again.
            let (kept, other) = match given_up[0] {
                422 => (&office.admin, &paths[1]),
                _ => (&gwen, &paths[0]),
            };
            let back = json!({ "roles": ["administrator"] });
            kept.patch(other, &back).expect(200);
        }
    });
}

#[test]
fn whoever_leaves_while_their_name_is_mended_has_left() {
    Office::on_both(|office| {
        for name in ["Aled", "Dilys", "Idris", "Morag"] {
            office.join(name, &[]);
            let path = path(office, name);
            let changes = [json!({ "state": "left" }), json!({ "name": "Aled Rhys" })];
            for answer in at_once(2, |which| office.admin.patch(&path, &changes[which])) {
                answer.expect(200);
            }
            let everybody = office.people();
            let id = path.rsplit('/').next().unwrap();
            let person = everybody.iter().find(|person| person["id"] == id).unwrap();
            assert_eq!(
                (&person["state"], &person["name"]),
                (&json!("left"), &json!("Aled Rhys"))
            );
        }
    });
}

#[test]
fn what_is_not_said_stays() {
    Office::on_both(|office| {
        office.invite("Aled", &["auditor"]).expect(201);
        let answer = office
            .admin
            .patch(&path(office, "Aled"), &json!({ "name": "Aled Rhys" }));
        let answer = answer.expect(200);
        assert_eq!(answer["name"], "Aled Rhys");
        assert_eq!(answer["roles"], json!(["reporter", "auditor"]));
        assert_eq!(answer["state"], "invited");
    });
}

#[test]
fn nobody_is_found_by_an_id_that_is_not_here() {
    Office::on_both(|office| {
        for id in [
            "mem_00000000000000000000000000000000",
            "mem_x",
            "con_00000000000000000000000000000000",
        ] {
            let answer = office.admin.patch(&format!("/v1/people/{id}"), &json!({}));
            assert_eq!(answer.problem(), "not-found", "{id}");
        }
        let teacher = office.join("Aled", &[]);
        let answer = teacher.patch(
            &path(office, "Aled"),
            &json!({ "roles": ["administrator"] }),
        );
        assert_eq!(answer.problem(), "not-found");
    });
}

#[test]
fn a_role_that_stands_twice_is_refused_and_so_is_a_list_of_fields() {
    Office::on_both(|office| {
        office.join("Aled", &[]);
        let path = path(office, "Aled");
        let twice = json!({ "roles": ["auditor", "auditor"] });
        let refused = office.admin.patch(&path, &twice);
        assert_eq!(refused.status, 422);
        assert_eq!(refused.json()["errors"][0]["pointer"], "/roles");
        let invited = json!({ "name": "Rhys", "email": "r@hollybank.example", "roles": ["auditor", "auditor"] });
        office.admin.post("/v1/people", &invited).expect(422);
        let fields = json!(["Rhys", "r@hollybank.example", []]);
        office.admin.post("/v1/people", &fields).expect(422);
        assert_eq!(office.person("Aled")["roles"], json!(["reporter"]));
    });
}
