//! Pods: the page of one, for whoever leads it and for its members, and making and filling one (rules G5, S9, S13).

use axum::extract::{Path, Query, State};
use axum::response::Response;
use model::agreement::{self, Agreement};
use model::booking::AGREEMENT;
use model::event::Actor;
use model::idempotency::{self, Answer as Kept};
use model::program::board::{self, Board};
use model::program::pod::{
    self, Choice as DateChoice, Ingredients, Joining, NewPod, PodChange, PodDate, PodLine, PodView, StepPods,
};
use model::{Tx, program};
use rules::attendance::Status;
use rules::ids::{CohortId, ParticipantId, PersonId, PodId, StepId};
use rules::permission::{Action, Reach, reach};
use rules::refusal::{Problem, Refusal};
use rules::text::Line;
use serde::Deserialize;

use super::board::greys_out;
use super::coaches::picker::agreement_view;
use super::sessions::is_told_on_the_page;
use super::{Answer, page, page_refused, shell};
use crate::app::{App, Reading};
use crate::error::Failure;
use crate::forms::{Checks, Fields, Form, lead_to, led, number};
use crate::meeting;
use crate::shell::{Choice, FormErrors, Place};
use crate::texts::Texts;
use crate::views::parts::Moment;
use crate::views::pods::{
    MemberLine, OtherDate, PodFields, PodNewPage, PodPage, PodRow, PodsPage, StepSection,
};
use crate::visitor::Visitor;

/// The name of a pod.
type Name = Line<80>;

fn pod_of(path: &str) -> Result<PodId, Refusal> {
    path.parse().map_err(|_| Refusal::NotFound)
}

fn cohort_of(path: &str) -> Result<CohortId, Refusal> {
    path.parse().map_err(|_| Refusal::NotFound)
}

/// What was sent, and what came of it.
#[derive(Clone, Default)]
struct Sent {
    fields: Option<Fields>,
    conflict: String,
    overlap: bool,
    errors: FormErrors,
}

impl Sent {
    fn of(form: &Form, refusal: &Refusal, visitor: &Visitor) -> Sent {
        let says_itself = matches!(refusal, Refusal::Invalid { .. } | Refusal::AgreementNeeded);
        Sent {
            fields: Some(form.fields.clone()),
            conflict: if says_itself { String::new() } else { visitor.say(refusal) },
            overlap: matches!(refusal, Refusal::Overlap { .. }),
            errors: match refusal {
                Refusal::AgreementNeeded => FormErrors::from_iter([("agree", visitor.say(refusal))]),
                refusal => FormErrors::of_refusal(refusal, visitor.texts()),
            },
        }
    }

    fn typed(&self, name: &str, otherwise: &str) -> String {
        self.fields.as_ref().map_or_else(|| otherwise.to_owned(), |fields| fields.get(name).to_owned())
    }
}

/// `GET /pods/{pod}`
pub async fn show(State(app): State<Reading>, visitor: Visitor, Path(id): Path<String>) -> Answer {
    page(&fill(&app, &visitor, pod_of(&id)?, Sent::default()).await?)
}

struct Looked {
    view: PodView,
    candidates: Vec<(ParticipantId, String)>,
    facilitators: Vec<(PersonId, String)>,
    agreement: Option<Agreement>,
    choosable: bool,
    others: Vec<PodDate>,
}

impl Looked {
    fn read(tx: &mut Tx, by: &Actor, id: PodId, language: rules::person::Language) -> model::Result<Looked> {
        let view = pod::view(tx, by, id)?;
        let (candidates, facilitators) = if view.manages {
            (pod::candidates(tx, by, id)?, pod::ingredients(tx, by, view.cohort.0)?.coaches)
        } else {
            (Vec::new(), Vec::new())
        };
        let choosable = pod::can_choose(tx, by, id)?;
        let agreement = match by.person().filter(|_| choosable) {
            Some(me) => agreement::needs(tx, me, AGREEMENT, language)?,
            None => None,
        };
        let others = pod::other_dates(tx, by, id)?;
        Ok(Looked { view, candidates, facilitators, agreement, choosable, others })
    }
}

