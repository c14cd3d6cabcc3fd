//! The wait after a wrong PIN.

pub(crate) fn wait(seconds: u32) -> String {
    match seconds {
        1 => "Wait 1 second before you try again.".to_owned(),
        seconds => format!("Wait {seconds} seconds before you try again."),
    }
}
/// The same, counted down.
pub(crate) fn left(seconds: u32) -> String {
    match seconds {
        0 => OVER.to_owned(),
        1 => "You can try again in 1 second.".to_owned(),
        seconds => format!("You can try again in {seconds} seconds."),
    }
}
pub(crate) const OVER: &str = "You can try again now.";
