//! How people prove who they are: links by mail, passwords, and the browsers that are signed in (rule P1).
//!
//! Passkeys, TOTP and OpenID Connect have their place in the table `credential`. Hashing a password is slow and stays
//! outside: verbs here take and give hashes only.

use jiff::SignedDuration;
use rules::ids::{LinkId, PersonId, SignInId};
use rules::letters::{Happening, Letter};
use rules::permission::{Action, Role, Roles, What};
use rules::person::{Language, MailAddress, PersonName};
use rules::refusal::Refusal;
use rules::time::{Instant, Zone};
use serde_json::json;

use crate::event::{self, Actor, Subject, Via, kind};
use crate::person::{self, Person, select_person};
use crate::secret::{self, Token};
use crate::{Result, Tx, args, mail, token};

/// How long a link from a mail opens (rule P1).
pub const LINK_FOR: SignedDuration = SignedDuration::from_mins(15);
/// How long a browser stays signed in without being used for a change.
pub const SIGN_IN_FOR: SignedDuration = SignedDuration::from_hours(60 * 24);
/// How many browsers of one person stay signed in; the one unused longest goes first.
pub const DEVICES_MAX: i64 = 20;
/// The longest description of a browser that is kept, in characters.
pub const DEVICE_MAX_CHARS: usize = 80;

/// Somebody wants a sign-in link at this address. A known address is sent one; for an unknown or closed one nothing
/// happens, and the caller is told neither (rule P4).
///
/// # Errors
/// Only those of the store.
pub fn ask_for_link(tx: &mut Tx, address: &MailAddress) -> Result<()> {
    let Some(person) = person::by_mail(tx, address)?.filter(|person| person.closed_at.is_none()) else {
        return Ok(());
    };
    let event = event::record(tx, &Actor::Visitor, kind::LINK_ASKED, &Subject::of(person.id), &json!({}))?;
    mail::queue_letters(tx, event, &Happening::LinkAsked { person: person.id })
}

/// An admin invites somebody, to begin with or again: a mail leads them to the page where they sign in.
///
/// # Errors
/// Whoever may not is refused; a closed account is not invited.
pub fn invite(tx: &mut Tx, by: &Actor, id: PersonId) -> Result<()> {
    by.may(Action::ManagePeople, &What::of_the_organisation())?;
    let person = person::get(tx, id)?;
    if person.closed_at.is_some() {
        return Err(Refusal::AccountClosed.into());
    }
    let event = event::record(tx, by, kind::INVITED, &Subject::of(id), &json!({}))?;
    mail::queue_letters(tx, event, &Happening::Invited { person: id })
}

/// Tells somebody for whom a lead or an import made an account where they sign in: once, as part of that one act, and so
/// without the limits on letters of their own.
///
/// # Errors
/// Only those of the store.
pub(crate) fn welcome(tx: &mut Tx, by: &Actor, id: PersonId) -> Result<()> {
    let event = event::record(tx, by, kind::INVITED, &Subject::of(id), &json!({}))?;
    let now = tx.now();
    for (to, letter) in rules::letters::letters(&Happening::Invited { person: id }) {
        mail::queue(tx, event, to, letter, now)?;
    }
    Ok(())
}

/// Makes a link that signs this person in once. Called where the link leaves the program: by the mail that carries
/// it, and by the operator's command.
///
/// # Errors
/// Only those of the store.
pub fn mint_link(tx: &mut Tx, person: PersonId) -> Result<Token> {
    let token = Token::new(tx);
    let id: LinkId = tx.new_id();
    let now = tx.now();
    tx.exec(
        "INSERT INTO link (id, token_hash, kind, person_id, made_at, expires_at) VALUES ($1, $2, 'sign_in', $3, $4, $5)",
        args![id, token.hash(), person, now, now + LINK_FOR],
    )?;
    Ok(token)
}

/// Makes the link that makes the first admin, as long as there is none (rule P6); the one before stops working.
///
/// # Errors
/// Only those of the store.
pub fn offer_set_up(tx: &mut Tx) -> Result<Option<Token>> {
    if has_admin(tx)? {
        return Ok(None);
    }
    tx.exec("DELETE FROM link WHERE kind = 'set_up'", args![])?;
    let token = Token::new(tx);
    let id: LinkId = tx.new_id();
    let now = tx.now();
    tx.exec(
        "INSERT INTO link (id, token_hash, kind, made_at, expires_at) VALUES ($1, $2, 'set_up', $3, $4)",
        args![id, token.hash(), now, now + SignedDuration::from_hours(24 * 365)],
    )?;
    Ok(Some(token))
}

