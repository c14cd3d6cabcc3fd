use authenticator::Profile;

use crate::phase::Phase;

/// How many colours there are to tell schools apart by.
const COLOURS: u8 = 6;

/// Which school a screen is about: its name, and a colour that is always the same for it. The colour
/// only helps the eye; the name stands beside it everywhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The school's name.
    pub name: String,
    /// 0 to 5: the class `school-N` has the colour.
    pub colour: u8,
}

impl Place {
    /// Of a school that this device knows.
    pub fn of_profile(profile: &Profile) -> Self {
        let sum = profile
            .school
            .as_bytes()
            .iter()
            .fold(0u8, |sum, byte| sum.wrapping_mul(31).wrapping_add(*byte));
        Self {
            name: profile.school_name.clone(),
            colour: sum % COLOURS,
        }
    }

    /// Of the school that the app is with now.
    pub fn of(phase: &Phase) -> Option<Self> {
        phase
            .profile()
            .filter(|profile| !profile.school_name.is_empty())
            .map(Self::of_profile)
    }
}
