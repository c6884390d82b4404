//! Pods: making, filling and changing them, and choosing the date of an open one (rules G5, S9, S13).

use axum::extract::{Path, State};
use axum::http::StatusCode;
use model::program::pod::{self, Choice, Joining, NewPod as Making, PodChange, PodLine, PodView, StepPods};
use model::{Tx, program};
use rules::ids::{AgreementId, CohortId, ParticipantId, PersonId, PodId, SessionId, StepId};
use rules::refusal::{Problem, Refusal};
use rules::text::Line;
use rules::time::Zone;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::openapi::Operation;
use super::wire::{
    CodeOf, IdOf, List, PersonRef, SessionRef, StatusCode as StatusWord, StepRef, Time, WithoutDateCode, Word,
};
use super::{Answer, Nothing, id, once, shown, zone_of};
use crate::app::{App, Reading};
use crate::forms::{Checks, JsonWrite};
use crate::visitor::Visitor;

impl Word for Joining {
    const NAME: &'static str = "Joining";
    fn codes() -> Vec<&'static str> {
        Joining::ALL.iter().map(|joining| joining.code()).collect()
    }
    fn written(self) -> &'static str {
        self.code()
    }
}

type PodRef = IdOf<PodId>;
type OfCohort = IdOf<CohortId>;
type OfParticipant = IdOf<ParticipantId>;
type JoiningCode = CodeOf<Joining>;

/// A pod as whoever has to do with it sees it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Pod {
    id: PodRef,
    cohort: OfCohort,
    name: String,
    /// Who leads it.
    facilitator: PersonRef,
    /// `closed`: its members are named; `open`: participants choose it by its date.
    joining: JoiningCode,
    min_members: u32,
    max_members: u32,
    session: SessionRef,
    /// When it meets; null as long as it has no date.
    #[schema(required)]
    starts_at: Option<Time>,
    minutes: u16,
    /// How many are in it.
    count: u32,
    /// Who is in it, by name alone; nobody to whoever only may choose it.
    members: Vec<PodMember>,
}

/// Somebody in a pod.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PodMember {
    participant: OfParticipant,
    name: String,
    /// How it stands for them; null for other members, and before their journey begins.
    #[schema(required)]
    status: Option<StatusWord>,
}

impl Pod {
    fn of(view: PodView, zone: &Zone) -> Pod {
        Pod {
            id: IdOf(view.id),
            cohort: IdOf(view.cohort.0),
            name: view.name,
            facilitator: IdOf(view.facilitator.0),
            joining: CodeOf(view.joining),
            min_members: view.min_members,
            max_members: view.max_members,
            session: IdOf(view.session),
            starts_at: view.starts_at.map(|at| Time::of(at, zone)),
            minutes: view.minutes,
            count: view.count,
            members: view
                .members
                .into_iter()
                .map(|member| PodMember {
                    participant: IdOf(member.participant),
                    name: member.name,
                    status: member.status.map(CodeOf),
                })
                .collect(),
        }
    }
}

/// A step of a cohort that is a pod's, and the pods for it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PodsOfStep {
    step: StepRef,
    /// Its number, from 1.
    number: u32,
    name: String,
    /// Why whoever is in none of them could get no date; null if they could.
    #[schema(required)]
    without_date: Option<WithoutDateCode>,
    /// What has no date or is still to come first.
    pods: Vec<PodOfCohort>,
}

/// A pod of a cohort, as whoever runs that finds it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PodOfCohort {
    id: PodRef,
    name: String,
    /// Who leads it.
    facilitator: PersonRef,
    joining: JoiningCode,
    min_members: u32,
    max_members: u32,
    /// How many are in it.
    count: u32,
    session: SessionRef,
    /// When it meets; null as long as it has no date.
    #[schema(required)]
    starts_at: Option<Time>,
}

impl PodsOfStep {
    fn of(step: &StepPods, zone: &Zone) -> PodsOfStep {
        let pod = |line: &PodLine| PodOfCohort {
            id: IdOf(line.id),
            name: line.name.clone(),
            facilitator: IdOf(line.facilitator.0),
            joining: CodeOf(line.joining),
            min_members: line.min_members,
            max_members: line.max_members,
            count: line.count,
            session: IdOf(line.session),
            starts_at: line.starts_at.map(|at| Time::of(at, zone)),
        };
        PodsOfStep {
            step: IdOf(step.step),
            number: step.number,
            name: step.name.clone(),
            without_date: step.without_date.map(CodeOf),
            pods: step.pods.iter().map(pod).collect(),
        }
    }
}

