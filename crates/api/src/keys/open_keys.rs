use std::collections::BTreeMap;
use std::sync::OnceLock;

use diesel::prelude::*;
use domain::{SchoolId, UnlockId};
use protocol::approve::{Bundle, SealedBundle};
use protocol::compartments::{Compartment, CompartmentSecret};
use protocol::hpke::KeyPair;
use protocol::records::{DataKey, FileKey, InboxContext, RecordRef, ServerPsk, open_inbox};
use protocol::unlock::UnlockSecret;
use store::dialect::Prepare as _;
use store::schema::unlock;
use store::{Error, Result, Tx};
use vault::ServerSecret;

use super::psks::server_half;
use crate::credentials::Credentials;
use crate::generation::Generation;

/// The keys that an unlocked session opens, for as long as one request lasts; wiped when dropped.
pub(crate) struct OpenKeys {
    school: SchoolId,
    /// By compartment and generation, as rows have it.
    keys: BTreeMap<(Compartment, u32), OpenKey>,
}

struct OpenKey {
    context: InboxContext,
    psk: ServerPsk,
    secret: CompartmentSecret,
    /// Made when the first record that is not filed yet is met: it costs as much as opening fifty that are.
    pair: OnceLock<KeyPair>,
    file_key: FileKey,
}

impl OpenKey {
    fn pair(&self) -> Result<&KeyPair> {
        if let Some(pair) = self.pair.get() {
            return Ok(pair);
        }
        let made = self
            .secret
            .key_pair()
            .map_err(|_| Error::Unreadable("unlock.sealed_bundle"))?;
        Ok(self.pair.get_or_init(|| made))
    }
}

/// A record's own key as its row holds it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SealedKey<'a> {
    pub(crate) compartment: &'a Compartment,
    pub(crate) generation: u32,
    pub(crate) filed: bool,
    pub(crate) bytes: &'a [u8],
}

impl OpenKeys {
    /// Opens the bundle that the device sealed to this browser's cookie.
    ///
    /// # Errors
    /// [`Error::Absent`] if the session is not unlocked: callers `require` first.
    pub(crate) fn open(
        tx: &mut Tx<'_>,
        credentials: &Credentials,
        server: &ServerSecret,
    ) -> Result<Self> {
        let (Some(reach), Some(secret)) = (tx.caller().reach().cloned(), &credentials.unlock)
        else {
            return Err(Error::Absent);
        };
        let school = tx.school();
        let bundle = open_bundle(tx, reach.unlock, secret)?;
        let halves = server_half(tx, server)?.ok_or(Error::Absent)?.all();
        let mut keys = BTreeMap::new();
        for held in bundle.keys() {
            if !reach.compartments.contains(&held.compartment) {
                continue;
            }
            for (half, psk) in &halves {
                let context = InboxContext {
                    school,
                    compartment: held.compartment.clone(),
                    generation: held.generation,
                    psk_generation: *half,
                };
                let key = OpenKey {
                    secret: held.secret.clone(),
                    pair: OnceLock::new(),
                    file_key: FileKey::derive(&context, &held.secret, psk)
                        .map_err(|_| Error::Unreadable("unlock.sealed_bundle"))?,
                    context,
                    psk: psk.clone(),
                };
                let generation = Generation {
                    key: held.generation,
                    half: *half,
                };
                keys.insert((held.compartment.clone(), generation.row()?), key);
            }
        }
        Ok(Self { school, keys })
    }

    /// Which school's.
    pub(crate) const fn school(&self) -> SchoolId {
        self.school
    }

    /// The compartments that can be opened.
    pub(crate) fn compartments(&self) -> impl Iterator<Item = &Compartment> {
        self.keys.keys().map(|(compartment, _)| compartment)
    }

    /// The newest generation of each compartment's key that is open here, as rows have it. A rotation closes
    /// every session that has it not, so it is the newest that there is.
    pub(crate) fn newest(&self) -> BTreeMap<Compartment, u32> {
        // In order, so that the last of a compartment is its newest.
        self.keys.keys().cloned().collect()
    }

