//! Programs, a file for each noun: companies, projects and cohorts, pathways, participants, journeys, pods.
//! What becomes of a journey's sessions afterwards is no matter of these files: they are sessions like any other.

pub mod archive;
pub mod board;
pub mod company;
pub mod completion;
pub mod desk;
pub mod escalation;
pub mod extra;
pub mod handover;
pub mod import;
pub mod inactive;
pub mod intake;
pub mod journey;
pub mod lead;
pub mod participant;
pub mod pathway;
pub mod pod;
pub mod pool;
pub mod profile;
pub mod reminders;
pub mod sheet;
pub mod survey;

use rules::ids::{CohortId, Id, ParticipantId};
use rules::inactivity::may_begin;
use rules::permission::{Action, What};
use rules::refusal::{Problem, Refusal};
use rules::time::Instant;
use serde_json::Value as Json;

pub use self::company::{Disclosure, add_cohort, add_company, add_project};
pub use self::journey::{add_journey, start_journey, start_journey_at};
pub use self::participant::add_participant;
pub use self::pathway::{NewStep, STEPS_MAX, add_pathway};
pub use self::pod::{Joining, NewPod, POD_MEMBERS_MAX, add_pod, join_pod};
use crate::event::{self, Actor, Kind, Subject};
use crate::{Result, Tx, args, reach};
pub use rules::pathway::Order;

/// The longest name of a company, a project, a cohort, a pathway or a step, in characters.
pub const NAME_MAX_CHARS: u32 = 100;

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
    /// A participant was asked to book what is open.
    pub const PARTICIPANT_REMINDED: Kind = Kind("participant_reminded");
    /// A participant was taken out of a pod.
    pub const POD_LEFT: Kind = Kind("pod_left");
    /// A pod is called otherwise, or led by somebody else, or holds more or fewer.
    pub const POD_CHANGED: Kind = Kind("pod_changed");
    /// A pod in which nobody was is gone.
    pub const POD_DELETED: Kind = Kind("pod_deleted");

    /// A company got another name.
    pub const COMPANY_CHANGED: Kind = Kind("company_changed");
    /// A project got another name, or its sponsors see more or less.
    pub const PROJECT_CHANGED: Kind = Kind("project_changed");
    /// A cohort got another name, start or pathway.
    pub const COHORT_CHANGED: Kind = Kind("cohort_changed");
    /// A cohort was put away.
    pub const COHORT_ARCHIVED: Kind = Kind("cohort_archived");
    /// A cohort was brought back.
    pub const COHORT_RESTORED: Kind = Kind("cohort_restored");
    /// A pathway was changed.
    pub const PATHWAY_CHANGED: Kind = Kind("pathway_changed");
    /// What is noted of a participant changed, or their coach.
    pub const PARTICIPANT_CHANGED: Kind = Kind("participant_changed");
    /// Somebody leads something from now on.
    pub const LEAD_APPOINTED: Kind = Kind("lead_appointed");
    /// Somebody leads something no longer.
    pub const LEAD_DISMISSED: Kind = Kind("lead_dismissed");
    /// Somebody speaks for a paying company.
    pub const SPONSOR_ADDED: Kind = Kind("sponsor_added");
    /// Somebody speaks for a company no longer.
    pub const SPONSOR_REMOVED: Kind = Kind("sponsor_removed");
    /// People were brought in from a file.
    pub const PEOPLE_IMPORTED: Kind = Kind("people_imported");
    /// A journey was said to be complete.
    pub const JOURNEY_COMPLETED: Kind = Kind("journey_completed");
    /// A journey is not complete after all.
    pub const JOURNEY_REOPENED: Kind = Kind("journey_reopened");
    /// A coach proposes that a journey be completed.
    pub const COMPLETION_PROPOSED: Kind = Kind("completion_proposed");
    /// The proposal was taken back or put aside.
    pub const PROPOSAL_DROPPED: Kind = Kind("proposal_dropped");
    /// What a pathway asks at its end was changed.
    pub const SURVEY_CHANGED: Kind = Kind("survey_changed");
    /// The survey of a journey went out.
    pub const SURVEY_SENT: Kind = Kind("survey_sent");
    /// It was answered.
    pub const SURVEY_ANSWERED: Kind = Kind("survey_answered");
    /// A participant stands on the list of those who have gone quiet.
    pub const GONE_QUIET: Kind = Kind("participant_gone_quiet");
    /// A lead was told of that list.
    pub const INACTIVE_LISTED: Kind = Kind("inactive_listed");
    /// A participant was put away.
    pub const PARTICIPANT_ARCHIVED: Kind = Kind("participant_archived");
    /// A participant was brought back.
    pub const PARTICIPANT_RESTORED: Kind = Kind("participant_restored");
    /// Bookings were called off because their people were put away.
    pub const BOOKINGS_CALLED_OFF: Kind = Kind("bookings_called_off");
    /// The sponsors were told that people of a cohort do not book.
    pub const ESCALATED: Kind = Kind("cohort_escalated");
    /// A participant was one of them.
    pub const PARTICIPANT_ESCALATED: Kind = Kind("participant_escalated");
    /// A session was added to a journey beside its steps.
    pub const EXTRA_ADDED: Kind = Kind("extra_added");
    /// Such a session that had no time was taken away again.
    pub const EXTRA_REMOVED: Kind = Kind("extra_removed");

    /// A pathway was put away.
    pub const PATHWAY_ARCHIVED: Kind = Kind("pathway_archived");
    /// A pathway was brought back.
    pub const PATHWAY_RESTORED: Kind = Kind("pathway_restored");
    /// A coach can be chosen by the participants of a cohort, or the number of their places is another.
    pub const POOL_CHANGED: Kind = Kind("pool_changed");
    /// A coach is in the pool of a cohort no longer.
    pub const POOL_LEFT: Kind = Kind("pool_left");
    /// A participant chose their coach.
    pub const COACH_CHOSEN: Kind = Kind("coach_chosen");
    /// A participant without a coach was given one.
    pub const COACH_GIVEN: Kind = Kind("coach_given");
    /// A participant has another coach.
    pub const COACH_CHANGED: Kind = Kind("coach_changed");
    /// Participants were given to another coach in one act.
    pub const PARTICIPANTS_HANDED_OVER: Kind = Kind("participants_handed_over");

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
        PARTICIPANT_REMINDED,
        POD_LEFT,
        POD_CHANGED,
        POD_DELETED,
        COMPANY_CHANGED,
        PROJECT_CHANGED,
        COHORT_CHANGED,
        COHORT_ARCHIVED,
        COHORT_RESTORED,
        PATHWAY_CHANGED,
        PARTICIPANT_CHANGED,
        LEAD_APPOINTED,
        LEAD_DISMISSED,
        SPONSOR_ADDED,
        SPONSOR_REMOVED,
        PEOPLE_IMPORTED,
        PATHWAY_ARCHIVED,
        PATHWAY_RESTORED,
        POOL_CHANGED,
        POOL_LEFT,
        COACH_CHOSEN,
        COACH_GIVEN,
        COACH_CHANGED,
        PARTICIPANTS_HANDED_OVER,
        JOURNEY_COMPLETED,
        JOURNEY_REOPENED,
        COMPLETION_PROPOSED,
        PROPOSAL_DROPPED,
        SURVEY_CHANGED,
        SURVEY_SENT,
        SURVEY_ANSWERED,
        GONE_QUIET,
        INACTIVE_LISTED,
        PARTICIPANT_ARCHIVED,
        PARTICIPANT_RESTORED,
        BOOKINGS_CALLED_OFF,
        ESCALATED,
        PARTICIPANT_ESCALATED,
        EXTRA_ADDED,
        EXTRA_REMOVED,
    ];
}

