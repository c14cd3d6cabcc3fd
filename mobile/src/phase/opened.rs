use authenticator::{Trouble, grant};
use protocol::device::DevicePayload;
use protocol::hand_off::HandOff;

use super::{Input, Page, Phase, begin, granting, holding};
use crate::device::Device;

/// What a link that opens the app asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asks {
    /// A page asks to be unlocked; or it is nothing, which is said where it is opened.
    ToUnlock,
    /// A device that waits asks for a key.
    ForAKey,
}

impl Asks {
    /// Of a link.
    pub(crate) fn of(link: &str) -> Self {
        match DevicePayload::from_link(link) {
            Ok(_) => Self::ForAKey,
            Err(_) => Self::ToUnlock,
        }
    }
}

impl Phase {
    /// A link has opened the app.
    pub(super) fn opened(self, link: String, device: &Device) -> Self {
        match DevicePayload::from_link(&link) {
            Ok(shown) => self.opened_by_device(&shown, link, device),
            Err(_) => self.opened_by_page(link, device),
        }
    }

    /// The square of a device that waits was scanned, or its link followed. Which school's key is asked for is
    /// all that it chooses: whether it is a device that waits there, and of whom, is judged as if it was pasted.
    fn opened_by_device(self, shown: &DevicePayload, link: String, device: &Device) -> Self {
        let schools = match device.schools() {
            Ok(schools) => schools,
            Err(trouble) => return Self::Stopped(trouble),
        };
        if !schools
            .iter()
            .any(|known| known.granted && known.school == shown.school)
        {
            return self.without_key(Trouble::NoKeyToGive);
        }
        let opened = device
            .choose_school(shown.school)
            .map(|()| begin::open(device).go(Page::Grant, device));
        match opened {
            Ok(Self::Granting(machine, _))
                if matches!(machine.state(), grant::State::Choosing(_)) =>
            {
                granting(machine, Input::OtherWords(link), device)
            }
            Ok(phase) => phase,
            Err(trouble) => Self::Stopped(trouble),
        }
    }

    /// A page has opened the app. Whose page it says that it is decides which school's key is asked for; that
    /// it is that school's, the key's own machine finds out.
    fn opened_by_page(self, link: String, device: &Device) -> Self {
        let Ok(page) = HandOff::from_url(&link) else {
            return self.without_key(Trouble::BadLink);
        };
        let schools = match device.schools() {
            Ok(schools) => schools,
            Err(trouble) => return Self::Stopped(trouble),
        };
        let with_keys = || schools.iter().filter(|known| known.granted);
        let of_page = with_keys().filter(|known| known.origin == page.origin);
        let mut answer = match with_keys().next() {
            None => return self.without_key(Trouble::NoKeyHere),
            Some(_) => Self::Stopped(Trouble::OtherAddress),
        };
        // One server may have several schools: the request is one of theirs, and the others know nothing of it.
        for known in of_page {
            let link = Input::Link(link.clone());
            answer = match device
                .choose_school(known.school)
                .map(|()| begin::open(device))
            {
                Ok(Self::Holder(machine)) => holding(machine, link, device),
                Ok(phase) => phase,
                Err(trouble) => Self::Stopped(trouble),
            };
            let unknown = match &answer {
                Self::Holder(machine) => machine.trouble(),
                _ => None,
            };
            if !matches!(unknown, Some(Trouble::Refused(problem)) if problem.status == 404) {
                break;
            }
        }
        answer
    }

    /// Said where a device has no key to answer with; what it was doing goes on.
    fn without_key(self, trouble: Trouble) -> Self {
        match self {
            Self::New(_, others) => Self::New(Some(trouble), others),
            Self::Setup(setting_up) => Self::Setup(setting_up.with(trouble)),
            Self::Enrol(machine, _) => Self::Enrol(machine, Some(trouble)),
            Self::Closed => Self::New(Some(trouble), false),
            _ => Self::Stopped(trouble),
        }
    }
}
