//! People: their profile and their roles. How they prove who they are is in [`crate::sign_in`].

use std::collections::HashMap;

use rules::ids::PersonId;
use rules::letters::Happening;
use rules::permission::{Action, Role, Roles, What, Who};
use rules::person::{HourStyle, Language, MailAddress, PersonName};
use rules::refusal::{Problem, Refusal};
use rules::time::{Instant, Zone};
use serde_json::json;

use crate::db::build::Query;
use crate::event::{self, Actor, Subject, kind};
use crate::{Result, Row, Tx, args, availability, coach, mail, reach, sign_in, token};

/// An account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Their id.
    pub id: PersonId,
    /// As they wish to be called.
    pub name: String,
    /// Where mail goes.
    pub mail: String,
    /// Whose wall clock they read (rule T2).
    pub zone: Zone,
    /// Whether they or their browser have said that zone.
    pub zone_known: bool,
    /// The language of pages and mails (rule M8).
    pub language: Language,
    /// 12 or 24 hours.
    pub hour_style: HourStyle,
    /// Name of their picture in the file store.
    pub photo: Option<String>,
    /// Their host in a demo: `NAME.localhost`.
    pub slug: Option<String>,
    /// Since when there is this account.
    pub created_at: Instant,
    /// Since when it is closed.
    pub closed_at: Option<Instant>,
    /// What they may do is decided by these.
    pub roles: Roles,
}

impl Person {
    /// What the permission table needs to know.
    pub fn who(&self) -> Who {
        Who { person: self.id, roles: self.roles }
    }
}

/// What an account starts with.
#[derive(Clone, Debug)]
pub struct New {
    /// As they wish to be called.
    pub name: PersonName,
    /// Where mail goes.
    pub mail: MailAddress,
    /// What they may do.
    pub roles: Roles,
    /// Their zone; else the organisation's.
    pub zone: Option<Zone>,
    /// Whether they have said that zone themselves. If not, their browser still may.
    pub zone_known: bool,
    /// Their language; else the organisation's.
    pub language: Option<Language>,
    /// Their host in a demo.
    pub slug: Option<String>,
}

/// Makes an account. Whoever is to be told is invited besides: [`crate::sign_in::invite`].
///
/// # Errors
/// Whoever may not is refused, and so is an address that an account has already.
pub fn add(tx: &mut Tx, by: &Actor, new: &New) -> Result<Person> {
    by.may(Action::ManagePeople, &What::of_the_organisation())?;
    insert(tx, by, new)
}

/// Makes an account without asking anybody: the one that the set-up link makes.
pub(crate) fn insert(tx: &mut Tx, by: &Actor, new: &New) -> Result<Person> {
    let organisation = crate::organisation::get(tx)?;
    let id: PersonId = tx.new_id();
    let now = tx.now();
    let zone = new.zone.clone().unwrap_or(organisation.zone);
    let language = new.language.unwrap_or(organisation.language);
    let made = tx.exec(
        "INSERT INTO person (id, name, folded_name, mail, folded_mail, zone, zone_known, language, hour_style, slug,
             created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING",
        args![
            id,
            new.name.as_str(),
            rules::person::fold(new.name.as_str()),
            new.mail.as_str(),
            new.mail.folded(),
            &zone,
            new.zone_known,
            language.code(),
            HourStyle::H24.code(),
            new.slug.as_deref(),
            now
        ],
    )?;
    if made == 0 {
        return Err(Refusal::invalid("mail", Problem::Taken).into());
    }
    write_roles(tx, id, new.roles)?;
    let facts = json!({ "roles": new.roles.to_string() });
    event::record(tx, by, kind::PERSON_ADDED, &Subject::of(id), &facts)?;
    if new.roles.contains(Role::Coach) {
        coach::begin(tx, by, id)?;
    }
    get(tx, id)
}

