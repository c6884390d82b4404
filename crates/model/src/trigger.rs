//! Rules that send mail by status (M5): made, changed, paused and removed by whoever runs the programs in which they hold.
//! A map: [`stand`] reads how participants stand, [`sweep`] finds and queues what is due, [`outlook`] says beforehand who
//! would get what and who not, [`letter`] is what a queued mail is written from. When something is due, and for whom, is
//! decided by [`rules::triggers`] alone.
//!
//! Of the rules about one condition and one recipient the nearest to the participant holds: a cohort's before its
//! project's, that before its company's. A paused one holds too, and sends nothing.

pub mod letter;
pub mod outlook;
mod stand;
pub mod sweep;

use std::collections::BTreeMap;

use jiff::SignedDuration;
use rules::ids::{CohortId, CompanyId, ProjectId, TriggerId};
use rules::permission::{Action, Reach, What};
use rules::person::Language;
use rules::refusal::{Problem, Refusal};
use rules::text::{Line, Prose};
use rules::time::Instant;
use rules::triggers::{Condition, Level, Recipient, Terms, Timing};
use serde_json::json;

use crate::db::build::Query;
use crate::event::{self, Actor, Subject};
use crate::program::lead::Led;
use crate::{Result, Row, Tx, args, organisation, reach};

pub use sweep::{next_look, sweep};

/// The longest subject, in characters.
pub const SUBJECT_MAX_CHARS: u32 = 150;
/// The longest text, in characters.
pub const BODY_MAX_CHARS: u32 = 4_000;
/// The most rules that a list shows.
pub const RULES_MAX: u32 = 500;
/// The most versions that a history shows, the latest.
pub const VERSIONS_MAX: u32 = 50;
/// Mails are counted over so long.
pub const COUNTED_OVER: SignedDuration = SignedDuration::from_hours(30 * 24);

/// What can happen to a rule, and because of one.
pub mod kind {
    use crate::event::Kind;

    /// A rule was made.
    pub const ADDED: Kind = Kind("trigger_added");
    /// Its timing or a text of it changed.
    pub const CHANGED: Kind = Kind("trigger_changed");
    /// It sends nothing for a while.
    pub const PAUSED: Kind = Kind("trigger_paused");
    /// It sends again.
    pub const RESUMED: Kind = Kind("trigger_resumed");
    /// It is no more.
    pub const REMOVED: Kind = Kind("trigger_removed");
    /// A mail of a rule was queued.
    pub const SENT: Kind = Kind("trigger_sent");
    /// Somebody had a text sent to themselves.
    pub const TESTED: Kind = Kind("trigger_tested");

    /// All of these.
    pub const ALL: &[Kind] = &[ADDED, CHANGED, PAUSED, RESUMED, REMOVED, SENT, TESTED];
}

/// What a rule says in one language. Its variables are filled in when a letter is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// The subject line.
    pub subject: Line<SUBJECT_MAX_CHARS>,
    /// What follows.
    pub body: Prose<BODY_MAX_CHARS>,
}

impl Text {
    /// Both, checked.
    ///
    /// # Errors
    /// What is wrong with the subject, and what with the body.
    pub fn parse(
        subject: &str,
        body: &str,
    ) -> (Result<Line<SUBJECT_MAX_CHARS>, Problem>, Result<Prose<BODY_MAX_CHARS>, Problem>) {
        (Line::parse_some(subject), Prose::parse_some(body))
    }
}

/// What a rule says, by language.
pub type Texts = BTreeMap<Language, Text>;

/// A rule to be made.
#[derive(Clone, Debug)]
pub struct NewTrigger {
    /// Where it holds.
    pub holds: Led,
    /// What has to be so.
    pub condition: Condition,
    /// To whom it writes.
    pub recipient: Recipient,
    /// When.
    pub timing: Timing,
    /// What it says; in the organisation's language at least.
    pub texts: Texts,
}

