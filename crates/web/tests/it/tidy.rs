//! What holds for the project as a whole and no compiler sees: which crate may know which, what may be built in,
//! and that texts about the code are true of it. Reads the work tree; changes nothing.
//! That both engines get the same schema is a test of the store's own.

mod rules_page;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use serde_json::Value;

/// The crates, and what each may know. `bench` is beside them: it sees all, and nothing sees it.
const ARROWS: [(&str, &[&str]); 6] = [
    ("cairn-rules", &[]),
    ("cairn-model", &["cairn-rules"]),
    ("cairn-calendar", &["cairn-rules"]),
    ("cairn-room", &[]),
    ("cairn-web", &["cairn-rules", "cairn-model", "cairn-calendar", "cairn-room"]),
    ("cairn-bench", &["cairn-rules", "cairn-model", "cairn-calendar", "cairn-room", "cairn-web"]),
];

/// Folders that hold what was built or fetched.
const NOT_OURS: [&str; 5] = ["target", "node_modules", "dist", ".git", "results"];

#[test]
fn crates_know_only_whom_they_may() {
    let allowed: BTreeMap<&str, &[&str]> = ARROWS.into_iter().collect();
    for package in workspace_packages() {
        let name = text(&package["name"]);
        let may =
            allowed.get(name).unwrap_or_else(|| panic!("{name}: a further crate needs a decision record"));
        for dependency in
            list(&package["dependencies"]).iter().filter(|dependency| !dependency["path"].is_null())
        {
            let other = text(&dependency["name"]);
            assert!(other == name || may.contains(&other), "{name} must not know {other}");
        }
    }
}

#[test]
fn what_is_built_in_is_pinned_exactly() {
    for package in workspace_packages() {
        for dependency in
            list(&package["dependencies"]).iter().filter(|dependency| dependency["path"].is_null())
        {
            let version = text(&dependency["req"]);
            assert!(
                version.starts_with('='),
                "{}: {} {version}",
                text(&package["name"]),
                text(&dependency["name"])
            );
        }
    }
    for path in ["web/package.json", "web/browser/package.json", "crates/calendar/readers/package.json"] {
        let package: Value = serde_json::from_str(&read(path)).expect(path);
        for kind in ["dependencies", "devDependencies"] {
            for (name, version) in package[kind].as_object().into_iter().flatten() {
                let is_exact =
                    text(version).split('.').count() == 3 && text(version).starts_with(char::is_numeric);
                assert!(is_exact, "{path}: {name} {version}");
            }
        }
        let lock = read(&path.replace("package.json", "package-lock.json"));
        assert!(!lock.contains("\"resolved\""), "{path}: its lock file names a registry");
    }
}

#[test]
fn what_is_built_in_has_a_licence_we_allow_and_comes_from_the_registry() {
    let allowed = strings(&deny()["licenses"]["allow"]);
    for package in built_in() {
        let name = text(&package["name"]);
        let licence = text(&package["license"]);
        assert!(is_allowed(licence, &allowed), "{name} is under {licence}");
        if let Some(source) = package["source"].as_str() {
            assert!(source.ends_with("/crates.io-index"), "{name} comes from {source}");
        }
    }
}

#[test]
fn an_expression_of_licences_is_understood() {
    let allowed = ["MIT", "ISC", "Apache-2.0 WITH LLVM-exception"].map(str::to_owned).into();
    let cases = [
        ("MIT", true),
        ("GPL-3.0", false),
        ("MIT OR GPL-3.0", true),
        ("MIT/Apache-2.0", true),
        ("MIT AND GPL-3.0", false),
        ("MIT AND (GPL-3.0 OR ISC)", true),
        ("(GPL-3.0 OR ISC) AND GPL-2.0", false),
        ("GPL-3.0 OR MIT AND ISC", true),
        ("Apache-2.0 WITH LLVM-exception", true),
        ("Apache-2.0", false),
        ("", false),
    ];
    for (expression, expected) in cases {
        assert_eq!(is_allowed(expression, &allowed), expected, "{expression}");
    }
}

#[test]
fn no_banned_crate_is_built_in() {
    for banned in deny()["bans"]["deny"].as_array().expect("bans.deny") {
        let name = banned["name"].as_str().expect("a name");
        let wrappers = banned.get("wrappers").map(strings).unwrap_or_default();
        // Nothing where nobody uses it; else the crate itself, then who uses it.
        let tree =
            cargo(&["tree", "--locked", "--workspace", "--invert", name, "--depth", "1", "--prefix", "none"]);
        let complaint = String::from_utf8_lossy(&tree.stderr);
        assert!(tree.status.success() || complaint.contains("did not match any packages"), "{complaint}");
        for user in
            String::from_utf8_lossy(&tree.stdout).lines().skip(1).filter_map(|line| line.split(' ').next())
        {
            assert!(wrappers.contains(user), "{user} brings {name}");
        }
    }
}

