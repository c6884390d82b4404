//! What somebody who leads programs finds at home: their cohorts, and what in them waits for somebody (rule G4). Only reads.

use rules::ids::CohortId;
use rules::permission::Action;

use super::pool::WAITS_FOR_COACH;
use crate::db::build::Query;
use crate::event::Actor;
use crate::{Result, Tx, args, reach};

/// The most cohorts that a home shows, those that begin last first.
const COHORTS_MAX: i64 = 20;

/// A cohort that somebody leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Led {
    /// Which.
    pub cohort: CohortId,
    /// What it is called.
    pub name: String,
    /// The company that pays.
    pub company: String,
    /// How many participants are on their way.
    pub people: usize,
    /// How many of them wait for a coach: nobody coaches them, and a 1:1 of theirs has no time.
    pub without_coach: usize,
    /// How many of its pods have no date, of steps that its pathway still has.
    pub pods_without_date: usize,
}

/// The cohorts that somebody leads; an admin, who leads all, finds them under the programs.
///
/// # Errors
/// Only those of the store.
pub fn led(tx: &mut Tx, by: &Actor) -> Result<Vec<Led>> {
    let reach = reach::of(by, Action::SeeCohort);
    if reach.is_all() || reach.is_none() {
        return Ok(Vec::new());
    }
    let mut query = Query::new(
        "SELECT c.id, c.name, m.name,
             (SELECT COUNT(*) FROM participant t JOIN person p ON p.id = t.person_id AND p.closed_at IS NULL
              WHERE t.cohort_id = c.id AND t.archived_at IS NULL AND NOT t.test),
             (SELECT COUNT(*) FROM participant t JOIN person p ON p.id = t.person_id AND p.closed_at IS NULL
              WHERE t.cohort_id = c.id AND NOT t.test AND",
        args![],
    );
    query.push(WAITS_FOR_COACH, args![]).push(
        "), (SELECT COUNT(*) FROM pod o JOIN session s ON s.pod_id = o.id
                JOIN step e ON e.id = o.step_id AND e.removed_at IS NULL
            WHERE o.cohort_id = c.id AND s.starts_at IS NULL AND s.cancelled_at IS NULL)
         FROM cohort c JOIN project j ON j.id = c.project_id JOIN company m ON m.id = j.company_id",
        args![],
    );
    query.and("c.archived_at IS NULL", args![]);
    reach::cohorts(&mut query, by, reach);
    query.push("ORDER BY c.starts_at DESC, c.id LIMIT $1", args![COHORTS_MAX]);
    tx.all(query.sql(), query.args(), |row| {
        Ok(Led {
            cohort: row.get(0)?,
            name: row.get(1)?,
            company: row.get(2)?,
            people: row.get(3)?,
            without_coach: row.get(4)?,
            pods_without_date: row.get(5)?,
        })
    })
}
