//! What letters about bookings say: when, on the reader's clock and on the other's (rule T2), and in one sentence what
//! with whom, how long, where and for how much; with the invitation for the reader's calendar, and for a client the link
//! that opens the booking (rule B2).

use ::calendar::{Event, Invitation, Method, Party};
use model::appointment::{self, Appointment};
use model::{Result, Tx, booking, manage};
use rules::ids::{SeriesId, SessionId};
use rules::letters::Addressee;
use rules::money::Money;
use rules::terms::Terms;
use rules::time::Instant;

use super::letters::{Desk, Draft};
use super::message::CalendarFile;
use super::paper::{Block, Paper};
use crate::invites::{Inviter, Side};
use crate::texts::appointments::{Appointments, Booked, appointments};
use crate::words::{Clockface, first_name, money, money_times};

/// The link whose button books a time that is held (rule B7); none once it is no longer held.
pub(super) fn link(tx: &mut Tx, desk: &Desk<'_>) -> Result<Option<Draft>> {
    let Addressee::Holder(session) = desk.material.reader.to else { return Ok(None) };
    let Some(appointment) = appointment::find(tx, session)? else { return Ok(None) };
    let Some((token, until)) = booking::mint_link(tx, session)? else { return Ok(None) };
    let sheet = Sheet::new(desk, Side::Client, tx.now());
    let words = &sheet.t.booking_link;
    let coach = &appointment.coach.name;
    let blocks = vec![
        Block::says(format!("{} {}", words.asks, sheet.sentence(&appointment))),
        Block::says(words.says),
        Block::button(words.button, format!("{}/bookings/{}", desk.house.home, token.reveal())),
        Block::says((words.until)(&desk.moment(until))),
        Block::says((words.then)(coach)),
        Block::note(words.not_asked),
    ];
    let subject = (sheet.t.link_subject)(&sheet.what(&appointment), &sheet.when(&appointment));
    let why = sheet.t.why_asked.to_owned();
    Ok(Some(Draft {
        paper: desk.paper_because(
            subject,
            sheet.heading(&appointment),
            sheet.under(&appointment),
            blocks,
            why,
        ),
        // No address of a coach's goes to somebody who has not shown yet that theirs is their own.
        coach: Some(coach.clone()),
        void_at: Some(until),
        ..Draft::default()
    }))
}

/// A session is booked: to its client or to its coach (rule B2). None once it has begun or was called off, or to whom it
/// is no business any more (rule T4).
pub(super) fn booked(tx: &mut Tx, desk: &Desk<'_>, side: Side) -> Result<Option<Draft>> {
    let subject = &desk.material.event.subject;
    if subject.kind != SessionId::PREFIX {
        return Ok(None);
    }
    let found = appointment::find(tx, SessionId::from_raw(subject.id))?;
    let sheet = Sheet::new(desk, side, tx.now());
    let Some(appointment) = found.filter(|one| sheet.concerns(one)) else { return Ok(None) };
    let words = sheet.words();
    let page = sheet.page(tx, &appointment)?;
    let mut blocks = vec![Block::says(format!("{} {}", words.says, sheet.sentence(&appointment)))];
    blocks.extend(sheet.by(&appointment).map(|who| Block::says((sheet.t.booked_by)(who))));
    blocks.extend(sheet.what_was_written(&appointment));
    blocks.push(Block::button(words.button, &*page));
    if !words.button_note.is_empty() {
        blocks.push(Block::note(words.button_note));
    }
    let links = sheet.inviter.add_links(&appointment);
    blocks.push(Block::says(sheet.t.attached));
    blocks.push(Block::Links(vec![
        (sheet.t.google.to_owned(), links.google),
        (sheet.t.outlook.to_owned(), links.outlook),
        (sheet.t.office.to_owned(), links.office),
    ]));
    let subject = (sheet.t.subject)(&sheet.what(&appointment), &sheet.when(&appointment));
    let events = vec![sheet.inviter.event(&appointment, &page)];
    let (heading, under) = (sheet.heading(&appointment), sheet.under(&appointment));
    let paper = sheet.paper(subject, heading, under, blocks, &appointment);
    Ok(Some(sheet.draft(paper, &appointment, &events)))
}

