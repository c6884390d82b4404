//! The end of journeys: completing and proposing it, the survey and its answers, who has gone quiet, putting people away,
//! and telling sponsors (rules G7, G8, G9, N5).

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use model::Tx;
use model::event::Actor;
use model::program::archive::{self, Bookings};
use model::program::completion::{self, Standing};
use model::program::escalation::{self, Note};
use model::program::inactive::{self, Listed};
use model::program::survey::{self, Item, New, Sent, Sheet, Summary};
use model::session::Reason;
use rules::completion::Hindrance;
use rules::ids::{CohortId, JourneyId, ParticipantId, PathwayId, QuestionId};
use rules::inactivity::Ending;
use rules::refusal::{Problem, Refusal};
use rules::survey::{Question, Reply, Standard};
use rules::time::Zone;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::openapi::Operation;
use super::wire::{CohortRef, IdOf, JourneyRef, ParticipantRef, PersonRef, QuestionRef, SessionRef, Time};
use super::{Answer, Nothing, id, once, shown, zone_of};
use crate::app::{App, Reading};
use crate::forms::JsonWrite;
use crate::visitor::Visitor;

/// How a journey stands at its end.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Completion {
    journey_id: JourneyRef,
    participant_id: ParticipantRef,
    person_id: PersonRef,
    name: String,
    pathway: String,
    /// Whether it can be completed without a reason.
    ready: bool,
    /// When it was completed; null while it runs.
    #[schema(required)]
    completed_at: Option<Time>,
    /// Since when its coach proposes it; null if nobody does.
    #[schema(required)]
    proposed_at: Option<Time>,
    /// What is in the way, bookings ahead first.
    open: Vec<OpenSession>,
    survey: SurveyState,
}

/// A session that is in the way.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenSession {
    session_id: SessionRef,
    /// `ahead`, `unmarked` or `unbooked`.
    #[schema(pattern = "^(ahead|unmarked|unbooked)$")]
    why: &'static str,
    /// When it is or was; null without a time.
    #[schema(required)]
    starts_at: Option<Time>,
}

/// How the survey of a journey stands.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SurveyState {
    /// `none`, `waiting`, `sent` or `answered`.
    #[schema(pattern = "^(none|waiting|sent|answered)$")]
    state: &'static str,
    /// When it goes out or went out; null once it was answered, which is nobody's to know the time of.
    #[schema(required)]
    at: Option<Time>,
}

impl SurveyState {
    fn of(sent: Sent, zone: &Zone) -> SurveyState {
        let (state, at) = match sent {
            Sent::Never => ("none", None),
            Sent::Waits(at) => ("waiting", Some(at)),
            Sent::Out(at) => ("sent", Some(at)),
            // When somebody answered is nobody's to know.
            Sent::Answered(_) => ("answered", None),
        };
        SurveyState { state, at: at.map(|at| Time::of(at, zone)) }
    }
}

impl Completion {
    fn of(found: &Standing, zone: &Zone) -> Completion {
        let open = |open: &completion::Open| OpenSession {
            session_id: IdOf(open.session),
            why: match open.hindrance {
                Hindrance::Ahead => "ahead",
                Hindrance::Unmarked => "unmarked",
                Hindrance::Unbooked => "unbooked",
            },
            starts_at: open.starts_at.map(|at| Time::of(at, zone)),
        };
        Completion {
            journey_id: IdOf(found.journey),
            participant_id: IdOf(found.participant),
            person_id: IdOf(found.person),
            name: found.name.clone(),
            pathway: found.pathway.clone(),
            ready: found.readiness.is_ready(),
            completed_at: found.completed.as_ref().map(|(at, _)| Time::of(*at, zone)),
            proposed_at: found.proposed.as_ref().map(|(.., at)| Time::of(*at, zone)),
            open: found.open.iter().map(open).collect(),
            survey: SurveyState::of(found.survey, zone),
        }
    }
}

/// A journey is complete.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCompletion {
    /// Needed where something that counts is open.
    #[serde(default)]
    reason: String,
}

