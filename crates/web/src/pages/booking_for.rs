//! Booking for somebody else, and recording what has been without a booking (rule B3). Only what can be booked is offered.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use jiff::SignedDuration;
use jiff::civil::Date;
use model::booking::{self, Owed, Past, Wish};
use model::coach::{self, Profile, Search};
use model::event::Actor;
use model::offering::{self, Offering};
use model::person::{self, Person};
use model::{Tx, idempotency};
use rules::attendance::Outcome;
use rules::availability::Minute;
use rules::ids::{OfferingId, PersonId};
use rules::permission::Action;
use rules::refusal::{Problem, Refusal};
use rules::session::SessionKind;
use rules::terms::{Conditions, Expected};
use rules::time::{Instant, Span};
use serde::Deserialize;

use super::coaches::bookings as at_coach;
use super::coaches::picker::is_intro;
use super::practice::price;
use super::{Answer, page, page_again, page_refused, shell};
use crate::app::{App, Reading};
use crate::error::Failure;
use crate::forms::{Checks, Fields, Form, lead_to, led};
use crate::shell::{Choice, ChoiceGroup, FormErrors, Place};
use crate::texts::Texts;
use crate::views::sessions::{BookPage, Pick, PickDay, PickSlot, RecordPage};
use crate::visitor::Visitor;
use crate::words::{Clockface, first_name};

/// So many days with free times stand on the page.
const DAYS_SHOWN: usize = 7;
/// How far from its first day the page looks for them, in days.
const LOOK_DAYS: i64 = 60;
/// So many other times are offered instead of one that cannot be had.
const INSTEAD: usize = 6;
/// The most coaches that are listed to choose from; another one is chosen by an address.
const COACHES_MAX: u32 = 100;

/// The query of the page.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    coach: String,
    #[serde(default)]
    offering: String,
    /// The first day to look at.
    #[serde(default)]
    from: String,
}

/// What was typed, and what came of it.
#[derive(Default)]
struct Typed {
    starts_at: String,
    note: String,
    conflict: String,
    overlap: bool,
    /// What was shown, unless a change of it has been said.
    shown: Option<Conditions>,
    /// The time cannot be had.
    is_lost: bool,
    errors: FormErrors,
}

/// Which times the page offers.
#[derive(Clone, Copy, Debug)]
enum Look {
    /// Those of the first days from then on.
    From(Instant),
    /// Those nearest to one that cannot be had (rule A5).
    Near(Instant),
}

fn id_of(path: &str) -> Result<PersonId, Refusal> {
    path.parse().map_err(|_| Refusal::NotFound)
}

