//! English: everything that the app says, by the screen that says it. A sentence with something in it is a
//! function, and the only place where it is decided what is one and what are many. `tests/words.rs` holds that
//! nothing visible is written anywhere else. What a server or a keychain says went wrong stands in
//! [`authenticator::Trouble`], which the terminal authenticator shares.

pub(crate) mod about;
pub(crate) mod asking;
pub(crate) mod begin;
pub(crate) mod code;
pub(crate) mod common;
pub(crate) mod grant;
pub(crate) mod holders;
pub(crate) mod home;
pub(crate) mod keys;
pub(crate) mod limits;
pub(crate) mod links;
pub(crate) mod lost;
pub(crate) mod paper;
pub(crate) mod paper_codes;
pub(crate) mod picture;
pub(crate) mod pin;
pub(crate) mod recover;
pub(crate) mod restore;
pub(crate) mod schools;
pub(crate) mod sessions;
pub(crate) mod sheets;
pub(crate) mod stop;
pub(crate) mod taken;
pub(crate) mod working;
