use protocol::challenge::Suspicion;
use protocol::kit::MistypedSheet;
use protocol::pin::WeakPin;
use protocol::roll::RollError;

use crate::contract::Problem;
use crate::sheets::SheetName;
use crate::store::StoreError;

const LONGEST_PIN_WAIT: u32 = 600;

/// Why something could not be done. The text is for the person who holds the device.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// The pasted text is not a link of this kind.
    #[error("That is not a code from Safehold. Copy the whole link from the page and try again.")]
    BadLink,
    /// The file that was chosen cannot be read.
    #[error("That file could not be read. Choose it again, or paste the link.")]
    UnreadableFile,
    /// Nothing that was copied is a picture.
    #[error("No picture was copied. Copy a screenshot, then try again.")]
    NothingCopied,
    /// What was chosen or copied is no picture that can be read.
    #[error("That is not a picture. Choose a screenshot or a photograph, as PNG or JPEG.")]
    NoPicture,
    /// A picture of more dots than any screen has.
    #[error(
        "That picture is too large. Take a screenshot, or cut out the square, and choose that."
    )]
    LargePicture,
    /// There is no square in the picture, or it is too blurred.
    #[error(
        "There is no square in that picture, or it is too blurred or too small. Take it again, straight and near."
    )]
    NoSquare,
    /// The square is somebody else's, or is for something else.
    #[error(
        "The square in that picture is not the one that is asked for here. Use the one on the page or screen named above."
    )]
    OtherSquare,
    /// A setup link where an enrolment link is wanted, or the other way round.
    #[error("That link is for something else. Use the one on the page you are looking at.")]
    OtherLink,
    /// A page at another address than the pinned one wants something of this device.
    #[error(
        "Stop: that page is not at the address of your school. Close it, and tell whoever looks after Safehold at your school."
    )]
    OtherAddress,
    /// A page wants what only a device with a key can do.
    #[error(
        "This device has no key of that page's school yet. Unlock there with a device that has one."
    )]
    NoKeyHere,
    /// Somebody's device waits for a key of a school of which this one has none.
    #[error(
        "This device has no key of the school where that one waits, so it can give it none. Use the device of somebody who holds keys there."
    )]
    NoKeyToGive,
    /// The page that the app should go on in does not open.
    #[error("Your browser could not be opened, so nothing was. Start again there, with a number.")]
    NoBrowser,
    /// The PIN cannot be chosen.
    #[error("Choose another PIN: {0}.")]
    WeakPin(WeakPin),
    /// The PIN was not typed the same twice.
    #[error("Those were two different PINs. Type the same one twice.")]
    PinsDiffer,
    /// The server could not be reached.
    #[error("The server could not be reached. Nothing was changed. ({0})")]
    Unreachable(String),
    /// The server refused because this device's clock is so many seconds off.
    #[error("{}", wrong_time(*.0))]
    WrongTime(i64),
    /// The server refused.
    #[error("{}", refusal(.0))]
    Refused(Problem),
    /// What the server answered cannot be read.
    #[error("The server's answer cannot be understood. Is the app up to date?")]
    BadAnswer,
    /// The server is not the one that was pinned, or shows another history than before.
    #[error("Stop: {0}. Do not go on, and tell whoever looks after Safehold at your school.")]
    Suspicious(&'static str),
    /// The roll is not valid.
    #[error("Stop: the list of key holders is not valid ({0}). Tell whoever looks after Safehold.")]
    BadRoll(RollError),
    /// The challenge is not one to be shown.
    #[error("Stop: {0}. Do not go on, and tell whoever looks after Safehold at your school.")]
    BadChallenge(Suspicion),
    /// The key store.
    #[error("{0}")]
    Store(StoreError),
    /// The keychain answers, and holds no key of this device any more.
    #[error("The key of this device is no longer in its keychain.")]
    KeyGone,
    /// The profile file.
    #[error("What this device remembers could not be saved: {0}")]
    Profile(String),
    /// The last four characters of a sheet do not match.
    #[error("Those are not the last four characters of sheet {0}. Look at the printed sheet.")]
    WrongSheet(u8),
    /// A recovery sheet was typed wrongly.
    #[error("In {0}: {1}. Compare it with the paper, letter by letter.")]
    BadSheet(SheetName, MistypedSheet),
    /// There is no sheet in what was given.
    #[error("There is no recovery sheet in that. A sheet has six lines of letters and digits.")]
    NoSheet,
    /// The same sheet was given twice.
    #[error("That is sheet {0} again. Two different sheets are needed.")]
    SameSheet(u8),
    /// The two sheets do not belong together.
    #[error("Those two sheets are of different kits. Find two that were printed on the same day.")]
    TwoKits,
    /// The sheets belong together, but the school has another kit by now.
    #[error("Those are sheets of an older kit: they no longer open this school.")]
    OldKit,
    /// The kit opens less than the school has.
    #[error(
        "These sheets do not open everything any more. Make new ones on a device that holds a key."
    )]
    KitIncomplete,
    /// Six words or a link that no waiting device has.
    #[error(
        "No device that waits at your school has those words or that code. Look at its screen again."
    )]
    NoSuchDevice,
    /// The device cannot do this at all.
    #[error("This device has not been given that right.")]
    NotAllowed,
    /// The device's own key may not give keys.
    #[error("This device’s key may not give keys to others. Ask another key holder to do it.")]
    MayNotGive,
    /// A last day that has passed already.
    #[error("That day is over. Choose today or a later one.")]
    DayOver,
    /// A number that has not the digits that the page shows.
    #[error("Type the number that the page shows: {0} digits.")]
    WrongDigits(u8),
    /// The wrong moment for this.
    #[error("That cannot be done now.")]
    NotNow,
    /// A cryptographic operation failed on this device.
    #[error("The keys on this device could not be used.")]
    Keys,
}