/// What a pod is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PodWish {
    /// The step that it meets for; needed for a new one, and never changed.
    #[schema(nullable = false)]
    step: Option<String>,
    #[serde(default)]
    #[schema(required)]
    name: String,
    /// Who leads it; changes only while it has no date.
    #[serde(default)]
    #[schema(required)]
    facilitator: String,
    #[serde(default)]
    #[schema(required, pattern = "^(closed|open)$")]
    joining: String,
    #[serde(default)]
    #[schema(required)]
    min_members: u32,
    #[serde(default)]
    #[schema(required)]
    max_members: u32,
}

impl PodWish {
    fn checked(&self) -> Result<PodChange, Refusal> {
        let mut checks = Checks::default();
        let name = checks.take("name", Line::<80>::parse_some(&self.name));
        let facilitator: Option<PersonId> =
            checks.take("facilitator", self.facilitator.parse().map_err(|_| Problem::NotAnId));
        let joining = checks.take("joining", Joining::from_code(&self.joining).ok_or(Problem::NotAChoice));
        checks.done()?;
        let (Some(name), Some(facilitator), Some(joining)) = (name, facilitator, joining) else {
            unreachable!("what is missing was noted")
        };
        Ok(PodChange {
            name: name.as_str().to_owned(),
            facilitator,
            min_members: self.min_members,
            max_members: self.max_members,
            joining,
        })
    }

    fn step(&self) -> Result<StepId, Refusal> {
        let step = self.step.as_deref().and_then(|step| step.parse().ok());
        step.ok_or(Refusal::invalid("step", Problem::NotAnId))
    }
}

/// A participant chooses the date of a pod.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewChoice {
    /// The agreement that they accept with it.
    #[schema(nullable = false)]
    accepts: Option<String>,
    /// Whether it is known that another session of theirs is at that time.
    #[serde(default)]
    overlap_known: bool,
}

/// The session that somebody is in now.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Chosen {
    session: SessionRef,
}

/// The lines of the document.
pub(super) fn operations() -> Vec<Operation> {
    const MEMBER: &str = "/pods/{pod}/members/{participant}";
    vec![
        Operation::get("/pods/{pod}", "One pod, and who is in it").answers::<Pod>(),
        Operation::get("/cohorts/{cohort}/pods", "A cohort's pods, step by step")
            .about(
                "For admins, and for whoever leads the cohort, its project or its company. A step that has no pod is \
                 there too.",
            )
            .answers::<List<PodsOfStep>>(),
        Operation::post("/cohorts/{cohort}/pods", "Make a pod of a cohort")
            .takes::<PodWish>()
            .made::<Pod>()
            .conflicts("The cohort is put away: `put_away`."),
        Operation::put("/pods/{pod}", "Change a pod")
            .takes::<PodWish>()
            .answers::<Pod>()
            .conflicts("It has a date, so that who leads it stays: `booked_now`."),
        Operation::delete("/pods/{pod}", "Take an empty pod away")
            .answers_nothing()
            .conflicts("Somebody is in it, or was: `pod_not_empty`. Or it has a date: `pod_has_date`."),
        Operation::put(MEMBER, "Put a participant into a pod")
            .answers_nothing()
            .conflicts("It is full, has met, they are in another pod for this step, or they do not wait at it; `agreement_theirs` where it has its date and they have not accepted the agreement."),
        Operation::delete(MEMBER, "Take a participant out of a pod")
            .answers_nothing()
            .conflicts("It has begun."),
        Operation::post("/pods/{pod}/choice", "Choose the date of an open pod, or come back to one")
            .takes::<NewChoice>()
            .answers::<Chosen>()
            .conflicts("It is full or cannot be chosen; the step is not open; the notice is too short to leave another date."),
    ]
}

/// `GET /api/v1/pods/{pod}`
pub async fn show(State(app): State<Reading>, visitor: Visitor, Path(pod): Path<String>) -> Answer {
    let (by, zone, pod) = (visitor.actor(), zone_of(&visitor), id::<PodId>(&pod)?);
    let view = app.read(move |tx| pod::view(tx, &by, pod)).await?;
    shown(Pod::of(view, &zone))
}

