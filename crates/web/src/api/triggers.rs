//! Rules that send mail by status (M5).

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use model::program::lead::Led;
use model::trigger::letter;
use model::trigger::outlook::{self, Outlook as Ahead};
use model::trigger::{self, Filter, NewTrigger as Making, Trigger as Rule};
use model::{Result, Tx};
use rules::ids::{CohortId, CompanyId, ParticipantId, ProjectId, TriggerId};
use rules::person::Language;
use rules::refusal::{Problem, Refusal};
use rules::time::Zone;
use rules::triggers::{Condition, Recipient, Timing};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::openapi::Operation;
use super::wire::{
    CodeOf, CohortRef, CompanyRef, IdOf, List, ParticipantRef, PersonRef, ProjectRef, SessionRef, Time,
    TriggerConditionCode, TriggerLeftOutCode, TriggerLevelCode, TriggerRecipientCode, TriggerRef,
};
use super::{Answer, Nothing, filter, id, once, shown, zone_of};
use crate::app::{App, Reading};
use crate::forms::{Checks, JsonWrite};
use crate::pages::triggers::{holds_of, texts_of};
use crate::visitor::Visitor;

/// What a rule says in one language.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TriggerText {
    /// `en` or `de`.
    language: String,
    /// The subject line; values stand in double braces.
    subject: String,
    /// The text. A line with nothing but `{{ link }}` becomes a button.
    body: String,
}

/// A rule that sends mail by status.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Trigger {
    id: TriggerRef,
    /// Where it holds: one of the three.
    #[schema(required)]
    company: Option<CompanyRef>,
    #[schema(required)]
    project: Option<ProjectRef>,
    #[schema(required)]
    cohort: Option<CohortRef>,
    condition: TriggerConditionCode,
    recipient: TriggerRecipientCode,
    /// So long after it became so.
    wait_hours: u32,
    /// So many mails at most.
    times: u32,
    /// So long after each other.
    again_hours: u32,
    version: u32,
    texts: Vec<TriggerText>,
    #[schema(required)]
    paused_at: Option<Time>,
    made_at: Time,
    /// What was so before counts from then.
    counts_from: Time,
    /// Mails of the last 30 days.
    sent: i64,
    overrides: Vec<TriggerLevelCode>,
    overridden_by: Vec<TriggerLevelCode>,
}

impl Trigger {
    fn read(tx: &mut Tx, rule: &Rule, zone: &Zone) -> Result<Trigger> {
        let texts = trigger::texts_of(tx, rule.id, rule.version)?;
        let (company, project, cohort) = match rule.holds {
            Led::Company(id) => (Some(IdOf(id)), None, None),
            Led::Project(id) => (None, Some(IdOf(id)), None),
            Led::Cohort(id) => (None, None, Some(IdOf(id))),
        };
        let terms = &rule.terms;
        let text = |(language, (subject, body)): (Language, (String, String))| TriggerText {
            language: language.code().to_owned(),
            subject,
            body,
        };
        Ok(Trigger {
            id: IdOf(rule.id),
            company,
            project,
            cohort,
            condition: CodeOf(terms.condition),
            recipient: CodeOf(terms.recipient),
            wait_hours: terms.timing.wait_hours,
            times: terms.timing.times,
            again_hours: terms.timing.again_hours,
            version: rule.version,
            texts: texts.into_iter().map(text).collect(),
            paused_at: rule.paused.as_ref().map(|(at, _)| Time::of(*at, zone)),
            made_at: Time::of(rule.made_at, zone),
            counts_from: Time::of(terms.since, zone),
            sent: rule.sent,
            overrides: rule.overrides.iter().map(|level| CodeOf(*level)).collect(),
            overridden_by: rule.overridden_by.iter().map(|level| CodeOf(*level)).collect(),
        })
    }
}

/// When a rule writes, and what.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TriggerChange {
    /// From 1 hour to a year.
    wait_hours: i64,
    /// From 1 to 10; of what does not last, 1.
    times: i64,
    /// At least 72; of no meaning if there is one mail only.
    again_hours: i64,
    /// In the organisation's language at least.
    texts: Vec<TriggerText>,
}

