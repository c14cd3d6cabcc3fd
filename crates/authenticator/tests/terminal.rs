//! The terminal authenticator as a script uses it, over real HTTP on this machine.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test's helpers fail by panicking"
)]

#[expect(dead_code, reason = "each test file uses its own part")]
mod common;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use authenticator::{Call, Method, Outcome, Transport as _};
use common::{PIN, School, member};
use protocol::compartments::Compartment;
use protocol::links::Purpose;
use serde_json::Value;

/// Answers one request after the other until told to stop by `DELETE /stop`.
fn serve(listener: &TcpListener, school: &School) {
    for stream in listener.incoming() {
        let mut stream = stream.unwrap();
        let call = read_call(&mut stream, listener);
        if call.target == "/stop" {
            return;
        }
        let Outcome::Answer { status, body } = school.send(&call) else {
            continue;
        };
        write!(
            stream,
            "HTTP/1.1 {status} x\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
            body.len()
        )
        .unwrap();
        stream.write_all(&body).unwrap();
    }
}

/// Stops the server when a script is over, or has failed: a test that fails must end.
struct Stopping(String);

impl Drop for Stopping {
    fn drop(&mut self) {
        let address = self.0.strip_prefix("http://").unwrap_or_default();
        if let Ok(mut stream) = TcpStream::connect(address) {
            drop(stream.write_all(b"DELETE /stop HTTP/1.1\r\n\r\n"));
        }
    }
}

fn read_call(stream: &mut TcpStream, listener: &TcpListener) -> Call {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).unwrap();
    let mut words = line.split(' ');
    let method = match words.next().unwrap() {
        "GET" => Method::Get,
        "POST" => Method::Post,
        _ => Method::Delete,
    };
    let target = words.next().unwrap().to_owned();
    let (mut authorization, mut length) = (String::new(), 0);
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).unwrap();
        match header.trim().split_once(": ") {
            Some((name, value)) if name.eq_ignore_ascii_case("authorization") => {
                value.clone_into(&mut authorization);
            }
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                length = value.parse().unwrap();
            }
            Some(_) => {}
            None => break,
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    Call {
        origin: format!("http://{}", listener.local_addr().unwrap()),
        method,
        target,
        body,
        authorization,
    }
}

struct Terminal<'f> {
    folder: &'f Path,
    name: &'static str,
}

impl Terminal<'_> {
    fn output(&self, arguments: &[&str], input: &str) -> Output {
        let state = self.folder.join(self.name);
        let mut child = Command::new(env!("CARGO_BIN_EXE_authenticator"))
            .args(["--json", "--state"])
            .arg(&state)
            .arg("--key-store")
            .arg(format!("file:{}", state.join("keys.json").display()))
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(input.as_bytes()).unwrap();
        drop(stdin);
        child.wait_with_output().unwrap()
    }

    fn run(&self, arguments: &[&str], input: &str) -> Value {
        let output = self.output(arguments, input);
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{arguments:?}: {text}");
        serde_json::from_str(&text).unwrap()
    }

    fn fail(&self, arguments: &[&str], input: &str) -> Value {
        let output = self.output(arguments, input);
        assert!(!output.status.success(), "{arguments:?}");
        serde_json::from_slice(&output.stdout).unwrap()
    }
}