/// A rule.
#[derive(Clone, Debug)]
pub struct Trigger {
    /// Its id.
    pub id: TriggerId,
    /// Where it holds.
    pub holds: Led,
    /// The names of the company, the project and the cohort, as far as it names them.
    pub names: Vec<String>,
    /// What judges occasions.
    pub terms: Terms,
    /// The version in force.
    pub version: u32,
    /// Since when it is paused, and by whom.
    pub paused: Option<(Instant, Option<String>)>,
    /// When it was made.
    pub made_at: Instant,
    /// How many mails it queued within [`COUNTED_OVER`].
    pub sent: i64,
    /// The levels that have a rule of the same kind which it goes before, and those whose rule goes before it.
    pub overrides: Vec<Level>,
    /// See there.
    pub overridden_by: Vec<Level>,
    /// Since when it is no more.
    pub removed_at: Option<Instant>,
}

impl Trigger {
    /// How near to the participant it is.
    pub const fn level(&self) -> Level {
        level(self.holds)
    }

    /// Whether it sends.
    pub const fn is_running(&self) -> bool {
        self.paused.is_none() && self.removed_at.is_none()
    }
}

/// How near to the participant this is.
pub const fn level(holds: Led) -> Level {
    match holds {
        Led::Company(_) => Level::Company,
        Led::Project(_) => Level::Project,
        Led::Cohort(_) => Level::Cohort,
    }
}

/// One version of a rule.
#[derive(Clone, Debug)]
pub struct Version {
    /// Its number, from 1.
    pub number: u32,
    /// Its timing.
    pub timing: Timing,
    /// When it was made.
    pub at: Instant,
    /// By whom; none for the program and the operator.
    pub by: Option<String>,
    /// What it said.
    pub texts: BTreeMap<Language, (String, String)>,
}

macro_rules! rules_with {
    ($counted:literal) => {
        concat!(
            "SELECT r.id, r.company_id, r.project_id, r.cohort_id, m.name, j.name, c.name, r.condition, r.recipient,
                 r.wait_hours, r.times, r.again_hours, r.since_at, r.live_at, r.version, r.paused_at, b.name, r.made_at,
                 r.removed_at, ",
            $counted,
            " FROM trigger_rule r
             LEFT JOIN cohort c ON c.id = r.cohort_id
             LEFT JOIN project j ON j.id = COALESCE(r.project_id, c.project_id)
             JOIN company m ON m.id = COALESCE(r.company_id, j.company_id)
             LEFT JOIN person b ON b.id = r.paused_by"
        )
    };
}

/// Rules with how much they sent since `$1`, and which levels have one of the same kind.
const TRIGGERS: &str = rules_with!(
    "(SELECT COUNT(*) FROM trigger_sent x WHERE x.rule_id = r.id AND x.sent_at > $1),
     EXISTS (SELECT 1 FROM trigger_rule o WHERE o.company_id = m.id AND o.id <> r.id AND o.removed_at IS NULL
         AND o.condition = r.condition AND o.recipient = r.recipient),
     EXISTS (SELECT 1 FROM trigger_rule o JOIN project q ON q.id = o.project_id
         WHERE o.id <> r.id AND o.removed_at IS NULL AND o.condition = r.condition AND o.recipient = r.recipient
         AND (q.id = j.id OR (j.id IS NULL AND q.company_id = m.id))),
     EXISTS (SELECT 1 FROM trigger_rule o JOIN cohort h ON h.id = o.cohort_id JOIN project q ON q.id = h.project_id
         WHERE o.id <> r.id AND o.removed_at IS NULL AND o.condition = r.condition AND o.recipient = r.recipient
         AND h.archived_at IS NULL AND c.id IS NULL AND (q.id = j.id OR (j.id IS NULL AND q.company_id = m.id)))"
);
/// The same where nobody asks for that: many cohorts are looked at in one sweep.
const PLAIN: &str = rules_with!("CAST(0 AS BIGINT), 1 = 0, 1 = 0, 1 = 0");

