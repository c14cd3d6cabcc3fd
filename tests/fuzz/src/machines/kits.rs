use authenticator::contract::{BeginKit, Bytes, CompleteKit, KitParts};
use authenticator::{NewKit, TestKit, new_kit, test_kit};
use protocol::kit::{KitPublicKeys, combine, open_part_a, open_part_b};
use protocol::roll::Body;
use zeroize::Zeroizing;

use super::school::{School, stage};
use super::{Play, entry, pin, printed, school_sheets};
use crate::app::shown;
use crate::keys::{SCHOOL, kit};

/// Three new sheets open everything that the school has, and it is their kit that is announced.
pub fn new_kit(data: &[u8]) {
    use new_kit::{Event, State};
    let (_, play) = Play::new(data, |_| School::new(99, 1));
    let mut machine = NewKit::new(play.identity(1));
    let mut sheets = None;
    play.run(&mut machine, Event::Start(pin()));
    play.run(&mut machine, Event::Start(pin()));
    if let State::Sheets { sheets: made, .. } = machine.state() {
        let made = sheets.insert(made.clone());
        for sheet in &*made {
            let end = sheet.last_four().to_string();
            play.run(&mut machine, Event::LastFour(sheet.number(), end));
        }
        play.run(&mut machine, Event::Finish);
        play.run(&mut machine, Event::Finish);
    }
    let is_ready = matches!(machine.state(), State::Ready);
    assert!(is_ready || !play.is_honest);
    let trouble = |machine: &NewKit| machine.trouble().cloned();
    let machine = play.end(machine, trouble, sheets.as_ref());
    assert!(is_ready || !matches!(machine.state(), State::Ready));
    let begun = play.line.sent_to::<BeginKit>("/v1/device/kit");
    let completed = play.line.sent_to::<CompleteKit>("/v1/device/kit/complete");
    let Some([one, other, _]) = sheets else {
        assert!(completed.is_empty() && !is_ready);
        return;
    };
    let made = combine(&one, &other).unwrap().keys().unwrap();
    let KitPublicKeys { kem, sign } = made.public();
    let begun = begun.last().unwrap();
    assert_eq!(begun.kit_kem_public_key, Bytes::from(kem.as_bytes()));
    assert_eq!(begun.kit_sign_public_key, Bytes::from(sign.as_bytes()));
    let opened = open_part_a(SCHOOL, made.kem(), &begun.part_a.0).unwrap();
    assert_eq!(opened.len(), stage().keys.len());
    assert!(opened.iter().all(|key| stage().keys.contains(key)));
    assert!(!is_ready || !completed.is_empty());
    let seen = play.line.read_before("/v1/device/wraps");
    for sent in completed {
        let entry = entry(&sent.entry);
        assert_eq!(entry.body, Body::Kit(made.public()));
        assert!(entry.after.length >= seen, "the roll has shrunk");
    }
}

/// Two sheets are said to work only if they opened everything that the school has.
pub fn test_kit(data: &[u8]) {
    use test_kit::{Event, State};
    let (choice, play) = Play::new(data, |_| School::new(99, 1));
    let mut machine = TestKit::new(play.identity(1));
    play.run(&mut machine, Event::Start);
    for text in two_sheets(choice) {
        play.run(&mut machine, Event::Sheets(text));
    }
    if !matches!(machine.state(), State::Works { .. }) {
        play.run(&mut machine, Event::Start);
        play.run(&mut machine, Event::Again);
    }
    if let State::Works { tested_on, .. } = machine.state() {
        shown(tested_on);
        let parts = play.line.answered_at::<KitParts>("/v1/device/kit/parts");
        let is_whole = |parts: &KitParts| {
            open_part_a(SCHOOL, kit().kem(), &parts.part_a.0)
                .is_ok_and(|keys| stage().keys.iter().all(|key| keys.contains(key)))
                && open_part_b(SCHOOL, kit().kem(), &parts.part_b.0).is_ok()
        };
        assert!(parts.iter().any(is_whole));
    }
    let works = matches!(machine.state(), State::Works { .. });
    assert!(works || !play.is_honest);
    let machine = play.end(machine, |machine| machine.trouble().cloned(), None);
    assert!(works || !matches!(machine.state(), State::Works { .. }));
}

/// Two sheets of the school's kit, one after the other or together.
pub(super) fn two_sheets(choice: u8) -> Vec<Zeroizing<String>> {
    let sheets = school_sheets();
    let [one, other] = match choice % 3 {
        0 => [0, 1],
        1 => [2, 0],
        _ => [1, 2],
    }
    .map(|at: usize| printed(&sheets[at]));
    match choice / 4 % 2 {
        0 => vec![one.into(), other.into()],
        _ => vec![format!("{one}\n\n{other}").into()],
    }
}
