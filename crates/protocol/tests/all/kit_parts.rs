//! Several parts A: what a rotation adds for the recovery kit.

use domain::{SchoolId, SeededEntropy};
use protocol::compartments::{Compartment, CompartmentSecret, HeldKey};
use protocol::hpke::KeyPair;
use protocol::kit::{add_part_a, open_part_a, seal_part_a};

fn key(compartment: Compartment, generation: u32, byte: u8) -> HeldKey {
    HeldKey {
        compartment,
        generation,
        secret: CompartmentSecret::from_bytes([byte; 32]),
    }
}

#[test]
fn every_part_that_was_added_opens_with_the_first() {
    let school = SchoolId::from_bytes([1; 16]);
    let entropy = SeededEntropy::new([2; 32]);
    let kit = KeyPair::generate(&entropy);
    let seal = |keys| seal_part_a(school, &kit.public(), keys, &entropy).unwrap();
    let first = vec![
        key(Compartment::PASTORAL, 1, 3),
        key(Compartment::SAFEGUARDING, 1, 4),
    ];
    let mut parts = seal(first.clone());
    assert_eq!(open_part_a(school, &kit, &parts).unwrap(), first);

    parts = add_part_a(&parts, &seal(vec![key(Compartment::SAFEGUARDING, 2, 5)]));
    // Somebody adds what no kit opens: it costs the others nothing.
    parts = add_part_a(&parts, &[9; 120]);
    parts = add_part_a(&parts, &seal(vec![key(Compartment::SAFEGUARDING, 3, 6)]));
    let all = open_part_a(school, &kit, &parts).unwrap();
    assert_eq!(
        all.iter()
            .map(|key| (key.compartment.name(), key.generation))
            .collect::<Vec<_>>(),
        [
            ("pastoral", 1),
            ("safeguarding", 1),
            ("safeguarding", 2),
            ("safeguarding", 3)
        ]
    );
    assert_eq!(all[3].secret, key(Compartment::SAFEGUARDING, 3, 6).secret);

    // Cut off, or another school's: nothing is made of it.
    assert!(open_part_a(school, &kit, &parts[..parts.len() - 1]).is_err());
    let other = SchoolId::from_bytes([7; 16]);
    assert!(open_part_a(other, &kit, &parts).is_err());
    let stranger = KeyPair::generate(&entropy);
    assert!(open_part_a(school, &stranger, &parts).is_err());
}
