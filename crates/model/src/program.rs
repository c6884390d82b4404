//! Programs: company, project, cohort, participant; pathways and the journeys made from them; pods.
//! What becomes of a journey's sessions afterwards is no matter of this file: they are sessions like any other.

use rules::attendance::JourneyPart;
use rules::ids::{
    CohortId, CompanyId, Id, JourneyId, ParticipantId, PathwayId, PersonId, PodId, ProjectId, SessionId,
    StepId,
};
use rules::permission::{Action, What};
use rules::person::fold;
use rules::refusal::{Problem, Refusal};
use rules::session::{Minutes, Place, PlaceKind, SessionKind};
use rules::time::Instant;
use serde_json::{Value as Json, json};

use crate::event::{self, Actor, Kind, Subject};
use crate::session::{self, Plan};
use crate::{Error, Result, Row, Tx, args, coach, reach};

/// The most steps that a pathway has.
pub const STEPS_MAX: usize = 50;
/// The most members that a pod has: as many as fit into one call (rule V3).
pub const POD_MEMBERS_MAX: u32 = 15;

/// What can happen to a program.
pub mod kind {
    use crate::event::Kind;

    /// A company became a customer.
    pub const COMPANY_ADDED: Kind = Kind("company_added");
    /// A company's project began.
    pub const PROJECT_ADDED: Kind = Kind("project_added");
    /// A pathway was written.
    pub const PATHWAY_ADDED: Kind = Kind("pathway_added");
    /// A cohort was made.
    pub const COHORT_ADDED: Kind = Kind("cohort_added");
    /// Somebody got a place in a cohort.
    pub const PARTICIPANT_ADDED: Kind = Kind("participant_added");
    /// A participant got their own copy of the pathway.
    pub const JOURNEY_STARTED: Kind = Kind("journey_started");
    /// A pod was made.
    pub const POD_ADDED: Kind = Kind("pod_added");
    /// A participant became a member of a pod.
    pub const POD_JOINED: Kind = Kind("pod_joined");

    /// All of these.
    pub const ALL: &[Kind] = &[
        COMPANY_ADDED,
        PROJECT_ADDED,
        PATHWAY_ADDED,
        COHORT_ADDED,
        PARTICIPANT_ADDED,
        JOURNEY_STARTED,
        POD_ADDED,
        POD_JOINED,
    ];
}

/// What a paying company sees of its people (rule N5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disclosure {
    /// Each one by name.
    Names,
    /// Counts alone.
    Counts,
}

impl Disclosure {
    /// Its name in the database.
    pub const fn code(self) -> &'static str {
        match self {
            Disclosure::Names => "names",
            Disclosure::Counts => "counts",
        }
    }
}

/// One step of a pathway to be written.
#[derive(Clone, Debug)]
pub struct NewStep {
    /// What it is called.
    pub name: String,
    /// A 1:1 or a pod.
    pub kind: SessionKind,
    /// How long its session is.
    pub minutes: Minutes,
    /// The first and last of the weeks that are suggested for it; the journey's first week is 1.
    pub weeks: Option<(u16, u16)>,
    /// How many days ahead it can be booked.
    pub window_days: u16,
    /// Where its session happens.
    pub place: Place,
}

/// A pod to be made.
#[derive(Clone, Debug)]
pub struct NewPod {
    /// Of which cohort.
    pub cohort: CohortId,
    /// For which step.
    pub step: StepId,
    /// What it is called.
    pub name: String,
    /// Who leads it.
    pub facilitator: PersonId,
    /// Below so many members the lead is warned.
    pub min_members: u32,
    /// It holds no more than these, and never more than [`POD_MEMBERS_MAX`].
    pub max_members: u32,
    /// Whether participants choose it themselves (rule G5).
    pub joining: Joining,
}

/// Who says who is in a pod.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Joining {
    /// Whoever makes it names its members.
    Closed,
    /// Participants choose it.
    Open,
}

/// Makes a company.
pub fn add_company(tx: &mut Tx, by: &Actor, name: &str) -> Result<CompanyId> {
    by.may(Action::ManageCompanies, &What::of_the_organisation())?;
    let id: CompanyId = tx.new_id();
    let now = tx.now();
    let made = tx.exec(
        "INSERT INTO company (id, name, folded_name, made_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        args![id, name, fold(name), now],
    )?;
    unless_taken(made, "name")?;
    record(tx, by, kind::COMPANY_ADDED, id, &json!({}))?;
    Ok(id)
}

