//! Coaches to choose from (rule G6): the pool of a cohort, a project or a company for whoever runs it, and the choice for
//! whoever has no coach.

use std::str::FromStr;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use model::event::Actor;
use model::program::lead::Led;
use model::program::pool::{self, Pooled, Proposed};
use model::program::{company, participant};
use model::{Tx, idempotency, offering};
use rules::ids::{ParticipantId, PersonId};
use rules::refusal::{Problem, Refusal};
use rules::session::SessionKind;
use rules::time::Instant;

use super::coaches::{face_of, next_free};
use super::home::{next_slots, one_a_day};
use super::{Answer, page, page_again, page_refused, shell};
use crate::app::{App, Reading};
use crate::error::Failure;
use crate::forms::{Checks, Fields, Form, encode, lead_to, led, number};
use crate::shell::{Choice, FormErrors, Place};
use crate::views::pools::{ChoicePage, CoachOffer, PoolPage, PoolRow, UndecidedRow};
use crate::visitor::Visitor;

/// `GET /cohorts/{cohort}/coaches`
pub async fn show(State(app): State<Reading>, visitor: Visitor, Path(id): Path<String>) -> Answer {
    show_at(&app, &visitor, Led::Cohort(id_of(&id)?)).await
}

/// `GET /projects/{project}/coaches`
pub async fn show_of_project(State(app): State<Reading>, visitor: Visitor, Path(id): Path<String>) -> Answer {
    show_at(&app, &visitor, Led::Project(id_of(&id)?)).await
}

/// `GET /companies/{company}/coaches`
pub async fn show_of_company(State(app): State<Reading>, visitor: Visitor, Path(id): Path<String>) -> Answer {
    show_at(&app, &visitor, Led::Company(id_of(&id)?)).await
}

async fn show_at(app: &Reading, visitor: &Visitor, at: Led) -> Answer {
    page(&fill(app, visitor, at, &Fields::default(), FormErrors::NONE).await?)
}

fn id_of<I: FromStr>(text: &str) -> Result<I, Refusal> {
    text.parse().map_err(|_| Refusal::NotFound)
}

/// The page of a place.
fn way_to(at: Led) -> String {
    match at {
        Led::Company(id) => format!("/companies/{id}"),
        Led::Project(id) => format!("/projects/{id}"),
        Led::Cohort(id) => format!("/cohorts/{id}"),
    }
}

/// The address of its pool.
fn base_of(at: Led) -> String {
    format!("{}/coaches", way_to(at))
}

/// What a place is called, and what those above it are.
fn names(tx: &mut Tx, by: &Actor, at: Led) -> model::Result<[String; 3]> {
    Ok(match at {
        Led::Company(id) => {
            let name = company::company(tx, by, id)?.name;
            [name.clone(), String::new(), name]
        }
        Led::Project(id) => {
            let found = company::project(tx, by, id)?;
            [found.name.clone(), found.name, found.company_name]
        }
        Led::Cohort(id) => {
            let found = company::cohort(tx, by, id)?;
            [found.name, found.project_name, found.company_name]
        }
    })
}

