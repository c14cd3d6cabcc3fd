use std::error::Error;

use clap::{Args, ValueEnum};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::time::SystemTime;

/// What is logged, and how. The log goes to standard error, and nothing in it says anything about a
/// person: the request log has routes and classes of status, and `Sensitive` values do not print.
#[derive(Clone, Debug, Args)]
pub(crate) struct Log {
    /// What the log holds, such as `warn`, `info` or `debug`.
    #[arg(
        long = "log",
        env = "SAFEHOLD_LOG",
        default_value = "info,actix_server=warn"
    )]
    filter: String,
    /// How a line of the log is written.
    #[arg(
        long = "log-format",
        env = "SAFEHOLD_LOG_FORMAT",
        value_enum,
        default_value_t
    )]
    format: Format,
}

/// How a line of the log is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

impl Log {
    /// Begins to log.
    pub(crate) fn start(&self) -> Result<(), Box<dyn Error>> {
        let lines = tracing_subscriber::fmt()
            .with_env_filter(EnvFilter::try_new(&self.filter)?)
            .with_timer(SystemTime)
            .with_target(false)
            .with_writer(std::io::stderr);
        match self.format {
            Format::Text => lines.with_ansi(false).try_init(),
            Format::Json => lines.json().flatten_event(true).try_init(),
        }
        .map_err(|error| error.to_string().into())
    }
}