fn from_row(row: &Row<'_>) -> Result<Trigger> {
    let holds = match (row.get(1)?, row.get(2)?, row.get(3)?) {
        (Some(company), ..) => Led::Company(company),
        (_, Some(project), _) => Led::Project(project),
        (.., Some(cohort)) => Led::Cohort(cohort),
        _ => return Err(crate::Error::database("a rule that holds nowhere")),
    };
    let names = [row.get::<Option<String>>(4)?, row.get(5)?, row.get(6)?];
    let others = [
        (Level::Company, row.get::<bool>(20)?),
        (Level::Project, row.get(21)?),
        (Level::Cohort, row.get(22)?),
    ];
    let there = |wanted: fn(Level, Level) -> bool| {
        let is_it = |(other, is_there): &(Level, bool)| *is_there && wanted(*other, level(holds));
        others.iter().filter(|other| is_it(other)).map(|(level, _)| *level).collect()
    };
    Ok(Trigger {
        id: row.get(0)?,
        holds,
        names: names.into_iter().flatten().collect(),
        terms: Terms {
            condition: row.parse(7)?,
            recipient: row.parse(8)?,
            timing: Timing { wait_hours: row.get(9)?, times: row.get(10)?, again_hours: row.get(11)? },
            since: row.get(12)?,
            live: row.get(13)?,
        },
        version: row.get(14)?,
        paused: match row.get::<Option<Instant>>(15)? {
            Some(at) => Some((at, row.get(16)?)),
            None => None,
        },
        made_at: row.get(17)?,
        removed_at: row.get(18)?,
        sent: row.get(19)?,
        overrides: there(|other, own| other < own),
        overridden_by: there(|other, own| other > own),
    })
}

/// Which rules a list shows.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only those of this company, its projects and its cohorts.
    pub company: Option<CompanyId>,
    /// Only those that hold in this project: its own, and its cohorts'.
    pub project: Option<ProjectId>,
    /// Only those of this cohort.
    pub cohort: Option<CohortId>,
}

/// The rules that somebody may see: an admin all, a lead those of what they lead; the company's first, at most
/// [`RULES_MAX`].
///
/// # Errors
/// [`Refusal::MayNot`] for all others.
pub fn list(tx: &mut Tx, by: &Actor, filter: &Filter) -> Result<Vec<Trigger>> {
    let reach = reach::somewhere(by, Action::ManageTriggers)?;
    let since = tx.now() - COUNTED_OVER;
    let mut query = Query::new(TRIGGERS, args![since]);
    query.and("r.removed_at IS NULL", args![]);
    query
        .and_some("m.id = $1", filter.company)
        .and_some("j.id = $1", filter.project)
        .and_some("c.id = $1", filter.cohort);
    if !reach.is_all() {
        query.and(
            "($2 AND EXISTS (SELECT 1 FROM lead l WHERE l.person_id = $1
                 AND (l.company_id = m.id OR l.project_id = j.id OR l.cohort_id = c.id)))",
            args![by.person(), reach.contains(Reach::PROGRAMS)],
        );
    }
    query.push(
        "ORDER BY m.folded_name, m.id, CASE WHEN j.id IS NULL THEN 0 ELSE 1 END, j.name,
             CASE WHEN c.id IS NULL THEN 0 ELSE 1 END, c.name, r.id LIMIT $1",
        args![RULES_MAX],
    );
    tx.all(query.sql(), query.args(), from_row)
}

/// One rule.
///
/// # Errors
/// [`Refusal::NotFound`] for one that is not theirs, as for one that is not there (rule P4).
pub fn get(tx: &mut Tx, by: &Actor, id: TriggerId) -> Result<Trigger> {
    let trigger = load(tx, id)?.filter(|trigger| trigger.removed_at.is_none()).ok_or(Refusal::NotFound)?;
    let ties = reach::ties_to_led(tx, by, trigger.holds)?;
    by.may(Action::ManageTriggers, &What::private(Action::ManageTriggers, ties))?;
    Ok(trigger)
}

fn load(tx: &mut Tx, id: TriggerId) -> Result<Option<Trigger>> {
    let since = tx.now() - COUNTED_OVER;
    let mut query = Query::new(TRIGGERS, args![since]);
    query.and("r.id = $1", args![id]);
    tx.opt(query.sql(), query.args(), from_row)
}

/// Makes sure that somebody may have rules there, and that there is such a place.
///
/// # Errors
/// [`Refusal::NotFound`] for a place that is not theirs, as for one that is not there.
pub fn may_at(tx: &mut Tx, by: &Actor, holds: Led) -> Result<()> {
    holds.must_exist(tx)?;
    let ties = reach::ties_to_led(tx, by, holds)?;
    Ok(by.may(Action::ManageTriggers, &What::private(Action::ManageTriggers, ties))?)
}