fn write_roles(tx: &mut Tx, id: PersonId, roles: Roles) -> Result<()> {
    let now = tx.now();
    tx.exec("DELETE FROM person_role WHERE person_id = $1", args![id])?;
    for role in roles.iter() {
        tx.exec(
            "INSERT INTO person_role (person_id, role, granted_at) VALUES ($1, $2, $3)",
            args![id, role.code(), now],
        )?;
    }
    Ok(())
}

/// `SELECT` with the columns that [`from_row`] reads, and what follows them; the query names `person` as `p`.
macro_rules! select_person {
    ($rest:literal) => {
        concat!(
            "SELECT p.id, p.name, p.mail, p.zone, p.zone_known, p.language, p.hour_style, p.photo, p.slug, p.created_at,
                 p.closed_at, COALESCE((SELECT STRING_AGG(r.role, ',') FROM person_role r WHERE r.person_id = p.id), '')",
            $rest
        )
    };
}
pub(crate) use select_person;

/// How many columns [`from_row`] reads.
pub(crate) const COLUMN_COUNT: usize = 12;

pub(crate) fn from_row(row: &Row<'_>) -> Result<Person> {
    Ok(Person {
        id: row.get(0)?,
        name: row.get(1)?,
        mail: row.get(2)?,
        zone: row.get(3)?,
        zone_known: row.get(4)?,
        language: row.parse(5)?,
        hour_style: row.parse(6)?,
        photo: row.get(7)?,
        slug: row.get(8)?,
        created_at: row.get(9)?,
        closed_at: row.get(10)?,
        roles: row.parse(11)?,
    })
}

/// The person with this id.
///
/// # Errors
/// [`Refusal::NotFound`] if there is none.
pub fn get(tx: &mut Tx, id: PersonId) -> Result<Person> {
    tx.opt(select_person!(" FROM person p WHERE p.id = $1"), args![id], from_row)?
        .ok_or_else(|| Refusal::NotFound.into())
}

/// The person with this mail address, if there is one.
///
/// # Errors
/// Only those of the store.
pub fn by_mail(tx: &mut Tx, mail: &MailAddress) -> Result<Option<Person>> {
    tx.opt(select_person!(" FROM person p WHERE p.folded_mail = $1"), args![mail.folded()], from_row)
}

/// The person with this host in a demo.
///
/// # Errors
/// Only those of the store.
pub fn by_slug(tx: &mut Tx, slug: &str) -> Result<Option<Person>> {
    tx.opt(select_person!(" FROM person p WHERE p.slug = $1"), args![slug], from_row)
}

/// The person with this id, if `by` may see them; a foreign one and an absent one are refused alike (rule P4).
///
/// # Errors
/// [`Refusal::NotFound`] for both.
pub fn visible(tx: &mut Tx, by: &Actor, id: PersonId) -> Result<Person> {
    let mut query = Query::new(select_person!(" FROM person p"), args![]);
    query.and("p.id = $1", args![id]);
    reach::people(&mut query, by, reach::of(by, Action::SeePerson));
    tx.opt(query.sql(), query.args(), from_row)?.ok_or_else(|| Refusal::NotFound.into())
}

/// Which people a list shows.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Part of a name or address, as it was typed.
    pub search: String,
    /// Only people with this role.
    pub role: Option<Role>,
    /// Only people of the living example itself, each of whom has a host of their own.
    pub of_the_cast: bool,
    /// The last person of the page before: name as folded, and id.
    pub after: Option<(String, PersonId)>,
}

/// People by name, at most `limit`, of those that `by` may see.
///
/// # Errors
/// [`Refusal::MayNot`] for whoever may see nobody.
pub fn list(tx: &mut Tx, by: &Actor, filter: &Filter, limit: u32) -> Result<Vec<Person>> {
    let mut query = narrowed(by, filter, select_person!(" FROM person p"))?;
    if let Some((name, id)) = &filter.after {
        query.and("(p.folded_name > $1 OR (p.folded_name = $1 AND p.id > $2))", args![name, *id]);
    }
    query.push("ORDER BY p.folded_name, p.id LIMIT $1", args![i64::from(limit)]);
    tx.all(query.sql(), query.args(), from_row)
}

