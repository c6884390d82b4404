//! Bearer tokens of the JSON interface: hashed, scoped, expiring (rule D5).

use jiff::SignedDuration;
use rules::ids::{PersonId, TokenId};
use rules::letters::Happening;
use rules::permission::Action;
use rules::refusal::Refusal;
use rules::scope::Scopes;
use rules::time::Instant;
use serde_json::json;

use crate::event::{self, Actor, Subject, kind};
use crate::person::{self, Person, select_person};
use crate::secret::{self, Token};
use crate::{Result, Tx, args, mail};

/// What every token begins with, so that a leaked one can be recognised.
pub const PREFIX: &str = "cairn_";
/// The longest a token may live.
pub const LIFE_MAX: SignedDuration = SignedDuration::from_hours(24 * 366);
/// How many living tokens one person may have.
pub const TOKENS_MAX: i64 = 50;

/// Makes a token for a person. What is returned is shown once.
///
/// # Errors
/// A person makes tokens for themselves only, and at most [`TOKENS_MAX`]; a closed account gets none.
pub fn create(
    tx: &mut Tx,
    by: &Actor,
    person: PersonId,
    label: &str,
    scopes: Scopes,
    life: SignedDuration,
) -> Result<(TokenId, String)> {
    if by.person().is_some_and(|me| me != person) || matches!(by, Actor::Visitor) {
        return Err(Refusal::MayNot { action: Action::EditProfile }.into());
    }
    if person::get(tx, person)?.closed_at.is_some() {
        return Err(Refusal::AccountClosed.into());
    }
    let now = tx.now();
    let living = tx.one(
        "SELECT COUNT(*) FROM api_token WHERE person_id = $1 AND revoked_at IS NULL AND expires_at > $2",
        args![person, now],
        |row| row.get::<i64>(0),
    )?;
    if living >= TOKENS_MAX {
        return Err(Refusal::TooManyTokens { most: 50 }.into());
    }
    let id: TokenId = tx.new_id();
    let token = format!("{PREFIX}{}", Token::new(tx).reveal());
    tx.exec(
        "INSERT INTO api_token (id, person_id, token_hash, label, scopes, made_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        args![id, person, secret::hash(&token), label, scopes.to_string(), now, now + life.min(LIFE_MAX)],
    )?;
    let facts = json!({ "scopes": scopes.to_string() });
    let event = event::record(tx, by, kind::TOKEN_MADE, &Subject::of(person), &facts)?;
    mail::queue_letters(tx, event, &Happening::TokenMade { person })?;
    Ok((id, token))
}

/// Who presents this token, and what it is for.
///
/// # Errors
/// [`Refusal::TokenInvalid`] and [`Refusal::TokenExpired`].
pub fn look_up(tx: &mut Tx, presented: &str) -> Result<(TokenId, Person, Scopes)> {
    const SQL: &str = select_person!(
        ", k.id, k.scopes, k.expires_at, k.revoked_at FROM api_token k JOIN person p ON p.id = k.person_id
         WHERE k.token_hash = $1 AND p.closed_at IS NULL"
    );
    let (id, person, scopes, expires_at, revoked_at) = tx
        .opt(SQL, args![secret::hash(presented)], |row| {
            let at = person::COLUMN_COUNT;
            Ok((
                row.get::<TokenId>(at)?,
                person::from_row(row)?,
                row.get::<String>(at + 1)?,
                row.get::<Instant>(at + 2)?,
                row.get::<Option<Instant>>(at + 3)?,
            ))
        })?
        .ok_or(Refusal::TokenInvalid)?;
    if revoked_at.is_some() {
        return Err(Refusal::TokenInvalid.into());
    }
    if tx.now() >= expires_at {
        return Err(Refusal::TokenExpired.into());
    }
    Ok((id, person, Scopes::parse_stored(&scopes)))
}

/// A living token, as its owner sees it.
#[derive(Clone, Debug)]
pub struct Listed {
    /// Its id.
    pub id: TokenId,
    /// What its owner calls it.
    pub label: String,
    /// What it is for.
    pub scopes: Scopes,
    /// Since when.
    pub made_at: Instant,
    /// Until when.
    pub expires_at: Instant,
}

/// One's own living tokens, the newest first.
///
/// # Errors
/// [`Refusal::NotSignedIn`] for whoever is nobody.
pub fn list(tx: &mut Tx, by: &Actor) -> Result<Vec<Listed>> {
    let person = by.person().ok_or(Refusal::NotSignedIn)?;
    let now = tx.now();
    tx.all(
        "SELECT id, label, scopes, made_at, expires_at FROM api_token
         WHERE person_id = $1 AND revoked_at IS NULL AND expires_at > $2 ORDER BY id DESC LIMIT $3",
        args![person, now, TOKENS_MAX],
        |row| {
            Ok(Listed {
                id: row.get(0)?,
                label: row.get(1)?,
                scopes: Scopes::parse_stored(&row.get::<String>(2)?),
                made_at: row.get(3)?,
                expires_at: row.get(4)?,
            })
        },
    )
}

/// Revokes one of one's own tokens.
///
/// # Errors
/// [`Refusal::NotFound`] for a foreign one as for one that never was.
pub fn revoke(tx: &mut Tx, by: &Actor, id: TokenId) -> Result<()> {
    let person = by.person().ok_or(Refusal::NotSignedIn)?;
    by.still_stands(tx)?;
    let now = tx.now();
    let gone = tx.exec(
        "UPDATE api_token SET revoked_at = $1 WHERE id = $2 AND person_id = $3 AND revoked_at IS NULL",
        args![now, id, person],
    )?;
    if gone == 0 {
        return Err(Refusal::NotFound.into());
    }
    event::record_asked(tx, by, None, kind::TOKEN_REVOKED, &Subject::of(person), &json!({}))?;
    Ok(())
}

/// Revokes all tokens of a person.
pub(crate) fn revoke_all(tx: &mut Tx, person: PersonId) -> Result<()> {
    let now = tx.now();
    tx.exec(
        "UPDATE api_token SET revoked_at = $1 WHERE person_id = $2 AND revoked_at IS NULL",
        args![now, person],
    )?;
    Ok(())
}