async fn fill(
    app: &Reading,
    visitor: &Visitor,
    at: Led,
    fields: &Fields,
    errors: FormErrors,
) -> Result<PoolPage, Failure> {
    let by = visitor.actor();
    let ([name, project, company], archived_at, found, coaches) = app
        .read(move |tx| {
            let found = pool::pool(tx, &by, at)?;
            let archived_at = match at {
                Led::Cohort(id) => company::cohort(tx, &by, id)?.archived_at,
                Led::Company(_) | Led::Project(_) => None,
            };
            Ok((names(tx, &by, at)?, archived_at, found, participant::coaches(tx, &by)?))
        })
        .await?;
    let t = visitor.texts();
    let e = &t.enrolment;
    let base = base_of(at);
    let taken_over = match found.of {
        Some(of) if of == at => String::new(),
        Some(Led::Company(_)) => (e.pool_of_company)(&company),
        Some(_) => (e.pool_of_project)(&project),
        None => String::new(),
    };
    let (lede, places_hint) = match at {
        Led::Cohort(_) => (e.pool_lede, e.places_hint),
        Led::Project(_) => (e.pool_lede_of_project, e.places_hint_above),
        Led::Company(_) => (e.pool_lede_of_company, e.places_hint_above),
    };
    let row = |one: &Pooled| PoolRow {
        line: (e.taken_of)(one.taken, one.places),
        is_full: !one.has_room(),
        places: one.places.map(|places| places.to_string()).unwrap_or_default(),
        removal: format!("{base}/{}/removal", one.coach),
        id: one.coach.to_string(),
        name: one.name.clone(),
    };
    // Of a pool that is taken over any coach may be the first of one's own.
    let is_in =
        |coach: &PersonId| taken_over.is_empty() && found.coaches.iter().any(|one| one.coach == *coach);
    let others = coaches.iter().filter(|(coach, _)| !is_in(coach));
    let room: Vec<Choice> = found
        .coaches
        .iter()
        .filter(|one| one.has_room())
        .map(|one| Choice::new(one.coach.to_string(), &one.name, ""))
        .collect();
    Ok(PoolPage {
        shell: shell::of(visitor, app.mode(), app.now(), e.pool_title, Place::Programs),
        place: (name, way_to(at)),
        is_cohort: matches!(at, Led::Cohort(_)),
        lede,
        places_hint,
        taken_over: taken_over.clone(),
        rows: found.coaches.iter().map(row).collect(),
        others: others.map(|(id, name)| Choice::new(id.to_string(), name, fields.get("coach"))).collect(),
        undecided: found
            .undecided
            .iter()
            .map(|(id, name)| UndecidedRow {
                id: id.to_string(),
                name: name.clone(),
                href: format!("/participants/{id}"),
            })
            .collect(),
        waiting: (e.waiting_for)(found.undecided.len()),
        room,
        typed_places: fields.get("places").to_owned(),
        away: super::put_away(visitor, archived_at),
        errors,
        base,
    })
}

/// `POST /cohorts/{cohort}/coaches`: puts a coach in, or changes their places.
pub async fn put(State(app): State<App>, visitor: Visitor, Path(id): Path<String>, form: Form) -> Answer {
    put_at(&app, &visitor, Led::Cohort(id_of(&id)?), form).await
}

/// `POST /projects/{project}/coaches`
pub async fn put_into_project(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    form: Form,
) -> Answer {
    put_at(&app, &visitor, Led::Project(id_of(&id)?), form).await
}

/// `POST /companies/{company}/coaches`
pub async fn put_into_company(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    form: Form,
) -> Answer {
    put_at(&app, &visitor, Led::Company(id_of(&id)?), form).await
}

async fn put_at(app: &App, visitor: &Visitor, at: Led, form: Form) -> Answer {
    changing(app, visitor, at, form, move |tx, by, fields| {
        let (coach, places) = placed(fields)?;
        pool::put(tx, by, at, coach, places)?;
        Ok(lead_to(&base_of(at), "pool_saved"))
    })
    .await
}

fn placed(fields: &Fields) -> Result<(PersonId, Option<u32>), Refusal> {
    let mut checks = Checks::default();
    let coach = fields.get("coach").parse::<PersonId>().map_err(|_| Problem::NotAChoice);
    let coach = checks.take("coach", coach);
    let places = Some(fields.get("places")).filter(|places| !places.is_empty());
    let places = checks.some("places", places, |places| number(places, 1, pool::PLACES_MAX.into()));
    checks.done()?;
    let Some(coach) = coach else { unreachable!("what is missing was noted") };
    Ok((coach, places.and_then(|places| u32::try_from(places).ok())))
}

/// `POST /cohorts/{cohort}/coaches/{coach}/removal`
pub async fn take_out(
    State(app): State<App>,
    visitor: Visitor,
    Path((id, coach)): Path<(String, String)>,
    form: Form,
) -> Answer {
    take_out_at(&app, &visitor, Led::Cohort(id_of(&id)?), id_of(&coach)?, form).await
}