#[test]
fn a_script_sets_up_enrols_grants_and_unlocks() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let school = School::at(&origin);
    let folder = tempfile::tempdir().unwrap();
    let first = Terminal {
        folder: folder.path(),
        name: "first",
    };
    let second = Terminal {
        folder: folder.path(),
        name: "second",
    };
    let pin_file = folder.path().join("pin");
    std::fs::write(&pin_file, format!("{PIN}\n")).unwrap();
    let pin = pin_file.to_str().unwrap();
    let sheets = folder.path().join("sheets");
    let setup_link = school.link(Purpose::Setup);
    let enrol_link = school.link(Purpose::Enrol(member(2)));

    std::thread::scope(|scope| {
        // The school is not shared: while the scripts run, only this thread's loop has it.
        let (scripts, results) = std::sync::mpsc::channel();
        let stopping = Stopping(origin.clone());
        scope.spawn(move || {
            let _stopping = stopping;
            let begun = first.run(
                &[
                    "setup",
                    "-",
                    "--pin-file",
                    pin,
                    "--sheets-to",
                    sheets.to_str().unwrap(),
                ],
                &setup_link,
            );
            assert_eq!(begun["state"], "ready");
            let again = first.fail(&["setup", "x", "--pin-file", pin], "");
            assert!(again["trouble"].as_str().unwrap().contains("already"));

            let waiting = second.run(&["enrol", "-", "--pin-file", pin], &enrol_link);
            assert_eq!(waiting["state"], "waiting");
            let status = second.run(&["status"], "");
            assert_eq!(status["state"], "waiting");
            assert_eq!(status["words"], waiting["words"]);

            let words = waiting["words"].as_str().unwrap();
            let options = [
                "grant",
                "--words",
                words,
                "--compartments",
                "pastoral",
                "--pin-file",
            ];
            let refused = first.fail(&[options.as_slice(), &["-"]].concat(), "739182\n");
            assert_eq!(refused["problem"], "pin-refused");
            let granted = first.run(&[options.as_slice(), &[pin]].concat(), "");
            assert_eq!(granted["device"], waiting["device"]);
            assert_eq!(second.run(&["status"], "")["state"], "granted");

            let listed = first.run(&["devices"], "");
            assert_eq!(listed["items"].as_array().unwrap().len(), 2);
            let device = granted["device"].as_str().unwrap();
            let narrowed = first.run(
                &[
                    "restrict",
                    device,
                    "--years",
                    "7",
                    "--until",
                    "2027-07-31",
                    "--pin-file",
                    pin,
                ],
                "",
            );
            assert_eq!(narrowed["state"], "restricted");
            let listed = first.run(&["devices"], "");
            let theirs = listed["items"]
                .as_array()
                .unwrap()
                .iter()
                .find(|item| item["device"] == device)
                .unwrap();
            assert_eq!(theirs["years"], serde_json::json!(["7"]));
            assert_eq!(theirs["expires"], 1_817_078_400);
            assert_eq!(theirs["compartments"], serde_json::json!(["pastoral"]));
            let wider = first.fail(
                &["restrict", device, "--years", "7,8", "--pin-file", pin],
                "",
            );
            assert!(
                wider["trouble"]
                    .as_str()
                    .unwrap()
                    .contains("not been given")
            );
            let rotated = first.run(&["rotate", "pastoral", "--pin-file", pin], "");
            assert_eq!(rotated["generation"], 2);
            assert_eq!(rotated["holders"], 2);
            let old = first.run(&["rotations"], "");
            assert_eq!(old["items"][0]["records_left"], 0);
            let retired = first.run(&["rotations", "--retire", "--pin-file", pin], "");
            assert_eq!(retired["items"][0]["retired"], true);
            assert_eq!(
                first.run(&["rotations"], "")["items"],
                serde_json::json!([])
            );

            let paper = first.run(&["paper-codes", "--pin-file", pin], "");
            assert_eq!(paper["codes"].as_array().unwrap().len(), 10);
            let elsewhere = format!(
                "safehold:unlock?u=unl_{}&o=https://safehold.example.evil",
                "0".repeat(32)
            );
            let stopped = first.fail(&["open-link", &elsewhere, "--pin-file", pin], "");
            let said = stopped["trouble"].as_str().unwrap();
            assert!(said.contains("not at the address of your school"), "{said}");

            let code = second.run(&["code"], "");
            assert_eq!(code["code"].as_str().unwrap().len(), 8);
            let two_sheets = [1, 3]
                .map(|number| {
                    std::fs::read_to_string(sheets.join(format!("sheet-{number}.txt"))).unwrap()
                })
                .join("\n");
            assert_eq!(first.run(&["sheets"], &two_sheets)["good"], true);
            let nothing = second.fail(&["approve", "--number", "47", "--pin-file", pin], "");
            assert!(
                nothing["trouble"]
                    .as_str()
                    .unwrap()
                    .contains("Nothing waits")
            );

            scripts
                .send(granted["device"].as_str().unwrap().to_owned())
                .unwrap();
        });
        serve(&listener, &school);
        let device = results.recv().unwrap().parse().unwrap();

        let second = Terminal {
            folder: folder.path(),
            name: "second",
        };
        let number = school.ask(device, &[Compartment::PASTORAL]);
        let stopping = Stopping(origin.clone());
        scope.spawn(move || {
            let _stopping = stopping;
            let approved = second.run(&["approve", "--number", &number, "--pin-file", pin], "");
            assert_eq!(approved["state"], "approved");
            let open = second.run(&["sessions"], "");
            let unlock = open["items"][0]["unlock"].as_str().unwrap().to_owned();
            second.run(&["lock", &unlock], "");
            assert_eq!(
                second.run(&["sessions"], "")["items"],
                serde_json::json!([])
            );
        });
        serve(&listener, &school);
    });
    assert!(school.opened().is_some());
    assert_eq!(school.last_unlock_state(), "locked");
}

#[test]
fn an_argument_never_holds_a_secret() {
    let output = Command::new(env!("CARGO_BIN_EXE_authenticator"))
        .args(["approve", "--help"])
        .output()
        .unwrap();
    let help = String::from_utf8(output.stdout).unwrap();
    assert!(help.contains("--pin-file") && !help.contains("--pin "));
}