/// A rule to be made: exactly one of company, project and cohort is named.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NewTrigger {
    #[schema(value_type = Option<CompanyRef>)]
    company: Option<String>,
    #[schema(value_type = Option<ProjectRef>)]
    project: Option<String>,
    #[schema(value_type = Option<CohortRef>)]
    cohort: Option<String>,
    #[schema(value_type = TriggerConditionCode)]
    condition: String,
    #[schema(value_type = TriggerRecipientCode)]
    recipient: String,
    /// From 1 hour to a year.
    wait_hours: i64,
    /// From 1 to 10; of what does not last, 1.
    times: i64,
    /// At least 72; of no meaning if there is one mail only.
    again_hours: i64,
    /// In the organisation's language at least.
    texts: Vec<TriggerText>,
}

/// Somebody to whom a rule would write, or about whom.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TriggerLine {
    participant_id: ParticipantRef,
    name: String,
    /// Who reads the mail.
    to: PersonRef,
    session_id: SessionRef,
    /// Since when it is so.
    since: Time,
    /// When it leaves.
    at: Time,
    /// Which mail about it, from 1.
    number: u32,
}

/// Somebody to whom it would not, and why.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TriggerLeftOutLine {
    participant_id: ParticipantRef,
    name: String,
    reason: TriggerLeftOutCode,
}

/// What a rule would send.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TriggerOutlook {
    /// Who would get it now.
    now: Vec<TriggerLine>,
    /// Who would not, although it is so for them.
    left_out: Vec<TriggerLeftOutLine>,
    /// What leaves within seven days, if nothing changes.
    ahead: Vec<TriggerLine>,
    /// Whether there are more people than were looked at.
    is_cut: bool,
}

/// A test of a text.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TriggerTest {
    /// As if it were for or about this participant.
    #[schema(value_type = ParticipantRef)]
    participant: String,
}

/// The query of the list.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Wanted {
    company: String,
    project: String,
    cohort: String,
}

/// The lines of the document.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/triggers", "The rules that send mail by status")
            .about("For admins all of them, for leads those of what they lead.")
            .query_id::<CompanyId>("company", "Only those of this company, its projects and its cohorts.")
            .query_id::<ProjectId>("project", "Only those of this project and its cohorts.")
            .query_id::<CohortId>("cohort", "Only those of this cohort.")
            .answers::<List<Trigger>>(),
        Operation::post("/triggers", "Make a rule")
            .about("What is so already counts from now.")
            .takes::<NewTrigger>()
            .names_another()
            .made::<Trigger>()
            .conflicts("The cohort is put away: `put_away`."),
        Operation::get("/triggers/{trigger}", "One rule").answers::<Trigger>(),
        Operation::put("/triggers/{trigger}", "Change when a rule writes, and what")
            .about("A new version. Nothing that was sent is sent again.")
            .takes::<TriggerChange>()
            .answers::<Trigger>(),
        Operation::delete("/triggers/{trigger}", "Remove a rule").answers_nothing(),
        Operation::post("/triggers/{trigger}/pause", "Let a rule send nothing").answers::<Trigger>(),
        Operation::delete("/triggers/{trigger}/pause", "Let it send again").answers::<Trigger>(),
        Operation::get("/triggers/{trigger}/outlook", "What a rule would send now and within seven days")
            .answers::<TriggerOutlook>(),
        Operation::post("/triggers/{trigger}/test", "Have the text of a rule sent to oneself")
            .takes::<TriggerTest>()
            .answers_nothing(),
    ]
}

/// `GET /api/v1/triggers`
pub async fn index(State(app): State<Reading>, visitor: Visitor, Query(wanted): Query<Wanted>) -> Answer {
    let mut checks = Checks::default();
    let wanted = Filter {
        company: filter(&mut checks, "company", &wanted.company, Problem::NotAnId),
        project: filter(&mut checks, "project", &wanted.project, Problem::NotAnId),
        cohort: filter(&mut checks, "cohort", &wanted.cohort, Problem::NotAnId),
    };
    checks.done()?;
    let (by, zone) = (visitor.actor(), zone_of(&visitor));
    let found = app.read(move |tx| {
        let rules = trigger::list(tx, &by, &wanted)?;
        rules.iter().map(|rule| Trigger::read(tx, rule, &zone)).collect::<Result<Vec<_>>>()
    });
    shown(List::whole(found.await?))
}

