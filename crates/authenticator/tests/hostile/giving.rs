//! A hostile server where keys are given on: it keeps one back.

use authenticator::{Rotate, Trouble, grant, rotate};
use protocol::compartments::Compartment;

use crate::common::{School, enrol as enrol_device, grant_by_words, pin, rights, set_up};

#[test]
fn a_grant_brings_every_key_that_is_in_use_or_is_not_made() {
    let school = School::new();
    let first = set_up(&school);
    let mut machine = Rotate::new(first.identity());
    let begin = rotate::Event::Begin(Compartment::PASTORAL, pin());
    first.driver().run(&mut machine, begin);
    assert_eq!(machine.trouble(), None);
    let (_second, words) = enrol_device(&school, 2);
    for generation in [1, 2] {
        school.tamper.replace(Some(Box::new(move |call, mut body| {
            if call.target == "/v1/device/wraps" {
                body["wraps"].as_array_mut().unwrap().retain(|wrap| {
                    wrap["compartment"] != "pastoral" || wrap["generation"] != generation
                });
            }
            body
        })));
        let machine = grant_by_words(&first, words, rights(&[Compartment::PASTORAL]));
        assert_eq!(
            machine.trouble(),
            Some(&Trouble::Suspicious(
                "the server kept back a key that this device should hold"
            )),
            "without the key number {generation}"
        );
    }
    school.tamper.replace(None);
    let machine = grant_by_words(&first, words, rights(&[Compartment::PASTORAL]));
    assert!(matches!(machine.state(), grant::State::Granted { .. }));
}