#[test]
fn every_source_file_says_what_it_is() {
    for (path, source) in files("crates", "rs") {
        assert!(source.starts_with("//!"), "{path} must open with `//!`: what it is, and what it is not");
    }
}

#[test]
fn engines_are_known_to_the_store_alone() {
    let inside = ["crates/model/src/db/", "crates/model/src/testing", "crates/model/tests/", "crates/bench/"];
    for (path, source) in files("crates", "rs") {
        let is_inside = inside.iter().any(|place| path.starts_with(place)) || path.ends_with("/tidy.rs");
        let names = ["rusqlite::", "postgres::", "tokio_postgres::"];
        let named = source.lines().filter(|line| !line.trim_start().starts_with("//"));
        let knows =
            named.flat_map(str::split_whitespace).any(|word| names.iter().any(|name| word.starts_with(name)));
        assert!(is_inside || !knows, "{path} names an engine");
    }
}

#[test]
fn nothing_is_skipped_or_left_for_later() {
    let words =
        [concat!("#[", "ignore"), concat!("TO", "DO"), concat!("FIX", "ME"), concat!("test.", "only(")];
    let words = words.into_iter().chain([concat!("test.", "skip("), concat!("test.", "fixme(")]);
    let words: Vec<&str> = words.collect();
    let elsewhere = concat!("#[", "ignore = \"run by other tests, in a process of its own\"]");
    for (path, source) in files("crates", "rs").into_iter().chain(files("web", "ts")) {
        let source = source.replace(elsewhere, "");
        for word in &words {
            assert!(!source.contains(word), "{path} has {word}");
        }
    }
}

#[test]
fn only_a_command_prints() {
    for (path, source) in files("crates", "rs") {
        let may = ["src/cli.rs", "src/doctor.rs", "src/serve.rs"].iter().any(|end| path.ends_with(end))
            || path.starts_with("crates/bench/")
            || path.contains("/tests/");
        assert!(may || !source.contains(concat!("expect(clippy::", "print_std")), "{path} prints");
    }
}

#[test]
fn the_project_names_no_machine() {
    // A person's folder, or a folder at the root that only one machine has.
    let places =
        [concat!("/ho", "me/"), concat!("/ro", "ot/"), concat!("/wo", "rk/"), concat!("/Use", "rs/")];
    for (path, source) in text_files() {
        for place in places {
            let at_start =
                |at: usize| !source[..at].ends_with(|c: char| c.is_alphanumeric() || "})$_.".contains(c));
            let named = source.match_indices(place).find(|(at, _)| at_start(*at));
            assert!(named.is_none(), "{path} names a place of one machine: {place}");
        }
    }
}

#[test]
fn every_template_is_used() {
    let templates = files("crates/web/templates", "");
    let sources = files("crates/web/src", "rs");
    let used_by = |name: &str| {
        let quoted = format!("\"{name}\"");
        sources.iter().chain(&templates).any(|(_, source)| source.contains(&quoted))
    };
    for path in templates.keys() {
        let name = path.strip_prefix("crates/web/templates/").expect("a template");
        assert!(used_by(name), "{name} is used by nobody");
    }
}

#[test]
fn templates_lead_only_to_addresses_that_answer() {
    let table = read("crates/web/src/routes.rs");
    let routed = |method: &str, path: &str| {
        let paths = table.split(method).skip(1).filter_map(|rest| rest.split('"').next());
        paths.into_iter().any(|known| as_shape(known, '{', '}') == path)
    };
    // A form that searches reads; any other changes something.
    let (reading, both) = (["get.at(\""], ["get.at(\"", "post(\""]);
    let mut lost = BTreeSet::new();
    for (path, source) in files("crates/web/templates", "html") {
        let source = source.replace("{{", "\u{1}").replace("}}", "\u{2}");
        for (attribute, methods) in [(" href=\"", &reading[..]), ("action=\"", &both[..])] {
            for rest in source.split(attribute).skip(1) {
                let address = rest.split(['"', '?', '#']).next().unwrap_or_default();
                let shape = as_shape(address, '\u{1}', '\u{2}');
                let is_ours = shape.starts_with('/') && !shape.starts_with("/assets/");
                if is_ours && !methods.iter().any(|method| routed(method, &shape)) {
                    lost.insert(format!("{path}: {attribute}{shape}"));
                }
            }
        }
    }
    assert!(lost.is_empty(), "nothing answers at: {lost:#?}");
}

/// An address with its variable parts emptied: `/people/{person}` and what a template writes for it are `/people/{}`.
fn as_shape(address: &str, open: char, close: char) -> String {
    let mut shape = String::new();
    for (n, part) in address.split(open).enumerate() {
        match (n, part.split_once(close)) {
            (0, _) | (_, None) => shape += part,
            (_, Some((_, rest))) => shape += &format!("{{}}{rest}"),
        }
    }
    shape
}

