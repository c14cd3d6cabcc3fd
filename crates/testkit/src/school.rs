//! A school as it is on a Monday morning, with its people signed in and their phones in their pockets.
//!
//! It is set up through HTTP once a process, as a school sets itself up, and copied for each test.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::Write as _;
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use domain::{SystemClock, SystemEntropy};
use protocol::roll::Rights;
use serde_json::{Value, json};
use zip::write::SimpleFileOptions;

use crate::app::MORNING;
use crate::concern::ConcernBuilder;
use crate::{Client, Database, Engine, Phone, Served, Template, Upload, full, limited_to};

/// The password of everyone in the tests.
pub const PASSWORD: &str = "lantern ferry quince";

/// The password that everybody has in the roster, which nobody may keep.
pub const ROSTER_PASSWORD: &str = "quillonfenharrow";

/// The pupils: name and year group.
pub const PUPILS: [(&str, &str); 6] = [
    ("Tomos Gale", "9"),
    ("Nia Probert", "9"),
    ("Idris Vaughan", "9"),
    ("Ada Fennick", "5"),
    ("Kofi Mensah", "5"),
    ("Lowri Pask", "7"),
];

/// Who works in the school, besides Bashir who set it up: name and roles.
const STAFF: [(&str, &[&str]); 5] = [
    ("Morag", &["administrator"]),
    ("Carys", &[]),
    ("Aled", &[]),
    ("Dilys", &[]),
    ("Gwen", &["auditor"]),
];

/// Whom a test can ask for.
///
/// | name | is |
/// |---|---|
/// | Bashir | the lead: set the school up, holds every key |
/// | Dilys | a deputy: her key shows Year 5 only |
/// | Carys, Aled | teachers |
/// | Morag | the office: administrator, no key |
/// | Gwen | a governor: auditor |
/// | Eluned | the lead of another school on the same server |
#[derive(Debug)]
pub struct Person {
    /// Their first name, by which tests call them.
    pub name: &'static str,
    /// Their address.
    pub email: String,
    /// Their place in the school.
    pub member: String,
    /// Their browser, signed in.
    pub browser: Client,
    phone: Option<Phone>,
}

/// A running school, of the test's own.
#[derive(Debug)]
pub struct TestApp {
    served: Served,
    people: BTreeMap<&'static str, Person>,
    pupils: BTreeMap<&'static str, String>,
    categories: Vec<Value>,
    opened: RefCell<Vec<&'static str>>,
}

/// A school that stands still, to be copied.
struct Still {
    template: Template,
    now: i64,
    people: Vec<Person>,
    pupils: BTreeMap<&'static str, String>,
    categories: Vec<Value>,
}

impl TestApp {
    /// A copy of the school, running.
    pub fn start(engine: Engine) -> Self {
        Self::start_on(engine, |_| {})
    }

    /// A copy of the school, running; its database is shown before anything opens it.
    pub fn start_on(engine: Engine, show: impl FnOnce(&Database)) -> Self {
        static SQLITE: OnceLock<Still> = OnceLock::new();
        static POSTGRES: OnceLock<Still> = OnceLock::new();
        let still = match engine {
            Engine::Sqlite => &SQLITE,
            Engine::Postgres => &POSTGRES,
        }
        .get_or_init(|| set_up(engine));

        let database = still.template.thaw();
        show(&database);
        let served = Served::on(database, still.now);
        let people = still.people.iter().map(|person| {
            let phone = person.phone.as_ref().map(|phone| {
                phone.copy_to(
                    served.address(),
                    Arc::new(served.clock.clone()),
                    Arc::clone(&served.entropy),
                )
            });
            let copy = Person {
                name: person.name,
                email: person.email.clone(),
                member: person.member.clone(),
                browser: person.browser.copy_to(served.address()),
                phone,
            };
            (person.name, copy)
        });
        Self {
            people: people.collect(),
            pupils: still.pupils.clone(),
            categories: still.categories.clone(),
            opened: RefCell::default(),
            served,
        }
    }

    /// Somebody by their first name; see [`Person`] for who there is.
    #[track_caller]
    pub fn person(&self, name: &str) -> &Person {
        let person = self.people.get(name);
        person.unwrap_or_else(|| panic!("nobody here is called {name}"))
    }

    /// Somebody's browser, signed in.
    #[track_caller]
    pub fn browser_of(&self, name: &str) -> &Client {
        &self.person(name).browser
    }

    /// Somebody's browser with the records open; unlocks it with their phone if that was not done yet.
    #[track_caller]
    pub fn unlocked(&self, name: &'static str) -> &Client {
        let person = self.person(name);
        if !self.opened.borrow().contains(&name) {
            self.unlock(&person.browser, person.phone());
            self.opened.borrow_mut().push(name);
        }
        &person.browser
    }

