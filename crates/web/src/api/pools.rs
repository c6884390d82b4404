//! Coaches to choose from: the pool of a cohort, a project or a company, and a participant's choice.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use model::Tx;
use model::event::Actor;
use model::program::lead::Led;
use model::program::{company, pool};
use rules::ids::{CohortId, ParticipantId, PersonId};
use rules::refusal::Problem;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::openapi::Operation;
use super::programs::id_in;
use super::wire::{CohortRef, IdOf, ParticipantRef, PersonRef};
use super::{Answer, Nothing, id, once, shown};
use crate::app::{App, Reading};
use crate::forms::{Checks, JsonWrite};
use crate::visitor::Visitor;

/// A cohort's coaches to choose from.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Pool {
    cohort: CohortRef,
    /// Whose pool holds: the cohort's own, its project's, or its company's; null if there is none.
    #[schema(required, pattern = "^(cohort|project|company)$")]
    of: Option<&'static str>,
    coaches: Vec<CoachOfPool>,
    /// Participants who wait for a coach: nobody coaches them, and a 1:1 of theirs has no time. At most 500.
    undecided: Vec<Undecided>,
}

/// Coaches whom the cohorts of a project or a company take over as long as they have no pool of their own.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PoolAbove {
    /// Whose pool holds: the project's own or its company's; null if there is none.
    #[schema(required, pattern = "^(project|company)$")]
    of: Option<&'static str>,
    coaches: Vec<CoachOfPool>,
}

/// A coach in a pool.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CoachOfPool {
    coach: PersonRef,
    name: String,
    /// How many participants of the place whose pool it is they take at most; null is no limit.
    #[schema(required)]
    places: Option<u32>,
    /// How many they have there.
    taken: u32,
}

/// Somebody without a coach.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Undecided {
    participant: ParticipantRef,
    name: String,
}

/// A coach's place in a pool.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PoolPlace {
    /// No limit if it is missing or null.
    #[schema(minimum = 1, maximum = 500)]
    places: Option<i64>,
}

/// What a participant can choose.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CoachChoice {
    participant: ParticipantRef,
    /// The cohort's name.
    cohort: String,
    /// The name of their coach; null as long as they have none.
    #[schema(required)]
    chosen: Option<String>,
    /// Whom they can choose; nobody once they have one.
    proposed: Vec<ProposedCoach>,
}

/// A coach who is proposed.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProposedCoach {
    coach: PersonRef,
    name: String,
    /// Their address: `/coaches/{slug}` has their profile and `/coaches/{slug}/slots` their free times.
    slug: String,
    headline: String,
    /// Whether a free intro with them can be booked.
    has_intro: bool,
    /// How many places they have left; null is no limit.
    #[schema(required)]
    left: Option<u32>,
}

/// Whom somebody chooses.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChosenCoach {
    #[serde(default)]
    #[schema(required, value_type = PersonRef)]
    coach: String,
}

/// Who is given whom.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GivenCoach {
    /// Somebody of the cohort without a coach.
    #[serde(default)]
    #[schema(required, value_type = ParticipantRef)]
    participant: String,
    /// Somebody of its pool with a place left.
    #[serde(default)]
    #[schema(required, value_type = PersonRef)]
    coach: String,
}

/// The lines of the document.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/cohorts/{cohort}/coaches", "A cohort's coaches to choose from").answers::<Pool>(),
        Operation::put(
            "/cohorts/{cohort}/coaches/{coach}",
            "Put a coach into a cohort's pool, or change their places",
        )
        .takes::<PoolPlace>()
        .answers::<Pool>()
        .conflicts("The cohort is put away: `put_away`."),
        Operation::delete("/cohorts/{cohort}/coaches/{coach}", "Take a coach out of a cohort's pool")
            .answers::<Pool>()
            .about("Whoever has chosen them keeps them."),
        Operation::post("/cohorts/{cohort}/coaches/given", "Give somebody without a coach one of the pool")
            .takes::<GivenCoach>()
            .answers::<Pool>()
            .conflicts("They have a coach already, or the coach has no place left."),
        Operation::get("/participants/{participant}/coaches", "Whom one can choose as one's coach")
            .answers::<CoachChoice>(),
        Operation::post("/participants/{participant}/coaches", "Choose one's coach")
            .takes::<ChosenCoach>()
            .answers::<CoachChoice>()
            .conflicts("There is a coach already, or this one has no place left."),
        Operation::get("/projects/{project}/coaches", "A project's coaches to choose from")
            .answers::<PoolAbove>()
            .about(ABOVE),
        Operation::put(
            "/projects/{project}/coaches/{coach}",
            "Put a coach into a project's pool, or change their places",
        )
        .takes::<PoolPlace>()
        .answers::<PoolAbove>(),
        Operation::delete("/projects/{project}/coaches/{coach}", "Take a coach out of a project's pool")
            .answers::<PoolAbove>(),
        Operation::get("/companies/{company}/coaches", "A company's coaches to choose from")
            .answers::<PoolAbove>()
            .about(ABOVE),
        Operation::put(
            "/companies/{company}/coaches/{coach}",
            "Put a coach into a company's pool, or change their places",
        )
        .takes::<PoolPlace>()
        .answers::<PoolAbove>(),
        Operation::delete("/companies/{company}/coaches/{coach}", "Take a coach out of a company's pool")
            .answers::<PoolAbove>(),
    ]
}