/// Several sessions are booked, in one letter with one calendar file (rule B6). Speaks of those that are still to come.
pub(super) fn series(tx: &mut Tx, desk: &Desk<'_>, side: Side) -> Result<Option<Draft>> {
    let subject = &desk.material.event.subject;
    if subject.kind != SeriesId::PREFIX {
        return Ok(None);
    }
    let mut all = appointment::of_series(tx, SeriesId::from_raw(subject.id))?;
    let sheet = Sheet::new(desk, side, tx.now());
    all.retain(|one| sheet.concerns(one));
    let Some(first) = all.first() else { return Ok(None) };
    let words = sheet.words();
    let (mut dates, mut events) = (Vec::with_capacity(all.len()), Vec::with_capacity(all.len()));
    for one in &all {
        let page = sheet.page(tx, one)?;
        events.push(sheet.inviter.event(one, &page));
        dates.push((sheet.date(one), page));
    }
    let sentence = sheet.series_sentence(first, all.len());
    let mut blocks = vec![Block::says(format!("{} {sentence}", words.says)), Block::Links(dates)];
    if !words.button_note.is_empty() {
        blocks.push(Block::note(words.button_note));
    }
    blocks.extend(sheet.by(first).map(|who| Block::says((sheet.t.series_by)(who))));
    blocks.extend(sheet.what_was_written(first));
    blocks.push(Block::says(sheet.t.series_attached));
    let what = (sheet.t.series_with)(all.len(), first_name(sheet.inviter.other(first)));
    let subject = (sheet.t.series_subject)(&what, &sheet.when(first));
    let heading = (sheet.t.series_with)(all.len(), sheet.inviter.other(first));
    let under = (sheet.t.times_in)(&desk.clock.place());
    let paper = sheet.paper(subject, heading, under, blocks, first);
    Ok(Some(sheet.draft(paper, first, &events)))
}

/// A desk with a booking on it.
struct Sheet<'a> {
    desk: &'a Desk<'a>,
    side: Side,
    now: Instant,
    t: &'static Appointments,
    inviter: Inviter<'a>,
}

