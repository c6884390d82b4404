//! The survey at the end of a journey: what a pathway asks, answering it behind the link of a letter or signed in, and what
//! was answered, all together (rules G7, P2, N5).

use axum::extract::{Path, State};
use axum::http::StatusCode;
use model::idempotency;
use model::program::company;
use model::program::survey::{self, Answered, Item, New, Sent, Sheet, Summary};
use rules::ids::{CohortId, JourneyId, PathwayId, QuestionId};
use rules::refusal::{FieldProblem, Problem, Refusal};
use rules::survey::{Kind, QUESTIONS_MAX, Question, Reply, Standard};

use super::{Answer, page, page_again, page_refused, shell};
use crate::app::{App, Reading};
use crate::forms::{Fields, Form, lead_to, led};
use crate::shell::{Choice, FormErrors, Place};
use crate::texts::{Language, Texts};
use crate::views::board::Crumb;
use crate::views::endings::{
    AnswerPage, AnswerState, Ask, AskForm, FeedbackPage, FeedbackRow, FeedbackSummary, QuestionRow,
    SurveyPage,
};
use crate::visitor::Visitor;

/// So many empty rows stand behind the questions.
const EMPTY_ROWS: usize = 3;

fn id_of<T: std::str::FromStr>(text: &str) -> Result<T, Refusal> {
    text.parse().map_err(|_| Refusal::NotFound)
}

/// A question's words, to a reader of this language.
fn words(item: &Item, t: &Texts) -> String {
    match item.standard {
        Some(standard) => (t.endings.standard)(standard).to_owned(),
        None => item.text.clone(),
    }
}

fn kinds(chosen: &str, t: &Texts) -> Vec<Choice> {
    Kind::ALL.iter().map(|kind| Choice::new(kind.code(), (t.endings.kind)(*kind), chosen)).collect()
}

/// `GET /pathways/{pathway}/survey`
pub async fn edit(State(app): State<Reading>, visitor: Visitor, Path(id): Path<String>) -> Answer {
    let (by, id): (_, PathwayId) = (visitor.actor(), id_of(&id)?);
    let (name, items) = app.read(move |tx| survey::written(tx, &by, id)).await?;
    let t = visitor.texts();
    let mut rows: Vec<QuestionRow> = items
        .iter()
        .map(|item| QuestionRow {
            text: words(item, t),
            kinds: kinds(item.kind.code(), t),
            choices: item.choices.join("\n"),
            problem: String::new(),
        })
        .collect();
    fill(&mut rows, t);
    let is_standard = !items.is_empty() && items.iter().all(|item| item.standard.is_some());
    page(&form_page(&app, &visitor, id, &name, rows, (is_standard, items.is_empty()), FormErrors::NONE))
}

fn fill(rows: &mut Vec<QuestionRow>, t: &Texts) {
    let most = (rows.len() + EMPTY_ROWS).min(QUESTIONS_MAX);
    while rows.len() < most {
        let kinds = kinds(Kind::Scale.code(), t);
        rows.push(QuestionRow { text: String::new(), kinds, choices: String::new(), problem: String::new() });
    }
}

fn form_page(
    app: &Reading,
    visitor: &Visitor,
    id: PathwayId,
    name: &str,
    rows: Vec<QuestionRow>,
    (is_standard, is_empty): (bool, bool),
    errors: FormErrors,
) -> SurveyPage {
    let t = visitor.texts();
    SurveyPage {
        shell: shell::of(visitor, app.mode(), app.now(), t.endings.survey_title, Place::Programs),
        crumbs: vec![Crumb { label: name.to_owned(), href: Some(format!("/pathways/{id}")) }],
        action: format!("/pathways/{id}/survey"),
        is_standard,
        is_empty,
        rows,
        errors,
    }
}

/// What a form asks, row by row: its words, and the question or what is wrong with it.
fn rows_of(fields: &Fields, t: &Texts) -> Vec<(QuestionRow, Option<Result<New, Refusal>>)> {
    let all = |name: &'static str| fields.all(name).map(str::to_owned).collect::<Vec<_>>();
    let (texts, kind_codes, choices) = (all("text"), all("kind"), all("choices"));
    let row = |(at, text): (usize, &String)| {
        let kind = kind_codes.get(at).map_or("", String::as_str);
        let typed = choices.get(at).map_or("", String::as_str);
        let parsed = (!text.is_empty()).then(|| {
            let lines: Vec<&str> = typed.lines().collect();
            // The usual question in the usual words stays usual.
            let usual = Standard::ALL
                .iter()
                .copied()
                .find(|standard| (t.endings.standard)(*standard) == text && standard.kind().code() == kind);
            match usual {
                Some(standard) => Ok(New::Standard(standard)),
                None => Question::parse(text, kind, &lines).map(New::Own),
            }
        });
        let problem = match &parsed {
            Some(Err(Refusal::Invalid { fields })) => {
                fields.first().map(|wrong| t.problems.say(&wrong.problem)).unwrap_or_default()
            }
            _ => String::new(),
        };
        let row =
            QuestionRow { text: text.clone(), kinds: kinds(kind, t), choices: typed.to_owned(), problem };
        (row, parsed)
    };
    texts.iter().enumerate().take(QUESTIONS_MAX + EMPTY_ROWS).map(row).collect()
}

