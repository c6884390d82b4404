//! A running instance: from the data folder to a graceful stop that loses nothing that was acknowledged.

use std::fs::DirBuilder;
use std::io::IsTerminal;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use model::db::Settings;
use model::organisation::{self, Mode};
use model::{Clock, Db, Error, Place, demo, lease, sign_in};
use rules::time::Instant;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinSet;
use tracing_subscriber::EnvFilter;

use crate::app::App;
use crate::config::{self, Config, LogFormat};
use crate::files::Files;
use crate::http;
use crate::jobs::Jobs;
use crate::mail::Mailroom;
use crate::node::Node;
use crate::routes;

/// How often what was measured is put in order.
const UPKEEP_EVERY: Duration = Duration::from_secs(5);

/// The file that tells a demo's folder from all others: only such a folder is ever emptied.
const DEMO_MARK: &str = ".cairn-demo";

/// What becomes of the data that is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// It is used.
    AsItIs,
    /// A demo's data is removed and invented again, relative to now. Other data is refused.
    Anew {
        /// So many program sessions are added to the example.
        sessions: u64,
    },
}

/// Runs an instance until it is told to stop.
///
/// # Errors
/// In words for the operator.
pub async fn run(config: Config, mode: Mode, clock: Option<Instant>, start: Start) -> Result<(), String> {
    log_as(&config);
    let sessions = match start {
        Start::AsItIs => 0,
        Start::Anew { sessions } => {
            clear_demo(&config).await?;
            sessions
        }
    };
    let db = open_database(&config, Older::Migrated).await?;
    let outcome = run_on(&db, config, mode, clock, sessions).await;
    db.close().await;
    tracing::info!("stopped");
    outcome
}

async fn run_on(
    db: &Db,
    config: Config,
    mode: Mode,
    clock: Option<Instant>,
    sessions: u64,
) -> Result<(), String> {
    db.write(move |tx| organisation::open(tx, mode).map(|_| ())).await.map_err(|error| error.to_string())?;
    db.reload_clock().await.map_err(|error| error.to_string())?;
    if let Some(instant) = clock
        && !db.start_clock_at(instant).await.map_err(|error| error.to_string())?
    {
        return Err(format!(
            "The clock of this instance is past {instant} already, and time only goes forward."
        ));
    }
    if mode == Mode::Demo {
        std::fs::write(
            config.data.join(DEMO_MARK),
            "What is here was made by cairn demo, which removes it.\n",
        )
        .map_err(|error| format!("The data folder cannot be written: {error}"))?;
        db.write(demo::build).await.map_err(|error| format!("The example cannot be made: {error}"))?;
        if sessions > 0 {
            let told = |made| tracing::info!(made, of = sessions, "making program sessions");
            demo::grow(db, sessions, told)
                .await
                .map_err(|error| format!("The example cannot be made larger: {error}"))?;
        }
    }
    let files = Files::in_folder(&config.data.join("files"))
        .map_err(|error| format!("The folder for files cannot be used: {error}"))?;
    let listener = listen(&config).await?;
    let mailroom = Arc::new(Mailroom::new(&config, mode)?);
    let node =
        Node::enter(&config.data).map_err(|error| format!("The data folder cannot be written: {error}"))?;
    if let Some(former) = node.former.clone() {
        db.write(move |tx| lease::inherit(tx, &former)).await.map_err(|error| error.to_string())?;
    }
    let jobs = Jobs::named(db.clone(), mailroom, node.name.clone());
    let measured = measure()?;
    let mut upkeep = JoinSet::new();
    upkeep.spawn(keep_up(measured.clone()));
    let stop_within = config.stop_within;
    let app = App::new(db.clone(), config, mode, files, Arc::clone(&jobs), measured);
    greet(&app, mode).await?;
    upkeep.spawn(learn_who_is_free(app.clone()));

    let running = jobs.start();
    let (stop, stopped) = oneshot::channel::<()>();
    let stopped = async move { drop(stopped.await) };
    let serving = tokio::spawn(http::serve(listener, routes::router(&app), stopped));
    told_to_stop().await;
    tracing::info!("stopping: what has begun is finished first");
    drop(stop);
    let all = async { tokio::join!(serving, running.stop()) };
    if tokio::time::timeout(stop_within, all).await.is_err() {
        tracing::warn!(seconds = stop_within.as_secs(), "some of it took too long and was cut");
    }
    Ok(())
}

/// Where there are thousands of coaches that takes a moment, in which the first to open the directory need not wait.
async fn learn_who_is_free(app: App) {
    if let Err(error) = app.free().refresh().await {
        tracing::warn!(%error, "who is free is not known yet");
    }
}

/// What becomes of a database that an older program made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Older {
    /// It is brought up to date, after a copy.
    Migrated,
    /// It is left as it is, and the command ends.
    Refused,
}

/// Whether there is something at the place of the database. Of a server only it itself knows.
pub fn has_database(config: &Config) -> bool {
    match &config.database {
        config::Database::Sqlite(file) => file.exists(),
        config::Database::Postgres { .. } => true,
    }
}

