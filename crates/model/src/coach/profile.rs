//! What a coach says of themselves, and whether the directory shows it (rule C1). What they sell is in
//! [`crate::offering`], when they work in [`crate::availability`].

use rules::ids::PersonId;
use rules::permission::{Action, Reach, What};
use rules::refusal::{FieldProblem, Problem, Refusal};
use rules::spoken::Spoken;
use rules::text::{Line, Prose, Slug};
use rules::time::{Instant, Zone};
use serde_json::{Value as Json, json};

use super::folded_text;
use crate::event::{self, Actor, Subject};
use crate::{Error, Result, Row, Tx, args, availability, offering};

/// The most languages that a coach speaks here.
pub const LANGUAGES_MAX: usize = 10;
/// The most specialities that a coach has.
pub const SPECIALITIES_MAX: usize = 12;
/// How many names for an address are tried before it is given up.
const SLUGS_MAX: u32 = 10_000;
/// The address of somebody whose name suggests none.
const SLUG_INSTEAD: &str = "coach";

/// The sentence at the top of a coach's page.
pub type Headline = Line<120>;
/// What a coach says about themselves.
pub type About = Prose<4_000>;
/// What a coach may write behind their name.
pub type Credentials = Line<200>;
/// One thing that a coach works on.
pub type Speciality = Line<50>;

/// A coach as their page shows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Who they are.
    pub person: PersonId,
    /// The word in their page's address.
    pub slug: String,
    /// As they wish to be called.
    pub name: String,
    /// Whose wall clock their hours are on (rule T1).
    pub zone: Zone,
    /// Name of their picture in the file store.
    pub photo: Option<String>,
    /// One sentence.
    pub headline: String,
    /// A few more.
    pub about: String,
    /// What they speak, in the order in which they say it.
    pub languages: Vec<Spoken>,
    /// What they work on, in the order in which they say it.
    pub specialities: Vec<String>,
    /// What they may write behind their name.
    pub credentials: String,
    /// Whether the directory shows them.
    pub listed: bool,
    /// Raised by every change of their own that slots depend on.
    pub availability_version: i64,
    /// Since when they coach here.
    pub joined_at: Instant,
}

/// What a coach says anew of themselves; what is missing stays as it is.
#[derive(Clone, Debug, Default)]
pub struct NewProfile {
    /// See [`Profile::slug`]. The one before still leads here.
    pub slug: Option<Slug>,
    /// See [`Profile::headline`].
    pub headline: Option<Headline>,
    /// See [`Profile::about`].
    pub about: Option<About>,
    /// See [`Profile::languages`]; at most [`LANGUAGES_MAX`].
    pub languages: Option<Vec<Spoken>>,
    /// See [`Profile::specialities`]; at most [`SPECIALITIES_MAX`].
    pub specialities: Option<Vec<Speciality>>,
    /// See [`Profile::credentials`].
    pub credentials: Option<Credentials>,
}

/// Whoever has the role and an open account can be booked.
pub(crate) const IS_OPEN_SQL: &str = "p.closed_at IS NULL
    AND EXISTS (SELECT 1 FROM person_role r WHERE r.person_id = p.id AND r.role = 'coach')";

macro_rules! select_profile {
    ($rest:literal) => {
        concat!(
            "SELECT c.person_id, c.slug, p.name, p.zone, p.photo, c.headline, c.about,
                 COALESCE((SELECT STRING_AGG(l.language, ' ' ORDER BY l.place) FROM coach_language l
                     WHERE l.coach_id = c.person_id), ''),
                 COALESCE((SELECT STRING_AGG(s.name, '\n' ORDER BY s.place) FROM coach_speciality s
                     WHERE s.coach_id = c.person_id), ''),
                 c.credentials, c.listed, c.availability_version, c.joined_at
             FROM coach c JOIN person p ON p.id = c.person_id ",
            $rest
        )
    };
}
pub(super) use select_profile;

