//! One function for each kind of bytes that come from outside. It reads them as the product does and panics
//! if something is taken that should not be, or is not what it was after being written again.
//!
//! `fuzz/` gives them to libFuzzer (`scripts/prove fuzz`); the test beside this crate gives them the corpus in
//! `tests/data/fuzz`, each file of which once reached something new or broke something.

mod app;
mod keys;
mod machines;
mod records;
mod rosters;
mod text;
mod web;

pub use app::{answers, hand_off, profile, seeds_file, slot_code, typed_sheets};
pub use keys::{
    SCHOOL, challenge, device, device_header, device_payload, kit, link, log_entry, roll,
    roll_entry, sealed_keys, sheet, waiting, words,
};
pub use machines::{amend, enrol, grant, new_kit, recover, setup, test_kit};
pub use records::{attachment, sealed_body};
pub use rosters::{
    BETWEEN, SETS, roster_oneroster, roster_sds_v1, roster_sds_v2, roster_sds_v21, roster_zip,
    split_files,
};
pub use text::{fields, file_name, search_words};
pub use web::{bodies, cursor, jwt, reference};

/// What is done with bytes.
pub type Target = fn(&[u8]);

/// Every target by its name, which is its folder's in `tests/data/fuzz` and its program's in `fuzz/`.
pub const TARGETS: [(&str, Target); 36] = [
    ("amend", amend),
    ("answers", answers),
    ("attachment", attachment),
    ("bodies", bodies),
    ("challenge", challenge),
    ("cursor", cursor),
    ("device_header", device_header),
    ("device_payload", device_payload),
    ("enrol", enrol),
    ("fields", fields),
    ("file_name", file_name),
    ("grant", grant),
    ("hand_off", hand_off),
    ("jwt", jwt),
    ("link", link),
    ("log_entry", log_entry),
    ("new_kit", new_kit),
    ("profile", profile),
    ("recover", recover),
    ("reference", reference),
    ("roll_entry", roll_entry),
    ("roster_oneroster", roster_oneroster),
    ("roster_sds_v1", roster_sds_v1),
    ("roster_sds_v2", roster_sds_v2),
    ("roster_sds_v21", roster_sds_v21),
    ("roster_zip", roster_zip),
    ("sealed_body", sealed_body),
    ("sealed_keys", sealed_keys),
    ("search_words", search_words),
    ("seeds_file", seeds_file),
    ("setup", setup),
    ("sheet", sheet),
    ("slot_code", slot_code),
    ("test_kit", test_kit),
    ("typed_sheets", typed_sheets),
    ("words", words),
];
