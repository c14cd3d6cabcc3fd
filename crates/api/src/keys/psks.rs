use diesel::prelude::*;
use protocol::records::ServerPsk;
use store::dialect::Prepare as _;
use store::schema::school_psk;
use store::{Error, Result, Tx};
use vault::{Purpose, ServerSecret};

use super::PSK_GENERATION;

/// The server's half of the school's keys: derived from its secret, or, where it derives from a secret that
/// was lost, as the recovery kit brought it back. `None` while it is lost: then nothing can be sealed that
/// anybody could open again, so nothing may be taken in.
pub(crate) fn psk(tx: &mut Tx<'_>, secret: &ServerSecret) -> Result<Option<ServerPsk>> {
    let school = tx.school();
    let generation = number(PSK_GENERATION)?;
    let kept = school_psk::table
        .find((school, generation))
        .select(school_psk::sealed);
    let lost: Option<Option<Vec<u8>>> = kept.prepared().get_result(tx.connection()).optional()?;
    match lost {
        None => Ok(Some(secret.psk(school, PSK_GENERATION))),
        Some(None) => Ok(None),
        Some(Some(sealed)) => secret
            .open(Purpose::LostPsk, &place(tx, PSK_GENERATION), &sealed)
            .ok()
            .and_then(|psk| ServerPsk::try_from(psk.as_slice()).ok())
            .map(Some)
            .ok_or(Error::Unreadable("school_psk.sealed")),
    }
}

/// Takes a psk that the recovery kit has brought back.
///
/// # Errors
/// [`Error::Absent`] if this one is not lost.
pub(super) fn bring_back(
    tx: &mut Tx<'_>,
    secret: &ServerSecret,
    generation: u32,
    psk: &ServerPsk,
) -> Result<()> {
    let school = tx.school();
    let sealed = secret.seal(
        Purpose::LostPsk,
        &place(tx, generation),
        psk.expose(),
        tx.entropy(),
    );
    let brought = diesel::update(
        school_psk::table
            .find((school, number(generation)?))
            .filter(school_psk::sealed.is_null()),
    )
    .set(school_psk::sealed.eq(sealed))
    .prepared()
    .execute(tx.connection())?;
    match brought {
        1 => Ok(()),
        _ => Err(Error::Absent),
    }
}

/// Notes that what derives from the secret is lost, with whatever was brought back before under it.
pub(crate) fn lose(tx: &mut Tx<'_>) -> Result<()> {
    let (school, now) = (tx.school(), tx.now());
    let generation = number(PSK_GENERATION)?;
    diesel::delete(school_psk::table.find((school, generation)))
        .prepared()
        .execute(tx.connection())?;
    diesel::insert_into(school_psk::table)
        .values((
            school_psk::school_id.eq(school),
            school_psk::generation.eq(generation),
            school_psk::lost_at.eq(now),
        ))
        .execute(tx.connection())?;
    Ok(())
}

fn number(generation: u32) -> Result<i32> {
    i32::try_from(generation).map_err(|_| Error::Unreadable("school_psk.generation"))
}

/// A sealed psk is bound to its row.
fn place(tx: &Tx<'_>, generation: u32) -> Vec<u8> {
    [tx.school().as_bytes().as_slice(), &generation.to_be_bytes()].concat()
}
