//! How coaches are found: the public directory (rule C1). Only those who list themselves, and who can be booked, are in
//! it. When they are free is in [`crate::free`].

use std::collections::HashSet;

use rules::ids::PersonId;
use rules::money::{Currency, Money};
use rules::session::SessionKind;
use rules::spoken::Spoken;

use super::Profile;
use super::profile::{IS_OPEN_SQL, from_row, select_profile};
use crate::db::build::Query;
use crate::{Result, Tx, args, person};

/// The most coaches on one page of the directory.
pub const CARDS_MAX: u32 = 100;
/// The most specialities that the search offers to choose from: those that most coaches have.
pub const SPECIALITIES_MAX: u32 = 60;

/// What is looked for; whatever is not said lets everybody through.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Search {
    /// Words that name, headline, specialities, credentials or text have in them, all of them, as they were typed.
    pub text: String,
    /// A speciality, however it is written.
    pub speciality: Option<String>,
    /// A language they speak.
    pub language: Option<Spoken>,
    /// They offer a paid session for no more than this, in this currency.
    pub price_most: Option<Money>,
    /// The address of the last coach of the page before.
    pub after: Option<String>,
}

/// A coach as the directory shows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    /// Who they are.
    pub profile: Profile,
    /// What the cheapest paid session costs; none if there is none.
    pub price_from: Option<Money>,
    /// Whether a free first call can be booked.
    pub has_intro: bool,
}

/// The most words of a search that are looked for.
const WORDS_MAX: usize = 8;

/// Coaches in the order of their addresses, which is that of their names; at most `limit`, and never more than
/// [`CARDS_MAX`].
///
/// # Errors
/// Only those of the store.
pub fn directory(tx: &mut Tx, search: &Search, limit: u32) -> Result<Vec<Card>> {
    let mut query = narrowed(search, select_profile!(""));
    if let Some(after) = &search.after {
        query.and("c.slug > $1", args![after]);
    }
    query.push("ORDER BY c.slug LIMIT $1", args![limit.min(CARDS_MAX)]);
    let profiles = tx.all(query.sql(), query.args(), from_row)?;
    profiles.into_iter().map(|profile| card(tx, profile)).collect()
}

/// The same, of these coaches only: those that are free when somebody wants them.
///
/// # Errors
/// Only those of the store.
pub fn directory_among(
    tx: &mut Tx,
    search: &Search,
    among: &HashSet<PersonId>,
    limit: u32,
) -> Result<Vec<Card>> {
    let mut cards = Vec::new();
    let mut after = search.after.clone();
    while let Some(found) = addresses(tx, search, after.as_deref())? {
        for (coach, _) in found.iter().filter(|(coach, _)| among.contains(coach)) {
            if cards.len() == limit.min(CARDS_MAX) as usize {
                return Ok(cards);
            }
            cards.extend(card_of(tx, *coach)?);
        }
        after = found.last().map(|(_, slug)| slug.clone());
    }
    Ok(cards)
}

/// How many coaches the search finds, the place in the list aside.
///
/// # Errors
/// Only those of the store.
pub fn count(tx: &mut Tx, search: &Search) -> Result<i64> {
    let query = narrowed(search, "SELECT COUNT(*) FROM coach c JOIN person p ON p.id = c.person_id");
    tx.one(query.sql(), query.args(), |row| row.get(0))
}

/// The same, of these coaches only.
///
/// # Errors
/// Only those of the store.
pub fn count_among(tx: &mut Tx, search: &Search, among: &HashSet<PersonId>) -> Result<i64> {
    let (mut count, mut after) = (0, None);
    while let Some(found) = addresses(tx, search, after.as_deref())? {
        count += found.iter().filter(|(coach, _)| among.contains(coach)).count() as i64;
        after = found.last().map(|(_, slug)| slug.clone());
    }
    Ok(count)
}

/// The addresses of all coaches whom the directory shows, in their order; at most `limit`. For search engines.
///
/// # Errors
/// Only those of the store.
pub fn slugs(tx: &mut Tx, limit: usize) -> Result<Vec<String>> {
    let mut slugs: Vec<String> = Vec::new();
    while slugs.len() < limit
        && let Some(found) = addresses(tx, &Search::default(), slugs.last().map(String::as_str))?
    {
        slugs.extend(found.into_iter().map(|(_, slug)| slug));
    }
    slugs.truncate(limit);
    Ok(slugs)
}

/// So many addresses are read at a time.
const CHUNK_ADDRESSES: i64 = 1_000;

