use protocol::compartments::Compartment;
use protocol::roll::{Capability, Rights};
use serde_json::json;
use testkit::{TestApp, both_databases, limited_to};

use super::common::{common, holder, listed, school_of, told, wraps_of};

both_databases! {
    fn an_open_session_is_narrowed_from_its_next_request(app: TestApp) {
        let bashir = app.person("Bashir").phone();
        let phone = holder(&app, "Carys", bashir, common(&[Capability::Grant]));
        let year_nine = app.concern().about("Tomos Gale").raised_by("Aled").create();
        let year_five = app.concern().about("Ada Fennick").raised_by("Aled").create();
        let pastoral = app.concern().about("Ada Fennick").raised_by("Aled").kept_in("pastoral").create();
        let carys = app.browser_of("Carys");
        app.unlock(carys, &phone);
        assert_eq!(listed(carys).len(), 3);
        carys.get(&year_nine.path()).expect(200);

        let others = told(&app, "Bashir", "holders_changed");
        // Years, with the session open and the same access token.
        bashir.restrict(&phone, limited_to(&["5"]));
        let mut both = [pastoral.id.clone(), year_five.id.clone()];
        both.sort();
        assert_eq!(listed(carys), both);
        assert_eq!(carys.get(&year_nine.path()).problem(), "not-found");
        assert_eq!(carys.refresh().expect(200)["unlock"]["years"], json!(["5"]));
        assert_eq!(told(&app, "Carys", "granted"), 2);
        assert_eq!(told(&app, "Bashir", "holders_changed"), others + 1);

        // A compartment: its wraps are destroyed, and the session has it no more.
        let narrow = Rights { compartments: [Compartment::PASTORAL].into(), ..limited_to(&["5"]) };
        bashir.restrict(&phone, narrow.clone());
        assert_eq!(listed(carys), [pastoral.id.as_str()]);
        assert_eq!(carys.get(&year_five.path()).problem(), "not-found");
        carys.get(&pastoral.path()).expect(200);
        let device = phone.profile().device;
        assert_eq!(wraps_of(&app, school_of(bashir), device), [("pastoral".to_owned(), 1)]);

        // A category that the concern has not.
        let other = app.category("safeguarding").parse().expect("an id");
        let narrow = Rights { categories: Some([other].into()), ..narrow };
        bashir.restrict(&phone, narrow.clone());
        assert_eq!(listed(carys), Vec::<String>::new());
        assert_eq!(carys.get(&pastoral.path()).problem(), "not-found");

        // An end date: when it has come, she holds no key at all.
        let end = u64::try_from(app.now() + 600).expect("after 1970");
        bashir.restrict(&phone, Rights { expires: Some(end), ..narrow });
        carys.get("/v1/concerns").expect(200);
        app.pass(600);
        assert_eq!(carys.get("/v1/concerns").problem(), "not-found");
        assert_eq!(phone.wraps().problem(), "not-allowed");
    }

    fn nobody_restricts_without_the_right_and_nothing_is_ever_widened_by_it(app: TestApp) {
        let bashir = app.person("Bashir").phone();
        let dilys = app.person("Dilys").phone();
        let carys = holder(&app, "Carys", bashir, common(&[Capability::Grant, Capability::Revoke]));
        let before = told(&app, "Dilys", "granted");
        for (author, rights) in [
            // She may grant and revoke, but not restrict.
            (&carys, Rights { compartments: [Compartment::PASTORAL].into(), ..limited_to(&["5"]) }),
            // Wider in years, in compartments, in what it may do.
            (bashir, limited_to(&["5", "9"])),
            (bashir, common(&[])),
            (bashir, Rights { capabilities: [Capability::Export].into(), ..limited_to(&["5"]) }),
        ] {
            let tried = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| author.restrict(dilys, rights)));
            assert!(tried.is_err(), "restricted");
        }
        assert_eq!(told(&app, "Dilys", "granted"), before);
        // A holder may always give up their own.
        dilys.restrict(dilys, Rights { compartments: [Compartment::PASTORAL].into(), ..limited_to(&["5"]) });
        assert_eq!(dilys.wraps().expect(200)["wraps"].as_array().expect("a list").len(), 1);
    }
}
