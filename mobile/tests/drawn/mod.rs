//! Every state that can be drawn, with something in it: for the snapshots, and for the pictures that
//! `scripts/app-states` takes.

pub(crate) mod draw;

use authenticator::approve::Question;
use authenticator::contract::Problem;
use authenticator::{StoreError, Trouble};
use domain::{CategoryId, DeviceId, SchoolId, UnlockId};
use mobile::{
    About, Choices, Done, Gone, HolderRow, KeyRow, Known, OldKey, OldKeyState, OwnDevice,
    PaperCodes, Place, SchoolRow, SessionRow, SheetsFor, Standing, Stop, Taken, Task, View,
};
use protocol::compartments::Compartment;

pub(crate) const WORDS: &str = "amber boat cedar drum elbow fern";

pub(crate) fn question(known_browser: bool) -> Box<Question> {
    Box::new(Question {
        browser: "Chrome on Windows".to_owned(),
        place: "Head’s office".to_owned(),
        origin: "https://safehold.example".to_owned(),
        known_browser,
        digits: if known_browser { 2 } else { 6 },
        compartments: vec![Compartment::PASTORAL, Compartment::SAFEGUARDING],
        scopes: vec!["concerns:read".to_owned()],
        session_seconds: if known_browser { 14_400 } else { 900 },
    })
}

fn refused(slug: &str) -> Trouble {
    Trouble::Refused(Problem {
        kind: format!("/problems/{slug}"),
        title: "That was refused".to_owned(),
        status: 403,
        detail: None,
        left: None,
        wait_seconds: None,
    })
}

fn row(number: u8, name: &str, standing: Standing) -> HolderRow {
    HolderRow {
        device: DeviceId::from_bytes([number; 16]),
        member_name: name.to_owned(),
        device_name: "iPhone or iPad".to_owned(),
        standing,
        opens: "pastoral, safeguarding; only years 7, 8; until 31 July 2027".to_owned(),
        waiting: None,
        store: "in a phone’s keychain",
        is_this: number == 1,
    }
}

fn choices(compartments: &[Compartment]) -> Choices {
    let categories = ["Bullying", "Neglect", "Online safety"];
    Choices {
        compartments: compartments.to_vec(),
        tasks: Task::ALL.to_vec(),
        categories: (1..)
            .zip(categories)
            .map(|(number, name)| (CategoryId::from_bytes([number; 16]), name.to_owned()))
            .collect(),
        years: ["7", "8", "9", "10", "11"].map(str::to_owned).to_vec(),
        last_day: None,
    }
}

fn stops() -> Vec<(&'static str, Trouble)> {
    vec![
        ("keychain-missing", Trouble::Store(StoreError::Missing)),
        ("keychain-locked", Trouble::Store(StoreError::Locked)),
        (
            "keychain-failed",
            Trouble::Store(StoreError::Failed("bus closed".to_owned())),
        ),
        ("key-gone", Trouble::KeyGone),
        (
            "profile-unreadable",
            Trouble::Profile("no space left on the disk".to_owned()),
        ),
        ("clock-years-off", Trouble::WrongTime(-94_608_000)),
        (
            "server-away",
            Trouble::Unreachable("connection refused".to_owned()),
        ),
        ("device-suspended", refused("device-suspended")),
        ("device-unknown", refused("device-refused")),
        ("wrong-number", refused("number-refused")),
        (
            "suspicious",
            Trouble::Suspicious("the server sent a key that is not the school's"),
        ),
        (
            "put-back",
            Trouble::Suspicious(
                "the record of what was done is shorter or other than it was before",
            ),
        ),
        ("nonsense", Trouble::BadAnswer),
        ("not-allowed", Trouble::NotAllowed),
    ]
}

