//! Which apps open this server's own links: a phone asks for two files before it lets one.
//!
//! Android wants `/.well-known/assetlinks.json` (Digital Asset Links), iOS `/.well-known/apple-app-site-association`.
//! Both name an app by what it was signed with, so that no other app can be given the links. Where no app is named there
//! is no such file, and links open the page that they always opened.

use std::str::FromStr;

use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpResponse, ResponseError};
use clap::Args;
use rest::Problem;
use serde_json::{Value, json};

/// The apps that a link of this server opens.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Claimed {
    /// The Android app that may open this server's links: its package, and the SHA-256 fingerprint of what signs it,
    /// such as `example.safehold=14:6D:…`.
    #[arg(long, env = "SAFEHOLD_ANDROID_APP", value_name = "PACKAGE=FINGERPRINT")]
    android_app: Option<AndroidApp>,
    /// The iPhone and iPad app that may: its team and bundle, such as `AB12CD34EF.example.safehold`.
    #[arg(long, env = "SAFEHOLD_APPLE_APP", value_name = "TEAM.BUNDLE")]
    apple_app: Option<AppleApp>,
}

#[derive(Clone, Debug)]
struct AndroidApp {
    package: String,
    fingerprint: String,
}

#[derive(Clone, Debug)]
struct AppleApp(String);

impl FromStr for AndroidApp {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (package, fingerprint) = text
            .split_once('=')
            .ok_or("write it as PACKAGE=FINGERPRINT")?;
        let pairs: Vec<&str> = fingerprint.split(':').collect();
        let is_pair =
            |pair: &&str| pair.len() == 2 && pair.bytes().all(|one| one.is_ascii_hexdigit());
        if pairs.len() != 32 || !pairs.iter().all(is_pair) {
            return Err("a fingerprint is 32 pairs of hexadecimal digits with colons between them");
        }
        if !is_name(package) {
            return Err("a package is words with dots between them");
        }
        Ok(Self {
            package: package.to_owned(),
            fingerprint: fingerprint.to_uppercase(),
        })
    }
}

impl FromStr for AppleApp {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (team, bundle) = text.split_once('.').ok_or("write it as TEAM.BUNDLE")?;
        let is_team = team.len() == 10 && team.bytes().all(|one| one.is_ascii_alphanumeric());
        match is_team && is_name(bundle) {
            true => Ok(Self(text.to_owned())),
            false => Err("a team is ten letters and digits, a bundle words with dots between them"),
        }
    }
}

fn is_name(text: &str) -> bool {
    let is_word = |word: &str| {
        !word.is_empty()
            && word
                .bytes()
                .all(|one| one.is_ascii_alphanumeric() || b"_-".contains(&one))
    };
    text.split('.').all(is_word)
}

impl Claimed {
    pub(crate) fn routes(&self, config: &mut ServiceConfig) {
        let android = self.android_app.as_ref().map(AndroidApp::document);
        let apple = self.apple_app.as_ref().map(AppleApp::document);
        for (path, document) in [
            ("/.well-known/assetlinks.json", android),
            ("/.well-known/apple-app-site-association", apple),
        ] {
            config.route(
                path,
                web::get().to(move || {
                    let document = document.clone();
                    async move {
                        match document {
                            Some(document) => HttpResponse::Ok().json(document),
                            None => Problem::not_found().error_response(),
                        }
                    }
                }),
            );
        }
    }
}

impl AndroidApp {
    fn document(&self) -> Value {
        json!([{
            "relation": ["delegate_permission/common.handle_all_urls"],
            "target": {
                "namespace": "android_app",
                "package_name": self.package,
                "sha256_cert_fingerprints": [self.fingerprint],
            },
        }])
    }
}

impl AppleApp {
    /// The page that the app opens when it is done is the browser's: it must not open the app again.
    fn document(&self) -> Value {
        json!({
            "applinks": {
                "details": [{
                    "appIDs": [self.0],
                    "components": [
                        { "/": "/app/return", "exclude": true },
                        { "/": "/app" },
                        { "/": "/app/*" },
                    ],
                }],
            },
        })
    }
}
