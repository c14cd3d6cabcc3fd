//! What stands in the page's head: title, policy and looks.
//!
//! The policy allows Dioxus' own script and its two channels (a websocket on loopback for edits, one
//! address for events) and nothing else. With a wider `connect-src` a script in the page could read
//! any file of the user through Dioxus' own protocol; with a narrower one no event arrives. The two
//! slashes before `__events` are those of Dioxus 0.7.10. Without `unsafe-eval` no `document::eval`
//! works, so title and style must stand here.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD as BASE64;

use crate::words;

/// The window's title.
pub const TITLE: &str = words::common::APP;

const TOKENS: &str = include_str!("../../web/src/styles/tokens.css");
const STYLE: &str = include_str!("../assets/app.css");
const FONT: &[u8] = include_bytes!("../../web/src/styles/fonts/atkinson-hyperlegible-next.woff2");

/// Where Dioxus serves the page from on this platform.
const BASE: &str = if cfg!(target_os = "android") {
    "https://dioxus.index.html/"
} else if cfg!(windows) {
    "http://dioxus.index.html/"
} else {
    "dioxus://index.html/"
};

/// The content security policy.
pub fn policy() -> String {
    format!(
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; \
         connect-src ws://127.0.0.1:* {BASE}/__events; script-src dioxus: 'unsafe-inline'; \
         base-uri 'none'; form-action 'none'"
    )
}

/// The page that Dioxus draws into. Its own would name itself "Dioxus app" to a screen reader, say no
/// language, and forbid enlarging it with two fingers.
pub fn index() -> String {
    format!(
        "<!DOCTYPE html><html lang=\"en-GB\"><head>{}</head><body><div id=\"main\"></div></body></html>",
        head()
    )
}

/// What stands in its head.
pub fn head() -> String {
    format!(
        "<meta charset=\"utf-8\"><title>{TITLE}</title>\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{}\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1, viewport-fit=cover\">\
         <style>@font-face {{ font-family: \"Atkinson Hyperlegible Next\"; font-weight: 400 700; \
         src: url(data:font/woff2;base64,{}) format(\"woff2\"); }}\n{TOKENS}\n{STYLE}</style>",
        policy(),
        BASE64.encode(FONT),
    )
}