/// Journeys of one cohort are complete.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCompletions {
    /// Their ids.
    #[serde(default)]
    #[schema(required)]
    journeys: Vec<String>,
    /// Needed where something that counts is open in one of them.
    #[serde(default)]
    reason: String,
}

/// How many were done.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DoneCount {
    done: u32,
}

/// What a pathway asks at its end.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Survey {
    questions: Vec<SurveyQuestion>,
}

/// Something that is asked.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SurveyQuestion {
    /// Null for a usual question that nobody has been asked yet.
    #[schema(required)]
    id: Option<QuestionRef>,
    /// `scale` from 1 to 5, `choice` or `text`.
    #[schema(pattern = "^(scale|choice|text)$")]
    kind: &'static str,
    /// Which of the usual questions it is; null for one's own.
    #[schema(required, pattern = "^(helped|coach|else)$")]
    standard: Option<&'static str>,
    /// Its words; of a usual question in the language of whoever asks.
    text: String,
    choices: Vec<String>,
}

impl SurveyQuestion {
    fn of(item: &Item, t: &crate::texts::Texts) -> SurveyQuestion {
        SurveyQuestion {
            id: item.id.map(IdOf),
            kind: item.kind.code(),
            standard: item.standard.map(Standard::code),
            text: item.standard.map_or_else(|| item.text.clone(), |one| (t.endings.standard)(one).to_owned()),
            choices: item.choices.clone(),
        }
    }
}

/// What a pathway is to ask.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSurvey {
    /// In order; none, and no survey goes out.
    #[serde(default)]
    #[schema(required, max_items = 12)]
    questions: Vec<NewQuestion>,
}

/// A question to ask: a usual one, or one's own.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewQuestion {
    /// A usual question; then nothing else is needed.
    #[schema(pattern = "^(helped|coach|else)$")]
    standard: Option<String>,
    #[serde(default)]
    text: String,
    /// `scale`, `choice` or `text`.
    #[serde(default)]
    #[schema(pattern = "^(|scale|choice|text)$")]
    kind: String,
    /// Two to eight, for a choice.
    #[serde(default)]
    choices: Vec<String>,
}

impl NewQuestion {
    fn parse(&self) -> Result<New, Refusal> {
        if let Some(standard) = &self.standard {
            let found = Standard::from_code(standard);
            return found.map(New::Standard).ok_or(Refusal::invalid("standard", Problem::NotAChoice));
        }
        let choices: Vec<&str> = self.choices.iter().map(String::as_str).collect();
        Question::parse(&self.text, &self.kind, &choices).map(New::Own)
    }
}

/// The survey of one's own journey.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OwnSurvey {
    journey_id: JourneyRef,
    pathway: String,
    survey: SurveyState,
    /// What is asked; empty unless it can be answered.
    questions: Vec<SurveyQuestion>,
}

impl OwnSurvey {
    fn of(sheet: &Sheet, zone: &Zone, t: &crate::texts::Texts) -> OwnSurvey {
        let items = if sheet.must_be_open().is_ok() { sheet.items.as_slice() } else { &[] };
        OwnSurvey {
            journey_id: IdOf(sheet.journey),
            pathway: sheet.pathway.clone(),
            survey: SurveyState::of(sheet.sent, zone),
            questions: items.iter().map(|item| SurveyQuestion::of(item, t)).collect(),
        }
    }
}

/// One's answers, by the id of the question.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SurveyAnswers {
    /// From 1 to 5, the number of the choice from 0, or words; as text. Each may be left out, but not all of them.
    #[serde(default)]
    #[schema(required)]
    answers: BTreeMap<String, String>,
}

/// What a cohort's people answered, as far as it speaks of five or more.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Feedback {
    /// How many were asked.
    asked: u32,
    /// How many answered.
    answered: u32,
    questions: Vec<QuestionFeedback>,
}