/// `POST /pathways/{pathway}/survey`
pub async fn update(State(app): State<App>, visitor: Visitor, Path(id): Path<String>, form: Form) -> Answer {
    let (by, id): (_, PathwayId) = (visitor.actor(), id_of(&id)?);
    let t = visitor.texts();
    let (rows, parsed): (Vec<QuestionRow>, Vec<_>) = rows_of(&form.fields, t).into_iter().unzip();
    let all: Result<Vec<New>, Refusal> = parsed.into_iter().flatten().collect();
    let key = form.key.clone();
    let done = app
        .write(move |tx| {
            survey::written(tx, &by, id)?;
            let all = all.clone()?;
            idempotency::once(tx, key.as_ref(), |tx| {
                survey::write(tx, &by, id, &all)?;
                Ok(lead_to(&format!("/pathways/{id}/survey"), "survey_saved"))
            })
        })
        .await;
    match done {
        Ok(answer) => Ok(led(&app, &answer)),
        Err(model::Error::Refused(refusal @ Refusal::Invalid { .. })) => {
            let by = visitor.actor();
            let (name, _) = app.read(move |tx| survey::written(tx, &by, id)).await?;
            let mut rows: Vec<QuestionRow> = rows.into_iter().filter(|row| !row.text.is_empty()).collect();
            fill(&mut rows, t);
            let errors = FormErrors::of_refusal(&refusal, t);
            page_refused(
                &refusal,
                &form_page(&app.reading(), &visitor, id, &name, rows, (false, false), errors),
            )
        }
        Err(error) => Err(error.into()),
    }
}

/// `GET /surveys/{token}`: a page with a form, because mail programs open links by themselves (rule P2).
pub async fn show(State(app): State<Reading>, visitor: Visitor, Path(token): Path<String>) -> Answer {
    let presented = token.clone();
    match app.read(move |tx| survey::by_link(tx, &presented)).await {
        Ok(sheet) => {
            let visitor = reading(visitor, sheet.language);
            let state = state(
                &sheet,
                &format!("/surveys/{token}"),
                &Fields::default(),
                String::new(),
                visitor.texts(),
            );
            page(&answer_page(&app, &visitor, state))
        }
        Err(error) => gone(&app, &visitor, error),
    }
}

/// Whoever comes by a link reads the language of whose link it is.
fn reading(visitor: Visitor, language: Language) -> Visitor {
    if visitor.signed.is_some() { visitor } else { Visitor { language, ..visitor } }
}

fn gone(app: &Reading, visitor: &Visitor, error: model::Error) -> Answer {
    match error {
        model::Error::Refused(Refusal::LinkUnknown | Refusal::LinkExpired) => {
            page_again(StatusCode::GONE, &answer_page(app, visitor, AnswerState::Gone))
        }
        error => Err(error.into()),
    }
}

fn answer_page(app: &Reading, visitor: &Visitor, state: AnswerState) -> AnswerPage {
    let title = visitor.texts().endings.answer_title;
    AnswerPage { shell: shell::of(visitor, app.mode(), app.now(), title, Place::Elsewhere), state }
}

fn state(sheet: &Sheet, action: &str, typed: &Fields, problem: String, t: &Texts) -> AnswerState {
    match sheet.sent {
        Sent::Never | Sent::Waits(_) => AnswerState::NotOpen,
        Sent::Answered(_) => AnswerState::Answered,
        Sent::Out(_) => AnswerState::Open {
            about: (t.endings.asks_of)(&sheet.pathway),
            action: action.to_owned(),
            asks: sheet.items.iter().filter_map(|item| ask(item, typed, t)).collect(),
            problem,
        },
    }
}

fn ask(item: &Item, typed: &Fields, t: &Texts) -> Option<Ask> {
    let name = item.id?.to_string();
    let now = typed.get(&name);
    let form = match item.kind {
        Kind::Scale => AskForm::Scale(
            rules::survey::SCALE.map(|n| Choice::new(n.to_string(), n.to_string(), now)).collect(),
        ),
        Kind::Choice => AskForm::Choice(
            item.choices
                .iter()
                .enumerate()
                .map(|(at, choice)| Choice::new(at.to_string(), choice, now))
                .collect(),
        ),
        Kind::Text => AskForm::Text(now.to_owned()),
    };
    Some(Ask { name, text: words(item, t), form })
}

/// What a form answers; the questions are those that are asked now.
fn replies(sheet: &Sheet, fields: &Fields) -> Result<Vec<(QuestionId, Reply)>, Refusal> {
    let mut all = Vec::new();
    for item in &sheet.items {
        let Some(id) = item.id else { continue };
        let reply = Reply::parse(item.kind, item.choices.len(), fields.get(&id.to_string()))
            .map_err(|problem| Refusal::Invalid { fields: vec![FieldProblem::new("answers", problem)] })?;
        all.extend(reply.map(|reply| (id, reply)));
    }
    if all.is_empty() { Err(Refusal::invalid("answers", Problem::Missing)) } else { Ok(all) }
}