/// `GET /api/v1/triggers/{trigger}`
pub async fn show(State(app): State<Reading>, visitor: Visitor, Path(trigger): Path<String>) -> Answer {
    let (by, zone, id) = (visitor.actor(), zone_of(&visitor), id::<TriggerId>(&trigger)?);
    let found = app.read(move |tx| {
        let rule = trigger::get(tx, &by, id)?;
        Trigger::read(tx, &rule, &zone)
    });
    shown(found.await?)
}

fn texts(checks: &mut Checks, house: Language, given: &[TriggerText]) -> trigger::Texts {
    if given.iter().any(|text| Language::from_code(&text.language).is_none()) {
        checks.note("texts", Problem::NotAChoice);
    }
    texts_of(checks, house, |language| {
        let text = given.iter().find(|text| text.language == language.code());
        text.map_or(("", ""), |text| (text.subject.as_str(), text.body.as_str()))
    })
}

fn timing(checks: &mut Checks, condition: Condition, wait: i64, times: i64, again: i64) -> Option<Timing> {
    Timing::new(condition, wait, times, again)
        .map_err(|(field, problem)| checks.note(field_of(field), problem))
        .ok()
}

fn field_of(field: &'static str) -> &'static str {
    match field {
        "wait" => "wait_hours",
        "again" => "again_hours",
        other => other,
    }
}

/// `POST /api/v1/triggers`
pub async fn create(State(app): State<App>, visitor: Visitor, write: JsonWrite<NewTrigger>) -> Answer {
    let (by, zone, body) = (visitor.actor(), zone_of(&visitor), write.body);
    let mut checks = Checks::default();
    let places: Vec<&String> = [&body.company, &body.project, &body.cohort].into_iter().flatten().collect();
    let holds = match places[..] {
        [one] => checks.take("company", holds_of(one).ok_or(Problem::NotAnId)),
        [] => checks.take("company", Err(Problem::Missing)),
        _ => checks.take("company", Err(Problem::TooMany { most: 1 })),
    };
    let condition =
        checks.take("condition", Condition::from_code(&body.condition).ok_or(Problem::NotAChoice));
    let recipient =
        checks.take("recipient", Recipient::from_code(&body.recipient).ok_or(Problem::NotAChoice));
    let timing = condition
        .and_then(|condition| timing(&mut checks, condition, body.wait_hours, body.times, body.again_hours));
    let texts = texts(&mut checks, visitor.organisation.language, &body.texts);
    checks.done()?;
    let (Some(holds), Some(condition), Some(recipient), Some(timing)) = (holds, condition, recipient, timing)
    else {
        unreachable!("what is missing was noted")
    };
    let new = Making { holds, condition, recipient, timing, texts };
    once(&app, write.key, StatusCode::CREATED, move |tx| {
        let id = trigger::make(tx, &by, &new)?;
        let rule = trigger::get(tx, &by, id)?;
        Trigger::read(tx, &rule, &zone)
    })
    .await
}

/// `PUT /api/v1/triggers/{trigger}`
pub async fn update(
    State(app): State<App>,
    visitor: Visitor,
    Path(trigger): Path<String>,
    write: JsonWrite<TriggerChange>,
) -> Answer {
    let (by, zone, id, body) = (visitor.actor(), zone_of(&visitor), id::<TriggerId>(&trigger)?, write.body);
    let house = visitor.organisation.language;
    once(&app, write.key, StatusCode::OK, move |tx| {
        // Who does not see it is told nothing else (rule P4).
        let rule = trigger::get(tx, &by, id)?;
        let mut checks = Checks::default();
        let timing = timing(&mut checks, rule.terms.condition, body.wait_hours, body.times, body.again_hours);
        let texts = texts(&mut checks, house, &body.texts);
        checks.done()?;
        trigger::change(tx, &by, id, timing.ok_or(Refusal::NotFound)?, &texts)?;
        let rule = trigger::get(tx, &by, id)?;
        Trigger::read(tx, &rule, &zone)
    })
    .await
}

/// `DELETE /api/v1/triggers/{trigger}`
pub async fn destroy(
    State(app): State<App>,
    visitor: Visitor,
    Path(trigger): Path<String>,
    write: JsonWrite<Nothing>,
) -> Answer {
    let (by, id) = (visitor.actor(), id::<TriggerId>(&trigger)?);
    once(&app, write.key, StatusCode::NO_CONTENT, move |tx| trigger::remove(tx, &by, id)).await
}

/// `POST /api/v1/triggers/{trigger}/pause`
pub async fn pause(
    State(app): State<App>,
    visitor: Visitor,
    Path(trigger): Path<String>,
    write: JsonWrite<Nothing>,
) -> Answer {
    let (by, zone, id) = (visitor.actor(), zone_of(&visitor), id::<TriggerId>(&trigger)?);
    once(&app, write.key, StatusCode::OK, move |tx| {
        trigger::pause(tx, &by, id)?;
        let rule = trigger::get(tx, &by, id)?;
        Trigger::read(tx, &rule, &zone)
    })
    .await
}

/// `DELETE /api/v1/triggers/{trigger}/pause`
pub async fn resume(
    State(app): State<App>,
    visitor: Visitor,
    Path(trigger): Path<String>,
    write: JsonWrite<Nothing>,
) -> Answer {
    let (by, zone, id) = (visitor.actor(), zone_of(&visitor), id::<TriggerId>(&trigger)?);
    once(&app, write.key, StatusCode::OK, move |tx| {
        trigger::resume(tx, &by, id)?;
        let rule = trigger::get(tx, &by, id)?;
        Trigger::read(tx, &rule, &zone)
    })
    .await
}

/// `GET /api/v1/triggers/{trigger}/outlook`
pub async fn outlook(State(app): State<Reading>, visitor: Visitor, Path(trigger): Path<String>) -> Answer {
    let (by, zone, id) = (visitor.actor(), zone_of(&visitor), id::<TriggerId>(&trigger)?);
    let found: Ahead = app.read(move |tx| outlook::outlook(tx, &by, id)).await?;
    let now = app.now();
    let line = |at, line: &outlook::Line| TriggerLine {
        participant_id: IdOf(line.participant),
        name: line.name.clone(),
        to: IdOf(line.to),
        session_id: IdOf(line.session),
        since: Time::of(line.since, &zone),
        at: Time::of(at, &zone),
        number: line.number,
    };
    shown(TriggerOutlook {
        now: found.now.iter().map(|one| line(now, one)).collect(),
        left_out: found
            .left_out
            .iter()
            .map(|(name, participant, reason)| TriggerLeftOutLine {
                participant_id: IdOf(*participant),
                name: name.clone(),
                reason: CodeOf(*reason),
            })
            .collect(),
        ahead: found.ahead.iter().map(|(at, one)| line(*at, one)).collect(),
        is_cut: found.is_cut,
    })
}

/// `POST /api/v1/triggers/{trigger}/test`
pub async fn test(
    State(app): State<App>,
    visitor: Visitor,
    Path(trigger): Path<String>,
    write: JsonWrite<TriggerTest>,
) -> Answer {
    let (by, id, body) = (visitor.actor(), id::<TriggerId>(&trigger)?, write.body);
    let language = visitor.language;
    once(&app, write.key, StatusCode::NO_CONTENT, move |tx| {
        let rule = trigger::get(tx, &by, id)?;
        let wrong = || Refusal::invalid("participant", Problem::NotAnId);
        let participant: ParticipantId = body.participant.parse().map_err(|_| wrong())?;
        let texts = trigger::texts_of(tx, id, rule.version)?;
        let text =
            texts.get(&language).or_else(|| texts.values().next()).cloned().ok_or(Refusal::NotFound)?;
        let parsed = trigger::Text::parse(&text.0, &text.1);
        let (Ok(subject), Ok(body)) = parsed else { return Err(Refusal::NotFound.into()) };
        let what = (rule.terms.condition, rule.terms.recipient);
        let text = trigger::Text { subject, body };
        letter::test(tx, &by, rule.holds, participant, what, rule.terms.timing, &text)
    })
    .await
}