/// Whether the organisation has somebody to administer it.
///
/// # Errors
/// Only those of the store.
pub fn has_admin(tx: &mut Tx) -> Result<bool> {
    let admins =
        tx.one("SELECT COUNT(*) FROM person_role WHERE role = 'admin'", args![], |row| row.get::<i64>(0))?;
    Ok(admins > 0)
}

/// What a link would do if its button were pressed now. Looking changes nothing (rule P2).
#[derive(Clone, Debug)]
pub enum LinkState {
    /// It signs this person in.
    SignsIn(Box<Person>),
    /// It makes the first admin.
    SetsUp,
    /// It was used.
    Used,
    /// It is too old.
    Expired,
}

/// Looks at a link.
///
/// # Errors
/// [`Refusal::LinkUnknown`] for a token that never was.
pub fn look_at_link(tx: &mut Tx, token: &str) -> Result<LinkState> {
    let (person, expires_at, used_at) = tx
        .opt(
            "SELECT person_id, expires_at, used_at FROM link WHERE token_hash = $1",
            args![secret::hash(token)],
            |row| {
                Ok((row.get::<Option<PersonId>>(0)?, row.get::<Instant>(1)?, row.get::<Option<Instant>>(2)?))
            },
        )?
        .ok_or(Refusal::LinkUnknown)?;
    if used_at.is_some() {
        return Ok(LinkState::Used);
    }
    if tx.now() >= expires_at {
        return Ok(LinkState::Expired);
    }
    match person {
        Some(id) => Ok(LinkState::SignsIn(Box::new(person::get(tx, id)?))),
        None => Ok(LinkState::SetsUp),
    }
}

/// A browser that has just signed in: its cookie's token, shown once.
#[derive(Clone, Debug)]
pub struct Begun {
    /// What the cookie holds.
    pub token: Token,
    /// Who is signed in.
    pub person: Person,
}

/// Presses the button behind a link from a mail.
///
/// # Errors
/// A link that never was, was used or is too old is refused, each in its own words.
pub fn use_link(tx: &mut Tx, token: &str, device: &str) -> Result<Begun> {
    match look_at_link(tx, token)? {
        LinkState::SignsIn(person) => {
            take_link(tx, token)?;
            begin(tx, &person, device, "link")
        }
        LinkState::SetsUp => Err(Refusal::LinkUnknown.into()),
        LinkState::Used => Err(Refusal::LinkUsed.into()),
        LinkState::Expired => Err(Refusal::LinkExpired.into()),
    }
}

fn take_link(tx: &mut Tx, token: &str) -> Result<()> {
    let now = tx.now();
    let taken = tx.exec(
        "UPDATE link SET used_at = $1 WHERE token_hash = $2 AND used_at IS NULL AND expires_at > $1",
        args![now, secret::hash(token)],
    )?;
    if taken == 1 { Ok(()) } else { Err(Refusal::LinkUsed.into()) }
}

/// What the form behind the set-up link holds.
#[derive(Clone, Debug)]
pub struct SetUp {
    /// The organisation's name.
    pub organisation: String,
    /// The first admin's name.
    pub name: PersonName,
    /// The first admin's address.
    pub mail: MailAddress,
    /// The zone of both.
    pub zone: Zone,
    /// The language of both.
    pub language: Language,
    /// The hash of a password, if one was chosen.
    pub password_hash: Option<String>,
}