impl<'a> Sheet<'a> {
    fn new(desk: &'a Desk<'a>, side: Side, now: Instant) -> Sheet<'a> {
        let language = desk.material.reader.language;
        let inviter = Inviter::new(side, language, desk.house.home, desk.house.mail);
        Sheet { desk, side, now, t: appointments(language), inviter }
    }

    fn words(&self) -> &'static Booked {
        let is_series = self.desk.material.event.subject.kind == SeriesId::PREFIX;
        match (self.side, is_series) {
            (Side::Client, false) => &self.t.booked,
            (Side::Client, true) => &self.t.series,
            (Side::Coach, false) => &self.t.booked_for_coach,
            (Side::Coach, true) => &self.t.series_for_coach,
        }
    }

    /// Whether this is still to come, and the reader still one of its two.
    fn concerns(&self, appointment: &Appointment) -> bool {
        let reader = &self.desk.material.reader;
        let one = match self.side {
            Side::Client => appointment.client.as_ref().map(|client| client.id),
            Side::Coach => Some(appointment.coach.id),
        };
        let is_theirs = one.is_some() && one == reader.to.person();
        is_theirs && !reader.is_closed && !appointment.is_cancelled && appointment.starts_at > self.now
    }

    /// Where the reader sees it: a client by a link of their own, a coach signed in.
    fn page(&self, tx: &mut Tx, appointment: &Appointment) -> Result<String> {
        match (self.side, &appointment.client) {
            (Side::Client, Some(client)) => {
                let token = manage::make(tx, appointment.session, client.id)?;
                Ok(format!("{}/manage/{}", self.desk.house.home, token.reveal()))
            }
            _ => Ok(self.inviter.page(appointment)),
        }
    }

    /// "Intro call with Ada".
    fn what(&self, appointment: &Appointment) -> String {
        (self.t.with)(&self.inviter.name(appointment), first_name(self.inviter.other(appointment)))
    }

    /// "Thu 26 Nov, 10:15".
    fn when(&self, appointment: &Appointment) -> String {
        self.desk.clock.short(appointment.starts_at, self.now)
    }

    /// "Thursday 26 November 2026, 10:15 to 10:30", on the reader's clock.
    fn heading(&self, appointment: &Appointment) -> String {
        let clock = &self.desk.clock;
        let (from, to) = (appointment.starts_at, appointment.ends_at());
        (self.t.from_to)(&clock.date(from), &clock.time(from), &clock.time(to))
    }

    /// "Time in Lisbon, 11:15 for Ada in Stockholm".
    fn under(&self, appointment: &Appointment) -> String {
        let here = (self.t.time_in)(&self.desk.clock.place());
        match self.there(appointment) {
            Some(there) => format!("{here}, {there}"),
            None => here,
        }
    }

    /// "Thursday 26 November 2026, 10:15 (11:15 for Ada in Stockholm)".
    fn date(&self, appointment: &Appointment) -> String {
        let here = self.desk.clock.long(appointment.starts_at);
        match self.there(appointment) {
            Some(there) => format!("{here} ({there})"),
            None => here,
        }
    }

    /// What the other's clock says at the start, unless it says the same.
    fn there(&self, appointment: &Appointment) -> Option<String> {
        let reader = &self.desk.material.reader;
        let at = appointment.starts_at;
        let zone = match self.side {
            Side::Client => &appointment.coach.zone,
            Side::Coach => &appointment.client.as_ref()?.zone,
        };
        let (here, there) = (at.to_zoned(reader.zone.tz()), at.to_zoned(zone.tz()));
        if here.datetime() == there.datetime() {
            return None;
        }
        let clock = Clockface::new(zone.clone(), reader.hour_style, reader.language);
        let theirs = if here.date() == there.date() { clock.time(at) } else { clock.short(at, self.now) };
        Some((self.t.there)(&theirs, first_name(self.inviter.other(appointment)), &clock.place()))
    }

    fn sentence(&self, appointment: &Appointment) -> String {
        let price = appointment.price.map(|price| self.amount(price));
        let agreed = self.agreed(appointment, &price.unwrap_or_default(), "");
        let what = self.inviter.what(appointment);
        (self.t.sentence)(&what, appointment.minutes.get(), &self.inviter.place(appointment), &agreed)
    }

    fn series_sentence(&self, first: &Appointment, count: usize) -> String {
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

    fn amount(&self, price: Money) -> String {
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
    fn by(&self, appointment: &Appointment) -> Option<&'a str> {
        let event = &self.desk.material.event;
        let by = event.by_id?;
        let client = appointment.client.as_ref().map(|client| client.id);
        let is_plain = Some(by) == self.desk.material.reader.to.person() || Some(by) == client;
        if is_plain { None } else { event.by.as_deref() }
    }

    /// That a client wrote something; not what, for that is between the two and not for a mailbox.
    fn what_was_written(&self, appointment: &Appointment) -> Option<Block> {
        let is_told = self.side == Side::Coach && appointment.has_words;
        is_told.then(|| Block::says((self.t.has_words)(self.inviter.other(appointment))))
    }

    fn paper(
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

    /// The letter with its calendar file. It holds for as long as the first session has not begun.
    fn draft(&self, paper: Paper, first: &Appointment, events: &[Event]) -> Draft {
        let reader = &self.desk.material.reader;
        let coach = (self.side == Side::Client).then_some(&first.coach);
        let invited = Party { name: reader.name.clone(), mail: reader.mail.clone() };
        let method = Method::Request;
        let file = Invitation { method, made_at: self.now, reader: Some(&invited), events };
        Draft {
            paper,
            coach: coach.map(|coach| coach.name.clone()),
            reply_to: coach.map(|coach| (coach.name.clone(), coach.mail.clone())),
            calendar: Some(CalendarFile { method, text: file.write() }),
            void_at: Some(first.starts_at),
        }
    }
}
