//! How sessions end: called off, attended, missed, contested, forgiven (rules S2 to S14, R9 to R11, F3).

use axum::extract::{Path, State};
use axum::http::StatusCode;
use model::event::Actor;
use model::idempotency::Key;
use model::session::{self, CallOff, ExpectedEnding};
use model::{Tx, ledger};
use rules::cancelling::{Ending, Grounds, Quote};
use rules::ids::{PersonId, SessionId};
use rules::marking::Mark;
use rules::refusal::{Problem, Refusal};
use rules::session::Cause;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::moves::{or_unseen, reason};
use super::openapi::Operation;
use super::wire::{CodeOf, IdOf, OutcomeCode, PersonRef, Price, SessionRef, StatusCode as StatusWord, Time};
use super::{Answer, Nothing, id, once, zone_of};
use crate::app::App;
use crate::error::Failure;
use crate::forms::{Checks, JsonWrite};
use crate::visitor::Visitor;

/// What becomes of a session that is called off.
pub type EndingCode = CodeOf<Ending>;
/// Why it costs what it costs.
pub type GroundsCode = CodeOf<Grounds>;

/// A session is called off.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCancellation {
    /// Why.
    #[serde(default)]
    reason: String,
    /// On whose side the reason lies. Whoever is the client need not say: theirs is `client`; the house does. After the
    /// start only `coach` and `technical` remain.
    #[schema(nullable = false, pattern = "^(client|coach|organisation|technical)$")]
    cause: Option<String>,
    /// Whose part, where there are several.
    #[schema(nullable = false)]
    client: Option<String>,
    /// What you were shown that it comes to; if that has changed, nothing happens.
    #[schema(nullable = false)]
    expect: Option<Expect>,
}

/// What is expected of a cancellation.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(
    deny_unknown_fields,
    expecting = "an object with outcome, and kept_minor where something has a price"
)]
pub struct Expect {
    /// What becomes of it.
    #[schema(pattern = "^(cancelled|unbooked|missed|left)$")]
    outcome: String,
    /// What is kept of the price, in minor units.
    #[schema(nullable = false)]
    kept_minor: Option<i64>,
}

impl NewCancellation {
    fn checked(&self) -> Result<Wanted, Failure> {
        let mut checks = Checks::default();
        let reason = checks.take("reason", session::Reason::parse(&self.reason));
        let cause = checks
            .some("cause", self.cause.as_deref(), |code| Cause::from_code(code).ok_or(Problem::NotAChoice));
        let client =
            checks.some("client", self.client.as_deref(), |id| id.parse().map_err(|_| Problem::NotAnId));
        let expect = checks.some("expect.outcome", self.expect.as_ref(), |expect| {
            let ending = Ending::from_code(&expect.outcome).ok_or(Problem::NotAChoice)?;
            Ok(ExpectedEnding { ending, kept_minor: expect.kept_minor })
        });
        checks.done()?;
        let Some(reason) = reason else { unreachable!("what is missing was noted") };
        Ok(Wanted { cause, off: CallOff { client, cause: Cause::Client, reason, expect } })
    }
}

/// A cancellation as it was asked for; its cause may be left to whoever asks.
#[derive(Clone)]
struct Wanted {
    cause: Option<Cause>,
    off: CallOff,
}

impl Wanted {
    fn named(&self, tx: &mut Tx, by: &Actor, session: SessionId) -> model::Result<CallOff> {
        let cause = match self.cause {
            Some(cause) => cause,
            None => session::unnamed_cause(tx, by, session)?,
        };
        Ok(CallOff { cause, ..self.off.clone() })
    }
}

/// What became of a session that was called off.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CancellationMade {
    session: SessionRef,
    outcome: EndingCode,
    /// Why it costs what it costs.
    grounds: GroundsCode,
    /// What is kept of the price; null for what has none.
    #[schema(required)]
    kept: Option<Price>,
}

