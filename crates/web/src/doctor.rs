//! `cairn doctor`: looks at everything that an instance needs, and says each in one line. `cairn healthcheck`: asks the
//! running program.
#![expect(clippy::print_stdout, reason = "a command speaks to its operator")]

use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream, ToSocketAddrs};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use jiff::SignedDuration;
use model::Db;
use model::organisation::{self, Mode};

use crate::config::{Config, Database};
use crate::mail::{Mailroom, explain};
use crate::serve;

/// How long a connection may take, in seconds.
const PATIENCE_S: u64 = 5;
/// The least room on the disk that is not worth a word, in bytes.
const ROOM_LEAST_BYTES: u64 = 1024 * 1024 * 1024;

/// What one look found.
enum Finding {
    Good(String),
    Warning(String),
    Bad(String),
}

use Finding::{Bad, Good, Warning};

/// Looks at data folder, database, clock, public address and mail.
///
/// # Errors
/// How many things are not in order.
pub async fn examine(config: &Config) -> Result<(), String> {
    let mut bad = 0;
    let mut say = |subject: &str, finding: Finding| {
        let (mark, words) = match finding {
            Good(words) => ("ok     ", words),
            Warning(words) => ("look   ", words),
            Bad(words) => {
                bad += 1;
                ("problem", words)
            }
        };
        println!("{mark}  {subject}: {words}");
    };
    say("Data folder", data_folder(config));
    if serve::has_database(config) {
        match serve::open_database(config, serve::Older::Refused).await {
            Ok(db) => {
                say("Database", database(config, &db).await);
                say("Clock", clock(&db).await);
                db.close().await;
            }
            Err(problem) => say("Database", Bad(problem)),
        }
    } else {
        say("Database", Warning("there is none yet; the first start makes it".to_owned()));
    }
    say("Public address", public_address(config));
    say("Mail", mail(config).await);
    match bad {
        0 => Ok(()),
        1 => Err("One thing is not in order.".to_owned()),
        count => Err(format!("{count} things are not in order.")),
    }
}

fn is_open_to_others(folder: &Path) -> bool {
    std::fs::metadata(folder).is_ok_and(|about| about.permissions().mode() & 0o077 != 0)
}

fn data_folder(config: &Config) -> Finding {
    let folder = config.data.display();
    if !config.data.exists() {
        return Warning(format!("{folder} is not there yet; the first start makes it"));
    }
    let probe = config.data.join(".doctor");
    let written = std::fs::write(&probe, b"is there room?").and_then(|()| std::fs::remove_file(&probe));
    match written {
        Err(error) => Bad(format!("nothing can be written to {folder}: {error}")),
        Ok(()) => match fs_room(config) {
            Some(bytes) if bytes < ROOM_LEAST_BYTES => {
                Warning(format!("{folder} can be written, but only {} MB are free", bytes / 1024 / 1024))
            }
            _ if is_open_to_others(&config.data) => Warning(format!(
                "{folder} can be written, and others on this machine can look into it: chmod 700"
            )),
            _ => Good(format!("{folder} can be written")),
        },
    }
}

/// Free bytes on the data folder's disk, as `df` tells them; none where there is no `df`.
fn fs_room(config: &Config) -> Option<u64> {
    let told = std::process::Command::new("df").arg("-Pk").arg(&config.data).output().ok()?;
    let text = String::from_utf8(told.stdout).ok()?;
    let kilobytes: u64 = text.lines().nth(1)?.split_whitespace().nth(3)?.parse().ok()?;
    Some(kilobytes * 1024)
}

