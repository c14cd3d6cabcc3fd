//! Slot codes: the paper opens its own slot, once typed without a slip, and nothing else does.

use domain::{DeviceId, MemberId, SchoolId, SeededEntropy};
use proptest::prelude::*;
use protocol::Error;
use protocol::approve::Bundle;
use protocol::compartments::{Compartment, CompartmentSecret, HeldKey};
use protocol::slots::{CHARACTERS, MistypedCode, SealedSlot, Slot, SlotCode, Terms, seal};

fn entropy(seed: u8) -> SeededEntropy {
    SeededEntropy::new([seed; 32])
}

fn terms() -> Terms {
    Terms {
        slot: Slot {
            school: SchoolId::from_bytes([1; 16]),
            member: MemberId::from_bytes([2; 16]),
            device: DeviceId::from_bytes([3; 16]),
            number: 4,
        },
        compartments: vec![Compartment::PASTORAL, Compartment::SAFEGUARDING],
        session_seconds: 14_400,
    }
}

/// Slots that differ from this one in one thing.
fn other_slots(right: Slot) -> [Slot; 4] {
    [
        Slot {
            school: SchoolId::from_bytes([9; 16]),
            ..right
        },
        Slot {
            member: MemberId::from_bytes([9; 16]),
            ..right
        },
        Slot {
            device: DeviceId::from_bytes([9; 16]),
            ..right
        },
        Slot { number: 5, ..right },
    ]
}

fn bundle(seed: u8) -> Bundle {
    let (secret, _) = CompartmentSecret::new_pair(&entropy(seed));
    Bundle::new(vec![HeldKey {
        compartment: Compartment::SAFEGUARDING,
        generation: 2,
        secret,
    }])
}

fn open(code: &SlotCode, terms: &Terms, sealed: &SealedSlot) -> Result<Bundle, Error> {
    code.secret(&terms.slot)
        .open_bundle(&terms.hash(), &sealed.bundle)
}

proptest! {
    #[test]
    fn a_code_opens_its_own_slot_and_nothing_else(seed in any::<u8>(), bit in any::<usize>()) {
        let entropy = entropy(seed);
        let (code, other) = (SlotCode::generate(&entropy), SlotCode::generate(&entropy));
        let (terms, bundle) = (terms(), bundle(seed));
        let sealed = seal(&code, &terms, &bundle, &entropy).unwrap();
        prop_assert_eq!(open(&code, &terms, &sealed), Ok(bundle.clone()));
        prop_assert_eq!(code.secret(&terms.slot).pair().public(), sealed.session_key);

        // Another code, and the right one in another slot, at another device, another person's, elsewhere.
        prop_assert_eq!(open(&other, &terms, &sealed), Err(Error::DoesNotOpen));
        for slot in other_slots(terms.slot) {
            let moved = Terms { slot, ..terms.clone() };
            prop_assert_eq!(open(&code, &moved, &sealed), Err(Error::DoesNotOpen));
            // The secret differs, and so does what is signed for: either alone would do.
            prop_assert_ne!(code.secret(&slot), code.secret(&terms.slot));
            prop_assert_ne!(moved.hash(), terms.hash());
            let half = code.secret(&terms.slot).open_bundle(&moved.hash(), &sealed.bundle);
            prop_assert_eq!(half, Err(Error::DoesNotOpen));
        }
        // Terms that were changed after the device had decided them.
        for changed in [
            Terms { session_seconds: terms.session_seconds + 1, ..terms.clone() },
            Terms { compartments: vec![Compartment::STAFF], ..terms.clone() },
        ] {
            prop_assert_eq!(open(&code, &changed, &sealed), Err(Error::DoesNotOpen));
        }
        let mut spoilt = sealed;
        let bits = spoilt.bundle.ciphertext.len() * 8;
        spoilt.bundle.ciphertext[bit % bits / 8] ^= 1 << (bit % 8);
        prop_assert!(open(&code, &terms, &spoilt).is_err());
    }

    #[test]
    fn what_finds_a_slot_is_of_one_code_one_person_and_one_school(seed in any::<u8>()) {
        let entropy = entropy(seed);
        let (code, other) = (SlotCode::generate(&entropy), SlotCode::generate(&entropy));
        let Slot { school, member, .. } = terms().slot;
        let reference = code.reference(school, member);
        prop_assert_ne!(other.reference(school, member), reference);
        prop_assert_ne!(code.reference(SchoolId::from_bytes([9; 16]), member), reference);
        prop_assert_ne!(code.reference(school, MemberId::from_bytes([9; 16])), reference);
        // It is not what the database keeps of the cookie either.
        prop_assert_ne!(code.secret(&terms().slot).reference(), reference);
    }

    #[test]
    fn a_code_reads_back_however_it_is_written(seed in any::<[u8; 32]>()) {
        let code = SlotCode::generate(&SeededEntropy::new(seed));
        let text = code.text();
        prop_assert_eq!(text.replace(' ', "").len(), CHARACTERS);
        for written in [
            text.to_string(),
            text.to_lowercase(),
            text.replace(' ', ""),
            text.replace(' ', "-"),
            text.replace('1', "l").replace('0', "o"),
        ] {
            prop_assert_eq!(SlotCode::parse(&written), Ok(code.clone()));
        }
    }

    #[test]
    fn one_wrong_character_and_two_exchanged_are_slips(
        seed in any::<[u8; 32]>(),
        at in 0..CHARACTERS,
        with in 0..CHARACTERS,
        other in proptest::char::ranges(vec!['0'..='9', 'A'..='H', 'P'..='T'].into()),
    ) {
        let text = SlotCode::generate(&SeededEntropy::new(seed)).text().replace(' ', "");
        let mut wrong: Vec<char> = text.chars().collect();
        wrong[at] = other;
        let mut exchanged: Vec<char> = text.chars().collect();
        exchanged.swap(at, with);
        for typed in [wrong, exchanged] {
            let typed: String = typed.into_iter().collect();
            if typed != text {
                prop_assert_eq!(SlotCode::parse(&typed), Err(MistypedCode::Slip));
            }
        }
    }

    #[test]
    fn no_text_that_is_no_code_is_taken_for_one(text in "\\PC{0,40}") {
        if let Ok(code) = SlotCode::parse(&text) {
            let again = code.text();
            prop_assert_eq!(SlotCode::parse(&again), Ok(code));
        }
    }
}

#[test]
fn a_code_that_is_too_long_or_too_short_is_told_so() {
    let text = SlotCode::generate(&entropy(1)).text().replace(' ', "");
    assert_eq!(
        SlotCode::parse(&text[..CHARACTERS - 1]),
        Err(MistypedCode::Length)
    );
    assert_eq!(
        SlotCode::parse(&format!("{text}0")),
        Err(MistypedCode::Length)
    );
    assert_eq!(SlotCode::parse(""), Err(MistypedCode::Length));
    assert_eq!(
        SlotCode::parse(&"é".repeat(13)),
        Err(MistypedCode::Slip),
        "26 bytes of what is no letter"
    );
}

#[test]
fn a_code_is_not_shown_by_accident() {
    let code = SlotCode::generate(&entropy(1));
    assert_eq!(format!("{code:?}"), "SlotCode([secret])");
}
