//! English: what the screens of a key's whole life say. A sentence with something in it is a function.

/// What stands on many screens.
pub(crate) mod common {
    pub(crate) const BACK: &str = "Back";
    pub(crate) const DONE: &str = "Done";
    pub(crate) const CONTINUE: &str = "Continue";
    pub(crate) const TRY_AGAIN: &str = "Try again";
    pub(crate) const YOUR_PIN: &str = "Your PIN";

    /// `pastoral and safeguarding`
    pub(crate) fn list(names: &[String]) -> String {
        match names {
            [] => "nothing".to_owned(),
            [one] => one.clone(),
            [first @ .., last] => format!("{} and {last}", first.join(", ")),
        }
    }

    /// With a capital letter.
    pub(crate) fn capital(words: &str) -> String {
        let mut letters = words.chars();
        letters
            .next()
            .map(|first| first.to_uppercase().chain(letters).collect())
            .unwrap_or_default()
    }

    /// `1 device`, `2 devices`
    pub(crate) fn devices(count: usize) -> String {
        match count {
            1 => "1 device".to_owned(),
            count => format!("{count} devices"),
        }
    }

    /// `1,204`
    pub(crate) fn number(count: u64) -> String {
        let digits = count.to_string();
        let first = digits.len() % 3;
        let (head, tail) = digits.split_at_checked(first).unwrap_or(("", &digits));
        let mut groups: Vec<&str> = (!head.is_empty()).then_some(head).into_iter().collect();
        groups.extend(
            tail.as_bytes()
                .chunks(3)
                .filter_map(|group| std::str::from_utf8(group).ok()),
        );
        groups.join(",")
    }
}

/// The first screen of a new device, and the one that waits.
pub(crate) mod begin {
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
}

/// Recovery sheets: come back with two, try two out, make three.
pub(crate) mod sheets {
    pub(crate) const WAY: &str = "Recovery sheets";
    pub(crate) const TITLE: &str = "Recovery sheets";
    pub(crate) const LEAD: &str = "Three sheets of paper. Any two of them open the records if every key is lost; one alone opens nothing.";
    pub(crate) const TEST: &str = "Test two sheets";
    pub(crate) const TEST_HINT: &str = "Once a term: do they still open everything?";
    pub(crate) const NEW: &str = "Make new sheets";
    pub(crate) const NEW_HINT: &str = "When one is lost or was seen, or after a recovery";
    pub(crate) const DRILL: &str = "Practise a restore";
    pub(crate) const DRILL_HINT: &str = "Once a year: the sheets and a backup, on an empty machine";

    pub(crate) const FIRST: &str = "Your first sheet";
    pub(crate) const SECOND: &str = "Now another sheet";
    pub(crate) const BOTH: &str = "Both sheets are here";
    pub(crate) const FIELD: &str = "Its six lines";
    pub(crate) const FIELD_HINT: &str =
        "Spaces and small letters do not matter. Or paste what the square on the sheet says.";
    pub(crate) const FOR_RECOVERY: &str =
        "Any two of the three. What you type stays on this device.";
    pub(crate) const FOR_TEST: &str =
        "Any two of the three. They are tried out here, and never leave this device.";
    pub(crate) const KEPT: &str =
        "You need not type them again. Try again as soon as this device is online.";
    pub(crate) const READING: &str = "Looking at it…";

    pub(crate) fn step(number: usize) -> String {
        format!("Sheet {number} of 2")
    }
    pub(crate) fn have(number: u8) -> String {
        format!("Sheet {number} is right.")
    }
    pub(crate) fn slip(line: usize) -> String {
        format!("Line {line} has a wrong character. Compare it with the paper.")
    }
    pub(crate) fn sound(lines: usize) -> String {
        match lines {
            0 => String::new(),
            1 => "Line 1 is right.".to_owned(),
            6 => "All six lines are right.".to_owned(),
            lines => format!("Lines 1 to {lines} are right."),
        }
    }

