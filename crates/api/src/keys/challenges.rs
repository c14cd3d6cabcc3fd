use diesel::prelude::*;
use domain::{DeviceId, UnlockId};
use protocol::challenge::Challenge;
use protocol::signing::Signature;
use store::dialect::Prepare as _;
use store::schema::unlock_challenge;
use store::{Error, Result, Tx};

/// A challenge as it was put to one device.
#[derive(Clone, Debug, Queryable)]
pub(super) struct Put {
    pub(super) challenge: Vec<u8>,
    pub(super) signature: Vec<u8>,
}

impl Put {
    /// What it says.
    pub(super) fn read(&self) -> Result<Challenge> {
        Challenge::decode(&self.challenge)
            .map_err(|_| Error::Unreadable("unlock_challenge.challenge"))
    }
}

/// What was put to a device for an unlock.
pub(super) fn find(tx: &mut Tx<'_>, unlock: UnlockId, device: DeviceId) -> Result<Option<Put>> {
    let school = tx.school();
    Ok(unlock_challenge::table
        .find((school, unlock, device))
        .select((unlock_challenge::challenge, unlock_challenge::signature))
        .prepared()
        .get_result(tx.connection())
        .optional()?)
}

/// Keeps what is put to a device.
pub(super) fn keep(tx: &mut Tx<'_>, challenge: &Challenge, signature: &Signature) -> Result<Put> {
    let put = Put {
        challenge: challenge.encode(),
        signature: signature.to_vec(),
    };
    diesel::insert_into(unlock_challenge::table)
        .values((
            unlock_challenge::school_id.eq(challenge.school),
            unlock_challenge::unlock_id.eq(challenge.unlock),
            unlock_challenge::device_id.eq(challenge.device),
            unlock_challenge::challenge.eq(&put.challenge),
            unlock_challenge::signature.eq(&put.signature),
        ))
        .execute(tx.connection())?;
    Ok(put)
}