    /// The newest generation of one compartment's key, as rows have it.
    ///
    /// # Errors
    /// [`Error::Absent`] if the compartment is not open here.
    pub(crate) fn newest_of(&self, compartment: &Compartment) -> Result<u32> {
        self.keys
            .range((compartment.clone(), 0)..=(compartment.clone(), u32::MAX))
            .next_back()
            .map(|((_, generation), _)| *generation)
            .ok_or(Error::Absent)
    }

    /// Opens a record's own key.
    ///
    /// # Errors
    /// [`Error::Absent`] if its compartment is not open here; [`Error::Unreadable`] if the row was
    /// changed or moved.
    pub(crate) fn data_key(&self, record: &RecordRef, sealed: SealedKey<'_>) -> Result<DataKey> {
        let key = self.key(sealed.compartment, sealed.generation)?;
        if sealed.filed {
            key.file_key.unwrap(record, sealed.bytes)
        } else {
            open_inbox(&key.context, key.pair()?, &key.psk, record, sealed.bytes)
        }
        .map_err(|_| Error::Unreadable("a sealed key"))
    }

    /// Wraps a record's own key under the file key of its compartment.
    ///
    /// # Errors
    /// As [`data_key`](Self::data_key).
    pub(crate) fn file(
        &self,
        tx: &Tx<'_>,
        record: &RecordRef,
        compartment: &Compartment,
        generation: u32,
        key: &DataKey,
    ) -> Result<Vec<u8>> {
        self.key(compartment, generation)?
            .file_key
            .wrap(record, key, tx.entropy())
            .map(|filed| filed.to_vec())
            .map_err(|_| Error::Unreadable("a file key"))
    }

    fn key(&self, compartment: &Compartment, generation: u32) -> Result<&OpenKey> {
        self.keys
            .get(&(compartment.clone(), generation))
            .ok_or(Error::Absent)
    }
}

/// Opens an unlock's bundle. The first time that costs two multiplications on a curve, and what was opened is kept
/// under the cookie's own secret, so that the requests after it need none.
fn open_bundle(tx: &mut Tx<'_>, id: UnlockId, secret: &UnlockSecret) -> Result<Bundle> {
    let unreadable = || Error::Unreadable("unlock.sealed_bundle");
    let row = unlock::table.find((tx.school(), id)).select((
        unlock::sealed_bundle,
        unlock::challenge_hash,
        unlock::bundle_kept,
    ));
    let (sealed, challenge, kept): (Option<Vec<u8>>, Option<Vec<u8>>, bool) =
        row.prepared().get_result(tx.connection())?;
    let (Some(sealed), Some(challenge)) = (sealed, challenge) else {
        return Err(Error::Absent);
    };
    let challenge = challenge
        .try_into()
        .map_err(|_| Error::Unreadable("unlock.challenge_hash"))?;
    if kept {
        return secret
            .open_kept(&challenge, &sealed)
            .map_err(|_| unreadable());
    }
    let (encapsulated, ciphertext) = sealed.split_first_chunk::<32>().ok_or_else(unreadable)?;
    let bundle = secret
        .open_bundle(
            &challenge,
            &SealedBundle {
                encapsulated: *encapsulated,
                ciphertext: ciphertext.to_vec(),
            },
        )
        .map_err(|_| unreadable())?;
    let kept = secret
        .keep_bundle(&challenge, &bundle, tx.entropy())
        .map_err(|_| unreadable())?;
    keep(tx, id, kept);
    Ok(bundle)
}

/// Only while there is a bundle: who locks destroys it, and it may not come back.
fn keep(tx: &mut Tx<'_>, id: UnlockId, kept: Vec<u8>) {
    tx.finally(move |tx| {
        let sealed = unlock::table
            .find((tx.school(), id))
            .filter(unlock::sealed_bundle.is_not_null());
        diesel::update(sealed)
            .set((unlock::sealed_bundle.eq(kept), unlock::bundle_kept.eq(true)))
            .prepared()
            .execute(tx.connection())?;
        Ok(())
    });
}
