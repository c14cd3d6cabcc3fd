use std::io;

use actix_web::web::{self, Data};
use actix_web::{HttpServer, rt};
use api::App;
use clap::Args;

use crate::claimed::Claimed;
use crate::config::Config;
use crate::logs::Log;
use crate::mailer::Mailer;
use crate::terminal::{Outcome, say};
use crate::{docs, pages, process, setup};

/// Seconds that requests under way have when the server is told to stop.
const GRACE: u64 = 10;

/// `server serve`.
#[derive(Debug, Args)]
pub(crate) struct Serve {
    #[command(flatten)]
    config: Config,
    #[command(flatten)]
    mailer: Mailer,
    #[command(flatten)]
    log: Log,
    /// Where to listen; port 0 takes a free one.
    #[arg(long, env = "SAFEHOLD_LISTEN", default_value = "127.0.0.1:8080")]
    listen: String,
    /// Threads that answer; as many as there are cores, if missing.
    #[arg(long, env = "SAFEHOLD_WORKERS")]
    workers: Option<usize>,
    /// Leave the outbox to a `server work` elsewhere.
    #[arg(long, env = "SAFEHOLD_NO_WORKER")]
    no_worker: bool,
    #[command(flatten)]
    claimed: Claimed,
}

impl Serve {
    pub(crate) fn run(self) -> Outcome {
        process::forbid_core_dumps()?;
        self.log.start()?;
        let migrations = self.config.migrate()?;
        tracing::info!(migrations, "the database is up to date");
        // Before there is an event loop: starting waits for the database.
        let app = Data::new(self.config.start()?);
        if let Some(code) = setup::code(&app)? {
            say(setup::words(&app.origin, &code))?;
        }
        rt::System::new().block_on(self.serve(app))
    }

    async fn serve(self, app: Data<App>) -> Outcome {
        if !self.no_worker {
            match self.mailer.worker(&app.clone().into_inner())? {
                Some(worker) => drop(rt::spawn(async move { worker.run().await })),
                None => tracing::warn!("no mail server is named: mails wait in the outbox"),
            }
        }
        let (served, claimed) = (app.clone(), self.claimed);
        let mut server = HttpServer::new(move || {
            api::http::application(served.clone())
                .configure(docs::routes)
                .configure(|config| claimed.routes(config))
                .default_service(web::to(pages::page))
        })
        .on_connect(rest::count_requests)
        .shutdown_timeout(GRACE);
        if let Some(workers) = self.workers {
            server = server.workers(workers.max(1));
        }
        let server = server.bind(&self.listen)?;
        let addresses = server.addrs();
        // Ends on SIGTERM or SIGINT, after the requests that are under way. It hears them from its first turn on: only
        // then is it said that it serves, or whoever stops it at that word would kill it.
        let serving = rt::spawn(server.run());
        rt::task::yield_now().await;
        for address in addresses {
            say(format!(
                "Safehold is at {} (listening on {address})",
                app.origin
            ))?;
        }
        serving.await.map_err(io::Error::other)??;
        app.db.close();
        tracing::info!("stopped");
        Ok(())
    }
}
