//! A cohort's board, and one participant: where everybody stands on every step (rule G4).

use axum::extract::{Path, Query, State};
use model::program::board::{
    self, Board as Found, Cell as Place, Column, Filter, Journey as Way, Member, Numbers as Counted,
};
use model::program::{profile, reminders};
use rules::engagement::{Cause, Engagement, LeftOut, People, Shown, Sort};
use rules::ids::{CohortId, ParticipantId, PersonId};
use rules::refusal::{Problem, Refusal};
use rules::time::Zone;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::openapi::Operation;
use super::wire::{
    ArchivedAsCode, CodeOf, CohortRef, CompanyRef, EngagementCode, IdOf, JourneyRef, LeftOutCode,
    OutcomeCode, ParticipantRef, PathwayRef, PersonRef, ProjectRef, SessionKindCode, SessionRef, StatusCode,
    StepRef, Time, WithoutDateCode,
};
use super::{Answer, cursor, filter, id, key, limit, once, shown, zone_of};
use crate::app::{App, Reading};
use crate::forms::{Checks, JsonWrite};
use crate::pages::board::{NO_COACH, searched};
use crate::visitor::Visitor;

/// A cohort with where its participants stand.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Board {
    cohort: CohortOfBoard,
    /// Of the whole cohort, whatever the list is narrowed to; of those who were put away, where they are asked for. Tests
    /// are in none of them.
    numbers: Numbers,
    /// The steps, in order.
    steps: Vec<StepOfBoard>,
    /// Those who are wanted, in the order that is wanted.
    participants: Vec<ParticipantOfBoard>,
    /// Whether the cohort has more participants than one board holds.
    is_cut: bool,
    /// The `cursor` of the next page; null at the end.
    #[schema(required)]
    next: Option<String>,
}

/// A cohort, and what it belongs to.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CohortOfBoard {
    id: CohortRef,
    /// What it is called.
    name: String,
    company_id: CompanyRef,
    /// The company that pays.
    company: String,
    project_id: ProjectRef,
    /// The project that it is part of.
    project: String,
    pathway_id: PathwayRef,
    /// The pathway that it follows.
    pathway: String,
    /// When it begins.
    starts_at: Time,
    /// When it was put away; null if it was not.
    #[schema(required)]
    archived_at: Option<Time>,
}

/// How a cohort does. Greyed out sessions are in no denominator.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Numbers {
    /// How many participants there are.
    people: u32,
    /// How many of them are on track.
    on_track: u32,
    /// How many are at risk.
    at_risk: u32,
    /// How many are off track.
    off_track: u32,
    /// Sessions without a time.
    unbooked: u32,
    /// Sessions with a time.
    booked: u32,
    /// Sessions that were attended.
    completed: u32,
    /// Sessions that were missed.
    missed: u32,
    /// Sessions that admins greyed out.
    greyed_out: u32,
    /// Steps whose suggested weeks are over and that have no time.
    overdue: u32,
    /// How many participants have such a step.
    overdue_people: u32,
    /// Completed in a hundred of all that were marked; null before the first.
    #[schema(required)]
    attendance_percent: Option<u32>,
}

impl Numbers {
    fn of(numbers: &Counted) -> Numbers {
        let attendance_percent = numbers.attendance_percent();
        let Counted { people, on_track, at_risk, off_track, unbooked, booked, completed, missed, .. } =
            *numbers;
        let Counted { greyed_out, overdue, overdue_people, .. } = *numbers;
        Numbers {
            people,
            on_track,
            at_risk,
            off_track,
            unbooked,
            booked,
            completed,
            missed,
            greyed_out,
            overdue,
            overdue_people,
            attendance_percent,
        }
    }
}

/// A step of a pathway.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StepOfBoard {
    id: StepRef,
    pathway_id: PathwayRef,
    /// Its number, from 1.
    number: u32,
    /// What it is called.
    name: String,
    kind: SessionKindCode,
    /// The first of its suggested weeks, counted from the start of the journey; null if there are none.
    #[schema(required)]
    from_week: Option<u16>,
    /// The last of them.
    #[schema(required)]
    to_week: Option<u16>,
}

impl StepOfBoard {
    fn of(column: &Column) -> StepOfBoard {
        StepOfBoard {
            id: IdOf(column.step),
            pathway_id: IdOf(column.pathway),
            number: column.number,
            name: column.name.clone(),
            kind: CodeOf(column.kind),
            from_week: column.weeks.map(|(from, _)| from),
            to_week: column.weeks.map(|(_, to)| to),
        }
    }
}

