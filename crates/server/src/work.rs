use std::sync::Arc;

use actix_web::rt;
use clap::Args;
use tokio::signal::unix::{SignalKind, signal};

use crate::config::Config;
use crate::logs::Log;
use crate::mailer::Mailer;
use crate::process;
use crate::terminal::Outcome;

/// `server work`.
#[derive(Debug, Args)]
pub(crate) struct Work {
    #[command(flatten)]
    config: Config,
    #[command(flatten)]
    mailer: Mailer,
    #[command(flatten)]
    log: Log,
}

impl Work {
    pub(crate) fn run(self) -> Outcome {
        process::forbid_core_dumps()?;
        self.log.start()?;
        let app = Arc::new(self.config.start()?);
        let worker = self
            .mailer
            .worker(&app)?
            .ok_or("there is no mail server to send by: say --smtp-url")?;
        rt::System::new().block_on(async {
            let mut stop = signal(SignalKind::terminate())?;
            let mut interrupt = signal(SignalKind::interrupt())?;
            // A mail that is on its way is sent again by the next worker, under the same id.
            tokio::select! {
                () = worker.run() => {}
                _ = stop.recv() => {}
                _ = interrupt.recv() => {}
            }
            tracing::info!("stopped");
            Ok(())
        })
    }
}