/// What was answered to one question.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuestionFeedback {
    question: SurveyQuestion,
    /// Whether it is asked no more.
    removed: bool,
    /// How many answered it; null for fewer than five.
    #[schema(required)]
    people: Option<u32>,
    /// The average of a scale in tenths; null for other kinds, and for fewer than five people.
    #[schema(required)]
    average_tenths: Option<u32>,
    /// How many chose each; null where it would speak of fewer than five people.
    choices: Vec<Option<u32>>,
    /// What was written, in the order of the alphabet.
    texts: Vec<String>,
}

/// Who has gone quiet.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Inactive {
    /// The longest quiet first, at most 500.
    participants: Vec<InactiveParticipant>,
}

/// Somebody for whom nothing has happened for three months.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InactiveParticipant {
    participant_id: ParticipantRef,
    person_id: PersonRef,
    name: String,
    cohort_id: CohortRef,
    cohort: String,
    /// The last thing that happened for them.
    since: Time,
    /// As what they would be put away.
    #[schema(pattern = "^(completed|not_finished|not_started)$")]
    proposed: &'static str,
}

impl InactiveParticipant {
    fn of(one: &Listed, zone: &Zone) -> InactiveParticipant {
        InactiveParticipant {
            participant_id: IdOf(one.participant),
            person_id: IdOf(one.person),
            name: one.name.clone(),
            cohort_id: IdOf(one.cohort),
            cohort: one.cohort_name.clone(),
            since: Time::of(one.quiet.since(), zone),
            proposed: one.proposed.code(),
        }
    }
}

/// Somebody is put away.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewArchive {
    /// As what; as it follows from what they did unless it is said.
    #[serde(rename = "as")]
    #[schema(pattern = "^(completed|not_finished|not_started)$")]
    ending: Option<String>,
    #[serde(default)]
    reason: String,
    /// Whether what is booked is called off with it; else nobody is put away who has bookings ahead.
    #[serde(default)]
    call_off: bool,
}

/// People of one cohort are put away.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewArchives {
    /// Their ids, at most 200.
    #[serde(default)]
    #[schema(required, max_items = 200)]
    participants: Vec<String>,
    /// As what; as it follows from what each of them did unless it is said.
    #[serde(rename = "as")]
    #[schema(pattern = "^(completed|not_finished|not_started)$")]
    ending: Option<String>,
    #[serde(default)]
    reason: String,
    /// Whether what is booked is called off with it.
    #[serde(default)]
    call_off: bool,
}

/// Sponsors are to be told.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NewEscalation {
    /// The ids of participants; all who do not answer if there are none.
    participants: Vec<String>,
    /// What you add to the message, at most 300 characters. It names nobody of the cohort.
    #[schema(max_length = 300)]
    note: String,
    /// Whether nothing is sent: the answer says what would be.
    preview: bool,
}

/// What was or would be told.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Escalation {
    /// Whether it was done.
    sent: bool,
    /// Whom it is about.
    participants: Vec<SilentParticipant>,
    /// The names of those who get the mail.
    sponsors: Vec<String>,
    /// What it says, as the first of them reads it; the program writes it.
    message: String,
    /// What you add.
    note: String,
}

/// Somebody who does not answer.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SilentParticipant {
    participant_id: ParticipantRef,
    name: String,
    /// How many reminders stayed unanswered.
    reminders: u32,
}

