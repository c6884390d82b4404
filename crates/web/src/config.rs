//! The settings of the program: where they come from, what they may say, and everything that is wrong with them.
//! Opens nothing and starts nothing. What an organisation decides about itself (its name, how late is late) is not
//! here: it lives in the database, where an admin changes it.
//!
//! A setting has one key, such as `smtp.port`. It is looked for in four places, the last one winning: its default,
//! the file, the environment (`CAIRN_SMTP_PORT`), the command line. With `_file` at the end of the key
//! (`smtp.password_file`, `CAIRN_SMTP_PASSWORD_FILE`) the value is read from the file named there.

mod found;
mod settings;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use axum::http::Uri;
use jiff::SignedDuration;
use lettre::Address;
use model::attempt::LetterLimits;

pub use found::Problems;
use found::{Found, Origin, read_text};
use settings::default_of;

use crate::network::Network;

/// The settings, checked. Every field has the meaning that [`Config::example`] gives it.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// The folder that holds everything: the SQLite database, files, keys.
    pub data: PathBuf,
    /// Where the program answers. `[::]` means every address of the machine, of both kinds; see
    /// [`Config::listen_without_ipv6`].
    pub listen: SocketAddr,
    /// The address that people type, and that stands in mails.
    pub public_url: PublicUrl,
    /// The proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<Network>,
    /// Where people are sent who need help.
    pub support_address: Option<Address>,
    /// How long what has begun may take to finish after the signal to stop.
    pub stop_within: Duration,
    /// Where the data is.
    pub database: Database,
    /// How mail leaves. Without it letters are written and kept, and none is sent.
    pub smtp: Option<Smtp>,
    /// How the program reports what it does.
    pub log: Log,
    /// Who may read `/metrics`: a bearer of this. Without it that address answers 404.
    pub metrics_token: Option<Secret>,
    /// How often one may try.
    pub limits: Limits,
}

/// Where the data is.
#[derive(Clone, Debug, PartialEq)]
pub enum Database {
    /// One file in the data folder.
    Sqlite(PathBuf),
    /// A PostgreSQL server, or what speaks its protocol.
    Postgres {
        /// `postgres://user:password@host/name`.
        url: Secret,
        /// How many connections are held, and how many transactions run side by side.
        connections: u32,
    },
}

/// How mail leaves.
#[derive(Clone, Debug, PartialEq)]
pub struct Smtp {
    /// The mail server's name.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub security: Security,
    /// User and password, if the server wants them.
    pub login: Option<(String, Secret)>,
    /// The address that letters come from.
    pub from_address: Address,
    /// The name that letters come from; without it, the organisation's.
    pub from_name: Option<String>,
    /// A certificate to trust besides those of the machine, as PEM.
    pub extra_certificate: Option<String>,
    /// The signature under each letter.
    pub dkim: Option<Dkim>,
}

/// How a connection to a mail server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// Begins in the clear and must turn to TLS before anything is said.
    StartTls,
    /// TLS from the first byte.
    Tls,
    /// In the clear: for a server on this machine or in a network of one's own.
    None,
}

/// What signs letters (RFC 6376).
#[derive(Clone, Debug, PartialEq)]
pub struct Dkim {
    /// The name of the key in the domain's DNS.
    pub selector: String,
    /// The domain that signs.
    pub domain: String,
    /// The private key, RSA or Ed25519, as PEM.
    pub key: Secret,
}

/// How the program reports what it does.
#[derive(Clone, Debug, PartialEq)]
pub struct Log {
    /// For a person's eyes or for a collector.
    pub format: LogFormat,
    /// The least that is worth a line.
    pub level: LogLevel,
}

/// The form of a line in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// A readable line.
    Text,
    /// One JSON object a line.
    Json,
}

/// The least that is worth a line in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogLevel {
    /// What failed.
    Error,
    /// And what looks wrong.
    Warn,
    /// And what happened.
    Info,
    /// And how.
    Debug,
    /// And every step of it.
    Trace,
}

impl LogLevel {
    /// The word for it, as settings and `tracing` spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            LogLevel::Error => "error",
            LogLevel::Warn => "warn",
            LogLevel::Info => "info",
            LogLevel::Debug => "debug",
            LogLevel::Trace => "trace",
        }
    }
}

/// How often one may try.
#[derive(Clone, Debug, PartialEq)]
pub struct Limits {
    /// Attempts to sign in.
    pub sign_in: Limit,
    /// Acts of somebody not signed in that send mail.
    pub mail: Limit,
    /// Letters that signed-in people cause, within the same window: to one person, and by one person.
    pub letters: LetterLimits,
}

/// How often one may try within a window of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// Tries that name the same mail address.
    pub per_address: u32,
    /// Tries from the same [`Network::around`] the asking machine.
    pub per_network: u32,
    /// The length of the window.
    pub window: SignedDuration,
}

/// A text that must not be seen: it has no `Display`, and `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Keeps `text` from being seen.
    pub fn new(text: impl Into<String>) -> Secret {
        Secret(text.into())
    }

    /// The text itself, for the one who must use it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(hidden)")
    }
}