/// The coach whose page has this address now or had it before: whoever finds another [`Profile::slug`] in the answer
/// leads there. An unlisted coach has a page like any other, for those who know its address.
///
/// # Errors
/// [`Refusal::NotFound`] if there is none, or if they coach no more.
pub fn by_slug(tx: &mut Tx, slug: &str) -> Result<Profile> {
    let sql = format!(
        "{} AND {IS_OPEN_SQL}",
        select_profile!(
            "WHERE c.person_id = COALESCE((SELECT n.person_id FROM coach n WHERE n.slug = $1),
                 (SELECT f.coach_id FROM former_slug f WHERE f.slug = $1))"
        )
    );
    tx.opt(&sql, args![slug], from_row)?.ok_or_else(|| Refusal::NotFound.into())
}

/// Which coach has this address or had it before, and the address that they have now: all that a machine needs that knows
/// what it wants of them.
///
/// # Errors
/// As [`by_slug`].
pub fn addressed(tx: &mut Tx, slug: &str) -> Result<(PersonId, String)> {
    let sql = format!(
        "SELECT c.person_id, c.slug FROM coach c JOIN person p ON p.id = c.person_id
         WHERE c.person_id = COALESCE((SELECT n.person_id FROM coach n WHERE n.slug = $1),
             (SELECT f.coach_id FROM former_slug f WHERE f.slug = $1)) AND {IS_OPEN_SQL}"
    );
    tx.opt(&sql, args![slug], |row| Ok((row.get(0)?, row.get(1)?)))?.ok_or_else(|| Refusal::NotFound.into())
}

/// The profile of a coach, whether or not they can be booked.
///
/// # Errors
/// [`Refusal::NotFound`] for whoever never coached.
pub fn profile_of(tx: &mut Tx, person: PersonId) -> Result<Profile> {
    tx.opt(select_profile!("WHERE c.person_id = $1"), args![person], from_row)?
        .ok_or_else(|| Refusal::NotFound.into())
}

/// Whether somebody can be booked at all: their account is open, and they still coach.
///
/// # Errors
/// Only those of the store.
pub fn is_open(tx: &mut Tx, coach: PersonId) -> Result<bool> {
    let sql = format!(
        "SELECT 1 FROM coach c JOIN person p ON p.id = c.person_id WHERE c.person_id = $1 AND {IS_OPEN_SQL}"
    );
    tx.exists(&sql, args![coach])
}

pub(super) fn from_row(row: &Row<'_>) -> Result<Profile> {
    let languages: String = row.get(7)?;
    let languages = languages.split(' ').filter(|tag| !tag.is_empty()).map(|tag| {
        Spoken::from_tag(tag).ok_or_else(|| Error::database("coach_language.language is none that is known"))
    });
    let specialities: String = row.get(8)?;
    let specialities = specialities.lines().map(str::to_owned);
    Ok(Profile {
        person: row.get(0)?,
        slug: row.get(1)?,
        name: row.get(2)?,
        zone: row.get(3)?,
        photo: row.get(4)?,
        headline: row.get(5)?,
        about: row.get(6)?,
        languages: languages.collect::<Result<_>>()?,
        specialities: specialities.collect(),
        credentials: row.get(9)?,
        listed: row.get(10)?,
        availability_version: row.get(11)?,
        joined_at: row.get(12)?,
    })
}

/// Whether somebody may look at a practice from inside: its coach may, and an admin.
///
/// # Errors
/// [`Refusal::NotFound`] for whoever is neither (rule P4).
pub fn may_see(by: &Actor, coach: PersonId) -> Result<(), Refusal> {
    by.may(Action::SeePractice, &practice_of(by, coach))
}

/// Whether somebody may change a practice: its coach alone (rule C2).
///
/// # Errors
/// [`Refusal::MayNot`] for an admin, [`Refusal::NotFound`] for everybody else.
pub fn may_edit(by: &Actor, coach: PersonId) -> Result<(), Refusal> {
    by.may(Action::EditPractice, &practice_of(by, coach))
}

fn practice_of(by: &Actor, coach: PersonId) -> What {
    let ties = if by.person() == Some(coach) { Reach::OWN } else { Reach::NONE };
    What::private(Action::SeePractice, ties)
}

