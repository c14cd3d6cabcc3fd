//! A disk that the kernel makes read-only in the middle of the work, as it does with a file system on which it has met
//! an error (ext4, `errors=remount-ro`): a real one, in a file, where mounting it is allowed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;
use testkit::{bring, fresh_key, roster};

use super::{misgivings, record};
use crate::kill::form;
use crate::{Outcome, Server, progress};

/// An ext4 in a file.
struct Disk {
    image: PathBuf,
    at: PathBuf,
}

impl Disk {
    fn make(folder: &Path, at: &Path) -> Option<Self> {
        let image = folder.join("image");
        let file = fs::File::create(&image).ok()?;
        file.set_len(64 << 20).ok()?;
        fs::create_dir_all(at).ok()?;
        run_well(
            Command::new("mkfs.ext4")
                .args(["-q", "-O", "^has_journal"])
                .arg(&image),
        )?;
        let disk = Self {
            image,
            at: at.to_owned(),
        };
        disk.mount().then_some(disk)
    }

    fn mount(&self) -> bool {
        let mut mount = Command::new("mount");
        mount
            .args(["-o", "loop,errors=remount-ro"])
            .args([&self.image, &self.at]);
        run_well(&mut mount).is_some()
    }

    /// The kernel's own switch for it: the name of the device is that of its folder in `/sys/fs/ext4`.
    fn switch(&self) -> Option<PathBuf> {
        let mounts = fs::read_to_string("/proc/mounts").ok()?;
        let at = self.at.to_str()?;
        let device = mounts.lines().find_map(|line| {
            let mut words = line.split(' ');
            let device = words.next()?;
            (words.next()? == at).then(|| device.trim_start_matches("/dev/").to_owned())
        })?;
        let switch = Path::new("/sys/fs/ext4")
            .join(device)
            .join("trigger_fs_error");
        switch.exists().then_some(switch)
    }

    /// Has the kernel meet an error on it.
    fn fail(&self) {
        let switch = self.switch().expect("ext4's switch");
        fs::write(switch, "an error on purpose").expect("root may");
        let tried = fs::write(self.at.join("tried"), "");
        let error = tried.expect_err("it can still be written to");
        assert_eq!(error.kind(), std::io::ErrorKind::ReadOnlyFilesystem);
    }

    /// What an administrator does. Nobody may have a file open.
    fn mend(&self) {
        run_well(Command::new("umount").arg(&self.at)).expect("nobody uses it");
        // 1 says that it mended something.
        let checked = Command::new("e2fsck").arg("-fy").arg(&self.image).output();
        let code = checked.unwrap().status.code();
        assert!(matches!(code, Some(0 | 1)), "e2fsck: {code:?}");
        assert!(self.mount(), "it cannot be mounted again");
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        drop(Command::new("umount").arg("-l").arg(&self.at).status());
    }
}

fn run_well(command: &mut Command) -> Option<()> {
    let output = command.output().ok()?;
    output.status.success().then_some(())
}

/// Whether this machine lets us mount such a disk, and has the kernel's switch.
pub fn can_turn_read_only() -> bool {
    let folder = tempfile::tempdir().unwrap();
    let disk = Disk::make(folder.path(), &folder.path().join("disk"));
    disk.is_some_and(|disk| disk.switch().is_some())
}

/// Makes the disk read-only and mends it, so often.
///
/// # Panics
/// If there can be no such disk: ask [`can_turn_read_only`] first.
pub fn run(rounds: usize) -> Outcome {
    let mut outcome = Outcome::of("faults-read-only", "sqlite");
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().canonicalize().unwrap();
    let mut server = Server::new(&home, None);
    let disk = Disk::make(&home, &server.data()).expect("a disk of its own");
    server.start();
    let lead = server.found("Bashir", "Hollybank");
    bring(&lead.browser, &roster());
    let mut body = form(&lead.browser);
    let (mut acknowledged, mut refused, mut read) = (Vec::new(), 0, 0);
    for round in 1..=rounds {
        for number in 0..20 {
            body["narrative"] = json!(format!("Round {round}, before, account {number}."));
            let receipt = lead.browser.post_once("/v1/concerns", &body).expect(201);
            acknowledged.push(receipt["id"].as_str().unwrap().to_owned());
        }
        disk.fail();
        let mut waiting = Vec::new();
        for number in 0..5 {
            body["narrative"] = json!(format!("Round {round}, account {number}."));
            let key = fresh_key();
            let answer = record(&lead.browser, &key, &body);
            refused += usize::from(answer.status == 503);
            if let Some(what) = misgivings(&answer, false) {
                outcome.violation(format!("round {round}: {what}"));
            }
            waiting.push((key, body.clone()));
        }
        let health = lead.browser.get("/v1/health");
        outcome.hold(health.status == 200, || {
            format!("it does not even answer: {health}")
        });
        // To read is to note now and then that the session is in use, and that cannot be written down either.
        let receipts = lead.browser.get("/v1/receipts");
        outcome.hold(
            receipts.status == 200 || misgivings(&receipts, false).is_none(),
            || format!("round {round}: what can be read: {receipts}"),
        );
        read += usize::from(receipts.status == 200);
        server.kill();
        disk.mend();
        server.start();
        for fault in server.doctor() {
            outcome.violation(fault);
        }
        lead.browser.refresh().expect(200);
        for (key, body) in &waiting {
            let again = record(&lead.browser, key, body);
            outcome.hold(again.status == 201, || {
                format!("round {round}: the disk is mended, and: {again}")
            });
            if again.status == 201 {
                acknowledged.push(again.json()["id"].as_str().unwrap().to_owned());
            }
        }
        for concern in &acknowledged {
            let receipt = lead.browser.get(&format!("/v1/receipts/{concern}"));
            outcome.hold(receipt.status == 200, || {
                format!("round {round}: {concern} is not there: {receipt}")
            });
        }
        progress("faults: read-only disk", round, rounds, || {
            format!("{} acknowledged", acknowledged.len())
        });
    }
    server.kill();
    drop(disk);
    outcome.figure("rounds", rounds);
    outcome.figure("acknowledged", acknowledged.len());
    outcome.figure("refused", refused);
    outcome.figure("read_meanwhile", read);
    outcome.ended()
}
