//! What happened to what, by whom and for whom. The timeline of a thing and the audit log are two readings of
//! these rows (rule P5). Rows are only added; what a person typed stands apart, so that it can be erased (rule D3).

use rules::ids::{EventId, Id, ParticipantId, PersonId, SessionId, SignInId, TokenId};
use rules::permission::{Action, Roles, What, Who};
use rules::refusal::Refusal;
use rules::time::Instant;
use serde_json::Value as Json;

use crate::db::build::Query;
use crate::{
    Result, Row, Tx, agreement, args, availability, coach, ledger, message, offering, person, program,
    session, sign_in, trigger,
};

/// How a person reached the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Via {
    /// A page.
    Page,
    /// The JSON interface.
    Api,
}

/// What a person has shown to prove who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// The cookie of a signed-in browser.
    Browser(SignInId),
    /// A bearer token.
    Token(TokenId),
}

/// Who does something. Every verb that changes anything takes one and asks it for permission.
#[derive(Clone, Debug)]
pub enum Actor {
    /// A signed-in person.
    Person {
        /// Who they are and which roles they hold.
        who: Who,
        /// How they came.
        via: Via,
        /// What they have shown; nothing where the program vouches for them.
        proof: Option<Proof>,
    },
    /// Nobody is signed in: a visitor at the sign-in page, or the holder of a set-up link.
    Visitor,
    /// The operator at the command line, who may do everything.
    Operator,
    /// The program itself: what time has made due, and the living example.
    Program,
}

impl Actor {
    /// The person, if it is one.
    pub fn person(&self) -> Option<PersonId> {
        match self {
            Actor::Person { who, .. } => Some(who.person),
            Actor::Visitor | Actor::Operator | Actor::Program => None,
        }
    }

    /// Asks the one table of section 15. The operator and the program are not people and stand above it.
    ///
    /// # Errors
    /// [`Refusal::MayNot`] if a person may not, and for a visitor always.
    pub fn may(&self, action: Action, what: &What) -> std::result::Result<(), Refusal> {
        match self {
            Actor::Person { who, .. } => rules::permission::may(who, action, what),
            Actor::Visitor => Err(Refusal::NotSignedIn),
            Actor::Operator | Actor::Program => Ok(()),
        }
    }

    /// Makes sure that a person still is who they were when they asked: their account is open, they have lost no
    /// role, and what they have shown still counts. What happened while a request was on its way counts (rule P3).
    /// Every change asks this: [`record`] does for those that leave an event, and a verb that leaves none, or that
    /// changes the very standing it rests on, asks before it changes anything.
    ///
    /// # Errors
    /// [`Refusal::NotSignedIn`] for whoever is signed out or closed, [`Refusal::MayNot`] for whoever has lost a role.
    pub fn still_stands(&self, tx: &mut Tx) -> Result<()> {
        let Actor::Person { who, proof, .. } = self else { return Ok(()) };
        let now = tx.now();
        let shown = match *proof {
            None => true,
            Some(Proof::Browser(id)) => tx.exists(
                "SELECT 1 FROM sign_in WHERE id = $1 AND person_id = $2 AND expires_at > $3",
                args![id, who.person, now],
            )?,
            Some(Proof::Token(id)) => tx.exists(
                "SELECT 1 FROM api_token WHERE id = $1 AND person_id = $2 AND revoked_at IS NULL AND expires_at > $3",
                args![id, who.person, now],
            )?,
        };
        let roles = tx.opt(
            "SELECT COALESCE((SELECT STRING_AGG(r.role, ',') FROM person_role r WHERE r.person_id = p.id), '')
             FROM person p WHERE p.id = $1 AND p.closed_at IS NULL",
            args![who.person],
            |row| row.parse::<Roles>(0),
        )?;
        match roles {
            Some(roles) if shown && who.roles.iter().all(|role| roles.contains(role)) => {}
            // Which act the lost role was for is not known here; each begins with being oneself.
            Some(_) if shown => return Err(Refusal::MayNot { action: Action::EditProfile }.into()),
            _ => return Err(Refusal::NotSignedIn.into()),
        }
        if let Some(Proof::Browser(id)) = *proof {
            sign_in::seen(tx, id)?;
        }
        Ok(())
    }

