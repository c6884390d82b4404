//! The commands. What they print is the operator's page: plain sentences on standard output, problems on standard
//! error, and an exit status that scripts can rely on (0 done, 1 not done, 2 not understood).
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command speaks to its operator")]

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use jiff::SignedDuration;
use model::event::Actor;
use model::organisation::{self, Mode};
use model::{Clock, Db, demo, person, sign_in, token};
use rules::permission::{Role, Roles};
use rules::person::{MailAddress, PersonName};
use rules::refusal::Refusal;
use rules::scope::{Scopes, UnknownScope};
use rules::time::{Instant, Zone};

use crate::config::{Config, Given, Purpose};
use crate::{mail, serve, texts};

/// Coaching, on a machine of your own.
#[derive(Debug, Parser)]
#[command(name = "cairn", version, propagate_version = true)]
struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Command,
}

#[derive(Args, Debug)]
struct Common {
    /// The settings file.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The data folder.
    #[arg(long, global = true, value_name = "FOLDER")]
    data: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs the program.
    Serve(Serve),
    /// Runs a living example with invented people.
    Demo(Demo),
    /// People: add, list, make a sign-in link.
    #[command(subcommand)]
    Person(PersonCommand),
    /// Bearer tokens of the JSON interface.
    #[command(subcommand)]
    Token(TokenCommand),
    /// Mail.
    #[command(subcommand)]
    Mail(MailCommand),
    /// Settings.
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Looks whether everything is in order.
    Doctor,
    /// Asks the running program whether it is well: for containers and monitors.
    Healthcheck {
        /// Where it answers, if that was said at its start.
        #[arg(long, value_name = "ADDRESS:PORT")]
        listen: Option<String>,
    },
}

#[derive(Args, Debug)]
struct Serve {
    /// An empty instance to try: mails can be seen, the clock can be moved, a banner says so.
    #[arg(long)]
    trial: bool,
    #[command(flatten)]
    door: DoorArgs,
}

#[derive(Args, Debug)]
struct Demo {
    /// Goes on with the example as it was left, instead of making it anew.
    #[arg(long)]
    keep: bool,
    /// Adds companies and people with this many program sessions, ten million at most: takes seconds for every hundred
    /// thousand of them.
    #[arg(long, value_name = "SESSIONS", default_value_t = 0, conflicts_with = "keep")]
    #[arg(value_parser = clap::value_parser!(u64).range(..=demo::SESSIONS_MAX))]
    size: u64,
    #[command(flatten)]
    door: DoorArgs,
}

#[derive(Args, Debug)]
struct DoorArgs {
    /// Where to answer, as in 127.0.0.1:8080.
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<String>,
    /// Starts the clock at this instant (RFC 3339); only in a demo or a trial.
    #[arg(long, value_name = "INSTANT")]
    clock: Option<Instant>,
}

#[derive(Debug, Subcommand)]
enum PersonCommand {
    /// Makes an account and prints its sign-in link.
    Add {
        /// Their mail address.
        mail: String,
        /// As they wish to be called.
        #[arg(long)]
        name: String,
        /// admin, program_lead, coach, client, sponsor; several with commas.
        #[arg(long, default_value = "")]
        roles: Roles,
        /// Their time zone, as in Europe/Berlin.
        #[arg(long)]
        zone: Option<Zone>,
    },
    /// Lists people.
    List {
        /// Only with this role.
        #[arg(long)]
        role: Option<Role>,
    },
    /// Prints a link that signs somebody in once, for 15 minutes.
    Link {
        /// Their mail address.
        mail: String,
    },
}

#[derive(Debug, Subcommand)]
enum TokenCommand {
    /// Makes a token and prints it, once.
    Create {
        /// Whose token it is.
        #[arg(long, value_name = "MAIL")]
        person: String,
        /// What it may be used for; several with commas, or `all`.
        #[arg(long, value_parser = scopes)]
        scopes: Scopes,
        /// What its owner calls it.
        #[arg(long, default_value = "Made at the command line")]
        label: String,
        /// How long it lives.
        #[arg(long, default_value_t = 90, value_parser = clap::value_parser!(i64).range(1..=366))]
        days: i64,
    },
}

