//! One component a state. None of them knows more than what it is given.

mod about;
mod asking;
mod choose_pin;
mod code;
mod grant;
mod holder;
mod holders;
mod home;
mod notices;
mod print_sheet;
mod schools;
mod sessions;
mod waiting;
mod welcome;

pub(crate) use about::About;
pub(crate) use asking::Asking;
pub(crate) use choose_pin::ChoosePin;
pub(crate) use code::Code;
pub(crate) use grant::{Deciding, Granted, OtherWords};
pub(crate) use holder::{Changed, Holder};
pub(crate) use holders::Holders;
pub(crate) use home::Home;
pub(crate) use notices::{Approved, Interrupted, Refused, Stopped, Working};
pub(crate) use print_sheet::PrintSheet;
pub(crate) use schools::Schools;
pub(crate) use sessions::Sessions;
pub(crate) use waiting::Waiting;
pub(crate) use welcome::Welcome;
