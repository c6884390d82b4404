//! The settings of the program: where they come from, what they may say, and everything that is wrong with them.
//! Opens nothing and starts nothing. What an organisation decides about itself (its name, how late is late) is not
//! here: it lives in the database, where an admin changes it.
//!
//! A setting has one key, such as `smtp.port`. It is looked for in four places, the last one winning: its default,
//! the file, the environment (`CAIRN_SMTP_PORT`), the command line. With `_file` at the end of the key
//! (`smtp.password_file`, `CAIRN_SMTP_PASSWORD_FILE`) the value is read from the file named there.

use std::collections::BTreeMap;
use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use axum::http::Uri;
use jiff::SignedDuration;
use lettre::Address;
use lettre::message::dkim::{DkimSigningAlgorithm, DkimSigningKey};
use toml::de::{DeTable, DeValue};

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
    /// The private key: RSA in PEM (PKCS#1), or Ed25519 in base64.
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

/// What is wrong with the settings: everything, not just the first of it.
#[derive(Debug, PartialEq, Eq)]
pub struct Problems(Vec<Problem>);

impl std::error::Error for Problems {}

impl fmt::Display for Problems {
    /// One problem a line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<String> = self.0.iter().map(Problem::to_string).collect();
        f.write_str(&lines.join("\n"))
    }
}

#[derive(Debug, PartialEq, Eq)]
struct Problem {
    origin: Origin,
    words: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.origin, self.words)
    }
}

/// Where a value was found.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Origin {
    Default,
    File {
        name: String,
        line: Option<usize>,
    },
    Environment(String),
    Flag(&'static str),
    /// No one value is wrong, but several together.
    Together,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Default => f.write_str("default"),
            Origin::File { name, line: Some(line) } => write!(f, "{name}, line {line}"),
            Origin::File { name, line: None } => f.write_str(name),
            Origin::Environment(name) => write!(f, "environment, {name}"),
            Origin::Flag(key) => write!(f, "command line, --{key}"),
            Origin::Together => f.write_str("settings"),
        }
    }
}

/// One setting, as the example file explains it.
struct Setting {
    key: &'static str,
    /// As text; empty means that it is not set.
    default: &'static str,
    /// What the example shows where there is no default.
    sample: &'static str,
    /// Its value is never repeated in a message.
    is_secret: bool,
    says: &'static str,
}

const fn setting(key: &'static str, default: &'static str, says: &'static str) -> Setting {
    Setting { key, default, sample: default, is_secret: false, says }
}

const fn unset(key: &'static str, sample: &'static str, says: &'static str) -> Setting {
    Setting { key, default: "", sample, is_secret: false, says }
}

const fn secret(key: &'static str, sample: &'static str, says: &'static str) -> Setting {
    Setting { key, default: "", sample, is_secret: true, says }
}

/// Every setting, in the order of the example file.
const SETTINGS: &[Setting] = &[
    setting("data", "cairn-data", "The folder that holds everything: the SQLite database, files, keys."),
    setting(
        "listen",
        "[::]:8080",
        "Where the program answers. `[::]` means every address of this machine. Behind a proxy on the same\n\
         machine, say `127.0.0.1:8080`.",
    ),
    unset(
        "public_url",
        "https://coaching.example",
        "The address that people type, and that stands in mails. If not set: `http://localhost` with the port\n\
         of `listen`.",
    ),
    unset(
        "trusted_proxies",
        "10.0.0.0/8, 127.0.0.1",
        "Proxies whose `X-Forwarded-For` is believed: networks or addresses, with commas between them. If not set,\n\
         none is, and who holds the connection is taken for who asks.",
    ),
    unset("support_address", "help@coaching.example", "Where people are sent who need help."),
    secret(
        "database.url",
        "postgres://cairn:PASSWORD@localhost/cairn",
        "A PostgreSQL database. If not set, the data is in SQLite, in the data folder.",
    ),
    setting("database.connections", "8", "How many connections to PostgreSQL are held, 1 to 64."),
    unset(
        "smtp.host",
        "mail.example",
        "The mail server that letters leave by. If not set, letters are written and kept, and none is sent.",
    ),
    unset("smtp.port", "587", "Its port. If not set: 587 for `starttls`, 465 for `tls`, 25 for `none`."),
    setting(
        "smtp.security",
        "starttls",
        "How the connection is protected: `starttls` (turns to TLS before anything is said), `tls` (from the first\n\
         byte), or `none`.",
    ),
    unset("smtp.user", "cairn", "User and password, if the mail server wants them."),
    secret("smtp.password", "PASSWORD", ""),
    unset("smtp.from_address", "hello@coaching.example", "The address that letters come from."),
    unset(
        "smtp.from_name",
        "Coaching Example",
        "The name that letters come from. If not set, the organisation's own.",
    ),
    unset(
        "smtp.dkim_selector",
        "cairn",
        "A signature under each letter (DKIM): the name of the key in DNS, the domain that signs, and the private\n\
         key, RSA in PEM or Ed25519 in base64. All three or none.",
    ),
    unset("smtp.dkim_domain", "coaching.example", ""),
    secret("smtp.dkim_key", "BASE64", ""),
    setting("log.format", "text", "`text` for a person's eyes, `json` for a collector: one object a line."),
    setting(
        "log.level",
        "info",
        "The least that is worth a line: `error`, `warn`, `info`, `debug` or `trace`.",
    ),
    secret(
        "metrics.token",
        "TOKEN",
        "Who may read `/metrics`: a bearer of this token. If not set, that address answers 404.",
    ),
    setting(
        "limits.sign_in_per_address",
        "10",
        "How often one may try to sign in within the window: with one mail address, and from one network.",
    ),
    setting("limits.sign_in_per_network", "100", ""),
    setting("limits.sign_in_window_minutes", "15", ""),
    setting(
        "limits.mail_per_address",
        "5",
        "How often somebody who is not signed in may cause a mail within the window: to one address, and from\n\
         one network.",
    ),
    setting("limits.mail_per_network", "30", ""),
    setting("limits.mail_window_minutes", "60", ""),
];

