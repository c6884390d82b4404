//! What letters about another coach say (rule G6): to a client what stays and what needs another time, to the coach of
//! before what is theirs no longer, to the new one whom they coach. One letter for the whole act, with what it changes in
//! the reader's calendar: the same identities, put there or taken out.

use std::collections::BTreeSet;

use ::calendar::{Event, Method};
use model::appointment;
use model::program::handover::{self, Reads, Told, ToldSession};
use model::{Result, Tx};
use rules::letters::Letter;

use super::letters::{Desk, Draft};
use super::message::CalendarFile;
use super::paper::Block;
use super::sheet::Sheet;
use crate::invites::Side;
use crate::texts::Handover;

/// Writes it. None if it concerns nobody any more.
///
/// # Errors
/// Only those of the store.
pub(super) fn write(tx: &mut Tx, desk: &Desk<'_>) -> Result<Option<Draft>> {
    let reader = &desk.material.reader;
    let Some(me) = reader.to.person().filter(|_| !reader.is_closed) else { return Ok(None) };
    let (reads, side) = match desk.material.letter {
        Letter::CoachChanged => (Reads::AsClient(me), Side::Client),
        Letter::ClientsGiven => (Reads::AsOld(me), Side::Coach),
        _ => (Reads::AsNew, Side::Coach),
    };
    let Some(told) = handover::told(tx, &desk.material.event.facts, reads)? else { return Ok(None) };
    let page = Page { sheet: Sheet::new(desk, side, tx.now()), words: &desk.texts.handover, told };
    match reads {
        Reads::AsClient(_) => page.to_client(tx).map(Some),
        Reads::AsOld(_) => page.to_old(tx).map(Some),
        Reads::AsNew => page.to_new(tx).map(Some),
    }
}

struct Page<'a> {
    sheet: Sheet<'a>,
    words: &'static Handover,
    told: Told,
}

/// A session of it, in words and as a calendar's entry.
struct Line {
    what: String,
    when: String,
    page: String,
    event: Event,
}

