//! What letters about bookings say: when, on the reader's clock and on the other's (rule T2), and in one sentence what
//! with whom, how long, where and for how much; with the invitation for the reader's calendar, and for a client the link
//! that opens the booking (rule B2).

use ::calendar::Method;
use model::appointment;
use model::{Result, Tx, booking};
use rules::ids::SeriesId;
use rules::letters::Addressee;

use super::letters::{Desk, Draft};
use super::life;
use super::paper::Block;
use super::sheet::Sheet;
use crate::invites::Side;
use crate::words::first_name;

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
    let Some((session, place)) = life::about(desk) else { return Ok(None) };
    let Some(reader) = desk.material.reader.to.person() else { return Ok(None) };
    let found = appointment::told(tx, session, reader, place, None)?;
    let sheet = Sheet::new(desk, side, tx.now());
    let is_on = found.filter(|told| told.is_on && told.starts_at.is_some()).map(|told| told.appointment);
    let Some(appointment) = is_on.filter(|one| sheet.concerns(one)) else { return Ok(None) };
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
    let void_at = Some(appointment.starts_at);
    let paper = sheet.paper(subject, heading, under, blocks, &appointment);
    let file = sheet.file(Method::Request, &events);
    Ok(Some(Draft { calendar: Some(file), void_at, ..sheet.draft(paper, &appointment) }))
}

/// Several sessions are booked, in one letter with one calendar file (rule B6). Speaks of those that are still to come.
///
/// The file is published and asks for nothing. RFC 5546 lets a REQUEST have several events only if they share one UID
/// (section 3.2.2), for they are then one meeting and its exceptions: some programs refuse another one, others read only
/// its first event. Several meetings in one file are a PUBLISH (section 3.2.1), which Google, Outlook and Apple take in
/// whole. Nothing is lost by it: nobody is asked for an answer anyway, and what becomes of one of them later comes as a
/// REQUEST or CANCEL of its own, under the same UID.
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
    let file = sheet.file(Method::Publish, &events);
    Ok(Some(Draft { calendar: Some(file), void_at: Some(first.starts_at), ..sheet.draft(paper, first) }))
}
