//! What the server and the authenticator agree on, byte for byte: version 1 of the key-holder
//! protocol. Pure: no I/O, no clock; randomness is passed in as [`domain::Entropy`], times are Unix
//! seconds that the caller gives. Each module's doc has its byte layouts.
//!
//! **The server** needs, in the order in which a school meets them:
//!
//! | to | use |
//! |---|---|
//! | make a setup or enrolment code | [`links::Link`] `{purpose, origin, school, server_pin, token}.to_url()` |
//! | check a device's request | [`device::RequestSignature::from_header`], [`is_timely`](device::RequestSignature::is_timely), [`device::verify_request`] |
//! | take a PIN | [`pin::PinTag`]: keep [`reference`](pin::PinTag::reference), later [`matches`](pin::PinTag::matches) |
//! | make kit part B | [`records::ServerPsk::derive`], [`kit::seal_part_b`] |
//! | keep and judge the roll | [`roll::RollState::replay`] and [`append`](roll::RollState::append) of [`roll::SignedEntry`]; [`active`](roll::RollState::active), [`grants_of`](roll::RollState::grants_of), [`compartment`](roll::RollState::compartment) |
//! | seal what is received | [`records::DataKey::generate`], [`records::seal_part`], [`records::seal_inbox`] |
//! | ask for an unlock | [`unlock::UnlockSecret`] into the cookie, [`challenge::Challenge`]`.encode()` and `.sign(SIK)` for each device |
//! | check the answer | [`claim::verify`], [`approve::Approval::verify`], [`approve::Witness::verify`] |
//! | open, the first time; then once a request | [`unlock::UnlockSecret::open_bundle`] and [`keep_bundle`](unlock::UnlockSecret::keep_bundle); [`open_kept`](unlock::UnlockSecret::open_kept) |
//! | file an inbox record | [`records::open_inbox`], [`records::FileKey::derive`] once, [`wrap`](records::FileKey::wrap) |
//! | read or search filed records | [`records::FileKey::unwrap`], [`records::open_part`] into one reused buffer |
//! | take a same-device unlock back | [`hand_off::ReturnToken::hash`] |
//! | open by a slot code | [`slots::SlotCode::reference`] to find it, [`secret`](slots::SlotCode::secret) into the cookie |
//! | chain the audit log | [`log::LogHead::genesis`], [`extend`](log::LogHead::extend) |
//!
//! **The authenticator** needs [`device::DeviceSeed`] and [`device::DeviceKeys`], [`kit::KitSeed`]
//! and [`kit::Sheet`], [`wrap`], [`device::DevicePayload`], [`roll::RollState::next`] and
//! [`roll::Entry::sign`], [`challenge::Challenge::verify`] and [`check`](challenge::Challenge::check),
//! [`approve::Bundle::seal`], [`hand_off::HandOff`], [`slots::SlotCode::generate`] and [`seal`](slots::seal),
//! [`words::Words`].

mod error;
#[cfg(not(any(target_os = "android", target_os = "ios")))]
mod kem;
mod letters;
mod secret;

pub mod approve;
pub mod challenge;
pub mod claim;
pub mod codes;
pub mod compartments;
pub mod device;
pub mod encoding;
pub mod hand_off;
pub mod hpke;
pub mod kit;
pub mod links;
pub mod log;
pub mod pin;
pub mod records;
pub mod roll;
pub mod signing;
pub mod slots;
pub mod suite;
pub mod unlock;
pub mod words;
pub mod wrap;

pub use error::Error;

/// Shows the first four bytes of a public value: enough to tell two apart in a log.
fn show_start(
    formatter: &mut std::fmt::Formatter<'_>,
    name: &str,
    bytes: &[u8],
) -> std::fmt::Result {
    write!(formatter, "{name}(")?;
    for byte in bytes.iter().take(4) {
        write!(formatter, "{byte:02x}")?;
    }
    formatter.write_str("…)")
}
