//! What is owed and paid: lines that are only added, each naming the event that made it (rule F3). Free text has no place
//! in it. What a line should say is [`rules::ledger`]'s.

use rules::ids::{AttendanceId, EventId, LedgerId, PersonId, SessionId};
use rules::ledger::{Balance, LineKind};
use rules::letters::Turn;
use rules::money::{Currency, Money};
use rules::permission::{Action, Reach};
use rules::refusal::{Problem, Refusal};
use rules::time::Instant;
use serde_json::json;

use crate::db::build::Query;
use crate::event::{self, Actor, Subject};
use crate::session::{Reason, STATUS_SQL, life};
use crate::{Result, Row, Tx, args, reach};

/// What can happen to what is owed.
pub mod kind {
    use crate::event::Kind;

    /// What was open is not asked for.
    pub const WAIVED: Kind = Kind("charge_waived");
    /// Somebody wrote down that it was paid.
    pub const PAID: Kind = Kind("payment_recorded");
    /// Somebody wrote down that it was paid back.
    pub const REFUNDED: Kind = Kind("refund_recorded");

    /// All of these.
    pub const ALL: &[Kind] = &[WAIVED, PAID, REFUNDED];
}

/// The most lines that one list holds.
pub const LIST_MAX: u32 = 100;

/// Adds a line.
pub(crate) fn add(
    tx: &mut Tx,
    by: &Actor,
    event: EventId,
    place: AttendanceId,
    kind: LineKind,
    amount: Money,
    reference: Option<&str>,
) -> Result<()> {
    let id: LedgerId = tx.new_id();
    let now = tx.now();
    tx.exec(
        "INSERT INTO ledger (id, attendance_id, kind, amount, currency, at, by_id, event_id, reference)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        args![
            id,
            place,
            kind.code(),
            amount.minor,
            amount.currency.code(),
            now,
            by.person(),
            event,
            reference
        ],
    )?;
    Ok(())
}

/// The sums of one seat.
///
/// # Errors
/// Only those of the store.
pub fn balance(tx: &mut Tx, place: AttendanceId, currency: Currency) -> Result<Balance> {
    let mut balance = Balance::default();
    tx.each(
        "SELECT kind, amount FROM ledger WHERE attendance_id = $1 AND currency = $2",
        args![place, currency.code()],
        |row| {
            balance = balance.with(row.parse(0)?, row.get(1)?);
            Ok(())
        },
    )?;
    Ok(balance)
}

/// Does not ask for what is still open, with a reason (rule F3).
///
/// # Errors
/// [`Refusal::MayNot`], [`Refusal::OwnAttendance`]; [`Refusal::Invalid`] without a reason; [`Refusal::NothingOwed`].
pub fn waive(
    tx: &mut Tx,
    by: &Actor,
    session: SessionId,
    client: PersonId,
    reason: &Reason,
) -> Result<Money> {
    let (about, owed) = open_amount(tx, by, session, client, Action::Waive)?;
    if reason.as_str().is_empty() {
        return Err(Refusal::invalid("reason", Problem::Missing).into());
    }
    let event = write_down(tx, by, &about, (kind::WAIVED, LineKind::Waiver, Turn::Waived), owed, None)?;
    event::give_reason(tx, event, reason.as_str())?;
    Ok(owed)
}

/// Writes down that what was open was paid outside of the program, under a receipt number of the seller's own (rule F1).
/// `amount` is all of it, unless said.
///
/// # Errors
/// As [`waive`]; [`Refusal::Invalid`] for more than is open.
pub fn mark_paid(
    tx: &mut Tx,
    by: &Actor,
    session: SessionId,
    client: PersonId,
    amount_minor: Option<i64>,
) -> Result<(Money, String)> {
    let (about, owed) = open_amount(tx, by, session, client, Action::MarkPaid)?;
    let paid = at_most(owed, amount_minor)?;
    let reference = next_receipt(tx, session)?;
    write_down(tx, by, &about, (kind::PAID, LineKind::Payment, Turn::Paid), paid, Some(&reference))?;
    Ok((paid, reference))
}

/// Writes down that what was paid and is not owed any more was paid back outside of the program, under a receipt number
/// of the seller's own (rule F3). `amount` is all of it, unless said.
///
/// # Errors
/// [`Refusal::MayNot`], [`Refusal::OwnAttendance`]; [`Refusal::NothingToPayBack`]; [`Refusal::Invalid`] for more than was
/// paid and is not owed.
pub fn refund(
    tx: &mut Tx,
    by: &Actor,
    session: SessionId,
    client: PersonId,
    amount_minor: Option<i64>,
) -> Result<(Money, String)> {
    let (about, owed) = account(tx, by, session, client, Action::MarkPaid)?;
    if owed.minor >= 0 {
        return Err(Refusal::NothingToPayBack.into());
    }
    let back = at_most(Money { minor: -owed.minor, ..owed }, amount_minor)?;
    let reference = next_receipt(tx, session)?;
    write_down(tx, by, &about, (kind::REFUNDED, LineKind::Refund, Turn::Refunded), back, Some(&reference))?;
    Ok((back, reference))
}

