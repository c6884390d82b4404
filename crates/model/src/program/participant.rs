//! Participants: a person's place in a cohort, with who coaches them there.

use rules::ids::{CohortId, CompanyId, ParticipantId, PathwayId, PersonId};
use rules::permission::{Action, Role, Roles};
use rules::person::{MailAddress, PersonName};
use rules::refusal::{Problem, Refusal};
use rules::text::Line;
use rules::time::{Instant, Zone};
use serde_json::json;

use super::handover::{self, Whose};
use super::{journey, kind, may_in, must_be_here, must_be_in_use, must_exist, record, unless_taken};
use crate::db::build::Query;
use crate::event::Actor;
use crate::{Result, Row, Tx, args, coach, person, reach, sign_in};

/// The most custom fields of a participant (rule G12).
pub const FIELDS_MAX: usize = 10;
/// The most tags of a participant.
pub const TAGS_MAX: usize = 20;

/// The company's own name for a participant (rule G12).
pub type ExternalId = Line<100>;

/// What is noted of a participant: changes as often as one likes.
#[derive(Clone, Debug, Default)]
pub struct Notes {
    /// Who coaches them; nobody as long as that is open.
    pub coach: Option<PersonId>,
    /// The company's own name for them, unique in the company.
    pub external_id: Option<ExternalId>,
    /// Words to find them by.
    pub tags: Vec<Line<40>>,
    /// Whether they are a test: in no report and told of nothing by real mail (rule G12).
    pub test: bool,
    /// Custom fields: name and value.
    pub fields: Vec<(Line<60>, Line<200>)>,
}

impl Notes {
    /// # Errors
    /// What is too much, or there twice.
    pub fn check(&self) -> Result<(), Refusal> {
        if self.tags.len() > TAGS_MAX {
            return Err(Refusal::invalid("tags", Problem::TooMany { most: TAGS_MAX as u32 }));
        }
        if self.tags.iter().any(|tag| tag.as_str().contains(',')) {
            return Err(Refusal::invalid("tags", Problem::StrayCharacters));
        }
        if self.fields.len() > FIELDS_MAX {
            return Err(Refusal::invalid("fields", Problem::TooMany { most: FIELDS_MAX as u32 }));
        }
        let named_twice = |place: usize| {
            self.fields[..place].iter().any(|(name, _)| name.as_str() == self.fields[place].0.as_str())
        };
        if (0..self.fields.len()).any(named_twice) {
            return Err(Refusal::invalid("fields", Problem::Taken));
        }
        Ok(())
    }

    pub(super) fn tags_text(&self) -> String {
        let mut tags: Vec<&str> = self.tags.iter().map(Line::as_str).filter(|tag| !tag.is_empty()).collect();
        tags.sort_unstable();
        tags.dedup();
        tags.join(",")
    }
}

/// Somebody who is to have a place.
#[derive(Clone, Debug)]
pub struct NewParticipant {
    /// In which cohort.
    pub cohort: CohortId,
    /// As they wish to be called; who has an account keeps their own.
    pub name: PersonName,
    /// Where mail goes.
    pub mail: MailAddress,
    /// Their zone if it is known; it is a guess until they say it.
    pub zone: Option<Zone>,
    /// From when on the weeks of the pathway count; else from the start of the cohort, or from now if that is over.
    pub starts_at: Option<Instant>,
    /// What is noted of them.
    pub notes: Notes,
}

/// A participant as who runs the cohort sees them.
#[derive(Clone, Debug)]
pub struct Participant {
    /// Their id.
    pub id: ParticipantId,
    /// Who.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// Their mail address.
    pub mail: String,
    /// In which cohort.
    pub cohort: CohortId,
    /// Its name.
    pub cohort_name: String,
    /// Who coaches them, with their name.
    pub coach: Option<(PersonId, String)>,
    /// The company's own name for them.
    pub external_id: Option<String>,
    /// Words to find them by.
    pub tags: Vec<String>,
    /// Whether they are a test.
    pub test: bool,
    /// Custom fields, by name.
    pub fields: Vec<(String, String)>,
    /// Since when they have this place.
    pub joined_at: Instant,
    /// Since when it is put away.
    pub archived_at: Option<Instant>,
}