    pub(crate) const WORK: &str = "The sheets work";
    pub(crate) fn work(sheets: &[u8], day: &str) -> String {
        let numbers: Vec<String> = sheets.iter().map(u8::to_string).collect();
        format!(
            "Sheets {} open every key of the school. Noted for {day}. Put them back in their two places.",
            super::common::list(&numbers)
        )
    }

    pub(crate) const NEW_TITLE: &str = "Make new recovery sheets";
    pub(crate) const NEW_STEPS: [&str; 3] = [
        "This device makes three new sheets, and you print or copy each.",
        "You type four characters of each, read from the paper.",
        "From then on the old sheets open nothing of the school. Until then they count.",
    ];
    pub(crate) const NEW_LEAD: &str =
        "Have a printer or pen and paper at hand. It takes ten minutes.";
    pub(crate) const NEW_BUTTON: &str = "Make the sheets";
    pub(crate) const NEW_STOP: &str = "Stop: the old sheets go on counting";
    pub(crate) const NEW_LAST: &str = "Let the new sheets count";
    pub(crate) const MADE: &str = "The new sheets count";
    pub(crate) const MADE_LEAD: &str = "The old ones open nothing of the school any more. Destroy them: they still open backups that are older than today.";
    pub(crate) const MADE_PLACES: &str = "Put the three new ones in three places, for example the school’s safe, the chair of governors, and the bank.";

    pub(crate) const DRILL_LEAD: &str = "It proves that a backup and two sheets are enough. The school’s own server is not touched.";
    pub(crate) const DRILL_STEPS: [&str; 5] = [
        "Whoever runs Safehold puts last night’s backup on an empty machine and runs “server restore” there.",
        "You choose a password there by the link that it mails, and enrol a device.",
        "On a device that holds no key of this school, open this app and paste the link.",
        "Choose “Use two recovery sheets”, and say that the server was restored.",
        "Unlock, read one concern, and write the day down. Then everything on that machine is destroyed.",
    ];
    pub(crate) const DRILL_WARNING: &str =
        "Do not use this device: its key of the school would be replaced by one of the drill.";
}

/// Back with two sheets.
pub(crate) mod recover {
    pub(crate) const OTHER: &str = "This is another server than before";
    pub(crate) const OTHER_LEAD: &str =
        "Your school’s keys were made with another server than the one at this address:";
    pub(crate) const OTHER_WHY: &str = "That is right after a restore on a new machine, and at no other time. Ask whoever runs Safehold, in person or by a number that you know.";
    pub(crate) const OTHER_SURE: &str = "They told me themselves that it was restored";
    pub(crate) const OTHER_YES: &str = "Go on with this server";

    pub(crate) const TAKE: &str = "The sheets fit";
    pub(crate) const TAKE_LEAD: &str =
        "This device takes the school’s keys now. Every key holder is told.";
    pub(crate) const GONE: &str = "Which of your devices have you lost?";
    pub(crate) const GONE_HINT: &str =
        "A ticked one loses its key for ever. One that you still have can stay.";
    pub(crate) const NONE: &str = "You have no other device that holds a key.";
    pub(crate) const TAKE_BUTTON: &str = "Take the keys";
    pub(crate) const TAKING: &str = "Taking the keys…";

    pub(crate) fn device(name: &str, shut_out: bool) -> String {
        match shut_out {
            true => format!("{name}, shut out"),
            false => name.to_owned(),
        }
    }

    pub(crate) const READY: &str = "You have the keys again";
    pub(crate) fn new_kit(by: Option<&str>) -> String {
        match by {
            Some(day) => format!(
                "The sheets were used, so make new ones by {day}. Until then the old ones still count."
            ),
            None => "The sheets were used, so make new ones within seven days.".to_owned(),
        }
    }
    pub(crate) fn missing(names: &[String]) -> String {
        format!(
            "The sheets did not open {}. Another key holder can give you that.",
            super::common::list(names)
        )
    }
    pub(crate) const NOW: &str = "Make new sheets now";
    pub(crate) const LATER: &str = "Later";
}