/// A participant, and where they stand.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ParticipantOfBoard {
    id: ParticipantRef,
    person_id: PersonRef,
    /// As they wish to be called.
    name: String,
    /// Who coaches them; null as long as that is open.
    #[schema(required)]
    coach_id: Option<PersonRef>,
    /// The same by name.
    #[schema(required)]
    coach: Option<String>,
    /// What their company calls them; null if nothing.
    #[schema(required)]
    external_id: Option<String>,
    /// Words that were given to them.
    tags: String,
    /// Whether they are a test, and in no number.
    test: bool,
    engagement: EngagementCode,
    /// What that rests on; empty for who is on track.
    because: Vec<BecauseOfBoard>,
    /// When they last joined, began, booked or completed something.
    last_active_at: Time,
    /// When their next session begins; null if they have none.
    #[schema(required)]
    next_at: Option<Time>,
    /// When they were last asked to book what is open; null if never.
    #[schema(required)]
    reminded_at: Option<Time>,
    /// When they were put away; null if they were not.
    #[schema(required)]
    archived_at: Option<Time>,
    /// As what.
    #[schema(required)]
    archived_as: Option<ArchivedAsCode>,
    journeys: Vec<JourneyOfBoard>,
}

/// Why somebody is not on track.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BecauseOfBoard {
    /// `overdue`, `missed_twice`, `missed_last` or `silent`.
    #[schema(pattern = "^[a-z_]+$", examples("overdue"))]
    code: &'static str,
    /// How many steps are overdue, if it is that; else null.
    #[schema(required)]
    steps: Option<u32>,
    /// Since when nothing happened, if it is that; else null.
    #[schema(required)]
    since: Option<Time>,
}

impl BecauseOfBoard {
    fn of(cause: Cause, zone: &Zone) -> BecauseOfBoard {
        let (steps, since) = match cause {
            Cause::Overdue(steps) => (Some(steps), None),
            Cause::Silent(since) => (None, Some(Time::of(since, zone))),
            Cause::MissedTwice | Cause::MissedLast => (None, None),
        };
        BecauseOfBoard { code: cause.code(), steps, since }
    }
}

/// A participant's copy of a pathway.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct JourneyOfBoard {
    id: JourneyRef,
    pathway_id: PathwayRef,
    /// When it began or begins.
    starts_at: Time,
    /// When it was said to be complete; null if it was not.
    #[schema(required)]
    completed_at: Option<Time>,
    /// Its sessions: the steps in order, then what was added.
    sessions: Vec<PlaceOfBoard>,
}

/// A participant's place in one session of a journey.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlaceOfBoard {
    session_id: SessionRef,
    /// The step; null for an extra session.
    #[schema(required)]
    step_id: Option<StepRef>,
    /// What an extra session is called; null for a step.
    #[schema(required)]
    extra: Option<String>,
    /// The step that an extra session makes up for; null if it is simply one more.
    #[schema(required)]
    makes_up_for: Option<StepRef>,
    /// Whether it is in the denominator.
    counts: bool,
    status: StatusCode,
    /// How it went; null as long as nobody has said so.
    #[schema(required)]
    outcome: Option<OutcomeCode>,
    /// When it is or was; null without a time.
    #[schema(required)]
    starts_at: Option<Time>,
    /// Whether its suggested weeks are over and it has no time.
    overdue: bool,
    /// Whether the client says that its Missed is wrong, and nobody has settled that.
    contested: bool,
    /// Whether the client could give it a time now, as far as its place in the journey goes.
    open: bool,
    /// Why it waits at a pod's step without a date that could be had; null if it does not.
    #[schema(required)]
    without_date: Option<WithoutDateCode>,
}

impl PlaceOfBoard {
    fn of(place: &Place, zone: &Zone) -> PlaceOfBoard {
        PlaceOfBoard {
            session_id: IdOf(place.session),
            step_id: place.step.map(IdOf),
            extra: place.extra.as_ref().map(|extra| extra.name.clone()),
            makes_up_for: place.extra.as_ref().and_then(|extra| extra.makes_up_for).map(IdOf),
            counts: place.counts,
            status: CodeOf(place.status),
            outcome: place.outcome.map(CodeOf),
            starts_at: place.starts_at.map(|at| Time::of(at, zone)),
            overdue: place.is_overdue,
            contested: place.is_contested,
            open: place.is_open,
            without_date: place.without_date.map(CodeOf),
        }
    }
}