impl Participant {
    /// What is noted of them now.
    pub fn notes(&self) -> Notes {
        fn line<const MOST: u32>(text: &str) -> Line<MOST> {
            Line::parse(text).unwrap_or_default()
        }
        Notes {
            coach: self.coach.as_ref().map(|(coach, _)| *coach),
            external_id: self.external_id.as_deref().map(line),
            tags: self.tags.iter().map(|tag| line(tag)).collect(),
            test: self.test,
            fields: self.fields.iter().map(|(name, value)| (line(name), line(value))).collect(),
        }
    }
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
    insert(tx, by, cohort, person, &Notes { coach: Some(coach), ..Notes::default() })
}

/// Gives somebody a place by their mail address, makes and invites them if they are new, and starts their journey. They
/// are a client from then on.
///
/// # Errors
/// One place for each person and cohort; an external id is unique in its company; [`Refusal::PutAway`] for a cohort that is.
pub fn enroll(tx: &mut Tx, by: &Actor, new: &NewParticipant) -> Result<ParticipantId> {
    must_exist(tx, "SELECT 1 FROM cohort WHERE id = $1", new.cohort)?;
    let sql = "SELECT pathway_id FROM cohort WHERE id = $1";
    let pathway = tx.one(sql, args![new.cohort], |row| row.get(0))?;
    enroll_on(tx, by, new, pathway)
}

/// The same on any pathway.
pub(super) fn enroll_on(
    tx: &mut Tx,
    by: &Actor,
    new: &NewParticipant,
    pathway: PathwayId,
) -> Result<ParticipantId> {
    may_in(tx, by, Action::ManageParticipants, new.cohort)?;
    by.still_stands(tx)?;
    let person = match person::by_mail(tx, &new.mail)? {
        Some(known) => {
            person::become_client(tx, by, known.id)?;
            known.id
        }
        None => welcome(tx, by, new)?,
    };
    let id = insert(tx, by, new.cohort, person, &new.notes)?;
    let sql = "SELECT starts_at FROM cohort WHERE id = $1";
    let begins: Instant = tx.one(sql, args![new.cohort], |row| row.get(0))?;
    let starts_at = new.starts_at.unwrap_or_else(|| begins.max(tx.now()));
    journey::start_journey_at(tx, by, id, pathway, starts_at)?;
    Ok(id)
}

/// Makes an account for somebody new and tells them once where to sign in; a test is told nothing.
fn welcome(tx: &mut Tx, by: &Actor, new: &NewParticipant) -> Result<PersonId> {
    let account = person::New {
        name: new.name.clone(),
        mail: new.mail.clone(),
        roles: Roles::only(Role::Client),
        zone: new.zone.clone(),
        zone_known: false,
        language: None,
        slug: None,
    };
    let made = person::insert(tx, by, &account)?;
    if !new.notes.test {
        sign_in::welcome(tx, by, made.id)?;
    }
    Ok(made.id)
}

fn insert(
    tx: &mut Tx,
    by: &Actor,
    cohort: CohortId,
    person: PersonId,
    notes: &Notes,
) -> Result<ParticipantId> {
    must_be_in_use(tx, cohort)?;
    notes.check()?;
    if let Some(coach) = notes.coach {
        if !coach::coaches_now(tx, coach)? {
            return Err(Refusal::invalid("coach", Problem::NotAChoice).into());
        }
        coach::take_on(tx, coach, person)?;
    }
    let company = company_of(tx, cohort)?;
    let id: ParticipantId = tx.new_id();
    unless_external_id_taken(tx, company, id, notes)?;
    let now = tx.now();
    let made = tx.exec(
        "INSERT INTO participant (id, person_id, cohort_id, company_id, coach_id, external_id, tags, test, joined_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING",
        args![
            id,
            person,
            cohort,
            company,
            notes.coach,
            notes.external_id.as_ref().map(Line::as_str),
            notes.tags_text(),
            notes.test,
            now
        ],
    )?;
    unless_taken(made, "person")?;
    write_fields(tx, id, notes)?;
    let facts = json!({
        "person": person.to_string(), "cohort": cohort.to_string(), "coach": notes.coach.map(|coach| coach.to_string()),
    });
    record(tx, by, kind::PARTICIPANT_ADDED, id, &facts)?;
    Ok(id)
}

/// Into what somebody was taken: what their invitation tells of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakenInto {
    /// The company that pays.
    pub company: String,
    /// The cohort.
    pub cohort: String,
    /// Who coaches them; nobody as long as that is open.
    pub coach: Option<String>,
    /// From when on the weeks of their journey count.
    pub starts_at: Instant,
    /// The number and the name of the first step.
    pub first: Option<(u32, String)>,
}