impl CancellationMade {
    fn of(session: SessionId, quote: &Quote) -> CancellationMade {
        CancellationMade {
            session: IdOf(session),
            outcome: CodeOf(quote.ending),
            grounds: CodeOf(quote.grounds),
            kept: quote.kept.map(Price::of),
        }
    }
}

/// How it went for a client.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMark {
    /// They came, or they did not.
    #[serde(default)]
    #[schema(required, pattern = "^(completed|missed)$")]
    outcome: String,
    /// Why it was missed: a no-show is the only cause that is marked.
    #[schema(nullable = false, pattern = "^no_show$")]
    cause: Option<String>,
}

impl NewMark {
    fn checked(&self) -> Result<Mark, Failure> {
        let mut checks = Checks::default();
        let mark = match self.outcome.as_str() {
            "completed" => Ok(Mark::Completed),
            "missed" | "no_show" => Ok(Mark::NoShow),
            "" => Err(Problem::Missing),
            _ => Err(Problem::NotAChoice),
        };
        let mark = checks.take("outcome", mark);
        let is_known =
            self.cause.as_deref().is_none_or(|cause| cause == "no_show" && mark == Some(Mark::NoShow));
        checks.take("cause", if is_known { Ok(()) } else { Err(Problem::NotAChoice) });
        checks.done()?;
        Ok(mark.unwrap_or(Mark::Completed))
    }
}

/// A client's place after a change.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AttendanceState {
    client: PersonRef,
    status: StatusWord,
    /// What was marked; null if nothing is.
    #[schema(required)]
    outcome: Option<OutcomeCode>,
    /// When the client will be told of it; null if there is nothing to tell.
    #[schema(required)]
    told_at: Option<Time>,
    /// Whether the client contests it, and nobody has settled that.
    contested: bool,
}

/// Words of somebody.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewWords {
    /// In one's own words.
    #[serde(default)]
    #[schema(required)]
    words: String,
}

/// A reason.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReason {
    /// In one's own words.
    #[serde(default)]
    pub(super) reason: String,
}

/// What a waiver is for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewWaiver {
    /// In one's own words.
    #[serde(default)]
    reason: String,
    /// Whose charge, where there are several clients.
    #[schema(nullable = false)]
    client: Option<String>,
}

/// A payment that came, or went back, outside of the program.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPayment {
    /// How much, in minor units; all that is open, or is to be paid back, unless said.
    #[schema(nullable = false)]
    minor: Option<i64>,
    /// Whose, where there are several clients.
    #[schema(nullable = false)]
    client: Option<String>,
}

/// What was waived, paid or paid back.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Settled {
    session: SessionRef,
    amount: Price,
    /// The receipt number; null for a waiver.
    #[schema(required)]
    reference: Option<String>,
}

const ATTENDANCE: &str = "/sessions/{session}/attendance/{person}";

/// The lines of the document.
pub(super) fn operations() -> Vec<Operation> {
    const NOT_NOW: &str = "From how it stands now, that cannot be.";
    vec![
        Operation::post("/sessions/{session}/cancellation", "Call a session off")
            .takes::<NewCancellation>()
            .answers::<CancellationMade>()
            .conflicts("It cannot be called off now, or it would not come to what was expected: `outcome_changed` says what it comes to."),
        Operation::put(ATTENDANCE, "Say how it went for a client")
            .takes::<NewMark>()
            .answers::<AttendanceState>()
            .conflicts(NOT_NOW)
            .about("The client is told, and money follows, a quarter of an hour later: until then it can be undone unsaid."),
        Operation::delete(ATTENDANCE, "Take a mark back").answers::<AttendanceState>().conflicts(NOT_NOW),
        Operation::post("/sessions/{session}/attendance/{person}/forgiveness", "Take a missed session back")
            .takes::<NewReason>()
            .answers::<AttendanceState>()
            .conflicts(NOT_NOW),
        Operation::post("/sessions/{session}/attendance/{person}/contest", "Say that a missed session was none")
            .takes::<NewWords>()
            .answers::<AttendanceState>()
            .conflicts(NOT_NOW),
        Operation::post("/sessions/{session}/attendance/{person}/contest/settlement", "Say that what is contested stands")
            .takes::<NewReason>()
            .answers::<AttendanceState>()
            .conflicts(NOT_NOW),
        Operation::post("/sessions/{session}/waiver", "Do not ask for what is open")
            .takes::<NewWaiver>()
            .made::<Settled>()
            .conflicts("Nothing is open."),
        Operation::post("/sessions/{session}/payment", "Write down what was paid by hand")
            .takes::<NewPayment>()
            .made::<Settled>()
            .conflicts("Nothing is open."),
        Operation::post("/sessions/{session}/refund", "Write down what was paid back by hand")
            .takes::<NewPayment>()
            .made::<Settled>()
            .conflicts("Nothing was paid that is not owed."),
    ]
}