/// `POST /surveys/{token}`
pub async fn answer(
    State(app): State<App>,
    visitor: Visitor,
    Path(token): Path<String>,
    form: Form,
) -> Answer {
    let (by, presented, fields) = (visitor.actor(), token.clone(), form.fields.clone());
    let done = app
        .write(move |tx| {
            let sheet = survey::by_link(tx, &presented)?;
            sheet.must_be_open()?;
            survey::answer(tx, &by, &sheet, &replies(&sheet, &fields)?)
        })
        .await;
    let presented = token.clone();
    let sheet = match app.read(move |tx| survey::by_link(tx, &presented)).await {
        Ok(sheet) => sheet,
        Err(error) => return gone(&app.reading(), &visitor, error),
    };
    let visitor = reading(visitor, sheet.language);
    came_of_it(&app, &visitor, done, &sheet, &format!("/surveys/{token}"), &form.fields)
}

fn came_of_it(
    app: &App,
    visitor: &Visitor,
    done: model::Result<()>,
    sheet: &Sheet,
    action: &str,
    typed: &Fields,
) -> Answer {
    let t = visitor.texts();
    match done {
        Ok(()) => page(&answer_page(&app.reading(), visitor, state(sheet, action, typed, String::new(), t))),
        Err(model::Error::Refused(
            refusal @ (Refusal::Invalid { .. } | Refusal::SurveyAnswered | Refusal::SurveyNotOpen),
        )) => {
            let problem = match &refusal {
                Refusal::Invalid { fields } => {
                    fields.first().map(|wrong| t.problems.say(&wrong.problem)).unwrap_or_default()
                }
                refusal => visitor.say(refusal),
            };
            let state = state(sheet, action, typed, problem, t);
            page_refused(&refusal, &answer_page(&app.reading(), visitor, state))
        }
        Err(error) => Err(error.into()),
    }
}

/// `GET /journeys/{journey}/survey`
pub async fn own(State(app): State<Reading>, visitor: Visitor, Path(id): Path<String>) -> Answer {
    let (by, id): (_, JourneyId) = (visitor.actor(), id_of(&id)?);
    let sheet = app.read(move |tx| survey::own(tx, &by, id)).await?;
    let action = format!("/journeys/{id}/survey");
    let state = state(&sheet, &action, &Fields::default(), String::new(), visitor.texts());
    page(&answer_page(&app, &visitor, state))
}

/// `POST /journeys/{journey}/survey`
pub async fn answer_own(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    form: Form,
) -> Answer {
    let (by, id): (_, JourneyId) = (visitor.actor(), id_of(&id)?);
    let (acting, fields) = (by.clone(), form.fields.clone());
    let done = app
        .write(move |tx| {
            let sheet = survey::own(tx, &acting, id)?;
            sheet.must_be_open()?;
            survey::answer(tx, &acting, &sheet, &replies(&sheet, &fields)?)
        })
        .await;
    let sheet = app.read(move |tx| survey::own(tx, &by, id)).await?;
    came_of_it(&app, &visitor, done, &sheet, &format!("/journeys/{id}/survey"), &form.fields)
}

/// `GET /cohorts/{cohort}/feedback`
pub async fn feedback(State(app): State<Reading>, visitor: Visitor, Path(cohort): Path<String>) -> Answer {
    let (by, cohort): (_, CohortId) = (visitor.actor(), id_of(&cohort)?);
    let (found, name) = app
        .read(move |tx| {
            let found = survey::feedback(tx, &by, cohort)?;
            Ok((found, company::cohort(tx, &by, cohort)?.name))
        })
        .await?;
    let t = visitor.texts();
    let e = &t.endings;
    page(&FeedbackPage {
        shell: shell::of(&visitor, app.mode(), app.now(), e.feedback, Place::Programs),
        crumbs: vec![Crumb { label: name, href: Some(format!("/cohorts/{cohort}")) }],
        count: if found.asked > 0 { (e.feedback_count)(found.answered, found.asked) } else { String::new() },
        questions: found.questions.iter().map(|one| feedback_row(one, t)).collect(),
    })
}

fn feedback_row(one: &Answered, t: &Texts) -> FeedbackRow {
    let e = &t.endings;
    let summary = match &one.summary {
        None => FeedbackSummary::Few,
        Some(Summary::Average(tenths)) => {
            let mark = if t.language == Language::German { ',' } else { '.' };
            FeedbackSummary::Average((e.average)(&format!("{}{mark}{}", tenths / 10, tenths % 10)), *tenths)
        }
        Some(Summary::Choices(counts)) => FeedbackSummary::Choices(
            one.item
                .choices
                .iter()
                .zip(counts)
                .map(|(choice, count)| (choice.clone(), count.map_or_else(|| "–".to_owned(), e.people)))
                .collect(),
        ),
        Some(Summary::Texts(texts)) => FeedbackSummary::Texts(texts.clone()),
    };
    FeedbackRow {
        text: words(&one.item, t),
        is_removed: one.is_removed,
        people: one.people.map(e.people).unwrap_or_default(),
        summary,
    }
}