/// The journey that began, or begins, last for somebody who takes part in a program; none for all others.
///
/// # Errors
/// Only those of the store.
pub fn taken_into(tx: &mut Tx, person: PersonId) -> Result<Option<TakenInto>> {
    tx.opt(
        "SELECT m.name, c.name, k.name, n.starts_at, e.no, e.name FROM participant t JOIN cohort c ON c.id = t.cohort_id
         JOIN company m ON m.id = t.company_id JOIN journey n ON n.participant_id = t.id
         LEFT JOIN person k ON k.id = t.coach_id
         LEFT JOIN step e ON e.pathway_id = n.pathway_id AND e.no = 1 AND e.removed_at IS NULL
         WHERE t.person_id = $1 AND t.archived_at IS NULL AND c.archived_at IS NULL
         ORDER BY n.id DESC LIMIT 1",
        args![person],
        |row| {
            Ok(TakenInto {
                company: row.get(0)?,
                cohort: row.get(1)?,
                coach: row.get(2)?,
                starts_at: row.get(3)?,
                first: row.get::<Option<u32>>(4)?.zip(row.get(5)?),
            })
        },
    )
}

/// Whether somebody takes part in a program now: then whoever leads it helps them on.
///
/// # Errors
/// Only those of the store.
pub fn takes_part(tx: &mut Tx, by: &Actor) -> Result<bool> {
    tx.exists(
        "SELECT 1 FROM participant t JOIN cohort c ON c.id = t.cohort_id
         WHERE t.person_id = $1 AND t.archived_at IS NULL AND c.archived_at IS NULL LIMIT 1",
        args![by.person()],
    )
}

/// Changes what is noted of a participant. Another coach takes over as [`handover`] says.
///
/// # Errors
/// [`Refusal::NotFound`] for one who is not theirs to see; [`Refusal::PutAway`] for another coach of whoever is.
pub fn change_participant(tx: &mut Tx, by: &Actor, id: ParticipantId, notes: &Notes) -> Result<()> {
    let old = participant(tx, by, id)?;
    may_in(tx, by, Action::ManageParticipants, old.cohort)?;
    notes.check()?;
    let company = company_of(tx, old.cohort)?;
    unless_external_id_taken(tx, company, id, notes)?;
    let coach_then = old.coach.as_ref().map(|(coach, _)| *coach);
    if coach_then != notes.coach {
        assign_coach(tx, by, &old, notes.coach)?;
    }
    tx.exec(
        "UPDATE participant SET external_id = $1, tags = $2, test = $3 WHERE id = $4",
        args![notes.external_id.as_ref().map(Line::as_str), notes.tags_text(), notes.test, id],
    )?;
    tx.exec("DELETE FROM participant_field WHERE participant_id = $1", args![id])?;
    write_fields(tx, id, notes)?;
    let text = |coach: Option<PersonId>| coach.map(|coach| coach.to_string());
    let facts = json!({
        "coach": { "from": text(coach_then), "to": text(notes.coach) },
        "test": { "from": old.test, "to": notes.test },
    });
    record(tx, by, kind::PARTICIPANT_CHANGED, id, &facts)
}

/// Gives a participant another coach, as [`handover`] does; or none: then what has no time yet waits for one, and what is
/// booked stays with whom it is booked.
fn assign_coach(tx: &mut Tx, by: &Actor, old: &Participant, coach: Option<PersonId>) -> Result<()> {
    may_in(tx, by, Action::AssignCoach, old.cohort)?;
    must_be_here(tx, old.id)?;
    if let Some(coach) = coach {
        let whose = Whose::These(vec![old.id]);
        return handover::change_coach(tx, by, old.cohort, &whose, coach, None).map(drop);
    }
    tx.exec("UPDATE participant SET coach_id = NULL WHERE id = $1", args![old.id])?;
    tx.exec(
        "DELETE FROM session_coach WHERE session_id IN (
             SELECT s.id FROM journey j JOIN attendance a ON a.journey_id = j.id JOIN session s ON s.id = a.session_id
             WHERE j.participant_id = $1 AND s.pod_id IS NULL AND s.starts_at IS NULL AND s.cancelled_at IS NULL
                 AND a.outcome IS NULL)",
        args![old.id],
    )?;
    Ok(())
}