/// The compartments' keys.
pub(crate) mod keys {
    pub(crate) const WAY: &str = "Change keys";
    pub(crate) const TITLE: &str = "Change keys";
    pub(crate) const LEAD: &str = "When somebody leaves or a device is lost: what they may have copied opens nothing that is written after.";
    pub(crate) const CHOOSE: &str = "Choose a key to change it";
    pub(crate) const OLD: &str = "Still under way";
    pub(crate) const OLD_HINT: &str = "Records move while somebody has them unlocked in a browser. You can close this app: it goes on by itself.";
    pub(crate) const MAY_NOT: &str = "Your own key does not let you change this one";
    pub(crate) const DESTROY: &str = "Destroy the old key";

    pub(crate) fn held_by(holders: usize) -> String {
        format!("Held by {}", super::common::devices(holders))
    }
    pub(crate) fn moving(left: u64) -> String {
        match left {
            1 => "1 record has still to move to the new key".to_owned(),
            left => format!(
                "{} records have still to move to the new key",
                super::common::number(left)
            ),
        }
    }
    pub(crate) fn settling(time: &str) -> String {
        format!("Every record has moved. The old key can be destroyed in {time}.")
    }
    pub(crate) const UNUSED: &str = "Every record has moved. Nothing needs the old key.";
    pub(crate) fn old_name(compartment: &str, generation: u32) -> String {
        format!("{}, key {generation}", super::common::capital(compartment))
    }

    pub(crate) fn change(compartment: &str) -> String {
        format!("A new key for {compartment}")
    }
    pub(crate) fn change_steps(holders: usize) -> [String; 3] {
        [
            format!(
                "{} get the new key at once, and so do the recovery sheets.",
                match holders {
                    1 => "1 device".to_owned(),
                    holders => format!("All {holders} devices that hold it"),
                }
            ),
            "Browsers that have it open are locked. Whoever was reading unlocks again.".to_owned(),
            "The records move to the new key bit by bit. Everything can be read meanwhile."
                .to_owned(),
        ]
    }
    pub(crate) const CHANGE_BUTTON: &str = "Change this key";
    pub(crate) const CHANGING: &str = "Changing…";
    pub(crate) fn changed(compartment: &str) -> String {
        format!("{} has a new key", super::common::capital(compartment))
    }
    pub(crate) fn changed_lead(holders: usize) -> String {
        format!(
            "It is on {}. Unlock in a browser now: the records move to it while you work.",
            super::common::devices(holders)
        )
    }
    pub(crate) const SEE: &str = "See how far it is";

    pub(crate) fn destroy(compartment: &str) -> String {
        format!("Destroy the old key of {compartment}")
    }
    pub(crate) const DESTROY_LEAD: &str =
        "No record needs it any more. What is destroyed does not come back.";
    pub(crate) const DESTROY_BUTTON: &str = "Destroy it";
    pub(crate) const DESTROYED: &str = "The old key is destroyed";
    pub(crate) fn destroyed(compartment: &str) -> String {
        format!("Whoever kept a copy of it opens nothing of {compartment} any more.")
    }
}

/// A backup that was put back.
pub(crate) mod restore {
    use super::common::number;

