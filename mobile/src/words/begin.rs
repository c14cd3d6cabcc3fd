//! The first screen of a new device, and the one that waits.

pub(crate) const TITLE: &str = "Make this device your key";
pub(crate) const LEAD: &str =
    "Your school’s records open only with a key on a device like this one. It takes two minutes.";
pub(crate) const LINK: &str = "Link from the page";
pub(crate) const LINK_HINT: &str = "On your computer, Safehold shows a square code and a link. Scan the code with this device’s camera, or paste the link here.";

pub(crate) const PIN_TITLE: &str = "Choose a PIN";
pub(crate) const PIN_LEAD: &str =
    "You type it each time you unlock the records. Not your phone’s, and not a birthday.";
pub(crate) const PIN: &str = "PIN";
pub(crate) const PIN_HINT: &str = "Six digits or more";
pub(crate) const PIN_AGAIN: &str = "The same PIN again";
pub(crate) const MAKE: &str = "Make my key";
pub(crate) const MAKING: &str = "Making your key…";

pub(crate) const MADE: &str = "Your key is made";
pub(crate) const MADE_LEAD: &str = "It opens nothing until a key holder grants it. Go to one, or call, and read out these six words.";
pub(crate) const CODE: &str = "Or show a square, or send a link";
pub(crate) const CODE_HINT: &str = "A key holder’s phone scans the square with its camera, and Safehold opens there with this device in it. The link below does the same, opened or pasted.";
pub(crate) const SQUARE: &str = "The same link as below, as a square to scan";
pub(crate) const BY_ITSELF: &str = "This screen changes by itself once the key is granted.";
pub(crate) const LOOK: &str = "Look now";

pub(crate) const INTERRUPTED: &str = "Not finished yet";
pub(crate) const INTERRUPTED_LEAD: &str = "Keep this app open and keep your sheets.";

pub(crate) const LOST: &str = "Lost your phone, or your only key?";
pub(crate) const LOST_STEPS: [&str; 3] = [
    "Sign in on any computer, open “Your devices” and say which one you have lost. It is shut out at once.",
    "Choose “Enrol another device” there, and paste its link here.",
    "Another key holder then gives this device a key. Nobody else? Two of the three recovery sheets do.",
];
pub(crate) const RECOVER: &str = "Use two recovery sheets";

pub(crate) fn replace(school: &str) -> String {
    format!("This device has a key of {school} already")
}
pub(crate) const REPLACE: &str = "Going on makes a new one, which opens nothing until it is granted. This app will not find the old one again.";
pub(crate) const REPLACE_DRILL: &str =
    "For a restore drill, use a device that holds no key of this school.";
pub(crate) const REPLACE_YES: &str = "Put a new key in its place";
pub(crate) const REPLACE_NO: &str = "Keep the key that is here";
