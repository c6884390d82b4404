//! The table of settings: key, default, and the words that explain it. All else about settings is derived from it.

use super::Purpose;

/// One setting, as the example file explains it.
pub(super) struct Setting {
    pub(super) key: &'static str,
    /// As text; empty means that it is not set.
    pub(super) default: &'static str,
    /// What the example shows where there is no default.
    pub(super) sample: &'static str,
    /// Its value is never repeated in a message.
    pub(super) is_secret: bool,
    pub(super) says: &'static str,
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
pub(super) const SETTINGS: &[Setting] = &[
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
    setting(
        "stop_within_seconds",
        "25",
        "How long what has begun may take to finish when the program is told to stop, 1 to 600 seconds. Whoever\n\
         tells it (systemd, a container) must wait longer.",
    ),
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
        "smtp.extra_certificate",
        "PEM",
        "A certificate to trust besides those of the machine, for a mail server that signs its own.",
    ),
    unset(
        "smtp.dkim_selector",
        "cairn",
        "A signature under each letter (DKIM): the name of the key in DNS, the domain that signs, and the private\n\
         key, RSA or Ed25519, as OpenSSL writes it. All three or none.",
    ),
    unset("smtp.dkim_domain", "coaching.example", ""),
    secret("smtp.dkim_key", "PEM", ""),
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
    setting(
        "limits.letters_to_person",
        "30",
        "How many letters people who are signed in may cause within that window: to one person, and by one person.",
    ),
    setting("limits.letters_by_person", "1000", ""),
    setting(
        "limits.bookings_by_person",
        "60",
        "How many bookings one person who is signed in may make within that window; a series is one.",
    ),
];

/// Where the living example differs from [`SETTINGS`].
const DEMO_DEFAULTS: &[(&str, &str)] = &[
    ("data", "cairn-demo"),
    ("listen", "127.0.0.1:8080"),
    ("limits.sign_in_per_address", "100000"),
    ("limits.sign_in_per_network", "100000"),
    ("limits.mail_per_address", "100000"),
    ("limits.mail_per_network", "100000"),
    ("limits.letters_to_person", "100000"),
    ("limits.letters_by_person", "100000"),
    ("limits.bookings_by_person", "100000"),
];

/// Where an instance to try differs.
const TRIAL_DEFAULTS: &[(&str, &str)] = &[("listen", "127.0.0.1:8080")];

pub(super) fn default_of(key: &str, purpose: Purpose) -> &'static str {
    let own = match purpose {
        Purpose::Live => &[],
        Purpose::Trial => TRIAL_DEFAULTS,
        Purpose::Demo => DEMO_DEFAULTS,
    };
    match own.iter().find(|(name, _)| *name == key) {
        Some((_, text)) => text,
        None => known(key).expect("a key of the table").default,
    }
}

pub(super) fn known(key: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.key == key)
}

/// Whether `key` is the beginning of others.
pub(super) fn is_section(key: &str) -> bool {
    SETTINGS.iter().any(|setting| setting.key.strip_prefix(key).is_some_and(|rest| rest.starts_with('.')))
}

/// The name of a key in the environment, after the prefix.
pub(super) fn variable_name(key: &str) -> String {
    key.replace('.', "_").to_ascii_uppercase()
}

/// The table as a settings file, with every value commented out.
pub(super) fn example() -> String {
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

/// The name that was probably meant: at most a third of it is wrong.
pub(super) fn closest(name: &str, names: impl Iterator<Item = String>) -> Option<String> {
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
