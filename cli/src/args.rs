//! What can be typed.

use crate::kinds::{Item, Kind, Preset};
use crate::{exit, units};
use clap::{Parser, Subcommand, ValueEnum, ValueHint};
use desksession::model;
use std::path::PathBuf;
use uuid::Uuid;

/// Logins and sessions for desktop apps: looks after a store
#[derive(Parser)]
#[command(name = "desksession", version, after_help = exit::HELP, max_term_width = 110)]
pub struct Args {
    /// Answer with one JSON document on standard output, faults included
    #[arg(long, global = true)]
    pub json: bool,
    #[command(flatten)]
    pub place: Place,
    #[command(subcommand)]
    pub command: Command,
}

/// Which store, and its key.
#[derive(clap::Args)]
#[command(next_help_heading = "Store")]
pub struct Place {
    /// The store's folder
    #[arg(long, global = true, value_name = "PATH", value_hint = ValueHint::DirPath)]
    pub folder: Option<PathBuf>,
    /// The program whose store it is, in the operating system's place for it
    #[arg(long, global = true, value_name = "NAME")]
    pub app: Option<String>,
    /// Whose store it is: this account's or the machine's
    #[arg(long, global = true)]
    pub scope: Option<Scope>,
    /// Where the store's key has to be; without it as the store records
    #[arg(long, global = true)]
    pub key: Option<Key>,
    /// The caller's key: a file of 32 bytes or 64 hexadecimal digits
    #[arg(long, global = true, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub key_file: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
pub enum Scope {
    User,
    Machine,
}

impl From<Scope> for model::Scope {
    fn from(scope: Scope) -> model::Scope {
        match scope {
            Scope::User => model::Scope::User,
            Scope::Machine => model::Scope::Machine,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Key {
    User,
    Store,
    Caller,
}

#[derive(Subcommand)]
pub enum Command {
    /// Make a new store and its first user
    Init(Init),
    /// Look after users
    #[command(subcommand)]
    User(User),
    /// Log in; prints the token and nothing else
    Login(Login),
    /// Tell whose live session the token in DESKSESSION_TOKEN or on standard input is
    Whoami(Whoami),
    /// End the session of the token in DESKSESSION_TOKEN or on standard input
    Logout,
    /// Look after passwords
    #[command(subcommand)]
    Password(Password),
    /// Look after sessions
    #[command(subcommand)]
    Session(Session),
    /// Look after time-outs, password rules and the throttle
    #[command(subcommand)]
    Policy(Policy),
    /// Read the audit trail
    #[command(subcommand)]
    Audit(Audit),
    /// Check every row, what belongs together, and the whole audit trail; changes nothing
    Check,
    /// Copy accounts, policy and audit trail into a new folder, while the store is in use
    Backup(Backup),
    /// Give a store whose key is gone for good a new one: accounts live on, sessions end
    Adopt(Confirmed),
    /// Remove what policy no longer keeps
    Purge,
    /// Look over the store and what is around it, with advice
    Doctor,
    /// Print the completions for a shell
    Completions { shell: clap_complete::Shell },
    /// Print the manual pages
    Man {
        /// Write a file per page into this folder instead
        #[arg(long, value_name = "FOLDER", value_hint = ValueHint::DirPath)]
        out: Option<PathBuf>,
    },
}

/// Where passwords come from.
#[derive(clap::Args)]
pub struct PasswordSource {
    /// Read passwords from standard input, a line each, as is done where that is no terminal
    #[arg(long)]
    pub password_stdin: bool,
}

/// Who administers.
#[derive(clap::Args)]
pub struct Actor {
    /// In the name of the session whose token is in DESKSESSION_TOKEN; otherwise the OS account alone is recorded
    #[arg(long)]
    pub as_me: bool,
}

#[derive(clap::Args)]
pub struct Confirmed {
    /// Do not ask
    #[arg(long)]
    pub yes: bool,
}

#[derive(clap::Args)]
pub struct Init {
    /// The first user
    #[arg(required_unless_present = "no_user")]
    pub name: Option<String>,
    /// Make no user
    #[arg(long, conflicts_with = "name")]
    pub no_user: bool,
    #[command(flatten)]
    pub source: PasswordSource,
}

#[derive(clap::Args)]
pub struct OneUser {
    /// Name or id
    pub user: String,
    #[command(flatten)]
    pub actor: Actor,
}

#[derive(Subcommand)]
pub enum User {
    /// Create a user
    Add {
        name: String,
        #[command(flatten)]
        source: PasswordSource,
        #[command(flatten)]
        actor: Actor,
    },
    /// Show all users
    List,
    /// Keep a user out and end all the user's sessions
    Disable(OneUser),
    /// Let a disabled user log in again
    Enable(OneUser),
    /// Delete a user and end all the user's sessions; works on a changed row too, by its id
    Delete {
        #[command(flatten)]
        one: OneUser,
        #[command(flatten)]
        confirmed: Confirmed,
    },
    /// Give a user another name
    Rename {
        #[command(flatten)]
        one: OneUser,
        new_name: String,
    },
    /// Set a user's permission bits, whose meaning is the program's
    Permit {
        #[command(flatten)]
        one: OneUser,
        /// All 64 bits, decimal or as 0x...
        #[arg(value_parser = units::bits)]
        permissions: u64,
    },
    /// Replace a forgotten password by a one-time code, and end all the user's sessions
    Reset(OneUser),
    /// Forget a user's wrong attempts
    Unthrottle(OneUser),
}

#[derive(clap::Args)]
pub struct Login {
    pub name: String,
    /// With the longer, remembered limits
    #[arg(long)]
    pub remembered: bool,
    /// What lists of sessions show
    #[arg(long, default_value = "")]
    pub label: String,
    #[command(flatten)]
    pub source: PasswordSource,
}

#[derive(clap::Args)]
pub struct Whoami {
    /// Do not count this as activity
    #[arg(long)]
    pub peek: bool,
}

#[derive(Subcommand)]
pub enum Password {
    /// Change a password with the old one or a one-time code, and end the user's sessions
    Change {
        name: String,
        /// The session whose token is in DESKSESSION_TOKEN goes on
        #[arg(long)]
        keep_me: bool,
        #[command(flatten)]
        source: PasswordSource,
    },
}

#[derive(Subcommand)]
pub enum Session {
    /// Show sessions
    List {
        /// Of this user, by name or id
        user: Option<String>,
        /// Ended ones too
        #[arg(long)]
        all: bool,
    },
    /// End a session, or all of a user
    Revoke {
        /// The session's id
        #[arg(required_unless_present = "user", conflicts_with = "user")]
        session: Option<Uuid>,
        /// All sessions of this user, by name or id
        #[arg(long)]
        user: Option<String>,
        #[command(flatten)]
        actor: Actor,
    },
}

#[derive(Subcommand)]
pub enum Policy {
    /// Show one item, or all
    Get { item: Option<Item> },
    /// Set an item
    Set {
        item: Item,
        /// A number; for times also 15min, 12h, 30d
        value: String,
        #[command(flatten)]
        actor: Actor,
    },
    /// Set the time-outs and the stop of the throttle together
    Preset {
        preset: Preset,
        #[command(flatten)]
        actor: Actor,
    },
}

#[derive(Subcommand)]
pub enum Audit {
    /// Show events, oldest first
    Show(AuditShow),
}

#[derive(clap::Args)]
pub struct AuditShow {
    /// By or about this user, by name or id
    #[arg(long)]
    pub user: Option<String>,
    /// Of this kind
    #[arg(long)]
    pub kind: Option<Kind>,
    /// Since a time (2026-01-31, 2026-01-31T12:00:00Z) or for so long (15min, 12h, 30d)
    #[arg(long, value_name = "TIME", value_parser = units::since)]
    pub since: Option<i64>,
    /// The last so many of them
    #[arg(long, value_name = "N", visible_alias = "limit")]
    pub last: Option<usize>,
}

#[derive(clap::Args)]
pub struct Backup {
    /// A folder that does not exist yet, in one that does
    #[arg(value_hint = ValueHint::DirPath)]
    pub new_folder: PathBuf,
    #[command(flatten)]
    pub actor: Actor,
}
