//! The school's office: a school that was just set up, and its administrator at a browser. No device has
//! made keys yet, which the office's own work does not wait for.

use std::io::{Cursor, Write as _};
use std::path::Path;

use serde_json::{Value, json};
use testkit::{Client, Engine, Response, Served, Upload};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// The password that everyone here chooses.
pub const PASSWORD: &str = "lantern ferry quince";

/// A running school and its first administrator.
pub struct Office {
    pub served: Served,
    pub admin: Client,
}

impl Office {
    pub fn open(engine: Engine) -> Self {
        let served = Served::empty(engine);
        let admin = served.browser();
        let begun = admin.post(
            "/v1/setup",
            &json!({
                "code": served.setup_code(),
                "school_name": "Hollybank",
                "name": "Bashir",
                "email": "bashir@hollybank.example",
                "password": PASSWORD,
            }),
        );
        begun.expect(201);
        admin.keep_token(&begun);
        Self { served, admin }
    }

    /// Does the same on both databases.
    pub fn on_both(test: impl Fn(&Self)) {
        for engine in Engine::BOTH {
            test(&Self::open(engine));
        }
    }

    pub fn invite(&self, name: &str, roles: &[&str]) -> Response {
        self.later();
        let email = format!("{}@hollybank.example", name.to_lowercase());
        let body = json!({ "name": name, "email": email, "roles": roles });
        self.admin.post("/v1/people", &body)
    }

    /// Invites somebody, who chooses a password by the link that was mailed and signs in.
    pub fn join(&self, name: &str, roles: &[&str]) -> Client {
        self.invite(name, roles).expect(201);
        let email = format!("{}@hollybank.example", name.to_lowercase());
        let browser = self.served.browser();
        let body = json!({ "token": self.served.mailed_token(&email), "password": PASSWORD });
        browser.post("/v1/passwords", &body).expect(204);
        browser.sign_in(&email, PASSWORD).expect(200);
        browser
    }

    /// A second later: what is made now stands after what was made before.
    pub fn later(&self) {
        self.served.clock.advance_seconds(1);
    }

    pub fn import(&self, zip: &[u8]) -> Response {
        send(&self.admin, "/v1/imports", zip, &[])
    }

    /// Everybody in the school, by name.
    pub fn people(&self) -> Vec<Value> {
        let page = self.admin.get("/v1/people?limit=100").expect(200);
        let mut people = page["items"].as_array().unwrap().clone();
        people.sort_by_key(|person| person["name"].as_str().unwrap().to_owned());
        people
    }

    pub fn person(&self, name: &str) -> Value {
        let mut people = self.people().into_iter();
        people
            .find(|person| person["name"] == name)
            .unwrap_or_else(|| panic!("nobody is called {name}"))
    }
}

/// Sends a zip as the import page does.
pub fn send(browser: &Client, path: &str, zip: &[u8], fields: &[(&str, &str)]) -> Response {
    let file = Upload {
        name: "roster.zip",
        content_type: "application/zip",
        bytes: zip,
    };
    browser.upload(path, file, fields)
}

/// A zip of files given as name and text.
pub fn zip_of(files: &[(&str, &str)]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in files {
        archive
            .start_file(*name, SimpleFileOptions::default())
            .unwrap();
        archive.write_all(text.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// A zip of one of the committed rosters.
pub fn committed(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("data/rosters")
        .join(name);
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let text = std::fs::read_to_string(entry.path()).unwrap();
        files.push((entry.file_name().into_string().unwrap(), text));
    }
    let files: Vec<_> = files
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_str()))
        .collect();
    zip_of(&files)
}

/// The headings of a small roster's users.
pub const USERS: &str = "sourcedId,status,enabledUser,orgSourcedIds,role,givenName,familyName,identifier,email,phone,agentSourcedIds,grades,password\n";

/// A small roster of two schools, with these users and whom they are taught with.
pub fn small(users: &str) -> Vec<u8> {
    zip_of(&[
        (
            "orgs.csv",
            "sourcedId,name,type,parentSourcedId\ns1,Hollybank Primary,school,\ns2,Hollybank High,school,\n",
        ),
        ("users.csv", &format!("{USERS}{users}")),
        (
            "classes.csv",
            "sourcedId,title,classType,schoolSourcedId,grades\nk1,Owls,homeroom,s1,05\nk2,Maths,scheduled,s1,05\n",
        ),
        (
            "enrollments.csv",
            "sourcedId,classSourcedId,userSourcedId,role\ne1,k1,p1,student\ne2,k2,p1,student\ne3,k1,t1,teacher\n",
        ),
        ("demographics.csv", "sourcedId,birthDate\np1,2016-02-29\n"),
    ])
}

/// A pupil, her mother, her teacher, and a pupil of the other school.
pub const FOUR: &str = "\
p1,active,true,s1,student,Zoë,O'Neill,A823432110001,,,g1,05,canarypassword
g1,active,true,s1,parent,Siân,O'Neill,,sian@home.example,07700 900123,,,canarypassword
t1,active,true,s1,teacher,Carys,Bevan,,carys@hollybank.example,,,,canarypassword
p2,active,true,s2,student,Kofi,Mensah,,,,,09,canarypassword
";