/// As much as is wished, or all of it.
fn at_most(all: Money, wished_minor: Option<i64>) -> Result<Money> {
    let minor = wished_minor.unwrap_or(all.minor);
    if !(1..=all.minor).contains(&minor) {
        let problem = Problem::AmountOutOfRange { least: Money { minor: 1, ..all }, most: all };
        return Err(Refusal::invalid("minor", problem).into());
    }
    Ok(Money { minor, ..all })
}

/// The seller's next number, which no other receipt has.
fn next_receipt(tx: &mut Tx, session: SessionId) -> Result<String> {
    let number = tx.one(
        "UPDATE seller SET next_receipt = next_receipt + 1 WHERE id = COALESCE(
             (SELECT o.seller_id FROM session s JOIN offering o ON o.id = s.offering_id WHERE s.id = $1),
             (SELECT MIN(id) FROM seller))
         RETURNING id, next_receipt - 1",
        args![session],
        |row| Ok((row.get::<i64>(0)?, row.get::<i64>(1)?)),
    )?;
    Ok(format!("R{}-{:05}", number.0, number.1))
}

/// Whose account it is, for which session, and who coaches that.
struct About {
    session: SessionId,
    place: AttendanceId,
    client: PersonId,
    coaches: Vec<PersonId>,
}

/// What stands open for one client's place; below zero what is to be paid back.
fn account(
    tx: &mut Tx,
    by: &Actor,
    session: SessionId,
    client: PersonId,
    action: Action,
) -> Result<(About, Money)> {
    let (loaded, standing) = life::load_for(tx, by, session)?;
    let seat = standing.seat(by, &loaded.meeting, client)?.clone();
    by.may(action, &standing.what_of_seat(by, client))?;
    let (price, _) = seat.price.ok_or(Refusal::NoPrice)?;
    let minor = balance(tx, seat.id, price.currency)?.owed();
    Ok((About { session, place: seat.id, client, coaches: loaded.coaches }, Money { minor, ..price }))
}

fn open_amount(
    tx: &mut Tx,
    by: &Actor,
    session: SessionId,
    client: PersonId,
    action: Action,
) -> Result<(About, Money)> {
    let (about, owed) = account(tx, by, session, client, action)?;
    if owed.minor <= 0 { Err(Refusal::NothingOwed.into()) } else { Ok((about, owed)) }
}

/// The event, its line, and the letters about it: to the client, and to a coach who did not do it themselves.
fn write_down(
    tx: &mut Tx,
    by: &Actor,
    about: &About,
    (kind, line, turn): (event::Kind, LineKind, Turn),
    amount: Money,
    reference: Option<&str>,
) -> Result<EventId> {
    let facts = json!({ "session": about.session.to_string(), "minor": amount.minor,
        "currency": amount.currency.code(), "reference": reference });
    let subject = Subject::of(about.place);
    let event = event::record_asked(tx, by, Some(about.client), kind, &subject, &facts)?;
    add(tx, by, event, about.place, line, amount, reference)?;
    let coaches: Vec<PersonId> =
        about.coaches.iter().copied().filter(|coach| by.person() != Some(*coach)).collect();
    life::tell(tx, event, turn, vec![about.client], &coaches)?;
    Ok(event)
}

/// A line of the ledger, as its readers see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its id.
    pub id: LedgerId,
    /// When it was written.
    pub at: Instant,
    /// What it says.
    pub kind: LineKind,
    /// How much.
    pub amount: Money,
    /// A receipt number.
    pub reference: Option<String>,
    /// Of which session.
    pub session: SessionId,
    /// When that is or was; none if its time was given back.
    pub starts_at: Option<Instant>,
    /// The client, by id and name.
    pub client: (PersonId, String),
    /// The coach, by id and name.
    pub coach: Option<(PersonId, String)>,
}

/// What a list is narrowed to.
#[derive(Clone, Copy, Debug, Default)]
pub struct Filter {
    /// Only this client's.
    pub client: Option<PersonId>,
    /// Only this session's.
    pub session: Option<SessionId>,
    /// Only older ones: the last of the page before. After one that is not theirs to see there is nothing, as after one
    /// that is not there.
    pub before: Option<LedgerId>,
}