async fn fill(app: &Reading, visitor: &Visitor, id: PodId, sent: Sent) -> Result<PodPage, Failure> {
    let (by, language) = (visitor.actor(), visitor.language);
    let looked = app.read(move |tx| Looked::read(tx, &by, id, language)).await?;
    let (t, now, face) = (visitor.texts(), app.now(), visitor.clockface());
    let p = &t.pods;
    let view = &looked.view;
    let me = visitor.person()?.id;
    let own = view.members.iter().find(|member| member.person == me);
    let starts = view.starts_at;
    let agrees = sent.typed("agree", "") == "1";
    let sees_seats = view.ties.covers(Reach::PROGRAMS | Reach::SESSIONS) || view.manages;
    Ok(PodPage {
        shell: shell::of(visitor, app.mode(), now, &view.name, Place::Programs),
        base: format!("/pods/{id}"),
        name: view.name.clone(),
        cohort: view.manages.then(|| (format!("/cohorts/{}", view.cohort.0), view.cohort.1.clone())),
        pods: view.manages.then(|| format!("/cohorts/{}/pods", view.cohort.0)),
        what: meeting::name(&view.topic, t),
        line: (p.line)(&view.facilitator.1, view.minutes),
        at: starts.map(|at| Moment {
            iso: at.to_string(),
            text: face.short(at, now),
            relative: face.start(at, now),
        }),
        session: (own.is_some() || sees_seats).then(|| format!("/sessions/{}", view.session)),
        book: (sees_seats && starts.is_none()).then(|| format!("/sessions/{}/booking", view.session)),
        own: own.and_then(|member| member.status),
        choosable: looked.choosable,
        others: looked
            .others
            .iter()
            .map(|date| OtherDate {
                href: format!("/pods/{}", date.pod),
                at: face.short(date.starts_at, now),
                line: format!("{}, {}", date.name, (p.room)(date.most.saturating_sub(date.members))),
            })
            .collect(),
        agreement: looked.agreement.as_ref().map(|agreement| agreement_view(agreement, agrees)),
        overlap: sent.overlap,
        size: (p.size)(view.count, view.max_members),
        below: if sees_seats && view.count < view.min_members {
            (p.below)(view.min_members)
        } else {
            String::new()
        },
        joining: if view.joining == Joining::Open { p.open_about } else { p.closed_about },
        members: view
            .members
            .iter()
            .map(|member| MemberLine {
                name: member.name.clone(),
                status: member.status.filter(|_| sees_seats || member.person == me),
                is_me: member.person == me,
                participant: member.participant.to_string(),
                removable: view.manages && may_go(member.status),
            })
            .collect(),
        manages: view.manages,
        candidates: looked
            .candidates
            .iter()
            .map(|(id, name)| Choice::new(id.to_string(), name, &sent.typed("participant", "")))
            .collect(),
        fields: view.manages.then(|| fields_of(view, &looked.facilitators, &sent, t)),
        empty: view.count == 0 && view.starts_at.is_none(),
        conflict: sent.conflict,
        errors: sent.errors,
    })
}

/// Who has met is not taken out any more.
fn may_go(status: Option<Status>) -> bool {
    !matches!(status, Some(Status::Completed | Status::Missed))
}

fn fields_of(view: &PodView, coaches: &[(PersonId, String)], sent: &Sent, t: &Texts) -> PodFields {
    PodFields {
        name: sent.typed("name", &view.name),
        facilitators: people(coaches, &sent.typed("facilitator", &view.facilitator.0.to_string())),
        joinings: joinings(&sent.typed("joining", view.joining.code()), t),
        min: sent.typed("min_members", &view.min_members.to_string()),
        max: sent.typed("max_members", &view.max_members.to_string()),
    }
}

fn people(all: &[(PersonId, String)], chosen: &str) -> Vec<Choice> {
    all.iter().map(|(id, name)| Choice::new(id.to_string(), name, chosen)).collect()
}