/// Makes a company's project.
pub fn add_project(
    tx: &mut Tx,
    by: &Actor,
    company: CompanyId,
    name: &str,
    disclosure: Disclosure,
) -> Result<ProjectId> {
    by.may(Action::ManageCompanies, &What::of_the_organisation())?;
    must_exist(tx, "SELECT 1 FROM company WHERE id = $1", company)?;
    let id: ProjectId = tx.new_id();
    let now = tx.now();
    let made = tx.exec(
        "INSERT INTO project (id, company_id, name, disclosure, made_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT DO NOTHING",
        args![id, company, name, disclosure.code(), now],
    )?;
    unless_taken(made, "name")?;
    let facts = json!({ "company": company.to_string(), "disclosure": disclosure.code() });
    record(tx, by, kind::PROJECT_ADDED, id, &facts)?;
    Ok(id)
}

/// Writes a pathway. `ordered`: a step opens when the one before is Booked, Completed or Missed (rule G1).
pub fn add_pathway(
    tx: &mut Tx,
    by: &Actor,
    name: &str,
    order: Order,
    steps: &[NewStep],
) -> Result<PathwayId> {
    by.may(Action::ManageTemplates, &What::of_the_organisation())?;
    if steps.is_empty() || steps.len() > STEPS_MAX {
        let problem = Problem::OutOfRange { least: 1, most: STEPS_MAX as i64 };
        return Err(Refusal::invalid("steps", problem).into());
    }
    let id: PathwayId = tx.new_id();
    let now = tx.now();
    let made = tx.exec(
        "INSERT INTO pathway (id, name, ordered, made_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        args![id, name, order == Order::Ordered, now],
    )?;
    unless_taken(made, "name")?;
    let ids: Vec<StepId> = steps.iter().map(|_| tx.new_id()).collect();
    let rows = steps.iter().zip(ids).zip(1_i64..).map(|((step, step_id), no)| {
        [
            step_id.into(),
            id.into(),
            no.into(),
            (&step.name).into(),
            step.kind.code().into(),
            step.minutes.get().into(),
            step.weeks.map(|(first, _)| first).into(),
            step.weeks.map(|(_, last)| last).into(),
            step.window_days.into(),
            step.place.kind.code().into(),
            (&step.place.detail).into(),
        ]
    });
    let head =
        "INSERT INTO step (id, pathway_id, no, name, kind, minutes, from_week, to_week, window_days, place,
        place_detail)";
    tx.insert_many(head, rows, "")?;
    record(tx, by, kind::PATHWAY_ADDED, id, &json!({ "steps": steps.len() }))?;
    Ok(id)
}

/// In which order the steps of a pathway open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// All at once.
    Free,
    /// One after the other.
    Ordered,
}

/// Makes a cohort, which follows a pathway.
pub fn add_cohort(
    tx: &mut Tx,
    by: &Actor,
    project: ProjectId,
    pathway: PathwayId,
    name: &str,
    starts_at: Instant,
) -> Result<CohortId> {
    by.may(Action::ManageCompanies, &What::of_the_organisation())?;
    must_exist(tx, "SELECT 1 FROM project WHERE id = $1", project)?;
    must_exist(tx, "SELECT 1 FROM pathway WHERE id = $1", pathway)?;
    let id: CohortId = tx.new_id();
    let now = tx.now();
    let made = tx.exec(
        "INSERT INTO cohort (id, project_id, pathway_id, name, starts_at, made_at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT DO NOTHING",
        args![id, project, pathway, name, starts_at, now],
    )?;
    unless_taken(made, "name")?;
    let facts = json!({ "project": project.to_string(), "pathway": pathway.to_string() });
    record(tx, by, kind::COHORT_ADDED, id, &facts)?;
    Ok(id)
}

/// Gives a person a place in a cohort, with a coach who from now on is theirs.
pub fn add_participant(
    tx: &mut Tx,
    by: &Actor,
    cohort: CohortId,
    person: PersonId,
    coach: PersonId,
) -> Result<ParticipantId> {
    may_in(tx, by, Action::ManageParticipants, cohort)?;
    must_exist(tx, "SELECT 1 FROM person WHERE id = $1", person)?;
    coach::take_on(tx, coach, person)?;
    let id: ParticipantId = tx.new_id();
    let now = tx.now();
    let made = tx.exec(
        "INSERT INTO participant (id, person_id, cohort_id, company_id, coach_id, tags, test, joined_at)
         SELECT CAST($1 AS BIGINT), CAST($2 AS BIGINT), c.id, p.company_id, CAST($4 AS BIGINT), '', $5,
             CAST($6 AS BIGINT)
         FROM cohort c JOIN project p ON p.id = c.project_id WHERE c.id = $3
         ON CONFLICT DO NOTHING",
        args![id, person, cohort, coach, false, now],
    )?;
    unless_taken(made, "person")?;
    let facts =
        json!({ "person": person.to_string(), "cohort": cohort.to_string(), "coach": coach.to_string() });
    record(tx, by, kind::PARTICIPANT_ADDED, id, &facts)?;
    Ok(id)
}

