//! Booking what is planned: a step of a journey for its client, its coach, a lead or an admin, and a pod's date for whoever
//! leads it (rules B3, G1, P9, S5, S9). What would happen is said before, and only what can be booked is offered.

use axum::extract::{Path, Query, State};
use axum::response::Response;
use jiff::SignedDuration;
use model::session::{self, BookOutlook, PlannedWish, SessionView};
use model::{Tx, idempotency};
use rules::letters::Turn;
use rules::meeting::Side;
use rules::person::Language;
use rules::refusal::{Problem, Refusal};
use rules::time::{Instant, Quantum, Span};

use super::times::{Asked, INSTEAD, ahead, moment, zone_of};
use super::visit::{Visit, is_told_on_the_page};
use crate::app::{App, Reading};
use crate::error::Failure;
use crate::forms::{Checks, Form, lead_back, lead_to, led};
use crate::meeting;
use crate::pages::booking_for::days;
use crate::pages::coaches::picker::agreement_view;
use crate::pages::{Answer, page, page_refused};
use crate::shell::FormErrors;
use crate::views::session::Sentence;
use crate::views::steps::BookStepPage;
use crate::visitor::Visitor;

/// What was ticked, and what came of it.
#[derive(Default)]
struct Sent {
    agrees: bool,
    conflict: String,
    overlap: bool,
    /// A time that cannot be had.
    lost: Option<Instant>,
    errors: FormErrors,
}

/// What the page is made of.
struct Looked {
    seen: SessionView,
    outlook: BookOutlook,
    slots: Vec<Instant>,
    /// The time that is thought of cannot be had.
    is_lost: bool,
}

impl Looked {
    fn read(
        tx: &mut Tx,
        visit: &Visit,
        language: Language,
        from: Instant,
        chosen: Option<Instant>,
        lost: Option<Instant>,
    ) -> model::Result<Looked> {
        let (by, id) = (&visit.by, visit.session);
        let seen = visit.view(tx)?;
        let outlook = session::book_outlook(tx, by, id, language)?;
        let near = |tx: &mut Tx, at| session::alternatives_to_book(tx, by, id, at, INSTEAD);
        // A link may speak of a time that has gone since.
        let is_lost = match chosen {
            Some(at) => !session::slots_to_book(
                tx,
                by,
                id,
                Span::of(at, SignedDuration::from_millis(Quantum::MILLIS)),
            )?
            .contains(&at),
            None => false,
        };
        let slots = match lost.or(chosen.filter(|_| is_lost)) {
            Some(at) => near(tx, at)?,
            None => session::slots_to_book(tx, by, id, ahead(from))?,
        };
        Ok(Looked { seen, outlook, slots, is_lost })
    }
}

