//! A school to look at: invented people and pupils, a few concerns, and a key held by the terminal
//! authenticator. Nothing here is for real records: the key lies in a file, and its PIN is below.

mod browser;
mod school;

use actix_web::web::{self, Data};
use actix_web::{HttpServer, rt};
use clap::Args;

use crate::config::Config;
use crate::logs::Log;
use crate::mailer::Mailer;
use crate::terminal::{Outcome, complain, say};
use crate::{docs, pages, process};

/// `server demo`.
#[derive(Debug, Args)]
pub(crate) struct Demo {
    #[command(flatten)]
    config: Config,
    #[command(flatten)]
    mailer: Mailer,
    #[command(flatten)]
    log: Log,
    /// Where to listen.
    #[arg(long, env = "SAFEHOLD_LISTEN", default_value = "127.0.0.1:8080")]
    listen: String,
}

impl Demo {
    pub(crate) fn run(mut self) -> Outcome {
        process::forbid_core_dumps()?;
        self.log.start()?;
        if let Some((_, port)) = self.listen.rsplit_once(':')
            && self.config.origin == "http://localhost:8080"
        {
            self.config.origin = format!("http://localhost:{port}");
        }
        school::stay(&self.config.origin, &self.config.data_dir)?;
        self.config.migrate()?;
        let app = Data::new(self.config.start()?);
        rt::System::new().block_on(async move {
            if let Some(worker) = self.mailer.worker(&app.clone().into_inner())? {
                rt::spawn(async move { worker.run().await });
            }
            let served = app.clone();
            let server = HttpServer::new(move || {
                api::http::application(served.clone())
                    .configure(docs::routes)
                    .default_service(web::to(pages::page))
            })
            .on_connect(rest::count_requests)
            .shutdown_timeout(1)
            .bind(&self.listen)?;
            let address = server.addrs().first().map(ToString::to_string);
            let server = server.run();
            let folder = self.config.data_dir.clone();
            // A person's hands: it asks the server over HTTP, as their browser would.
            std::thread::spawn(move || {
                let began = school::begin(&app, &address.unwrap_or_default(), &folder)
                    .and_then(|()| Ok(say(school::words(&app.origin, &folder))?));
                if let Err(error) = began {
                    complain(&*error);
                }
            });
            server.await?;
            Ok(())
        })
    }
}
