//! What is signed is all of what is said: nothing in an approval, a witness, a claim or a challenge can be changed
//! without its signature failing.
#![expect(clippy::unwrap_used, reason = "a test's helpers fail by panicking")]

use domain::{DeviceId, MemberId, SchoolId, SeededEntropy, UnlockId};
use protocol::approve::{Approval, Bundle, SealedBundle, Witness};
use protocol::challenge::Challenge;
use protocol::claim;
use protocol::compartments::{Compartment, CompartmentSecret, HeldKey};
use protocol::encoding::{Writer, encode, sha256};
use protocol::hpke::{self, KeyPair, PublicKey};
use protocol::log::LogHead;
use protocol::pin::PinTag;
use protocol::roll::RollHead;
use protocol::signing::SigningKey;
use protocol::suite::Suite;
use protocol::unlock::challenge_hash;

fn key(number: u8) -> SigningKey {
    SigningKey::from_seed(&[number; 32]).unwrap()
}

fn challenge() -> Challenge {
    Challenge {
        suite: Suite::CURRENT,
        school: SchoolId::from_bytes([1; 16]),
        device: DeviceId::from_bytes([2; 16]),
        member: MemberId::from_bytes([3; 16]),
        unlock: UnlockId::from_bytes([4; 16]),
        nonce: [5; 32],
        session_key: PublicKey::from_bytes([6; 32]),
        origin: "https://hollybank.example".to_owned(),
        digits: 2,
        known_browser: true,
        browser: "Chrome on Windows".to_owned(),
        place: "the school's network".to_owned(),
        scopes: vec!["read".to_owned(), "write".to_owned()],
        compartments: vec![Compartment::PASTORAL, Compartment::SAFEGUARDING],
        session_seconds: 3_600,
        issued: 1_795_000_000,
        expires: 1_795_000_120,
        log: LogHead {
            length: 7,
            head: [8; 32],
        },
        roll: RollHead {
            length: 9,
            head: [10; 32],
        },
    }
}

#[test]
fn an_approval_is_signed_in_all_its_parts() {
    let asked = challenge();
    let approval = Approval {
        challenge: asked.hash(),
        bundle: SealedBundle {
            encapsulated: [1; 32],
            ciphertext: vec![2; 40],
        },
        scopes: vec!["read".to_owned()],
        compartments: vec![Compartment::PASTORAL],
        session_seconds: 600,
    };
    let signature = approval.sign(&key(1));
    let holds = |approval: &Approval| approval.verify(&asked, &signature, &key(1).public());
    assert_eq!(holds(&approval), Ok(()));
    assert!(
        approval
            .verify(&asked, &signature, &key(2).public())
            .is_err()
    );
    assert!(approval.verify(&asked, &[0; 64], &key(1).public()).is_err());
    let changed: [fn(&mut Approval); 5] = [
        |approval| approval.bundle.encapsulated[0] ^= 1,
        |approval| approval.bundle.ciphertext[0] ^= 1,
        |approval| approval.scopes.clear(),
        |approval| approval.compartments = vec![Compartment::SAFEGUARDING],
        |approval| approval.session_seconds -= 1,
    ];
    for change in changed {
        let mut other = approval.clone();
        change(&mut other);
        assert!(holds(&other).is_err(), "{other:?}");
    }
    // Of another challenge, which asks for the same.
    let other = Challenge {
        nonce: [6; 32],
        ..challenge()
    };
    assert!(
        approval
            .verify(&other, &signature, &key(1).public())
            .is_err()
    );
    let moved = Approval {
        challenge: other.hash(),
        ..approval
    };
    assert!(moved.verify(&other, &signature, &key(1).public()).is_err());
}

#[test]
fn a_witness_is_signed_in_all_its_parts() {
    let witness = Witness {
        school: SchoolId::from_bytes([1; 16]),
        device: DeviceId::from_bytes([2; 16]),
        log: LogHead {
            length: 3,
            head: [4; 32],
        },
        roll: RollHead {
            length: 5,
            head: [6; 32],
        },
    };
    let signature = witness.sign(&key(1));
    assert_eq!(witness.verify(&signature, &key(1).public()), Ok(()));
    assert!(witness.verify(&signature, &key(2).public()).is_err());
    let changed: [fn(&mut Witness); 6] = [
        |witness| witness.school = SchoolId::from_bytes([9; 16]),
        |witness| witness.device = DeviceId::from_bytes([9; 16]),
        |witness| witness.log.length += 1,
        |witness| witness.log.head[0] ^= 1,
        |witness| witness.roll.length += 1,
        |witness| witness.roll.head[0] ^= 1,
    ];
    for change in changed {
        let mut other = witness;
        change(&mut other);
        assert!(
            other.verify(&signature, &key(1).public()).is_err(),
            "{other:?}"
        );
    }
}

#[test]
fn a_claim_is_of_one_challenge_one_number_and_one_pin() {
    let tag = PinTag::from_bytes([1; 32]);
    let signature = claim::sign(&[2; 32], "42", &tag, &key(1));
    let holds = |challenge: &[u8; 32], number: &str, tag: &PinTag, device: u8| {
        claim::verify(challenge, number, tag, &signature, &key(device).public()).is_ok()
    };
    assert!(holds(&[2; 32], "42", &tag, 1));
    assert!(!holds(&[3; 32], "42", &tag, 1));
    assert!(!holds(&[2; 32], "43", &tag, 1));
    assert!(!holds(&[2; 32], "42", &PinTag::from_bytes([9; 32]), 1));
    assert!(!holds(&[2; 32], "42", &tag, 2));
}

