use authenticator::{Enrol, Trouble, enrol::Event, enrol::State};
use protocol::device::DevicePayload;
use protocol::links::Purpose;
use protocol::roll::StoreKind;

use super::school::{School, member};
use super::setup::link;
use super::{Play, pin};
use crate::app::shown;
use crate::keys::SCHOOL;

/// A further device shows its own keys, and believes that it holds any only if the roll says so.
pub fn enrol(data: &[u8]) {
    let (choice, play) = Play::new(data, |_| School::new(99, 3));
    let mut machine = Enrol::new("Phone", StoreKind::Memory);
    let url = link(&play.line.school, Purpose::Enrol(member(3)));
    play.run(&mut machine, Event::Link(url));
    play.run(&mut machine, Event::Pin(pin()));
    play.run(&mut machine, Event::Pin(pin()));
    for turn in 0..3 {
        if let State::Waiting {
            school_name,
            link,
            words,
        } = machine.state()
        {
            shown(school_name);
            let payload = DevicePayload::from_link(link).unwrap();
            let keys = machine.identity().unwrap().keys().public();
            assert_eq!((payload.school, payload.member), (SCHOOL, member(3)));
            assert_eq!((payload.keys, *words), (keys, keys.words(SCHOOL)));
            // Somebody grants it before it looks, or after it has looked, or never.
            if turn == choice % 4 {
                play.line.school.grant();
            }
            play.run(&mut machine, Event::Look);
        }
    }
    let is_ready = match machine.state() {
        State::Ready { school_name, .. } => {
            shown(school_name);
            assert!(play.line.school.holds());
            true
        }
        _ => false,
    };
    assert!(is_ready || !play.is_honest || choice % 4 == 3);
    if let Some(Trouble::Suspicious(_)) = machine.trouble() {
        assert!(!machine.identity().unwrap().profile.granted);
    }
    let machine = play.end(machine, |machine| machine.trouble().cloned(), None);
    assert_eq!(is_ready, matches!(machine.state(), State::Ready { .. }));
}
