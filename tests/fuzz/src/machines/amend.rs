use authenticator::contract::AppendRollEntry;
use authenticator::{Amend, amend::Event, amend::State};
use protocol::compartments::Compartment;
use protocol::roll::{Body, Rights};

use super::school::{School, id, stage};
use super::{Play, entry, pin};

/// A device revoked or narrowed, a grant endorsed, a key retired, a rule set: what is signed is what was asked for.
pub fn amend(data: &[u8]) {
    let (choice, play) = Play::new(data, |_| School::new(99, 1));
    let narrow = Rights {
        compartments: [Compartment::PASTORAL].into(),
        ..Rights::default()
    };
    let pending = stage()
        .roll
        .device(id(6))
        .unwrap()
        .pending
        .as_ref()
        .unwrap();
    let rule = ("unknown-browsers".to_owned(), "bound".to_owned());
    let asked = || match choice % 6 {
        0 => Event::Revoke(id(2), pin()),
        1 => Event::Restrict(id(2), Box::new(narrow.clone()), pin()),
        2 => Event::Endorse(id(6), pin()),
        3 => Event::Retire(Compartment::PASTORAL, 1, pin()),
        4 => Event::Policy(rule.0.clone(), rule.1.clone(), pin()),
        // Which there is none of.
        _ => Event::Revoke(id(9), pin()),
    };
    let meant = match choice % 6 {
        0 => Body::Revoke(id(2)),
        1 => Body::Restrict(id(2), narrow.clone()),
        2 => Body::Endorse(pending.seq, pending.head),
        3 => Body::Retire(Compartment::PASTORAL, 1),
        4 => Body::Policy(rule.0.clone(), rule.1.clone()),
        _ => Body::Revoke(id(9)),
    };
    let mut machine = Amend::new(play.identity(1));
    play.run(&mut machine, asked());
    if machine.state() != State::Done {
        play.run(&mut machine, asked());
    }
    let is_done = machine.state() == State::Done;
    assert!(is_done || !play.is_honest || choice % 6 == 5);
    let machine = play.end(machine, |machine| machine.trouble().cloned(), None);
    assert!(is_done || machine.state() != State::Done);
    let sent = play.line.sent_to::<AppendRollEntry>("/v1/device/roll");
    assert!(!is_done || !sent.is_empty());
    for sent in sent {
        assert_eq!(entry(&sent.entry).body, meant);
        assert!(sent.wraps.is_empty());
    }
}
