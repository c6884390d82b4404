//! A meeting as calendars show it, to one of its two: the file of an invitation or of a download, and the links that add
//! it to somebody else's calendar. What a file looks like knows [`calendar`]; who may have it was asked before.

use ::calendar::links::{self, Entry};
use ::calendar::{Event, Invitation, Method, Party};
use model::appointment::Appointment;
use rules::person::Language;
use rules::session::PlaceKind;
use rules::time::Instant;

use crate::meeting;
use crate::texts::appointments::{Appointments, appointments};
use crate::texts::texts;
use crate::words::first_name;

/// Which of the two reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Whose place it is.
    Client,
    /// Who coaches.
    Coach,
}

/// Says what a meeting is, to one side and in one language.
#[derive(Clone, Copy, Debug)]
pub struct Inviter<'a> {
    side: Side,
    language: Language,
    t: &'static Appointments,
    /// The public address of the program.
    home: &'a str,
    /// The address that sends.
    sender: &'a str,
}

/// Addresses that add a meeting to a calendar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddLinks {
    /// Google's.
    pub google: String,
    /// A private Outlook.
    pub outlook: String,
    /// An Outlook at work.
    pub office: String,
}

impl<'a> Inviter<'a> {
    /// For this side, in this language. `home` is the public address, `sender` the address that letters come from.
    pub fn new(side: Side, language: Language, home: &'a str, sender: &'a str) -> Inviter<'a> {
        Inviter { side, language, t: appointments(language), home, sender }
    }

    /// The other one, by name; to the coach of a pod, the pod. Nobody is known yet while a time is only held.
    pub fn other<'b>(&self, appointment: &'b Appointment) -> &'b str {
        match self.side {
            Side::Client => &appointment.coach.name,
            Side::Coach => match &appointment.topic.pod {
                Some(pod) => pod,
                None => appointment.client.as_ref().map_or("", |client| &client.name),
            },
        }
    }

    /// "Intro call with Ada Lindholm"; to the coach of a pod "Among peers (Tuesday)".
    pub fn what(&self, appointment: &Appointment) -> String {
        let beside = appointment.beside.iter().filter(|_| self.side == Side::Client);
        let names: Vec<&str> =
            std::iter::once(self.other(appointment)).chain(beside.map(|one| one.name.as_str())).collect();
        self.named(appointment, &names.join(", "))
    }

    /// "Intro call with Ada".
    pub fn short_what(&self, appointment: &Appointment) -> String {
        self.named(appointment, first_name(self.other(appointment)))
    }

    fn named(&self, appointment: &Appointment, other: &str) -> String {
        let name = self.name(appointment);
        match &appointment.topic.pod {
            Some(pod) if self.side == Side::Coach && *pod == name => name,
            Some(pod) if self.side == Side::Coach => format!("{name} ({pod})"),
            _ => (self.t.with)(&name, other),
        }
    }

    /// "Intro call".
    pub fn name(&self, appointment: &Appointment) -> String {
        meeting::name(&appointment.topic, texts(self.language))
    }

    /// Where it is, as a part of a sentence: "by phone (+44 20 7946 0018)".
    pub fn place(&self, appointment: &Appointment) -> String {
        let detail = appointment.place.detail.trim();
        match appointment.place.kind {
            PlaceKind::Room => self.t.room.to_owned(),
            PlaceKind::Phone => (self.t.phone)(detail),
            PlaceKind::Address => (self.t.address)(detail),
            PlaceKind::Link => (self.t.link)(detail),
        }
    }

    /// The page of the session, for whoever is signed in.
    pub fn page(&self, appointment: &Appointment) -> String {
        format!("{}/sessions/{}", self.home, appointment.session)
    }

    /// The meeting as an event, with the page that the reader opens.
    pub fn event(&self, appointment: &Appointment, page: &str) -> Event {
        Event {
            uid: appointment.uid.clone(),
            sequence: appointment.sequence,
            starts_at: appointment.starts_at,
            ends_at: appointment.ends_at(),
            zone: appointment.zone.clone(),
            summary: self.what(appointment),
            description: (self.t.page)(page),
            location: self.location(appointment, page),
            url: page.to_owned(),
            organizer: Party { name: appointment.coach.name.clone(), mail: self.sender.to_owned() },
            is_cancelled: appointment.is_cancelled,
        }
    }

    /// What a calendar shows as the place: what a phone can dial, a map can find or a click can open.
    fn location(&self, appointment: &Appointment, page: &str) -> String {
        let detail = appointment.place.detail.trim();
        match appointment.place.kind {
            PlaceKind::Room => page.to_owned(),
            PlaceKind::Phone if detail.is_empty() => self.place(appointment),
            PlaceKind::Phone | PlaceKind::Address | PlaceKind::Link => detail.to_owned(),
        }
    }

    /// A file to fetch from the session's page. It names nobody but the coach.
    pub fn file(&self, appointment: &Appointment, now: Instant) -> String {
        self.file_of_all(std::slice::from_ref(appointment), now)
    }

    /// The same of several, each with its own identity (rule B6).
    pub fn file_of_all(&self, all: &[Appointment], now: Instant) -> String {
        let events: Vec<Event> = all.iter().map(|one| self.event(one, &self.page(one))).collect();
        Invitation { method: Method::Publish, made_at: now, reader: None, events: &events }.write()
    }

    /// Links that add it to a calendar. They hold no secret, for they tell another company what stands in them.
    pub fn add_links(&self, appointment: &Appointment) -> AddLinks {
        let page = self.page(appointment);
        let (summary, location) = (self.what(appointment), self.location(appointment, &page));
        let description = (self.t.page)(&page);
        let entry = Entry {
            summary: &summary,
            description: &description,
            location: &location,
            starts_at: appointment.starts_at,
            ends_at: appointment.ends_at(),
        };
        AddLinks {
            google: links::google(&entry),
            outlook: links::outlook(&entry),
            office: links::office(&entry),
        }
    }
}
