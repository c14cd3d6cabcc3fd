//! The files by which a phone finds out which app may open this server's links.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on must say so and end"
)]

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::json;
use testkit::Client;

const FINGERPRINT: &str = "14:6d:e9:83:c5:73:06:50:d8:ee:b9:95:2f:34:fc:64:16:a0:83:42:e6:1d:be:a8:8a:04:96:b2:3f:cf:44:e5";

struct Served(Child, Client);

impl Drop for Served {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

fn served(folder: &Path, options: &[&str]) -> Served {
    let mut process = Command::new(env!("CARGO_BIN_EXE_server"))
        .args(["serve", "--listen", "127.0.0.1:0", "--data-dir"])
        .arg(folder)
        .args(options)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
    let told = lines.find_map(|line| {
        let line = line.unwrap();
        let (_, address) = line.split_once("listening on ")?;
        Some(address.trim_end_matches(')').to_owned())
    });
    let origin = format!("http://{}", told.unwrap());
    std::thread::spawn(move || lines.for_each(drop));
    Served(process, Client::new(&origin))
}

#[test]
fn a_phone_learns_which_apps_may_open_the_schools_links() {
    let folder = tempfile::tempdir().unwrap();
    let android = format!("example.safehold={FINGERPRINT}");
    let options = [
        "--android-app",
        &android,
        "--apple-app",
        "AB12CD34EF.example.safehold",
    ];
    let Served(_, browser) = &served(folder.path(), &options);
    let android = browser.get("/.well-known/assetlinks.json").expect(200);
    let target = &android[0]["target"];
    assert_eq!(target["package_name"], "example.safehold");
    assert_eq!(
        target["sha256_cert_fingerprints"],
        json!([FINGERPRINT.to_uppercase()])
    );
    let apple = browser.get("/.well-known/apple-app-site-association");
    assert_eq!(apple.header("content-type"), Some("application/json"));
    let links = &apple.expect(200)["applinks"]["details"][0];
    assert_eq!(links["appIDs"], json!(["AB12CD34EF.example.safehold"]));
    assert_eq!(
        links["components"][0],
        json!({ "/": "/app/return", "exclude": true }),
        "what the app opens when it is done stays in the browser"
    );
}

#[test]
fn without_an_app_no_link_is_claimed() {
    let folder = tempfile::tempdir().unwrap();
    let Served(_, browser) = &served(folder.path(), &[]);
    for file in ["assetlinks.json", "apple-app-site-association"] {
        let answer = browser.get(&format!("/.well-known/{file}"));
        assert_eq!(answer.problem(), "not-found", "{file}");
    }
}

#[test]
fn an_app_that_is_named_wrongly_is_refused_before_anything_starts() {
    for (option, value, said) in [
        ("--android-app", "example.safehold", "PACKAGE=FINGERPRINT"),
        (
            "--android-app",
            "example.safehold=14:6d",
            "32 pairs of hexadecimal digits",
        ),
        ("--apple-app", "example.safehold", "ten letters and digits"),
    ] {
        let refused = Command::new(env!("CARGO_BIN_EXE_server"))
            .args(["serve", option, value])
            .output()
            .unwrap();
        let words = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(!refused.status.success() && words.contains(said), "{words}");
    }
}
