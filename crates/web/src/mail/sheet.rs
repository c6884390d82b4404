//! A desk with a meeting on it: the words that all letters about sessions have in common. What, when on both clocks (rule
//! T2), where, for how much; the page behind the button, and the file for the reader's calendar.

use ::calendar::{Event, Invitation, Method, Party};
use model::appointment::Appointment;
use model::{Result, Tx, manage};
use rules::ids::SeriesId;
use rules::money::Money;
use rules::terms::Terms;
use rules::time::Instant;

use super::letters::{Desk, Draft};
use super::message::CalendarFile;
use super::paper::{Block, Paper};
use crate::invites::{Inviter, Side};
use crate::texts::appointments::{Appointments, Booked, appointments};
use crate::words::{Clockface, first_name, money, money_times};

/// A desk with a booking on it.
pub(super) struct Sheet<'a> {
    pub(super) desk: &'a Desk<'a>,
    pub(super) side: Side,
    pub(super) now: Instant,
    pub(super) t: &'static Appointments,
    pub(super) inviter: Inviter<'a>,
}

impl<'a> Sheet<'a> {
    pub(super) fn new(desk: &'a Desk<'a>, side: Side, now: Instant) -> Sheet<'a> {
        let language = desk.material.reader.language;
        let inviter = Inviter::new(side, language, desk.house.home, desk.house.mail);
        Sheet { desk, side, now, t: appointments(language), inviter }
    }

    pub(super) fn words(&self) -> &'static Booked {
        let is_series = self.desk.material.event.subject.kind == SeriesId::PREFIX;
        match (self.side, is_series) {
            (Side::Client, false) => &self.t.booked,
            (Side::Client, true) => &self.t.series,
            (Side::Coach, false) => &self.t.booked_for_coach,
            (Side::Coach, true) => &self.t.series_for_coach,
        }
    }

    /// Whether this is still to come, and the reader still one of its people.
    pub(super) fn concerns(&self, appointment: &Appointment) -> bool {
        let reader = &self.desk.material.reader;
        let is_theirs = reader.to.person().is_some_and(|me| match self.side {
            Side::Client => appointment.client.as_ref().is_some_and(|client| client.id == me),
            Side::Coach => appointment.is_coached_by(me),
        });
        is_theirs && !reader.is_closed && !appointment.is_cancelled && appointment.starts_at > self.now
    }

    /// Where the reader sees it: a client by a link of their own, a coach signed in.
    pub(super) fn page(&self, tx: &mut Tx, appointment: &Appointment) -> Result<String> {
        match (self.side, &appointment.client) {
            (Side::Client, Some(client)) => {
                let token = manage::make(tx, appointment.session, client.id)?;
                Ok(format!("{}/manage/{}", self.desk.house.home, token.reveal()))
            }
            _ => Ok(self.inviter.page(appointment)),
        }
    }

    /// "Intro call with Ada".
    pub(super) fn what(&self, appointment: &Appointment) -> String {
        self.inviter.short_what(appointment)
    }

    /// "Thu 26 Nov, 10:15".
    pub(super) fn when(&self, appointment: &Appointment) -> String {
        self.desk.clock.short(appointment.starts_at, self.now)
    }

    /// "Thursday 26 November 2026, 10:15 to 10:30", on the reader's clock.
    pub(super) fn heading(&self, appointment: &Appointment) -> String {
        let clock = &self.desk.clock;
        let (from, to) = (appointment.starts_at, appointment.ends_at());
        (self.t.from_to)(&clock.date(from), &clock.time(from), &clock.time(to))
    }

    /// "Time in Lisbon, 11:15 for Ada in Stockholm".
    pub(super) fn under(&self, appointment: &Appointment) -> String {
        let here = (self.t.time_in)(&self.desk.clock.place());
        match self.there(appointment, appointment.starts_at) {
            Some(there) => format!("{here}, {there}"),
            None => here,
        }
    }

    /// "Thursday 26 November 2026, 10:15 (11:15 for Ada in Stockholm)".
    pub(super) fn date(&self, appointment: &Appointment) -> String {
        self.date_of(appointment, appointment.starts_at)
    }

    /// The same of another instant that somebody spoke of.
    pub(super) fn date_of(&self, appointment: &Appointment, at: Instant) -> String {
        let here = self.desk.clock.long(at);
        match self.there(appointment, at) {
            Some(there) => format!("{here} ({there})"),
            None => here,
        }
    }

    /// What the other's clock says then, unless it says the same.
    fn there(&self, appointment: &Appointment, at: Instant) -> Option<String> {
        let reader = &self.desk.material.reader;
        let (zone, who) = match self.side {
            Side::Client => (&appointment.coach.zone, &appointment.coach.name),
            Side::Coach => appointment.client.as_ref().map(|client| (&client.zone, &client.name))?,
        };
        let (here, there) = (reader.zone.local(at), zone.local(at));
        if here == there {
            return None;
        }
        let clock = Clockface::new(zone.clone(), reader.hour_style, reader.language);
        let theirs = if here.date() == there.date() { clock.time(at) } else { clock.short(at, self.now) };
        Some((self.t.there)(&theirs, first_name(who), &clock.place()))
    }

    /// What with whom, how long and where, in one sentence.
    pub(super) fn about(&self, appointment: &Appointment) -> String {
        let what = self.inviter.what(appointment);
        (self.t.sentence)(&what, appointment.minutes.get(), &self.inviter.place(appointment), "")
    }

    /// The same, with what was agreed.
    pub(super) fn sentence(&self, appointment: &Appointment) -> String {
        let price = appointment.price.map(|price| self.amount(price));
        let agreed = self.agreed(appointment, &price.unwrap_or_default(), "");
        let what = self.inviter.what(appointment);
        (self.t.sentence)(&what, appointment.minutes.get(), &self.inviter.place(appointment), &agreed)
    }

    pub(super) fn series_sentence(&self, first: &Appointment, count: usize) -> String {
        let language = self.desk.material.reader.language;
        let sum = first.price.map(|price| money_times(price, count, language));
        let agreed = self.agreed(first, &sum.unwrap_or_default(), self.t.of_each);
        let what = (self.t.series_with)(count, self.inviter.other(first));
        (self.t.series_sentence)(&what, first.minutes.get(), &self.inviter.place(first), &agreed)
    }

    /// Price and terms as they were agreed (rule F3); nothing where nothing was said of money.
    fn agreed(&self, appointment: &Appointment, amount: &str, of_each: &str) -> String {
        match appointment.price {
            None => String::new(),
            Some(price) if price.is_zero() => self.t.free.to_owned(),
            Some(_) => {
                let terms = appointment.terms.map(|terms| format!("; {of_each}{}", self.kept(terms)));
                format!("{}{}", (self.t.costs)(amount), terms.unwrap_or_default())
            }
        }
    }

    pub(super) fn amount(&self, price: Money) -> String {
        money(price, self.desk.material.reader.language)
    }

    fn kept(&self, terms: Terms) -> String {
        let shares = [terms.kept.early, terms.kept.between, terms.kept.late].map(|share| share.get());
        if shares == [0, 0, 0] {
            return self.t.never_kept.to_owned();
        }
        (self.t.kept)(terms.bands.free_hours(), terms.bands.late_hours(), shares)
    }

    /// Who booked, if that goes without saying neither for the reader nor for the client.
    pub(super) fn by(&self, appointment: &Appointment) -> Option<&'a str> {
        let event = &self.desk.material.event;
        let by = event.by_id?;
        let client = appointment.client.as_ref().map(|client| client.id);
        let is_plain = Some(by) == self.desk.material.reader.to.person() || Some(by) == client;
        if is_plain { None } else { event.by.as_deref() }
    }

    /// That whoever booked wrote something, to everybody else; not what, for that is between the two and not for a mailbox.
    pub(super) fn what_was_written(&self, appointment: &Appointment) -> Option<Block> {
        let event = &self.desk.material.event;
        let client = appointment.client.as_ref().map(|client| client.id);
        let author = event.by_id.or(client);
        let is_own = author.is_some() && author == self.desk.material.reader.to.person();
        if !appointment.has_words || is_own {
            return None;
        }
        let client_name = appointment.client.as_ref().map(|client| client.name.as_str());
        let name = if author == client { client_name } else { event.by.as_deref() };
        name.map(|name| Block::says((self.t.has_words)(name)))
    }

    pub(super) fn paper(
        &self,
        subject: String,
        heading: String,
        under: String,
        mut blocks: Vec<Block>,
        first: &Appointment,
    ) -> Paper {
        if self.side == Side::Client {
            blocks.push(Block::note((self.t.reply)(&first.coach.name)));
        }
        self.desk.paper_because(subject, heading, under, blocks, self.t.why_booked.to_owned())
    }

    /// The letter: to a client in the coach's name, and the answer reaches the coach (rule M8).
    pub(super) fn draft(&self, paper: Paper, appointment: &Appointment) -> Draft {
        let coach = (self.side == Side::Client).then_some(&appointment.coach);
        Draft {
            paper,
            coach: coach.map(|coach| coach.name.clone()),
            reply_to: coach.map(|coach| (coach.name.clone(), coach.mail.clone())),
            ..Draft::default()
        }
    }

    /// What goes into the reader's calendar, or out of it.
    pub(super) fn file(&self, method: Method, events: &[Event]) -> CalendarFile {
        let reader = &self.desk.material.reader;
        let invited = Party { name: reader.name.clone(), mail: reader.mail.clone() };
        let file = Invitation {
            method,
            made_at: self.now,
            reader: (method != Method::Publish).then_some(&invited),
            events,
        };
        CalendarFile { method, text: file.write(), removes: None }
    }
}