const ABOVE: &str =
    "Its cohorts take them over as long as neither they nor what is nearer to them has a pool.";

/// Whose pool it is, as a word.
const fn word(of: Led) -> &'static str {
    match of {
        Led::Company(_) => "company",
        Led::Project(_) => "project",
        Led::Cohort(_) => "cohort",
    }
}

fn coach_of(one: pool::Pooled) -> CoachOfPool {
    CoachOfPool { coach: IdOf(one.coach), name: one.name, places: one.places, taken: one.taken }
}

fn read_above(tx: &mut Tx, by: &Actor, at: Led) -> model::Result<PoolAbove> {
    let found = pool::pool(tx, by, at)?;
    Ok(PoolAbove { of: found.of.map(word), coaches: found.coaches.into_iter().map(coach_of).collect() })
}

fn read(tx: &mut Tx, by: &Actor, cohort: CohortId) -> model::Result<Pool> {
    let found = pool::pool(tx, by, Led::Cohort(cohort))?;
    Ok(Pool {
        cohort: IdOf(cohort),
        of: found.of.map(word),
        coaches: found.coaches.into_iter().map(coach_of).collect(),
        undecided: found
            .undecided
            .into_iter()
            .map(|(participant, name)| Undecided { participant: IdOf(participant), name })
            .collect(),
    })
}

fn choice_of(tx: &mut Tx, by: &Actor, participant: ParticipantId) -> model::Result<CoachChoice> {
    let found = pool::choice(tx, by, participant)?;
    let proposed = |one: pool::Proposed| ProposedCoach {
        coach: IdOf(one.card.profile.person),
        name: one.card.profile.name,
        slug: one.card.profile.slug,
        headline: one.card.profile.headline,
        has_intro: one.card.has_intro,
        left: one.left,
    };
    Ok(CoachChoice {
        participant: IdOf(participant),
        cohort: found.cohort,
        chosen: found.chosen,
        proposed: found.proposed.into_iter().map(proposed).collect(),
    })
}

/// `GET /api/v1/cohorts/{cohort}/coaches`
pub async fn show(State(app): State<Reading>, visitor: Visitor, Path(cohort): Path<String>) -> Answer {
    let (by, id) = (visitor.actor(), id::<CohortId>(&cohort)?);
    shown(app.read(move |tx| read(tx, &by, id)).await?)
}

/// `PUT /api/v1/cohorts/{cohort}/coaches/{coach}`
pub async fn put(
    State(app): State<App>,
    visitor: Visitor,
    Path((cohort, coach)): Path<(String, String)>,
    write: JsonWrite<PoolPlace>,
) -> Answer {
    let (by, cohort, coach) = (visitor.actor(), id::<CohortId>(&cohort)?, id::<PersonId>(&coach)?);
    let places = write.body.places;
    once(&app, write.key, StatusCode::OK, move |tx| {
        put_at(tx, &by, Led::Cohort(cohort), coach, places)?;
        read(tx, &by, cohort)
    })
    .await
}

fn put_at(tx: &mut Tx, by: &Actor, at: Led, coach: PersonId, places: Option<i64>) -> model::Result<()> {
    // Who may not is told nothing else (rule P4).
    pool::may_at(tx, by, at)?;
    let mut checks = Checks::default();
    let most = pool::PLACES_MAX;
    let places = checks.some("places", places, |places| {
        let inside = u32::try_from(places).ok().filter(|places| (1..=most).contains(places));
        inside.ok_or(Problem::OutOfRange { least: 1, most: most.into() })
    });
    checks.done()?;
    pool::put(tx, by, at, coach, places)
}

/// `GET /api/v1/projects/{project}/coaches`
pub async fn show_of_project(
    State(app): State<Reading>,
    visitor: Visitor,
    Path(project): Path<String>,
) -> Answer {
    show_above(&app, &visitor, Led::Project(id(&project)?)).await
}

/// `PUT /api/v1/projects/{project}/coaches/{coach}`
pub async fn put_into_project(
    State(app): State<App>,
    visitor: Visitor,
    Path((project, coach)): Path<(String, String)>,
    write: JsonWrite<PoolPlace>,
) -> Answer {
    put_above(&app, &visitor, Led::Project(id(&project)?), id(&coach)?, write).await
}

/// `DELETE /api/v1/projects/{project}/coaches/{coach}`
pub async fn take_out_of_project(
    State(app): State<App>,
    visitor: Visitor,
    Path((project, coach)): Path<(String, String)>,
    write: JsonWrite<Nothing>,
) -> Answer {
    take_out_above(&app, &visitor, Led::Project(id(&project)?), id(&coach)?, write).await
}