/// `POST /api/v1/sessions/{session}/cancellation`
pub async fn cancel(
    State(app): State<App>,
    visitor: Visitor,
    Path(session): Path<String>,
    write: JsonWrite<NewCancellation>,
) -> Answer {
    let (by, session) = (visitor.actor(), id(&session)?);
    let wanted = or_unseen(&app, &visitor, session, write.body.checked()).await?;
    once(&app, write.key, StatusCode::OK, move |tx| {
        let off = wanted.named(tx, &by, session)?;
        Ok(CancellationMade::of(session, &session::call_off(tx, &by, session, &off)?))
    })
    .await
}

/// `PUT /api/v1/sessions/{session}/attendance/{person}`
pub async fn mark(
    State(app): State<App>,
    visitor: Visitor,
    Path(place): Path<(String, String)>,
    write: JsonWrite<NewMark>,
) -> Answer {
    let mark = or_unseen(&app, &visitor, id(&place.0)?, write.body.checked()).await?;
    change(&app, visitor, place, write.key, move |tx, by, session, client| {
        session::mark(tx, by, session, client, mark)
    })
    .await
}

/// `DELETE /api/v1/sessions/{session}/attendance/{person}`
pub async fn unmark(
    State(app): State<App>,
    visitor: Visitor,
    Path(place): Path<(String, String)>,
    write: JsonWrite<Nothing>,
) -> Answer {
    change(&app, visitor, place, write.key, session::unmark).await
}

/// `POST /api/v1/sessions/{session}/attendance/{person}/forgiveness`
pub async fn forgive(
    State(app): State<App>,
    visitor: Visitor,
    Path(place): Path<(String, String)>,
    write: JsonWrite<NewReason>,
) -> Answer {
    change_with_words(&app, visitor, place, write.key, &write.body.reason, session::forgive).await
}

/// `POST /api/v1/sessions/{session}/attendance/{person}/contest`
pub async fn contest(
    State(app): State<App>,
    visitor: Visitor,
    Path(place): Path<(String, String)>,
    write: JsonWrite<NewWords>,
) -> Answer {
    change_with_words(&app, visitor, place, write.key, &write.body.words, session::contest).await
}

/// `POST /api/v1/sessions/{session}/attendance/{person}/contest/settlement`
pub async fn uphold(
    State(app): State<App>,
    visitor: Visitor,
    Path(place): Path<(String, String)>,
    write: JsonWrite<NewReason>,
) -> Answer {
    change_with_words(&app, visitor, place, write.key, &write.body.reason, session::uphold).await
}

/// The same with somebody's words.
pub(super) async fn change_with_words(
    app: &App,
    visitor: Visitor,
    place: (String, String),
    key: Option<Key>,
    words: &str,
    act: fn(&mut Tx, &Actor, SessionId, PersonId, &session::Reason) -> model::Result<()>,
) -> Answer {
    let words = or_unseen(app, &visitor, id(&place.0)?, reason(words)).await?;
    change(app, visitor, place, key, move |tx, by, session, client| act(tx, by, session, client, &words))
        .await
}