    /// Opens the records in a browser with a phone.
    ///
    /// # Panics
    /// If anything in the way of it refuses.
    #[track_caller]
    pub fn unlock(&self, browser: &Client, phone: &Phone) {
        phone.unlock(browser);
    }

    /// Opens what this browser may have: the records if it is known, a short look if it is not. Gives the
    /// session.
    ///
    /// # Panics
    /// If anything in the way of it refuses.
    #[track_caller]
    pub fn look(&self, browser: &Client, phone: &Phone) -> Value {
        phone.look_in(browser)
    }

    /// Moves the clock, and keeps everybody's access tokens fresh as their pages do.
    pub fn pass(&self, seconds: i64) {
        self.served.clock.advance_seconds(seconds);
        for person in self.people.values() {
            person.browser.refresh();
        }
    }

    /// A concern that is not there yet: say what matters, then [`create`](ConcernBuilder::create).
    pub fn concern(&self) -> ConcernBuilder<'_> {
        ConcernBuilder::new(self)
    }

    /// A pupil's id.
    #[track_caller]
    pub fn pupil(&self, name: &str) -> &str {
        let pupil = self.pupils.get(name);
        pupil.unwrap_or_else(|| panic!("no pupil is called {name}"))
    }

    /// The id of a category that is in use, of a compartment such as `safeguarding`.
    #[track_caller]
    pub fn category(&self, compartment: &str) -> &str {
        let found = self.categories.iter().find(|category| {
            category["compartment"] == compartment && category["disabled"] == json!(false)
        });
        found
            .and_then(|category| category["id"].as_str())
            .unwrap_or_else(|| panic!("no category is {compartment}"))
    }
}

impl TestApp {
    /// Stops the app and gives the database and the time back.
    pub fn stop(self) -> (Database, i64) {
        let now = self.served.now();
        (self.served.stop(), now)
    }
}

impl Deref for TestApp {
    type Target = Served;

    fn deref(&self) -> &Served {
        &self.served
    }
}

impl Person {
    /// Their phone.
    #[track_caller]
    pub fn phone(&self) -> &Phone {
        let phone = self.phone.as_ref();
        phone.unwrap_or_else(|| panic!("{} has no phone", self.name))
    }
}

/// Sets the school up, and another one beside it.
fn set_up(engine: Engine) -> Still {
    let served = Served::on(Database::migrated(engine), MORNING);
    let mut people = Vec::new();

    let bashir = found_on(&served, "Bashir", "Hollybank");
    let categories = bashir.browser.get("/v1/categories").expect(200)["items"]
        .as_array()
        .expect("a list")
        .clone();
    for (name, roles) in STAFF {
        people.push(join(&served, &bashir, name, roles));
    }
    let pupils = import(&bashir.browser);
    let at = people.iter().position(|person| person.name == "Dilys");
    let holder = &mut people[at.expect("she was invited")];
    let rights = limited_to(&["5"]);
    holder.phone = Some(enrol(&served, &holder.browser, bashir.phone(), rights));
    people.push(found_on(&served, "Eluned", "Penrhos"));
    people.push(bashir);
    for person in &people {
        person.browser.refresh().expect(200);
        // The browsers of those who hold keys have been unlocked before.
        if person.phone.is_some() {
            served.make_known(&person.browser, &person.email);
        }
    }
    Still {
        now: served.now(),
        people,
        pupils,
        categories,
        template: served.stop().freeze(),
    }
}

/// Founds a school on a server that runs by itself, with the code that its `setup` has printed.
///
/// # Panics
/// If there is none in it, or anything in the way of it refuses.
pub fn found_at(origin: &str, printed: &[u8], name: &'static str, school: &str) -> Person {
    let printed = String::from_utf8_lossy(printed);
    let code = printed
        .split_whitespace()
        .find(|word| word.len() == 30 && word.matches('-').count() == 4)
        .unwrap_or_else(|| panic!("no setup code in: {printed}"));
    let phone = Phone::new(
        origin,
        Arc::new(SystemClock),
        Arc::new(SystemEntropy::new()),
    );
    found(Client::new(origin), phone, code, name, school)
}

/// Founds a school with a setup code: its first person, and their phone with the first keys.
///
/// # Panics
/// If anything in the way of it refuses.
pub fn found(
    browser: Client,
    phone: Phone,
    code: &str,
    name: &'static str,
    school: &str,
) -> Person {
    let email = format!("{}@{}.example", name.to_lowercase(), school.to_lowercase());
    let begun = browser.post(
        "/v1/setup",
        &json!({
            "code": code,
            "school_name": school,
            "name": name,
            "email": email,
            "password": PASSWORD,
        }),
    );
    let answer = begun.expect(201);
    browser.keep_token(&begun);
    phone.set_up(answer["enrolment"]["link"].as_str().expect("a link"));
    let progress = browser.get("/v1/setup/progress").expect(200);
    assert_eq!(progress["state"], "open");
    browser.refresh().expect(200);
    Person {
        name,
        email,
        member: member_of(&browser),
        browser,
        phone: Some(phone),
    }
}