/// Where the living example differs from [`SETTINGS`].
const DEMO_DEFAULTS: &[(&str, &str)] = &[
    ("data", "cairn-demo"),
    ("listen", "127.0.0.1:8080"),
    ("limits.sign_in_per_address", "100000"),
    ("limits.sign_in_per_network", "100000"),
    ("limits.mail_per_address", "100000"),
    ("limits.mail_per_network", "100000"),
];

/// The name of the settings file, where none is named.
pub const FILE_NAME: &str = "cairn.toml";
/// Names the settings file in the environment.
pub const FILE_VARIABLE: &str = "CAIRN_CONFIG";

const PREFIX: &str = "CAIRN_";
/// Begin with the prefix, yet are no settings: they belong to the settings file's place and to the tests.
const NOT_SETTINGS: [&str; 3] = [FILE_VARIABLE, "CAIRN_BIN", "CAIRN_CHROMIUM"];

const MOST_CONNECTIONS: u32 = 64;
const MOST_TRIES: u32 = 1_000_000;
const MOST_WINDOW_MINUTES: u32 = 7 * 24 * 60;
const FILE_BYTES_MAX: u64 = 1 << 20;

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
        let mut text = String::from(
            "# Settings of Cairn. Every line that sets something is commented out, and shows the default, or an example\n\
             # where there is none. In the environment `section.key` is CAIRN_SECTION_KEY. With _file at its end\n\
             # (password_file, CAIRN_SMTP_PASSWORD_FILE) a key names a file that holds the value.\n",
        );
        let mut section = "";
        for setting in SETTINGS {
            let (in_section, key) = setting.key.rsplit_once('.').unwrap_or(("", setting.key));
            if in_section != section {
                section = in_section;
                text += &format!("\n[{section}]\n");
            }
            if !setting.says.is_empty() {
                text += &format!("\n# {}\n", setting.says.replace('\n', "\n# "));
            }
            let value = match setting.sample.parse::<u32>() {
                Ok(number) => number.to_string(),
                Err(_) => format!("\"{}\"", setting.sample),
            };
            text += &format!("#{key} = {value}\n");
        }
        text
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
    if given.purpose == Purpose::Live && here.is_file() {
        return Some(here);
    }
    let by_flag = given.flags.iter().rev().find(|(key, _)| *key == "data").map(|(_, value)| value.as_str());
    let by_environment = given.environment.get("CAIRN_DATA").map(String::as_str);
    let in_data =
        Path::new(by_flag.or(by_environment).unwrap_or(default_of("data", given.purpose))).join(FILE_NAME);
    in_data.is_file().then_some(in_data)
}

fn default_of(key: &str, purpose: Purpose) -> &'static str {
    let of_demo = DEMO_DEFAULTS.iter().find(|(name, _)| *name == key && purpose == Purpose::Demo);
    match of_demo {
        Some((_, text)) => text,
        None => known(key).expect("a key of the table").default,
    }
}

fn known(key: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.key == key)
}

/// What has been found so far, by key. What is added later wins.
struct Found {
    purpose: Purpose,
    values: BTreeMap<&'static str, (String, Origin)>,
    problems: Vec<Problem>,
}