    fn via(&self) -> &'static str {
        match self {
            Actor::Person { via: Via::Api, .. } => "api",
            Actor::Person { via: Via::Page, .. } | Actor::Visitor => "page",
            Actor::Operator => "cli",
            Actor::Program => "program",
        }
    }
}

/// What kind of thing happened. An open set: later code adds to it, and a name once stored stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind(pub &'static str);

/// The kinds that people and access know.
pub mod kind {
    use super::Kind;

    /// The first admin made the organisation theirs (P6).
    pub const SET_UP: Kind = Kind("set_up");
    /// An account was made.
    pub const PERSON_ADDED: Kind = Kind("person_added");
    /// Name, zone, language, hour style or photo changed.
    pub const PROFILE_CHANGED: Kind = Kind("profile_changed");
    /// Roles were given or taken.
    pub const ROLES_CHANGED: Kind = Kind("roles_changed");
    /// An account was closed.
    pub const PERSON_CLOSED: Kind = Kind("person_closed");
    /// A closed account was opened again.
    pub const PERSON_REOPENED: Kind = Kind("person_reopened");
    /// Somebody asked for a sign-in link for this person.
    pub const LINK_ASKED: Kind = Kind("link_asked");
    /// An admin or operator invited this person to sign in.
    pub const INVITED: Kind = Kind("invited");
    /// A browser signed in.
    pub const SIGNED_IN: Kind = Kind("signed_in");
    /// A browser signed out, or was signed out from another.
    pub const SIGNED_OUT: Kind = Kind("signed_out");
    /// All browsers of a person were signed out.
    pub const SIGNED_OUT_EVERYWHERE: Kind = Kind("signed_out_everywhere");
    /// A password was set, changed or removed.
    pub const PASSWORD_CHANGED: Kind = Kind("password_changed");
    /// A bearer token was made.
    pub const TOKEN_MADE: Kind = Kind("token_made");
    /// A bearer token was revoked.
    pub const TOKEN_REVOKED: Kind = Kind("token_revoked");
    /// A setting of the organisation changed.
    pub const SETTING_CHANGED: Kind = Kind("setting_changed");
    /// An admin sent a failed mail once more.
    pub const MAIL_RETRIED: Kind = Kind("mail_retried");
    /// The clock of a demo or trial was moved (T4).
    pub const CLOCK_MOVED: Kind = Kind("clock_moved");

    /// All of these.
    pub const ALL: &[Kind] = &[
        SET_UP,
        PERSON_ADDED,
        PROFILE_CHANGED,
        ROLES_CHANGED,
        PERSON_CLOSED,
        PERSON_REOPENED,
        LINK_ASKED,
        INVITED,
        SIGNED_IN,
        SIGNED_OUT,
        SIGNED_OUT_EVERYWHERE,
        PASSWORD_CHANGED,
        TOKEN_MADE,
        TOKEN_REVOKED,
        SETTING_CHANGED,
        MAIL_RETRIED,
        CLOCK_MOVED,
    ];
}

/// Every kind that this program writes, for the filter of the audit log.
pub fn kinds() -> impl Iterator<Item = Kind> {
    let practice = [
        coach::kind::ALL,
        offering::kind::ALL,
        availability::kind::ALL,
        agreement::kind::ALL,
        ledger::kind::ALL,
    ];
    [kind::ALL, session::kind::ALL, program::kind::ALL, trigger::kind::ALL]
        .into_iter()
        .chain(practice)
        .flatten()
        .copied()
}

/// What an event is about: any thing with an id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// The prefix of the id's kind.
    pub kind: String,
    /// The store's number.
    pub id: i64,
}

impl Subject {
    /// The thing with this id.
    pub fn of<I: Id>(id: I) -> Subject {
        Subject { kind: I::PREFIX.to_owned(), id: id.raw() }
    }

