//! What stands in a file: who, what, where, and nothing that somebody typed as anything else.

use calendar::testing::read;
use calendar::{Event, Invitation, Method, Party};
use jiff::SignedDuration;
use rules::time::Instant;

pub(crate) fn event(starts_at: Instant, zone: &str) -> Event {
    Event {
        uid: "0123456789abcdef0123456789abcdef".to_owned(),
        sequence: 0,
        starts_at,
        ends_at: starts_at + SignedDuration::from_mins(60),
        zone: zone.parse().expect(zone),
        summary: "Intro call with Ada Lindholm".to_owned(),
        description: "Join: https://cairn.example/sessions/ses_1\n\nSee you there; bring tea, please."
            .to_owned(),
        location: "12 Elm Road, London".to_owned(),
        url: "https://cairn.example/sessions/ses_1".to_owned(),
        organizer: Party { name: "Ada Lindholm".to_owned(), mail: "cairn@cairn.example".to_owned() },
        is_cancelled: false,
    }
}

fn at(text: &str) -> Instant {
    text.parse().expect(text)
}

fn ben() -> Party {
    Party { name: "Ben Orle".to_owned(), mail: "ben@northwind.example".to_owned() }
}

fn file(method: Method, reader: Option<&Party>, events: &[Event]) -> String {
    Invitation { method, made_at: at("2026-11-21T09:30:00Z"), reader, events }.write()
}

// Rule K1
#[test]
fn an_invitation_is_read_as_it_was_meant() {
    let event = event(at("2026-11-26T09:15:00Z"), "Europe/Berlin");
    let text = file(Method::Request, Some(&ben()), std::slice::from_ref(&event));
    assert!(text.split("\r\n").all(|line| line.len() <= 75 && !line.contains('\n')), "{text}");
    let read = read(&[text]).remove(0);
    assert_eq!(
        (read.method.as_str(), read.zones.as_slice()),
        ("REQUEST", ["Europe/Berlin".to_owned()].as_slice())
    );
    let one = &read.events[0];
    assert_eq!((one.uid.as_str(), one.sequence), (event.uid.as_str(), 0));
    assert_eq!((one.starts_at, one.ends_at), (event.starts_at, event.ends_at));
    assert_eq!((one.zone.as_str(), one.status.as_str()), ("Europe/Berlin", "CONFIRMED"));
    assert_eq!((&one.summary, &one.description), (&event.summary, &event.description));
    assert_eq!((&one.location, &one.url), (&event.location, &event.url));
    assert_eq!(one.organizer, ("Ada Lindholm".to_owned(), "mailto:cairn@cairn.example".to_owned()));
    assert_eq!(one.attendees, [("Ben Orle".to_owned(), "mailto:ben@northwind.example".to_owned())]);
    assert_eq!(one.made_at, at("2026-11-21T09:30:00Z"));
}

// Rule M3
#[test]
fn a_move_keeps_the_identity_raises_the_sequence_and_a_cancellation_says_so() {
    let first = event(at("2026-11-26T09:15:00Z"), "Europe/Berlin");
    let moved = Event { sequence: 1, starts_at: at("2026-11-27T09:15:00Z"), ..first.clone() };
    let moved = Event { ends_at: moved.starts_at + SignedDuration::from_mins(60), ..moved };
    let off = Event { sequence: 2, ..moved.clone() };
    let files = [(Method::Request, &first), (Method::Request, &moved), (Method::Cancel, &off)]
        .map(|(method, event)| file(method, Some(&ben()), std::slice::from_ref(event)));
    let read = read(&files);
    let all = read.iter().map(|file| (file.method.as_str(), &file.events[0]));
    let said: Vec<_> = all.map(|(method, one)| (method, one.sequence, one.status.as_str())).collect();
    assert_eq!(said, [("REQUEST", 0, "CONFIRMED"), ("REQUEST", 1, "CONFIRMED"), ("CANCEL", 2, "CANCELLED")]);
    assert!(read.iter().all(|file| file.events[0].uid == first.uid), "one identity");
}

// Rule K1
#[test]
fn a_series_is_one_file_in_which_each_session_has_its_own_identity() {
    let weeks = 0..12;
    let events: Vec<Event> = weeks
        .map(|week| {
            let one = event(
                at("2026-10-05T07:00:00Z") + SignedDuration::from_hours(24 * 7 * week),
                "Europe/Berlin",
            );
            Event { uid: format!("{week:032x}"), ..one }
        })
        .collect();
    let read = read(&[file(Method::Request, Some(&ben()), &events)]).remove(0);
    assert_eq!(read.zones, ["Europe/Berlin"], "one zone for all");
    let found: Vec<_> = read.events.iter().map(|one| (one.uid.clone(), one.starts_at)).collect();
    let meant: Vec<_> = events.iter().map(|one| (one.uid.clone(), one.starts_at)).collect();
    assert_eq!(found, meant);
}

#[test]
fn a_file_to_fetch_names_nobody_but_the_coach() {
    let event = event(at("2026-11-26T09:15:00Z"), "Europe/Berlin");
    let read = read(&[file(Method::Publish, None, &[event])]).remove(0);
    assert_eq!((read.method.as_str(), read.events[0].attendees.len()), ("PUBLISH", 0));
}

// Rule K1
#[test]
fn nothing_that_a_person_types_becomes_a_line_of_its_own() {
    let nasty =
        "Ada \"A\"; X=1: ^n \\n, Ünï\r\nATTENDEE:mailto:eve@evil.example\r\nEND:VEVENT 🌲\u{2028}\u{7}";
    let plain = event(at("2026-11-26T09:15:00Z"), "Europe/Berlin");
    let event = Event {
        summary: nasty.to_owned(),
        description: nasty.repeat(20),
        location: nasty.to_owned(),
        url: format!("https://cairn.example/{nasty}"),
        organizer: Party { name: nasty.to_owned(), ..plain.organizer.clone() },
        ..plain
    };
    let reader = Party { name: nasty.to_owned(), ..ben() };
    let read = read(&[file(Method::Request, Some(&reader), &[event])]).remove(0);
    let one = &read.events[0];
    assert_eq!(read.events.len(), 1);
    let said = "Ada \"A\"; X=1: ^n \\n, Ünï\nATTENDEE:mailto:eve@evil.example\nEND:VEVENT 🌲\n ";
    assert_eq!((one.summary.as_str(), one.location.as_str()), (said, said));
    let name = "Ada A; X=1: n n, Ünï ATTENDEE:mailto:eve@evil.example END:VEVENT 🌲";
    assert_eq!(one.organizer.0, name);
    assert_eq!(one.attendees, [(name.to_owned(), "mailto:ben@northwind.example".to_owned())]);
}

#[test]
fn who_has_no_name_is_invited_by_address() {
    let reader = Party { name: "\"\"".to_owned(), ..ben() };
    let event = event(at("2026-11-26T09:15:00Z"), "Europe/Berlin");
    let read = read(&[file(Method::Request, Some(&reader), &[event])]).remove(0);
    assert_eq!(read.events[0].attendees[0], (String::new(), "mailto:ben@northwind.example".to_owned()));
}
