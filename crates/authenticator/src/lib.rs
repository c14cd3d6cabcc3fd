//! The authenticator without its screen: what a phone does with a key, as state machines that take
//! events and give effects, so that the app, the terminal and the tests play the same code.
//!
//! ```text
//!   screen ── Event ──► machine ── Effect ──► Driver ──► key store, profile file, server
//!     ▲                    │  ▲                 │
//!     └── state() ◄────────┘  └──── Done ◄──────┘
//! ```
//! | machine | from | to |
//! |---|---|---|
//! | [`Setup`] | the setup link | the school's keys made, three sheets checked, the school open |
//! | [`Enrol`] | an enrolment link | a device that waits for a grant and shows six words |
//! | [`GrantKey`] | a granted device | another device granted |
//! | [`ApproveUnlock`] | a granted device | a browser unlocked, or "not me" |
//! | [`Amend`] | a granted device | a device revoked or narrowed, a grant endorsed, an old key retired |
//! | [`Rotate`] | a granted device | a compartment's new key, for everybody who holds the compartment |
//! | [`Recover`] | a device that waits for a grant | every key, by two recovery sheets |
//! | [`NewKit`] | a device with `kit` | three new sheets; the old ones open nothing |
//! | [`TestKit`] | a granted device | two sheets known to open everything |
//! | [`Slots`] | a granted device | ten codes on paper, for where it has no connection |
//! | [`AcceptRestore`] | a granted device | a backup that was put back, accepted |
//! | [`Devices`], [`Sessions`] | an enrolled device | what is there; sessions locked |
//!
//! A machine does no I/O: [`Driver`] does, with a [`KeyStore`] (the platform's keychain, a file by
//! explicit choice, or memory), a [`ProfileStore`] for what is not secret, and a [`Transport`].
//! [`Driver::run`] feeds a machine one event and performs effects until it waits for a person:
//!
//! ```no_run
//! # use authenticator::{*, machines::enrol};
//! # fn example(driver: &Driver<'_>, link: String) {
//! let mut enrolment = Enrol::new("Office PC", protocol::roll::StoreKind::Memory);
//! driver.run(&mut enrolment, enrol::Event::Link(link));
//! driver.run(&mut enrolment, enrol::Event::Pin("483920".to_owned().into()));
//! if let enrol::State::Waiting { words, .. } = enrolment.state() {
//!     // "Read these six words to your lead"
//! }
//! # }
//! ```
//! For every error there is one type, [`Trouble`]: its text is what the person is told.

mod browse;
pub mod contract;
mod days;
mod driver;
mod identity;
mod label;
pub mod machines;
#[doc(hidden)]
pub mod outside;
mod profile;
mod sheets;
mod store;
mod transport;
mod trouble;

pub use browse::browse;
pub use days::{end_of, last_day};
pub use driver::{Call, Done, Driver, Effect, Machine, Method, Outcome, World};
pub use identity::Identity;
pub use machines::{
    AcceptRestore, Amend, ApproveUnlock, Devices, Enrol, GrantKey, NewKit, Recover, Rotate,
    Sessions, Setup, Slots, TestKit, amend, approve, devices, enrol, grant, new_kit, recover,
    restore, rotate, sessions, setup, slots, test_kit,
};
pub use profile::{MemoryProfile, Profile, ProfileFile, ProfileStore, Seen};
pub use sheets::{SheetName, look_at_lines};
pub use store::{FileStore, KeyStore, Keychain, MemoryStore, StoreError};
pub use transport::{Http, Transport};
pub use trouble::Trouble;
