//! Another coach for participants of a cohort: first what that changes, then the change (rules G6, S10, R11).

use axum::extract::{Path, RawQuery, State};
use model::idempotency;
use model::program::board::Cohort;
use model::program::handover::{self, Booked, Candidate, Changing, Plan, Whose};
use rules::ids::{CohortId, ParticipantId, PersonId, SessionId};
use rules::refusal::{Problem, Refusal};
use rules::time::Instant;

use super::{Answer, page, page_refused, shell};
use crate::app::{App, Reading};
use crate::error::Failure;
use crate::forms::{Form, lead_back, lead_to, led};
use crate::meeting;
use crate::shell::{Choice, FormErrors, Place};
use crate::texts::Texts;
use crate::views::board::Crumb;
use crate::views::handover::{ChangeView, HandoverPage, PersonChoice, PlanView, SessionChange};
use crate::visitor::Visitor;
use crate::words::Clockface;

/// Who is named, and to whom they go.
#[derive(Clone, Debug, Default)]
struct Asked {
    who: Vec<ParticipantId>,
    from: Option<PersonId>,
    to: Option<PersonId>,
    /// The sessions that were shown to lose their time.
    expect: Option<Vec<SessionId>>,
}

impl Asked {
    fn of<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> Asked {
        let mut asked = Asked::default();
        for (name, value) in pairs {
            match name {
                "who" if asked.who.len() <= handover::NAMED_MAX => {
                    asked.who.extend(value.parse::<ParticipantId>().ok());
                }
                "from" => asked.from = value.parse().ok(),
                "to" => asked.to = value.parse().ok(),
                "expect" => asked.expect = Some(value.split(',').filter_map(|id| id.parse().ok()).collect()),
                _ => {}
            }
        }
        asked
    }

    fn whose(&self) -> Option<Whose> {
        match (self.from, self.who.is_empty()) {
            (Some(coach), _) => Some(Whose::AllOf(coach)),
            (None, false) => Some(Whose::These(self.who.clone())),
            (None, true) => None,
        }
    }
}

/// `GET /cohorts/{cohort}/coach`
pub async fn show(
    State(app): State<Reading>,
    visitor: Visitor,
    Path(cohort): Path<String>,
    RawQuery(query): RawQuery,
) -> Answer {
    let cohort: CohortId = cohort.parse().map_err(|_| Refusal::NotFound)?;
    let query = query.unwrap_or_default();
    let pairs: Vec<_> = form_urlencoded::parse(query.as_bytes()).collect();
    let asked = Asked::of(pairs.iter().map(|(name, value)| (name.as_ref(), value.as_ref())));
    page(&fill(&app, &visitor, cohort, &asked, None).await?)
}

struct Read {
    cohort: Cohort,
    candidates: Vec<Candidate>,
    coaches: Vec<(PersonId, String)>,
    plan: Option<Result<Plan, Refusal>>,
}

async fn fill(
    app: &Reading,
    visitor: &Visitor,
    cohort: CohortId,
    asked: &Asked,
    refused: Option<&Refusal>,
) -> Result<HandoverPage, Failure> {
    let (by, wanted) = (visitor.actor(), asked.clone());
    let read = app
        .read(move |tx| {
            let (head, candidates) = handover::candidates(tx, &by, cohort)?;
            let plan = match (wanted.whose(), wanted.to) {
                (Some(whose), Some(to)) if head.archived_at.is_none() => {
                    match handover::plan(tx, &by, cohort, &whose, to) {
                        Err(model::Error::Refused(refusal @ Refusal::Invalid { .. })) => Some(Err(refusal)),
                        plan => Some(Ok(plan?)),
                    }
                }
                _ => None,
            };
            Ok(Read {
                cohort: head,
                coaches: model::program::participant::coaches(tx, &by)?,
                candidates,
                plan,
            })
        })
        .await?;
    let (t, face, now) = (visitor.texts(), visitor.clockface(), app.now());
    let h = &t.handover;
    let (plan, invalid) = match read.plan {
        Some(Ok(plan)) => (Some(plan), None),
        Some(Err(refusal)) => (None, Some(refusal)),
        None => (None, None),
    };
    let invalid = invalid.as_ref().or(refused.filter(|refusal| matches!(refusal, Refusal::Invalid { .. })));
    let conflict = refused.filter(|refusal| !matches!(refusal, Refusal::Invalid { .. }));
    let base = format!("/cohorts/{cohort}");
    let mut crumbs = super::board::crumbs(&read.cohort);
    crumbs.push(Crumb { label: read.cohort.name.clone(), href: Some(base.clone()) });
    let to = asked.to.map(|to| to.to_string()).unwrap_or_default();
    let from = asked.from.map(|from| from.to_string()).unwrap_or_default();
    let mut old: Vec<(PersonId, String)> =
        read.candidates.iter().filter_map(|one| one.coach.clone()).collect();
    old.sort_by(|one, other| one.1.cmp(&other.1));
    old.dedup();
    let coaches = read.coaches.iter().map(|(id, name)| Choice::new(id.to_string(), name, &to));
    let all_of = old.iter().map(|(id, name)| Choice::new(id.to_string(), (h.all_of)(name), &from));
    Ok(HandoverPage {
        shell: shell::of(visitor, app.mode(), now, h.title, Place::Programs),
        crumbs,
        action: format!("{base}/coach"),
        base,
        coaches: std::iter::once(Choice::new("", h.choose_coach, &to)).chain(coaches).collect(),
        whose: std::iter::once(Choice::new("", h.these, &from)).chain(all_of).collect(),
        people: read
            .candidates
            .iter()
            .map(|one| PersonChoice {
                choice: Choice {
                    chosen: asked.who.contains(&one.participant),
                    ..Choice::new(one.participant.to_string(), &one.name, "")
                },
                line: one.coach.as_ref().map_or_else(|| h.none_now.to_owned(), |(_, name)| (h.now)(name)),
            })
            .collect(),
        plan: plan.map(|plan| plan_view(&plan, &face, now, t)),
        away: super::put_away(visitor, read.cohort.archived_at),
        conflict: conflict.map(|refusal| visitor.say(refusal)).unwrap_or_default(),
        errors: invalid.map_or(FormErrors::NONE, |refusal| FormErrors::of_refusal(&in_form(refusal), t)),
    })
}

