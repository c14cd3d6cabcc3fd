use authenticator::{Trouble, enrol, setup};

use super::View;
use crate::phase::SettingUp;
use crate::words::working;

pub(super) fn of_setup(setting_up: &SettingUp) -> View {
    let trouble = setting_up.trouble().map(super::said);
    match setting_up.machine().state() {
        setup::State::Welcome => View::Welcome {
            trouble,
            others: false,
        },
        setup::State::ChoosingPin { origin } => View::ChoosePin {
            origin: origin.clone(),
            trouble,
        },
        setup::State::Sheets {
            school_name,
            sheets,
            checked,
        } => match (1u8..).zip(sheets).zip(checked).find(|(_, done)| !**done) {
            Some(((number, sheet), _)) => View::Sheet {
                school_name: school_name.clone(),
                number,
                lines: sheet.lines().iter().map(|line| line.to_string()).collect(),
                code: sheet.code().to_string(),
                saved: setting_up.saved().map(|path| path.display().to_string()),
                renews: false,
                trouble,
            },
            None => interrupted(trouble),
        },
        setup::State::Beginning | setup::State::Finishing => interrupted(trouble),
        setup::State::Ready(_) => View::Ready,
    }
}

pub(super) fn interrupted(trouble: Option<String>) -> View {
    match trouble {
        Some(trouble) => View::SetupInterrupted { trouble },
        None => View::Working {
            what: working::MAKING_KEYS,
        },
    }
}

pub(super) fn of_enrolment(state: &enrol::State, trouble: Option<&Trouble>) -> View {
    let text = trouble.map(super::said);
    match state {
        enrol::State::Welcome => View::Welcome {
            trouble: text,
            others: false,
        },
        enrol::State::ChoosingPin { origin } => View::ChoosePin {
            origin: origin.clone(),
            trouble: text,
        },
        enrol::State::Registering => View::Working {
            what: working::MAKING_KEY,
        },
        enrol::State::Waiting {
            school_name,
            words,
            link,
        } => View::Waiting {
            school_name: school_name.clone(),
            words: words.list().map(str::to_owned).to_vec(),
            link: link.clone(),
            trouble: text,
        },
        enrol::State::Looking => View::Working {
            what: working::LOOKING,
        },
        enrol::State::Ready { .. } => View::Ready,
    }
}
