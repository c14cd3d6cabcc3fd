use domain::{DeviceId, SchoolId, UnlockId};
use protocol::compartments::Compartment;
use zeroize::Zeroizing;

use super::Given;
use crate::picture::Picture;

/// What a person did.
#[derive(Debug)]
pub enum Input {
    /// Opened the app, or asked to try again from the beginning.
    Open,
    /// Pasted a link.
    Link(String),
    /// Came by a link, with which a page of this device or another device's square has opened the app.
    Opened(String),
    /// Gave a picture of a square.
    Picture(Picture),
    /// Chose a PIN, typed twice.
    ChoosePin(Zeroizing<String>, Zeroizing<String>),
    /// Asked for a sheet as a page to print.
    SaveSheet(u8),
    /// Typed the last four characters of a sheet.
    LastFour(u8, String),
    /// Asked to look again: for a grant, or for a browser.
    Look,
    /// "Yes, it is me": number and PIN.
    Approve(String, Zeroizing<String>),
    /// "Not me."
    Refuse,
    /// Tried again what had failed.
    Retry,
    /// Typed the six words of the other screen, or pasted its link.
    OtherWords(String),
    /// Chose what the other device may open, and typed the PIN.
    Give(Given, Zeroizing<String>),
    /// Opened a page.
    Go(Page),
    /// Locked a browser.
    Lock(UnlockId),
    /// Said that a new browser is theirs, with the PIN.
    Keep(UnlockId, Zeroizing<String>),
    /// Chose a key in the list of those who hold one.
    Choose(DeviceId),
    /// Takes the chosen key away.
    Revoke(Zeroizing<String>),
    /// Narrows the chosen key to this.
    Restrict(Given, Zeroizing<String>),
    /// Confirms what of the chosen key waits for a second holder.
    Endorse(Zeroizing<String>),
    /// Gave a recovery sheet, or two.
    Sheets(Zeroizing<String>),
    /// Knows that the server was restored from a backup, and is another for it.
    ServerWasRestored,
    /// Takes the keys back; which of the owner's other devices are gone, and the PIN.
    Recover(Vec<DeviceId>, Zeroizing<String>),
    /// Typed the PIN for what the screen is about.
    Pin(Zeroizing<String>),
    /// Chose a compartment whose key is to be changed.
    ChooseKey(Compartment),
    /// Chose an old key that nothing needs any more.
    ChooseOldKey(Compartment, u32),
    /// Puts a new key in the place of the one that this device has of the same school.
    Replace,
    /// Asked for ten codes on paper, with the PIN.
    MakePaperCodes(Zeroizing<String>),
    /// Said that the paper is lost.
    ForgetPaperCodes,
    /// Changed to another school.
    School(SchoolId),
    /// Begins with one more school, or anew with the same one.
    AddSchool,
    /// Went back to the first screen of a device with a key.
    Back,
}

impl Input {
    /// Whether the server is asked to look at a PIN.
    pub(crate) const fn tries_a_pin(&self) -> bool {
        matches!(
            self,
            Self::Approve(..)
                | Self::Give(..)
                | Self::Keep(..)
                | Self::Revoke(_)
                | Self::Restrict(..)
                | Self::Endorse(_)
                | Self::Recover(..)
                | Self::Pin(_)
                | Self::MakePaperCodes(_)
        )
    }
}

/// A page of a device with a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    /// The browsers that are unlocked.
    Sessions,
    /// Who holds keys.
    Holders,
    /// Give a key.
    Grant,
    /// The offline code.
    Code,
    /// The codes on paper.
    PaperCodes,
    /// What this device is and saw.
    About,
    /// The schools on this device.
    Schools,
    /// Come back with two recovery sheets.
    Recover,
    /// The recovery sheets.
    Kit,
    /// Try two sheets out.
    TestKit,
    /// Make three new sheets.
    NewKit,
    /// How a restore is practised.
    Drill,
    /// The compartments' keys.
    Keys,
    /// What is gone, where a backup was put back.
    Restore,
    /// The owner's other devices, one of which is lost.
    Lost,
}