impl Found {
    fn defaults(purpose: Purpose) -> Found {
        let value = |setting: &'static Setting| {
            (setting.key, (default_of(setting.key, purpose).to_owned(), Origin::Default))
        };
        Found { purpose, values: SETTINGS.iter().map(value).collect(), problems: Vec::new() }
    }

    fn problem(&mut self, origin: Origin, words: impl Into<String>) {
        self.problems.push(Problem { origin, words: words.into() });
    }

    fn add_file(&mut self, name: &str, text: &str) {
        let at = |span: Option<std::ops::Range<usize>>| Origin::File {
            name: name.to_owned(),
            line: span.map(|span| 1 + text[..span.start.min(text.len())].matches('\n').count()),
        };
        let (table, errors) = DeTable::parse_recoverable(text);
        for error in errors {
            // Its own text would show the line, which may hold a secret.
            self.problem(at(error.span()), format!("is not TOML: {}", error.message()));
        }
        self.add_table("", table.get_ref(), &at);
    }

    fn add_table(
        &mut self,
        section: &str,
        table: &DeTable<'_>,
        at: &dyn Fn(Option<std::ops::Range<usize>>) -> Origin,
    ) {
        for (name, value) in table.iter() {
            let key = format!("{section}{}", name.get_ref());
            let origin = at(Some(name.span()));
            match value.get_ref() {
                DeValue::Table(inner) if is_section(&key) => self.add_table(&format!("{key}."), inner, at),
                _ if is_section(&key) => self.problem(origin, format!("`{key}` is a section: [{key}]")),
                DeValue::Table(_) => self.unknown(&key, origin),
                value => match plain_text(value) {
                    Some(text) => self.add(&key, text, origin),
                    None => {
                        self.problem(origin, format!("`{key}` must be a text, a number or a list of texts"))
                    }
                },
            }
        }
    }

    fn add_environment(&mut self, environment: &BTreeMap<String, String>) {
        for (variable, text) in environment {
            let Some(name) = variable.strip_prefix(PREFIX) else { continue };
            if NOT_SETTINGS.contains(&variable.as_str()) {
                continue;
            }
            let origin = Origin::Environment(variable.clone());
            let called = |name: &str| SETTINGS.iter().find(|setting| variable_name(setting.key) == name);
            if let Some(setting) = called(name) {
                self.add(setting.key, text.clone(), origin);
            } else if let Some(setting) = name.strip_suffix("_FILE").and_then(called) {
                self.add(&format!("{}_file", setting.key), text.clone(), origin);
            } else if !is_of_an_orchestrator(name, text) {
                let closest = closest(name, SETTINGS.iter().map(|setting| variable_name(setting.key)));
                let hint = closest.map(|name| format!(" Did you mean {PREFIX}{name}?")).unwrap_or_default();
                self.problem(origin, format!("there is no such setting.{hint}"));
            }
        }
    }

    /// Takes a value for `key`, or for the key that `key` names with `_file` at its end.
    fn add(&mut self, key: &str, text: String, origin: Origin) {
        if let Some(setting) = known(key) {
            self.put(setting, text, origin);
        } else if let Some(setting) = key.strip_suffix("_file").and_then(known) {
            match read_text(Path::new(&text)) {
                Ok(content) => {
                    let content = content.strip_suffix('\n').unwrap_or(&content);
                    let content = content.strip_suffix('\r').unwrap_or(content);
                    self.put(setting, content.to_owned(), origin);
                }
                Err(why) => {
                    self.problem(origin, format!("`{key}` names {text}, which cannot be read: {why}"))
                }
            }
        } else {
            self.unknown(key, origin);
        }
    }

    fn put(&mut self, setting: &'static Setting, text: String, origin: Origin) {
        let is_second = self.values.get(setting.key).is_some_and(|(_, before)| before.is_same_layer(&origin));
        if is_second {
            let key = setting.key;
            self.problem(
                origin,
                format!("`{key}` is given twice, by itself and as a file: which one counts?"),
            );
            return;
        }
        self.values.insert(setting.key, (text, origin));
    }

    fn unknown(&mut self, key: &str, origin: Origin) {
        let closest = closest(key, SETTINGS.iter().map(|setting| setting.key.to_owned()));
        let hint = closest.map(|name| format!(" Did you mean `{name}`?")).unwrap_or_default();
        self.problem(origin, format!("`{key}` is not a setting.{hint}"));
    }

    fn into_config(mut self) -> Result<Config, Problems> {
        let data: PathBuf = self.required("data", |text| match text {
            "" => Err("it must name a folder".to_owned()),
            _ => Ok(PathBuf::from(text)),
        });
        let listen: SocketAddr = self.required("listen", |text| {
            text.parse().map_err(|_| "it must be an address and a port, such as `127.0.0.1:8080`".to_owned())
        });
        let public_url = self.optional("public_url", PublicUrl::from_str).unwrap_or_else(|| {
            format!("http://localhost:{}", listen.port()).parse().expect("an address of this machine")
        });
        let config = Config {
            listen,
            public_url,
            trusted_proxies: self.optional("trusted_proxies", networks).unwrap_or_default(),
            support_address: self.optional("support_address", mail_address),
            database: self.database(&data),
            smtp: self.smtp(),
            log: Log {
                format: self.required("log.format", |text| match text {
                    "text" => Ok(LogFormat::Text),
                    "json" => Ok(LogFormat::Json),
                    _ => Err("it must be `text` or `json`".to_owned()),
                }),
                level: self.required("log.level", log_level),
            },
            metrics_token: self.optional("metrics.token", |text| Ok(Secret::new(text))),
            limits: Limits {
                sign_in: Limit {
                    per_address: self.number("limits.sign_in_per_address", MOST_TRIES),
                    per_network: self.number("limits.sign_in_per_network", MOST_TRIES),
                    window: self.minutes("limits.sign_in_window_minutes"),
                },
                mail: Limit {
                    per_address: self.number("limits.mail_per_address", MOST_TRIES),
                    per_network: self.number("limits.mail_per_network", MOST_TRIES),
                    window: self.minutes("limits.mail_window_minutes"),
                },
            },
            data,
        };
        if self.problems.is_empty() { Ok(config) } else { Err(Problems(self.problems)) }
    }

    fn database(&mut self, data: &Path) -> Database {
        let connections = self.number("database.connections", MOST_CONNECTIONS);
        let url = self.optional("database.url", |text| {
            match text.starts_with("postgres://") || text.starts_with("postgresql://") {
                true => Ok(Secret::new(text)),
                false => Err("it must begin with `postgres://`".to_owned()),
            }
        });
        match url {
            Some(url) => Database::Postgres { url, connections },
            None => Database::Sqlite(data.join("cairn.db")),
        }
    }

    fn smtp(&mut self) -> Option<Smtp> {
        let host = self.optional("smtp.host", |text| Ok(text.to_owned()));
        let security = self.required("smtp.security", |text| match text {
            "starttls" => Ok(Security::StartTls),
            "tls" => Ok(Security::Tls),
            "none" => Ok(Security::None),
            _ => Err("it must be `starttls`, `tls` or `none`".to_owned()),
        });
        let port = self.optional("smtp.port", |text| {
            text.parse()
                .ok()
                .filter(|port| *port > 0)
                .ok_or_else(|| "a port is a number, 1 to 65535".to_owned())
        });
        let user = self.optional("smtp.user", |text| Ok(text.to_owned()));
        let password = self.optional("smtp.password", |text| Ok(Secret::new(text)));
        let from_address = self.optional("smtp.from_address", mail_address);
        let from_name = self.optional("smtp.from_name", |text| match text.contains(char::is_control) {
            true => Err("a name is one line".to_owned()),
            false => Ok(text.to_owned()),
        });
        let dkim = self.dkim();

        let host = host?;
        let login = match (user, password) {
            (Some(user), Some(password)) => Some((user, password)),
            (None, None) => None,
            _ => {
                self.problem(
                    Origin::Together,
                    "`smtp.user` and `smtp.password` go together: set both or neither",
                );
                None
            }
        };
        let is_near = matches!(host.as_str(), "localhost" | "127.0.0.1" | "::1");
        if login.is_some() && security == Security::None && !is_near {
            let words =
                "`smtp.password` would travel in the clear: set `smtp.security` to `starttls` or `tls`";
            self.problem(Origin::Together, words);
        }
        let Some(from_address) = from_address else {
            if self.text("smtp.from_address").is_empty() {
                self.problem(Origin::Together, "`smtp.host` is set, so `smtp.from_address` must be");
            }
            return None;
        };
        let port = port.unwrap_or(match security {
            Security::StartTls => 587,
            Security::Tls => 465,
            Security::None => 25,
        });
        Some(Smtp { host, port, security, login, from_address, from_name, dkim })
    }

    fn dkim(&mut self) -> Option<Dkim> {
        let selector = self.optional("smtp.dkim_selector", domain_name);
        let domain = self.optional("smtp.dkim_domain", domain_name);
        let key = self.optional("smtp.dkim_key", |text| {
            let kinds = [DkimSigningAlgorithm::Rsa, DkimSigningAlgorithm::Ed25519];
            match kinds.into_iter().any(|kind| DkimSigningKey::new(text, kind).is_ok()) {
                true => Ok(Secret::new(text)),
                false => {
                    Err("it must be a private key: RSA in PEM (PKCS#1), or Ed25519 in base64".to_owned())
                }
            }
        });
        let keys = ["smtp.dkim_selector", "smtp.dkim_domain", "smtp.dkim_key"];
        let set = keys.into_iter().filter(|key| !self.text(key).is_empty()).count();
        if set != 0 && set != keys.len() {
            let words =
                "`smtp.dkim_selector`, `smtp.dkim_domain` and `smtp.dkim_key` go together: set all or none";
            self.problem(Origin::Together, words);
        }
        Some(Dkim { selector: selector?, domain: domain?, key: key? })
    }

    /// The value of a setting that has a default. What is wrong with it becomes a problem, and the default stands in.
    fn required<T>(&mut self, key: &'static str, parse: impl Fn(&str) -> Result<T, String>) -> T {
        match parse(self.text(key)) {
            Ok(value) => value,
            Err(why) => {
                self.wrong(key, &why);
                parse(default_of(key, self.purpose)).expect("the defaults are settings")
            }
        }
    }

    /// The value of a setting that may be empty, which means that it is not set.
    fn optional<T>(&mut self, key: &'static str, parse: impl Fn(&str) -> Result<T, String>) -> Option<T> {
        match self.text(key) {
            "" => None,
            text => match parse(text) {
                Ok(value) => Some(value),
                Err(why) => {
                    self.wrong(key, &why);
                    None
                }
            },
        }
    }

    fn number(&mut self, key: &'static str, most: u32) -> u32 {
        self.required(key, |text| {
            let number = text.parse().ok().filter(|number| (1..=most).contains(number));
            number.ok_or_else(|| format!("it must be a number, 1 to {most}"))
        })
    }

    fn minutes(&mut self, key: &'static str) -> SignedDuration {
        SignedDuration::from_mins(self.number(key, MOST_WINDOW_MINUTES).into())
    }

    fn text(&self, key: &'static str) -> &str {
        self.values[key].0.trim()
    }

    fn wrong(&mut self, key: &'static str, why: &str) {
        let origin = self.values[key].1.clone();
        let words = match known(key) {
            Some(setting) if setting.is_secret => format!("the value of `{key}` is wrong: {why}"),
            _ => format!("`{key}` cannot be `{}`: {why}", self.text(key)),
        };
        self.problem(origin, words);
    }
}