/// Opens the practice of somebody who has become a coach, unless they had one before: unlisted, with the usual hours
/// and offerings. What is paid cannot be booked before the coach has set its price.
pub(crate) fn begin(tx: &mut Tx, by: &Actor, person: PersonId) -> Result<()> {
    if tx.exists("SELECT 1 FROM coach WHERE person_id = $1", args![person])? {
        return Ok(());
    }
    let (name, language) =
        tx.one("SELECT name, language FROM person WHERE id = $1", args![person], |row| {
            Ok((row.get::<String>(0)?, row.parse(1)?))
        })?;
    let slug = free_slug(tx, &name)?;
    let now = tx.now();
    tx.exec(
        "INSERT INTO coach (person_id, slug, headline, about, credentials, listed, folded_text, availability_version,
             joined_at)
         VALUES ($1, $2, '', '', '', $3, $4, 0, $5)",
        args![person, slug.as_str(), false, folded_text(&[&name]), now],
    )?;
    event::record(tx, by, super::kind::PRACTICE_BEGUN, &Subject::of(person), &json!({}))?;
    offering::write_usual(tx, person, language)?;
    availability::write_usual(tx, person)
}

fn free_slug(tx: &mut Tx, name: &str) -> Result<Slug> {
    let suggested = Slug::suggested(name, SLUG_INSTEAD);
    if !is_slug_taken(tx, &suggested)? {
        return Ok(suggested);
    }
    for number in 2..SLUGS_MAX {
        let numbered = suggested.numbered(number);
        if !is_slug_taken(tx, &numbered)? {
            return Ok(numbered);
        }
    }
    Err(Error::database("thousands of coaches of one name"))
}

fn is_slug_taken(tx: &mut Tx, slug: &Slug) -> Result<bool> {
    let sql = "SELECT 1 FROM coach WHERE slug = $1 UNION ALL SELECT 1 FROM former_slug WHERE slug = $1";
    tx.exists(sql, args![slug.as_str()])
}

/// Changes what a coach says of themselves, and writes down what differs (rule P5).
///
/// # Errors
/// Whoever is no coach is refused; so are an address that is somebody else's, and too many of a thing.
pub fn change_profile(tx: &mut Tx, by: &Actor, new: &NewProfile) -> Result<Profile> {
    let me = own(by)?;
    by.still_stands(tx)?;
    let old = profile_of(tx, me)?;
    let mut facts = serde_json::Map::new();
    if let Some(slug) = new.slug.as_ref().filter(|slug| slug.as_str() != old.slug) {
        change_slug(tx, me, &old.slug, slug)?;
        facts.insert("slug".to_owned(), json!({ "from": old.slug, "to": slug.as_str() }));
    }
    if let Some(languages) = &new.languages {
        let languages = distinct(languages.iter().copied());
        if languages.len() > LANGUAGES_MAX {
            return Err(Refusal::invalid("languages", too_many(LANGUAGES_MAX)).into());
        }
        if languages != old.languages {
            write_languages(tx, me, &languages)?;
            facts.insert(
                "languages".to_owned(),
                json!({ "from": tags(&old.languages), "to": tags(&languages) }),
            );
        }
    }
    // What somebody typed is not in the log, only that it changed (rule D3).
    let mut changed = |field: &str, is: bool| {
        if is {
            facts.insert(field.to_owned(), json!("changed"));
        }
    };
    if let Some(specialities) = &new.specialities {
        let names = specialities.iter().map(Speciality::as_str).filter(|name| !name.is_empty());
        let names = distinct_folded(names);
        if names.len() > SPECIALITIES_MAX {
            return Err(Refusal::invalid("specialities", too_many(SPECIALITIES_MAX)).into());
        }
        let is_new = !names.iter().map(|(name, _)| *name).eq(old.specialities.iter().map(String::as_str));
        if is_new {
            write_specialities(tx, me, &names)?;
        }
        changed("specialities", is_new);
    }
    let headline = new.headline.as_ref().map_or(old.headline.as_str(), Headline::as_str);
    let about = new.about.as_ref().map_or(old.about.as_str(), About::as_str);
    let credentials = new.credentials.as_ref().map_or(old.credentials.as_str(), Credentials::as_str);
    // What a page needs to be listed it keeps as long as it is (rule C1).
    if old.listed && !old.about.is_empty() && about.is_empty() {
        return Err(Refusal::invalid("about", Problem::Missing).into());
    }
    changed("headline", headline != old.headline);
    changed("about", about != old.about);
    changed("credentials", credentials != old.credentials);
    if facts.is_empty() {
        return Ok(old);
    }
    tx.exec(
        "UPDATE coach SET headline = $1, about = $2, credentials = $3 WHERE person_id = $4",
        args![headline, about, credentials, me],
    )?;
    refold(tx, me)?;
    event::record(tx, by, super::kind::PROFILE_CHANGED, &Subject::of(me), &Json::Object(facts))?;
    profile_of(tx, me)
}

