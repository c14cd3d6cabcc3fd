//! The terminal authenticator: holds a key where there is no screen, and plays a person's device in
//! demonstrations and tests.

mod ask;
mod commands;
mod options;
mod report;

use std::process::ExitCode;

use clap::Parser as _;

use options::Options;

fn main() -> ExitCode {
    let options = Options::parse();
    let json = options.json;
    match commands::run(options) {
        Ok(report) => report.show(json),
        Err(failure) => failure.show(json),
    }
}
