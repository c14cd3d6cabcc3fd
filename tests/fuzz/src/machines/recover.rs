use authenticator::contract::{KitParts, RecoverDevice};
use authenticator::{Recover, recover::Event, recover::State};
use protocol::compartments::HeldKey;
use protocol::roll::{Body, Entry, Rights};

use super::kits::two_sheets;
use super::school::{School, grant, id, member, stage};
use super::{Play, entry, pin, unwrapped};
use crate::app::shown;
use crate::keys::device;

/// Two sheets give the device that lies there its keys, and nobody else anything.
pub fn recover(data: &[u8]) {
    // Where the server was restored it is another than the roll names.
    let was_restored = |choice: u8| choice & 8 != 0;
    let (choice, play) = Play::new(data, |choice| {
        School::new(if was_restored(choice) { 98 } else { 99 }, 7)
    });
    let gone = match choice & 16 {
        0 => Vec::new(),
        _ => vec![id(1)],
    };
    let mut machine = Recover::new(play.identity(7));
    for _ in 0..2 {
        if *machine.state() == State::Idle {
            play.run(&mut machine, Event::Start);
        }
    }
    let is_other = *machine.state() == State::OtherServer;
    if is_other {
        assert!(
            play.line
                .sent
                .borrow()
                .iter()
                .all(|call| call.body.is_empty())
        );
        play.run(&mut machine, Event::ServerWasRestored);
    }
    for text in two_sheets(choice) {
        play.run(&mut machine, Event::Sheets(text));
    }
    play.run(&mut machine, Event::Again);
    for _ in 0..2 {
        if let State::Deciding { devices } = machine.state() {
            for device in devices {
                shown(&device.name);
                shown(&device.state);
            }
            play.run(&mut machine, Event::Decide(gone.clone(), pin()));
        }
    }
    let is_ready = match machine.state() {
        State::Ready { new_kit_by, .. } => {
            shown(new_kit_by);
            assert!(play.line.school.holds());
            true
        }
        _ => false,
    };
    assert!(is_ready || !play.is_honest);
    let machine = play.end(machine, |machine| machine.trouble().cloned(), None);
    assert!(is_ready || !matches!(machine.state(), State::Ready { .. }));
    let asked = play.line.answered_at::<KitParts>("/v1/device/kit/parts");
    let asked = asked.iter().any(|parts| parts.wants_psks);
    let seen = play.line.read_before("/v1/device/kit/parts");
    for sent in play.line.sent_to::<RecoverDevice>("/v1/device/recovery") {
        assert!(asked || sent.psks.is_empty());
        let keys: Vec<HeldKey> = sent
            .wraps
            .iter()
            .map(|one| {
                let to = (id(7), &device(7));
                unwrapped(to, &one.compartment, one.generation, &one.wrap)
            })
            .collect();
        assert!(keys.iter().all(|key| stage().keys.contains(key)));
        let held = keys.iter().map(|key| key.compartment.clone()).collect();
        let mut meant = Vec::new();
        if is_other {
            meant.push(Body::ServerKey(play.line.school.server()));
        }
        let mut own = grant(7, Rights::unlimited(held));
        (own.member, own.store_kind) = (member(1), "memory".parse().unwrap());
        meant.push(Body::Grant(own));
        meant.extend(gone.iter().copied().map(Body::Revoke));
        let entries: Vec<Entry> = sent.entries.iter().map(|sent| entry(&sent.entry)).collect();
        let bodies: Vec<Body> = entries.iter().map(|entry| entry.body.clone()).collect();
        assert_eq!(bodies, meant);
        assert!(entries[0].after.length >= seen, "the roll has shrunk");
    }
}
