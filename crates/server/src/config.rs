use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use api::{App, Start};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use clap::Args;
use domain::{SystemClock, SystemEntropy};
use store::{Db, Settings};
use vault::ServerSecret;

/// Where the school's data is, and where it is reached. Each can be a flag or a variable.
#[derive(Clone, Debug, Args)]
pub(crate) struct Config {
    /// The folder of the embedded database and of the server's secret.
    #[arg(long, env = "SAFEHOLD_DATA_DIR", default_value = "data")]
    pub(crate) data_dir: PathBuf,
    /// `postgres://…` or `sqlite:<file>`; if missing, what DATABASE_URL says, or the embedded database in
    /// the data folder.
    #[arg(long, env = "SAFEHOLD_DATABASE_URL", hide_env_values = true)]
    database_url: Option<String>,
    /// PostgreSQL only: the same database as the role that owns its tables, for migrations.
    #[arg(long, env = "SAFEHOLD_OWNER_DATABASE_URL", hide_env_values = true)]
    owner_database_url: Option<String>,
    /// Connections to the database: two for each core of this machine, four at least, if it is not said. For a
    /// PostgreSQL on another machine, two for each of that one's.
    #[arg(long, env = "SAFEHOLD_CONNECTIONS")]
    connections: Option<u32>,
    /// The file with the server's secret; made when it is missing.
    #[arg(long, env = "SAFEHOLD_SECRET_FILE")]
    secret_file: Option<PathBuf>,
    /// The server's secret itself, 32 bytes in base64url, where files are not wanted.
    #[arg(long, env = "SAFEHOLD_SECRET", hide_env_values = true)]
    secret: Option<String>,
    /// The address that people and apps use, without a slash at its end.
    #[arg(long, env = "SAFEHOLD_ORIGIN", default_value = "http://localhost:8080")]
    pub(crate) origin: String,
}

impl Config {
    /// The database's address.
    pub(crate) fn database_url(&self) -> String {
        // The name that platforms which run such servers give to their database's address.
        let given = self.database_url.clone();
        let given = given.or_else(|| {
            std::env::var("DATABASE_URL")
                .ok()
                .filter(|url| !url.is_empty())
        });
        given.unwrap_or_else(|| {
            let file = self.data_dir.join("safehold.sqlite");
            format!("sqlite:{}", file.display())
        })
    }

    /// Whether the embedded database is used.
    pub(crate) fn is_embedded(&self) -> bool {
        !self.database_url().starts_with("postgres")
    }

    /// The address to migrate by, if this process may: the embedded database, or PostgreSQL as owner.
    pub(crate) fn migration_url(&self) -> Option<String> {
        match &self.owner_database_url {
            Some(owner) => Some(owner.clone()),
            None => self.is_embedded().then(|| self.database_url()),
        }
    }

    /// Makes the data folder, readable by its owner alone.
    pub(crate) fn make_data_dir(&self) -> Result<(), Box<dyn Error>> {
        if self.data_dir.is_dir() {
            return Ok(());
        }
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        let parent = self
            .data_dir
            .parent()
            .filter(|folder| *folder != Path::new(""));
        builder
            .create(&self.data_dir)
            // A folder is there for good once the one around it is on disk.
            .and_then(|()| std::fs::File::open(parent.unwrap_or(Path::new(".")))?.sync_all())
            .map_err(|error| format!("{}: {error}", self.data_dir.display()).into())
    }

    /// Whether the database is there; opening the embedded one would make it.
    pub(crate) fn exists(&self) -> bool {
        let url = self.database_url();
        !self.is_embedded() || Path::new(url.strip_prefix("sqlite:").unwrap_or(&url)).exists()
    }

    /// Brings the database up to date if this process may; how many migrations were run.
    pub(crate) fn migrate(&self) -> Result<usize, Box<dyn Error>> {
        self.make_data_dir()?;
        Ok(match self.migration_url() {
            Some(url) => store::migrate(&url)?,
            None => 0,
        })
    }

    /// The file with the server's secret, unless it comes from the environment.
    pub(crate) fn secret_path(&self) -> Option<PathBuf> {
        self.secret.is_none().then(|| self.secret_in_a_file())
    }

    fn secret_in_a_file(&self) -> PathBuf {
        self.secret_file
            .clone()
            .unwrap_or_else(|| self.data_dir.join("server-secret"))
    }

    /// The server's secret.
    pub(crate) fn server_secret(&self) -> Result<ServerSecret, Box<dyn Error>> {
        if let Some(text) = &self.secret {
            return BASE64_URL_SAFE_NO_PAD
                .decode(text.trim())
                .ok()
                .and_then(|bytes| bytes.try_into().ok())
                .map(ServerSecret::new)
                .ok_or_else(|| "SAFEHOLD_SECRET is not 32 bytes in base64url".into());
        }
        let file = self.secret_in_a_file();
        ServerSecret::read_or_create(&file, &SystemEntropy::new())
            .map_err(|error| format!("{}: {error}", file.display()).into())
    }

    /// Opens the database.
    pub(crate) fn open(&self) -> Result<Db, Box<dyn Error>> {
        let settings = Settings {
            url: self.database_url(),
            connections: self.connections,
        };
        Ok(Db::open(
            &settings,
            Arc::new(SystemClock),
            Arc::new(SystemEntropy::new()),
        )?)
    }

    /// Starts the app: the database must have been migrated.
    pub(crate) fn start(&self) -> Result<App, Box<dyn Error>> {
        self.make_data_dir()?;
        Ok(App::start(Start {
            db: self.open()?,
            clock: Arc::new(SystemClock),
            entropy: Arc::new(SystemEntropy::new()),
            secret: self.server_secret()?,
            origin: self.origin.trim_end_matches('/').to_owned(),
        })?)
    }
}