impl ParticipantOfBoard {
    fn of(member: &Member, zone: &Zone) -> ParticipantOfBoard {
        let journey = |way: &Way| JourneyOfBoard {
            id: IdOf(way.id),
            pathway_id: IdOf(way.pathway),
            starts_at: Time::of(way.starts_at, zone),
            completed_at: way.completed_at.map(|at| Time::of(at, zone)),
            sessions: way.cells.iter().map(|place| PlaceOfBoard::of(place, zone)).collect(),
        };
        ParticipantOfBoard {
            id: IdOf(member.id),
            person_id: IdOf(member.person),
            name: member.name.clone(),
            coach_id: member.coach.as_ref().map(|(id, _)| IdOf(*id)),
            coach: member.coach.as_ref().map(|(_, name)| name.clone()),
            external_id: member.external_id.clone(),
            tags: member.tags.clone(),
            test: member.is_test,
            engagement: CodeOf(member.standing.engagement),
            because: member.standing.causes.iter().map(|cause| BecauseOfBoard::of(*cause, zone)).collect(),
            last_active_at: Time::of(member.last_active, zone),
            next_at: member.next.map(|(_, at)| Time::of(at, zone)),
            reminded_at: member.reminded_at.map(|at| Time::of(at, zone)),
            archived_at: member.archived_at.map(|at| Time::of(at, zone)),
            archived_as: member.archived_as.map(CodeOf),
            journeys: member.journeys.iter().map(journey).collect(),
        }
    }
}

fn cohort_of(cohort: &board::Cohort, zone: &Zone) -> CohortOfBoard {
    CohortOfBoard {
        id: IdOf(cohort.id),
        name: cohort.name.clone(),
        company_id: IdOf(cohort.company.0),
        company: cohort.company.1.clone(),
        project_id: IdOf(cohort.project.0),
        project: cohort.project.1.clone(),
        pathway_id: IdOf(cohort.pathway.0),
        pathway: cohort.pathway.1.clone(),
        starts_at: Time::of(cohort.starts_at, zone),
        archived_at: cohort.archived_at.map(|at| Time::of(at, zone)),
    }
}

/// One participant with their cohort.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ParticipantProfile {
    cohort: CohortOfBoard,
    /// The steps of their journeys, in order.
    steps: Vec<StepOfBoard>,
    participant: ParticipantOfBoard,
}

/// Whom to remind.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NewReminders {
    /// The ids of participants; all of the cohort if there are none.
    participants: Vec<String>,
    /// Whether nothing is sent: the answer says who would be reminded.
    preview: bool,
}

/// Who was or would be reminded.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Reminded {
    /// Whether it was done.
    sent: bool,
    /// Who gets one mail each.
    reminded: Vec<RemindedParticipant>,
    /// Who does not, and why.
    left_out: Vec<LeftOutParticipant>,
}

/// Somebody who is asked to book.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RemindedParticipant {
    participant_id: ParticipantRef,
    /// As they wish to be called.
    name: String,
    /// The sessions that they are asked to book.
    session_ids: Vec<SessionRef>,
    /// Whether they want no such mails, and are told inside the program alone.
    refuses_mail: bool,
}

/// Somebody who is not.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LeftOutParticipant {
    participant_id: ParticipantRef,
    /// As they wish to be called.
    name: String,
    reason: LeftOutCode,
}

/// The query of a board.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Wanted {
    q: String,
    status: String,
    coach: String,
    engagement: String,
    people: String,
    sort: String,
    cursor: String,
    limit: String,
}

/// The lines of the document.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/cohorts/{cohort}/board", "A cohort's board")
            .about("For admins, and for whoever leads the cohort, its project or its company.")
            .query("q", "Part of a name, an external id or a tag.")
            .query_word::<Shown>("status", "Only participants with a session that stands so.")
            .query_id_or::<PersonId>(
                "coach",
                NO_COACH,
                "Only participants of this coach; `none` is those whom nobody coaches yet.",
            )
            .query_word::<Engagement>("engagement", "Only participants who do so.")
            .query_word::<People>("people", "Those who are on their way, or those who were put away.")
            .query_word::<Sort>("sort", "In which order; by need unless said otherwise.")
            .paged()
            .answers::<Board>(),
        Operation::post("/cohorts/{cohort}/reminders", "Ask participants to book what is open")
            .about("One mail for each person. Whoever was asked within the last day is left out.")
            .takes::<NewReminders>()
            .answers::<Reminded>()
            .conflicts("The cohort is put away: `put_away`."),
        Operation::get("/participants/{participant}", "One participant")
            .about("For admins, for the leads of their cohort, and for whoever coaches them there.")
            .answers::<ParticipantProfile>(),
    ]
}

