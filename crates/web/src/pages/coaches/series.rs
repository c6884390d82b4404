//! A series with one coach (rule B6): every date is listed as free, or as taken with others near it, before anything is
//! booked; what is then chosen is booked whole or not at all.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use model::agreement::{self, Agreement};
use model::booking::{self, Planned};
use model::coach::{self, Profile};
use model::offering::{self, Offering};
use model::{Tx, idempotency};
use rules::ids::OfferingId;
use rules::refusal::{Problem, Refusal};
use rules::series::{Count, Every};
use rules::session::SessionKind;
use rules::terms::{AgreementKind, Conditions};
use rules::time::Instant;
use serde::Deserialize;

use super::bookings::{SHOWN, back, changed, shown, wish};
use super::picker::{Asked, Clock, Typed, agreement_view, questions, rule_words, there};
use super::{face_of, frame, lead_back};
use crate::app::{App, Reading};
use crate::error::Failure;
use crate::forms::{Checks, Fields, Form, lead_to, led};
use crate::pages::{Answer, page, page_again, page_refused};
use crate::shell::{Choice, Dress, FormErrors, Place};
use crate::views::coaches::{SeriesDate, SeriesPage};
use crate::visitor::Visitor;
use crate::words::{money, money_times};

/// What the address says.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Rhythm {
    #[serde(default)]
    offering: String,
    #[serde(default)]
    at: String,
    #[serde(default)]
    every: String,
    #[serde(default)]
    count: String,
    #[serde(default)]
    zone: String,
}

impl Rhythm {
    fn of(fields: &Fields) -> Rhythm {
        let get = |name| fields.get(name).to_owned();
        Rhythm {
            offering: get("offering"),
            at: get("at"),
            every: get("every"),
            count: get("count"),
            zone: get("zone"),
        }
    }

    fn wanted(&self) -> Option<(OfferingId, Instant, Every, Count)> {
        let every = Every::from_weeks(self.every.parse().ok()?)?;
        let count = Count::new(self.count.parse().ok()?)?;
        Some((self.offering.parse().ok()?, self.at.parse().ok()?, every, count))
    }
}

/// The inputs that the dates stand in.
const DATES: [&str; Count::MOST as usize] = [
    "date-1", "date-2", "date-3", "date-4", "date-5", "date-6", "date-7", "date-8", "date-9", "date-10",
    "date-11", "date-12",
];

struct Seen {
    profile: Profile,
    offering: Offering,
    conditions: Conditions,
    agreement: Option<Agreement>,
    dates: Vec<Planned>,
}

fn read(
    tx: &mut Tx,
    visitor: &Visitor,
    slug: &str,
    (id, first, every, count): (OfferingId, Instant, Every, Count),
) -> model::Result<Seen> {
    let profile = coach::by_slug(tx, slug)?;
    let offering = offering::get(tx, id)?;
    if offering.coach != profile.person || offering.kind == SessionKind::Intro {
        return Err(Refusal::NotFound.into());
    }
    let person = visitor.person()?.id;
    let agreement = if offering.is_paid() {
        agreement::needs(tx, person, AgreementKind::Coaching, visitor.language)?
    } else {
        None
    };
    let dates = booking::plan_series(tx, id, first, every, count)?;
    Ok(Seen { conditions: booking::conditions(tx, &offering)?, profile, offering, agreement, dates })
}

/// `GET /coaches/{slug}/series`
pub async fn show(
    State(app): State<Reading>,
    visitor: Visitor,
    Path(slug): Path<String>,
    Query(rhythm): Query<Rhythm>,
) -> Answer {
    let Some(wanted) = rhythm.wanted() else {
        return lead_back(State(app), Path(slug)).await;
    };
    let who = visitor.clone();
    let seen = app.read(move |tx| read(tx, &who, &slug, wanted)).await?;
    page(&fill(&app, &visitor, &rhythm, &seen, &Fields::default(), FormErrors::NONE, None))
}

/// `POST /coaches/{slug}/series/dates`: the same, with all that was typed on the coach's page. It stands in no address,
/// for some of it is between the two; nothing is changed by it.
pub async fn dates(State(app): State<App>, visitor: Visitor, Path(slug): Path<String>, form: Form) -> Answer {
    let (app, rhythm) = (app.reading(), Rhythm::of(&form.fields));
    let Some(wanted) = rhythm.wanted() else {
        return lead_back(State(app), Path(slug)).await;
    };
    let who = visitor.clone();
    let seen = app.read(move |tx| read(tx, &who, &slug, wanted)).await?;
    page(&fill(&app, &visitor, &rhythm, &seen, &form.fields, FormErrors::NONE, None))
}