/// The coach who does it, if their own practice is theirs to change.
fn own(by: &Actor) -> Result<PersonId> {
    let me = by.person().ok_or(Refusal::NotSignedIn)?;
    may_edit(by, me)?;
    Ok(me)
}

fn change_slug(tx: &mut Tx, me: PersonId, old: &str, new: &Slug) -> Result<()> {
    let taken = tx.exists(
        "SELECT 1 FROM coach WHERE slug = $1
         UNION ALL SELECT 1 FROM former_slug WHERE slug = $1 AND coach_id <> $2",
        args![new.as_str(), me],
    )?;
    if taken {
        return Err(Refusal::invalid("slug", Problem::Taken).into());
    }
    tx.exec("DELETE FROM former_slug WHERE slug = $1", args![new.as_str()])?;
    tx.exec("UPDATE coach SET slug = $1 WHERE person_id = $2", args![new.as_str(), me])?;
    tx.exec("INSERT INTO former_slug (slug, coach_id) VALUES ($1, $2)", args![old, me])?;
    Ok(())
}

fn write_languages(tx: &mut Tx, me: PersonId, languages: &[Spoken]) -> Result<()> {
    tx.exec("DELETE FROM coach_language WHERE coach_id = $1", args![me])?;
    let rows =
        languages.iter().zip(1_i64..).map(|(spoken, place)| [me.into(), place.into(), spoken.tag().into()]);
    tx.insert_many("INSERT INTO coach_language (coach_id, place, language)", rows, "")?;
    Ok(())
}

fn write_specialities(tx: &mut Tx, me: PersonId, names: &[(&str, String)]) -> Result<()> {
    tx.exec("DELETE FROM coach_speciality WHERE coach_id = $1", args![me])?;
    let rows = names.iter().zip(1_i64..);
    let rows = rows.map(|((name, folded), place)| [me.into(), place.into(), (*name).into(), folded.into()]);
    tx.insert_many("INSERT INTO coach_speciality (coach_id, place, name, folded_name)", rows, "")?;
    Ok(())
}

fn distinct(languages: impl Iterator<Item = Spoken>) -> Vec<Spoken> {
    languages.fold(Vec::new(), |mut distinct, spoken| {
        if !distinct.contains(&spoken) {
            distinct.push(spoken);
        }
        distinct
    })
}

/// Each with its folded form; of two that fold alike the first stays.
fn distinct_folded<'a>(names: impl Iterator<Item = &'a str>) -> Vec<(&'a str, String)> {
    names.fold(Vec::new(), |mut distinct: Vec<(&str, String)>, name| {
        let folded = rules::person::fold(name);
        if distinct.iter().all(|(_, known)| *known != folded) {
            distinct.push((name, folded));
        }
        distinct
    })
}

fn tags(languages: &[Spoken]) -> String {
    languages.iter().map(|spoken| spoken.tag()).collect::<Vec<_>>().join(" ")
}

fn too_many(most: usize) -> Problem {
    Problem::TooMany { most: u32::try_from(most).expect("a small limit") }
}