/// The lines of the document.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/journeys/{journey}/completion", "How a journey stands at its end").answers::<Completion>(),
        Operation::put("/journeys/{journey}/completion", "Say that a journey is complete")
            .takes::<NewCompletion>()
            .answers::<Completion>()
            .conflicts("They are put away: `put_away`.")
            .about("The survey goes out a quarter of an hour later, once ever, unless the journey is reopened before."),
        Operation::delete("/journeys/{journey}/completion", "Reopen a journey")
            .answers::<Completion>()
            .conflicts("They are put away: `put_away`."),
        Operation::put("/journeys/{journey}/proposal", "Propose that a journey is complete")
            .answers::<Completion>()
            .conflicts("It is complete already, or they are put away."),
        Operation::delete("/journeys/{journey}/proposal", "Take a proposal back, or put it aside").answers::<Completion>(),
        Operation::post("/cohorts/{cohort}/completions", "Complete journeys of a cohort together")
            .takes::<NewCompletions>()
            .answers::<DoneCount>()
            .conflicts("One of them is put away: `put_away`."),
        Operation::get("/pathways/{pathway}/survey", "What a pathway asks at its end").answers::<Survey>(),
        Operation::put("/pathways/{pathway}/survey", "Write what a pathway asks at its end")
            .takes::<NewSurvey>()
            .answers::<Survey>()
            .about("A question that stays as it is keeps its answers; in other words it is another question."),
        Operation::get("/journeys/{journey}/survey", "The survey of one's own journey").answers::<OwnSurvey>(),
        Operation::put("/journeys/{journey}/survey", "Answer it, once")
            .takes::<SurveyAnswers>()
            .answers::<OwnSurvey>()
            .conflicts("It was answered already, or is not out yet."),
        Operation::get("/cohorts/{cohort}/feedback", "What a cohort's people answered, all together")
            .about("Nothing speaks of fewer than five people. Coaches read none of it.")
            .answers::<Feedback>(),
        Operation::get("/inactive", "Who has gone quiet in all one's programs").answers::<Inactive>(),
        Operation::get("/cohorts/{cohort}/inactive", "Who has gone quiet in a cohort").answers::<Inactive>(),
        Operation::put("/participants/{participant}/archive", "Put a participant away")
            .takes::<NewArchive>()
            .answers::<DoneCount>()
            .conflicts("They have bookings ahead, and these are not to be called off."),
        Operation::delete("/participants/{participant}/archive", "Bring a participant back").answers_nothing(),
        Operation::post("/cohorts/{cohort}/participants/archive", "Put participants of a cohort away together")
            .takes::<NewArchives>()
            .answers::<DoneCount>()
            .conflicts("One of them has bookings ahead, and these are not to be called off."),
        Operation::post("/cohorts/{cohort}/escalations", "Tell the sponsors who does not answer reminders")
            .takes::<NewEscalation>()
            .answers::<Escalation>()
            .conflicts("Nobody is silent, nobody could be told, or the message would speak of too few people."),
    ]
}

fn reason_of(text: &str) -> Result<Reason, Refusal> {
    Reason::parse(text).map_err(|problem| Refusal::invalid("reason", problem))
}

fn ids<T: std::str::FromStr>(field: &'static str, all: &[String]) -> Result<Vec<T>, Refusal> {
    let parse = |text: &String| text.parse::<T>().map_err(|_| Refusal::invalid(field, Problem::NotAnId));
    all.iter().map(parse).collect()
}

/// `GET /api/v1/journeys/{journey}/completion`
pub async fn show(State(app): State<Reading>, visitor: Visitor, Path(journey): Path<String>) -> Answer {
    let (by, journey): (_, JourneyId) = (visitor.actor(), id(&journey)?);
    let found = app.read(move |tx| completion::standing(tx, &by, journey)).await?;
    shown(Completion::of(&found, &zone_of(&visitor)))
}

/// `PUT /api/v1/journeys/{journey}/completion`
pub async fn complete(
    State(app): State<App>,
    visitor: Visitor,
    Path(journey): Path<String>,
    JsonWrite { body, key }: JsonWrite<NewCompletion>,
) -> Answer {
    let (by, journey, zone): (_, JourneyId, _) = (visitor.actor(), id(&journey)?, zone_of(&visitor));
    let reason = reason_of(&body.reason);
    once(&app, key, StatusCode::OK, move |tx| {
        completion::complete(tx, &by, journey, &reason.clone()?)?;
        Ok(Completion::of(&completion::standing(tx, &by, journey)?, &zone))
    })
    .await
}

