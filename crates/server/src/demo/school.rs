use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use api::{App, imports};
use domain::SchoolId;
use policy::Caller;
use rust_embed::RustEmbed;
use serde_json::{Value, json};

use super::browser::Browser;
use crate::setup;

/// A OneRoster 1.1 export of a school that does not exist.
#[derive(RustEmbed)]
#[folder = "demo"]
struct Roster;

/// Holds the address at which the school was begun.
const ORIGIN: &str = "origin";
const PASSWORD: &str = "bellwether lantern quay";
const PIN: &str = "402913";
const LEAD: (&str, &str) = ("Honor Vance-Ibekwe", "honor@bellwether.example");
const TEACHERS: [(&str, &str); 2] = [
    ("Silas Merriweather", "silas@bellwether.example"),
    ("Gwenllian Roe", "gwenllian@bellwether.example"),
];

/// What is written down: by which teacher, about whom, under what, how many days ago, and the words.
const CONCERNS: [(usize, &str, &str, i64, &str); 5] = [
    (
        0,
        "Ottilie Brackenhurst",
        "Neglect",
        12,
        "Ottilie came without a coat or breakfast for the third time this week. She said she gets herself up because Mum is asleep.",
    ),
    (
        1,
        "Rhodri Cadwallow",
        "Friendships",
        9,
        "Rhodri sat alone at lunch again and would not say why. He has stopped coming to football club.",
    ),
    (
        0,
        "Ottilie Brackenhurst",
        "Attendance",
        5,
        "Ottilie arrived at 9:40, the fourth late mark this month. She walked by herself.",
    ),
    (
        1,
        "Callum Underhill",
        "Online safety",
        3,
        "Callum told me that somebody he met in a game asks him for photographs. He has not sent any.",
    ),
    (
        0,
        "Zofia Marchbanks",
        "Family and home",
        1,
        "Zofia's grandmother died on Saturday. Her father asks us to be gentle with her.",
    ),
];

/// Refuses to go on with a school that was begun under another address: the key that is kept with it knows that one
/// alone, and what [`words`] say would come to nothing.
pub(super) fn stay(origin: &str, folder: &Path) -> Result<(), Box<dyn Error>> {
    match fs::read_to_string(folder.join(ORIGIN)) {
        Ok(kept) if kept != origin => Err(format!(
            "the school in {} was begun at {kept}, and its key answers nowhere else: listen there, or begin again in \
             another folder (scripts/run --fresh)",
            folder.display()
        )
        .into()),
        _ => Ok(()),
    }
}

/// Sets the school up, unless that was done before.
pub(super) fn begin(app: &App, address: &str, folder: &Path) -> Result<(), Box<dyn Error>> {
    let Some(code) = setup::code(app)? else {
        return Ok(());
    };
    fs::write(folder.join(ORIGIN), &app.origin)?;
    let mut lead = Browser::new(address);
    let begun = lead.post(
        "/v1/setup",
        &json!({
            "code": &**code,
            "school_name": "Bellwether Primary School",
            "name": LEAD.0,
            "email": LEAD.1,
            "password": PASSWORD,
        }),
        None,
    )?;
    make_keys(&begun["enrolment"]["link"], folder)?;
    lead.post("/v1/session/token", &json!({}), None)?;
    import(app, &begun["session"]["member"]["school"]["id"], folder)?;

    let mut teachers = Vec::new();
    for (name, email) in TEACHERS {
        let person = json!({ "name": name, "email": email, "roles": ["reporter"] });
        lead.post("/v1/people", &person, None)?;
        let token = api::mail::waiting_token(app, email)?.ok_or("no invitation waits")?;
        let mut browser = Browser::new(address);
        let chosen = json!({ "token": token, "password": PASSWORD });
        browser.post("/v1/passwords", &chosen, None)?;
        browser.post(
            "/v1/session",
            &json!({ "email": email, "password": PASSWORD }),
            None,
        )?;
        teachers.push(browser);
    }
    record(app, &mut teachers)
}