    /// The organisation itself.
    pub fn organisation() -> Subject {
        Subject { kind: "organisation".to_owned(), id: 1 }
    }

    /// Its id as people and programs see it; none for the organisation itself.
    pub fn id_text(&self) -> Option<String> {
        rules::ids::written(&self.kind, self.id)
    }

    /// As a person, if it is one.
    pub fn person(&self) -> Option<PersonId> {
        (self.kind == PersonId::PREFIX).then(|| PersonId::from_raw(self.id))
    }
}

/// Writes down what happened. `facts` are small values such as `from` and `to`; never what somebody typed.
///
/// # Errors
/// As [`Actor::still_stands`].
pub fn record(tx: &mut Tx, by: &Actor, kind: Kind, subject: &Subject, facts: &Json) -> Result<EventId> {
    record_for(tx, by, None, kind, subject, facts)
}

/// The same, done by one person for another (rule P10).
///
/// # Errors
/// As [`Actor::still_stands`].
pub fn record_for(
    tx: &mut Tx,
    by: &Actor,
    principal: Option<PersonId>,
    kind: Kind,
    subject: &Subject,
    facts: &Json,
) -> Result<EventId> {
    by.still_stands(tx)?;
    write_down(tx, by, principal, kind, subject, facts)
}

/// [`record`] for a verb that may change the standing of whoever does it, and has asked [`Actor::still_stands`] before.
pub(crate) fn record_asked(
    tx: &mut Tx,
    by: &Actor,
    principal: Option<PersonId>,
    kind: Kind,
    subject: &Subject,
    facts: &Json,
) -> Result<EventId> {
    write_down(tx, by, principal, kind, subject, facts)
}

fn write_down(
    tx: &mut Tx,
    by: &Actor,
    principal: Option<PersonId>,
    kind: Kind,
    subject: &Subject,
    facts: &Json,
) -> Result<EventId> {
    let events = write_all(tx, by, kind, [(subject.clone(), principal, facts.to_string())])?;
    Ok(events[0])
}

/// Writes down the same kind of thing for many subjects at once, with the facts of each: what time does to many has few
/// statements. The program alone does so, which may everything.
///
/// # Errors
/// Only those of the store.
pub(crate) fn record_many(
    tx: &mut Tx,
    kind: Kind,
    of: impl IntoIterator<Item = (Subject, Json)>,
) -> Result<Vec<EventId>> {
    write_all(
        tx,
        &Actor::Program,
        kind,
        of.into_iter().map(|(subject, facts)| (subject, None, facts.to_string())),
    )
}

fn write_all(
    tx: &mut Tx,
    by: &Actor,
    kind: Kind,
    of: impl IntoIterator<Item = (Subject, Option<PersonId>, String)>,
) -> Result<Vec<EventId>> {
    let now = tx.now();
    let mut ids = Vec::new();
    let mut rows = Vec::new();
    for (subject, principal, facts) in of {
        let id: EventId = tx.new_id();
        ids.push(id);
        rows.push([
            id.into(),
            now.into(),
            kind.0.into(),
            subject.kind.into(),
            subject.id.into(),
            by.person().into(),
            principal.into(),
            by.via().into(),
            facts.into(),
        ]);
    }
    tx.insert_many(
        "INSERT INTO event (id, at, kind, subject_kind, subject_id, by_id, for_id, via, facts)",
        rows,
        "",
    )?;
    Ok(ids)
}

/// Keeps the reason that somebody gave for what they did. It stands apart from the event, so that it can be erased.
///
/// # Errors
/// Those of the database.
pub fn give_reason(tx: &mut Tx, event: EventId, reason: &str) -> Result<()> {
    if !reason.is_empty() {
        tx.exec(
            "INSERT INTO event_text (event_id, field, text) VALUES ($1, 'reason', $2)",
            args![event, reason],
        )?;
    }
    Ok(())
}

