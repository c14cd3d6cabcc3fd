use domain::{Entropy, SchoolId};

use crate::Error;
use crate::approve::Bundle;
use crate::compartments::HeldKey;
use crate::encoding::{Reader, Writer, write_prefixed};
use crate::hpke::{self, KeyPair, PublicKey};
use crate::records::ServerPsk;
use crate::suite::Suite;

const PARTS_A: &str = "kit-parts-a";

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

/// The parts A of a kit with one more.
pub fn add_part_a(before: &[u8], added: &[u8]) -> Vec<u8> {
    match Reader::new(before, PARTS_A) {
        Ok(_) => {
            let mut parts = before.to_vec();
            write_prefixed(&mut parts, added);
            parts
        }
        Err(_) => Writer::new(PARTS_A).field(before).field(added).finish(),
    }
}

/// Opens the parts A of a kit, all of their keys together.
pub fn open_part_a(school: SchoolId, kit: &KeyPair, sealed: &[u8]) -> Result<Vec<HeldKey>, Error> {
    let open = |part: &[u8]| -> Result<Vec<HeldKey>, Error> {
        let content = hpke::open(kit, &info("kit-part-a", school), &[], part)?;
        Bundle::decode(&content, "kit-keys").map(|bundle| bundle.keys().to_vec())
    };
    let Ok(mut parts) = Reader::new(sealed, PARTS_A) else {
        return open(sealed);
    };
    let mut keys = open(parts.field()?)?;
    while !parts.is_empty() {
        keys.extend(open(parts.field()?).unwrap_or_default());
    }
    Ok(Bundle::new(keys).keys().to_vec())
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