/// `DELETE /api/v1/journeys/{journey}/completion`
pub async fn reopen(
    State(app): State<App>,
    visitor: Visitor,
    Path(journey): Path<String>,
    write: JsonWrite<Nothing>,
) -> Answer {
    act(&app, &visitor, &journey, write, completion::reopen).await
}

/// `PUT /api/v1/journeys/{journey}/proposal`
pub async fn propose(
    State(app): State<App>,
    visitor: Visitor,
    Path(journey): Path<String>,
    write: JsonWrite<Nothing>,
) -> Answer {
    act(&app, &visitor, &journey, write, completion::propose).await
}

/// `DELETE /api/v1/journeys/{journey}/proposal`
pub async fn drop_proposal(
    State(app): State<App>,
    visitor: Visitor,
    Path(journey): Path<String>,
    write: JsonWrite<Nothing>,
) -> Answer {
    act(&app, &visitor, &journey, write, completion::drop_proposal).await
}

async fn act(
    app: &App,
    visitor: &Visitor,
    journey: &str,
    write: JsonWrite<Nothing>,
    verb: fn(&mut Tx, &Actor, JourneyId) -> model::Result<()>,
) -> Answer {
    let (by, journey, zone): (_, JourneyId, _) = (visitor.actor(), id(journey)?, zone_of(visitor));
    once(app, write.key, StatusCode::OK, move |tx| {
        verb(tx, &by, journey)?;
        Ok(Completion::of(&completion::standing(tx, &by, journey)?, &zone))
    })
    .await
}

/// `POST /api/v1/cohorts/{cohort}/completions`
pub async fn complete_all(
    State(app): State<App>,
    visitor: Visitor,
    Path(cohort): Path<String>,
    JsonWrite { body, key }: JsonWrite<NewCompletions>,
) -> Answer {
    let (by, cohort): (_, CohortId) = (visitor.actor(), id(&cohort)?);
    let (journeys, reason) = (ids::<JourneyId>("journeys", &body.journeys), reason_of(&body.reason));
    once(&app, key, StatusCode::OK, move |tx| {
        // Who does not see the cohort is told nothing else (rule P4).
        model::program::company::cohort(tx, &by, cohort)?;
        let done = completion::complete_all(tx, &by, cohort, &journeys.clone()?, &reason.clone()?)?;
        Ok(DoneCount { done })
    })
    .await
}

/// `GET /api/v1/pathways/{pathway}/survey`
pub async fn questions(State(app): State<Reading>, visitor: Visitor, Path(pathway): Path<String>) -> Answer {
    let (by, pathway): (_, PathwayId) = (visitor.actor(), id(&pathway)?);
    let (_, items) = app.read(move |tx| survey::written(tx, &by, pathway)).await?;
    let t = visitor.texts();
    shown(Survey { questions: items.iter().map(|item| SurveyQuestion::of(item, t)).collect() })
}

/// `PUT /api/v1/pathways/{pathway}/survey`
pub async fn ask(
    State(app): State<App>,
    visitor: Visitor,
    Path(pathway): Path<String>,
    JsonWrite { body, key }: JsonWrite<NewSurvey>,
) -> Answer {
    let (by, pathway): (_, PathwayId) = (visitor.actor(), id(&pathway)?);
    let t = visitor.texts();
    once(&app, key, StatusCode::OK, move |tx| {
        survey::written(tx, &by, pathway)?;
        let new: Vec<New> = body.questions.iter().map(NewQuestion::parse).collect::<Result<_, _>>()?;
        survey::write(tx, &by, pathway, &new)?;
        let (_, items) = survey::written(tx, &by, pathway)?;
        Ok(Survey { questions: items.iter().map(|item| SurveyQuestion::of(item, t)).collect() })
    })
    .await
}

/// `GET /api/v1/journeys/{journey}/survey`
pub async fn survey(State(app): State<Reading>, visitor: Visitor, Path(journey): Path<String>) -> Answer {
    let (by, journey): (_, JourneyId) = (visitor.actor(), id(&journey)?);
    let sheet = app.read(move |tx| survey::own(tx, &by, journey)).await?;
    shown(OwnSurvey::of(&sheet, &zone_of(&visitor), visitor.texts()))
}

