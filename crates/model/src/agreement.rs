//! The texts that people accept: terms, the coaching agreement, the disclosure to a sponsor; in versions, and who
//! accepted which, when (rule P9). What was accepted never changes: another text is another version.

use std::collections::BTreeMap;

use rules::ids::{AgreementId, PersonId};
use rules::permission::{Action, What};
use rules::person::Language;
use rules::refusal::{Problem, Refusal};
use rules::terms::AgreementKind;
use rules::text::Prose;
use rules::time::Instant;
use serde_json::json;

use crate::event::{self, Actor, Subject};
use crate::{Result, Row, Tx, args, organisation};

/// The most texts that the list of versions shows.
const VERSIONS_MAX: i64 = 100;

/// An agreement's text.
pub type Text = Prose<40_000>;

/// What can happen to an agreement.
pub mod kind {
    use crate::event::Kind;

    /// A new version holds from now on.
    pub const PUBLISHED: Kind = Kind("agreement_published");
    /// Somebody accepted one.
    pub const ACCEPTED: Kind = Kind("agreement_accepted");

    /// All of them.
    pub const ALL: &[Kind] = &[PUBLISHED, ACCEPTED];
}

/// One version of a text, in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agreement {
    /// Its id.
    pub id: AgreementId,
    /// What it is about.
    pub kind: AgreementKind,
    /// Counted from 1, for all languages together.
    pub version: i64,
    /// Its language.
    pub language: Language,
    /// What it says.
    pub text: String,
    /// Since when there is this version.
    pub published_at: Instant,
}

const COLUMNS: &str = "g.id, g.kind, g.version, g.language, g.text, g.published_at";
const CURRENT: &str =
    "g.kind = $1 AND g.version = (SELECT MAX(n.version) FROM agreement n WHERE n.kind = $1)";

/// The text that holds now, in this language; else in the organisation's, else in one that there is. None if nothing
/// was ever published.
///
/// # Errors
/// Only those of the store.
pub fn current(tx: &mut Tx, kind: AgreementKind, language: Language) -> Result<Option<Agreement>> {
    let house = organisation::get(tx)?.language;
    let mut versions = current_in_all(tx, kind)?;
    for wanted in [language, house] {
        if let Some(place) = versions.iter().position(|it| it.language == wanted) {
            return Ok(Some(versions.swap_remove(place)));
        }
    }
    Ok(versions.into_iter().next())
}

/// The version that holds now, in each of its languages.
///
/// # Errors
/// Only those of the store.
pub fn current_in_all(tx: &mut Tx, kind: AgreementKind) -> Result<Vec<Agreement>> {
    let sql = format!("SELECT {COLUMNS} FROM agreement g WHERE {CURRENT} ORDER BY g.language");
    tx.all(&sql, args![kind.code()], from_row)
}

/// Every version in every language, newest first, each with how many people accepted it.
///
/// # Errors
/// Whoever may not publish is refused.
pub fn versions(tx: &mut Tx, by: &Actor, kind: AgreementKind) -> Result<Vec<(Agreement, i64)>> {
    by.may(Action::PublishAgreements, &What::of_the_organisation())?;
    let sql = format!(
        "SELECT {COLUMNS}, (SELECT COUNT(*) FROM acceptance a WHERE a.agreement_id = g.id) FROM agreement g
         WHERE g.kind = $1 ORDER BY g.version DESC, g.language LIMIT $2"
    );
    tx.all(&sql, args![kind.code(), VERSIONS_MAX], |row| Ok((from_row(row)?, row.get(6)?)))
}

/// The text with this id, which somebody may have accepted long ago.
///
/// # Errors
/// [`Refusal::NotFound`] if there is none.
pub fn get(tx: &mut Tx, id: AgreementId) -> Result<Agreement> {
    let sql = format!("SELECT {COLUMNS} FROM agreement g WHERE g.id = $1");
    tx.opt(&sql, args![id], from_row)?.ok_or_else(|| Refusal::NotFound.into())
}

