//! Who has gone quiet, and putting people away: one by one or together, with what becomes of their bookings said first
//! (rules G8, S10, M3).

use axum::extract::{Path, RawQuery, State};
use model::idempotency;
use model::program::archive::{self, Bookings, Leaving, Plan};
use model::program::inactive::{self, Listed};
use rules::ids::{CohortId, ParticipantId};
use rules::inactivity::Ending;
use rules::refusal::Refusal;
use rules::time::Instant;

use super::completion::{named, reason_of};
use super::{Answer, page, page_refused, shell};
use crate::app::{App, Reading};
use crate::error::Failure;
use crate::forms::{Form, lead_to, led};
use crate::shell::{Choice, Place};
use crate::texts::Texts;
use crate::views::board::Crumb;
use crate::views::endings::{ArchivePage, InactivePage, LeavingRow, OpenRow, QuietCohort, QuietRow};
use crate::visitor::Visitor;
use crate::words::Clockface;

fn id_of<T: std::str::FromStr>(text: &str) -> Result<T, Refusal> {
    text.parse().map_err(|_| Refusal::NotFound)
}

/// `GET /inactive`
pub async fn index(State(app): State<Reading>, visitor: Visitor) -> Answer {
    list(&app, &visitor, None).await
}

/// `GET /cohorts/{cohort}/inactive`
pub async fn of_cohort(State(app): State<Reading>, visitor: Visitor, Path(cohort): Path<String>) -> Answer {
    list(&app, &visitor, Some(id_of(&cohort)?)).await
}

async fn list(app: &Reading, visitor: &Visitor, cohort: Option<CohortId>) -> Answer {
    let by = visitor.actor();
    let found = app.read(move |tx| inactive::list(tx, &by, cohort)).await?;
    let (t, face, now) = (visitor.texts(), visitor.clockface(), app.now());
    let mut cohorts: Vec<QuietCohort> = Vec::new();
    for one in &found {
        let href = format!("/cohorts/{}", one.cohort);
        let row = QuietRow {
            id: one.participant.to_string(),
            name: one.name.clone(),
            line: why(one, &face, now, t),
            proposed: (t.endings.ending)(one.proposed),
            href: format!("/participants/{}", one.participant),
        };
        match cohorts.iter_mut().find(|known| known.href == href) {
            Some(known) => known.people.push(row),
            None => cohorts.push(QuietCohort {
                name: one.cohort_name.clone(),
                action: format!("{href}/participants/archive"),
                href,
                people: vec![row],
            }),
        }
    }
    let crumb = |label: &str, href: String| vec![Crumb { label: label.to_owned(), href: Some(href) }];
    page(&InactivePage {
        shell: shell::of(visitor, app.mode(), now, t.endings.inactive, Place::Programs),
        crumbs: match cohort {
            Some(cohort) => crumb(t.endings.back_to_board, format!("/cohorts/{cohort}")),
            None => crumb(t.programs.title, "/programs".to_owned()),
        },
        definition: (t.endings.inactive_definition)(visitor.organisation.inactive_months),
        none: (t.endings.inactive_none)(visitor.organisation.inactive_months),
        all: cohort.map(|_| "/inactive"),
        cohorts,
    })
}

/// Since when nothing has happened for somebody, and what it was.
fn why(one: &Listed, face: &Clockface, now: Instant, t: &Texts) -> String {
    let (e, quiet) = (&t.endings, &one.quiet);
    let since = quiet.since();
    let word = if quiet.booked == Some(since) {
        e.inactive_why_booked
    } else if quiet.completed == Some(since) {
        e.inactive_why_completed
    } else if quiet.restored == Some(since) {
        e.inactive_why_restored
    } else if quiet.joined == since {
        e.inactive_why_joined
    } else {
        e.inactive_why_cohort
    };
    (e.quiet_since)(word, &face.short_date(since, now))
}

/// What a refused form says again.
#[derive(Clone, Debug, Default)]
struct Typed {
    reason: String,
    endings: Vec<(ParticipantId, Ending)>,
    problem: String,
}

/// `GET /cohorts/{cohort}/participants/archive`
pub async fn show_all(
    State(app): State<Reading>,
    visitor: Visitor,
    Path(cohort): Path<String>,
    RawQuery(query): RawQuery,
) -> Answer {
    let cohort: CohortId = id_of(&cohort)?;
    let who = named(query.unwrap_or_default().as_bytes());
    let base = format!("/cohorts/{cohort}");
    page(
        &shown(&app, &visitor, cohort, who, (format!("{base}/participants/archive"), base), Typed::default())
            .await?,
    )
}

/// `GET /participants/{participant}/archive`
pub async fn show(State(app): State<Reading>, visitor: Visitor, Path(id): Path<String>) -> Answer {
    let (by, id): (_, ParticipantId) = (visitor.actor(), id_of(&id)?);
    let cohort = app.read(move |tx| archive::cohort_of(tx, &by, id)).await?;
    page(&shown(&app, &visitor, cohort, vec![id], of_one(id), Typed::default()).await?)
}

fn of_one(id: ParticipantId) -> (String, String) {
    (format!("/participants/{id}/archive"), format!("/participants/{id}"))
}

