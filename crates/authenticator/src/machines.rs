//! The state machines, one a module. Each has its own `Event`, and a `State` that a screen draws.

/// What a screen asks of any machine that works on a device of its own.
macro_rules! on_a_device {
    ($machine:ty) => {
        impl $machine {
            /// What went wrong last.
            pub const fn trouble(&self) -> Option<&Trouble> {
                self.trouble.as_ref()
            }

            /// The device.
            pub const fn identity(&self) -> &Identity {
                &self.identity
            }

            /// The device, given back.
            pub fn into_identity(self) -> Identity {
                self.identity
            }
        }
    };
    ($machine:ty, $state:ty) => {
        on_a_device!($machine);

        impl $machine {
            /// Where it stands.
            pub const fn state(&self) -> &$state {
                &self.state
            }
        }
    };
}

pub mod amend;
pub mod approve;
pub mod devices;
pub mod enrol;
pub mod grant;
mod kit_reader;
mod log_reader;
pub mod new_kit;
mod printed;
pub mod recover;
pub mod restore;
mod roll_reader;
pub mod rotate;
pub mod sessions;
pub mod setup;
pub mod slots;
pub mod test_kit;

pub use amend::Amend;
pub use approve::ApproveUnlock;
pub use devices::Devices;
pub use enrol::Enrol;
pub use grant::GrantKey;
pub use new_kit::NewKit;
pub use recover::Recover;
pub use restore::AcceptRestore;
pub use rotate::Rotate;
pub use sessions::Sessions;
pub use setup::Setup;
pub use slots::Slots;
pub use test_kit::TestKit;

use crate::driver::{Done, Outcome};
use crate::trouble::Trouble;

/// Whether this is what a device says when a backup was put back, by whoever it was.
pub(crate) fn is_of_the_past(said: &str) -> bool {
    [log_reader::SAID, roll_reader::OTHER, roll_reader::SHORTER].contains(&said)
}

/// The outcome of a call, where nothing else can have been done.
fn called(done: Done) -> Result<Outcome, Trouble> {
    match done {
        Done::Called(outcome) => Ok(outcome),
        Done::Kept(_) | Done::Saved(_) => Err(Trouble::NotNow),
    }
}

/// That a profile was saved, where nothing else can have been done.
fn saved(done: Done) -> Result<(), Trouble> {
    match done {
        Done::Saved(result) => result.map_err(Trouble::Profile),
        Done::Called(_) | Done::Kept(_) => Err(Trouble::NotNow),
    }
}

/// That a seed was kept, where nothing else can have been done.
fn kept(done: Done) -> Result<(), Trouble> {
    match done {
        Done::Kept(result) => result.map_err(Trouble::Store),
        Done::Called(_) | Done::Saved(_) => Err(Trouble::NotNow),
    }
}