/// The scopes of a command line, of which there is a word for all.
fn scopes(text: &str) -> Result<Scopes, UnknownScope> {
    if text == "all" { Ok(Scopes::all()) } else { text.parse() }
}

#[derive(Debug, Subcommand)]
enum MailCommand {
    /// Sends one mail, to see whether the settings are right.
    Test {
        /// Where to.
        to: String,
    },
}

#[derive(Debug, Subcommand)]
enum ConfigCommand {
    /// Prints a settings file with every setting explained.
    Example,
    /// Says what is wrong with the settings, all at once.
    Check,
}

/// Runs the command of this process.
pub fn run() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(message) => {
            // Help and version are no failure.
            let code = if message.use_stderr() { 2 } else { 0 };
            let _ = message.print();
            return ExitCode::from(code);
        }
    };
    let outcome = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| format!("The program cannot start its threads: {error}"))
        .and_then(|runtime| runtime.block_on(command(cli)));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    }
}

type Outcome<T = ()> = Result<T, String>;

async fn command(cli: Cli) -> Outcome {
    let Cli { common, command } = cli;
    match command {
        Command::Serve(Serve { trial, door }) => {
            if door.clock.is_some() && !trial {
                return Err("The clock can only be set in a trial (--trial) or a demo.".to_owned());
            }
            let (purpose, mode) =
                if trial { (Purpose::Trial, Mode::Trial) } else { (Purpose::Live, Mode::Serve) };
            let config = settings(purpose, common, door.listen)?;
            serve::run(config, mode, door.clock, serve::Start::AsItIs).await
        }
        Command::Demo(Demo { keep, size, door }) => {
            let config = settings(Purpose::Demo, common, door.listen)?;
            let start = if keep { serve::Start::AsItIs } else { serve::Start::Anew { sessions: size } };
            serve::run(config, Mode::Demo, door.clock, start).await
        }
        Command::Person(command) => {
            let config = settings(Purpose::Live, common, None)?;
            people(&config, command).await
        }
        Command::Token(TokenCommand::Create { person, scopes, label, days }) => {
            let config = settings(Purpose::Live, common, None)?;
            let made =
                make_token(&config, &person, scopes, label, SignedDuration::from_hours(24 * days)).await?;
            println!("{made}");
            Ok(())
        }
        Command::Mail(MailCommand::Test { to }) => {
            let config = settings(Purpose::Live, common, None)?;
            let address = to.parse().map_err(|_| format!("“{to}” is no mail address."))?;
            println!("{}", mail::send_test(&config, &address, Clock::machine().now()).await?);
            Ok(())
        }
        Command::Config(ConfigCommand::Example) => {
            print!("{}", Config::example());
            Ok(())
        }
        Command::Config(ConfigCommand::Check) => {
            settings(Purpose::Live, common, None)?;
            println!("The settings are in order.");
            Ok(())
        }
        Command::Doctor => {
            let config = settings(Purpose::Live, common, None)?;
            crate::doctor::examine(&config).await
        }
        Command::Healthcheck { listen } => {
            let config = settings(Purpose::Live, common, listen)?;
            crate::doctor::ask_running(&config).await
        }
    }
}

fn settings(purpose: Purpose, common: Common, listen: Option<String>) -> Outcome<Config> {
    let mut given = Given::by_environment(purpose);
    given.file = common.config;
    if let Some(data) = common.data {
        given.flags.push(("data", data.display().to_string()));
    }
    if let Some(listen) = listen {
        given.flags.push(("listen", listen));
    }
    Config::load(&given).map_err(|problems| problems.to_string())
}

/// Opens the database for a command that only works on one that is there.
async fn open_existing(config: &Config) -> Outcome<Db> {
    if serve::has_database(config) {
        return open(config).await;
    }
    Err(format!(
        "There is no database in {} yet: cairn serve makes one, and so does cairn person add.",
        config.data.display()
    ))
}

/// Opens the database for a command, in whatever way it is used; a new one is for real people.
async fn open(config: &Config) -> Outcome<Db> {
    let db = serve::open_database(config, serve::Older::Refused).await?;
    db.write(|tx| {
        let mode = organisation::mode(tx)?.unwrap_or(Mode::Serve);
        organisation::open(tx, mode).map(|_| ())
    })
    .await
    .map_err(word)?;
    db.reload_clock().await.map_err(word)?;
    Ok(db)
}