/// What happened to one person, newest first, at most `limit` lines. It tells of sign-ins and passwords too, and so is
/// a part of the audit log.
///
/// # Errors
/// [`Refusal::NotFound`] for a person who is not theirs to see, [`Refusal::MayNot`] for whoever may not see the log.
pub fn history(tx: &mut Tx, by: &Actor, id: PersonId, limit: u32) -> Result<Vec<Recorded>> {
    person::visible(tx, by, id)?;
    by.may(Action::SeeAudit, &What::of_the_organisation())?;
    let mut query = Query::new(RECORDED, args![]);
    query
        .and(
            "((e.subject_kind = 'per' AND e.subject_id = $1)
              OR (e.subject_kind = 'ses' AND e.subject_id IN (
                  SELECT a.session_id FROM attendance a WHERE a.client_id = $1))
              OR (e.subject_kind = 'att' AND e.subject_id IN (
                  SELECT a.id FROM attendance a WHERE a.client_id = $1))
              OR (e.subject_kind = 'ser' AND e.subject_id IN (
                  SELECT s.series_id FROM session s JOIN attendance a ON a.session_id = s.id
                  WHERE a.client_id = $1)))",
            args![id],
        )
        .push("ORDER BY e.id DESC LIMIT $1", args![i64::from(limit)]);
    tx.all(query.sql(), query.args(), recorded)
}

/// What happened to a session and to the places in it, newest first, for those who see it: whoever asks has made sure that
/// the reader does.
///
/// # Errors
/// Only those of the store.
pub fn of_session(tx: &mut Tx, session: SessionId, limit: u32) -> Result<Vec<Recorded>> {
    let mut query = Query::new(RECORDED, args![]);
    query
        .and(
            "((e.subject_kind = 'ses' AND e.subject_id = $1)
              OR (e.subject_kind = 'ser' AND e.subject_id = (SELECT s.series_id FROM session s WHERE s.id = $1))
              OR (e.subject_kind = 'att' AND e.subject_id IN (
                  SELECT a.id FROM attendance a WHERE a.session_id = $1)))",
            args![session],
        )
        .push("ORDER BY e.id DESC LIMIT $1", args![i64::from(limit)]);
    tx.all(query.sql(), query.args(), recorded)
}

/// What happened to a participant and to their places in sessions of their journeys, newest first: whoever asks has made
/// sure that the reader sees them.
///
/// # Errors
/// Only those of the store.
pub(crate) fn of_participant(tx: &mut Tx, participant: ParticipantId, limit: u32) -> Result<Vec<Recorded>> {
    let mut query = Query::new(RECORDED, args![]);
    query
        .and(
            "((e.subject_kind = 'par' AND e.subject_id = $1)
              OR (e.subject_kind = 'jou' AND e.subject_id IN (
                  SELECT j.id FROM journey j WHERE j.participant_id = $1))
              OR (e.subject_kind = 'ses' AND e.subject_id IN (
                  SELECT a.session_id FROM journey j JOIN attendance a ON a.journey_id = j.id
                  WHERE j.participant_id = $1))
              OR (e.subject_kind = 'att' AND e.subject_id IN (
                  SELECT a.id FROM journey j JOIN attendance a ON a.journey_id = j.id
                  WHERE j.participant_id = $1)))",
            args![participant],
        )
        .push("ORDER BY e.id DESC LIMIT $1", args![i64::from(limit)]);
    tx.all(query.sql(), query.args(), recorded)
}