/// `GET /sessions/{session}/booking`
pub async fn show(
    State(app): State<Reading>,
    visitor: Visitor,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Answer {
    let visit = Visit::signed_in(&visitor, &id)?;
    page(&fill(&app, &visitor, &visit, &asked, Sent::default()).await?)
}

async fn fill(
    app: &Reading,
    visitor: &Visitor,
    visit: &Visit,
    asked: &Asked,
    sent: Sent,
) -> Result<BookStepPage, Failure> {
    let (face, now, t) = (&visit.clockface, app.now(), visitor.texts());
    let b = &t.steps;
    let (chosen, from, begin) = (asked.chosen(), asked.first_day(), asked.begin(face, now));
    let (reader, lost, language) = (visit.clone(), sent.lost, visitor.language);
    let looked = app.read(move |tx| Looked::read(tx, &reader, language, begin, chosen, lost)).await?;
    let Looked { seen, outlook, slots, is_lost } = looked;
    let picked = chosen.filter(|_| !is_lost);
    let theirs = face.in_zone(&zone_of(&seen, outlook.side, face));
    let (days, next) = days(&slots, face, &theirs, now, picked, t);
    let instead = (lost.is_some() || is_lost) && !days.is_empty();
    let refused = outlook.possible.as_ref().err();
    let is_coach = seen.coaches.iter().any(|coach| coach.person == visit.me.id);
    Ok(BookStepPage {
        shell: visit.shell(app, visitor, b.title),
        heading: (b.heading)(&meeting::name(&seen.topic, t)),
        about: about(visit, &seen, &outlook, now, t),
        base: visit.base.clone(),
        session: super::name(&seen, visit, t),
        refused: refused.map(|refusal| visit.say(t, refusal)).unwrap_or_default(),
        // Who accepts for themselves is asked to book for themselves.
        help: match (refused, outlook.asks) {
            (Some(Refusal::AgreementTheirs), Some(participant)) => {
                Some((t.board.remind_one, format!("/participants/{participant}/reminder")))
            }
            _ => None,
        },
        conflict: match chosen.filter(|_| is_lost && refused.is_none() && sent.conflict.is_empty()) {
            Some(start) => visit.say(t, &Refusal::Taken { start }),
            None => sent.conflict,
        },
        place: face.place(),
        days,
        from: from.map(|date| date.to_string()).unwrap_or_default(),
        instead,
        later: next.filter(|_| !instead).map(|date| format!("{}/booking?from={date}", visit.base)),
        hours: is_coach.then(|| "/practice/hours".to_owned()),
        chosen: picked.map(|at| moment(visit, at, now)),
        lines: lines(visit, &seen, &outlook, t),
        agreement: outlook.agreement.as_ref().map(|agreement| agreement_view(agreement, sent.agrees)),
        overlap: sent.overlap,
        button: if outlook.brings_back { b.submit_bring_back } else { b.submit },
        errors: sent.errors,
    })
}

/// How long it is, with whom, and when it is best.
fn about(
    visit: &Visit,
    seen: &SessionView,
    outlook: &BookOutlook,
    now: Instant,
    t: &crate::texts::Texts,
) -> Vec<Sentence> {
    let b = &t.steps;
    let whom = super::whom_of(seen, visit.me.id, t);
    let length = (b.length)(seen.session.facts.minutes.get());
    let mut lines = vec![Sentence::new("people", format!("{whom}. {length}"))];
    lines.extend(outlook.suggested.map(|weeks| {
        let day = |date| visit.clockface.short_day(date, now);
        Sentence::new("calendar", (b.best)(&day(weeks.first), &day(weeks.last)))
    }));
    lines
}

/// What would happen, and who hears of it (rules S5, S10).
fn lines(visit: &Visit, seen: &SessionView, outlook: &BookOutlook, t: &crate::texts::Texts) -> Vec<Sentence> {
    let b = &t.steps;
    let mut lines = Vec::new();
    if outlook.brings_back {
        lines.push(Sentence::new("warn", b.brings_back));
    }
    if outlook.clients.len() > 1 && outlook.side != Side::Client {
        lines.push(Sentence::new("people", b.for_all));
    }
    let told = visit.told(t, seen, Turn::Booked, outlook.clients.clone());
    lines.extend(told.in_words(b.mails));
    lines
}

/// `POST /sessions/{session}/booking`
pub async fn create(State(app): State<App>, visitor: Visitor, Path(id): Path<String>, form: Form) -> Answer {
    let visit = Visit::signed_in(&visitor, &id)?;
    let fields = &form.fields;
    let again = |at: &str| Asked { from: fields.get("from").to_owned(), at: at.to_owned() };
    let agrees = fields.get("agree") == "1";
    let other = fields.get("other");
    if !other.is_empty() {
        let sent = Sent { agrees, ..Sent::default() };
        return page(&fill(&app.reading(), &visitor, &visit, &again(other), sent).await?);
    }
    let failure = match book(&app, &visit, &form, agrees).await {
        Ok(response) => return Ok(response),
        Err(failure) => failure,
    };
    let Failure::Refused(refusal) = failure else { return Err(failure) };
    if !is_told_on_the_page(&refusal) {
        return Err(refusal.into());
    }
    let (t, at) = (visitor.texts(), fields.get("starts_at"));
    let is_lost = refusal.is_about_the_time();
    let says_itself = matches!(refusal, Refusal::Invalid { .. } | Refusal::AgreementNeeded);
    let sent = Sent {
        agrees,
        conflict: if says_itself { String::new() } else { visit.say(t, &refusal) },
        overlap: matches!(refusal, Refusal::Overlap { .. }),
        lost: at.parse().ok().filter(|_| is_lost),
        errors: match &refusal {
            Refusal::AgreementNeeded => FormErrors::from_iter([("agree", visit.say(t, &refusal))]),
            refusal => FormErrors::of_refusal(refusal, t),
        },
    };
    let asked = again(if is_lost { "" } else { at });
    page_refused(&refusal, &fill(&app.reading(), &visitor, &visit, &asked, sent).await?)
}

async fn book(app: &App, visit: &Visit, form: &Form, agrees: bool) -> Result<Response, Failure> {
    let fields = &form.fields;
    let start = match fields.get("starts_at") {
        "" => Err(Problem::Missing),
        typed => typed.parse::<Instant>().map_err(|_| Problem::NotAnInstant),
    };
    let mut checks = Checks::default();
    let start = checks.take("starts_at", start);
    let reader = visit.clone();
    // Who does not see it is told nothing else (rule P4).
    app.read(move |tx| reader.view(tx).map(drop)).await?;
    checks.done()?;
    let Some(starts_at) = start else {
        return Err(Failure::wrong("a time is missing although nothing was noted"));
    };
    let wish = PlannedWish {
        starts_at,
        accepts: fields.get("agreement").parse().ok().filter(|_| agrees),
        overlap_known: fields.get("overlap_known") == "1",
    };
    let (key, back, visit) = (form.key.clone(), form.back(), visit.clone());
    let answer = app
        .write(move |tx| {
            idempotency::once(tx, key.as_ref(), |tx| {
                session::book_planned(tx, &visit.by, visit.session, &wish)?;
                Ok(lead_back(lead_to(&visit.base, "step_booked"), back.as_deref()))
            })
        })
        .await?;
    Ok(led(app, &answer))
}