fn joinings(chosen: &str, t: &Texts) -> Vec<Choice> {
    [(Joining::Closed, t.pods.closed), (Joining::Open, t.pods.open)]
        .into_iter()
        .map(|(joining, label)| Choice::new(joining.code(), label, chosen))
        .collect()
}

/// Does something with a pod once; if it is refused, its page says why, and what was typed stands there again.
async fn act(
    app: &App,
    visitor: &Visitor,
    id: PodId,
    form: &Form,
    effect: impl Fn(&mut Tx, &Actor) -> model::Result<Kept> + Send + 'static,
) -> Answer {
    let (key, by) = (form.key.clone(), visitor.actor());
    let done = app.write(move |tx| idempotency::once(tx, key.as_ref(), |tx| effect(tx, &by))).await;
    match done {
        Ok(kept) => Ok(led(app, &kept)),
        Err(model::Error::Refused(refusal)) if is_told_on_the_page(&refusal) => {
            let sent = Sent::of(form, &refusal, visitor);
            page_refused(&refusal, &fill(&app.reading(), visitor, id, sent).await?)
        }
        Err(error) => Err(error.into()),
    }
}

/// What the form of a pod says.
#[derive(Clone)]
struct Said {
    name: String,
    facilitator: PersonId,
    joining: Joining,
    min: u32,
    max: u32,
}

fn said(fields: &Fields) -> Result<Said, Refusal> {
    let mut checks = Checks::default();
    let name = checks.take("name", Name::parse_some(fields.get("name")));
    let facilitator =
        checks.take("facilitator", fields.get("facilitator").parse().map_err(|_| Problem::NotAChoice));
    let joining =
        checks.take("joining", Joining::from_code(fields.get("joining")).ok_or(Problem::NotAChoice));
    let most = i64::from(pod::POD_MEMBERS_MAX);
    let min = checks.take("min_members", number(fields.get("min_members"), 1, most));
    let max = checks.take("max_members", number(fields.get("max_members"), 1, most));
    checks.done()?;
    let (Some(name), Some(facilitator), Some(joining), Some(min), Some(max)) =
        (name, facilitator, joining, min, max)
    else {
        unreachable!("what is missing was noted")
    };
    Ok(Said { name: name.as_str().to_owned(), facilitator, joining, min: min as u32, max: max as u32 })
}

/// `POST /pods/{pod}`
pub async fn update(State(app): State<App>, visitor: Visitor, Path(id): Path<String>, form: Form) -> Answer {
    let id = pod_of(&id)?;
    let said = said(&form.fields);
    act(&app, &visitor, id, &form, move |tx, by| {
        // Who does not see it is told nothing else (rule P4).
        pod::view(tx, by, id)?;
        let said = said.clone()?;
        let change = PodChange {
            name: said.name,
            facilitator: said.facilitator,
            min_members: said.min,
            max_members: said.max,
            joining: said.joining,
        };
        pod::change_pod(tx, by, id, &change)?;
        Ok(lead_to(&format!("/pods/{id}"), "pod_saved"))
    })
    .await
}

/// `POST /pods/{pod}/deletion`
pub async fn delete(State(app): State<App>, visitor: Visitor, Path(id): Path<String>, form: Form) -> Answer {
    let id = pod_of(&id)?;
    act(&app, &visitor, id, &form, move |tx, by| {
        let cohort = pod::delete_pod(tx, by, id)?;
        Ok(lead_to(&format!("/cohorts/{cohort}/pods"), "pod_deleted"))
    })
    .await
}

/// `POST /pods/{pod}/members`
pub async fn join(State(app): State<App>, visitor: Visitor, Path(id): Path<String>, form: Form) -> Answer {
    let id = pod_of(&id)?;
    let participant = form.fields.get("participant").parse::<ParticipantId>();
    act(&app, &visitor, id, &form, move |tx, by| {
        pod::view(tx, by, id)?;
        let participant = participant.map_err(|_| Refusal::invalid("participant", Problem::NotAChoice))?;
        program::join_pod(tx, by, id, participant)?;
        Ok(lead_to(&format!("/pods/{id}"), "pod_joined"))
    })
    .await
}