impl Trouble {
    /// Whether the server refused the PIN, or did not look at it yet: another may be typed.
    pub fn is_of_the_pin(&self) -> bool {
        matches!(self, Self::Refused(problem) if ["pin-refused", "pin-too-soon"].contains(&problem.slug()))
    }

    /// For how many seconds the server looks at no other PIN of this device. One that said more than ten minutes
    /// would make no sense, and is not waited for as long.
    pub fn pin_wait(&self) -> Option<u32> {
        match self {
            Self::Refused(problem) if self.is_of_the_pin() => problem
                .wait_seconds
                .filter(|seconds| *seconds > 0)
                .map(|seconds| seconds.min(LONGEST_PIN_WAIT)),
            _ => None,
        }
    }

    /// Whether a backup that was put back, for a good reason or a bad one, looks like this: the way out is
    /// [`AcceptRestore`](crate::AcceptRestore), for whoever knows the reason.
    pub fn may_be_a_restore(&self) -> bool {
        matches!(self, Self::Suspicious(said) if crate::machines::is_of_the_past(said))
    }
}

fn wrong_time(seconds: i64) -> String {
    let (apart, side) = (
        seconds.unsigned_abs(),
        if seconds < 0 { "behind" } else { "ahead" },
    );
    let (count, unit) = match apart {
        0..7_200 => (apart / 60, "minute"),
        7_200..172_800 => (apart / 3_600, "hour"),
        172_800..63_072_000 => (apart / 86_400, "day"),
        _ => (apart / 31_536_000, "year"),
    };
    let plural = if count == 1 { "" } else { "s" };
    format!(
        "This device’s clock is {count} {unit}{plural} {side}. Set its date and time to automatic and try again."
    )
}

fn refusal(problem: &Problem) -> String {
    let tries = match problem.left {
        Some(1) => " One try is left.".to_owned(),
        Some(left) => format!(" {left} tries are left."),
        None => String::new(),
    };
    match problem.slug() {
        "number-refused" => {
            "That was not the number. This unlock is over: start again in the browser.".to_owned()
        }
        "pin-refused" => format!("That was not your PIN.{tries}"),
        "pin-too-soon" => format!("It was too soon for another PIN, so that one was not looked at.{tries}"),
        "device-suspended" => {
            "This device is suspended. Ask another key holder to look at it.".to_owned()
        }
        "kit-refused" => {
            "Those are sheets of an older kit: they no longer open this school.".to_owned()
        }
        "link-expired" => {
            "That code has been used, or its time is over. Get a new one on the page, and use that."
                .to_owned()
        }
        "device-refused" => {
            "The school no longer knows this device. Somebody may have taken its key away.".to_owned()
        }
        "unlock-not-waiting" => {
            "That request is over: it was answered, or it waited too long. Start again in the browser."
                .to_owned()
        }
        _ if problem.title.trim().is_empty() => {
            format!("The server refused and gave no reason ({}).", problem.status)
        }
        _ => match &problem.detail {
            Some(detail) => format!("{}: {detail}", problem.title),
            None => problem.title.clone(),
        },
    }
}

impl From<protocol::Error> for Trouble {
    fn from(_: protocol::Error) -> Self {
        Self::Keys
    }
}

impl From<RollError> for Trouble {
    fn from(error: RollError) -> Self {
        Self::BadRoll(error)
    }
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}