    pub(crate) const WAY: &str = "It was restored from a backup";
    pub(crate) const TITLE: &str = "Was it restored from a backup?";
    pub(crate) const LEAD: &str = "What this device saw is no longer there. After a restore that is right. If nobody restored anything, somebody may have put an old copy back.";
    pub(crate) const LOG: &str = "The record of what was done";
    pub(crate) const ROLL: &str = "The list of key holders";
    pub(crate) fn lines(before: u64, now: u64) -> String {
        match now < before {
            true => format!(
                "{} lines when this device last looked, {} now",
                number(before),
                number(now)
            ),
            false => format!(
                "Other than the {} lines that this device saw; {} now",
                number(before),
                number(now)
            ),
        }
    }
    pub(crate) fn entries(before: u64, now: u64) -> String {
        format!(
            "{} entries when this device last looked, {} now",
            number(before),
            number(now)
        )
    }
    pub(crate) const ROLL_GONE: &str = "Keys that were given or taken away since then are as they were before. Somebody who was taken off may be on the list again.";
    pub(crate) const WORDS: &str = "Its six words now";
    pub(crate) const WORDS_HINT: &str = "Compare them with another key holder before you go on.";
    pub(crate) const SURE: &str = "I know who restored it, and why";
    pub(crate) const BUTTON: &str = "Accept the restore";
    pub(crate) const ACCEPTING: &str = "Accepting…";
    pub(crate) const NOT_FIRST: &str = "Your key does not let you say so first. Ask a key holder who may make recovery sheets to accept it on their device; then come back here.";
    pub(crate) const FOR_ALL: &str = "You accept it for every key holder. They are told.";
    pub(crate) const FOR_SELF: &str =
        "Another key holder has accepted it. You accept it for this device.";
    pub(crate) const ACCEPTED: &str = "The restore is accepted";
    pub(crate) fn accepted(for_everybody: bool) -> &'static str {
        match for_everybody {
            true => "This device goes on from what is there now. The other key holders are told.",
            false => "This device goes on from what is there now.",
        }
    }
    pub(crate) const NOTHING: &str = "Nothing is gone";
    pub(crate) const NOTHING_LEAD: &str = "Everything that this device saw is there, so there is nothing to accept. If the app stops again, do not go on: tell whoever looks after Safehold.";
}

/// The offline code.
pub(crate) mod code {
    pub(crate) const TITLE: &str = "Offline code";
    pub(crate) const OFF: &str = "The codes of this device do not count yet. Turn them on now, while it is online; once is enough.";
    pub(crate) const WHAT: &str =
        "It proves that you have this device. It opens no record: for that, unlock with the app.";
    pub(crate) const WHAT_FOR: &str = "A code is for the day when your phone has no connection: with it the page shows how much waits and whether anything is urgent.";
    pub(crate) const ON_PAPER: &str = "Codes on paper, which open the records";
    pub(crate) const TURN_ON: &str = "Turn the codes on";
    pub(crate) const TURNING: &str = "Turning them on…";
    pub(crate) const AGAIN: &str = "The page does not take the code?";
    pub(crate) const AGAIN_HINT: &str =
        "After five wrong codes, and after a restore, they must be turned on again.";
}

/// A key was taken away.
pub(crate) mod taken {
    pub(crate) const LEAD: &str = "It opens nothing from now on. Every key holder is told.";
    pub(crate) const LEFT: &str = "What is left to do";
    pub(crate) fn others(name: &str, count: usize) -> String {
        format!(
            "{name} holds {} on {} more. Take {} away too, if they leave.",
            if count == 1 { "a key" } else { "keys" },
            super::common::devices(count),
            if count == 1 { "it" } else { "them" },
        )
    }
    pub(crate) fn change(opened: &[String]) -> String {
        format!(
            "Change the keys that it opened: {}. Whoever copied one reads nothing new.",
            super::common::list(opened)
        )
    }
    pub(crate) const HAND_OVER: &str =
        "If they leave: in the browser, hand over the actions that were theirs.";
}

/// A device is lost.
pub(crate) mod lost {
    pub(crate) const WAY: &str = "I have lost a device";
    pub(crate) const TITLE: &str = "Which one have you lost?";
    pub(crate) const LEAD: &str =
        "Choose it to take its key away for ever. You give it another one if you find it.";
    pub(crate) const NONE: &str = "This is the only device of yours that holds a key.";
    pub(crate) const THIS: &str = "If you ever lose this one: sign in on any computer, open “Your devices”, and say so. It is shut out at once.";
}

/// What stops a person.
pub(crate) mod stop {
    pub(crate) const PAST: &str = "Your key did not leave this device, and nothing was opened. If you know that the records were restored from a backup, say so; otherwise tell whoever looks after Safehold.";
}