/// What an event is about is named by a line for each kind of thing; a kind without one is shown by its id.
const RECORDED: &str = "SELECT e.id, e.at, e.kind, e.subject_kind, e.subject_id, e.via, e.facts,
        CASE e.subject_kind
            WHEN 'per' THEN (SELECT p.name FROM person p WHERE p.id = e.subject_id)
            WHEN 'ses' THEN (SELECT p.name FROM attendance a JOIN person p ON p.id = a.client_id
                             WHERE a.session_id = e.subject_id ORDER BY a.id LIMIT 1)
            WHEN 'att' THEN (SELECT p.name FROM attendance a JOIN person p ON p.id = a.client_id
                             WHERE a.id = e.subject_id)
            WHEN 'ser' THEN (SELECT MIN(p.name) FROM session s JOIN attendance a ON a.session_id = s.id
                             JOIN person p ON p.id = a.client_id WHERE s.series_id = e.subject_id)
            WHEN 'par' THEN (SELECT p.name FROM participant m JOIN person p ON p.id = m.person_id
                             WHERE m.id = e.subject_id)
            WHEN 'jou' THEN (SELECT p.name FROM journey j JOIN participant m ON m.id = j.participant_id
                             JOIN person p ON p.id = m.person_id WHERE j.id = e.subject_id)
            WHEN 'off' THEN (SELECT o.name FROM offering o WHERE o.id = e.subject_id)
            WHEN 'com' THEN (SELECT c.name FROM company c WHERE c.id = e.subject_id)
            WHEN 'pro' THEN (SELECT c.name FROM project c WHERE c.id = e.subject_id)
            WHEN 'coh' THEN (SELECT c.name FROM cohort c WHERE c.id = e.subject_id)
            WHEN 'pat' THEN (SELECT c.name FROM pathway c WHERE c.id = e.subject_id)
            WHEN 'pod' THEN (SELECT c.name FROM pod c WHERE c.id = e.subject_id)
            WHEN 'trg' THEN (SELECT COALESCE(c.name, j.name, m.name) FROM trigger_rule r
                             LEFT JOIN cohort c ON c.id = r.cohort_id LEFT JOIN project j ON j.id = r.project_id
                             LEFT JOIN company m ON m.id = r.company_id WHERE r.id = e.subject_id)
        END,
        CASE e.subject_kind
            WHEN 'ses' THEN (SELECT COUNT(*) FROM attendance a WHERE a.session_id = e.subject_id)
            ELSE 1
        END,
        CASE e.subject_kind
            WHEN 'ses' THEN (SELECT s.starts_at FROM session s WHERE s.id = e.subject_id)
            WHEN 'ser' THEN (SELECT MIN(s.starts_at) FROM session s WHERE s.series_id = e.subject_id)
            WHEN 'att' THEN (SELECT s.starts_at FROM attendance a JOIN session s ON s.id = a.session_id
                             WHERE a.id = e.subject_id)
        END,
        (SELECT t.text FROM event_text t WHERE t.event_id = e.id AND t.field = 'reason'),
        b.id, b.name, f.id, f.name
    FROM event e
    LEFT JOIN person b ON b.id = e.by_id
    LEFT JOIN person f ON f.id = e.for_id";

/// The things of a person: whatever happened to one of these happened to them. `$1` is the person.
const ABOUT_PERSON: &str = "((e.subject_kind = 'per' AND e.subject_id = $1)
    OR (e.subject_kind = 'ses' AND e.subject_id IN (SELECT a.session_id FROM attendance a WHERE a.client_id = $1))
    OR (e.subject_kind = 'att' AND e.subject_id IN (SELECT a.id FROM attendance a WHERE a.client_id = $1))
    OR (e.subject_kind = 'ser' AND e.subject_id IN (
        SELECT s.series_id FROM session s JOIN attendance a ON a.session_id = s.id WHERE a.client_id = $1))
    OR e.by_id = $1 OR e.for_id = $1)";

/// Whoever did it, for whom, or to whom has `$1` in their name or address.
const FOUND_BY_NAME: &str = "(b.folded_name LIKE $1 ESCAPE '!' OR b.folded_mail LIKE $1 ESCAPE '!'
    OR f.folded_name LIKE $1 ESCAPE '!' OR f.folded_mail LIKE $1 ESCAPE '!'
    OR (e.subject_kind = 'per' AND e.subject_id IN (
        SELECT p.id FROM person p
        WHERE p.folded_name LIKE $1 ESCAPE '!' OR p.folded_mail LIKE $1 ESCAPE '!'))
    OR (e.subject_kind = 'ses' AND e.subject_id IN (
        SELECT a.session_id FROM attendance a JOIN person p ON p.id = a.client_id
        WHERE p.folded_name LIKE $1 ESCAPE '!' OR p.folded_mail LIKE $1 ESCAPE '!'))
    OR (e.subject_kind = 'att' AND e.subject_id IN (
        SELECT a.id FROM attendance a JOIN person p ON p.id = a.client_id
        WHERE p.folded_name LIKE $1 ESCAPE '!' OR p.folded_mail LIKE $1 ESCAPE '!'))
    OR (e.subject_kind = 'ser' AND e.subject_id IN (
        SELECT s.series_id FROM session s JOIN attendance a ON a.session_id = s.id JOIN person p ON p.id = a.client_id
        WHERE p.folded_name LIKE $1 ESCAPE '!' OR p.folded_mail LIKE $1 ESCAPE '!')))";