fn word(error: model::Error) -> String {
    match error {
        model::Error::Refused(Refusal::Invalid { fields }) => fields
            .iter()
            .map(|field| format!("{}: {}", field.field, texts::EN.problems.say(&field.problem)))
            .collect::<Vec<_>>()
            .join("\n"),
        model::Error::Refused(refusal) => texts::EN.refusals.say(&refusal, |at| at.to_string()),
        error => format!("The database says: {error}"),
    }
}

async fn people(config: &Config, command: PersonCommand) -> Outcome {
    let db = match command {
        PersonCommand::Add { .. } => open(config).await?,
        PersonCommand::List { .. } | PersonCommand::Link { .. } => open_existing(config).await?,
    };
    let outcome = match command {
        PersonCommand::Add { mail, name, roles, zone } => {
            add_person(config, &db, &mail, &name, roles, zone).await
        }
        PersonCommand::List { role } => list_people(&db, role).await,
        PersonCommand::Link { mail } => link(config, &db, &mail).await,
    };
    db.close().await;
    outcome
}

fn address(text: &str) -> Outcome<MailAddress> {
    MailAddress::parse(text).map_err(|_| format!("“{text}” is no mail address."))
}

async fn add_person(
    config: &Config,
    db: &Db,
    mail: &str,
    name: &str,
    roles: Roles,
    zone: Option<Zone>,
) -> Outcome {
    let name = PersonName::parse(name).map_err(|problem| texts::EN.problems.say(&problem))?;
    let new = person::New {
        name,
        mail: address(mail)?,
        roles,
        zone,
        zone_known: false,
        language: None,
        slug: None,
    };
    let (person, token) = db
        .write(move |tx| {
            let person = person::add(tx, &Actor::Operator, &new)?;
            let token = sign_in::mint_link(tx, person.id)?;
            Ok((person, token))
        })
        .await
        .map_err(word)?;
    println!("{} <{}> is {}.", person.name, person.mail, person.id);
    print_link(config, token.reveal());
    Ok(())
}

fn print_link(config: &Config, token: &str) {
    println!("This link signs them in once, within 15 minutes:");
    println!("{}/sign-in/link/{token}", config.public_url.as_str());
}

async fn list_people(db: &Db, role: Option<Role>) -> Outcome {
    const PAGE: u32 = 500;
    let mut filter = person::Filter { role, ..person::Filter::default() };
    loop {
        let page_filter = filter.clone();
        let page =
            db.read(move |tx| person::list(tx, &Actor::Operator, &page_filter, PAGE)).await.map_err(word)?;
        for person in &page {
            let closed = if person.closed_at.is_some() { "  closed" } else { "" };
            println!("{}  {} <{}>  {}{closed}", person.id, person.name, person.mail, person.roles);
        }
        match page.last() {
            Some(last) if page.len() == PAGE as usize => {
                filter.after = Some((rules::person::fold(&last.name), last.id));
            }
            _ => return Ok(()),
        }
    }
}

async fn link(config: &Config, db: &Db, mail: &str) -> Outcome {
    let address = address(mail)?;
    let token = db
        .write(move |tx| {
            let person = person::by_mail(tx, &address)?.ok_or(Refusal::NotFound)?;
            if person.closed_at.is_some() {
                return Err(Refusal::AccountClosed.into());
            }
            sign_in::mint_link(tx, person.id)
        })
        .await
        .map_err(|error| match error {
            model::Error::Refused(Refusal::NotFound) => format!("Nobody here has the address {mail}."),
            error => word(error),
        })?;
    print_link(config, token.reveal());
    Ok(())
}

async fn make_token(
    config: &Config,
    mail: &str,
    scopes: Scopes,
    label: String,
    life: SignedDuration,
) -> Outcome<String> {
    let address = address(mail)?;
    let db = open_existing(config).await?;
    let made = db
        .write(move |tx| {
            let person = person::by_mail(tx, &address)?.ok_or(Refusal::NotFound)?;
            token::create(tx, &Actor::Operator, person.id, &label, scopes, life).map(|(_, token)| token)
        })
        .await
        .map_err(|error| match error {
            model::Error::Refused(Refusal::NotFound) => format!("Nobody here has the address {mail}."),
            error => word(error),
        });
    db.close().await;
    made
}