/// `POST /projects/{project}/coaches/{coach}/removal`
pub async fn take_out_of_project(
    State(app): State<App>,
    visitor: Visitor,
    Path((id, coach)): Path<(String, String)>,
    form: Form,
) -> Answer {
    take_out_at(&app, &visitor, Led::Project(id_of(&id)?), id_of(&coach)?, form).await
}

/// `POST /companies/{company}/coaches/{coach}/removal`
pub async fn take_out_of_company(
    State(app): State<App>,
    visitor: Visitor,
    Path((id, coach)): Path<(String, String)>,
    form: Form,
) -> Answer {
    take_out_at(&app, &visitor, Led::Company(id_of(&id)?), id_of(&coach)?, form).await
}

async fn take_out_at(app: &App, visitor: &Visitor, at: Led, coach: PersonId, form: Form) -> Answer {
    changing(app, visitor, at, form, move |tx, by, _| {
        pool::take_out(tx, by, at, coach)?;
        Ok(lead_to(&base_of(at), "pool_saved"))
    })
    .await
}

/// `POST /cohorts/{cohort}/coaches/given`: gives somebody without a coach one of the pool.
pub async fn give(State(app): State<App>, visitor: Visitor, Path(id): Path<String>, form: Form) -> Answer {
    let at = Led::Cohort(id_of(&id)?);
    changing(&app, &visitor, at, form, move |tx, by, fields| {
        let participant = fields.get("participant").parse::<ParticipantId>();
        let participant = participant.map_err(|_| Refusal::invalid("participant", Problem::NotAnId))?;
        let coach = fields.get("coach").parse::<PersonId>();
        let coach = coach.map_err(|_| Refusal::invalid("coach", Problem::NotAChoice))?;
        pool::give(tx, by, participant, coach)?;
        Ok(lead_to(&base_of(at), "coach_given"))
    })
    .await
}

/// Runs a verb on the pool of a place; its page comes back with what does not fit.
async fn changing(
    app: &App,
    visitor: &Visitor,
    at: Led,
    form: Form,
    verb: impl Fn(&mut Tx, &Actor, &Fields) -> model::Result<idempotency::Answer> + Send + 'static,
) -> Answer {
    let by = visitor.actor();
    let (fields, key) = (form.fields.clone(), form.key);
    let outcome = app
        .write(move |tx: &mut Tx| {
            idempotency::once(tx, key.as_ref(), |tx| {
                pool::may_at(tx, &by, at)?;
                verb(tx, &by, &fields)
            })
        })
        .await;
    match outcome {
        Ok(answer) => Ok(led(app, &answer)),
        Err(model::Error::Refused(refusal @ Refusal::Invalid { .. })) => {
            let errors = FormErrors::of_refusal(&refusal, visitor.texts());
            let again = fill(&app.reading(), visitor, at, &form.fields, errors).await?;
            page_again(StatusCode::UNPROCESSABLE_ENTITY, &again)
        }
        Err(model::Error::Refused(refusal @ Refusal::PutAway { .. })) => {
            let shown = fill(&app.reading(), visitor, at, &form.fields, FormErrors::NONE).await?;
            page_refused(&refusal, &shown)
        }
        Err(error) => Err(error.into()),
    }
}

/// `GET /participants/{participant}/coaches`: whom they can choose.
pub async fn choice(State(app): State<Reading>, visitor: Visitor, Path(id): Path<String>) -> Answer {
    let id: ParticipantId = id.parse().map_err(|_| Refusal::NotFound)?;
    page(&choosing(&app, &visitor, id, String::new()).await?)
}