async fn shown(
    app: &Reading,
    visitor: &Visitor,
    cohort: CohortId,
    who: Vec<ParticipantId>,
    (action, base): (String, String),
    typed: Typed,
) -> Result<ArchivePage, Failure> {
    let by = visitor.actor();
    let plan: Plan = app.read(move |tx| archive::plan(tx, &by, cohort, &who)).await?;
    let (t, face, now) = (visitor.texts(), visitor.clockface(), app.now());
    let e = &t.endings;
    let (sessions, requests) = plan.ahead();
    let board = format!("/cohorts/{cohort}");
    Ok(ArchivePage {
        shell: shell::of(visitor, app.mode(), now, e.archive_title, Place::Programs),
        crumbs: vec![Crumb { label: plan.cohort_name.clone(), href: Some(board) }],
        action,
        base,
        heading: (e.archive_heading)(plan.leaving.len()),
        people: plan.leaving.iter().map(|one| leaving(one, &typed, &face, now, t)).collect(),
        ahead: if sessions > 0 { (e.archive_booked)(sessions, requests) } else { String::new() },
        away: plan.away,
        reason: typed.reason,
        problem: typed.problem,
    })
}

fn leaving(one: &Leaving, typed: &Typed, face: &Clockface, now: Instant, t: &Texts) -> LeavingRow {
    let e = &t.endings;
    let chosen = typed.endings.iter().find(|(id, _)| *id == one.who.participant);
    let chosen = chosen.map_or(one.who.proposed, |(_, ending)| *ending).code();
    let booking = |ahead: &archive::Ahead| {
        let mut line = ahead.coach.clone().unwrap_or_default();
        for (holds, word) in [(ahead.is_pod, e.archive_pod), (ahead.is_asked, e.archive_asked)] {
            if holds {
                line = if line.is_empty() { word.to_owned() } else { format!("{line}, {word}") };
            }
        }
        OpenRow {
            title: face.short(ahead.starts_at, now),
            line,
            href: format!("/sessions/{}", ahead.session),
            label: e.see_it,
        }
    };
    LeavingRow {
        id: one.who.participant.to_string(),
        name: one.who.name.clone(),
        line: why(&one.who, face, now, t),
        endings: Ending::ALL
            .iter()
            .map(|ending| Choice::new(ending.code(), (e.ending)(*ending), chosen))
            .collect(),
        ahead: one.ahead.iter().map(booking).collect(),
    }
}

/// `POST /cohorts/{cohort}/participants/archive`
pub async fn create_all(
    State(app): State<App>,
    visitor: Visitor,
    Path(cohort): Path<String>,
    form: Form,
) -> Answer {
    let cohort: CohortId = id_of(&cohort)?;
    let base = format!("/cohorts/{cohort}");
    let who = form.fields.all("who").filter_map(|id| id.parse().ok()).collect();
    put_away(&app, &visitor, (cohort, who), &form, (format!("{base}/participants/archive"), base)).await
}

/// `POST /participants/{participant}/archive`
pub async fn create(State(app): State<App>, visitor: Visitor, Path(id): Path<String>, form: Form) -> Answer {
    let (by, id): (_, ParticipantId) = (visitor.actor(), id_of(&id)?);
    let cohort = app.read(move |tx| archive::cohort_of(tx, &by, id)).await?;
    put_away(&app, &visitor, (cohort, vec![id]), &form, of_one(id)).await
}

async fn put_away(
    app: &App,
    visitor: &Visitor,
    (cohort, who): (CohortId, Vec<ParticipantId>),
    form: &Form,
    (action, base): (String, String),
) -> Answer {
    let fields = &form.fields;
    let endings = fields.all("as").map(Ending::from_code);
    let chosen: Vec<(ParticipantId, Option<Ending>)> =
        who.iter().copied().zip(endings.chain(std::iter::repeat(None))).collect();
    let bookings = if fields.get("bookings") == "call_off" { Bookings::CallOff } else { Bookings::Refuse };
    let (by, key, reason) = (visitor.actor(), form.key.clone(), reason_of(form));
    let (wanted, to) = (chosen.clone(), base.clone());
    let done = app
        .write(move |tx| {
            let reason = reason.clone()?;
            idempotency::once(tx, key.as_ref(), |tx| {
                let all = archive::as_chosen(tx, &by, cohort, &wanted)?;
                archive::archive(tx, &by, cohort, &all, &reason, bookings)?;
                Ok(lead_to(&to, "participants_archived"))
            })
        })
        .await;
    match done {
        Ok(answer) => Ok(led(app, &answer)),
        Err(model::Error::Refused(
            refusal @ (Refusal::StillAhead { .. } | Refusal::Invalid { .. } | Refusal::ChangedMeanwhile),
        )) => {
            let typed = Typed {
                reason: fields.get("reason").to_owned(),
                endings: chosen.into_iter().filter_map(|(id, ending)| Some((id, ending?))).collect(),
                problem: visitor.say(&refusal),
            };
            let same = shown(&app.reading(), visitor, cohort, who, (action, base), typed).await?;
            page_refused(&refusal, &same)
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /participants/{participant}/archive/removal`
pub async fn destroy(State(app): State<App>, visitor: Visitor, Path(id): Path<String>, form: Form) -> Answer {
    let (by, id): (_, ParticipantId) = (visitor.actor(), id_of(&id)?);
    let answer = app
        .write(move |tx| {
            idempotency::once(tx, form.key.as_ref(), |tx| {
                archive::restore(tx, &by, id)?;
                Ok(lead_to(&format!("/participants/{id}"), "participant_restored"))
            })
        })
        .await?;
    Ok(led(&app, &answer))
}
