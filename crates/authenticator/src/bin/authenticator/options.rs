use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// Holds your Safehold key on this computer.
///
/// Asks for what it needs when run in a terminal. In a script, give PINs and sheets through files or
/// standard input: arguments show in the list of processes.
#[derive(Debug, Parser)]
#[command(name = "authenticator", version)]
pub(crate) struct Options {
    /// The folder for what is not secret [default: your data folder]
    #[arg(long, global = true, env = "SAFEHOLD_AUTHENTICATOR_STATE")]
    pub(crate) state: Option<PathBuf>,
    /// Where the key is kept: `keychain`, or `file:PATH` if you accept that whoever reads the file
    /// has the key
    #[arg(
        long,
        global = true,
        env = "SAFEHOLD_AUTHENTICATOR_KEY_STORE",
        default_value = "keychain"
    )]
    pub(crate) key_store: String,
    /// Answer in JSON
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make a school's keys with the link of its setup page
    Setup {
        #[command(flatten)]
        begin: Begin,
        /// Write the three recovery sheets into this folder instead of showing them
        #[arg(long)]
        sheets_to: Option<PathBuf>,
    },
    /// Add this computer as one of your devices, with the link of the enrolment page
    Enrol {
        #[command(flatten)]
        begin: Begin,
    },
    /// Come back with two recovery sheets, where no key holder is left: on a new computer
    Recover(Recover),
    /// Make a new recovery kit: three new sheets, after which the old ones open nothing
    NewKit {
        /// Write the sheets into this folder instead of showing them
        #[arg(long)]
        sheets_to: Option<PathBuf>,
        #[command(flatten)]
        pin: Pin,
    },
    /// Say which device this is and what it holds
    Status,
    /// Answer a browser that waits to be unlocked
    Approve {
        /// The number that the page shows
        #[arg(long)]
        number: Option<String>,
        /// Open only these compartments, with commas between
        #[arg(long, value_delimiter = ',')]
        only: Option<Vec<String>>,
        /// Wait so many seconds for a browser to ask
        #[arg(long, default_value_t = 0)]
        wait: u64,
        #[command(flatten)]
        pin: Pin,
    },
    /// Answer a page on this computer that has opened the app by a link, and open it again
    OpenLink {
        /// The link: `safehold:unlock?…`, or `https://…/app/unlock?…`
        link: String,
        /// Say where to go on in place of opening the browser there
        #[arg(long)]
        print: bool,
        /// "Not me": nothing opens, and the other key holders are told
        #[arg(long)]
        refuse: bool,
        #[command(flatten)]
        pin: Pin,
    },
    /// Say "not me" to a browser that waits
    Refuse,
    /// Give a key to a device that waits
    Grant(Grant),
    /// Confirm a grant that waits for a second key holder
    Endorse {
        /// The device, as `devices` lists it
        device: String,
        #[command(flatten)]
        pin: Pin,
    },
    /// List who holds keys
    Devices,
    /// Take a device off the roll for ever
    Revoke {
        /// The device, as `devices` lists it
        device: String,
        #[command(flatten)]
        pin: Pin,
    },
    /// Narrow what a device may open and do; what is not said stays as it is
    Restrict(Restrict),
    /// Accept that the school's records were put back from a backup, if you know that they were
    AcceptRestore {
        #[command(flatten)]
        pin: Pin,
    },
    /// Make a compartment a new key, for everybody who holds it
    Rotate {
        /// The compartment, such as `safeguarding`
        compartment: String,
        #[command(flatten)]
        pin: Pin,
    },
    /// List the old keys that are still in use
    Rotations {
        /// Destroy those that no record needs any more
        #[arg(long)]
        retire: bool,
        #[command(flatten)]
        pin: Pin,
    },
    /// List the browsers that you have unlocked
    Sessions,
    /// Say that the browser of a short look is your own, so that it is known from its next unlock on
    Keep {
        /// The unlock, as `sessions` lists it; may be left out if there is one
        unlock: Option<String>,
        #[command(flatten)]
        pin: Pin,
    },
    /// Say what a browser gets that is not known: `look` (a short look) or `refuse`
    UnknownBrowsers {
        /// `look` or `refuse`
        what: String,
        #[command(flatten)]
        pin: Pin,
    },
    /// Lock one of them
    Lock {
        /// The unlock, as `sessions` lists it
        unlock: String,
    },
    /// Show the offline code: it proves presence and opens nothing
    Code {
        /// Let the codes of this device count, while it is online: once is enough
        #[arg(long)]
        enable: bool,
        #[command(flatten)]
        pin: Pin,
    },
    /// Print ten codes, each of which opens the records once where this computer has no connection; the codes
    /// before them open nothing any more
    PaperCodes {
        /// Only say how many are left
        #[arg(long, conflicts_with = "forget")]
        left: bool,
        /// Destroy what the codes would open: the paper is lost
        #[arg(long)]
        forget: bool,
        /// Open only these compartments, with commas between
        #[arg(long, value_delimiter = ',')]
        only: Option<Vec<String>>,
        #[command(flatten)]
        pin: Pin,
    },
    /// Test that two printed recovery sheets open everything; the server notes the day
    Sheets {
        /// A file with the lines of two sheets, with an empty line between; `-` for standard input
        #[arg(long, default_value = "-")]
        from: PathBuf,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Begin {
    /// The link, or `-` for standard input
    pub(crate) link: String,
    /// What to call this device
    #[arg(long, default_value = "Terminal")]
    pub(crate) name: String,
    #[command(flatten)]
    pub(crate) pin: Pin,
}

#[derive(Debug, Args)]
pub(crate) struct Recover {
    /// The link of the enrolment page, or `-` for standard input; none if this computer is enrolled
    pub(crate) link: Option<String>,
    /// What to call this device
    #[arg(long, default_value = "Terminal")]
    pub(crate) name: String,
    /// A file with the lines of two sheets, with an empty line between; `-` for standard input
    #[arg(long, default_value = "-")]
    pub(crate) sheets: PathBuf,
    /// Take this device of yours off, as `devices` lists it; may be given again
    #[arg(long)]
    pub(crate) revoke: Vec<String>,
    /// Take all of your other devices off
    #[arg(long, conflicts_with = "revoke")]
    pub(crate) revoke_others: bool,
    /// The server was restored from a backup without its secret: let it be the school's server
    #[arg(long)]
    pub(crate) server_was_restored: bool,
    #[command(flatten)]
    pub(crate) pin: Pin,
}

#[derive(Debug, Args)]
pub(crate) struct Pin {
    /// A file with the PIN in its first line; `-` for standard input
    #[arg(long = "pin-file")]
    pub(crate) file: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Grant {
    /// The six words that the other device shows
    #[arg(long, conflicts_with = "link_file")]
    pub(crate) words: Option<String>,
    /// A file with the link that the other device shows; `-` for standard input
    #[arg(long)]
    pub(crate) link_file: Option<PathBuf>,
    /// What it may open, with commas between
    #[arg(long, value_delimiter = ',', default_value = "pastoral,safeguarding")]
    pub(crate) compartments: Vec<String>,
    /// What it may do beside: export, grant, kit, purge, restrict, revoke, rotate, transfer
    #[arg(long, value_delimiter = ',')]
    pub(crate) capabilities: Vec<String>,
    /// Only these categories, by id
    #[arg(long, value_delimiter = ',')]
    pub(crate) categories: Option<Vec<String>>,
    /// Only these year groups
    #[arg(long, value_delimiter = ',')]
    pub(crate) years: Option<Vec<String>>,
    /// Never these records, by id
    #[arg(long, value_delimiter = ',')]
    pub(crate) excluded: Vec<String>,
    /// Until the end of this day, such as 2027-07-31
    #[arg(long)]
    pub(crate) until: Option<chrono::NaiveDate>,
    #[command(flatten)]
    pub(crate) pin: Pin,
}

#[derive(Debug, Args)]
pub(crate) struct Restrict {
    /// The device, as `devices` lists it
    pub(crate) device: String,
    /// What it may still open, with commas between
    #[arg(long, value_delimiter = ',')]
    pub(crate) compartments: Option<Vec<String>>,
    /// What it may still do; `none` for nothing
    #[arg(long, value_delimiter = ',')]
    pub(crate) capabilities: Option<Vec<String>>,
    /// Only these categories, by id
    #[arg(long, value_delimiter = ',')]
    pub(crate) categories: Option<Vec<String>>,
    /// Only these year groups
    #[arg(long, value_delimiter = ',')]
    pub(crate) years: Option<Vec<String>>,
    /// Never these records, by id
    #[arg(long, value_delimiter = ',')]
    pub(crate) excluded: Vec<String>,
    /// Until the end of this day, such as 2027-07-31
    #[arg(long)]
    pub(crate) until: Option<chrono::NaiveDate>,
    #[command(flatten)]
    pub(crate) pin: Pin,
}