async fn choosing(
    app: &Reading,
    visitor: &Visitor,
    id: ParticipantId,
    problem: String,
) -> Result<ChoicePage, Failure> {
    let by = visitor.actor();
    let (found, firsts) = app
        .read(move |tx| {
            let found = pool::choice(tx, &by, id)?;
            let firsts =
                found.proposed.iter().map(|one| first_times(tx, one)).collect::<model::Result<Vec<_>>>()?;
            Ok((found, firsts))
        })
        .await?;
    let (t, face, now) = (visitor.texts(), visitor.clockface(), app.now());
    let e = &t.enrolment;
    let offer = |(one, times): (&Proposed, Option<(String, Vec<Instant>)>)| {
        let profile = &one.card.profile;
        let page = format!("/coaches/{}", profile.slug);
        let (offering, times) = times.unwrap_or_default();
        CoachOffer {
            face: face_of(profile),
            credentials: profile.credentials.clone(),
            headline: profile.headline.clone(),
            specialities: profile.specialities.iter().take(5).cloned().collect(),
            languages: profile.languages.iter().map(|one| one.name()).collect::<Vec<_>>().join(", "),
            left: one.left.map(|left| (e.places_left)(left)).unwrap_or_default(),
            intro: one.card.has_intro.then(|| format!("{page}?offering={offering}")),
            next: one_a_day(&times, &face)
                .into_iter()
                .map(|at| {
                    let href = format!("{page}?offering={offering}&at={}#details", encode(&at.to_string()));
                    next_free(&face, at, now, href)
                })
                .collect(),
            choose: (e.choose)(&profile.name),
            id: profile.person.to_string(),
            href: page,
        }
    };
    let title = match (&found.chosen, found.proposed.is_empty()) {
        (Some(_), _) => e.chosen_heading,
        (None, true) => e.none_heading,
        (None, false) => e.choose_title,
    };
    Ok(ChoicePage {
        shell: shell::of(visitor, app.mode(), now, title, Place::Home),
        action: format!("/participants/{id}/coaches"),
        title,
        cohort: (e.choose_in)(&found.cohort),
        chosen: found.chosen.as_ref().map(|coach| (e.chosen)(coach)).unwrap_or_default(),
        problem,
        offers: found.proposed.iter().zip(firsts).map(offer).collect(),
    })
}

/// The offering by which a coach is met first, the free intro before all, and when that can be.
fn first_times(tx: &mut Tx, one: &Proposed) -> model::Result<Option<(String, Vec<Instant>)>> {
    let mut offerings = offering::active(tx, one.card.profile.person)?;
    let intro = offerings.iter().position(|offering| offering.kind == SessionKind::Intro);
    if offerings.is_empty() {
        return Ok(None);
    }
    let first = offerings.swap_remove(intro.unwrap_or_default());
    Ok(Some((first.id.to_string(), next_slots(tx, &first)?)))
}

/// `POST /participants/{participant}/coaches`: chooses one.
pub async fn choose(State(app): State<App>, visitor: Visitor, Path(id): Path<String>, form: Form) -> Answer {
    let id: ParticipantId = id.parse().map_err(|_| Refusal::NotFound)?;
    let (by, fields, key) = (visitor.actor(), form.fields, form.key);
    let outcome = app
        .write(move |tx: &mut Tx| {
            idempotency::once(tx, key.as_ref(), |tx| {
                pool::choice(tx, &by, id)?;
                let coach = fields.get("coach").parse::<PersonId>();
                let coach = coach.map_err(|_| Refusal::invalid("coach", Problem::NotAChoice))?;
                pool::choose(tx, &by, id, coach)?;
                Ok(lead_to("/", "coach_chosen"))
            })
        })
        .await;
    match outcome {
        Ok(answer) => Ok(led(&app, &answer)),
        Err(model::Error::Refused(
            refusal @ (Refusal::CoachFull
            | Refusal::CoachSettled
            | Refusal::PutAway { .. }
            | Refusal::Invalid { .. }),
        )) => {
            // Somebody was faster: what is still to be had stands below.
            let t = visitor.texts();
            let problem = match &refusal {
                Refusal::Invalid { .. } => t.refusals.say(&Refusal::CoachFull, |_| String::new()),
                refusal => t.refusals.say(refusal, |_| String::new()),
            };
            page_refused(&refusal, &choosing(&app.reading(), &visitor, id, problem).await?)
        }
        Err(error) => Err(error.into()),
    }
}
