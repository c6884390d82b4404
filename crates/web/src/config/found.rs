//! Collects what is given for each setting, layer by layer, and makes the checked [`Config`] of it.

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use jiff::SignedDuration;
use lettre::Address;
use model::attempt::{self, LetterLimits};
use toml::de::{DeTable, DeValue};

use super::settings::{self, SETTINGS, Setting, closest, default_of, variable_name};
use super::{
    Config, Database, Dkim, FILE_VARIABLE, Limit, Limits, Log, LogFormat, LogLevel, PublicUrl, Purpose,
    Secret, Security, Smtp,
};
use crate::mail::dkim;
use crate::network::Network;

const PREFIX: &str = "CAIRN_";
/// Begin with the prefix, yet are no settings: they belong to the settings file's place and to the tests.
const NOT_SETTINGS: [&str; 3] = [FILE_VARIABLE, "CAIRN_BIN", "CAIRN_CHROMIUM"];

const MOST_CONNECTIONS: u32 = 64;
/// The longest that a stop may take, in seconds.
const MOST_STOP_SECONDS: u32 = 600;
const MOST_TRIES: u32 = 1_000_000;
const MOST_WINDOW_MINUTES: u32 = 7 * 24 * 60;
const FILE_BYTES_MAX: u64 = 1 << 20;

/// What has been found so far, by key. What is added later wins.
pub(super) struct Found {
    purpose: Purpose,
    values: BTreeMap<&'static str, (String, Origin)>,
    problems: Vec<Problem>,
}

impl Found {
    pub(super) fn defaults(purpose: Purpose) -> Found {
        let value = |setting: &'static Setting| {
            (setting.key, (default_of(setting.key, purpose).to_owned(), Origin::Default))
        };
        Found { purpose, values: SETTINGS.iter().map(value).collect(), problems: Vec::new() }
    }

    pub(super) fn problem(&mut self, origin: Origin, words: impl Into<String>) {
        self.problems.push(Problem { origin, words: words.into() });
    }

    pub(super) fn add_file(&mut self, name: &str, text: &str) {
        let at = |span: Option<std::ops::Range<usize>>| Origin::File {
            name: name.to_owned(),
            line: span.map(|span| 1 + text.bytes().take(span.start).filter(|byte| *byte == b'\n').count()),
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
                DeValue::Table(inner) if settings::is_section(&key) => {
                    self.add_table(&format!("{key}."), inner, at);
                }
                _ if settings::is_section(&key) => {
                    self.problem(origin, format!("`{key}` is a section: [{key}]"));
                }
                DeValue::Table(_) => self.unknown(&key, origin),
                value => match plain_text(value) {
                    Some(text) => self.add(&key, text, origin),
                    None => {
                        self.problem(origin, format!("`{key}` must be a text, a number or a list of texts"));
                    }
                },
            }
        }
    }

    pub(super) fn add_environment(&mut self, environment: &BTreeMap<String, String>) {
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
    pub(super) fn add(&mut self, key: &str, text: String, origin: Origin) {
        if let Some(setting) = settings::known(key) {
            self.put(setting, text, origin);
        } else if let Some(setting) = key.strip_suffix("_file").and_then(settings::known) {
            match read_text(Path::new(&text)) {
                Ok(content) => {
                    let content = content.strip_suffix('\n').unwrap_or(&content);
                    let content = content.strip_suffix('\r').unwrap_or(content);
                    self.put(setting, content.to_owned(), origin);
                }
                Err(why) => {
                    self.problem(origin, format!("`{key}` names {text}, which cannot be read: {why}"));
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

    pub(super) fn into_config(mut self) -> Result<Config, Problems> {
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
            stop_within: Duration::from_secs(self.number("stop_within_seconds", MOST_STOP_SECONDS).into()),
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
                letters: LetterLimits {
                    to_one: self.letters("limits.letters_to_person"),
                    by_one: self.letters("limits.letters_by_person"),
                    bookings_by_one: self.letters("limits.bookings_by_person"),
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
        let extra_certificate = self.optional("smtp.extra_certificate", |text| {
            let is_pem = text.contains("-----BEGIN CERTIFICATE-----");
            if is_pem { Ok(text.to_owned()) } else { Err("it must be a certificate in PEM".to_owned()) }
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
        Some(Smtp { host, port, security, login, from_address, from_name, extra_certificate, dkim })
    }

    fn dkim(&mut self) -> Option<Dkim> {
        let selector = self.optional("smtp.dkim_selector", domain_name);
        let domain = self.optional("smtp.dkim_domain", domain_name);
        let key = self.optional("smtp.dkim_key", |text| {
            // The domain and the name play no part in whether the key can be read.
            dkim::Dkim::new("localhost", "any", text).map(|_| Secret::new(text))
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

    /// So many letters within the window of `limits.mail_window_minutes`.
    fn letters(&mut self, key: &'static str) -> attempt::Limit {
        let window_s = self.number("limits.mail_window_minutes", MOST_WINDOW_MINUTES) * 60;
        attempt::Limit { tries: self.number(key, MOST_TRIES), window_s }
    }

    fn text(&self, key: &'static str) -> &str {
        self.values[key].0.trim()
    }

    fn wrong(&mut self, key: &'static str, why: &str) {
        let origin = self.values[key].1.clone();
        let words = match settings::known(key) {
            Some(setting) if setting.is_secret => format!("the value of `{key}` is wrong: {why}"),
            _ => format!("`{key}` cannot be `{}`: {why}", self.text(key)),
        };
        self.problem(origin, words);
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
pub(super) enum Origin {
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

impl Origin {
    /// Whether both come from the same place, where a setting may stand only once.
    fn is_same_layer(&self, other: &Origin) -> bool {
        matches!(
            (self, other),
            (Origin::File { .. }, Origin::File { .. }) | (Origin::Environment(_), Origin::Environment(_))
        )
    }
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

/// The text of a small file.
pub(super) fn read_text(path: &Path) -> std::io::Result<String> {
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