/// `GET /people/{person}/booking`
pub async fn new(
    State(app): State<Reading>,
    visitor: Visitor,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Answer {
    page(&fill(&app, &visitor, id_of(&id)?, &asked, Typed::default()).await?)
}

/// Whom one can book for, with whom, what and when.
struct Choices {
    client: Person,
    coaches: Vec<Profile>,
    coach: Option<Profile>,
    offerings: Vec<Offering>,
    offering: Option<Offering>,
    /// What holds for that one.
    conditions: Option<Conditions>,
    slots: Vec<Instant>,
    /// Whether they have had the free first call of this coach, or it is booked (rule C3).
    intro_used: bool,
    /// Why it cannot be booked for them, whatever the time.
    refused: Option<Refusal>,
}

impl Choices {
    fn read(tx: &mut Tx, by: &Actor, client: PersonId, asked: &Asked, look: Look) -> model::Result<Choices> {
        let client = person::visible(tx, by, client)?;
        let wanted = match asked.offering.as_str() {
            "" => None,
            id => Some(offering::get(tx, id.parse().map_err(|_| Refusal::NotFound)?)?),
        };
        let mut coaches = coaches(tx, by, client.id)?;
        let coach = match (&wanted, asked.coach.as_str()) {
            (Some(offering), _) => Some(coach::profile_of(tx, offering.coach)?),
            (None, "") => coaches.first().cloned(),
            (None, slug) => Some(coach::by_slug(tx, slug)?),
        };
        // Whoever is asked for is the one or nobody is: never somebody else in their place.
        if let Some(coach) =
            coach.as_ref().filter(|coach| coaches.iter().all(|one| one.person != coach.person))
        {
            may_book(tx, by, client.id, coach.person)?;
            coaches.push(coach.clone());
        }
        let offerings = match &coach {
            Some(coach) => offering::active(tx, coach.person)?,
            None => Vec::new(),
        };
        let is_wanted = |one: &&Offering| wanted.as_ref().is_some_and(|wanted| wanted.id == one.id);
        let usual = || offerings.iter().find(|one| one.kind == SessionKind::OneToOne).or(offerings.first());
        let offering = offerings.iter().find(is_wanted).or_else(usual).cloned();
        let intro_used = match &coach {
            Some(coach) if offerings.iter().any(is_intro) => {
                !booking::may_have_intro(tx, coach.person, client.id)?
            }
            _ => false,
        };
        let refused = match &offering {
            Some(offering) if is_intro(offering) && intro_used => Some(Refusal::IntroUsed),
            Some(offering) if offering.is_paid() => match booking::agreed_by_client(tx, by, client.id) {
                Err(model::Error::Refused(refusal)) => Some(refusal),
                agreed => agreed.map(|()| None)?,
            },
            _ => None,
        };
        let slots = match &offering {
            Some(_) if refused.is_some() => Vec::new(),
            Some(offering) => match look {
                Look::From(from) => {
                    let within = Span::of(from, SignedDuration::from_hours(24 * LOOK_DAYS));
                    booking::free_starts(tx, offering, within)?
                }
                Look::Near(lost) => booking::alternatives(tx, offering.id, lost, INSTEAD)?,
            },
            None => Vec::new(),
        };
        let conditions = match &offering {
            Some(offering) => Some(booking::conditions(tx, offering)?),
            None => None,
        };
        Ok(Choices { client, coaches, coach, offerings, offering, conditions, slots, intro_used, refused })
    }
}

/// The coaches with whom one may book for a client: theirs; for who may book everywhere, and for oneself, all that are
/// listed too.
fn coaches(tx: &mut Tx, by: &Actor, client: PersonId) -> model::Result<Vec<Profile>> {
    let mut candidates = coach::of_client(tx, client)?;
    for card in coach::directory(tx, &Search::default(), COACHES_MAX)? {
        if candidates.iter().all(|known| known.person != card.profile.person) {
            candidates.push(card.profile);
        }
    }
    let mut coaches = Vec::new();
    for candidate in candidates.into_iter().filter(|candidate| candidate.person != client) {
        match may_book(tx, by, client, candidate.person) {
            Ok(()) => coaches.push(candidate),
            Err(model::Error::Refused(Refusal::MayNot { .. })) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(coaches)
}

/// Whether a client may be booked with a coach: people do so for themselves with anybody but themselves.
fn may_book(tx: &mut Tx, by: &Actor, client: PersonId, coach: PersonId) -> model::Result<()> {
    if client == coach {
        return Err(Refusal::OwnCoach.into());
    }
    if by.person() == Some(client) { Ok(()) } else { booking::may_book_for(tx, by, client, coach) }
}

async fn fill(
    app: &Reading,
    visitor: &Visitor,
    id: PersonId,
    asked: &Asked,
    typed: Typed,
) -> Result<BookPage, Failure> {
    let clockface = visitor.clockface();
    let now = app.now();
    // A form that comes back begins with the day that was chosen on it, else where it began before.
    let chosen = typed.starts_at.parse::<Instant>().ok();
    let from = chosen.map(|at| clockface.day(at)).or_else(|| asked.from.parse().ok());
    let lost = chosen.filter(|_| typed.is_lost);
    let begin = || from.and_then(|date| clockface.begin_of(date)).unwrap_or(now);
    let look = lost.map_or_else(|| Look::From(begin()), Look::Near);
    let (by, wanted) = (visitor.actor(), asked.clone());
    let choices = app.read(move |tx| Choices::read(tx, &by, id, &wanted, look)).await?;
    if choices.coaches.is_empty() {
        return Err(Refusal::MayNot { action: Action::Book }.into());
    }
    let t = visitor.texts();
    let base = format!("/people/{id}");
    let me = visitor.person()?.id;
    let theirs = Clockface::new(choices.client.zone.clone(), visitor.person()?.hour_style, visitor.language);
    let (days, next) = days(&choices.slots, &clockface, &theirs, now, chosen, t);
    let next = if lost.is_some() { from } else { next };
    let coach = choices.coach.as_ref();
    let offering = choices.offering.as_ref();
    let offering_id = offering.map(|offering| offering.id.to_string()).unwrap_or_default();
    Ok(BookPage {
        shell: shell::of(visitor, app.mode(), now, t.booking_for.heading, Place::Elsewhere),
        heading: (t.booking_for.heading_for)(&choices.client.name),
        name: choices.client.name.clone(),
        coaches: choices
            .coaches
            .iter()
            .map(|one| Pick {
                label: one.name.clone(),
                line: String::new(),
                why: String::new(),
                href: format!("{base}/booking?coach={}", one.slug),
                chosen: coach.is_some_and(|coach| coach.person == one.person),
            })
            .collect(),
        offerings: choices
            .offerings
            .iter()
            .map(|one| Pick {
                label: one.name.clone(),
                line: format!("{}, {}", (t.sessions.minutes)(one.policy.minutes.get()), price(one, t)),
                why: if choices.intro_used && is_intro(one) {
                    (t.booking_for.intro_used)(first_name(&choices.client.name))
                } else {
                    String::new()
                },
                href: format!("{base}/booking?offering={}", one.id),
                chosen: offering.is_some_and(|offering| offering.id == one.id),
            })
            .collect(),
        later: next.map(|date| format!("{base}/booking?offering={offering_id}&from={date}")),
        shown: typed.shown.or(choices.conditions).map(|it| it.to_string()).unwrap_or_default(),
        offering: offering_id,
        from: from.map(|date| date.to_string()).unwrap_or_default(),
        instead: lost.is_some() && !days.is_empty(),
        theirs: if days.iter().flat_map(|day| &day.slots).all(|slot| slot.theirs.is_empty()) {
            String::new()
        } else {
            (t.booking_for.theirs)(first_name(&choices.client.name), &theirs.place())
        },
        days,
        place: clockface.place(),
        refused: match &choices.refused {
            Some(Refusal::IntroUsed) => (t.booking_for.intro_used)(first_name(&choices.client.name)),
            Some(refusal) => visitor.say(refusal),
            None => String::new(),
        },
        availability: coach.map(|coach| {
            if coach.person == me {
                ("/practice/hours".to_owned(), t.booking_for.to_hours.to_owned())
            } else {
                (format!("/coaches/{}", coach.slug), t.booking_for.to_coach.to_owned())
            }
        }),
        person: base,
        note: typed.note,
        // What stands in the way whatever the time is said once.
        conflict: if choices.refused.is_some() { String::new() } else { typed.conflict },
        overlap: typed.overlap,
        errors: typed.errors,
    })
}

/// The first days with free times, and the day on which the next page begins.
pub(super) fn days(
    slots: &[Instant],
    clockface: &Clockface,
    theirs: &Clockface,
    now: Instant,
    chosen: Option<Instant>,
    t: &Texts,
) -> (Vec<PickDay>, Option<Date>) {
    let mut by_day: Vec<(Date, Vec<Instant>)> = Vec::new();
    for slot in slots {
        let date = clockface.day(*slot);
        match by_day.last_mut() {
            Some((last, slots)) if *last == date => slots.push(*slot),
            _ => by_day.push((date, vec![*slot])),
        }
    }
    let next = by_day.get(DAYS_SHOWN).map(|(date, _)| *date);
    // Few times are shown at once, many day by day: the first, and the one that holds what was chosen.
    let is_short = slots.len() <= INSTEAD;
    let day = |place: usize, slots: &[Instant]| PickDay {
        label: clockface.short_date(slots[0], now),
        count: (t.booking_for.free_times)(slots.len()),
        open: place == 0 || is_short || chosen.is_some_and(|at| slots.contains(&at)),
        slots: slots.iter().map(|at| pick_slot(*at, clockface, theirs, now, chosen)).collect(),
    };
    let days = by_day.iter().take(DAYS_SHOWN).enumerate();
    (days.map(|(place, (_, slots))| day(place, slots)).collect(), next)
}

fn pick_slot(
    at: Instant,
    clockface: &Clockface,
    theirs: &Clockface,
    now: Instant,
    chosen: Option<Instant>,
) -> PickSlot {
    let same_day = clockface.day(at) == theirs.day(at);
    let there = if same_day { theirs.time(at) } else { theirs.short(at, now) };
    let label = clockface.time(at);
    PickSlot {
        value: at.to_string(),
        theirs: if there == label { String::new() } else { there },
        label,
        chosen: chosen == Some(at),
    }
}

/// `POST /people/{person}/booking`
pub async fn create(State(app): State<App>, visitor: Visitor, Path(id): Path<String>, form: Form) -> Answer {
    let id = id_of(&id)?;
    let failure = match book(&app, &visitor, id, &form).await {
        Ok(answer) => return Ok(answer),
        Err(failure) => failure,
    };
    let Failure::Refused(refusal) = failure else { return Err(failure) };
    let asked = Asked {
        offering: form.fields.get("offering").to_owned(),
        from: form.fields.get("from").to_owned(),
        ..Asked::default()
    };
    let is_invalid = matches!(refusal, Refusal::Invalid { .. });
    if !is_invalid && crate::error::status(&refusal) != StatusCode::CONFLICT {
        return Err(refusal.into());
    }
    let before = at_coach::shown(&form.fields);
    let conflict = match &refusal {
        _ if is_invalid => String::new(),
        Refusal::TermsChanged { now } => {
            let t = visitor.texts();
            let changed = at_coach::changed(t, before, now);
            format!("{} {changed}", t.booking.changed_heading)
        }
        Refusal::Overlap { start } => {
            let when = visitor.clockface().long(*start);
            (visitor.texts().booking_for.overlap)(first_name(&client_name(&app, &visitor, id).await?), &when)
        }
        refusal => visitor.say(refusal),
    };
    let typed = Typed {
        shown: before.filter(|_| !matches!(refusal, Refusal::TermsChanged { .. })),
        starts_at: form.fields.get("starts_at").to_owned(),
        note: form.fields.get("note").to_owned(),
        conflict,
        overlap: matches!(refusal, Refusal::Overlap { .. }),
        is_lost: refusal.is_about_the_time(),
        errors: FormErrors::of_refusal(&refusal, visitor.texts()),
    };
    page_refused(&refusal, &fill(&app.reading(), &visitor, id, &asked, typed).await?)
}

async fn client_name(app: &App, visitor: &Visitor, client: PersonId) -> Result<String, Failure> {
    let by = visitor.actor();
    Ok(app.read(move |tx| person::visible(tx, &by, client).map(|client| client.name)).await?)
}

async fn book(app: &App, visitor: &Visitor, client: PersonId, form: &Form) -> Answer {
    let fields = &form.fields;
    let offering = fields.get("offering").parse::<OfferingId>().map_err(|_| Refusal::NotFound);
    let mut checks = Checks::default();
    let starts_at = match fields.get("starts_at") {
        "" => Err(Problem::Missing),
        typed => typed.parse::<Instant>().map_err(|_| Problem::NotAnInstant),
    };
    let starts_at = checks.take("starts_at", starts_at);
    let note = checks.take("note", booking::Note::parse(fields.get("note")));
    // Who may not even look gets no form back.
    let by = visitor.actor();
    app.read({
        let by = by.clone();
        move |tx| person::visible(tx, &by, client).map(|_| ())
    })
    .await?;
    checks.done()?;
    let offering = offering?;
    let (Some(starts_at), Some(note)) = (starts_at, note) else {
        return Err(Failure::wrong("a time is missing although nothing was noted"));
    };
    let wish = Wish {
        note,
        overlap_known: !fields.get("overlap_known").is_empty(),
        expects: at_coach::shown(fields).map(Expected::from).unwrap_or_default(),
        ..Wish::plain(offering, starts_at)
    };
    let key = form.key.clone();
    let answer = app
        .write(move |tx| {
            idempotency::once(tx, key.as_ref(), |tx| {
                let session = booking::book_for(tx, &by, client, &wish)?;
                Ok(lead_to(&format!("/sessions/{session}"), "session_booked"))
            })
        })
        .await?;
    Ok(led(app, &answer))
}

/// `GET /people/{person}/past-session`
pub async fn past(State(app): State<Reading>, visitor: Visitor, Path(id): Path<String>) -> Answer {
    page(&record_page(&app, &visitor, id_of(&id)?, &Fields::default(), FormErrors::NONE).await?)
}

async fn record_page(
    app: &Reading,
    visitor: &Visitor,
    id: PersonId,
    typed: &Fields,
    errors: FormErrors,
) -> Result<RecordPage, Failure> {
    let by = visitor.actor();
    let (client, offered) = app
        .read(move |tx| {
            let client = person::visible(tx, &by, id)?;
            let mut offered = Vec::new();
            for coach in coaches(tx, &by, id)? {
                let offerings = offering::of_coach(tx, coach.person)?;
                offered.push((coach.name, offerings));
            }
            Ok((client, offered))
        })
        .await?;
    let t = visitor.texts();
    let b = &t.booking_for;
    let chosen = typed.get("offering");
    let groups = offered.into_iter().map(|(label, offerings)| ChoiceGroup {
        label,
        choices: offerings
            .iter()
            .map(|one| {
                let title = (t.practice.preview_as)(&one.name, one.policy.minutes.get());
                Choice::new(one.id.to_string(), format!("{title}, {}", price(one, t)), chosen)
            })
            .collect(),
    });
    let outcome = Some(typed.get("outcome")).filter(|typed| !typed.is_empty());
    let outcome = outcome.unwrap_or(Outcome::Completed.code());
    let owed = Some(typed.get("owed")).filter(|typed| !typed.is_empty()).unwrap_or(Owed::Price.code());
    Ok(RecordPage {
        shell: shell::of(visitor, app.mode(), app.now(), b.record_heading, Place::People),
        heading: (b.record_heading_for)(&client.name),
        name: client.name,
        person: format!("/people/{id}"),
        offerings: groups.filter(|group| !group.choices.is_empty()).collect(),
        date: typed.get("date").to_owned(),
        time: typed.get("time").to_owned(),
        outcomes: vec![
            Choice::new(Outcome::Completed.code(), b.record_came, outcome),
            Choice::new(Outcome::NoShow.code(), b.record_no_show, outcome),
        ],
        owed: vec![
            Choice::new(Owed::Price.code(), b.record_owed_price, owed),
            Choice::new(Owed::Nothing.code(), b.record_owed_nothing, owed),
        ],
        place: visitor.clockface().place(),
        errors,
    })
}

/// `POST /people/{person}/past-session`
pub async fn record(State(app): State<App>, visitor: Visitor, Path(id): Path<String>, form: Form) -> Answer {
    let id = id_of(&id)?;
    let failure = match write_down(&app, &visitor, id, &form).await {
        Ok(answer) => return Ok(answer),
        Err(failure) => failure,
    };
    let errors = match &failure {
        Failure::Refused(refusal @ Refusal::Invalid { .. }) => {
            FormErrors::of_refusal(refusal, visitor.texts())
        }
        // What is wrong with the time stands at the time.
        Failure::Refused(refusal @ (Refusal::NotOverYet { .. } | Refusal::OffGrid { .. })) => {
            FormErrors::from_iter([("date", visitor.say(refusal))])
        }
        Failure::Refused(refusal @ Refusal::IntroUsed) => {
            FormErrors::from_iter([("offering", visitor.say(refusal))])
        }
        _ => return Err(failure),
    };
    let again = record_page(&app.reading(), &visitor, id, &form.fields, errors).await?;
    page_again(StatusCode::UNPROCESSABLE_ENTITY, &again)
}

async fn write_down(app: &App, visitor: &Visitor, client: PersonId, form: &Form) -> Answer {
    let fields = &form.fields;
    let mut checks = Checks::default();
    let offering = checks
        .take("offering", fields.get("offering").parse::<OfferingId>().map_err(|_| Problem::NotAChoice));
    let date = checks.take("date", fields.get("date").parse::<Date>().map_err(|_| Problem::NotADate));
    let time = checks.take("date", fields.get("time").parse::<Minute>().map_err(|_| Problem::NotATimeOfDay));
    let outcome =
        checks.take("outcome", Outcome::from_code(fields.get("outcome")).ok_or(Problem::NotAChoice));
    let owed = checks.take("owed", Owed::from_code(fields.get("owed")).ok_or(Problem::NotAChoice));
    let by = visitor.actor();
    app.read({
        let by = by.clone();
        move |tx| person::visible(tx, &by, client).map(|_| ())
    })
    .await?;
    checks.done()?;
    let clockface = visitor.clockface();
    let starts_at = date.zip(time).and_then(|(date, time)| clockface.at(date, time));
    let (Some(offering), Some(starts_at), Some(outcome), Some(owed)) = (offering, starts_at, outcome, owed)
    else {
        return Err(Refusal::invalid("date", Problem::NotADate).into());
    };
    let past = Past { offering, client, starts_at, outcome, owed };
    let key = form.key.clone();
    let answer = app
        .write(move |tx| {
            idempotency::once(tx, key.as_ref(), |tx| {
                let session = booking::record_past(tx, &by, &past)?;
                Ok(lead_to(&format!("/sessions/{session}"), "session_recorded"))
            })
        })
        .await?;
    Ok(led(app, &answer))
}