/// `POST /pods/{pod}/members/{participant}/removal`
pub async fn remove(
    State(app): State<App>,
    visitor: Visitor,
    Path((id, participant)): Path<(String, String)>,
    form: Form,
) -> Answer {
    let id = pod_of(&id)?;
    let participant: ParticipantId = participant.parse().map_err(|_| Refusal::NotFound)?;
    act(&app, &visitor, id, &form, move |tx, by| {
        pod::remove_member(tx, by, id, participant)?;
        Ok(lead_to(&format!("/pods/{id}"), "pod_member_removed"))
    })
    .await
}

/// `POST /pods/{pod}/choice`
pub async fn choose(State(app): State<App>, visitor: Visitor, Path(id): Path<String>, form: Form) -> Answer {
    let id = pod_of(&id)?;
    let agrees = form.fields.get("agree") == "1";
    let choice = DateChoice {
        accepts: form.fields.get("agreement").parse().ok().filter(|_| agrees),
        overlap_known: form.fields.get("overlap_known") == "1",
    };
    act(&app, &visitor, id, &form, move |tx, by| {
        let session = pod::choose_pod(tx, by, id, choice)?;
        Ok(lead_to(&format!("/sessions/{session}"), "pod_chosen"))
    })
    .await
}

/// `GET /cohorts/{cohort}/pods`
pub async fn index(State(app): State<Reading>, visitor: Visitor, Path(cohort): Path<String>) -> Answer {
    let (by, cohort) = (visitor.actor(), cohort_of(&cohort)?);
    let (found, board) =
        app.read(move |tx| Ok((pod::of_cohort(tx, &by, cohort)?, board::board(tx, &by, cohort)?))).await?;
    let (t, now, face) = (visitor.texts(), app.now(), visitor.clockface());
    let away = super::put_away(&visitor, board.cohort.archived_at);
    let makes =
        away.is_empty() && visitor.who().is_some_and(|who| !reach(who.roles, Action::ManagePods).is_none());
    let base = format!("/cohorts/{cohort}");
    let row = |pod: &PodLine| PodRow {
        href: format!("/pods/{}", pod.id),
        name: pod.name.clone(),
        at: pod.starts_at.map(|at| Moment {
            iso: at.to_string(),
            text: face.short(at, now),
            relative: face.start(at, now),
        }),
        line: format!(
            "{} {}",
            (t.pods.led_by)(&pod.facilitator.1),
            (t.pods.size)(pod.count, pod.max_members)
        ),
        below: if pod.is_too_small(now) { (t.pods.below)(pod.min_members) } else { String::new() },
    };
    let section = |step: &StepPods| {
        let waiting = waiting(&board, step.step);
        StepSection {
            id: step.step.to_string(),
            name: (t.board.of_step)(step.number, &step.name),
            without: step.without_date.map(|why| (t.pods.without)(why).to_owned()).unwrap_or_default(),
            waiting: if waiting.is_empty() { waiting } else { (t.pods.waiting)(&waiting) },
            pods: step.pods.iter().map(row).collect(),
            new: makes.then(|| format!("{base}/pods/new?step={}", step.step)),
        }
    };
    page(&PodsPage {
        shell: shell::of(&visitor, app.mode(), now, t.pods.title, Place::Programs),
        cohort: board.cohort.name.clone(),
        steps: found.iter().map(section).collect(),
        makes,
        away,
        stuck_about: (t.pods.stuck_about)(greys_out(&visitor)),
        base,
    })
}

/// Who waits at a step without a date that could be had, by name: those whom the board counts, so no tests (rule G12).
fn waiting(board: &Board, step: StepId) -> String {
    let is_out = |member: &&board::Member| {
        !member.is_test && member.without_date().any(|cell| cell.step == Some(step))
    };
    board.members.iter().filter(is_out).map(|member| member.name.as_str()).collect::<Vec<_>>().join(", ")
}