/// The lines that somebody sees, newest first: all for an admin, their sessions' for a coach, their own for a client
/// (section 15 of the rules). At most `limit`, and never more than [`LIST_MAX`].
///
/// # Errors
/// [`Refusal::MayNot`] for whoever sees no money.
pub fn list(tx: &mut Tx, by: &Actor, filter: &Filter, limit: u32) -> Result<Vec<Line>> {
    let reach = reach::somewhere(by, Action::SeeMoney)?;
    let before = match filter.before {
        Some(last) => match seen_line(tx, by, reach, last)? {
            Some(at) => Some((at, last)),
            // One that is not theirs to see is as one that is not there (rule P4).
            None => return Ok(Vec::new()),
        },
        None => None,
    };
    let mut query = Query::new(
        "SELECT l.id, l.at, l.kind, l.amount, l.currency, l.reference, a.session_id, s.starts_at, a.client_id, p.name,
             c.coach_id, q.name
         FROM ledger l JOIN attendance a ON a.id = l.attendance_id JOIN session s ON s.id = a.session_id
         JOIN person p ON p.id = a.client_id
         LEFT JOIN session_coach c ON c.session_id = a.session_id AND c.marking
         LEFT JOIN person q ON q.id = c.coach_id",
        args![],
    );
    narrow(&mut query, by, reach);
    query.and_some("a.client_id = $1", filter.client).and_some("a.session_id = $1", filter.session);
    if let Some((at, last)) = before {
        query.and("(l.at < $1 OR (l.at = $1 AND l.id < $2))", args![at, last]);
    }
    query.push("ORDER BY l.at DESC, l.id DESC LIMIT $1", args![i64::from(limit.min(LIST_MAX))]);
    tx.all(query.sql(), query.args(), line)
}

/// When a line was written, if the reader sees it.
fn seen_line(tx: &mut Tx, by: &Actor, reach: Reach, id: LedgerId) -> Result<Option<Instant>> {
    let mut query =
        Query::new("SELECT l.at FROM ledger l JOIN attendance a ON a.id = l.attendance_id", args![]);
    query.and("l.id = $1", args![id]);
    narrow(&mut query, by, reach);
    tx.opt(query.sql(), query.args(), |row| row.get(0))
}

pub(crate) fn narrow(query: &mut Query, by: &Actor, reach: Reach) {
    if reach.is_all() {
        return;
    }
    query.and(
        "(($2 AND a.client_id = $1 AND a.greyed_out_at IS NULL)
          OR ($3 AND a.session_id IN (SELECT t.session_id FROM session_coach t WHERE t.coach_id = $1)))",
        args![by.person(), reach.contains(Reach::OWN), reach.contains(Reach::SESSIONS)],
    );
}

fn line(row: &Row<'_>) -> Result<Line> {
    let currency: Currency = row.parse(4)?;
    Ok(Line {
        id: row.get(0)?,
        at: row.get(1)?,
        kind: row.parse(2)?,
        amount: Money::new(row.get(3)?, currency),
        reference: row.get(5)?,
        session: row.get(6)?,
        starts_at: row.get(7)?,
        client: (row.get(8)?, row.get(9)?),
        coach: row.get::<Option<PersonId>>(10)?.zip(row.get(11)?),
    })
}

/// What is open in one currency between those whom a reader sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Total {
    /// Still to be paid.
    pub owed: Money,
    /// Paid, and not owed any more. The two are never one sum: what one session brings back pays no other.
    pub to_pay_back: Money,
    /// What is earned: kept of sessions whose date has come (rule F3).
    pub earned: Money,
}

/// Whose debts are summed up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Debts {
    /// Those of one client.
    Of(PersonId),
    /// All that the reader does not owe themselves: of whoever coaches and is coached the two are never one sum.
    OfOthers,
}