/// `PUT /api/v1/journeys/{journey}/survey`
pub async fn answer(
    State(app): State<App>,
    visitor: Visitor,
    Path(journey): Path<String>,
    JsonWrite { body, key }: JsonWrite<SurveyAnswers>,
) -> Answer {
    let (by, journey): (_, JourneyId) = (visitor.actor(), id(&journey)?);
    let (zone, t) = (zone_of(&visitor), visitor.texts());
    once(&app, key, StatusCode::OK, move |tx| {
        let sheet = survey::own(tx, &by, journey)?;
        sheet.must_be_open()?;
        survey::answer(tx, &by, &sheet, &replies(&sheet, &body.answers)?)?;
        Ok(OwnSurvey::of(&survey::own(tx, &by, journey)?, &zone, t))
    })
    .await
}

fn replies(sheet: &Sheet, answers: &BTreeMap<String, String>) -> Result<Vec<(QuestionId, Reply)>, Refusal> {
    let mut all = Vec::new();
    for (question, text) in answers {
        let wrong = |problem| Refusal::invalid("answers", problem);
        let asked: QuestionId = question.parse().map_err(|_| wrong(Problem::NotAnId))?;
        let item = sheet.items.iter().find(|item| item.id == Some(asked));
        let item = item.ok_or_else(|| wrong(Problem::NotAChoice))?;
        let reply = Reply::parse(item.kind, item.choices.len(), text).map_err(wrong)?;
        all.extend(reply.map(|reply| (asked, reply)));
    }
    Ok(all)
}

/// `GET /api/v1/cohorts/{cohort}/feedback`
pub async fn feedback(State(app): State<Reading>, visitor: Visitor, Path(cohort): Path<String>) -> Answer {
    let (by, cohort): (_, CohortId) = (visitor.actor(), id(&cohort)?);
    let found = app.read(move |tx| survey::feedback(tx, &by, cohort)).await?;
    let t = visitor.texts();
    let question = |one: &survey::Answered| {
        let (mut average_tenths, mut choices, mut texts) = (None, Vec::new(), Vec::new());
        match &one.summary {
            None => {}
            Some(Summary::Average(tenths)) => average_tenths = Some(*tenths),
            Some(Summary::Choices(counts)) => choices.clone_from(counts),
            Some(Summary::Texts(all)) => texts.clone_from(all),
        }
        QuestionFeedback {
            question: SurveyQuestion::of(&one.item, t),
            removed: one.is_removed,
            people: one.people,
            average_tenths,
            choices,
            texts,
        }
    };
    shown(Feedback {
        asked: found.asked,
        answered: found.answered,
        questions: found.questions.iter().map(question).collect(),
    })
}

/// `GET /api/v1/inactive`
pub async fn inactive(State(app): State<Reading>, visitor: Visitor) -> Answer {
    listed(&app, &visitor, None).await
}

/// `GET /api/v1/cohorts/{cohort}/inactive`
pub async fn inactive_in(State(app): State<Reading>, visitor: Visitor, Path(cohort): Path<String>) -> Answer {
    listed(&app, &visitor, Some(id(&cohort)?)).await
}

async fn listed(app: &Reading, visitor: &Visitor, cohort: Option<CohortId>) -> Answer {
    let by = visitor.actor();
    let found = app.read(move |tx| inactive::list(tx, &by, cohort)).await?;
    let zone = zone_of(visitor);
    shown(Inactive { participants: found.iter().map(|one| InactiveParticipant::of(one, &zone)).collect() })
}

fn ending_of(text: Option<&String>) -> Result<Option<Ending>, Refusal> {
    let parse = |text: &String| Ending::from_code(text).ok_or(Refusal::invalid("as", Problem::NotAChoice));
    text.map(parse).transpose()
}

