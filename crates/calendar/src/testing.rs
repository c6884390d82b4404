//! What calendar readers of other people make of a file: PyPI's `icalendar` and npm's `ical.js`, in the versions that
//! `crates/calendar/readers` names. Both must agree on everything. They are installed by `make test`.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rules::time::Instant;
use serde_json::{Value, json};

/// A file as both readers understand it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read {
    /// What it wants.
    pub method: String,
    /// The names of the zones that it brings.
    pub zones: Vec<String>,
    /// Its events.
    pub events: Vec<ReadEvent>,
}

/// An event as both readers understand it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadEvent {
    /// Its identity.
    pub uid: String,
    /// How often it was changed.
    pub sequence: i64,
    /// When the file was made.
    pub made_at: Instant,
    /// When it begins.
    pub starts_at: Instant,
    /// When it ends.
    pub ends_at: Instant,
    /// The zone of its wall clock; empty for UTC.
    pub zone: String,
    /// What it is called.
    pub summary: String,
    /// What one should know; empty for nothing.
    pub description: String,
    /// Where it is; empty for nothing.
    pub location: String,
    /// Its page; empty for none.
    pub url: String,
    /// `CONFIRMED` or `CANCELLED`.
    pub status: String,
    /// Who invites: name and address.
    pub organizer: (String, String),
    /// Who is invited: name and address.
    pub attendees: Vec<(String, String)>,
}

/// Reads files with both readers, which must understand them alike. Each file is read twice: as it is, and with its
/// zones under names that nobody knows, so that their times can come from the file alone.
///
/// # Panics
/// If a reader complains, if both do not agree, or if an event holds an alarm.
pub fn read(files: &[String]) -> Vec<Read> {
    let nameless: Vec<String> =
        files.iter().enumerate().map(|(nth, file)| without_names(file, nth)).collect();
    let both: Vec<&str> = files.iter().chain(&nameless).map(String::as_str).collect();
    let input = json!(both).to_string();
    let python = ask(Command::new("/usr/bin/python3").arg("read.py").env("PYTHONPATH", "site"), &input);
    let node = ask(Command::new("node").arg("read.mjs"), &input);
    let found: Vec<Read> = python.iter().map(file).collect();
    for (nth, (theirs, others)) in found.iter().zip(&node).enumerate() {
        assert_eq!(*theirs, file(others), "the readers do not agree about\n{}", both[nth]);
    }
    let (named, nameless) = found.split_at(files.len());
    for (nth, (named, nameless)) in named.iter().zip(nameless).enumerate() {
        let times = |read: &Read| -> Vec<(Instant, Instant)> {
            read.events.iter().map(|event| (event.starts_at, event.ends_at)).collect()
        };
        assert_eq!(
            times(named),
            times(nameless),
            "the zones of this file say something else\n{}",
            files[nth]
        );
    }
    named.to_vec()
}

/// The file with other names for its zones.
fn without_names(file: &str, nth: usize) -> String {
    let mut out = file.replace("\r\n ", "");
    let zones: Vec<String> =
        out.lines().filter_map(|line| line.strip_prefix("TZID:")).map(str::to_owned).collect();
    for (place, zone) in zones.iter().enumerate() {
        let name = format!("zone-{nth}-{place}");
        out = out.replace(&format!("TZID:{zone}\r\n"), &format!("TZID:{name}\r\n"));
        out = out.replace(&format!(";TZID={zone}:"), &format!(";TZID={name}:"));
    }
    out
}

fn ask(reader: &mut Command, input: &str) -> Vec<Value> {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/readers"));
    assert!(
        installed(&folder),
        "the readers are missing: `make test` installs them into {}",
        folder.display()
    );
    let mut child = reader
        .current_dir(&folder)
        // A reader's machine may have zone data of any age.
        .env("PYTHONTZPATH", "")
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("python3 and node are installed (make test installs them)");
    let mut stdin = child.stdin.take().expect("piped");
    let answer = std::thread::scope(|scope| {
        scope.spawn(move || stdin.write_all(input.as_bytes()).expect("it reads"));
        child.wait_with_output().expect("it ends")
    });
    let complaint = String::from_utf8_lossy(&answer.stderr);
    assert!(answer.status.success(), "a reader does not understand: {complaint}\n{input}");
    serde_json::from_slice(&answer.stdout).expect("a list of what it read")
}

fn installed(folder: &Path) -> bool {
    ["node_modules/ical.js", "site/icalendar"].iter().all(|name| folder.join(name).exists())
}

fn file(value: &Value) -> Read {
    Read {
        method: text(&value["method"]),
        zones: list(&value["zones"]).iter().map(text).collect(),
        events: list(&value["events"]).iter().map(event).collect(),
    }
}

fn event(value: &Value) -> ReadEvent {
    assert_eq!(value["parts"], 0, "no alarms: reminders are ours");
    let at = |name: &str| Instant::from_millis(value[name].as_i64().expect("an instant"));
    let party = |value: &Value| (text(&value["name"]), text(&value["mail"]));
    let organizer: Vec<_> = list(&value["organizer"]).iter().map(party).collect();
    assert_eq!(organizer.len(), 1, "one organizer");
    ReadEvent {
        uid: text(&value["uid"]),
        sequence: value["sequence"].as_i64().expect("a number"),
        made_at: at("made_at"),
        starts_at: at("starts_at"),
        ends_at: at("ends_at"),
        zone: text(&value["zone"]),
        summary: text(&value["summary"]),
        description: text(&value["description"]),
        location: text(&value["location"]),
        url: text(&value["url"]),
        status: text(&value["status"]),
        organizer: organizer[0].clone(),
        attendees: list(&value["attendees"]).iter().map(party).collect(),
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}
