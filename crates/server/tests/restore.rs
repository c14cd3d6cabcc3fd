//! The restore drill, with the real binary: a backup on an empty machine, two sheets, and no secret.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on must say so and end"
)]

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use authenticator::recover;
use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, SqliteConnection};
use domain::{SystemClock, SystemEntropy};
use serde_json::{Value, json};
use testkit::{Client, Phone, found};

const ORIGIN: &str = "https://safehold.example";

/// A server that is running. It is killed when it is dropped, as a machine is that burns.
struct Running {
    process: Child,
    address: String,
    setup_code: Option<String>,
}

fn server(data: &Path, command: &str) -> Command {
    let mut server = Command::new(env!("CARGO_BIN_EXE_server"));
    server.arg(command).arg("--data-dir").arg(data);
    server.args(["--origin", ORIGIN]);
    server
}

impl Running {
    fn start(data: &Path) -> Self {
        let mut process = server(data, "serve")
            .args(["--listen", "127.0.0.1:0", "--workers", "1"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let (mut address, mut setup_code) = (None, None);
        for line in BufReader::new(process.stdout.take().unwrap()).lines() {
            let line = line.unwrap();
            if let Some((_, code)) = line.split_once("Setup code: ") {
                setup_code = Some(code.trim().to_owned());
            }
            if let Some((_, rest)) = line.split_once("listening on ") {
                address = Some(format!("http://{}", rest.trim_end_matches(')')));
                break;
            }
        }
        Self {
            process,
            address: address.unwrap(),
            setup_code,
        }
    }

    fn browser(&self) -> Client {
        Client::new(&self.address)
    }

    fn phone(&self) -> Phone {
        let entropy = Arc::new(SystemEntropy::new());
        Phone::new(&self.address, Arc::new(SystemClock), entropy)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}"))
}

#[test]
fn two_sheets_and_a_copied_database_restore_a_school_whose_secret_burned() {
    let folder = tempfile::tempdir().unwrap();
    let (school, empty) = (folder.path().join("school"), folder.path().join("empty"));

    let first = Running::start(&school);
    let code = first.setup_code.clone().unwrap();
    let bashir = found(first.browser(), first.phone(), &code, "Bashir", "Hollybank");
    let categories = bashir.browser.get("/v1/categories").expect(200);
    let category = categories["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["compartment"] == "safeguarding" && one["disabled"] == json!(false))
        .unwrap();
    let concern = json!({
        "pupils": [],
        "categories": [category["id"]],
        "occurred_at": "2020-01-06T08:00:00Z", "occurred_precision": "about",
        "narrative": "A lantern in the ditch by the gate.", "urgent": false,
    });
    let receipt = bashir
        .browser
        .post_once("/v1/concerns", &concern)
        .expect(201);
    let path = format!("/v1/concerns/{}", text(&receipt["id"]));
    let sheets = bashir.phone().sheets(1, 3);
    drop(first);

    // The backup is the database and nothing else; the secret's only copy is destroyed.
    fs::create_dir(&empty).unwrap();
    for name in fs::read_dir(&school).unwrap() {
        let name = name.unwrap().file_name();
        if name.to_string_lossy().starts_with("safehold.sqlite") {
            fs::copy(school.join(&name), empty.join(&name)).unwrap();
        }
    }
    assert!(school.join("server-secret").exists());
    fs::remove_dir_all(&school).unwrap();

    let restored = server(&empty, "restore")
        .args(["--link-for", &bashir.email])
        .output()
        .unwrap();
    let said = String::from_utf8(restored.stdout).unwrap();
    assert!(restored.status.success(), "{said}");
    let token = said.split("/password#").nth(1).unwrap().trim();
    // Not twice: the secret is the right one now.
    let again = server(&empty, "restore").output().unwrap();
    assert!(!again.status.success());
    let waits = server(&empty, "doctor").output().unwrap();
    let said = String::from_utf8(waits.stdout).unwrap();
    assert!(said.contains("waits for two recovery sheets"), "{said}");

    let second = Running::start(&empty);
    assert_eq!(second.setup_code, None, "nobody sets it up again");
    let browser = second.browser();
    let chosen = json!({ "token": token, "password": "harbour pencil otter" });
    browser.post("/v1/passwords", &chosen).expect(204);
    browser
        .sign_in(&bashir.email, "harbour pencil otter")
        .expect(200);
    let link = browser.post("/v1/enrolments", &json!({})).expect(201);
    let phone = second.phone();
    phone.enrol(text(&link["link"]));
    let machine = phone.recover(&sheets, &[bashir.phone().profile().device]);
    assert!(
        matches!(machine.state(), recover::State::Ready { .. }),
        "{:?}",
        machine.trouble()
    );
    let started = browser.post("/v1/unlocks", &json!({})).expect(201);
    phone.approve(text(&started["number"]));
    let unlock = format!("/v1/unlocks/{}", text(&started["id"]));
    assert_eq!(browser.get(&unlock).expect(200)["state"], "open");
    browser.refresh().expect(200);
    let read = browser.get(&path).expect(200);
    assert_eq!(read["narrative"], "A lantern in the ditch by the gate.");
    drop(second);

    let whole = server(&empty, "doctor").output().unwrap();
    let said = String::from_utf8(whole.stdout).unwrap();
    assert!(
        said.contains("has its half of the keys") && !said.contains("waits for"),
        "{said}"
    );
    assert!(whole.status.success(), "{said}");

    // Somebody with the file in their hands makes it say that nothing was read.
    let file = empty.join("safehold.sqlite").display().to_string();
    SqliteConnection::establish(&file)
        .unwrap()
        .batch_execute(
            "update audit_entry set action = 'list_concerns' where action = 'read_concern'",
        )
        .unwrap();
    let changed = server(&empty, "doctor").output().unwrap();
    let said = String::from_utf8(changed.stdout).unwrap();
    assert!(!changed.status.success());
    assert!(
        said.contains("FAULT") && said.contains("was changed"),
        "{said}"
    );
}
