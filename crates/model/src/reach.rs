//! Permission's reach turned into SQL, once. Every list, count, search and export of people narrows by this.

use rules::ids::{CohortId, ParticipantId, PersonId};
use rules::permission::{Action, Reach, reach};
use rules::refusal::Refusal;

use crate::db::build::Query;
use crate::event::Actor;
use crate::program::lead::Led;
use crate::{Result, Tx, args};

/// How far an actor's right goes. The operator and the program reach everything, a visitor nothing.
pub fn of(by: &Actor, action: Action) -> Reach {
    match by {
        Actor::Person { who, .. } => reach(who.roles, action),
        Actor::Visitor => Reach::NONE,
        Actor::Operator | Actor::Program => Reach::ALL,
    }
}

/// The same, for a list that makes no sense to whoever reaches nothing.
///
/// # Errors
/// [`Refusal::MayNot`] if the right goes nowhere.
pub fn somewhere(by: &Actor, action: Action) -> Result<Reach, Refusal> {
    let reach = of(by, action);
    if reach.is_none() { Err(Refusal::MayNot { action }) } else { Ok(reach) }
}

/// Narrows `query` to the people inside `reach`. The query names `person` as `p`.
pub fn people(query: &mut Query, by: &Actor, reach: Reach) {
    if reach.is_all() {
        return;
    }
    let has = |tie: Reach| reach.contains(tie);
    query.and(
        "(($2 AND p.id = $1)
          OR ($3 AND EXISTS (SELECT 1 FROM participant t JOIN cohort c ON c.id = t.cohort_id
                  JOIN lead l ON l.cohort_id = c.id OR l.project_id = c.project_id OR l.company_id = t.company_id
              WHERE t.person_id = p.id AND l.person_id = $1))
          OR ($4 AND EXISTS (SELECT 1 FROM coaching g
              WHERE g.client_id = p.id AND g.coach_id = $1 AND g.to_at IS NULL)))",
        args![by.person(), has(Reach::OWN), has(Reach::PROGRAMS), has(Reach::CLIENTS)],
    );
}

/// The ids of the cohorts that the person `$1` leads: in themselves, through their project, or through its company. Asked
/// for at once and not of one cohort after the other, so that a list begins at these few however many there are.
pub(crate) const LED: &str =
    "SELECT l.cohort_id FROM lead l WHERE l.person_id = $1 AND l.cohort_id IS NOT NULL
     UNION SELECT h.id FROM lead l JOIN cohort h ON h.project_id = l.project_id WHERE l.person_id = $1
     UNION SELECT h.id FROM lead l JOIN project q ON q.company_id = l.company_id
         JOIN cohort h ON h.project_id = q.id WHERE l.person_id = $1";

/// Narrows `query` to the cohorts inside `reach`. The query names `cohort` as `c`.
pub fn cohorts(query: &mut Query, by: &Actor, reach: Reach) {
    if !reach.is_all() {
        query.and("$1", args![reach.contains(Reach::PROGRAMS)]).push("AND c.id IN (", args![]);
        query.push(LED, args![by.person()]).push(")", args![]);
    }
}

/// Narrows `query` to the projects inside `reach`: those of which any cohort is. The query names `project` as `j`.
pub fn projects(query: &mut Query, by: &Actor, reach: Reach) {
    if !reach.is_all() {
        query.and(
            "($2 AND EXISTS (SELECT 1 FROM lead l LEFT JOIN cohort lc ON lc.id = l.cohort_id WHERE l.person_id = $1
                 AND (lc.project_id = j.id OR l.project_id = j.id OR l.company_id = j.company_id)))",
            args![by.person(), reach.contains(Reach::PROGRAMS)],
        );
    }
}

/// Narrows `query` to the companies inside `reach`: those of which any cohort or project is. The query names `company`
/// as `m`.
pub fn companies(query: &mut Query, by: &Actor, reach: Reach) {
    if !reach.is_all() {
        query.and(
            "($2 AND EXISTS (SELECT 1 FROM lead l LEFT JOIN cohort lc ON lc.id = l.cohort_id
                 LEFT JOIN project lj ON lj.id = l.project_id OR lj.id = lc.project_id
                 WHERE l.person_id = $1 AND (l.company_id = m.id OR lj.company_id = m.id)))",
            args![by.person(), reach.contains(Reach::PROGRAMS)],
        );
    }
}

/// Narrows `query` to the pathways inside `reach`: those that a cohort of theirs follows, or that somebody in one has a
/// journey on. The query names `pathway` as `w`.
pub fn pathways(query: &mut Query, by: &Actor, reach: Reach) {
    if !reach.is_all() {
        query.and(
            "($2 AND EXISTS (SELECT 1 FROM cohort c JOIN project j ON j.id = c.project_id
                 JOIN lead l ON l.cohort_id = c.id OR l.project_id = j.id OR l.company_id = j.company_id
                 WHERE l.person_id = $1 AND (c.pathway_id = w.id OR EXISTS (SELECT 1 FROM journey n
                     JOIN participant t ON t.id = n.participant_id
                     WHERE t.cohort_id = c.id AND n.pathway_id = w.id))))",
            args![by.person(), reach.contains(Reach::PROGRAMS)],
        );
    }
}

/// What an actor has to do with a cohort: leads have a tie to those that they lead, in whole or through project or
/// company.
///
/// # Errors
/// Only those of the store.
pub fn ties_to_cohort(tx: &mut Tx, by: &Actor, cohort: CohortId) -> Result<Reach> {
    let leads = tx.exists(
        "SELECT 1 FROM cohort c JOIN project p ON p.id = c.project_id
         JOIN lead l ON l.cohort_id = c.id OR l.project_id = p.id OR l.company_id = p.company_id
         WHERE c.id = $1 AND l.person_id = $2",
        args![cohort, by.person()],
    )?;
    Ok(if leads { Reach::PROGRAMS } else { Reach::NONE })
}

/// What an actor has to do with a company, a project or a cohort: whoever leads it or what it belongs to.
///
/// # Errors
/// Only those of the store.
pub fn ties_to_led(tx: &mut Tx, by: &Actor, led: Led) -> Result<Reach> {
    let (sql, id) = match led {
        Led::Company(id) => ("SELECT 1 FROM lead l WHERE l.company_id = $1 AND l.person_id = $2", id.raw()),
        Led::Project(id) => (
            "SELECT 1 FROM project p JOIN lead l ON l.project_id = p.id OR l.company_id = p.company_id
             WHERE p.id = $1 AND l.person_id = $2",
            id.raw(),
        ),
        Led::Cohort(cohort) => return ties_to_cohort(tx, by, cohort),
    };
    Ok(if tx.exists(sql, args![id, by.person()])? { Reach::PROGRAMS } else { Reach::NONE })
}

/// What an actor has to do with a participant: leads by the cohort, and the coach of this place in it. What the same
/// person does elsewhere is another place.
///
/// # Errors
/// Only those of the store.
pub fn ties_to_participant(tx: &mut Tx, by: &Actor, participant: ParticipantId) -> Result<Reach> {
    let found =
        tx.opt("SELECT cohort_id, coach_id FROM participant WHERE id = $1", args![participant], |row| {
            Ok((row.get::<CohortId>(0)?, row.get::<Option<PersonId>>(1)?))
        })?;
    let Some((cohort, coach)) = found else { return Ok(Reach::NONE) };
    let ties = ties_to_cohort(tx, by, cohort)?;
    let coaches = coach.is_some() && coach == by.person();
    Ok(if coaches { ties | Reach::CLIENTS } else { ties })
}
