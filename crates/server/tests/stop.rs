//! `server serve`, told to stop.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

#[test]
fn whoever_stops_it_the_moment_it_serves_sees_it_end_well() {
    let folder = tempfile::tempdir().unwrap();
    for turn in 0..10 {
        let mut process = Command::new(env!("CARGO_BIN_EXE_server"))
            .args(["serve", "--listen", "127.0.0.1:0", "--data-dir"])
            .arg(folder.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let serves = lines.any(|line| line.unwrap().contains("Safehold is at"));
        assert!(serves, "it did not start");
        let asked = Command::new("kill").arg(process.id().to_string()).status();
        assert!(asked.unwrap().success());
        lines.for_each(drop);
        let ended = process.wait().unwrap();
        assert!(ended.success(), "turn {turn}: it ended with {ended}");
    }
}