/// Asks the table of rights about a cohort. A foreign one and an absent one are refused alike (rule P4).
fn may_in(tx: &mut Tx, by: &Actor, action: Action, cohort: CohortId) -> Result<()> {
    must_exist(tx, "SELECT 1 FROM cohort WHERE id = $1", cohort)?;
    let ties = reach::ties_to_cohort(tx, by, cohort)?;
    Ok(by.may(action, &What::private(Action::SeeCohort, ties))?)
}

/// Refuses what would begin something in a cohort that is put away (rule G8).
pub(crate) fn must_be_in_use(tx: &mut Tx, cohort: CohortId) -> Result<()> {
    let sql = "SELECT archived_at FROM cohort WHERE id = $1";
    let away = tx.opt(sql, args![cohort], |row| row.get::<Option<Instant>>(0))?;
    Ok(may_begin(None, away.flatten())?)
}

/// The same for a participant who is put away, or whose cohort is.
pub(crate) fn must_be_here(tx: &mut Tx, participant: ParticipantId) -> Result<()> {
    let away = tx.opt(
        "SELECT t.archived_at, c.archived_at FROM participant t JOIN cohort c ON c.id = t.cohort_id WHERE t.id = $1",
        args![participant],
        |row| Ok((row.get::<Option<Instant>>(0)?, row.get::<Option<Instant>>(1)?)),
    )?;
    let (participant, cohort) = away.unwrap_or_default();
    Ok(may_begin(participant, cohort)?)
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