/// What a key's life has after its first day.
fn life() -> Vec<(&'static str, View)> {
    let wrong_pin = || Some("That was not your PIN. 4 tries are left.".to_owned());
    let away = || {
        Some(
            "The server could not be reached. Nothing was changed. (connection refused)".to_owned(),
        )
    };
    let names = |names: &[&str]| {
        names
            .iter()
            .map(|name| (*name).to_owned())
            .collect::<Vec<_>>()
    };
    let own = |number: u8, name: &str, shut_out| OwnDevice {
        device: DeviceId::from_bytes([number; 16]),
        name: name.to_owned(),
        shut_out,
    };
    let key = |compartment, holders, may_change| KeyRow {
        compartment,
        holders,
        may_change,
    };
    let old = |compartment, state: OldKeyState| OldKey {
        compartment,
        generation: 1,
        may_destroy: state == OldKeyState::Unused,
        state,
    };
    let taken = |others, own| View::Changed {
        member_name: "Ben Ali".to_owned(),
        taken: Some(Taken {
            opened: names(&["pastoral", "safeguarding"]),
            others,
            own,
        }),
    };
    let code = |counts, trouble| View::Code {
        code: "48201937".to_owned(),
        seconds_left: 17,
        counts,
        trouble,
    };
    let gone = |roll, may_accept, for_everybody| Gone {
        log: (1204, 1130),
        roll,
        words: WORDS.to_owned(),
        may_accept,
        for_everybody,
    };
    let sheets = |purpose, read: &[u8], trouble| View::GiveSheets {
        purpose,
        read: read.to_vec(),
        trouble,
    };
    let own_row = |number, name, standing| HolderRow {
        device_name: String::new(),
        ..row(number, name, standing)
    };
    let done = |done| View::Done { done };
    vec![
        ("recover-first", sheets(SheetsFor::Recovery, &[], None)),
        (
            "recover-slip",
            sheets(
                SheetsFor::Recovery,
                &[3],
                Some("In sheet 2: there is a slip in line 4. Compare it with the paper, letter by letter.".to_owned()),
            ),
        ),
        ("recover-both-away", sheets(SheetsFor::Recovery, &[3, 1], away())),
        (
            "recover-two-kits",
            sheets(
                SheetsFor::Recovery,
                &[],
                Some("Those two sheets are of different kits. Find two that were printed on the same day.".to_owned()),
            ),
        ),
        ("other-server", View::OtherServer { origin: "https://restored.safehold.example".to_owned() }),
        (
            "take-keys",
            View::TakeKeys {
                devices: vec![own(1, "Ada’s phone", true), own(2, "Linux computer", false)],
                trouble: wrong_pin(),
            },
        ),
        ("take-keys-only", View::TakeKeys { devices: Vec::new(), trouble: None }),
        ("recovered", View::Recovered { new_kit_by: Some("3 December 2026".to_owned()), missing: Vec::new() }),
        ("recovered-in-part", View::Recovered { new_kit_by: None, missing: names(&["staff", "head"]) }),
        ("kit", View::Kit),
        ("drill", View::Drill),
        ("test-kit", sheets(SheetsFor::Test, &[], None)),
        (
            "sheets-work",
            done(Done::SheetsWork { sheets: vec![1, 3], tested_on: "26 November 2026".to_owned() }),
        ),
        ("new-kit", View::NewKit { trouble: wrong_pin() }),
        ("new-kit-counts", done(Done::NewKit)),
        (
            "keys",
            View::Keys {
                rows: vec![
                    key(Compartment::PASTORAL, 4, true),
                    key(Compartment::SAFEGUARDING, 3, true),
                    key(Compartment::STAFF, 1, false),
                ],
                old: Vec::new(),
                trouble: None,
            },
        ),
        (
            "keys-under-way",
            View::Keys {
                rows: vec![key(Compartment::PASTORAL, 4, true), key(Compartment::SAFEGUARDING, 3, true)],
                old: vec![
                    old(Compartment::PASTORAL, OldKeyState::Moving(1204, 3500)),
                    old(Compartment::SAFEGUARDING, OldKeyState::Unused),
                    old(Compartment::HEAD, OldKeyState::Settling("4 minutes".to_owned())),
                ],
                trouble: away(),
            },
        ),
        (
            "change-key",
            View::ChangeKey { compartment: "safeguarding".to_owned(), holders: 3, trouble: wrong_pin() },
        ),
        ("key-changed", done(Done::KeyChanged { compartment: "safeguarding".to_owned(), holders: 3 })),
        ("destroy-key", View::DestroyKey { compartment: "safeguarding".to_owned(), trouble: None }),
        ("key-destroyed", done(Done::KeyDestroyed { compartment: "safeguarding".to_owned() })),
        ("restore", View::Restore { gone: gone(None, true, true), trouble: wrong_pin() }),
        ("restore-roll", View::Restore { gone: gone(Some((9, 7)), true, false), trouble: None }),
        ("restore-not-first", View::Restore { gone: gone(None, false, false), trouble: None }),
        ("restore-accepted", done(Done::RestoreAccepted { for_everybody: true })),
        ("nothing-gone", done(Done::NothingGone)),
        ("code-off", code(false, wrong_pin())),
        ("code", code(true, None)),
        ("took-away", taken(1, false)),
        ("took-away-own", taken(0, true)),
        ("lost", View::Lost { rows: vec![own_row(2, "Ada’s phone", Standing::Held), own_row(3, "Linux computer", Standing::Suspended)] }),
        ("lost-none", View::Lost { rows: Vec::new() }),
        ("replace", View::Replace { school_name: "Hill School".to_owned() }),
    ]
}