/// The next coaches that a search finds, with their addresses; none at the end.
fn addresses(tx: &mut Tx, search: &Search, after: Option<&str>) -> Result<Option<Vec<(PersonId, String)>>> {
    let mut query =
        narrowed(search, "SELECT c.person_id, c.slug FROM coach c JOIN person p ON p.id = c.person_id");
    query.and_some("c.slug > $1", after).push("ORDER BY c.slug LIMIT $1", args![CHUNK_ADDRESSES]);
    let found = tx.all(query.sql(), query.args(), |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(if found.is_empty() { None } else { Some(found) })
}

/// The coaches that the directory shows, by their ids, from this one on: for whoever goes through all of them.
pub(crate) fn listed_after(tx: &mut Tx, after: Option<PersonId>, limit: usize) -> Result<Vec<PersonId>> {
    let select = "SELECT c.person_id FROM coach c JOIN person p ON p.id = c.person_id";
    let mut query = narrowed(&Search::default(), select);
    query.and_some("c.person_id > $1", after).push("ORDER BY c.person_id LIMIT $1", args![limit as i64]);
    tx.all(query.sql(), query.args(), |row| row.get(0))
}

/// Whether the directory shows a coach.
pub(crate) fn is_shown(tx: &mut Tx, coach: PersonId) -> Result<bool> {
    let mut query = narrowed(&Search::default(), "SELECT 1 FROM coach c JOIN person p ON p.id = c.person_id");
    query.and("c.person_id = $1", args![coach]);
    tx.exists(query.sql(), query.args())
}

fn narrowed(search: &Search, select: &'static str) -> Query {
    let mut query = Query::new(select, args![]);
    query.and("c.listed", args![]).and(IS_OPEN_SQL, args![]);
    for word in search.text.split_whitespace().take(WORDS_MAX) {
        if let Some(pattern) = person::pattern(word) {
            query.and("c.folded_text LIKE $1 ESCAPE '!'", args![pattern]);
        }
    }
    if let Some(speciality) = &search.speciality {
        query.and(
            "EXISTS (SELECT 1 FROM coach_speciality s WHERE s.folded_name = $1 AND s.coach_id = c.person_id)",
            args![rules::person::fold(speciality.trim())],
        );
    }
    if let Some(language) = search.language {
        query.and(
            "EXISTS (SELECT 1 FROM coach_language l WHERE l.language = $1 AND l.coach_id = c.person_id)",
            args![language.tag()],
        );
    }
    if let Some(most) = search.price_most {
        query.and(
            "EXISTS (SELECT 1 FROM offering o WHERE o.coach_id = c.person_id AND o.active AND o.kind = 'one_to_one'
                 AND o.currency = $1 AND o.price <= $2)",
            args![most.currency.code(), most.minor],
        );
    }
    query
}

fn card(tx: &mut Tx, profile: Profile) -> Result<Card> {
    let offerings = tx.all(
        "SELECT kind, price, currency FROM offering WHERE coach_id = $1 AND active ORDER BY price, minutes, id",
        args![profile.person],
        |row| Ok((row.parse::<SessionKind>(0)?, Money::new(row.get(1)?, row.parse::<Currency>(2)?))),
    )?;
    let is = |wanted| move |(kind, _): &&(SessionKind, Money)| *kind == wanted;
    Ok(Card {
        price_from: offerings
            .iter()
            .filter(is(SessionKind::OneToOne))
            .map(|(_, price)| *price)
            .find(|price| !price.is_zero()),
        has_intro: offerings.iter().any(|offering| is(SessionKind::Intro)(&offering)),
        profile,
    })
}

/// One of these coaches as the directory shows them, if it does so still.
///
/// # Errors
/// Only those of the store.
pub fn card_of(tx: &mut Tx, coach: PersonId) -> Result<Option<Card>> {
    let mut query = narrowed(&Search::default(), select_profile!(""));
    query.and("c.person_id = $1", args![coach]);
    let profile = tx.opt(query.sql(), query.args(), from_row)?;
    profile.map(|profile| card(tx, profile)).transpose()
}

/// A coach as the directory would show them, whether or not it does: for somebody to whom they are proposed.
///
/// # Errors
/// [`Refusal::NotFound`] for whoever is no coach.
pub fn card_of_anyone(tx: &mut Tx, coach: PersonId) -> Result<Card> {
    let profile = super::profile_of(tx, coach)?;
    card(tx, profile)
}

/// What there is to choose from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choices {
    /// What listed coaches work on, as one of them writes it, by name; at most [`SPECIALITIES_MAX`].
    pub specialities: Vec<String>,
    /// What listed coaches speak, in the order of the languages' own names.
    pub languages: Vec<Spoken>,
    /// What listed coaches are paid in, what most of them are first.
    pub currencies: Vec<Currency>,
}

/// What the listed coaches have to choose from.
///
/// # Errors
/// Only those of the store.
pub fn choices(tx: &mut Tx) -> Result<Choices> {
    // Who is shown is asked once for each query, not once for each row.
    let of_listed = |select: &str, from: &str, rest: &str| {
        format!(
            "{select} FROM {from} x WHERE x.coach_id IN (SELECT c.person_id FROM coach c
                 JOIN person p ON p.id = c.person_id WHERE c.listed AND {IS_OPEN_SQL}) {rest}"
        )
    };
    let sql = of_listed(
        "SELECT MIN(x.name), x.folded_name, COUNT(*)",
        "coach_speciality",
        "GROUP BY x.folded_name ORDER BY 3 DESC, 2 LIMIT $1",
    );
    let mut specialities =
        tx.all(&sql, args![SPECIALITIES_MAX], |row| Ok((row.get::<String>(1)?, row.get::<String>(0)?)))?;
    specialities.sort_unstable();
    let sql = of_listed("SELECT DISTINCT x.language", "coach_language", "");
    let spoken = tx.all(&sql, args![], |row| row.get::<String>(0))?;
    let sql = of_listed(
        "SELECT x.currency, COUNT(DISTINCT x.coach_id)",
        "offering",
        "AND x.active AND x.kind = 'one_to_one' GROUP BY x.currency
         ORDER BY 2 DESC, CASE WHEN x.currency = 'EUR' THEN 0 ELSE 1 END, 1",
    );
    let currencies = tx.all(&sql, args![], |row| row.parse(0))?;
    Ok(Choices {
        specialities: specialities.into_iter().map(|(_, name)| name).collect(),
        languages: Spoken::all().filter(|language| spoken.iter().any(|tag| tag == language.tag())).collect(),
        currencies,
    })
}
