//! Taking a session out of a journey to which it was added (rule G11).

use axum::extract::{Path, State};
use model::Tx;
use model::program::extra;

use super::{Typed, Visit};
use crate::app::App;
use crate::forms::{Form, lead_to};
use crate::pages::Answer;
use crate::visitor::Visitor;

/// `POST /sessions/{session}/extra/removal`
pub async fn destroy(State(app): State<App>, visitor: Visitor, Path(id): Path<String>, form: Form) -> Answer {
    let visit = Visit::signed_in(&visitor, &id)?;
    let (by, session) = (visit.by.clone(), visit.session);
    let act = move |tx: &mut Tx| {
        let participant = extra::remove(tx, &by, session)?;
        Ok(lead_to(&format!("/participants/{participant}"), "extra_removed"))
    };
    visit.act(&app, &visitor, &form, Typed::default(), act).await
}