/// Makes a rule. What is so already counts from now.
///
/// # Errors
/// As [`may_at`]; [`Refusal::PutAway`]; [`Refusal::Invalid`] for a recipient that the condition has not, for texts that lack the organisation's
/// language, and where there is a rule about the same to the same.
pub fn make(tx: &mut Tx, by: &Actor, new: &NewTrigger) -> Result<TriggerId> {
    may_at(tx, by, new.holds)?;
    new.holds.must_be_in_use(tx)?;
    if !new.condition.recipients().contains(&new.recipient) {
        return Err(Refusal::invalid("recipient", Problem::NotAChoice).into());
    }
    must_speak(tx, &new.texts)?;
    let id: TriggerId = tx.new_id();
    let now = tx.now();
    let (company, project, cohort) = new.holds.columns();
    let Timing { wait_hours, times, again_hours } = new.timing;
    let made = tx.exec(
        "INSERT INTO trigger_rule (id, company_id, project_id, cohort_id, condition, recipient, version, wait_hours, times,
             again_hours, since_at, live_at, made_at)
         VALUES ($1, $2, $3, $4, $5, $6, 1, $7, $8, $9, $10, $10, $10) ON CONFLICT DO NOTHING",
        args![
            id,
            company,
            project,
            cohort,
            new.condition.code(),
            new.recipient.code(),
            wait_hours,
            times,
            again_hours,
            now
        ],
    )?;
    if made == 0 {
        return Err(Refusal::invalid("condition", Problem::Taken).into());
    }
    write_version(tx, by, id, 1, new.timing, &new.texts)?;
    let facts = json!({ "condition": new.condition.code(), "recipient": new.recipient.code(), "of": new.holds.text() });
    event::record(tx, by, kind::ADDED, &Subject::of(id), &facts)?;
    look_soon(tx, new.holds)?;
    Ok(id)
}

fn must_speak(tx: &mut Tx, texts: &Texts) -> Result<()> {
    let language = organisation::get(tx)?.language;
    if texts.contains_key(&language) {
        Ok(())
    } else {
        Err(Refusal::invalid("texts", Problem::Missing).into())
    }
}

fn write_version(
    tx: &mut Tx,
    by: &Actor,
    id: TriggerId,
    version: u32,
    timing: Timing,
    texts: &Texts,
) -> Result<()> {
    let now = tx.now();
    let Timing { wait_hours, times, again_hours } = timing;
    tx.exec(
        "INSERT INTO trigger_version (rule_id, version, wait_hours, times, again_hours, made_at, made_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        args![id, version, wait_hours, times, again_hours, now, by.person()],
    )?;
    for (language, text) in texts {
        tx.exec(
            "INSERT INTO trigger_text (rule_id, version, language, subject, body) VALUES ($1, $2, $3, $4, $5)",
            args![id, version, language.code(), text.subject.as_str(), text.body.as_str()],
        )?;
    }
    Ok(())
}

/// The cohorts in which a rule holds are looked at again at once.
fn look_soon(tx: &mut Tx, holds: Led) -> Result<()> {
    let now = tx.now();
    let (company, project, cohort) = holds.columns();
    tx.exec(
        "UPDATE cohort SET triggers_at = $1 WHERE id = $4 OR project_id = $3
             OR project_id IN (SELECT p.id FROM project p WHERE p.company_id = $2)",
        args![now, company, project, cohort],
    )?;
    Ok(())
}

/// Gives a rule other texts or another timing: a new version. Nothing that was sent is sent again; with another timing,
/// what is so already counts from now. Says whether anything changed.
///
/// # Errors
/// As [`get`] and [`make`].
pub fn change(tx: &mut Tx, by: &Actor, id: TriggerId, timing: Timing, texts: &Texts) -> Result<bool> {
    by.still_stands(tx)?;
    let old = get(tx, by, id)?;
    must_speak(tx, texts)?;
    let said = texts_of(tx, id, old.version)?;
    let says = texts.iter().map(|(language, text)| {
        (*language, (text.subject.as_str().to_owned(), text.body.as_str().to_owned()))
    });
    let is_same_timing = timing == old.terms.timing;
    if is_same_timing && says.eq(said) {
        return Ok(false);
    }
    let now = tx.now();
    let version = old.version + 1;
    tx.exec(
        "UPDATE trigger_rule SET version = $2, wait_hours = $3, times = $4, again_hours = $5,
             since_at = CASE WHEN $6 THEN since_at ELSE $7 END WHERE id = $1",
        args![id, version, timing.wait_hours, timing.times, timing.again_hours, is_same_timing, now],
    )?;
    write_version(tx, by, id, version, timing, texts)?;
    let hours = |timing: Timing| json!([timing.wait_hours, timing.times, timing.again_hours]);
    let facts = if is_same_timing {
        json!({ "version": version })
    } else {
        json!({ "version": version, "timing": { "from": hours(old.terms.timing), "to": hours(timing) } })
    };
    event::record_asked(tx, by, None, kind::CHANGED, &Subject::of(id), &facts)?;
    look_soon(tx, old.holds)?;
    Ok(true)
}