/// One line of the audit log.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// The event.
    pub id: EventId,
    /// When, on the product clock.
    pub at: Instant,
    /// The stored name of its kind.
    pub kind: String,
    /// What it is about.
    pub subject: Subject,
    /// The name of what it is about: of a session, the name of its first client.
    pub subject_name: Option<String>,
    /// How many more clients the session has that it is about.
    pub others: i64,
    /// When the session starts that it is about.
    pub starts_at: Option<Instant>,
    /// The reason that was given.
    pub reason: Option<String>,
    /// Who did it, with their name; none for a visitor, the operator or the program.
    pub by: Option<(PersonId, String)>,
    /// For whom it was done.
    pub principal: Option<(PersonId, String)>,
    /// `page`, `api`, `cli` or `program`.
    pub via: String,
    /// Small values: from, to.
    pub facts: Json,
}

/// Which lines of the audit log are wanted.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only this kind.
    pub kind: Option<String>,
    /// Only what this person did or what was done to them.
    pub person: Option<PersonId>,
    /// Only what somebody did, or what was done to somebody, whose name or address has this in it.
    pub search: String,
    /// Only from this moment on.
    pub from: Option<Instant>,
    /// Only before this moment.
    pub until: Option<Instant>,
    /// Only events older than this one: the cursor of the page before.
    pub before: Option<EventId>,
}

/// Reads the audit log, newest first, at most `limit` lines.
///
/// # Errors
/// [`Refusal::MayNot`] for whoever may not see the audit log.
pub fn audit(tx: &mut Tx, by: &Actor, filter: &Filter, limit: u32) -> Result<Vec<Recorded>> {
    by.may(Action::SeeAudit, &What::of_the_organisation())?;
    let mut query = Query::new(RECORDED, args![]);
    query
        // Who writes to whom, and when, is between the two (rule W6).
        .and("e.kind <> $1", args![message::kind::SENT.0])
        .and_some("e.kind = $1", filter.kind.as_deref())
        .and_some(ABOUT_PERSON, filter.person)
        .and_some("e.at >= $1", filter.from)
        .and_some("e.at < $1", filter.until)
        .and_some("e.id < $1", filter.before);
    if let Some(pattern) = person::pattern(&filter.search) {
        query.and(FOUND_BY_NAME, args![pattern]);
    }
    query.push("ORDER BY e.id DESC LIMIT $1", args![i64::from(limit)]);
    tx.all(query.sql(), query.args(), recorded)
}

fn recorded(row: &Row) -> Result<Recorded> {
    let named = |id: usize| -> Result<Option<(PersonId, String)>> {
        Ok(row.get::<Option<PersonId>>(id)?.zip(row.get::<Option<String>>(id + 1)?))
    };
    Ok(Recorded {
        id: row.get(0)?,
        at: row.get(1)?,
        kind: row.get(2)?,
        subject: Subject { kind: row.get(3)?, id: row.get(4)? },
        via: row.get(5)?,
        facts: serde_json::from_str(&row.get::<String>(6)?).unwrap_or(Json::Null),
        subject_name: row.get(7)?,
        others: (row.get::<i64>(8)? - 1).max(0),
        starts_at: row.get(9)?,
        reason: row.get(10)?,
        by: named(11)?,
        principal: named(13)?,
    })
}