#[test]
fn templates_hold_nothing_that_the_content_policy_forbids() {
    for (path, source) in files("crates/web/templates", "html") {
        if path.contains("templates/mail/") {
            continue; // a mail is read without our policy, and programs that show it want its styles inside
        }
        for forbidden in
            [" style=\"", "<style", "javascript:", " hx-on", " onclick=", " onchange=", " onsubmit="]
        {
            assert!(!source.contains(forbidden), "{path} has {forbidden}");
        }
        for script in source.split("<script").skip(1) {
            let tag = script.split('>').next().unwrap_or_default();
            assert!(tag.contains("src="), "{path} has a script of its own");
        }
    }
}

#[test]
fn texts_link_only_to_files_that_exist() {
    for (path, source) in files("", "md") {
        let folder = Path::new(&path).parent().expect("a folder").to_owned();
        for link in source.split("](").skip(1) {
            let target = link.split([')', '#', ' ']).next().unwrap_or_default();
            if !target.is_empty() && !target.contains("://") && !target.starts_with("mailto:") {
                assert!(root().join(&folder).join(target).exists(), "{path} links to {target}");
            }
        }
    }
}

/// Whether an SPDX expression lets us choose only allowed licences. `AND` binds closer than `OR`; the old `/` is an `OR`.
fn is_allowed(expression: &str, allowed: &BTreeSet<String>) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let mut words = spaced.split_whitespace().peekable();
    let answer = any_of(&mut words, allowed);
    answer && words.next().is_none()
}

type Words<'a> = std::iter::Peekable<std::str::SplitWhitespace<'a>>;

fn any_of(words: &mut Words<'_>, allowed: &BTreeSet<String>) -> bool {
    let mut answer = all_of(words, allowed);
    while words.next_if_eq(&"OR").is_some() {
        answer |= all_of(words, allowed);
    }
    answer
}

fn all_of(words: &mut Words<'_>, allowed: &BTreeSet<String>) -> bool {
    let mut answer = one(words, allowed);
    while words.next_if_eq(&"AND").is_some() {
        answer &= one(words, allowed);
    }
    answer
}

fn one(words: &mut Words<'_>, allowed: &BTreeSet<String>) -> bool {
    if words.next_if_eq(&"(").is_some() {
        let answer = any_of(words, allowed);
        return answer && words.next() == Some(")");
    }
    let Some(name) = words.next() else { return false };
    match words.next_if_eq(&"WITH") {
        Some(_) => allowed.contains(&format!("{name} WITH {}", words.next().unwrap_or_default())),
        None => allowed.contains(name),
    }
}

fn deny() -> toml::Table {
    read("deny.toml").parse().expect("deny.toml")
}

fn strings(value: &toml::Value) -> BTreeSet<String> {
    let items = value.as_array().expect("a list");
    items.iter().map(|item| item.as_str().expect("a text").to_owned()).collect()
}

fn workspace_packages() -> impl Iterator<Item = &'static Value> {
    let members = list(&metadata()["workspace_members"]);
    list(&metadata()["packages"]).iter().filter(move |package| members.contains(&package["id"]))
}

/// All that is compiled into the program, its tests and its tools on Linux.
fn built_in() -> impl Iterator<Item = &'static Value> {
    let nodes: BTreeSet<&str> =
        list(&metadata()["resolve"]["nodes"]).iter().map(|node| text(&node["id"])).collect();
    list(&metadata()["packages"]).iter().filter(move |package| nodes.contains(text(&package["id"])))
}

fn metadata() -> &'static Value {
    static METADATA: OnceLock<Value> = OnceLock::new();
    METADATA.get_or_init(|| {
        let output = cargo(&[
            "metadata",
            "--format-version",
            "1",
            "--locked",
            "--filter-platform",
            "x86_64-unknown-linux-gnu",
        ]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).expect("cargo speaks JSON")
    })
}

fn cargo(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO")).args(arguments).current_dir(root()).output().expect("cargo runs")
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the project's root")
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Our own files below a folder whose names end with `.extension` (any, if it is empty), with their texts.
fn files(folder: &str, extension: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let name = entry.file_name();
            if NOT_OURS.iter().any(|not_ours| name == *not_ours) {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else if extension.is_empty() || path.extension().is_some_and(|e| e == extension) {
                let Ok(source) = fs::read_to_string(&path) else { continue };
                let relative = path.strip_prefix(root()).expect("below the root");
                found.insert(relative.to_string_lossy().into_owned(), source);
            }
        }
    }
    found
}

/// Everything of ours that is text, but for lock files.
fn text_files() -> BTreeMap<String, String> {
    let mut found = files("", "");
    found.retain(|path, _| {
        !path.ends_with(".lock") && !path.ends_with("-lock.json") && !path.starts_with("cairn-")
    });
    found
}