/// Makes the first admin and signs them in (rule P6).
///
/// # Errors
/// A link that is no set-up link, was used, or comes too late is refused.
pub fn set_up(tx: &mut Tx, token: &str, form: &SetUp, device: &str) -> Result<Begun> {
    match look_at_link(tx, token)? {
        LinkState::SetsUp if !has_admin(tx)? => take_link(tx, token)?,
        LinkState::SetsUp | LinkState::Used => return Err(Refusal::LinkUsed.into()),
        LinkState::Expired => return Err(Refusal::LinkExpired.into()),
        LinkState::SignsIn(_) => return Err(Refusal::LinkUnknown.into()),
    }
    let new = person::New {
        name: form.name.clone(),
        mail: form.mail.clone(),
        roles: Roles::from(Role::Admin),
        zone: Some(form.zone.clone()),
        zone_known: true,
        language: Some(form.language),
        slug: None,
    };
    let admin = person::insert(tx, &Actor::Visitor, &new)?;
    tx.exec(
        "UPDATE organisation SET name = $1, zone = $2, language = $3 WHERE id = 1",
        args![&form.organisation, &form.zone, form.language.code()],
    )?;
    if let Some(hash) = &form.password_hash {
        store_password(tx, admin.id, hash)?;
    }
    let by = Actor::Person { who: admin.who(), via: Via::Page, proof: None };
    event::record(tx, &by, kind::SET_UP, &Subject::organisation(), &json!({}))?;
    begin(tx, &admin, device, "set_up")
}

/// Signs a browser in: what every way of proving oneself ends with. `how` is written down.
///
/// # Errors
/// [`Refusal::AccountClosed`] for a closed account.
pub fn begin(tx: &mut Tx, person: &Person, device: &str, how: &str) -> Result<Begun> {
    if person.closed_at.is_some() {
        return Err(Refusal::AccountClosed.into());
    }
    let token = Token::new(tx);
    let id: SignInId = tx.new_id();
    let now = tx.now();
    let device: String = device.chars().filter(|c| !c.is_control()).take(DEVICE_MAX_CHARS).collect();
    let others = tx.one(
        "SELECT COUNT(*), COUNT(*) FILTER (WHERE device = $2) FROM sign_in WHERE person_id = $1",
        args![person.id, &device],
        |row| Ok((row.get::<i64>(0)?, row.get::<i64>(1)?)),
    )?;
    let is_new_device = matches!(others, (1.., 0));
    tx.exec(
        "INSERT INTO sign_in (id, person_id, token_hash, device, began_at, seen_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $5, $6)",
        args![id, person.id, token.hash(), device, now, now + SIGN_IN_FOR],
    )?;
    tx.exec(
        "DELETE FROM sign_in WHERE person_id = $1 AND id NOT IN
             (SELECT id FROM sign_in WHERE person_id = $1 ORDER BY seen_at DESC, id DESC LIMIT $2)",
        args![person.id, DEVICES_MAX],
    )?;
    let by = Actor::Person { who: person.who(), via: Via::Page, proof: None };
    let event = event::record(tx, &by, kind::SIGNED_IN, &Subject::of(person.id), &json!({ "how": how }))?;
    let happening = if is_new_device {
        Happening::SignedInOnNewDevice { person: person.id }
    } else {
        Happening::SignedIn { person: person.id }
    };
    mail::queue_letters(tx, event, &happening)?;
    Ok(Begun { token, person: person.clone() })
}

