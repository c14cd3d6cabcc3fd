//! A disk of eight megabytes, really full: a memory disk, where mounting one is allowed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;
use testkit::{bring, fresh_key, roster};

use super::{misgivings, record};
use crate::kill::form;
use crate::{Outcome, Server, progress};

/// A mounted memory disk.
struct Disk(PathBuf);

impl Disk {
    fn mount(at: &Path, megabytes: u32) -> Option<Self> {
        fs::create_dir_all(at).ok()?;
        let size = format!("size={megabytes}m,mode=0700");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &size, "tmpfs"])
            .arg(at)
            .output();
        mounted
            .is_ok_and(|done| done.status.success())
            .then(|| Self(at.to_owned()))
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // Lazily: a server that is only being stopped may still have files open.
        drop(Command::new("umount").arg("-l").arg(&self.0).status());
    }
}

/// Whether this machine lets us mount a memory disk.
pub fn can_mount() -> bool {
    let folder = tempfile::tempdir().unwrap();
    Disk::mount(&folder.path().join("disk"), 1).is_some()
}

/// Fills the disk and makes room again, so often.
///
/// # Panics
/// If the disk cannot be mounted: ask [`can_mount`] first.
pub fn run(rounds: usize) -> Outcome {
    let mut outcome = Outcome::of("faults-small-disk", "sqlite");
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let disk = Disk::mount(&data, 8).expect("a memory disk");
    let mut server = Server::new(folder.path(), None);
    server.start();
    let lead = server.found("Bashir", "Hollybank");
    bring(&lead.browser, &roster());
    let mut body = form(&lead.browser);
    let ballast = data.join("ballast");
    let (mut acknowledged, mut refused) = (Vec::new(), 0);
    for round in 1..=rounds {
        lead.browser.refresh();
        for number in 0..20 {
            body["narrative"] = json!(format!("Round {round}, before, account {number}."));
            let receipt = lead.browser.post_once("/v1/concerns", &body).expect(201);
            acknowledged.push(receipt["id"].as_str().unwrap().to_owned());
        }
        // Larger than the disk: the write ends where the disk does.
        drop(fs::write(&ballast, vec![0x5a_u8; 9 << 20]));
        let mut waiting = None;
        for number in 0..2_000 {
            body["narrative"] = json!(format!(
                "Round {round}, account {number}. {}",
                "Wet through. ".repeat(80)
            ));
            let key = fresh_key();
            let answer = record(&lead.browser, &key, &body);
            if answer.status == 201 {
                acknowledged.push(answer.json()["id"].as_str().unwrap().to_owned());
                continue;
            }
            refused += 1;
            if let Some(what) = misgivings(&answer, true) {
                outcome.violation(format!("round {round}: {what}"));
            }
            waiting = Some((key.clone(), body.clone()));
            break;
        }
        let health = lead.browser.get("/v1/health");
        outcome.hold(health.status == 200, || {
            format!("it does not even answer: {health}")
        });
        fs::remove_file(&ballast).unwrap();
        match waiting {
            None => outcome.violation(format!("round {round}: the disk was never full")),
            Some((key, body)) => {
                let again = record(&lead.browser, &key, &body);
                outcome.hold(again.status == 201, || {
                    format!("round {round}: there is room again, and: {again}")
                });
                if again.status == 201 {
                    acknowledged.push(again.json()["id"].as_str().unwrap().to_owned());
                }
            }
        }
        progress("faults: small disk", round, rounds, || {
            format!("{} acknowledged", acknowledged.len())
        });
    }
    server.kill();
    server.start();
    for fault in server.doctor() {
        outcome.violation(fault);
    }
    lead.browser.refresh().expect(200);
    for concern in &acknowledged {
        let receipt = lead.browser.get(&format!("/v1/receipts/{concern}"));
        outcome.hold(receipt.status == 200, || {
            format!("{concern} is not there: {receipt}")
        });
    }
    server.kill();
    drop(disk);
    outcome.figure("rounds", rounds);
    outcome.figure("acknowledged", acknowledged.len());
    outcome.figure("refused", refused);
    outcome.ended()
}
