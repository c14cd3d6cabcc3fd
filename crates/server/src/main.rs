//! The server: one binary that serves the API and the web client, and looks after its own database.

mod claimed;
mod config;
mod contract;
mod demo;
mod docs;
mod doctor;
mod import;
mod logs;
mod mailer;
mod migrate;
mod pages;
mod process;
mod renew_secret;
mod restore;
mod serve;
mod setup;
mod terminal;
mod work;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Most of what a request costs beside its statements is small pieces of memory, taken on one thread and given
/// back on another; the system's allocator takes twice as long over them, and others fill the memory with holes.
/// SQLite's pages come from it too. Its settings: `.cargo/config.toml`.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// A school's safeguarding records: written down in a minute, opened only with a key.
#[derive(Debug, Parser)]
#[command(name = "server", version, about, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the API and the web client, and send what waits in the outbox.
    Serve(serve::Serve),
    /// Only send what waits in the outbox.
    Work(work::Work),
    /// Bring the database up to date.
    Migrate(migrate::Migrate),
    /// Print a new code to set the school up with.
    Setup(setup::Setup),
    /// Hand everything over to a new secret, because somebody else may know this one. Stop the server first.
    RenewSecret(renew_secret::RenewSecret),
    /// Begin again with a backup whose server secret was lost.
    Restore(restore::Restore),
    /// Examine the database, the logs, the rolls and the disk; fail if anything is wrong.
    Doctor(doctor::Doctor),
    /// Serve a school of invented people, to look at.
    Demo(demo::Demo),
    /// Take a school's people in from a folder or zip of CSV files.
    Import(import::Import),
    /// Print or check the contract that is generated from the code.
    Contract(contract::Contract),
}

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Serve(command) => command.run(),
        Command::Work(command) => command.run(),
        Command::Migrate(command) => command.run(),
        Command::Setup(command) => command.run(),
        Command::Restore(command) => command.run(),
        Command::RenewSecret(command) => command.run(),
        Command::Doctor(command) => command.run(),
        Command::Demo(command) => command.run(),
        Command::Import(command) => command.run(),
        Command::Contract(command) => command.run(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            terminal::complain(&*fault);
            ExitCode::FAILURE
        }
    }
}
