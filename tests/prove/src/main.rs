//! `scripts/prove` runs this.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::builder::RangedU64ValueParser;
use clap::{Parser, Subcommand, ValueEnum};
use prove::{
    Outcome, contract, faults, fuzz, hidden, hostile, kill, mutants, power, rotation, sign_in,
    soak, speed,
};

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
    /// Let the disk, the database and the mail server fail.
    Faults {
        /// The write, cut or sync that fails: each up to this one.
        #[arg(long, default_value_t = 500)]
        until: u64,
        /// Not each but every so many.
        #[arg(long, default_value_t = 1)]
        step: u64,
        /// How often a small disk is filled, and PostgreSQL stopped.
        #[arg(long, default_value_t = 10)]
        rounds: usize,
    },
    /// Hold every answer against the contract, by schemathesis, as each kind of caller.
    Contract {
        /// About how many requests.
        #[arg(long, default_value_t = 5_000)]
        cases: usize,
        #[arg(long, value_enum, default_value_t = Engine::Sqlite)]
        engine: Engine,
        /// Only this caller; may be said several times.
        #[arg(long)]
        caller: Vec<String>,
        /// Of the random data.
        #[arg(long, default_value_t = 1)]
        seed: u32,
    },
    /// Give every parser hostile bytes, by libFuzzer.
    Fuzz {
        /// How long each target runs.
        #[arg(long, default_value_t = 60)]
        seconds: u64,
        /// Only this target; may be said several times.
        #[arg(long)]
        target: Vec<String>,
        /// Take what reaches something new into tests/data/fuzz.
        #[arg(long)]
        keep: bool,
    },
    /// Try to tell by the time of an answer what is hidden from what is not there.
    Hidden {
        /// How often each is asked for.
        #[arg(long, default_value_t = 1_000, value_parser = at_least_two())]
        samples: usize,
        #[arg(long, value_enum, default_value_t = Engine::Sqlite)]
        engine: Engine,
    },
    /// Put every hostile string into every text of the contract, on both databases.
    Hostile {
        /// Only tests whose name holds this.
        #[arg(long, default_value = "")]
        only: String,
    },
    /// Change lines of the protocol, the policy and the roll, and see whether a test notices.
    Mutants {
        /// Only files of this pattern, such as `crates/protocol/src/roll/*.rs`; may be said several times.
        #[arg(long)]
        file: Vec<String>,
        /// Only one part of the changes, such as `0/8`.
        #[arg(long)]
        shard: Option<String>,
        /// How many at a time.
        #[arg(long, default_value_t = 1)]
        jobs: usize,
    },
    /// Let the power fail at every sync of the disk, in every way that a disk allows.
    Power {
        /// How many disks are made and looked at.
        #[arg(long, default_value_t = 2_000)]
        states: usize,
        /// How many concerns are recorded meanwhile.
        #[arg(long, default_value_t = 120)]
        concerns: usize,
    },
    /// Kill the server at random moments while a compartment's key is changed.
    Rotation {
        /// How many records move to the new key.
        #[arg(long, default_value_t = 400)]
        records: usize,
        /// Records in one batch.
        #[arg(long, default_value_t = 4)]
        batch: u32,
        #[arg(long, value_enum, default_value_t = Engine::Sqlite)]
        engine: Engine,
        /// Of the random moments.
        #[arg(long, default_value_t = 1)]
        seed: u8,
    },
    /// Live through a school's day at a steady rate: errors, memory, and whether it slows down.
    Soak {
        /// How long.
        #[arg(long, default_value_t = 10)]
        minutes: u64,
        /// Requests a second.
        #[arg(long, default_value_t = 50.0)]
        rate: f64,
        /// How many concerns there are when it begins.
        #[arg(long, default_value_t = 0)]
        records: usize,
        #[arg(long, value_enum, default_value_t = Engine::Sqlite)]
        engine: Engine,
    },
    /// Measure recording and reading beside the engine itself; `scripts/bench ratios` runs this.
    Ratios {
        #[arg(long, value_enum, default_value_t = Engine::Sqlite)]
        engine: Engine,
        /// How long each thing is asked.
        #[arg(long, default_value_t = 8)]
        seconds: u64,
        /// How often recording is compared.
        #[arg(long, default_value_t = 3)]
        rounds: usize,
        /// Only recording.
        #[arg(long)]
        recording: bool,
    },
    /// Measure one school alone and among many, on PostgreSQL; `scripts/bench schools` runs this.
    Schools {
        /// How many schools in all.
        #[arg(long, default_value_t = 200)]
        schools: usize,
        /// Concerns of each.
        #[arg(long, default_value_t = 5_000)]
        concerns: usize,
        /// How long each thing is asked.
        #[arg(long, default_value_t = 8)]
        seconds: u64,
    },
    /// Flood the server with bogus sign-ins, and try to learn who has an account.
    SignIn {
        /// How long the flood lasts.
        #[arg(long, default_value_t = 60)]
        seconds: u64,
        /// Bogus sign-ins a second.
        #[arg(long, default_value_t = 300.0)]
        flood: f64,
        /// Concerns recorded a second meanwhile.
        #[arg(long, default_value_t = 20.0)]
        rate: f64,
        /// Wrong passwords for accounts that there are, and as many for such that there are not.
        #[arg(long, default_value_t = 1_000, value_parser = at_least_two())]
        samples: usize,
        #[arg(long, value_enum, default_value_t = Engine::Sqlite)]
        engine: Engine,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Engine {
    Sqlite,
    Postgres,
}

impl From<Engine> for testkit::Engine {
    fn from(engine: Engine) -> Self {
        match engine {
            Engine::Sqlite => Self::Sqlite,
            Engine::Postgres => Self::Postgres,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum What {
    Server,
    Database,
}

/// How many measurements there have to be for one spread to be compared with another.
fn at_least_two() -> RangedU64ValueParser<usize> {
    RangedU64ValueParser::new().range(2..)
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
        Campaign::Faults {
            until,
            step,
            rounds,
        } => {
            let mut outcomes = vec![faults::disk(faults::Plan { until, step })];
            match faults::can_mount() {
                true => outcomes.push(faults::small_disk(rounds)),
                false => {
                    eprintln!("faults: no memory disk can be mounted here: that part is left out")
                }
            }
            match faults::can_turn_read_only() {
                true => outcomes.push(faults::read_only(rounds)),
                false => {
                    eprintln!("faults: no disk can be made read-only here: that part is left out")
                }
            }
            outcomes.push(faults::database(rounds));
            outcomes.extend(testkit::Engine::BOTH.map(faults::mail));
            outcomes
        }
        Campaign::Contract {
            cases,
            engine,
            caller,
            seed,
        } => vec![contract::run(&contract::Plan {
            cases,
            engine: engine.into(),
            seed,
            callers: caller,
            work: arguments.results.join("contract"),
        })],
        Campaign::Fuzz {
            seconds,
            target,
            keep,
        } => vec![fuzz::run(&fuzz::Plan {
            seconds,
            targets: target,
            keep,
            work: arguments.results.join("fuzz"),
        })],
        Campaign::Hidden { samples, engine } => vec![hidden::run(samples, engine.into())],
        Campaign::Hostile { only } => vec![hostile::run(&hostile::Plan {
            only,
            work: arguments.results.join("hostile"),
        })],
        Campaign::Mutants { file, shard, jobs } => vec![mutants::run(&mutants::Plan {
            files: file,
            shard,
            jobs,
            work: arguments.results.join("mutants"),
        })],
        Campaign::Power { states, concerns } => vec![power::run(power::Plan {
            states,
            concerns,
            lying_disk: false,
        })],
        Campaign::Rotation {
            records,
            batch,
            engine,
            seed,
        } => vec![rotation::run(rotation::Plan {
            records,
            batch,
            postgres: engine == Engine::Postgres,
            seed,
        })],
        Campaign::Soak {
            minutes,
            rate,
            records,
            engine,
        } => vec![soak::run(soak::Plan {
            lasting: Duration::from_secs(minutes * 60),
            rate,
            records,
            postgres: engine == Engine::Postgres,
        })],
        Campaign::Ratios {
            engine,
            seconds,
            rounds,
            recording,
        } => vec![speed::ratios(&speed::Plan {
            engine: engine.into(),
            seconds,
            rounds,
            reads: !recording,
        })],
        Campaign::Schools {
            schools,
            concerns,
            seconds,
        } => vec![speed::schools(&speed::Schools {
            schools,
            concerns,
            seconds,
        })],
        Campaign::SignIn {
            seconds,
            flood,
            rate,
            samples,
            engine,
        } => {
            let plan = sign_in::Plan {
                lasting: Duration::from_secs(seconds),
                flood,
                rate,
                samples,
            };
            vec![
                sign_in::flood(plan, engine.into()),
                sign_in::telling_apart(plan, engine.into()),
            ]
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