/// `GET /api/v1/cohorts/{cohort}/board`
pub async fn show(
    State(app): State<Reading>,
    visitor: Visitor,
    Path(cohort): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Answer {
    let cohort: CohortId = id(&cohort)?;
    let mut checks = Checks::default();
    let shown_only: Option<Shown> = filter(&mut checks, "status", &wanted.status, Problem::NotAChoice);
    let without_coach = wanted.coach == NO_COACH;
    let coach = if without_coach { "" } else { wanted.coach.as_str() };
    let coach: Option<PersonId> = filter(&mut checks, "coach", coach, Problem::NotAnId);
    let engagement: Option<Engagement> =
        filter(&mut checks, "engagement", &wanted.engagement, Problem::NotAChoice);
    let people: Option<People> = filter(&mut checks, "people", &wanted.people, Problem::NotAChoice);
    let sort: Option<Sort> = filter(&mut checks, "sort", &wanted.sort, Problem::NotAChoice);
    let after: Option<ParticipantId> = key(&mut checks, &wanted.cursor);
    let limit = limit(&mut checks, &wanted.limit) as usize;
    checks.done()?;
    let by = visitor.actor();
    let read = match people.unwrap_or(People::Present) {
        People::Present => board::board,
        People::Archived => board::put_away,
    };
    let found: Found = app.read(move |tx| read(tx, &by, cohort)).await?;
    let search = searched(&wanted.q);
    let narrowed = Filter { shown: shown_only, coach, without_coach, engagement, search };
    let members = found.select(&narrowed, sort.unwrap_or(Sort::Need));
    let from =
        after.and_then(|after| members.iter().position(|member| member.id == after)).map_or(0, |at| at + 1);
    let page = &members[from..members.len().min(from + limit)];
    let zone = zone_of(&visitor);
    let is_more = from + page.len() < members.len();
    shown(Board {
        cohort: cohort_of(&found.cohort, &zone),
        numbers: Numbers::of(&Counted::of(&found.members)),
        steps: found.columns.iter().map(StepOfBoard::of).collect(),
        participants: page.iter().map(|member| ParticipantOfBoard::of(member, &zone)).collect(),
        is_cut: found.is_cut,
        next: page.last().filter(|_| is_more).map(|last| cursor([last.id.to_string()])),
    })
}

/// `POST /api/v1/cohorts/{cohort}/reminders`
pub async fn remind(
    State(app): State<App>,
    visitor: Visitor,
    Path(cohort): Path<String>,
    JsonWrite { body, key }: JsonWrite<NewReminders>,
) -> Answer {
    let cohort: CohortId = id(&cohort)?;
    let mut checks = Checks::default();
    let ids = body.participants.iter().map(|id| id.parse::<ParticipantId>().map_err(|_| Problem::NotAnId));
    let only = checks.take("participants", ids.collect::<Result<Vec<_>, _>>());
    let (by, is_preview) = (visitor.actor(), body.preview);
    once(&app, key, axum::http::StatusCode::OK, move |tx| {
        // Who does not see the cohort is told nothing else (rule P4).
        let all = reminders::plan(tx, &by, cohort, only.as_deref().unwrap_or_default())?;
        let only = only.clone().ok_or(Refusal::invalid("participants", Problem::NotAnId))?;
        let plan = if is_preview { all } else { reminders::send(tx, &by, cohort, &only)? };
        Ok(Reminded {
            sent: !is_preview,
            reminded: plan.asked.iter().map(reminded).collect(),
            left_out: plan.left_out.iter().map(|(member, reason)| left_out(member, *reason)).collect(),
        })
    })
    .await
}

fn reminded(asked: &reminders::Asked) -> RemindedParticipant {
    RemindedParticipant {
        participant_id: IdOf(asked.member.id),
        name: asked.member.name.clone(),
        session_ids: asked.cells.iter().map(|cell| IdOf(cell.session)).collect(),
        refuses_mail: asked.refuses_mail,
    }
}

fn left_out(member: &Member, reason: LeftOut) -> LeftOutParticipant {
    LeftOutParticipant { participant_id: IdOf(member.id), name: member.name.clone(), reason: CodeOf(reason) }
}

/// `GET /api/v1/participants/{participant}`
pub async fn participant(
    State(app): State<Reading>,
    visitor: Visitor,
    Path(participant): Path<String>,
) -> Answer {
    let participant: ParticipantId = id(&participant)?;
    let by = visitor.actor();
    let found = app.read(move |tx| profile::profile(tx, &by, participant)).await?;
    let zone = zone_of(&visitor);
    shown(ParticipantProfile {
        cohort: cohort_of(&found.cohort, &zone),
        steps: found.columns.iter().map(StepOfBoard::of).collect(),
        participant: ParticipantOfBoard::of(&found.member, &zone),
    })
}
