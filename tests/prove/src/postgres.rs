//! A durable PostgreSQL of the campaign's own, that it may kill.

use std::fs::File;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, PgConnection};
use tempfile::TempDir;

/// Passwords of a server that only this process's loopback neighbours can reach, for minutes.
const PASSWORD: &str = "prove-only";

/// A PostgreSQL with `fsync` on, in a folder of its own, on a free loopback port.
#[derive(Debug)]
pub struct Cluster {
    folder: TempDir,
    port: u16,
    postmaster: Option<Child>,
}

impl Cluster {
    /// Makes a cluster with the two roles and a database named `safehold`, and starts it.
    ///
    /// # Panics
    /// If PostgreSQL is not installed (`scripts/setup`) or does not start.
    pub fn start() -> Self {
        let folder = tempfile::Builder::new()
            .prefix("safehold-prove-postgres.")
            .tempdir()
            .unwrap();
        if is_root() {
            let owned = Command::new("chown")
                .arg("postgres")
                .arg(folder.path())
                .status();
            assert!(
                owned.is_ok_and(|status| status.success()),
                "no user postgres"
            );
        }
        let mut cluster = Self {
            port: free_port(),
            folder,
            postmaster: None,
        };
        let password = cluster.folder.path().join("password");
        std::fs::write(&password, PASSWORD).unwrap();
        let made = cluster
            .command("initdb")
            .args(["--username", "superuser", "--auth", "scram-sha-256"])
            .args(["--encoding", "UTF8", "--locale", "C"])
            .args([Path::new("--pwfile"), &password])
            .args([Path::new("--pgdata"), &cluster.data()])
            .output()
            .expect("initdb: run scripts/setup");
        let said = String::from_utf8_lossy(&made.stderr);
        assert!(made.status.success(), "initdb: {said}");
        cluster.run();
        let mut superuser = PgConnection::establish(&cluster.url("superuser", "postgres")).unwrap();
        for sql in [
            format!(
                "create role safehold_owner login createdb nosuperuser nobypassrls password '{PASSWORD}'"
            ),
            format!("create role safehold_app login nosuperuser nobypassrls password '{PASSWORD}'"),
            "create database safehold owner safehold_owner".to_owned(),
        ] {
            superuser.batch_execute(&sql).unwrap();
        }
        cluster
    }

    /// Starts the server, after [`kill`](Self::kill) or [`stop`](Self::stop), and waits until it answers.
    ///
    /// # Panics
    /// If it does not within a minute.
    pub fn run(&mut self) {
        let log = File::options()
            .append(true)
            .create(true)
            .open(self.folder.path().join("log"))
            .unwrap();
        // A kill leaves the others of its processes a moment to notice; until then it cannot start again.
        let deadline = Instant::now() + Duration::from_secs(60);
        while Instant::now() < deadline {
            let mut postmaster = self
                .command("postgres")
                .args([Path::new("-D"), &self.data()])
                .args(["-c", "listen_addresses=127.0.0.1"])
                .args(["-c", &format!("port={}", self.port)])
                .args([
                    "-c",
                    &format!("unix_socket_directories={}", self.folder.path().display()),
                ])
                .args(["-c", "max_connections=60", "-c", "shared_buffers=128MB"])
                .args(["-c", "password_encryption=scram-sha-256"])
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(log.try_clone().unwrap())
                .spawn()
                .expect("postgres: run scripts/setup");
            while Instant::now() < deadline && postmaster.try_wait().unwrap().is_none() {
                if PgConnection::establish(&self.url("superuser", "postgres")).is_ok() {
                    self.postmaster = Some(postmaster);
                    return;
                }
                std::thread::sleep(Duration::from_millis(20));
            }
        }
        panic!(
            "PostgreSQL did not start; see {}",
            self.folder.path().join("log").display()
        );
    }

    /// SIGKILL to the postmaster, at whatever it is doing; its other processes notice and end.
    ///
    /// # Panics
    /// If it does not run.
    pub fn kill(&mut self) {
        let mut postmaster = self.postmaster.take().expect("it runs");
        postmaster.kill().unwrap();
        postmaster.wait().unwrap();
    }

    /// An orderly stop that waits for nobody.
    ///
    /// # Panics
    /// If it does not run.
    pub fn stop(&mut self) {
        let mut postmaster = self.postmaster.take().expect("it runs");
        interrupt(&postmaster);
        postmaster.wait().unwrap();
    }

    /// The database as the role that owns nothing.
    pub fn app_url(&self) -> String {
        self.url("safehold_app", "safehold")
    }

    /// Another of its databases, as the role that owns nothing.
    pub fn app_url_of(&self, database: &str) -> String {
        self.url("safehold_app", database)
    }

    /// One of its databases, as the role that row-level security does not bind.
    pub fn superuser_url(&self, database: &str) -> String {
        self.url("superuser", database)
    }

    /// The postmaster's number for `/proc`.
    ///
    /// # Panics
    /// If it does not run.
    pub fn pid(&self) -> u32 {
        self.postmaster.as_ref().expect("it runs").id()
    }

    /// One of PostgreSQL's own programs.
    pub fn program(name: &str) -> PathBuf {
        programs().join(name)
    }

    /// The database as the role that owns the tables.
    pub fn owner_url(&self) -> String {
        self.url("safehold_owner", "safehold")
    }

    fn url(&self, role: &str, database: &str) -> String {
        format!(
            "postgres://{role}:{PASSWORD}@127.0.0.1:{}/{database}",
            self.port
        )
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// One of PostgreSQL's programs: as its own user, because it refuses to run as root, and ended by the
    /// kernel should this process be.
    fn command(&self, program: &str) -> Command {
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "INT"]);
        if is_root() {
            command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]);
        }
        command.arg(programs().join(program));
        command.current_dir(self.folder.path());
        command
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Some(mut postmaster) = self.postmaster.take() {
            interrupt(&postmaster);
            drop(postmaster.wait());
        }
    }
}

fn interrupt(process: &Child) {
    let sent = Command::new("kill")
        .args(["-INT", &process.id().to_string()])
        .status();
    assert!(sent.is_ok_and(|status| status.success()), "kill -INT");
}

fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}

/// Debian keeps them a folder a version: the newest is taken.
fn programs() -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten();
    let newest = versions
        .filter_map(|version| Some(version.ok()?.path().join("bin")))
        .filter(|folder| folder.join("initdb").exists())
        .max_by_key(|folder| {
            let version = folder.parent().and_then(Path::file_name);
            version.and_then(|name| name.to_str()?.parse::<u32>().ok())
        });
    newest.expect("PostgreSQL is not installed: run scripts/setup")
}

/// A loopback port that nothing listens on.
pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}
