//! Times are read to the second as they were meant, in every sort of zone, whatever zone data a reader has.

use calendar::testing::read;
use calendar::{Event, Invitation, Method};
use jiff::{SignedDuration, Timestamp};
use rules::time::{Instant, Zone};

use super::files::event;

/// Zones with every sort of change: none at all, in the south, of half an hour, in Ramadan, the day that never was,
/// announced late, winter as the exception, odd minutes, by another rule, before there were rules.
const ZONES: [&str; 20] = [
    "UTC",
    "Europe/Berlin",
    "Europe/London",
    "Europe/Dublin",
    "America/New_York",
    "America/Sao_Paulo",
    "America/St_Johns",
    "Australia/Sydney",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "Africa/El_Aaiun",
    "Pacific/Apia",
    "Asia/Gaza",
    "Asia/Kathmandu",
    "Pacific/Chatham",
    "Asia/Kolkata",
    "America/Godthab",
    "Asia/Tehran",
    "Antarctica/Troll",
    "Etc/GMT+5",
];

fn written(events: &[Event]) -> String {
    Invitation { method: Method::Request, made_at: events[0].starts_at, reader: None, events }.write()
}

/// Writes a file of these, reads it with both readers, and compares; all files at once, because readers start slowly.
fn check(files: &[Vec<Event>]) {
    let written: Vec<String> = files.iter().map(|events| written(events)).collect();
    for (events, read) in files.iter().zip(read(&written)) {
        let found: Vec<_> = read.events.iter().map(|one| (one.starts_at, one.ends_at)).collect();
        let meant: Vec<_> = events.iter().map(|one| (one.starts_at, one.ends_at)).collect();
        assert_eq!(found, meant, "{}", events[0].zone);
    }
}

fn at(text: &str) -> Instant {
    text.parse().expect(text)
}

/// All changes of a zone in these years.
fn changes(zone: &str, from: &str, until: &str) -> Vec<Instant> {
    let zone: Zone = zone.parse().expect(zone);
    let until: Timestamp = until.parse().expect(until);
    let following = zone.tz().following(from.parse().expect(from));
    following
        .map(|change| change.timestamp())
        .take_while(|at| *at < until)
        .map(Instant::from_timestamp)
        .collect()
}

// Rules T1, K1
#[test]
fn a_time_is_read_to_the_second_in_summer_and_in_winter() {
    let months: Vec<Instant> = (1..=12).map(|month| at(&format!("2027-{month:02}-09T21:45:00Z"))).collect();
    let alone = ZONES.iter().flat_map(|zone| months.iter().map(|start| vec![event(*start, zone)]));
    check(&alone.collect::<Vec<_>>());
}

// Rules T1, K1
#[test]
fn a_time_beside_a_change_or_across_it_is_read_to_the_second() {
    let mut files = Vec::new();
    for zone in ZONES {
        for change in changes(zone, "2026-06-01T00:00:00Z", "2027-12-01T00:00:00Z") {
            let around = (-150..=150).step_by(15).map(|minutes| change + SignedDuration::from_mins(minutes));
            files.extend(around.map(|start| vec![event(start, zone)]));
        }
    }
    check(&files);
}

// Rules T1, K1
#[test]
fn the_day_that_never_was_is_left_out_by_readers_too() {
    let around = changes("Pacific/Apia", "2011-12-01T00:00:00Z", "2012-02-01T00:00:00Z");
    assert_eq!(around.len(), 1, "over the date line");
    let hours = (-30..=30).map(|hours| around[0] + SignedDuration::from_hours(hours));
    check(&[hours.map(|start| event(start, "Pacific/Apia")).collect()]);
}

// Rule K1
#[test]
fn a_series_across_changes_keeps_every_time() {
    let first = at("2027-02-01T10:00:00Z");
    let starts: Vec<_> = (0..12).map(|n| first + SignedDuration::from_hours(24 * 14 * n)).collect();
    let series = ZONES.map(|zone| starts.iter().map(|start| event(*start, zone)).collect());
    check(&series);
}

// Rules T1, K1
#[test]
fn every_zone_that_a_person_can_choose_is_read_right() {
    let starts = ["2027-01-14T23:45:00Z", "2027-07-14T11:15:00Z"].map(at);
    let files = Zone::names().into_iter().map(|zone| starts.map(|start| event(start, &zone)).to_vec());
    check(&files.collect::<Vec<_>>());
}

#[test]
fn a_zone_says_what_its_clocks_do_around_the_event() {
    let start = at("2026-11-26T09:15:00Z");
    let zone = |name| {
        let file = written(&[event(start, name)]);
        let (_, rest) = file.split_once("BEGIN:VTIMEZONE\r\n").expect("a zone");
        let (zone, _) = rest.split_once("END:VTIMEZONE").expect("its end");
        zone.replace("\r\n", "\n")
    };
    insta::assert_snapshot!(
        ["Europe/Berlin", "Europe/Dublin", "Africa/Casablanca", "Asia/Kathmandu"].map(zone).join("\n")
    );
}