fn found_on(served: &Served, name: &'static str, school: &str) -> Person {
    found(
        served.browser(),
        served.phone(),
        &served.setup_code(),
        name,
        school,
    )
}

/// Invites somebody, who chooses a password by the mailed link and signs in.
fn join(served: &Served, by: &Person, name: &'static str, roles: &[&str]) -> Person {
    let email = format!("{}@hollybank.example", name.to_lowercase());
    by.browser
        .post(
            "/v1/people",
            &json!({ "name": name, "email": email, "roles": roles }),
        )
        .expect(201);
    let browser = served.browser();
    browser
        .post(
            "/v1/passwords",
            &json!({ "token": served.mailed_token(&email), "password": PASSWORD }),
        )
        .expect(204);
    browser.sign_in(&email, PASSWORD).expect(200);
    Person {
        name,
        email,
        member: member_of(&browser),
        browser,
        phone: None,
    }
}

/// Enrols a new phone for whoever is signed in here, and has it granted.
pub(crate) fn enrol(served: &Served, browser: &Client, granter: &Phone, rights: Rights) -> Phone {
    let enrolment = browser.post("/v1/enrolments", &json!({})).expect(201);
    let phone = served.phone();
    phone.enrol(enrolment["link"].as_str().expect("a link"));
    granter.grant(&phone, rights);
    phone
}

fn member_of(browser: &Client) -> String {
    let me = browser.get("/v1/me").expect(200);
    me["member"]["id"].as_str().expect("an id").to_owned()
}

/// Imports the pupils from a OneRoster archive, as an administrator does.
fn import(browser: &Client) -> BTreeMap<&'static str, String> {
    bring(browser, &roster());
    let find = |name: &str| {
        let asked = browser.post("/v1/pupil-lookups", &json!({ "letters": name }));
        let found = asked.expect(200);
        found["items"][0]["id"].as_str().expect("an id").to_owned()
    };
    PUPILS.map(|(name, _)| (name, find(name))).into()
}

/// Brings the pupils of a roster onto the school's.
///
/// # Panics
/// If any of it is refused.
#[track_caller]
pub fn bring(browser: &Client, archive: &[u8]) {
    let file = Upload {
        name: "roster.zip",
        content_type: "application/zip",
        bytes: archive,
    };
    let answer = browser.upload("/v1/imports", file, &[]).expect(200);
    assert_eq!(answer["refused"], json!([]), "{answer:#}");
}

/// A OneRoster 1.1 archive of one school and [`PUPILS`].
///
/// # Panics
/// If memory cannot be written to.
pub fn roster() -> Vec<u8> {
    roster_of(&PUPILS)
}

/// A OneRoster 1.1 archive of one school and these pupils: name and year group.
///
/// # Panics
/// If a name is not two words, or memory cannot be written to.
pub fn roster_of(pupils: &[(impl AsRef<str>, &str)]) -> Vec<u8> {
    const SCHOOL: &str = "b51b2f2c-0001-4000-8000-000000000001";
    let mut users = String::from(
        "sourcedId,enabledUser,orgSourcedIds,role,username,givenName,familyName,grades,password\n",
    );
    for (number, (name, year)) in pupils.iter().enumerate() {
        let (given, family) = name.as_ref().split_once(' ').expect("two names");
        users += &format!(
            "u{number},true,{SCHOOL},student,u{number},{given},{family},{year:0>2},{ROSTER_PASSWORD}\n"
        );
    }
    let files = [
        (
            "manifest.csv",
            "propertyName,value\nmanifest.version,1.0\noneroster.version,1.1\nfile.academicSessions,absent\n\
             file.classes,absent\nfile.courses,absent\nfile.demographics,absent\nfile.enrollments,absent\n\
             file.orgs,bulk\nfile.users,bulk\n"
                .to_owned(),
        ),
        (
            "orgs.csv",
            format!("sourcedId,name,type,identifier,parentSourcedId\n{SCHOOL},Hollybank,school,1,\n"),
        ),
        ("users.csv", users),
    ];
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in files {
        archive
            .start_file(name, SimpleFileOptions::default())
            .expect("a file in the archive");
        archive.write_all(text.as_bytes()).expect("its text");
    }
    archive.finish().expect("an archive").into_inner()
}

impl TestApp {
    /// Makes somebody a second holder with every common right.
    pub fn promote(&self, name: &str) -> Phone {
        let person = self.person(name);
        enrol(
            &self.served,
            &person.browser,
            self.person("Bashir").phone(),
            full(),
        )
    }
}
