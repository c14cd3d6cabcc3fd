//! One component a state. None of them knows more than what it is given.

mod asking;
mod choose_pin;
mod grant;
mod notices;
mod print_sheet;
mod waiting;
mod welcome;

pub(crate) use asking::Asking;
pub(crate) use choose_pin::ChoosePin;
pub(crate) use grant::{Deciding, Granted, OtherWords};
pub(crate) use notices::{
    Approved, Failed, Interrupted, Nothing, Ready, Refused, Stopped, Working,
};
pub(crate) use print_sheet::PrintSheet;
pub(crate) use waiting::Waiting;
pub(crate) use welcome::Welcome;