impl Origin {
    /// Whether both come from the same place, where a setting may stand only once.
    fn is_same_layer(&self, other: &Origin) -> bool {
        matches!(
            (self, other),
            (Origin::File { .. }, Origin::File { .. }) | (Origin::Environment(_), Origin::Environment(_))
        )
    }
}

fn is_section(key: &str) -> bool {
    SETTINGS.iter().any(|setting| setting.key.strip_prefix(key).is_some_and(|rest| rest.starts_with('.')))
}

fn variable_name(key: &str) -> String {
    key.replace('.', "_").to_ascii_uppercase()
}

/// A value as the environment would say it: a list has commas.
fn plain_text(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(number) => Some(number.to_string()),
        DeValue::Boolean(flag) => Some(flag.to_string()),
        DeValue::Array(items) => {
            let items: Option<Vec<&str>> = items.iter().map(|item| item.get_ref().as_str()).collect();
            items.map(|items| items.join(", "))
        }
        _ => None,
    }
}

/// What Kubernetes and its like tell every program about a service that happens to be called `cairn`.
fn is_of_an_orchestrator(name: &str, text: &str) -> bool {
    let is_address = text.starts_with("tcp://") || text.starts_with("udp://");
    is_address || name.contains("SERVICE_HOST") || name.contains("SERVICE_PORT") || name.contains("_TCP_")
}