/// How many people the filter leaves, the cursor aside.
///
/// # Errors
/// As [`list`].
pub fn count(tx: &mut Tx, by: &Actor, filter: &Filter) -> Result<i64> {
    let query = narrowed(by, filter, "SELECT COUNT(*) FROM person p")?;
    tx.one(query.sql(), query.args(), |row| row.get(0))
}

fn narrowed(by: &Actor, filter: &Filter, select: &'static str) -> Result<Query> {
    let reach = reach::somewhere(by, Action::SeePeople)?;
    let mut query = Query::new(select, args![]);
    reach::people(&mut query, by, reach);
    if let Some(pattern) = pattern(&filter.search) {
        query.and("(p.folded_name LIKE $1 ESCAPE '!' OR p.folded_mail LIKE $1 ESCAPE '!')", args![pattern]);
    }
    if let Some(role) = filter.role {
        query.and(
            "EXISTS (SELECT 1 FROM person_role r WHERE r.person_id = p.id AND r.role = $1)",
            args![role.code()],
        );
    }
    if filter.of_the_cast {
        query.and("p.slug IS NOT NULL AND p.closed_at IS NULL", args![]);
    }
    Ok(query)
}

/// More than this of what is searched for is not looked at, in characters.
pub const SEARCH_MAX_CHARS: usize = 100;

/// A pattern for LIKE, escaped with `!`, that finds what was typed anywhere in a folded text; none if nothing was. What
/// no name can hold, such as a NUL, is left out.
pub(crate) fn pattern(typed: &str) -> Option<String> {
    let typed: String = typed.chars().filter(|c| !c.is_control()).take(SEARCH_MAX_CHARS).collect();
    let folded = rules::person::fold(typed.trim());
    if folded.is_empty() {
        return None;
    }
    let escaped = folded.chars().fold(String::with_capacity(folded.len() + 2), |mut pattern, c| {
        if matches!(c, '!' | '%' | '_') {
            pattern.push('!');
        }
        pattern.push(c);
        pattern
    });
    Some(format!("%{escaped}%"))
}

/// When each of these people last changed anything here, of those who are signed in anywhere.
///
/// # Errors
/// Only those of the store.
pub fn last_seen(tx: &mut Tx, people: &[PersonId]) -> Result<HashMap<PersonId, Instant>> {
    let mut seen = HashMap::with_capacity(people.len());
    for id in people {
        let sql = "SELECT MAX(seen_at) FROM sign_in WHERE person_id = $1";
        if let Some(at) = tx.one(sql, args![*id], |row| row.get::<Option<Instant>>(0))? {
            seen.insert(*id, at);
        }
    }
    Ok(seen)
}

/// Gives and takes roles. The person is told by mail.
///
/// # Errors
/// Whoever may not is refused; an organisation keeps at least one admin; [`Refusal::StillCoaches`].
pub fn set_roles(tx: &mut Tx, by: &Actor, id: PersonId, roles: Roles) -> Result<Person> {
    by.may(Action::ManagePeople, &What::of_the_organisation())?;
    let old = get(tx, id)?;
    by.still_stands(tx)?;
    if old.roles == roles {
        return Ok(old);
    }
    if old.roles.contains(Role::Admin) && !roles.contains(Role::Admin) {
        keep_an_admin(tx, id)?;
    }
    if old.roles.contains(Role::Coach) && !roles.contains(Role::Coach) {
        coach::must_have_nothing_left(tx, id)?;
    }
    write_roles(tx, id, roles)?;
    let facts = json!({ "from": old.roles.to_string(), "to": roles.to_string() });
    let event = event::record_asked(tx, by, None, kind::ROLES_CHANGED, &Subject::of(id), &facts)?;
    mail::queue_letters(tx, event, &Happening::RolesChanged { person: id, by: by.person() })?;
    if roles.contains(Role::Coach) {
        coach::begin(tx, by, id)?;
    }
    get(tx, id)
}

