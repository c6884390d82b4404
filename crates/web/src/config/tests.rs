//! What settings may say, and what is said of those that may not.

use super::found::Found;
use super::settings::{SETTINGS, variable_name};
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
fn an_instance_to_try_answers_to_this_machine_and_differs_in_nothing_else() {
    let mut trial = Config::defaults(Purpose::Trial);
    assert!(trial.listen.ip().is_loopback());
    trial.listen = Config::defaults(Purpose::Live).listen;
    assert_eq!(trial, Config::defaults(Purpose::Live));
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
        .filter(|line| !line.contains("PEM\""))
        .map(|line| if is_set(line) { line[1..].to_owned() } else { line.to_owned() } + "\n")
        .collect();
    // All but the key of DKIM and a certificate, which no example can show.
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
        ("from_address = \"nobody\"", "`smtp.from_address` cannot be `nobody`: it must be a mail address"),
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
    // RFC 8410, section 10.3
    let ed25519 = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n-----END PRIVATE KEY-----"; // RFC 8463, appendix A
    let text = |key: &str| {
        format!(
            "[smtp]\nhost = \"m.example\"\nfrom_address = \"a@b.example\"\ndkim_selector = \"s\"\n\
             dkim_domain = \"b.example\"\ndkim_key = \"\"\"{key}\"\"\""
        )
    };
    let dkim = from_file(&text(ed25519)).unwrap().smtp.unwrap().dkim.unwrap();
    assert_eq!(dkim.key.expose(), ed25519);
    let words = problems(from_file(&text("hunter2")));
    assert!(words.contains("no RSA or Ed25519 private key") && !words.contains("hunter2"), "{words}");
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
    for text in ["", "/", "ftp://x", "https://", "https://a@b", "https://a/b", "https://a/?q", "a.example:80"]
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
