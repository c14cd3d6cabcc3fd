//! The authenticator app: one source for iOS, Android and desktop.
//!
//! It draws what [`authenticator`] says and sends it what people do; it holds no rules of its own.
//!
//! ```text
//! screens ── Input ──► Phase::step (on a thread of its own: keychain and network wait) ──► Phase
//!    ▲                                                                                      │
//!    └──────────────────────────────── View::of ◄───────────────────────────────────────────┘
//! ```
//! - [`Phase`] is which machine is at work, [`View`] what of it is drawn: one variant a state.
//! - [`App`] draws a `View` by one component a variant, in `screens/`.
//! - What stops a person is a [`Stop`]: each with its own sentence and next step.
//! - Inputs are uncontrolled (`initial_value`): written-back values lose characters in a webview.
//! - [`words`] is the catalogue of everything that they say.
//! - Everything shown is a text node. [`head`] has the policy that keeps a script, should one ever
//!   get in, from reading files.
//! - `scripts/app-states` looks at every state in a browser, `scripts/app-window` walks through a
//!   real window against the real server.
#![expect(
    unused_qualifications,
    reason = "rsx! spells out the path of an element's event handler"
)]

mod app;
#[cfg(feature = "desktop")]
pub mod desk;
mod device;
pub mod head;
mod paper;
mod parts;
mod phase;
mod picture;
mod pin_wait;
mod place;
mod screens;
mod stop;
mod view;
mod words;

pub use app::{App, Screen};
pub use device::Device;
pub use parts::{Asked, Focus, Links, Pictures, PinWaits, Raise};
pub use phase::{
    Asks, Changing, Chosen, Codes, Did, Given, Input, Keys, MakingKit, Page, Phase, SettingUp, Task,
};
pub use picture::Picture;
pub use pin_wait::PinWait;
pub use place::Place;
pub use screens::PaperCodes;
pub use stop::{Stop, WayOut};
pub use view::{
    About, Choices, Done, Gone, HolderRow, KeyRow, Known, OldKey, OldKeyState, OwnDevice,
    SchoolRow, SessionRow, SheetsFor, Standing, Taken, View,
};