/// Gives somebody the role that a booking brings, unless they have it. That is no news to them: the booking is.
pub(crate) fn become_client(tx: &mut Tx, by: &Actor, id: PersonId) -> Result<()> {
    let is_client = "SELECT 1 FROM person_role WHERE person_id = $1 AND role = 'client'";
    if tx.exists(is_client, args![id])? {
        return Ok(());
    }
    let old = get(tx, id)?.roles;
    let now = tx.now();
    tx.exec(
        "INSERT INTO person_role (person_id, role, granted_at) VALUES ($1, $2, $3)",
        args![id, Role::Client.code(), now],
    )?;
    let facts = json!({ "from": old.to_string(), "to": old.with(Role::Client).to_string() });
    event::record_asked(tx, by, None, kind::ROLES_CHANGED, &Subject::of(id), &facts)?;
    Ok(())
}

/// Refuses if nobody but this person could administer the organisation.
fn keep_an_admin(tx: &mut Tx, besides: PersonId) -> Result<()> {
    let others = tx.one(
        "SELECT COUNT(*) FROM person_role r JOIN person p ON p.id = r.person_id
         WHERE r.role = 'admin' AND r.person_id <> $1 AND p.closed_at IS NULL",
        args![besides],
        |row| row.get::<i64>(0),
    )?;
    if others == 0 { Err(Refusal::LastAdmin.into()) } else { Ok(()) }
}

/// Closes an account: it signs out everywhere and cannot sign in; history keeps its name.
///
/// # Errors
/// Whoever may not is refused; the last admin stays; [`Refusal::StillCoaches`].
pub fn close(tx: &mut Tx, by: &Actor, id: PersonId) -> Result<Person> {
    by.may(Action::ManagePeople, &What::of_the_organisation())?;
    by.still_stands(tx)?;
    let old = get(tx, id)?;
    if old.closed_at.is_some() {
        return Ok(old);
    }
    if old.roles.contains(Role::Admin) {
        keep_an_admin(tx, id)?;
    }
    if old.roles.contains(Role::Coach) {
        coach::must_have_nothing_left(tx, id)?;
    }
    let now = tx.now();
    tx.exec("UPDATE person SET closed_at = $1 WHERE id = $2", args![now, id])?;
    tx.exec("DELETE FROM sign_in WHERE person_id = $1", args![id])?;
    token::revoke_all(tx, id)?;
    sign_in::end_links(tx, id)?;
    let event = event::record_asked(tx, by, None, kind::PERSON_CLOSED, &Subject::of(id), &json!({}))?;
    mail::queue_letters(tx, event, &Happening::AccountClosed { person: id })?;
    get(tx, id)
}

/// Opens a closed account again.
///
/// # Errors
/// Whoever may not is refused.
pub fn reopen(tx: &mut Tx, by: &Actor, id: PersonId) -> Result<Person> {
    by.may(Action::ManagePeople, &What::of_the_organisation())?;
    let changed =
        tx.exec("UPDATE person SET closed_at = NULL WHERE id = $1 AND closed_at IS NOT NULL", args![id])?;
    if changed == 1 {
        event::record(tx, by, kind::PERSON_REOPENED, &Subject::of(id), &json!({}))?;
    }
    get(tx, id)
}

/// What a person says of themselves; what is missing stays as it is.
#[derive(Clone, Debug, Default)]
pub struct Profile {
    /// As they wish to be called.
    pub name: Option<PersonName>,
    /// Whose wall clock they read; from then on their zone is known.
    pub zone: Option<Zone>,
    /// Their language.
    pub language: Option<Language>,
    /// 12 or 24 hours.
    pub hour_style: Option<HourStyle>,
}