/// A participant, for whoever runs their cohort.
///
/// # Errors
/// [`Refusal::NotFound`] for one who is not theirs to see.
pub fn participant(tx: &mut Tx, by: &Actor, id: ParticipantId) -> Result<Participant> {
    let reach = reach::somewhere(by, Action::SeeCohort)?;
    let mut query = Query::new(
        "SELECT t.id, p.id, p.name, p.mail, c.id, c.name, k.id, k.name, t.external_id, t.tags, t.test, t.joined_at,
             t.archived_at
         FROM participant t JOIN person p ON p.id = t.person_id JOIN cohort c ON c.id = t.cohort_id
         JOIN project j ON j.id = c.project_id LEFT JOIN person k ON k.id = t.coach_id",
        args![],
    );
    query.and("t.id = $1", args![id]);
    reach::cohorts(&mut query, by, reach);
    let found = tx.opt(query.sql(), query.args(), participant_from_row)?;
    let mut found = found.ok_or(Refusal::NotFound)?;
    found.fields = fields_of(tx, id)?;
    Ok(found)
}

/// Custom fields of a participant, by name.
pub(super) fn fields_of(tx: &mut Tx, id: ParticipantId) -> Result<Vec<(String, String)>> {
    tx.all(
        "SELECT name, value FROM participant_field WHERE participant_id = $1 ORDER BY name",
        args![id],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

fn participant_from_row(row: &Row<'_>) -> Result<Participant> {
    let tags: String = row.get(9)?;
    Ok(Participant {
        id: row.get(0)?,
        person: row.get(1)?,
        name: row.get(2)?,
        mail: row.get(3)?,
        cohort: row.get(4)?,
        cohort_name: row.get(5)?,
        coach: row.get::<Option<PersonId>>(6)?.zip(row.get::<Option<String>>(7)?),
        external_id: row.get(8)?,
        tags: tags.split(',').filter(|tag| !tag.is_empty()).map(str::to_owned).collect(),
        test: row.get(10)?,
        fields: Vec::new(),
        joined_at: row.get(11)?,
        archived_at: row.get(12)?,
    })
}

/// Those who can be somebody's coach, by name.
///
/// # Errors
/// Only those of the store.
pub fn coaches(tx: &mut Tx, by: &Actor) -> Result<Vec<(PersonId, String)>> {
    reach::somewhere(by, Action::AssignCoach)?;
    tx.all(
        "SELECT p.id, p.name FROM coach k JOIN person p ON p.id = k.person_id
         JOIN person_role r ON r.person_id = p.id AND r.role = 'coach'
         WHERE p.closed_at IS NULL ORDER BY p.folded_name, p.id",
        args![],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

pub(super) fn company_of(tx: &mut Tx, cohort: CohortId) -> Result<CompanyId> {
    tx.one(
        "SELECT j.company_id FROM cohort c JOIN project j ON j.id = c.project_id WHERE c.id = $1",
        args![cohort],
        |row| row.get(0),
    )
}

fn unless_external_id_taken(
    tx: &mut Tx,
    company: CompanyId,
    besides: ParticipantId,
    notes: &Notes,
) -> Result<()> {
    let Some(external_id) = &notes.external_id else { return Ok(()) };
    let sql = "SELECT 1 FROM participant WHERE company_id = $1 AND external_id = $2 AND id <> $3";
    if tx.exists(sql, args![company, external_id.as_str(), besides])? {
        return Err(Refusal::invalid("external_id", Problem::Taken).into());
    }
    Ok(())
}

fn write_fields(tx: &mut Tx, id: ParticipantId, notes: &Notes) -> Result<()> {
    let rows =
        notes.fields.iter().map(|(name, value)| [id.into(), name.as_str().into(), value.as_str().into()]);
    tx.insert_many("INSERT INTO participant_field (participant_id, name, value)", rows, "")?;
    Ok(())
}

/// Where a participant belongs, and who coaches them.
pub(super) struct PlaceInCohort {
    pub(super) person: PersonId,
    pub(super) cohort: CohortId,
    pub(super) pathway: PathwayId,
    pub(super) coach: Option<PersonId>,
}

pub(super) fn place_in_cohort(tx: &mut Tx, participant: ParticipantId) -> Result<PlaceInCohort> {
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