/// Opens the database that the settings name, and makes it if there is none.
///
/// # Errors
/// In words for the operator.
pub async fn open_database(config: &Config, older: Older) -> Result<Db, String> {
    make_data_folder(&config.data)
        .map_err(|error| format!("The data folder {} cannot be made: {error}", config.data.display()))?;
    let mut settings = Settings {
        migrates_older: older == Older::Migrated,
        letter_limits: config.limits.letters,
        ..Settings::default()
    };
    if let config::Database::Postgres { connections, .. } = config.database {
        settings.postgres_connections = usize::try_from(connections).unwrap_or(settings.postgres_connections);
    }
    Db::open_with(&place(config), Clock::machine(), settings).await.map_err(|error| match error {
        told @ (Error::NewerDatabase { .. } | Error::OlderDatabase { .. }) => told.to_string(),
        error => format!("The database cannot be opened: {error}"),
    })
}

/// Makes the data folder, for nobody but the program's own user: what is in it is what people say in confidence.
///
/// # Errors
/// Those of the file system. A folder that is there already stays as it is.
pub fn make_data_folder(data: &Path) -> std::io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(data)
}

fn place(config: &Config) -> Place {
    match &config.database {
        config::Database::Sqlite(file) => Place::Sqlite(file.clone()),
        config::Database::Postgres { url, .. } => Place::Postgres(url.expose().to_owned()),
    }
}

/// Removes what an earlier demo left. Whatever is no demo stays, and the command ends.
async fn clear_demo(config: &Config) -> Result<(), String> {
    let config::Database::Sqlite(file) = &config.database else {
        return Err("A demo keeps its data in a folder of its own: take the database out of its settings, \
            or start it with --keep."
            .to_owned());
    };
    let mark = config.data.join(DEMO_MARK);
    if !mark.exists() {
        return refuse_foreign_folder(&config.data);
    }
    let gone = |result: std::io::Result<()>| match result {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(format!("What an earlier demo left cannot be removed: {error}"))
        }
        _ => Ok(()),
    };
    for ending in ["", "-wal", "-shm"] {
        let mut name = file.clone().into_os_string();
        name.push(ending);
        gone(std::fs::remove_file(name))?;
    }
    gone(std::fs::remove_dir_all(config.data.join("files")))
}

/// A folder with something else in it is not taken for a demo.
fn refuse_foreign_folder(data: &Path) -> Result<(), String> {
    let Ok(mut entries) = std::fs::read_dir(data) else { return Ok(()) };
    let foreign = entries.any(|entry| entry.is_ok_and(|entry| entry.file_name() != config::FILE_NAME));
    if foreign {
        return Err(format!(
            "The folder {} holds something that no demo made: name another one with --data.",
            data.display()
        ));
    }
    Ok(())
}

fn log_as(config: &Config) {
    let filter = EnvFilter::new(config.log.level.as_str());
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    // A second instance in one process keeps the log of the first.
    let _ = match config.log.format {
        LogFormat::Text => builder.try_init(),
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
    };
}

fn measure() -> Result<PrometheusHandle, String> {
    PrometheusBuilder::new()
        .set_buckets(&[0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5])
        .map_err(|error| error.to_string())?
        .install_recorder()
        .map_err(|error| format!("Measuring cannot begin: {error}"))
}

/// Sorts what was measured into its buckets from time to time; until then every single measurement is kept.
async fn keep_up(measured: PrometheusHandle) {
    loop {
        tokio::time::sleep(UPKEEP_EVERY).await;
        measured.run_upkeep();
    }
}

async fn listen(config: &Config) -> Result<TcpListener, String> {
    let first = TcpListener::bind(config.listen).await;
    let listener = match (first, config.listen_without_ipv6()) {
        (Ok(listener), _) => Ok(listener),
        (Err(_), Some(address)) => TcpListener::bind(address).await,
        (Err(error), None) => Err(error),
    };
    listener.map_err(|error| match error.kind() {
        std::io::ErrorKind::AddrInUse => format!(
            "Another program answers at {} already: stop it, or choose another address with --listen.",
            config.listen
        ),
        _ => format!("The program cannot answer at {}: {error}", config.listen),
    })
}

/// Tells the operator where to go, on standard output, because logs may be elsewhere.
#[expect(clippy::print_stdout, reason = "the first words to the operator")]
async fn greet(app: &App, mode: Mode) -> Result<(), String> {
    let url = app.config().public_url.as_str();
    match mode {
        Mode::Demo => println!("Cairn shows a living example at {url}"),
        Mode::Serve | Mode::Trial => println!("Cairn answers at {url}"),
    }
    let token = app.write(sign_in::offer_set_up).await.map_err(|error| error.to_string())?;
    if let Some(token) = token {
        println!(
            "There is no admin yet. This link makes the first one, once:\n{url}/set-up/{}",
            token.reveal()
        );
    }
    Ok(())
}

/// Returns on the signals that ask a program to end.
async fn told_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let interrupt = tokio::signal::ctrl_c();
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
        }
        Err(_) => {
            let _ = interrupt.await;
        }
    }
}