/// Writes anew what the directory searches, after a change of name or profile; for whoever is no coach nothing happens.
pub(crate) fn refold(tx: &mut Tx, person: PersonId) -> Result<()> {
    let profile = tx.opt(select_profile!("WHERE c.person_id = $1"), args![person], from_row)?;
    let Some(profile) = profile else { return Ok(()) };
    let specialities = profile.specialities.join("\n");
    let parts = [&profile.name, &profile.headline, &specialities, &profile.credentials, &profile.about];
    let folded = folded_text(&parts.map(String::as_str));
    tx.exec("UPDATE coach SET folded_text = $1 WHERE person_id = $2", args![folded, person])?;
    Ok(())
}

/// What a page needs before the directory shows it (rule C1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lack {
    /// See [`Profile::headline`].
    Headline,
    /// See [`Profile::about`].
    About,
    /// Something that can be booked.
    Offering,
    /// A time at which it can be.
    Hours,
}

impl Lack {
    /// The field of which a refusal says that it is missing.
    pub const fn field(self) -> &'static str {
        match self {
            Lack::Headline => "headline",
            Lack::About => "about",
            Lack::Offering => "offerings",
            Lack::Hours => "hours",
        }
    }
}

/// What a coach's page still lacks, in the order in which it is set up; nothing if it can be listed.
///
/// # Errors
/// [`Refusal::NotFound`] for whoever never coached.
pub fn lacks(tx: &mut Tx, coach: PersonId) -> Result<Vec<Lack>> {
    let profile = profile_of(tx, coach)?;
    let is_bookable = tx.exists("SELECT 1 FROM offering WHERE coach_id = $1 AND active", args![coach])?;
    let has_hours = tx.exists("SELECT 1 FROM hours WHERE coach_id = $1", args![coach])?
        || availability::overrides(tx, coach)?.iter().any(|differing| !differing.ranges.is_empty());
    let needed = [
        (Lack::Headline, !profile.headline.is_empty()),
        (Lack::About, !profile.about.is_empty()),
        (Lack::Offering, is_bookable),
        (Lack::Hours, has_hours),
    ];
    Ok(needed.into_iter().filter(|(_, is_there)| !is_there).map(|(lack, _)| lack).collect())
}

/// Shows the coach in the directory.
///
/// # Errors
/// Whoever is no coach is refused; so is an empty page: [`Refusal::NothingToBook`] as long as no offering is active, and
/// else every field that is missing.
pub fn list(tx: &mut Tx, by: &Actor) -> Result<Profile> {
    let me = own(by)?;
    let lacks = lacks(tx, me)?;
    if lacks.contains(&Lack::Offering) {
        return Err(Refusal::NothingToBook.into());
    }
    if !lacks.is_empty() {
        let missing = |lack: &Lack| FieldProblem::new(lack.field(), Problem::Missing);
        return Err(Refusal::Invalid { fields: lacks.iter().map(missing).collect() }.into());
    }
    set_listed(tx, by, me, true)
}

/// Takes the coach out of the directory. Their page stays, for those who know its address.
///
/// # Errors
/// Whoever is no coach is refused.
pub fn unlist(tx: &mut Tx, by: &Actor) -> Result<Profile> {
    let me = own(by)?;
    set_listed(tx, by, me, false)
}

fn set_listed(tx: &mut Tx, by: &Actor, me: PersonId, listed: bool) -> Result<Profile> {
    let sql = "UPDATE coach SET listed = $1 WHERE person_id = $2 AND listed <> $1";
    if tx.exec(sql, args![listed, me])? == 1 {
        let facts = json!({ "from": !listed, "to": listed });
        event::record(tx, by, super::kind::LISTING_CHANGED, &Subject::of(me), &facts)?;
    }
    profile_of(tx, me)
}

/// Says that slots of this coach may have changed by their own doing.
pub(crate) fn raise_version(tx: &mut Tx, coach: PersonId) -> Result<()> {
    tx.exec(
        "UPDATE coach SET availability_version = availability_version + 1 WHERE person_id = $1",
        args![coach],
    )?;
    Ok(())
}