/// The sums of what [`list`] shows, by currency.
///
/// # Errors
/// As [`list`].
pub fn totals(tx: &mut Tx, by: &Actor, debts: Debts) -> Result<Vec<Total>> {
    let reach = reach::somewhere(by, Action::SeeMoney)?;
    let now = tx.now();
    // What is only booked bills nothing yet (rule S11), whatever its date.
    let mut query = Query::new(
        "SELECT x.currency, CAST(SUM(CASE WHEN x.open > 0 THEN x.open ELSE 0 END) AS BIGINT),
             CAST(SUM(CASE WHEN x.open < 0 THEN -x.open ELSE 0 END) AS BIGINT), CAST(SUM(x.earned) AS BIGINT)
         FROM (SELECT l.currency AS currency,
             SUM(CASE WHEN l.kind IN ('charge', 'refund') THEN l.amount ELSE -l.amount END) AS open,
             COALESCE(SUM(CASE WHEN l.kind = 'charge' THEN l.amount WHEN l.kind IN ('payment', 'refund') THEN 0
                 ELSE -l.amount END) FILTER (WHERE (s.starts_at IS NULL OR s.starts_at <= $1) AND",
        args![now],
    );
    query.push(STATUS_SQL, args![]).push(
        "<> 'booked'), 0) AS earned
         FROM ledger l JOIN attendance a ON a.id = l.attendance_id JOIN session s ON s.id = a.session_id",
        args![],
    );
    narrow(&mut query, by, reach);
    match debts {
        Debts::Of(client) => query.and("a.client_id = $1", args![client]),
        Debts::OfOthers => query.and("a.client_id <> COALESCE(CAST($1 AS BIGINT), 0)", args![by.person()]),
    };
    query.push("GROUP BY a.id, l.currency) x GROUP BY x.currency ORDER BY x.currency", args![]);
    tx.all(query.sql(), query.args(), |row| {
        let currency: Currency = row.parse(0)?;
        let money = |minor| Money::new(minor, currency);
        Ok(Total { owed: money(row.get(1)?), to_pay_back: money(row.get(2)?), earned: money(row.get(3)?) })
    })
}

/// What is still to be paid for one seat, or to be paid back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Open {
    /// Of which session.
    pub session: SessionId,
    /// When that was; none if its time was given back.
    pub starts_at: Option<Instant>,
    /// The client, by id and name.
    pub client: (PersonId, String),
    /// How much.
    pub owed: Money,
    /// Whether the Missed that it is for is contested (rule S14).
    pub is_contested: bool,
}

/// What is open of sessions whose date has come, the oldest first: of their own sessions, if somebody coaches, else as
/// [`list`].
///
/// # Errors
/// As [`list`].
pub fn unpaid(tx: &mut Tx, by: &Actor, limit: u32) -> Result<Vec<Open>> {
    let now = tx.now();
    open(tx, by, Some(now), "> 0", limit)
}

/// What was paid and is not owed any more, the oldest first: as [`unpaid`], and whatever the date, since that waits for
/// nothing. How much it is is said without a sign.
///
/// # Errors
/// As [`list`].
pub fn to_pay_back(tx: &mut Tx, by: &Actor, limit: u32) -> Result<Vec<Open>> {
    let mut all = open(tx, by, None, "< 0", limit)?;
    for one in &mut all {
        one.owed.minor = -one.owed.minor;
    }
    Ok(all)
}

/// The seats of which the ledger leaves something open, to one side or the other; of sessions until then, if that is said.
fn open(
    tx: &mut Tx,
    by: &Actor,
    until: Option<Instant>,
    sign: &'static str,
    limit: u32,
) -> Result<Vec<Open>> {
    let reach = reach::somewhere(by, Action::SeeMoney)?;
    let mut query = Query::new(
        "SELECT a.session_id, s.starts_at, p.id, p.name, l.currency,
             CAST(SUM(CASE WHEN l.kind IN ('charge', 'refund') THEN l.amount ELSE -l.amount END) AS BIGINT),
             a.contested_at IS NOT NULL AND a.settled_at IS NULL
         FROM ledger l JOIN attendance a ON a.id = l.attendance_id JOIN session s ON s.id = a.session_id
         JOIN person p ON p.id = a.client_id",
        args![],
    );
    narrow(
        &mut query,
        by,
        if reach.contains(Reach::SESSIONS) && !reach.is_all() { Reach::SESSIONS } else { reach },
    );
    query
        .and_some("(s.starts_at IS NULL OR s.starts_at <= $1)", until)
        .push(
            "GROUP BY a.id, a.session_id, s.starts_at, p.id, p.name, l.currency, a.contested_at, a.settled_at
             HAVING SUM(CASE WHEN l.kind IN ('charge', 'refund') THEN l.amount ELSE -l.amount END)",
            args![],
        )
        .push(sign, args![])
        .push("ORDER BY COALESCE(s.starts_at, 0), a.id LIMIT $1", args![i64::from(limit.min(LIST_MAX))]);
    tx.all(query.sql(), query.args(), |row| {
        let currency: Currency = row.parse(4)?;
        Ok(Open {
            session: row.get(0)?,
            starts_at: row.get(1)?,
            client: (row.get(2)?, row.get(3)?),
            owed: Money::new(row.get(5)?, currency),
            is_contested: row.get(6)?,
        })
    })
}
