use authenticator::contract::{AppendRollEntry, SchoolDevices};
use authenticator::{GrantKey, grant::Event, grant::State};
use protocol::compartments::{Compartment, HeldKey};
use protocol::roll::{Body, Rights};

use super::school::{School, everything, id, member};
use super::{Play, assert_whole, entry, pin, unwrapped};
use crate::app::shown;
use crate::keys::{SCHOOL, device, waiting};

/// Keys are given to the device whose screen was looked at, and to no other; all of them, or none.
pub fn grant(data: &[u8]) {
    let (choice, play) = Play::new(data, |_| School::new(99, 1));
    let rights = match choice / 2 % 4 {
        0 => everything(),
        1 => Rights {
            compartments: [Compartment::PASTORAL].into(),
            years: Some(["9".to_owned()].into()),
            ..Rights::default()
        },
        2 => Rights {
            compartments: [Compartment::STAFF].into(),
            expires: Some(1_900_000_000),
            ..Rights::default()
        },
        _ => Rights::default(),
    };
    let keys = device(3);
    let by_words = choice % 2 == 0;
    let show = || match by_words {
        true => Event::Words(keys.public().words(SCHOOL).to_string()),
        false => Event::Link(waiting().to_link(&keys)),
    };
    let decide = || Event::Decide(Box::new(rights.clone()), pin());
    let mut machine = GrantKey::new(play.identity(1));
    for _ in 0..2 {
        for event in [Event::Start, show(), decide(), decide()] {
            play.run(&mut machine, event);
            if let State::Choosing(listed)
            | State::Deciding {
                choices: listed, ..
            } = machine.state()
            {
                assert_shown(listed);
            }
            if matches!(machine.state(), State::Granted { .. } | State::Failed) {
                break;
            }
        }
        if machine.state() != &State::Failed {
            break;
        }
    }
    let is_granted = matches!(machine.state(), State::Granted { .. });
    assert!(is_granted || !play.is_honest);
    let machine = play.end(machine, |machine| machine.trouble().cloned(), None);
    assert!(is_granted || !matches!(machine.state(), State::Granted { .. }));
    let sent = play.line.sent_to::<AppendRollEntry>("/v1/device/roll");
    assert!(!is_granted || !sent.is_empty());
    for sent in sent {
        let Body::Grant(given) = entry(&sent.entry).body else {
            panic!("another entry than a grant");
        };
        assert_eq!((given.keys, &given.rights), (keys.public(), &rights));
        // Six words say nothing of whose device it is; what the other screen shows does.
        assert!(by_words || (given.device, given.member) == (id(3), member(3)));
        let wrapped: Vec<HeldKey> = sent
            .wraps
            .iter()
            .map(|one| {
                assert_eq!(one.device, given.device);
                let to = (one.device, &keys);
                unwrapped(to, &one.compartment, one.generation, &one.wrap)
            })
            .collect();
        assert_whole(&wrapped, &rights.compartments);
    }
}

fn assert_shown(listed: &SchoolDevices) {
    for device in &listed.items {
        shown(&device.member_name);
        shown(&device.name);
        shown(&device.store_kind);
    }
    listed.years.iter().for_each(|year| shown(year));
    listed.categories.iter().for_each(|kind| shown(&kind.name));
}