/// Lets a rule send nothing. It still goes before what it overrides.
///
/// # Errors
/// As [`get`].
pub fn pause(tx: &mut Tx, by: &Actor, id: TriggerId) -> Result<()> {
    get(tx, by, id)?;
    let now = tx.now();
    let sql = "UPDATE trigger_rule SET paused_at = $2, paused_by = $3 WHERE id = $1 AND paused_at IS NULL";
    match tx.exec(sql, args![id, now, by.person()])? {
        0 => by.still_stands(tx),
        _ => event::record(tx, by, kind::PAUSED, &Subject::of(id), &json!({})).map(drop),
    }
}

/// Lets it send again. What would have been sent meanwhile is not.
///
/// # Errors
/// As [`get`].
pub fn resume(tx: &mut Tx, by: &Actor, id: TriggerId) -> Result<()> {
    let trigger = get(tx, by, id)?;
    let now = tx.now();
    let sql = "UPDATE trigger_rule SET paused_at = NULL, paused_by = NULL, live_at = $2
         WHERE id = $1 AND paused_at IS NOT NULL";
    if tx.exec(sql, args![id, now])? == 0 {
        return by.still_stands(tx);
    }
    look_soon(tx, trigger.holds)?;
    event::record(tx, by, kind::RESUMED, &Subject::of(id), &json!({})).map(drop)
}

/// Takes a rule away. What it overrode holds again.
///
/// # Errors
/// As [`get`].
pub fn remove(tx: &mut Tx, by: &Actor, id: TriggerId) -> Result<()> {
    let trigger = get(tx, by, id)?;
    let now = tx.now();
    tx.exec("UPDATE trigger_rule SET removed_at = $2 WHERE id = $1", args![id, now])?;
    look_soon(tx, trigger.holds)?;
    event::record(tx, by, kind::REMOVED, &Subject::of(id), &json!({})).map(drop)
}

/// What a version says, by language.
///
/// # Errors
/// Only those of the store.
pub fn texts_of(tx: &mut Tx, id: TriggerId, version: u32) -> Result<BTreeMap<Language, (String, String)>> {
    let rows = tx.all(
        "SELECT language, subject, body FROM trigger_text WHERE rule_id = $1 AND version = $2",
        args![id, version],
        |row| Ok((row.parse(0)?, (row.get(1)?, row.get(2)?))),
    )?;
    Ok(rows.into_iter().collect())
}

/// The versions of a rule, the latest first, at most [`VERSIONS_MAX`].
///
/// # Errors
/// As [`get`].
pub fn versions(tx: &mut Tx, by: &Actor, id: TriggerId) -> Result<Vec<Version>> {
    get(tx, by, id)?;
    let mut versions = tx.all(
        "SELECT v.version, v.wait_hours, v.times, v.again_hours, v.made_at, p.name FROM trigger_version v
         LEFT JOIN person p ON p.id = v.made_by WHERE v.rule_id = $1 ORDER BY v.version DESC LIMIT $2",
        args![id, VERSIONS_MAX],
        |row| {
            Ok(Version {
                number: row.get(0)?,
                timing: Timing { wait_hours: row.get(1)?, times: row.get(2)?, again_hours: row.get(3)? },
                at: row.get(4)?,
                by: row.get(5)?,
                texts: BTreeMap::new(),
            })
        },
    )?;
    for version in &mut versions {
        version.texts = texts_of(tx, id, version.number)?;
    }
    Ok(versions)
}

