use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use domain::ConcernId;
use protocol::compartments::{Compartment, HeldKey};
use protocol::records::{FileKey, InboxContext, RecordRef, ServerPsk, open_inbox};
use protocol::roll::Capability;
use protocol::wrap::{self, WrapContext};
use serde_json::json;
use testkit::{Phone, Served, TestApp, both_databases};
use ureq::http::Method;

use super::common::{common, holder, school_of, sealed_key, told, wraps_of};

/// What a phone keeps who writes down every key that it was ever handed.
pub(super) fn hoard(phone: &Phone) -> Vec<HeldKey> {
    let identity = phone.identity();
    let answer = phone.wraps().expect(200);
    let wraps = answer["wraps"].as_array().expect("a list").clone();
    wraps
        .iter()
        .map(|row| {
            let context = WrapContext {
                school: identity.profile.school,
                compartment: row["compartment"]
                    .as_str()
                    .expect("a name")
                    .parse()
                    .expect("a compartment"),
                generation: u32::try_from(row["generation"].as_u64().expect("a number"))
                    .expect("small"),
                device: identity.profile.device,
            };
            let sealed = BASE64
                .decode(row["wrap"].as_str().expect("a wrap"))
                .expect("base64url");
            wrap::open(&context, identity.keys().kem(), &sealed).expect("its own wrap")
        })
        .collect()
}

/// Whether any hoarded key opens what lies in the database of this concern, with this guess at the server's
/// half.
pub(super) fn opens(
    app: &Served,
    hoard: &[HeldKey],
    phone: &Phone,
    id: &str,
    psk: &ServerPsk,
) -> bool {
    let school = school_of(phone);
    let (generation, _, sealed) = sealed_key(app, school, id);
    let record = RecordRef::new(school, id.parse::<ConcernId>().expect("an id"), 1);
    hoard.iter().any(|key| {
        // Under whatever generation the row says: the key might be good for it all the same.
        let context = InboxContext {
            school,
            compartment: key.compartment.clone(),
            generation: u32::try_from(generation).expect("positive"),
            psk_generation: 1,
        };
        let pair = key.secret.key_pair().expect("a pair");
        open_inbox(&context, &pair, psk, &record, &sealed).is_ok()
            || FileKey::derive(&context, &key.secret, psk)
                .expect("a key")
                .unwrap(&record, &sealed)
                .is_ok()
    })
}

/// The server's half as it is in the tests: only to show what it alone protects.
fn real_psk(phone: &Phone) -> ServerPsk {
    ServerPsk::derive(&[0x5a; 32], school_of(phone), 1)
}

both_databases! {
    fn a_revoked_device_loses_sessions_requests_and_wraps_at_once_and_everybody_is_told(app: TestApp) {
        let bashir = app.person("Bashir").phone();
        let phone = holder(&app, "Carys", bashir, common(&[Capability::Grant]));
        let carys = app.browser_of("Carys");
        app.unlock(carys, &phone);
        carys.get("/v1/concerns").expect(200);
        // Another browser of hers has claimed and waits to be handed the keys.
        let second = app.browser();
        second.sign_in(&app.person("Carys").email, testkit::PASSWORD).expect(200);
        let waiting = second.post("/v1/unlocks", &json!({})).expect(201);
        let device = phone.profile().device;
        assert_eq!(wraps_of(&app, school_of(bashir), device).len(), 2);
        let before = ["Bashir", "Dilys"].map(|name| told(&app, name, "holders_changed"));

        bashir.revoke(&phone);

        assert_eq!(carys.get("/v1/concerns").problem(), "not-found");
        let path = format!("/v1/unlocks/{}", waiting["id"].as_str().expect("an id"));
        assert_eq!(second.get(&path).expect(200)["state"], "locked");
        assert_eq!(wraps_of(&app, school_of(bashir), device), []);
        assert_eq!(told(&app, "Carys", "revoked"), 1);
        for (name, before) in ["Bashir", "Dilys"].into_iter().zip(before) {
            assert_eq!(told(&app, name, "holders_changed"), before + 1);
        }
        assert_eq!(carys.post("/v1/unlocks", &json!({})).problem(), "no-granted-device");
        for (method, target) in [
            (Method::GET, "/v1/device"),
            (Method::GET, "/v1/device/roll"),
            (Method::GET, "/v1/device/unlocks"),
            (Method::GET, "/v1/device/rotations"),
        ] {
            assert_eq!(phone.ask(method, target, None).problem(), "device-refused");
        }
        // For ever: the roll takes no new grant of it.
        let again = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| bashir.grant(&phone, common(&[]))));
        assert!(again.is_err(), "granted again");
    }

    fn a_revoked_device_with_its_old_wraps_and_the_database_opens_nothing_new(app: TestApp) {
        let bashir = app.person("Bashir").phone();
        let phone = holder(&app, "Carys", bashir, common(&[]));
        let old = app.concern().raised_by("Aled").create();
        let hoarded = hoard(&phone);
        bashir.revoke(&phone);
        let new = app.concern().raised_by("Aled").create();

        // The keys it kept need the server's half, which is in no database.
        let guess = ServerPsk::from_bytes([7; 32]);
        for concern in [&old, &new] {
            assert!(!opens(&app, &hoarded, bashir, &concern.id, &guess));
        }
        // That half is all that stands between until the key is rotated: with it the test can fail.
        assert!(opens(&app, &hoarded, bashir, &new.id, &real_psk(bashir)));

        bashir.rotate(Compartment::SAFEGUARDING);
        let newer = app.concern().raised_by("Aled").create();
        assert!(!opens(&app, &hoarded, bashir, &newer.id, &real_psk(bashir)));
        let lead = app.unlocked("Bashir");
        assert_eq!(lead.post("/v1/rewraps", &json!({})).expect(200)["more"], false);
        for concern in [&old, &new, &newer] {
            assert!(!opens(&app, &hoarded, bashir, &concern.id, &real_psk(bashir)));
            lead.get(&concern.path()).expect(200);
        }
    }

    fn a_holder_takes_their_own_lost_device_off(app: TestApp) {
        let bashir = app.person("Bashir").phone();
        let phone = holder(&app, "Carys", bashir, common(&[]));
        let other = holder(&app, "Carys", bashir, common(&[]));
        // Each device may end itself; another's needs the right.
        let tried = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| other.revoke(&phone)));
        assert!(tried.is_err(), "revoked without the right");
        phone.revoke(&phone);
        let own = other.ask(Method::GET, "/v1/device", None).expect(200);
        assert_eq!(own["state"], "granted");
    }
}
