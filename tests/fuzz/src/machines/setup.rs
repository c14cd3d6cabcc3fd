use authenticator::contract::{BeginKeySetup, CompleteKeySetup};
use authenticator::{Identity, Setup, setup::Event, setup::State};
use protocol::kit::{combine, open_part_a};
use protocol::links::{Link, LinkToken, Purpose};
use protocol::roll::{Body, StoreKind};

use super::school::School;
use super::{Play, entry, pin, unwrapped};
use crate::app::{first_profile, shown};
use crate::keys::SCHOOL;

/// A link of the school's page.
pub(super) fn link(school: &School, purpose: Purpose) -> String {
    let link = Link {
        purpose,
        origin: first_profile().origin,
        school: SCHOOL,
        server_pin: school.server().pin(),
        token: LinkToken::from_bytes([4; 16]),
    };
    link.to_url()
}

/// A first device begins its roll with the pinned server and the kit of its sheets, and keeps every key.
pub fn setup(data: &[u8]) {
    let (_, play) = Play::new(data, |_| School::new(99, 1));
    let mut machine = Setup::new("Phone", StoreKind::Memory);
    let url = link(&play.line.school, Purpose::Setup);
    let mut sheets = None;
    for event in [Event::Link(url), Event::Pin(pin()), Event::Retry] {
        play.run(&mut machine, event);
    }
    if let State::Sheets {
        sheets: made,
        school_name,
        ..
    } = machine.state()
    {
        shown(school_name);
        let made = sheets.insert(made.clone());
        for sheet in &*made {
            let end = sheet.last_four().to_string();
            play.run(&mut machine, Event::LastFour(sheet.number(), end));
        }
        play.run(&mut machine, Event::Finish);
        play.run(&mut machine, Event::Retry);
    }
    let is_ready = matches!(machine.state(), State::Ready(_));
    assert!(is_ready || !play.is_honest);
    let trouble = |machine: &Setup| machine.trouble().cloned();
    let machine = play.end(machine, trouble, sheets.as_ref());
    assert_eq!(is_ready, matches!(machine.state(), State::Ready(_)));
    let begun = play.line.sent_to::<BeginKeySetup>("/v1/device/setup");
    let completed = play
        .line
        .sent_to::<CompleteKeySetup>("/v1/device/setup/complete");
    let Some([one, other, _]) = sheets else {
        assert!(completed.is_empty() && !is_ready);
        return;
    };
    let kit = combine(&one, &other).unwrap().keys().unwrap();
    let begun = begun.last().unwrap();
    let in_kit = open_part_a(SCHOOL, kit.kem(), &begun.part_a.0).unwrap();
    let identity = Identity::load(&play.profiles, &play.keys).unwrap().unwrap();
    let own = (identity.profile.device, identity.keys());
    for sent in completed {
        let Body::Genesis(genesis) = entry(&sent.genesis.entry).body else {
            panic!("another entry than a genesis");
        };
        assert_eq!(genesis.server, play.line.school.server());
        assert_eq!((genesis.kit, genesis.device), (kit.public(), own.0));
        assert_eq!(genesis.keys, identity.keys().public());
        assert_eq!(sent.wraps.len(), genesis.compartments.len());
        for (compartment, public) in &genesis.compartments {
            let named = |name: &String| name == compartment.name();
            let one = sent
                .wraps
                .iter()
                .find(|one| named(&one.compartment))
                .unwrap();
            let key = unwrapped(own, &one.compartment, one.generation, &one.wrap);
            assert_eq!(&key.secret.key_pair().unwrap().public(), public);
            assert!(in_kit.contains(&key));
        }
    }
}