/// The places in which somebody may have rules: companies, projects and cohorts that are not put away, with their names
/// from the outside in; at most [`PLACES_MAX`].
///
/// # Errors
/// [`Refusal::MayNot`] for whoever may have none anywhere.
pub fn places(tx: &mut Tx, by: &Actor) -> Result<Vec<(Led, Vec<String>)>> {
    let reach = reach::somewhere(by, Action::ManageTriggers)?;
    let mut query = Query::new(
        "SELECT m.id, j.id, c.id, m.name, j.name, c.name FROM
             (SELECT id AS company_id, CAST(NULL AS BIGINT) AS project_id, CAST(NULL AS BIGINT) AS cohort_id FROM company WHERE archived_at IS NULL
              UNION ALL SELECT company_id, id, CAST(NULL AS BIGINT) FROM project WHERE archived_at IS NULL
              UNION ALL SELECT q.company_id, q.id, h.id FROM cohort h JOIN project q ON q.id = h.project_id
                  WHERE h.archived_at IS NULL) x
         JOIN company m ON m.id = x.company_id LEFT JOIN project j ON j.id = x.project_id
         LEFT JOIN cohort c ON c.id = x.cohort_id",
        args![],
    );
    if !reach.is_all() {
        query.and(
            "($2 AND EXISTS (SELECT 1 FROM lead l WHERE l.person_id = $1
                 AND (l.company_id = m.id OR l.project_id = j.id OR l.cohort_id = c.id)))",
            args![by.person(), reach.contains(Reach::PROGRAMS)],
        );
    }
    query.push(
        "ORDER BY m.folded_name, m.id, CASE WHEN j.id IS NULL THEN 0 ELSE 1 END, j.name,
             CASE WHEN c.id IS NULL THEN 0 ELSE 1 END, c.name LIMIT $1",
        args![PLACES_MAX],
    );
    tx.all(query.sql(), query.args(), |row| {
        let names = [row.get::<Option<String>>(3)?, row.get(4)?, row.get(5)?];
        let holds = match (row.get::<Option<CohortId>>(2)?, row.get::<Option<ProjectId>>(1)?) {
            (Some(cohort), _) => Led::Cohort(cohort),
            (None, Some(project)) => Led::Project(project),
            (None, None) => Led::Company(row.get(0)?),
        };
        Ok((holds, names.into_iter().flatten().collect()))
    })
}

/// The most places that are offered for a rule.
pub const PLACES_MAX: u32 = 1_000;

/// The rules that hold in a cohort, paused ones too: of each condition and recipient the nearest.
pub(crate) fn in_force(tx: &mut Tx, cohort: CohortId) -> Result<Vec<Trigger>> {
    let mut query = Query::new(PLAIN, args![]);
    query.and("r.removed_at IS NULL", args![]).and(
        "(r.cohort_id = $1 OR r.project_id = (SELECT h.project_id FROM cohort h WHERE h.id = $1)
          OR r.company_id = (SELECT q.company_id FROM cohort h JOIN project q ON q.id = h.project_id WHERE h.id = $1))",
        args![cohort],
    );
    let mut all = tx.all(query.sql(), query.args(), from_row)?;
    all.sort_by_key(|trigger| {
        (trigger.terms.condition, trigger.terms.recipient, std::cmp::Reverse(trigger.level()))
    });
    all.dedup_by_key(|trigger| (trigger.terms.condition, trigger.terms.recipient));
    Ok(all)
}

/// The cohorts in which a rule is the one that holds, at most so many.
fn cohorts_of(tx: &mut Tx, trigger: &Trigger, limit: u32) -> Result<Vec<CohortId>> {
    let (company, project, cohort) = trigger.holds.columns();
    tx.all(
        "SELECT h.id FROM cohort h JOIN project q ON q.id = h.project_id
         WHERE h.archived_at IS NULL AND (h.id = $3 OR q.id = $2 OR q.company_id = $1)
             AND NOT EXISTS (SELECT 1 FROM trigger_rule o WHERE o.cohort_id = h.id AND o.id <> $4 AND o.condition = $5
                 AND o.recipient = $6 AND o.removed_at IS NULL)
             AND (CAST($1 AS BIGINT) IS NULL OR NOT EXISTS (SELECT 1 FROM trigger_rule o WHERE o.project_id = q.id
                 AND o.condition = $5 AND o.recipient = $6 AND o.removed_at IS NULL))
         ORDER BY h.id LIMIT $7",
        args![
            company,
            project,
            cohort,
            trigger.id,
            trigger.terms.condition.code(),
            trigger.terms.recipient.code(),
            limit
        ],
        |row| row.get(0),
    )
}