/// The address that people type: scheme, host and port, nothing after them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl {
    origin: String,
    is_https: bool,
    host: String,
    port: u16,
}

impl PublicUrl {
    /// As an origin, without a slash at the end: `https://coaching.example`.
    pub fn as_str(&self) -> &str {
        &self.origin
    }

    /// Whether it is https, so that cookies may be marked secure.
    pub fn is_https(&self) -> bool {
        self.is_https
    }

    /// The host alone.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port, said or implied by the scheme.
    pub fn port(&self) -> u16 {
        self.port
    }
}

impl FromStr for PublicUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<PublicUrl, String> {
        let wrong =
            || "it must be `https://` or `http://` and a host, with a port if need be, and nothing more";
        let uri: Uri = text.parse().map_err(|_| wrong())?;
        let (scheme, authority) = uri.scheme_str().zip(uri.authority()).ok_or_else(wrong)?;
        let is_https = match scheme {
            "https" => true,
            "http" => false,
            _ => return Err(wrong().to_owned()),
        };
        let host = authority.host().to_ascii_lowercase();
        if host.is_empty() || authority.as_str().contains('@') || uri.path() != "/" || uri.query().is_some() {
            return Err(wrong().to_owned());
        }
        let usual = if is_https { 443 } else { 80 };
        let port = match authority.port() {
            Some(port) => port.as_str().parse().map_err(|_| wrong())?,
            None => usual,
        };
        let origin = match port {
            _ if port == usual => format!("{scheme}://{host}"),
            _ => format!("{scheme}://{host}:{port}"),
        };
        Ok(PublicUrl { origin, is_https, host, port })
    }
}

/// What the settings are for: a living example has other defaults.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// An organisation's own instance.
    Live,
    /// An empty instance to try: it answers on this machine only.
    Trial,
    /// The invented example. It has a data folder of its own, answers on this machine only, is generous with tries,
    /// and never reads a `cairn.toml` that merely lies around.
    Demo,
}

/// Where settings are looked for.
#[derive(Clone, Debug)]
pub struct Given {
    /// What they are for.
    pub purpose: Purpose,
    /// The settings file, if one was named.
    pub file: Option<PathBuf>,
    /// The environment.
    pub environment: BTreeMap<String, String>,
    /// What the command line says: keys (`listen`) and values.
    pub flags: Vec<(&'static str, String)>,
}

impl Given {
    /// The process's own environment, and nothing else.
    pub fn by_environment(purpose: Purpose) -> Given {
        let environment = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        Given { purpose, file: None, environment, flags: Vec::new() }
    }
}

/// The name of the settings file, where none is named.
pub const FILE_NAME: &str = "cairn.toml";
/// Names the settings file in the environment.
pub const FILE_VARIABLE: &str = "CAIRN_CONFIG";

impl Config {
    /// Reads the settings from everywhere they may be, or says everything that is wrong with them.
    pub fn load(given: &Given) -> Result<Config, Problems> {
        let mut found = Found::defaults(given.purpose);
        if let Some(path) = settings_file(given) {
            match read_text(&path) {
                Ok(text) => found.add_file(&path.display().to_string(), &text),
                Err(why) => found.problem(
                    Origin::File { name: path.display().to_string(), line: None },
                    format!("cannot be read: {why}"),
                ),
            }
        }
        found.add_environment(&given.environment);
        for (key, text) in &given.flags {
            found.add(key, text.clone(), Origin::Flag(key));
        }
        found.into_config()
    }

    /// The settings of an instance that nobody has told anything.
    pub fn defaults(purpose: Purpose) -> Config {
        Found::defaults(purpose).into_config().expect("the defaults are settings")
    }

    /// A settings file that says what the defaults are and explains every setting.
    pub fn example() -> String {
        settings::example()
    }

    /// Where to answer on a machine that has no IPv6, when `listen` means every address.
    pub fn listen_without_ipv6(&self) -> Option<SocketAddr> {
        (self.listen.is_ipv6() && self.listen.ip().is_unspecified())
            .then(|| SocketAddr::from((Ipv4Addr::UNSPECIFIED, self.listen.port())))
    }
}

/// The file that was named; else, for an instance of one's own, `cairn.toml` here; else the one in the data folder.
fn settings_file(given: &Given) -> Option<PathBuf> {
    let named = given.environment.get(FILE_VARIABLE).filter(|name| !name.is_empty());
    if let Some(path) = given.file.clone().or_else(|| named.map(PathBuf::from)) {
        return Some(path);
    }
    let here = PathBuf::from(FILE_NAME);
    if given.purpose != Purpose::Demo && here.is_file() {
        return Some(here);
    }
    let by_flag = given.flags.iter().rev().find(|(key, _)| *key == "data").map(|(_, value)| value.as_str());
    let by_environment = given.environment.get("CAIRN_DATA").map(String::as_str);
    let in_data =
        Path::new(by_flag.or(by_environment).unwrap_or(default_of("data", given.purpose))).join(FILE_NAME);
    in_data.is_file().then_some(in_data)
}
