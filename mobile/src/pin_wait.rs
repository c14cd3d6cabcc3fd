//! The wait after a wrong PIN, counted down. The server keeps it and looks at no PIN before; here it only is seen.

use dioxus::prelude::*;
use domain::{SchoolId, Timestamp};

use crate::device::Device;
use crate::parts::PinWaits;
use crate::phase::Phase;

/// How long the server looks at no other PIN of this device, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PinWait {
    /// At first.
    pub whole: u32,
    /// Still.
    pub left: u32,
}

/// The end of a wait. A PIN is a device's at one school: at another it need not wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Until {
    school: SchoolId,
    whole: u32,
    at: Timestamp,
}

impl Until {
    /// What came of a PIN that was tried just now.
    fn after(phase: &Phase, device: &Device) -> Option<Self> {
        let whole = phase.pin_trouble()?.pin_wait()?;
        Some(Self {
            school: phase.profile()?.school,
            whole,
            at: device.moment().plus_seconds(whole.into()),
        })
    }

    /// As it stands now; a second that has begun counts whole, as the server has it. A clock that was set back would
    /// wait for more than there was to wait for.
    fn stands(&self, now: Timestamp) -> PinWait {
        let left = u32::try_from(now.seconds_until(self.at)).unwrap_or_default();
        PinWait {
            whole: self.whole,
            left: if left > self.whole { 0 } else { left },
        }
    }
}

/// Counts the seconds of a wait down, for every screen that asks for a PIN.
#[derive(Clone, Copy)]
pub(crate) struct Countdown {
    until: Signal<Option<Until>>,
    shown: Signal<Option<PinWait>>,
}

/// One for the whole app.
pub(crate) fn use_countdown() -> Countdown {
    let until = use_signal(|| None);
    let PinWaits(shown) = use_context_provider(|| PinWaits(Signal::new(None)));
    Countdown { until, shown }
}

impl Countdown {
    /// Follows the app to its next phase, to which it came by trying a PIN or otherwise.
    pub(crate) fn follow(self, tried: bool, phase: &Phase, device: &Device) {
        let before = *self.until.peek();
        let is_elsewhere = |before: Until| {
            let profile = phase.profile();
            profile.is_some_and(|profile| profile.school != before.school)
        };
        if tried {
            self.begin(Until::after(phase, device), device);
        } else if before.is_some_and(is_elsewhere) {
            self.begin(None, device);
        }
    }

    fn begin(mut self, until: Option<Until>, device: &Device) {
        self.until.set(until);
        self.shown
            .set(until.map(|until| until.stands(device.moment())));
        let Some(until) = until else { return };
        let device = device.clone();
        spawn(async move {
            // Another wait has its own that counts it.
            while *self.until.peek() == Some(until) {
                device.second().await;
                let now = until.stands(device.moment());
                if *self.until.peek() == Some(until) {
                    self.shown.set(Some(now));
                }
                if now.left == 0 {
                    return;
                }
            }
        });
    }
}