async fn database(config: &Config, db: &Db) -> Finding {
    let engine = match &config.database {
        Database::Sqlite(file) => format!("SQLite, {}", file.display()),
        Database::Postgres { .. } => "PostgreSQL".to_owned(),
    };
    let looked = db.read(|tx| Ok((organisation::mode(tx)?, model::mail::health(tx)?))).await;
    match looked {
        Ok((mode, mails)) if mails.dead > 0 => Warning(format!(
            "{engine}, used as {}; {} mails were given up: see the mail queue",
            mode.map_or("nothing yet", Mode::code),
            mails.dead
        )),
        Ok((Some(mode), _)) => Good(format!("{engine}, used as {}", mode.code())),
        Ok((None, _)) => Good(format!("{engine}, empty until the first start")),
        Err(error) => Bad(format!("{engine}: {error}")),
    }
}

async fn clock(db: &Db) -> Finding {
    if let Err(error) = db.reload_clock().await {
        return Bad(format!("its row cannot be read: {error}"));
    }
    let (machine, offset) = (db.clock().machine_now(), db.clock().offset());
    if offset == SignedDuration::ZERO {
        Good(format!("the machine says {machine}"))
    } else {
        Warning(format!("the machine says {machine}, and this instance is {offset:#} ahead of it"))
    }
}

fn public_address(config: &Config) -> Finding {
    let (url, host) = (config.public_url.as_str(), config.public_url.host());
    let local = host == "localhost" || host.ends_with(".localhost");
    if local {
        return Warning(format!("{url}: links in mails work on this machine only; set public_url"));
    }
    let named = (host, config.public_url.port()).to_socket_addrs();
    match named.map(|mut addresses| addresses.next()) {
        Ok(Some(address)) if config.public_url.is_https() => Good(format!("{url} is {}", address.ip())),
        Ok(Some(address)) => {
            Warning(format!("{url} is {}; over http what people type can be read on the way", address.ip()))
        }
        Ok(None) | Err(_) => Bad(format!("{url}: the name {host} leads nowhere")),
    }
}

async fn mail(config: &Config) -> Finding {
    let room = match Mailroom::new(config, Mode::Serve) {
        Ok(room) => room,
        Err(problem) => return Bad(problem),
    };
    let host = config.smtp.as_ref().map_or("", |smtp| smtp.host.as_str());
    match room.try_server().await {
        Ok(true) => Good(format!("{host} answers")),
        Ok(false) => Warning("no server is set (smtp.host): mails are kept and none is sent".to_owned()),
        Err(failure) => Bad(format!("{host}: {}", explain(&failure.class))),
    }
}

/// Asks the running program at its own address.
///
/// # Errors
/// What is not well.
pub async fn ask_running(config: &Config) -> Result<(), String> {
    let ip = match config.listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    let mut addresses = vec![SocketAddr::new(ip, config.listen.port())];
    if ip == IpAddr::V6(Ipv6Addr::LOCALHOST) {
        addresses.push(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), config.listen.port()));
    }
    let host = config.public_url.host().to_owned();
    let asked = tokio::task::spawn_blocking(move || ask(&addresses, &host));
    asked.await.map_err(|error| error.to_string())?
}

fn ask(addresses: &[SocketAddr], host: &str) -> Result<(), String> {
    let patience = Duration::from_secs(PATIENCE_S);
    let connected = addresses.iter().find_map(|address| TcpStream::connect_timeout(address, patience).ok());
    let mut connection = connected.ok_or_else(|| format!("Nothing answers at {}.", addresses[0]))?;
    let fail = |error: std::io::Error| format!("The program does not answer: {error}");
    connection.set_read_timeout(Some(patience)).map_err(fail)?;
    let request = format!("GET /readyz HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    connection.write_all(request.as_bytes()).map_err(fail)?;
    let mut answer = [0; 32];
    let count = connection.read(&mut answer).map_err(fail)?;
    let line = String::from_utf8_lossy(&answer[..count]).into_owned();
    if line.starts_with("HTTP/1.1 200") {
        println!("The program is well.");
        Ok(())
    } else {
        Err(format!("The program answers, but is not well: {}", line.lines().next().unwrap_or_default()))
    }
}