#[test]
fn a_challenge_is_signed_in_all_its_parts() {
    let bytes = challenge().encode();
    let signature = challenge().sign(&key(1));
    let read = Challenge::verify(&bytes, &signature, &key(1).public());
    assert_eq!(read.as_ref(), Ok(&challenge()));
    assert!(Challenge::verify(&bytes, &signature, &key(2).public()).is_err());
    let changed: [fn(&mut Challenge); 20] = [
        |challenge| challenge.school = SchoolId::from_bytes([9; 16]),
        |challenge| challenge.device = DeviceId::from_bytes([9; 16]),
        |challenge| challenge.member = MemberId::from_bytes([9; 16]),
        |challenge| challenge.unlock = UnlockId::from_bytes([9; 16]),
        |challenge| challenge.nonce[0] ^= 1,
        |challenge| challenge.session_key = PublicKey::from_bytes([9; 32]),
        |challenge| challenge.origin.push('x'),
        |challenge| challenge.digits = 6,
        |challenge| challenge.known_browser = false,
        |challenge| challenge.browser.push('x'),
        |challenge| challenge.place.push('x'),
        |challenge| challenge.scopes.truncate(1),
        |challenge| challenge.compartments.truncate(1),
        |challenge| challenge.session_seconds += 1,
        |challenge| challenge.issued += 1,
        |challenge| challenge.expires += 1,
        |challenge| challenge.log.length += 1,
        |challenge| challenge.log.head[0] ^= 1,
        |challenge| challenge.roll.length += 1,
        |challenge| challenge.roll.head[0] ^= 1,
    ];
    for change in changed {
        let mut other = challenge();
        change(&mut other);
        assert_ne!(other.hash(), challenge().hash());
        let read = Challenge::verify(&other.encode(), &signature, &key(1).public());
        assert!(read.is_err(), "{other:?}");
        assert_eq!(Challenge::decode(&other.encode()).as_ref(), Ok(&other));
    }
    // Nothing may follow.
    let mut longer = bytes;
    longer.push(0);
    assert!(Challenge::decode(&longer).is_err());
}

#[test]
fn a_bundle_has_its_keys_in_order_and_each_once() {
    let pair = KeyPair::derive(&[1; 32]);
    let entropy = SeededEntropy::new([2; 32]);
    let sealed = |keys: &[(&str, u32)]| {
        let bytes = keys
            .iter()
            .fold(Writer::new("bundle"), |writer, (name, generation)| {
                writer.text(name).u32(*generation).field(&[7; 32])
            })
            .finish();
        let info = b"keyholder/v1/unlock-bundle";
        let mut bytes = hpke::seal(&pair.public(), info, &[3; 32], &bytes, &entropy).unwrap();
        let ciphertext = bytes.split_off(32);
        let sealed = SealedBundle {
            encapsulated: bytes.try_into().unwrap(),
            ciphertext,
        };
        Bundle::open(&pair, &[3; 32], &sealed)
    };
    let opened = sealed(&[("pastoral", 1), ("pastoral", 2), ("staff", 1)]).unwrap();
    assert_eq!(opened.keys().len(), 3);
    assert!(opened.key(&Compartment::STAFF, 1).is_some());
    assert!(opened.key(&Compartment::STAFF, 2).is_none());
    assert!(opened.key(&Compartment::HEAD, 1).is_none());
    for odd in [
        &[("pastoral", 1), ("pastoral", 1)][..],
        &[("pastoral", 2), ("pastoral", 1)],
        &[("staff", 1), ("pastoral", 1)],
    ] {
        assert!(sealed(odd).is_err(), "{odd:?}");
    }
    // Made here, it is put in order, and what is there twice is there once.
    let held = |compartment: Compartment, generation| HeldKey {
        compartment,
        generation,
        secret: CompartmentSecret::try_from(&[7; 32][..]).unwrap(),
    };
    let made = Bundle::new(vec![
        held(Compartment::STAFF, 1),
        held(Compartment::PASTORAL, 2),
        held(Compartment::PASTORAL, 1),
        held(Compartment::STAFF, 1),
    ]);
    assert_eq!(made, opened);
}

#[test]
fn an_answer_is_bound_to_the_very_bytes_of_its_challenge() {
    let challenge = challenge();
    let bytes = challenge.encode();
    assert_eq!(challenge_hash(&bytes), challenge.hash());
    assert_eq!(challenge_hash(&bytes), sha256(&bytes));
    assert_ne!(challenge_hash(&bytes[1..]), challenge.hash());
}

#[test]
fn a_server_is_pinned_by_the_hash_of_its_key_under_its_own_label() {
    let public = key(5).public();
    let pin = public.pin();
    assert_eq!(pin, sha256(&encode("server-key", &[public.as_bytes()])));
    assert_ne!(pin, key(6).public().pin());
}
