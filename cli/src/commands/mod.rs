//! What the commands do, a file per group.

mod audit;
mod docs;
mod doctor;
mod login;
mod policy;
mod sessions;
mod store;
mod users;

use crate::args::{Args, Command};
use crate::output::Report;
use desksession::Result;

pub fn run(args: &Args) -> Result<Report> {
    let place = &args.place;
    match &args.command {
        Command::Init(init) => store::init(place, init),
        Command::User(command) => users::run(&place.open()?, command),
        Command::Login(login) => login::login(&place.open()?, login),
        Command::Whoami(whoami) => login::whoami(&place.open()?, whoami.peek),
        Command::Logout => login::logout(&place.open()?),
        Command::Password(command) => login::password(&place.open()?, command),
        Command::Session(command) => sessions::run(&place.open()?, command),
        Command::Policy(command) => policy::run(&place.open()?, command),
        Command::Audit(command) => audit::run(&place.open()?, command),
        Command::Check => store::check(&place.open()?),
        Command::Backup(backup) => store::backup(&place.open()?, backup),
        Command::Adopt(confirmed) => store::adopt(place, confirmed.yes),
        Command::Purge => store::purge(&place.open()?),
        Command::Doctor => doctor::run(place),
        Command::Completions { shell } => docs::completions(*shell),
        Command::Man { out } => docs::manual(out.as_deref()),
    }
}
