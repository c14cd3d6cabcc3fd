use std::error::Error;
use std::sync::Arc;

use api::App;
use api::mail::{Settings, Worker};
use clap::Args;

/// How mails are sent.
#[derive(Clone, Debug, Args)]
pub(crate) struct Mailer {
    /// The mail server: `smtps://user:password@host`, or `smtp://host:port?tls=required`.
    #[arg(long, env = "SAFEHOLD_SMTP_URL", hide_env_values = true)]
    smtp_url: Option<String>,
    /// Whom mails are from; `Safehold <safehold@…>` at the origin's host, if missing.
    #[arg(long, env = "SAFEHOLD_MAIL_FROM")]
    mail_from: Option<String>,
}

impl Mailer {
    /// The worker that sends mails, if there is a mail server.
    pub(crate) fn worker(&self, app: &Arc<App>) -> Result<Option<Worker>, Box<dyn Error>> {
        let Some(smtp_url) = &self.smtp_url else {
            return Ok(None);
        };
        let settings = Settings {
            smtp_url: smtp_url.clone(),
            from: self
                .mail_from
                .clone()
                .unwrap_or_else(|| format!("Safehold <safehold@{}>", host(&app.origin))),
        };
        Ok(Some(Worker::new(Arc::clone(app), &settings)?))
    }
}

/// The host in an origin such as `https://safehold.larkspur.example:8443`.
fn host(origin: &str) -> &str {
    let rest = origin.split_once("://").map_or(origin, |(_, rest)| rest);
    rest.split([':', '/']).next().unwrap_or(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mails_are_from_the_host_that_people_use() {
        assert_eq!(
            host("https://safehold.larkspur.example:8443"),
            "safehold.larkspur.example"
        );
        assert_eq!(host("http://localhost"), "localhost");
    }
}
