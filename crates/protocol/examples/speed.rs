//! How long the hot paths take: `cargo run --release -p protocol --example speed`.
#![expect(clippy::print_stdout, reason = "it prints what it measured")]

use std::hint::black_box;
use std::time::Instant;

use domain::{SchoolId, SystemEntropy};
use protocol::Error;
use protocol::approve::Bundle;
use protocol::compartments::{Compartment, CompartmentSecret, HeldKey};
use protocol::records::{
    DataKey, FileKey, InboxContext, OpenedKey, Part, RecordRef, ServerPsk, open_inbox, seal_inbox,
    seal_part,
};
use protocol::unlock::UnlockSecret;

fn time(what: &str, rounds: u32, mut work: impl FnMut() -> Result<(), Error>) -> Result<(), Error> {
    work()?;
    let start = Instant::now();
    for _ in 0..rounds {
        work()?;
    }
    let each = start.elapsed() / rounds;
    println!("{what:<44} {each:?}");
    Ok(())
}

fn main() -> Result<(), Error> {
    let entropy = SystemEntropy::new();
    let school = SchoolId::from_bytes([1; 16]);
    let context = InboxContext {
        school,
        compartment: Compartment::SAFEGUARDING,
        generation: 1,
        psk_generation: 1,
    };
    let (secret, public) = CompartmentSecret::new_pair(&entropy);
    let psk = ServerPsk::generate(&entropy);
    let record = RecordRef {
        school,
        record: [2; 16],
        version: 1,
    };
    let key = DataKey::generate(&entropy);
    let text = vec![b'a'; 2500];

    let browser = UnlockSecret::generate(&entropy);
    let bundle = Bundle::new(vec![HeldKey {
        compartment: Compartment::SAFEGUARDING,
        generation: 1,
        secret: secret.clone(),
    }]);
    let sealed_bundle = bundle.seal(&browser.pair().public(), &[3; 32], &entropy)?;
    time("unlock: derive, open the bundle", 500, || {
        black_box(browser.open_bundle(&[3; 32], &sealed_bundle)?);
        Ok(())
    })?;
    time("record: seal 2.5 kB and its key", 500, || {
        black_box(seal_part(&key, &record, Part::Body, &text)?);
        black_box(seal_inbox(
            &context, &public, &psk, &record, &key, &entropy,
        )?);
        Ok(())
    })?;
    let inbox = seal_inbox(&context, &public, &psk, &record, &key, &entropy)?;
    let pair = secret.key_pair()?;
    time("inbox: open the key", 500, || {
        black_box(open_inbox(&context, &pair, &psk, &record, &inbox)?);
        Ok(())
    })?;
    let file_key = FileKey::derive(&context, &secret, &psk)?;
    let filed = file_key.wrap(&record, &key, &entropy)?;
    let body = seal_part(&key, &record, Part::Body, &text)?;
    let mut buffer = Vec::new();
    time("filed: unwrap the key, open 2.5 kB", 100_000, || {
        let key = OpenedKey::new(&file_key.unwrap(&record, &filed)?)?;
        black_box(key.open_part(&record, Part::Body, &body, &mut buffer)?);
        Ok(())
    })
}
