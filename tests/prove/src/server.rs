//! The real server as a process of its own, that the campaign may kill.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use testkit::{Person, found_at};

use crate::Cluster;
use crate::postgres::free_port;

/// An installation of the server: its folder, its port, and its process while it runs.
#[derive(Debug)]
pub struct Server {
    folder: PathBuf,
    port: u16,
    database: Option<(String, String)>,
    process: Option<Child>,
}

impl Server {
    /// Nothing runs yet. The folder takes the data and the log.
    pub fn new(folder: &Path, cluster: Option<&Cluster>) -> Self {
        Self {
            folder: folder.to_owned(),
            port: free_port(),
            database: cluster.map(|cluster| (cluster.app_url(), cluster.owner_url())),
            process: None,
        }
    }

    /// Where browsers find it.
    pub fn origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The data folder.
    pub fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// The database's address.
    pub fn database_url(&self) -> String {
        match &self.database {
            Some((app, _)) => app.clone(),
            None => format!("sqlite:{}", self.data().join("safehold.sqlite").display()),
        }
    }

    /// Starts it and waits until it serves; how long that took.
    ///
    /// # Panics
    /// If it does not.
    pub fn start(&mut self) -> Duration {
        let begun = Instant::now();
        let mut process = self
            .command("serve")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(self.log())
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}", binary().display()));
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let serves = lines.any(|line| line.is_ok_and(|line| line.contains("Safehold is at")));
        assert!(
            serves,
            "the server did not start; see {}",
            self.log_path().display()
        );
        // Whatever else it says is read, so that it never waits for a reader.
        std::thread::spawn(move || lines.for_each(drop));
        self.process = Some(process);
        begun.elapsed()
    }

    /// SIGKILL, at whatever it is doing.
    ///
    /// # Panics
    /// If it ended before by itself: that is a finding.
    pub fn kill(&mut self) {
        let mut process = self.process.take().expect("it runs");
        let ended = process.try_wait().unwrap();
        assert!(ended.is_none(), "the server ended by itself: {ended:?}");
        process.kill().unwrap();
        process.wait().unwrap();
    }

    /// Asks it to stop, and waits until it has.
    ///
    /// # Panics
    /// If it ends with anything but success.
    pub fn stop(&mut self) {
        let mut process = self.process.take().expect("it runs");
        let asked = Command::new("kill").arg(process.id().to_string()).status();
        assert!(asked.is_ok_and(|asked| asked.success()), "kill");
        let ended = process.wait().unwrap();
        assert!(ended.success(), "the server ended with {ended}");
    }

    /// Its number for `/proc`.
    ///
    /// # Panics
    /// If it does not run.
    pub fn pid(&self) -> u32 {
        self.process.as_ref().expect("it runs").id()
    }

    /// What `server doctor` finds wrong with the records; neither the room on this machine's disk nor a
    /// mail server that the campaign does not have.
    pub fn doctor(&self) -> Vec<String> {
        let examined = self.command("doctor").output().unwrap();
        let said = String::from_utf8_lossy(&examined.stdout).into_owned();
        let held = said.matches("lines hold").count();
        let mut faults: Vec<String> = said
            .lines()
            .filter(|line| line.starts_with("FAULT"))
            .filter(|line| !line.contains("outbox") && !line.contains("disk"))
            .map(str::to_owned)
            .collect();
        if held == 0 && faults.is_empty() {
            let complaint = String::from_utf8_lossy(&examined.stderr).into_owned();
            faults.push(format!("doctor examined no school: {said}{complaint}"));
        }
        faults
    }

    /// Founds a school with the operator's code.
    ///
    /// # Panics
    /// If anything in the way of it refuses.
    pub fn found(&self, name: &'static str, school: &str) -> Person {
        let printed = self.command("setup").output().unwrap();
        found_at(&self.origin(), &printed.stdout, name, school)
    }

    fn command(&self, name: &str) -> Command {
        let mut command = Command::new(binary());
        command
            .arg(name)
            .env("SAFEHOLD_DATA_DIR", self.data())
            .env("SAFEHOLD_ORIGIN", self.origin())
            .env("SAFEHOLD_LISTEN", format!("127.0.0.1:{}", self.port))
            .env("SAFEHOLD_LOG", "warn");
        if let Some((app, owner)) = &self.database {
            command
                .env("SAFEHOLD_DATABASE_URL", app)
                .env("SAFEHOLD_OWNER_DATABASE_URL", owner);
        }
        command
    }

    fn log_path(&self) -> PathBuf {
        self.folder.join("server.log")
    }

    fn log(&self) -> File {
        File::options()
            .append(true)
            .create(true)
            .open(self.log_path())
            .unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(mut process) = self.process.take() {
            drop(process.kill());
            drop(process.wait());
        }
    }
}

/// The server's binary: named by `SAFEHOLD_SERVER`, or beside this program, as it was last built.
fn binary() -> PathBuf {
    if let Some(named) = std::env::var_os("SAFEHOLD_SERVER") {
        return named.into();
    }
    let own = std::env::current_exe().unwrap();
    let built = own
        .ancestors()
        .map(|folder| folder.join("server"))
        .find(|binary| binary.is_file());
    built.expect("the server's binary is not built yet: scripts/test build")
}

/// What a process says of itself in `/proc`, in kilobytes, such as `VmRSS`; `Pss` is what it has resident with each
/// page counted once, however often it is mapped.
pub(crate) fn memory(pid: u32, what: &str) -> u64 {
    let file = match what {
        "Pss" => "smaps_rollup",
        _ => "status",
    };
    std::fs::read_to_string(format!("/proc/{pid}/{file}"))
        .unwrap_or_default()
        .lines()
        .find_map(|line| line.strip_prefix(what)?.strip_prefix(':'))
        .and_then(|rest| rest.split_whitespace().next()?.parse().ok())
        .unwrap_or_default()
}

/// By how many steps the threads of this name stand behind the first thread of a process.
pub(crate) fn niceness(pid: u32, name: &str) -> Option<i64> {
    let of = |thread: &str| -> Option<(String, i64)> {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/task/{thread}/stat")).ok()?;
        let (head, rest) = stat.rsplit_once(") ")?;
        let name = head.split_once('(')?.1.to_owned();
        Some((name, rest.split(' ').nth(16)?.parse().ok()?))
    };
    let (_, first) = of(&pid.to_string())?;
    std::fs::read_dir(format!("/proc/{pid}/task"))
        .ok()?
        .filter_map(|thread| of(&thread.ok()?.file_name().to_string_lossy()))
        .filter(|(of_thread, _)| of_thread == name)
        .map(|(_, nice)| nice - first)
        .min()
}
