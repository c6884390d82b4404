//! The end of a journey: what is open, which mails go out, and saying that it is complete; the same for many, and a coach's
//! proposal (rules G7, S10, P8).

use axum::extract::{Path, RawQuery, State};
use model::idempotency;
use model::program::completion::{self, Open, Standing};
use model::program::survey::Sent;
use model::session::Reason;
use rules::completion::Hindrance;
use rules::ids::{CohortId, JourneyId, ParticipantId};
use rules::inactivity::may_begin;
use rules::permission::{Action, reach};
use rules::refusal::Refusal;

use super::board::crumbs;
use super::{Answer, page, page_refused, shell};
use crate::app::{App, Reading};
use crate::error::Failure;
use crate::forms::{Form, lead_to, lead_to_undoing, led};
use crate::shell::{FormErrors, Place};
use crate::texts::Texts;
use crate::views::board::Crumb;
use crate::views::endings::{CompletionPage, CompletionsPage, JourneyLine, May, OpenRow};
use crate::visitor::Visitor;
use crate::words::Clockface;

/// More participants are not named in one address.
const NAMED_MAX: usize = 500;

/// Participants who are named in an address.
pub(super) fn named(query: &[u8]) -> Vec<ParticipantId> {
    form_urlencoded::parse(query)
        .filter(|(name, _)| name == "who")
        .filter_map(|(_, value)| value.parse().ok())
        .take(NAMED_MAX)
        .collect()
}

fn id_of<T: std::str::FromStr>(text: &str) -> Result<T, Refusal> {
    text.parse().map_err(|_| Refusal::NotFound)
}

/// What somebody gave as their reason.
pub(super) fn reason_of(form: &Form) -> Result<Reason, Refusal> {
    Reason::parse(form.fields.get("reason")).map_err(|problem| Refusal::invalid("reason", problem))
}

/// What a refused form says again.
#[derive(Clone, Debug, Default)]
struct Typed {
    reason: String,
    errors: FormErrors,
}

/// `GET /journeys/{journey}/completion`
pub async fn show(State(app): State<Reading>, visitor: Visitor, Path(id): Path<String>) -> Answer {
    page(&shown(&app, &visitor, id_of(&id)?, Typed::default()).await?)
}

async fn shown(
    app: &Reading,
    visitor: &Visitor,
    id: JourneyId,
    typed: Typed,
) -> Result<CompletionPage, Failure> {
    let by = visitor.actor();
    let found = app.read(move |tx| completion::standing(tx, &by, id)).await?;
    let (t, face, now) = (visitor.texts(), visitor.clockface(), app.now());
    let e = &t.endings;
    let me = visitor.person()?;
    let can = |action| {
        let is_own = found.person == me.id;
        !is_own && !reach(me.roles, action).is_none()
    };
    let may = match &found.completed {
        Some(_) if can(Action::ReopenJourney) => May::Reopen,
        None if can(Action::CompleteJourney) => May::Complete,
        None if can(Action::ProposeCompletion) && found.proposed.is_none() => May::Propose,
        _ => May::Nothing,
    };
    let mut notes = Vec::new();
    if let Some((at, by)) = &found.completed {
        notes.push((e.completed_by)(&face.near(*at, now), by.as_deref()));
        notes.extend(said_of_survey(&found, &face, app.now(), t));
    } else if let Some((id, who, at)) = &found.proposed {
        let own = *id == me.id && may == May::Nothing;
        let note = (e.proposes)(who, &face.near(*at, now));
        notes.push(if own { e.proposed_here.to_owned() } else { note });
    }
    let drops = match (&found.completed, &found.proposed) {
        (None, Some((id, ..))) if *id == me.id => Some(e.proposal_drop),
        (None, Some(_)) if may == May::Complete => Some(e.proposal_aside),
        _ => None,
    };
    let away = found.may_change().err();
    notes.extend(away.as_ref().map(|refusal| visitor.say(refusal)));
    let mut way = crumbs(&found.cohort);
    let board = format!("/cohorts/{}", found.cohort.id);
    way.push(Crumb { label: found.cohort.name.clone(), href: Some(board) });
    // A coach sees a participant of theirs, and nothing else of the program.
    if reach(me.roles, Action::SeeCohort).is_none() {
        way.iter_mut().for_each(|crumb| crumb.href = None);
    }
    let place = format!("/participants/{}", found.participant);
    way.push(Crumb { label: found.name.clone(), href: Some(place) });
    let title = if found.completed.is_some() { e.completed } else { e.complete };
    Ok(CompletionPage {
        shell: shell::of(visitor, app.mode(), now, title, Place::Programs),
        crumbs: way,
        base: format!("/journeys/{id}"),
        heading: (e.heading)(&found.name),
        line: found.pathway.clone(),
        notes,
        drops,
        stands: match (&found.completed, found.readiness.is_ready()) {
            (Some(_), _) => "",
            (None, true) => e.all_settled,
            (None, false) => e.nothing_held,
        },
        open: match found.completed {
            Some(_) => Vec::new(),
            None => found.open.iter().map(|open| row(open, &face, app.now(), t)).collect(),
        },
        may: if away.is_some() { May::Nothing } else { may },
        mails: if found.asks {
            (e.survey_goes)(&found.name)
        } else {
            said_of_survey(&found, &face, now, t).unwrap_or_else(|| e.no_survey.to_owned())
        },
        needs_reason: !found.readiness.is_ready(),
        reason: typed.reason,
        errors: typed.errors,
    })
}