fn read_text(path: &Path) -> std::io::Result<String> {
    let length = std::fs::metadata(path)?.len();
    if length > FILE_BYTES_MAX {
        return Err(std::io::Error::other(format!(
            "it has {length} bytes, and {FILE_BYTES_MAX} are the most"
        )));
    }
    std::fs::read_to_string(path)
}

fn networks(text: &str) -> Result<Vec<Network>, String> {
    text.split(',').map(|part| part.trim().parse()).collect()
}

fn mail_address(text: &str) -> Result<Address, String> {
    text.parse().map_err(|_| "it must be a mail address".to_owned())
}

fn domain_name(text: &str) -> Result<String, String> {
    let is_fine = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte));
    if is_fine { Ok(text.to_owned()) } else { Err("it must be a name of DNS".to_owned()) }
}

fn log_level(text: &str) -> Result<LogLevel, String> {
    let levels = [LogLevel::Error, LogLevel::Warn, LogLevel::Info, LogLevel::Debug, LogLevel::Trace];
    let level = levels.into_iter().find(|level| level.as_str() == text);
    level.ok_or_else(|| "it must be `error`, `warn`, `info`, `debug` or `trace`".to_owned())
}

/// The name that was probably meant: at most a third of it is wrong.
fn closest(name: &str, names: impl Iterator<Item = String>) -> Option<String> {
    let distances = names.map(|candidate| (edits(name, &candidate), candidate));
    let (distance, candidate) = distances.min()?;
    (distance * 3 <= candidate.len()).then_some(candidate)
}

