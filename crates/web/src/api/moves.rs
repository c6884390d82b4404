//! Moving a session, and what becomes of a request (rules R1 to R8, R11).

use axum::extract::{Path, State};
use axum::http::StatusCode;
use model::session::{self, Expected, Knowing, MoveOutcome, MoveWish, Reason};
use rules::ids::SessionId;
use rules::refusal::Problem;
use rules::time::{Instant, Zone};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::openapi::Operation;
use super::wire::{CodeOf, IdOf, SessionRef, Time, Word};
use super::{Answer, Nothing, answered, id, once, stored, zone_of};
use crate::app::App;
use crate::error::Failure;
use crate::forms::{Checks, JsonWrite};
use crate::visitor::Visitor;

/// So many other times are offered instead of one that cannot be had.
const ALTERNATIVES: usize = 6;

/// A wish for another start.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMove {
    /// When it is to begin: RFC 3339.
    #[serde(default)]
    #[schema(required, format = DateTime)]
    starts_at: String,
    /// Why.
    #[serde(default)]
    reason: String,
    /// What you were shown that it comes to; if that has changed, nothing happens.
    #[schema(nullable = false, pattern = "^(moved|asked)$")]
    expect: Option<String>,
}

impl NewMove {
    fn checked(&self) -> Result<MoveWish, Failure> {
        let mut checks = Checks::default();
        let to = checks.take(
            "starts_at",
            match self.starts_at.as_str() {
                "" => Err(Problem::Missing),
                typed => typed.parse().map_err(|_| Problem::NotAnInstant),
            },
        );
        let reason = checks.take("reason", Reason::parse(&self.reason));
        let expect = checks.some("expect", self.expect.as_deref(), |code| {
            code.parse::<Expected>().map_err(|_| Problem::NotAChoice)
        });
        checks.done()?;
        let (Some(to), Some(reason)) = (to, reason) else { unreachable!("what is missing was noted") };
        Ok(MoveWish { to, reason, expect })
    }
}

/// What a move comes to.
#[derive(Clone, Copy, Debug)]
pub struct MoveWord(MoveOutcome);

impl Word for MoveWord {
    const NAME: &'static str = "MoveOutcome";
    fn codes() -> Vec<&'static str> {
        vec!["moved", "asked"]
    }
    fn written(self) -> &'static str {
        self.0.code()
    }
}

/// What a move comes to.
pub type MoveOutcomeCode = CodeOf<MoveWord>;

/// What came of a wish for another start.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MoveMade {
    session: SessionRef,
    /// `moved`, or `asked` if the coach decides.
    outcome: MoveOutcomeCode,
    /// The start that was wished.
    starts_at: Time,
    /// Until when the coach can decide; null if it moved.
    #[schema(required)]
    expires_at: Option<Time>,
}

impl MoveMade {
    fn of(session: SessionId, to: Instant, outcome: MoveOutcome, zone: &Zone) -> MoveMade {
        let expires_at = match outcome {
            MoveOutcome::Moved => None,
            MoveOutcome::Asked { expires_at } => Some(Time::of(expires_at, zone)),
        };
        MoveMade {
            session: IdOf(session),
            outcome: CodeOf(MoveWord(outcome)),
            starts_at: Time::of(to, zone),
            expires_at,
        }
    }
}

/// A coach agrees.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewApproval {
    /// Whether it is known that the coach is busy at the time that is asked for.
    #[serde(default)]
    despite_busy: bool,
}

/// A coach does not agree.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRejection {
    /// Why.
    #[serde(default)]
    reason: String,
}