fn fill(
    app: &Reading,
    visitor: &Visitor,
    rhythm: &Rhythm,
    seen: &Seen,
    fields: &Fields,
    errors: FormErrors,
    refusal: Option<&Refusal>,
) -> SeriesPage {
    let t = visitor.texts();
    let (clock, now) = (Clock::of(visitor, &rhythm.zone), app.now());
    let typed = Typed::of(fields);
    let dates: Vec<SeriesDate> = seen
        .dates
        .iter()
        .zip(DATES)
        .map(|(planned, field)| date(visitor, &clock, now, planned, field, fields.all(field).next()))
        .collect();
    let free = dates.iter().filter(|date| date.free).count();
    let bookable = dates.iter().filter(|date| date.choices.len() > 1).count();
    // What was shown stays what was shown until a change of it has been said.
    let is_told = matches!(refusal, Some(Refusal::TermsChanged { .. }));
    let shown_now = typed.shown.filter(|_| !is_told).unwrap_or(seen.conditions).to_string();
    let hidden = [
        ("offering", &rhythm.offering),
        ("at", &rhythm.at),
        ("every", &rhythm.every),
        ("count", &rhythm.count),
        ("zone", &rhythm.zone),
        (SHOWN, &shown_now),
    ];
    let (profile, offering) = (&seen.profile, &seen.offering);
    let first = seen.dates.first().map_or(now, |planned| planned.starts_at);
    let (b, here) = (&t.booking, clock.face.place());
    let from = format!("{} {} {here}", clock.face.long(first), b.in_zone);
    let from = format!("{from}{}", there(t, &clock, &profile.zone, first));
    let every = if rhythm.every == "1" { b.series_weekly } else { b.series_two_weekly };
    let minutes = (t.coaches.minutes)(offering.policy.minutes.get());
    let place = super::picker::place_words(t, offering.place.kind);
    let open = bookable - free;
    let times = |count| money_times(offering.price, count, visitor.language);
    SeriesPage {
        shell: frame(visitor, app, t.booking.series_title, Place::Coaches, Dress::Public, Some(&clock.face)),
        coach: face_of(profile),
        line: (b.series_line)(&offering.name, &minutes, &(b.series_from)(every, &from), place),
        summary: (b.series_summary)(free, open, dates.len()),
        total: match (offering.is_paid(), free, open) {
            (false, ..) | (_, 0, 0) => String::new(),
            (_, free, 0) => (b.series_total)(free, &times(free)),
            (_, free, _) => {
                (b.series_total_free)(&money(offering.price, visitor.language), free, &times(free))
            }
        },
        action: format!("/coaches/{}/series", profile.slug),
        hidden: hidden.into_iter().map(|(name, said)| (name, said.clone())).collect(),
        agreement: seen.agreement.as_ref().map(|agreement| agreement_view(agreement, typed.agrees)),
        note: typed.note,
        questions: questions(offering, &typed.answers),
        // How many it will be is chosen on the page itself.
        button: if open == 0 { (b.series_book)(free) } else { b.series_book_these.to_owned() },
        rule: format!("{} {}", rule_words(t, offering, &seen.conditions), b.series_rule),
        back: back(&profile.slug, &rhythm.zone, false),
        wrong: match refusal {
            Some(Refusal::TermsChanged { now }) => {
                format!("{} {}", b.changed_heading, changed(t, shown(fields), now))
            }
            Some(refusal) => t.refusals.say(refusal, |at| clock.face.long(at)),
            None => String::new(),
        },
        anyway: matches!(refusal, Some(Refusal::Overlap { .. })),
        dates,
        errors,
    }
}

