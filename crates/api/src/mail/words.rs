//! Every word that a mail holds.

use super::job::{KeyEvent, Mail};
use crate::keys::Wanted;

/// What one kind of mail says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Words {
    pub(super) subject: &'static str,
    pub(super) paragraphs: &'static [&'static str],
    /// What the link is called.
    pub(super) link: &'static str,
    /// The page that it leads to, without its secret.
    pub(super) page: &'static str,
}

/// The last line of every mail.
pub(super) const FOOTER: &str =
    "This message was sent by Safehold. It never says what a record holds or whom it is about.";

const NOT_YOU: &str = "If this was not you, tell your safeguarding lead now.";

/// The words of a mail.
pub(super) const fn of(mail: &Mail) -> Words {
    match mail {
        Mail::AlertWaits(_) => Words {
            subject: "Something is waiting for you",
            paragraphs: &[
                "Something is waiting for you in Safehold. Sign in and unlock to see it.",
            ],
            link: "Open Safehold",
            page: "/alerts",
        },
        Mail::ReplyWaits(_) => Words {
            subject: "You have a reply",
            paragraphs: &["Somebody has replied to you in Safehold. Sign in to read it."],
            link: "Read the reply",
            page: "/receipts",
        },
        Mail::Invitation(_) => Words {
            subject: "Welcome to Safehold",
            paragraphs: &[
                "Your school uses Safehold to write down concerns about children, and has given you a place.",
                "Choose a password to begin. The link works once, within seven days.",
            ],
            link: "Choose a password",
            page: "/password",
        },
        Mail::PasswordLink(_) => Words {
            subject: "Choose a new password",
            paragraphs: &[
                "You asked to choose a new password for Safehold. The link works once, within an hour.",
                "If you did not ask, do nothing: your password stays as it is.",
            ],
            link: "Choose a password",
            page: "/password",
        },
        Mail::Key { event, .. } => of_key(*event),
        Mail::KeysWant { wanted, .. } => of_wanted(*wanted),
    }
}

const fn of_wanted(wanted: Wanted) -> Words {
    match wanted {
        Wanted::SecondHolder => Words {
            subject: "Your school has one key holder only",
            paragraphs: &[
                "Nobody but you can give keys in your school. If you lose your device, only the recovery \
                 sheets open the records again.",
                "Give a second person a key that may give keys too. This reminder comes once a week until then.",
            ],
            link: "See who holds keys",
            page: "/key-holders",
        },
        Wanted::NewSheets => Words {
            subject: "New recovery sheets are due",
            paragraphs: &[
                "Your school's recovery sheets were used. Whoever saw them could use them again.",
                "Make new ones in the app, and destroy the old ones. This reminder comes once a week until then.",
            ],
            link: "See your devices",
            page: "/devices",
        },
    }
}

