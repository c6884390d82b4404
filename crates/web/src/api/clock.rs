//! The clock of a demo or a trial, which anyone in charge may move forward (rule T4).

use axum::extract::State;
use axum::http::StatusCode;
use rules::time::Instant;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::openapi::Operation;
use super::wire::Time;
use super::{Answer, answered, stored, zone_of};
use crate::app::App;
use crate::error::Failure;
use crate::forms::JsonWrite;
use crate::pages::clock::{announce, length};
use crate::visitor::Visitor;

/// A step of the clock.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// How far, as an ISO 8601 duration; at most 366 days.
    #[serde(default)]
    #[schema(required, examples("PT18H"))]
    advance: String,
}

/// The clock.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Clock {
    /// What it shows now.
    now: Time,
}

/// The lines of the document.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::post("/clock", "Move the clock forward")
            .takes::<Step>()
            .answers::<Clock>()
            .conflicts("Time only goes forward.")
            .about(
                "Everything that becomes due on the way is done, moment by moment, before this is answered.",
            ),
    ]
}

/// `POST /api/v1/clock`
pub async fn advance(State(app): State<App>, visitor: Visitor, write: JsonWrite<Step>) -> Answer {
    let (by, zone, length) = (visitor.actor(), zone_of(&visitor), length(&app, &write.body.advance)?);
    // The answer says to which moment. A repeat goes there too, and finds that it is there, unless the first was cut
    // off on its way.
    let answer = stored(&app, write.key, StatusCode::OK, move |tx| {
        Ok(Clock { now: Time::of(announce(tx, &by, length)?, &zone) })
    })
    .await?;
    app.jobs().advance_to(target(&answer.body)?).await?;
    Ok(answered(answer))
}

fn target(answer: &str) -> Result<Instant, Failure> {
    let wrong = || Failure::wrong("an answer about the clock without a time");
    let answer: serde_json::Value = serde_json::from_str(answer).map_err(|_| wrong())?;
    let now = answer["now"].as_str().and_then(|now| now.parse().ok()).ok_or_else(wrong)?;
    Ok(Instant::from_timestamp(now))
}