/// Has the terminal authenticator make the school's keys, as the lead would.
fn make_keys(link: &Value, folder: &Path) -> Result<(), Box<dyn Error>> {
    fs::write(folder.join("pin"), PIN)?;
    let link = link.as_str().ok_or("the setup gave no link")?;
    let made = authenticator(folder)
        .args(["setup", link, "--name", "Demonstration", "--sheets-to"])
        .arg(folder.join("sheets"))
        .arg("--pin-file")
        .arg(folder.join("pin"))
        .output()
        .map_err(|error| format!("the authenticator cannot be started: {error}"))?;
    match made.status.success() {
        true => Ok(()),
        false => Err(String::from_utf8_lossy(&made.stderr).into_owned().into()),
    }
}

fn authenticator(folder: &Path) -> Command {
    let mut command = Command::new(program());
    command.args(flags(folder));
    command
}

/// Beside this very program, where both were built; else wherever the shell finds it.
fn program() -> PathBuf {
    std::env::current_exe()
        .ok()
        .map(|server| server.with_file_name("authenticator"))
        .filter(|beside| beside.exists())
        .unwrap_or_else(|| "authenticator".into())
}

fn flags(folder: &Path) -> [String; 4] {
    [
        "--state".to_owned(),
        folder.join("authenticator").display().to_string(),
        "--key-store".to_owned(),
        format!("file:{}", folder.join("authenticator-key").display()),
    ]
}

fn import(app: &App, school: &Value, folder: &Path) -> Result<(), Box<dyn Error>> {
    let school: SchoolId = school.as_str().ok_or("the setup gave no school")?.parse()?;
    let files = folder.join("roster");
    fs::create_dir_all(&files)?;
    for name in Roster::iter() {
        if let Some(file) = Roster::get(&name) {
            fs::write(files.join(&*name), &file.data)?;
        }
    }
    let roster = imports::open(&files)?;
    app.db.write_blocking(Caller::system(school), move |tx| {
        imports::import(tx, roster)
    })?;
    Ok(())
}

fn record(app: &App, teachers: &mut [Browser]) -> Result<(), Box<dyn Error>> {
    for (number, (teacher, pupil, category, days, words)) in CONCERNS.into_iter().enumerate() {
        let browser = teachers
            .get_mut(teacher)
            .ok_or("there is no such teacher")?;
        let found = browser.post("/v1/pupil-lookups", &json!({ "letters": pupil }), None)?;
        let categories = browser.get("/v1/categories")?;
        let category = categories["items"]
            .as_array()
            .and_then(|all| all.iter().find(|one| one["name"] == category))
            .ok_or("there is no such category")?;
        let concern = json!({
            "pupils": [{ "pupil": found["items"][0]["id"], "role": "subject" }],
            "categories": [category["id"]],
            "occurred_at": app.now().plus_days(-days).to_minute(),
            "occurred_precision": "about",
            "narrative": words,
            "urgent": false,
        });
        let key = format!("00000000-0000-4000-8000-{number:012}");
        browser.post("/v1/concerns", &concern, Some(key))?;
    }
    Ok(())
}

/// What somebody who looks at the demonstration has to know.
pub(super) fn words(origin: &str, folder: &Path) -> String {
    let [state_flag, state, key_flag, key] = flags(folder);
    let program = program();
    format!(
        "\nBellwether Primary School is open at {origin}  (everybody in it is invented)\n\n\
         password of everybody:  {PASSWORD}\n\
         {lead:32} leads safeguarding, administers the school and holds its key\n\
         {first:32} teaches: records concerns, reads none\n\
         {second:32} teaches too\n\n\
         To open the records: sign in as {lead}, choose Unlock, and in another terminal:\n\n  \
         {program} {state_flag} {state} {key_flag} {key} approve --wait 120\n\n\
         It asks for the number on the page and for the PIN, which is {PIN}.\n\n\
         A browser that is new gets a short look only. Say that it is yours, and unlock again:\n\n  \
         {program} {state_flag} {state} {key_flag} {key} keep\n",
        lead = LEAD.1,
        first = TEACHERS[0].1,
        second = TEACHERS[1].1,
        program = program.display(),
    )
}