fn said_of_survey(
    found: &Standing,
    face: &Clockface,
    now: rules::time::Instant,
    t: &Texts,
) -> Option<String> {
    let e = &t.endings;
    match found.survey {
        Sent::Never => None,
        Sent::Waits(at) => Some((e.survey_waits)(&face.near(at, now))),
        Sent::Out(at) => Some((e.survey_out)(&face.near(at, now))),
        // When somebody answered is nobody's to know.
        Sent::Answered(_) => Some(e.survey_answered.to_owned()),
    }
}

fn row(open: &Open, face: &Clockface, now: rules::time::Instant, t: &Texts) -> OpenRow {
    let e = &t.endings;
    let (word, label) = match open.hindrance {
        Hindrance::Ahead => (e.ahead, e.see_it),
        Hindrance::Unmarked => (e.unmarked, e.mark_it),
        Hindrance::Unbooked => (e.unbooked, e.see_it),
    };
    let when = open.starts_at.map(|at| face.short(at, now));
    OpenRow {
        title: match &open.step {
            Some((number, name)) => (t.board.of_step)(*number, name),
            None => open.extra.clone().unwrap_or_else(|| t.board.extra_one.to_owned()),
        },
        line: when.map_or_else(|| word.to_owned(), |when| format!("{word}, {when}")),
        href: format!("/sessions/{}", open.session),
        label,
    }
}