/// `GET /api/v1/companies/{company}/coaches`
pub async fn show_of_company(
    State(app): State<Reading>,
    visitor: Visitor,
    Path(company): Path<String>,
) -> Answer {
    show_above(&app, &visitor, Led::Company(id(&company)?)).await
}

/// `PUT /api/v1/companies/{company}/coaches/{coach}`
pub async fn put_into_company(
    State(app): State<App>,
    visitor: Visitor,
    Path((company, coach)): Path<(String, String)>,
    write: JsonWrite<PoolPlace>,
) -> Answer {
    put_above(&app, &visitor, Led::Company(id(&company)?), id(&coach)?, write).await
}

/// `DELETE /api/v1/companies/{company}/coaches/{coach}`
pub async fn take_out_of_company(
    State(app): State<App>,
    visitor: Visitor,
    Path((company, coach)): Path<(String, String)>,
    write: JsonWrite<Nothing>,
) -> Answer {
    take_out_above(&app, &visitor, Led::Company(id(&company)?), id(&coach)?, write).await
}

async fn show_above(app: &Reading, visitor: &Visitor, at: Led) -> Answer {
    let by = visitor.actor();
    shown(app.read(move |tx| read_above(tx, &by, at)).await?)
}

async fn put_above(
    app: &App,
    visitor: &Visitor,
    at: Led,
    coach: PersonId,
    write: JsonWrite<PoolPlace>,
) -> Answer {
    let (by, places) = (visitor.actor(), write.body.places);
    once(app, write.key, StatusCode::OK, move |tx| {
        put_at(tx, &by, at, coach, places)?;
        read_above(tx, &by, at)
    })
    .await
}

async fn take_out_above(
    app: &App,
    visitor: &Visitor,
    at: Led,
    coach: PersonId,
    write: JsonWrite<Nothing>,
) -> Answer {
    let by = visitor.actor();
    once(app, write.key, StatusCode::OK, move |tx| {
        pool::take_out(tx, &by, at, coach)?;
        read_above(tx, &by, at)
    })
    .await
}

/// `DELETE /api/v1/cohorts/{cohort}/coaches/{coach}`
pub async fn take_out(
    State(app): State<App>,
    visitor: Visitor,
    Path((cohort, coach)): Path<(String, String)>,
    write: JsonWrite<Nothing>,
) -> Answer {
    let (by, cohort, coach) = (visitor.actor(), id::<CohortId>(&cohort)?, id::<PersonId>(&coach)?);
    once(&app, write.key, StatusCode::OK, move |tx| {
        pool::take_out(tx, &by, Led::Cohort(cohort), coach)?;
        read(tx, &by, cohort)
    })
    .await
}

/// `POST /api/v1/cohorts/{cohort}/coaches/given`
pub async fn give(
    State(app): State<App>,
    visitor: Visitor,
    Path(cohort): Path<String>,
    write: JsonWrite<GivenCoach>,
) -> Answer {
    let (by, cohort) = (visitor.actor(), id::<CohortId>(&cohort)?);
    let body = write.body;
    once(&app, write.key, StatusCode::OK, move |tx| {
        company::cohort(tx, &by, cohort)?;
        let mut checks = Checks::default();
        let participant = checks.take("participant", id_in::<ParticipantId>(&body.participant));
        let coach = checks.take("coach", id_in::<PersonId>(&body.coach));
        checks.done()?;
        let (Some(participant), Some(coach)) = (participant, coach) else {
            unreachable!("what is missing was noted")
        };
        pool::give(tx, &by, participant, coach)?;
        read(tx, &by, cohort)
    })
    .await
}

/// `GET /api/v1/participants/{participant}/coaches`
pub async fn choice(State(app): State<Reading>, visitor: Visitor, Path(participant): Path<String>) -> Answer {
    let (by, id) = (visitor.actor(), id::<ParticipantId>(&participant)?);
    shown(app.read(move |tx| choice_of(tx, &by, id)).await?)
}

/// `POST /api/v1/participants/{participant}/coaches`
pub async fn choose(
    State(app): State<App>,
    visitor: Visitor,
    Path(participant): Path<String>,
    write: JsonWrite<ChosenCoach>,
) -> Answer {
    let (by, id) = (visitor.actor(), id::<ParticipantId>(&participant)?);
    let body = write.body;
    once(&app, write.key, StatusCode::OK, move |tx| {
        pool::choice(tx, &by, id)?;
        let mut checks = Checks::default();
        let coach = checks.take("coach", id_in::<PersonId>(&body.coach));
        checks.done()?;
        let Some(coach) = coach else { unreachable!("what is missing was noted") };
        pool::choose(tx, &by, id, coach)?;
        choice_of(tx, &by, id)
    })
    .await
}
