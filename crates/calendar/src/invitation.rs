//! A file for calendar programs (RFC 5545), as invitations carry it (RFC 5546): events, each with an identity that no
//! move changes and a sequence that rises with each.
//!
//! A file is made for one reader: nobody else is named in it as invited, and nobody's address stands in it but the
//! reader's and the sender's. It sets no alarm, because reminders are ours.

use std::collections::BTreeMap;

use rules::time::{Instant, Zone};

use crate::line::{Lines, quoted, uri};
use crate::zone;

/// No file holds more events: as many as a series has.
pub const EVENTS_MAX: usize = 64;

/// What a file wants of the calendar that it comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Put these in, or change them.
    Request,
    /// Take these out.
    Cancel,
    /// Here they are: a file that somebody fetched, or several meetings at once.
    Publish,
}

impl Method {
    /// Its name, in the file and in the type of the part of a mail.
    pub const fn name(self) -> &'static str {
        match self {
            Method::Request => "REQUEST",
            Method::Cancel => "CANCEL",
            Method::Publish => "PUBLISH",
        }
    }
}

/// Somebody with a name and an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Party {
    /// As calendars show it.
    pub name: String,
    /// The mail address.
    pub mail: String,
}

impl Party {
    fn line(&self, property: &str) -> String {
        let name = quoted(&self.name);
        let name = if name == "\"\"" { String::new() } else { format!(";CN={name}") };
        format!("{property}{name}:mailto:{}", uri(&self.mail))
    }
}

/// One meeting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Its identity, which no move changes.
    pub uid: String,
    /// How often it was changed.
    pub sequence: i64,
    /// When it begins.
    pub starts_at: Instant,
    /// When it ends.
    pub ends_at: Instant,
    /// On whose wall clock it stands.
    pub zone: Zone,
    /// What it is called.
    pub summary: String,
    /// What one should know; may be empty.
    pub description: String,
    /// Where it is: an address, a number, a link; may be empty.
    pub location: String,
    /// The page that shows it; may be empty.
    pub url: String,
    /// Who invites: the coach's name, at the address that sends.
    pub organizer: Party,
    /// Whether it was called off.
    pub is_cancelled: bool,
}

/// A file for one reader.
#[derive(Clone, Copy, Debug)]
pub struct Invitation<'a> {
    /// What it wants.
    pub method: Method,
    /// When it is made.
    pub made_at: Instant,
    /// Who reads it. A file that is published names nobody.
    pub reader: Option<&'a Party>,
    /// At least one, and at most [`EVENTS_MAX`].
    pub events: &'a [Event],
}

impl Invitation<'_> {
    /// The file: UTF-8 with CRLF.
    pub fn write(&self) -> String {
        assert!(
            (1..=EVENTS_MAX).contains(&self.events.len()),
            "a calendar file holds 1 to {EVENTS_MAX} events, not {}",
            self.events.len()
        );
        let mut lines = Lines::default();
        lines.raw("BEGIN:VCALENDAR");
        lines.raw("VERSION:2.0");
        lines.raw("PRODID:-//Cairn//Calendar 1.0//EN");
        lines.raw("CALSCALE:GREGORIAN");
        lines.raw(&format!("METHOD:{}", self.method.name()));
        for (zone, from, until) in self.zones() {
            zone::vtimezone(&mut lines, zone, from, until);
        }
        for event in self.events {
            self.event(&mut lines, event);
        }
        lines.raw("END:VCALENDAR");
        lines.finish()
    }

    /// Each zone that a wall clock is read in, and from when until when.
    fn zones(&self) -> Vec<(&Zone, Instant, Instant)> {
        let mut zones: BTreeMap<&str, (&Zone, Instant, Instant)> = BTreeMap::new();
        for event in self.events.iter().filter(|event| clock(event) == zone::Clock::Wall) {
            zones
                .entry(event.zone.as_str())
                .and_modify(|(_, from, until)| {
                    *from = event.starts_at.min(*from);
                    *until = event.ends_at.max(*until);
                })
                .or_insert((&event.zone, event.starts_at, event.ends_at));
        }
        zones.into_values().collect()
    }

    fn event(&self, lines: &mut Lines, event: &Event) {
        let clock = clock(event);
        lines.raw("BEGIN:VEVENT");
        lines.text("UID", &event.uid);
        lines.raw(&format!("SEQUENCE:{}", event.sequence));
        lines.raw(&format!("DTSTAMP:{}", zone::utc(self.made_at)));
        lines.raw(&zone::date_time("DTSTART", event.starts_at, &event.zone, clock));
        lines.raw(&zone::date_time("DTEND", event.ends_at, &event.zone, clock));
        lines.text("SUMMARY", &event.summary);
        if !event.description.is_empty() {
            lines.text("DESCRIPTION", &event.description);
        }
        if !event.location.is_empty() {
            lines.text("LOCATION", &event.location);
        }
        if !event.url.is_empty() {
            lines.uri("URL", &event.url);
        }
        let is_off = event.is_cancelled || self.method == Method::Cancel;
        lines.raw(if is_off { "STATUS:CANCELLED" } else { "STATUS:CONFIRMED" });
        lines.raw("TRANSP:OPAQUE");
        lines.raw("CLASS:PRIVATE");
        lines.raw(&event.organizer.line("ORGANIZER"));
        if let Some(reader) = self.reader {
            // Whoever gets it has said yes already, by booking or by offering the time: no answer is asked for.
            let property = "ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;RSVP=FALSE";
            lines.raw(&reader.line(property));
        }
        lines.raw("END:VEVENT");
    }
}

fn clock(event: &Event) -> zone::Clock {
    zone::clock(&event.zone, [event.starts_at, event.ends_at])
}