/// How many letters must be put in, taken out or changed to make one name of the other.
fn edits(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in other.iter().enumerate() {
            let changed = diagonal + usize::from(a != *b);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(environment: &[(&str, &str)]) -> Given {
        let environment =
            environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Given { purpose: Purpose::Live, file: None, environment, flags: Vec::new() }
    }

    fn from_file(text: &str) -> Result<Config, Problems> {
        let mut found = Found::defaults(Purpose::Live);
        found.add_file("cairn.toml", text);
        found.into_config()
    }

    fn problems(result: Result<Config, Problems>) -> String {
        result.expect_err("these settings are wrong").to_string()
    }

    #[test]
    fn nothing_need_be_set() {
        let config = Config::load(&given(&[])).unwrap();
        assert_eq!(config, Config::defaults(Purpose::Live));
        assert_eq!(config.listen.to_string(), "[::]:8080");
        assert_eq!(config.listen_without_ipv6().unwrap().to_string(), "0.0.0.0:8080");
        assert_eq!(config.public_url.as_str(), "http://localhost:8080");
        assert_eq!(config.database, Database::Sqlite(PathBuf::from("cairn-data/cairn.db")));
        assert_eq!(config.smtp, None);
    }

    #[test]
    fn the_living_example_keeps_to_itself() {
        let config = Config::defaults(Purpose::Demo);
        assert_eq!(config.data, Path::new("cairn-demo"));
        assert!(config.listen.ip().is_loopback());
        assert_eq!(config.limits.mail.per_address, 100_000);
    }

    #[test]
    fn the_example_is_the_defaults() {
        assert_eq!(from_file(&Config::example()).unwrap(), Config::defaults(Purpose::Live));
    }

    #[test]
    fn the_example_uncommented_is_understood() {
        let is_set = |line: &str| line.starts_with('#') && !line.starts_with("# ");
        let text: String = Config::example()
            .lines()
            .filter(|line| !line.contains("BASE64"))
            .map(|line| if is_set(line) { line[1..].to_owned() } else { line.to_owned() } + "\n")
            .collect();
        // All but the key of DKIM, which no example may show.
        assert_eq!(
            problems(from_file(&text)),
            "settings: `smtp.dkim_selector`, `smtp.dkim_domain` and `smtp.dkim_key` go together: set all or none"
        );
        for setting in SETTINGS.iter().filter(|setting| !setting.default.is_empty()) {
            let key = setting.key.rsplit('.').next().unwrap();
            assert!(text.contains(&format!("\n{key} = ")), "{key}");
        }
    }

    #[test]
    fn every_setting_has_one_name_in_the_environment() {
        let mut names: Vec<String> = SETTINGS.iter().map(|setting| variable_name(setting.key)).collect();
        names.extend(SETTINGS.iter().map(|setting| variable_name(setting.key) + "_FILE"));
        let count = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), count);
    }

    #[test]
    fn the_file_says_it_and_the_environment_and_the_command_line_say_otherwise() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("cairn.toml");
        std::fs::write(&file, "listen = \"127.0.0.1:1\"\ndata = \"/from/file\"\n[log]\nlevel = \"warn\"\n")
            .unwrap();
        let config = Config::load(&Given {
            file: Some(file),
            flags: vec![("listen", "127.0.0.1:3".to_owned())],
            ..given(&[("CAIRN_LISTEN", "127.0.0.1:2"), ("CAIRN_DATA", "/from/environment")])
        })
        .unwrap();
        assert_eq!(config.listen.port(), 3);
        assert_eq!(config.data, Path::new("/from/environment"));
        assert_eq!(config.log.level, LogLevel::Warn);
        assert_eq!(config.public_url.as_str(), "http://localhost:3");
    }

    #[test]
    fn the_file_may_be_named_or_lie_in_the_data_folder() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(FILE_NAME);
        std::fs::write(&file, "support_address = \"help@example.org\"").unwrap();
        let file = file.to_str().unwrap();
        for environment in [("CAIRN_CONFIG", file), ("CAIRN_DATA", folder.path().to_str().unwrap())] {
            let config = Config::load(&given(&[environment])).unwrap();
            assert_eq!(config.support_address.unwrap().to_string(), "help@example.org");
        }
        let missing = problems(Config::load(&given(&[("CAIRN_CONFIG", "/nowhere/cairn.toml")])));
        assert!(missing.starts_with("/nowhere/cairn.toml: cannot be read:"), "{missing}");
    }

    #[test]
    fn a_secret_may_lie_in_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("token");
        std::fs::write(&file, "s3cret\n").unwrap();
        let file = file.to_str().unwrap();
        let config = Config::load(&given(&[("CAIRN_METRICS_TOKEN_FILE", file)])).unwrap();
        assert_eq!(config.metrics_token.unwrap().expose(), "s3cret");
        let config = from_file(&format!("[metrics]\ntoken_file = \"{file}\"")).unwrap();
        assert_eq!(config.metrics_token.unwrap().expose(), "s3cret");

        let both = given(&[("CAIRN_METRICS_TOKEN_FILE", file), ("CAIRN_METRICS_TOKEN", "other")]);
        assert!(problems(Config::load(&both)).contains("`metrics.token` is given twice"));
        let gone = problems(from_file("[metrics]\ntoken_file = \"/nowhere\""));
        assert!(
            gone.starts_with("cairn.toml, line 2: `metrics.token_file` names /nowhere, which cannot be read")
        );
    }

    #[test]
    fn everything_that_is_wrong_is_said_at_once_with_its_place() {
        let text = "lisen = \"127.0.0.1:80\"\n\
                    smtp = 5\n\
                    public_url = \"coaching.example\"\n\
                    [log]\n\
                    level = \"loud\"\n\
                    colour = true\n\
                    [database]\n\
                    connections = 900\n\
                    url = \"mysql://root:hunter2@localhost/x\"\n\
                    [nonsense]\n\
                    a = 1\n";
        let mut found = Found::defaults(Purpose::Live);
        found.add_file("cairn.toml", text);
        found.add_environment(
            &given(&[("CAIRN_SMPT_HOST", "x"), ("CAIRN_LIMITS_MAIL_PER_NETWORK", "0")]).environment,
        );
        let words = problems(found.into_config());
        let mut lines: Vec<&str> = words.lines().collect();
        lines.sort_unstable();
        assert_eq!(
            lines,
            [
                "cairn.toml, line 10: `nonsense` is not a setting.",
                "cairn.toml, line 1: `lisen` is not a setting. Did you mean `listen`?",
                "cairn.toml, line 2: `smtp` is a section: [smtp]",
                "cairn.toml, line 3: `public_url` cannot be `coaching.example`: it must be `https://` or `http://` \
                 and a host, with a port if need be, and nothing more",
                "cairn.toml, line 5: `log.level` cannot be `loud`: it must be `error`, `warn`, `info`, `debug` or \
                 `trace`",
                "cairn.toml, line 6: `log.colour` is not a setting.",
                "cairn.toml, line 8: `database.connections` cannot be `900`: it must be a number, 1 to 64",
                "cairn.toml, line 9: the value of `database.url` is wrong: it must begin with `postgres://`",
                "environment, CAIRN_LIMITS_MAIL_PER_NETWORK: `limits.mail_per_network` cannot be `0`: it must be a \
                 number, 1 to 1000000",
                "environment, CAIRN_SMPT_HOST: there is no such setting. Did you mean CAIRN_SMTP_HOST?",
            ]
        );
    }

    #[test]
    fn what_is_not_toml_is_said_without_its_text() {
        let words = problems(from_file("data = \"x\"\n[smtp]\npassword = hunter2\n"));
        assert!(words.starts_with("cairn.toml, line 3: is not TOML: "), "{words}");
        assert!(!words.contains("hunter2"), "{words}");
    }

    #[test]
    fn an_orchestrators_variables_are_no_settings() {
        let environment = [
            ("CAIRN_PORT", "tcp://10.0.0.1:8080"),
            ("CAIRN_SERVICE_HOST", "10.0.0.1"),
            ("CAIRN_SERVICE_PORT_HTTP", "8080"),
            ("CAIRN_PORT_8080_TCP_ADDR", "10.0.0.1"),
            ("CAIRN_CHROMIUM", "/usr/bin/chromium"),
        ];
        assert_eq!(Config::load(&given(&environment)).unwrap(), Config::defaults(Purpose::Live));
    }

    #[test]
    fn mail_settings_must_fit_together() {
        let base = "[smtp]\nhost = \"mail.example\"\n";
        let config = from_file(&format!("{base}from_address = \"a@b.example\"")).unwrap();
        let smtp = config.smtp.unwrap();
        assert_eq!((smtp.port, smtp.security, smtp.login), (587, Security::StartTls, None));

        let cases = [
            ("", "`smtp.host` is set, so `smtp.from_address` must be"),
            ("from_address = \"a@b\"\nuser = \"u\"", "`smtp.user` and `smtp.password` go together"),
            (
                "from_address = \"a@b.example\"\nuser = \"u\"\npassword = \"p\"\nsecurity = \"none\"",
                "would travel in the clear",
            ),
            (
                "from_address = \"nobody\"",
                "`smtp.from_address` cannot be `nobody`: it must be a mail address",
            ),
            ("from_address = \"a@b.example\"\ndkim_selector = \"s\"", "go together: set all or none"),
            ("from_address = \"a@b.example\"\nport = 70000", "`smtp.port` cannot be `70000`"),
        ];
        for (more, expected) in cases {
            let words = problems(from_file(&format!("{base}{more}")));
            assert_eq!(words.lines().count(), 1, "{words}");
            assert!(words.contains(expected), "{words}");
        }
    }

    #[test]
    fn a_dkim_key_is_tried_before_the_first_letter_needs_it() {
        let ed25519 = "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A="; // RFC 8463, appendix A
        let text = |key: &str| {
            format!(
                "[smtp]\nhost = \"m.example\"\nfrom_address = \"a@b.example\"\ndkim_selector = \"s\"\n\
                 dkim_domain = \"b.example\"\ndkim_key = \"{key}\""
            )
        };
        let dkim = from_file(&text(ed25519)).unwrap().smtp.unwrap().dkim.unwrap();
        assert_eq!(dkim.key.expose(), ed25519);
        let words = problems(from_file(&text("hunter2")));
        assert!(words.contains("it must be a private key") && !words.contains("hunter2"), "{words}");
    }

    #[test]
    fn proxies_are_a_list_in_the_file_and_have_commas_in_the_environment() {
        let by_file = from_file("trusted_proxies = [\"10.0.0.0/8\", \"::1\"]").unwrap();
        let by_environment = Config::load(&given(&[("CAIRN_TRUSTED_PROXIES", "10.0.0.0/8,::1")])).unwrap();
        assert_eq!(by_file.trusted_proxies, by_environment.trusted_proxies);
        assert_eq!(by_file.trusted_proxies.len(), 2);
    }

    #[test]
    fn an_empty_value_is_no_value() {
        let config = Config::load(&given(&[("CAIRN_SMTP_HOST", ""), ("CAIRN_METRICS_TOKEN", "")])).unwrap();
        assert_eq!((config.smtp, config.metrics_token), (None, None));
        let words = problems(Config::load(&given(&[("CAIRN_LISTEN", "")])));
        assert!(words.starts_with("environment, CAIRN_LISTEN: `listen` cannot be ``"), "{words}");
    }

    #[test]
    fn a_public_address_is_an_origin() {
        let check = |text: &str, expected: &str| {
            assert_eq!(text.parse::<PublicUrl>().unwrap().as_str(), expected);
        };
        check("https://Coaching.Example/", "https://coaching.example");
        check("https://coaching.example:443", "https://coaching.example");
        check("http://localhost:8080", "http://localhost:8080");
        check("http://[::1]:8080", "http://[::1]:8080");
        for text in
            ["", "/", "ftp://x", "https://", "https://a@b", "https://a/b", "https://a/?q", "a.example:80"]
        {
            assert!(text.parse::<PublicUrl>().is_err(), "{text}");
        }
        let url: PublicUrl = "https://coaching.example".parse().unwrap();
        assert_eq!((url.is_https(), url.host(), url.port()), (true, "coaching.example", 443));
    }

    #[test]
    fn a_secret_is_not_seen() {
        let config = Config::load(&given(&[
            ("CAIRN_DATABASE_URL", "postgres://cairn:hunter2@localhost/cairn"),
            ("CAIRN_METRICS_TOKEN", "hunter2"),
        ]))
        .unwrap();
        assert!(matches!(config.database, Database::Postgres { connections: 8, .. }));
        let seen = format!("{config:?}");
        assert!(!seen.contains("hunter2"), "{seen}");
    }
}
