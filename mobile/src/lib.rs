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
//! - Everything shown is a text node. [`head`] has the policy that keeps a script, should one ever
//!   get in, from reading files.
//! - `scripts/app-states` looks at every state in a browser, `scripts/app-window` walks through a
//!   real window against the real server.
#![expect(
    unused_qualifications,
    reason = "rsx! spells out the path of an element's event handler"
)]

mod app;
mod device;
pub mod head;
mod paper;
mod parts;
mod phase;
mod place;
mod screens;
mod stop;
mod view;

pub use app::{App, Screen};
pub use device::Device;
pub use parts::Focus;
pub use phase::{Changing, Given, Input, Page, Phase, SettingUp};
pub use place::Place;
pub use stop::Stop;
pub use view::{About, HolderRow, Known, SchoolRow, SessionRow, Standing, View};
