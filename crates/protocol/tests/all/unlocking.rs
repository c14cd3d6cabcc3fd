//! What a device shows of a challenge, how far its approval goes, and whose PIN it was.

use domain::{DeviceId, MemberId, UnlockId};
use protocol::approve::{Approval, Bundle};
use protocol::challenge::{Challenge, Pinned, Suspicion};
use protocol::compartments::Compartment;
use protocol::device::DeviceSeed;
use protocol::log::LogHead;
use protocol::roll::RollHead;
use protocol::signing::SigningKey;
use protocol::suite::Suite;
use protocol::unlock::UnlockSecret;
use protocol::{claim, pin};

use super::properties::{entropy, flip, school};

/// What the server asks of device 2 of member 3 in school 1.
fn challenge() -> Challenge {
    Challenge {
        suite: Suite::CURRENT,
        school: school(1),
        device: DeviceId::from_bytes([2; 16]),
        member: MemberId::from_bytes([3; 16]),
        unlock: UnlockId::from_bytes([4; 16]),
        nonce: [5; 32],
        session_key: UnlockSecret::from_bytes([6; 32]).pair().public(),
        origin: "https://safehold.example".to_owned(),
        digits: 2,
        known_browser: true,
        browser: "Chrome on Windows".to_owned(),
        place: "École Saint-Exupéry".to_owned(),
        scopes: vec!["concerns:read".to_owned(), "concerns:write".to_owned()],
        compartments: vec![Compartment::PASTORAL, Compartment::SAFEGUARDING],
        session_seconds: 900,
        issued: 1,
        expires: 121,
        log: LogHead::genesis(school(1)),
        roll: RollHead::EMPTY,
    }
}

#[test]
fn a_challenge_for_another_device_or_origin_is_not_shown() {
    let server = SigningKey::from_seed(&[1; 32]).unwrap();
    let challenge = challenge();
    let bytes = challenge.encode();
    let signature = challenge.sign(&server);
    assert_eq!(
        Challenge::verify(&bytes, &signature, &server.public()),
        Ok(challenge.clone())
    );
    for bit in 0..bytes.len() * 8 {
        assert!(Challenge::verify(&flip(&bytes, bit), &signature, &server.public()).is_err());
    }

    let granted = [Compartment::PASTORAL, Compartment::SAFEGUARDING];
    let pinned = Pinned {
        school: school(1),
        member: MemberId::from_bytes([3; 16]),
        device: DeviceId::from_bytes([2; 16]),
        origin: "https://safehold.example",
        compartments: &granted,
        hand_off: false,
    };
    assert_eq!(challenge.check(&pinned), Ok(()));
    let refuse = |change: &dyn Fn(&mut Challenge)| {
        let mut other = challenge.clone();
        change(&mut other);
        other.check(&pinned)
    };
    assert_eq!(
        refuse(&|other| other.school = school(2)),
        Err(Suspicion::NotForThisDevice)
    );
    assert_eq!(
        refuse(&|other| other.device = DeviceId::from_bytes([9; 16])),
        Err(Suspicion::NotForThisDevice)
    );
    assert_eq!(
        refuse(&|other| other.origin = "https://safehold.example.evil".to_owned()),
        Err(Suspicion::OtherOrigin)
    );
    assert_eq!(
        refuse(&|other| other.known_browser = false),
        Err(Suspicion::Digits)
    );
    // Without a number only where a link has opened the app, and there only without one.
    assert_eq!(refuse(&|other| other.digits = 0), Err(Suspicion::Digits));
    let by_link = Pinned {
        hand_off: true,
        ..pinned
    };
    assert_eq!(challenge.check(&by_link), Err(Suspicion::Digits));
    for known_browser in [true, false] {
        let asked = Challenge {
            digits: 0,
            known_browser,
            ..challenge.clone()
        };
        assert_eq!(asked.check(&by_link), Ok(()));
    }
    assert_eq!(
        refuse(&|other| other.compartments = vec![Compartment::HEAD]),
        Err(Suspicion::Compartments)
    );
}

#[test]
fn an_approval_is_never_wider_than_what_was_asked() {
    let device = SigningKey::from_seed(&[2; 32]).unwrap();
    let mut asked = Challenge {
        scopes: vec!["concerns:read".to_owned()],
        compartments: vec![Compartment::PASTORAL],
        ..challenge()
    };
    let approval = Approval {
        challenge: asked.hash(),
        bundle: Bundle::new(Vec::new())
            .seal(&asked.session_key, &asked.hash(), &entropy(1))
            .unwrap(),
        scopes: asked.scopes.clone(),
        compartments: asked.compartments.clone(),
        session_seconds: 900,
    };
    let check = |approval: &Approval, asked: &Challenge| {
        approval.verify(asked, &approval.sign(&device), &device.public())
    };
    assert_eq!(check(&approval, &asked), Ok(()));
    let wider = [
        Approval {
            scopes: vec!["exports:write".to_owned()],
            ..approval.clone()
        },
        Approval {
            compartments: vec![Compartment::STAFF],
            ..approval.clone()
        },
        Approval {
            session_seconds: 901,
            ..approval.clone()
        },
    ];
    for wide in &wider {
        assert!(check(wide, &asked).is_err());
    }
    assert!(approval.verify(&asked, &[0; 64], &device.public()).is_err());
    asked.nonce = [6; 32];
    assert!(check(&approval, &asked).is_err());
}

#[test]
fn a_pin_tag_is_of_one_pin_on_one_device() {
    let seed = DeviceSeed::from_bytes([1; 32]);
    let device = DeviceId::from_bytes([2; 16]);
    let tag = pin::tag(&seed, school(1), device, "483920");
    let kept = tag.reference(device);
    assert_eq!(tag.matches(device, &kept), Ok(()));
    for other in [
        pin::tag(&seed, school(1), device, "483921"),
        pin::tag(&seed, school(2), device, "483920"),
        pin::tag(
            &DeviceSeed::from_bytes([9; 32]),
            school(1),
            device,
            "483920",
        ),
    ] {
        assert!(other.matches(device, &kept).is_err());
    }
    assert!(tag.matches(DeviceId::from_bytes([3; 16]), &kept).is_err());
    let key = SigningKey::from_seed(&[2; 32]).unwrap();
    let signature = claim::sign(&[1; 32], "47", &tag, &key);
    assert_eq!(
        claim::verify(&[1; 32], "47", &tag, &signature, &key.public()),
        Ok(())
    );
    assert!(claim::verify(&[1; 32], "48", &tag, &signature, &key.public()).is_err());
    assert!(claim::verify(&[2; 32], "47", &tag, &signature, &key.public()).is_err());

    assert_eq!(pin::check_strength("483920"), Ok(()));
    for weak in ["12345", "000000", "123456", "987654", "48392o"] {
        assert!(pin::check_strength(weak).is_err(), "{weak}");
    }
}