const fn of_key(event: KeyEvent) -> Words {
    let (subject, paragraphs): (_, &[&str]) = match event {
        KeyEvent::Enrolled => (
            "A device was added",
            &[
                "A device was added to your devices. It opens nothing until a key holder grants it a key.",
                NOT_YOU,
            ],
        ),
        KeyEvent::Granted => (
            "A device was given a key",
            &[
                "A key holder has said what one of your devices may open.",
                NOT_YOU,
            ],
        ),
        KeyEvent::Revoked => (
            "A device was taken off",
            &["One of your devices no longer holds a key."],
        ),
        KeyEvent::HoldersChanged => (
            "Who holds keys has changed",
            &[
                "Somebody in your school was granted a key, or holds one no longer. The list of key holders \
                 says who; if you did not expect it, speak to them.",
            ],
        ),
        KeyEvent::UnknownBrowser => (
            "Records were opened in a new browser",
            &[
                "A key holder has opened records in a browser that was not known before. It could read a little, \
                 for fifteen minutes. The audit log says who it was; if they do not remember it, somebody may \
                 have stood between them and Safehold. Speak to them.",
            ],
        ),
        KeyEvent::BrowserKept => (
            "A browser is known from now on",
            &[
                "You have said in your authenticator that a browser is your own. From now on it opens records \
                 with a number of two digits.",
                NOT_YOU,
            ],
        ),
        KeyEvent::RulesChanged => (
            "A rule about keys was changed",
            &[
                "A key holder has changed a rule about who may open records. The audit log says which; if you \
                 did not expect it, speak to them.",
            ],
        ),
        KeyEvent::RestoreAccepted => (
            "The records were put back from a backup",
            &[
                "A key holder has confirmed that your school's records were restored from a backup: what was done \
                 after it was made is lost. Look whether the list of key holders is as it should be, and make \
                 again what is missing.",
                "If you know of no such restore, speak to them now.",
            ],
        ),
        KeyEvent::HolderLeft => (
            "A key holder has left",
            &[
                "Somebody who holds a key has left your school. Their devices open nothing any more. Take them \
                 off the list of key holders with your authenticator, make new keys, and hand over what they had \
                 still to do.",
            ],
        ),
        KeyEvent::PaperCodesMade => (
            "Codes on paper were made",
            &[
                "One of your devices has made ten codes that open the records without it, each once, in a browser \
                 that you have unlocked before. Keep the paper where you would keep a key. The codes before them \
                 open nothing any more.",
                NOT_YOU,
            ],
        ),
        KeyEvent::PaperCodeUsed => (
            "One of your codes on paper was used",
            &[
                "The records were opened with one of your codes on paper. It is used up.",
                "If this was not you, lock the browser in your authenticator, destroy the codes there, and change \
                 your password.",
            ],
        ),
        KeyEvent::HolderUsedPaperCode => (
            "Records were opened by a code on paper",
            &[
                "A key holder has opened records with a code on paper, without their device. The audit log says \
                 who it was; if they do not remember it, somebody has their paper. Speak to them.",
            ],
        ),
        KeyEvent::Rotated => (
            "One of your school's keys was replaced",
            &[
                "A key holder has made a new key for some of the records. Nothing is lost: unlock again to go on \
                 reading. The list of key holders is as it was; if you did not expect this, speak to them.",
            ],
        ),
        KeyEvent::UnlockRefused => (
            "A request to unlock was refused",
            &[
                "A key holder said of a request to open the records that it was not made by them. Somebody \
                 may have their password. Speak to them.",
            ],
        ),
        KeyEvent::Lost => (
            "A device was reported lost",
            &[
                "One of your devices was reported lost. It opens nothing any more, and what it had open is closed.",
                "Another key holder can let it in again if you find it.",
                NOT_YOU,
            ],
        ),
        KeyEvent::HolderLostDevice => (
            "A key holder has lost a device",
            &[
                "A key holder in your school has lost a device. It is suspended and opens nothing.",
                "Take it off the list of key holders in your app, unless it is found soon.",
            ],
        ),
        KeyEvent::Recovered => (
            "Your keys were recovered",
            &[
                "One of your devices was given every key of your school by two of its recovery sheets.",
                "Print new sheets within seven days: whoever saw the old ones could do the same.",
                "If this was not you, tell your head teacher now, and have the device taken off.",
            ],
        ),
        KeyEvent::KitUsed => (
            "The recovery sheets were used",
            &[
                "Somebody in your school has used two recovery sheets to give their device every key. The list of \
                 key holders says who. If you did not expect it, speak to them now, and have the device taken off.",
            ],
        ),
        KeyEvent::KitReplaced => (
            "The recovery sheets were replaced",
            &[
                "A key holder in your school has made new recovery sheets. The old ones open nothing from now on: \
                 destroy them.",
                "If you did not expect this, speak to the other key holders now.",
            ],
        ),
        KeyEvent::Suspended => (
            "A device is suspended",
            &[
                "A wrong PIN was typed too often on one of your devices. It opens nothing for now.",
                NOT_YOU,
            ],
        ),
    };
    let (link, page) = match event {
        KeyEvent::Enrolled
        | KeyEvent::Granted
        | KeyEvent::Revoked
        | KeyEvent::BrowserKept
        | KeyEvent::PaperCodesMade
        | KeyEvent::PaperCodeUsed
        | KeyEvent::Lost
        | KeyEvent::Recovered
        | KeyEvent::Suspended => ("See your devices", "/devices"),
        // What concerns everybody, or somebody else.
        KeyEvent::HoldersChanged
        | KeyEvent::UnknownBrowser
        | KeyEvent::RulesChanged
        | KeyEvent::RestoreAccepted
        | KeyEvent::HolderLeft
        | KeyEvent::HolderUsedPaperCode
        | KeyEvent::Rotated
        | KeyEvent::UnlockRefused
        | KeyEvent::HolderLostDevice
        | KeyEvent::KitUsed
        | KeyEvent::KitReplaced => ("See who holds keys", "/key-holders"),
    };
    Words {
        subject,
        paragraphs,
        link,
        page,
    }
}
