//! What is owed and paid, line by line (rule F3).

use axum::extract::{Query, State};
use model::ledger::{self, Filter, Line};
use rules::ids::{LedgerId, PersonId, SessionId};
use rules::ledger::LineKind;
use rules::refusal::Problem;
use rules::time::Zone;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::openapi::Operation;
use super::wire::{CodeOf, IdOf, List, PersonRef, Price, SessionRef, Time};
use super::{Answer, cursor, filter, key, limit, shown, zone_of};
use crate::app::Reading;
use crate::forms::Checks;
use crate::visitor::Visitor;

/// What a line says.
pub type LedgerKindCode = CodeOf<LineKind>;
/// The id of a line.
pub type LedgerRef = IdOf<LedgerId>;

/// One line. Charges less credits and waivers are what a session brings in; less payments, and with refunds, what is
/// still owed.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LedgerLine {
    id: LedgerRef,
    /// When it was written.
    at: Time,
    kind: LedgerKindCode,
    amount: Price,
    /// A receipt number.
    #[schema(required)]
    reference: Option<String>,
    session: SessionRef,
    /// When that is or was; null if its time was given back.
    #[schema(required)]
    starts_at: Option<Time>,
    client: Somebody,
    /// Null for a session that has no coach.
    #[schema(required)]
    coach: Option<Somebody>,
}

/// Somebody with a name.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Somebody {
    id: PersonRef,
    /// As they wish to be called.
    name: String,
}

impl LedgerLine {
    fn of(line: &Line, zone: &Zone) -> LedgerLine {
        let somebody = |(id, name): &(PersonId, String)| Somebody { id: IdOf(*id), name: name.clone() };
        LedgerLine {
            id: IdOf(line.id),
            at: Time::of(line.at, zone),
            kind: CodeOf(line.kind),
            amount: Price::of(line.amount),
            reference: line.reference.clone(),
            session: IdOf(line.session),
            starts_at: line.starts_at.map(|at| Time::of(at, zone)),
            client: somebody(&line.client),
            coach: line.coach.as_ref().map(somebody),
        }
    }
}

/// The query of the list.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Wanted {
    client: String,
    session: String,
    cursor: String,
    limit: String,
}

/// The lines of the document.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/ledger", "What is owed and paid, the newest first")
            .query_id::<PersonId>("client", "Only what concerns this client.")
            .query_id::<SessionId>("session", "Only what concerns this session.")
            .paged()
            .answers::<List<LedgerLine>>(),
    ]
}

/// `GET /api/v1/ledger`
pub async fn index(State(app): State<Reading>, visitor: Visitor, Query(wanted): Query<Wanted>) -> Answer {
    let mut checks = Checks::default();
    let client = filter(&mut checks, "client", &wanted.client, Problem::NotAnId);
    let session = filter(&mut checks, "session", &wanted.session, Problem::NotAnId);
    let before = key(&mut checks, &wanted.cursor);
    let limit = limit(&mut checks, &wanted.limit).min(ledger::LIST_MAX - 1);
    checks.done()?;
    let (by, zone) = (visitor.actor(), zone_of(&visitor));
    let filter = Filter { client, session, before };
    let lines = app.read(move |tx| ledger::list(tx, &by, &filter, limit + 1)).await?;
    let cursor_of = |last: &Line| cursor([last.id.to_string()]);
    shown(List::of(lines, limit, cursor_of, |line| LedgerLine::of(line, &zone)))
}