impl Page<'_> {
    fn to_client(&self, tx: &mut Tx) -> Result<Draft> {
        let words = self.words;
        let stay = self.lines(tx, |one| one.stays)?;
        let fall = self.lines(tx, |one| !one.stays)?;
        let says = (words.letter_says)(self.sheet.desk.by());
        let mut blocks = vec![Block::says(if self.told.once { words.once_note.to_owned() } else { says })];
        blocks.extend(self.by_file());
        if !stay.is_empty() {
            blocks.push(Block::says(words.letter_stays));
            blocks.push(facts(&stay));
        }
        if !fall.is_empty() {
            blocks.push(Block::says(words.letter_falls));
            blocks.push(facts(&fall));
            let booking = |line: &Line| ((words.needs_time)(&line.what), format!("{}/booking", line.page));
            blocks.push(Block::Links(fall.iter().map(booking).collect()));
        }
        if stay.is_empty() && fall.is_empty() {
            blocks.push(Block::says(words.letter_none));
        }
        if self.sessions().any(|one| one.asked.is_some()) {
            blocks.push(Block::says(words.request_closes));
        }
        blocks.push(Block::button(words.letter_button, format!("{}/sessions", self.sheet.desk.house.home)));
        let calendar = self.files(&mut blocks, &stay, &fall);
        let coach = &self.told.to;
        let (subject, heading) = if self.told.once {
            ((words.once_subject)(coach), (words.once_heading)(coach))
        } else {
            ((words.letter_subject)(coach), (words.letter_heading)(coach))
        };
        let draft = self.draft(subject, heading, blocks, calendar);
        let reply_to = Some((coach.clone(), self.told.to_mail.clone()));
        Ok(Draft { coach: Some(coach.clone()), reply_to, ..draft })
    }

    fn to_old(&self, tx: &mut Tx) -> Result<Draft> {
        let words = self.words;
        let gone = self.lines(tx, |_| true)?;
        let names: Vec<String> = self.told.clients.iter().map(|(name, _)| name.clone()).collect();
        let (by, to) = (self.sheet.desk.by(), &self.told.to);
        let says = if self.told.once { (words.once_old)(by, to) } else { (words.old_says)(by, to) };
        let mut blocks = vec![Block::says(says), Block::says(names.join(", "))];
        blocks.extend(self.by_file());
        if gone.is_empty() {
            blocks.push(Block::says(words.letter_none));
        } else {
            blocks.extend((!self.told.once).then(|| Block::says(words.old_stays)));
            blocks.push(facts(&gone));
        }
        let calendar = self.files(&mut blocks, &[], &gone);
        let subject =
            if self.told.once { (words.once_subject)(to) } else { (words.old_subject)(names.len()) };
        Ok(self.draft(subject, words.old_heading.to_owned(), blocks, calendar))
    }

    fn to_new(&self, tx: &mut Tx) -> Result<Draft> {
        let words = self.words;
        let stay = self.lines(tx, |one| one.stays)?;
        let names: Vec<String> = self.told.clients.iter().map(|(name, _)| name.clone()).collect();
        let (by, all) = (self.sheet.desk.by(), names.join(", "));
        let says = if self.told.once { (words.once_new)(by, &all) } else { (words.new_says)(by, &all) };
        let mut blocks = vec![Block::says(says)];
        blocks.extend(self.by_file());
        if stay.is_empty() {
            blocks.push(Block::says(words.letter_none));
        } else {
            blocks.extend((!self.told.once).then(|| Block::says(words.letter_stays)));
            blocks.push(facts(&stay));
        }
        let page = format!("{}/sessions", self.sheet.desk.house.home);
        blocks.push(Block::button(words.letter_button, page));
        let calendar = self.files(&mut blocks, &stay, &[]);
        let (subject, heading) = if self.told.once {
            ((words.once_new_subject)(&all), words.once_new_heading)
        } else {
            ((words.new_subject)(names.len()), words.new_heading)
        };
        Ok(self.draft(subject, heading.to_owned(), blocks, calendar))
    }

    /// That a file did it, if one did.
    fn by_file(&self) -> Option<Block> {
        let desk = self.sheet.desk;
        desk.material.event.by_file.then(|| Block::says(desk.texts.enrolment.by_file))
    }

    fn sessions(&self) -> impl Iterator<Item = &ToldSession> {
        self.told.clients.iter().flat_map(|(_, sessions)| sessions)
    }

    fn lines(&self, tx: &mut Tx, which: impl Fn(&ToldSession) -> bool) -> Result<Vec<Line>> {
        let me = self.sheet.desk.material.reader.to.person();
        let mut lines = Vec::new();
        let mut seen = BTreeSet::new();
        // A group is one session of several clients.
        for one in self.sessions().filter(|one| which(one) && seen.insert(one.session)) {
            let Some(me) = me else { continue };
            let Some(told) = appointment::told(tx, one.session, me, None, Some(one.starts_at))? else {
                continue;
            };
            let appointment = told.appointment;
            let page = self.sheet.inviter.page(&appointment);
            lines.push(Line {
                what: self.sheet.inviter.what(&appointment),
                when: self.sheet.date(&appointment),
                event: self.sheet.inviter.event(&appointment, &page),
                page,
            });
        }
        Ok(lines)
    }

    /// What changes in the reader's calendar: what stays is put there anew, what is theirs no longer is taken out.
    fn files(&self, blocks: &mut Vec<Block>, put: &[Line], out: &[Line]) -> Option<CalendarFile> {
        let events = |lines: &[Line]| lines.iter().map(|line| line.event.clone()).collect::<Vec<Event>>();
        let (put, out) = (events(put), events(out));
        let file = match (put.as_slice(), out.as_slice()) {
            ([], []) => return None,
            ([], out) => self.sheet.file(Method::Cancel, out),
            (put, []) => self.sheet.file(Method::Request, put),
            (put, out) => {
                let removes = Some(self.sheet.file(Method::Cancel, out).text);
                CalendarFile { removes, ..self.sheet.file(Method::Request, put) }
            }
        };
        blocks.push(Block::note(self.words.files));
        Some(file)
    }

    fn draft(
        &self,
        subject: String,
        heading: String,
        blocks: Vec<Block>,
        calendar: Option<CalendarFile>,
    ) -> Draft {
        let why = self.words.letter_why.to_owned();
        let paper = self.sheet.desk.paper_because(subject, heading, String::new(), blocks, why);
        Draft { paper, calendar, ..Draft::default() }
    }
}

fn facts(lines: &[Line]) -> Block {
    Block::Facts(lines.iter().map(|line| (line.what.clone(), line.when.clone())).collect())
}
