//! The real server, whoever founds a school on it, and what its processes have used.

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, PgConnection};
use serde_json::Value;
use testkit::{Client, Database, Engine, Person, found_at, fresh_key};

pub(crate) struct Server {
    process: Child,
    pub(crate) origin: String,
    data: PathBuf,
    /// Kept until the server has stopped.
    postgres: Option<Database>,
}

impl Server {
    fn binary() -> PathBuf {
        std::env::var_os("SAFEHOLD_SERVER")
            .expect("run scripts/bench")
            .into()
    }

    pub(crate) fn start(folder: &Path) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        drop(listener);
        let data = folder.join("data");
        let origin = format!("http://{address}");
        let postgres = std::env::args()
            .any(|argument| argument == "postgres")
            .then(|| Database::empty(Engine::Postgres));
        let mut process = Self::command("serve", &data, &origin, postgres.as_ref())
            .env("SAFEHOLD_LISTEN", address.to_string())
            .env("SAFEHOLD_LOG", "warn")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        assert!(
            lines.any(|line| line.unwrap().contains("Safehold is at")),
            "the server did not start"
        );
        // Whatever else it says is read, so that it never waits for a reader.
        std::thread::spawn(move || lines.for_each(drop));
        Self {
            process,
            origin,
            data,
            postgres,
        }
    }

    fn command(name: &str, data: &Path, origin: &str, postgres: Option<&Database>) -> Command {
        let mut command = Command::new(Self::binary());
        command
            .arg(name)
            .env("SAFEHOLD_DATA_DIR", data)
            .env("SAFEHOLD_ORIGIN", origin);
        if let Some(database) = postgres {
            command
                .env("SAFEHOLD_DATABASE_URL", database.url())
                .env("SAFEHOLD_OWNER_DATABASE_URL", database.owner_url());
        }
        command
    }

    /// Founds a school with a setup code of the operator's.
    pub(crate) fn found(&self, name: &'static str) -> Person {
        let printed = Self::command("setup", &self.data, &self.origin, self.postgres.as_ref())
            .arg("--another")
            .output()
            .unwrap();
        let school = format!("school-{}", &fresh_key()[32..]);
        found_at(&self.origin, &printed.stdout, name, &school)
    }

    /// Has PostgreSQL count what is in its tables, as it does by itself within a minute of such a change.
    pub(crate) fn know_its_rows(&self) {
        if let Some(database) = &self.postgres {
            let mut owner = PgConnection::establish(&database.owner_url()).unwrap();
            owner.batch_execute("analyze").unwrap();
        }
    }

    /// CPU-seconds that the server's threads have used since it began.
    pub(crate) fn cpu(&self) -> f64 {
        cpu_of(self.process.id())
    }

    /// Has `wrk` ask for one thing for a while: how many were answered, how many refused, in what time.
    pub(crate) fn load(
        &self,
        method: &str,
        path: &str,
        browser: &Client,
        bodies: &[Value],
        seconds: u64,
    ) -> (f64, f64, f64) {
        let script = self.data.with_extension("lua");
        let mut lua = format!("wrk.method = {method:?}\n");
        if let Some(token) = browser.token() {
            writeln!(lua, "wrk.headers[\"Authorization\"] = \"Bearer {token}\"").unwrap();
        }
        writeln!(lua, "wrk.headers[\"Cookie\"] = {:?}", browser.cookies()).unwrap();
        if !bodies.is_empty() {
            writeln!(lua, "wrk.headers[\"Content-Type\"] = \"application/json\"").unwrap();
            writeln!(lua, "local bodies = {{").unwrap();
            for body in bodies {
                writeln!(lua, "[==[{body}]==],").unwrap();
            }
            writeln!(lua, "}}").unwrap();
            // Each request is a new one: the key is counted up, and begins anew each time wrk does.
            lua += &format!(
                "local count = 0\nlocal thread = 0\nlocal threads = 0\n\
                 function setup(t) threads = threads + 1 t:set(\"thread\", threads) end\n\
                 request = function()\n  count = count + 1\n  \
                 wrk.headers[\"Idempotency-Key\"] = string.format(\"{:08x}-%04x-4000-8000-%012x\", thread, count)\n  \
                 return wrk.format(nil, nil, nil, bodies[count % #bodies + 1])\nend\n",
                std::time::UNIX_EPOCH.elapsed().unwrap().subsec_nanos()
            );
        }
        fs::write(&script, lua).unwrap();
        let printed = Command::new("wrk")
            .args(["-t1", "-c16", &format!("-d{seconds}s"), "-s"])
            .arg(&script)
            .arg(format!("{}{path}", self.origin))
            .output()
            .expect("wrk: run scripts/setup");
        let printed = String::from_utf8_lossy(&printed.stdout).into_owned();
        let number = |before: &str, after: &str| {
            printed
                .split_once(after)
                .and_then(|(head, _)| head.rsplit(before).next())
                .and_then(|text| text.trim().parse::<f64>().ok())
        };
        let answered = number("\n", " requests in").unwrap_or_else(|| panic!("{printed}"));
        let refused = printed
            .split_once("Non-2xx or 3xx responses: ")
            .and_then(|(_, rest)| rest.split_whitespace().next()?.parse().ok())
            .unwrap_or(0.0);
        let rate = printed
            .split_once("Requests/sec:")
            .and_then(|(_, rest)| rest.split_whitespace().next()?.parse().ok())
            .unwrap_or(0.0);
        (answered, refused, rate)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let stopped = Command::new("kill")
            .arg(self.process.id().to_string())
            .status();
        if stopped.is_ok_and(|status| status.success()) {
            drop(self.process.wait());
        }
    }
}

/// CPU-seconds of all threads of a process.
fn cpu_of(process: u32) -> f64 {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let Some((_, rest)) = stat.rsplit_once(") ") else {
        return 0.0;
    };
    let fields: Vec<f64> = rest
        .split(' ')
        .map(|field| field.parse().unwrap_or(0.0))
        .collect();
    // utime and stime, in hundredths of a second.
    (fields[11] + fields[12]) / 100.0
}

/// CPU-seconds of the test's PostgreSQL, if there is one: the living processes and those that ended.
pub(crate) fn postgres_cpu() -> f64 {
    let Some(folder) = std::env::var_os("SAFEHOLD_TEST_POSTGRES_FILES") else {
        return 0.0;
    };
    let pid =
        fs::read_to_string(Path::new(&folder).join("data/postmaster.pid")).unwrap_or_default();
    let Some(postmaster) = pid.lines().next().and_then(|line| line.parse::<u32>().ok()) else {
        return 0.0;
    };
    let children = fs::read_to_string(format!("/proc/{postmaster}/task/{postmaster}/children"));
    let living: f64 = children
        .unwrap_or_default()
        .split_whitespace()
        .filter_map(|child| child.parse().ok())
        .map(cpu_of)
        .sum();
    living + cpu_of(postmaster)
}
