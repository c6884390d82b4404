//! Another coach for participants of a cohort (rule G6).

use axum::extract::{Path, State};
use axum::http::StatusCode;
use model::program::handover::{self, Plan, Whose};
use model::session;
use rules::ids::{CohortId, ParticipantId, PersonId, SessionId};
use rules::refusal::{Problem, Refusal};
use rules::time::Zone;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::moves::or_unseen;
use super::openapi::Operation;
use super::wire::{IdOf, ParticipantRef, PersonRef, SessionRef, Time};
use super::{Answer, Nothing, id, once, zone_of};
use crate::app::App;
use crate::error::Failure;
use crate::forms::{Checks, JsonWrite};
use crate::visitor::Visitor;

/// Participants go to another coach.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCoachChange {
    /// Who coaches them from now on.
    #[serde(default)]
    #[schema(required)]
    coach: String,
    /// Which participants.
    #[serde(default)]
    participants: Vec<String>,
    /// Instead: all whom this coach has in the cohort.
    #[schema(nullable = false)]
    all_of: Option<String>,
    /// Says what it would come to, and changes nothing.
    #[serde(default)]
    preview: bool,
    /// The sessions that you were shown to lose their time; if it is others by now, nothing happens.
    #[schema(nullable = false)]
    expect: Option<Vec<String>>,
}

/// What became of it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CoachChange {
    /// Whether it was done.
    done: bool,
    coach: PersonRef,
    participants: Vec<ParticipantGiven>,
}

/// A participant who goes to another coach.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ParticipantGiven {
    participant_id: ParticipantRef,
    /// As they wish to be called.
    name: String,
    /// Who coached them; null if nobody did.
    #[schema(required)]
    from: Option<PersonRef>,
    /// What was booked with that coach.
    sessions: Vec<SessionGiven>,
    /// How many sessions without a time go along.
    waiting: u32,
}

/// A booked session of theirs.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SessionGiven {
    id: SessionRef,
    starts_at: Time,
    /// Whether it keeps its time; else it waits for another.
    stays: bool,
    /// Whether a request to move it closes.
    closes_request: bool,
}

impl CoachChange {
    fn of(plan: &Plan, done: bool, zone: &Zone) -> CoachChange {
        let participants = plan.changes.iter().map(|one| ParticipantGiven {
            participant_id: IdOf(one.participant),
            name: one.name.clone(),
            from: one.from.as_ref().map(|(from, _)| IdOf(*from)),
            sessions: one
                .booked
                .iter()
                .map(|booked| SessionGiven {
                    id: IdOf(booked.session),
                    starts_at: Time::of(booked.starts_at, zone),
                    stays: booked.stays,
                    closes_request: booked.asked.is_some(),
                })
                .collect(),
            waiting: one.waiting.len() as u32,
        });
        CoachChange { done, coach: IdOf(plan.to.0), participants: participants.collect() }
    }
}

/// Somebody coaches one session in its coach's place.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewStandIn {
    /// Who.
    #[serde(default)]
    #[schema(required)]
    coach: String,
}

/// Who coaches a session.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StandInState {
    session: SessionRef,
    /// Who stands in; null if nobody does.
    #[schema(required)]
    stand_in: Option<PersonRef>,
}

/// The lines of the document.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::post("/cohorts/{cohort}/coach-changes", "Give participants to another coach")
            .about("What is booked keeps its time where the other coach is free, and waits for another where not.")
            .takes::<NewCoachChange>()
            .answers::<CoachChange>()
            .conflicts("Other sessions would lose their time than you were shown."),
        Operation::put("/sessions/{session}/stand-in", "Name somebody who coaches this one session")
            .about("At the time that it has, in the place of its coach. They see this session and nothing else of its client.")
            .takes::<NewStandIn>()
            .answers::<StandInState>()
            .conflicts("They are not free then, or it has begun."),
        Operation::delete("/sessions/{session}/stand-in", "Give a session back to its coach")
            .answers::<StandInState>()
            .conflicts("Nobody stands in, its coach is not free any more, or it has begun."),
    ]
}

/// `POST /api/v1/cohorts/{cohort}/coach-changes`
pub async fn create(
    State(app): State<App>,
    visitor: Visitor,
    Path(cohort): Path<String>,
    write: JsonWrite<NewCoachChange>,
) -> Answer {
    let (by, zone, cohort) = (visitor.actor(), zone_of(&visitor), id::<CohortId>(&cohort)?);
    let body = write.body;
    once(&app, write.key, StatusCode::OK, move |tx| {
        // Who does not see the cohort is told nothing else (rule P4).
        handover::candidates(tx, &by, cohort)?;
        let not_an_id = |_| Problem::NotAnId;
        let mut checks = Checks::default();
        let coach = match body.coach.as_str() {
            "" => Err(Problem::Missing),
            text => text.parse::<PersonId>().map_err(not_an_id),
        };
        let coach = checks.take("coach", coach);
        let all_of =
            checks.some("all_of", body.all_of.as_deref(), |text| text.parse::<PersonId>().map_err(not_an_id));
        let ids = body.participants.iter().map(|text| text.parse::<ParticipantId>().map_err(not_an_id));
        let ids = checks.take("participants", ids.collect::<Result<Vec<_>, _>>()).unwrap_or_default();
        let expect = checks.some("expect", body.expect.as_ref(), |ids| {
            let ids = ids.iter().map(|text| text.parse::<SessionId>().map_err(not_an_id));
            let mut ids = ids.collect::<Result<Vec<_>, _>>()?;
            ids.sort_unstable();
            Ok(ids)
        });
        checks.done()?;
        let Some(coach) = coach else { return Err(Refusal::invalid("coach", Problem::Missing).into()) };
        let whose = match all_of {
            Some(old) => Whose::AllOf(old),
            None if ids.is_empty() => return Err(Refusal::invalid("participants", Problem::Missing).into()),
            None => Whose::These(ids),
        };
        let plan = if body.preview {
            handover::plan(tx, &by, cohort, &whose, coach)?
        } else {
            handover::change_coach(tx, &by, cohort, &whose, coach, expect.as_deref())?
        };
        Ok(CoachChange::of(&plan, !body.preview, &zone))
    })
    .await
}

/// The coach that a body names.
pub(super) fn coach_in(text: &str) -> Result<PersonId, Failure> {
    let problem = if text.is_empty() { Problem::Missing } else { Problem::NotAnId };
    text.parse().map_err(|_| Refusal::invalid("coach", problem).into())
}

/// `PUT /api/v1/sessions/{session}/stand-in`
pub async fn stand_in(
    State(app): State<App>,
    visitor: Visitor,
    Path(session): Path<String>,
    write: JsonWrite<NewStandIn>,
) -> Answer {
    let (by, session) = (visitor.actor(), id(&session)?);
    let coach = or_unseen(&app, &visitor, session, coach_in(&write.body.coach)).await?;
    once(&app, write.key, StatusCode::OK, move |tx| {
        session::name_stand_in(tx, &by, session, coach)?;
        Ok(StandInState { session: IdOf(session), stand_in: Some(IdOf(coach)) })
    })
    .await
}

/// `DELETE /api/v1/sessions/{session}/stand-in`
pub async fn end_stand_in(
    State(app): State<App>,
    visitor: Visitor,
    Path(session): Path<String>,
    write: JsonWrite<Nothing>,
) -> Answer {
    let (by, session) = (visitor.actor(), id(&session)?);
    once(&app, write.key, StatusCode::OK, move |tx| {
        session::end_stand_in(tx, &by, session)?;
        Ok(StandInState { session: IdOf(session), stand_in: None })
    })
    .await
}