/// `GET /api/v1/cohorts/{cohort}/pods`
pub async fn index(State(app): State<Reading>, visitor: Visitor, Path(cohort): Path<String>) -> Answer {
    let (by, zone, cohort) = (visitor.actor(), zone_of(&visitor), id::<CohortId>(&cohort)?);
    let steps = app.read(move |tx| pod::of_cohort(tx, &by, cohort)).await?;
    shown(List::whole(steps.iter().map(|step| PodsOfStep::of(step, &zone)).collect()))
}

/// `POST /api/v1/cohorts/{cohort}/pods`
pub async fn create(
    State(app): State<App>,
    visitor: Visitor,
    Path(cohort): Path<String>,
    write: JsonWrite<PodWish>,
) -> Answer {
    let (by, zone, cohort) = (visitor.actor(), zone_of(&visitor), id::<CohortId>(&cohort)?);
    let (change, step) = (write.body.checked(), write.body.step());
    once(&app, write.key, StatusCode::CREATED, move |tx| {
        // Who makes none here is told nothing else (rule P4).
        pod::ingredients(tx, &by, cohort)?;
        let (change, step) = (change.clone()?, step.clone()?);
        let making = Making {
            cohort,
            step,
            name: change.name,
            facilitator: change.facilitator,
            min_members: change.min_members,
            max_members: change.max_members,
            joining: change.joining,
        };
        let made = program::add_pod(tx, &by, &making)?;
        Ok(Pod::of(pod::view(tx, &by, made)?, &zone))
    })
    .await
}

/// `PUT /api/v1/pods/{pod}`
pub async fn update(
    State(app): State<App>,
    visitor: Visitor,
    Path(pod): Path<String>,
    write: JsonWrite<PodWish>,
) -> Answer {
    let (by, zone, pod) = (visitor.actor(), zone_of(&visitor), id::<PodId>(&pod)?);
    let change = write.body.checked();
    once(&app, write.key, StatusCode::OK, move |tx| {
        pod::view(tx, &by, pod)?;
        pod::change_pod(tx, &by, pod, &change.clone()?)?;
        Ok(Pod::of(pod::view(tx, &by, pod)?, &zone))
    })
    .await
}

/// `DELETE /api/v1/pods/{pod}`
pub async fn destroy(
    State(app): State<App>,
    visitor: Visitor,
    Path(pod): Path<String>,
    write: JsonWrite<Nothing>,
) -> Answer {
    let (by, pod) = (visitor.actor(), id::<PodId>(&pod)?);
    once(&app, write.key, StatusCode::NO_CONTENT, move |tx| pod::delete_pod(tx, &by, pod).map(drop)).await
}

/// `PUT /api/v1/pods/{pod}/members/{participant}`
pub async fn join(
    State(app): State<App>,
    visitor: Visitor,
    Path(member): Path<(String, String)>,
    write: JsonWrite<Nothing>,
) -> Answer {
    change(&app, &visitor, &member, write, program::join_pod).await
}

/// `DELETE /api/v1/pods/{pod}/members/{participant}`
pub async fn remove(
    State(app): State<App>,
    visitor: Visitor,
    Path(member): Path<(String, String)>,
    write: JsonWrite<Nothing>,
) -> Answer {
    change(&app, &visitor, &member, write, pod::remove_member).await
}

type Act = fn(&mut Tx, &model::event::Actor, PodId, ParticipantId) -> model::Result<()>;

async fn change(
    app: &App,
    visitor: &Visitor,
    (pod, participant): &(String, String),
    write: JsonWrite<Nothing>,
    act: Act,
) -> Answer {
    let (by, pod, participant) = (visitor.actor(), id(pod)?, id(participant)?);
    once(app, write.key, StatusCode::NO_CONTENT, move |tx| act(tx, &by, pod, participant)).await
}

/// `POST /api/v1/pods/{pod}/choice`
pub async fn choose(
    State(app): State<App>,
    visitor: Visitor,
    Path(pod): Path<String>,
    write: JsonWrite<NewChoice>,
) -> Answer {
    let (by, pod) = (visitor.actor(), id::<PodId>(&pod)?);
    let mut checks = Checks::default();
    let accepts = checks.some("accepts", write.body.accepts.as_deref(), |text| {
        text.parse::<AgreementId>().map_err(|_| Problem::NotAnId)
    });
    let (checked, overlap_known) = (checks.done(), write.body.overlap_known);
    once(&app, write.key, StatusCode::OK, move |tx| {
        pod::view(tx, &by, pod)?;
        checked.clone()?;
        let session: SessionId = pod::choose_pod(tx, &by, pod, Choice { accepts, overlap_known })?;
        Ok(Chosen { session: IdOf(session) })
    })
    .await
}