fn date(
    visitor: &Visitor,
    clock: &Clock,
    now: Instant,
    planned: &Planned,
    field: &'static str,
    typed: Option<&str>,
) -> SeriesDate {
    let t = visitor.texts();
    let free = planned.refused.is_none();
    let own = [planned.starts_at];
    let starts: &[Instant] = if free { &own } else { &planned.alternatives };
    // Another time than the one that was wished for is chosen by hand, and so is leaving out what is free.
    let chosen = match typed {
        Some(typed) => starts.iter().find(|at| at.to_string() == typed),
        None => starts.first().filter(|_| free),
    };
    let chosen = chosen.map(ToString::to_string).unwrap_or_default();
    let mut choices: Vec<Choice> =
        starts.iter().map(|at| Choice::new(at.to_string(), clock.face.short(*at, now), &chosen)).collect();
    choices.push(Choice::new("", t.booking.series_skip, &chosen));
    let state = match &planned.refused {
        None => t.booking.series_free.to_owned(),
        Some(Refusal::Taken { .. }) => t.booking.series_taken.to_owned(),
        Some(refusal) => t.refusals.say(refusal, |at| clock.face.long(at)),
    };
    let when = clock.face.short(planned.starts_at, now);
    SeriesDate { field: field.to_owned(), when, free, state, choices }
}

/// `POST /coaches/{slug}/series`
pub async fn create(
    State(app): State<App>,
    visitor: Visitor,
    Path(slug): Path<String>,
    form: Form,
) -> Answer {
    let rhythm = Rhythm::of(&form.fields);
    let word = slug.clone();
    app.read(move |tx| coach::by_slug(tx, &word)).await?;
    let wanted = rhythm.wanted().ok_or(Refusal::invalid("offering", Problem::NotAChoice))?;
    match book(&app, &visitor, &slug, wanted, &form).await {
        Ok(response) => Ok(response),
        Err(Failure::Refused(refusal)) if refusal != Refusal::NotFound => {
            let who = visitor.clone();
            let seen = app.read(move |tx| read(tx, &who, &slug, wanted)).await?;
            again(&app.reading(), &visitor, &rhythm, &seen, &form.fields, &refusal)
        }
        Err(failure) => Err(failure),
    }
}

async fn book(
    app: &App,
    visitor: &Visitor,
    slug: &str,
    (id, _, every, _): (OfferingId, Instant, Every, Count),
    form: &Form,
) -> Result<Response, Failure> {
    let mut checks = Checks::default();
    let asked = Asked { offering: id.to_string(), ..Asked::of(&form.fields) };
    let wish = wish(&form.fields, &asked, &mut checks);
    checks.done()?;
    let starts: Vec<Instant> = DATES.iter().filter_map(|field| form.fields.get(field).parse().ok()).collect();
    let (Some(mut wish), Some(first)) = (wish, starts.iter().min()) else {
        let (least, most) = (Count::LEAST.into(), Count::MOST.into());
        return Err(Refusal::invalid("starts", Problem::OutOfRange { least, most }).into());
    };
    wish.starts_at = *first;
    let (by, key, slug) = (visitor.actor(), form.key.clone(), slug.to_owned());
    let answer = app
        .write(move |tx| {
            idempotency::once(tx, key.as_ref(), |tx| {
                let profile = coach::by_slug(tx, &slug)?;
                if offering::get(tx, wish.offering)?.coach != profile.person {
                    return Err(Refusal::NotFound.into());
                }
                let sessions = booking::book_series(tx, &by, &wish, every, &starts)?;
                let first = sessions.first().ok_or(Refusal::NotFound)?;
                Ok(lead_to(&format!("/sessions/{first}/booked"), ""))
            })
        })
        .await?;
    Ok(led(app, &answer))
}

/// The dates as they stand now, with what was typed and what is wrong.
fn again(
    app: &Reading,
    visitor: &Visitor,
    rhythm: &Rhythm,
    seen: &Seen,
    fields: &Fields,
    refusal: &Refusal,
) -> Answer {
    let t = visitor.texts();
    let errors = match refusal {
        Refusal::AgreementNeeded => FormErrors::from_iter([("agree", visitor.say(refusal))]),
        Refusal::Invalid { fields: wrong } if wrong.iter().any(|wrong| wrong.field == "answers") => {
            super::bookings::open_questions(&seen.offering, fields, t)
        }
        refusal => FormErrors::of_refusal(refusal, t),
    };
    let is_said_there = !errors.is_empty() && errors.of("starts").is_empty();
    let said = Some(refusal).filter(|_| !is_said_there);
    let again = fill(app, visitor, rhythm, seen, fields, errors, said);
    match refusal {
        Refusal::Invalid { .. } | Refusal::AgreementNeeded => {
            page_again(StatusCode::UNPROCESSABLE_ENTITY, &again)
        }
        refusal => page_refused(refusal, &again),
    }
}