fn from_row(row: &Row<'_>) -> Result<Agreement> {
    Ok(Agreement {
        id: row.get(0)?,
        kind: row.parse(1)?,
        version: row.get(2)?,
        language: row.parse(3)?,
        text: row.get(4)?,
        published_at: row.get(5)?,
    })
}

/// Publishes a new version, which holds from now on for whoever has to accept one; it is one version in all the languages
/// in which it is given. The same texts again are no new version.
///
/// # Errors
/// Whoever may not is refused, and so is a version in no language, or in one without words.
pub fn publish(
    tx: &mut Tx,
    by: &Actor,
    kind: AgreementKind,
    texts: &BTreeMap<Language, Text>,
) -> Result<Vec<Agreement>> {
    by.may(Action::PublishAgreements, &What::of_the_organisation())?;
    if texts.is_empty() || texts.values().any(|text| text.as_str().is_empty()) {
        return Err(Refusal::invalid("text", Problem::Missing).into());
    }
    let old = current_in_all(tx, kind)?;
    let is_same = old.len() == texts.len()
        && old.iter().all(|old| texts.get(&old.language).is_some_and(|text| text.as_str() == old.text));
    if is_same {
        return Ok(old);
    }
    let before = old.first().map_or(0, |old| old.version);
    let version = before + 1;
    let now = tx.now();
    for (language, text) in texts {
        let id: AgreementId = tx.new_id();
        tx.exec(
            "INSERT INTO agreement (id, kind, version, language, text, published_at) VALUES ($1, $2, $3, $4, $5, $6)",
            args![id, kind.code(), version, language.code(), text.as_str(), now],
        )?;
        let facts =
            json!({ "kind": kind.code(), "language": language.code(), "from": before, "to": version });
        event::record(tx, by, kind::PUBLISHED, &Subject::of(id), &facts)?;
    }
    current_in_all(tx, kind)
}

/// Keeps that a person accepted a text. Doing so again changes nothing.
///
/// # Errors
/// [`Refusal::NotFound`] if there is no such text.
pub fn accept(tx: &mut Tx, by: &Actor, person: PersonId, id: AgreementId) -> Result<()> {
    let agreement = get(tx, id)?;
    let now = tx.now();
    let accepted = tx.exec(
        "INSERT INTO acceptance (person_id, agreement_id, accepted_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        args![person, id, now],
    )?;
    if accepted == 1 {
        let facts = json!({
            "agreement": id.to_string(),
            "kind": agreement.kind.code(),
            "version": agreement.version,
            "language": agreement.language.code(),
        });
        event::record(tx, by, kind::ACCEPTED, &Subject::of(person), &facts)?;
    }
    Ok(())
}

/// The newest version of a kind that a person accepted, and when.
///
/// # Errors
/// Only those of the store.
pub fn accepted(tx: &mut Tx, person: PersonId, kind: AgreementKind) -> Result<Option<(i64, Instant)>> {
    tx.opt(
        "SELECT g.version, a.accepted_at FROM acceptance a JOIN agreement g ON g.id = a.agreement_id
         WHERE a.person_id = $1 AND g.kind = $2 ORDER BY g.version DESC, a.accepted_at LIMIT 1",
        args![person, kind.code()],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// What a person still has to accept: the current text in this language. Nothing if they accepted that version in any
/// language, or if none was ever published.
///
/// # Errors
/// Only those of the store.
pub fn needs(
    tx: &mut Tx,
    person: PersonId,
    kind: AgreementKind,
    language: Language,
) -> Result<Option<Agreement>> {
    let sql = format!(
        "SELECT 1 FROM acceptance a JOIN agreement g ON g.id = a.agreement_id WHERE a.person_id = $2 AND {CURRENT}"
    );
    if tx.exists(&sql, args![kind.code(), person])? { Ok(None) } else { current(tx, kind, language) }
}