/// Gives a participant their own copy of the cohort's pathway: one attendance per step, all Unbooked. A pod step
/// shares the session of the pod that they are in; until they are in one it has a session of its own.
pub fn start_journey(tx: &mut Tx, by: &Actor, participant: ParticipantId) -> Result<JourneyId> {
    let place = place_in_cohort(tx, participant)?;
    may_in(tx, by, Action::ManageParticipants, place.cohort)?;
    let id: JourneyId = tx.new_id();
    let now = tx.now();
    let made = tx.exec(
        "INSERT INTO journey (id, participant_id, pathway_id, starts_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT DO NOTHING",
        args![id, participant, place.pathway, now],
    )?;
    unless_taken(made, "participant")?;
    for step in steps(tx, place.pathway)? {
        let session = match pod_session(tx, participant, step.id)? {
            Some(session) => session,
            None => session::plan(tx, &step.plan(place.coach))?,
        };
        let part = JourneyPart { journey: id, step: Some(step.id), counts: true };
        session::attend(tx, session, place.person, Some(part))?;
    }
    let facts = json!({ "participant": participant.to_string(), "pathway": place.pathway.to_string() });
    record(tx, by, kind::JOURNEY_STARTED, id, &facts)?;
    Ok(id)
}

/// Makes a pod with its one session, which has no time yet.
pub fn add_pod(tx: &mut Tx, by: &Actor, new: &NewPod) -> Result<PodId> {
    may_in(tx, by, Action::ManagePods, new.cohort)?;
    if new.min_members < 1 || new.max_members < new.min_members || new.max_members > POD_MEMBERS_MAX {
        let problem =
            Problem::OutOfRange { least: new.min_members.max(1).into(), most: POD_MEMBERS_MAX.into() };
        return Err(Refusal::invalid("max_members", problem).into());
    }
    let step = pod_step(tx, new.cohort, new.step)?;
    must_exist(tx, "SELECT 1 FROM coach WHERE person_id = $1", new.facilitator)?;
    let id: PodId = tx.new_id();
    let now = tx.now();
    let joining = match new.joining {
        Joining::Closed => "closed",
        Joining::Open => "open",
    };
    let made = tx.exec(
        "INSERT INTO pod (id, cohort_id, step_id, name, facilitator_id, joining, min_members, max_members, made_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING",
        args![
            id,
            new.cohort,
            new.step,
            &new.name,
            new.facilitator,
            joining,
            new.min_members,
            new.max_members,
            now
        ],
    )?;
    unless_taken(made, "name")?;
    session::plan(tx, &Plan { pod: Some(id), ..step.plan(Some(new.facilitator)) })?;
    let facts = json!({ "cohort": new.cohort.to_string(), "step": new.step.to_string() });
    record(tx, by, kind::POD_ADDED, id, &facts)?;
    Ok(id)
}

/// Makes a participant a member of a pod. If their journey runs already, its step shares the pod's session now.
///
/// # Errors
/// [`Refusal::PodFull`], under parallel joins as well (rule A7); [`Refusal::InAnotherPod`].
pub fn join_pod(tx: &mut Tx, by: &Actor, pod: PodId, participant: ParticipantId) -> Result<()> {
    let found =
        tx.opt("SELECT cohort_id, step_id, max_members FROM pod WHERE id = $1", args![pod], |row| {
            Ok((row.get::<CohortId>(0)?, row.get::<StepId>(1)?, row.get::<u32>(2)?))
        })?;
    let (cohort, step, most) = found.ok_or(Refusal::NotFound)?;
    may_in(tx, by, Action::ManagePods, cohort)?;
    if place_in_cohort(tx, participant)?.cohort != cohort {
        return Err(Refusal::NotFound.into());
    }
    let pods_of_step = tx.all(
        "SELECT m.pod_id FROM pod_member m JOIN pod p ON p.id = m.pod_id
         WHERE m.participant_id = $1 AND p.step_id = $2",
        args![participant, step],
        |row| row.get::<PodId>(0),
    )?;
    if pods_of_step.contains(&pod) {
        return Ok(());
    }
    if !pods_of_step.is_empty() {
        return Err(Refusal::InAnotherPod.into());
    }
    let members: u32 =
        tx.one("SELECT COUNT(*) FROM pod_member WHERE pod_id = $1", args![pod], |row| row.get(0))?;
    if members >= most {
        return Err(Refusal::PodFull { most }.into());
    }
    let now = tx.now();
    tx.exec(
        "INSERT INTO pod_member (pod_id, participant_id, joined_at) VALUES ($1, $2, $3)",
        args![pod, participant, now],
    )?;
    share_session(tx, pod, participant, step)?;
    record(tx, by, kind::POD_JOINED, pod, &json!({ "participant": participant.to_string() }))
}