/// The query of the form.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Wanted {
    /// For which step.
    #[serde(default)]
    step: String,
}

/// `GET /cohorts/{cohort}/pods/new`
pub async fn new(
    State(app): State<Reading>,
    visitor: Visitor,
    Path(cohort): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Answer {
    let cohort = cohort_of(&cohort)?;
    page(&fill_new(&app, &visitor, cohort, &wanted.step, Sent::default()).await?)
}

async fn fill_new(
    app: &Reading,
    visitor: &Visitor,
    cohort: CohortId,
    step: &str,
    sent: Sent,
) -> Result<PodNewPage, Failure> {
    let by = visitor.actor();
    let made_of: Ingredients = app.read(move |tx| pod::ingredients(tx, &by, cohort)).await?;
    let (t, now) = (visitor.texts(), app.now());
    let step = sent.typed("step", step);
    let first = made_of.steps.first().map(|(id, ..)| id.to_string()).unwrap_or_default();
    let step = if step.is_empty() { first } else { step };
    Ok(PodNewPage {
        shell: shell::of(visitor, app.mode(), now, t.pods.new, Place::Programs),
        base: format!("/cohorts/{cohort}"),
        cohort: made_of.cohort,
        steps: made_of
            .steps
            .iter()
            .map(|(id, number, name)| Choice::new(id.to_string(), format!("{number} {name}"), &step))
            .collect(),
        fields: PodFields {
            name: sent.typed("name", ""),
            facilitators: people(&made_of.coaches, &sent.typed("facilitator", "")),
            joinings: joinings(&sent.typed("joining", Joining::Closed.code()), t),
            min: sent.typed("min_members", "3"),
            max: sent.typed("max_members", "6"),
        },
        away: super::put_away(visitor, made_of.archived_at),
        conflict: sent.conflict,
        errors: sent.errors,
    })
}

/// `POST /cohorts/{cohort}/pods`
pub async fn create(
    State(app): State<App>,
    visitor: Visitor,
    Path(cohort): Path<String>,
    form: Form,
) -> Answer {
    let cohort = cohort_of(&cohort)?;
    match make(&app, &visitor, cohort, &form).await {
        Err(Failure::Refused(refusal)) if is_told_on_the_page(&refusal) => {
            let sent = Sent::of(&form, &refusal, &visitor);
            page_refused(&refusal, &fill_new(&app.reading(), &visitor, cohort, "", sent).await?)
        }
        answer => answer,
    }
}

async fn make(app: &App, visitor: &Visitor, cohort: CohortId, form: &Form) -> Result<Response, Failure> {
    let step = form.fields.get("step").parse::<StepId>();
    let (said, key, by) = (said(&form.fields), form.key.clone(), visitor.actor());
    let kept = app
        .write(move |tx| {
            idempotency::once(tx, key.as_ref(), |tx| {
                // Who makes none here is told nothing else (rule P4).
                let made_of = pod::ingredients(tx, &by, cohort)?;
                let said = said.clone()?;
                let step = step.ok().filter(|step| made_of.steps.iter().any(|(id, ..)| id == step));
                let step = step.ok_or(Refusal::invalid("step", Problem::NotAChoice))?;
                let is_coach = made_of.coaches.iter().any(|(id, _)| *id == said.facilitator);
                if !is_coach {
                    return Err(Refusal::invalid("facilitator", Problem::NotAChoice).into());
                }
                let new = NewPod {
                    cohort,
                    step,
                    name: said.name,
                    facilitator: said.facilitator,
                    min_members: said.min,
                    max_members: said.max,
                    joining: said.joining,
                };
                let pod = program::add_pod(tx, &by, &new)?;
                Ok(lead_to(&format!("/pods/{pod}"), "pod_made"))
            })
        })
        .await?;
    Ok(led(app, &kept))
}