/// `POST /journeys/{journey}/completion`
pub async fn create(State(app): State<App>, visitor: Visitor, Path(id): Path<String>, form: Form) -> Answer {
    let (by, id): (_, JourneyId) = (visitor.actor(), id_of(&id)?);
    let reason = reason_of(&form);
    let key = form.key.clone();
    let done = app
        .write(move |tx| {
            let reason = reason.clone()?;
            idempotency::once(tx, key.as_ref(), |tx| {
                completion::complete(tx, &by, id, &reason)?;
                let found = completion::standing(tx, &by, id)?;
                let place = format!("/participants/{}", found.participant);
                Ok(match found.survey {
                    Sent::Waits(_) => lead_to_undoing(
                        &place,
                        "journey_completed",
                        &format!("/journeys/{id}/completion/removal"),
                    ),
                    _ => lead_to(&place, "journey_completed_plain"),
                })
            })
        })
        .await;
    match done {
        Ok(answer) => Ok(led(&app, &answer)),
        Err(model::Error::Refused(refusal @ Refusal::Invalid { .. })) => {
            let errors = FormErrors::of_refusal(&refusal, visitor.texts());
            let typed = Typed { reason: form.fields.get("reason").to_owned(), errors };
            page_refused(&refusal, &shown(&app.reading(), &visitor, id, typed).await?)
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /journeys/{journey}/completion/removal`
pub async fn destroy(State(app): State<App>, visitor: Visitor, Path(id): Path<String>, form: Form) -> Answer {
    act(&app, &visitor, &id, form, "journey_reopened", completion::reopen).await
}

/// `POST /journeys/{journey}/proposal`
pub async fn propose(State(app): State<App>, visitor: Visitor, Path(id): Path<String>, form: Form) -> Answer {
    act(&app, &visitor, &id, form, "completion_proposed", completion::propose).await
}

/// `POST /journeys/{journey}/proposal/removal`
pub async fn drop_proposal(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    form: Form,
) -> Answer {
    act(&app, &visitor, &id, form, "proposal_dropped", completion::drop_proposal).await
}

async fn act(
    app: &App,
    visitor: &Visitor,
    id: &str,
    form: Form,
    toast: &'static str,
    verb: fn(&mut model::Tx, &model::event::Actor, JourneyId) -> model::Result<()>,
) -> Answer {
    let (by, id): (_, JourneyId) = (visitor.actor(), id_of(id)?);
    let answer = app
        .write(move |tx| {
            idempotency::once(tx, form.key.as_ref(), |tx| {
                verb(tx, &by, id)?;
                let found = completion::standing(tx, &by, id)?;
                Ok(lead_to(&format!("/participants/{}", found.participant), toast))
            })
        })
        .await?;
    Ok(led(app, &answer))
}

/// `GET /cohorts/{cohort}/completions`
pub async fn index(
    State(app): State<Reading>,
    visitor: Visitor,
    Path(cohort): Path<String>,
    RawQuery(query): RawQuery,
) -> Answer {
    let who = named(query.unwrap_or_default().as_bytes());
    page(&listed(&app, &visitor, id_of(&cohort)?, who, Typed::default()).await?)
}

async fn listed(
    app: &Reading,
    visitor: &Visitor,
    cohort: CohortId,
    who: Vec<ParticipantId>,
    typed: Typed,
) -> Result<CompletionsPage, Failure> {
    let by = visitor.actor();
    let plan = app.read(move |tx| completion::plan(tx, &by, cohort, &who)).await?;
    let t = visitor.texts();
    let e = &t.endings;
    let (face, now) = (visitor.clockface(), app.now());
    let line = |one: &Standing| {
        let mut said = vec![one.pathway.clone()];
        said.extend(one.open.iter().map(|open| {
            let what = row(open, &face, now, t);
            format!("{} ({})", what.title, what.line)
        }));
        let mut line = said.join(" · ");
        if let Some((_, who, at)) = &one.proposed {
            line = format!("{line}. {}", (e.proposes)(who, &face.near(*at, now)));
        }
        if one.asks {
            line = format!("{}. {}", line.trim_end_matches('.'), e.survey_theirs);
        }
        JourneyLine {
            id: one.journey.to_string(),
            name: one.name.clone(),
            line,
            href: format!("/journeys/{}/completion", one.journey),
        }
    };
    let names = |all: &[Standing]| all.iter().map(|one| one.name.clone()).collect();
    let base = format!("/cohorts/{cohort}");
    let mut way = crumbs(&plan.cohort);
    way.push(Crumb { label: plan.cohort.name.clone(), href: Some(base.clone()) });
    let asks = plan.ready.iter().chain(&plan.open).any(|one| one.asks);
    let away = may_begin(None, plan.cohort.archived_at).err().map(|refusal| visitor.say(&refusal));
    Ok(CompletionsPage {
        shell: shell::of(visitor, app.mode(), app.now(), e.bulk_title, Place::Programs),
        crumbs: way,
        action: format!("{base}/completions"),
        base,
        ready: plan.ready.iter().map(line).collect(),
        open: plan.open.iter().map(line).collect(),
        done: names(&plan.done),
        own: names(&plan.own),
        away: away.unwrap_or_default(),
        mails: if asks { e.survey_chosen } else { e.survey_nobody },
        hint: if plan.open.is_empty() { e.reason_hint } else { e.bulk_reason_hint },
        reason: typed.reason,
        errors: typed.errors,
    })
}

/// `POST /cohorts/{cohort}/completions`: all that are chosen, or none.
pub async fn create_all(
    State(app): State<App>,
    visitor: Visitor,
    Path(cohort): Path<String>,
    form: Form,
) -> Answer {
    let (by, cohort): (_, CohortId) = (visitor.actor(), id_of(&cohort)?);
    let chosen: Vec<JourneyId> =
        form.fields.all("journey").filter_map(|id| id.parse().ok()).take(NAMED_MAX).collect();
    let (reason, key) = (reason_of(&form), form.key.clone());
    let done = app
        .write(move |tx| {
            let reason = reason.clone()?;
            idempotency::once(tx, key.as_ref(), |tx| {
                completion::complete_all(tx, &by, cohort, &chosen, &reason)?;
                Ok(lead_to(&format!("/cohorts/{cohort}"), "journeys_completed"))
            })
        })
        .await;
    match done {
        Ok(answer) => Ok(led(&app, &answer)),
        Err(model::Error::Refused(refusal @ Refusal::Invalid { .. })) => {
            let errors = FormErrors::of_refusal(&refusal, visitor.texts());
            let typed = Typed { reason: form.fields.get("reason").to_owned(), errors };
            page_refused(&refusal, &listed(&app.reading(), &visitor, cohort, Vec::new(), typed).await?)
        }
        Err(error) => Err(error.into()),
    }
}