/// Moves the place that a running journey keeps for the step into the pod's session.
fn share_session(tx: &mut Tx, pod: PodId, participant: ParticipantId, step: StepId) -> Result<()> {
    let kept = tx.opt(
        "SELECT a.session_id FROM attendance a JOIN journey j ON j.id = a.journey_id
         WHERE j.participant_id = $1 AND a.step_id = $2",
        args![participant, step],
        |row| row.get::<SessionId>(0),
    )?;
    let Some(kept) = kept else { return Ok(()) };
    tx.exec(
        "UPDATE attendance SET session_id = (SELECT id FROM session WHERE pod_id = $2) WHERE session_id = $1",
        args![kept, pod],
    )?;
    // It was made for this one place and never had a time.
    tx.exec("DELETE FROM session_coach WHERE session_id = $1", args![kept])?;
    tx.exec("DELETE FROM session WHERE id = $1", args![kept])?;
    Ok(())
}

/// Asks the table of rights about a cohort. A foreign one and an absent one are refused alike (rule P4).
fn may_in(tx: &mut Tx, by: &Actor, action: Action, cohort: CohortId) -> Result<()> {
    must_exist(tx, "SELECT 1 FROM cohort WHERE id = $1", cohort)?;
    let ties = reach::ties_to_cohort(tx, by, cohort)?;
    Ok(by.may(action, &What::private(Action::SeeCohort, ties))?)
}

struct PlaceInCohort {
    person: PersonId,
    cohort: CohortId,
    pathway: PathwayId,
    coach: Option<PersonId>,
}

fn place_in_cohort(tx: &mut Tx, participant: ParticipantId) -> Result<PlaceInCohort> {
    let place = tx.opt(
        "SELECT t.person_id, t.cohort_id, c.pathway_id, t.coach_id
         FROM participant t JOIN cohort c ON c.id = t.cohort_id WHERE t.id = $1",
        args![participant],
        |row| {
            Ok(PlaceInCohort {
                person: row.get(0)?,
                cohort: row.get(1)?,
                pathway: row.get(2)?,
                coach: row.get(3)?,
            })
        },
    )?;
    Ok(place.ok_or(Refusal::NotFound)?)
}

struct Step {
    id: StepId,
    kind: SessionKind,
    minutes: Minutes,
    place: Place,
}

impl Step {
    fn plan(&self, coach: Option<PersonId>) -> Plan {
        Plan {
            kind: self.kind,
            minutes: self.minutes,
            place: self.place.clone(),
            pod: None,
            coaches: coach.into_iter().collect(),
        }
    }
}

const STEP_COLUMNS: &str = "t.id, t.kind, t.minutes, t.place, t.place_detail";

fn step_from_row(row: &Row<'_>) -> Result<Step> {
    Ok(Step {
        id: row.get(0)?,
        kind: row.parse::<SessionKind>(1)?,
        minutes: Minutes::new(row.get(2)?).ok_or_else(|| Error::database("step.minutes is no length"))?,
        place: Place { kind: row.parse::<PlaceKind>(3)?, detail: row.get(4)? },
    })
}

fn steps(tx: &mut Tx, pathway: PathwayId) -> Result<Vec<Step>> {
    let sql = format!("SELECT {STEP_COLUMNS} FROM step t WHERE t.pathway_id = $1 ORDER BY t.no");
    tx.all(&sql, args![pathway], step_from_row)
}

fn pod_step(tx: &mut Tx, cohort: CohortId, step: StepId) -> Result<Step> {
    let sql = format!(
        "SELECT {STEP_COLUMNS} FROM step t JOIN cohort c ON c.pathway_id = t.pathway_id
         WHERE c.id = $1 AND t.id = $2 AND t.kind = 'pod'"
    );
    Ok(tx.opt(&sql, args![cohort, step], step_from_row)?.ok_or(Refusal::NotFound)?)
}

fn pod_session(tx: &mut Tx, participant: ParticipantId, step: StepId) -> Result<Option<SessionId>> {
    tx.opt(
        "SELECT s.id FROM pod_member m JOIN pod p ON p.id = m.pod_id JOIN session s ON s.pod_id = p.id
         WHERE m.participant_id = $1 AND p.step_id = $2",
        args![participant, step],
        |row| row.get(0),
    )
}

fn must_exist(tx: &mut Tx, sql: &str, id: impl Id) -> Result<()> {
    if tx.exists(sql, args![id.raw()])? { Ok(()) } else { Err(Refusal::NotFound.into()) }
}

fn unless_taken(made: u64, field: &'static str) -> Result<()> {
    if made == 0 { Err(Refusal::invalid(field, Problem::Taken).into()) } else { Ok(()) }
}

fn record<I: Id>(tx: &mut Tx, by: &Actor, kind: Kind, subject: I, facts: &Json) -> Result<()> {
    event::record(tx, by, kind, &Subject::of(subject), facts)?;
    Ok(())
}