/// The same on the fields of the page.
fn in_form(refusal: &Refusal) -> Refusal {
    let Refusal::Invalid { fields } = refusal else { return refusal.clone() };
    let mut fields = fields.clone();
    for one in &mut fields {
        one.field = match one.field {
            "coach" => "to",
            "participants" => "who",
            other => other,
        };
    }
    Refusal::Invalid { fields }
}

fn plan_view(plan: &Plan, face: &Clockface, now: Instant, t: &Texts) -> PlanView {
    let h = &t.handover;
    let booked = || plan.changes.iter().flat_map(|one| &one.booked);
    let falls = plan.falls();
    let mut names: Vec<&str> =
        plan.changes.iter().filter_map(|one| one.from.as_ref().map(|(_, name)| name.as_str())).collect();
    names.sort_unstable();
    names.dedup();
    names.push(&plan.to.1);
    let mut hidden: Vec<(&'static str, String)> =
        plan.changes.iter().map(|one| ("who", one.participant.to_string())).collect();
    hidden.push(("to", plan.to.0.to_string()));
    hidden.push(("expect", falls.iter().map(SessionId::to_string).collect::<Vec<_>>().join(",")));
    PlanView {
        sum: (h.sum)(booked().count() - falls.len(), falls.len()),
        changes: plan.changes.iter().map(|one| change(one, &plan.to.1, face, now, t)).collect(),
        mails: (h.mails)(plan.changes.len(), &listed(&names, t)),
        hidden,
    }
}

/// "Ada, Finn and Mara".
fn listed(names: &[&str], t: &Texts) -> String {
    match names.split_last() {
        Some((last, before)) if !before.is_empty() => (t.moving.and)(&before.join(", "), last),
        _ => names.concat(),
    }
}

fn change(one: &Changing, to: &str, face: &Clockface, now: Instant, t: &Texts) -> ChangeView {
    let h = &t.handover;
    let from = one.from.as_ref().map_or(h.none_now, |(_, name)| name);
    let mut line = vec![format!("{}.", (h.from_to)(from, to))];
    if !one.waiting.is_empty() {
        line.push((h.waits)(one.waiting.len()));
    }
    if one.booked.is_empty() {
        line.push(h.waiting_only.to_owned());
    }
    ChangeView {
        name: one.name.clone(),
        line: line.join(" "),
        sessions: one.booked.iter().map(|booked| session(booked, face, now, t)).collect(),
    }
}

fn session(booked: &Booked, face: &Clockface, now: Instant, t: &Texts) -> SessionChange {
    let h = &t.handover;
    let mut line = vec![format!("{}.", meeting::name(&booked.topic, t))];
    line.extend((!booked.stays).then(|| h.fall_note.to_owned()));
    line.extend(booked.asked.map(|_| h.request_closes.to_owned()));
    SessionChange { title: face.short(booked.starts_at, now), line: line.join(" "), stays: booked.stays }
}

/// `POST /cohorts/{cohort}/coach`
pub async fn create(
    State(app): State<App>,
    visitor: Visitor,
    Path(cohort): Path<String>,
    form: Form,
) -> Answer {
    let cohort: CohortId = cohort.parse().map_err(|_| Refusal::NotFound)?;
    let mut pairs: Vec<(&str, &str)> = form.fields.all("who").map(|id| ("who", id)).collect();
    pairs.extend(["from", "to"].map(|name| (name, form.fields.get(name))));
    pairs.extend(form.fields.all("expect").map(|falls| ("expect", falls)));
    let asked = Asked::of(pairs.into_iter());
    let (by, key, back, wanted) = (visitor.actor(), form.key.clone(), form.back(), asked.clone());
    let done = app
        .write(move |tx| {
            idempotency::once(tx, key.as_ref(), |tx| {
                // Who does not see the cohort is told nothing else (rule P4).
                handover::candidates(tx, &by, cohort)?;
                let whose = wanted.whose().ok_or(Refusal::invalid("participants", Problem::Missing))?;
                let to = wanted.to.ok_or(Refusal::invalid("coach", Problem::Missing))?;
                handover::change_coach(tx, &by, cohort, &whose, to, wanted.expect.as_deref())?;
                Ok(lead_back(lead_to(&format!("/cohorts/{cohort}"), "coach_changed"), back.as_deref()))
            })
        })
        .await;
    match done {
        Ok(kept) => Ok(led(&app, &kept)),
        Err(model::Error::Refused(refusal)) if is_told_here(&refusal) => {
            let shown = fill(&app.reading(), &visitor, cohort, &asked, Some(&refusal)).await?;
            page_refused(&refusal, &shown)
        }
        Err(error) => Err(error.into()),
    }
}

fn is_told_here(refusal: &Refusal) -> bool {
    matches!(
        refusal,
        Refusal::Invalid { .. }
            | Refusal::OutcomeChanged { .. }
            | Refusal::Taken { .. }
            | Refusal::PutAway { .. }
    )
}
