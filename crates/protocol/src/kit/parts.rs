use domain::{Entropy, SchoolId};

use crate::Error;
use crate::approve::Bundle;
use crate::compartments::HeldKey;
use crate::encoding::{Reader, Writer};
use crate::hpke::{self, KeyPair, PublicKey};
use crate::records::ServerPsk;
use crate::suite::Suite;

fn info(label: &str, school: SchoolId) -> Vec<u8> {
    Writer::new(label)
        .u8(Suite::CURRENT.byte())
        .id(school)
        .finish()
}

/// Part A, on a device: compartment keys for the kit.
pub fn seal_part_a(
    school: SchoolId,
    kit: &PublicKey,
    keys: Vec<HeldKey>,
    entropy: &dyn Entropy,
) -> Result<Vec<u8>, Error> {
    let content = Bundle::new(keys).encode("kit-keys");
    hpke::seal(kit, &info("kit-part-a", school), &[], &content, entropy)
}

/// Opens a part A with the kit.
pub fn open_part_a(school: SchoolId, kit: &KeyPair, sealed: &[u8]) -> Result<Vec<HeldKey>, Error> {
    let content = hpke::open(kit, &info("kit-part-a", school), &[], sealed)?;
    Bundle::decode(&content, "kit-keys").map(|bundle| bundle.keys().to_vec())
}

/// Part B, on the server: every generation of the school's psk, in order.
pub fn seal_part_b(
    school: SchoolId,
    kit: &PublicKey,
    psks: &[(u32, ServerPsk)],
    entropy: &dyn Entropy,
) -> Result<Vec<u8>, Error> {
    let content = psks
        .iter()
        .fold(Writer::new("kit-psks"), |writer, (generation, psk)| {
            writer.u32(*generation).field(psk.expose())
        })
        .finish_secret();
    hpke::seal(kit, &info("kit-part-b", school), &[], &content, entropy)
}

/// Opens part B with the kit.
pub fn open_part_b(
    school: SchoolId,
    kit: &KeyPair,
    sealed: &[u8],
) -> Result<Vec<(u32, ServerPsk)>, Error> {
    let content = hpke::open(kit, &info("kit-part-b", school), &[], sealed)?;
    let mut reader = Reader::new(&content, "kit-psks")?;
    let mut psks = Vec::new();
    while !reader.is_empty() {
        psks.push((reader.u32()?, ServerPsk::try_from(reader.field()?)?));
    }
    Ok(psks)
}
