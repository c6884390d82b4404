//! A write that carries a key happens once: its answer is stored in its own transaction and given again to a
//! repeat (rule B5). A refused write stores nothing and is judged anew.

use rules::refusal::Refusal;

use crate::{Result, Tx, args};

/// How long an answer is kept, in milliseconds of the machine clock.
pub const KEPT_MS: i64 = 24 * 60 * 60 * 1000;

/// The longest key that is taken, in characters.
pub const KEY_MAX_CHARS: usize = 100;

/// Whose write this is, under which key, and what was asked.
#[derive(Clone, Debug)]
pub struct Key {
    /// A person's id, or what else tells one caller from another.
    pub actor: String,
    /// What the caller sent.
    pub key: String,
    /// A hash over method, path and body.
    pub request_hash: String,
}

/// What was answered, whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// A JSON document, or the address that a form leads to.
    pub body: String,
}

/// Runs `effect` unless it already ran under this key, and answers as it did then.
///
/// # Errors
/// [`Refusal::KeyReused`] when the key was used for a different request, and whatever `effect` refuses.
pub fn once(
    tx: &mut Tx,
    key: Option<&Key>,
    effect: impl FnOnce(&mut Tx) -> Result<Answer>,
) -> Result<Answer> {
    if let Some(earlier) = earlier(tx, key)? {
        return Ok(earlier);
    }
    let answer = effect(tx)?;
    keep(tx, key, &answer)?;
    Ok(answer)
}

/// What was answered under this key; nothing if it is new. For a write that looks at something before it begins.
///
/// # Errors
/// [`Refusal::KeyReused`] when the key was used for a different request.
pub fn earlier(tx: &mut Tx, key: Option<&Key>) -> Result<Option<Answer>> {
    let Some(key) = key else { return Ok(None) };
    let oldest = tx.machine_now().millis() - KEPT_MS;
    let earlier = tx.opt(
        "SELECT request_hash, status, answer FROM idempotency WHERE actor = $1 AND key = $2 AND at_machine > $3",
        args![&key.actor, &key.key, oldest],
        |row| Ok((row.get::<String>(0)?, row.get::<i64>(1)?, row.get::<String>(2)?)),
    )?;
    match earlier {
        Some((request_hash, ..)) if request_hash != key.request_hash => Err(Refusal::KeyReused.into()),
        Some((_, status, body)) => Ok(Some(Answer { status: u16::try_from(status).unwrap_or(200), body })),
        None => Ok(None),
    }
}

/// Keeps the answer for a repeat, in the transaction of its write.
///
/// # Errors
/// Only those of the store.
pub fn keep(tx: &mut Tx, key: Option<&Key>, answer: &Answer) -> Result<()> {
    let Some(key) = key else { return Ok(()) };
    let now = tx.machine_now().millis();
    tx.exec(
        "INSERT INTO idempotency (actor, key, request_hash, status, answer, at_machine) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (actor, key) DO UPDATE SET request_hash = excluded.request_hash, status = excluded.status,
             answer = excluded.answer, at_machine = excluded.at_machine",
        args![&key.actor, &key.key, &key.request_hash, i64::from(answer.status), &answer.body, now],
    )?;
    Ok(())
}

/// Forgets answers older than [`KEPT_MS`], at most `limit` of them; says how many went.
///
/// # Errors
/// Only those of the store.
pub fn sweep(tx: &mut Tx, limit: u32) -> Result<u64> {
    let oldest = tx.machine_now().millis() - KEPT_MS;
    tx.exec(
        "DELETE FROM idempotency WHERE (actor, key) IN
             (SELECT actor, key FROM idempotency WHERE at_machine <= $1 ORDER BY at_machine LIMIT $2)",
        args![oldest, i64::from(limit)],
    )
}