/// Each state by its name.
pub(crate) fn states() -> Vec<(&'static str, View)> {
    let trouble = || Some("That did not work.".to_owned());
    let origin = || "https://safehold.example".to_owned();
    let lines = [
        "0411 248H 248Z",
        "7Q2M 9XKD 41TB",
        "W3PN 6VC8 RJ0E",
        "5HSG Y1AF 2MZK",
        "D9TQ 84XN V6CB",
        "1X0W",
    ];
    let mut waiting_row = row(2, "Ben Ali", Standing::Held);
    waiting_row.waiting = Some("staff".to_owned());
    let holder = |row: HolderRow, may: bool| View::Holder {
        row: Box::new(row),
        choices: Box::new(Choices {
            tasks: if may { Task::ALL.to_vec() } else { Vec::new() },
            last_day: chrono::NaiveDate::from_ymd_opt(2027, 7, 31),
            ..choices(&[Compartment::PASTORAL, Compartment::SAFEGUARDING])
        }),
        may_restrict: may,
        may_revoke: may,
        may_confirm: may,
        trouble: may.then(|| "That was not your PIN. 4 tries are left.".to_owned()),
    };
    let mut states = vec![
        ("opening", View::Opening),
        ("welcome", View::Welcome { trouble: None, others: false }),
        ("welcome-trouble", View::Welcome { trouble: trouble(), others: true }),
        ("choose-pin", View::ChoosePin { origin: origin(), trouble: None }),
        ("working", View::Working { what: "Making your key…" }),
        (
            "sheet",
            View::Sheet {
                school_name: "Hill School".to_owned(),
                number: 2,
                lines: lines.map(str::to_owned).to_vec(),
                code: lines.concat().replace(' ', ""),
                saved: Some("/home/ada/Downloads/Safehold recovery sheet 2 of 3.pdf".to_owned()),
                renews: false,
                trouble: None,
            },
        ),
        (
            "sheet-last-new",
            View::Sheet {
                school_name: "Hill School".to_owned(),
                number: 3,
                lines: lines.map(str::to_owned).to_vec(),
                code: lines.concat().replace(' ', ""),
                saved: None,
                renews: true,
                trouble: Some("Those are not the last four characters of sheet 3. Look at the printed sheet.".to_owned()),
            },
        ),
        ("interrupted", View::SetupInterrupted { trouble: "The server could not be reached.".to_owned() }),
        (
            "waiting",
            View::Waiting {
                school_name: "Hill School".to_owned(),
                words: WORDS.split(' ').map(str::to_owned).collect(),
                link: format!("safehold:grant?d={}", "a2V5".repeat(104)),
                trouble: None,
            },
        ),
        ("ready", View::Ready),
        ("nothing", View::Nothing),
        ("asking", View::Asking { question: question(true), trouble: None }),
        ("asking-unknown-browser", View::Asking { question: question(false), trouble: trouble() }),
        ("approved", View::Approved),
        ("refused", View::Refused),
        ("elsewhere", View::Elsewhere),
        ("other-words", View::OtherWords { trouble: None }),
        (
            "deciding",
            View::Deciding {
                member_name: "Ben Ali".to_owned(),
                words: WORDS.to_owned(),
                choices: Box::new(choices(&Compartment::ALL_COMMON)),
                trouble: None,
            },
        ),
        ("granted", View::Granted { member_name: "Ben Ali".to_owned(), waiting: vec!["staff".to_owned()] }),
        ("sessions-none", View::Sessions { rows: Vec::new(), trouble: None }),
        (
            "sessions",
            View::Sessions {
                rows: vec![
                    SessionRow {
                        unlock: UnlockId::from_bytes([1; 16]),
                        browser: "Chrome on Windows".to_owned(),
                        when: "Open for 20 minutes, locks by itself within 4 hours".to_owned(),
                        known: Known::Fully,
                    },
                    SessionRow {
                        unlock: UnlockId::from_bytes([2; 16]),
                        browser: "Safari on iPad".to_owned(),
                        when: "Open for 2 hours, locks by itself within 2 hours".to_owned(),
                        known: Known::Fully,
                    },
                ],
                trouble: trouble(),
            },
        ),
        (
            "sessions-new",
            View::Sessions {
                rows: vec![
                    SessionRow {
                        unlock: UnlockId::from_bytes([1; 16]),
                        browser: "Chrome on Windows".to_owned(),
                        when: "Open for 2 minutes, locks by itself within 13 minutes".to_owned(),
                        known: Known::New,
                    },
                    SessionRow {
                        unlock: UnlockId::from_bytes([2; 16]),
                        browser: "Safari on iPad".to_owned(),
                        when: "Open for 5 minutes, locks by itself within 10 minutes".to_owned(),
                        known: Known::Kept,
                    },
                ],
                trouble: None,
            },
        ),
        (
            "holders",
            View::Holders {
                rows: vec![
                    row(1, "Ada Okafor", Standing::Held),
                    waiting_row.clone(),
                    row(3, "Carys Llywelyn-Featherstonehaugh", Standing::Suspended),
                    row(4, "Dilys Rees", Standing::Ended),
                    row(5, "Emlyn Parry", Standing::Revoked),
                ],
                words: WORDS.to_owned(),
            },
        ),
        ("holder", holder(waiting_row, true)),
        ("holder-no-right", holder(row(3, "Carys Llywelyn", Standing::Held), false)),
        ("changed", View::Changed { member_name: "Ben Ali".to_owned(), taken: None }),
        (
            "about",
            View::About {
                about: Box::new(About {
                    school_name: "Hill School".to_owned(),
                    member_name: "Ada Okafor".to_owned(),
                    device_name: "Linux computer".to_owned(),
                    origin: origin(),
                    store: "in a computer’s keychain",
                    own_words: WORDS.to_owned(),
                    roll_words: "zebra yard window violet under tulip".to_owned(),
                    roll_length: 7,
                    log_length: 1204,
                    log_head: "93af 0c11 5be2 7d40".to_owned(),
                    server: "a1b2 c3d4 e5f6 0718 293a 4b5c 6d7e 8f90 a1b2 c3d4 e5f6 0718 293a 4b5c 6d7e 8f90".to_owned(),
                }),
            },
        ),
        ("paper-codes", View::PaperCodes { state: PaperCodes::Left(7), trouble: None }),
        (
            "paper-codes-none",
            View::PaperCodes {
                state: PaperCodes::Left(0),
                trouble: Some("That was not your PIN. 4 tries are left.".to_owned()),
            },
        ),
        ("paper-codes-working", View::PaperCodes { state: PaperCodes::Working, trouble: None }),
        (
            "paper-codes-made",
            View::PaperCodes {
                state: PaperCodes::Made {
                    codes: (0..10).map(|_| "J28S 54WM JPB9 F64S KADS S7CY KP".to_owned().into()).collect(),
                    origin: origin(),
                },
                trouble: None,
            },
        ),
        (
            "schools",
            View::Schools {
                rows: (0u8..3)
                    .zip(["Hill School", "Ysgol Gŵyr", "St Bartholomew’s Church of England Primary"])
                    .map(|(number, name)| SchoolRow {
                        school: SchoolId::from_bytes([number; 16]),
                        place: Place { name: name.to_owned(), colour: number },
                        about: format!("Ada Okafor at {}", origin()),
                    })
                    .collect(),
            },
        ),
    ];
    states.extend(life());
    for (name, trouble) in stops() {
        states.push((
            name,
            View::Stopped {
                stop: Box::new(Stop::of(&trouble)),
            },
        ));
    }
    states
}
