//! Which mails a person does not want (rule M4). What concerns their own booking or account cannot be refused; what is
//! refused is still told inside the program.

use std::collections::BTreeSet;

use rules::ids::{MailId, PersonId};
use rules::letters::Letter;
use rules::notices::{Category, notice};
use rules::refusal::{Problem, Refusal};
use serde_json::json;

use crate::db::build::Query;
use crate::event::{self, Actor, Subject};
use crate::secret::{self, Token};
use crate::{Result, Tx, args};

/// Whether a person refuses mails of this sort.
pub(crate) fn is_refused(tx: &mut Tx, person: PersonId, category: Category) -> Result<bool> {
    Ok(refused_by(tx, [(person, category)].into_iter())?.contains(&(person, category)))
}

/// Which of these people refuse which of these mails (rule M4).
pub(crate) fn refused_by(
    tx: &mut Tx,
    of: impl Iterator<Item = (PersonId, Category)>,
) -> Result<BTreeSet<(PersonId, Category)>> {
    let asked: BTreeSet<PersonId> =
        of.filter(|(_, category)| category.may_be_refused()).map(|(person, _)| person).collect();
    if asked.is_empty() {
        return Ok(BTreeSet::new());
    }
    let mut query = Query::new("SELECT person_id, kind FROM mail_refusal", args![]);
    query.among("person_id", asked);
    Ok(tx.all(query.sql(), query.args(), |row| Ok((row.get(0)?, row.parse(1)?)))?.into_iter().collect())
}

/// What one refuses.
///
/// # Errors
/// [`Refusal::NotSignedIn`] for whoever is nobody.
pub fn refused(tx: &mut Tx, by: &Actor) -> Result<Vec<Category>> {
    let me = by.person().ok_or(Refusal::NotSignedIn)?;
    let codes: Vec<String> =
        tx.all("SELECT kind FROM mail_refusal WHERE person_id = $1", args![me], |row| row.get(0))?;
    Ok(codes.iter().filter_map(|code| Category::from_code(code)).collect())
}

/// Chooses for oneself whether mails of this sort come.
///
/// # Errors
/// [`Refusal::Invalid`] for what concerns one's own booking or account.
pub fn choose(tx: &mut Tx, by: &Actor, category: Category, is_wanted: bool) -> Result<()> {
    let me = by.person().ok_or(Refusal::NotSignedIn)?;
    by.still_stands(tx)?;
    write(tx, by, me, category, is_wanted)
}

fn write(tx: &mut Tx, by: &Actor, person: PersonId, category: Category, is_wanted: bool) -> Result<()> {
    if !category.may_be_refused() {
        return Err(Refusal::invalid("kind", Problem::NotAChoice).into());
    }
    let now = tx.now();
    let changed = if is_wanted {
        tx.exec(
            "DELETE FROM mail_refusal WHERE person_id = $1 AND kind = $2",
            args![person, category.code()],
        )?
    } else {
        tx.exec(
            "INSERT INTO mail_refusal (person_id, kind, refused_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            args![person, category.code(), now],
        )?
    };
    if changed == 0 {
        return Ok(());
    }
    if !is_wanted {
        // What waits does not leave; what it tells of stands inside the program.
        for letter in Letter::ALL.iter().filter(|letter| notice(**letter).category == category) {
            tx.exec(
                "DELETE FROM mail WHERE person_id = $1 AND letter = $2 AND state = 'queued'",
                args![person, letter.code()],
            )?;
        }
    }
    let (from, to) = if is_wanted { ("refused", "wanted") } else { ("wanted", "refused") };
    let facts = json!({ format!("mails_about_{}", category.code()): { "from": from, "to": to } });
    event::record_asked(tx, by, None, event::kind::PROFILE_CHANGED, &Subject::of(person), &facts)?;
    Ok(())
}

/// What stands in a mail so that its reader may refuse others like it by one press, without signing in: a token of which
/// only the hash is kept. Nothing for mails that cannot be refused.
pub fn mint(tx: &mut Tx, mail: MailId, letter: Letter) -> Result<Option<Token>> {
    if !notice(letter).category.may_be_refused() {
        return Ok(None);
    }
    let token = Token::new(tx);
    let kept = tx.exec(
        "UPDATE mail SET refusal_hash = $1 WHERE id = $2 AND person_id IS NOT NULL",
        args![token.hash(), mail],
    )?;
    Ok((kept == 1).then_some(token))
}

/// Whose mail this token came with, what sort of mails it refuses, and whether they are refused already.
///
/// # Errors
/// [`Refusal::LinkUnknown`].
pub fn look(tx: &mut Tx, token: &str) -> Result<(PersonId, Category, bool)> {
    let found = tx.opt(
        "SELECT person_id, letter FROM mail WHERE refusal_hash = $1 AND person_id IS NOT NULL",
        args![secret::hash(token)],
        |row| Ok((row.get::<PersonId>(0)?, row.parse::<Letter>(1)?)),
    )?;
    let (person, letter) = found.ok_or(Refusal::LinkUnknown)?;
    let category = notice(letter).category;
    let is_refused = is_refused(tx, person, category)?;
    Ok((person, category, is_refused))
}

/// Refuses, for whom that mail was, all further ones of its sort. Twice is as once.
///
/// # Errors
/// [`Refusal::LinkUnknown`].
pub fn refuse(tx: &mut Tx, token: &str) -> Result<Category> {
    let (person, category, _) = look(tx, token)?;
    write(tx, &Actor::Visitor, person, category, false)?;
    Ok(category)
}