/// The lines of the document.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::post("/sessions/{session}/move", "Move a session, or ask to")
            .takes::<NewMove>()
            .answers::<MoveMade>()
            .conflicts("It cannot be moved, or not there: `alternatives` are the free starts nearest to it; or it would not come to what was expected.")
            .about(
                "Its coach, a lead and an admin move it at once. So does its client with notice enough; with less the \
                 coach is asked, and until then the session stays where it is.",
            ),
        Operation::delete("/sessions/{session}/move", "Withdraw a request to move it")
            .answers_nothing()
            .conflicts("It was decided, or has expired: `move_expired`."),
        Operation::post("/sessions/{session}/move/approval", "Agree to a request")
            .takes::<NewApproval>()
            .answers::<MoveMade>()
            .conflicts("It was decided, or has expired: `move_expired`; or the coach has become busy then: `busy_then`."),
        Operation::post("/sessions/{session}/move/rejection", "Do not agree to a request")
            .takes::<NewRejection>()
            .answers_nothing()
            .conflicts("It was decided, or has expired: `move_expired`."),
    ]
}

/// `POST /api/v1/sessions/{session}/move`
pub async fn create(
    State(app): State<App>,
    visitor: Visitor,
    Path(session): Path<String>,
    write: JsonWrite<NewMove>,
) -> Answer {
    let (by, zone, session) = (visitor.actor(), zone_of(&visitor), id(&session)?);
    let wish = or_unseen(&app, &visitor, session, write.body.checked()).await?;
    let to = wish.to;
    let made = stored(&app, write.key, StatusCode::OK, move |tx| {
        let outcome = session::move_session(tx, &by, session, &wish)?;
        Ok(MoveMade::of(session, to, outcome, &zone))
    });
    match made.await {
        Err(Failure::Refused(refusal)) if refusal.is_about_the_time() => {
            let (by, zone) = (visitor.actor(), zone_of(&visitor));
            let instead =
                app.read(move |tx| session::alternatives_to_move(tx, &by, session, to, ALTERNATIVES)).await?;
            let alternatives = instead.into_iter().map(|at| Time::of(at, &zone)).collect();
            Err(Failure::TimeLost { refusal, alternatives })
        }
        made => Ok(answered(made?)),
    }
}

/// `DELETE /api/v1/sessions/{session}/move`
pub async fn destroy(
    State(app): State<App>,
    visitor: Visitor,
    Path(session): Path<String>,
    write: JsonWrite<Nothing>,
) -> Answer {
    let (by, session) = (visitor.actor(), id(&session)?);
    once(&app, write.key, StatusCode::NO_CONTENT, move |tx| session::withdraw_move(tx, &by, session)).await
}

/// `POST /api/v1/sessions/{session}/move/approval`
pub async fn approve(
    State(app): State<App>,
    visitor: Visitor,
    Path(session): Path<String>,
    write: JsonWrite<NewApproval>,
) -> Answer {
    let (by, zone, session) = (visitor.actor(), zone_of(&visitor), id(&session)?);
    let knowing = if write.body.despite_busy { Knowing::Yes } else { Knowing::No };
    once(&app, write.key, StatusCode::OK, move |tx| {
        let to = session::approve_move(tx, &by, session, knowing)?;
        Ok(MoveMade::of(session, to, MoveOutcome::Moved, &zone))
    })
    .await
}

/// `POST /api/v1/sessions/{session}/move/rejection`
pub async fn reject(
    State(app): State<App>,
    visitor: Visitor,
    Path(session): Path<String>,
    write: JsonWrite<NewRejection>,
) -> Answer {
    let (by, session) = (visitor.actor(), id(&session)?);
    let reason = or_unseen(&app, &visitor, session, reason(&write.body.reason)).await?;
    once(&app, write.key, StatusCode::NO_CONTENT, move |tx| session::reject_move(tx, &by, session, &reason))
        .await
}

/// What is wrong with a body is said to whoever sees the session; to all others it is not there (rule P4).
pub(super) async fn or_unseen<T>(
    app: &App,
    visitor: &Visitor,
    session: SessionId,
    checked: Result<T, Failure>,
) -> Result<T, Failure> {
    if checked.is_err() {
        let by = visitor.actor();
        app.read(move |tx| session::view(tx, &by, session).map(drop)).await?;
    }
    checked
}

/// A reason, as it may be written.
pub(super) fn reason(text: &str) -> Result<Reason, Failure> {
    let mut checks = Checks::default();
    let reason = checks.take("reason", Reason::parse(text));
    checks.done()?;
    Ok(reason.unwrap_or_default())
}