/// `PUT /api/v1/participants/{participant}/archive`
pub async fn archive(
    State(app): State<App>,
    visitor: Visitor,
    Path(participant): Path<String>,
    JsonWrite { body, key }: JsonWrite<NewArchive>,
) -> Answer {
    let (by, participant): (_, ParticipantId) = (visitor.actor(), id(&participant)?);
    once(&app, key, StatusCode::OK, move |tx| {
        let cohort = archive::cohort_of(tx, &by, participant)?;
        put_away(tx, &by, cohort, &[participant], (body.ending.as_ref(), &body.reason, body.call_off))
    })
    .await
}

/// `POST /api/v1/cohorts/{cohort}/participants/archive`
pub async fn archive_all(
    State(app): State<App>,
    visitor: Visitor,
    Path(cohort): Path<String>,
    JsonWrite { body, key }: JsonWrite<NewArchives>,
) -> Answer {
    let (by, cohort): (_, CohortId) = (visitor.actor(), id(&cohort)?);
    once(&app, key, StatusCode::OK, move |tx| {
        // Who does not see the cohort is told nothing else (rule P4).
        archive::plan(tx, &by, cohort, &[])?;
        let who = ids::<ParticipantId>("participants", &body.participants)?;
        put_away(tx, &by, cohort, &who, (body.ending.as_ref(), &body.reason, body.call_off))
    })
    .await
}

fn put_away(
    tx: &mut Tx,
    by: &Actor,
    cohort: CohortId,
    who: &[ParticipantId],
    (ending, reason, call_off): (Option<&String>, &str, bool),
) -> model::Result<DoneCount> {
    let (ending, reason) = (ending_of(ending)?, reason_of(reason)?);
    let chosen: Vec<_> = who.iter().map(|id| (*id, ending)).collect();
    let all = archive::as_chosen(tx, by, cohort, &chosen)?;
    let bookings = if call_off { Bookings::CallOff } else { Bookings::Refuse };
    Ok(DoneCount { done: archive::archive(tx, by, cohort, &all, &reason, bookings)? })
}

/// `DELETE /api/v1/participants/{participant}/archive`
pub async fn restore(
    State(app): State<App>,
    visitor: Visitor,
    Path(participant): Path<String>,
    write: JsonWrite<Nothing>,
) -> Answer {
    let (by, participant): (_, ParticipantId) = (visitor.actor(), id(&participant)?);
    once(&app, write.key, StatusCode::NO_CONTENT, move |tx| archive::restore(tx, &by, participant)).await
}

/// `POST /api/v1/cohorts/{cohort}/escalations`
pub async fn escalate(
    State(app): State<App>,
    visitor: Visitor,
    Path(cohort): Path<String>,
    JsonWrite { body, key }: JsonWrite<NewEscalation>,
) -> Answer {
    let (by, cohort): (_, CohortId) = (visitor.actor(), id(&cohort)?);
    once(&app, key, StatusCode::OK, move |tx| {
        // Who does not see the cohort is told nothing else (rule P4).
        escalation::plan(tx, &by, cohort, &[])?;
        let who = ids::<ParticipantId>("participants", &body.participants)?;
        let plan = escalation::plan(tx, &by, cohort, &who)?;
        let note = Note::parse(&body.note).map_err(|problem| Refusal::invalid("note", problem))?;
        plan.may_add(&note)?;
        let plan = if body.preview { plan } else { escalation::send(tx, &by, cohort, &who, &note)? };
        let silent = |one: &escalation::Silent| SilentParticipant {
            participant_id: IdOf(one.member.id),
            name: one.member.name.clone(),
            reminders: u32::try_from(one.reminders).unwrap_or(u32::MAX),
        };
        let gets = plan.sponsors.iter().filter(|sponsor| !sponsor.refuses);
        Ok(Escalation {
            sent: !body.preview,
            participants: plan.silent.iter().map(silent).collect(),
            sponsors: gets.map(|sponsor| sponsor.name.clone()).collect(),
            message: crate::pages::escalation::prepared(&plan).1.join("\n\n"),
            note: note.as_str().to_owned(),
        })
    })
    .await
}