/// One change of one client's place, and how that stands afterwards.
pub(super) async fn change(
    app: &App,
    visitor: Visitor,
    (session, client): (String, String),
    key: Option<Key>,
    act: impl Fn(&mut Tx, &Actor, SessionId, PersonId) -> model::Result<()> + Send + 'static,
) -> Answer {
    let (by, zone) = (visitor.actor(), zone_of(&visitor));
    let (session, client) = (id(&session)?, id(&client)?);
    once(app, key, StatusCode::OK, move |tx| {
        act(tx, &by, session, client)?;
        let meeting = session::get(tx, session)?;
        let place = session::attendances(tx, session)?.into_iter().find(|place| place.client == client);
        let place = place.ok_or(Refusal::NotFound)?;
        let facts = &place.facts;
        Ok(AttendanceState {
            client: IdOf(client),
            status: CodeOf(place.status(&meeting)),
            outcome: facts.outcome.map(|marked| CodeOf(marked.outcome)),
            told_at: facts.tell_at.map(|at| Time::of(at, &zone)),
            contested: facts.contested.is_some_and(|contested| contested.is_open()),
        })
    })
    .await
}

/// `POST /api/v1/sessions/{session}/waiver`
pub async fn waive(
    State(app): State<App>,
    visitor: Visitor,
    Path(session): Path<String>,
    write: JsonWrite<NewWaiver>,
) -> Answer {
    let (by, session) = (visitor.actor(), id(&session)?);
    let said =
        reason(&write.body.reason).and_then(|reason| Ok((reason, client_of(write.body.client.as_deref())?)));
    let (reason, client) = or_unseen(&app, &visitor, session, said).await?;
    once(&app, write.key, StatusCode::CREATED, move |tx| {
        let client = session::only_client(tx, &by, session, client)?;
        let waived = ledger::waive(tx, &by, session, client, &reason)?;
        Ok(Settled { session: IdOf(session), amount: Price::of(waived), reference: None })
    })
    .await
}

/// `POST /api/v1/sessions/{session}/payment`
pub async fn pay(
    State(app): State<App>,
    visitor: Visitor,
    Path(session): Path<String>,
    write: JsonWrite<NewPayment>,
) -> Answer {
    let (by, session) = (visitor.actor(), id(&session)?);
    let minor = write.body.minor;
    let client = or_unseen(&app, &visitor, session, client_of(write.body.client.as_deref())).await?;
    once(&app, write.key, StatusCode::CREATED, move |tx| {
        let client = session::only_client(tx, &by, session, client)?;
        let (paid, reference) = ledger::mark_paid(tx, &by, session, client, minor)?;
        Ok(Settled { session: IdOf(session), amount: Price::of(paid), reference: Some(reference) })
    })
    .await
}

/// `POST /api/v1/sessions/{session}/refund`
pub async fn refund(
    State(app): State<App>,
    visitor: Visitor,
    Path(session): Path<String>,
    write: JsonWrite<NewPayment>,
) -> Answer {
    let (by, session) = (visitor.actor(), id(&session)?);
    let minor = write.body.minor;
    let client = or_unseen(&app, &visitor, session, client_of(write.body.client.as_deref())).await?;
    once(&app, write.key, StatusCode::CREATED, move |tx| {
        let client = session::only_client(tx, &by, session, client)?;
        let (back, reference) = ledger::refund(tx, &by, session, client, minor)?;
        Ok(Settled { session: IdOf(session), amount: Price::of(back), reference: Some(reference) })
    })
    .await
}

fn client_of(id: Option<&str>) -> Result<Option<PersonId>, Failure> {
    let mut checks = Checks::default();
    let client = checks.some("client", id, |id| id.parse().map_err(|_| Problem::NotAnId));
    checks.done()?;
    Ok(client)
}
