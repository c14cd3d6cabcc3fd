//! `scripts/prove` runs this.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};
use prove::{Outcome, kill};

/// Tries to make Safehold lose what it has acknowledged, and says whether it did.
#[derive(Debug, Parser)]
#[command(name = "prove", max_term_width = 100)]
struct Arguments {
    /// The folder for the results, a JSON file a campaign.
    #[arg(
        long,
        env = "SAFEHOLD_PROVE_RESULTS",
        global = true,
        default_value = "prove-results"
    )]
    results: PathBuf,
    #[command(subcommand)]
    campaign: Campaign,
}

#[derive(Debug, Subcommand)]
enum Campaign {
    /// Kill the server, or the database beneath it, at random moments while eight people write.
    Kill {
        /// How often.
        #[arg(long, default_value_t = 100)]
        kills: usize,
        #[arg(long, value_enum, default_value_t = Engine::Sqlite)]
        engine: Engine,
        #[arg(long, value_enum, default_value_t = What::Server)]
        what: What,
        /// At most so many concerns are opened with the key at the end, evenly spread.
        #[arg(long, default_value_t = 20_000)]
        open: usize,
        /// Of the random moments.
        #[arg(long, default_value_t = 1)]
        seed: u8,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Engine {
    Sqlite,
    Postgres,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum What {
    Server,
    Database,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let outcomes: Vec<Outcome> = match arguments.campaign {
        Campaign::Kill {
            kills,
            engine,
            what,
            open,
            seed,
        } => {
            if what == What::Database && engine == Engine::Sqlite {
                eprintln!("SQLite has no process of its own: choose --engine postgres");
                return ExitCode::FAILURE;
            }
            vec![kill::run(kill::Plan {
                kills,
                postgres: engine == Engine::Postgres,
                victim: match what {
                    What::Server => kill::Victim::Server,
                    What::Database => kill::Victim::Database,
                },
                open,
                seed,
            })]
        }
    };
    for outcome in &outcomes {
        println!("{outcome}");
        println!("  {}", outcome.write(&arguments.results).display());
    }
    match outcomes.iter().all(|outcome| outcome.passed) {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}