/// Changes one's own profile.
///
/// # Errors
/// [`Refusal::NotSignedIn`] for whoever is nobody.
pub fn change_profile(tx: &mut Tx, by: &Actor, new: &Profile) -> Result<Person> {
    let id = by.person().ok_or(Refusal::NotSignedIn)?;
    let old = get(tx, id)?;
    by.still_stands(tx)?;
    let name = new.name.as_ref().map_or(old.name.as_str(), PersonName::as_str);
    let zone = new.zone.as_ref().unwrap_or(&old.zone);
    let language = new.language.unwrap_or(old.language);
    let hour_style = new.hour_style.unwrap_or(old.hour_style);
    tx.exec(
        "UPDATE person SET name = $1, folded_name = $2, zone = $3, zone_known = $4, language = $5, hour_style = $6
         WHERE id = $7",
        args![
            name,
            rules::person::fold(name),
            zone,
            old.zone_known || new.zone.is_some(),
            language.code(),
            hour_style.code(),
            id
        ],
    )?;
    let mut facts = serde_json::Map::new();
    let mut differs = |field: &str, from: &str, to: &str| {
        if from != to {
            facts.insert(field.to_owned(), json!({ "from": from, "to": to }));
        }
    };
    differs("zone", old.zone.as_str(), zone.as_str());
    differs("language", old.language.code(), language.code());
    differs("hour_style", old.hour_style.code(), hour_style.code());
    // A name is personal: the log says that it changed, not to what (rule D3).
    if old.name != name {
        facts.insert("name".to_owned(), json!("changed"));
    }
    if !facts.is_empty() {
        event::record(tx, by, kind::PROFILE_CHANGED, &Subject::of(id), &serde_json::Value::Object(facts))?;
    }
    if old.name != name {
        coach::refold(tx, id)?;
    }
    if old.zone != *zone {
        availability::zone_changed(tx, id)?;
    }
    get(tx, id)
}

/// Chooses a language without opening the profile.
///
/// # Errors
/// [`Refusal::NotSignedIn`] for whoever is nobody.
pub fn set_language(tx: &mut Tx, by: &Actor, language: Language) -> Result<()> {
    let id = by.person().ok_or(Refusal::NotSignedIn)?;
    by.still_stands(tx)?;
    tx.exec("UPDATE person SET language = $1 WHERE id = $2", args![language.code(), id])?;
    Ok(())
}

/// Takes the zone that a browser reports, as long as the person has not chosen one.
///
/// # Errors
/// [`Refusal::NotSignedIn`] for whoever is nobody.
pub fn learn_zone(tx: &mut Tx, by: &Actor, zone: &Zone) -> Result<()> {
    let id = by.person().ok_or(Refusal::NotSignedIn)?;
    by.still_stands(tx)?;
    let old = get(tx, id)?;
    let learned = tx.exec(
        "UPDATE person SET zone = $1, zone_known = $2 WHERE id = $3 AND zone_known = $4",
        args![zone, true, id, false],
    )?;
    if learned == 1 && old.zone != *zone {
        let facts = json!({ "zone": { "from": old.zone.as_str(), "to": zone.as_str() } });
        event::record(tx, by, kind::PROFILE_CHANGED, &Subject::of(id), &facts)?;
        availability::zone_changed(tx, id)?;
    }
    Ok(())
}

/// Sets or removes the name of one's picture in the file store, and returns the name of the one before.
///
/// # Errors
/// [`Refusal::NotSignedIn`] for whoever is nobody.
pub fn set_photo(tx: &mut Tx, by: &Actor, photo: Option<&str>) -> Result<Option<String>> {
    let id = by.person().ok_or(Refusal::NotSignedIn)?;
    let old = get(tx, id)?.photo;
    tx.exec("UPDATE person SET photo = $1 WHERE id = $2", args![photo, id])?;
    let facts = json!({ "photo": if photo.is_some() { "set" } else { "removed" } });
    event::record(tx, by, kind::PROFILE_CHANGED, &Subject::of(id), &facts)?;
    Ok(old)
}
