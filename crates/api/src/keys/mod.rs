//! Who holds keys, and what a key opens.
//!
//! The **roll** is a chain of signed entries; [`Rolls`] replays it, and what it says is the only source
//! of who holds what: no row of a table grants anything. An **unlock** is asked for in a browser,
//! approved on a device, and opens with the browser's cookie alone ([`OpenKeys`]).
//!
//! - A device signs each of its requests ([`device_call`]); its row says only whether it is registered,
//!   suspended after five wrong PINs, or revoked. A suspended device is let in again by a new grant.
//! - The number on the page may be tried once, the PIN five times with waits between ([`pins`]), an unlock asked
//!   for five times an hour, one at a time; after "not me" for fifteen minutes not at all.
//! - A browser that is not known gets a short look ([`browsers`]).
//! - A page may open the app on the same device by a link, in the place of a number. The app then opens its
//!   pinned address with a token, and the browser that asked brings it back ([`return_unlock`]).
//! - A code on paper ([`slots`]) opens without the device, once, in a browser that is known; nothing else does.
//! - What is refused stands in the audit log even when nothing else of the request is kept.

mod append_roll_entry;
mod approve_unlock;
mod begin_key_setup;
mod begin_kit;
mod browsers;
mod bytes;
mod challenges;
mod claim_unlock;
mod complete_key_setup;
mod complete_kit;
mod deposit_code_secret;
mod deposit_slots;
mod device_call;
mod devices;
mod enrol_device;
mod enrolments;
mod forget_slots;
mod keep_browser;
mod kits;
mod list_device_sessions;
mod list_device_unlocks;
mod list_devices;
mod list_key_holders;
mod list_rotations;
mod list_school_devices;
mod lock_from_device;
mod lock_session;
mod lose_device;
mod names;
mod open_keys;
mod pace;
mod pins;
mod prove_presence;
mod psks;
mod read_device_unlock;
mod read_log;
mod read_own_device;
mod read_roll;
mod read_slots;
mod read_unlock;
mod record_kit_test;
mod recover_device;
mod refuse_unlock;
mod release_kit_parts;
mod release_wraps;
mod restores;
mod return_unlock;
mod roll_entries;
mod rolls;
mod rotations;
mod slots;
mod standing;
mod start_enrolment;
mod start_unlock;
mod unlock_by_slot;
mod unlocks;
mod wraps;

use utoipa_actix_web::service_config::ServiceConfig;

pub(crate) use browsers::{RECORDS, look_list, note_look};
pub(crate) use devices::{DeviceView, devices_of, suspend_all_of_member};
pub(crate) use enrolments::{EnrolmentView, Purpose, invite};
pub(crate) use open_keys::{OpenKeys, SealedKey};
pub(crate) use psks::{
    ServerHalf, has_old_half, left_with_old_halves, lose as lose_psk, renew as renew_half,
    retire_unused as retire_unused_halves, server_half,
};
pub(crate) use rolls::Rolls;
pub(crate) use rotations::has_old_keys;
pub(crate) use standing::{KeyStanding, Wanted, is_wanted, standing};
pub(crate) use unlocks::{lock_all_of_member, lock_all_of_school, lock_all_of_session};

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(start_enrolment::start_enrolment);
    config.service(list_devices::list_devices);
    config.service(lose_device::lose_device);
    config.service(list_key_holders::list_key_holders);
    config.service(prove_presence::prove_presence);
    config.service(start_unlock::start_unlock);
    config.service(unlock_by_slot::unlock_by_slot);
    config.service(return_unlock::return_unlock);
    config.service(read_unlock::read_unlock);
    config.service(lock_session::lock_session);

    // What a device asks, each request signed by it.
    config.service(begin_key_setup::begin_key_setup);
    config.service(complete_key_setup::complete_key_setup);
    config.service(enrol_device::enrol_device);
    config.service(read_own_device::read_own_device);
    config.service(read_log::read_log);
    config.service(read_roll::read_roll);
    config.service(list_school_devices::list_school_devices);
    config.service(release_wraps::release_wraps);
    config.service(append_roll_entry::append_roll_entry);
    config.service(deposit_code_secret::deposit_code_secret);
    config.service(deposit_slots::deposit_slots);
    config.service(read_slots::read_slots);
    config.service(forget_slots::forget_slots);
    config.service(list_rotations::list_rotations);
    config.service(release_kit_parts::release_kit_parts);
    config.service(recover_device::recover_device);
    config.service(record_kit_test::record_kit_test);
    config.service(begin_kit::begin_kit);
    config.service(complete_kit::complete_kit);
    config.service(list_device_unlocks::list_device_unlocks);
    config.service(read_device_unlock::read_device_unlock);
    config.service(claim_unlock::claim_unlock);
    config.service(approve_unlock::approve_unlock);
    config.service(refuse_unlock::refuse_unlock);
    config.service(list_device_sessions::list_device_sessions);
    config.service(keep_browser::keep_browser);
    config.service(lock_from_device::lock_from_device);
}
