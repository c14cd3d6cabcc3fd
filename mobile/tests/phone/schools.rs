//! One app with the keys of two schools.

use std::sync::{Arc, Mutex};

use authenticator::{Call, MemoryProfile, Outcome, ProfileStore as _, Transport};
use domain::{FixedClock, SchoolId, SeededEntropy, Timestamp};
use mobile::Device;
use protocol::links::Purpose;

use super::school::{NOW, School};
use super::{Line, Phone, choose_pin, open, print_sheets, set_up_in_app};

/// Two schools' servers; both may be at one address, which knows by the device's signature whose it is.
struct Lines {
    lines: Vec<Arc<Line>>,
    profile: Arc<MemoryProfile>,
}

impl Transport for Lines {
    fn send(&self, call: &Call) -> Outcome {
        let in_use = self.profile.load().unwrap().unwrap();
        assert_eq!(call.origin, in_use.origin);
        let of = self.lines.iter().find(|line| {
            let school = line.0.lock().unwrap();
            school.id == in_use.school
        });
        of.unwrap().send(call)
    }
}

/// One app with the keys of two schools, the first of which is in use.
pub(crate) fn at_two_schools(origin: &str) -> (Phone, Phone, Device) {
    let first = Phone::new(School::new());
    set_up_in_app(&first);
    let mut other = School::at(origin);
    other.id = SchoolId::from_bytes([0x52; 16]);
    let second = Phone {
        line: Arc::new(Line(Mutex::new(other))),
        ..first.another()
    };
    let device = |transport: Arc<dyn Transport + Send + Sync>| {
        Device::of_parts(
            first.keys.clone(),
            first.profile.clone(),
            transport,
            Arc::new(FixedClock::at(Timestamp::from_seconds(NOW))),
            Arc::new(SeededEntropy::new([44; 32])),
        )
    };
    let second = Phone {
        keys: first.keys.clone(),
        profile: first.profile.clone(),
        device: device(second.line.clone()),
        ..second
    };
    let link = second.school().link(Purpose::Setup);
    let lines = device(Arc::new(Lines {
        lines: vec![first.line.clone(), second.line.clone()],
        profile: first.profile.clone(),
    }));
    let mut window = open(&second.device);
    window.press("go-schools");
    window.press("add-school");
    window.fill("link", &link);
    window.press("continue");
    choose_pin(&mut window);
    print_sheets(&mut window);
    assert!(window.says("Your key is ready"), "{}", window.html());
    window.press("go-schools");
    window.press("school-1");
    assert_eq!(
        first.profile.load().unwrap().unwrap().school,
        first.school().id
    );
    (first, second, lines)
}