/// The stored hash of the password at this address, to be verified outside; none for an unknown or closed account
/// and for one without a password.
///
/// # Errors
/// Only those of the store.
pub fn password_hash_at(tx: &mut Tx, address: &MailAddress) -> Result<Option<(PersonId, String)>> {
    tx.opt(
        "SELECT p.id, c.secret FROM person p JOIN credential c ON c.person_id = p.id AND c.kind = 'password'
         WHERE p.folded_mail = $1 AND p.closed_at IS NULL",
        args![address.folded()],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// The stored hash of a person's password.
///
/// # Errors
/// Only those of the store.
pub fn password_hash_of(tx: &mut Tx, id: PersonId) -> Result<Option<String>> {
    tx.opt("SELECT secret FROM credential WHERE person_id = $1 AND kind = 'password'", args![id], |row| {
        row.get(0)
    })
}

/// Signs in somebody whose password was just verified against `verified`. If it has changed since, it is wrong.
///
/// # Errors
/// [`Refusal::WrongPassword`].
pub fn begin_by_password(tx: &mut Tx, id: PersonId, verified: &str, device: &str) -> Result<Begun> {
    if password_hash_of(tx, id)?.as_deref() != Some(verified) {
        return Err(Refusal::WrongPassword.into());
    }
    let now = tx.now();
    tx.exec("UPDATE credential SET used_at = $1 WHERE person_id = $2 AND kind = 'password'", args![now, id])?;
    let person = person::get(tx, id)?;
    begin(tx, &person, device, "password")
}

fn store_password(tx: &mut Tx, id: PersonId, hash: &str) -> Result<()> {
    let credential: rules::ids::CredentialId = tx.new_id();
    let now = tx.now();
    tx.exec("DELETE FROM credential WHERE person_id = $1 AND kind = 'password'", args![id])?;
    tx.exec(
        "INSERT INTO credential (id, person_id, kind, subject, secret, created_at) VALUES ($1, $2, 'password', '', $3, $4)",
        args![credential, id, hash, now],
    )?;
    Ok(())
}

/// Sets or changes one's own password. All other browsers are signed out, and the person is told by mail.
///
/// # Errors
/// [`Refusal::WrongPassword`] if `verified` is no longer what is stored.
pub fn change_password(
    tx: &mut Tx,
    by: &Actor,
    verified: Option<&str>,
    hash: &str,
    keep: Option<SignInId>,
) -> Result<()> {
    let id = by.person().ok_or(Refusal::NotSignedIn)?;
    by.still_stands(tx)?;
    if password_hash_of(tx, id)?.as_deref() != verified {
        return Err(Refusal::WrongPassword.into());
    }
    store_password(tx, id, hash)?;
    sign_out_others(tx, id, keep)?;
    let event = event::record_asked(
        tx,
        by,
        None,
        kind::PASSWORD_CHANGED,
        &Subject::of(id),
        &json!({ "now": "set" }),
    )?;
    mail::queue_letters(tx, event, &Happening::PasswordChanged { person: id })
}

/// Takes one's own password away. All other browsers are signed out, and the person is told by mail.
///
/// # Errors
/// [`Refusal::WrongPassword`] if `verified` is not what is stored.
pub fn remove_password(
    tx: &mut Tx,
    by: &Actor,
    verified: Option<&str>,
    keep: Option<SignInId>,
) -> Result<()> {
    let id = by.person().ok_or(Refusal::NotSignedIn)?;
    by.still_stands(tx)?;
    if verified.is_none() || password_hash_of(tx, id)?.as_deref() != verified {
        return Err(Refusal::WrongPassword.into());
    }
    tx.exec("DELETE FROM credential WHERE person_id = $1 AND kind = 'password'", args![id])?;
    sign_out_others(tx, id, keep)?;
    let event = event::record_asked(
        tx,
        by,
        None,
        kind::PASSWORD_CHANGED,
        &Subject::of(id),
        &json!({ "now": "none" }),
    )?;
    mail::queue_letters(tx, event, &Happening::PasswordChanged { person: id })
}

/// Ends all other ways in: the browsers, the links that nobody has used, and the mails that would carry such a link.
fn sign_out_others(tx: &mut Tx, id: PersonId, keep: Option<SignInId>) -> Result<u64> {
    end_links(tx, id)?;
    tx.exec(
        "DELETE FROM sign_in WHERE person_id = $1 AND (CAST($2 AS BIGINT) IS NULL OR id <> $2)",
        args![id, keep],
    )
}

/// Makes the links of a person worthless, those that wait to be mailed too.
pub(crate) fn end_links(tx: &mut Tx, id: PersonId) -> Result<()> {
    tx.exec("DELETE FROM link WHERE person_id = $1 AND used_at IS NULL", args![id])?;
    mail::drop_queued(tx, id, Letter::SignInLink)
}

/// Who holds this cookie.
///
/// # Errors
/// Only those of the store.
pub fn look_up(tx: &mut Tx, token: &str) -> Result<Option<(SignInId, Person)>> {
    let now = tx.now();
    const SQL: &str = select_person!(
        ", s.id FROM sign_in s JOIN person p ON p.id = s.person_id
         WHERE s.token_hash = $1 AND s.expires_at > $2 AND p.closed_at IS NULL"
    );
    tx.opt(SQL, args![secret::hash(token), now], |row| {
        Ok((row.get(person::COLUMN_COUNT)?, person::from_row(row)?))
    })
}

/// A browser that is signed in.
#[derive(Clone, Debug)]
pub struct Device {
    /// Its sign-in.
    pub id: SignInId,
    /// What it calls itself.
    pub name: String,
    /// When it signed in.
    pub began_at: Instant,
    /// When it last changed anything.
    pub seen_at: Instant,
}

/// One's own browsers, the last used first.
///
/// # Errors
/// [`Refusal::NotSignedIn`] for whoever is nobody.
pub fn devices(tx: &mut Tx, by: &Actor) -> Result<Vec<Device>> {
    let id = by.person().ok_or(Refusal::NotSignedIn)?;
    let now = tx.now();
    tx.all(
        "SELECT id, device, began_at, seen_at FROM sign_in WHERE person_id = $1 AND expires_at > $2
         ORDER BY seen_at DESC, id DESC LIMIT $3",
        args![id, now, DEVICES_MAX],
        |row| Ok(Device { id: row.get(0)?, name: row.get(1)?, began_at: row.get(2)?, seen_at: row.get(3)? }),
    )
}

/// Notes that a browser was used, at most once in five minutes, and lets it stay signed in.
///
/// # Errors
/// Only those of the store.
pub fn seen(tx: &mut Tx, id: SignInId) -> Result<()> {
    let now = tx.now();
    tx.exec(
        "UPDATE sign_in SET seen_at = $1, expires_at = $2 WHERE id = $3 AND seen_at < $4",
        args![now, now + SIGN_IN_FOR, id, now - SignedDuration::from_mins(5)],
    )?;
    Ok(())
}

/// Signs out one of one's own browsers; a foreign one and one that never was are refused alike.
///
/// # Errors
/// [`Refusal::NotFound`].
pub fn sign_out(tx: &mut Tx, by: &Actor, device: SignInId) -> Result<()> {
    let id = by.person().ok_or(Refusal::NotSignedIn)?;
    by.still_stands(tx)?;
    let gone = tx.exec("DELETE FROM sign_in WHERE id = $1 AND person_id = $2", args![device, id])?;
    if gone == 0 {
        return Err(Refusal::NotFound.into());
    }
    event::record_asked(tx, by, None, kind::SIGNED_OUT, &Subject::of(id), &json!({}))?;
    Ok(())
}

/// An admin signs somebody out of all their browsers and programs; the person is told by mail.
///
/// # Errors
/// Whoever may not is refused.
pub fn sign_out_person(tx: &mut Tx, by: &Actor, id: PersonId) -> Result<u64> {
    by.may(Action::ManagePeople, &What::of_the_organisation())?;
    person::get(tx, id)?;
    by.still_stands(tx)?;
    end_all(tx, by, id)
}

/// Signs out all of one's browsers, this one too, and revokes one's tokens: what a letter advises to whoever has been
/// robbed must end every way in.
///
/// # Errors
/// [`Refusal::NotSignedIn`] for whoever is nobody.
pub fn sign_out_everywhere(tx: &mut Tx, by: &Actor) -> Result<u64> {
    let id = by.person().ok_or(Refusal::NotSignedIn)?;
    by.still_stands(tx)?;
    end_all(tx, by, id)
}

fn end_all(tx: &mut Tx, by: &Actor, id: PersonId) -> Result<u64> {
    token::revoke_all(tx, id)?;
    let gone = sign_out_others(tx, id, None)?;
    let facts = json!({ "devices": gone });
    let event = event::record_asked(tx, by, None, kind::SIGNED_OUT_EVERYWHERE, &Subject::of(id), &facts)?;
    mail::queue_letters(tx, event, &Happening::SignedOutEverywhere { person: id, by: by.person() })?;
    Ok(gone)
}

/// Forgets links and sign-ins that ended more than a day ago, at most `limit` of each.
///
/// # Errors
/// Only those of the store.
pub fn sweep(tx: &mut Tx, limit: u32) -> Result<u64> {
    let before = tx.now() - SignedDuration::from_hours(24);
    let limit = i64::from(limit);
    let links = tx.exec(
        "DELETE FROM link WHERE id IN (SELECT id FROM link WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)",
        args![before, limit],
    )?;
    let sign_ins = tx.exec(
        "DELETE FROM sign_in WHERE id IN (SELECT id FROM sign_in WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)",
        args![before, limit],
    )?;
    Ok(links + sign_ins)
}
